"""A whole visit on each real recording, replayed in the place of the monitor.

Two files are walked through the page, where every number shown is held against the recording;
the others take the same visit through the same addresses without a page.
"""

import json
import re
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import pypdfium2
import pytest
from tests.browser.nurse import Nurse
from tests.browser.posted import PostedVisit
from tests.browser.server import Server

from ebbtide.clinic.infusions.paper.wording import rounded
from ebbtide.devices.recordings import Recording, open_recording
from ebbtide.devices.sources import Frame
from ebbtide.science.vitals.validity import Quality, Quantity

pytestmark = [pytest.mark.browser, pytest.mark.real_data, pytest.mark.enable_socket]

SPEED = 60
WALKED = ("P051", "P055")  # hardly a valid row; the deepest dips
POSTED = ("P003", "P004", "P021", "P040", "P045", "P066", "P085", "P126", "P127")
CUFF = "wfdb/s00001/s00001-2896-10-10-00-31n.hea"  # a row a minute, with readings of a cuff
LATE_S = 5 * SPEED  # a monitor is connected within some real seconds of the check-in
WATCH_TILES = """() => {
    window.seen = [];
    const shown = (tile) => ({
        quantity: tile.getAttribute("quantity"),
        atMs: tile.reading?.atMs,
        isCovered: tile.classList.contains("is-covered"),
        number: tile.querySelector(".tile-number").textContent,
    });
    const look = (frame) => {
        const tiles = [...document.querySelectorAll("vital-tile")].map(shown);
        window.seen.push({...frame, tiles: tiles.filter(({atMs}) => atMs === frame.at_ms)});
    };
    document.addEventListener("feed:vitals", ({detail}) => {
        // After every listener, the tiles' own included, has heard of the frame.
        if (detail.source === "monitor") queueMicrotask(() => look(detail));
    });
}"""

Value = tuple[str, float | None, str]


@pytest.mark.parametrize("name", WALKED)
def test_a_visit_walked_on_a_recording_shows_its_numbers_and_no_others(
    name, shared_data, chromium, serve
):
    recording = open_recording(shared_data / f"sedation/{name}.csv")
    server = serve(speed=SPEED, recording=shared_data / f"sedation/{name}.csv")
    context = chromium.new_context(locale="en-US", viewport={"width": 1180, "height": 820})
    page = context.new_page()
    nurse = Nurse(page, server.url).log_in().check_in()
    page.evaluate(WATCH_TILES)
    nurse.prepare()
    nurse.start()
    nurse.hold()
    nurse.resume()
    nurse.change_rate("100")
    nurse.stop()
    nurse.recover()
    nurse.hand_over()
    seen = page.evaluate("window.seen")
    nurse.sign()
    _hold_against(recording, server=server, visit=nurse.visit, pdf=nurse.fetch_record())
    assert sum(len(frame["tiles"]) for frame in seen) > SPEED
    for frame in seen:
        _hold_tiles_against(frame)
    context.close()
    server.stop()


def _hold_tiles_against(frame: dict) -> None:
    """Each tile shows its quantity's number as the frame brought it, or covers its place."""
    samples = {sample["quantity"]: sample for sample in frame["samples"]}
    for tile in frame["tiles"]:
        sample = samples[tile["quantity"]]
        is_value = sample["quality"] in ("ok", "suspect")
        assert tile["isCovered"] != is_value, sample
        assert tile["number"] == (f"{sample['value']:.0f}" if is_value else ""), sample


@pytest.mark.parametrize("name", POSTED)
def test_a_visit_posted_on_a_recording_keeps_every_row_of_it(name, shared_data, serve):
    _post_and_hold(shared_data / f"sedation/{name}.csv", serve)


def test_a_visit_posted_on_a_recording_with_a_cuff_keeps_every_row_of_it(shared_data, serve):
    _post_and_hold(shared_data / CUFF, serve)


def _post_and_hold(path: Path, serve) -> None:
    recording = open_recording(path)
    server = serve(speed=SPEED, recording=path)
    posted = PostedVisit(server.url)
    posted.give()
    _hold_room_against(recording, posted, began=_events(server, posted.visit)[0])
    posted.leave()
    _hold_against(recording, server=server, visit=posted.visit, pdf=posted.fetch_record())
    server.stop()  # each replays fast, and the next one wants the machine for itself


def _hold_room_against(recording: Recording, posted: PostedVisit, *, began: dict) -> None:
    """The tiles that the room is opened with hold the newest values, and no sentinel."""
    tiles = re.findall(r"<vital-tile ([^>]*)>", posted.room())
    assert len(tiles) == 4
    for tile in tiles:
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tile))
        if not told.get("at") or told["source"] == "nurse":
            continue
        quantity = "systolic" if told["quantity"] == "bp" else told["quantity"]
        frame = _frame_at(recording, told["at"], began=began)
        value = {name: (value, quality) for name, value, quality in _values(frame)}[quantity]
        assert (float(told["value"]) if told["value"] else None, told["quality"]) == value


def _frame_at(recording: Recording, at: str, *, began: dict) -> Frame:
    since = datetime.fromisoformat(at) - datetime.fromisoformat(began["happened_at"])
    return min(recording.frames, key=lambda frame: abs(frame.offset_s - since.total_seconds()))


def _hold_against(recording: Recording, *, server: Server, visit: str, pdf: bytes) -> None:
    """What is on disk is the recording, row by row; what is printed is worked out from it."""
    events = _events(server, visit)
    assert events[-1]["kind"] == "signed"
    began = datetime.fromisoformat(events[0]["happened_at"])
    replayed = {_ms(began, frame): _values(frame) for frame in recording.frames if frame.samples}
    stored = _stored(server, visit)
    moments, kept = list(replayed), list(stored)
    first = moments.index(kept[0])
    assert kept[0] - moments[0] <= LATE_S * 1000
    assert kept == moments[first : first + len(kept)]
    assert stored == {moment: replayed[moment] for moment in kept}
    ended = next(e["happened_at"] for e in events if e["kind"] == "handed_over")
    until = int(datetime.fromisoformat(ended).timestamp() * 1000)
    rows = [row for moment, row in stored.items() if moment <= until]
    _hold_print_against(rows, pdf)


def _hold_print_against(rows: list[list[Value]], pdf: bytes) -> None:
    text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    text = re.sub(r"\s+", " ", text.replace("\ufffe", "-"))
    for quantity, label in ((Quantity.SPO2, r"SpO2, %"), (Quantity.PULSE, r"Pulse, /min")):
        taken = [value for row in rows for value in row if value[0] == quantity]
        usable = [value for _, value, quality in taken if quality == Quality.OK]
        moment = r"[\d:]+"
        line = rf"{label} (?:(\d+) {moment} \d+ (\d+) {moment} )?(\d+) (\d+) (?=\D)"
        lowest, highest, values, unusable = re.findall(line, text)[-1]
        assert (int(values), int(unusable)) == (len(usable), len(taken) - len(usable))
        if usable:
            assert int(lowest) == int(rounded(min(usable), 0))
            assert int(highest) == int(rounded(max(usable), 0))


def _events(server: Server, visit: str) -> list[dict]:
    query = "SELECT body FROM infusions_visitevent WHERE visit_id = ? ORDER BY seq"
    return [json.loads(body) for (body,) in server.rows(query, visit.replace("-", ""))]


def _stored(server: Server, visit: str) -> dict[int, list[Value]]:
    """The monitor's samples on disk by their moment, in the order they were stored."""
    rows = server.rows(
        "SELECT at_ms, quantity, value, quality FROM monitoring_sample "
        "WHERE visit = ? AND source = 'monitor' ORDER BY id",
        visit.replace("-", ""),
    )
    frames = [
        (at_ms, [tuple(row[1:]) for row in group])
        for at_ms, group in groupby(rows, lambda row: row[0])
    ]
    assert len(dict(frames)) == len(frames), "a moment is stored twice"
    return dict(frames)


def _values(frame: Frame) -> list[Value]:
    return [(s.quantity.value, s.value, s.quality.value) for s in frame.samples]


def _ms(began: datetime, frame: Frame) -> int:
    return int((began + timedelta(seconds=frame.offset_s)).timestamp() * 1000)
