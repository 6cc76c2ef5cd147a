"""Protocols and orders are kept as they were approved and signed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from visit_plugin import minute

from ebbtide.clinic.plans.models import Order, Plan, ProtocolVersion
from ebbtide.clinic.plans.queries import current_order
from ebbtide.science.plain import PlainError
from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL


def broken(constraint: str):
    return pytest.raises(IntegrityError, match=constraint)


def another(order, number: str, **change) -> Order:
    fields = {
        "plan": order.plan, "body": order.body, "signed_by": order.signed_by,
        "signed_at": minute(0), "valid_until": date(2026, 6, 1),
    } | change  # fmt: skip
    return Order.objects.create(number=number, **fields)


def test_a_protocol_reads_back_as_it_was_approved(plan):
    fresh = ProtocolVersion.objects.get()
    assert fresh.protocol == DEFAULT_PROTOCOL
    assert str(fresh) == "Phantom limb pain, version 1"
    assert str(plan) == "Phantom limb pain, 6 infusions"


def test_the_terms_of_an_order_are_exact(order):
    terms = Order.objects.get().terms
    assert (terms.mg_per_kg, terms.minutes, terms.bag_ml) == (Decimal("0.5"), 40, 100)
    assert str(order) == "ORD-1"


def test_terms_that_are_none_are_named(order):
    order.body = '{"mg_per_kg": "lots"}'
    with pytest.raises(PlainError, match="mg_per_kg"):
        _ = order.terms


class TestTheOrderInForce:
    def test_is_the_newest_that_nothing_replaced(self, plan, order):
        newer = another(order, "ORD-2")
        assert current_order(plan) == newer
        newest = another(order, "ORD-3", signed_at=minute(5))
        newer.replaced_by = newest
        newer.save()
        assert current_order(plan) == newest

    def test_is_none_without_one(self, plan):
        assert current_order(plan) is None


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"version": 1}, "plans_protocol_version_once|indication.*version"),
        ({"indication": "fun"}, "plans_protocol_indication_known"),
    ],
)
def test_a_version_that_cannot_be_is_refused(plan, change, constraint):
    known = plan.protocol_version
    fields = {
        "indication": "plp", "version": 2, "body": known.body, "approved_by": known.approved_by,
        "approved_at": known.approved_at,
    }  # fmt: skip
    with broken(constraint), transaction.atomic():
        ProtocolVersion.objects.create(**fields | change)
    assert ProtocolVersion.objects.create(**fields).pk


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"status": "vague"}, "plans_plan_status_known"),
        ({"visits_planned": 0}, "plans_plan_has_visits"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(plan, change, constraint):
    with broken(constraint), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(**change)


@pytest.mark.parametrize(
    ("number", "constraint"), [("", "plans_order_number_given"), ("ORD-1", "number")]
)
def test_an_order_has_a_number_of_its_own(order, number, constraint):
    with broken(constraint), transaction.atomic():
        another(order, number)
