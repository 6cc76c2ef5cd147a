"""Conversions and roundings, each in a function that names its direction."""

import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum
from functools import wraps
from typing import Final, ParamSpec, TypeVar

Number = Decimal | int | float | str
"""What a figure may be given as; a float counts as the digits that Python prints for it."""

KG_PER_LB: Final = Decimal("0.45359237")
CM_PER_IN: Final = Decimal("2.54")

LEAST: Final = Decimal("0.000001")
MOST: Final = Decimal(100_000)
_WRITTEN: Final = re.compile(
    r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE
)
_ARITHMETIC: Final = Context(prec=28)
P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def in_28_digits(function: Callable[P, T]) -> Callable[P, T]:
    """Let a function count in 28 digits, whatever its caller has set for decimals."""

    @wraps(function)
    def counted(*args: P.args, **kwargs: P.kwargs) -> T:
        with localcontext(_ARITHMETIC):
            return function(*args, **kwargs)

    return counted


def positive(field: str, value: Number, *, least: Decimal = LEAST, most: Decimal = MOST) -> Decimal:
    """A figure above zero, as the very digits that were given.

    Raises:
        ValueError: It is no plain number, not finite or out of range; names the field,
            the value and the range.
    """
    number = _number(value)
    if number is None or not least <= number <= most:
        raise ValueError(
            f"{field} must be a number from {exactly(least)} to {exactly(most)}, not {value!r}"
        )
    return number


def not_negative(field: str, value: Number, *, most: Decimal = MOST) -> Decimal:
    """A figure that may be zero, as the very digits that were given.

    Raises:
        ValueError: As `positive`, and below zero.
    """
    number = _number(value)
    if number is not None and number == 0:
        return Decimal(0)
    if number is None or not LEAST <= number <= most:
        raise ValueError(
            f"{field} must be 0 or a number from {exactly(LEAST)} to {exactly(most)}, not {value!r}"
        )
    return number


def choice(field: str, value: str, kind: type[E]) -> E:
    """The member of an enumeration that a word stands for.

    Raises:
        ValueError: It stands for none; names the field, the word and the choices.
    """
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(repr(str(member)) for member in kind)
        raise ValueError(f"{field} must be one of {allowed}, not {value!r}") from None


def _number(value: Number) -> Decimal | None:
    """The decimal number meant, None where there is none: a unit, a word, NaN, a truth value."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | str):
        return None
    text = value.strip() if isinstance(value, str) else str(value)
    return Decimal(text) if _WRITTEN.fullmatch(text) else None


def kg_from_lb(weight_lb: Decimal) -> Decimal:
    """Kilograms in so many pounds, exact.

    Source: nist_sp811 (appendix B, pound avoirdupois)
    """
    return weight_lb * KG_PER_LB


def lb_from_kg(weight_kg: Decimal) -> Decimal:
    """Pounds in so many kilograms.

    Source: nist_sp811 (appendix B, pound avoirdupois)
    """
    return weight_kg / KG_PER_LB


def cm_from_in(height_in: Decimal) -> Decimal:
    """Centimetres in so many inches, exact.

    Source: nist_sp811 (appendix B, inch)
    """
    return height_in * CM_PER_IN


def c_from_f(temperature_f: Decimal) -> Decimal:
    """Degrees Celsius for degrees Fahrenheit.

    Source: nist_sp811 (appendix B, degree Fahrenheit)
    """
    return (temperature_f - 32) * 5 / 9


def round_half_up(value: Decimal, *, step: Decimal) -> Decimal:
    """Nearest multiple of a step; a half goes away from zero."""
    return _rounded(value, step, ROUND_HALF_UP)


def round_down(value: Decimal, *, step: Decimal) -> Decimal:
    """Greatest multiple of a step that is not more than the value."""
    return _rounded(value, step, ROUND_FLOOR)


def round_up(value: Decimal, *, step: Decimal) -> Decimal:
    """Least multiple of a step that is not less than the value."""
    return _rounded(value, step, ROUND_CEILING)


def _rounded(value: Decimal, step: Decimal, direction: str) -> Decimal:
    if step <= 0:
        raise ValueError("a rounding step must be positive")
    return (value / step).to_integral_value(direction) * step


def shown(value: Decimal | float, *, places: int = 2) -> str:
    """A computed figure for people: half up to so many places, written as `exactly` does."""
    return exactly(round_half_up(Decimal(str(value)), step=Decimal(1).scaleb(-places)))


def shown_beside(value: Decimal, limit: Decimal, *, places: int = 2) -> str:
    """A computed figure with as many places as it takes to read differently from its limit.

    Rounded alike, 1.5004 would be told to be above 1.5 as "1.5 is above 1.5".
    """
    while value != limit and shown(value, places=places) == shown(limit, places=places):
        places += 1
    return shown(value, places=places)


def exactly(value: Decimal) -> str:
    """A figure as it was typed or set: no rounding, no trailing zeros, a real minus sign."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")
