"""A browser for the tests: the one named by EBBTIDE_CHROMIUM, or the system's."""

import os
import shutil
from collections.abc import Iterator

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

PLACES = ("chromium", "chromium-browser", "google-chrome")


def _executable() -> str | None:
    named = os.environ.get("EBBTIDE_CHROMIUM")
    return named or next(filter(None, map(shutil.which, PLACES)), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator["playwright_api.Browser"]:
    """A running Chromium, or a skip that says that there is none."""
    executable = _executable()
    if executable is None:
        reason = "no browser: neither EBBTIDE_CHROMIUM nor a system Chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()
