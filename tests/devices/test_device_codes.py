from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.devices.code_units import (
    UNITS,
    co2_mmhg_from_percent,
    kept_value,
    mmhg_from_kpa,
    unit_named,
)
from ebbtide.devices.codes import (
    BY_NUMBER,
    BY_REFID,
    CODES,
    LABELS,
    PHILIPS,
    PRIVATE,
    Why,
    look_up,
)
from ebbtide.science.vitals.validity import Quantity

SPO2 = BY_NUMBER[150456]
ETCO2 = BY_NUMBER[151708]
SYSTOLIC = BY_NUMBER[150021]
TEMPERATURE = BY_NUMBER[150344]
TIME = BY_NUMBER[157996]


def test_no_number_and_no_name_stands_twice():
    assert len(BY_NUMBER) == len(CODES)
    assert len(BY_REFID) == sum(1 for code in CODES if code.refid)


def test_philips_numbers_are_the_standards_in_another_spelling():
    near = {"0002-4822": 149538}
    for spelling, number in PRIVATE[PHILIPS].items():
        partition, term = spelling.split("-")
        assert int(partition, 16) * 65536 + int(term, 16) == near.get(spelling, number)


def test_philips_units_are_the_standards_in_another_spelling():
    for unit in UNITS:
        if unit.philips:
            partition, term = unit.philips.split("-")
            assert int(partition, 16) * 65536 + int(term, 16) == unit.number


def test_every_private_number_means_a_known_code():
    assert all(number in BY_NUMBER for table in PRIVATE.values() for number in table.values())


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        (("150456", "MDC_PULS_OXIM_SAT_O2", "MDC"), 150456),
        ((" 150456 ", "mdc_puls_oxim_sat_o2", "mdc"), 150456),
        (("0002-4bb8", "SpO2", "MDIL"), 150456),
        (("0002-4bb8", "", "MDIL"), 150456),
        (("160", "SpO2", "MINDRAY"), 150456),
        (("151", "RR", "MINDRAY"), 151562),
        (("327680", "SPO2_SPO2", "EHC"), 150456),
        (("393217", "NIBP_DIA", "EHC"), 150022),
        (("ECG_HR", "dev/HR", "VITAL"), 147842),
    ],
)
def test_a_code_is_found_in_each_spelling(sent, number):
    assert look_up(*sent) == (BY_NUMBER[number], "")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (("150457", "MDC_PULS_OXIM_SAT_O2", "MDC"), Why.DISAGREE),
        (("150456", "MDC_CONC_AWAY_CO2_ET", "MDC"), Why.DISAGREE),
        (("149522", "MDC_PULS_RATE", "MDC"), Why.DISAGREE),
        (("150031", "MDC_PRESS_CUFF_SYS", "MDC"), Why.DISAGREE),
        (("1500212", "MDC_PRESS_BLD_NONINV_SYS", "MDC"), Why.DISAGREE),
        (("0002-4bb8", "Pulse", "MDIL"), Why.DISAGREE),
        (("161", "SpO2", "MINDRAY"), Why.DISAGREE),
        (("160", "MDC_TEMP", "MINDRAY"), Why.DISAGREE),
        (("150456", "", "MDC"), Why.NO_NAME),
        (("", "MDC_PULS_OXIM_SAT_O2", "MDC"), Why.NO_NUMBER),
        (("150033", "MDC_PRESS_BLD_ART_SYS", "MDC"), Why.UNKNOWN),
        (("151650", "ANY", "MDC"), Why.UNKNOWN),
        (("999", "X", "MINDRAY"), Why.UNKNOWN),
        (("\u0661\u0662", "X", "MDC"), Why.UNKNOWN),
        (("2708-6", "SpO2", "LN"), Why.SYSTEM),
        (("", "", ""), Why.SYSTEM),
    ],
)
def test_what_is_unknown_or_disagrees_stays_unmapped(sent, why):
    assert look_up(*sent) == (None, why)


@given(st.text(), st.text(), st.sampled_from(["MDC", *PRIVATE, "LN"]))
def test_no_code_is_taken_by_half(number, name, system):
    code, why = look_up(number, name, system)
    assert (code is None) == bool(why)


@given(st.sampled_from(CODES), st.sampled_from(CODES))
def test_only_the_own_name_fits_a_number(one, other):
    code, _ = look_up(str(one.number), other.refid, "MDC")
    assert code == (one if one is other and one.refid else None)


def test_labels_of_two_quantities_do_not_overlap():
    everything = [label for labels in LABELS.values() for label in labels]
    assert len(everything) == len(set(everything))


@pytest.mark.parametrize(
    ("identifier", "name", "ucum"),
    [
        ("266016", "MDC_DIM_MMHG", "mm[Hg]"),
        ("mm[Hg]", "mm[Hg]", "mm[Hg]"),
        ("0004-0f20", "mmHg", "mm[Hg]"),
        ("mmHg", "Unit", "mm[Hg]"),
        ("kPa", "", "kPa"),
        ("/min", "/min", "/min"),
        ("{beat}/min", "", "/min"),
        ("266560", "MDC_DIM_FAHR", "[degF]"),
        ("", "", ""),
        ("furlong", "", None),
        ("266016", "kPa", None),
    ],
)
def test_units_are_known_by_each_spelling(identifier, name, ucum):
    assert unit_named(identifier, name) == ucum


@pytest.mark.parametrize(
    ("code", "value", "unit", "kept"),
    [
        (SYSTOLIC, "120", "mm[Hg]", "120"),
        (SYSTOLIC, "16", "kPa", "120.00992"),
        (SYSTOLIC, "120", "", None),
        (SYSTOLIC, "12", "%", None),
        (TEMPERATURE, "98.6", "[degF]", "37.0"),
        (TEMPERATURE, "98.6", "", None),
        (ETCO2, "5", "%", "38"),
        (ETCO2, "5", "kPa", "37.5031"),
        (ETCO2, "5", "", None),
        (BY_NUMBER[151716], "5", "%", None),
        (SPO2, "97", "", "97"),
        (SPO2, "97", "mm[Hg]", None),
        (TIME, "40", "min", "2400"),
    ],
)
def test_a_value_is_kept_in_its_codes_unit_or_not_at_all(code, value, unit, kept):
    assert kept_value(code, Decimal(value), unit) == (None if kept is None else Decimal(kept))


def test_a_device_that_never_says_units_may_be_assumed_to_mean_one():
    assert kept_value(SYSTOLIC, Decimal(120), "", assumes_unit="mm[Hg]") == 120
    assert kept_value(SYSTOLIC, Decimal(16), "kPa", assumes_unit="mm[Hg]") == Decimal("120.00992")


def test_pressures_are_turned_at_the_stated_factors():
    assert mmhg_from_kpa(Decimal(1)) == Decimal("7.50062")
    assert co2_mmhg_from_percent(Decimal(1)) == Decimal("7.6")
    assert co2_mmhg_from_percent(Decimal(5), barometric_mmhg=Decimal(640)) == 32


def test_every_unit_of_the_table_is_a_known_one():
    known = {unit.ucum for unit in UNITS}
    assert {code.unit for code in CODES} - {""} <= known
    assert {code.quantity for code in CODES} - {None} == set(Quantity) - {Quantity.CO2}
