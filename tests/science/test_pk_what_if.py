import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.science.exposure_bodies import followed, kamp, pumped

from ebbtide.science.pk.pump import up_to
from ebbtide.science.pk.what_if import (
    LABEL,
    Now,
    bolus,
    change_rate,
    go_on,
    hold,
    outlook,
    stop,
)

KAMP = kamp()
PLANNED = pumped(segments=[(0.0, 40.0, 52.5)])
NOW = Now(history=PLANNED, at_min=20.0, rate_mg_per_h=52.5, remaining_mg=17.5)
TIMES = np.linspace(20.0, 120.0, 101)


def seen(choice, now=NOW, **options):
    return outlook(KAMP, now=now, choice=choice, times_min=TIMES, **options)


@pytest.mark.parametrize(
    ("choice", "segments", "boluses"),
    [
        (go_on(NOW), [(0.0, 40.0, 52.5)], []),
        (hold(NOW, minutes=10.0), [(0.0, 20.0, 52.5), (30.0, 50.0, 52.5)], []),
        (change_rate(NOW, rate_mg_per_h=26.25), [(0.0, 20.0, 52.5), (20.0, 60.0, 26.25)], []),
        (change_rate(NOW, rate_mg_per_h=105.0), [(0.0, 20.0, 52.5), (20.0, 30.0, 105.0)], []),
        (change_rate(NOW, rate_mg_per_h=0.0), [(0.0, 20.0, 52.5)], []),
        (stop(NOW), [(0.0, 20.0, 52.5)], []),
        (bolus(NOW, dose_mg=5.0, over_min=0.0), [(0.0, 40.0, 52.5)], [(20.0, 5.0)]),
        (
            bolus(NOW, dose_mg=5.0, over_min=2.0),
            [(0.0, 20.0, 52.5), (20.0, 22.0, 202.5), (22.0, 40.0, 52.5)],
            [],
        ),
        (
            bolus(NOW, dose_mg=5.0, over_min=30.0),
            [(0.0, 20.0, 52.5), (20.0, 40.0, 62.5), (40.0, 50.0, 10.0)],
            [],
        ),
        (
            bolus(NOW, dose_mg=5.0, over_min=20.0),
            [(0.0, 20.0, 52.5), (20.0, 40.0, 67.5)],
            [],
        ),
    ],
)
def test_each_choice_is_what_the_pump_would_then_give(choice, segments, boluses):
    found = seen(choice)
    by_hand = pumped(segments, boluses)
    for output in ("plasma", "effect"):
        times, levels = followed(KAMP, by_hand, output, until_min=120.0, steps=1200)
        assert found.levels_ng_per_ml[output] == pytest.approx(levels[200::10], rel=1e-9)
        grid_top = levels[200:].max()
        top = found.highest[output].level_ng_per_ml
        assert grid_top * (1 - 1e-9) <= top <= grid_top * 1.001
    assert times[200] == 20.0
    given = sum((end - start) * rate / 60 for start, end, rate in segments)
    assert found.total_mg == pytest.approx(given + sum(dose for _, dose in boluses))
    assert found.end_min == pytest.approx(max(20.0, segments[-1][1]))
    assert found.label == LABEL == "picture, not an instruction"


def test_a_push_onto_a_pump_that_stands_runs_alone():
    held = Now(history=PLANNED, at_min=20.0, rate_mg_per_h=0.0, remaining_mg=17.5)
    choice = bolus(held, dose_mg=3.0, over_min=3.0)
    assert [(one.start_min, one.end_min, one.rate_mg_per_h) for one in choice.segments] == [
        (20.0, 23.0, 60.0)
    ]


def test_nothing_follows_when_nothing_remains():
    done = Now(history=PLANNED, at_min=50.0, rate_mg_per_h=52.5, remaining_mg=0.0)
    assert go_on(done).segments == ()
    assert seen(go_on(done), now=done).end_min == 50.0


def test_before_anything_is_given_a_stop_leaves_nothing():
    begin = Now(history=pumped(), at_min=0.0, rate_mg_per_h=52.5, remaining_mg=35.0)
    found = outlook(
        KAMP, now=begin, choice=stop(begin), times_min=np.array([0.0, 9.0]), below_ng_per_ml=(1.0,)
    )
    assert found.levels_ng_per_ml["plasma"].tolist() == [0.0, 0.0]
    assert found.highest["plasma"].level_ng_per_ml == 0.0
    assert found.falls_below_min[1.0] == 0.0
    assert found.total_mg == 0.0


def test_when_the_level_stays_below_is_when_the_curve_last_passes():
    found = seen(hold(NOW, minutes=10.0), below_ng_per_ml=(100.0, 220.0, 400.0))
    by_hand = pumped([(0.0, 20.0, 52.5), (30.0, 50.0, 52.5)])
    times, levels = followed(KAMP, by_hand, "plasma", until_min=120.0, steps=12_000)
    for level in (100.0, 220.0):
        assert found.falls_below_min[level] == pytest.approx(times[levels > level][-1], abs=0.011)
    assert found.falls_below_min[400.0] == 20.0
    assert found.watched == "plasma"


def test_the_effect_site_can_be_watched():
    plasma = seen(stop(NOW), below_ng_per_ml=(100.0,))
    effect = seen(stop(NOW), below_ng_per_ml=(100.0,), watched="effect")
    assert effect.falls_below_min[100.0] > plasma.falls_below_min[100.0]


@given(minutes=st.floats(0.0, 120.0), rate=st.floats(1.0, 300.0))
def test_the_dose_is_the_same_whatever_the_hold_or_the_rate(minutes, rate):
    for choice in (hold(NOW, minutes=minutes), change_rate(NOW, rate_mg_per_h=rate)):
        assert seen(choice).total_mg == pytest.approx(35.0)


@given(minutes=st.floats(0.0, 120.0))
def test_a_longer_hold_never_raises_the_peak(minutes):
    shorter, longer = (
        seen(hold(NOW, minutes=length)).highest["effect"].level_ng_per_ml
        for length in (minutes, minutes + 5.0)
    )
    assert longer <= shorter * (1 + 1e-12)


def test_what_came_before_is_kept_with_a_push_at_the_very_moment():
    past = up_to(
        pumped([(0.0, 10.0, 30.0), (20.0, 30.0, 30.0)], [(5.0, 1.0), (6.0, 2.0)]), at_min=5
    )
    assert past == pumped([(0.0, 5.0, 30.0)], [(5.0, 1.0)])


def test_a_piece_that_begins_at_the_very_moment_is_still_to_come():
    past = up_to(pumped([(0.0, 10.0, 30.0), (20.0, 30.0, 30.0)]), at_min=20.0)
    assert past == pumped([(0.0, 10.0, 30.0)])


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_what_no_pump_does_is_refused(bad):
    with pytest.raises(ValueError, match="minutes"):
        hold(NOW, minutes=bad)
    with pytest.raises(ValueError, match="rate_mg_per_h"):
        change_rate(NOW, rate_mg_per_h=bad)
    with pytest.raises(ValueError, match="dose_mg"):
        bolus(NOW, dose_mg=bad, over_min=1.0)
    with pytest.raises(ValueError, match="over_min"):
        bolus(NOW, dose_mg=1.0, over_min=bad)
    with pytest.raises(ValueError, match="rate_mg_per_h"):
        Now(history=PLANNED, at_min=0.0, rate_mg_per_h=bad, remaining_mg=1.0)
    with pytest.raises(ValueError, match="remaining_mg"):
        Now(history=PLANNED, at_min=0.0, rate_mg_per_h=1.0, remaining_mg=bad)


def test_a_moment_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="at_min"):
        Now(history=PLANNED, at_min=math.nan, rate_mg_per_h=1.0, remaining_mg=1.0)


def test_a_level_not_above_0_or_an_output_unknown_is_refused():
    with pytest.raises(ValueError, match="level_ng_per_ml"):
        seen(stop(NOW), below_ng_per_ml=(0.0,))
    with pytest.raises(ValueError, match="output"):
        seen(stop(NOW), below_ng_per_ml=(1.0,), watched="liver")
