from dataclasses import replace

import numpy as np
import pytest

from ebbtide.science.pk.catalogue import MODELS
from ebbtide.science.pk.models import Covariates, individual
from ebbtide.science.population.people import (
    ADULTS,
    Spread,
    draw_people,
    typical_parameters,
)

KAMP = MODELS["kamp2020"]
SEVENTY = Covariates(weight_kg=70.0, age_years=45.0)


def people(model=KAMP, *, patients=1000, seed=1, **changes):
    return draw_people(model, patients=patients, rng=np.random.default_rng(seed), **changes)


def log_cv(values):
    return np.sqrt(np.expm1(np.log(values).var()))


def test_drawn_patients_spread_as_the_borrowed_figures_say():
    drawn = people(patients=40_000, who=SEVENTY).parameters
    for name, cv in {
        "v1": 0.27,
        "cl": 0.20,
        "v2": 0.30,
        "v3": 0.30,
        "q2": 0.20,
        "q3": 0.20,
    }.items():
        assert log_cv(drawn[name]) == pytest.approx(cv, rel=0.015)
        assert np.median(drawn[name]) == pytest.approx(KAMP.parameters[name].value, rel=0.01)
    logs = np.log([drawn["v1"], drawn["cl"]])
    assert np.corrcoef(logs)[0, 1] == pytest.approx(0.48, abs=0.02)


def test_a_model_with_its_own_variability_uses_it():
    drawn = people(MODELS["otto2021"], patients=40_000, who=SEVENTY)
    logs = np.log([drawn.parameters["v1"], drawn.parameters["cl"]])
    assert np.cov(logs) == pytest.approx(np.array([[0.0842, 0.0226], [0.0226, 0.0260]]), rel=0.04)
    assert (drawn.parameters["q2"] == 23.2).all()
    assert any("Otto 2021" in note for note in drawn.notes)


def test_another_variability_replaces_the_models_own():
    wide = replace(
        KAMP.variability, covariance={("cl", "cl"): 0.0862}, basis="Wider on enzyme modifiers."
    )
    drawn = people(patients=40_000, who=SEVENTY, variability=wide)
    assert log_cv(drawn.parameters["cl"]) == pytest.approx(0.30, rel=0.015)
    assert (drawn.parameters["v1"] == 25.0).all()
    assert "Spread between patients: Wider on enzyme modifiers." in drawn.notes


def test_a_model_of_which_no_spread_is_known_says_so_and_varies_by_covariates_alone():
    drawn = people(MODELS["domino1984"])
    assert any("No spread between patients is known" in note for note in drawn.notes)
    assert drawn.parameters["v1"] == pytest.approx(4.41 * drawn.covariates["weight_kg"] / 70)


def test_the_effect_site_lag_spreads_by_the_stated_assumption():
    drawn = people(patients=40_000, ke0_half_life_min=11.8)
    assert np.log(2) / np.median(drawn.ke0_per_min) == pytest.approx(11.8, rel=0.01)
    assert log_cv(drawn.ke0_per_min) == pytest.approx(0.40, rel=0.015)
    assert any("40 %, an assumption" in note for note in drawn.notes)


def test_a_cohort_is_as_it_says():
    found = people(patients=20_000).covariates
    assert found["is_female"].mean() == pytest.approx(0.5, abs=0.015)
    assert found["age_years"].min() >= 18
    assert found["age_years"].max() <= 80
    women = found["is_female"] == 1
    assert np.median(found["height_cm"][women]) == pytest.approx(163, rel=0.01)
    assert np.median(found["height_cm"][~women]) == pytest.approx(176, rel=0.01)
    bmi = found["weight_kg"] / (found["height_cm"] / 100) ** 2
    assert np.median(bmi) == pytest.approx(27, rel=0.01)
    assert bmi.min() >= 16 - 1e-9
    assert bmi.max() <= 50 + 1e-9
    assert found["height_cm"][women].max() <= 195


def test_only_those_are_drawn_whom_the_model_was_made_for():
    found = people(MODELS["simons2022"]).covariates
    assert len(found["weight_kg"]) == 1000
    assert found["weight_kg"].min() >= 53
    assert found["weight_kg"].max() <= 93
    assert found["age_years"].max() <= 32


def test_with_a_reason_others_are_drawn_too_and_the_reason_is_told():
    drawn = people(MODELS["simons2022"], override="teaching")
    assert drawn.covariates["age_years"].max() > 32
    assert "Outside studied ranges: teaching" in drawn.notes


def test_a_cohort_of_whom_nobody_fits_is_refused():
    with pytest.raises(ValueError, match=r"who must hold patients of .* for flint2017"):
        people(MODELS["flint2017"], patients=5)


def test_one_patients_covariates_hold_for_all():
    drawn = people(patients=3, who=SEVENTY)
    assert drawn.covariates["weight_kg"].tolist() == [70.0] * 3
    assert drawn.covariates["age_years"].tolist() == [45.0] * 3
    assert "age_years" not in people(patients=3, who=Covariates(weight_kg=70.0)).covariates


def test_one_patient_outside_the_studied_range_is_refused_or_noted():
    heavy = Covariates(weight_kg=250.0)
    with pytest.raises(ValueError, match="weight_kg must be 30 to 200 kg"):
        people(who=heavy)
    assert any("asked for" in note for note in people(who=heavy, override="asked for").notes)


@pytest.mark.parametrize("name", MODELS)
def test_typical_parameters_of_many_are_those_of_each(name):
    model = MODELS[name]
    weights = np.linspace(model.weight_kg.least, model.weight_kg.most, 4)
    ages = np.linspace(model.age_years.least, model.age_years.most, 4)
    found = typical_parameters(model, {"weight_kg": weights, "age_years": ages})
    for number, (weight, age) in enumerate(zip(weights, ages, strict=True)):
        alone = individual(model, Covariates(weight_kg=float(weight), age_years=float(age)))
        assert {key: values[number] for key, values in found.items()} == pytest.approx(alone)


def test_the_first_of_many_are_the_same_patients():
    drawn = people(patients=10)
    some = drawn.first(4)
    assert (some.covariates["weight_kg"] == drawn.covariates["weight_kg"][:4]).all()
    assert (some.parameters["cl"] == drawn.parameters["cl"][:4]).all()
    assert (some.ke0_per_min == drawn.ke0_per_min[:4]).all()


@pytest.mark.parametrize("patients", [0, -1])
def test_no_patients_are_refused(patients):
    with pytest.raises(ValueError, match="patients must be at least 1"):
        people(patients=patients)


@pytest.mark.parametrize(
    ("field", "value"),
    [("median", 0.0), ("cv", float("nan")), ("least", -1.0), ("most", float("inf"))],
)
def test_a_spread_of_impossible_figures_is_refused(field, value):
    good = {"median": 1.0, "cv": 0.1, "least": 0.5, "most": 2.0}
    with pytest.raises(ValueError, match=f"{field} must be a finite number above 0"):
        Spread(**(good | {field: value}))


@pytest.mark.parametrize("median", [0.4, 2.1])
def test_a_median_outside_the_ends_is_refused(median):
    with pytest.raises(ValueError, match=r"median must be 0\.5 to 2"):
        Spread(median=median, cv=0.1, least=0.5, most=2.0)


@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_a_share_of_more_than_all_is_refused(share):
    with pytest.raises(ValueError, match="female_share must be 0 to 1"):
        replace(ADULTS, female_share=share)
