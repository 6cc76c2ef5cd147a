"""Whole logs appended at once: histories brought along, by the chains every entry goes through.

Nothing here judges an entry; whoever writes a log has it judged before. What is
appended hangs in its visit's chain and its site's chain as if entered live.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from ebbtide.clinic.audit import actions as audit
from ebbtide.clinic.infusions import anchors
from ebbtide.clinic.infusions.models import SiteChain, Visit, VisitEvent
from ebbtide.clinic.monitoring import actions as monitoring
from ebbtide.clinic.people.models import User
from ebbtide.clinic.sites.models import Site
from ebbtide.devices.gateway import FeedFrame
from ebbtide.science.visit.chain import GENESIS
from ebbtide.science.visit.events import Event, ReadingEntered
from ebbtide.science.vitals.reading import Reading


@dataclass(frozen=True, slots=True)
class WholeLog:
    """A visit not yet saved, and its events in the order of `seq`, from 1."""

    visit: Visit
    events: tuple[Event, ...]


def import_visit(
    log: WholeLog, *, by: User | str, at: datetime, frames: Sequence[FeedFrame] = ()
) -> Visit:
    """Append a visit with its log and samples, and one audit row about it.

    Typed readings become samples too, as they do when entered live; `frames` is what
    the monitor sent during the visit.

    Raises:
        ValueError: The events are not the visit's own, or not numbered from 1.
    """
    with transaction.atomic():
        events = _append(log.visit.site, [log])
        monitoring.store_past(visit=log.visit.pk, frames=frames, readings=_typed(log))
        audit.record(
            "visit.imported",
            by=by,
            at=at,
            site_code=log.visit.site.code,
            patient=log.visit.patient,
            about=log.visit,
            detail={"events": events},
        )
    return log.visit


def import_visits(site: Site, logs: Iterable[WholeLog], *, by: User | str, at: datetime) -> int:
    """Append many visits of one site in the order given, and one audit row for all.

    Their samples stay out: this is for great numbers.

    Returns:
        How many events were appended.

    Raises:
        ValueError: As for one visit, or a visit is of another site. Nothing is written.
    """
    with transaction.atomic():
        whole = list(logs)
        events = _append(site, whole)
        audit.record(
            "visit.imported",
            by=by,
            at=at,
            site_code=site.code,
            detail={"visits": len(whole), "events": events},
        )
    return events


def _append(site: Site, logs: list[WholeLog]) -> int:
    for log in logs:
        _check(site, log)
    chain, _ = SiteChain.objects.select_for_update().get_or_create(
        site_code=site.code, defaults={"head": GENESIS}
    )
    rows = [row for log in logs for row in _rows(chain, log)]
    Visit.objects.bulk_create([log.visit for log in logs])
    VisitEvent.objects.bulk_create(rows)
    chain.save(update_fields=["length", "head"])
    if rows:
        # One line names all that lies before it.
        head = partial(anchors.write, site.code, site_seq=chain.length, site_hash=chain.head)
        transaction.on_commit(head, robust=True)
    return len(rows)


def _rows(chain: SiteChain, log: WholeLog) -> list[VisitEvent]:
    rows: list[VisitEvent] = []
    for event in log.events:
        previous_hash = rows[-1].hash if rows else GENESIS
        rows.append(chain.link(event, previous_hash=previous_hash))
    return rows


def _typed(log: WholeLog) -> list[tuple[Reading, datetime, datetime]]:
    return [
        (event.payload.reading, event.happened_at, event.recorded_at)
        for event in log.events
        if isinstance(event.payload, ReadingEntered)
    ]


def _check(site: Site, log: WholeLog) -> None:
    if log.visit.site_id != site.pk:
        raise ValueError(f"visit {log.visit.pk} is not of site {site.code}")
    numbered = [event.seq for event in log.events] == list(range(1, len(log.events) + 1))
    if not log.events or not numbered:
        raise ValueError(f"the events of visit {log.visit.pk} are not numbered from 1")
    if any(event.visit != log.visit.pk for event in log.events):
        raise ValueError(f"an event in the log of visit {log.visit.pk} is of another visit")
