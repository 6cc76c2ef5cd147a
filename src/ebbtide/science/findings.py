"""What a rule says about a proposed act, and the refusal that carries it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much weight a finding has, least first.

    NOTICE is shown and nothing more; OVERRIDE lets the act go on with a stated
    reason; BLOCK means the act is not done.
    """

    NOTICE = "notice"
    OVERRIDE = "override"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """One clinical reason, in words a nurse can act on.

    Attributes:
        code: `<area>.<reason>`, stable, for example `weight.implausible`.
        severity: What the finding does to the act.
        message: A sentence with the value, its unit and the limit.
        field: Name of the input it speaks of; empty for the whole act.
        source: Where the limit comes from: a bibliography key or protocol item.
    """

    code: str
    severity: Severity
    message: str
    field: str = ""
    source: str = ""


class RefusedError(Exception):
    """An act was not done and nothing was written."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep all reasons; at least one is needed."""
        self.findings = tuple(findings)
        if not self.findings:
            raise ValueError("a refusal needs at least one finding")
        super().__init__("; ".join(finding.message for finding in self.findings))


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether any finding forbids the act outright."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def needs_reason(findings: Iterable[Finding]) -> bool:
    """Whether the act may go on only with a stated reason."""
    return any(finding.severity is Severity.OVERRIDE for finding in findings)
