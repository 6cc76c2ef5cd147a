"""Frozen dataclasses to and from plain JSON values, strictly.

The record, the protocol and the order are kept as JSON text. Reading them back
must give the same value or say which field is wrong; nothing is guessed.
"""

import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from math import isfinite
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")

_UNIT = re.compile(r"_(m[lg]_per_m?[lh]|l_per_min|per_min|mg|ml|kg|mmhg|percent|c)$")
_WORDS: dict[type, str] = {
    Decimal: "a number",
    int: "a whole number",
    float: "a number",
    bool: "yes or no",
    str: "text",
    datetime: "a time with its zone",
    date: "a date",
    UUID: "an identifier",
}


class PlainError(ValueError):
    """A JSON value does not fit the type asked for; `field` is its dotted path."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the path apart from the words."""
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message

    @property
    def name(self) -> str:
        """The field in words: its last part without the unit."""
        return _UNIT.sub("", self.field.rpartition(".")[2]).replace("_", " ") or "entry"


def to_plain(value: Any) -> Any:
    """Give the JSON value of a dataclass, enum, Decimal, time or container of them."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return _written(value)


def _written(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | UUID):
        return str(value)
    return value


def from_plain(cls: type[T], data: object, path: str = "") -> T:
    """Build a dataclass from a JSON object.

    Raises:
        PlainError: A key is unknown or missing, or a value has the wrong type.
    """
    if not isinstance(data, Mapping):
        raise PlainError(path, "expected a set of named values")
    hints = _hints(cast(Any, cls))
    for key in data:
        if key not in hints:
            raise PlainError(_join(path, str(key)), "is not a field of this entry")
    values: dict[str, object] = {}
    for field in fields(cast(Any, cls)):
        where = _join(path, field.name)
        if field.name in data:
            values[field.name] = _value(hints[field.name], data[field.name], where)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise PlainError(where, "is missing")
    try:
        return cls(**values)
    except PlainError as error:
        raise PlainError(_join(path, error.field), error.message) from error
    except ValueError as error:
        raise PlainError(path, str(error)) from error


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _value(hint: Any, data: object, path: str) -> object:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional(hint, data, path)
    if origin is tuple:
        return _tuple(hint, data, path)
    if origin is Literal:
        if data not in get_args(hint):
            raise PlainError(path, f"must be one of {', '.join(map(str, get_args(hint)))}")
        return data
    if is_dataclass(hint):
        return from_plain(cast(type, hint), data, path)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _member(hint, data, path)
    return _scalar(hint, data, path)


def _optional(hint: Any, data: object, path: str) -> object:
    options = [option for option in get_args(hint) if option is not type(None)]
    if data is None and len(options) < len(get_args(hint)):
        return None
    if len(options) != 1:
        raise TypeError(f"{path}: only one type or None can be read back")
    return _value(options[0], data, path)


def _tuple(hint: Any, data: object, path: str) -> tuple[object, ...]:
    if not isinstance(data, list | tuple):
        raise PlainError(path, "expected a list")
    item = get_args(hint)[0]
    return tuple(_value(item, part, f"{path}.{index}") for index, part in enumerate(data))


def _member(hint: type[Enum], data: object, path: str) -> Enum:
    try:
        return hint(data)
    except ValueError:
        choices = ", ".join(str(member.value) for member in hint)
        raise PlainError(path, f"must be one of {choices}") from None


def _scalar(hint: Any, data: object, path: str) -> object:
    try:
        return _READERS[hint](data)
    except KeyError:
        raise TypeError(f"{path}: no way to read {hint!r} back") from None
    except (TypeError, ValueError, ArithmeticError):
        raise PlainError(path, f"must be {_WORDS[hint]}") from None


def _decimal(data: object) -> Decimal:
    if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
        raise TypeError
    number = Decimal(data)
    if not number.is_finite() or abs(number.adjusted()) > _MOST_PLACES:
        raise ValueError
    return number


# Nothing ordered or given has this many digits; written out, 1E+999999999 fills the memory.
_MOST_PLACES = 30


def _whole(data: object) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise TypeError
    return data


def _float(data: object) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float) or not isfinite(data):
        raise TypeError
    return data


def _exactly(kind: type) -> Any:
    def read(data: object) -> object:
        if not isinstance(data, kind):
            raise TypeError
        return data

    return read


def _moment(data: object) -> datetime:
    moment = data if isinstance(data, datetime) else datetime.fromisoformat(cast(str, data))
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


_READERS: dict[Any, Any] = {
    Decimal: _decimal,
    int: _whole,
    float: _float,
    bool: _exactly(bool),
    str: _exactly(str),
    datetime: _moment,
    date: date.fromisoformat,
    UUID: lambda data: data if isinstance(data, UUID) else UUID(str(data)),
}
