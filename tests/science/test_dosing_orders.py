"""Orders by the hour, in all, and after a bolus, with every reason against them."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.dosing.body_size import Body
from ebbtide.science.dosing.orders import Counted, bolus_and_infusion, hourly, total_over
from ebbtide.science.dosing.site import DEFAULT_SITE, Bound
from ebbtide.science.findings import Severity

FIRST = {
    "weight_kg": 70,
    "bolus_mg_per_kg": "0.1",
    "bolus_minutes": 5,
    "mcg_per_kg_per_min": 7,
    "minutes": 45,
}


def codes(course):
    return {finding.code: finding.severity for finding in course.findings}


def by_hour(weight_kg=60, mg_per_kg_per_h="0.35", max_mg_per_h=25, hours=2, **more):
    return hourly(
        weight_kg=weight_kg,
        mg_per_kg_per_h=mg_per_kg_per_h,
        max_mg_per_h=max_mg_per_h,
        hours=hours,
        **more,
    )


def test_the_published_bolus_and_infusion_have_nothing_against_them():
    for counted in Counted:
        course = bolus_and_infusion(**FIRST, counted=counted, indication="phantom-limb-pain")
        assert course.findings == ()


def test_a_rate_at_a_strength_is_rounded_down_to_the_pump():
    course = by_hour(weight_kg=71)  # 24.85 mg/h
    at_one = course.rate_ml_per_h(final_mg_per_ml=Decimal(1), step_ml_per_h=Decimal("0.1"))
    assert at_one == Decimal("24.8")
    at_half = course.rate_ml_per_h(final_mg_per_ml=Decimal("0.5"), step_ml_per_h=Decimal("0.1"))
    assert at_half == Decimal("49.7")
    for broken in ({"final_mg_per_ml": Decimal(0)}, {"step_ml_per_h": Decimal(0)}):
        figures = {"final_mg_per_ml": Decimal(1), "step_ml_per_h": Decimal("0.1"), **broken}
        with pytest.raises(ValueError, match=f"{next(iter(broken))} must be a number"):
            course.rate_ml_per_h(**figures)


def test_a_bolus_that_takes_all_the_time_is_refused():
    order = {**FIRST, "minutes": 5}
    assert bolus_and_infusion(**order).infusion_minutes == 5
    short = bolus_and_infusion(**{**order, "minutes": "5.5"}, counted=Counted.WITH_BOLUS)
    assert short.infusion_minutes == Decimal("0.5")
    with pytest.raises(ValueError, match="minutes must be above the 5 min of the bolus, not 5"):
        bolus_and_infusion(**order, counted=Counted.WITH_BOLUS)
    with pytest.raises(ValueError, match="counted must be one of 'after-bolus', 'with-bolus'"):
        bolus_and_infusion(**order, counted="in-all")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"bolus_mg_per_kg": "0.05"}, {}),
        ({"bolus_mg_per_kg": "0.049"}, {"site.below_soft_limit": Severity.OVERRIDE}),
        ({"bolus_minutes": 15}, {}),
        ({"bolus_minutes": "15.1"}, {"site.above_soft_limit": Severity.OVERRIDE}),
        ({"bolus_mg_per_kg": "0.11", "bolus_minutes": 10}, {"bolus.high": Severity.OVERRIDE}),
        ({"mcg_per_kg_per_min": 2}, {}),
        ({"mcg_per_kg_per_min": "1.99"}, {"site.below_soft_limit": Severity.OVERRIDE}),
    ],
)
def test_each_limit_stands_at_it_and_speaks_one_step_past(changes, expected):
    assert codes(bolus_and_infusion(**{**FIRST, **changes})) == expected


def test_a_ceiling_by_the_hour_is_said_when_it_holds():
    assert codes(by_hour(weight_kg="71.4")) == {}  # 24.99 mg/h
    assert codes(by_hour(max_mg_per_h=21)) == {}  # 60 kg at 0.35 mg/kg/h
    capped = by_hour(weight_kg="71.5")
    assert codes(capped) == {"dose.capped": Severity.NOTICE}
    assert "25.03 mg/h by weight; the order's ceiling of 25 mg/h holds." in (
        capped.findings[0].message
    )


def test_a_slip_does_not_hide_behind_the_ceiling_nor_in_it():
    assert codes(by_hour(mg_per_kg_per_h="3.5")) == {
        "dose.capped": Severity.NOTICE,
        "site.above_hard_limit": Severity.BLOCK,
    }
    assert codes(by_hour(max_mg_per_h=250)) == {"site.above_hard_limit": Severity.BLOCK}
    assert codes(by_hour(max_mg_per_h=180)) == {}  # 3 mg/min
    assert codes(by_hour(max_mg_per_h="180.1")) == {"site.above_hard_limit": Severity.BLOCK}
    assert codes(by_hour(mg_per_kg_per_h=3)) == {"dose.capped": Severity.NOTICE}  # 50 mcg/kg/min
    assert codes(by_hour(mg_per_kg_per_h="3.01"))["site.above_hard_limit"] is Severity.BLOCK


@pytest.mark.parametrize(
    ("weight_kg", "dose_mg", "minutes", "past"),
    [
        (100, 90, 30, {"dose_mg": "90.1"}),  # 3 mg/min
        (40, 60, 30, {"dose_mg": "60.1"}),  # 50 mcg/kg/min
        (80, 80, 300, {"minutes": "300.1"}),
        (120, 200, 120, {"dose_mg": "200.1"}),
    ],
)
def test_each_hard_limit_stands_at_it_and_blocks_one_step_past(weight_kg, dose_mg, minutes, past):
    order = {"weight_kg": weight_kg, "dose_mg": dose_mg, "minutes": minutes}
    assert Severity.BLOCK not in codes(total_over(**order)).values()
    assert codes(total_over(**{**order, **past}))["site.above_hard_limit"] is Severity.BLOCK


def test_a_course_without_a_bolus_has_none_and_one_with_it_starts_from_nothing_given():
    for course in (by_hour(), total_over(weight_kg=70, dose_mg=35, minutes=40)):
        assert (course.bolus_mg, course.bolus_minutes) == (0, 0)
    most = {**FIRST, "weight_kg": 200, "bolus_mg_per_kg": "0.5", "minutes": 90}
    assert "bolus.visit_maximum" not in codes(bolus_and_infusion(**most))  # 100 mg at once


def test_totals_are_held_to_the_protocol():
    assert codes(total_over(weight_kg=100, dose_mg=100, minutes=120)) == {}
    assert codes(total_over(weight_kg=101, dose_mg="100.5", minutes=120)) == {
        "course.max_mg": Severity.OVERRIDE
    }
    assert codes(total_over(weight_kg=80, dose_mg="80.1", minutes=120)) == {
        "course.max_mg_per_kg": Severity.OVERRIDE
    }
    assert codes(total_over(weight_kg=80, dose_mg=80, minutes="120.5")) == {
        "course.max_minutes": Severity.OVERRIDE
    }
    twice = total_over(weight_kg=50, dose_mg=100, minutes=120)
    assert codes(twice) == {"course.max_mg_per_kg": Severity.OVERRIDE}
    assert codes(total_over(weight_kg=50, dose_mg="100.1", minutes=120)) == {
        "course.max_mg": Severity.OVERRIDE,
        "course.max_mg_per_kg": Severity.OVERRIDE,
        "dose.too_high": Severity.BLOCK,
    }


def test_the_body_and_the_indication_count_as_on_the_sheet():
    body = Body(last_weight_kg=Decimal(70))
    assert codes(by_hour(weight_kg=154, body=body))["weight.pounds"] is Severity.BLOCK
    weak = total_over(weight_kg=70, dose_mg=40, minutes=120, indication="neuropathic-pain")
    assert codes(weak) == {"dose.unusual_amount": Severity.OVERRIDE}


def test_a_sites_own_limits_hold():
    site = replace(DEFAULT_SITE, bounds=(Bound(figure="dose_mg", soft_most=Decimal(50)),))
    assert codes(total_over(weight_kg=70, dose_mg=50, minutes=60, site=site)) == {}
    assert codes(total_over(weight_kg=70, dose_mg=51, minutes=60, site=site)) == {
        "site.above_soft_limit": Severity.OVERRIDE
    }


@pytest.mark.parametrize("name", FIRST)
@pytest.mark.parametrize("typed", ["NaN", 0, -1, "5 min", float("inf")])
def test_what_is_no_number_is_refused_by_name(name, typed):
    with pytest.raises(ValueError, match=f"{name} must be a number from"):
        bolus_and_infusion(**{**FIRST, name: typed})


@pytest.mark.parametrize("name", ["weight_kg", "mg_per_kg_per_h", "max_mg_per_h", "hours"])
def test_an_hourly_order_names_what_is_wrong(name):
    with pytest.raises(ValueError, match=f"{name} must be a number from"):
        by_hour(**{name: "NaN"})


@pytest.mark.parametrize("name", ["weight_kg", "dose_mg", "minutes"])
def test_a_total_names_what_is_wrong(name):
    with pytest.raises(ValueError, match=f"{name} must be a number from"):
        total_over(**{"weight_kg": 70, "dose_mg": 80, "minutes": 120, name: "NaN"})


@given(
    weight=st.decimals("30", "200", places=1),
    rate=st.decimals("0.05", "1", places=2),
    most=st.decimals("5", "60", places=1),
    hours=st.decimals("0.5", "6", places=1),
)
def test_an_hourly_order_never_passes_its_ceiling_and_doubles_with_its_time(
    weight, rate, most, hours
):
    once, twice = (
        by_hour(weight_kg=weight, mg_per_kg_per_h=rate, max_mg_per_h=most, hours=hours * times)
        for times in (1, 2)
    )
    assert once.mg_per_h <= most
    assert once.mg_per_h == min(weight * rate, most)
    assert twice.total_mg == 2 * once.total_mg
