import math
from dataclasses import replace

import numpy as np
import pytest

from ebbtide.science.patient.body import (
    TYPICAL,
    Unrest,
    VirtualPatient,
    expected,
    initial_state,
    step,
    vitals,
)
from ebbtide.science.pk.levels import levels
from ebbtide.science.pk.pump import PumpHistory, Segment

CALM = Unrest(sd=0.0, memory_s=60.0)
STILL = VirtualPatient(
    spo2_unrest=CALM,
    pulse_unrest=CALM,
    resp_unrest=CALM,
    systolic_unrest=CALM,
    diastolic_unrest=CALM,
)
LEVELS = (0.0, 100.0, 200.0, 1000.0, 5000.0)


def run(patient, minutes, *, rate_mg_per_min=0.0, dt_s=1.0, seed=1, state=None):
    rng = np.random.default_rng(seed)
    state = state or initial_state(patient)
    seen = []
    for _ in range(round(minutes * 60 / dt_s)):
        state, now = step(state, dt_s=dt_s, given_mg=rate_mg_per_min * dt_s / 60, rng=rng)
        seen.append(now)
    return state, seen


@pytest.mark.parametrize("dt_s", [0.5, 1.0, 10.0, 60.0])
def test_levels_are_those_of_the_closed_form_whatever_the_step(dt_s):
    state, infused = run(STILL, 40, rate_mg_per_min=0.875, dt_s=dt_s)
    _, rested = run(STILL, 20, dt_s=dt_s, state=state)
    exact = levels(
        TYPICAL,
        history=PumpHistory(segments=(Segment(0.0, 40.0, 52.5),)),
        times_min=np.arange(1, round(3600 / dt_s) + 1) * dt_s / 60,
    )
    seen = infused + rested
    assert [one.plasma_ng_per_ml for one in seen] == pytest.approx(exact.plasma_ng_per_ml, rel=1e-9)
    assert [one.effect_ng_per_ml for one in seen] == pytest.approx(exact.effect_ng_per_ml, rel=1e-9)


def test_half_a_mg_per_kg_over_40_min_raises_pressure_as_published():
    rest = vitals(initial_state(STILL))
    _, seen = run(STILL, 40, rate_mg_per_min=0.875)
    top = seen[-1]
    assert top.systolic_mmhg - rest.systolic_mmhg == pytest.approx(16.0, abs=0.2)
    assert top.diastolic_mmhg - rest.diastolic_mmhg == pytest.approx(11.0, abs=0.2)
    assert top.pulse_per_min - rest.pulse_per_min == pytest.approx(1.9, abs=0.05)
    assert rest.spo2_percent - 3 < top.spo2_percent < rest.spo2_percent
    assert rest.resp_per_min - 3 < top.resp_per_min < rest.resp_per_min
    assert 4 < top.moaas < 5
    assert 1 < top.cadss6 < 12


def test_pressure_and_pulse_are_back_at_rest_90_min_after_the_end():
    rest = vitals(initial_state(STILL))
    state, _ = run(STILL, 40, rate_mg_per_min=0.875)
    _, later = run(STILL, 90, state=state)
    assert later[-1].systolic_mmhg - rest.systolic_mmhg < 1
    assert later[-1].diastolic_mmhg - rest.diastolic_mmhg < 1
    assert later[29 * 60].systolic_mmhg - rest.systolic_mmhg > 3
    assert later[-1].moaas > 4.99


def test_dissociation_is_linear_in_the_level_up_to_the_end_of_its_scale():
    seen = [expected(STILL, plasma_ng_per_ml=0.0, effect_ng_per_ml=level) for level in LEVELS]
    assert [one.cadss for one in seen] == pytest.approx([0.0, 5.5, 11.0, 55.0, 92.0])
    assert [one.cadss6 for one in seen] == pytest.approx(
        [0.0, 5.5 * 6 / 23, 11.0 * 6 / 23, 55.0 * 6 / 23, 24.0]
    )


def test_without_drug_or_unrest_the_signs_are_those_of_rest():
    seen = expected(VirtualPatient(), plasma_ng_per_ml=0.0, effect_ng_per_ml=0.0)
    assert (seen.systolic_mmhg, seen.diastolic_mmhg, seen.pulse_per_min) == (124.0, 76.0, 72.0)
    assert (seen.spo2_percent, seen.resp_per_min, seen.moaas) == (97.5, 14.0, 5.0)
    assert vitals(initial_state(VirtualPatient())) == seen


def test_sedation_is_half_way_at_the_level_of_recovery():
    seen = [expected(STILL, plasma_ng_per_ml=0.0, effect_ng_per_ml=level) for level in (0.0, 640.0)]
    assert [one.moaas for one in seen] == [5.0, 2.5]


def test_a_patient_is_sick_from_the_own_level_on():
    seen = [
        expected(STILL, plasma_ng_per_ml=0.0, effect_ng_per_ml=level).is_nauseated
        for level in (0.0, 349.9, 350.0, 1000.0)
    ]
    assert seen == [False, False, True, True]


@pytest.mark.parametrize("field", ["plasma_ng_per_ml", "effect_ng_per_ml"])
@pytest.mark.parametrize("level", [-0.1, math.nan, math.inf])
def test_a_level_that_cannot_be_is_refused(field, level):
    with pytest.raises(ValueError, match=field):
        expected(STILL, **{"plasma_ng_per_ml": 1.0, "effect_ng_per_ml": 1.0, field: level})


def test_time_and_amount_are_kept():
    state, _ = run(STILL, 10, rate_mg_per_min=1.5)
    assert state.elapsed_s == pytest.approx(600)
    assert state.given_mg == pytest.approx(15)


def test_same_seed_same_body_other_seed_other_body():
    patient = VirtualPatient()
    assert run(patient, 1, seed=7)[1] == run(patient, 1, seed=7)[1]
    assert run(patient, 1, seed=7)[1] != run(patient, 1, seed=8)[1]


@pytest.mark.parametrize("dt_s", [1.0, 20.0])
def test_unrest_has_its_stated_spread_and_memory_whatever_the_step(dt_s):
    patient = replace(STILL, pulse_unrest=Unrest(sd=3.0, memory_s=20.0))
    _, seen = run(patient, 60 * 20 * dt_s / 1.0, dt_s=dt_s)
    pulse = np.array([one.pulse_per_min for one in seen]) - patient.pulse_per_min
    assert pulse.std() == pytest.approx(3.0, rel=0.06)
    kept = np.corrcoef(pulse[:-1], pulse[1:])[0, 1]
    assert kept == pytest.approx(math.exp(-dt_s / 20.0), abs=0.03)
    assert abs(pulse.mean()) < 0.5


def test_far_too_much_stays_within_what_a_body_shows():
    _, seen = run(VirtualPatient(), 20, rate_mg_per_min=200.0, dt_s=5.0)
    worst = seen[-1]
    assert worst.spo2_percent == 60.0
    assert worst.resp_per_min == 0.0
    assert worst.cadss == 92.0
    assert worst.cadss6 == 24.0
    assert worst.is_nauseated
    assert worst.moaas < 0.1
    assert worst.pulse_per_min < 72 + 4.75 + 6 * 2.5
    assert worst.systolic_mmhg < 124 + 40 + 6 * 3.5
    assert all(one.diastolic_mmhg <= one.systolic_mmhg - 15 for one in seen)


def test_saturation_never_passes_100_and_pressures_never_cross():
    wild = replace(
        STILL,
        spo2_percent=99.5,
        spo2_unrest=Unrest(sd=2.0, memory_s=5.0),
        diastolic_unrest=Unrest(sd=40.0, memory_s=5.0),
    )
    _, seen = run(wild, 10)
    assert max(one.spo2_percent for one in seen) == 100.0
    assert min(one.systolic_mmhg - one.diastolic_mmhg for one in seen) == 15.0


@pytest.mark.parametrize("dt_s", [0.0, -1.0, math.nan, math.inf])
def test_a_step_that_takes_no_time_is_refused(dt_s):
    with pytest.raises(ValueError, match="dt_s"):
        step(initial_state(STILL), dt_s=dt_s, given_mg=0.0, rng=np.random.default_rng(1))


@pytest.mark.parametrize("mg", [-0.1, math.nan, math.inf])
def test_an_amount_that_cannot_be_given_is_refused(mg):
    with pytest.raises(ValueError, match="given_mg"):
        step(initial_state(STILL), dt_s=1.0, given_mg=mg, rng=np.random.default_rng(1))
