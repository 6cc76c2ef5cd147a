"""What every test may ask for."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# The science's environment has no Django: there the clinic's part is left out. It comes before
# pytest-django looks for settings, which is why it is not in a conftest further down.
if importlib.util.find_spec("django"):
    sys.path.insert(0, str(Path(__file__).parent))
    pytest_plugins = ["clinic_plugin", "visit_plugin"]


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
