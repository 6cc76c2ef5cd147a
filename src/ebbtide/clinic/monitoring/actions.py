"""Putting samples on disk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ebbtide.clinic.monitoring.models import Sample
from ebbtide.clinic.monitoring.queries import milliseconds
from ebbtide.devices.gateway import FeedFrame
from ebbtide.devices.nurse import frame_from_reading
from ebbtide.devices.sources import Frame
from ebbtide.science.vitals.reading import Reading


def store_frames(batch: Sequence[FeedFrame]) -> list[int]:
    """Write a gateway's batch in one transaction; give each frame its sequence number.

    A frame's number is the id of its last sample, so that a page can ask for all
    that came after it. A frame without samples has the number of the one before it.
    """
    rows: list[Sample] = []
    ends: list[int] = []
    for feed_frame in batch:
        rows.extend(
            _rows(
                UUID(feed_frame.feed_id),
                feed_frame.frame,
                at=feed_frame.at,
                received_at=feed_frame.received_at,
                source=Sample.Source.MONITOR,
            )
        )
        ends.append(len(rows))
    with transaction.atomic():
        stored = Sample.objects.bulk_create(rows)
        before = stored[0].pk - 1 if stored else _last_id()
    return [stored[end - 1].pk if end else before for end in ends]


def store_reading(
    *, visit: UUID, reading: Reading, at: datetime, received_at: datetime
) -> dict[str, Any] | None:
    """Write a nurse's reading beside the monitor's samples, in the caller's transaction.

    Returns:
        What to tell open pages after the commit; None when it held no quantity.
    """
    frame = frame_from_reading(reading)
    source = Sample.Source.NURSE
    rows = _rows(visit, frame, at=at, received_at=received_at, source=source)
    stored = Sample.objects.bulk_create(rows)
    if not stored:
        return None
    return frame_event(stored[-1].pk, frame, at=at, source=source)


def store_past(
    *,
    visit: UUID,
    frames: Sequence[FeedFrame],
    readings: Sequence[tuple[Reading, datetime, datetime]],
) -> None:
    """Write what a visit brought before it was known here, in the order of time.

    `frames` are the monitor's; `readings` the nurse's, each with the moment it holds
    for and that of its entry.
    """
    monitor, nurse = Sample.Source.MONITOR, Sample.Source.NURSE
    brought = [(fed.at, fed.received_at, fed.frame, monitor) for fed in frames]
    brought += [(at, received, frame_from_reading(read), nurse) for read, at, received in readings]
    brought.sort(key=lambda one: one[0])
    Sample.objects.bulk_create(
        row
        for at, received_at, frame, source in brought
        for row in _rows(visit, frame, at=at, received_at=received_at, source=source)
    )


def frame_event(
    sequence: int, frame: Frame, *, at: datetime, source: Sample.Source = Sample.Source.MONITOR
) -> dict[str, Any]:
    """A stored frame in the words of the live stream."""
    return {
        "kind": "samples",
        "id": sequence,
        "at_ms": milliseconds(at),
        "source": source.value,
        "samples": [
            {"quantity": s.quantity.value, "value": s.value, "quality": s.quality.value}
            for s in frame.samples
        ],
    }


def _rows(
    visit: UUID, frame: Frame, *, at: datetime, received_at: datetime, source: Sample.Source
) -> list[Sample]:
    return [
        Sample(
            visit=visit,
            quantity=sample.quantity.value,
            at_ms=milliseconds(at),
            received_ms=milliseconds(received_at),
            value=sample.value,
            quality=sample.quality.value,
            source=source,
        )
        for sample in frame.samples
    ]


def _last_id() -> int:
    return Sample.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
