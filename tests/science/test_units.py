"""Conversions are exact and every rounding goes the way its name says."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.units import (
    c_from_f,
    cm_from_in,
    exactly,
    in_28_digits,
    kg_from_lb,
    lb_from_kg,
    not_negative,
    positive,
    round_down,
    round_half_up,
    round_up,
    shown,
    shown_beside,
)

values = st.decimals(min_value=-10_000, max_value=10_000, places=4)
steps = st.sampled_from([Decimal(step) for step in ("0.01", "0.1", "0.5", "1", "5")])


def test_pounds_and_inches_convert_exactly():
    assert kg_from_lb(Decimal(185)) == Decimal("83.91458845")
    assert cm_from_in(Decimal(70)) == Decimal("177.80")
    assert c_from_f(Decimal("98.6")) == 37
    assert c_from_f(Decimal(32)) == 0
    assert c_from_f(Decimal(212)) == 100


@given(values)
def test_pounds_and_back_give_the_same_weight(weight):
    assert abs(lb_from_kg(kg_from_lb(weight)) - weight) < Decimal("1e-20")


@pytest.mark.parametrize(
    ("value", "step", "half_up", "down", "up"),
    [
        ("41.25", "1", "41", "41", "42"),
        ("41.5", "1", "42", "41", "42"),
        ("42.5", "1", "43", "42", "43"),
        ("-0.5", "1", "-1", "-1", "0"),
        ("0.275", "0.01", "0.28", "0.27", "0.28"),
        ("27.2", "0.5", "27.0", "27.0", "27.5"),
        ("150", "0.1", "150", "150", "150"),
    ],
)
def test_each_rounding_goes_its_own_way(value, step, half_up, down, up):
    value, step = Decimal(value), Decimal(step)
    assert round_half_up(value, step=step) == Decimal(half_up)
    assert round_down(value, step=step) == Decimal(down)
    assert round_up(value, step=step) == Decimal(up)


@given(values, steps)
def test_the_roundings_enclose_the_value_and_lie_on_the_grid(value, step):
    down, nearest, up = (f(value, step=step) for f in (round_down, round_half_up, round_up))
    assert down <= value <= up
    assert up - down in (0, step)
    assert nearest in (down, up)
    assert abs(nearest - value) * 2 <= step
    assert all(each % step == 0 for each in (down, nearest, up))


@pytest.mark.parametrize("step", ["0", "-1"])
def test_a_step_that_is_not_positive_is_refused(step):
    with pytest.raises(ValueError, match="step"):
        round_down(Decimal(1), step=Decimal(step))


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Decimal("100.0"), 2, "100"),
        (Decimal("0.125"), 2, "0.13"),
        (Decimal("-2.50"), 2, "−2.5"),
        (Decimal("-0.001"), 2, "0"),
        (Decimal(1200), 0, "1200"),
        (36.6, 1, "36.6"),
    ],
)
def test_figures_are_shown_without_trailing_zeros_and_with_a_real_minus(value, places, text):
    assert shown(value, places=places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("100.0", "100"), ("0.12345", "0.12345"), ("-2.50", "−2.5"), ("-0.00", "0"), ("1E+2", "100")],
)
def test_typed_figures_are_shown_as_typed(value, text):
    assert exactly(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        ("1.5", "1.5", "1.5"),
        ("1.50004", "1.5", "1.50004"),
        ("1.6", "1.5", "1.6"),
        ("4.996", "5", "4.996"),
    ],
)
def test_a_computed_figure_never_reads_like_the_limit_it_passed(value, limit, text):
    assert shown_beside(Decimal(value), Decimal(limit)) == text


def test_figures_have_two_places_unless_told_otherwise():
    assert shown(Decimal("0.12345")) == "0.12"
    assert shown_beside(Decimal("0.12345"), Decimal(9)) == "0.12"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (1, "1"),
        (0.1, "0.1"),
        ("0.50", "0.50"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e-2", "0.01"),
        (Decimal("0.000001"), "0.000001"),
        (100_000, "100000"),
    ],
)
def test_a_plain_number_keeps_its_digits(typed, number):
    assert positive("dose_mg", typed) == Decimal(number)
    assert not_negative("dose_mg", typed) == Decimal(number)


@pytest.mark.parametrize("zero", [0, 0.0, "-0", "0.00"])
def test_zero_is_a_number_that_is_not_negative(zero):
    assert not_negative("bag_ml", zero) == 0
    with pytest.raises(ValueError, match=r"bag_ml must be a number from 0\.000001 to 100000, not"):
        positive("bag_ml", zero)


@pytest.mark.parametrize("typed", ["5mg", "5 mg", "1,5", "0x1F", "1e9999", "²", [], b"5", 5j])
def test_anything_else_is_no_number(typed):
    with pytest.raises(ValueError, match=r"dose_mg must be a number from .*, not "):
        positive("dose_mg", typed)
    with pytest.raises(ValueError, match=r"dose_mg must be 0 or a number from .*, not "):
        not_negative("dose_mg", typed)


@pytest.mark.parametrize("typed", ["0.9", "10.1"])
def test_a_range_of_its_own_is_named(typed):
    with pytest.raises(ValueError, match=f"from 1 to 10, not '{typed}'"):
        positive("minutes", typed, least=Decimal(1), most=Decimal(10))


def test_a_function_can_count_apart_from_its_callers_precision():
    with localcontext() as context:
        context.prec = 3
        assert in_28_digits(lambda: Decimal(1) / 3)() == Decimal("0." + "3" * 28)
        assert Decimal(1) / 3 == Decimal("0.333")
