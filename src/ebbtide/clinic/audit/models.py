"""Who did what, when: rows that are added and never touched again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Outcome(models.TextChoices):
    """`denied`: may not; `refused`: may, but a rule said no; nothing was written."""

    DONE = "done", "Done"
    DENIED = "denied", "Denied"
    REFUSED = "refused", "Refused"


class AuditEvent(models.Model):
    """One act by one person. The database refuses to change or delete a row.

    People and sites are kept by name, not by link, so that the row outlives them.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    verb = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8, choices=Outcome)
    site_code = models.CharField(max_length=12, blank=True)
    patient_number = models.CharField(max_length=12, blank=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    privacy: ClassVar = {
        "identifying": ("actor", "patient_number"),
        "clinical": (),
        "plain": (
            *("seq", "at", "verb", "outcome", "site_code", "object_type", "object_id"),
            *("detail", "previous", "hash"),
        ),
    }

    class Meta:
        ordering = ("-seq",)
        indexes = (
            models.Index(name="audit_event_by_actor", fields=("actor", "-seq")),
            models.Index(name="audit_event_by_patient", fields=("patient_number", "-seq")),
            models.Index(name="audit_event_by_time", fields=("at",)),
        )
        constraints = (
            models.CheckConstraint(
                name="audit_event_outcome_known", condition=Q(outcome__in=Outcome.values)
            ),
            models.CheckConstraint(
                name="audit_event_says_who_and_what", condition=~Q(actor="") & ~Q(verb="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.verb}"


class AuditHead(models.Model):
    """The chain's length and last hash: shows when rows at its end are gone."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    length = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    privacy: ClassVar = {"identifying": (), "clinical": (), "plain": ("id", "length", "hash")}

    class Meta:
        constraints = (models.CheckConstraint(name="audit_head_is_one", condition=Q(id=1)),)

    def __str__(self) -> str:
        return f"{self.length} events"
