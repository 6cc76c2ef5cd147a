"""A visit's log for tests: entries by minute, without a database."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from ebbtide.science.visit.events import Event, Kind, read_payload

VISIT = UUID("11111111-0000-4000-8000-000000000000")
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

ORDER: Mapping[str, Any] = {
    "mg_per_kg": "0.5",
    "minutes": "40",
    "stock": {"mg_per_ml": "50", "vial_ml": "10"},
    "bag_ml": "100",
}
DRAWN: Mapping[str, Any] = {
    "dose_mg": "35",
    "draw_ml": "0.70",
    "volume_ml": "100",
    "rate_ml_per_h": "150",
    "stock_mg_per_ml": "50",
    "vial_ml": "10",
}
CHECKED_IN: Mapping[str, Any] = {
    "order": ORDER,
    "order_number": "ORD-1",
    "protocol": "Phantom limb pain, version 1",
    "indication": "plp",
    "visit_number": 1,
    "limbs_present": 3,
}


def at(minute: float) -> datetime:
    """A moment, minutes after nine."""
    return NINE + timedelta(minutes=minute)


class Log:
    """Builds events in the order they are recorded."""

    def __init__(self) -> None:
        """Start empty."""
        self.events: list[Event] = []
        self._ids: Iterator[int] = count(1)

    def add(
        self,
        kind: Kind,
        minute: float,
        payload: Mapping[str, Any] | None = None,
        *,
        recorded: float | None = None,
        actor: str = "nurse",
    ) -> Event:
        """Append one event; it is recorded when it happened unless said otherwise."""
        event = Event(
            id=UUID(int=next(self._ids)),
            visit=VISIT,
            seq=len(self.events) + 1,
            kind=kind,
            actor=actor,
            happened_at=at(minute),
            recorded_at=at(minute if recorded is None else recorded),
            payload=read_payload(kind, payload or {}),
        )
        self.events.append(event)
        return event

    def drawn(self) -> "Log":
        """Check in, weigh and draw 35 mg into 100 mL for 40 minutes."""
        self.add(Kind.CHECKED_IN, 0, CHECKED_IN)
        self.add(Kind.WEIGHT_TAKEN, 2, {"weight_kg": "70"})
        self.add(Kind.DOSE_DRAWN, 5, DRAWN)
        return self

    def running(self) -> "Log":
        """Start at minute 10 at 150 mL/h."""
        self.drawn().add(Kind.STARTED, 10, {"rate_ml_per_h": "150"})
        return self
