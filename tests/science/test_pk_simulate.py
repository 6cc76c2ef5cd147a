import math

import numpy as np
import pytest

from ebbtide.science.pk.catalogue import (
    FLINT2017,
    HIJAZI2003,
    KAMP2020,
    MODELS,
    OTTO2021,
    PEREZRUIXO2021,
    SIMONS2022,
    model_named,
)
from ebbtide.science.pk.compartments import system_for
from ebbtide.science.pk.effect import EFFECT_SITES
from ebbtide.science.pk.levels import levels
from ebbtide.science.pk.models import Covariates, Enantiomer, Site, parameters
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.pk.simulate import check_given, enantiomer_half, simulate
from ebbtide.science.pk.system import levels_of

SESSION = PumpHistory(
    segments=(Segment(0.0, 40.0, 52.5), Segment(50.0, 70.0, 30.0)), boluses=(Bolus(300.0, 5.0),)
)
PERSON = Covariates(weight_kg=70.0, age_years=30.0)
TIMES = np.r_[np.arange(0.0, 100.0, 0.25), 299.99, 300.0, 301.0, 2880.0]
EVERY_MODEL = pytest.mark.parametrize("name", MODELS)


def simulated(model=KAMP2020, **changes):
    asked = {
        "covariates": PERSON,
        "history": SESSION,
        "times_min": TIMES,
        "given": model.enantiomer,
    }
    return simulate(model, **(asked | changes))


def test_the_default_gives_what_the_closed_form_gives():
    found = simulated()
    direct = levels(parameters(KAMP2020, weight_kg=70.0), history=SESSION, times_min=TIMES)
    assert (found.plasma_ng_per_ml == direct.plasma_ng_per_ml).all()
    assert (found.effect_ng_per_ml == direct.effect_ng_per_ml).all()
    assert found.site is Site.ARTERIAL
    assert found.metabolites == {}


@EVERY_MODEL
def test_every_model_gives_what_its_system_gives_with_metabolites_and_without(name):
    model = model_named(name)
    asked = {"covariates": PERSON, "override": "a test of the engine"}
    names = tuple(model.metabolites)
    alone, whole = (simulated(model, metabolites=one, **asked) for one in ((), names))
    expected = levels_of(
        system_for(model, metabolites=names, **asked), history=SESSION, times_min=TIMES
    )
    for found in (alone, whole):
        assert found.plasma_ng_per_ml == pytest.approx(expected["plasma"], rel=1e-11, abs=0)
        assert found.effect_ng_per_ml == pytest.approx(expected["effect"], rel=1e-11, abs=0)
    assert tuple(whole.metabolites) == names
    assert all((whole.metabolites[one] == expected[one]).all() for one in names)


def test_lists_and_whole_numbers_are_as_good_as_arrays():
    history = PumpHistory(segments=(Segment(0, 40, 52),), boluses=(Bolus(60, 5),))
    whole = simulated(history=history, times_min=[0, 20, 61], metabolites=["norketamine"])
    exact = simulated(history=history, times_min=np.array([0.0, 20.0, 61.0]))
    assert whole.plasma_ng_per_ml == pytest.approx(exact.plasma_ng_per_ml, rel=1e-12, abs=0)


def test_the_moments_stay_though_the_caller_changes_the_array():
    asked = TIMES.copy()
    found = simulated(times_min=asked)
    asked += 60.0
    assert (found.times_min == TIMES).all()


def test_hydroxynorketamine_alone_needs_no_norketamine_in_the_answer():
    found = simulated(metabolites=("hydroxynorketamine",))
    both = simulated(metabolites=("norketamine", "hydroxynorketamine"))
    assert tuple(found.metabolites) == ("hydroxynorketamine",)
    assert found.metabolites["hydroxynorketamine"] == pytest.approx(
        both.metabolites["hydroxynorketamine"], rel=1e-12, abs=0
    )


def test_a_late_push_hours_into_the_run_is_not_missed():
    late = PumpHistory(
        segments=(Segment(0.0, 10.0, 0.0), Segment(360.0, 360 + 1 / 3, 1800.0)),
        boluses=(Bolus(1000.0, 3.0),),
    )
    found = simulated(history=late, times_min=[0.0, 359.9, 361.0, 999.9, 1000.0])
    assert found.plasma_ng_per_ml[:2].tolist() == [0.0, 0.0]
    assert found.plasma_ng_per_ml[2] > 300
    jump = found.plasma_ng_per_ml[4] - found.plasma_ng_per_ml[3]
    assert jump == pytest.approx(3.0 * 1000 / 25, rel=0.001)


# Site


def test_a_venous_level_is_lower_while_it_rises_later_and_told_to_be_an_approximation():
    arterial, venous = simulated(), simulated(site=Site.VENOUS)
    rising = (TIMES > 0) & (TIMES <= 40)
    assert (venous.plasma_ng_per_ml[rising] < arterial.plasma_ng_per_ml[rising]).all()
    falling = (TIMES > 41) & (TIMES < 50)
    assert (venous.plasma_ng_per_ml[falling] > arterial.plasma_ng_per_ml[falling]).all()
    assert venous.effect_ng_per_ml == pytest.approx(arterial.effect_ng_per_ml, rel=1e-11, abs=0)
    assert venous.site is Site.VENOUS
    assert any("engine approximation" in note for note in venous.notes)
    assert not any("engine approximation" in note for note in arterial.notes)


def test_a_site_may_be_written_out():
    assert simulated(site="venous").site is Site.VENOUS
    assert (
        simulated(site="venous").plasma_ng_per_ml == simulated(site=Site.VENOUS).plasma_ng_per_ml
    ).all()


@pytest.mark.parametrize(
    ("model", "site", "words"),
    [
        (OTTO2021, Site.ARTERIAL, "site must be venous for otto2021, not arterial"),
        (HIJAZI2003, Site.VENOUS, "site must be unstated for hijazi2003, not venous"),
        (KAMP2020, Site.UNSTATED, "site must be arterial or venous for kamp2020, not unstated"),
        (KAMP2020, "jugular", "site must be arterial or venous for kamp2020, not jugular"),
    ],
)
def test_a_site_of_which_a_model_cannot_tell_is_refused(model, site, words):
    with pytest.raises(ValueError, match=words):
        simulated(model, site=site)


def test_a_model_whose_site_is_not_known_says_so():
    assert any("is not known here" in note for note in simulated(HIJAZI2003).notes)


# Enantiomer


@pytest.mark.parametrize(
    ("model", "given", "words"),
    [
        (OTTO2021, "racemic", "given must be S for otto2021, not racemic; .* enantiomer_half"),
        (SIMONS2022, "R", "given must be S for simons2022, not R$"),
        (KAMP2020, "S", "given must be racemic for kamp2020, not S$"),
    ],
)
def test_another_ketamine_than_the_model_s_is_refused(model, given, words):
    with pytest.raises(ValueError, match=words):
        simulated(model, given=Enantiomer(given))


def test_a_model_of_one_enantiomer_refuses_a_dose_of_which_nothing_is_said():
    with pytest.raises(ValueError, match="given must be S for otto2021, not racemic"):
        simulate(OTTO2021, covariates=PERSON, history=SESSION, times_min=TIMES)
    check_given(OTTO2021, Enantiomer.S)


def test_half_of_a_racemic_dose_is_asked_for_in_so_many_words():
    half = enantiomer_half(SESSION)
    assert [one.rate_mg_per_h for one in half.segments] == [26.25, 15.0]
    assert [one.dose_mg for one in half.boluses] == [2.5]
    whole, part = (simulated(OTTO2021, history=one) for one in (SESSION, half))
    assert part.plasma_ng_per_ml == pytest.approx(whole.plasma_ng_per_ml / 2, rel=1e-12, abs=0)


# Patients and metabolites


def test_a_patient_outside_the_range_is_refused_unless_a_reason_is_given():
    heavy = Covariates(weight_kg=99.0, age_years=40.0)
    for model in (SIMONS2022, FLINT2017):
        with pytest.raises(ValueError, match=f"weight_kg must be .* kg for {model.name}, not 99"):
            simulated(model, covariates=heavy)
        with pytest.raises(ValueError, match="weight_kg"):
            simulated(model, covariates=heavy, override="  ")
        found = simulated(model, covariates=heavy, override="asked for by the study")
        weight, age = found.notes[:2]
        assert weight.startswith("weight_kg 99 is outside")
        assert age.startswith("age_years 40 is outside")
        assert weight.endswith("used all the same: asked for by the study")


def test_a_reason_that_was_not_needed_is_no_note():
    assert not any("all the same" in note for note in simulated(override="to be sure").notes)


@pytest.mark.parametrize("weight", [0.0, -70.0, math.nan, math.inf])
def test_no_reason_makes_a_weight_of_what_is_none(weight):
    with pytest.raises(ValueError, match="weight_kg must be a finite number above 0 kg, not"):
        Covariates(weight_kg=weight)


@pytest.mark.parametrize(
    ("model", "name", "allowed"),
    [
        (KAMP2020, "dehydronorketamine", "norketamine, hydroxynorketamine"),
        (PEREZRUIXO2021, "hydroxynorketamine", "norketamine"),
        (HIJAZI2003, "norketamine", "none"),
    ],
)
def test_a_metabolite_that_a_model_does_not_have_is_refused(model, name, allowed):
    words = f"metabolites of {model.name} can be {allowed}, not '{name}'"
    with pytest.raises(ValueError, match=words):
        simulated(model, metabolites=(name,))


def test_metabolites_come_with_what_must_be_known_of_them():
    notes = simulated(metabolites=("norketamine", "hydroxynorketamine")).notes
    assert any("weakening of ketamine by norketamine is not modelled" in note for note in notes)
    assert any("low confidence" in note for note in notes)
    flint = simulated(FLINT2017, metabolites=("norketamine",), override="a test of the notes")
    assert any("0.87 % an hour" in note for note in flint.notes)


# Effect site


@pytest.mark.parametrize(
    ("model", "half_life_min", "words"),
    [
        (KAMP2020, 6.1, "6.1 min was estimated with a plasma model of its authors' own"),
        (KAMP2020, EFFECT_SITES["nociception"].half_life_min, "with domino1984 and is borrowed"),
        (KAMP2020, 4.5, "4.5 min is the caller's own figure"),
    ],
)
def test_a_lag_that_did_not_come_with_the_plasma_model_is_told(model, half_life_min, words):
    notes = simulated(model, ke0_half_life_min=half_life_min).notes
    assert [words in note for note in notes] == [True]


def test_a_lag_that_came_with_the_plasma_model_needs_no_word():
    for name in ("nociception", "nociception-kamp", "one-minute-clements"):
        one = EFFECT_SITES[name]
        assert (
            simulated(model_named(one.plasma_model), ke0_half_life_min=one.half_life_min).notes
            == ()
        )


@pytest.mark.parametrize("half_life", [0.0, -1.0, math.nan, math.inf])
def test_a_half_life_that_is_no_time_is_refused(half_life):
    for metabolites in ((), ("norketamine",)):
        with pytest.raises(ValueError, match="ke0_half_life_min must be finite and above 0, not"):
            simulated(ke0_half_life_min=half_life, metabolites=metabolites)


# Moments


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ([-5.0, 10.0], r"times_min must not lie before the first dose at 0 min: -5.0 does"),
        ([math.nan], r"times_min\[0\] must be finite"),
        ([-math.inf, 0.0], r"times_min\[0\] must be finite"),
        ([5.0, 1.0], "times_min must be in order"),
        ([[1.0]], "times_min must be one row"),
    ],
)
@pytest.mark.parametrize("metabolites", [(), ("norketamine",)])
def test_moments_that_are_none_or_lie_before_the_first_dose_are_refused(times, words, metabolites):
    with pytest.raises(ValueError, match=words):
        simulated(times_min=times, metabolites=metabolites)


def test_a_segment_at_rate_0_starts_the_clock_before_the_first_drug():
    waited = PumpHistory(segments=(Segment(-10.0, 0.0, 0.0), Segment(0.0, 40.0, 52.5)))
    found = simulated(history=waited, times_min=[-10.0, -1.0, 0.0, 1.0])
    assert found.plasma_ng_per_ml[:3].tolist() == [0.0, 0.0, 0.0]
    assert found.plasma_ng_per_ml[3] > 0


@pytest.mark.parametrize("metabolites", [(), ("norketamine",)])
def test_nothing_given_and_no_moments_asked_is_no_error(metabolites):
    nothing = simulated(history=PumpHistory(), times_min=[-1.0, 5.0], metabolites=metabolites)
    assert nothing.plasma_ng_per_ml.tolist() == [0.0, 0.0]
    assert simulated(times_min=[], metabolites=metabolites).plasma_ng_per_ml.shape == (0,)
