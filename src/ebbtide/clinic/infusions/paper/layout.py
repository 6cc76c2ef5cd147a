"""What a printed page is made of: facts, tables, pictures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands beside it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that belong together."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head.

    Attributes:
        share: Part of the room that is left over; 0 is as wide as its longest entry.
        is_number: Stands to the right.
    """

    label: str
    share: int = 0
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading; `empty` is said when there are none."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = "None noted."
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A Vega-Lite specification as JSON, and what it shows in words."""

    spec: str
    alt: str
