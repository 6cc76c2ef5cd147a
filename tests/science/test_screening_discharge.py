"""Going home: the score for the limbs a patient has, and every reason to stay."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ebbtide.science.findings import Severity
from ebbtide.science.screening.discharge import (
    Aldrete,
    DischargeCheck,
    DischargeLimits,
    Escort,
    activity_score,
    circulation_score,
    discharge_gate,
    saturation_score,
)
from ebbtide.science.vitals.baseline import Baseline
from ebbtide.science.vitals.reading import Reading

LIMITS = DischargeLimits()
ITEMS = ("oriented", "line_out")
BASELINE = Baseline(
    systolic_mmhg=Decimal(120),
    diastolic_mmhg=Decimal(75),
    pulse_per_min=Decimal(70),
    spo2_percent=Decimal(98),
)
SET = Reading(
    systolic_mmhg=128,
    diastolic_mmhg=78,
    pulse_per_min=72,
    spo2_percent=97,
    oxygen_l_per_min=Decimal(0),
    resp_per_min=14,
    moaas=5,
    rass=0,
)
ESCORT = Escort(name="Ada Example (synthetic)", is_adult=True, is_present=True)
READY = DischargeCheck(
    readings=(SET, SET),
    aldrete=Aldrete.of((2, 2, 2, 2, 2)),
    minutes_from_start=Decimal(120),
    minutes_from_end=Decimal(80),
    cadss6=1,
    cadss6_before=0,
    answers={"oriented": True, "line_out": True},
    escort=ESCORT,
)


def leave(check=READY, *, baseline=BASELINE, limits=LIMITS, **changes):
    found = discharge_gate(replace(check, **changes), baseline=baseline, items=ITEMS, limits=limits)
    return {(finding.code.removeprefix("discharge."), finding.severity) for finding in found}


def with_set(**changes):
    return {"readings": (SET, replace(SET, **changes))}


def blocked(*reasons):
    return {(reason, Severity.BLOCK) for reason in reasons}


def overridable(*reasons):
    return {(reason, Severity.OVERRIDE) for reason in reasons}


def test_a_patient_who_meets_everything_may_go():
    assert leave() == set()


@pytest.mark.parametrize(
    ("moving", "present", "score"),
    [
        (4, 4, 2), (3, 4, 1), (2, 4, 1), (1, 4, 0), (0, 4, 0),
        (3, 3, 2), (2, 3, 1), (1, 3, 0), (0, 3, 0),
        (2, 2, 2), (1, 2, 1), (0, 2, 0),
        (1, 1, 2), (0, 1, 0),
    ],
)  # fmt: skip
def test_activity_is_scored_for_the_limbs_the_patient_has(moving, present, score):
    assert activity_score(limbs_moving=moving, limbs_present=present) == score


@pytest.mark.parametrize(("moving", "present"), [(0, 0), (1, 5), (3, 2), (-1, 4)])
def test_limbs_that_cannot_be_counted_so_are_refused(moving, present):
    with pytest.raises(ValueError, match="limbs"):
        activity_score(limbs_moving=moving, limbs_present=present)


@pytest.mark.parametrize(
    ("systolic", "score"),
    [(120, 2), (144, 2), (96, 2), (145, 1), (95, 1), (180, 1), (60, 1), (181, 0), (59, 0)],
)
def test_circulation_is_scored_against_baseline(systolic, score):
    assert circulation_score(systolic, baseline_mmhg=Decimal(120)) == score


@pytest.mark.parametrize(
    ("spo2", "oxygen", "score"),
    [(93, 0, 2), (92, 0, 1), (91, 0, 1), (90, 0, 0), (99, 2, 1), (91, 2, 1), (90, 2, 0)],
)
def test_saturation_is_scored_with_its_oxygen(spo2, oxygen, score):
    assert saturation_score(spo2, oxygen_l_per_min=Decimal(oxygen)) == score


@pytest.mark.parametrize("items", [(3, 2, 2, 2, 2), (2, 2, 2, 2, -1), (2, 2, 2, 2)])
def test_an_aldrete_item_off_the_scale_is_refused(items):
    with pytest.raises(ValueError):
        Aldrete.of(items)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ((2, 2, 2, 2, 1), set()),
        ((2, 2, 2, 1, 1), blocked("aldrete_low")),
        ((0, 2, 2, 2, 2), blocked("aldrete_low", "aldrete_zero")),
    ],
)
def test_nine_points_are_needed_and_no_zero(items, expected):
    score = Aldrete.of(items)
    assert score.total == sum(items)
    assert leave(aldrete=score) == expected


def test_a_zero_holds_even_where_the_total_would_do():
    assert leave(aldrete=Aldrete.of((2, 2, 2, 2, 0)), limits=replace(LIMITS, min_aldrete=8)) == (
        blocked("aldrete_zero")
    )


def test_a_missing_score_is_a_reason():
    assert leave(aldrete=None) == blocked("aldrete_missing")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"minutes_from_start": Decimal("119.9")}, overridable("observation")),
        ({"minutes_from_end": Decimal(30)}, set()),
        ({"minutes_from_end": Decimal("29.9")}, overridable("observation")),
        ({"minutes_from_start": None}, blocked("observation_unknown")),
        ({"minutes_from_end": None}, blocked("observation_unknown")),
        ({"readings": (SET,)}, blocked("recovery_sets")),
    ],
)
def test_observation_lasts_as_long_as_the_protocol_says(changes, expected):
    assert leave(**changes) == expected


def test_minutes_are_never_shown_as_more_than_they_are():
    early = replace(READY, minutes_from_start=Decimal("119.9"))
    (finding,) = discharge_gate(early, baseline=BASELINE, items=ITEMS, limits=LIMITS)
    assert finding.message.startswith("119 min since the start; 120 min")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"systolic_mmhg": 144}, set()),
        ({"systolic_mmhg": 145}, overridable("pressure")),
        ({"diastolic_mmhg": 90}, set()),
        ({"diastolic_mmhg": 91}, overridable("pressure")),
        ({"systolic_mmhg": None}, blocked("systolic_not_measured")),
        ({"diastolic_mmhg": None}, blocked("diastolic_not_measured")),
        ({"spo2_percent": 96}, set()),
        ({"spo2_percent": 95}, blocked("saturation")),
        ({"spo2_percent": None}, blocked("spo2_not_measured")),
        ({"oxygen_l_per_min": Decimal(1)}, blocked("on_oxygen")),
        ({"oxygen_l_per_min": None}, set()),
        ({"moaas": 4}, blocked("sedation")),
        ({"rass": -1}, blocked("sedation")),
        ({"rass": 1}, blocked("sedation")),
        ({"moaas": None}, set()),
        ({"rass": None}, set()),
        ({"moaas": None, "rass": None}, blocked("sedation_not_measured")),
    ],
)
def test_the_newest_recovery_set_is_held_to_the_limits(changes, expected):
    assert leave(**with_set(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "is_held"),
    [
        ({"systolic_mmhg": 159}, False),
        ({"systolic_mmhg": 160}, True),
        ({"diastolic_mmhg": 99}, False),
        ({"diastolic_mmhg": 100}, True),
    ],
)
def test_pressure_stays_under_the_fixed_limit_too(changes, is_held):
    high = replace(BASELINE, systolic_mmhg=Decimal(150), diastolic_mmhg=Decimal(95))
    expected = overridable("pressure") if is_held else set()
    assert leave(baseline=high, **with_set(**changes)) == expected


def test_without_a_baseline_a_prescriber_decides():
    assert leave(baseline=Baseline()) == overridable("no_baseline")


def test_without_readings_everything_measured_is_missing():
    assert leave(readings=()) == blocked(
        "recovery_sets",
        "systolic_not_measured",
        "diastolic_not_measured",
        "spo2_not_measured",
        "sedation_not_measured",
    )


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (None, 0, blocked("cadss6_missing")),
        (2, None, set()),
        (3, None, overridable("no_baseline")),
        (3, 1, set()),
        (4, 1, blocked("cadss6")),
    ],
)
def test_dissociation_is_near_baseline(now, before, expected):
    assert leave(cadss6=now, cadss6_before=before) == expected


def test_every_item_is_answered_yes():
    assert leave(answers={"oriented": False}) == blocked("oriented_no", "line_out_missing")


@pytest.mark.parametrize(
    ("escort", "expected"),
    [
        (None, blocked("escort_missing")),
        (replace(ESCORT, name="  "), blocked("escort_missing")),
        (replace(ESCORT, is_adult=False), blocked("escort_minor")),
        (replace(ESCORT, is_adult=None), blocked("escort_minor")),
        (replace(ESCORT, is_present=False), blocked("escort_absent")),
        (replace(ESCORT, is_present=None), blocked("escort_absent")),
        (replace(ESCORT, is_driver_alone=True), blocked("escort_driver")),
    ],
)
def test_the_escort_is_named_adult_present_and_stays(escort, expected):
    assert leave(escort=escort) == expected


def test_the_protocol_says_what_may_be_overridden():
    limits = replace(LIMITS, overridable=())
    assert leave(limits=limits, **with_set(systolic_mmhg=150)) == blocked("pressure")


def test_all_reasons_are_given_at_once():
    nothing = DischargeCheck(
        readings=(),
        aldrete=None,
        minutes_from_start=None,
        minutes_from_end=None,
        cadss6=None,
        cadss6_before=None,
        answers={},
        escort=None,
    )
    found = discharge_gate(nothing, baseline=Baseline(), items=ITEMS, limits=LIMITS)
    assert len(found) == 12
