"""Ways in which ketamine programs have gone wrong, each held shut by name.

docs/validation/traps.md lists them all with the tests that hold them, these and others.
"""

import numpy as np
import pytest

from ebbtide.science.pk.catalogue import MODELS, model_named
from ebbtide.science.pk.compartments import system_for
from ebbtide.science.pk.effect import EFFECT_SITES
from ebbtide.science.pk.exposure import auc_ng_h_per_ml, noncompartmental
from ebbtide.science.pk.models import Covariates, Enantiomer, Site
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.pk.simulate import enantiomer_half, simulate

ADULT = Covariates(weight_kg=70.0, age_years=25.0)
INFUSION = PumpHistory(segments=(Segment(0.0, 40.0, 52.5),))
TIMES = np.arange(0.0, 1440.0, 10.0)
OF_S = [name for name, model in MODELS.items() if model.enantiomer is Enantiomer.S]


def level(name, *, at_min=40.0, given=None, **options):
    model = model_named(name)
    found = simulate(
        model,
        covariates=ADULT,
        history=INFUSION,
        times_min=[at_min],
        given=given or model.enantiomer,
        **options,
    )
    return found.plasma_ng_per_ml[0]


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_every_model_and_every_simulation_says_where_the_blood_is(model):
    child = Covariates(weight_kg=20.0, age_years=6.0)
    found = simulate(
        model,
        covariates=ADULT if model.age_years.holds(25.0) else child,
        history=INFUSION,
        times_min=[40.0],
        given=model.enantiomer,
    )
    assert found.site is model.site
    assert model.site is not Site.UNSTATED or any("not known" in note for note in found.notes)


def test_a_venous_level_of_an_arterial_model_is_lower_while_it_runs_and_says_what_it_is():
    found = simulate(
        model_named("kamp2020"),
        covariates=ADULT,
        history=INFUSION,
        times_min=[40.0, 300.0],
        site=Site.VENOUS,
    )
    assert found.plasma_ng_per_ml[0] == pytest.approx(0.8556 * level("kamp2020"), rel=1e-3)
    assert found.plasma_ng_per_ml[1] > level("kamp2020", at_min=300.0)
    assert found.site is Site.VENOUS
    assert any("approximation" in note for note in found.notes)


def test_an_arterial_level_is_never_made_up_from_a_venous_model():
    with pytest.raises(ValueError, match="site must be venous for otto2021, not arterial"):
        level("otto2021", site=Site.ARTERIAL)


@pytest.mark.parametrize("name", OF_S)
def test_a_model_of_one_enantiomer_refuses_a_racemic_dose_and_is_given_half(name):
    with pytest.raises(ValueError, match=f"given must be S for {name}, not racemic"):
        level(name, given=Enantiomer.RACEMIC)
    half = enantiomer_half(PumpHistory(segments=INFUSION.segments, boluses=(Bolus(50.0, 4.0),)))
    assert [one.rate_mg_per_h for one in half.segments] == [26.25]
    assert [one.dose_mg for one in half.boluses] == [2.0]


def test_a_racemic_model_refuses_a_dose_of_s_ketamine():
    with pytest.raises(ValueError, match="given must be racemic for kamp2020, not S"):
        level("kamp2020", given=Enantiomer.S)


def test_norketamine_weighs_less_than_the_ketamine_it_was():
    """All ketamine becomes norketamine here: areas are as clearances and as molar masses."""
    system = system_for(model_named("kamp2020"), covariates=ADULT, metabolites=["norketamine"])
    ratio = auc_ng_h_per_ml(system, history=INFUSION, output="norketamine") / auc_ng_h_per_ml(
        system, history=INFUSION
    )
    assert ratio == pytest.approx(84 / 57.72 * 223.70 / 237.73, rel=1e-12)


def test_a_clearance_over_bioavailability_is_never_used_as_one_into_the_vein():
    """Nearly all of the data of this model came after the nose; into the vein it clears 109 L/h."""
    system = system_for(model_named("perezruixo2021"), covariates=ADULT)
    assert noncompartmental(system).cl_l_per_h == pytest.approx(109.0, abs=0.05)


@pytest.mark.parametrize(
    ("site", "model", "is_borrowed"),
    [
        ("analgesia", "kamp2020", True),
        ("nociception", "domino1984", False),
        ("nociception", "kamp2020", True),
        ("nociception-kamp", "kamp2020", False),
    ],
)
def test_a_lag_estimated_with_another_model_is_told_as_borrowed(site, model, is_borrowed):
    found = simulate(
        model_named(model),
        covariates=ADULT,
        history=INFUSION,
        times_min=[40.0],
        ke0_half_life_min=EFFECT_SITES[site].half_life_min,
    )
    assert any("is borrowed for" in note for note in found.notes) is is_borrowed


@pytest.mark.parametrize("name", [name for name, one in MODELS.items() if one.age_years.most < 18])
@pytest.mark.parametrize("age_years", [None, 18.0, 40.0])
def test_a_model_of_children_is_refused_for_an_adult_and_without_an_age(name, age_years):
    model = model_named(name)
    with pytest.raises(ValueError, match="age_years must be"):
        simulate(
            model,
            covariates=Covariates(weight_kg=model.weight_kg.most, age_years=age_years),
            history=INFUSION,
            times_min=[40.0],
            given=model.enantiomer,
        )


def test_norketamine_does_not_weaken_ketamine():
    model, asked = model_named("kamp2020"), {"covariates": ADULT, "history": INFUSION}
    alone = simulate(model, times_min=TIMES, **asked)
    beside = simulate(model, times_min=TIMES, metabolites=["norketamine"], **asked)
    np.testing.assert_allclose(beside.effect_ng_per_ml, alone.effect_ng_per_ml, rtol=1e-11)
    assert any("not modelled" in note for note in beside.notes)
