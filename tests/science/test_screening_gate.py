"""The start gate: each limit at it and one step past, every reason, nothing taken for granted."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ebbtide.science.findings import Severity
from ebbtide.science.screening.gate import (
    GATE_PRESETS,
    GateLevel,
    GateLimits,
    gate_level,
    start_gate,
)
from ebbtide.science.screening.thresholds import Step, Thresholds, thresholds
from ebbtide.science.vitals.baseline import Baseline
from ebbtide.science.vitals.reading import Reading, Symptom

WELL = Reading(
    systolic_mmhg=128,
    diastolic_mmhg=78,
    pulse_per_min=72,
    spo2_percent=98,
    oxygen_l_per_min=Decimal(0),
    resp_per_min=14,
    temperature_c=Decimal("36.8"),
    moaas=5,
    rass=0,
)
LIMITS = GateLimits()


def gate(*readings, limits=LIMITS, usual=None):
    found = start_gate(readings, limits=limits, usual=usual)
    return {finding.code: finding.severity for finding in found}


def level(*readings, limits=LIMITS):
    return gate_level(start_gate(readings, limits=limits))


def test_a_well_patient_may_start():
    assert gate(WELL) == {}
    assert level(WELL) is GateLevel.START


START, RECHECK, HOLD = GateLevel.START, GateLevel.RECHECK, GateLevel.HOLD
LADDER = [
    ("systolic_mmhg", [(79, HOLD), (80, RECHECK), (89, RECHECK), (90, START), (140, START),
                       (141, RECHECK), (159, RECHECK), (160, HOLD)]),
    ("diastolic_mmhg", [(39, HOLD), (40, RECHECK), (49, RECHECK), (50, START), (90, START),
                        (91, RECHECK), (99, RECHECK), (100, HOLD)]),
    ("pulse_per_min", [(44, HOLD), (45, RECHECK), (49, RECHECK), (50, START), (100, START),
                       (101, RECHECK), (110, RECHECK), (111, HOLD)]),
    ("spo2_percent", [(91, HOLD), (92, RECHECK), (94, RECHECK), (95, START), (100, START)]),
    ("resp_per_min", [(0, HOLD), (7, HOLD), (8, RECHECK), (9, RECHECK), (10, START), (20, START),
                      (21, RECHECK), (24, RECHECK), (25, HOLD)]),
    ("temperature_c", [("37.9", START), ("38.0", RECHECK), ("38.4", RECHECK), ("38.5", HOLD)]),
    ("moaas", [(0, HOLD), (4, HOLD), (5, START)]),
    ("rass", [(-5, HOLD), (-2, HOLD), (-1, RECHECK), (0, START), (1, RECHECK), (2, HOLD)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [(field, value, expected) for field, steps in LADDER for value, expected in steps],
)
def test_each_sign_starts_rechecks_or_holds_at_its_limit(field, value, expected):
    value = Decimal(value) if isinstance(value, str) else value
    assert level(replace(WELL, **{field: value})) is expected


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("systolic_mmhg", "gate.systolic_not_measured"),
        ("diastolic_mmhg", "gate.diastolic_not_measured"),
        ("pulse_per_min", "gate.pulse_not_measured"),
        ("spo2_percent", "gate.spo2_not_measured"),
        ("resp_per_min", "gate.resp_not_measured"),
        ("temperature_c", "gate.temperature_not_measured"),
    ],
)
def test_a_sign_that_was_not_measured_blocks_by_name(field, code):
    reading = replace(WELL, **{field: None})
    assert gate(reading) == {code: Severity.BLOCK}
    assert level(reading) is GateLevel.INCOMPLETE


@pytest.mark.parametrize("missing", ["moaas", "rass"])
def test_either_sedation_score_is_enough(missing):
    assert gate(replace(WELL, **{missing: None})) == {}


def test_no_sedation_score_blocks_once():
    assert gate(replace(WELL, moaas=None, rass=None)) == {
        "gate.sedation_not_measured": Severity.BLOCK
    }


def test_nothing_measured_names_everything():
    assert len(gate()) == 7
    assert level() is GateLevel.INCOMPLETE
    assert gate() == gate(Reading())


def test_a_gate_without_sedation_does_not_ask_for_it():
    limits = replace(LIMITS, thresholds=(thresholds("spo2_percent", danger_below="92"),))
    assert gate(Reading(spo2_percent=92), limits=limits) == {}


def test_all_reasons_are_given_at_once():
    found = gate(Reading(systolic_mmhg=165, diastolic_mmhg=95, pulse_per_min=115, spo2_percent=93))
    assert found == {
        "gate.systolic_hold": Severity.BLOCK,
        "gate.diastolic_recheck": Severity.OVERRIDE,
        "gate.pulse_hold": Severity.BLOCK,
        "gate.spo2_recheck": Severity.OVERRIDE,
        "gate.resp_not_measured": Severity.BLOCK,
        "gate.temperature_not_measured": Severity.BLOCK,
        "gate.sedation_not_measured": Severity.BLOCK,
    }


def test_the_newest_value_decides_and_signs_may_come_from_different_sets():
    first = replace(WELL, systolic_mmhg=150)
    assert level(first, Reading(systolic_mmhg=138, diastolic_mmhg=80)) is GateLevel.START


@pytest.mark.parametrize(("count", "done"), [(1, 0), (2, 1), (3, 2), (5, 2)])
def test_rechecks_are_counted(count, done):
    (finding,) = start_gate([replace(WELL, systolic_mmhg=150)] * count, limits=LIMITS)
    assert f"({done} of 2 rechecks done)" in finding.message
    assert "150 mmHg" in finding.message
    assert "141 mmHg or more" in finding.message


def test_an_earlier_hold_that_settled_still_needs_the_prescriber():
    high = replace(WELL, systolic_mmhg=165)
    assert gate(high, high, WELL) == {"gate.systolic_earlier_hold": Severity.OVERRIDE}
    assert gate(high, replace(WELL, systolic_mmhg=150)) == {
        "gate.systolic_recheck": Severity.OVERRIDE,
        "gate.systolic_earlier_hold": Severity.OVERRIDE,
    }


def test_saturation_on_oxygen_is_not_room_air():
    assert gate(replace(WELL, oxygen_l_per_min=Decimal(2))) == {
        "gate.spo2_on_oxygen": Severity.OVERRIDE
    }
    assert gate(replace(WELL, oxygen_l_per_min=None)) == {}


@pytest.mark.parametrize("symptom", LIMITS.hold_symptoms)
def test_a_symptom_holds_whatever_the_numbers_say(symptom):
    assert gate(replace(WELL, symptoms=(symptom,))) == {f"gate.{symptom}": Severity.BLOCK}
    assert level(replace(WELL, symptoms=(symptom,))) is GateLevel.HOLD


def test_a_symptom_that_does_not_hold_is_left_to_the_checklist():
    assert gate(replace(WELL, symptoms=(Symptom.VOMITING,))) == {}


def test_hold_outranks_a_missing_sign():
    assert level(replace(WELL, systolic_mmhg=170, spo2_percent=None)) is GateLevel.HOLD


@pytest.mark.parametrize(
    ("preset", "systolic", "expected"),
    [
        ("standard", 141, RECHECK),
        ("strict-140-90", 140, START),
        ("strict-140-90", 141, HOLD),
        ("150-90", 150, START),
        ("150-90", 151, RECHECK),
        ("150-90", 160, HOLD),
        ("150-90", 159, RECHECK),
        ("160-100-approved", 140, START),
        ("160-100-approved", 141, RECHECK),
        ("160-100-approved", 160, RECHECK),
        ("160-100-approved", 161, HOLD),
    ],
)
def test_presets_move_the_pressure_limits(preset, systolic, expected):
    reading = replace(WELL, systolic_mmhg=systolic)
    assert level(reading, limits=GATE_PRESETS[preset]) is expected


@pytest.mark.parametrize(
    ("preset", "diastolic", "expected"),
    [
        ("strict-140-90", 90, START),
        ("strict-140-90", 91, HOLD),
        ("150-90", 90, START),
        ("150-90", 91, RECHECK),
        ("150-90", 100, HOLD),
        ("160-100-approved", 90, START),
        ("160-100-approved", 91, RECHECK),
        ("160-100-approved", 100, RECHECK),
        ("160-100-approved", 101, HOLD),
    ],
)
def test_presets_move_the_diastolic_limits(preset, diastolic, expected):
    reading = replace(WELL, diastolic_mmhg=diastolic)
    assert level(reading, limits=GATE_PRESETS[preset]) is expected


@pytest.mark.parametrize("preset", GATE_PRESETS)
def test_presets_move_nothing_but_pressure(preset):
    others = GATE_PRESETS[preset].thresholds[2:]
    assert others == LIMITS.thresholds[2:]


@pytest.mark.parametrize(
    ("preset", "systolic", "diastolic", "expected"),
    [
        ("rise-20", 132, 84, set()),
        ("rise-20", 133, 84, {"gate.systolic_rise"}),
        ("rise-20", 132, 85, {"gate.diastolic_rise"}),
        ("rise-25", 137, 87, set()),
        ("rise-25", 138, 88, {"gate.systolic_rise", "gate.diastolic_rise"}),
    ],
)
def test_presets_by_percent_hold_pressure_to_the_usual_one(preset, systolic, diastolic, expected):
    usual = Baseline(systolic_mmhg=Decimal(110), diastolic_mmhg=Decimal(70))
    reading = replace(WELL, systolic_mmhg=systolic, diastolic_mmhg=diastolic)
    found = gate(reading, limits=GATE_PRESETS[preset], usual=usual)
    assert found == dict.fromkeys(expected, Severity.OVERRIDE)


@pytest.mark.parametrize("usual", [None, Baseline()])
def test_presets_by_percent_ask_for_the_usual_pressure(usual):
    found = gate(WELL, limits=GATE_PRESETS["rise-20"], usual=usual)
    assert set(found) == {"gate.systolic_usual_unknown", "gate.diastolic_usual_unknown"}


def test_presets_by_percent_without_a_pressure_say_only_that_it_is_missing():
    usual = Baseline(systolic_mmhg=Decimal(110), diastolic_mmhg=Decimal(70))
    reading = replace(WELL, systolic_mmhg=None)
    assert set(gate(reading, limits=GATE_PRESETS["rise-20"], usual=usual)) == {
        "gate.systolic_not_measured"
    }


def test_every_finding_names_its_item():
    for finding in start_gate([], limits=LIMITS):
        assert finding.source == f"gate.{finding.field}"


def test_a_sign_with_two_sets_of_limits_is_refused():
    limit = thresholds("spo2_percent", danger_below="92")
    with pytest.raises(ValueError, match="two sets"):
        GateLimits(thresholds=(limit, limit))


def test_thresholds_of_an_unknown_sign_or_out_of_order_are_refused():
    with pytest.raises(ValueError, match="not a sign"):
        Thresholds(field="mood")
    with pytest.raises(ValueError, match="out of order"):
        thresholds("pulse_per_min", danger_below="50", caution_below="45")


def test_a_value_within_no_limits_breaches_nothing():
    assert thresholds("pulse_per_min").breach(Decimal(300)) is None
    high = thresholds("pulse_per_min", danger_from="130").breach(Decimal(130))
    assert (high.step, high.is_high, high.bound) == (Step.DANGER, True, "130 /min or more")
