"""Who comes when, to which chair."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from ebbtide.clinic.people.models import Patient
from ebbtide.clinic.plans.models import Plan
from ebbtide.clinic.sites.models import Chair, Site


class Booking(models.Model):
    """A chair held for a patient (FHIR Appointment)."""

    class Status(models.TextChoices):
        BOOKED = "booked", "Booked"
        ARRIVED = "arrived", "Arrived"
        FULFILLED = "fulfilled", "Fulfilled"
        CANCELLED = "cancelled", "Cancelled"
        NO_SHOW = "noshow", "Did not come"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="bookings")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="bookings")
    chair = models.ForeignKey(
        Chair,
        on_delete=models.PROTECT,
        related_name="bookings",
        db_index=False,  # the chair's day has one
    )
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.BOOKED)

    privacy: ClassVar = {
        "identifying": (),
        "clinical": ("starts_at", "ends_at", "status"),
        "plain": ("id", "patient", "plan", "chair"),
    }

    class Meta:
        ordering = ("starts_at",)
        indexes = (
            models.Index(name="scheduling_booking_chair_day", fields=("chair", "starts_at")),
        )
        constraints = (
            models.CheckConstraint(
                name="scheduling_booking_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="scheduling_booking_status_known",
                condition=Q(status__in=("booked", "arrived", "fulfilled", "cancelled", "noshow")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}, {self.chair}"

    @property
    def site(self) -> Site:
        """The site of the chair."""
        return self.chair.site
