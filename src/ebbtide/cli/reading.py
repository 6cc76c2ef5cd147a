"""Reading what a verb is given: a file, or standard input. Not a verb."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn, TypeVar

STANDARD_INPUT: Final = "-"
MOST_BYTES: Final = 16 * 2**20  # a million moments fit; what is larger was given by mistake

T = TypeVar("T")


def read(name: str, build: Callable[[object], T], *, number: Callable[[str], object]) -> T:
    """Build something from a JSON file, `-` for standard input.

    Args:
        name: The file.
        build: Makes it from plain values, or says in a ValueError which field is wrong.
        number: Makes a number from its digits.

    Raises:
        ValueError: The file cannot be read, is not JSON, or does not hold what is asked for.
            The message names the file.
    """
    try:
        return build(_json_of(name, number))
    except ValueError as error:
        raise ValueError(f"{_called(name)}: {error}") from error


def _called(name: str) -> str:
    return "standard input" if name == STANDARD_INPUT else name


def _json_of(name: str, number: Callable[[str], object]) -> object:
    text = _text_of(name)
    try:
        return json.loads(
            text,
            parse_float=number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_each_key_once,
        )
    except json.JSONDecodeError as error:
        raise ValueError(
            f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        ) from error
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _text_of(name: str) -> str:
    try:
        content = _bytes_of(name)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}") from error
    if len(content) > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES // 2**20} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not text in UTF-8 (byte {error.start + 1})") from error


def _bytes_of(name: str) -> bytes:
    if name != STANDARD_INPUT:
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    if sys.stdin is None:
        raise ValueError("is closed")
    return sys.stdin.buffer.read(MOST_BYTES + 1)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON has")


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key!r} is there twice")
        found[key] = value
    return found
