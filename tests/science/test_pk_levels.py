import importlib.util
import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebbtide.science.pk.catalogue import KAMP2020
from ebbtide.science.pk.effect import ke0_per_min
from ebbtide.science.pk.levels import levels
from ebbtide.science.pk.models import PkParameters, parameters
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment, given_mg

DATA = Path(__file__).parents[1] / "data" / "pk"
EXACT = json.loads((DATA / "exact_levels.json").read_text(encoding="utf-8"))
TYPICAL = parameters(KAMP2020, weight_kg=70.0)
SESSION = PumpHistory(segments=(Segment(0.0, 40.0, 52.5),))


@pytest.fixture(scope="module")
def exact_levels():
    spec = importlib.util.spec_from_file_location(
        "pk_oracle", Path(__file__).with_name("pk_oracle.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.exact_levels


def history_of(case):
    return PumpHistory(
        segments=tuple(Segment(*segment) for segment in case["segments"]),
        boluses=tuple(Bolus(*bolus) for bolus in case["boluses"]),
    )


def both(found):
    return np.stack((found.plasma_ng_per_ml, found.effect_ng_per_ml))


# Figures


@pytest.mark.parametrize(
    ("second", "plasma_ng_per_ml", "last_digit"),
    [
        (1, 0.58228, 1e-5),
        (60, 31.50703, 1e-5),
        (2400, 253.05183, 1e-5),
        (2401, 252.50837, 1e-5),
        (3600, 95.85996, 1e-5),
        (14400, 25.62079, 1e-5),
        (86400, 0.27109, 1e-5),
    ],
)
def test_35_mg_over_40_min_gives_the_figures_of_the_reference(second, plasma_ng_per_ml, last_digit):
    at_1_s = levels(TYPICAL, history=SESSION, times_min=np.arange(86401) / 60)
    alone = levels(TYPICAL, history=SESSION, times_min=np.array([second / 60]))
    assert at_1_s.plasma_ng_per_ml[second] == pytest.approx(plasma_ng_per_ml, abs=0.6 * last_digit)
    assert alone.plasma_ng_per_ml[0] == pytest.approx(plasma_ng_per_ml, abs=0.6 * last_digit)


def test_effect_site_peaks_where_the_reference_says():
    found = levels(TYPICAL, history=SESSION, times_min=np.arange(3601) / 60)
    assert found.effect_ng_per_ml.max() == pytest.approx(228.69, abs=0.006)
    assert found.times_min[found.effect_ng_per_ml.argmax()] == pytest.approx(40.8, abs=0.1)


@pytest.mark.parametrize("case", EXACT["cases"], ids=lambda case: case["name"])
def test_levels_hold_to_ten_digits_at_every_pump_change_and_a_second_to_either_side(case):
    expected = np.array(
        [
            [float(point[key]) for point in case["points"]]
            for key in ("plasma_ng_per_ml", "effect_ng_per_ml")
        ]
    )
    found = levels(
        parameters(KAMP2020, weight_kg=case["weight_kg"]),
        history=history_of(case),
        times_min=np.array([point["at_min"] for point in case["points"]]),
        ke0_half_life_min=case["half_life_min"],
    )
    assert both(found) == pytest.approx(expected, rel=case["tolerance_relative"], abs=0)


@pytest.mark.parametrize("case", EXACT["cases"], ids=lambda case: case["name"])
def test_an_even_grid_gives_what_the_same_moments_give_alone(case):
    person = parameters(KAMP2020, weight_kg=case["weight_kg"])
    history, half_life = history_of(case), case["half_life_min"]
    end = max(point["at_min"] for point in case["points"]) + 100
    grid = np.arange(-2.0, end, 1 / 12)
    even = levels(person, history=history, times_min=grid, ke0_half_life_min=half_life)
    odd = [
        levels(person, history=history, times_min=part, ke0_half_life_min=half_life)
        for part in np.array_split(grid, len(grid) // 40)
    ]
    assert both(even) == pytest.approx(np.hstack([both(part) for part in odd]), rel=1e-10, abs=0)


@pytest.mark.parametrize("jitter_min", [1e-9, 1e-3])
def test_a_grid_that_is_not_quite_even_is_not_taken_for_even(jitter_min):
    grid = np.arange(3601) / 60
    grid[1::2] += jitter_min
    found = levels(TYPICAL, history=SESSION, times_min=grid)
    alone = [levels(TYPICAL, history=SESSION, times_min=part) for part in np.array_split(grid, 10)]
    assert both(found) == pytest.approx(np.hstack([both(one) for one in alone]), rel=1e-11, abs=0)
    even = levels(TYPICAL, history=SESSION, times_min=np.arange(3601) / 60)
    assert (found.plasma_ng_per_ml[1:2401:2] > even.plasma_ng_per_ml[1:2401:2]).all()


# Properties

minutes = st.floats(0.02, 30)
histories = st.builds(
    lambda start, parts, pushes: PumpHistory(
        segments=tuple(segments_from(start, parts)),
        boluses=tuple(Bolus(at, dose) for at, dose in sorted(pushes)),
    ),
    st.floats(-60, 600),
    st.lists(st.tuples(st.sampled_from([0.0, 1.0, 7.5]), minutes, st.floats(0, 200)), max_size=6),
    st.lists(st.tuples(st.floats(-60, 600), st.floats(0, 50)), max_size=4),
)
grids = st.lists(st.floats(-100, 2000), min_size=1, max_size=30).map(lambda x: np.array(sorted(x)))


def segments_from(start, parts):
    for gap, length, rate in parts:
        end = start + gap + length
        yield Segment(start + gap, end, rate)
        start = end


def close(one, other, rel=1e-9):
    return both(one) == pytest.approx(both(other), rel=rel, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(histories, grids, st.floats(30, 200), st.floats(1, 40))
def test_any_history_agrees_with_the_whole_matrix(exact_levels, history, grid, weight, half_life):
    found = levels(
        parameters(KAMP2020, weight_kg=weight),
        history=history,
        times_min=grid,
        ke0_half_life_min=half_life,
    )
    expected = exact_levels(
        weight_kg=weight,
        half_life_min=half_life,
        segments=[(one.start_min, one.end_min, one.rate_mg_per_h) for one in history.segments],
        boluses=[(one.at_min, one.dose_mg) for one in history.boluses],
        times_min=grid.tolist(),
    )
    assert both(found) == pytest.approx(np.array(expected, dtype=float).T, rel=1e-10, abs=1e-20)


@given(histories, grids)
def test_levels_are_never_negative_and_zero_before_the_first_drug(history, grid):
    found = both(levels(TYPICAL, history=history, times_min=grid))
    starts = [one.start_min for one in history.segments] + [one.at_min for one in history.boluses]
    assert (found >= 0).all()
    assert not found[:, grid < min(starts, default=math.inf)].any()


@given(histories, grids, st.floats(0.01, 100))
def test_levels_grow_in_proportion_to_what_is_given(history, grid, times):
    more = PumpHistory(
        segments=tuple(
            Segment(one.start_min, one.end_min, times * one.rate_mg_per_h)
            for one in history.segments
        ),
        boluses=tuple(Bolus(one.at_min, times * one.dose_mg) for one in history.boluses),
    )
    found = levels(TYPICAL, history=more, times_min=grid)
    assert both(found) == pytest.approx(
        times * both(levels(TYPICAL, history=history, times_min=grid)), rel=1e-9, abs=1e-12
    )


@given(histories, grids)
def test_segments_and_pushes_add_up(history, grid):
    infused = levels(TYPICAL, history=PumpHistory(segments=history.segments), times_min=grid)
    pushed = levels(TYPICAL, history=PumpHistory(boluses=history.boluses), times_min=grid)
    together = levels(TYPICAL, history=history, times_min=grid)
    assert both(together) == pytest.approx(both(infused) + both(pushed), rel=1e-9, abs=1e-12)


@given(st.integers(-500, 500), st.integers(1, 60), st.floats(1, 100))
def test_a_later_start_moves_the_whole_curve(shift, length, rate):
    grid = np.arange(-10.0, 200.0)
    early = PumpHistory(segments=(Segment(0, length, rate),), boluses=(Bolus(5, 3.0),))
    late = PumpHistory(
        segments=(Segment(shift, shift + length, rate),), boluses=(Bolus(shift + 5, 3.0),)
    )
    assert close(
        levels(TYPICAL, history=late, times_min=grid + shift),
        levels(TYPICAL, history=early, times_min=grid),
    )


@given(st.floats(0.01, 39.99), grids)
def test_splitting_an_infusion_changes_nothing(cut, grid):
    split = PumpHistory(segments=(Segment(0.0, cut, 52.5), Segment(cut, 40.0, 52.5)))
    assert close(
        levels(TYPICAL, history=split, times_min=grid),
        levels(TYPICAL, history=SESSION, times_min=grid),
    )


@given(st.floats(1, 200))
def test_plasma_only_rises_while_a_constant_rate_runs(rate):
    history = PumpHistory(segments=(Segment(0.0, 300.0, rate),))
    found = levels(TYPICAL, history=history, times_min=np.linspace(0, 300, 1201))
    assert (np.diff(both(found)) > 0).all()


@settings(max_examples=25)
@given(histories)
def test_what_is_given_is_cleared_in_the_end(history):
    """Clearance times the area under the curve is the dose."""
    edges = [change.at_min for change in history.changes()]
    end = max(edges, default=0.0)
    nodes, weights = np.polynomial.legendre.leggauss(24)
    panels = [
        start + (stop - start) * np.linspace(0, 1, 31) ** 3
        for start, stop in pairwise([*edges, end + 9000])
    ]
    low = np.concatenate([panel[:-1] for panel in panels] or [np.array([0.0])])
    high = np.concatenate([panel[1:] for panel in panels] or [np.array([1.0])])
    times = (low + high)[:, None] / 2 + (high - low)[:, None] / 2 * nodes
    found = levels(TYPICAL, history=history, times_min=times.ravel()).plasma_ng_per_ml
    area = ((high - low) / 2) @ (found.reshape(times.shape) @ weights)
    cleared_mg = area / 60 * TYPICAL.cl_l_per_h / 1000
    assert cleared_mg == pytest.approx(given_mg(history, end), rel=1e-6, abs=1e-6)


# Edges


def test_a_push_counts_from_its_own_moment_on():
    history = PumpHistory(boluses=(Bolus(5.0, 10.0),))
    found = levels(TYPICAL, history=history, times_min=np.array([np.nextafter(5.0, 0), 5.0]))
    assert found.plasma_ng_per_ml.tolist() == [0.0, pytest.approx(10_000 / TYPICAL.v1_l)]
    assert found.effect_ng_per_ml.tolist() == [0.0, 0.0]


def test_a_push_and_an_infusion_hours_into_the_run_are_not_missed():
    history = PumpHistory(segments=(Segment(360.0, 360 + 1 / 3, 1800.0), Segment(600.0, 640.0, 45)))
    found = levels(TYPICAL, history=history, times_min=np.arange(0.0, 700.0))
    assert found.plasma_ng_per_ml[361] > 100
    assert found.plasma_ng_per_ml[640] > found.plasma_ng_per_ml[599] + 100


@pytest.mark.parametrize("mode", [0, 1, 2])
def test_an_effect_site_as_fast_as_an_exponential_bends_nothing(mode):
    matrix = np.array([[324 / 25, -161 / 1400**0.5, -79 / 3925**0.5], [0, 161 / 56, 0], [0, 0, 0]])
    matrix[2, 2] = 79 / 157
    rate = np.linalg.eigvalsh((matrix + np.triu(matrix, 1).T) / 60)[mode]
    grid = np.arange(3601) / 60
    exactly, just_off = (
        levels(TYPICAL, history=SESSION, times_min=grid, ke0_half_life_min=half_life)
        for half_life in (math.log(2) / rate, math.log(2) / (rate * (1 + 1e-9)))
    )
    assert both(exactly) == pytest.approx(both(just_off), rel=3e-9, abs=0)


def test_the_tail_of_months_holds_no_denormal_number():
    times = np.arange(0.0, 60 * 24 * 200, 60.0)
    found = both(levels(TYPICAL, history=SESSION, times_min=times))
    assert not ((found > 0) & (found < np.finfo(float).tiny)).any()
    assert (found[:, -1] == 0).all()


def test_nothing_given_is_nothing_there():
    none = levels(TYPICAL, history=PumpHistory(), times_min=np.arange(200.0))
    idle = PumpHistory(segments=(Segment(0.0, 100.0, 0.0),))
    assert not both(none).any()
    assert not both(levels(TYPICAL, history=idle, times_min=np.arange(200.0))).any()


def test_one_moment_asked_for_many_times_gets_one_answer():
    many = levels(TYPICAL, history=SESSION, times_min=np.full(900, 12.5))
    once = levels(TYPICAL, history=SESSION, times_min=np.array([12.5]))
    assert both(many) == pytest.approx(np.repeat(both(once), 900, axis=1), rel=1e-12, abs=0)


def test_no_moments_give_no_levels():
    assert both(levels(TYPICAL, history=SESSION, times_min=np.array([]))).shape == (2, 0)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (np.array([[0.0, 1.0]]), " must be one row"),
        (np.array([0.0, math.nan]), r"\[1\] must be finite, a number of minutes, not nan"),
        (np.array([0.0, math.inf]), r"\[1\] must be finite, a number of minutes, not inf"),
        (np.array([-math.inf, 0.0]), r"\[0\] must be finite, a number of minutes, not -inf"),
        (np.array([0.0, 2.0, 1.0]), r" must be in order, .*: times_min\[2\] is 1.0 after 2.0"),
        (np.arange(100.0)[::-1], r" must be in order, .*: times_min\[1\] is 98.0 after 99.0"),
    ],
)
def test_moments_that_are_no_row_of_numbers_in_order_are_refused(times, words):
    with pytest.raises(ValueError, match=f"times_min{words}"):
        levels(TYPICAL, history=SESSION, times_min=times)


@pytest.mark.parametrize("half_life", [0.0, -1.0, math.nan, math.inf])
def test_a_half_life_that_is_no_time_is_refused(half_life):
    with pytest.raises(ValueError, match=r"ke0_half_life_min .*above 0"):
        ke0_per_min(half_life)
    with pytest.raises(ValueError, match="ke0_half_life_min"):
        levels(TYPICAL, history=SESSION, times_min=np.array([1.0]), ke0_half_life_min=half_life)


# Models


def test_weight_moves_volumes_in_proportion_and_flows_to_three_quarters():
    heavy = parameters(KAMP2020, weight_kg=140.0)
    assert heavy.v1_l == pytest.approx(50.0)
    assert heavy.v2_l == pytest.approx(112.0)
    assert heavy.v3_l == pytest.approx(314.0)
    assert heavy.cl_l_per_h == pytest.approx(84 * 2**0.75)
    assert heavy.q2_l_per_h == pytest.approx(161 * 2**0.75)
    assert heavy.q3_l_per_h == pytest.approx(79 * 2**0.75)


@pytest.mark.parametrize("weight", [30.0, 200.0])
def test_weights_at_the_ends_of_the_range_are_taken(weight):
    assert parameters(KAMP2020, weight_kg=weight).v1_l > 0


@pytest.mark.parametrize("weight", [0.0, -70.0, math.nan, math.inf])
def test_weights_that_are_none_are_refused(weight):
    with pytest.raises(ValueError, match="weight_kg must be a finite number above 0 kg") as refusal:
        parameters(KAMP2020, weight_kg=weight)
    assert repr(weight) in str(refusal.value)


@pytest.mark.parametrize("weight", [7.0, 29.9, 200.1, 700.0])
def test_weights_out_of_range_are_refused_by_name_value_and_range(weight):
    with pytest.raises(ValueError, match="weight_kg must be 30 to 200 kg") as refusal:
        parameters(KAMP2020, weight_kg=weight)
    assert repr(weight) in str(refusal.value)


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_body_without_volume_is_refused(value):
    with pytest.raises(ValueError, match="v3_l must be"):
        PkParameters(v1_l=1.0, v2_l=1.0, v3_l=value, cl_l_per_h=1.0, q2_l_per_h=1.0, q3_l_per_h=1.0)


def test_the_default_model_says_where_it_is_measured_and_what_is_in_doubt():
    assert KAMP2020.site == "arterial"
    assert "racemic" in KAMP2020.analyte
    assert KAMP2020.doubts
