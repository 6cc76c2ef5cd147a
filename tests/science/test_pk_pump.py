import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment, given_mg

NAMED = [math.nan, math.inf, -math.inf]


@pytest.mark.parametrize("value", NAMED)
def test_times_that_are_no_number_are_refused_by_name(value):
    with pytest.raises(ValueError, match="start_min must be a finite number"):
        Segment(value, 1.0, 1.0)
    with pytest.raises(ValueError, match="end_min must be a finite number"):
        Segment(0.0, value, 1.0)
    with pytest.raises(ValueError, match="at_min must be a finite number"):
        Bolus(value, 1.0)
    with pytest.raises(ValueError, match="at_min must be a finite number"):
        given_mg(PumpHistory(), value)


@pytest.mark.parametrize("value", [*NAMED, -0.001])
def test_amounts_below_zero_or_no_number_are_refused_by_name_and_value(value):
    with pytest.raises(ValueError, match="rate_mg_per_h") as rate:
        Segment(0.0, 1.0, value)
    with pytest.raises(ValueError, match="dose_mg") as dose:
        Bolus(0.0, value)
    assert repr(value) in str(rate.value)
    assert repr(value) in str(dose.value)


@pytest.mark.parametrize("end", [10.0, 9.0])
def test_a_segment_that_does_not_last_is_refused(end):
    with pytest.raises(ValueError, match=r"end_min must be after start_min 10\.0"):
        Segment(10.0, end, 1.0)


def test_overlapping_segments_are_refused():
    with pytest.raises(ValueError, match=r"segments\[1\]\.start_min 9\.0 .* 10\.0"):
        PumpHistory(segments=(Segment(0.0, 10.0, 1.0), Segment(9.0, 20.0, 1.0)))


def test_pushes_out_of_order_are_refused():
    with pytest.raises(ValueError, match=r"boluses\[1\]\.at_min 1\.0"):
        PumpHistory(boluses=(Bolus(2.0, 1.0), Bolus(1.0, 1.0)))


def test_segments_may_touch_and_pushes_may_coincide():
    history = PumpHistory(
        segments=(Segment(0.0, 10.0, 6.0), Segment(10.0, 20.0, 12.0)),
        boluses=(Bolus(10.0, 1.0), Bolus(10.0, 2.0)),
    )
    assert [(one.at_min, one.dose_mg, one.rate_mg_per_h) for one in history.changes()] == [
        (0.0, 0.0, 6.0),
        (10.0, 3.0, 12.0),
        (20.0, 0.0, 0.0),
    ]


def test_a_push_changes_no_rate():
    history = PumpHistory(segments=(Segment(0.0, 10.0, 6.0),), boluses=(Bolus(5.0, 1.0),))
    assert [one.rate_mg_per_h for one in history.changes()] == [6.0, 6.0, 0.0]


@pytest.mark.parametrize(
    ("at", "mg"),
    [(-1.0, 0.0), (0.0, 4.0), (20.0, 21.5), (40.0, 39.0), (45.0, 39.0), (50.0, 44.0), (99.0, 44.0)],
)
def test_given_so_far_counts_what_ran_and_what_was_pushed(at, mg):
    history = PumpHistory(
        segments=(Segment(0.0, 40.0, 52.5), Segment(60.0, 61.0, 0.0)),
        boluses=(Bolus(0.0, 4.0), Bolus(50.0, 5.0)),
    )
    assert given_mg(history, at) == pytest.approx(mg)


@given(st.floats(0.1, 39.9), st.floats(-10, 60), st.floats(0, 500))
def test_given_never_falls_and_splitting_changes_nothing(cut, at, rate):
    whole = PumpHistory(segments=(Segment(0.0, 40.0, rate),))
    split = PumpHistory(segments=(Segment(0.0, cut, rate), Segment(cut, 40.0, rate)))
    assert given_mg(split, at) == pytest.approx(given_mg(whole, at), abs=1e-9)
    assert given_mg(whole, at) <= given_mg(whole, at + 1) + 1e-12
