"""The design page and the room's frame in a real browser; leaves its pictures in test-output."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "test-output" / "design"
SIZES = {"phone": (390, 844), "portrait": (820, 1180), "tablet": (1180, 820), "desk": (1440, 900)}
THEMES = ("light", "dim")
PORT = 18437


@pytest.fixture(scope="module")
def chromium() -> Iterator["playwright.Browser"]:
    path = os.environ.get("EBBTIDE_CHROMIUM") or shutil.which("chromium")
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no Chromium here")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real server on an empty data folder; the design page needs no login."""
    folder = tmp_path_factory.mktemp("design")
    command = [*(sys.executable, "-m", "ebbtide.cli", "serve", "--demo"), "--port", str(PORT)]
    environment = {**os.environ, "EBBTIDE_KEY_FILE": str(folder / "data.key")}
    environment.pop("EBBTIDE_DATA_DIR", None)
    address = f"http://127.0.0.1:{PORT}"
    with (folder / "server.log").open("w+") as log:
        server = subprocess.Popen(
            [*command, "--data", str(folder / "data")], env=environment, stdout=log, stderr=log
        )
        try:
            wait_until_it_answers(address, server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)
            log.seek(0)
            print(log.read())


def wait_until_it_answers(address: str, server: subprocess.Popen) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(f"{address}/design/", timeout=10).close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer for 30 s")


@pytest.fixture
def visit(chromium, address):
    """Open a page: `visit(path, size=..., theme=..., **context)`; any console error fails."""
    contexts, complaints = [], []

    def open_page(path: str, *, size=(1180, 820), theme="light", **options):
        width, height = size
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="en-US", **options
        )
        context.add_cookies([{"name": "theme", "value": theme, "url": address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: m.type == "error" and complaints.append(m.text))
        page.goto(address + path)
        page.evaluate("document.fonts.ready")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("path", ["/design/", "/design/room/"], ids=["all", "room"])
def test_pages_fit_their_width_and_have_their_picture_taken(visit, path, size, theme):
    page = visit(path, size=size, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    PICTURES.mkdir(parents=True, exist_ok=True)
    name = f"{path.strip('/').replace('/', '-')}-{size[0]}-{theme}.png"
    page.screenshot(path=PICTURES / name, full_page=path == "/design/")


@pytest.mark.parametrize("path", ["/design/", "/design/room/"])
def test_four_times_enlarged_nothing_runs_out_sideways(visit, path):
    page = visit(path, size=(320, 256))
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", ["/design/", "/design/room/"])
def test_axe_finds_nothing(visit, path, theme):
    results = axe.Axe().run(visit(path, theme=theme))
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [*SIZES.values(), (844, 390), (320, 568)])
def test_stop_stands_bottom_right_and_is_72_high(visit, size, theme):
    page = visit("/design/room/", size=size, theme=theme)
    box = page.get_by_role("button", name="STOP").bounding_box()
    assert box["height"] >= 72
    assert size[0] - 24 <= box["x"] + box["width"] <= size[0]
    assert size[1] - 24 <= box["y"] + box["height"] <= size[1]


def test_the_room_never_scrolls_on_a_tablet_held_level(visit):
    page = visit("/design/room/", size=(1180, 820))
    assert page.evaluate("document.documentElement.scrollHeight") == 820


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
def test_what_can_be_pressed_in_the_room_is_48_px(visit, size):
    page = visit("/design/room/", size=size)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a:not(.skip-link)")]
            .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.height < 48 || box.width < 48))
            .map(([words, box]) => `${words}: ${box.width} by ${box.height}`)"""
    )
    assert small == []


def test_a_stepper_steps_by_tap_and_by_key_inside_its_limits(visit):
    page = visit("/design/")
    rate = page.locator("#light_light-rate")
    more = page.locator("#stepper [data-theme=light]").get_by_role("button", name="More")
    more.click()
    playwright.expect(rate).to_have_value("32.0")
    rate.press("ArrowDown")
    rate.press("ArrowDown")
    playwright.expect(rate).to_have_value("31.0")
    rate.fill("1199.8")
    rate.press("ArrowUp")
    playwright.expect(rate).to_have_value("1200.0")
    rate.fill("thirty")
    more.click()
    playwright.expect(rate).to_have_value("30.0")  # where words stood, the last value


def test_a_held_button_goes_on_until_it_is_let_go(visit):
    page = visit("/design/")
    rate = page.locator("#light_light-rate")
    page.locator("#stepper [data-theme=light]").get_by_role("button", name="More").hover()
    page.mouse.down()
    playwright.expect(rate).to_have_value(re.compile(r"^(3[4-9]|[4-9]\d)\."))
    page.mouse.up()
    kept = rate.input_value()
    page.wait_for_timeout(400)
    playwright.expect(rate).to_have_value(kept)


def test_closing_a_sheet_loses_nothing_typed(visit):
    page = visit("/design/")
    opener = page.locator("#sheet [data-theme=light]").get_by_role("button", name="Open a sheet")
    sheet = page.locator("#try-sheet")
    opener.focus()
    page.keyboard.press("Enter")
    rate = sheet.get_by_role("textbox")
    playwright.expect(rate).to_be_focused()
    rate.fill("44.5")
    page.keyboard.press("Escape")
    playwright.expect(sheet).to_be_hidden()
    playwright.expect(opener).to_be_focused()
    opener.click()
    playwright.expect(rate).to_have_value("44.5")
    page.mouse.click(10, 10)
    playwright.expect(sheet).to_be_hidden()
    opener.click()
    playwright.expect(rate).to_have_value("44.5")


def test_a_number_is_covered_when_its_age_passes_the_limit(visit):
    page = visit("/design/room/")
    page.evaluate(
        """() => {
            const age = document.createElement("age-of");
            age.className = "tile-age";
            age.dataset.at = new Date(Date.now() - 14000).toISOString();
            age.dataset.coverAfter = "10";
            document.querySelector(".tile .tile-age").replaceWith(age);
        }"""
    )
    tile = page.locator(".tile").first
    playwright.expect(tile.locator("age-of")).to_have_text("no signal 14 s")
    playwright.expect(tile.locator(".tile-number")).to_be_hidden()
    page.evaluate(
        "document.querySelector('age-of').dataset.at = new Date(Date.now() + 1000).toISOString()"
    )
    playwright.expect(tile.locator(".tile-number")).to_be_visible()


def test_the_theme_changes_at_once_and_stays(visit):
    page = visit("/design/room/")
    page.get_by_role("button", name="Dim").click()
    playwright.expect(page.locator("html")).to_have_attribute("data-theme", "dim")
    page.reload()
    playwright.expect(page.locator("html")).to_have_attribute("data-theme", "dim")
    pressed = page.get_by_role("button", name="Dim")
    playwright.expect(pressed).to_have_attribute("aria-pressed", "true")


def test_without_javascript_the_theme_still_changes_and_steppers_are_plain_fields(visit):
    page = visit("/design/", java_script_enabled=False)
    page.get_by_role("button", name="Dim").click()
    playwright.expect(page.locator("html")).to_have_attribute("data-theme", "dim")
    stepper = page.locator("#stepper [data-theme=light]")
    playwright.expect(stepper.get_by_role("button")).to_have_count(0)
    playwright.expect(stepper.get_by_role("textbox")).to_be_editable()


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
def test_nothing_jumps_while_the_room_loads(visit, size):
    page = visit("/design/room/", size=size)
    shift = page.evaluate(
        """() => new Promise((done) => {
            let sum = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) sum += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 500);
        })"""
    )
    assert shift < 0.05
