"""What is due next in a visit, by the protocol's timetable and the record alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ebbtide.science.screening.protocol import Protocol
from ebbtide.science.visit.events import BolusGiven, Kind, RateSet, RescueGiven
from ebbtide.science.visit.state import Status, VisitState
from ebbtide.science.vitals.reading import Reading


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do.

    Attributes:
        what: Stable name of the thing.
        label: In words.
        at: When it is due.
        is_late: Later than the protocol's grace.
        note: The rule behind it, in words.
    """

    what: str
    label: str
    at: datetime
    is_late: bool
    note: str = ""


def due_items(state: VisitState, *, protocol: Protocol, at: datetime) -> tuple[Due, ...]:
    """Everything due in this visit, soonest first."""
    by_status: dict[Status, Callable[..., Iterator[Due]]] = {
        Status.RUNNING: _while_given,
        Status.HELD: _while_given,
        Status.RECOVERY: _in_recovery,
    }
    items = by_status.get(state.status, _nothing)(state, protocol, at)
    return tuple(sorted(items, key=lambda due: due.at))


def _nothing(_: VisitState, __: Protocol, ___: datetime) -> Iterator[Due]:
    return iter(())


def _while_given(state: VisitState, protocol: Protocol, at: datetime) -> Iterator[Due]:
    schedule = protocol.schedule
    started = state.started_at or at
    yield _pressure(state, protocol, at, started)
    pain_every = _minutes(schedule.pain_minutes)
    pain = _last_reading(state, _has_pain) or started
    yield _due(
        "pain",
        "Pain scores",
        max(pain, started) + pain_every,
        protocol,
        at,
        "phantom and residual-limb, apart",
    )
    cadss_at = started + _minutes(schedule.cadss6_at_minutes)
    taken = [entry for entry, score in state.scores if score.instrument == "cadss-6"]
    if not any(entry.happened_at >= started for entry in taken):
        note = f"{schedule.cadss6_at_minutes} min after the start"
        yield _due("cadss-6", "CADSS-6", cadss_at, protocol, at, note)
    yield from _after_rescue(state, protocol, at)
    ends = state.infusion.empties_at(at) if state.infusion else None
    if ends and state.infusion:
        rate = state.infusion.rate_ml_per_h(at).normalize()
        yield Due("bag", "Bag ends", ends, is_late=False, note=f"at {rate:f} mL/h")
    elif state.status is Status.RUNNING:
        yield Due("bag", "Bag is empty: press STOP", at, is_late=True)


def _in_recovery(state: VisitState, protocol: Protocol, at: datetime) -> Iterator[Due]:
    ended = state.ended_at or at
    every = _minutes(protocol.schedule.recovery_minutes)
    last = max(_last_reading(state, _has_pressure) or ended, ended)
    note = f"every {protocol.schedule.recovery_minutes} min"
    yield _due("recovery", "Recovery set", last + every, protocol, at, note)
    yield from _after_rescue(state, protocol, at)
    earliest = max(
        ended + _minutes(protocol.discharge.min_minutes_from_end),
        (state.started_at or ended) + _minutes(protocol.discharge.min_minutes_from_start),
    )
    if earliest > at:
        yield Due("leave", "Earliest leaving", earliest, is_late=False, note="observation time")


def _pressure(state: VisitState, protocol: Protocol, at: datetime, started: datetime) -> Due:
    """The next cuff reading: by the timetable, or sooner after a change."""
    schedule = protocol.schedule
    last = _last_reading(state, _has_pressure)
    base = max(last, started) if last else started
    when, note = (
        base + _minutes(schedule.infusion_bp_minutes),
        f"every {schedule.infusion_bp_minutes} min",
    )
    changes = [
        entry.happened_at
        for entry in state.entries
        if isinstance(entry.payload, RateSet | BolusGiven | RescueGiven)
        and entry.kind is not Kind.STARTED
        and not entry.is_retracted
        and entry.happened_at > base
    ]
    if changes:
        after = changes[0] + _minutes(schedule.after_change_minutes)
        if after < when:
            when, note = after, f"{schedule.after_change_minutes} min after a change"
    return _due("bp", "BP and MOAA/S", when, protocol, at, note)


def _after_rescue(state: VisitState, protocol: Protocol, at: datetime) -> Iterator[Due]:
    for entry, rescue in state.rescues:
        later = [
            read.happened_at for read, _ in state.readings if read.happened_at > entry.happened_at
        ]
        for minutes in protocol.schedule.rescue_check_minutes:
            when = entry.happened_at + _minutes(minutes)
            answered = any(moment >= when - timedelta(minutes=2) for moment in later)
            if not answered:
                label = f"Answer to {rescue.drug}"
                yield _due("rescue", label, when, protocol, at, f"{minutes} min after it")


def _due(what: str, label: str, when: datetime, protocol: Protocol, at: datetime, note: str) -> Due:
    late = at > when + _minutes(protocol.schedule.grace_minutes)
    return Due(what, label, when, is_late=late, note=note)


def _last_reading(state: VisitState, holds: Callable[[Reading], bool]) -> datetime | None:
    moments = [entry.happened_at for entry, payload in state.readings if holds(payload.reading)]
    return moments[-1] if moments else None


def _has_pressure(reading: Reading) -> bool:
    return reading.systolic_mmhg is not None


def _has_pain(reading: Reading) -> bool:
    return reading.phantom_pain_nrs is not None or reading.residual_limb_pain_nrs is not None


def _minutes(minutes: Decimal) -> timedelta:
    return timedelta(minutes=float(minutes))
