import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.exposure_bodies import chain, followed, kamp, mammillary_with_lag, pumped

from ebbtide.science.pk.catalogue import MODELS
from ebbtide.science.pk.compartments import system_for
from ebbtide.science.pk.course import course_of
from ebbtide.science.pk.exposure import (
    auc_ng_h_per_ml,
    exposure,
    half_lives_min,
    noncompartmental,
    peak,
    spells_above,
    time_above_min,
)
from ebbtide.science.pk.models import Covariates
from ebbtide.science.pk.system import System

KAMP = kamp()
USUAL = pumped(segments=[(0.0, 40.0, 52.5)])

quarter_hours = st.integers(0, 16)


@st.composite
def histories(draw):
    """Up to three segments and two pushes on quarter hours within four hours."""
    edges = sorted(draw(st.lists(quarter_hours, unique=True, min_size=2, max_size=6)))
    rates = st.floats(1.0, 200.0)
    segments = [
        (15.0 * start, 15.0 * end, draw(rates))
        for start, end in zip(edges[::2], edges[1::2], strict=False)
    ]
    moments = sorted(draw(st.lists(quarter_hours, max_size=2)))
    return pumped(segments, [(15.0 * at, draw(st.floats(0.5, 50.0))) for at in moments])


def exact_effect(t):
    """Effect site of 35 mg over 40 min in 40 digits, by the roots of the cubic."""
    v1, cl, q2, v2, q3, v3 = (mp.mpf(x) for x in (25, "1.4", 161, 56, 79, 157))
    q2, q3 = q2 / 60, q3 / 60
    k10, k12, k21, k13, k31 = cl / v1, q2 / v1, q2 / v2, q3 / v1, q3 / v3
    ke0 = mp.log(2) / mp.mpf("6.1")
    roots = mp.polyroots(
        [
            -k10 * k21 * k31,
            k10 * k21 + k10 * k31 + k12 * k31 + k13 * k21 + k21 * k31,
            -(k10 + k12 + k13 + k21 + k31),
            1,
        ],
        asc=True,
        maxsteps=200,
        extraprec=200,
    )
    total = mp.mpf(0)
    for one in roots:
        others = [other for other in roots if other is not one]
        weight = (k21 - one) * (k31 - one) / ((others[0] - one) * (others[1] - one))
        scale = weight * 1000 / v1 * mp.mpf("0.875")
        for rate, share in ((one, ke0 / (ke0 - one)), (ke0, ke0 / (one - ke0))):
            stopped = max(t - 40, 0)
            total += scale * share * (mp.exp(-rate * stopped) - mp.exp(-rate * t)) / rate
    return mp.re(total)


def test_peaks_of_half_a_mg_per_kg_are_the_published_ones():
    plasma, effect = peak(KAMP, history=USUAL), peak(KAMP, history=USUAL, output="effect")
    assert plasma.at_min == 40.0
    assert plasma.level_ng_per_ml == pytest.approx(253.05183, abs=5e-6)
    assert effect.level_ng_per_ml == pytest.approx(228.69, abs=0.005)


def test_peak_after_the_pump_stops_agrees_with_40_digits():
    found = peak(KAMP, history=USUAL, output="effect")
    with mp.workdps(40):
        at_min = mp.findroot(lambda t: mp.diff(exact_effect, t), 40.8)
        assert found.at_min == pytest.approx(float(at_min), rel=1e-9)
        assert found.level_ng_per_ml == pytest.approx(float(exact_effect(at_min)), rel=1e-13)


@given(history=histories(), output=st.sampled_from(["plasma", "effect"]))
@settings(max_examples=40)
def test_peak_time_above_and_area_are_those_of_a_fine_grid(history, output):
    times, levels = followed(KAMP, history, output, until_min=300.0, steps=6000)
    found = peak(KAMP, history=history, output=output, until_min=300.0)
    assert found.level_ng_per_ml >= levels.max() * (1 - 1e-9)
    assert found.level_ng_per_ml == pytest.approx(levels.max(), rel=5e-4)
    if levels.max() > 0:
        level = 0.6 * levels.max()
        above = time_above_min(
            KAMP, history=history, level_ng_per_ml=level, output=output, until_min=300.0
        )
        assert above == pytest.approx((levels > level).sum() * 0.05, abs=0.05 * 8)
    area = auc_ng_h_per_ml(KAMP, history=history, output=output, until_min=300.0)
    jumps = sum(bolus.dose_mg for bolus in history.boluses) * 40 * 0.05 / 60
    trapezoids = np.trapezoid(levels, times) / 60
    assert area == pytest.approx(trapezoids, rel=2e-3, abs=jumps)


@given(history=histories(), factor=st.floats(0.1, 10.0), shift_min=st.floats(-500.0, 500.0))
@settings(max_examples=30)
def test_exposure_is_linear_in_dose_and_does_not_mind_the_clock(history, factor, shift_min):
    other = pumped(
        [
            (one.start_min + shift_min, one.end_min + shift_min, one.rate_mg_per_h * factor)
            for one in history.segments
        ],
        [(one.at_min + shift_min, one.dose_mg * factor) for one in history.boluses],
    )
    first = exposure(KAMP, history=history, output="effect", above_ng_per_ml=(50.0,))
    second = exposure(KAMP, history=other, output="effect", above_ng_per_ml=(50.0 * factor,))
    assert second.cmax_ng_per_ml == pytest.approx(first.cmax_ng_per_ml * factor, rel=1e-9)
    assert second.tmax_min == pytest.approx(first.tmax_min + shift_min, abs=1e-4)
    assert second.auc_ng_h_per_ml == pytest.approx(first.auc_ng_h_per_ml * factor, rel=1e-9)
    assert second.time_above_min[50.0 * factor] == pytest.approx(
        first.time_above_min[50.0], abs=1e-3
    )


@given(
    volumes=st.tuples(*[st.floats(3.0, 500.0)] * 3),
    flows=st.tuples(*[st.floats(0.05, 10.0)] * 3),
    which=st.integers(0, 2),
    apart=st.sampled_from([0.0, 1e-9, 1e-3, 0.5]),
    history=histories(),
)
@settings(max_examples=25)
def test_no_peak_is_missed_where_the_lag_is_as_fast_as_the_body(
    volumes, flows, which, apart, history
):
    body = mammillary_with_lag(volumes, flows, which, apart)
    _, levels = followed(body, history, "effect", until_min=300.0, steps=1200)
    found = peak(body, history=history, output="effect", until_min=300.0)
    assert found.level_ng_per_ml >= levels.max() * (1 - 1e-9)


def test_area_to_infinity_is_dose_over_clearance():
    assert auc_ng_h_per_ml(KAMP, history=USUAL) == pytest.approx(35 / 84 * 1000, rel=1e-13)
    late = auc_ng_h_per_ml(KAMP, history=USUAL, until_min=20_000.0)
    assert late == pytest.approx(35 / 84 * 1000, rel=1e-12)


def test_area_keeps_its_digits_in_the_first_second():
    history = pumped(boluses=[(0.0, 10.0)])
    area = auc_ng_h_per_ml(KAMP, history=history, until_min=1e-6)
    assert area == pytest.approx(400 * 1e-6 / 60, rel=1e-6)
    assert auc_ng_h_per_ml(KAMP, history=history, until_min=0.0) == 0
    assert auc_ng_h_per_ml(KAMP, history=history, until_min=-5.0) == 0


def test_half_lives_are_those_of_the_exponentials():
    assert half_lives_min(KAMP) == pytest.approx((2.84, 28.36, 183.75), rel=1e-3)
    assert half_lives_min(KAMP, output="effect")[1] == pytest.approx(6.1, rel=1e-12)


def test_two_compartments_have_two_half_lives_however_they_are_written():
    two = system_for(MODELS["hijazi2003"], covariates=Covariates(weight_kg=70.0, age_years=40.0))
    assert half_lives_min(two) == pytest.approx((16.2, 296.7), abs=0.05)
    assert len(half_lives_min(two, output="effect")) == 3
    assert half_lives_min(chain(0.25, 2)) == pytest.approx((math.log(2) / 0.25,) * 2)


@pytest.mark.parametrize("name", MODELS)
def test_every_output_of_every_model_agrees_with_a_fine_grid(name):
    model = MODELS[name]
    who = Covariates(
        weight_kg=min(70.0, model.weight_kg.most), age_years=min(40.0, model.age_years.most)
    )
    body = system_for(model, covariates=who, metabolites=tuple(model.metabolites))
    history = pumped([(0.0, 40.0, 52.5), (60.0, 70.0, 80.0)], [(100.0, 5.0)])
    for output in body.outputs:
        times, levels = followed(body, history, output, until_min=600.0, steps=3000)
        found = peak(body, history=history, output=output)
        top = levels.argmax()
        assert found.at_min == pytest.approx(times[top], abs=0.21)
        assert levels[top] * (1 - 1e-9) <= found.level_ng_per_ml <= levels[top] * (1 + 5e-3)
        level = 0.5 * levels.max()
        above = time_above_min(
            body, history=history, level_ng_per_ml=level, output=output, until_min=600.0
        )
        assert above == pytest.approx((levels > level).sum() * 0.2, abs=1.0)
        area = auc_ng_h_per_ml(body, history=history, output=output)
        late = auc_ng_h_per_ml(body, history=history, output=output, until_min=60_000.0)
        assert late == pytest.approx(area, rel=1e-11)


def test_noncompartmental_values_lie_in_the_published_intervals():
    found = noncompartmental(KAMP)
    assert found.cl_l_per_h == pytest.approx(84.0, rel=1e-12)
    assert found.vss_l == pytest.approx(25 + 56 + 157, rel=1e-12)
    assert found.mrt_min == pytest.approx(238 / 84 * 60, rel=1e-12)
    assert found.terminal_half_life_min == pytest.approx(183.75, abs=0.01)
    assert 69 <= found.cl_l_per_h <= 90
    assert 200 <= found.vss_l <= 304


@pytest.mark.parametrize("length", [2, 3, 5])
def test_equal_rates_in_a_row_peak_where_a_gamma_density_does(length):
    found = peak(chain(0.25, length), history=pumped(boluses=[(3.0, 2.0)]))
    at = (length - 1) / 0.25
    density = 2.0 * (0.25 * at) ** (length - 1) * math.exp(-0.25 * at) / math.factorial(length - 1)
    assert found.at_min == pytest.approx(3.0 + at, rel=1e-7)
    assert found.level_ng_per_ml == pytest.approx(density, rel=1e-12)


def test_a_level_crossed_down_and_up_within_one_rate_gives_two_spells():
    history = pumped(segments=[(0.0, 600.0, 30.0)], boluses=[(0.0, 20.0)])
    first, second = spells_above(KAMP, history=history, level_ng_per_ml=250.0)
    times, levels = followed(KAMP, history, "plasma", until_min=900.0, steps=18_000)
    above = times[levels > 250.0]
    gap = np.argmax(np.diff(above))
    assert first.start_min == 0.0
    assert first.end_min == pytest.approx(above[gap], abs=0.051)
    assert second.start_min == pytest.approx(above[gap + 1], abs=0.051)
    assert second.end_min == pytest.approx(above[-1], abs=0.051)
    assert first.length_min == first.end_min


def test_a_spell_goes_on_over_a_change_of_rate():
    history = pumped(segments=[(0.0, 30.0, 60.0), (30.0, 40.0, 59.0)])
    (spell,) = spells_above(KAMP, history=history, level_ng_per_ml=100.0)
    assert spell.start_min < 30.0
    assert spell.end_min > 40.0


def test_a_level_kept_up_for_weeks_is_above_for_weeks():
    body, history = chain(0.25, 2), pumped(segments=[(0.0, 50_000.0, 60.0)])
    above = time_above_min(body, history=history, level_ng_per_ml=2.0)
    assert above == pytest.approx(50_000.0, rel=1e-3)
    assert peak(body, history=history).level_ng_per_ml == pytest.approx(4.0)
    area = auc_ng_h_per_ml(body, history=history, until_min=50_000.0)
    assert area == pytest.approx(4.0 * 50_000 / 60, rel=1e-3)


def test_a_level_never_reached_has_no_spell():
    assert spells_above(KAMP, history=USUAL, level_ng_per_ml=254.0) == ()
    assert spells_above(KAMP, history=pumped(), level_ng_per_ml=1.0) == ()


def test_only_the_window_counts():
    assert peak(KAMP, history=USUAL, until_min=20.0).at_min == 20.0
    assert peak(KAMP, history=USUAL, from_min=60.0).level_ng_per_ml == pytest.approx(95.85996)
    above = time_above_min(KAMP, history=USUAL, level_ng_per_ml=50.0, from_min=30.0, until_min=45.0)
    assert above == pytest.approx(15.0)


def test_a_push_at_the_last_moment_counts():
    history = pumped(boluses=[(0.0, 1.0), (10.0, 5.0)])
    assert peak(KAMP, history=history, until_min=10.0).level_ng_per_ml > 200.0
    assert time_above_min(KAMP, history=history, level_ng_per_ml=100.0, until_min=10.0) == 0.0
    both, first = (
        peak(KAMP, history=pumped(boluses=boluses), from_min=10.0, until_min=10.0).level_ng_per_ml
        for boluses in ([(0.0, 1.0), (10.0, 5.0)], [(0.0, 1.0)])
    )
    assert both == pytest.approx(first + 200.0)


def test_the_output_keeps_to_the_states_it_depends_on():
    assert len(course_of(KAMP, "plasma").rates_per_min) == 3
    assert len(course_of(KAMP, "effect").rates_per_min) == 4


@pytest.mark.parametrize("level", [0.0, -1.0, math.nan, math.inf])
def test_time_above_nothing_is_refused(level):
    with pytest.raises(ValueError, match="level_ng_per_ml"):
        time_above_min(KAMP, history=USUAL, level_ng_per_ml=level)


def test_what_cannot_be_answered_is_refused():
    with pytest.raises(ValueError, match="output must be one of plasma, effect"):
        peak(KAMP, history=USUAL, output="liver")
    with pytest.raises(ValueError, match="history"):
        peak(KAMP, history=USUAL, until_min=-1.0)
    with pytest.raises(ValueError, match="history"):
        exposure(KAMP, history=pumped())
    with pytest.raises(ValueError, match="until_min"):
        peak(KAMP, history=USUAL, from_min=10.0, until_min=9.0)
    with pytest.raises(ValueError, match="until_min"):
        auc_ng_h_per_ml(KAMP, history=USUAL, until_min=math.nan)


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        ([[-1.0, 0, 1], [1, -1.0, 0], [0, 1, -1.5]], "swing"),
        ([[-1.0, 1.0], [1.0, -1.0]], "leave"),
    ],
)
def test_a_body_that_swings_or_keeps_everything_is_refused(matrix, reason):
    size = len(matrix)
    body = System(
        matrix_per_min=np.array(matrix),
        input_per_mg=np.eye(size)[0],
        outputs={"plasma": np.eye(size)[0]},
    )
    with pytest.raises(ValueError, match=reason):
        peak(body, history=USUAL)
