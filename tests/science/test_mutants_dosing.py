"""What changes on purpose showed that no other test noticed, in doses and the pump."""

from decimal import Decimal

import pytest

from ebbtide.science.dosing.limits import DoseLimits, WeightLimits
from ebbtide.science.dosing.orders import Counted, bolus_and_infusion
from ebbtide.science.dosing.products import Stock, check_concentration
from ebbtide.science.dosing.pump import BagPolicy, DoseOrder, Pump, pump_sheet
from ebbtide.science.dosing.rate import check_bolus
from ebbtide.science.dosing.weight import check_weight
from ebbtide.science.units import kg_from_lb

PUMP = Pump(max_rate_ml_per_h=Decimal(999))


@pytest.mark.parametrize(("typed", "told"), [("0", "0"), ("-50", "−50")])
def test_a_strength_of_nothing_names_the_weakest_product(typed, told):
    (finding,) = check_concentration(Decimal(typed))
    assert finding.message == f"{told} mg/mL is not a product; did you mean 10 mg/mL?"


@pytest.mark.parametrize("minutes", ["0.5", "1"])
def test_an_infusion_as_short_as_a_minute_may_follow_a_bolus(minutes):
    course = bolus_and_infusion(
        weight_kg=Decimal(70),
        bolus_mg_per_kg=Decimal("0.1"),
        bolus_minutes=Decimal(5),
        mcg_per_kg_per_min=Decimal(7),
        minutes=Decimal(minutes),
        counted=Counted.AFTER_BOLUS,
    )
    assert course.infusion_minutes == Decimal(minutes)
    assert course.infusion_mg == Decimal("0.49") * Decimal(minutes)


@pytest.mark.parametrize(("mg_per_ml", "is_told"), [("10", True), ("10.1", False)])
def test_a_product_up_to_10_mg_per_ml_is_told_as_made_to_be_used_undiluted(mg_per_ml, is_told):
    stock = Stock(mg_per_ml=Decimal(mg_per_ml), vial_ml=Decimal(20))
    order = DoseOrder(
        mg_per_kg=Decimal("0.5"), minutes=Decimal(40), stock=stock, bag_ml=Decimal(100)
    )
    found = pump_sheet(order, weight_kg=Decimal(70), pump=PUMP, limits=DoseLimits()).findings
    assert ("stock.diluted" in {finding.code for finding in found}) is is_told


def test_a_weight_that_may_be_in_pounds_is_given_in_kilograms_to_one_place():
    found = check_weight(
        Decimal(165), last_weight_kg=Decimal(88), height_cm=None, limits=WeightLimits()
    )
    message = next(one.message for one in found if one.code == "weight.changed")
    assert message.endswith("If it was read in pounds, 165 lb = 74.8 kg.")


def test_a_strength_on_the_shelf_gives_no_finding():
    assert check_concentration(Decimal(50)) == ()


def test_a_dose_already_over_a_maximum_is_rounded_to_the_nearest_step_like_any_other():
    """A maximum keeps the rounding down only while the exact dose keeps to it."""
    stock = Stock(mg_per_ml=Decimal(50), vial_ml=Decimal(10))
    order = DoseOrder(
        mg_per_kg=Decimal("1.016"), minutes=Decimal(120), stock=stock, bag_ml=Decimal(250)
    )
    sheet = pump_sheet(order, weight_kg=Decimal(100), pump=PUMP, limits=DoseLimits())
    assert sheet.exact.dose_mg == Decimal("101.6")
    assert sheet.target_mg == Decimal(102)


def test_a_weight_exactly_at_the_tolerance_of_pounds_is_told_once():
    """100 lb last time, 107 now: near enough to pounds for a finding of its own, not for a hint."""
    found = check_weight(
        Decimal(107),
        last_weight_kg=kg_from_lb(Decimal(100)),
        height_cm=None,
        limits=WeightLimits(),
    )
    assert "weight.pounds" in {one.code for one in found}
    changed = next(one.message for one in found if one.code == "weight.changed")
    assert "If it was read in pounds" not in changed


def test_a_bolus_that_is_too_quick_is_told_to_three_places():
    found = check_bolus(
        Decimal(10),
        minutes=Decimal(3),
        weight_kg=Decimal(100),
        given_mg=Decimal(0),
        left_mg=Decimal(50),
        limits=DoseLimits(),
    )
    message = next(one.message for one in found if one.code == "bolus.fast")
    assert message.startswith("3.333 mg/min is above")


def test_an_impossible_first_weight_is_told_in_whole_words():
    found = check_weight(Decimal(700), last_weight_kg=None, height_cm=None, limits=WeightLimits())
    message = next(one.message for one in found if one.code == "weight.implausible")
    assert message == "700 kg is above 350 kg, so no adult's weight; weigh again."


def test_a_little_more_than_a_very_small_last_weight_is_more():
    found = check_weight(
        Decimal(16), last_weight_kg=Decimal("15.2"), height_cm=None, limits=WeightLimits()
    )
    message = next(one.message for one in found if one.code == "weight.changed")
    assert "0.8 kg (5.3%) more than last time" in message


def test_a_bag_policy_given_as_a_word_is_that_policy():
    stock = Stock(mg_per_ml=Decimal(50), vial_ml=Decimal(10))
    order = DoseOrder(
        mg_per_kg=Decimal("0.5"),
        minutes=Decimal(40),
        stock=stock,
        bag_ml=Decimal(100),
        bag_policy="add",
    )
    assert order.bag_policy is BagPolicy.ADD
    sheet = pump_sheet(order, weight_kg=Decimal(70), pump=PUMP, limits=DoseLimits())
    assert sheet.exact.volume_ml == Decimal("100.7")
