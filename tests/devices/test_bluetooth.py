from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.devices.bluetooth import (
    BLOOD_PRESSURE,
    HEART_RATE,
    OXIMETER_CONTINUOUS,
    OXIMETER_SPOT,
    BloodPressure,
    HeartRate,
    Oximetry,
    decode,
    sfloat,
)
from ebbtide.devices.errors import DeviceError
from ebbtide.devices.sources import Sample
from ebbtide.science.vitals.validity import Quality, Quantity


def decoded(characteristic, text):
    return decode(characteristic, bytes.fromhex(text))


def test_a_whole_cuff_reading_is_decoded():
    reading = decoded(BLOOD_PRESSURE, "16 7800 5000 5D00 EA070B160A0000 4800 0000")
    assert reading == BloodPressure(
        systolic_mmhg=120,
        diastolic_mmhg=80,
        mean_mmhg=93,
        pulse_per_min=72,
        device_at=datetime(2026, 11, 22, 10),  # noqa: DTZ001 - as the device's
        status=0,
    )
    assert [(s.quantity, s.value, s.quality) for s in reading.samples] == [
        (Quantity.SYSTOLIC, 120, Quality.OK),
        (Quantity.DIASTOLIC, 80, Quality.OK),
        (Quantity.MEAN, 93, Quality.OK),
        (Quantity.PULSE, 72, Quality.OK),
    ]


def test_a_cuff_that_failed_gives_no_number():
    reading = decoded(BLOOD_PRESSURE, "04 FF07 FF07 FF07 FF07")
    assert reading == BloodPressure(systolic_mmhg=None, diastolic_mmhg=None, mean_mmhg=None)
    assert {sample.quality for sample in reading.samples} == {Quality.NO_READING}


def test_kilopascals_users_and_status_are_read():
    reading = decoded(BLOOD_PRESSURE, "19 A0F0 6AF0 7CF0 02 0400")
    assert reading.systolic_mmhg == pytest.approx(16.0 * 7.50062)
    assert reading.diastolic_mmhg == pytest.approx(10.6 * 7.50062)
    assert (reading.user, reading.status) == (2, 4)
    assert reading.pulse_per_min is None


def test_a_date_that_is_not_known_is_none():
    reading = decoded(BLOOD_PRESSURE, "02 7800 5000 5D00 00000000000000")
    assert reading.device_at is None


@pytest.mark.parametrize("characteristic", [OXIMETER_CONTINUOUS, OXIMETER_SPOT])
@pytest.mark.parametrize(
    ("text", "spo2", "pulse"),
    [("00 6100 4800", 97, 72), ("00 CFF3 4800", 97.5, 72), ("00 FF07 FF07", None, None)],
)
def test_an_oximeter_is_decoded(characteristic, text, spo2, pulse):
    reading = decoded(characteristic, text)
    assert reading == Oximetry(spo2_percent=spo2, pulse_per_min=pulse)
    quality = Quality.OK if spo2 else Quality.NO_READING
    assert {sample.quality for sample in reading.samples} == {quality}


def test_a_spot_reading_may_carry_its_time():
    reading = decoded(OXIMETER_SPOT, "01 6100 4800 EA070B160A0000")
    assert reading.device_at == datetime(2026, 11, 22, 10)  # noqa: DTZ001 - as the device's


@pytest.mark.parametrize(
    ("text", "rate", "has_contact"),
    [
        ("00 48", 72, None),
        ("01 4800", 72, None),
        ("06 48", 72, True),
        ("04 48", 72, False),
        ("16 48 0004", 72, True),
    ],
)
def test_a_heart_rate_is_decoded(text, rate, has_contact):
    assert decoded(HEART_RATE, text) == HeartRate(rate_per_min=rate, has_contact=has_contact)


def test_a_strap_that_feels_no_skin_has_no_reading():
    assert decoded(HEART_RATE, "04 48").samples == (
        Sample(Quantity.PULSE, None, Quality.NO_READING),
    )


@pytest.mark.parametrize("special", [0x07FE, 0x07FF, 0x0800, 0x0801, 0x0802])
def test_special_floats_are_no_numbers(special):
    assert sfloat(special) is None


@pytest.mark.parametrize(
    ("raw", "value"),
    [(0x0000, 0), (0x07FD, 2045), (0x0803, -2045), (0xF3CF, 97.5), (0x1001, 10), (0x8001, 1e-8)],
)
def test_floats_have_a_sign_and_an_exponent(raw, value):
    assert sfloat(raw) == value


KNOWN = [BLOOD_PRESSURE, OXIMETER_SPOT, OXIMETER_CONTINUOUS, HEART_RATE]


@given(st.sampled_from(KNOWN), st.binary(max_size=24))
def test_no_payload_raises_anything_but_the_readers_own_error(characteristic, payload):
    try:
        reading = decode(characteristic, payload)
    except DeviceError:
        return
    assert all(
        sample.value is None or sample.value > 0 or sample.quality is not Quality.OK
        for sample in reading.samples
    )


@pytest.mark.parametrize("payload", [b"", b"\x16\x78\x00\x50", bytes(6)])
def test_a_value_shorter_than_its_flags_promise_is_named(payload):
    with pytest.raises(DeviceError) as caught:
        decode(BLOOD_PRESSURE, payload)
    assert caught.value.code == "bluetooth.short"


def test_a_characteristic_that_is_not_read_is_named():
    with pytest.raises(DeviceError, match="0x2A19") as caught:
        decode(0x2A19, b"\x50")
    assert caught.value.code == "bluetooth.unknown"
    assert caught.value.permanent
