"""Answers that were read, and the score they come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final

from ebbtide.science.findings import Finding


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that its item allows.

    Attributes:
        value: What it counts.
        code: The option's code; the number itself where there are no codes.
    """

    value: Decimal
    code: str


Answers = Mapping[str, Answer | None]


_CONTEXT: Final = Context(prec=28, rounding=ROUND_HALF_UP)


def decimal(value: Fraction) -> Decimal:
    """A fraction as a decimal number, exact or to 28 digits."""
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the answers to one instrument come to.

    Attributes:
        instrument: Its short name.
        exact: The score without rounding; None if there is none.
        band: Name of the stretch the score lies in.
        flags: Short codes, for example `safety` or `prorated`.
        subscales: The parts, and items that count by themselves, without rounding.
        findings: What a clinician should be told.
    """

    instrument: str
    exact: Fraction | None = None
    band: str | None = None
    flags: tuple[str, ...] = ()
    subscales: Mapping[str, Fraction | None] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def score(self) -> Decimal | None:
        """The score, to 28 digits where it has no end, as the mean of three has not."""
        return None if self.exact is None else decimal(self.exact)

    @property
    def is_prorated(self) -> bool:
        """Whether blanks were filled with the mean of the answers."""
        return "prorated" in self.flags

    def as_json(self) -> dict[str, object]:
        """Plain values for JSON: whole numbers as int, others as float, no score as None."""
        return {
            "instrument": self.instrument,
            "score": _plain(self.exact),
            "band": self.band,
            "flags": list(self.flags),
            "subscales": {name: _plain(value) for name, value in self.subscales.items()},
            "prorated": self.is_prorated,
            "findings": [
                {
                    "code": finding.code,
                    "severity": finding.severity.value,
                    "message": finding.message,
                    "field": finding.field,
                    "source": finding.source,
                }
                for finding in self.findings
            ],
        }


def _plain(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)
