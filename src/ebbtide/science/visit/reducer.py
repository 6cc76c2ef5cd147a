"""From the log to the state: a pure fold, the only reading of the record there is.

Entries count in the order they *happened*; an entry made late takes its true
place. Amendments are applied first, and never rewrite what they correct.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from ebbtide.science.visit.events import (
    Amended,
    BolusGiven,
    CheckedIn,
    DoseChecked,
    DoseDrawn,
    Event,
    HandedOver,
    Kind,
    LinePlaced,
    RateSet,
    WeightTaken,
    plain_payload,
    read_payload,
)
from ebbtide.science.visit.infusion import GivenBolus, Infusion, PumpStep
from ebbtide.science.visit.state import Entry, Status, VisitState

PUMP_KINDS = frozenset(
    {Kind.STARTED, Kind.RATE_CHANGED, Kind.HELD, Kind.RESUMED, Kind.BOLUS_GIVEN, Kind.STOPPED}
)


def replay(events: Iterable[Event]) -> VisitState:
    """Fold the events of one visit, given in the order of `seq`, into its state."""
    log = tuple(events)
    entries = sorted(_effective(log), key=lambda entry: (entry.happened_at, entry.seq))
    state = VisitState(entries=tuple(entries))
    if log:
        state = replace(
            state,
            last_seq=log[-1].seq,
            last_recorded_at=log[-1].recorded_at,
            pump_seq=max((event.seq for event in log if _moves_pump(event, log)), default=0),
        )
    for entry in entries:
        step = _STEPS.get(entry.kind)
        if step and not entry.is_retracted:
            state = step(state, entry)
    return state


def amended_payload(original: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Lay changes over a payload's plain form, one level of nesting deep per named field.

    A number typed for a text, such as a lot, stays the text it was typed as.
    """
    merged = dict(original)
    for name, value in changes.items():
        inner = merged.get(name)
        if isinstance(inner, Mapping) and isinstance(value, Mapping):
            merged[name] = amended_payload(cast(Any, inner), cast(Any, value))
        else:
            merged[name] = str(value) if isinstance(inner, str) and type(value) is int else value
    return merged


def _moves_pump(event: Event, log: tuple[Event, ...]) -> bool:
    if isinstance(event.payload, Amended):
        target = event.payload.event
        return any(other.id == target and other.kind in PUMP_KINDS for other in log)
    return event.kind in PUMP_KINDS


def _effective(log: tuple[Event, ...]) -> list[Entry]:
    entries: dict[UUID, Entry] = {}
    for event in log:
        payload = event.payload
        entries[event.id] = Entry(
            event.id, event.seq, event.kind, event.actor, event.happened_at,
            event.recorded_at, payload, payload,
        )  # fmt: skip
        if isinstance(payload, Amended) and payload.event in entries:
            entries[payload.event] = _amend(entries[payload.event], payload)
    return list(entries.values())


def _amend(entry: Entry, amendment: Amended) -> Entry:
    changes = json.loads(amendment.changes)
    return replace(
        entry,
        payload=read_payload(entry.kind, amended_payload(plain_payload(entry.payload), changes)),
        happened_at=amendment.happened_at or entry.happened_at,
        amendments=(*entry.amendments, amendment),
        is_retracted=entry.is_retracted or amendment.is_retracted,
    )


def _checked_in(state: VisitState, entry: Entry) -> VisitState:
    terms = cast(CheckedIn, entry.payload)
    return replace(state, status=Status.CHECKED_IN, terms=terms, checked_in_at=entry.happened_at)


def _weight_taken(state: VisitState, entry: Entry) -> VisitState:
    return replace(state, weight=cast(WeightTaken, entry.payload))


def _dose_drawn(state: VisitState, entry: Entry) -> VisitState:
    drawn = cast(DoseDrawn, entry.payload)
    bag = Infusion(volume_ml=drawn.volume_ml, mg_per_ml=drawn.mg_per_ml)
    if state.infusion and state.infusion.steps:
        bag = replace(bag, steps=state.infusion.steps, boluses=state.infusion.boluses)
    return replace(
        state,
        drawn=drawn,
        drawn_id=entry.id,
        drawn_by=entry.actor,
        dose_checked_by="",
        infusion=bag,
    )


def _dose_checked(state: VisitState, entry: Entry) -> VisitState:
    if cast(DoseChecked, entry.payload).drawn != state.drawn_id:
        return state  # the check of a draw that no longer counts
    return replace(state, dose_checked_by=entry.actor)


def _line_placed(state: VisitState, entry: Entry) -> VisitState:
    return replace(state, line=cast(LinePlaced, entry.payload))


def _rate_set(state: VisitState, entry: Entry) -> VisitState:
    if state.infusion is None or state.ended_at is not None:
        return state
    state = _stepped(state, entry, cast(RateSet, entry.payload).rate_ml_per_h)
    started_at = state.started_at or entry.happened_at
    return replace(state, status=Status.RUNNING, started_at=started_at)


def _held(state: VisitState, entry: Entry) -> VisitState:
    if state.status is not Status.RUNNING:
        return state
    return replace(_stepped(state, entry, Decimal(0)), status=Status.HELD)


def _bolus_given(state: VisitState, entry: Entry) -> VisitState:
    if state.infusion is None:
        return state
    bolus = GivenBolus(entry.happened_at, cast(BolusGiven, entry.payload).dose_mg)
    infusion = replace(state.infusion, boluses=(*state.infusion.boluses, bolus))
    return replace(state, infusion=infusion)


def _stopped(state: VisitState, entry: Entry) -> VisitState:
    if state.status not in (Status.RUNNING, Status.HELD):
        return state  # the button was pressed with nothing running: logged, no more
    state = _stepped(state, entry, Decimal(0))
    return replace(state, status=Status.RECOVERY, ended_at=entry.happened_at)


def _called_off(state: VisitState, entry: Entry) -> VisitState:
    return replace(state, status=Status.CALLED_OFF, ended_at=entry.happened_at)


def _handed_over(state: VisitState, entry: Entry) -> VisitState:
    return replace(
        state,
        status=Status.HANDED_OVER,
        handed_over=cast(HandedOver, entry.payload),
        handed_over_at=entry.happened_at,
    )


def _signed(state: VisitState, entry: Entry) -> VisitState:
    return replace(state, status=Status.SIGNED, signatures=(*state.signatures, entry))


def _stepped(state: VisitState, entry: Entry, rate_ml_per_h: Decimal) -> VisitState:
    infusion = cast(Infusion, state.infusion)
    step = PumpStep(entry.happened_at, rate_ml_per_h)
    return replace(state, infusion=replace(infusion, steps=(*infusion.steps, step)))


_STEPS: dict[Kind, Callable[[VisitState, Entry], VisitState]] = {
    Kind.CHECKED_IN: _checked_in,
    Kind.WEIGHT_TAKEN: _weight_taken,
    Kind.DOSE_DRAWN: _dose_drawn,
    Kind.DOSE_CHECKED: _dose_checked,
    Kind.LINE_PLACED: _line_placed,
    Kind.STARTED: _rate_set,
    Kind.RATE_CHANGED: _rate_set,
    Kind.HELD: _held,
    Kind.RESUMED: _rate_set,
    Kind.BOLUS_GIVEN: _bolus_given,
    Kind.STOPPED: _stopped,
    Kind.CALLED_OFF: _called_off,
    Kind.HANDED_OVER: _handed_over,
    Kind.SIGNED: _signed,
}
