"""The room on the real server: STOP, keyboard, bad input, two tablets, silence, narrow screens."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.nurse import Nurse, NurseAtKeyboard
from tests.browser.posted import PostedVisit
from tests.browser.server import PASSWORD, Server

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

SIZES = {"phone": (390, 844), "portrait": (820, 1180), "tablet": (1180, 820), "desk": (1440, 900)}
LYING_PHONE = (844, 390)
ENLARGED = (320, 256)  # what is left of 1280 by 1024 at four times the size
THEMES = ("light", "dim")
IS_ON_TOP = """(element) => {
    const box = element.getBoundingClientRect();
    const inside = [[0.5, 0.5], [0.05, 0.1], [0.95, 0.1], [0.05, 0.9], [0.95, 0.9]];
    return inside.every(([x, y]) => element.contains(document.elementFromPoint(
        box.left + x * box.width, box.top + y * box.height)));
}"""
TOO_SMALL = """() => [...document.querySelectorAll(
        "button, a:not(.skip-link), select, summary, label.choice, input:not(label.choice input)")]
    .filter((e) => e.checkVisibility({visibilityProperty: true}) && e.type !== "hidden")
    .filter((e) => !document.querySelector("dialog[open]") || e.closest("dialog[open]"))
    .map((e) => [e.textContent.trim() || e.name, e.getBoundingClientRect()])
    .filter(([, box]) => box.height < 47.5 || box.width < 47.5)
    .map(([words, box]) => `${words}: ${box.width} by ${box.height}`)"""


@pytest.fixture(scope="module")
def server(serve) -> Server:
    return serve()


@pytest.fixture
def tablet(chromium, server) -> Callable[..., Nurse]:
    """A tablet with somebody logged in: `tablet("nurse2", size=...)`; an error in it fails."""
    contexts, complaints = [], []

    def open_one(
        username: str = "nurse", *, size=SIZES["tablet"], kind=Nurse, at: Server = server, **options
    ) -> Nurse:
        width, height = size
        context = chromium.new_context(
            locale="en-US", viewport={"width": width, "height": height}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return kind(page, at.url, username).log_in()

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def running(server) -> str:
    """A visit whose pump runs, of its own for the tests that change it."""
    posted = PostedVisit(server.url)
    posted.prepare()
    posted.start()
    return posted.visit


@pytest.fixture(scope="module")
def preparing(server) -> str:
    """The visit that the clinic begins with checked in and not yet started."""
    return server.newest_visit("harbor", "Room 2")


def _kinds(server: Server, visit: str) -> list[str]:
    query = "SELECT kind FROM infusions_visitevent WHERE visit_id = ? ORDER BY seq"
    return [kind for (kind,) in server.rows(query, visit.replace("-", ""))]


def _stop(page: Page) -> Locator:
    """STOP where a hand finds it now: in the bar, or in the sheet that covers the bar."""
    if page.locator("dialog[open]").count():
        return page.locator("dialog[open] .sheet-stop")
    return page.locator(".room-stop")


# logging in


def test_enter_in_the_login_form_logs_in(tablet):
    nurse = tablet()
    expect(nurse.page).to_have_url(f"{nurse.url}/board/")


def test_a_wrong_password_is_told_in_words_and_the_name_is_kept(chromium, server):
    page = chromium.new_context(locale="en-US").new_page()
    page.goto(f"{server.url}/account/login/")
    page.get_by_label("Username").fill("prescriber")
    page.get_by_label("Password").fill("not it")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("not correct")
    expect(page.get_by_label("Username")).to_have_value("prescriber")
    page.context.close()


# keyboard


def test_the_keyboard_alone_runs_a_visit_from_the_check_in_to_the_stop(tablet, server):
    nurse = tablet(kind=NurseAtKeyboard)
    nurse.check_in("Room 5")
    nurse.prepare()
    nurse.start()
    nurse.change_rate("90")
    nurse.hold()
    nurse.resume()
    nurse.read(systolic_mmhg=128, diastolic_mmhg=80, moaas=4)
    nurse.stop()
    assert _kinds(server, nurse.visit)[-6:] == [
        *("started", "rate_changed", "held", "resumed", "reading_entered", "stopped")
    ]


# every state of a visit, at every size, in both themes


@pytest.fixture(scope="module")
def told(serve) -> tuple[Server, PostedVisit]:
    """A server of its own, and the visit that is taken through every status there."""
    server = serve()
    return server, PostedVisit(server.url)


STEPS: dict[str, Callable[[PostedVisit], object]] = {
    "checked in": lambda visit: None,
    "running": lambda visit: (visit.prepare(), visit.start()),
    "held": lambda visit: visit.enter("entries/held"),
    "in recovery": lambda visit: visit.enter("stop"),
    "handed over": lambda visit: visit.hand_over(),
    "signed": lambda visit: visit.sign(),
}

IN_CHAIR = ("checked in", "running", "held", "in recovery")


@pytest.mark.parametrize("status", STEPS)
def test_each_status_is_clean_fits_and_keeps_stop_free(status, told, tablet):
    """One test a status, since a visit goes through them once; what fails is named."""
    server, visit = told
    STEPS[status](visit)
    nurse = tablet(at=server).open(visit.visit)
    page = nurse.page
    expect(nurse.status).to_have_text(status)
    for theme in THEMES:
        _put_on(page, theme)
        _hold_clean(page)
    for name, (width, height) in [*SIZES.items(), ("lying", LYING_PHONE), ("enlarged", ENLARGED)]:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") == width, name
        assert page.evaluate(TOO_SMALL) == [], name
        if status in IN_CHAIR and name != "enlarged":
            assert _stop(page).evaluate(IS_ON_TOP), f"STOP is covered: {name}, {status}"
            assert _stop(page).bounding_box()["height"] >= 72
    page.set_viewport_size({"width": 1180, "height": 820})
    for view in ("prepare", "trends", "leave", "log"):
        nurse.show(view)
        assert page.evaluate("document.documentElement.scrollHeight") == 820, view


def _put_on(page: Page, theme: str) -> None:
    page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def _hold_clean(page: Page) -> None:
    results = axe.Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("nurse", "/board/"),
        ("nurse", "/today/"),
        ("nurse", "/patients/"),
        ("nurse", "/patients/EB-0001/"),
        ("director", "/audit/"),
        ("director", "/account/2fa/"),
        ("", "/account/login/"),
    ],
)
def test_the_other_pages_are_clean_and_fit_every_width(chromium, server, theme, username, path):
    context = chromium.new_context(locale="en-US", viewport={"width": 1180, "height": 820})
    context.add_cookies([{"name": "theme", "value": theme, "url": server.url}])
    page = context.new_page()
    if username:
        Nurse(page, server.url, username).log_in()
    page.goto(server.url + path)
    _hold_clean(page)
    for width in (320, *(width for width, _ in SIZES.values())):
        page.set_viewport_size({"width": width, "height": 820})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


# STOP


@pytest.mark.parametrize("size", [*SIZES.values(), LYING_PHONE], ids=[*SIZES, "lying"])
def test_stop_stands_free_in_every_sheet(size, tablet, running):
    nurse = tablet(size=size).open(running)
    sheets = nurse.page.locator("dialog.sheet")
    for name in sheets.evaluate_all("all => all.map(({id}) => id.replace('sheet-', ''))"):
        nurse.page.evaluate(OPEN, name)
        expect(nurse.sheet(name)).to_be_visible()
        assert _stop(nurse.page).evaluate(IS_ON_TOP), name
        assert nurse.page.evaluate(TOO_SMALL) == [], name
        for act in nurse.sheet(name).locator(".sheet-foot .button:visible").all():
            assert act.evaluate(IS_ON_TOP), f"{name}: {act.inner_text()} is covered"
        nurse.page.keyboard.press("Escape")
        expect(nurse.sheet(name)).to_be_hidden()


OPEN = """(name) => {
    const opener = document.createElement("button");
    opener.dataset.opens = `sheet-${name}`;
    document.body.append(opener);
    opener.click();
    opener.remove();
}"""


def test_stop_in_an_open_sheet_without_a_network_is_kept_and_sent_once(tablet, server):
    posted = PostedVisit(server.url)
    posted.prepare()
    posted.start()
    nurse = tablet().open(posted.visit)
    nurse.open_sheet("reading_entered")
    nurse.page.context.set_offline(True)
    nurse.press_stop()
    told = nurse.page.get_by_role("alert").filter(has_text="Stop pressed")
    expect(told).to_contain_text("check the pump")
    expect(told).to_contain_text("Kept on this tablet, not yet on the server")
    nurse.page.context.set_offline(False)
    expect(nurse.page.locator(".stop-told")).to_contain_text("recorded")
    expect(nurse.status).to_have_text("in recovery")
    assert _kinds(server, posted.visit).count("stopped") == 1


def test_stop_after_the_server_died_is_recorded_once_with_the_moment_of_the_press(serve, tablet):
    server = serve()
    posted = PostedVisit(server.url)
    posted.prepare()
    posted.start()
    nurse = tablet(at=server).open(posted.visit)
    server.kill()
    nurse.press_stop()
    expect(nurse.page.locator(".stop-told")).to_contain_text("Kept on this tablet")
    server.start()
    expect(nurse.status).to_have_text("in recovery")
    assert _kinds(server, posted.visit).count("stopped") == 1
    ((body,),) = server.rows(
        "SELECT body FROM infusions_visitevent WHERE visit_id = ? AND kind = 'stopped'",
        posted.visit.replace("-", ""),
    )
    event = json.loads(body)
    assert event["payload"].get("claimed_at") is None
    assert event["happened_at"] < event["recorded_at"]


# bad input


@pytest.mark.parametrize(
    ("typed", "words"),
    [("0", "weight"), ("7", "kg"), ("700", "kg"), ("heavy", "number")],
)
def test_an_impossible_weight_is_told_at_its_field_and_what_was_typed_stays(
    typed, words, tablet, preparing, server
):
    nurse = tablet().open(preparing)
    before = _kinds(server, preparing)
    sheet = nurse.open_sheet("weight_taken")
    nurse.fill(sheet, weight_kg=typed)
    nurse.send(sheet)
    field = sheet.locator(".field", has=nurse.page.locator("[name=weight_kg]"))
    expect(field.locator(".field-error")).to_contain_text(re.compile(words, re.IGNORECASE))
    expect(field.locator("input")).to_have_value(typed)
    assert _kinds(server, preparing) == before


def test_pounds_typed_for_kilograms_are_told_as_pounds(tablet, preparing, server):
    nurse = tablet().open(preparing)
    step = nurse.page.locator("#room-prepare .step").first.inner_text()
    last_kg = re.search(r"last time ([\d.]+) kg", step)[1]
    pounds = f"{float(last_kg) * 2.2046:.1f}"
    before = _kinds(server, preparing)
    sheet = nurse.open_sheet("weight_taken")
    nurse.fill(sheet, weight_kg=pounds)
    nurse.send(sheet)
    field = sheet.locator(".field", has=nurse.page.locator("[name=weight_kg]"))
    expect(field.locator(".field-error")).to_contain_text(re.compile(r"pounds|\blb\b"))
    expect(field.locator("input")).to_have_value(pounds)
    assert _kinds(server, preparing) == before


def test_a_tenth_of_the_strength_is_told_at_its_field(tablet, preparing, server):
    nurse = tablet().open(preparing)
    before = _kinds(server, preparing)
    sheet = nurse.open_sheet("dose_drawn")
    nurse.fill(sheet, stock_mg_per_ml="5")
    nurse.send(sheet)
    field = sheet.locator(".field", has=nurse.page.locator("[name=stock_mg_per_ml]"))
    expect(field.locator(".field-error")).to_contain_text("mg/mL")
    expect(field.locator("input")).to_have_value("5")
    assert _kinds(server, preparing) == before


def test_a_rate_beyond_the_pump_is_told_at_its_field(tablet, running, server):
    nurse = tablet().open(running)
    before = _kinds(server, running)
    sheet = nurse.open_sheet("rate_changed")
    nurse.fill(sheet, rate_ml_per_h="1500")
    nurse.send(sheet)
    field = sheet.locator(".field", has=nurse.page.locator("[name=rate_ml_per_h]"))
    expect(field.locator(".field-error")).to_contain_text("999")
    expect(field.locator("input")).to_have_value("1500")
    assert _kinds(server, running) == before


def test_a_second_check_with_a_wrong_password_is_refused_at_its_field(tablet, preparing, server):
    nurse = tablet().open(preparing)
    nurse.draw_up()
    sheet = nurse.open_sheet("dose_checked")
    nurse.fill(sheet, witness="nurse2", password="not it")
    nurse.send(sheet)
    expect(sheet.locator(".field-error")).to_contain_text("do not match")
    nurse.fill(sheet, password=PASSWORD)
    nurse.send(sheet)
    expect(sheet).to_be_hidden()
    expect(nurse.page.locator("#room-prepare")).to_contain_text("by Noah Drillwood")
    assert _kinds(server, preparing)[-1] == "dose_checked"


# refreshing


def test_a_countdown_emptied_by_a_refresh_is_back_before_it_is_seen(tablet, running):
    nurse = tablet().open(running)
    words = nurse.page.evaluate(
        """async () => {
            const countdown = document.querySelector("#room-next elapsed-time");
            countdown.textContent = "";
            await Promise.resolve();
            return countdown.textContent;
        }"""
    )
    assert re.fullmatch(r"\d+:\d\d", words)


# silence


def test_numbers_are_covered_while_the_tablet_hears_nothing_and_shown_when_it_does(
    tablet, running, server
):
    nurse = tablet().open(running)
    number = nurse.tile("spo2").locator(".tile-number")
    expect(number).to_have_text(re.compile(r"\d\d"))
    with server.frozen():
        expect(nurse.page.locator(".room-vitals .not-live")).to_be_visible()
        expect(number).to_be_hidden()
    expect(number).to_be_visible()
    expect(nurse.page.locator(".room-vitals .not-live")).to_be_hidden()


def test_the_board_goes_on_showing_what_changes(tablet, running):
    one, other = tablet("nurse").open(running), tablet("nurse2")
    tile = other.page.locator(f'.board-tile[href$="{running}/"]')
    one.hold()
    expect(tile).to_contain_text("held")
    one.resume()
    expect(tile).to_contain_text("running")
    expect(tile.locator("dd:not(.unit)").first).to_have_text(re.compile(r"\d\d"))


def test_a_silent_board_covers_its_numbers_in_words(tablet, running, server):
    page = tablet("nurse2").page
    number = page.locator(f'.board-tile[href$="{running}/"] dd:not(.unit)').first
    expect(number).to_be_visible()
    with server.frozen():
        expect(page.locator(".board-silent")).to_contain_text("Not live")
        expect(number).to_be_hidden()
    expect(number).to_be_visible()
    expect(page.locator(".board-silent")).to_be_empty()


# two tablets


def test_two_tablets_see_each_others_changes(tablet, running):
    one, other = tablet("nurse").open(running), tablet("nurse2").open(running)
    one.change_rate("95")
    expect(other.page.locator("#room-bar")).to_contain_text("95 mL/h")
    other.hold()
    expect(one.status).to_have_text("held")
    one.resume()
    expect(other.status).to_have_text("running")


def test_a_page_that_fell_behind_is_refused_in_words(tablet, running, server):
    one, other = tablet("nurse").open(running), tablet("nurse2").open(running)
    sheet = other.open_sheet("rate_changed")
    other.fill(sheet, rate_ml_per_h="70")
    one.change_rate("80")
    expect(other.page.locator("#room-bar")).to_contain_text("80 mL/h")
    before = _kinds(server, running)
    other.send(sheet)
    expect(sheet.locator(".findings")).to_contain_text("changed by someone else")
    assert _kinds(server, running) == before
    expect(sheet.locator("[name=rate_ml_per_h]")).to_have_value("70")
