"""Any change to the record shows, and is named."""

from dataclasses import replace
from uuid import UUID

import pytest
from tests.science.visit_log import Log

from ebbtide.science.visit.chain import (
    GENESIS,
    StoredEvent,
    body_of,
    breaks,
    event_of,
    hash_of,
    site_hash_of,
)
from ebbtide.science.visit.events import Kind


def stored(*logs: Log) -> list[StoredEvent]:
    """The rows of a site whose visits took turns, one event each."""
    rows: list[StoredEvent] = []
    heads: dict[UUID, str] = {}
    site_head = GENESIS
    for visit_number, log in enumerate(logs, start=1):
        for taken in log.events:
            visit = UUID(int=visit_number)
            event = replace(taken, visit=visit, id=UUID(int=visit_number * 1000 + taken.seq))
            body = body_of(event, previous_hash=heads.get(visit, GENESIS))
            heads[visit] = hash_of(body)
            site_seq = len(rows) + 1
            site_head = site_hash_of(
                previous=site_head, site="north", site_seq=site_seq, event_hash=heads[visit]
            )
            rows.append(
                StoredEvent(
                    id=event.id,
                    visit=visit,
                    seq=event.seq,
                    kind=event.kind,
                    site="north",
                    site_seq=site_seq,
                    body=body,
                    hash=heads[visit],
                    site_hash=site_head,
                )
            )
    return rows


@pytest.fixture
def rows() -> list[StoredEvent]:
    first, second = Log().running(), Log().running()
    second.add(Kind.HELD, 12)
    return stored(first, second)


def test_an_untouched_record_holds(rows: list[StoredEvent]) -> None:
    assert list(breaks(rows)) == []


def test_an_event_reads_back_from_its_body(rows: list[StoredEvent]) -> None:
    event = event_of(rows[-1].body)
    assert (event.kind, event.seq) == (Kind.HELD, 5)
    assert body_of(event, previous_hash=rows[-2].hash) == rows[-1].body


@pytest.mark.parametrize("place", range(9))
def test_one_changed_byte_is_named_at_its_own_event(rows: list[StoredEvent], place: int) -> None:
    row = rows[place]
    rows[place] = replace(row, body=row.body.replace('"nurse"', '"nursf"'))
    found = list(breaks(rows))
    assert [(broken.visit, broken.seq) for broken in found] == [(str(row.visit), row.seq)]
    assert "changed after it was recorded" in found[0].problem


def test_a_change_with_its_hash_mended_still_shows(rows: list[StoredEvent]) -> None:
    body = rows[2].body.replace('"nurse"', '"nursf"')
    rows[2] = replace(rows[2], body=body, hash=hash_of(body))
    assert (str(rows[2].visit), 3) in [(broken.visit, broken.seq) for broken in breaks(rows)]


@pytest.mark.parametrize("place", range(8))
def test_a_missing_event_is_named_by_the_one_after_it(rows: list[StoredEvent], place: int) -> None:
    following = rows[place + 1]
    del rows[place]
    assert next(breaks(rows)).event == following.kind
    assert "missing" in next(breaks(rows)).problem


def test_a_removed_visit_shows_in_the_site_chain(rows: list[StoredEvent]) -> None:
    assert "missing" in next(breaks(rows[4:])).problem


def test_two_events_that_changed_places_show(rows: list[StoredEvent]) -> None:
    first, second = rows[1], rows[2]
    rows[1] = replace(second, seq=first.seq, site_seq=first.site_seq)
    rows[2] = replace(first, seq=second.seq, site_seq=second.site_seq)
    assert [broken.seq for broken in breaks(rows)][:1] == [2]


@pytest.mark.parametrize(
    "change", [{"kind": "held"}, {"seq": 9}, {"visit": UUID(int=7)}, {"id": UUID(int=7)}]
)
def test_an_index_that_contradicts_the_content_shows(
    rows: list[StoredEvent], change: dict[str, object]
) -> None:
    rows[1] = replace(rows[1], **change)  # type: ignore[arg-type]
    assert any("index" in broken.problem for broken in breaks(rows))


@pytest.mark.parametrize("body", ["{torn", "", "[]", "{}", "7", "null"])
def test_a_body_that_cannot_be_read_is_a_break_not_a_crash(
    rows: list[StoredEvent], body: str
) -> None:
    rows[1] = replace(rows[1], body=body, hash=hash_of(body))
    assert any("cannot be read" in broken.problem for broken in breaks(rows))
    assert "site north, visit" in str(next(breaks(rows)))


def mended(rows: list[StoredEvent]) -> list[StoredEvent]:
    """The same rows with the site's chain computed anew over them."""
    linked: list[StoredEvent] = []
    head = GENESIS
    for site_seq, row in enumerate(rows, start=1):
        head = site_hash_of(previous=head, site=row.site, site_seq=site_seq, event_hash=row.hash)
        linked.append(replace(row, site_seq=site_seq, site_hash=head))
    return linked


def test_a_cut_in_a_visit_shows_with_the_sites_chain_mended(rows: list[StoredEvent]) -> None:
    found = list(breaks(mended([*rows[:2], *rows[3:]])))
    assert [(broken.seq, broken.problem) for broken in found] == [
        (4, "an event of the visit is missing before it")
    ]


def test_a_doubled_event_shows_with_the_sites_chain_mended(rows: list[StoredEvent]) -> None:
    found = list(breaks(mended([*rows[:3], rows[2], *rows[3:]])))
    assert [(broken.seq, broken.problem) for broken in found] == [(3, "it is out of order")]


def test_an_event_put_in_the_place_of_another_shows(rows: list[StoredEvent]) -> None:
    event = replace(event_of(rows[2].body), actor="somebody")
    body = body_of(event, previous_hash=rows[1].hash)
    found = list(
        breaks(mended([*rows[:2], replace(rows[2], body=body, hash=hash_of(body)), *rows[3:]]))
    )
    assert [(broken.seq, broken.problem) for broken in found] == [
        (4, "it does not follow the event before it in the visit")
    ]


def test_a_site_seq_given_twice_shows(rows: list[StoredEvent]) -> None:
    rows[3] = replace(rows[3], site_seq=3)
    assert "out of order in the site's chain" in {broken.problem for broken in breaks(rows)}


def test_a_moment_without_its_zone_is_not_written(rows: list[StoredEvent]) -> None:
    event = event_of(rows[0].body)
    naive = replace(event, happened_at=event.happened_at.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):
        body_of(naive, previous_hash=GENESIS)
