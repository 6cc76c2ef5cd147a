import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.science.population_studies import BUSY, SESSION

from ebbtide.science.pk.catalogue import MODELS
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.population import peaks as module
from ebbtide.science.population.peaks import Peaks
from ebbtide.science.population.people import draw_people, exponentials
from ebbtide.science.population.stretch import Grid, course, write_levels

KAMP = MODELS["kamp2020"]
MODES = exponentials(KAMP, draw_people(KAMP, patients=6, rng=np.random.default_rng(4)))


def both_ways(history, grid, levels, modes=MODES):
    """What `Peaks` says, and what a look at every moment says."""
    found = Peaks(modes, grid=grid, levels_ng_per_ml=levels)
    found.follow(course(modes, history.changes()))
    curve = np.empty((2, len(modes.ke0_per_min), grid.count))
    write_levels(modes, course(modes, history.changes()), grid, curve)
    above = np.array([(curve[:, :, :-1] > level).sum(axis=2) for level in levels])
    return found, curve, above


def assert_alike(found, curve, above):
    assert found.highest_ng_per_ml == pytest.approx(curve.max(axis=2), rel=1e-13)
    assert (found.highest_at == curve.argmax(axis=2)).all()
    assert (found.steps_above == above).all()


@pytest.mark.parametrize("history", [SESSION, BUSY], ids=["one infusion", "holds and pushes"])
@pytest.mark.parametrize("step_s", [1.0, 10.0, 60.0])
def test_peaks_and_times_above_are_those_of_every_moment(history, step_s):
    grid = Grid(step_s=step_s, count=int(8 * 3600 / step_s) + 1)
    assert_alike(*both_ways(history, grid, (0.0, 1.0, 50.0, 100.0, 150.0, 1e5)))


def test_most_moments_are_not_worked_out(monkeypatch):
    looked_at = []
    climb = Peaks._climb
    monkeypatch.setattr(
        Peaks,
        "_climb",
        lambda self, level, *rest: (looked_at.append(level.size), climb(self, level, *rest)),
    )
    both_ways(SESSION, Grid(step_s=1.0, count=86401), (100.0,))
    assert sum(looked_at) < 0.02 * 2 * 6 * 86401


def test_chunks_worked_out_a_few_at_a_time_give_the_same(monkeypatch):
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    grid = Grid(step_s=1.0, count=7201)
    assert_alike(*both_ways(BUSY, grid, (20.0, 100.0)))


def test_the_peak_of_the_plasma_is_the_second_at_which_the_pump_stops():
    found, _, _ = both_ways(SESSION, Grid(step_s=1.0, count=7201), ())
    assert (found.highest_at[0] == 2400).all()
    assert ((found.highest_at[1] > 2400) & (found.highest_at[1] < 3300)).all()


def test_the_last_moment_begins_no_step():
    history = PumpHistory(segments=(Segment(0.0, 60.0, 60.0),))
    found, _, _ = both_ways(history, Grid(step_s=1.0, count=11), (0.0,))
    assert (found.steps_above[0] == 9).all()  # not at 0 s, when there is none yet, nor at 10 s


def test_without_a_dose_the_highest_is_nothing_at_the_beginning():
    water = PumpHistory(segments=(Segment(1.0, 2.0, 0.0),))
    for history in (PumpHistory(), water):
        found, _, _ = both_ways(history, Grid(step_s=1.0, count=200), (0.0,))
        assert (found.highest_ng_per_ml == 0).all()
        assert (found.highest_at == 0).all()
        assert (found.steps_above == 0).all()


def test_a_dip_between_two_looks_is_not_missed():
    """A push on top of an infusion: the level falls, turns within a chunk, and rises again."""
    history = PumpHistory(segments=(Segment(0.0, 120.0, 60.0),), boluses=(Bolus(0.0, 10.0),))
    grid = Grid(step_s=5.0, count=1441)
    curve = np.empty((2, len(MODES.ke0_per_min), grid.count))
    write_levels(MODES, course(MODES, history.changes()), grid, curve)
    assert (curve[0].argmin(axis=1) % module.CHUNK > 1).all()
    for turn in curve[0].min(axis=1).tolist():
        for just_above in (1e-5, 1e-4, 1e-3):  # one at a time: another would have it worked out
            found, _, above = both_ways(history, grid, (turn * (1 + just_above),))
            assert (found.steps_above == above).all()


@st.composite
def histories(draw):
    segments, at = [], 0.0
    for _ in range(draw(st.integers(0, 4))):
        start = at + draw(st.floats(0.0, 30.0))
        at = start + draw(st.floats(0.01, 30.0))
        segments.append(Segment(start, at, draw(st.sampled_from([0.0, 0.5, 40.0, 300.0]))))
    pushes = sorted(draw(st.lists(st.floats(0.0, 90.0), max_size=3)))
    return PumpHistory(
        segments=tuple(segments), boluses=tuple(Bolus(moment, 6.0) for moment in pushes)
    )


@given(
    history=histories(),
    count=st.integers(1, 2000),
    step_s=st.sampled_from([0.5, 1.0, 5.0]),
    name=st.sampled_from(["kamp2020", "domino1984", "clements_nimmo1981", "perezruixo2021"]),
    seed=st.integers(0, 9),
)
def test_any_history_and_model_is_followed_as_if_every_moment_were_seen(
    history, count, step_s, name, seed
):
    model = MODELS[name]
    modes = exponentials(model, draw_people(model, patients=3, rng=np.random.default_rng(seed)))
    found, curve, above = both_ways(
        history, Grid(step_s=step_s, count=count), (3.0, 60.0, 200.0), modes
    )
    assert found.highest_ng_per_ml == pytest.approx(curve.max(axis=2), rel=1e-12)
    there = np.take_along_axis(curve, found.highest_at[:, :, None], axis=2)[:, :, 0]
    assert there == pytest.approx(curve.max(axis=2), rel=1e-12)
    assert (found.steps_above == above).all()
