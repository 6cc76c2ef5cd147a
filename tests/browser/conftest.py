"""A browser for the tests, named by EBBTIDE_CHROMIUM or the system's, and the real server."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from tests.browser.server import Server

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

PLACES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 60_000  # how long a page may take to show a thing, on a machine that does much else


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
    playwright_api.expect.set_options(timeout=PATIENCE_MS)
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A synthetic clinic as its first start leaves it; others begin with a copy of it."""
    server = Server(tmp_path_factory.mktemp("filled"))
    server.start().stop()
    return server


@pytest.fixture(scope="module")
def serve(
    filled: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Server]]:
    """Start a server on a copy of the filled clinic: `serve(speed=..., recording=...)`."""
    started: list[Server] = []

    def start(**options: object) -> Server:
        server = Server(tmp_path_factory.mktemp("server"), **options).copy_from(filled)
        started.append(server)
        return server.start()

    yield start
    for server in started:
        server.stop()
        print(server.log)
