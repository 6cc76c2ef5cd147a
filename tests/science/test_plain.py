"""Values go to JSON and come back the same, or the field that is wrong is named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.plain import PlainError, from_plain, to_plain

ONE = UUID(int=1)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Inner:
    count: int = 0

    def __post_init__(self) -> None:
        if self.count < 0:
            raise PlainError("count", "must not be below 0")


@dataclass(frozen=True, slots=True)
class Outer:
    amount: Decimal
    is_set: bool = False
    name: str = ""
    at: datetime | None = None
    on: date = date(2026, 3, 2)
    id: UUID = ONE
    colour: Colour = Colour.RED
    side: Literal["left", "right"] = "left"
    inner: Inner = field(default_factory=Inner)
    more: tuple[Inner, ...] = ()
    maybe: Inner | None = None
    limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Positive:
    value: int

    def __post_init__(self) -> None:
        if self.value <= 0:
            raise ValueError("must be more than 0")


@dataclass(frozen=True, slots=True)
class Holder:
    held: Positive


@dataclass(frozen=True, slots=True)
class Unreadable:
    value: Any = None
    either: int | str = 0
    words: Mapping[str, str] = field(default_factory=dict)


PLAIN: dict[str, Any] = {"amount": "1.50"}


def test_every_kind_of_value_comes_back_as_it_was():
    value = Outer(
        amount=Decimal("1E+2"),
        is_set=True,
        name="Wren",
        at=datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=-8))),
        on=date(2026, 3, 3),
        id=UUID(int=7),
        colour=Colour.BLUE,
        side="right",
        inner=Inner(3),
        more=(Inner(1), Inner(2)),
        maybe=Inner(4),
        limit=Decimal("0.10"),
    )
    plain = to_plain(value)
    assert plain["amount"] == "100"
    assert plain["at"] == "2026-03-02T17:30:00.000000+00:00"
    assert plain["more"] == [{"count": 1}, {"count": 2}]
    assert plain["limit"] == "0.10"
    assert from_plain(Outer, plain) == value


def test_what_is_left_out_takes_its_default():
    assert from_plain(Outer, PLAIN) == Outer(Decimal("1.50"))


def test_mappings_and_lists_are_plain_too():
    value = MappingProxyType({Colour.RED: [Decimal("1.0"), UUID(int=2)], 3: date(2026, 3, 2)})
    plain = {"red": ["1.0", str(UUID(int=2))], "3": "2026-03-02"}
    assert to_plain(value) == plain
    assert to_plain(None) is None


def test_a_number_of_thirty_places_is_still_one():
    assert from_plain(Outer, {"amount": "1E+30"}).amount == 10**30


def test_a_class_is_no_value():
    assert to_plain(Outer) is Outer


@pytest.mark.parametrize(
    ("change", "field_name", "said"),
    [
        ({"amount": None}, "amount", "must be a number"),
        ({"amount": True}, "amount", "must be a number"),
        ({"amount": 1.5}, "amount", "must be a number"),
        ({"amount": "NaN"}, "amount", "must be a number"),
        ({"amount": "Infinity"}, "amount", "must be a number"),
        ({"amount": "1,5"}, "amount", "must be a number"),
        ({"amount": "1E+31"}, "amount", "must be a number"),
        ({"amount": "1E-31"}, "amount", "must be a number"),
        ({"amount": "1E+999999999"}, "amount", "must be a number"),
        ({"amount": []}, "amount", "must be a number"),
        ({"is_set": 1}, "is_set", "must be yes or no"),
        ({"name": 7}, "name", "must be text"),
        ({"at": "2026-03-02T09:30:00"}, "at", "must be a time with its zone"),
        ({"at": "noon"}, "at", "must be a time with its zone"),
        ({"at": 5}, "at", "must be a time with its zone"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at", "must be a time with its zone"),
        ({"on": "2026-02-30"}, "on", "must be a date"),
        ({"on": 5}, "on", "must be a date"),
        ({"id": "7"}, "id", "must be an identifier"),
        ({"id": 7}, "id", "must be an identifier"),
        ({"colour": "green"}, "colour", "must be one of red, blue"),
        ({"side": "middle"}, "side", "must be one of left, right"),
        ({"inner": 3}, "inner", "expected a set of named values"),
        ({"inner": {"count": "3"}}, "inner.count", "must be a whole number"),
        ({"inner": {"count": True}}, "inner.count", "must be a whole number"),
        ({"inner": {"size": 3}}, "inner.size", "is not a field of this entry"),
        ({"more": {"count": 1}}, "more", "expected a list"),
        ({"more": [{"count": 1}, {"count": 1.5}]}, "more.1.count", "must be a whole number"),
        ({"maybe": 3}, "maybe", "expected a set of named values"),
        ({"colour": None}, "colour", "must be one of red, blue"),
        ({"hue": "red"}, "hue", "is not a field of this entry"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_path(change, field_name, said):
    with pytest.raises(PlainError) as wrong:
        from_plain(Outer, PLAIN | change)
    assert (wrong.value.field, wrong.value.message) == (field_name, said)
    assert str(wrong.value) == f"{field_name}: {said}"


@pytest.mark.parametrize("data", [None, [], "x", 7])
def test_what_is_no_set_of_named_values_is_said_so(data):
    with pytest.raises(PlainError, match=r"^expected a set of named values$"):
        from_plain(Outer, data)


def test_a_missing_field_is_named():
    with pytest.raises(PlainError, match=r"^amount: is missing$"):
        from_plain(Outer, {})


def test_a_values_own_rule_is_told():
    with pytest.raises(PlainError, match=r"^inner.count: must not be below 0$"):
        from_plain(Outer, PLAIN | {"inner": {"count": -1}})
    with pytest.raises(PlainError, match=r"^held: must be more than 0$"):
        from_plain(Holder, {"held": {"value": 0}})


@pytest.mark.parametrize("name", ["value", "either", "words"])
def test_a_type_nobody_can_read_back_is_a_mistake_of_the_program(name):
    with pytest.raises(TypeError, match=name):
        from_plain(Unreadable, {name: 1})


def test_values_that_are_already_what_they_should_be_are_taken():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    given_values = {"amount": Decimal(3), "at": at, "id": UUID(int=5), "more": ()}
    value = from_plain(Outer, given_values)
    assert (value.amount, value.at, value.id) == (3, at, UUID(int=5))


@given(
    st.builds(
        Outer,
        amount=st.decimals(-(10**20), 10**20, places=4),
        name=st.text(),
        at=st.none() | st.datetimes(timezones=st.just(UTC)),
        more=st.lists(st.builds(Inner, st.integers(0, 9))).map(tuple),
        limit=st.none() | st.decimals(-(10**20), 10**20, places=2),
    )
)
def test_nothing_is_lost_on_the_way(value):
    assert from_plain(Outer, to_plain(value)) == value
