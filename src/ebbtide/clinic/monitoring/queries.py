"""Reading samples back: the newest of each quantity, a stretch, what came after a cursor."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import UUIDField

from ebbtide.clinic.monitoring.models import Sample
from ebbtide.clinic.sites.models import Device, DeviceKind, Room
from ebbtide.science.dosing.pump import Pump
from ebbtide.science.vitals.validity import Quantity


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, UTC."""
    return int(moment.timestamp() * 1000)


class Sampled(NamedTuple):
    """One stored value as pages and the printed record read it: 11,000 of them an hour."""

    id: int
    quantity: str
    at_ms: int
    received_ms: int
    value: float | None
    quality: str
    source: str


_FIELDS = ("id", "quantity", "at_ms", "received_ms", "value", "quality", "source")


def samples_after(visit: UUID, cursor: int, *, limit: int = 5_000) -> list[Sampled]:
    """Samples stored after a cursor, in the order they were stored."""
    rows = Sample.objects.filter(visit=visit, id__gt=cursor).order_by("id")
    return [Sampled._make(row) for row in rows.values_list(*_FIELDS)[:limit]]


def samples_between(visit: UUID, start: datetime, end: datetime) -> list[Sampled]:
    """Samples that hold for a stretch of time, in the order they were stored."""
    rows = Sample.objects.filter(
        visit=visit, at_ms__gte=milliseconds(start), at_ms__lte=milliseconds(end)
    ).order_by("id")
    return [Sampled._make(row) for row in rows.values_list(*_FIELDS)]


def newest_samples(visits: Iterable[UUID]) -> dict[UUID, dict[str, Sampled]]:
    """The newest sample of each quantity for each visit, whatever its quality."""
    with connection.cursor() as cursor:
        return {visit: _newest(visit, cursor) for visit in visits}


def _newest(visit: UUID, cursor: CursorWrapper) -> dict[str, Sampled]:
    key = UUIDField().get_db_prep_value(visit, connection)  # as this database writes one
    cursor.execute(_NEWEST, [value for quantity in Quantity for value in (key, quantity.value)])
    return {row[1]: Sampled._make(row) for row in cursor.fetchall()}


# One look at the end of the index for each quantity. The largest number of each group, which the
# ORM can ask for, reads every sample of the visit: 30,000 by the time the patient leaves.
_ENDS = ["SELECT MAX(id) FROM monitoring_sample WHERE visit = %s AND quantity = %s"] * len(Quantity)
_NEWEST = (
    f"SELECT {', '.join(_FIELDS)} FROM monitoring_sample "  # noqa: S608, made of constants
    f"WHERE id IN ({' UNION ALL '.join(_ENDS)})"
)


def newest_arrival() -> datetime | None:
    """When the newest sample arrived; None before the first."""
    arrived = Sample.objects.order_by("-id").values_list("received_ms", flat=True).first()
    return None if arrived is None else datetime.fromtimestamp(arrived / 1000, UTC)


def pump_of(room: Room) -> Pump | None:
    """What the pump in a room can be set to; None if the room has none."""
    device = _first(room, DeviceKind.PUMP)
    if device is None or device.max_rate_ml_per_h is None or device.rate_step_ml_per_h is None:
        return None
    return Pump(
        max_rate_ml_per_h=device.max_rate_ml_per_h,
        rate_step_ml_per_h=device.rate_step_ml_per_h,
        min_rate_ml_per_h=device.rate_step_ml_per_h,
    )


def monitor_of(room: Room) -> Device | None:
    """The monitor that stands in a room."""
    return _first(room, DeviceKind.MONITOR)


def _first(room: Room, kind: DeviceKind) -> Device | None:
    """Out of all the room's devices, so that a list of rooms may bring them along."""
    return next((device for device in room.devices.all() if device.kind == kind), None)
