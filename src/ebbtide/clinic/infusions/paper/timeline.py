"""The log as it is printed: every entry once, corrections beside what they correct."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from ebbtide.clinic.infusions.paper.wording import Wording, overridden, said
from ebbtide.science.visit.events import Amended
from ebbtide.science.visit.state import Entry, VisitState

# An entry written down later than this after it happened says so.
PROMPT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry.

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


def lines_of(
    state: VisitState,
    *,
    wording: Wording,
    who: Callable[[str], str],
    hashes: Mapping[UUID, str],
) -> tuple[Line, ...]:
    """Tell every entry in the order it happened; amendments stand under their entry."""
    ids = {entry.id for entry in state.entries}
    corrections: dict[UUID, list[Entry]] = {}
    for entry in sorted(state.entries, key=lambda entry: entry.seq):
        if isinstance(entry.payload, Amended) and entry.payload.event in ids:
            corrections.setdefault(entry.payload.event, []).append(entry)
    beside = {entry.id for entries in corrections.values() for entry in entries}
    return tuple(
        _line(entry, corrections, wording=wording, who=who, hashes=hashes)
        for entry in state.entries
        if entry.id not in beside
    )


def _line(
    entry: Entry,
    corrections: Mapping[UUID, Iterable[Entry]],
    *,
    wording: Wording,
    who: Callable[[str], str],
    hashes: Mapping[UUID, str],
) -> Line:
    what = wording.of(entry.kind, entry.payload)
    was = wording.of(entry.kind, entry.original)
    notes = [overridden(entry)]
    if entry.recorded_at - entry.happened_at > PROMPT and not entry.amendments:
        notes.append(f"Entered at {wording.clock.time(entry.recorded_at)}")
    for correction in corrections.get(entry.id, ()):
        notes += _told(correction, corrections, wording=wording, who=who)
    return Line(
        place=str(entry.seq),
        time=wording.clock.time(entry.happened_at),
        what=what,
        was=was if was != what else "",
        who=who(entry.actor),
        notes=tuple(note for note in notes if note),
        is_retracted=entry.is_retracted,
        hash=hashes.get(entry.id, ""),
    )


def _told(
    correction: Entry,
    corrections: Mapping[UUID, Iterable[Entry]],
    *,
    wording: Wording,
    who: Callable[[str], str],
) -> list[str]:
    """An amendment, and the amendments of that amendment."""
    payload = correction.payload
    verb = "Retracted" if isinstance(payload, Amended) and payload.is_retracted else "Amended"
    at = wording.clock.time(correction.recorded_at)
    reason = said(payload.reason) if isinstance(payload, Amended) else ""
    told = [f"{verb} by {who(correction.actor)} at {at} (#{correction.seq}): {reason}"]
    for further in corrections.get(correction.id, ()):
        told += _told(further, corrections, wording=wording, who=who)
    return told


