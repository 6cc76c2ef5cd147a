from decimal import Decimal

import pytest

from ebbtide.devices.nurse import frame_from_reading
from ebbtide.devices.sources import Sample
from ebbtide.science.vitals.reading import Reading
from ebbtide.science.vitals.validity import Quality, Quantity


def by_quantity(reading):
    return {s.quantity: (s.value, s.quality) for s in frame_from_reading(reading).samples}


def test_every_vital_sign_of_a_reading_becomes_a_sample():
    reading = Reading(
        systolic_mmhg=128,
        diastolic_mmhg=80,
        mean_mmhg=96,
        pulse_per_min=72,
        spo2_percent=98,
        resp_per_min=14,
        temperature_c=Decimal("36.6"),
        phantom_pain_nrs=4,
    )
    assert by_quantity(reading) == {
        Quantity.SPO2: (98, Quality.OK),
        Quantity.PULSE: (72, Quality.OK),
        Quantity.RESP: (14, Quality.OK),
        Quantity.TEMPERATURE: (36.6, Quality.OK),
        Quantity.SYSTOLIC: (128, Quality.OK),
        Quantity.DIASTOLIC: (80, Quality.OK),
        Quantity.MEAN: (96, Quality.OK),
    }


def test_what_was_not_measured_is_absent():
    assert frame_from_reading(Reading(phantom_pain_nrs=0)).samples == ()
    assert frame_from_reading(Reading(spo2_percent=97)).samples == (
        Sample(Quantity.SPO2, 97.0, Quality.OK),
    )


def test_no_mean_is_made_up_for_a_pressure_typed_without_one():
    assert set(by_quantity(Reading(systolic_mmhg=120, diastolic_mmhg=80))) == {
        Quantity.SYSTOLIC,
        Quantity.DIASTOLIC,
    }


@pytest.mark.parametrize(
    ("reading", "quality"),
    [
        (Reading(spo2_percent=0), Quality.NO_READING),
        (Reading(pulse_per_min=400), Quality.OUT_OF_RANGE),
        (Reading(systolic_mmhg=84, diastolic_mmhg=80), Quality.SUSPECT),
        (Reading(systolic_mmhg=120), Quality.NO_READING),
    ],
)
def test_a_typed_number_is_judged_as_a_device_s_would_be(reading, quality):
    assert {found for _, found in by_quantity(reading).values()} == {quality}


def test_no_breaths_typed_is_apnoea_and_not_a_missing_value():
    assert by_quantity(Reading(resp_per_min=0)) == {Quantity.RESP: (0, Quality.OK)}
