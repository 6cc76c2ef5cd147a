"""The worked dosing cases: their arithmetic is right, and the project agrees to the last digit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from tests.science import dosing_oracle
from tests.science.dosing_vectors import CASES, computed, half_a_digit, rows

ROWS = list(rows())
WHOLE = [f"V{number}" for number in range(1, 19)] + ["V15b"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.id}: {row.figure}")
def test_the_project_gives_the_printed_figure(row):
    assert row.is_met, f"{row.got} is not {row.expected}"


@pytest.mark.parametrize("name", CASES)
def test_the_printed_figures_follow_from_the_inputs_in_whole_fractions(name):
    case = CASES[name]
    truth = dosing_oracle.CALLS[case["call"]](case["inputs"])
    for figure, printed in case["expected"].items():
        assert abs(truth[figure] - Fraction(printed)) <= Fraction(half_a_digit(printed)), figure


@pytest.mark.parametrize("name", CASES)
def test_the_project_agrees_with_whole_fractions_far_beyond_the_printed_digits(name):
    case = CASES[name]
    truth, got = dosing_oracle.CALLS[case["call"]](case["inputs"]), computed(case)
    for figure, value in truth.items():
        off = abs(Fraction(got[figure]) - value)
        assert off <= abs(value) * Fraction(1, 10**24), figure


def test_every_worked_case_is_there_with_its_kind_source_and_tolerance():
    assert {name.split()[0] for name in CASES} == set(WHOLE)
    for case in CASES.values():
        assert case["kind"] == "computed"
        assert case["source"]
        assert case["tolerance"] == "half a unit of the last printed digit"


def test_a_figure_one_digit_off_is_missed():
    row = next(row for row in ROWS if row.figure == "final_mg_per_ml")
    assert abs(row.got - (Decimal(row.expected) + Decimal("0.0001"))) > row.tolerance
