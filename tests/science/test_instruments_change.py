"""A change is compared exactly, and one that is not defined is neither met nor missed."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.findings import Severity
from ebbtide.science.instruments import INSTRUMENTS, change, score


@pytest.mark.parametrize("seven", [7.0, "seven tenths of ten", 7, Decimal("7.0"), Fraction(7)])
def test_a_float_is_the_decimal_number_it_prints_as(seven):
    if isinstance(seven, str):
        seven = 0.7 * 10
    assert change("nrs-11", seven, 4.9).met["moderate"] is True


@given(st.integers(1, 100), st.integers(0, 100))
def test_thirty_percent_is_compared_in_whole_tenths(before, after):
    got = change("nrs-11", before / 10, after / 10)
    assert got.met["moderate"] == (10 * (before - after) >= 3 * before)


@given(
    st.lists(st.integers(0, 10), min_size=3, max_size=3),
    st.lists(st.integers(0, 10), min_size=3, max_size=3),
)
def test_means_of_three_are_compared_without_rounding(before, after):
    first, last = sum(before), sum(after)
    got = change("peg", score("peg", before), score("peg", after)).met["response"]
    assert got == (None if first == 0 else 10 * (first - last) >= 3 * first)


def test_difference_and_percent_are_signed():
    got = change("phq-9", 20, 15)
    assert (got.difference, got.percent) == (-5, -25)
    assert change("phq-9", 15, 20).difference == 5


@pytest.mark.parametrize(("before", "after"), [(None, 5), (5, None), (None, None)])
def test_without_a_score_nothing_is_met(before, after):
    got = change("phq-9", before, after)
    assert (got.difference, got.percent, got.is_worse) == (None, None, None)
    assert got.met["response"] is None
    assert got.met["mcid"] is None


def test_remission_asks_for_the_later_score_alone():
    assert change("phq-9", None, 4).met["remission"] is True
    assert change("phq-9", None, 5).met["remission"] is False
    assert change("phq-9", 4, None).met["remission"] is None
    assert change("qids", None, 5).met["remission"] is True


def test_a_score_below_nought_has_no_percent():
    assert change("paindetect", -1, 5).percent is None


@pytest.mark.parametrize(
    ("name", "before", "after", "worse"),
    [
        ("phq-9", 5, 6, True),
        ("phq-9", 5, 5, False),
        ("moaas", 5, 4, True),
        ("moaas", 4, 5, False),
        ("rass", 0, 2, None),
    ],
)
def test_worse_goes_the_way_of_the_instrument(name, before, after, worse):
    assert change(name, before, after).is_worse is worse


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        ("phq-9", 28, 5, "phq-9 score: 28 is not a number from 0 to 27"),
        ("phq-9", 5, -1, "phq-9 score: -1 is not a number from 0 to 27"),
        ("phq-9", float("nan"), 5, "phq-9 score: nan is not a number"),
        ("phq-9", True, 5, "phq-9 score: True is not a number"),
        ("bssa", 1, 2, "bssa has no number to compare: 1; give its scores"),
        ("nosuch", 1, 2, "nosuch is not known"),
    ],
)
def test_what_cannot_be_a_score_is_refused(name, before, after, words):
    with pytest.raises(ValueError, match=words):
        change(name, before, after)


def test_scores_of_different_instruments_are_not_compared():
    with pytest.raises(ValueError, match="phq-9 cannot be compared with a score of gad-7"):
        change("phq-9", score("gad-7", [1] * 7), 5)
    with pytest.raises(ValueError, match="asq cannot be compared with a score of c-ssrs"):
        change("asq", score("c-ssrs", "n,n,n,n,n,n"), score("asq", "n,n,n,n"))


def test_any_rise_of_suicide_risk_calls_a_clinician():
    low, moderate = score("c-ssrs", "y,n,,,,n"), score("c-ssrs", "y,y,y,n,n,n")
    got = change("c-ssrs", low, moderate)
    assert got.is_worse is True
    assert got.difference is None
    assert [(f.code, f.severity) for f in got.findings] == [("score.rise", Severity.OVERRIDE)]
    assert "low to moderate" in got.findings[0].message
    assert change("c-ssrs", moderate, low).findings == ()
    assert change("c-ssrs", moderate, low).is_worse is False


def test_a_risk_that_is_not_known_is_neither_better_nor_worse():
    unknown = score("c-ssrs", [None] * 6)
    assert change("c-ssrs", unknown, score("c-ssrs", "n,n,n,n,n,n")).is_worse is None
    assert change("c-ssrs", None, unknown).is_worse is None


def test_every_band_without_a_number_is_on_the_ladder():
    for answers in ("n,n,n,n", "y,n,n,n", "y,n,n,n,n", "y,n,n,n,y"):
        assert score("asq", answers).band in INSTRUMENTS["asq"].ladder
