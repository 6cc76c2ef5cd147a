"""The pump sheet against worked cases, its rounding, and every reason against an order."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.science.dosing_vectors import CASES, PUMP, sheet_of

from ebbtide.science.dosing.delivery import delivered, minutes_left
from ebbtide.science.dosing.limits import DoseLimits
from ebbtide.science.dosing.products import (
    US_PRODUCTS,
    US_STOCK,
    Stock,
    check_concentration,
    check_stock,
)
from ebbtide.science.dosing.pump import BagPolicy, DoseOrder, Pump, pump_sheet
from ebbtide.science.findings import Severity

LIMITS = DoseLimits()
USUAL = Stock(mg_per_ml=Decimal(50), vial_ml=Decimal(10))
ORDER = DoseOrder(mg_per_kg=Decimal("0.5"), minutes=Decimal(40), stock=USUAL, bag_ml=Decimal(100))


def sheet(weight="70", *, pump=PUMP, limits=LIMITS, **changes):
    order = replace(
        ORDER,
        **{
            name: Decimal(value) if isinstance(value, str) and name != "bag_policy" else value
            for name, value in changes.items()
        },
    )
    return pump_sheet(order, weight_kg=Decimal(weight), pump=pump, limits=limits)


def codes(worked):
    return {finding.code: finding.severity for finding in worked.findings}


def test_an_ordinary_order_has_nothing_against_it():
    worked = sheet()
    assert worked.findings == ()
    assert worked.rounded.vials == 1
    assert worked.rounded.minutes == 40
    assert worked.mg_per_kg == Decimal("0.5")
    assert worked.mg_per_kg_per_h == Decimal("0.75")


def test_a_rate_beyond_the_pump_is_blocked():
    assert codes(sheet_of(CASES["V10"]["inputs"], Pump(max_rate_ml_per_h=Decimal(750)))) == {}
    slow = sheet_of(CASES["V10"]["inputs"], Pump(max_rate_ml_per_h=Decimal("749.9")))
    assert codes(slow) == {"rate.beyond_pump": Severity.BLOCK}
    assert "750 mL/h is beyond the pump's 749.9 mL/h" in slow.findings[0].message


def test_dilution_of_the_ready_made_product_is_noticed():
    assert codes(sheet_of(CASES["V3"]["inputs"])) == {"stock.diluted": Severity.NOTICE}
    undiluted = sheet(
        stock=Stock(mg_per_ml=Decimal(10), vial_ml=Decimal(20)),
        bag_ml="0",
        bag_policy=BagPolicy.ADD,
    )
    assert codes(undiluted) == {}
    assert undiluted.rounded.final_mg_per_ml == 10


def test_the_strong_product_never_goes_in_undiluted():
    strong = Stock(mg_per_ml=Decimal(100), vial_ml=Decimal(5))
    plain = sheet(stock=strong, bag_ml="0", bag_policy=BagPolicy.ADD)
    assert codes(plain) == {"stock.undiluted": Severity.BLOCK}
    halved = sheet(stock=strong, bag_ml="0.35", bag_policy=BagPolicy.ADD)
    assert "stock.undiluted" not in codes(halved)  # exactly 50 mg/mL
    less = sheet(stock=strong, bag_ml="0.34", bag_policy=BagPolicy.ADD)
    assert codes(less)["stock.undiluted"] is Severity.BLOCK


def test_a_draw_that_does_not_fit_the_bag_is_blocked():
    assert codes(sheet(bag_ml="0.69"))["bag.too_small"] is Severity.BLOCK
    assert "bag.too_small" not in codes(sheet(bag_ml="0.7"))


@pytest.mark.parametrize(
    ("mg_per_kg", "code", "severity"),
    [
        ("0.099", "dose.low", Severity.OVERRIDE),
        ("1.001", "dose.high", Severity.OVERRIDE),
        ("2.0", "dose.high", Severity.OVERRIDE),
        ("2.001", "dose.too_high", Severity.BLOCK),
        ("5", "dose.too_high", Severity.BLOCK),
    ],
)
def test_a_dose_outside_the_protocol_is_found(mg_per_kg, code, severity):
    assert codes(sheet("50", mg_per_kg=mg_per_kg, minutes="120"))[code] is severity


@pytest.mark.parametrize("mg_per_kg", ["0.1", "1.0"])
def test_the_dose_range_includes_its_ends(mg_per_kg):
    assert codes(sheet("50", mg_per_kg=mg_per_kg, minutes="60")) == {}


def test_more_than_the_visit_maximum_needs_a_reason():
    assert codes(sheet("100", mg_per_kg="1.0", minutes="120")) == {}
    assert codes(sheet("105", mg_per_kg="1.0", minutes="120")) == {
        "dose.visit_maximum": Severity.OVERRIDE
    }


def test_delivery_faster_than_the_protocol_needs_a_reason():
    assert codes(sheet("60", mg_per_kg="1.0")) == {}  # 1.5 mg/min and 1.5 mg/kg/h exactly
    quicker = codes(sheet("60", mg_per_kg="1.0", minutes="39"))
    assert quicker == {"dose.fast": Severity.OVERRIDE, "dose.fast_by_weight": Severity.OVERRIDE}


def test_an_infusion_of_more_than_two_hours_needs_a_reason():
    assert codes(sheet(minutes="120")) == {}
    assert codes(sheet(minutes="120.5")) == {"dose.long": Severity.OVERRIDE}


def test_the_orders_ceiling_holds_and_is_said():
    worked = sheet("90", max_dose_mg="40")
    assert codes(worked) == {"dose.capped": Severity.NOTICE}
    assert worked.exact.dose_mg == 40
    assert "dose.capped" not in codes(sheet("80", max_dose_mg="40"))


def test_a_ceiling_off_the_grid_is_rounded_down():
    worked = sheet("90", max_dose_mg="40.5")
    assert worked.target_mg == 40
    assert worked.rounded.dose_mg == 40


def test_a_draw_is_rounded_down_where_up_would_pass_a_maximum():
    # 98 mg is 1.96 mL; half up would draw 2.0 mL, 100 mg, past the order's ceiling.
    worked = sheet("98", mg_per_kg="1.0", minutes="120", max_dose_mg="98")
    assert worked.rounded.draw_ml == Decimal("1.9")
    assert worked.rounded.dose_mg == 95


LOOSE = DoseLimits(
    max_mg=Decimal(900),
    max_mg_per_kg=Decimal(9),
    block_mg_per_kg=Decimal(9),
    max_mg_per_min=Decimal(9),
    max_mg_per_kg_per_h=Decimal(9),
)


@pytest.mark.parametrize(
    ("maximum", "minutes"),
    [
        ({"max_mg": Decimal("98.5")}, "120"),
        ({"max_mg_per_kg": Decimal("1.001")}, "120"),  # 98.1 mg at 98 kg
        ({"max_mg_per_min": Decimal("1.5")}, "65.4"),  # 98.1 mg
        ({"max_mg_per_kg_per_h": Decimal("1.5")}, "40.04"),  # 98.1 mg at 98 kg
    ],
)
def test_a_draw_is_rounded_down_where_up_would_pass_any_of_the_maxima(maximum, minutes):
    # 98 mg is 1.96 mL, half up 2.0 mL and 100 mg.
    free = sheet("98", mg_per_kg="1.0", minutes=minutes, limits=LOOSE)
    assert free.rounded.dose_mg == 100
    held = sheet("98", mg_per_kg="1.0", minutes=minutes, limits=replace(LOOSE, **maximum))
    assert held.rounded.dose_mg == 95


def test_a_draw_is_rounded_down_where_up_would_pass_what_no_order_may():
    # 198 mg at 99 kg, 2 mg/kg exactly, is 3.96 mL; half up would draw 4.0 mL, 2.02 mg/kg.
    assert sheet("99", mg_per_kg="2.0", minutes="240").rounded.dose_mg == 195


def test_a_dose_may_be_rounded_up_to_a_maximum_but_not_past_it():
    assert sheet("79.6", max_dose_mg="40").target_mg == 40
    assert sheet("79.6", max_dose_mg="39.9").target_mg == 39


def test_rounding_by_more_than_five_percent_is_blocked():
    exactly = sheet("40", mg_per_kg="0.5", dose_step_mg="21")  # 20 mg to 21 mg: 5%
    assert codes(exactly) == {}
    beyond = sheet("39.9", mg_per_kg="0.5", dose_step_mg="21")
    assert codes(beyond) == {"dose.rounding": Severity.BLOCK}


def test_a_dose_that_rounds_to_nothing_is_blocked_not_divided_by():
    worked = sheet("40", mg_per_kg="0.1", bag_ml="0", bag_policy=BagPolicy.ADD, dose_step_mg="10")
    assert (worked.rounded.dose_mg, worked.rounded.mg_per_min) == (0, 0)
    assert codes(worked)["dose.rounding"] is Severity.BLOCK


def test_a_rate_the_pump_cannot_come_near_is_blocked():
    coarse = Pump(
        max_rate_ml_per_h=Decimal(1200),
        rate_step_ml_per_h=Decimal(10),
        min_rate_ml_per_h=Decimal(10),
    )
    assert codes(sheet(bag_ml="105.2", pump=coarse)) == {}  # 157.8 to 150: 4.9%
    odd = replace(coarse, rate_step_ml_per_h=Decimal(95), min_rate_ml_per_h=Decimal(95))
    assert codes(sheet(bag_ml="100", minutes="30", pump=odd)) == {}  # 200 to 190: 5%
    worked = sheet(bag_ml="105.4", pump=coarse)  # 158.1 to 150: 5.1%
    assert codes(worked) == {"rate.resolution": Severity.BLOCK}


def test_a_rate_below_the_pump_is_blocked():
    worked = sheet(
        bag_ml="6", pump=Pump(max_rate_ml_per_h=Decimal(99), min_rate_ml_per_h=Decimal(10))
    )
    assert codes(worked) == {"rate.beyond_pump": Severity.BLOCK}
    assert "below the pump's lowest rate, 10 mL/h" in worked.findings[0].message


def test_several_vials_are_counted_and_noticed():
    small = Stock(mg_per_ml=Decimal(50), vial_ml=Decimal("0.5"))
    worked = pump_sheet(
        replace(ORDER, stock=small),
        weight_kg=Decimal(70),
        pump=PUMP,
        limits=LIMITS,
        stocked=(small,),
    )
    assert codes(worked) == {"stock.several_vials": Severity.NOTICE}
    assert worked.rounded.vials == 2
    assert worked.rounded.remainder_mg == 15


def test_every_reason_is_given_at_once():
    wrong = sheet(
        "70",
        mg_per_kg="5",
        minutes="10",
        bag_ml="200",
        stock=Stock(mg_per_ml=Decimal(5), vial_ml=Decimal(10)),
    )
    assert set(codes(wrong)) == {
        "stock.unknown_concentration",
        "dose.too_high",
        "dose.visit_maximum",
        "dose.fast",
        "dose.fast_by_weight",
        "stock.diluted",
        "stock.several_vials",
        "rate.beyond_pump",
    }


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5", "50"),
        ("500", "50"),
        ("1", "10"),
        ("1000", "100"),
        ("49", "50"),
        ("90", "100"),
        ("0", "10"),
    ],
)
def test_a_strength_nobody_makes_is_blocked_and_the_likely_one_named(typed, meant):
    (finding,) = check_concentration(Decimal(typed))
    assert finding.severity is Severity.BLOCK
    assert finding.message == f"{typed} mg/mL is not a product; did you mean {meant} mg/mL?"


@pytest.mark.parametrize("stock", US_STOCK)
def test_every_product_is_known(stock):
    assert {finding.severity for finding in check_stock(stock)} <= {Severity.NOTICE}
    assert stock.vial_mg in (200, 500, 1000)


def test_only_the_strong_vial_that_looks_like_a_weaker_one_is_pointed_out():
    (finding,) = check_stock(Stock(mg_per_ml=Decimal(100), vial_ml=Decimal(10)))
    assert (finding.code, finding.severity) == ("stock.look_alike", Severity.NOTICE)
    assert "holds 1000 mg and looks like that of 50 mg/mL" in finding.message
    for stock in US_STOCK[:3]:
        assert check_stock(stock) == ()
    assert check_stock(US_STOCK[3], stocked=(US_STOCK[3],)) == ()


def test_a_vial_that_strength_does_not_come_in_is_blocked():
    (finding,) = check_stock(Stock(mg_per_ml=Decimal(10), vial_ml=Decimal(5)))
    assert finding.severity is Severity.BLOCK
    assert finding.message.startswith("10 mg/mL does not come in a 5 mL vial; it comes in 20 mL")
    (unknown,) = check_stock(Stock(mg_per_ml=Decimal(5), vial_ml=Decimal(5)))
    assert unknown.code == "stock.unknown_concentration"


def test_products_carry_their_code_and_caution():
    assert {product.rxnorm_scd for product in US_PRODUCTS} == {"238082", "238083", "238084"}
    assert all(product.note for product in US_PRODUCTS)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Stock(mg_per_ml=Decimal(0), vial_ml=Decimal(10)),
        lambda: Stock(mg_per_ml=Decimal(50), vial_ml=Decimal(0)),
        lambda: Pump(max_rate_ml_per_h=Decimal(999), rate_step_ml_per_h=Decimal(0)),
        lambda: Pump(max_rate_ml_per_h=Decimal("0.1")),
        lambda: Pump(max_rate_ml_per_h=Decimal(999), min_rate_ml_per_h=Decimal(0)),
        lambda: replace(ORDER, mg_per_kg=Decimal(0)),
        lambda: replace(ORDER, minutes=Decimal(0)),
        lambda: replace(ORDER, dose_step_mg=Decimal(0)),
        lambda: replace(ORDER, bag_ml=Decimal(-1)),
        lambda: replace(ORDER, bag_ml=Decimal(0)),
        lambda: replace(ORDER, max_dose_mg=Decimal(0)),
        lambda: sheet("0"),
    ],
)
def test_what_cannot_be_is_refused_before_any_arithmetic(broken):
    with pytest.raises(ValueError):
        broken()


def test_an_early_stop_parts_all_the_drug_that_was_opened():
    parts = delivered(sheet(), infused_ml=Decimal(25))
    assert (parts.given_mg, parts.left_mg, parts.left_ml) == (Decimal("8.75"), Decimal("26.25"), 75)
    assert parts.waste_mg == parts.left_mg + 465
    assert (parts.vial_mg, parts.vial_ml) == (465, Decimal("9.30"))


@pytest.mark.parametrize("infused", ["-0.1", "100.1"])
def test_no_more_than_the_bag_can_have_been_infused(infused):
    with pytest.raises(ValueError, match="infused"):
        delivered(sheet(), infused_ml=Decimal(infused))


def test_nothing_or_the_whole_bag_can_have_been_infused():
    assert delivered(sheet(), infused_ml=Decimal(0)).given_mg == 0
    assert delivered(sheet(), infused_ml=Decimal("0.5")).given_mg == Decimal("0.175")
    whole = delivered(sheet(), infused_ml=Decimal(100))
    assert (whole.given_mg, whole.left_mg, whole.left_ml) == (35, 0, 0)
    assert minutes_left(sheet(), infused_ml=Decimal(99), rate_ml_per_h=Decimal(1)) == 60


def test_small_figures_are_still_figures():
    small = Stock(mg_per_ml=Decimal("0.5"), vial_ml=Decimal("0.5"))
    order = DoseOrder(
        mg_per_kg=Decimal("0.5"),
        minutes=Decimal("0.5"),
        stock=small,
        bag_ml=Decimal("0.5"),
        bag_policy=BagPolicy.ADD,
        max_dose_mg=Decimal("0.5"),
        dose_step_mg=Decimal("0.25"),
    )
    worked = pump_sheet(order, weight_kg=Decimal("0.5"), pump=PUMP, limits=LIMITS)
    assert worked.rounded.dose_mg == Decimal("0.25")
    assert "stock.diluted" in codes(worked)


def test_a_held_infusion_has_no_time_left():
    with pytest.raises(ValueError, match="held"):
        minutes_left(sheet(), infused_ml=Decimal(10), rate_ml_per_h=Decimal(0))


@st.composite
def any_sheet(draw):
    order = DoseOrder(
        mg_per_kg=draw(st.decimals("0.05", "3", places=3)),
        minutes=draw(st.decimals("5", "240", places=1)),
        stock=draw(st.sampled_from(US_STOCK)),
        bag_ml=Decimal(draw(st.sampled_from([20, 50, 100, 250, 500]))),
        bag_policy=draw(st.sampled_from(BagPolicy)),
        max_dose_mg=draw(st.none() | st.decimals("5", "200", places=1)),
        dose_step_mg=draw(st.sampled_from([Decimal("0.5"), Decimal(1)])),
    )
    step = draw(st.sampled_from([Decimal("0.01"), Decimal("0.1"), Decimal(1)]))
    pump = Pump(max_rate_ml_per_h=Decimal(999), rate_step_ml_per_h=step, min_rate_ml_per_h=step)
    weight_kg = draw(st.decimals("30", "200", places=1))
    return pump_sheet(order, weight_kg=weight_kg, pump=pump, limits=LIMITS)


@given(any_sheet())
def test_rounding_never_lifts_a_dose_over_a_maximum_it_kept_to(worked):
    exact, given_mg, order = worked.exact.dose_mg, worked.rounded.dose_mg, worked.order
    maxima = [LIMITS.max_mg, LIMITS.max_mg_per_kg * worked.weight_kg]
    if order.max_dose_mg is not None:
        maxima.append(order.max_dose_mg)
    for most in maxima:
        assert exact > most or given_mg <= most
    for most in (LIMITS.max_mg_per_min,):
        assert exact / order.minutes > most or worked.rounded.mg_per_min <= most + Decimal("1e-20")


@given(any_sheet())
def test_no_drug_is_made_or_lost_on_the_sheet(worked):
    made, stock = worked.rounded, worked.order.stock
    assert made.dose_mg + made.remainder_mg == worked.rounded.vials * stock.vial_mg
    assert made.draw_ml + made.remainder_ml == worked.rounded.vials * stock.vial_ml
    assert made.remainder_ml >= 0
    half = delivered(worked, infused_ml=made.volume_ml / 2)
    assert half.given_mg + half.left_mg + half.vial_mg == worked.rounded.vials * stock.vial_mg


@given(any_sheet())
def test_drug_is_never_given_faster_than_ordered(worked):
    assert worked.rounded.minutes >= worked.order.minutes - Decimal("1e-20")


@given(any_sheet())
def test_a_sheet_without_a_block_keeps_to_the_dose_and_the_pump(worked):
    if any(finding.severity is Severity.BLOCK for finding in worked.findings):
        return
    assert abs(worked.rounded.dose_mg - worked.exact.dose_mg) <= worked.exact.dose_mg / 20
    assert worked.rounded.rate_ml_per_h <= 999
    assert worked.rounded.final_mg_per_ml <= 50
