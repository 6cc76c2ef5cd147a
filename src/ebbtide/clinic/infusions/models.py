"""The visit and its append-only record."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from ebbtide.clinic.people.models import Patient
from ebbtide.clinic.plans.models import Order
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.sites.models import Chair, Site
from ebbtide.science.visit.chain import (
    StoredEvent,
    body_of,
    event_of,
    hash_of,
    site_hash_of,
)
from ebbtide.science.visit.events import Event, Kind


class Visit(models.Model):
    """A patient's visit for one infusion (FHIR Encounter). Its state is in its events alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="visits")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="visit")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="visits")
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="visits")
    created_at = models.DateTimeField()

    privacy: ClassVar = {
        "identifying": (),
        "clinical": (),
        "plain": ("id", "site", "patient", "booking", "order", "chair", "created_at"),
    }

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return str(self.id)


class VisitEvent(models.Model):
    """One line of the record. `body` is the event; every other column only finds it.

    The database refuses to change or delete a row.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    recorded_at = models.DateTimeField()
    body = models.TextField()
    hash = models.CharField(max_length=64)
    site_code = models.CharField(max_length=12)
    site_seq = models.PositiveBigIntegerField()
    site_hash = models.CharField(max_length=64)

    privacy: ClassVar = {
        "identifying": (),
        "clinical": ("body", "kind"),
        "plain": (
            *("id", "visit", "seq", "recorded_at", "hash", "site_code", "site_seq", "site_hash"),
        ),
    }

    class Meta:
        ordering = ("visit", "seq")
        constraints = (
            models.UniqueConstraint(name="infusions_event_seq_once", fields=("visit", "seq")),
            models.UniqueConstraint(
                name="infusions_event_site_seq_once", fields=("site_code", "site_seq")
            ),
            models.CheckConstraint(
                name="infusions_event_kind_known",
                condition=Q(kind__in=[kind.value for kind in Kind]),
            ),
            models.CheckConstraint(name="infusions_event_seq_from_one", condition=Q(seq__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"

    def event(self) -> Event:
        """The event read back from its body."""
        return event_of(self.body)

    def stored(self) -> StoredEvent:
        """The row as the chain's check reads it."""
        return StoredEvent(
            id=self.id,
            visit=self.visit_id,
            seq=self.seq,
            kind=self.kind,
            site=self.site_code,
            site_seq=self.site_seq,
            body=self.body,
            hash=self.hash,
            site_hash=self.site_hash,
        )


class SiteChain(models.Model):
    """Head of a site's chain: how many events it has and the hash of the last."""

    site_code = models.CharField(max_length=12, primary_key=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64)

    privacy: ClassVar = {
        "identifying": (),
        "clinical": (),
        "plain": ("site_code", "length", "head"),
    }

    def __str__(self) -> str:
        return f"{self.site_code}: {self.length}"

    def link(self, event: Event, *, previous_hash: str) -> VisitEvent:
        """The unsaved row of an event as the chain's next; the head moves on to it.

        `previous_hash` is that of the event before it in the visit.
        """
        body = body_of(event, previous_hash=previous_hash)
        event_hash = hash_of(body)
        self.length += 1
        self.head = site_hash_of(
            previous=self.head, site=self.site_code, site_seq=self.length, event_hash=event_hash
        )
        return VisitEvent(
            id=event.id,
            visit_id=event.visit,
            seq=event.seq,
            kind=event.kind.value,
            recorded_at=event.recorded_at,
            body=body,
            hash=event_hash,
            site_code=self.site_code,
            site_seq=self.length,
            site_hash=self.head,
        )
