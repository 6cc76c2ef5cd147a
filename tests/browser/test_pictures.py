"""Every page has its picture taken: for whoever looks at test-output, and for the manual.

`script/pictures` runs this on a clinic filled just now and keeps the manual's in docs/images.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.browser.nurse import Nurse
from tests.browser.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

ROOT = Path(__file__).parents[2]
OUTPUT = ROOT / "test-output" / "pages"
MANUAL = Path(os.environ.get("EBBTIDE_PICTURES") or ROOT / "test-output" / "manual")
SIZES = {390: 844, 820: 1180, 1180: 820, 1440: 900}
THEMES = ("light", "dim")
PLACES = {
    "running": ("nurse", "harbor", "Room 1"),
    "preparing": ("nurse", "harbor", "Room 2"),
    "recovery": ("nurse-mill", "mill", "Room 1"),
    "signed": ("nurse-mill", "mill", "Room 3"),
}
PAGES = {
    "login": ("", "/account/login/"),
    "board": ("director", "/board/"),
    "today": ("nurse", "/today/"),
    "patients": ("nurse", "/patients/"),
    "chart": ("nurse", "/patients/EB-0001/"),
    "audit": ("director", "/audit/"),
}


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory) -> Iterator[Server]:
    """For the manual a clinic filled just now, so that no curve has a gap at its end."""
    if "EBBTIDE_PICTURES" not in os.environ:
        yield serve()
        return
    server = Server(tmp_path_factory.mktemp("manual")).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def rooms(server) -> dict[str, tuple[str, str]]:
    """Who opens which address for each state of a visit."""
    return {
        state: (username, f"/visits/{server.newest_visit(site, room)}/")
        for state, (username, site, room) in PLACES.items()
    }


@pytest.fixture
def visitor(chromium, server) -> Iterator["Visitor"]:
    visitor = Visitor(chromium, server)
    yield visitor
    visitor.leave()


class Visitor:
    """Opens pages as whoever may see them, on a screen of any size."""

    def __init__(self, chromium, server: Server) -> None:
        self._chromium, self._server = chromium, server
        self._contexts: dict[str, BrowserContext] = {}

    def open(
        self, username: str, path: str, *, width: int, theme: str, height: int = 0, scale: float = 1
    ) -> Page:
        key = f"{username} {width} {scale}"
        if key not in self._contexts:
            self._contexts[key] = self._chromium.new_context(
                locale="en-US",
                viewport={"width": width, "height": height or SIZES[width]},
                device_scale_factor=scale,
                has_touch=width < 1440,
                is_mobile=width == 390,
            )
            if username:
                Nurse(self._contexts[key].new_page(), self._server.url, username).log_in()
        context = self._contexts[key]
        url = self._server.url
        context.add_cookies([{"name": "theme", "value": theme, "url": url}])
        page = context.pages[0] if context.pages else context.new_page()
        page.goto(url + path)
        page.evaluate("document.fonts.ready")
        if path.startswith("/visits/"):
            _wait_for_the_plot(page)
        return page

    def leave(self) -> None:
        for context in self._contexts.values():
            context.close()


def _wait_for_the_plot(page: Page) -> None:
    if page.locator("#view-trends").is_visible():
        expect(page.locator("trend-plot canvas").first).to_be_visible()
        expect(page.locator(".trend-name").first).to_be_visible()
    if page.locator("vital-tile").count():  # numbers, not the moment before the first of them
        expect(page.locator("vital-tile .tile-age").first).not_to_have_text("")


@pytest.mark.parametrize("width", SIZES)
def test_every_page_has_its_picture_taken_and_fits_its_width(width, visitor, rooms):
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name, (username, path) in {**PAGES, **rooms}.items():
        for theme in THEMES:
            page = visitor.open(username, path, width=width, theme=theme)
            page.screenshot(path=OUTPUT / f"{name}-{width}-{theme}.png")
            assert page.evaluate("document.documentElement.scrollWidth") == width, name


@pytest.mark.parametrize("width", SIZES)
def test_a_chart_is_read_without_moving_it_sideways(width, visitor):
    page = visitor.open("prescriber", "/patients/EB-0001/", width=width, theme="light")
    beyond = page.locator(".table-scroll").evaluate_all(
        "all => all.map((one) => one.scrollWidth - one.clientWidth)"
    )
    assert beyond == [0, 0]


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("state", PLACES)
def test_nothing_jumps_while_a_room_loads(state, width, visitor, rooms):
    username, path = rooms[state]
    page = visitor.open(username, path, width=width, theme="dim")
    shift = page.evaluate(
        """() => new Promise((done) => {
            let sum = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) sum += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 300);
        })"""
    )
    assert shift < 0.05


@pytest.mark.parametrize(
    ("picture", "what", "width", "theme"),
    [
        ("room-dim", "running", 1180, "dim"),
        ("room-light", "running", 1180, "light"),
        ("room-phone", "running", 390, "dim"),
        ("room-prepare", "preparing", 1180, "light"),
        ("room-recovery", "recovery", 1180, "light"),
        ("board", "board", 1180, "dim"),
        ("today", "today", 1180, "light"),
    ],
)
def test_the_manual_has_its_picture(picture, what, width, theme, visitor, rooms):
    MANUAL.mkdir(parents=True, exist_ok=True)
    username, path = {**PAGES, **rooms}[what]
    page = visitor.open(username, path, width=width, theme=theme, scale=1.5)
    page.screenshot(path=MANUAL / f"{picture}.png")


def test_the_manual_has_the_first_page_of_a_record(visitor, rooms):
    MANUAL.mkdir(parents=True, exist_ok=True)
    username, path = rooms["signed"]
    page = visitor.open(username, path, width=1180, theme="light")
    answer = page.context.request.get(f"{page.url}record.pdf")
    assert answer.status == 200
    paper = pypdfium2.PdfDocument(answer.body())
    assert 1 <= len(paper) <= 3
    paper[0].render(scale=1.5).to_pil().save(MANUAL / "record-page-1.png")
