"""A rate and a bolus are held to the pump, the protocol and the decimal point."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.dosing.limits import DoseLimits
from ebbtide.science.dosing.pump import Pump
from ebbtide.science.dosing.rate import check_bolus, check_rate
from ebbtide.science.findings import Severity

LIMITS = DoseLimits()
PUMP = Pump(max_rate_ml_per_h=Decimal(999))


def rate(typed, *, current=None, mg_per_ml="0.35", weight="70", limits=LIMITS):
    found = check_rate(
        Decimal(typed),
        pump=PUMP,
        final_mg_per_ml=Decimal(mg_per_ml),
        weight_kg=Decimal(weight),
        limits=limits,
        current_rate_ml_per_h=None if current is None else Decimal(current),
    )
    return {finding.code: finding.severity for finding in found}


def bolus(typed, *, minutes="5", given="0", left="100", weight="70"):
    found = check_bolus(
        Decimal(typed),
        minutes=Decimal(minutes),
        weight_kg=Decimal(weight),
        given_mg=Decimal(given),
        left_mg=Decimal(left),
        limits=LIMITS,
    )
    return {finding.code: finding.severity for finding in found}


@pytest.mark.parametrize("typed", ["0", "-1"])
def test_a_rate_of_nothing_is_a_hold(typed):
    (finding,) = check_rate(
        Decimal(typed),
        pump=PUMP,
        final_mg_per_ml=Decimal("0.35"),
        weight_kg=Decimal(70),
        limits=LIMITS,
    )
    assert finding.severity is Severity.BLOCK
    assert "hold" in finding.message


@pytest.mark.parametrize("typed", ["999.1", "0.05", "150.05"])
def test_a_rate_the_pump_cannot_be_set_to_is_blocked(typed):
    assert rate(typed, mg_per_ml="0.01") == {"rate.beyond_pump": Severity.BLOCK}


@pytest.mark.parametrize("typed", ["0.1", "150.1", "999"])
def test_a_rate_on_the_pumps_grid_stands(typed):
    assert rate(typed, mg_per_ml="0.01") == {}


def test_a_rate_off_the_grid_names_its_neighbours():
    (finding,) = check_rate(
        Decimal("150.05"),
        pump=PUMP,
        final_mg_per_ml=Decimal("0.35"),
        weight_kg=Decimal(70),
        limits=LIMITS,
    )
    assert "150 or 150.1 mL/h can be set" in finding.message


def test_delivery_above_the_protocol_needs_a_reason():
    assert rate("180", mg_per_ml="0.5", weight="60") == {}  # 1.5 mg/min and mg/kg/h exactly
    assert rate("180.1", mg_per_ml="0.5", weight="60") == {
        "dose.fast": Severity.OVERRIDE,
        "dose.fast_by_weight": Severity.OVERRIDE,
    }
    assert rate("180.1", mg_per_ml="0.5", weight="61") == {"dose.fast": Severity.OVERRIDE}


def test_a_protocol_by_the_hour_holds_at_its_cap():
    # At 1 mg/mL, mL/h are mg/h: at most 0.35 mg/kg/h and 25 mg/h.
    limits = replace(LIMITS, max_mg_per_kg_per_h=Decimal("0.35"), max_mg_per_min=Decimal(25) / 60)
    assert rate("21", mg_per_ml="1", weight="60", limits=limits) == {}
    over_by_weight = rate("21.1", mg_per_ml="1", weight="60", limits=limits)
    assert over_by_weight == {"dose.fast_by_weight": Severity.OVERRIDE}
    assert rate("25", mg_per_ml="1", weight="72", limits=limits) == {}
    assert rate("25.1", mg_per_ml="1", weight="72", limits=limits) == {
        "dose.fast": Severity.OVERRIDE
    }


def test_ten_times_the_rate_is_taken_for_a_slip():
    assert rate("99.9", current="10") == {"rate.steep_rise": Severity.OVERRIDE}
    assert rate("100", current="10") == {"rate.ten_times": Severity.BLOCK}


def test_more_than_double_the_rate_needs_a_reason():
    assert rate("150", current="75") == {}
    assert rate("150.1", current="75") == {"rate.steep_rise": Severity.OVERRIDE}


def test_a_tenth_of_the_rate_is_noticed_but_never_refused():
    assert rate("15.1", current="150") == {}
    assert rate("15", current="150") == {"rate.tenth": Severity.NOTICE}


def test_the_drug_per_hour_typed_for_a_slower_rate_is_noticed_but_never_refused():
    for typed in ("49.5", "50", "50.5"):  # 50 mg/h run at 100 mL/h, within 1%
        assert rate(typed, current="100", mg_per_ml="0.5") == {"rate.mass": Severity.NOTICE}
    for typed in ("49.4", "50.6"):
        assert rate(typed, current="100", mg_per_ml="0.5") == {}
    assert rate("100", current="100", mg_per_ml="1") == {}


def test_the_rate_already_running_is_never_refused():
    assert rate("300", current="300") == {}
    assert set(rate("300.1", current="300")) == {"dose.fast", "dose.fast_by_weight"}


def test_small_figures_are_still_figures():
    assert rate("0.5", current="0.5", mg_per_ml="0.5", weight="0.5") == {}
    assert bolus("0.5", given="0.5", left="0.5", weight="9") == {}
    assert bolus("0.05", left="0", weight="0.5") == {"bolus.not_in_bag": Severity.BLOCK}


@given(
    current=st.decimals("0.2", "999", places=1),
    share=st.decimals("0", "1", places=3),
    mg_per_ml=st.decimals("0.05", "50", places=2),
    weight=st.decimals("30", "200", places=1),
)
def test_a_decrease_the_pump_can_be_set_to_is_never_refused(current, share, mg_per_ml, weight):
    lower = max((current * share).quantize(Decimal("0.1")), Decimal("0.1"))
    found = rate(str(lower), current=str(current), mg_per_ml=str(mg_per_ml), weight=str(weight))
    assert set(found.values()) <= {Severity.NOTICE}


@pytest.mark.parametrize(
    "broken", [{"mg_per_ml": "0"}, {"weight": "0"}, {"current": "0"}, {"current": "-1"}]
)
def test_a_rate_is_judged_only_against_figures_that_can_be(broken):
    with pytest.raises(ValueError, match="positive"):
        rate("150", **broken)


def test_the_published_bolus_stands():
    assert bolus("7.0", minutes="5", weight="70") == {}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("0", {"bolus.not_positive": Severity.BLOCK}),
        ("-1", {"bolus.not_positive": Severity.BLOCK}),
        ("7.1", {"bolus.high": Severity.OVERRIDE}),
        ("35", {"bolus.high": Severity.OVERRIDE}),
        ("35.1", {"bolus.too_high": Severity.BLOCK}),
    ],
)
def test_a_bolus_is_held_to_its_size(typed, expected):
    assert bolus(typed, minutes="30") == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ("0", {"bolus.quick": Severity.BLOCK}),
        ("0.99", {"bolus.quick": Severity.BLOCK}),
        ("1", {"bolus.fast": Severity.OVERRIDE}),
        ("4", {}),
        ("3.9", {"bolus.fast": Severity.OVERRIDE}),
    ],
)
def test_a_bolus_is_held_to_its_time(minutes, expected):
    assert bolus("6", minutes=minutes) == expected


@pytest.mark.parametrize(
    ("given_mg", "left", "weight", "expected"),
    [
        ("93", "7", "110", {}),
        ("93.1", "7", "110", {"bolus.visit_maximum": Severity.OVERRIDE}),
        ("63", "7", "70", {}),
        ("63.1", "7", "70", {"bolus.visit_maximum_by_weight": Severity.OVERRIDE}),
        ("0", "6.9", "70", {"bolus.not_in_bag": Severity.BLOCK}),
    ],
)
def test_a_bolus_is_held_to_the_visit_and_the_bag(given_mg, left, weight, expected):
    assert bolus("7", given=given_mg, left=left, weight=weight) == expected


def test_every_reason_against_a_bolus_is_given_at_once():
    assert set(bolus("90", minutes="0.5", given="40", left="20")) == {
        "bolus.too_high",
        "bolus.quick",
        "bolus.not_in_bag",
        "bolus.visit_maximum",
        "bolus.visit_maximum_by_weight",
    }


@pytest.mark.parametrize("broken", [{"weight": "0"}, {"given": "-1"}, {"left": "-1"}])
def test_a_bolus_is_judged_only_against_figures_that_can_be(broken):
    with pytest.raises(ValueError, match="positive"):
        bolus("5", **broken)
