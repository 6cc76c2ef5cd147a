import math
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ebbtide.science.patient.body import Unrest, VirtualPatient, expected
from ebbtide.science.patient.coefficients import COEFFICIENTS, Coefficient, Spread
from ebbtide.science.patient.draw import (
    DrawnPatient,
    Sex,
    band_shares,
    draw_virtual_patient,
    nausea_incidence,
)
from ebbtide.science.pk.models import Provenance
from ebbtide.science.screening.bands import BAND_PRESETS, BandLevel

BIBLIOGRAPHY = Path(__file__).parents[2] / "docs" / "references.bib"
ONLY_DRAWN = {"systolic_mmhg_per_year", "systolic_mmhg_if_female", "pulse_per_min_if_female"}


@pytest.fixture(scope="module")
def crowd():
    rng = np.random.default_rng(20)
    patients = [draw_virtual_patient(rng) for _ in range(1500)]
    return SimpleNamespace(
        patients=patients,
        of=lambda name: np.array([getattr(one.body, name) for one in patients]),
    )


# The table of coefficients


def test_every_figure_of_the_patient_stands_in_the_table():
    figures = {}
    for field in fields(VirtualPatient):
        if isinstance(field.default, Unrest):
            figures[f"{field.name}.sd"] = field.default.sd
            figures[f"{field.name}.memory_s"] = field.default.memory_s
        elif field.name != "parameters":
            figures[field.name] = field.default
    assert figures == {
        name: one.value for name, one in COEFFICIENTS.items() if name not in ONLY_DRAWN
    }


def test_every_coefficient_names_a_source_that_exists_and_says_what_it_is():
    keys = BIBLIOGRAPHY.read_text(encoding="utf-8")
    for name, one in COEFFICIENTS.items():
        assert f"{{{one.source}," in keys, name
        assert one.meaning, name
        assert (one.spread is Spread.NONE) == (one.width == 0), name
        assert one.least <= one.value <= one.most, name


def test_what_nobody_measured_is_illustrative_and_what_somebody_did_is_not():
    assert COEFFICIENTS["nausea_from_ng_per_ml"].is_illustrative
    assert COEFFICIENTS["spo2_percent_per_ng_per_ml"].is_illustrative
    assert not COEFFICIENTS["systolic_mmhg_per_ng_per_ml"].is_illustrative
    assert all(
        one.source == "ebbtide" or not one.is_illustrative or name == "pressor_from_ng_per_ml"
        for name, one in COEFFICIENTS.items()
    )


@pytest.mark.parametrize("spread", [Spread.MEDIAN, Spread.LOGISTIC])
def test_the_middle_of_a_log_spread_is_the_value(spread):
    one = Coefficient(value=10.0, unit="", meaning="x", spread=spread, width=0.5)
    assert one.drawn(0.0) == pytest.approx(10.0)
    assert one.drawn(-1.0) * one.drawn(1.0) == pytest.approx(100.0)
    assert one.drawn(1.0) > 10.0


def test_the_middle_of_an_even_spread_is_the_value_and_no_spread_is_none():
    even = Coefficient(value=10.0, unit="", meaning="x", spread=Spread.NORMAL, width=0.5)
    assert [even.drawn(z) for z in (-1.0, 0.0, 1.0)] == [9.5, 10.0, 10.5]
    assert Coefficient(value=10.0, unit="", meaning="x").drawn(3.0) == 10.0


def test_spreads_have_the_width_they_state():
    normal = np.random.default_rng(3).standard_normal(200_000)
    for spread in (Spread.MEDIAN, Spread.MEAN):
        one = Coefficient(value=10.0, unit="", meaning="x", spread=spread, width=0.6)
        drawn = np.array([one.drawn(z) for z in normal])
        assert drawn.std() / drawn.mean() == pytest.approx(0.6, rel=0.02)
        middle = np.median(drawn) if spread is Spread.MEDIAN else drawn.mean()
        assert middle == pytest.approx(10.0, rel=0.01)
    logistic = COEFFICIENTS["nausea_from_ng_per_ml"]
    drawn = np.array([logistic.drawn(z) for z in normal])
    for level in (100.0, 228.69, 350.0, 700.0):
        assert (drawn < level).mean() == pytest.approx(nausea_incidence(level), abs=0.004)


def test_nobody_is_drawn_beyond_the_ends():
    one = COEFFICIENTS["spo2_percent"]
    assert (one.drawn(-50.0), one.drawn(50.0)) == (94.0, 99.5)


# Drawing


def test_the_same_state_gives_the_same_patient_and_another_another():
    first, again, other = (draw_virtual_patient(np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_what_is_given_is_kept_and_the_rest_is_the_same_patient():
    free = draw_virtual_patient(np.random.default_rng(5))
    heavy = draw_virtual_patient(
        np.random.default_rng(5), weight_kg=110.0, age_years=50.0, sex=Sex.MALE
    )
    assert (heavy.weight_kg, heavy.age_years, heavy.sex) == (110.0, 50.0, Sex.MALE)
    assert heavy.body.cadss_per_ng_per_ml == free.body.cadss_per_ng_per_ml
    ratio = heavy.body.parameters.v1_l / free.body.parameters.v1_l
    assert ratio == pytest.approx(110.0 / free.weight_kg)


def test_age_and_sex_move_the_resting_values():
    def rest(age_years, sex):
        return draw_virtual_patient(
            np.random.default_rng(8), weight_kg=70.0, age_years=age_years, sex=sex
        ).body

    young, old, woman = rest(45.0, Sex.MALE), rest(65.0, Sex.MALE), rest(45.0, Sex.FEMALE)
    assert old.systolic_mmhg - young.systolic_mmhg == pytest.approx(6.0)
    assert woman.systolic_mmhg - young.systolic_mmhg == pytest.approx(-4.0)
    assert woman.pulse_per_min - young.pulse_per_min == pytest.approx(3.0)


def test_patients_differ_as_the_table_says(crowd):
    log_dissociation = np.log(crowd.of("cadss_per_ng_per_ml"))
    assert math.exp(np.median(log_dissociation)) == pytest.approx(0.055, rel=0.06)
    assert log_dissociation.std() == pytest.approx(math.sqrt(math.log(1.36)), rel=0.06)
    rises = crowd.of("systolic_mmhg_per_ng_per_ml") * (228.69 - 40.0)
    assert rises.mean() == pytest.approx(16.0, rel=0.06)
    lag = crowd.of("ke0_half_life_min")
    assert np.median(lag) == pytest.approx(6.1, rel=0.06)
    share = (crowd.of("nausea_from_ng_per_ml") < 228.69).mean()
    assert share == pytest.approx(nausea_incidence(228.69), abs=0.035)
    assert {one.sex for one in crowd.patients} == {Sex.FEMALE, Sex.MALE}


def test_who_rises_in_one_rises_in_all(crowd):
    systolic, diastolic, pulse = (
        crowd.of(name)
        for name in (
            "systolic_mmhg_per_ng_per_ml",
            "diastolic_mmhg_per_ng_per_ml",
            "pulse_per_min_per_ng_per_ml",
        )
    )
    assert np.corrcoef(systolic, diastolic)[0, 1] == pytest.approx(1.0)
    assert np.corrcoef(systolic, pulse)[0, 1] == pytest.approx(1.0)


@pytest.mark.parametrize(("weight_kg", "age_years"), [(20.0, 40.0), (70.0, 5.0)])
def test_a_patient_outside_the_model_is_refused(weight_kg, age_years):
    with pytest.raises(ValueError, match="for kamp2020"):
        draw_virtual_patient(np.random.default_rng(1), weight_kg=weight_kg, age_years=age_years)


# Nausea and bands over many


def test_nausea_comes_with_the_level_from_none_to_half():
    assert nausea_incidence(0.0) == 0.0
    assert nausea_incidence(350.0) == 0.5
    assert nausea_incidence(228.69) == pytest.approx(0.257, abs=0.001)


@pytest.mark.parametrize("level", [-1.0, math.nan, math.inf])
def test_nausea_at_no_level_is_refused(level):
    with pytest.raises(ValueError, match="effect_ng_per_ml"):
        nausea_incidence(level)


def test_half_a_mg_per_kg_takes_about_as_many_out_of_green_as_was_seen(crowd):
    shares = band_shares(crowd.patients[:400], dose_mg_per_kg=0.5, over_min=40.0)
    assert sum(shares.values()) == pytest.approx(1.0)
    assert 0.10 < shares[BandLevel.AMBER] < 0.40  # about a third of 205 infusions
    assert shares[BandLevel.RED] < 0.05
    assert shares[BandLevel.INCOMPLETE] == 0.0


def test_more_drug_or_a_shorter_time_takes_more_out_of_green(crowd):
    few = crowd.patients[:200]
    green = [
        band_shares(few, dose_mg_per_kg=dose, over_min=minutes)[BandLevel.GREEN]
        for dose, minutes in ((0.5, 60.0), (0.5, 40.0), (0.5, 10.0), (1.0, 10.0))
    ]
    assert green == sorted(green, reverse=True)
    assert green[0] > green[-1] + 0.5


def test_another_preset_counts_differently(crowd):
    few = crowd.patients[:200]
    usual, wider = (
        band_shares(few, dose_mg_per_kg=0.5, over_min=40.0, limits=BAND_PRESETS[name])
        for name in ("standard", "rise-25")
    )
    assert wider[BandLevel.GREEN] > usual[BandLevel.GREEN]


def test_one_patient_is_in_the_band_that_the_signs_say():
    typical = DrawnPatient(body=VirtualPatient(), weight_kg=70.0, age_years=45.0, sex=Sex.MALE)
    assert band_shares([typical], dose_mg_per_kg=0.5, over_min=40.0)[BandLevel.GREEN] == 1.0
    top = expected(typical.body, plasma_ng_per_ml=253.0, effect_ng_per_ml=457.4)
    assert 100 <= top.diastolic_mmhg < 110
    assert band_shares([typical], dose_mg_per_kg=1.0, over_min=40.0)[BandLevel.AMBER] == 1.0


def test_shares_of_nobody_or_of_no_dose_are_refused(crowd):
    with pytest.raises(ValueError, match="patients"):
        band_shares([], dose_mg_per_kg=0.5, over_min=40.0)
    for bad in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="dose_mg_per_kg"):
            band_shares(crowd.patients[:1], dose_mg_per_kg=bad, over_min=40.0)
        with pytest.raises(ValueError, match="over_min"):
            band_shares(crowd.patients[:1], dose_mg_per_kg=0.5, over_min=bad)


def test_a_provenance_is_told_for_the_width_too():
    assert COEFFICIENTS["waking_ng_per_ml"].width_provenance is Provenance.FOUND
    assert COEFFICIENTS["nausea_from_ng_per_ml"].width_provenance is Provenance.CHOSEN
