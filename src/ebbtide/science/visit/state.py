"""The state of a visit: what the page, the printed record and every figure read."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from ebbtide.science.visit.events import (
    AdverseEventNoted,
    Amended,
    CheckedIn,
    ComfortChanged,
    DischargeConfirmed,
    DoseDrawn,
    GateConfirmed,
    HandedOver,
    Kind,
    LinePlaced,
    Payload,
    ReadingEntered,
    RescueGiven,
    ScoreTaken,
    WeightTaken,
)
from ebbtide.science.visit.infusion import Infusion
from ebbtide.science.vitals.reading import Reading

P = TypeVar("P")


class Status(StrEnum):
    """Where a visit stands. Stored nowhere: the reducer tells it."""

    EXPECTED = "expected"
    CHECKED_IN = "checked_in"
    RUNNING = "running"
    HELD = "held"
    RECOVERY = "recovery"
    CALLED_OFF = "called_off"
    HANDED_OVER = "handed_over"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it counts now: amendments applied, the original kept.

    Attributes:
        original: Payload as first recorded; equal to `payload` if never amended.
        amendments: Every amendment of it, oldest first.
        is_retracted: Entered in error; shown struck through, counted nowhere.
    """

    id: UUID
    seq: int
    kind: Kind
    actor: str
    happened_at: datetime
    recorded_at: datetime
    payload: Payload
    original: Payload
    amendments: tuple[Amended, ...] = ()
    is_retracted: bool = False


@dataclass(frozen=True, slots=True)
class VisitState:
    """What the log says so far.

    Attributes:
        entries: Every entry in the order it happened, retracted ones included.
        pump_seq: `seq` of the newest entry that moved the pump: a page posts the
            one it showed and is refused when it fell behind.
        started_at: The first start of the pump.
        ended_at: The stop, or the moment the visit was called off.
    """

    status: Status = Status.EXPECTED
    entries: tuple[Entry, ...] = ()
    last_seq: int = 0
    last_recorded_at: datetime | None = None
    pump_seq: int = 0
    checked_in_at: datetime | None = None
    terms: CheckedIn | None = None
    weight: WeightTaken | None = None
    drawn: DoseDrawn | None = None
    drawn_id: UUID | None = None
    drawn_by: str = ""
    dose_checked_by: str = ""
    line: LinePlaced | None = None
    infusion: Infusion | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    handed_over: HandedOver | None = None
    handed_over_at: datetime | None = None
    signatures: tuple[Entry, ...] = field(default=())

    def of(self, payload_type: type[P]) -> tuple[tuple[Entry, P], ...]:
        """Entries that count, of one payload type, in the order they happened."""
        return tuple(
            (entry, entry.payload)
            for entry in self.entries
            if isinstance(entry.payload, payload_type) and not entry.is_retracted
        )

    @property
    def readings(self) -> tuple[tuple[Entry, ReadingEntered], ...]:
        """Typed readings in the order they were taken."""
        return self.of(ReadingEntered)

    @property
    def scores(self) -> tuple[tuple[Entry, ScoreTaken], ...]:
        """Scale totals in the order they were taken."""
        return self.of(ScoreTaken)

    @property
    def adverse_events(self) -> tuple[tuple[Entry, AdverseEventNoted], ...]:
        """Unwanted effects."""
        return self.of(AdverseEventNoted)

    @property
    def rescues(self) -> tuple[tuple[Entry, RescueGiven], ...]:
        """Rescue drugs given."""
        return self.of(RescueGiven)

    @property
    def gate_answers(self) -> dict[str, tuple[Entry, GateConfirmed]]:
        """The newest answer to each item of the start checklist."""
        return {payload.item: (entry, payload) for entry, payload in self.of(GateConfirmed)}

    @property
    def discharge_answers(self) -> dict[str, tuple[Entry, DischargeConfirmed]]:
        """The newest answer to each item of the discharge list."""
        return {payload.item: (entry, payload) for entry, payload in self.of(DischargeConfirmed)}

    @property
    def comfort(self) -> dict[str, str]:
        """The newest setting of each comfort measure."""
        return {payload.what: payload.setting for _, payload in self.of(ComfortChanged)}

    @property
    def is_in_chair(self) -> bool:
        """Whether the patient is here: from check-in to hand-over."""
        return self.status in (Status.CHECKED_IN, Status.RUNNING, Status.HELD, Status.RECOVERY)

    def baseline_readings(self) -> tuple[Reading, ...]:
        """Readings taken before the start, oldest first."""
        return tuple(
            payload.reading
            for entry, payload in self.readings
            if self.started_at is None or entry.happened_at < self.started_at
        )

    def given_mg(self, at: datetime) -> Decimal:
        """Dose given by `at`, mg, unrounded."""
        return self.infusion.given_mg(at) if self.infusion else Decimal(0)
