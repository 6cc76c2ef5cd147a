"""Checking in opens one visit with the order in force, or says everything against it."""

from datetime import date
from uuid import uuid4

import pytest
from visit_plugin import Bedside, minute

from ebbtide.clinic.audit import queries as audit
from ebbtide.clinic.infusions import actions, queries
from ebbtide.clinic.infusions.models import SiteChain, Visit, VisitEvent
from ebbtide.clinic.intake.models import Amputation, VascularAccess
from ebbtide.clinic.plans.models import Order
from ebbtide.science.findings import RefusedError


@pytest.fixture
def check_in(nurse):
    def do(booking, *, at=0.0):
        return actions.check_in(booking=booking, visit_id=uuid4(), by=nurse, at=minute(at))

    return do


@pytest.fixture
def refused(check_in):
    def do(booking, *, at=0.0) -> list[str]:
        with pytest.raises(RefusedError) as caught:
            check_in(booking, at=at)
        codes = [finding.code for finding in caught.value.findings]
        line = audit.last_events(1)[0]
        assert (line.verb, line.outcome) == ("visit.checked_in", "refused")
        assert (line.patient_number, line.detail) == ("EB-0007", {"codes": codes})
        assert not Visit.objects.filter(booking=booking).exists()
        return codes

    return do


def test_the_terms_of_the_day_are_copied_into_the_record(check_in, booking, patient):
    VascularAccess.objects.create(patient=patient, line_limb="left arm", cuff_limb="right arm")
    losses = [("leg", "right", "transtibial"), ("leg", "right", "toe"), ("arm", "left", "finger")]
    for limb, side, level in losses:
        Amputation.objects.create(
            patient=patient, limb=limb, side=side, level=level, cause="trauma",
            happened_on=date(2020, 1, 1),
        )  # fmt: skip
    state = queries.state_of(check_in(booking).pk)
    assert state.status == "checked_in"
    terms = state.terms
    assert (terms.order_number, terms.visit_number, terms.limbs_present) == ("ORD-1", 1, 3)
    assert (terms.access_limb, terms.cuff_limb) == ("left arm", "right arm")
    assert (terms.last_weight_kg, terms.height_cm) == (None, 170)
    assert terms.protocol == "Phantom limb pain, version 1"
    booking.refresh_from_db()
    assert booking.status == "arrived"


def test_a_change_of_the_order_afterwards_does_not_reach_the_record(check_in, booking, order):
    visit = check_in(booking)
    order.body = order.body.replace("0.5", "0.9")
    order.save()
    assert str(queries.state_of(visit.pk).terms.order.mg_per_kg) == "0.5"


def test_checked_in_twice_it_is_the_same_visit(check_in, booking):
    assert check_in(booking) == check_in(booking)
    assert VisitEvent.objects.count() == 1


def test_without_an_order_nobody_is_checked_in(refused, make_booking):
    assert refused(make_booking()) == ["order.missing"]


def test_a_replaced_order_is_none(refused, booking, order, check_in, prescriber):
    newer = Order.objects.create(
        plan=order.plan, number="ORD-2", body=order.body, signed_by=prescriber,
        signed_at=minute(-10), valid_until=date(2026, 2, 1),
    )  # fmt: skip
    order.replaced_by = newer
    order.save()
    assert refused(booking) == ["order.expired"]
    newer.valid_until = date(2026, 3, 2)
    newer.save()
    assert check_in(booking).order == newer


def test_an_order_is_valid_to_the_end_of_its_day_at_the_site(check_in, refused, booking, order):
    order.valid_until = date(2026, 3, 2)
    order.save()
    assert refused(booking, at=15 * 60) == ["order.expired"]  # midnight at the site
    assert check_in(booking, at=15 * 60 - 1)


def test_every_reason_is_given_at_once(refused, check_in, booking, make_booking, order):
    check_in(booking)
    order.valid_until = date(2026, 3, 1)
    order.save()
    codes = refused(make_booking(status="cancelled"))
    assert codes == ["booking.cancelled", "order.expired", "chair.taken"]


def test_a_chair_is_free_again_after_the_hand_over(
    check_in, refused, booking, make_booking, nurse, second_nurse, prescriber
):
    visit = check_in(booking)
    later = make_booking(180)
    assert refused(later, at=131) == ["chair.taken"]
    Bedside(visit, nurse=nurse, second=second_nurse, prescriber=prescriber).hand_over()
    second = check_in(later, at=132)
    terms = queries.state_of(second.pk).terms
    assert (terms.visit_number, str(terms.last_weight_kg)) == (2, "70")


def test_a_refused_check_in_leaves_no_chain(refused, make_booking):
    refused(make_booking())
    assert not SiteChain.objects.exists()
    assert not VisitEvent.objects.exists()


class TestThePage:
    @pytest.fixture(autouse=True)
    def clinic_clock(self, monkeypatch):
        monkeypatch.setattr("ebbtide.clinic.web.clock.now", lambda: minute(0))

    def test_a_nurse_is_led_to_the_room(self, booking, client_of, nurse):
        response = client_of(nurse).post(f"/bookings/{booking.pk}/check-in/")
        assert response["Location"] == f"/visits/{Visit.objects.get().pk}/"

    def test_the_front_desk_stays_at_the_days_list(self, booking, client_of, front_desk):
        response = client_of(front_desk).post(f"/bookings/{booking.pk}/check-in/")
        assert response["Location"] == "/today/"
        assert Visit.objects.count() == 1

    def test_the_reasons_against_it_are_shown(self, make_booking, client_of, nurse):
        booking = make_booking()
        response = client_of(nurse).post(f"/bookings/{booking.pk}/check-in/", follow=True)
        assert "There is no signed order for this plan" in response.content.decode()

    @pytest.mark.parametrize("who", ["prescriber", "director", "outsider"])
    def test_others_may_not(self, booking, client_of, request, who):
        user = request.getfixturevalue(who)
        assert client_of(user).post(f"/bookings/{booking.pk}/check-in/").status_code == 403
        assert not Visit.objects.exists()


def test_the_board_and_the_feeds_know_who_is_in_a_chair(bedside, site_a, site_b):
    from ebbtide.clinic.infusions.queries import open_visits, visits_on_board

    assert [visit.pk for visit, _ in open_visits(minute(5))] == [bedside.visit.pk]
    assert [visit.pk for visit in visits_on_board([site_a], minute(5))] == [bedside.visit.pk]
    assert list(visits_on_board([site_b], minute(5))) == []
    bedside.hand_over()
    assert open_visits(minute(132)) == []


def test_states_are_read_anew_when_the_record_moved_on(bedside):
    first = queries.state_of(bedside.visit.pk)
    bedside.enter("weight_taken", 2, weight_kg="70")
    assert first.weight is None
    assert queries.state_of(bedside.visit.pk).weight.weight_kg == 70
    assert queries.state_of(uuid4()).status == "expected"
