"""The log as it is printed: every entry once, corrections beside what they correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Final, cast
from uuid import UUID

from ebbtide.clinic.infusions.paper import wording
from ebbtide.clinic.infusions.paper.desk import Desk
from ebbtide.clinic.infusions.paper.wording import overridden, said
from ebbtide.science.visit.events import (
    Amended,
    ComfortChanged,
    DischargeConfirmed,
    GateConfirmed,
    Kind,
)
from ebbtide.science.visit.state import Entry

# An entry written down later than this after it happened says so.
PROMPT: Final = timedelta(minutes=1)
# Entries that follow one another are told in one line, under this word.
_IN_RUNS: Final = {
    Kind.GATE_CONFIRMED: "Start checks",
    Kind.DISCHARGE_CONFIRMED: "Discharge checks",
    Kind.COMFORT_CHANGED: "Comfort",
}
_READINGS: Final = frozenset({Kind.READING_ENTERED, Kind.RECOVERY_READING_ENTERED})


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, or a run of checks or comfort measures.

    Attributes:
        place: Its place in the record.
        what: What counts now; struck through if `is_retracted`.
        was: What was first entered, struck through; empty if nothing changed.
        notes: Amendments, overrides and late entry, in words.
        hash: First digits of its hash; empty if not looked up.
    """

    place: str
    time: str
    what: str
    was: str
    who: str
    notes: tuple[str, ...]
    is_retracted: bool
    hash: str


@dataclass(frozen=True, slots=True)
class _Teller:
    """What lines are told with; `corrections` by the entry they correct."""

    desk: Desk
    hashes: Mapping[UUID, str]
    corrections: Mapping[UUID, Sequence[Entry]]

    def line(self, entry: Entry) -> Line:
        """Tell one entry."""
        what = self._words(entry, is_original=False)
        was = self._words(entry, is_original=True) if self.corrections.get(entry.id) else what
        return Line(
            place=str(entry.seq),
            time=self.desk.time(entry.happened_at),
            what=what,
            was=was if was != what else "",
            who=self.desk.who(entry.actor),
            notes=tuple(self.notes(entry)),
            is_retracted=entry.is_retracted,
            hash=self.hashes.get(entry.id, ""),
        )

    def run(self, entries: Sequence[Entry]) -> Line:
        """Tell entries of one kind, made one after another, in one line."""
        if len(entries) == 1:
            return self.line(entries[0])
        told = "; ".join(self._briefly(entry) for entry in entries)
        first, last = self.line(entries[0]), self.line(entries[-1])
        return replace(
            first, place=f"{first.place}–{last.place}", what=f"{_IN_RUNS[entries[0].kind]}: {told}",
            hash=last.hash,
        )  # fmt: skip

    def _briefly(self, entry: Entry) -> str:
        payload, time = entry.payload, self.desk.time(entry.happened_at)
        if isinstance(payload, GateConfirmed | DischargeConfirmed):
            name = wording.item(payload.item, {}, entry.kind)
            return f"{name} {wording.ANSWERS[payload.answer]} {time}"
        comfort = cast(ComfortChanged, payload)
        return f"{comfort.what.replace('_', ' ')}: {said(comfort.setting)} {time}"

    def _words(self, entry: Entry, *, is_original: bool) -> str:
        payload = entry.original if is_original else entry.payload
        return self.desk.short_wording.of(entry.kind, payload)

    def notes(self, entry: Entry) -> list[str]:
        """What there is to say of an entry besides itself."""
        notes = [overridden(entry)] if overridden(entry) else []
        if is_late(entry):
            notes.append(f"Entered at {self.desk.time(entry.recorded_at)}")
        for correction in self.corrections.get(entry.id, ()):
            notes += self._told(correction)
        return notes

    def _told(self, correction: Entry) -> list[str]:
        """An amendment, and the amendments of that amendment."""
        payload = cast(Amended, correction.payload)
        verb = "Retracted" if payload.is_retracted else "Amended"
        moved = ", time corrected" if payload.happened_at else ""
        by, at = self.desk.who(correction.actor), self.desk.time(correction.recorded_at)
        mark = f"#{correction.seq} {self.hashes.get(correction.id, '')}".strip()
        told = [f"{verb} by {by} at {at}{moved}: {said(payload.reason)} ({mark})"]
        for further in self.corrections.get(correction.id, ()):
            told += self._told(further)
        return told


def is_late(entry: Entry) -> bool:
    """Whether an entry was written down well after it happened; a corrected time says so itself."""
    has_new_time = any(amendment.happened_at for amendment in entry.amendments)
    return entry.recorded_at - entry.happened_at > PROMPT and not has_new_time


def lines_of(desk: Desk, *, hashes: Mapping[UUID, str]) -> tuple[Line, ...]:
    """Tell every entry in the order it happened; amendments stand under their entry.

    A reading of which there is nothing to say but its values stands in its own table alone.
    """
    entries = desk.state.entries
    ids = {entry.id for entry in entries}
    corrections: dict[UUID, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.seq):
        if isinstance(entry.payload, Amended) and entry.payload.event in ids:
            corrections.setdefault(entry.payload.event, []).append(entry)
    beside = {entry.id for found in corrections.values() for entry in found}
    teller = _Teller(desk, hashes, corrections)
    lines: list[Line] = []
    shown = [
        entry
        for entry in entries
        if entry.id not in beside and not (entry.kind in _READINGS and not teller.notes(entry))
    ]
    keyed = [(_run_of(index, entry, corrections), entry) for index, entry in enumerate(shown)]
    for (kind, *_), run in groupby(keyed, key=itemgetter(0)):
        told = [entry for _, entry in run]
        lines += [teller.run(told)] if kind in _IN_RUNS else map(teller.line, told)
    return tuple(lines)


def _run_of(
    index: int, entry: Entry, corrections: Mapping[UUID, Sequence[Entry]]
) -> tuple[Kind, str, int]:
    """What entries must share to be told in one line: kind and person, nothing noted, no gap."""
    has_note = bool(getattr(entry.payload, "note", "").strip())
    is_plain = not (has_note or is_late(entry) or entry.id in corrections)
    return entry.kind, entry.actor, entry.seq - index if is_plain else -1 - index
