from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.population_studies import BUSY, SESSION, study

from ebbtide.science.pk.catalogue import MODELS
from ebbtide.science.pk.models import Covariates, Enantiomer
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.population import workers
from ebbtide.science.population.counts import RELATIVE_ERROR
from ebbtide.science.population.summary import BLOCK, stored, summarise

OUTPUTS = ("plasma", "effect")
FIGURES = (
    "cmax_ng_per_ml",
    "tmax_min",
    "auc_ng_h_per_ml",
    "auc_inf_ng_h_per_ml",
    "above_min",
    "band_ng_per_ml",
)


def every_figure(found):
    return {
        f"{output}.{figure}": getattr(getattr(found, output), figure)
        for output in OUTPUTS
        for figure in FIGURES
    } | dict(found.people.parameters)


def assert_identical(one, other):
    other = every_figure(other)
    for name, values in every_figure(one).items():
        assert values.tobytes() == other[name].tobytes(), name


SEVERAL_BLOCKS = study(patients=2 * BLOCK + 30, duration_min=90.0)
ABOVE = (50.0, 100.0)


@pytest.fixture(scope="module")
def one_worker():
    return summarise(SEVERAL_BLOCKS, levels_ng_per_ml=ABOVE, workers=1)


@pytest.mark.parametrize("count", [2, 5, None])
def test_the_number_of_workers_changes_no_digit(one_worker, count):
    assert_identical(one_worker, summarise(SEVERAL_BLOCKS, levels_ng_per_ml=ABOVE, workers=count))


@pytest.mark.enable_socket
def test_a_cluster_gives_the_same_digits(one_worker):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = summarise(SEVERAL_BLOCKS, levels_ng_per_ml=ABOVE, client=client)
    assert_identical(one_worker, found)


def test_another_seed_gives_other_patients(one_worker):
    other = summarise(study(patients=5, seed=2, duration_min=90.0))
    assert (other.plasma.cmax_ng_per_ml != one_worker.plasma.cmax_ng_per_ml[:5]).all()


def test_no_two_patients_are_the_same_one(one_worker):
    assert len(np.unique(one_worker.people.ke0_per_min)) == 2 * BLOCK + 30


@pytest.mark.parametrize("patients", [1, BLOCK, BLOCK + 1])
def test_asking_for_more_keeps_the_first_ones(one_worker, patients):
    few = summarise(study(patients=patients, duration_min=90.0))
    assert len(few.people.ke0_per_min) == patients
    assert (few.people.ke0_per_min == one_worker.people.ke0_per_min[:patients]).all()
    same = one_worker.plasma.cmax_ng_per_ml[:patients]
    assert few.plasma.cmax_ng_per_ml == pytest.approx(same, rel=1e-13)


@settings(max_examples=10)
@given(ahead=st.integers(1, 9), patients=st.integers(1, 3 * BLOCK))
def test_results_come_in_order_however_far_ahead_the_work_runs(ahead, patients):
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(3) as executor:
        patch.setattr(workers, "_AHEAD", ahead)
        blocks = range(-(-patients // BLOCK))
        assert list(workers.in_order(executor, str, blocks)) == [str(block) for block in blocks]


@pytest.mark.parametrize("history", [SESSION, BUSY], ids=["one infusion", "holds and pushes"])
def test_summaries_are_those_of_the_stored_curves(history):
    own = study(history=history, duration_min=400.0)
    found, curves = summarise(own, levels_ng_per_ml=ABOVE), stored(own, step_s=1.0)
    assert (curves.people.ke0_per_min == found.people.ke0_per_min).all()
    for output in OUTPUTS:
        exposure, curve = getattr(found, output), getattr(curves, f"{output}_ng_per_ml")
        assert curve.shape == (20, 24001)
        assert exposure.cmax_ng_per_ml == pytest.approx(curve.max(axis=1), rel=1e-13)
        assert exposure.tmax_min.tolist() == curves.times_min[curve.argmax(axis=1)].tolist()
        for level, above in zip(ABOVE, exposure.above_min, strict=True):
            assert above == pytest.approx((curve[:, :-1] > level).sum(axis=1) / 60)
        exact = np.quantile(curve[:, ::60], found.quantiles, axis=0)
        assert exposure.band_ng_per_ml == pytest.approx(exact, rel=RELATIVE_ERROR, abs=1e-3)


def test_the_bands_have_the_asked_for_moments_and_quantiles():
    found = summarise(study(duration_min=60.0), band_step_s=600.0, quantiles=(0.1, 0.9))
    assert found.times_min.tolist() == [0, 10, 20, 30, 40, 50, 60]
    assert found.quantiles == (0.1, 0.9)
    assert found.plasma.band_ng_per_ml.shape == found.effect.band_ng_per_ml.shape == (2, 7)
    assert found.plasma.above_min.shape == (0, 20)


def test_areas_are_dose_over_clearance_and_the_sum_under_the_curve():
    own = study(duration_min=300.0)
    found, curves = summarise(own), stored(own, step_s=1.0)
    cl = found.people.parameters["cl"]
    assert found.plasma.auc_inf_ng_h_per_ml == pytest.approx(35.0 * 1000 / cl, rel=1e-12)
    assert found.effect.auc_inf_ng_h_per_ml == pytest.approx(35.0 * 1000 / cl, rel=1e-12)
    for output in OUTPUTS:
        curve = getattr(curves, f"{output}_ng_per_ml")
        area = np.trapezoid(curve, curves.times_min, axis=1) / 60
        assert getattr(found, output).auc_ng_h_per_ml == pytest.approx(area, rel=1e-6)


def test_what_is_given_after_the_end_counts_for_nothing():
    longer = PumpHistory(segments=(Segment(0.0, 90.0, 60.0),), boluses=(Bolus(70.0, 50.0),))
    shorter = PumpHistory(segments=(Segment(0.0, 60.0, 60.0),))
    one, other = (
        summarise(study(history=history, duration_min=60.0)) for history in (longer, shorter)
    )
    for figure in FIGURES:
        assert getattr(one.plasma, figure) == pytest.approx(getattr(other.plasma, figure))


def test_without_a_dose_there_is_nothing_of_anything():
    found = summarise(study(history=PumpHistory(), duration_min=10.0), levels_ng_per_ml=(0.0,))
    for figure in FIGURES:
        assert (getattr(found.plasma, figure) == 0).all()
        assert (getattr(found.effect, figure) == 0).all()


def test_doses_per_kg_grow_with_each_patients_weight():
    same, per_kg = (
        summarise(study(duration_min=60.0, per_kg_of=weight)) for weight in (None, 70.0)
    )
    share = same.people.covariates["weight_kg"] / 70
    for figure in ("cmax_ng_per_ml", "auc_ng_h_per_ml", "auc_inf_ng_h_per_ml"):
        expected = getattr(same.effect, figure) * share
        assert getattr(per_kg.effect, figure) == pytest.approx(expected, rel=1e-12)
    assert (per_kg.plasma.tmax_min == same.plasma.tmax_min).all()


@pytest.mark.parametrize("name", ["otto2021", "perezruixo2021", "clements_nimmo1981"])
def test_any_model_may_be_studied(name):
    model = MODELS[name]
    found = summarise(study(model=model, given=model.enantiomer, duration_min=60.0))
    assert (found.plasma.cmax_ng_per_ml > 10).all()


def test_progress_is_told_up_to_all_patients():
    told = []
    summarise(SEVERAL_BLOCKS, progress=lambda done, total: told.append((done, total)))
    assert told == [(250, 530), (500, 530), (530, 530)]
    stored(study(duration_min=5.0), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (20, 20)


def test_notes_say_where_the_spread_and_the_effect_site_come_from():
    for found in (summarise(study(duration_min=5.0)), stored(study(duration_min=5.0))):
        text = " ".join(found.notes)
        assert "Borrowed from Otto 2021 and Simons 2022" in text
        assert "project's choice" in text
        assert "effect-site half-life" in text


def test_a_fault_in_a_block_reaches_the_caller():
    deadly = study(history=PumpHistory(boluses=(Bolus(0.0, 50_000.0),)), duration_min=5.0)
    with pytest.raises(ValueError, match="check the doses"):
        summarise(deadly)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"patients": 0}, "patients must be at least 1, not 0"),
        ({"seed": -1}, "seed must be 0 or above, not -1"),
        ({"duration_min": float("inf")}, "duration_min must be a finite number above 0, not inf"),
        ({"duration_min": 0.0}, "duration_min must be a finite number above 0"),
        ({"per_kg_of": -70.0}, "per_kg_of must be a finite number above 0"),
        ({"given": Enantiomer.S}, "S"),
        ({"history": PumpHistory(boluses=(Bolus(-1.0, 5.0),))}, "history must not begin before 0"),
    ],
)
def test_a_study_that_cannot_be_run_is_refused_at_once(changes, message):
    with pytest.raises(ValueError, match=message):
        study(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"step_s": 0.0}, "step_s must be a finite number above 0"),
        ({"step_s": 7.0}, "step_s must go into 90 min a whole number of times, not 7.0"),
        ({"band_step_s": 7.0}, "step_s must go into 90 min"),
        ({"quantiles": (0.5, 1.1)}, "quantiles must lie from 0 to 1"),
        ({"levels_ng_per_ml": (-1.0,)}, "levels_ng_per_ml must be finite and not below 0"),
        ({"levels_ng_per_ml": (float("nan"),)}, "levels_ng_per_ml must be finite"),
        ({"workers": 0}, "workers must be at least 1"),
    ],
)
def test_a_run_that_cannot_be_made_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        summarise(SEVERAL_BLOCKS, **changes)


def test_a_weight_outside_the_model_is_refused_when_it_runs():
    with pytest.raises(ValueError, match="weight_kg must be 30 to 200 kg"):
        stored(study(who=Covariates(weight_kg=500.0)))
