"""Reading answers: every one is either a blank or an answer its item allows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Final

from ebbtide.science.instruments.definition import Instrument, Item
from ebbtide.science.instruments.result import Answer

Given = int | float | Decimal | str | None
_BLANKS: Final = frozenset({"", "-"})
_MOST_DIGITS: Final = 30
_NUMBER: Final = re.compile(rf"[+\-−]?[0-9]{{1,{_MOST_DIGITS}}}(\.[0-9]{{1,{_MOST_DIGITS}}})?")


def read(
    instrument: Instrument, given: Sequence[Given] | Mapping[str, Given] | Mapping[int, Given]
) -> dict[str, Answer | None]:
    """Answers by item number, in the order of the form.

    Args:
        instrument: Whose items they answer.
        given: Answers in item order, or by item number. None, empty text and a lone hyphen
            are blanks.

    Raises:
        ValueError: An answer is missing, repeated, unknown or not allowed; it names the
            item, the value and what is allowed.
    """
    if isinstance(given, str):
        given = given.split(",")
    if isinstance(given, Mapping):
        pairs = once(instrument, ((str(key), value) for key, value in given.items()))
    else:
        pairs = _in_order(instrument, given)
    return {
        item.link_id: read_one(instrument, item, pairs[item.link_id]) for item in instrument.items
    }


def once(instrument: Instrument, pairs: Iterable[tuple[str, Given]]) -> dict[str, Given]:
    """Answers by item number from pairs, each item once.

    Raises:
        ValueError: An item is unknown, repeated or missing.
    """
    answers: dict[str, Given] = {}
    for link_id, value in pairs:
        instrument.item(link_id)
        if link_id in answers:
            raise ValueError(
                f"{instrument.id} item {link_id} is repeated: {answers[link_id]}, then {value}"
            )
        answers[link_id] = value
    for item in instrument.items:
        if item.link_id not in answers and not item.is_optional:
            raise ValueError(
                f"{instrument.id} item {item.link_id} is missing; "
                f"give a blank or one of {item.allowed}"
            )
        answers.setdefault(item.link_id, None)
    return answers


def _named(value: Given) -> str:
    return str(value).strip() if value is not None and str(value).strip() else "a blank"


def _in_order(instrument: Instrument, given: Sequence[Given]) -> dict[str, Given]:
    ids = [item.link_id for item in instrument.items]
    least = sum(not item.is_optional for item in instrument.items)
    if not least <= len(given) <= len(ids):
        asked = str(len(ids)) if least == len(ids) else f"{least} to {len(ids)}"
        why = (
            f"item {ids[len(given)]} is missing; a blank stands for an item not answered"
            if len(given) < least
            else f"{_named(given[len(ids)])} answers no item; one is repeated or too many"
        )
        raise ValueError(f"{instrument.id} takes {asked} answers, {len(given)} were given: {why}")
    return dict(zip(ids, [*given, *[None] * (len(ids) - len(given))], strict=True))


def read_one(instrument: Instrument, item: Item, given: Given) -> Answer | None:
    """One answer, or None for a blank.

    Raises:
        ValueError: The item does not allow it.
    """
    if given is None or (isinstance(given, str) and given.strip() in _BLANKS):
        return None
    answer = _option(item, given) if item.options else _measured(item, given)
    if answer is None:
        where = f"{instrument.id} item {item.link_id}"
        raise ValueError(f"{where}: {given} is not allowed; it takes {item.allowed}")
    return answer


def number(given: object) -> Decimal | None:
    """A finite number as it is written, None for anything else.

    A float is the decimal number it prints as, so that 4.9 is 49 tenths.
    """
    if isinstance(given, bool) or not isinstance(given, Real | Decimal | str):
        return None
    if isinstance(given, Decimal):
        # Written out before it is looked at, 1E+999999999 would fill the memory.
        given = format(given, "f") if abs(given.adjusted()) < _MOST_DIGITS else ""
    text = str(given).strip()
    if not _NUMBER.fullmatch(text):
        return None
    return Decimal(text.replace("−", "-"))


def _option(item: Item, given: Given) -> Answer | None:
    if isinstance(given, bool):
        given = "yes" if given else "no"
    if isinstance(given, str):
        for option in item.options:
            if option.is_called(given.strip()):
                return Answer(option.value, option.code)
    value = None if item.is_coded else number(given)
    for option in item.options:
        if option.value == value:
            return Answer(option.value, option.code)
    return None


def _measured(item: Item, given: Given) -> Answer | None:
    value = number(given)
    if value is None or not item.low <= value <= item.high or value % item.step:
        return None
    return Answer(value, format(value, "f"))
