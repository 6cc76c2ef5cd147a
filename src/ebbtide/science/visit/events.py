"""The events of a visit: what happened, to whom it is told apart, and its payload.

An event is one line of the record. Its payload is a frozen dataclass, one per
kind, so that a malformed entry cannot exist. Amounts are `Decimal`; moments
carry their zone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias, cast
from uuid import UUID

from ebbtide.science.dosing.pump import DoseOrder
from ebbtide.science.findings import Finding, RefusedError, Severity
from ebbtide.science.plain import PlainError, from_plain, to_plain
from ebbtide.science.visit.kinds import Kind
from ebbtide.science.vitals.reading import Reading

__all__ = ["Event", "Kind", "Payload", "plain_payload", "read_payload"]


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """The patient is in the chair; the order and protocol in force are copied here.

    `limbs_present` feeds the discharge score's amputee rule; `access_limb` may
    hold the line and `cuff_limb` the cuff.
    """

    order: DoseOrder
    order_number: str
    protocol: str
    indication: str
    visit_number: int
    limbs_present: int = 4
    access_limb: str = ""
    cuff_limb: str = ""
    last_weight_kg: Decimal | None = None
    height_cm: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse impossible counts."""
        if not 0 <= self.limbs_present <= 4:
            raise PlainError("limbs_present", "must be between 0 and 4")
        if self.visit_number < 1:
            raise PlainError("visit_number", "must be 1 or more")


@dataclass(frozen=True, slots=True)
class GateConfirmed:
    """One item of the checklist before the start."""

    item: str
    answer: Literal["yes", "not_applicable", "no"] = "yes"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Overridden:
    """Which findings were overridden by an act, and why."""

    codes: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WeightTaken:
    """Body weight today, kg, without prosthesis or chair."""

    weight_kg: Decimal
    prosthesis: Literal["off", "none", "on"] = "none"
    overridden: Overridden = field(default_factory=Overridden)


@dataclass(frozen=True, slots=True)
class DoseDrawn:
    """The drug drawn up and the bag made: what the pump is told."""

    dose_mg: Decimal
    draw_ml: Decimal
    volume_ml: Decimal
    rate_ml_per_h: Decimal
    stock_mg_per_ml: Decimal
    vial_ml: Decimal
    lot: str = ""
    overridden: Overridden = field(default_factory=Overridden)

    def __post_init__(self) -> None:
        """Refuse an empty bag or dose."""
        names = ("dose_mg", "draw_ml", "volume_ml", "rate_ml_per_h", "stock_mg_per_ml", "vial_ml")
        for name in names:
            if getattr(self, name) <= 0:
                raise PlainError(name, "must be more than 0")

    @property
    def mg_per_ml(self) -> Decimal:
        """Concentration in the bag, unrounded, mg/mL."""
        return self.dose_mg / self.volume_ml


@dataclass(frozen=True, slots=True)
class DoseChecked:
    """A second person agreed with the draw, the bag and the rate."""

    drawn: UUID
    statement: str = ""


@dataclass(frozen=True, slots=True)
class LinePlaced:
    """The intravenous line."""

    limb: str
    place: str
    gauge: str = ""


@dataclass(frozen=True, slots=True)
class RateSet:
    """The pump runs at this rate from now: start, rate change and resume."""

    rate_ml_per_h: Decimal
    overridden: Overridden = field(default_factory=Overridden)

    def __post_init__(self) -> None:
        """A rate of zero is a hold, never a rate."""
        if self.rate_ml_per_h <= 0:
            raise PlainError("rate_ml_per_h", "must be more than 0 mL/h; hold the infusion instead")


@dataclass(frozen=True, slots=True)
class Held:
    """The pump is paused."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class BolusGiven:
    """A dose pushed from the bag, mg; `minutes` is how long the push took.

    The level model takes it as instant.
    """

    dose_mg: Decimal
    minutes: Decimal = Decimal(1)
    overridden: Overridden = field(default_factory=Overridden)

    def __post_init__(self) -> None:
        """Refuse an empty bolus."""
        if self.dose_mg <= 0:
            raise PlainError("dose_mg", "must be more than 0 mg")


@dataclass(frozen=True, slots=True)
class ReadingEntered:
    """A set of values typed by a person. Blank is blank, never zero."""

    reading: Reading
    overridden: Overridden = field(default_factory=Overridden)


@dataclass(frozen=True, slots=True)
class ScoreTaken:
    """A scale's total, with its answers when they were taken one by one."""

    instrument: Literal["cadss-6", "pain-nrs", "aldrete"]
    total: int
    answers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Hold the total to the scale and to its answers.

        Source: rodrigues2021 (CADSS-6, 0 to 24); aldrete1995 (0 to 10).
        """
        top, each = {"cadss-6": (24, 4), "pain-nrs": (10, 10), "aldrete": (10, 2)}[self.instrument]
        if not 0 <= self.total <= top:
            raise PlainError("total", f"must be between 0 and {top}")
        if self.answers and sum(self.answers) != self.total:
            raise PlainError("answers", "do not add up to the total")
        if any(not 0 <= answer <= each for answer in self.answers):
            raise PlainError("answers", f"must each be between 0 and {each}")


@dataclass(frozen=True, slots=True)
class ComfortChanged:
    """Light, mask, music and the like."""

    what: Literal["light", "eye_mask", "music", "aroma", "blanket", "touch"]
    setting: str


@dataclass(frozen=True, slots=True)
class AdverseEventNoted:
    """An unwanted effect with its CTCAE grade; seriousness is a separate mark."""

    term: str
    grade: int
    is_serious: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        """Hold the grade to the scale.

        Source: ctcae5.
        """
        if not 1 <= self.grade <= 5:
            raise PlainError("grade", "must be between 1 and 5")
        if not self.term.strip():
            raise PlainError("term", "is missing")


@dataclass(frozen=True, slots=True)
class RescueGiven:
    """A rescue drug with what set it off."""

    drug: str
    dose: Decimal
    unit: Literal["mg", "mcg", "L/min", "mL"]
    route: str
    trigger: str

    def __post_init__(self) -> None:
        """Refuse an empty dose."""
        if self.dose <= 0:
            raise PlainError("dose", "must be more than 0")


@dataclass(frozen=True, slots=True)
class Stopped:
    """The infusion is stopped for good. `claimed_at` keeps a tablet's impossible clock."""

    reason: str = ""
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CalledOff:
    """No infusion today."""

    reason: str

    def __post_init__(self) -> None:
        """A visit is not called off without a reason."""
        if not self.reason.strip():
            raise PlainError("reason", "is missing")


@dataclass(frozen=True, slots=True)
class DischargeConfirmed:
    """One item of the discharge list."""

    item: str
    answer: Literal["yes", "not_applicable", "no"] = "yes"
    note: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The patient left with a responsible adult."""

    escort_name: str
    escort_relation: str
    is_adult: bool
    is_present: bool
    instructions_given: bool
    overridden: Overridden = field(default_factory=Overridden)


@dataclass(frozen=True, slots=True)
class Signed:
    """A practitioner stands for the record as it was at `head_hash`."""

    name: str
    role: str
    head_hash: str


@dataclass(frozen=True, slots=True)
class Amended:
    """A correction beside the entry it corrects; the entry itself stays.

    `changes` names payload fields and their right values; `happened_at` corrects
    the moment; `is_retracted` says the entry was made in error.
    """

    event: UUID
    reason: str
    changes: str = "{}"
    happened_at: datetime | None = None
    is_retracted: bool = False

    def __post_init__(self) -> None:
        """An amendment says why, and its changes name fields."""
        if not self.reason.strip():
            raise PlainError("reason", "is missing")
        try:
            changes = json.loads(self.changes)
        except ValueError:
            changes = None
        if not isinstance(changes, dict):
            raise PlainError("changes", "must name fields and their right values")


Payload: TypeAlias = (
    CheckedIn
    | GateConfirmed
    | WeightTaken
    | DoseDrawn
    | DoseChecked
    | LinePlaced
    | RateSet
    | Held
    | BolusGiven
    | ReadingEntered
    | ScoreTaken
    | ComfortChanged
    | AdverseEventNoted
    | RescueGiven
    | Stopped
    | CalledOff
    | DischargeConfirmed
    | HandedOver
    | Signed
    | Amended
)

PAYLOADS: Mapping[Kind, type[Any]] = {
    Kind.CHECKED_IN: CheckedIn,
    Kind.GATE_CONFIRMED: GateConfirmed,
    Kind.WEIGHT_TAKEN: WeightTaken,
    Kind.DOSE_DRAWN: DoseDrawn,
    Kind.DOSE_CHECKED: DoseChecked,
    Kind.LINE_PLACED: LinePlaced,
    Kind.STARTED: RateSet,
    Kind.RATE_CHANGED: RateSet,
    Kind.HELD: Held,
    Kind.RESUMED: RateSet,
    Kind.BOLUS_GIVEN: BolusGiven,
    Kind.READING_ENTERED: ReadingEntered,
    Kind.SCORE_TAKEN: ScoreTaken,
    Kind.COMFORT_CHANGED: ComfortChanged,
    Kind.ADVERSE_EVENT_NOTED: AdverseEventNoted,
    Kind.RESCUE_GIVEN: RescueGiven,
    Kind.STOPPED: Stopped,
    Kind.CALLED_OFF: CalledOff,
    Kind.RECOVERY_READING_ENTERED: ReadingEntered,
    Kind.DISCHARGE_CONFIRMED: DischargeConfirmed,
    Kind.HANDED_OVER: HandedOver,
    Kind.SIGNED: Signed,
    Kind.AMENDED: Amended,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a visit's record.

    Attributes:
        id: Made on the device that took the entry, so that a resend is known.
        visit: The visit it belongs to.
        seq: Place in the visit, from 1, without gaps.
        kind: What it says.
        actor: User name of who did it.
        happened_at: When it happened, as told by who entered it.
        recorded_at: When it was written down, by the server's clock.
        payload: The typed content.
    """

    id: UUID
    visit: UUID
    seq: int
    kind: Kind
    actor: str
    happened_at: datetime
    recorded_at: datetime
    payload: Payload


def read_payload(kind: Kind, data: Mapping[str, object]) -> Payload:
    """Build the payload of an event from its JSON object.

    Raises:
        RefusedError: The data do not fit, with the field and what it must be.
    """
    try:
        return cast(Payload, from_plain(PAYLOADS[kind], data))
    except PlainError as error:
        message = f"{error.name.capitalize()} {error.message}."
        finding = Finding("entry.malformed", Severity.BLOCK, message, field=error.field)
        raise RefusedError([finding]) from error


def plain_payload(payload: Payload) -> dict[str, Any]:
    """Give the JSON object of a payload."""
    return cast(dict[str, Any], to_plain(payload))
