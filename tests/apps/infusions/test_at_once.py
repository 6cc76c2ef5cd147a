"""People write at the same moment; nothing is lost, doubled or misnumbered."""

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections
from visit_plugin import Bedside, minute

from ebbtide.clinic.infusions import actions
from ebbtide.clinic.infusions.models import SiteChain, VisitEvent
from ebbtide.science.visit.chain import breaks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def anchors(settings, tmp_path):
    """The anchors of this test alone."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "anchors"


@pytest.fixture
def other(bedside, make_booking, make_chair, nurse, second_nurse, prescriber):
    """A second visit at the same site."""
    booking = make_booking(into=make_chair("chair B"))
    visit = actions.check_in(booking=booking, visit_id=uuid4(), by=nurse, at=minute(0))
    return Bedside(visit, nurse=nurse, second=second_nurse, prescriber=prescriber)


def all_at_once(*acts):
    """Run every act in a thread and on a connection of its own, starting together."""
    together = Barrier(len(acts))

    def run(act):
        try:
            together.wait()
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def assert_whole(anchors, *, events: int) -> None:
    rows = [row.stored() for row in VisitEvent.objects.order_by("site_seq")]
    assert list(breaks(rows)) == []
    assert [row.site_seq for row in rows] == list(range(1, events + 1))
    chain = SiteChain.objects.get()
    assert (chain.length, chain.head) == (events, rows[-1].site_hash)
    lines = (anchors / "harbor.txt").read_text().splitlines()
    assert sorted(lines) == sorted(f"{row.site_seq} {row.site_hash}" for row in rows)


def comfort(bedside, number):
    return lambda: [
        bedside.enter("comfort_changed", 5, what="light", setting=f"{number}.{step}")
        for step in range(8)
    ]


def test_in_one_visit(bedside, anchors):
    all_at_once(*(comfort(bedside, number) for number in range(4)))
    assert_whole(anchors, events=1 + 4 * 8)
    settings = [payload.setting for _, payload in bedside.state.of(_comfort())]
    assert Counter(settings) == Counter(
        f"{n}.{s}" for n, s in itertools.product(range(4), range(8))
    )


def test_in_two_visits_of_a_site(bedside, other, anchors):
    all_at_once(comfort(bedside, 1), comfort(other, 2), comfort(bedside, 3), comfort(other, 4))
    assert_whole(anchors, events=2 + 4 * 8)
    for place in (bedside, other):
        seqs = VisitEvent.objects.filter(visit=place.visit).order_by("seq")
        assert list(seqs.values_list("seq", flat=True)) == list(range(1, 18))


def test_one_number_sent_many_times_is_one_entry(bedside, anchors):
    number = uuid4()
    send = lambda: bedside.enter("weight_taken", 2, id=number, weight_kg="70")  # noqa: E731
    recorded = all_at_once(*[send] * 5)
    assert sorted(each.is_repeat for each in recorded) == [False, True, True, True, True]
    assert_whole(anchors, events=2)


def test_two_people_change_the_pump_and_one_is_told_it_moved_on(bedside):
    from ebbtide.science.findings import RefusedError

    bedside.start()
    seen = bedside.state.pump_seq

    def change(rate):
        def act():
            try:
                bedside.enter("rate_changed", 12, seen=seen, rate_ml_per_h=rate)
            except RefusedError as refused:
                return refused.findings[0].code
            return "recorded"

        return act

    said = all_at_once(change("120"), change("140"))
    assert sorted(said) == ["recorded", "visit.moved_on"]


def test_a_stop_gets_through_a_crowd(bedside, anchors):
    bedside.start()
    crowd = [comfort(bedside, number) for number in range(3)]
    *_, stopped = all_at_once(*crowd, lambda: bedside.stop(20))
    assert not stopped.is_repeat
    assert bedside.state.status == "recovery"
    assert_whole(anchors, events=VisitEvent.objects.count())


def test_a_booking_checked_in_twice_at_once_is_one_visit(booking, nurse):
    open_it = lambda: actions.check_in(  # noqa: E731
        booking=booking, visit_id=uuid4(), by=nurse, at=minute(0)
    )
    assert len({visit.pk for visit in all_at_once(*[open_it] * 4)}) == 1
    assert VisitEvent.objects.count() == 1


def _comfort():
    from ebbtide.science.visit.events import ComfortChanged

    return ComfortChanged
