import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.science.population_studies import BUSY, SESSION, is_close

from ebbtide.science.pk.catalogue import MODELS
from ebbtide.science.pk.levels import trace
from ebbtide.science.pk.models import Covariates
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.pk.simulate import simulate
from ebbtide.science.population.people import People, draw_people, exponentials, typical_parameters
from ebbtide.science.population.stretch import Grid, Lines, Stretch, course, write_levels

EXACT = json.loads(
    (Path(__file__).parents[1] / "data/pk/exact_levels.json").read_text(encoding="utf-8")
)
PEOPLE = draw_people(MODELS["kamp2020"], patients=7, rng=np.random.default_rng(2))
MODES = exponentials(MODELS["kamp2020"], PEOPLE)


def curves(history, grid, modes=MODES):
    out = np.full((2, len(modes.ke0_per_min), grid.count), np.nan)
    write_levels(modes, course(modes, history.changes()), grid, out)
    return out


@pytest.mark.parametrize("history", [SESSION, BUSY], ids=["one infusion", "holds and pushes"])
@pytest.mark.parametrize("step_s", [1.0, 60.0, 7.0])
def test_levels_are_those_of_each_patient_alone(history, step_s):
    grid = Grid(step_s=step_s, count=int(86400 / step_s) + 1)
    found = curves(history, grid)
    alone = np.stack(trace(MODES, history, grid.times_min))
    assert is_close(found, alone, rel=1e-11, floor=1e-300)


@pytest.mark.parametrize("name", MODELS)
def test_a_patient_of_typical_figures_has_the_levels_of_the_model(name):
    model = MODELS[name]
    covariates = Covariates(weight_kg=model.weight_kg.most, age_years=model.age_years.most)
    arrays = {
        "weight_kg": np.array([covariates.weight_kg]),
        "age_years": np.array([covariates.age_years]),
    }
    person = People(
        covariates=arrays,
        parameters=typical_parameters(model, arrays),
        ke0_per_min=np.array([np.log(2) / 6.1]),
        notes=(),
    )
    grid = Grid(step_s=60.0, count=1441)
    plasma, effect = curves(BUSY, grid, exponentials(model, person))
    alone = simulate(
        model,
        covariates=covariates,
        history=BUSY,
        times_min=grid.times_min,
        given=model.enantiomer,
        ke0_half_life_min=6.1,
    )
    # 1e-40 ng/mL: an engine for any model floors sooner than this one
    assert plasma[0] == pytest.approx(alone.plasma_ng_per_ml, rel=1e-10, abs=1e-40)
    assert effect[0] == pytest.approx(alone.effect_ng_per_ml, rel=1e-10, abs=1e-40)


@pytest.mark.parametrize("case", EXACT["cases"], ids=lambda case: case["name"])
def test_each_second_beside_a_change_of_the_pump_is_right_to_1e_10_of_40_digits(case):
    arrays = {"weight_kg": np.array([case["weight_kg"]])}
    person = People(
        covariates=arrays,
        parameters=typical_parameters(MODELS["kamp2020"], arrays),
        ke0_per_min=np.array([np.log(2) / case["half_life_min"]]),
        notes=(),
    )
    history = PumpHistory(
        segments=tuple(Segment(*part) for part in case["segments"]),
        boluses=tuple(Bolus(*part) for part in case["boluses"]),
    )
    points = {round(point["at_min"] * 60): point for point in case["points"][1:]}
    grid = Grid(step_s=1.0, count=max(points) + 1)
    found = curves(history, grid, exponentials(MODELS["kamp2020"], person))[:, 0]
    for second, point in points.items():
        for level, name in zip(found[:, second], ("plasma", "effect"), strict=True):
            truth = Fraction(point[f"{name}_ng_per_ml"])
            assert abs(Fraction(float(level)) - truth) <= truth * Fraction(1, 10**10)


def test_before_the_first_dose_and_without_any_there_is_nothing():
    late = PumpHistory(segments=(Segment(5.0, 10.0, 60.0),))
    found = curves(late, Grid(step_s=30.0, count=21))
    assert (found[:, :, :11] == 0).all()
    assert (found[0, :, 11:] > 0).all()
    assert (curves(PumpHistory(), Grid(step_s=1.0, count=5)) == 0).all()


def test_a_push_counts_from_its_own_moment_on_and_the_effect_site_after_it():
    found = curves(PumpHistory(boluses=(Bolus(40.0, 5.0),)), Grid(step_s=60.0, count=42))
    assert (found[0, :, 39] == 0).all()
    assert found[0, :, 40] == pytest.approx(5.0 * 1000 / PEOPLE.parameters["v1"], rel=1e-12)
    assert (found[1, :, 40] == 0).all()
    assert (found[1, :, 41] > 0).all()


@given(count=st.integers(1, 200), stop=st.floats(0.01, 3.0), step=st.sampled_from([0.5, 1.0, 2.0]))
def test_any_number_of_moments_is_laid_out_whole(count, stop, step):
    history = PumpHistory(segments=(Segment(0.0, stop, 60.0),))
    grid = Grid(step_s=step, count=count)
    alone = np.stack(trace(MODES, history, grid.times_min))
    assert is_close(curves(history, grid), alone, rel=1e-11)


def test_equal_rates_of_plasma_and_effect_site_lose_no_digits():
    for shift in (0.0, 1e-12, 1e-7):
        rate = MODES.rate_per_min[:, 1:2] * (1 + shift)
        modes = type(MODES)(
            rate_per_min=MODES.rate_per_min, jump_ng_per_ml=MODES.jump_ng_per_ml, ke0_per_min=rate
        )
        grid = Grid(step_s=60.0, count=301)
        alone = np.stack(trace(modes, BUSY, grid.times_min))
        assert is_close(curves(BUSY, grid, modes), alone, rel=1e-11)


@given(
    plasma=st.lists(st.sampled_from([0.0, 1.0, 30.0, 400.0]), min_size=3, max_size=3),
    effect=st.sampled_from([0.0, 50.0, 431.0, 1000.0]),
    rate=st.sampled_from([0.0, 0.2, 5.0, 50.0]),
    stride=st.sampled_from([1, 64, 600]),
)
def test_no_level_strays_from_its_chord_by_more_than_its_bow(plasma, effect, rate, stride):
    people = len(MODES.ke0_per_min)
    stretch = Stretch(
        modes=MODES,
        start_min=0.0,
        rate_mg_per_min=rate,
        plasma_ng_per_ml=np.tile(plasma, (people, 1)),
        effect_ng_per_ml=np.full(people, effect),
    )
    lines = Lines(MODES, Grid(step_s=1.0, count=40 * stride), stride=stride)
    heads = lines.heads(stretch, first=0, count=40)
    bow = np.empty((2, people, 40))
    lines.bows(heads, lines.bends(), bow)
    parts = 8
    modes, site = stretch.states(np.arange(40 * parts + 1) / parts * stride / 60)
    level = np.stack((modes.sum(axis=1), site))
    knots = level[:, :, ::parts]
    for part in range(1, parts):
        chord = knots[:, :, :-1] + part / parts * np.diff(knots, axis=2)
        strayed = np.abs(level[:, :, part::parts] - chord)
        assert (strayed <= bow * (1 + 1e-9) + 1e-9).all()


def test_the_bow_of_a_lone_exponential_is_no_wider_than_need_be():
    """A short arc of one exponential bends alike all along, so the bound is nearly reached."""
    still = Stretch(
        modes=MODES,
        start_min=0.0,
        rate_mg_per_min=0.0,
        plasma_ng_per_ml=np.zeros_like(MODES.rate_per_min),
        effect_ng_per_ml=np.full(len(MODES.ke0_per_min), 100.0),
    )
    lines = Lines(MODES, Grid(step_s=1.0, count=100))
    bow = np.empty((2, len(MODES.ke0_per_min), 100))
    lines.bows(lines.heads(still, first=0, count=100), lines.bends(), bow)
    _, site = still.states(np.arange(201) / 120)
    strayed = np.abs(site[:, 1::2] - (site[:, 0:-1:2] + site[:, 2::2]) / 2)
    assert strayed == pytest.approx(bow[1], rel=0.01)
    assert (bow[0] == 0).all()
