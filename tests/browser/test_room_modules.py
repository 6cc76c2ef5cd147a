"""The room's modules against a server that keeps their contracts and nothing more."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

STUB = Path(__file__).with_name("stub_server.py")
FIRST_WORD_S = 10
PATIENCE_S = 60
CHANGED = ["changed", {"kind": "changed", "visit": "x", "event": "rate_changed", "seq": 3}]
TOO_HEAVY = {
    "code": "weight.implausible",
    "severity": "block",
    "message": "700 kg is too much.",
    "field": "weight_kg",
}


class Stub:
    """The stub server in a process of its own, on one port over its deaths."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.received = folder / "received.jsonl"
        self.url = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        command = [sys.executable, str(STUB), str(self.port), str(self.received)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        assert self.process.stdout.readline().strip() == str(self.port)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(FIRST_WORD_S)
        self.process.stdin.close()
        self.process.stdout.close()

    def tell(self, **command) -> None:
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def sample(self, number: int, *, source: str = "monitor", at_ms: int | None = None, **values):
        """One frame; a value is a number, or a number and its quality."""
        samples = []
        for quantity, value in values.items():
            reading, quality = value if isinstance(value, tuple) else (value, "ok")
            samples.append({"quantity": quantity, "value": reading, "quality": quality})
        at_ms = at_ms or int(time.time() * 1000)
        self.tell(frame={"id": number, "at_ms": at_ms, "samples": samples, "source": source})

    @property
    def entries(self) -> list[dict]:
        if not self.received.exists():
            return []
        return [json.loads(line) for line in self.received.read_text().splitlines()]

    def wait_for_entries(self, count: int) -> list[dict]:
        give_up = time.monotonic() + PATIENCE_S
        while len(self.entries) < count and time.monotonic() < give_up:
            time.sleep(0.05)
        return self.entries


@pytest.fixture
def stub(tmp_path):
    stub = Stub(tmp_path)
    yield stub
    stub.kill()


@pytest.fixture
def context(chromium):
    context = chromium.new_context(
        locale="en-US", viewport={"width": 1180, "height": 820}, service_workers="block"
    )
    yield context
    context.close()


@pytest.fixture
def room(context, stub) -> Page:
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(stub.url)
    expect(page.locator("vital-tile .tile-label")).to_have_count(4)
    yield page
    assert problems == []


def tile(page: Page, quantity: str):
    return page.locator(f'vital-tile[quantity="{quantity}"]')


def open_weight(page: Page, *, kg: str, note: str = "") -> None:
    page.get_by_role("button", name="Weight").click()
    page.get_by_label("Weight, kg").fill(kg)
    page.get_by_label("Note").fill(note)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def strip(page: Page):
    return page.locator("entry-outbox [role=status]")


# live numbers


def test_a_sample_is_shown_with_its_unit_and_age(room, stub):
    stub.sample(1, spo2=97, pulse=72, systolic=128, diastolic=78)
    expect(tile(room, "spo2").locator(".tile-reading")).to_have_text("97 %")
    expect(tile(room, "bp").locator(".tile-number")).to_have_text("128")
    expect(tile(room, "bp").locator(".tile-second")).to_have_text("/78")
    expect(tile(room, "spo2").locator(".tile-age")).to_have_text("1 s")  # and goes on ageing


def test_a_saturation_under_its_limit_is_never_rounded_up_to_it(room, stub):
    stub.sample(1, spo2=89.9)
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("89")


def test_a_stale_number_is_covered_while_a_cuff_reading_of_the_same_age_stands(room, stub):
    stub.sample(1, spo2=97, systolic=128, diastolic=78)
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("97")
    expect(tile(room, "spo2")).to_have_class("tile is-covered")
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("")
    expect(tile(room, "spo2").locator(".tile-age")).to_contain_text("no signal")
    expect(tile(room, "bp").locator(".tile-number")).to_have_text("128")
    expect(room.locator("#room-voice")).to_contain_text("SpO₂: no signal")


def test_a_replayed_sample_is_as_old_as_it_is_and_not_as_new_as_its_arrival(room, stub):
    stub.sample(1, spo2=97, at_ms=int(time.time() * 1000) - 60_000)
    expect(tile(room, "spo2").locator(".tile-age")).to_contain_text("no signal 6")
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("")


def test_a_probe_that_fell_off_covers_the_number_and_says_so(room, stub):
    stub.sample(1, spo2=97)
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("97")
    stub.sample(2, spo2=(None, "no_reading"))
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("")
    expect(tile(room, "spo2").locator(".tile-age")).to_have_text("no reading: probe off?")


def test_a_suspect_number_is_shown_as_suspect(room, stub):
    stub.sample(1, spo2=(88, "suspect"))
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("88")
    expect(tile(room, "spo2").locator(".tile-age")).to_contain_text("suspect")


def test_a_value_out_of_range_is_never_shown(room, stub):
    stub.sample(1, pulse=(511, "out_of_range"))
    expect(tile(room, "pulse").locator(".tile-age")).to_contain_text("out of range")
    expect(tile(room, "pulse").locator(".tile-number")).to_have_text("")


def test_a_silent_server_covers_every_number_and_the_cover_goes_when_it_speaks_again(room, stub):
    stub.sample(1, spo2=97, systolic=128, diastolic=78)
    expect(tile(room, "bp").locator(".tile-number")).to_have_text("128")
    stub.tell(beats=False)
    body = room.locator("body")
    expect(body).to_have_attribute("data-live", "no")
    for quantity in ("spo2", "bp"):
        expect(tile(room, quantity).locator(".tile-number")).to_have_text("")
    stub.tell(beats=True)
    expect(body).to_have_attribute("data-live", "yes")
    expect(tile(room, "bp").locator(".tile-number")).to_have_text("128")


def test_a_reconnect_brings_what_was_missed_and_nothing_twice(room, stub):
    room.evaluate(
        "heard = []; document.addEventListener('feed:vitals', ({detail}) => heard.push(detail.id))"
    )
    for number in (1, 2, 3):
        stub.sample(number, spo2=95 + number)
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("98")
    frames = [
        {"id": number, "at_ms": int(time.time() * 1000), "source": "monitor",
         "samples": [{"quantity": "spo2", "value": 90 + number, "quality": "ok"}]}
        for number in (1, 2, 3, 4, 5)
    ]  # fmt: skip
    stub.kill()
    stub.start()
    for frame in frames:
        stub.tell(frame=frame)
    with room.expect_request("**/live/**") as asked:
        pass
    assert "after=3" in asked.value.url
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("95")
    stub.tell(event=["samples", frames[4]])  # told again all the same
    stub.sample(6, spo2=96)
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("96")
    assert room.evaluate("heard") == [1, 2, 3, 4, 5, 6]


def test_a_change_of_the_visit_refreshes_the_panels(room, stub):
    expect(room.locator(".room-next p")).to_have_text("panel")  # once on connecting
    room.evaluate("document.querySelector('.room-next').textContent = 'old'")
    stub.tell(event=CHANGED)
    expect(room.locator(".room-next p")).to_have_text("panel")


# plot


def trace_with_a_gap() -> dict:
    now = int(time.time() * 1000)
    # Time's grid lines stand on every fifth minute of the clock; no minute asked about is one.
    start = (now // 300_000 - 6) * 300_000 + 120_000
    times = [at for at in range(start, now, 1000) if not 600_000 < at - start < 720_000]
    values = [None if 900_000 < at - start < 960_000 else 97 for at in times]
    level_times = list(range(start, now + 30 * 60_000, 10_000))
    level = [min(80.0, index / 2) for index in range(len(level_times))]
    return {
        "now_ms": now,
        "from_ms": start,
        "cursor": 500,
        "vitals": {
            "spo2": {"t": times, "v": values},
            "pulse": {"t": times, "v": [70] * len(times)},
            "systolic": {"t": [start + 60_000], "v": [131]},
            "diastolic": {"t": [start + 60_000], "v": [81]},
        },
        "level": {"t": level_times, "effect": level, "plasma": level, "effect_low": level,
                  "effect_high": level, "now_index": 180, "basis": "Spread in words."},
        "plan": {"t": level_times, "effect": level},
        "rate": [{"from_ms": start, "to_ms": now, "rate_ml_per_h": 31.5, "is_held": False,
                  "is_planned": False}],
        "boluses": [], "limits": {"spo2": [90]},
        "marks": [{"at_ms": start + 1000, "label": "start", "kind": "started"}],
    }  # fmt: skip


def test_gaps_stay_gaps_in_what_is_drawn(room, stub):
    stub.tell(trace=trace_with_a_gap())
    room.reload()
    expect(room.locator('.trend-strip[data-strip="oxygen"] canvas')).to_be_visible()
    columns = room.evaluate(
        "[...document.querySelector('trend-plot').plots.get('oxygen').data].map((c) => [...c])"
    )
    times, values = columns
    bridged = [
        (before, after)
        for before, after, one, other in zip(times, times[1:], values, values[1:], strict=False)
        if one is not None and other is not None and after - before > 5000
    ]
    assert bridged == []
    assert sum(value is None for value in values) > 50


def test_the_ink_of_the_saturation_trace_is_interrupted_in_a_gap(room, stub):
    trace = trace_with_a_gap()
    stub.tell(trace=trace)
    room.reload()
    expect(room.locator('.trend-strip[data-strip="oxygen"] canvas')).to_be_visible()
    inked = """(minute) => {
      const plot = document.querySelector('trend-plot').plots.get('oxygen');
      const from = document.querySelector('trend-plot').fromMs;
      const x = Math.round(plot.valToPos(from + minute * 60000, 'x', true));
      const y = Math.round(plot.valToPos(97, 'y', true));
      const pixels = plot.ctx.getImageData(x, y - 4, 1, 8).data;
      return pixels.some((value, index) => index % 4 === 3 && value > 128);
    }"""
    assert [room.evaluate(inked, minute) for minute in (5, 11, 13, 15.5, 20)] == [
        True, False, True, False, True,
    ]  # fmt: skip


def test_live_samples_are_added_to_the_plot_once(room, stub):
    stub.tell(trace=trace_with_a_gap())
    room.reload()
    length = "document.querySelector('trend-plot').picture.lines.spo2.t.length"
    expect(room.locator('.trend-strip[data-strip="oxygen"] canvas')).to_be_visible()
    before = room.evaluate(length)
    now = int(time.time() * 1000)
    stub.sample(400, spo2=50, at_ms=now - 1500)  # already in the trace
    stub.sample(501, spo2=96, at_ms=now)
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("96")
    assert room.evaluate(length) == before + 1


def test_the_table_twin_holds_what_the_plot_shows(room, stub):
    stub.tell(trace=trace_with_a_gap())
    room.reload()
    room.get_by_role("button", name="As table").click()
    table = room.get_by_role("table")
    expect(table).to_be_visible()
    expect(table).to_contain_text("131/81")
    expect(table).to_contain_text("start")
    rows = table.locator("tbody tr")
    assert rows.count() in (7, 8)  # thirty minutes, begun and ended anywhere
    first = rows.nth(1).locator("td").all_text_contents()
    assert first[:2] == ["97", "70"]
    assert first[5] == "31.5"


# entries


def test_an_entry_is_sent_with_its_id_its_time_and_what_the_page_showed(room, stub):
    shown = room.locator("[data-pump-seq]")
    stub.tell(pump_seq=14, event=CHANGED)
    expect(shown).to_have_attribute("data-pump-seq", "14")
    open_weight(room, kg="82.5")
    stub.tell(pump_seq=15, event=CHANGED)  # while the sheet covers the page
    expect(shown).to_have_attribute("data-pump-seq", "15")
    room.keyboard.press("Enter")
    (entry,) = stub.wait_for_entries(1)
    assert entry["path"].endswith("/entries/weight/")
    assert entry["weight_kg"] == "82.5"
    assert len(entry["entry_id"]) == 36
    assert entry["happened_at"].endswith("Z")
    assert entry["seen_pump_seq"] == "14"
    assert "csrfmiddlewaretoken" not in entry
    expect(room.locator("#weight-sheet")).not_to_be_visible()
    expect(room.locator("#toasts")).to_contain_text("Weight: recorded")


def test_a_refused_entry_comes_back_to_its_form_with_values_and_reasons(room, stub):
    findings = [
        TOO_HEAVY,
        {"severity": "notice", "message": "The visit is late.", "field": ""},
    ]
    stub.tell(answers=[[422, {"findings": findings}]])
    open_weight(room, kg="700", note="bed scale")
    save(room)
    expect(room.locator(".field-error")).to_have_text("700 kg is too much.")
    expect(room.locator(".findings")).to_contain_text("The visit is late.")
    expect(room.locator("#weight-sheet")).to_be_visible()
    expect(room.get_by_label("Weight, kg")).to_have_value("700")
    expect(room.get_by_label("Note")).to_have_value("bed scale")
    expect(room.locator(".findings")).to_be_focused()  # the first of them in reading order
    expect(strip(room)).to_have_text("")
    room.get_by_label("Weight, kg").fill("70")
    save(room)
    (entry,) = stub.wait_for_entries(1)
    assert entry["weight_kg"] == "70"


def test_a_finding_that_a_reason_can_answer_shows_the_reason_field(room, stub):
    finding = {"severity": "override", "message": "12 kg more than last time.", "field": ""}
    stub.tell(answers=[[422, {"findings": [finding]}]])
    open_weight(room, kg="94")
    expect(room.get_by_label("Reason")).not_to_be_visible()
    save(room)
    expect(room.get_by_label("Reason")).to_be_visible()
    room.get_by_label("Reason").fill("weighed twice")
    save(room)
    (entry,) = stub.wait_for_entries(1)
    assert entry["override_reason"] == "weighed twice"


def test_entries_outlive_server_death_and_reload_and_arrive_once_and_in_order(room, stub):
    stub.kill()
    for kg in ("81", "82", "83"):
        open_weight(room, kg=kg)
        save(room)
        expect(room.locator("#weight-sheet")).not_to_be_visible()
    expect(strip(room)).to_contain_text("3 saved on this tablet, not yet on the server")
    stub.start()
    room.reload()
    assert [entry["weight_kg"] for entry in stub.wait_for_entries(3)] == ["81", "82", "83"]
    expect(strip(room)).to_have_text("")
    room.reload()
    room.wait_for_timeout(4000)
    assert len(stub.entries) == 3


def test_an_answer_lost_on_its_way_doubles_nothing(room, stub):
    def lose(route):
        route.fetch()
        route.abort()

    room.route("**/entries/weight/", lose, times=1)
    open_weight(room, kg="82.5")
    save(room)
    expect(strip(room)).to_contain_text("1 saved on this tablet")
    assert len(stub.entries) == 1
    expect(strip(room)).to_have_text("")
    assert len(stub.entries) == 1


def test_two_tabs_send_one_entry_once_each(room, context, stub):
    posts = []
    other = context.new_page()
    for page in (room, other):
        page.on(
            "request", lambda request: posts.append(request) if request.method == "POST" else None
        )
    stub.tell(delay_s=5)  # longer than the outbox waits between two looks
    open_weight(room, kg="82.5")
    save(room)
    other.goto(stub.url)
    expect(strip(room)).to_contain_text("1 saved on this tablet")
    expect(strip(other)).to_contain_text("1 saved on this tablet")
    expect(strip(room)).to_have_text("")
    expect(strip(other)).to_have_text("")
    assert len([post for post in posts if post.method == "POST"]) == 1
    assert len(stub.entries) == 1


def test_a_login_page_is_not_taken_for_an_answer(room, stub):
    stub.tell(answers=[[302, {}], [302, {}]])
    open_weight(room, kg="82.5")
    save(room)
    expect(strip(room)).to_contain_text("log in again")
    assert stub.wait_for_entries(1)[0]["weight_kg"] == "82.5"


def have_a_weight_refused_later(room, stub):
    """An entry made without a server and refused by it afterwards; gives its button."""
    stub.kill()
    open_weight(room, kg="700", note="bed scale")
    save(room)
    expect(strip(room)).to_contain_text("1 saved on this tablet")
    stub.start()
    stub.tell(answers=[[422, {"findings": [TOO_HEAVY]}]])
    look = room.get_by_role("button", name="Look at it again")
    expect(look).to_be_visible()
    return look


def test_an_entry_refused_later_waits_to_be_looked_at_and_keeps_its_time(room, stub):
    look = have_a_weight_refused_later(room, stub)
    room.reload()
    look.click()
    expect(room.get_by_label("Weight, kg")).to_have_value("700")
    expect(room.get_by_label("Note")).to_have_value("bed scale")
    expect(room.locator(".field-error")).to_contain_text("700 kg is too much.")
    told_at = room.evaluate("document.querySelector('entry-form').happenedAt")
    room.get_by_label("Weight, kg").fill("70")
    save(room)
    (entry,) = stub.wait_for_entries(1)
    assert entry["weight_kg"] == "70"
    assert entry["happened_at"] == told_at
    expect(look).not_to_be_visible()


def test_a_refused_entry_looked_at_and_left_gives_its_time_to_no_other(room, stub):
    look = have_a_weight_refused_later(room, stub)
    look.click()
    expect(room.get_by_label("Weight, kg")).to_have_value("700")
    told_at = room.evaluate("document.querySelector('entry-form').happenedAt")
    room.keyboard.press("Escape")
    expect(room.locator("#weight-sheet")).to_be_hidden()
    open_weight(room, kg="70")
    expect(room.get_by_label("Note")).to_have_value("")
    save(room)
    (entry,) = stub.wait_for_entries(1)
    assert entry["happened_at"] != told_at
    expect(look).to_be_visible()  # the refused one still waits for its answer


def test_a_refused_entry_sent_again_and_refused_again_is_still_in_its_sheet(room, stub):
    have_a_weight_refused_later(room, stub).click()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    room.route("**/entries/weight/", hold)
    with room.expect_request("**/entries/weight/"):
        save(room)
    room.keyboard.press("Escape")
    expect(room.locator("#weight-sheet")).to_be_hidden()
    findings = json.dumps({"findings": [TOO_HEAVY]})
    held[0].fulfill(status=422, content_type="application/json", body=findings)
    expect(room.locator("entry-form form")).to_have_attribute("aria-busy", "false")
    room.get_by_role("button", name="Weight").click()
    expect(room.get_by_label("Weight, kg")).to_have_value("700")
    expect(room.get_by_label("Note")).to_have_value("bed scale")


def test_an_entry_with_a_password_is_never_stored(room, stub):
    room.evaluate(
        """document.querySelector('entry-form .field').insertAdjacentHTML(
             'afterend', '<div class="field"><label for="p">Password</label>'
             + '<input id="p" type="password" name="password"></div>')"""
    )
    stub.kill()
    open_weight(room, kg="82.5")
    room.get_by_label("Password").fill("not a real one")
    save(room)
    expect(room.locator("#weight-sheet .findings")).to_contain_text("not kept on this tablet")
    assert stored(room) == []
    stub.start()
    save(room)
    assert stub.wait_for_entries(1)[0]["password"] == "not a real one"
    assert stored(room) == []


def stored(page: Page) -> list[dict]:
    return page.evaluate(
        """() => new Promise((resolve) => {
             const opening = indexedDB.open('ebbtide-outbox');
             opening.onsuccess = () => {
               const all = opening.result.transaction('entries').objectStore('entries').getAll();
               all.onsuccess = () => { opening.result.close(); resolve(all.result); };
             };
           })"""
    )


def test_without_storage_an_entry_is_sent_directly_and_the_page_says_so(context, stub):
    page = context.new_page()
    page.add_init_script(
        "indexedDB.open = () => { throw new DOMException('none', 'SecurityError'); }"
    )
    page.goto(stub.url)
    open_weight(page, kg="82.5")
    save(page)
    assert stub.wait_for_entries(1)[0]["weight_kg"] == "82.5"
    stub.kill()
    open_weight(page, kg="83")
    save(page)
    expect(strip(page)).to_contain_text("kept in this page only")
    stub.start()
    assert len(stub.wait_for_entries(2)) == 2


# stop


def test_stop_is_one_tap_and_is_told_at_once(room, stub):
    room.get_by_role("button", name="STOP").click()
    expect(room.locator(".stop-told")).to_contain_text("recorded")
    (entry,) = stub.entries
    assert entry["path"].endswith("/stop/")
    assert set(entry) == {"path", "entry_id", "happened_at"}


def test_stop_works_with_the_server_dead_and_goes_before_what_waited_longer(room, stub):
    stub.kill()
    open_weight(room, kg="82.5")
    save(room)
    expect(strip(room)).to_contain_text("1 saved on this tablet")
    room.get_by_role("button", name="STOP").click()
    expect(room.locator(".stop-told")).to_contain_text("check the pump")
    expect(room.locator(".stop-told")).to_contain_text("not yet on the server")
    stub.start()
    paths = [entry["path"] for entry in stub.wait_for_entries(2)]
    assert [path.split("/")[3] for path in paths] == ["stop", "entries"]
    expect(room.locator(".stop-told")).to_contain_text("recorded")


def test_stop_does_not_wait_behind_an_entry_that_hangs(room, stub):
    room.route("**/entries/weight/", lambda route: None)  # never answered
    open_weight(room, kg="82.5")
    save(room)
    room.get_by_role("button", name="STOP").first.click(force=True)
    expect(room.locator(".stop-told")).to_contain_text("recorded")
    assert [entry["path"].split("/")[3] for entry in stub.entries] == ["stop"]


def test_stop_does_not_wait_behind_the_stop_of_another_visit(room, stub):
    room.route("**/visits/other/stop/", lambda route: route.fulfill(status=503, body="{}"))
    room.evaluate(
        """async () => {
            const { submit } = await import("/static/infusions/js/outbox.js");
            const where = { visit: "other", url: "/visits/other/stop/" };
            const what = { id: "other", body: "entry_id=other", label: "STOP", told_at: "" };
            await submit({ ...where, ...what, is_stop: true });
        }"""
    )
    room.get_by_role("button", name="STOP").click()
    expect(room.locator(".stop-told")).to_contain_text("recorded")


def test_stop_can_be_pressed_while_a_sheet_is_open_and_from_the_keyboard(room, stub):
    open_weight(room, kg="8")
    room.locator("#weight-sheet").get_by_role("button", name="STOP").click()
    stub.wait_for_entries(1)
    expect(room.locator(".stop-told")).to_contain_text("recorded")
    room.wait_for_timeout(3200)  # a later press is another press
    room.get_by_label("Weight, kg").focus()
    room.keyboard.press("Alt+s")
    assert len(stub.wait_for_entries(2)) == 2
    expect(room.get_by_label("Weight, kg")).to_have_value("8")


def test_stop_stays_one_tap_when_the_bar_was_replaced_while_it_was_under_way(room, stub):
    replace = "place = document.getElementById('stop-place'); place.innerHTML = place.innerHTML"
    stub.kill()
    room.evaluate(replace)
    room.get_by_role("button", name="STOP").click()
    expect(room.locator(".stop-told")).to_contain_text("not yet on the server")
    room.evaluate(replace)
    stub.start()
    expect(room.locator(".stop-told")).to_contain_text("recorded")
    room.wait_for_timeout(3200)
    room.get_by_role("button", name="STOP").click()
    assert len(stub.wait_for_entries(2)) == 2
    assert room.url == stub.url  # sent by the module, not as a form


def test_a_double_tap_is_one_stop(room, stub):
    room.get_by_role("button", name="STOP").dblclick()
    expect(room.locator(".stop-told")).to_contain_text("recorded")
    room.wait_for_timeout(500)
    assert len(stub.entries) == 1


# everybody can use it


@pytest.mark.parametrize("theme", ["light", "dim"])
def test_no_accessibility_rule_is_broken(room, stub, theme):
    stub.tell(trace=trace_with_a_gap())
    room.reload()
    stub.sample(501, spo2=(88, "suspect"), pulse=(None, "no_reading"), systolic=128, diastolic=78)
    expect(tile(room, "spo2").locator(".tile-number")).to_have_text("88")
    room.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    open_weight(room, kg="700")
    stub.tell(answers=[[422, {"findings": [TOO_HEAVY]}]])
    save(room)
    expect(room.locator(".field-error")).to_be_visible()
    for _ in ("with the sheet open", "and closed"):
        found = Axe().run(room).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        room.keyboard.press("Escape")


# what goes on without the server


def test_the_dose_given_goes_on_without_a_server_and_never_beyond_the_order(room, stub):
    stub.kill()
    given = room.locator('[data-shows="given-mg"]')
    expect(given).not_to_have_text("21.0")
    expect(given).to_have_text("41.3")
    expect(room.locator('[data-shows="left"]')).not_to_have_text("0:00")
