"""What a page asks of the database does not grow with the record, nor with the clinic's years."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from visit_plugin import minute

from ebbtide.clinic.infusions import actions, queries


@pytest.fixture
def asked(bedside, client_of, monkeypatch):
    """How many times a page of the visit asks the database, when it is shown again."""
    monkeypatch.setattr("ebbtide.clinic.web.clock.now", lambda: minute(40))
    client = client_of(bedside.nurse)

    def count(page: str) -> int:
        address = f"/visits/{bedside.visit.pk}/{page}"
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    return count


@pytest.mark.parametrize("page", ["", "panels/", "trace/"])
def test_a_longer_record_takes_no_more_questions(bedside, asked, page):
    bedside.start()
    before = asked(page)
    for when in range(11, 40):
        bedside.read(when)
    assert asked(page) == before


def test_each_further_room_of_a_board_takes_one_question_for_its_newest_samples(
    bedside, client_of, monkeypatch, make_booking, make_chair
):
    monkeypatch.setattr("ebbtide.clinic.web.clock.now", lambda: minute(5))
    client = client_of(bedside.nurse)

    def asked() -> int:
        client.get("/board/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/board/")
        return len(queries)

    before = asked()
    further = "BCD"
    for letter in further:
        into = make_booking(into=make_chair(f"chair {letter}"))
        actions.check_in(booking=into, visit_id=uuid4(), by=bedside.nurse, at=minute(4))
    assert asked() == before + len(further)


def test_the_day_is_found_by_an_index_and_not_by_reading_the_years(bedside, db):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by its own statistics")
    plan = queries.visits_on_board([bedside.visit.site], minute(40)).explain()
    assert "scheduling_booking_chair_day (chair_id=? AND starts_at>? AND starts_at<?)" in plan
