"""Adverse events: numbers suggest a grade, a clinician decides it; seriousness stands apart."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.screening.adverse_event_terms import HYPERTENSION, HYPOXIA, Term, term_named
from ebbtide.science.units import exactly
from ebbtide.science.vitals.reading import MEASURES


class Course(StrEnum):
    """What is known about an event beside its numbers."""

    RECURRENT = "recurrent"
    LASTED_24_H = "lasted_24_h"
    SYMPTOMATIC = "symptomatic"
    SEVERAL_DRUGS = "several_drugs"
    OXYGEN_NOW_AND_THEN = "oxygen_now_and_then"
    AIRWAY_AT_RISK = "airway_at_risk"
    LIFE_THREATENING = "life_threatening"
    FATAL = "fatal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A grade that the numbers suggest; never a decision.

    Attributes:
        term: Preferred term.
        grade: 1 to 5, None when the numbers reach no grade.
        values: What was measured, with units, kept beside any grade.
        reasons: What led to the grade.
        caution: What the clinician should weigh.
    """

    term: str
    grade: int | None
    values: str
    reasons: tuple[str, ...]
    caution: str


_DECIDES: Final = "Suggested from numbers; a clinician decides."
_TRANSIENT: Final = (
    "A rise of minutes under ketamine is not the lasting illness that this scale was made for: "
    "the raw value is kept, and a clinician grades it."
)
_LADDER: Final = ((3, 160, 100), (2, 140, 90), (1, 120, 80))
_SYMPTOMATIC_RISE_MMHG: Final = 20
_HYPOXIC_BELOW_PERCENT: Final = 88
_DEATH: Final = 5


def suggest_hypertension(
    *,
    systolic_mmhg: int,
    diastolic_mmhg: int,
    baseline_diastolic_mmhg: Decimal | None = None,
    course: Collection[Course] = (),
) -> Suggestion:
    """The grade of hypertension that one pressure reaches by number.

    A systolic pressure of 165 mmHg for ten minutes is numerically grade 3; the raw value
    stays and the caution says so.

    Raises:
        ValueError: A pressure is none that a cuff measures.

    Source: ctcae5 (hypertension)
    """
    _refuse_implausible("systolic_mmhg", systolic_mmhg)
    _refuse_implausible("diastolic_mmhg", diastolic_mmhg)
    steps = [
        (grade, f"systolic {systolic} mmHg or more, or diastolic {diastolic} mmHg or more")
        for grade, systolic, diastolic in _LADDER
        if systolic_mmhg >= systolic or diastolic_mmhg >= diastolic
    ][:1]
    is_raised = bool(steps)
    if is_raised:
        steps += [
            (2, words)
            for each, words in (
                (Course.RECURRENT, "back again"),
                (Course.LASTED_24_H, "24 h or longer"),
            )
            if each in course
        ]
    rise = None if baseline_diastolic_mmhg is None else diastolic_mmhg - baseline_diastolic_mmhg
    if rise is not None and rise > _SYMPTOMATIC_RISE_MMHG and Course.SYMPTOMATIC in course:
        steps.append((2, f"diastolic up by more than {_SYMPTOMATIC_RISE_MMHG} mmHg, with symptoms"))
    if Course.SEVERAL_DRUGS in course:
        steps.append((3, "more than one drug, or a stronger treatment than before"))
    steps += _worst_course(course)
    is_transient = is_raised and Course.LASTED_24_H not in course
    return _suggestion(
        HYPERTENSION,
        f"{systolic_mmhg}/{diastolic_mmhg} mmHg",
        steps,
        f"{_TRANSIENT} {_DECIDES}" if is_transient else _DECIDES,
    )


def suggest_hypoxia(*, spo2_percent: int, course: Collection[Course] = ()) -> Suggestion:
    """The grade of hypoxia that a saturation at rest reaches by number.

    Raises:
        ValueError: The saturation is none that a probe shows.

    Source: ctcae5 (hypoxia, recalled)
    """
    _refuse_implausible("spo2_percent", spo2_percent)
    steps = []
    if Course.OXYGEN_NOW_AND_THEN in course:
        steps.append((2, "oxygen now and then"))
    if spo2_percent < _HYPOXIC_BELOW_PERCENT:
        steps.append((3, f"SpO₂ below {_HYPOXIC_BELOW_PERCENT}% at rest"))
    if Course.AIRWAY_AT_RISK in course:
        steps.append((4, "airway at risk"))
    steps += _worst_course(course)
    return _suggestion(HYPOXIA, f"SpO₂ {spo2_percent}%", steps, _DECIDES)


def _refuse_implausible(name: str, value: int) -> None:
    measure = MEASURES[name]
    if not measure.low <= value <= measure.high:
        raise ValueError(
            f"{name}: {value} is not allowed; {exactly(measure.low)} to "
            f"{exactly(measure.high)}{measure.unit}"
        )


def _worst_course(course: Collection[Course]) -> list[tuple[int, str]]:
    worst = ((4, Course.LIFE_THREATENING, "life-threatening"), (5, Course.FATAL, "death"))
    return [(grade, words) for grade, each, words in worst if each in course]


def _suggestion(term: str, values: str, steps: list[tuple[int, str]], caution: str) -> Suggestion:
    grade = max((step for step, _ in steps), default=None)
    reasons = tuple(words for step, words in steps if step == grade)
    return Suggestion(term=term, grade=grade, values=values, reasons=reasons, caution=caution)


class Seriousness(StrEnum):
    """What makes an event serious by regulation, whatever its grade."""

    DEATH = "death"
    LIFE_THREATENING = "life_threatening"
    HOSPITALISATION = "hospitalisation"
    DISABILITY = "disability"
    CONGENITAL_ANOMALY = "congenital_anomaly"
    IMPORTANT_MEDICAL_EVENT = "important_medical_event"


class Causality(StrEnum):
    """How likely ketamine caused it, least first."""

    UNRELATED = "unrelated"
    UNLIKELY = "unlikely"
    POSSIBLE = "possible"
    PROBABLE = "probable"
    DEFINITE = "definite"


class Outcome(StrEnum):
    """How it ended."""

    RECOVERED = "recovered"
    RECOVERING = "recovering"
    NOT_RECOVERED = "not_recovered"
    RECOVERED_WITH_SEQUELAE = "recovered_with_sequelae"
    FATAL = "fatal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvent:
    """One event as it is recorded; None is not decided yet.

    Attributes:
        term: Preferred term.
        values: What was measured or seen, raw.
        grade: The clinician's, 1 to 5.
        suggested_grade: What the numbers suggested.
        seriousness: Each criterion met; None is not asked, empty is not serious.
        causality: The clinician's.
        outcome: How it ended.
    """

    term: str
    values: str = ""
    grade: int | None = None
    suggested_grade: int | None = None
    seriousness: tuple[Seriousness, ...] | None = None
    causality: Causality | None = None
    outcome: Outcome | None = None

    def __post_init__(self) -> None:
        """Refuse a term that is none, and a grade that its scale has not."""
        for name in ("grade", "suggested_grade"):
            _refuse_grade(name, getattr(self, name), term_named(self.term))


def _refuse_grade(name: str, grade: int | None, term: Term) -> None:
    allowed = [number for number, words in enumerate(term.grades, start=1) if words]
    if grade is not None and grade not in allowed:
        raise ValueError(
            f"{name}: {grade} is not allowed for {term.name}; {', '.join(map(str, allowed))}"
        )


def check_event(event: AdverseEvent) -> tuple[Finding, ...]:
    """What is still to be decided about an event, and what disagrees.

    Source: ctcae5 (grades), fda_medwatch (seriousness; voluntary report), clinic_practice
    """
    return (*_open_questions(event), *_serious(event), *_death(event))


def _finding(
    reason: str, severity: Severity, message: str, field: str, source: str = "clinic_practice"
) -> Finding:
    return Finding(f"event.{reason}", severity, message, field=field, source=source)


def _open_questions(event: AdverseEvent) -> Iterator[Finding]:
    questions = (
        ("grade", event.grade, "No clinician has graded it"),
        ("seriousness", event.seriousness, "Nobody has said whether it is serious"),
        ("causality", event.causality, "Nobody has judged whether ketamine caused it"),
        ("outcome", event.outcome, "How it ended is not recorded"),
    )
    for name, answer, words in questions:
        if answer is None:
            message = f"{event.term}: {words[0].lower()}{words[1:]}."
            yield _finding(f"{name}_missing", Severity.OVERRIDE, message, name)
    if None not in (event.grade, event.suggested_grade) and event.grade != event.suggested_grade:
        message = (
            f"{event.term}: the numbers suggest grade {event.suggested_grade}, the clinician "
            f"gave {event.grade}. Both are kept."
        )
        yield _finding("grade_differs", Severity.NOTICE, message, "grade", "ctcae5")


def _serious(event: AdverseEvent) -> Iterator[Finding]:
    if event.seriousness:
        why = ", ".join(each.replace("_", " ") for each in event.seriousness)
        message = (
            f"{event.term} is serious ({why}): tell the medical director; a report to MedWatch "
            "is voluntary."
        )
        yield _finding("serious", Severity.NOTICE, message, "seriousness", "fda_medwatch")


def _death(event: AdverseEvent) -> Iterator[Finding]:
    """Three fields may speak of death; all that are answered must agree."""
    said = {
        "grade": None if event.grade is None else event.grade == _DEATH,
        "seriousness": None
        if event.seriousness is None
        else Seriousness.DEATH in event.seriousness,
        "outcome": None if event.outcome is None else event.outcome is Outcome.FATAL,
    }
    if len({answer for answer in said.values() if answer is not None}) > 1:
        names = ", ".join(name for name, answer in said.items() if answer)
        message = f"{event.term}: {names} says death, the rest does not. Set it right."
        yield _finding("death_disagrees", Severity.BLOCK, message, names.split(", ")[0])
