import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ebbtide.science.population.counts import (
    LEAST_NG_PER_ML,
    MOST_NG_PER_ML,
    RELATIVE_ERROR,
    LevelCounts,
    codes,
)

WANTED = (0.0, 0.05, 0.5, 0.75, 0.95, 1.0)


def from_counts(levels, parts=1):
    counts = LevelCounts(levels.shape[1])
    for part in np.array_split(levels, parts):
        counts.add(codes(part))
    return counts.quantiles(WANTED)


@given(
    levels=arrays(
        np.float64,
        st.tuples(st.integers(1, 40), st.integers(1, 3)),
        elements=st.floats(LEAST_NG_PER_ML, MOST_NG_PER_ML * 0.999),
    )
)
def test_quantiles_are_within_the_stated_error_of_exact_ones(levels):
    exact = np.quantile(levels, WANTED, axis=0)
    assert from_counts(levels) == pytest.approx(exact, rel=RELATIVE_ERROR)


def test_of_many_patients_they_are_five_times_as_close_in_the_middle():
    levels = 100 * np.exp(0.3 * np.random.default_rng(1).standard_normal((20_000, 4)))
    exact = np.quantile(levels, WANTED, axis=0)
    assert from_counts(levels)[1:-1] == pytest.approx(exact[1:-1], rel=RELATIVE_ERROR / 5)


def test_a_single_patient_is_put_in_the_middle_of_the_bin():
    levels = np.geomspace(0.01, 5000, 3000)[None, :]
    assert from_counts(levels)[2] == pytest.approx(levels[0], rel=RELATIVE_ERROR / 2)


def test_patients_counted_in_parts_give_the_same_to_the_last_digit():
    levels = 100 * np.exp(np.random.default_rng(2).standard_normal((501, 3)))
    assert (from_counts(levels, parts=7) == from_counts(levels)).all()


def test_next_to_nothing_counts_as_nothing():
    tiny = np.array([[0.0, LEAST_NG_PER_ML * 0.999, 5e-324]])
    assert (from_counts(tiny) == 0).all()
    assert from_counts(np.array([[LEAST_NG_PER_ML]])) == pytest.approx(LEAST_NG_PER_ML, rel=0.004)


def test_a_level_that_no_one_lives_at_is_refused():
    codes(np.array([MOST_NG_PER_ML * 0.999]))
    with pytest.raises(ValueError, match="below 65,536 ng/mL, not reach 65,536"):
        codes(np.array([1.0, MOST_NG_PER_ML]))


def test_no_levels_have_no_codes():
    assert codes(np.empty((0, 3))).shape == (0, 3)
