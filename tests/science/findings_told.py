"""Findings as the recorded sentences keep them."""

from collections.abc import Iterable

from ebbtide.science.findings import Finding


def told(findings: Iterable[Finding]) -> list[dict[str, str]]:
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "field": finding.field,
            "source": finding.source,
            "message": finding.message,
        }
        for finding in findings
    ]
