"""Protocols as JSON text: the same text for the same protocol, and read back strictly."""

import json
from typing import Any, TypeVar

from ebbtide.science.plain import from_plain, to_plain

T = TypeVar("T")


def written(protocol: object) -> str:
    """A protocol as JSON text, the same for the same protocol."""
    return json.dumps(to_plain(protocol), ensure_ascii=False, sort_keys=True)


def read_back(kind: type[T], text: str, *, named: str) -> T:
    """A protocol from its text; `named` begins the path of what is wrong.

    Raises:
        ValueError: A key is unknown, missing or given twice, or a value has the wrong type
            or form, or the protocol refuses it.
    """
    data = json.loads(text, object_pairs_hook=_without_doubles)
    protocol = from_plain(kind, data)
    if differing := _difference(to_plain(protocol), data, named):
        raise ValueError(f"{differing} is missing or not in the form it was written in")
    return protocol


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key is given twice")
    return values


def _difference(whole: Any, given: Any, path: str) -> str:
    """Path of the first place where the value read differs from what was given."""
    if isinstance(whole, dict):
        for key, value in whole.items():
            if key not in given:
                return f"{path}.{key}"
            if differing := _difference(value, given[key], f"{path}.{key}"):
                return differing
        return ""
    if isinstance(whole, list):
        pairs = zip(whole, given, strict=True)
        found = (_difference(a, b, f"{path}.{index}") for index, (a, b) in enumerate(pairs))
        return next((differing for differing in found if differing), "")
    return "" if whole == given and type(whole) is type(given) else path
