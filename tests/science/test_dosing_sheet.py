"""The dose sheet: one call, every figure, every reason at once, bad values refused by name."""

from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.dosing.body_size import Body, Sex, WeightPolicy
from ebbtide.science.dosing.products import US_STOCK
from ebbtide.science.dosing.pump import BagPolicy, Pump
from ebbtide.science.dosing.sheet import Figures, Terms, dose_sheet
from ebbtide.science.dosing.site import DEFAULT_BOUNDS, DEFAULT_SITE, FIGURES, Bound, SiteSettings
from ebbtide.science.dosing.titration import LastVisit
from ebbtide.science.findings import Severity

USUAL = {
    "weight_kg": 70,
    "mg_per_kg": 0.5,
    "stock_mg_per_ml": 50,
    "vial_ml": 10,
    "bag_ml": 100,
    "minutes": 40,
}


def sheet(**changes):
    return dose_sheet(**{**USUAL, **changes})


def codes(worked):
    return {finding.code: finding.severity for finding in worked.findings}


def test_an_ordinary_order_has_its_figures_and_nothing_against_it():
    worked = sheet()
    assert worked.findings == ()
    assert (worked.dose_mg, worked.draw_ml, worked.rate_ml_per_h) == (35, Decimal("0.7"), 150)
    assert (worked.mg_per_min, worked.mcg_per_kg_per_min) == (Decimal("0.875"), Decimal("12.5"))
    assert (worked.mg_per_kg, worked.weight_used_kg) == (Decimal("0.5"), 70)
    assert (worked.vials, worked.vial_remainder_mg) == (1, 465)
    assert worked.figures is Figures.AS_GIVEN


def test_exact_figures_deviate_by_nothing_and_given_ones_by_what_rounding_does():
    order = {"weight_kg": 68, "mg_per_kg": "0.75", "minutes": 45}
    exact, given_ = sheet(**order, figures=Figures.EXACT), sheet(**order)
    assert (exact.deviation_percent, exact.rate_deviation_percent) == (0, 0)
    assert (exact.draw_ml, given_.draw_ml) == (Decimal("1.02"), 1)
    assert round(given_.deviation_percent, 2) == Decimal("-1.96")
    assert round(given_.rate_deviation_percent, 3) == Decimal("-1.985")
    assert exact.findings == given_.findings


def test_exact_and_given_figures_each_count_their_own_vials():
    # 10.04 mL exactly, 10.0 mL as drawn: two vials and one.
    order = {"weight_kg": "502", "mg_per_kg": 1}
    assert sheet(**order, figures=Figures.EXACT).vials == 2
    assert sheet(**order).vials == 1
    assert sheet(**order, figures=Figures.EXACT).vial_remainder_ml == Decimal("9.96")


@pytest.mark.parametrize("name", USUAL)
@pytest.mark.parametrize(
    "typed", ["NaN", "Infinity", "-Infinity", "-1", "70 kg", "", "seventy", "1_0", "١", "1e999"]
)
def test_what_is_no_number_is_refused_naming_field_value_and_range(name, typed):
    with pytest.raises(ValueError) as told:
        sheet(**{name: typed})
    assert str(told.value).startswith(f"{name} must be ")
    assert " to 100000, not " in str(told.value)
    assert repr(typed) in str(told.value)


@pytest.mark.parametrize(
    "typed", [float("nan"), float("inf"), True, None, Decimal("sNaN"), Decimal(-1), 100_001, 1e-7]
)
def test_other_types_are_held_to_the_same_range(typed):
    with pytest.raises(ValueError, match=r"weight_kg must be a number from 0\.000001 to 100000"):
        sheet(weight_kg=typed)


@pytest.mark.parametrize("name", set(USUAL) - {"bag_ml"})
def test_zero_is_refused_where_nothing_can_be_zero(name):
    with pytest.raises(ValueError, match=f"{name} must be a number from"):
        sheet(**{name: 0})


def test_a_bag_of_nothing_is_an_undiluted_syringe_and_only_that():
    undiluted = sheet(bag_ml=0, bag_policy="add", stock_mg_per_ml=10, vial_ml=20)
    assert undiluted.findings == ()
    assert undiluted.final_mg_per_ml == 10
    with pytest.raises(ValueError, match=r"bag_ml must be above 0, or 0 to add .* with 'replace'"):
        sheet(bag_ml=0)


def test_a_word_stands_for_its_choice():
    assert sheet(bag_policy="add") == sheet(bag_policy=BagPolicy.ADD)
    assert sheet(figures="exact") == sheet(figures=Figures.EXACT)
    body = {"height_cm": Decimal(180)}
    ideal = Terms(weight_policy=WeightPolicy.IDEAL)
    as_word = sheet(body=Body(**body, sex="male"), terms=Terms(weight_policy="ideal"))
    assert as_word == sheet(body=Body(**body, sex=Sex.MALE), terms=ideal)


def test_an_unknown_policy_is_refused_by_name():
    with pytest.raises(ValueError, match="bag_policy must be one of 'replace', 'add', not 'swap'"):
        sheet(bag_policy="swap")
    with pytest.raises(ValueError, match="figures must be one of 'as-given', 'exact', not"):
        sheet(figures="nearly")
    with pytest.raises(ValueError, match="weight_policy must be one of 'actual', 'ideal'"):
        sheet(terms=Terms(weight_policy="lean"))


@pytest.mark.parametrize("value", [70, 70.0, "70", " 70.0 ", "7e1", "+70", Decimal(70)])
def test_a_plain_number_may_be_typed_in_any_form(value):
    assert sheet(weight_kg=value).dose_mg == 35


def test_the_strong_product_is_never_given_undiluted():
    strong = {"stock_mg_per_ml": 100, "vial_ml": 5}
    assert codes(sheet(**strong)) == {}
    plain = sheet(**strong, bag_ml=0, bag_policy=BagPolicy.ADD)
    assert codes(plain)["stock.undiluted"] is Severity.BLOCK


@pytest.mark.parametrize("bag_ml", [50, 100, 250, 500])
def test_the_bags_on_the_shelf_stand(bag_ml):
    assert set(codes(sheet(bag_ml=bag_ml, minutes=60))) == set()


@pytest.mark.parametrize("bag_ml", ["0.9", 10, 49, 1000])
def test_a_bag_not_on_the_shelf_is_blocked(bag_ml):
    worked = sheet(bag_ml=bag_ml)
    assert codes(worked)["bag.unknown_size"] is Severity.BLOCK
    messages = [each.message for each in worked.findings if each.code == "bag.unknown_size"]
    assert messages == [
        f"There is no bag of {bag_ml} mL on the shelf; there are 50, 100, 250, 500 mL."
    ]


def test_a_whole_dose_in_a_syringe_must_fit_it():
    in_syringe = Terms(syringe_ml=Decimal(50))
    worked = sheet(bag_ml=35, terms=in_syringe)
    assert worked.findings == ()
    assert (worked.final_mg_per_ml, worked.rate_ml_per_h) == (1, Decimal("52.5"))
    assert codes(sheet(bag_ml=50, terms=in_syringe)) == {}
    assert codes(sheet(bag_ml="50.1", terms=in_syringe)) == {"syringe.too_small": Severity.BLOCK}
    added = sheet(bag_ml="49.5", bag_policy="add", terms=in_syringe)
    assert codes(added) == {"syringe.too_small": Severity.BLOCK}
    small = sheet(bag_ml=20, terms=Terms(syringe_ml=Decimal(30)))
    assert codes(small) == {"syringe.unknown_size": Severity.BLOCK}


def test_overfill_and_line_count_once_they_are_set():
    plain = sheet(figures=Figures.EXACT)
    assert plain.notes[:2] == (
        "What a bag holds beyond its label is left out.",
        "The volume of the line is left out.",
    )
    site = replace(DEFAULT_SITE, overfill_ml=Decimal(7), line_ml=Decimal("1.5"))
    worked = sheet(site=site, figures=Figures.EXACT)
    assert (worked.volume_ml, worked.rate_ml_per_h) == (107, Decimal("160.5"))
    assert codes(worked) == {"line.holds_drug": Severity.NOTICE}
    assert "1.5 mL stay in the line when the bag is empty, with 0.49 mg" in (
        worked.findings[0].message
    )
    assert len(worked.notes) == 1
    in_syringe = sheet(site=site, bag_ml=35, terms=Terms(syringe_ml=Decimal(50)))
    assert in_syringe.volume_ml == 35  # a syringe has no overfill
    undiluted = sheet(site=site, bag_ml=0, bag_policy="add", stock_mg_per_ml=10, vial_ml=20)
    assert undiluted.volume_ml == Decimal("3.5")
    assert sheet(site=site, bag_ml="0.9").volume_ml == Decimal("7.9")


def test_a_line_longer_than_the_dose_holds_all_of_it():
    site = replace(DEFAULT_SITE, line_ml=Decimal(5))
    worked = sheet(site=site, bag_ml=0, bag_policy="add", stock_mg_per_ml=10, vial_ml=20)
    assert "with 35 mg; flush" in worked.findings[-1].message


def test_what_the_weight_was_held_against_is_said():
    words = "The weight was held against neither a last weight nor a height."
    assert words in sheet().notes
    assert words not in sheet(body=Body(height_cm=Decimal(170))).notes
    assert words not in sheet(body=Body(last_weight_kg=Decimal(70))).notes


def test_the_dose_is_worked_out_on_the_policys_weight():
    body = Body(height_cm=Decimal("177.8"), sex=Sex.MALE)
    terms = Terms(weight_policy=WeightPolicy.ADJUSTED)
    worked = sheet(weight_kg=110, body=body, terms=terms, figures=Figures.EXACT)
    assert (worked.weight_used_kg, worked.dose_mg) == (Decimal("87.8"), Decimal("43.9"))
    assert worked.mg_per_kg == Decimal("0.5")


def test_a_fixed_ceiling_holds_and_is_said():
    worked = sheet(weight_kg=110, terms=Terms(max_dose_mg=Decimal(40)))
    assert worked.dose_mg == 40
    assert codes(worked) == {"dose.capped": Severity.NOTICE}


@pytest.mark.parametrize("name", ["max_dose_mg", "syringe_ml", "dose_step_mg"])
def test_terms_no_order_can_have_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be a number from"):
        Terms(**{name: Decimal(0)})


def test_every_reason_is_given_at_once():
    worked = sheet(
        weight_kg=700,
        mg_per_kg=5,
        stock_mg_per_ml=500,
        bag_ml=10,
        minutes=4,
        body=Body(last_weight_kg=Decimal(70), height_cm=Decimal("17.5")),
        terms=Terms(last=LastVisit(mg_per_kg=Decimal("0.5")), indication="ptsd"),
    )
    assert set(codes(worked)) == {
        "weight.implausible",
        "weight.changed",
        "height.implausible",
        "stock.unknown_concentration",
        "dose.too_high",
        "dose.visit_maximum",
        "dose.fast",
        "dose.fast_by_weight",
        "stock.undiluted",
        "bag.unknown_size",
        "site.above_hard_limit",
        "site.below_hard_limit",
        "dose.unusual_amount",
        "step.slip",
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"weight_kg": 75, "mg_per_kg": "0.08", "minutes": 30}, {"dose.low": Severity.OVERRIDE}),
        (
            {"mg_per_kg": "0.079", "minutes": 30, "terms": Terms(dose_step_mg=Decimal("0.1"))},
            {"dose.low": Severity.OVERRIDE, "site.below_hard_limit": Severity.BLOCK},
        ),
        ({"minutes": 30}, {}),
        ({"minutes": "29.9"}, {"site.below_soft_limit": Severity.OVERRIDE}),
        ({"bag_ml": 500, "minutes": 60}, {}),
        ({"bag_ml": 500, "minutes": "59.9"}, {"site.above_soft_limit": Severity.OVERRIDE}),
        ({"minutes": 250, "weight_kg": 80}, {"dose.long": Severity.OVERRIDE}),
        (
            {"minutes": 251, "weight_kg": 80},
            {"dose.long": Severity.OVERRIDE, "site.below_soft_limit": Severity.OVERRIDE},
        ),
    ],
)
def test_each_default_limit_stands_at_it_and_speaks_one_step_past(changes, expected):
    assert codes(sheet(**changes)) == expected


def test_a_hard_limit_speaks_instead_of_the_soft_one_it_contains():
    bound = Bound(
        figure="minutes", soft_most=Decimal(60), hard_most=Decimal(90), hard_least=Decimal(20)
    )
    site = replace(DEFAULT_SITE, bounds=(bound,))
    assert codes(sheet(site=site, minutes=60)) == {}
    assert codes(sheet(site=site, minutes=61)) == {"site.above_soft_limit": Severity.OVERRIDE}
    assert codes(sheet(site=site, minutes=90)) == {"site.above_soft_limit": Severity.OVERRIDE}
    worked = sheet(site=site, minutes=91)
    assert codes(worked) == {"site.above_hard_limit": Severity.BLOCK}
    assert worked.findings[0].message == "91 min is above the site's hard limit, 90 min."
    (soft,) = sheet(site=site, minutes="60.0001").findings
    assert soft.message == (
        "60.0001 min is above the site's soft limit, 60 min; it needs a reason."
    )


def test_a_limit_on_what_is_never_worked_out_is_refused_and_on_another_order_passed_by():
    with pytest.raises(ValueError, match=r"figure must be one of mg_per_kg, .* not 'volume'"):
        Bound(figure="volume")
    assert codes(sheet(site=replace(DEFAULT_SITE, bounds=(Bound(figure="bolus_minutes"),)))) == {}
    assert {bound.figure for bound in DEFAULT_BOUNDS} <= set(FIGURES)


@pytest.mark.parametrize(
    "limits",
    [
        {"hard_least": 2, "soft_least": 1},
        {"soft_least": 2, "soft_most": 1},
        {"soft_most": 2, "hard_most": 1},
        {"hard_least": 2, "hard_most": 1},
    ],
)
def test_limits_out_of_order_are_refused(limits):
    with pytest.raises(ValueError, match="limits of minutes must rise"):
        Bound(figure="minutes", **{name: Decimal(value) for name, value in limits.items()})


@pytest.mark.parametrize("name", ["overfill_ml", "line_ml"])
def test_a_site_with_a_negative_volume_is_refused(name):
    with pytest.raises(ValueError, match="overfill_ml and line_ml must be 0 or more"):
        SiteSettings(**{name: Decimal(-1)})


@st.composite
def orders(draw):
    stock = draw(st.sampled_from(US_STOCK))
    return {
        "weight_kg": draw(st.decimals("30", "200", places=1)),
        "mg_per_kg": draw(st.decimals("0.1", "2", places=3)),
        "stock_mg_per_ml": stock.mg_per_ml,
        "vial_ml": stock.vial_ml,
        "bag_ml": Decimal(draw(st.sampled_from([50, 100, 250, 500]))),
        "bag_policy": draw(st.sampled_from(BagPolicy)),
        "minutes": draw(st.decimals("10", "300", places=1)),
        "figures": draw(st.sampled_from(Figures)),
    }


def nearly(left, right):
    return abs(left - right) <= Decimal("1e-20") * max(abs(left), abs(right))


@given(orders())
def test_no_drug_is_made_or_lost_and_the_rate_empties_the_bag_in_its_time(order):
    worked = dose_sheet(**order)
    vial_mg = order["stock_mg_per_ml"] * order["vial_ml"]
    assert nearly(worked.dose_mg + worked.vial_remainder_mg, worked.vials * vial_mg)
    assert nearly(worked.draw_ml + worked.vial_remainder_ml, worked.vials * order["vial_ml"])
    assert 0 <= worked.vial_remainder_ml < order["vial_ml"] * worked.vials
    assert nearly(worked.rate_ml_per_h * worked.minutes, worked.volume_ml * 60)
    assert nearly(worked.mg_per_min * worked.minutes, worked.dose_mg)
    assert nearly(worked.final_mg_per_ml * worked.volume_ml, worked.dose_mg)


@given(orders(), st.decimals("0", "50", places=1))
def test_a_heavier_patient_is_drawn_no_less(order, more):
    heavier = {**order, "weight_kg": order["weight_kg"] + more}
    light, heavy = dose_sheet(**order), dose_sheet(**heavier)
    # A ceiling may round the heavier one down by a step of the draw.
    slack = 0 if order["figures"] is Figures.EXACT else order["stock_mg_per_ml"] / 10
    assert heavy.dose_mg >= light.dose_mg - slack


@given(orders())
def test_what_is_given_without_a_block_is_within_five_percent_and_never_faster_than_its_time(order):
    worked = dose_sheet(**{**order, "figures": Figures.AS_GIVEN})
    assert worked.minutes >= order["minutes"] - Decimal("1e-20")
    if not any(finding.severity is Severity.BLOCK for finding in worked.findings):
        assert abs(worked.deviation_percent) <= 5
        assert worked.rate_ml_per_h <= DEFAULT_SITE.pump.max_rate_ml_per_h
        assert worked.dose_mg <= 200
        assert worked.mg_per_min <= 3


@given(orders())
def test_the_figures_do_not_depend_on_how_a_number_is_written(order):
    as_text = {
        name: str(value) if isinstance(value, Decimal) else value for name, value in order.items()
    }
    assert dose_sheet(**as_text) == dose_sheet(**order)


def test_the_callers_precision_of_decimals_changes_nothing():
    with localcontext() as context:
        context.prec = 4
        coarse = sheet(weight_kg="83.91458845", figures=Figures.EXACT)
    assert coarse == sheet(weight_kg="83.91458845", figures=Figures.EXACT)


def test_a_finer_pump_comes_nearer():
    fine = replace(
        DEFAULT_SITE,
        pump=Pump(max_rate_ml_per_h=Decimal(999), rate_step_ml_per_h=Decimal("0.01")),
    )
    order = {"weight_kg": 68, "mg_per_kg": "0.75", "minutes": 45}
    assert sheet(**order).rate_ml_per_h == Decimal("133.3")
    assert sheet(**order, site=fine).rate_ml_per_h == Decimal("133.33")
