"""The record as lines to read: what, when, by whom, and what was corrected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ebbtide.clinic.infusions.paper.wording import Clock, Wording, labels_of, overridden, said
from ebbtide.clinic.people.models import User
from ebbtide.science.screening.protocol import Protocol
from ebbtide.science.visit.events import Kind, plain_payload
from ebbtide.science.visit.state import Entry, VisitState

LATE = timedelta(minutes=2)
FIXED = frozenset({Kind.AMENDED, Kind.SIGNED, Kind.CHECKED_IN})


@dataclass(frozen=True, slots=True)
class EventLine:
    """One entry as the list shows it.

    Attributes:
        extras: What was overridden, and each amendment with its reason.
        is_late: Recorded more than two minutes after it happened.
    """

    id: UUID
    at: datetime
    time: str
    words: str
    by: str
    recorded: str
    extras: tuple[str, ...]
    is_amended: bool
    is_retracted: bool
    is_late: bool
    can_amend: bool
    local_iso: str


def event_lines(state: VisitState, *, protocol: Protocol, zone: ZoneInfo) -> tuple[EventLine, ...]:
    """Every entry, newest first."""
    if state.checked_in_at is None:
        return ()
    clock = Clock(zone=zone, day=state.checked_in_at.astimezone(zone).date())
    wording = Wording(labels=labels_of(protocol), clock=clock)
    actors = {entry.actor for entry in state.entries}
    names = dict(User.objects.filter(username__in=actors).values_list("username", "full_name"))
    return tuple(
        _line(entry, wording, clock, names.get(entry.actor, entry.actor))
        for entry in reversed(state.entries)
    )


def _line(entry: Entry, wording: Wording, clock: Clock, name: str) -> EventLine:
    extras = [overridden(entry)] if overridden(entry) else []
    if entry.amendments:
        extras.append(f"First recorded: {wording.of(entry.kind, entry.original)}")
    extras += [f"Amended: {said(amendment.reason)}" for amendment in entry.amendments]
    return EventLine(
        id=entry.id,
        at=entry.happened_at,
        time=clock.time(entry.happened_at),
        words=wording.of(entry.kind, entry.payload),
        by=name,
        recorded=clock.time(entry.recorded_at),
        extras=tuple(extras),
        is_amended=bool(entry.amendments),
        is_retracted=entry.is_retracted,
        is_late=entry.recorded_at - entry.happened_at > LATE,
        can_amend=entry.kind not in FIXED and not entry.is_retracted,
        local_iso=f"{entry.happened_at.astimezone(clock.zone):%Y-%m-%d %H:%M:%S}",
    )


@dataclass(frozen=True, slots=True)
class Amendable:
    """One value of an entry that an amendment may correct."""

    path: str
    label: str
    now: str


def amendable_values(entry: Entry) -> tuple[Amendable, ...]:
    """The recorded values of an entry, by dotted path; overrides and links stay out."""
    return tuple(_values(plain_payload(entry.payload), ""))


def _values(plain: Mapping[str, Any], parent: str) -> Iterator[Amendable]:
    for name, value in plain.items():
        path = f"{parent}{name}"
        if name in ("overridden", "drawn", "claimed_at", "answers", "symptoms"):
            continue
        if isinstance(value, Mapping):
            yield from _values(value, f"{path}.")
        elif isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            yield Amendable(path, name.replace("_", " "), str(value))
