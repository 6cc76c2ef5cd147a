"""What every test may ask for."""

import importlib.util
import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Here and not in pyproject.toml: the science's environment has no Django, and there a key that
# only pytest-django knows would be refused.
if importlib.util.find_spec("django"):
    os.environ["EBBTIDE_DATA_DIR"] = f"{tempfile.mkdtemp(prefix='ebbtide-')}/data"
    os.environ.setdefault("EBBTIDE_DEMO", "1")  # plain HTTP, as Django's test client speaks it
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ebbtide.clinic.config.settings")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings beside the project, or a skip that says it is not there."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        reason = f"no real recordings: {folder} is not there"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
