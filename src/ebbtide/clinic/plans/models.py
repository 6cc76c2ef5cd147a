"""Approved protocols, plans of care and signed orders."""

import json
from functools import cached_property, lru_cache
from typing import ClassVar

from django.db import models
from django.db.models import Q

from ebbtide.clinic.people.models import Patient, User
from ebbtide.science.dosing.pump import DoseOrder
from ebbtide.science.plain import from_plain
from ebbtide.science.screening.protocol import Protocol


class Indication(models.TextChoices):
    PLP = "plp", "Phantom limb pain"
    TRD = "trd", "Treatment-resistant depression"
    ANXIETY = "anxiety", "Anxiety"
    PTSD = "ptsd", "PTSD"
    SUICIDALITY = "suicidality", "Acute suicidality"
    CHRONIC_PAIN = "chronic_pain", "Chronic pain"


class ProtocolVersion(models.Model):
    """A protocol as the director approved it; never changed, only followed by the next version."""

    indication = models.CharField(max_length=12, choices=Indication)
    version = models.PositiveIntegerField()
    body = models.TextField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    privacy: ClassVar = {
        "identifying": (),
        "clinical": (),
        "plain": ("id", "indication", "version", "body", "approved_by", "approved_at"),
    }

    class Meta:
        ordering = ("indication", "-version")
        constraints = (
            models.UniqueConstraint(
                name="plans_protocol_version_once", fields=("indication", "version")
            ),
            models.CheckConstraint(
                name="plans_protocol_indication_known",
                condition=Q(indication__in=Indication.values),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_indication_display()}, version {self.version}"

    @property
    def protocol(self) -> Protocol:
        """The protocol's limits, schedule and lists."""
        return _protocol_of(self.body)


@lru_cache(maxsize=64)
def _protocol_of(body: str) -> Protocol:
    """Read a text once: every page of every visit asks for it, and it never changes."""
    return Protocol.from_json(body)


class Plan(models.Model):
    """A patient's plan of care: a series of infusions under one protocol version."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        ON_HOLD = "on-hold", "On hold"
        COMPLETED = "completed", "Completed"
        REVOKED = "revoked", "Revoked"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    protocol_version = models.ForeignKey(
        ProtocolVersion, on_delete=models.PROTECT, related_name="plans"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    goal = models.CharField(max_length=200, blank=True)
    visits_planned = models.PositiveSmallIntegerField()
    days_between = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    privacy: ClassVar = {
        "identifying": (),
        "clinical": ("goal", "status", "visits_planned", "days_between", "protocol_version"),
        "plain": ("id", "patient", "created_at", "created_by"),
    }

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                name="plans_plan_status_known",
                condition=Q(status__in=("draft", "active", "on-hold", "completed", "revoked")),
            ),
            models.CheckConstraint(
                name="plans_plan_has_visits", condition=Q(visits_planned__gte=1)
            ),
        )

    def __str__(self) -> str:
        return f"{self.protocol_version.get_indication_display()}, {self.visits_planned} infusions"


class Order(models.Model):
    """A prescriber's signed order; never changed, only replaced (FHIR MedicationRequest)."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(max_length=16, unique=True)
    body = models.TextField()
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    valid_until = models.DateField()
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="replaces", null=True, blank=True
    )

    privacy: ClassVar = {
        "identifying": (),
        "clinical": ("body", "valid_until"),
        "plain": ("id", "plan", "number", "signed_by", "signed_at", "replaced_by"),
    }

    class Meta:
        ordering = ("-signed_at",)
        constraints = (
            models.CheckConstraint(name="plans_order_number_given", condition=~Q(number="")),
        )

    def __str__(self) -> str:
        return self.number

    @cached_property
    def terms(self) -> DoseOrder:
        """Dose by weight, duration, product, bag and caps."""
        return from_plain(DoseOrder, json.loads(self.body))
