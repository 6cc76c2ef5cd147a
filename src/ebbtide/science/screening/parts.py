"""The lists and the timetable of a protocol, and where each of its numbers comes from."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Tag(StrEnum):
    """How a number came to be known."""

    READ = "F"
    RECALLED = "R"
    SYNTHESIS = "S"
    DERIVED = "calc"


class Grade(StrEnum):
    """Certainty of the evidence behind a limit; NONE is practice without a study of it."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very low"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where one number or list of a protocol comes from.

    Attributes:
        item: Dotted name, as findings give it, for example `dose.max_mg`.
        tag: How it came to be known.
        grade: Certainty of the evidence.
        reference: Key of the bibliography.
        note: Anything a director should know before approving it.
    """

    item: str
    tag: Tag
    grade: Grade
    reference: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """One item of a checklist.

    Attributes:
        id: Stable name.
        text: What is confirmed.
        is_conditional: "Does not apply" is an answer.
        source: Key of the bibliography.
    """

    id: str
    text: str
    is_conditional: bool = False
    source: str = "clinic_practice"


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueDrug:
    """A standing-order template; the clinic's prescriber confirms each before use.

    Attributes:
        id: Stable name.
        trigger: When it is given.
        drug: Name, or the measure taken.
        dose: Dose, route and repetition in words.
        max_per_visit: Most in one visit, in words; empty if none is set.
        guards: When not, and what to watch.
        source: Key of the bibliography.
    """

    id: str
    trigger: str
    drug: str
    dose: str
    max_per_visit: str = ""
    guards: str = ""
    source: str = "label_texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When what is measured, minutes.

    Attributes:
        baseline_minutes: A baseline set is no older than this at the start.
        infusion_bp_minutes: Between cuff readings while drug runs; sedation with each.
        recovery_minutes: Between sets in recovery.
        grace_minutes: How late a set may be before it counts as missed.
        after_change_minutes: An extra set this long after a rate change, bolus,
            rescue drug or amber reading.
        cadss6_at_minutes: When in the infusion CADSS-6 is taken.
        rescue_check_minutes: When the answer to a rescue drug is recorded.
        pain_minutes: Between pain scores.
    """

    baseline_minutes: Decimal = Decimal(15)
    infusion_bp_minutes: Decimal = Decimal(5)
    recovery_minutes: Decimal = Decimal(15)
    grace_minutes: Decimal = Decimal(3)
    after_change_minutes: Decimal = Decimal(5)
    cadss6_at_minutes: Decimal = Decimal(40)
    rescue_check_minutes: tuple[Decimal, ...] = (Decimal(5), Decimal(15))
    pain_minutes: Decimal = Decimal(15)

    def __post_init__(self) -> None:
        """Refuse a timetable that never comes round."""
        times = (
            self.baseline_minutes,
            self.infusion_bp_minutes,
            self.recovery_minutes,
            self.after_change_minutes,
            self.cadss6_at_minutes,
            self.pain_minutes,
            *self.rescue_check_minutes,
        )
        if any(minutes <= 0 for minutes in times) or self.grace_minutes < 0:
            raise ValueError("the times of a schedule are positive")
