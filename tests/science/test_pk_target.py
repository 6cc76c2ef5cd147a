from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.exposure_bodies import followed, kamp, pumped

from ebbtide.science.pk.target import NOTICE, PumpRange, Target, reach

KAMP = kamp()
PUMP = PumpRange(
    mg_per_ml=Decimal(1),
    max_rate_ml_per_h=Decimal(300),
    resolution_ml_per_h=Decimal("0.1"),
    max_dose_mg=Decimal(100),
)


def aim(level=150.0, **options):
    return Target(**{"level_ng_per_ml": level, "for_min": 60.0, "step_min": 1.0, **options})


def codes(profile):
    return [finding.code for finding in profile.findings]


def levels_on_a_grid(profile, body=KAMP, until_min=90.0):
    return followed(body, profile.history, profile.target.output, until_min=until_min, steps=5400)


@pytest.mark.parametrize("step_min", [1 / 6, 1.0, 5.0])
def test_plasma_is_on_the_target_at_the_end_of_each_step_and_never_over(step_min):
    profile = reach(KAMP, target=aim(step_min=step_min), pump=PUMP)
    times, levels = levels_on_a_grid(profile)
    assert profile.findings == ()
    assert levels.max() <= 150.0
    assert profile.highest.level_ng_per_ml == pytest.approx(levels.max(), rel=1e-4)
    ends = levels[np.searchsorted(times, profile.times_min[profile.times_min >= 5.0] - 1e-9)]
    least_gain = 0.1 / 60 * step_min * 1000 / 25  # one step of the pump's resolution
    assert ends == pytest.approx(150.0, abs=1.01 * least_gain + 0.02)


@pytest.mark.parametrize("step_min", [1 / 6, 1.0, 5.0])
@pytest.mark.parametrize("resolution", ["0.1", "1"])
def test_the_effect_site_is_filled_and_held_without_passing_the_target(step_min, resolution):
    pump = PumpRange(
        mg_per_ml=Decimal(1),
        max_rate_ml_per_h=Decimal(300),
        resolution_ml_per_h=Decimal(resolution),
        max_dose_mg=Decimal(100),
    )
    profile = reach(KAMP, target=aim(step_min=step_min, output="effect"), pump=pump)
    times, levels = levels_on_a_grid(profile)
    assert profile.findings == ()
    assert levels.max() <= 150.0 * (1 + 1e-8)
    held = levels[(times > profile.reached_min) & (times < 60.0)]
    assert held.min() >= 147.0 * (1 - 1e-6)
    risen = held[np.argmax(np.diff(held) < 0) :]
    assert profile.lowest_held_ng_per_ml == pytest.approx(risen.min(), rel=1e-4)
    assert profile.lowest_held_ng_per_ml > 147.5
    assert profile.reached_min == pytest.approx(times[levels > 147.0][0], abs=0.017)
    assert profile.reached_min < 9.0


def test_the_effect_site_is_reached_sooner_than_by_a_constant_plasma_level():
    by_effect = reach(KAMP, target=aim(output="effect"), pump=PUMP)
    by_plasma = reach(KAMP, target=aim(), pump=PUMP)
    _, effect = followed(KAMP, by_plasma.history, "effect", until_min=60.0, steps=3600)
    assert by_effect.reached_min * 2 < np.argmax(effect > 147.0) / 60


def test_a_venous_level_lags_and_is_not_passed_either():
    body = kamp(venous_half_life_min=8.0)
    profile = reach(body, target=aim(), pump=PUMP)
    _, levels = levels_on_a_grid(profile, body)
    assert profile.findings == ()
    assert levels.max() <= 150.0 * (1 + 1e-8)


@given(
    level=st.floats(20.0, 400.0),
    step_min=st.sampled_from([0.5, 2.0, 5.0]),
    output=st.sampled_from(["plasma", "effect"]),
    max_rate=st.sampled_from([20, 90, 999]),
    max_dose=st.sampled_from([5, 40, 400]),
)
@settings(max_examples=25)
def test_the_pump_is_never_asked_for_what_it_cannot_do(level, step_min, output, max_rate, max_dose):
    pump = PumpRange(
        mg_per_ml=Decimal("2.5"),
        max_rate_ml_per_h=Decimal(max_rate),
        resolution_ml_per_h=Decimal("0.5"),
        max_dose_mg=Decimal(max_dose),
    )
    profile = reach(KAMP, target=aim(level, step_min=step_min, output=output), pump=pump)
    for step in profile.steps:
        assert 0 <= step.rate_ml_per_h <= max_rate
        assert step.rate_ml_per_h % Decimal("0.5") == 0
        assert step.rate_mg_per_h == float(step.rate_ml_per_h) * 2.5
    total = sum((one.end_min - one.start_min) * one.rate_mg_per_h / 60 for one in profile.steps)
    assert profile.total_mg == pytest.approx(total)
    assert total <= max_dose * (1 + 1e-9)
    assert profile.highest.level_ng_per_ml <= level * (1 + 1e-8)
    assert (profile.reached_min is None) == ("target.not_reached" in codes(profile))


def test_what_was_given_before_counts_and_what_was_planned_does_not():
    before = pumped([(0.0, 40.0, 52.5)], [(30.0, 500.0)])
    profile = reach(
        KAMP, target=aim(180.0, output="effect"), pump=PUMP, history=before, from_min=20.0
    )
    assert profile.history.segments[0].end_min == 20.0
    assert profile.history.boluses == ()
    assert profile.steps[0].start_min == profile.times_min[0] == 20.0
    assert profile.times_min[-1] == 80.0
    times, levels = levels_on_a_grid(profile)
    assert levels[times >= 20.0].max() <= 180.0 * (1 + 1e-8)
    fresh = reach(KAMP, target=aim(180.0, output="effect"), pump=PUMP)
    assert profile.total_mg < fresh.total_mg
    assert profile.levels_ng_per_ml["plasma"][0] > 0


def test_predicted_levels_are_those_of_the_profile():
    profile = reach(KAMP, target=aim(step_min=0.5), pump=PUMP)
    for output in ("plasma", "effect"):
        _, levels = followed(KAMP, profile.history, output, until_min=60.0, steps=120)
        assert profile.levels_ng_per_ml[output] == pytest.approx(levels, rel=1e-9)


def test_a_level_already_too_high_is_waited_for_and_told():
    before = pumped(boluses=[(0.0, 30.0)])
    profile = reach(KAMP, target=aim(100.0), pump=PUMP, history=before, from_min=1.0)
    assert profile.steps[0].rate_ml_per_h == 0
    assert codes(profile) == ["target.overshoot"]
    assert "at its highest, over the target of 100 ng/mL by more than 2 %" in str(
        profile.findings[0].message
    )
    effect = reach(KAMP, target=aim(60.0, output="effect"), pump=PUMP, history=before, from_min=8.0)
    assert effect.steps[0].rate_ml_per_h == 0
    assert "target.overshoot" in codes(effect)


def test_too_slow_a_pump_is_told():
    slow = PumpRange(
        mg_per_ml=Decimal(1),
        max_rate_ml_per_h=Decimal(5),
        resolution_ml_per_h=Decimal(1),
        max_dose_mg=Decimal(100),
    )
    profile = reach(KAMP, target=aim(), pump=slow)
    assert codes(profile) == ["target.not_reached"]
    assert profile.reached_min is None
    assert profile.lowest_held_ng_per_ml is None
    assert [step.rate_ml_per_h for step in profile.steps] == [5]


def test_the_most_allowed_dose_ends_the_profile_and_is_told():
    little = PumpRange(
        mg_per_ml=Decimal(1),
        max_rate_ml_per_h=Decimal(300),
        resolution_ml_per_h=Decimal("0.1"),
        max_dose_mg=Decimal(10),
    )
    before = pumped(boluses=[(0.0, 2.0)])
    profile = reach(KAMP, target=aim(), pump=little, history=before)
    assert profile.total_mg <= 8.0
    assert profile.total_mg == pytest.approx(8.0, abs=0.01)
    assert codes(profile) == ["target.not_held", "target.dose_limit"]
    assert profile.steps[-1].rate_ml_per_h == 0


def test_too_coarse_a_pump_gives_nothing():
    coarse = PumpRange(
        mg_per_ml=Decimal(1000),
        max_rate_ml_per_h=Decimal(300),
        resolution_ml_per_h=Decimal(100),
        max_dose_mg=Decimal(100),
    )
    profile = reach(KAMP, target=aim(), pump=coarse)
    assert profile.total_mg == 0
    assert profile.highest.level_ng_per_ml == 0
    assert "target.not_reached" in codes(profile)


def test_it_says_that_it_is_for_study():
    assert reach(KAMP, target=aim(), pump=PUMP).notice == NOTICE
    assert "never sent to a pump" in NOTICE


def test_a_level_that_rises_to_the_end_is_lowest_held_at_the_end():
    profile = reach(KAMP, target=aim(for_min=1.0), pump=PUMP)
    assert profile.lowest_held_ng_per_ml == profile.highest.level_ng_per_ml


def test_a_profile_is_whole_steps():
    assert reach(KAMP, target=aim(for_min=2.5), pump=PUMP).times_min.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("field", ["level_ng_per_ml", "for_min", "step_min", "tolerance_percent"])
def test_a_target_that_is_none_is_refused(field, bad):
    with pytest.raises(ValueError, match=field):
        Target(**{"level_ng_per_ml": 150.0, "for_min": 60.0, "step_min": 1.0, field: bad})


def test_too_many_steps_are_refused():
    with pytest.raises(ValueError, match="at most 20000 steps"):
        aim(for_min=3000.0, step_min=0.1)


@pytest.mark.parametrize("bad", ["0", "-1", "NaN", "Infinity"])
@pytest.mark.parametrize(
    "field", ["mg_per_ml", "max_rate_ml_per_h", "resolution_ml_per_h", "max_dose_mg"]
)
def test_a_pump_that_is_none_is_refused(field, bad):
    usual = dict.fromkeys(PUMP.__slots__, Decimal(1))
    with pytest.raises(ValueError, match=field):
        PumpRange(**(usual | {field: Decimal(bad)}))


def test_an_output_unknown_or_a_moment_that_is_none_is_refused():
    with pytest.raises(ValueError, match="output"):
        reach(KAMP, target=aim(output="liver"), pump=PUMP)
    with pytest.raises(ValueError, match="from_min"):
        reach(KAMP, target=aim(), pump=PUMP, from_min=float("nan"))
