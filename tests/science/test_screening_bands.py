"""In-session bands: the worst sign sets the level, and what was not seen is not green."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.findings import Severity
from ebbtide.science.screening.bands import BAND_PRESETS, BandLevel, BandLimits, judge_reading
from ebbtide.science.screening.thresholds import thresholds
from ebbtide.science.vitals.baseline import Baseline
from ebbtide.science.vitals.reading import Reading, Symptom

LIMITS = BandLimits()
# High enough that the rise over baseline never speaks before the fixed limits.
HIGH = Baseline(systolic_mmhg=Decimal(160), diastolic_mmhg=Decimal(100))
BASELINE = Baseline(systolic_mmhg=Decimal(128), diastolic_mmhg=Decimal(78))
WELL = Reading(
    systolic_mmhg=130,
    diastolic_mmhg=80,
    pulse_per_min=80,
    spo2_percent=98,
    resp_per_min=14,
    moaas=5,
    rass=0,
)
GREEN, AMBER, RED = BandLevel.GREEN, BandLevel.AMBER, BandLevel.RED


def judge(reading, *, baseline=BASELINE, previous=None):
    return judge_reading(reading, baseline=baseline, limits=LIMITS, previous=previous)


def codes(judgement):
    return [finding.code for finding in judgement.reasons]


def test_a_well_patient_is_green():
    judgement = judge(WELL)
    assert judgement.level is GREEN
    assert judgement.reasons == ()
    assert judgement.action == "Continue."
    assert judgement.is_confirmed


LADDER = [
    ("systolic_mmhg", [(79, RED), (80, AMBER), (89, AMBER), (90, GREEN), (159, GREEN),
                       (160, AMBER), (179, AMBER), (180, RED)]),
    ("diastolic_mmhg", [(39, RED), (40, AMBER), (49, AMBER), (50, GREEN), (99, GREEN),
                        (100, AMBER), (109, AMBER), (110, RED)]),
    ("pulse_per_min", [(44, RED), (45, AMBER), (49, AMBER), (50, GREEN), (110, GREEN),
                       (111, AMBER), (129, AMBER), (130, RED)]),
    ("spo2_percent", [(89, RED), (90, AMBER), (94, AMBER), (95, GREEN), (100, GREEN)]),
    ("resp_per_min", [(0, RED), (7, RED), (8, AMBER), (9, AMBER), (10, GREEN), (20, GREEN),
                      (21, AMBER), (30, AMBER), (31, RED)]),
    ("moaas", [(2, RED), (3, AMBER), (4, GREEN), (5, GREEN)]),
    ("rass", [(-3, RED), (-2, AMBER), (-1, GREEN), (1, GREEN), (2, AMBER), (3, RED)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [(field, value, expected) for field, steps in LADDER for value, expected in steps],
)
def test_each_sign_changes_band_at_its_limit(field, value, expected):
    judgement = judge(replace(WELL, **{field: value}), baseline=HIGH)
    assert judgement.level is expected
    assert [finding.field for finding in judgement.reasons] == (
        [] if expected is GREEN else [field]
    )
    severity = {AMBER: Severity.OVERRIDE, RED: Severity.BLOCK}
    assert all(finding.severity is severity[expected] for finding in judgement.reasons)


@pytest.mark.parametrize(
    ("systolic", "diastolic", "expected"),
    [
        (153, 93, []),  # baseline 128/78 plus 20% is 153.6/93.6
        (154, 93, ["band.systolic_rise"]),
        (153, 94, ["band.diastolic_rise"]),
        (160, 80, ["band.systolic_high", "band.systolic_rise"]),
    ],
)
def test_a_rise_of_more_than_a_fifth_over_baseline_is_amber(systolic, diastolic, expected):
    judgement = judge(replace(WELL, systolic_mmhg=systolic, diastolic_mmhg=diastolic))
    assert codes(judgement) == expected
    assert judgement.level is (AMBER if expected else GREEN)


def test_a_rise_of_exactly_a_fifth_is_green():
    baseline = Baseline(systolic_mmhg=Decimal(120), diastolic_mmhg=Decimal(75))
    assert judge(replace(WELL, systolic_mmhg=144), baseline=baseline).level is GREEN
    assert judge(replace(WELL, systolic_mmhg=145), baseline=baseline).level is AMBER


@pytest.mark.parametrize(
    ("preset", "diastolic", "expected"),
    [
        ("standard", 93, GREEN),
        ("standard", 94, AMBER),  # 78 mmHg plus 20% is 93.6
        ("rise-25", 97, GREEN),
        ("rise-25", 98, AMBER),  # 78 mmHg plus 25% is 97.5
    ],
)
def test_presets_move_the_rise_over_baseline_and_nothing_else(preset, diastolic, expected):
    limits = BAND_PRESETS[preset]
    reading = replace(WELL, diastolic_mmhg=diastolic)
    assert judge_reading(reading, baseline=BASELINE, limits=limits).level is expected
    assert replace(limits, max_rise_percent=LIMITS.max_rise_percent) == LIMITS


def test_on_oxygen_saturation_is_red_sooner():
    on_air = replace(WELL, spo2_percent=91)
    assert judge(on_air).level is AMBER
    on_oxygen = replace(on_air, oxygen_l_per_min=Decimal(2))
    judgement = judge(on_oxygen)
    assert judgement.level is RED
    assert "below 92% on oxygen" in judgement.reasons[0].message
    assert judge(replace(on_oxygen, spo2_percent=92)).level is AMBER
    assert judge(replace(on_air, oxygen_l_per_min=Decimal(0))).level is AMBER


@pytest.mark.parametrize("symptom", Symptom)
def test_a_symptom_sets_the_level_whatever_the_numbers_say(symptom):
    judgement = judge(replace(WELL, symptoms=(symptom,)))
    is_amber = symptom in (Symptom.MARKED_DISTRESS, Symptom.VOMITING)
    assert judgement.level is (AMBER if is_amber else RED)
    assert judgement.action == (LIMITS.amber_action if is_amber else LIMITS.red_action)
    assert codes(judgement) == [f"band.{symptom}"]


def test_a_symptom_a_protocol_leaves_out_sets_nothing():
    limits = replace(LIMITS, amber_symptoms=())
    reading = replace(WELL, symptoms=(Symptom.VOMITING,))
    assert judge_reading(reading, baseline=BASELINE, limits=limits).level is GREEN


def test_the_worst_sign_sets_the_level_and_comes_first():
    judgement = judge(replace(WELL, pulse_per_min=115, spo2_percent=88, resp_per_min=9))
    assert judgement.level is RED
    assert codes(judgement) == ["band.spo2_low", "band.pulse_high", "band.resp_low"]
    assert judgement.action == LIMITS.red_action


@pytest.mark.parametrize(
    "field", ["systolic_mmhg", "diastolic_mmhg", "pulse_per_min", "spo2_percent"]
)
def test_a_required_sign_not_measured_is_never_green(field):
    judgement = judge(replace(WELL, **{field: None}))
    assert judgement.level is BandLevel.INCOMPLETE
    assert [finding.severity for finding in judgement.reasons] == [Severity.NOTICE]
    assert judgement.action == "Measure what is missing."


def test_either_sedation_score_is_enough():
    assert judge(replace(WELL, moaas=None)).level is GREEN
    assert judge(replace(WELL, rass=None)).level is GREEN
    assert codes(judge(replace(WELL, moaas=None, rass=None))) == ["band.sedation_not_measured"]


def test_an_empty_reading_is_incomplete():
    assert judge(Reading()).level is BandLevel.INCOMPLETE
    assert len(judge(Reading()).reasons) == 5


def test_a_bad_sign_outranks_a_missing_one():
    judgement = judge(Reading(spo2_percent=88))
    assert judgement.level is RED
    assert len(judgement.reasons) == 5


def test_without_a_baseline_the_rise_is_said_not_to_be_judged():
    judgement = judge(WELL, baseline=Baseline())
    assert judgement.level is GREEN
    assert codes(judgement) == ["band.no_baseline"]


def test_a_first_high_pressure_is_repeated_before_acting():
    high = replace(WELL, systolic_mmhg=165)
    first = judge(high)
    assert (first.level, first.is_confirmed) == (AMBER, False)
    assert first.action == LIMITS.amber_repeat_action
    second = judge(high, previous=high)
    assert second.is_confirmed
    assert second.action == LIMITS.amber_action


def test_a_lone_very_high_pressure_is_held_and_repeated_then_stopped():
    high = replace(WELL, systolic_mmhg=185)
    lone = judge(high, previous=WELL)
    assert (lone.level, lone.is_confirmed) == (RED, False)
    assert lone.action == LIMITS.red_repeat_action
    assert judge(high, previous=replace(WELL, systolic_mmhg=175)).is_confirmed is False
    assert judge(high, previous=high).action == LIMITS.red_action
    assert judge(high, previous=replace(WELL, systolic_mmhg=None)).is_confirmed is False


def test_a_high_pressure_with_a_symptom_is_acted_on_at_once():
    with_pain = replace(WELL, systolic_mmhg=185, symptoms=(Symptom.CHEST_PAIN,))
    assert judge(with_pain).action == LIMITS.red_action
    with_vomiting = replace(WELL, systolic_mmhg=185, symptoms=(Symptom.VOMITING,))
    assert judge(with_vomiting).action == LIMITS.red_action


def test_an_unconfirmed_red_still_says_what_a_confirmed_amber_asks():
    judgement = judge(replace(WELL, systolic_mmhg=185, spo2_percent=93))
    assert judgement.action == f"{LIMITS.red_repeat_action} {LIMITS.amber_action}"


def test_low_values_are_acted_on_at_once():
    assert judge(replace(WELL, systolic_mmhg=75)).action == LIMITS.red_action
    assert judge(replace(WELL, pulse_per_min=44)).action == LIMITS.red_action
    assert judge(replace(WELL, pulse_per_min=48)).action == LIMITS.amber_action


def test_a_fast_pulse_is_confirmed_only_before_stopping():
    assert judge(replace(WELL, pulse_per_min=115)).action == LIMITS.amber_action
    fast = replace(WELL, pulse_per_min=135)
    assert judge(fast).action == LIMITS.red_repeat_action
    assert judge(fast, previous=fast).action == LIMITS.red_action


def test_a_rise_is_confirmed_by_a_rise_before_it():
    risen = replace(WELL, systolic_mmhg=155)
    assert judge(risen).action == LIMITS.amber_repeat_action
    assert judge(risen, previous=risen).action == LIMITS.amber_action
    assert judge(risen, previous=WELL).action == LIMITS.amber_repeat_action


def test_limits_of_unknown_or_doubled_signs_are_refused():
    limit = thresholds("spo2_percent", danger_below="90")
    with pytest.raises(ValueError, match="two sets"):
        BandLimits(thresholds=(limit, limit))
    with pytest.raises(ValueError, match="not a sign"):
        BandLimits(required=("mood",))


readings = st.builds(
    Reading,
    systolic_mmhg=st.none() | st.integers(40, 270),
    diastolic_mmhg=st.none() | st.integers(10, 225),
    pulse_per_min=st.none() | st.integers(10, 350),
    spo2_percent=st.none() | st.integers(1, 100),
    resp_per_min=st.none() | st.integers(0, 150),
    moaas=st.none() | st.integers(0, 5),
    rass=st.none() | st.integers(-5, 4),
    symptoms=st.lists(st.sampled_from(Symptom), max_size=2, unique=True).map(tuple),
)


@given(readings, st.none() | readings)
def test_the_level_is_that_of_the_worst_reason(reading, previous):
    judgement = judge(reading, previous=previous)
    severities = {finding.severity for finding in judgement.reasons}
    if Severity.BLOCK in severities:
        assert judgement.level is RED
    elif Severity.OVERRIDE in severities:
        assert judgement.level is AMBER
    else:
        assert judgement.level in (GREEN, BandLevel.INCOMPLETE)
    assert (judgement.level is GREEN) == (not severities)


ORDER = list(BandLevel)


@given(readings, st.integers(40, 270))
def test_measuring_one_sign_more_never_hides_a_bad_one(reading, systolic):
    before = judge(replace(reading, systolic_mmhg=None))
    after = judge(replace(reading, systolic_mmhg=systolic))
    if before.level in (AMBER, RED):
        assert ORDER.index(after.level) >= ORDER.index(before.level)
