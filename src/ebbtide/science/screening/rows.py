"""Findings of a screen as rows for people and for JSON, each with its provenance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ebbtide.science.findings import Finding
from ebbtide.science.screening.parts import Grade, Tag
from ebbtide.science.screening.policy import DEFAULT_SCREEN, ScreenProtocol, TestNeed
from ebbtide.science.screening.suicidality import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding, and where it comes from.

    Attributes:
        code: Of the finding.
        severity: `notice`, `override` or `block`.
        level: How a contraindication or interaction weighs, in its own words; empty for others.
        message: For the clinician.
        plain: For the patient; empty where nothing is told.
        field: The fact it speaks of.
        source: Key of the bibliography.
        tag: How it came to be known: F read, R recalled, S synthesis, calc derived.
        grade: Certainty of the evidence.
    """

    code: str
    severity: str
    level: str
    message: str
    plain: str
    field: str
    source: str
    tag: str
    grade: str


@dataclass(frozen=True, slots=True)
class _Origin:
    reference: str
    tag: Tag
    grade: Grade
    level: str = ""
    plain: str = ""


def rows(
    findings: Sequence[Finding], *, protocol: ScreenProtocol = DEFAULT_SCREEN
) -> tuple[Row, ...]:
    """A row for each finding, in their order."""
    return tuple(_row(finding, protocol) for finding in findings)


def _row(finding: Finding, protocol: ScreenProtocol) -> Row:
    origin = _origin(finding, protocol)
    return Row(
        code=finding.code,
        severity=finding.severity.value,
        level=origin.level,
        message=finding.message,
        plain=origin.plain,
        field=finding.field,
        source=origin.reference,
        tag=origin.tag.value,
        grade=origin.grade.value,
    )


def _origin(finding: Finding, protocol: ScreenProtocol) -> _Origin:
    return next(_origins(finding, protocol), _Origin(finding.source, Tag.SYNTHESIS, Grade.NONE))


def _origins(finding: Finding, protocol: ScreenProtocol) -> Iterator[_Origin]:
    """By the finding's code, else by the fact it waits for, else by the item it names."""
    code, cited = finding.code, finding.source
    yield from (
        _Origin(entry.reference, entry.tag, entry.grade, entry.level, entry.plain)
        for entry in protocol.contraindications
        if entry.code == code
    )
    yield from (
        _Origin(each.reference, each.tag, each.grade, each.advice)
        for each in protocol.classes
        if each.code == code
    )
    routed: tuple[Route | TestNeed, ...] = (*protocol.routes, *protocol.tests)
    yield from (
        _Origin(each.reference, each.tag, each.grade)
        for each in routed
        if (each.code, each.reference) == (code, cited)
    )
    yield from (
        _Origin(entry.reference, entry.tag, entry.grade, entry.level)
        for entry in protocol.contraindications
        if (entry.fact, entry.reference) == (finding.field, cited)
    )
    yield from (
        _Origin(source.reference, source.tag, source.grade)
        for source in protocol.sources
        if cited in (source.item, source.reference)
    )
