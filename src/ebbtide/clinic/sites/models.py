"""Where care happens: sites, their rooms and chairs, and the devices in them."""

from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q


def validate_timezone(name: str) -> None:
    """Refuse a name that is not an IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(f"{name} is not an IANA time zone such as America/Los_Angeles.")


class Site(models.Model):
    """One clinic building, with its own staff, rooms and clock."""

    code = models.SlugField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    timezone = models.CharField(max_length=40, validators=[validate_timezone])
    street = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=30, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    phone = models.CharField(max_length=20, blank=True)

    privacy: ClassVar = {
        "identifying": (),
        "clinical": (),
        "plain": (
            *("id", "code", "name", "timezone"),
            *("street", "city", "state", "postal_code", "phone"),
        ),
    }

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(name="sites_site_code_given", condition=~Q(code="")),
            models.CheckConstraint(name="sites_site_timezone_given", condition=~Q(timezone="")),
        )

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        """The site's time zone, for showing its local time."""
        return ZoneInfo(self.timezone)


class Room(models.Model):
    """A private room where one patient at a time is treated."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=40)

    privacy: ClassVar = {"identifying": (), "clinical": (), "plain": ("id", "site", "name")}

    class Meta:
        ordering = ("site", "name")
        constraints = (
            models.UniqueConstraint(name="sites_room_name_once_per_site", fields=("site", "name")),
        )

    def __str__(self) -> str:
        return self.name


class Chair(models.Model):
    """A treatment chair or bed in a room."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="chairs")
    name = models.CharField(max_length=40)

    privacy: ClassVar = {"identifying": (), "clinical": (), "plain": ("id", "room", "name")}

    class Meta:
        ordering = ("room", "name")
        constraints = (
            models.UniqueConstraint(name="sites_chair_name_once_per_room", fields=("room", "name")),
        )

    def __str__(self) -> str:
        return f"{self.room.name}, {self.name}"

    @property
    def site(self) -> Site:
        """The site the chair stands in."""
        return self.room.site


class DeviceKind(models.TextChoices):
    MONITOR = "monitor", "Monitor"
    PUMP = "pump", "Pump"


class Device(models.Model):
    """A monitor or a pump; `source` says where a monitor's samples come from.

    `source` is ``none``, ``simulator`` or ``recording:<path>``.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="devices")
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, related_name="devices", null=True, blank=True
    )
    kind = models.CharField(max_length=10, choices=DeviceKind)
    label = models.CharField(max_length=60)
    serial = models.CharField(max_length=40)
    source = models.CharField(max_length=300, default="none")
    max_rate_ml_per_h = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    rate_step_ml_per_h = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    privacy: ClassVar = {
        "identifying": (),
        "clinical": (),
        "plain": (
            *("id", "site", "room", "kind", "label", "serial", "source"),
            *("max_rate_ml_per_h", "rate_step_ml_per_h"),
        ),
    }

    class Meta:
        ordering = ("site", "label")
        constraints = (
            models.UniqueConstraint(
                name="sites_device_serial_once_per_kind", fields=("kind", "serial")
            ),
            models.CheckConstraint(
                name="sites_device_kind_known", condition=Q(kind__in=DeviceKind.values)
            ),
            models.CheckConstraint(
                name="sites_device_pump_has_limits",
                condition=Q(
                    kind=DeviceKind.PUMP,
                    max_rate_ml_per_h__gt=0,
                    rate_step_ml_per_h__gt=0,
                    max_rate_ml_per_h__isnull=False,
                    rate_step_ml_per_h__isnull=False,
                )
                | Q(
                    kind=DeviceKind.MONITOR,
                    max_rate_ml_per_h__isnull=True,
                    rate_step_ml_per_h__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="sites_device_source_known",
                condition=Q(source__in=("none", "simulator")) | Q(source__startswith="recording:"),
            ),
        )

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if self.room is not None and self.room.site_id != self.site_id:
            raise ValidationError({"room": "The room belongs to another site."})
