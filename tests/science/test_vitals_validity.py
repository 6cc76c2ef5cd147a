"""A sentinel is never a value, an impossible number is never charted, a cuff keeps its shape."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.vitals.validity import Quality, Quantity, judge_cuff, judge_value

SENTINELS = [
    None, "", "   ", 0, "0", "0.0", 0.0, -0.0, -1, -100, "-100", -32768, 32767, "32767", 65535,
    2147483647, -2147483648, 0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801, 0x7FFFFF, 0x800000, 0x7FFFFE,
    0x800002, math.nan, "nan", "NaN", math.inf, -math.inf, "inf", "Infinity", "X", "leads off",
    "no finger", "searching", "98 %", "1_0", "9 8", "98,5", "٩٨", "--", "1e", ".",
]  # fmt: skip


@pytest.mark.parametrize("quantity", Quantity)
@pytest.mark.parametrize("raw", SENTINELS, ids=repr)
def test_a_sentinel_is_no_reading_for_any_quantity(quantity, raw):
    assert judge_value(quantity, raw) == (None, Quality.NO_READING)


@pytest.mark.parametrize("quantity", Quantity)
def test_the_range_includes_its_ends_and_nothing_past_them(quantity):
    for end, past in ((quantity.low, quantity.low - 0.5), (quantity.high, quantity.high + 0.5)):
        assert judge_value(quantity, end) == (end, Quality.OK)
        assert judge_value(quantity, past) == (past, Quality.OUT_OF_RANGE)


@pytest.mark.parametrize(
    ("quantity", "low", "high", "unit"),
    [
        (Quantity.SPO2, 1, 100, "%"),
        (Quantity.PULSE, 10, 350, "/min"),
        (Quantity.RESP, 1, 150, "/min"),
        (Quantity.SYSTOLIC, 40, 270, "mmHg"),
        (Quantity.DIASTOLIC, 10, 225, "mmHg"),
        (Quantity.MEAN, 20, 235, "mmHg"),
        (Quantity.CO2, 1, 150, "mmHg"),
        (Quantity.ETCO2, 1, 150, "mmHg"),
        (Quantity.TEMPERATURE, 20, 45, "°C"),
    ],
)
def test_every_quantity_has_its_range_and_unit(quantity, low, high, unit):
    assert (quantity.low, quantity.high, quantity.unit) == (low, high, unit)
    assert quantity.label


@pytest.mark.parametrize(
    ("raw", "value"),
    [("98", 98), (" 44.8 ", 44.8), ("+97", 97), ("9.7e1", 97), ("97.", 97), (".5e2", 50)],
)
def test_numbers_in_text_are_read(raw, value):
    assert judge_value(Quantity.SPO2, raw) == (value, Quality.OK)


@given(st.sampled_from(Quantity), st.none() | st.floats() | st.text() | st.integers().map(str))
def test_a_value_is_given_as_ok_only_within_its_range(quantity, raw):
    value, quality = judge_value(quantity, raw)
    assert (value is None) == (quality is Quality.NO_READING)
    if quality is Quality.OK:
        assert quantity.low <= value <= quantity.high


@pytest.mark.parametrize(
    ("raw", "quality"),
    [
        ((120, 80, 93), Quality.OK),
        ((90, 80, 85), Quality.OK),
        ((89, 80, 85), Quality.SUSPECT),
        ((80, 120, 93), Quality.SUSPECT),
        ((120, 80, 120), Quality.SUSPECT),
        ((120, 80, 80), Quality.SUSPECT),
        ((120, 80, 119), Quality.OK),
        ((271, 80, 93), Quality.OUT_OF_RANGE),
        ((120, 9, 93), Quality.OUT_OF_RANGE),
        ((120, 80, 236), Quality.OUT_OF_RANGE),
        ((0, 80, 93), Quality.NO_READING),
        ((120, "", 93), Quality.NO_READING),
        ((None, None, None), Quality.NO_READING),
    ],
)
def test_a_cuff_reading_is_judged_whole(raw, quality):
    cuff = judge_cuff(*raw)
    assert cuff.quality is quality
    assert not cuff.is_mean_derived


def test_a_missing_mean_is_derived_and_said_to_be():
    cuff = judge_cuff("120", "81", "0")
    assert (cuff.systolic_mmhg, cuff.diastolic_mmhg, cuff.mean_mmhg) == (120, 81, 94)
    assert cuff.quality is Quality.OK
    assert cuff.is_mean_derived
    suspect = judge_cuff(85, 80, None)
    assert suspect.quality is Quality.SUSPECT
    assert suspect.mean_mmhg is None


def test_sentinels_of_the_real_recordings_are_no_readings(shared_data):
    rows = (shared_data / "sedation" / "P003.csv").read_text(encoding="utf-8").splitlines()[1:]
    zeros = [row for row in rows if row.split(",")[2].strip() == "0"]
    assert zeros
    assert {judge_value(Quantity.SPO2, row.split(",")[2])[1] for row in zeros} == {
        Quality.NO_READING
    }
