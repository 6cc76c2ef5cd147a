"""Every write to a visit's record goes through here: judged, appended, audited, told."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import UUID, uuid4

from django.db import transaction

from ebbtide.clinic.audit import actions as audit
from ebbtide.clinic.infusions import anchors, queries
from ebbtide.clinic.infusions.entries import NewEntry, completed, says_the_same, surroundings
from ebbtide.clinic.infusions.models import SiteChain, Visit, VisitEvent
from ebbtide.clinic.intake.models import VascularAccess
from ebbtide.clinic.intake.queries import limbs_lost
from ebbtide.clinic.monitoring import actions as monitoring
from ebbtide.clinic.people.models import User
from ebbtide.clinic.plans.models import Order
from ebbtide.clinic.plans.queries import current_order
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.sites.models import Chair
from ebbtide.clinic.web import hub
from ebbtide.science.findings import Finding, RefusedError, Severity, blocks, needs_reason
from ebbtide.science.visit.chain import GENESIS
from ebbtide.science.visit.checks import CLOCK_SLACK, check_entry
from ebbtide.science.visit.events import (
    CheckedIn,
    Event,
    Kind,
    Overridden,
    Payload,
    ReadingEntered,
    Stopped,
    read_payload,
)
from ebbtide.science.visit.reducer import PUMP_KINDS
from ebbtide.science.visit.state import VisitState

logger = logging.getLogger(__name__)

MOVED_ON = Finding(
    "visit.moved_on",
    Severity.BLOCK,
    "The pump was changed by someone else since this page was shown. Look again, then repeat.",
)

NOTHING_RUNS = Finding(
    "visit.nothing_runs", Severity.NOTICE, "This visit is over; no pump was running."
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row in the record, and what is still to be said of it."""

    row: VisitEvent
    findings: tuple[Finding, ...] = ()
    is_repeat: bool = False


def record(*, visit: Visit, entry: NewEntry, by: User, at: datetime) -> Recorded:
    """Append one entry to a visit's record.

    Raises:
        RefusedError: Every reason why not; nothing is written but the refusal's audit row.
    """
    try:
        with transaction.atomic():
            return _record(visit=visit, entry=entry, by=by, at=at)
    except RefusedError as refused:
        note_refusal(visit=visit, kind=entry.kind, findings=refused.findings, by=by, at=at)
        raise


def stop(*, visit: Visit, entry_id: UUID, pressed_at: datetime, by: User, at: datetime) -> Recorded:
    """Stop the pump. No rule can refuse this; an impossible clock is kept and noted."""
    with transaction.atomic():
        _lock(visit)
        known = _repeat(entry_id)
        if known and (known.visit_id, known.kind) == (visit.pk, Kind.STOPPED):
            return Recorded(known, is_repeat=True)
        state = queries.state_of(visit.pk)
        if not state.is_in_chair:
            note_refusal(visit=visit, kind=Kind.STOPPED, findings=(NOTHING_RUNS,), by=by, at=at)
            last = VisitEvent.objects.filter(visit=visit).latest("seq")
            return Recorded(last, findings=(NOTHING_RUNS,), is_repeat=True)
        # Never before the pump's last change, whatever the clocks say: a stop told
        # to lie before the start would not stop.
        earliest = _last_pump_moment(state) or state.checked_in_at or at
        is_possible = earliest <= pressed_at <= at + CLOCK_SLACK
        happened_at = max(min(pressed_at, at) if is_possible else at, earliest)
        payload = Stopped(claimed_at=None if is_possible else pressed_at)
        return _append(
            visit=visit, state=state, entry_id=uuid4() if known else entry_id, kind=Kind.STOPPED,
            payload=payload, happened_at=happened_at, by=by, at=at,
        )  # fmt: skip


def _record(*, visit: Visit, entry: NewEntry, by: User, at: datetime) -> Recorded:
    _lock(visit)
    repeat = _repeat(entry.id)
    if repeat:
        _refuse_reused_id(repeat, entry, visit)
        return Recorded(repeat, is_repeat=True)
    state = queries.state_of(visit.pk)
    payload = read_payload(entry.kind, completed(visit, state, entry, by=by))
    is_stale = entry.seen_pump_seq not in (None, state.pump_seq)
    if is_stale and entry.kind in PUMP_KINDS:
        raise RefusedError([MOVED_ON])
    happened_at = entry.happened_at
    if at < happened_at <= at + CLOCK_SLACK:
        happened_at = at  # a tablet a little ahead means now; no entry lies in the future
    findings = check_entry(
        state,
        kind=entry.kind,
        payload=payload,
        actor=by.username,
        happened_at=happened_at,
        at=at,
        around=surroundings(visit),
    )
    payload = with_reason(payload, findings)
    recorded = _append(
        visit=visit, state=state, entry_id=entry.id, kind=entry.kind, payload=payload,
        happened_at=happened_at, by=by, at=at,
    )  # fmt: skip
    return Recorded(recorded.row, findings)


def with_reason(payload: Payload, findings: tuple[Finding, ...]) -> Payload:
    """Let an entry through with the reason it states, or refuse it with all that is wrong.

    Raises:
        RefusedError: Something blocks, or a reason is needed and none was given.
    """
    stated = getattr(payload, "overridden", Overridden())
    if blocks(findings) or (needs_reason(findings) and not stated.reason.strip()):
        raise RefusedError(findings)
    codes = tuple(f.code for f in findings if f.severity is Severity.OVERRIDE)
    if not hasattr(payload, "overridden"):
        return payload
    reason = stated.reason.strip() if codes else ""
    reasoned: Payload = replace(cast(Any, payload), overridden=Overridden(codes, reason))
    return reasoned


def _lock(visit: Visit) -> None:
    """Hold the visit's row, then its site's chain, always in that order."""
    Visit.objects.select_for_update().get(pk=visit.pk)


def _repeat(entry_id: UUID) -> VisitEvent | None:
    return VisitEvent.objects.filter(pk=entry_id).first()


def _refuse_reused_id(row: VisitEvent, entry: NewEntry, visit: Visit) -> None:
    event = row.event()
    is_same_place = (event.visit, event.kind) == (visit.pk, entry.kind)
    if not is_same_place or not says_the_same(entry, event.payload):
        message = "This entry's number was already used for another entry; enter it again."
        raise RefusedError([Finding("entry.id_reused", Severity.BLOCK, message)])


def _append(
    *,
    visit: Visit,
    state: VisitState,
    entry_id: UUID,
    kind: Kind,
    payload: Payload,
    happened_at: datetime,
    by: User,
    at: datetime,
) -> Recorded:
    last = VisitEvent.objects.filter(visit=visit).order_by("-seq").values_list("hash", flat=True)
    event = Event(
        id=entry_id,
        visit=visit.pk,
        seq=state.last_seq + 1,
        kind=kind,
        actor=by.username,
        happened_at=happened_at,
        recorded_at=at,
        payload=payload,
    )
    row = _link(visit, event, previous_hash=last.first() or GENESIS)
    if isinstance(payload, ReadingEntered):
        stored = monitoring.store_reading(
            visit=visit.pk, reading=payload.reading, at=happened_at, received_at=at
        )
        if stored:
            transaction.on_commit(partial(hub.publish, f"visit:{visit.pk}", stored), robust=True)
    audit.record(
        f"visit.{kind.value}",
        by=by,
        at=at,
        site_code=visit.site.code,
        patient=visit.patient,
        about=row,
    )
    transaction.on_commit(partial(_tell, visit, row), robust=True)
    return Recorded(row)


def _link(visit: Visit, event: Event, *, previous_hash: str) -> VisitEvent:
    chain, _ = SiteChain.objects.select_for_update().get_or_create(
        site_code=visit.site.code, defaults={"head": GENESIS}
    )
    row = chain.link(event, previous_hash=previous_hash)
    row.save(force_insert=True)
    chain.save(update_fields=["length", "head"])
    return row


def _tell(visit: Visit, row: VisitEvent) -> None:
    anchors.write(row.site_code, site_seq=row.site_seq, site_hash=row.site_hash)
    change = {"kind": "changed", "visit": str(visit.pk), "event": row.kind, "seq": row.seq}
    for topic in (f"visit:{visit.pk}", f"site:{visit.site.code}", "visits"):
        hub.publish(topic, change)


def note_refusal(
    *, visit: Visit, kind: Kind, findings: tuple[Finding, ...], by: User, at: datetime
) -> None:
    """Leave the one trace an entry that was not made has: its row in the audit log."""
    with transaction.atomic():
        audit.record(
            f"visit.{kind.value}",
            by=by,
            at=at,
            outcome=audit.Outcome.REFUSED,
            site_code=visit.site.code,
            patient=visit.patient,
            about=visit,
            detail={"codes": [finding.code for finding in findings]},
        )


def _last_pump_moment(state: VisitState) -> datetime | None:
    return state.infusion.steps[-1].at if state.infusion and state.infusion.steps else None


def check_in(*, booking: Booking, visit_id: UUID, by: User, at: datetime) -> Visit:
    """Open the visit of a booking with the order in force; a second call gives the same visit.

    Raises:
        RefusedError: No order stands, or the chair is taken: every reason at once.
    """
    try:
        return _check_in(booking=booking, visit_id=visit_id, by=by, at=at)
    except RefusedError as refused:
        with transaction.atomic():
            audit.record(
                f"visit.{Kind.CHECKED_IN.value}",
                by=by,
                at=at,
                outcome=audit.Outcome.REFUSED,
                site_code=booking.site.code,
                patient=booking.patient,
                about=booking,
                detail={"codes": [finding.code for finding in refused.findings]},
            )
        raise


def _check_in(*, booking: Booking, visit_id: UUID, by: User, at: datetime) -> Visit:
    with transaction.atomic():
        chair = Chair.objects.select_for_update().get(pk=booking.chair_id)
        opened = Visit.objects.filter(booking=booking).first()
        if opened:
            return opened
        order = current_order(booking.plan)
        findings = _arrival_findings(booking, order=order, at=at)
        if findings or order is None:
            raise RefusedError(findings)
        visit = Visit.objects.create(
            id=visit_id,
            site=chair.room.site,
            patient=booking.patient,
            booking=booking,
            order=order,
            chair=chair,
            created_at=at,
        )
        _append(
            visit=visit,
            state=VisitState(),
            entry_id=uuid4(),
            kind=Kind.CHECKED_IN,
            payload=_terms(visit),
            happened_at=at,
            by=by,
            at=at,
        )
        booking.status = Booking.Status.ARRIVED
        booking.save(update_fields=["status"])
        return visit


def _arrival_findings(booking: Booking, *, order: Order | None, at: datetime) -> list[Finding]:
    findings = []
    if booking.status == Booking.Status.CANCELLED:
        message = "This booking was cancelled; book the visit again first."
        findings.append(Finding("booking.cancelled", Severity.BLOCK, message))
    today = at.astimezone(booking.chair.room.site.zone).date()
    if order is None:
        message = "There is no signed order for this plan; ask the prescriber."
        findings.append(Finding("order.missing", Severity.BLOCK, message))
    elif order.valid_until < today:
        until = f"{order.valid_until:%d %b %Y}"
        message = f"Order {order.number} was valid until {until}; a new one is needed."
        findings.append(Finding("order.expired", Severity.BLOCK, message))
    taken_by = queries.visit_in_chair(booking.chair_id, at)
    if taken_by:
        message = f"{booking.chair} is still in use; hand that patient over first."
        findings.append(Finding("chair.taken", Severity.BLOCK, message))
    return findings


def _terms(visit: Visit) -> CheckedIn:
    patient, plan = visit.patient, visit.order.plan
    access = VascularAccess.objects.filter(patient=patient).first()
    return CheckedIn(
        order=visit.order.terms,
        order_number=visit.order.number,
        protocol=str(plan.protocol_version),
        indication=plan.protocol_version.indication,
        visit_number=queries.visits_of_plan(plan.pk).count(),
        limbs_present=4 - len(limbs_lost(patient)),
        access_limb=access.line_limb if access else "",
        cuff_limb=access.cuff_limb if access else "",
        last_weight_kg=queries.last_weight_kg(patient.pk, before=visit.pk),
        height_cm=patient.height_cm,
    )
