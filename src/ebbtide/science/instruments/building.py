"""Short forms for writing definitions down."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from ebbtide.science.instruments.definition import (
    Bands,
    Cutoff,
    Item,
    Measure,
    Option,
    Provenance,
    Rule,
    Threshold,
)

FOUND: Final = Provenance.FOUND
RECALLED: Final = Provenance.RECALLED
OWN: Final = Provenance.OWN

YES: Final = Option(Decimal(1), "yes", ("y",))
NO: Final = Option(Decimal(0), "no", ("n",))


def numbers(*, low: int, high: int) -> tuple[Option, ...]:
    """Options that are whole numbers, both ends included."""
    return tuple(Option(Decimal(value), str(value)) for value in range(low, high + 1))


def numbered(count: int) -> tuple[str, ...]:
    """Item numbers from 1."""
    return tuple(str(number) for number in range(1, count + 1))


def items(
    ids: Iterable[str], options: tuple[Option, ...], *, loinc: Sequence[str | None] = ()
) -> tuple[Item, ...]:
    """Items with the same answers; LOINC codes in the same order, where they are known."""
    ids = tuple(ids)
    codes = loinc or [None] * len(ids)
    return tuple(
        Item(link_id=link_id, options=options, loinc=code)
        for link_id, code in zip(ids, codes, strict=True)
    )


def rule(words: str, *, source: str, provenance: Provenance = FOUND) -> Rule:
    """A rule in words."""
    return Rule(words=words, source=source, provenance=provenance)


def bands(*steps: tuple[int | str, str], source: str, provenance: Provenance = FOUND) -> Bands:
    """Bands by their least score."""
    return Bands(
        steps=tuple((Decimal(least), name) for least, name in steps),
        source=source,
        provenance=provenance,
    )


def from_score(
    at_least: int, flag: str, *, source: str, provenance: Provenance = FOUND, part: str = ""
) -> Cutoff:
    """A flag from a score upwards."""
    return Cutoff(
        flag=flag, at_least=Decimal(at_least), part=part, source=source, provenance=provenance
    )


def threshold(
    name: str, measure: Measure, amount: str, *, source: str, provenance: Provenance = FOUND
) -> Threshold:
    """A threshold of change."""
    return Threshold(
        name=name, measure=measure, amount=Decimal(amount), source=source, provenance=provenance
    )
