"""Getting the Django project ready for a command. Not a verb."""

import argparse
import os
from pathlib import Path


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """The option that every verb on a data folder has."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="data folder (default: EBBTIDE_DATA_DIR, else var/data); its key lies beside it",
    )


def load(data: Path | None) -> None:
    """Read the settings for a data folder and set Django up."""
    if data is not None:
        os.environ["EBBTIDE_DATA_DIR"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ebbtide.clinic.config.settings")
    import django

    django.setup()


def migrate() -> list[str]:
    """Apply what the database lacks; the names of what was applied, none when up to date."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", verbosity=0, interactive=False)
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def collect_static() -> bool:
    """Copy and hash the static files when they changed since; whether anything was done."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = settings.STATIC_ROOT / ".collected"
    fingerprint = _static_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(fingerprint)
    return True


def _static_fingerprint() -> str:
    import hashlib

    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
