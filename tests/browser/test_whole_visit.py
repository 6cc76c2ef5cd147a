"""One visit from the check-in to the signed record, through a server that dies in the middle.

The walk is made once; what must have come of it is held piece by piece.
"""

import json
import re
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.nurse import Nurse
from tests.browser.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

HEAR_FRAMES = """() => {
    window.heard = [];
    document.addEventListener("feed:vitals", ({detail}) => window.heard.push(detail));
}"""


@dataclass
class Walk:
    """What a whole visit left behind."""

    server: Server
    visit: str
    acknowledged: list[dict] = field(default_factory=list)
    shown_while_away: str = ""
    told_while_away: str = ""
    given_on_page: str = ""
    pdf: bytes = b""

    @property
    def events(self) -> list[dict]:
        """The visit's events as stored, in their order."""
        rows = self.server.rows(
            "SELECT body FROM infusions_visitevent WHERE visit_id = ? ORDER BY seq", self.row_id
        )
        return [json.loads(body) for (body,) in rows]

    @property
    def row_id(self) -> str:
        """The visit's identifier as the database writes it."""
        return self.visit.replace("-", "")

    def copy(self, folder: Path) -> Server:
        """The stopped server's data once more, to be meddled with."""
        server = Server(folder)
        shutil.copytree(self.server.data, server.data)
        shutil.copy(self.server.key, server.key)
        return server


@pytest.fixture(scope="module")
def walk(chromium, serve) -> Walk:
    server = serve()
    context = chromium.new_context(locale="en-US", viewport={"width": 1180, "height": 820})
    page = context.new_page()
    nurse = Nurse(page, server.url).log_in().check_in()
    page.evaluate(HEAR_FRAMES)
    nurse.prepare()
    nurse.start()
    nurse.change_rate("120")
    nurse.hold()
    done = Walk(server, nurse.visit)
    _let_the_server_die(page, nurse, done)
    nurse.resume()
    nurse.tell_event("bolus_given", dose_mg="2", minutes="2")
    nurse.read(systolic_mmhg=141, diastolic_mmhg=86, pulse_per_min=80, spo2_percent=96, moaas=4)
    nurse.score(each=1)
    nurse.tell_event(
        "rescue_given", drug="ondansetron", dose="4", trigger="Nausea or vomiting", route="IV"
    )
    nurse.stop()
    nurse.recover()
    nurse.hand_over()
    nurse.sign()
    done.given_on_page = page.locator("[data-shows=given-mg]").inner_text()
    done.pdf = nurse.fetch_record()
    context.close()
    server.stop()
    return done


def _let_the_server_die(page: Page, nurse: Nurse, walk: Walk) -> None:
    """One entry is on disk and its answer lost, the next made while nobody answers."""

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        walk.server.kill()
        route.abort()

    lines = nurse.lines.count()
    page.wait_for_function("window.heard.length > 10")  # a quick hand hears fewer by now
    walk.acknowledged = page.evaluate("window.heard")
    page.route("**/entries/comfort_changed/", lose_the_answer, times=1)
    sheet = nurse.open_sheet("comfort_changed")
    nurse.fill(sheet, what="music", setting="on")
    nurse.send(sheet)
    expect(sheet).to_be_hidden()
    nurse.open_sheet("events")
    sheet = nurse.open_sheet("adverse_event_noted")
    nurse.fill(sheet, term="Nausea", grade="1")
    nurse.send(sheet)
    expect(sheet).to_be_hidden()
    expect(page.locator(".room-vitals .not-live")).to_be_visible()
    walk.shown_while_away = page.locator(".room-vitals").inner_text()
    waiting = page.locator("entry-outbox [role=status]")
    expect(waiting).to_have_text(re.compile("2 saved"))
    walk.told_while_away = waiting.inner_text()
    walk.server.start()
    expect(nurse.lines).to_have_count(lines + 2)
    expect(waiting).to_have_text("")
    expect(nurse.tile("spo2")).not_to_have_class(re.compile("is-covered"))


def test_every_entry_is_there_once_and_in_its_order(walk):
    kinds = [event["kind"] for event in walk.events]
    assert [kind for kind in kinds if kind not in ("gate_confirmed", "discharge_confirmed")] == [
        *("checked_in", "weight_taken", "dose_drawn", "dose_checked", "line_placed"),
        *("score_taken", "reading_entered", "started", "rate_changed", "held"),
        *("comfort_changed", "adverse_event_noted"),  # one answer lost, one made meanwhile
        *("resumed", "bolus_given", "reading_entered", "score_taken", "rescue_given", "stopped"),
        *("recovery_reading_entered", "recovery_reading_entered", "score_taken", "score_taken"),
        *("handed_over", "signed"),
    ]
    assert [event["seq"] for event in walk.events] == list(range(1, len(kinds) + 1))
    lists = [e["payload"]["item"] for e in walk.events if e["kind"].endswith("_confirmed")]
    assert len(lists) == len(set(lists)) + len({"suicide_risk"})  # asked before and after


def test_the_entry_made_meanwhile_keeps_the_time_at_which_it_was_made(walk):
    entry = next(e for e in walk.events if e["kind"] == "adverse_event_noted")
    happened, recorded = (
        datetime.fromisoformat(entry[at]) for at in ("happened_at", "recorded_at")
    )
    assert happened < recorded


def test_nobody_checks_their_own_draw(walk):
    by = {event["kind"]: event["actor"] for event in walk.events}
    assert (by["dose_drawn"], by["dose_checked"]) == ("nurse", "nurse2")


def test_while_the_server_was_away_the_page_said_so_and_covered_its_numbers(walk):
    assert "2 saved on this tablet, not yet on the server" in walk.told_while_away
    assert re.fullmatch(
        r"Not live Nothing came since [\d:]+. The numbers are hidden until the server answers.",
        re.sub(r"\s+", " ", walk.shown_while_away),
    )


def test_every_sample_that_was_shown_is_on_disk_under_the_number_it_was_shown_with(walk):
    rows = walk.server.rows(
        "SELECT id, at_ms, quantity, value, quality FROM monitoring_sample WHERE visit = ?",
        walk.row_id,
    )
    stored = {tuple(row[1:]) for row in rows}
    assert len(walk.acknowledged) > 10
    for frame in walk.acknowledged:
        for sample in frame["samples"]:
            told = (frame["at_ms"], sample["quantity"], sample["value"], sample["quality"])
            assert told in stored
    assert {frame["id"] for frame in walk.acknowledged} <= {row[0] for row in rows}


def test_no_sample_is_stored_twice(walk):
    assert (
        walk.server.rows(
            "SELECT at_ms, quantity FROM monitoring_sample WHERE visit = ? AND source = 'monitor' "
            "GROUP BY at_ms, quantity HAVING count(*) > 1",
            walk.row_id,
        )
        == []
    )


def test_the_pdf_holds_the_totals(walk):
    text = " ".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(walk.pdf)
    )
    text = re.sub(r"\s+", " ", text)
    given_mg = _given_mg(walk.events)
    shown = re.search(r"Ordered ([\d.]+) mg Drawn ([\d.]+) mg Given ([\d.]+) mg", text)
    ordered_mg, drawn_mg, recorded_mg = (Decimal(number) for number in shown.groups())
    drawn = next(e["payload"] for e in walk.events if e["kind"] == "dose_drawn")
    assert drawn_mg == Decimal(drawn["dose_mg"])
    assert abs(ordered_mg - drawn_mg) / ordered_mg < Decimal("0.05")
    assert abs(recorded_mg - given_mg) <= Decimal("0.005")
    assert abs(Decimal(walk.given_on_page) - given_mg) <= Decimal("0.05")
    for words in ("Nausea", "ondansetron 4 mg", "Sam Testwell", "Nell Mockridge", "Noah Drillwood"):
        assert words in text
    assert _head_hash(walk) in text.replace(" ", "")


def _given_mg(events: list[dict]) -> Decimal:
    """What the pump gave, by hand: rate by time between its steps, and each bolus."""
    drawn = next(e["payload"] for e in events if e["kind"] == "dose_drawn")
    mg_per_ml = Decimal(drawn["dose_mg"]) / Decimal(drawn["volume_ml"])
    given, rate, since = Decimal(0), Decimal(0), None
    for event in events:
        kind, payload = event["kind"], event["payload"]
        if kind == "bolus_given":
            given += Decimal(payload["dose_mg"])
        if kind not in ("started", "rate_changed", "held", "resumed", "stopped"):
            continue
        at = datetime.fromisoformat(event["happened_at"])
        if since is not None:
            given += rate * Decimal((at - since).total_seconds()) / 3600 * mg_per_ml
        rate, since = Decimal(payload.get("rate_ml_per_h", 0)), at
    return given


def _head_hash(walk: Walk) -> str:
    query = "SELECT hash FROM infusions_visitevent WHERE visit_id = ? ORDER BY seq DESC LIMIT 1"
    return walk.server.rows(query, walk.row_id)[0][0]


def test_the_record_verifies(walk):
    found = walk.server.verify()
    assert (found.returncode, found.stderr) == (0, "")
    assert "hold" in found.stdout


def test_one_changed_byte_is_found_and_named(walk, tmp_path):
    server = walk.copy(tmp_path)
    seq, body = server.rows(
        "SELECT seq, body FROM infusions_visitevent WHERE visit_id = ? AND kind = 'bolus_given'",
        walk.row_id,
    )[0]
    changed = body.replace('"dose_mg":"2"', '"dose_mg":"3"')
    assert sum(one != other for one, other in zip(body, changed, strict=True)) == 1
    _meddle(
        server,
        "UPDATE infusions_visitevent SET body = ? WHERE visit_id = ? AND seq = ?",
        *(changed, walk.row_id, seq),
    )
    found = server.verify()
    assert found.returncode == 1
    faults = found.stdout.splitlines()[:-1]
    assert len(faults) == 1
    assert f"visit {walk.visit}, event {seq} (bolus_given)" in faults[0]


def test_a_visit_taken_away_whole_is_found_and_named(walk, tmp_path):
    server = walk.copy(tmp_path)
    first, last = server.rows(
        "SELECT min(site_seq), max(site_seq) FROM infusions_visitevent WHERE visit_id = ?",
        walk.row_id,
    )[0]
    _meddle(server, "DELETE FROM infusions_visitevent WHERE visit_id = ?", walk.row_id)
    _meddle(server, "DELETE FROM infusions_visit WHERE id = ?", walk.row_id)
    found = server.verify()
    assert found.returncode == 1
    assert "missing" in found.stdout
    assert str(first) in found.stdout or str(last) in found.stdout


def _meddle(server: Server, statement: str, *values: object) -> None:
    """Change the database as somebody with its key could, guards off for as long as it takes."""
    with server.database() as connection:
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master "
            "WHERE type = 'trigger' AND tbl_name LIKE 'infusions_%'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f'DROP TRIGGER "{name}"')
        assert connection.execute(statement, values).rowcount > 0
        for _, sql in guards:
            connection.execute(sql)
