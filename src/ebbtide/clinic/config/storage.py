"""How static files are named in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hash every file by its content, and the imports between JavaScript modules with it."""

    support_js_module_import_aggregation = True
