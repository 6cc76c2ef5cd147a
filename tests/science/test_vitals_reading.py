"""A typed set of signs is doubted at each bound; blank is never zero."""

from dataclasses import fields
from decimal import Decimal

import pytest

from ebbtide.science.findings import Severity
from ebbtide.science.vitals.baseline import Baseline, baseline_of, percent_over
from ebbtide.science.vitals.reading import MEASURES, Reading, Symptom, check_reading, value_of


def codes(**values):
    return {
        (finding.code, finding.field): finding.severity
        for finding in check_reading(Reading(**values))
    }


def test_an_ordinary_set_has_nothing_against_it():
    assert codes(
        systolic_mmhg=128, diastolic_mmhg=78, mean_mmhg=95, pulse_per_min=72, spo2_percent=98,
        oxygen_l_per_min=Decimal(0), resp_per_min=14, temperature_c=Decimal("36.8"),
        moaas=5, rass=0, phantom_pain_nrs=6, residual_limb_pain_nrs=0,
    ) == {}  # fmt: skip


def test_an_empty_set_is_blocked_but_a_symptom_alone_is_a_reading():
    assert codes() == {("reading.empty", ""): Severity.BLOCK}
    assert codes(symptoms=(Symptom.VOMITING,)) == {}


BOUNDS = {
    "pulse_per_min": (10, 350),
    "spo2_percent": (1, 100),
    "oxygen_l_per_min": (0, 60),
    "resp_per_min": (0, 150),
    "temperature_c": (20, 45),
    "mean_mmhg": (20, 235),
    "moaas": (0, 5),
    "rass": (-5, 4),
    "phantom_pain_nrs": (0, 10),
    "residual_limb_pain_nrs": (0, 10),
}


@pytest.mark.parametrize("field", BOUNDS)
def test_each_sign_is_held_to_its_range(field):
    for end, past in zip(BOUNDS[field], (BOUNDS[field][0] - 1, BOUNDS[field][1] + 1), strict=True):
        assert Severity.BLOCK not in codes(**{field: end}).values()
        assert codes(**{field: past}) == {("reading.out_of_range", field): Severity.BLOCK}


def test_half_a_saturation_needs_a_reason():
    assert codes(spo2_percent=30) == {}
    assert codes(spo2_percent=29) == {("reading.unlikely", "spo2_percent"): Severity.OVERRIDE}
    assert codes(spo2_percent=9) == {("reading.unlikely", "spo2_percent"): Severity.OVERRIDE}


@pytest.mark.parametrize(
    ("systolic", "diastolic", "flagged"),
    [
        (270, 225, set()),
        (271, 225, {"systolic_mmhg"}),
        (270, 226, {"diastolic_mmhg"}),
        (40, 10, set()),
        (39, 10, {"systolic_mmhg"}),
        (40, 9, {"diastolic_mmhg"}),
    ],
)
def test_pressures_are_held_to_their_ranges(systolic, diastolic, flagged):
    found = codes(systolic_mmhg=systolic, diastolic_mmhg=diastolic)
    assert set(found) == {("reading.out_of_range", field) for field in flagged}


def test_every_measured_field_has_a_range():
    assert {field.name for field in fields(Reading)} - {"symptoms"} == set(MEASURES)


def test_no_breath_is_a_reading_but_a_pulse_of_nothing_is_not():
    assert codes(resp_per_min=0) == {}
    assert codes(pulse_per_min=0) == {("reading.out_of_range", "pulse_per_min"): Severity.BLOCK}


def test_swapped_pressures_are_named():
    (finding,) = check_reading(Reading(systolic_mmhg=80, diastolic_mmhg=120))
    assert finding.severity is Severity.BLOCK
    assert finding.message == "80/120 looks swapped: 120/80 mmHg?"


def test_a_narrow_pulse_pressure_needs_a_reason():
    assert codes(systolic_mmhg=100, diastolic_mmhg=90) == {}
    assert codes(systolic_mmhg=99, diastolic_mmhg=90) == {
        ("reading.narrow", "diastolic_mmhg"): Severity.OVERRIDE
    }
    assert ("reading.narrow", "diastolic_mmhg") in codes(systolic_mmhg=90, diastolic_mmhg=90)


@pytest.mark.parametrize(("mean", "is_odd"), [(120, True), (119, False), (81, False), (80, True)])
def test_the_mean_lies_between_the_pressures(mean, is_odd):
    found = codes(systolic_mmhg=120, diastolic_mmhg=80, mean_mmhg=mean)
    assert found == ({("reading.mean", "mean_mmhg"): Severity.OVERRIDE} if is_odd else {})


def test_half_a_pressure_is_blocked_at_the_missing_half():
    assert codes(systolic_mmhg=120) == {("reading.half_pressure", "diastolic_mmhg"): Severity.BLOCK}
    assert codes(diastolic_mmhg=80) == {("reading.half_pressure", "systolic_mmhg"): Severity.BLOCK}


def test_fahrenheit_is_recognised():
    (finding,) = check_reading(Reading(temperature_c=Decimal("98.6")))
    assert finding.message == "98.6 looks like Fahrenheit: 98.6 °F = 37 °C."
    for fahrenheit, is_named in ((67, False), (68, True), (113, True), (114, False)):
        (finding,) = check_reading(Reading(temperature_c=Decimal(fahrenheit)))
        assert ("Fahrenheit" in finding.message) is is_named
    (plain,) = check_reading(Reading(temperature_c=Decimal(200)))
    assert plain.message == "Temperature 200 °C is outside 20 to 45 °C."


def test_all_doubts_are_given_at_once():
    assert len(codes(systolic_mmhg=80, diastolic_mmhg=120, pulse_per_min=0, spo2_percent=101)) == 3


def test_every_symptom_has_words():
    assert Symptom.CHEST_PAIN.label == "Chest pain"
    assert all(symptom.label for symptom in Symptom)


def test_the_baseline_averages_what_was_measured_and_nothing_else():
    readings = (
        Reading(systolic_mmhg=130, diastolic_mmhg=80, pulse_per_min=70),
        Reading(systolic_mmhg=127, diastolic_mmhg=77),
        Reading(spo2_percent=97),
    )
    assert baseline_of(readings) == Baseline(
        systolic_mmhg=Decimal("128.5"),
        diastolic_mmhg=Decimal("78.5"),
        pulse_per_min=Decimal(70),
        spo2_percent=Decimal(97),
    )
    assert baseline_of(()) == Baseline()


def test_a_baseline_is_positive():
    with pytest.raises(ValueError, match="positive"):
        Baseline(systolic_mmhg=Decimal(0))


def test_percent_over_is_signed():
    assert percent_over(Decimal(120), Decimal(100)) == 20
    assert percent_over(Decimal(80), Decimal(100)) == -20


def test_zero_is_a_value_and_blank_is_none():
    assert value_of(Reading(phantom_pain_nrs=0), "phantom_pain_nrs") == 0
    assert value_of(Reading(), "phantom_pain_nrs") is None
