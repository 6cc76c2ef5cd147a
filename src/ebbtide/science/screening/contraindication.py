"""What an entry of the contraindication catalogue is made of."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ebbtide.science.findings import Severity
from ebbtide.science.screening.facts import Condition
from ebbtide.science.screening.parts import Grade, Tag


class Level(StrEnum):
    """How a contraindication weighs."""

    ABSOLUTE = "absolute"
    HARD_STOP_TODAY = "hard stop today"
    DIVERT = "divert"
    STOP_AND_EVALUATE = "stop and evaluate"
    RELATIVE_STRONG = "relative, strong"
    RELATIVE = "relative"
    SITE_POLICY = "site policy"


class Part(StrEnum):
    """When a fact is asked."""

    HISTORY = "history"
    TODAY = "today"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contraindication:
    """One entry of the catalogue.

    Attributes:
        code: Of its finding.
        fact: The fact that triggers it: `conditions.NAME` or a field of `Facts`.
        level: How it weighs.
        severity: What the finding does.
        part: When its fact is asked.
        clinical: For the clinician: what it is, and what to do.
        plain: For the patient.
        reference: Key of the bibliography.
        tag: How it came to be known.
        grade: Certainty of the evidence.
        note: Anything a director should know before approving it.
    """

    code: str
    fact: str
    level: Level
    severity: Severity
    part: Part
    clinical: str
    plain: str
    reference: str
    tag: Tag
    grade: Grade = Grade.NONE
    note: str = ""


SEVERITIES: Final = {
    Level.ABSOLUTE: Severity.BLOCK,
    Level.HARD_STOP_TODAY: Severity.BLOCK,
    Level.DIVERT: Severity.BLOCK,
    Level.STOP_AND_EVALUATE: Severity.BLOCK,
    Level.RELATIVE_STRONG: Severity.OVERRIDE,
    Level.RELATIVE: Severity.OVERRIDE,
    Level.SITE_POLICY: Severity.OVERRIDE,
}


def entry(
    fact: str,
    level: Level,
    clinical: str,
    plain: str,
    reference: str,
    tag: Tag,
    *,
    code: str = "",
    part: Part = Part.HISTORY,
    severity: Severity | None = None,
    note: str = "",
) -> Contraindication:
    """One entry, blocking or not by its level; a condition's name stands for its fact."""
    condition = Condition(fact) if fact in set(Condition) else None
    return Contraindication(
        code=f"screen.{code or fact}",
        fact=f"conditions.{condition}" if condition else fact,
        level=level,
        severity=severity or SEVERITIES[level],
        part=part,
        clinical=clinical,
        plain=plain,
        reference=reference,
        tag=tag,
        note=note,
    )
