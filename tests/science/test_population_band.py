import numpy as np
import pytest

from ebbtide.science.pk.catalogue import KAMP2020
from ebbtide.science.pk.levels import levels
from ebbtide.science.pk.models import parameters
from ebbtide.science.pk.pump import PumpHistory, Segment
from ebbtide.science.population.band import population_band

SESSION = PumpHistory(segments=(Segment(0.0, 40.0, 52.5),))
TIMES = np.arange(361) / 6
TYPICAL = parameters(KAMP2020, weight_kg=70.0)


def band(seed=1, **changes):
    wanted = {"weight_kg": 70.0, "history": SESSION, "times_min": TIMES}
    return population_band(KAMP2020, rng=np.random.default_rng(seed), **(wanted | changes))


def test_same_seed_same_band_other_seed_other_band():
    assert (band().effect_ng_per_ml == band().effect_ng_per_ml).all()
    assert (band().effect_ng_per_ml != band(seed=2).effect_ng_per_ml).any()


def test_the_typical_patient_lies_near_the_middle_and_inside():
    found, typical = band(), levels(TYPICAL, history=SESSION, times_min=TIMES)
    for low_middle_high, line in (
        (found.plasma_ng_per_ml, typical.plasma_ng_per_ml),
        (found.effect_ng_per_ml, typical.effect_ng_per_ml),
    ):
        low, middle, high = low_middle_high[:, 1:]
        assert (low < line[1:]).all()
        assert (line[1:] < high).all()
        assert middle == pytest.approx(line[1:], rel=0.1)


def test_the_band_has_a_row_for_each_quantile_and_says_where_it_comes_from():
    found = band(quantiles=(0.25, 0.75))
    assert found.quantiles == (0.25, 0.75)
    assert found.plasma_ng_per_ml.shape == found.effect_ng_per_ml.shape == (2, 361)
    assert "Borrowed" in found.basis
    assert "assumption" in found.basis


def test_the_effect_site_spreads_by_its_own_lag_too():
    """A minute in, its level goes with ke0: its log spread is about 0.39 wider, in squares."""
    found = band(patients=2000, quantiles=(0.16, 0.84), times_min=np.array([1.0]))
    plasma, effect = (
        np.log(rows[1, 0] / rows[0, 0]) / 2
        for rows in (found.plasma_ng_per_ml, found.effect_ng_per_ml)
    )
    assert np.sqrt(effect**2 - plasma**2) == pytest.approx(0.385, rel=0.12)


@pytest.mark.parametrize("patients", [0, -1])
def test_no_patients_are_refused(patients):
    with pytest.raises(ValueError, match="patients must be at least 1"):
        band(patients=patients)


@pytest.mark.parametrize("quantile", [-0.1, 1.1, float("nan")])
def test_quantiles_outside_0_to_1_are_refused(quantile):
    with pytest.raises(ValueError, match="quantiles must lie from 0 to 1"):
        band(quantiles=(quantile,))


def test_a_weight_out_of_range_is_refused():
    with pytest.raises(ValueError, match="weight_kg"):
        band(weight_kg=700.0)
