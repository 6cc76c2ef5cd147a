"""A nurse at a tablet: every step of a visit as taps and keys on the room's page."""

import re
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect
from tests.browser.server import PASSWORD

BASELINE = {
    "systolic_mmhg": 126, "diastolic_mmhg": 78, "pulse_per_min": 72, "spo2_percent": 97,
    "resp_per_min": 14, "moaas": 5, "temperature_c": "36.8", "rass": 0, "oxygen_l_per_min": 0,
    "phantom_pain_nrs": 6, "residual_limb_pain_nrs": 3,
}  # fmt: skip
RECOVERED = {**BASELINE, "systolic_mmhg": 130, "phantom_pain_nrs": 2, "residual_limb_pain_nrs": 2}
ESCORT = {
    "escort_name": "Sam Testwell (synthetic)", "escort_relation": "sister",
    "is_adult": True, "is_present": True, "instructions_given": True,
}  # fmt: skip
MOST_TABS = 200


class Nurse:
    """Works in one page of one browser; every step waits until the record shows it."""

    def __init__(self, page: Page, url: str, username: str = "nurse") -> None:
        self.page, self.url, self.username = page, url, username

    # where to go

    def log_in(self) -> "Nurse":
        self.page.goto(f"{self.url}/account/login/")
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page).not_to_have_url(re.compile("login"))
        return self

    def check_in(self, patient: str = "") -> "Nurse":
        """Open today's list and check in a patient, or the next one booked."""
        self.page.goto(f"{self.url}/today/")
        line = self.page.get_by_role("row").filter(has_text=patient)
        self.tap(line.get_by_role("button", name="Check in").first)
        expect(self.status).to_have_text("checked in")
        # Before the page's scripts a form is sent as a page of its own.
        expect(self.page.locator("entry-form:not(:defined)")).to_have_count(0)
        return self

    def open(self, visit: str) -> "Nurse":
        self.page.goto(f"{self.url}/visits/{visit}/")
        expect(self.status).to_be_visible()
        return self

    # what is shown

    @property
    def visit(self) -> str:
        """The visit's identifier, as the page names it."""
        return self.page.locator("[data-visit]").get_attribute("data-visit")

    @property
    def status(self) -> Locator:
        return self.page.locator("#room-bar .pill")

    @property
    def lines(self) -> Locator:
        """The lines of the record."""
        return self.page.locator("#room-log .events > li")

    def tile(self, quantity: str) -> Locator:
        return self.page.locator(f'vital-tile[quantity="{quantity}"]')

    def sheet(self, name: str) -> Locator:
        return self.page.locator(f"#sheet-{name}")

    # taps and keys

    def tap(self, what: Locator) -> None:
        what.click()

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def choose(self, option: Locator) -> None:
        """Pick a choice by the words it is labelled with, which are what can be tapped."""
        option.locator("xpath=ancestor::label").click()

    # how entries are made

    def open_sheet(self, name: str) -> Locator:
        """Tap what opens a sheet, on whichever part of the page it is offered."""
        opener = self.page.locator(f"[data-opens=sheet-{name}]:visible")
        self.tap(opener.first)
        sheet = self.sheet(name)
        expect(sheet).to_be_visible()
        return sheet

    def fill(self, sheet: Locator, **answers: Any) -> None:
        for name, answer in answers.items():
            control = sheet.locator(f"[name={name}]").first
            kind = control.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
            if kind == "select":
                control.select_option(str(answer))
            elif kind == "radio":
                self.choose(sheet.locator(f'[name="{name}"][value="{answer}"]'))
            elif kind == "checkbox":
                self.choose(control)
            else:
                self.write(control, str(answer))

    def send(self, sheet: Locator) -> None:
        self.tap(sheet.locator(".sheet-foot .button-primary"))

    def enter(self, name: str, **answers: Any) -> None:
        """Fill a sheet, send it, and wait for its line in the record."""
        with self.one_more_line():
            sheet = self.open_sheet(name)
            self.fill(sheet, **answers)
            self.send(sheet)
            expect(sheet).to_be_hidden()

    @contextmanager
    def one_more_line(self):
        before = self.lines.count()
        yield
        expect(self.lines).to_have_count(before + 1)

    def show(self, view: str) -> None:
        self.tap(self.page.locator(f"[data-view={view}]"))

    def confirm_all(self, part: str) -> None:
        """Answer every open item of a list with yes, one tap each."""
        yes = self.page.locator(f"#room-{part} .item:not(.is-done) button[value=yes]")
        while yes.count():
            with self.one_more_line():
                self.tap(yes.first)

    # the visit, step by step

    def weigh(self) -> None:
        """Weigh; the patient weighs what they did last time."""
        step = self.page.locator("#room-prepare .step").first
        last = re.search(r"last time ([\d.]+) kg", step.inner_text())
        self.enter("weight_taken", weight_kg=last[1] if last else "82.5", prosthesis="off")

    def read(self, **values: Any) -> None:
        self.enter("reading_entered", **(values or BASELINE))

    def draw_up(self, stock: str = "50") -> None:
        self.enter("dose_drawn", stock_mg_per_ml=stock, lot="SYN-1")

    def have_it_checked(self, by: str = "nurse2") -> None:
        self.enter("dose_checked", witness=by, password=PASSWORD)

    def place_line(self) -> None:
        self.enter("line_placed", place="forearm", gauge="22 G")

    def score(self, name: str = "score_taken", *, items: int = 6, each: int = 0) -> None:
        answers = {f"answer_{number}": each for number in range(1, items + 1)}
        self.enter(name, **answers)

    def prepare(self) -> None:
        """All that must be so before the start; the baseline last, since it grows old."""
        self.weigh()
        self.draw_up()
        self.have_it_checked()
        self.place_line()
        self.confirm_all("prepare")
        self.score()
        self.read()

    def start(self) -> None:
        self.enter("started")
        expect(self.status).to_have_text("running")

    def change_rate(self, rate_ml_per_h: str) -> None:
        self.enter("rate_changed", rate_ml_per_h=rate_ml_per_h)

    def hold(self) -> None:
        with self.one_more_line():
            self.tap(self.page.get_by_role("button", name="Hold", exact=True))
        expect(self.status).to_have_text("held")

    def resume(self) -> None:
        self.enter("resumed")
        expect(self.status).to_have_text("running")

    def tell_event(self, name: str, **answers: Any) -> None:
        """An entry behind the question what happened."""
        with self.one_more_line():
            self.open_sheet("events")
            sheet = self.open_sheet(name)
            self.fill(sheet, **answers)
            self.send(sheet)
            expect(sheet).to_be_hidden()

    def stop(self) -> None:
        self.press_stop()
        expect(self.status).to_have_text("in recovery")

    def press_stop(self) -> None:
        """Press STOP where it can be pressed: in the bar, or in the sheet that is open."""
        place = (
            "dialog[open] .sheet-stop"
            if self.page.locator("dialog[open]").count()
            else ".room-stop"
        )
        self.tap(self.page.locator(place))

    def recover(self, sets: int = 2) -> None:
        self.show("leave")
        for _ in range(sets):
            self.enter("recovery_reading_entered", **RECOVERED)
        self.score("aldrete", items=5, each=2)
        self.score()
        self.confirm_all("leave")

    def hand_over(self, reason: str = "Prescriber agrees: alert, escort stays the night.") -> None:
        """Early leaving is asked a reason for, which then lets it be."""
        with self.one_more_line():
            sheet = self.open_sheet("handed_over")
            self.fill(sheet, **ESCORT)
            self.send(sheet)
            if reason:
                expect(sheet.locator("[data-needs-reason]")).to_be_visible()
                self.fill(sheet, reason=reason)
                self.send(sheet)
            expect(sheet).to_be_hidden()
        expect(self.status).to_have_text("handed over")

    def sign(self) -> None:
        self.enter("signed", password=PASSWORD)
        expect(self.status).to_have_text("signed")

    def fetch_record(self) -> bytes:
        """The record as the browser downloads it."""
        answer = self.page.context.request.get(f"{self.url}/visits/{self.visit}/record.pdf")
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/pdf"
        return answer.body()


class NurseAtKeyboard(Nurse):
    """The same nurse without a hand for the screen: Tab, Enter, arrows and Alt+S."""

    def tap(self, what: Locator) -> None:
        self._tab_to(what)
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        self._tab_to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, option: Locator) -> None:
        """Into the row of choices, then along it."""
        if option.get_attribute("type") == "checkbox":
            self._tab_to(option)
            self.page.keyboard.press("Space")
            return
        row = option.locator("xpath=ancestor::fieldset").locator("input")
        self._tab_to(row)
        self.page.keyboard.press("Space")
        for _ in range(row.count()):
            if option.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        expect(option).to_be_checked()

    def press_stop(self) -> None:
        self.page.keyboard.press("Alt+S")

    def _tab_to(self, what: Locator) -> None:
        """Go on with Tab until it, or one of several, has the focus."""
        for _ in range(MOST_TABS):
            if what.evaluate_all("all => all.includes(document.activeElement)"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {what}")
