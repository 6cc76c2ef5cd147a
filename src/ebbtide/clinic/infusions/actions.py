"""Every write to a visit's record goes through here: judged, appended, audited, told."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from ebbtide.clinic.audit import actions as audit
from ebbtide.clinic.infusions import anchors, queries
from ebbtide.clinic.infusions.models import SiteChain, Visit, VisitEvent
from ebbtide.clinic.monitoring import actions as monitoring
from ebbtide.clinic.monitoring.queries import pump_of
from ebbtide.clinic.people.models import User
from ebbtide.clinic.web import hub
from ebbtide.science.findings import Finding, RefusedError, Severity
from ebbtide.science.visit.chain import GENESIS, body_of, hash_of, site_hash_of
from ebbtide.science.visit.checks import Surroundings, check_entry
from ebbtide.science.visit.events import (
    Event,
    Kind,
    Payload,
    ReadingEntered,
    Stopped,
    plain_payload,
    read_payload,
)
from ebbtide.science.visit.state import VisitState

logger = logging.getLogger(__name__)

MOVED_ON = Finding(
    "visit.moved_on",
    Severity.BLOCK,
    "The pump was changed by someone else since this page was shown. Look again, then repeat.",
)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What a page or a seed asks to be written.

    Attributes:
        id: Made where the entry was made; the same id twice is the same entry.
        seen_pump_seq: The pump entry the page showed; None where it does not matter.
    """

    id: UUID
    kind: Kind
    payload: Mapping[str, object]
    happened_at: datetime
    seen_pump_seq: int | None = None


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
    payload = read_payload(entry.kind, entry.payload)
    try:
        with transaction.atomic():
            return _record(visit=visit, entry=entry, payload=payload, by=by, at=at)
    except RefusedError as refused:
        _audit_refusal(visit=visit, kind=entry.kind, findings=refused.findings, by=by, at=at)
        raise


def stop(*, visit: Visit, entry_id: UUID, pressed_at: datetime, by: User, at: datetime) -> Recorded:
    """Stop the pump. No rule can refuse this; an impossible clock is kept and noted."""
    with transaction.atomic():
        _lock(visit)
        repeat = _repeat(entry_id, visit)
        if repeat:
            return Recorded(repeat, is_repeat=True)
        state = queries.state_of(visit.pk)
        earliest = _last_pump_moment(state) or state.checked_in_at or at
        happened_at, claimed_at = pressed_at, None
        if not earliest <= pressed_at <= at:
            happened_at, claimed_at = at, pressed_at
        payload = Stopped(claimed_at=claimed_at)
        return _append(
            visit=visit, state=state, entry_id=entry_id, kind=Kind.STOPPED, payload=payload,
            happened_at=happened_at, by=by, at=at,
        )  # fmt: skip


def _record(
    *, visit: Visit, entry: NewEntry, payload: Payload, by: User, at: datetime
) -> Recorded:
    _lock(visit)
    repeat = _repeat(entry.id, visit)
    if repeat:
        _refuse_reused_id(repeat, entry, payload)
        return Recorded(repeat, is_repeat=True)
    state = queries.state_of(visit.pk)
    if entry.seen_pump_seq is not None and entry.seen_pump_seq != state.pump_seq:
        raise RefusedError([MOVED_ON])
    findings = check_entry(
        state,
        kind=entry.kind,
        payload=payload,
        actor=by.username,
        happened_at=entry.happened_at,
        at=at,
        around=surroundings(visit),
    )
    if any(finding.severity is Severity.BLOCK for finding in findings):
        raise RefusedError(findings)
    recorded = _append(
        visit=visit, state=state, entry_id=entry.id, kind=entry.kind, payload=payload,
        happened_at=entry.happened_at, by=by, at=at,
    )  # fmt: skip
    return Recorded(recorded.row, findings)


def surroundings(visit: Visit) -> Surroundings:
    """The protocol, the pump and the order's validity that a visit is judged by."""
    return Surroundings(
        protocol=visit.order.plan.protocol_version.protocol,
        pump=pump_of(visit.chair.room),
        order_valid_until=visit.order.valid_until,
        zone=visit.site.zone,
    )


def _lock(visit: Visit) -> None:
    """Hold the visit's row, then its site's chain, always in that order."""
    Visit.objects.select_for_update().get(pk=visit.pk)


def _repeat(entry_id: UUID, visit: Visit) -> VisitEvent | None:
    return VisitEvent.objects.filter(pk=entry_id).first()


def _refuse_reused_id(row: VisitEvent, entry: NewEntry, payload: Payload) -> None:
    event = row.event()
    same = (event.kind, plain_payload(event.payload)) == (entry.kind, plain_payload(payload))
    if not same:
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
        monitoring.store_reading(visit=visit.pk, reading=payload.reading, at=happened_at, received_at=at)
    audit.record(
        verb=f"visit.{kind.value}",
        by=by.username,
        at=at,
        patient_id=visit.patient_id,
        target=row,
        site=visit.site.code,
    )
    transaction.on_commit(partial(_tell, visit, row), robust=True)
    return Recorded(row)


def _link(visit: Visit, event: Event, *, previous_hash: str) -> VisitEvent:
    chain, _ = SiteChain.objects.select_for_update().get_or_create(
        site_code=visit.site.code, defaults={"head": GENESIS}
    )
    body = body_of(event, previous_hash=previous_hash)
    event_hash = hash_of(body)
    chain.length += 1
    chain.head = site_hash_of(
        previous=chain.head, site=chain.site_code, site_seq=chain.length, event_hash=event_hash
    )
    row = VisitEvent.objects.create(
        id=event.id,
        visit=visit,
        seq=event.seq,
        kind=event.kind.value,
        recorded_at=event.recorded_at,
        body=body,
        hash=event_hash,
        site_code=chain.site_code,
        site_seq=chain.length,
        site_hash=chain.head,
    )
    chain.save(update_fields=["length", "head"])
    return row


def _tell(visit: Visit, row: VisitEvent) -> None:
    anchors.write(row.site_code, site_seq=row.site_seq, site_hash=row.site_hash)
    change = {"kind": "changed", "visit": str(visit.pk), "event": row.kind, "seq": row.seq}
    for topic in (f"visit:{visit.pk}", f"site:{visit.site.code}", "visits"):
        hub.publish(topic, change)


def _audit_refusal(
    *, visit: Visit, kind: Kind, findings: tuple[Finding, ...], by: User, at: datetime
) -> None:
    with transaction.atomic():
        audit.record(
            verb=f"visit.{kind.value}",
            by=by.username,
            at=at,
            patient_id=visit.patient_id,
            target=visit,
            site=visit.site.code,
            outcome="refused",
            codes=",".join(finding.code for finding in findings),
        )


def _last_pump_moment(state: VisitState) -> datetime | None:
    return state.infusion.steps[-1].at if state.infusion and state.infusion.steps else None
