"""The visit's state machine holds together."""

from collections.abc import Iterator

import pytest

from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.reducer import PUMP_KINDS
from ebbtide.science.visit.state import Status
from ebbtide.science.visit.transitions import ALLOWED, LEADS_TO, WORDS

PUMP_RUNS_ON = {Kind.STARTED, Kind.RATE_CHANGED, Kind.RESUMED, Kind.BOLUS_GIVEN, Kind.HELD}


def test_every_status_has_its_entries_and_its_word():
    assert set(ALLOWED) == set(WORDS) == set(Status)


def test_every_kind_but_stop_has_a_place_and_stop_needs_none():
    placed = set().union(*ALLOWED.values())
    assert placed == set(Kind) - {Kind.STOPPED}


def reachable(status: Status = Status.EXPECTED) -> Iterator[Status]:
    seen: set[Status] = set()
    waiting = [status]
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        yield here
        waiting += [LEADS_TO[kind] for kind in ALLOWED[here] if kind in LEADS_TO]
        if here in (Status.RUNNING, Status.HELD):
            waiting.append(LEADS_TO[Kind.STOPPED])


def test_every_status_can_be_reached():
    assert set(reachable()) == set(Status)


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.SIGNED])
def test_from_everywhere_the_record_can_be_signed_in_the_end(status):
    assert Status.SIGNED in set(reachable(status))


@pytest.mark.parametrize(
    "status", [Status.RECOVERY, Status.CALLED_OFF, Status.HANDED_OVER, Status.SIGNED]
)
def test_nothing_starts_the_pump_again_after_its_end(status):
    assert not any(ALLOWED[later] & PUMP_RUNS_ON for later in reachable(status))


def test_a_signed_record_takes_amendments_and_signatures_alone():
    assert ALLOWED[Status.SIGNED] == {Kind.AMENDED, Kind.SIGNED}


@pytest.mark.parametrize("status", list(Status))
def test_an_amendment_is_taken_wherever_there_is_something_to_amend(status):
    assert (Kind.AMENDED in ALLOWED[status]) is (status is not Status.EXPECTED)


def test_the_pump_moves_only_while_a_bag_hangs():
    for status, kinds in ALLOWED.items():
        if status not in (Status.CHECKED_IN, Status.RUNNING, Status.HELD):
            assert not kinds & PUMP_KINDS
