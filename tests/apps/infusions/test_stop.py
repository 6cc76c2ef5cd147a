"""STOP is never refused, whatever the clocks, the numbers and the pages say."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from visit_plugin import minute

from ebbtide.clinic.audit import queries as audit
from ebbtide.clinic.infusions import actions
from ebbtide.clinic.infusions.models import VisitEvent

ID = UUID("bbbbbbbb-0000-4000-8000-000000000001")


def stop_of(bedside):
    return [entry for entry in bedside.state.entries if entry.kind == "stopped"][-1]


def test_it_ends_what_is_given_at_the_moment_it_was_pressed(bedside):
    bedside.start().stop(30, at=31)
    assert (bedside.state.status, bedside.state.ended_at) == ("recovery", minute(30))
    assert bedside.state.given_mg(minute(90)) == Decimal("17.5")
    assert stop_of(bedside).payload.claimed_at is None


@pytest.mark.parametrize(
    ("pressed", "at", "happened"),
    [
        (31, 30, 30),  # a tablet a minute ahead: pressed now
        (31.1, 30, 30),  # further ahead: not believed
        (9, 30, 30),  # before the start: not believed
        (-600, 30, 30),
        (10, 30, 10),  # at the start itself
        (99999, 30, 30),
    ],
)
def test_an_impossible_clock_is_kept_as_claimed_and_stops_all_the_same(
    bedside, pressed, at, happened
):
    bedside.start().stop(pressed, at=at)
    believed = minute(10) <= minute(pressed) <= minute(at + 1)
    assert bedside.state.ended_at == minute(happened)
    assert stop_of(bedside).payload.claimed_at == (None if believed else minute(pressed))
    assert bedside.state.status == "recovery"


def test_a_tablet_ahead_of_the_server_cannot_start_after_its_own_stop(bedside):
    bedside.prepare().enter("started", 10.9, recorded=10, rate_ml_per_h="150")
    bedside.stop(11.1, at=10.2)
    assert bedside.state.status == "recovery"
    assert (bedside.state.started_at, bedside.state.ended_at) == (minute(10), minute(10.2))


def test_a_server_clock_that_went_back_cannot_put_a_stop_before_the_start(bedside):
    bedside.start().stop(-5, at=-5)
    assert bedside.state.status == "recovery"
    assert bedside.state.ended_at == minute(10)


def test_a_held_pump_is_stopped(bedside):
    bedside.start().enter("held", 20)
    bedside.stop(25)
    assert bedside.state.status == "recovery"
    assert bedside.state.given_mg(minute(60)) == Decimal("8.75")


def test_what_a_page_has_seen_does_not_matter(bedside):
    bedside.start()
    for at in (12, 14, 16):
        bedside.enter("rate_changed", at, rate_ml_per_h="120")
    assert not bedside.stop(17).is_repeat


@pytest.mark.parametrize("who", ["nurse", "second_nurse", "prescriber", "director"])
def test_each_clinical_role_stops(bedside, request, who):
    bedside.start().stop(20, by=request.getfixturevalue(who))
    assert stop_of(bedside).actor == request.getfixturevalue(who).username


def test_pressed_twice_with_one_number_it_is_one_stop(bedside):
    bedside.start()
    first, again = bedside.stop(20, id=ID), bedside.stop(21, id=ID)
    assert (again.row, again.is_repeat) == (first.row, True)
    assert VisitEvent.objects.filter(kind="stopped").count() == 1


def test_pressed_by_two_people_both_are_kept_and_the_first_counts(bedside):
    bedside.start().stop(20)
    bedside.stop(21, by=bedside.prescriber)
    assert VisitEvent.objects.filter(kind="stopped").count() == 2
    assert bedside.state.ended_at == minute(20)


def test_a_number_that_was_used_for_something_else_does_not_keep_it_from_stopping(bedside):
    bedside.start().enter("comfort_changed", 12, id=ID, what="light", setting="low")
    recorded = bedside.stop(20, id=ID)
    assert not recorded.is_repeat
    assert recorded.row.pk != ID
    assert bedside.state.status == "recovery"


def test_a_number_of_another_visits_stop_does_not_keep_it_from_stopping(
    bedside, make_booking, make_chair
):
    bedside.start().stop(20, id=ID)
    booking = make_booking(into=make_chair("chair B"))
    bedside.visit = actions.check_in(
        booking=booking, visit_id=uuid4(), by=bedside.nurse, at=minute(20)
    )
    assert not bedside.stop(22, id=ID).is_repeat


def test_before_the_start_it_is_kept_and_changes_nothing(bedside):
    bedside.prepare().stop(9)
    assert bedside.state.status == "checked_in"
    bedside.enter("started", 10, rate_ml_per_h="150")
    assert bedside.state.status == "running"
    assert stop_of(bedside).happened_at == minute(9)


@pytest.mark.parametrize("stage", ["hand_over", "sign"])
def test_after_the_visit_nothing_is_added_and_it_is_said_and_audited(bedside, stage):
    getattr(bedside, stage)()
    before = list(VisitEvent.objects.values_list())
    recorded = bedside.stop(150)
    assert list(VisitEvent.objects.values_list()) == before
    assert recorded.is_repeat
    assert [finding.code for finding in recorded.findings] == ["visit.nothing_runs"]
    line = audit.last_events(1)[0]
    assert (line.verb, line.outcome, line.actor) == ("visit.stopped", "refused", "nora")


def test_a_stop_that_was_retracted_can_be_followed_by_another(bedside):
    bedside.start().stop(20)
    told = {"event": str(stop_of(bedside).id), "reason": "other room", "is_retracted": True}
    bedside.enter("amended", 21, **told)
    assert bedside.state.status == "running"
    bedside.stop(25)
    assert bedside.state.ended_at == minute(25)
