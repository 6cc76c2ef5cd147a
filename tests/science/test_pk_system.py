import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebbtide.science.pk.catalogue import MODELS, model_named
from ebbtide.science.pk.compartments import system_for
from ebbtide.science.pk.models import Covariates, Site, Structure
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment, given_mg
from ebbtide.science.pk.system import System, levels_of, states, transition

EXACT = json.loads(
    (Path(__file__).parents[1] / "data" / "pk" / "exact_models.json").read_text(encoding="utf-8")
)
INSIDE = {  # a patient whom each model was made for
    "herd2007": Covariates(weight_kg=30.0, age_years=8.0),
    "hornik2018": Covariates(weight_kg=14.0, age_years=3.0),
    "flint2017": Covariates(weight_kg=7.0, age_years=0.5),
    "perezruixo2021": Covariates(weight_kg=74.0, age_years=70.0, is_asian=True),
}
EVERY_MODEL = pytest.mark.parametrize("name", MODELS)
SESSION = PumpHistory(segments=(Segment(0.0, 40.0, 52.5),))


def patient(name):
    return INSIDE.get(name, Covariates(weight_kg=70.0, age_years=30.0))


def whole(name, **changes):
    """A model with all that it can tell of."""
    model = model_named(name)
    asked = {"covariates": patient(name), "metabolites": tuple(model.metabolites)}
    return system_for(model, **(asked | changes))


def history_of(case):
    return PumpHistory(
        segments=tuple(Segment(*segment) for segment in case["segments"]),
        boluses=tuple(Bolus(*bolus) for bolus in case["boluses"]),
    )


def system_of(case):
    return system_for(
        model_named(case["model"]),
        covariates=Covariates(
            weight_kg=case["weight_kg"], age_years=case["age_years"], is_asian=case["is_asian"]
        ),
        ke0_half_life_min=case["half_life_min"],
        site=Site.VENOUS if case["site"] == "venous link" else None,
        metabolites=tuple(model_named(case["model"]).metabolites),
    )


def stacked(found):
    return np.stack(list(found.values()))


# Figures


@pytest.mark.parametrize("case", EXACT["cases"], ids=lambda case: f"{case['model']}-{case['site']}")
def test_every_model_holds_ten_digits_at_every_pump_change_and_a_second_to_either_side(case):
    found = levels_of(system_of(case), history=history_of(case), times_min=np.array(case["at_min"]))
    assert found.keys() == case["levels"].keys()
    for name, level in found.items():
        expected = np.array([float(one) for one in case["levels"][name]])
        assert level == pytest.approx(expected, rel=EXACT["tolerance_relative"], abs=0)


@pytest.mark.parametrize("case", EXACT["cases"], ids=lambda case: f"{case['model']}-{case['site']}")
def test_an_even_grid_gives_what_its_moments_give_alone(case):
    system, grid = system_of(case), np.arange(-2.0, 2880.0, 0.5)
    even = stacked(levels_of(system, history=history_of(case), times_min=grid))
    odd = [
        stacked(levels_of(system, history=history_of(case), times_min=part))
        for part in np.array_split(grid, 101)
    ]
    assert even == pytest.approx(np.hstack(odd), rel=1e-11, abs=0)


def test_a_day_at_1_s_has_the_levels_of_the_closed_form_to_the_last_second():
    seconds = np.array([1, 60, 2400, 2401, 3600, 14400, 86400])
    found = levels_of(whole("kamp2020"), history=SESSION, times_min=np.arange(86401) / 60)
    assert found["plasma"][seconds] == pytest.approx(
        [0.58228, 31.50703, 253.05183, 252.50837, 95.85996, 25.62079, 0.27109], abs=6e-6
    )
    assert found["effect"].max() == pytest.approx(228.69, abs=0.006)


def test_a_chain_of_equal_compartments_follows_its_textbook_curve():
    """The n-th of a row of compartments of one rate k holds (k t)^(n-1) exp(-k t) / (n-1)!."""
    k, length = 0.3, 8
    row = System(
        matrix_per_min=k * (np.eye(length, k=-1) - np.eye(length)),
        input_per_mg=np.eye(length)[0],
        outputs={"last": np.eye(length)[-1]},
    )
    times = np.array([1e-4, 0.02, 1.0, 30.0, 200.0])
    found = states(row, history=PumpHistory(boluses=(Bolus(0.0, 1.0),)), times_min=times)
    for place in range(length):
        textbook = (k * times) ** place * np.exp(-k * times) / math.factorial(place)
        assert found[place] == pytest.approx(textbook, rel=1e-13, abs=0)


def test_a_compartment_that_loses_nothing_keeps_all_and_counts_what_runs_in():
    cup = System(
        matrix_per_min=np.zeros((1, 1)), input_per_mg=np.ones(1), outputs={"cup": np.ones(1)}
    )
    found = states(cup, history=SESSION, times_min=np.array([0.0, 10.0, 40.0, 5000.0]))
    assert found[0] == pytest.approx([0.0, 8.75, 35.0, 35.0], rel=1e-15)


# Properties of every model

doses = st.lists(st.tuples(st.integers(0, 600), st.floats(0, 50)), min_size=1, max_size=4)
histories = st.builds(
    lambda rates, pushes: PumpHistory(
        segments=tuple(
            Segment(20.0 * number, 20.0 * number + 13.5, rate) for number, rate in enumerate(rates)
        ),
        boluses=tuple(Bolus(at, dose) for at, dose in sorted(pushes)),
    ),
    st.lists(st.floats(0, 300), min_size=1, max_size=5),
    doses,
)
moments = st.lists(st.floats(-100, 3000), min_size=1, max_size=12).map(
    lambda found: np.array(sorted(found))
)


def scaled(history, times):
    return PumpHistory(
        segments=tuple(
            Segment(one.start_min, one.end_min, times * one.rate_mg_per_h)
            for one in history.segments
        ),
        boluses=tuple(Bolus(one.at_min, times * one.dose_mg) for one in history.boluses),
    )


def shifted(history, by_min):
    return PumpHistory(
        segments=tuple(
            Segment(one.start_min + by_min, one.end_min + by_min, one.rate_mg_per_h)
            for one in history.segments
        ),
        boluses=tuple(Bolus(one.at_min + by_min, one.dose_mg) for one in history.boluses),
    )


@EVERY_MODEL
@settings(max_examples=15)
@given(histories, moments, st.floats(0.01, 100))
def test_levels_grow_in_proportion_to_what_is_given(name, history, times_min, times):
    once, more = (
        stacked(levels_of(whole(name), history=one, times_min=times_min))
        for one in (history, scaled(history, times))
    )
    assert more == pytest.approx(times * once, rel=1e-10, abs=1e-12)


@EVERY_MODEL
@settings(max_examples=15)
@given(histories, moments)
def test_segments_and_pushes_add_up(name, history, times_min):
    both, infused, pushed = (
        stacked(levels_of(whole(name), history=one, times_min=times_min))
        for one in (
            history,
            PumpHistory(segments=history.segments),
            PumpHistory(boluses=history.boluses),
        )
    )
    assert both == pytest.approx(infused + pushed, rel=1e-10, abs=1e-12)


@EVERY_MODEL
@settings(max_examples=15)
@given(histories, st.integers(-5000, 5000))
def test_a_later_start_moves_the_whole_curve(name, history, by_min):
    times = np.arange(0.0, 700.0, 7.0)
    early = stacked(levels_of(whole(name), history=history, times_min=times))
    late = stacked(
        levels_of(whole(name), history=shifted(history, by_min), times_min=times + by_min)
    )
    assert late == pytest.approx(early, rel=1e-8, abs=1e-9)


@EVERY_MODEL
@settings(max_examples=15)
@given(st.floats(0.001, 39.999), moments)
def test_splitting_an_infusion_changes_nothing(name, cut, times_min):
    split = PumpHistory(segments=(Segment(0.0, cut, 52.5), Segment(cut, 40.0, 52.5)))
    one, two = (
        stacked(levels_of(whole(name), history=history, times_min=times_min))
        for history in (SESSION, split)
    )
    assert two == pytest.approx(one, rel=1e-12, abs=0)


@EVERY_MODEL
@settings(max_examples=15)
@given(histories, moments)
def test_levels_are_never_negative_nor_denormal_and_zero_before_the_first_drug(
    name, history, times_min
):
    found = stacked(levels_of(whole(name), history=history, times_min=times_min))
    first = min(history.changes()[0].at_min, history.boluses[0].at_min)
    assert not ((found != 0) & ~(found >= np.finfo(float).tiny)).any()
    assert not found[:, times_min < first].any()


@EVERY_MODEL
@settings(max_examples=15)
@given(histories, moments)
def test_what_was_given_is_in_the_body_or_has_left_it(name, history, times_min):
    count = 4 if model_named(name).structure is Structure.LIVER else 3
    body = whole(name).matrix_per_min[:count, :count]
    balance = np.zeros((count + 1, count + 1))
    balance[:count, :count], balance[count, :count] = body, np.maximum(0.0, -body.sum(axis=0))
    found = states(
        System(matrix_per_min=balance, input_per_mg=np.eye(count + 1)[0], outputs={}),
        history=history,
        times_min=times_min,
    )
    given_by_then = [given_mg(history, float(time)) for time in times_min]
    assert found.sum(axis=0) == pytest.approx(given_by_then, rel=1e-10, abs=1e-12)


@EVERY_MODEL
def test_the_same_infusion_four_times_a_day_adds_to_what_is_left(name):
    course = PumpHistory(
        segments=tuple(Segment(360.0 * time, 360.0 * time + 40.0, 52.5) for time in range(5))
    )
    for minutes in (20.0, 40.0, 300.0):
        times = 360.0 * np.arange(5) + minutes
        found = stacked(levels_of(whole(name), history=course, times_min=times))
        assert (np.diff(found, axis=1) > 0).all()


@EVERY_MODEL
def test_levels_rise_as_long_as_the_pump_runs_without_end(name):
    run = PumpHistory(segments=(Segment(0.0, 3000.0, 20.0),))
    found = stacked(levels_of(whole(name), history=run, times_min=np.arange(0.0, 1000.0)))
    assert (np.diff(found, axis=1) >= -1e-12 * found[:, 1:]).all()


@EVERY_MODEL
def test_a_spell_in_two_parts_is_the_spell(name):
    system = whole(name)
    kept, gained = transition(system, elapsed_min=17.3)
    first_kept, first_gained = transition(system, elapsed_min=4.1)
    second_kept, second_gained = transition(system, elapsed_min=17.3 - 4.1)
    assert second_kept @ first_kept == pytest.approx(kept, rel=1e-13, abs=0)
    assert second_kept @ first_gained + second_gained == pytest.approx(gained, rel=1e-13, abs=0)


def test_no_time_changes_nothing():
    kept, gained = transition(whole("simons2022"), elapsed_min=0)
    assert (kept == np.eye(len(gained))).all()
    assert not gained.any()


@EVERY_MODEL
def test_the_tail_of_two_years_holds_no_denormal_number(name):
    times = np.arange(0.0, 1_051_200.0, 120.0)
    found = stacked(levels_of(whole(name), history=SESSION, times_min=times))
    assert not ((found > 0) & (found < np.finfo(float).tiny)).any()
    assert not found[:, -1].any()


@EVERY_MODEL
def test_what_is_given_and_asked_of_nobody_is_nothing(name):
    system = whole(name)
    nothing = levels_of(system, history=PumpHistory(), times_min=np.arange(5.0))
    assert not stacked(nothing).any()
    assert stacked(levels_of(system, history=SESSION, times_min=np.array([]))).shape[1] == 0


# What is no system


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("matrix_per_min", np.array([[-1.0, -0.1], [0.5, -1.0]]), "matrix_per_min must be finite"),
        ("matrix_per_min", np.array([[1.0, 0.0], [0.5, -1.0]]), "matrix_per_min must be finite"),
        (
            "matrix_per_min",
            np.array([[-1.0, 0.0], [np.nan, -1.0]]),
            "matrix_per_min must be finite",
        ),
        ("input_per_mg", np.array([1.0, -1.0]), "input_per_mg must be finite"),
        ("outputs", {"plasma": np.array([-1.0, 0.0])}, r"outputs\['plasma'\] must be finite"),
        ("outputs", {"plasma": np.ones(3)}, r"outputs\['plasma'\] must be of shape \(2,\)"),
    ],
)
def test_what_no_compartments_can_be_is_refused(field, value, words):
    sound = {
        "matrix_per_min": np.array([[-1.0, 0.2], [0.5, -1.0]]),
        "input_per_mg": np.array([1.0, 0.0]),
        "outputs": {"plasma": np.array([1.0, 0.0])},
    }
    System(**sound)
    with pytest.raises(ValueError, match=words):
        System(**(sound | {field: value}))


def test_a_matrix_of_another_size_than_its_input_is_refused():
    with pytest.raises(ValueError, match=r"matrix_per_min must be of shape \(2, 2\), not \(3, 3\)"):
        System(matrix_per_min=-np.eye(3), input_per_mg=np.ones(2), outputs={})


@pytest.mark.parametrize("elapsed", [-1.0, math.nan, math.inf])
def test_a_spell_that_is_no_time_is_refused(elapsed):
    with pytest.raises(ValueError, match=r"elapsed_min must be finite and not below 0, not"):
        transition(whole("kamp2020"), elapsed_min=elapsed)
