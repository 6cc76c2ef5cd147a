"""Reading the audit log."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator

from ebbtide.clinic.audit import chain
from ebbtide.clinic.audit.models import AuditEvent, AuditHead

PAGE_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One event as a reader sees it."""

    seq: int
    at: datetime
    actor: str
    verb: str
    outcome: str
    site_code: str
    patient_number: str
    object_type: str
    object_id: str
    detail: dict[str, Any]


def line_of(event: AuditEvent) -> Line:
    """The event without its chain."""
    return Line(**{name: getattr(event, name) for name in Line.__slots__})


def page_of_events(
    *,
    site_codes: Collection[str],
    actor: str = "",
    patient_number: str = "",
    day: date | None = None,
    zone: ZoneInfo,
    number: int = 1,
) -> Page[AuditEvent]:
    """Events at the sites and those of no site, newest first, narrowed as asked.

    `day` is a calendar day in `zone`.
    """
    events = AuditEvent.objects.filter(site_code__in=["", *site_codes])
    if actor:
        events = events.filter(actor__iexact=actor)
    if patient_number:
        events = events.filter(patient_number__iexact=patient_number)
    if day is not None:
        start = datetime.combine(day, time(), zone)
        end = datetime.combine(day + timedelta(days=1), time(), zone)
        events = events.filter(at__gte=start, at__lt=end)
    return Paginator(events.order_by("-seq"), PAGE_LENGTH).get_page(number)


def events_about_patient(patient_number: str) -> list[Line]:
    """Everything that was done to one patient's data, oldest first."""
    events = AuditEvent.objects.filter(patient_number=patient_number).order_by("seq")
    return [line_of(event) for event in events]


def last_events(count: int = 20) -> list[Line]:
    """The newest events, newest first."""
    return [line_of(event) for event in AuditEvent.objects.order_by("-seq")[:count]]


def find_break() -> str | None:
    """What is wrong first along the chain, in words, or None when it holds."""
    head = AuditHead.objects.get(pk=1)
    return chain.find_break(_rows(), head_length=head.length, head_hash=head.hash)


def _rows() -> Iterator[dict[str, Any]]:
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000):
        fields = {name: getattr(event, name) for name in (*chain.HASHED, "previous", "hash")}
        yield {**fields, "at": chain.stamp(event.at)}
