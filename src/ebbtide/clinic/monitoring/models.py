"""The samples that monitors and nurses bring, one row a value."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ebbtide.science.vitals.validity import Quality, Quantity


class Sample(models.Model):
    """One value of one quantity, as it arrived; `id` is the cursor a page replays from.

    `visit` is the visit's identifier without a database link: the layers below
    the visit know nothing of it. Times are milliseconds since 1970, UTC.
    """

    class Source(models.TextChoices):
        MONITOR = "monitor", "Monitor"
        NURSE = "nurse", "Nurse"

    visit = models.UUIDField()
    quantity = models.CharField(max_length=16)
    at_ms = models.BigIntegerField()
    received_ms = models.BigIntegerField()
    value = models.FloatField(null=True)
    quality = models.CharField(max_length=16)
    source = models.CharField(max_length=8, choices=Source)

    privacy: ClassVar = {
        "identifying": (),
        "clinical": ("quantity", "value", "quality"),
        "plain": ("id", "visit", "at_ms", "received_ms", "source"),
    }

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(name="monitoring_sample_visit", fields=("visit", "id")),
            models.Index(name="monitoring_sample_newest", fields=("visit", "quantity", "id")),
        )
        constraints = (
            models.CheckConstraint(
                name="monitoring_sample_quantity_known",
                condition=Q(quantity__in=[quantity.value for quantity in Quantity]),
            ),
            models.CheckConstraint(
                name="monitoring_sample_quality_known",
                condition=Q(quality__in=[quality.value for quality in Quality]),
            ),
            models.CheckConstraint(
                name="monitoring_sample_no_reading_has_no_value",
                condition=Q(quality=Quality.NO_READING.value, value__isnull=True)
                | (~Q(quality=Quality.NO_READING.value) & Q(value__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} {self.value}"
