"""Post-anaesthetic discharge scores (PADSS), with what they mean after limb loss."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from decimal import Decimal

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.vitals.baseline import percent_over

_TOP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Score:
    """Five items of 0 to 2."""

    def __post_init__(self) -> None:
        """Hold each item to the scale."""
        if any(item not in (0, 1, _TOP) for item in self.items):
            raise ValueError(f"each item is 0, 1 or 2; {self.items} is not allowed")

    @property
    def items(self) -> tuple[int, ...]:
        """The five items in the order of the fields."""
        return astuple(self)

    @property
    def total(self) -> int:
        """0 to 10."""
        return sum(self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Padss(_Score):
    """PADSS, five items of 0 to 2.

    Attributes:
        vitals: Pressure and pulse against baseline; see `vitals_score`.
        activity: Orientation and usual mobility; see `mobility_score`.
        pain_nausea: Pain, nausea and vomiting: 2 minimal, 1 moderate, 0 severe.
        bleeding: 2 minimal, 1 moderate, 0 severe.
        intake_output: 2 has drunk and passed water, 1 one of them, 0 neither.

    Source: chung1995
    """

    vitals: int
    activity: int
    pain_nausea: int
    bleeding: int
    intake_output: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifiedPadss(_Score):
    """Modified PADSS: without intake and output, pain apart from nausea.

    Attributes:
        vitals: Pressure and pulse against baseline; see `vitals_score`.
        activity: Orientation and usual mobility; see `mobility_score`.
        nausea: Nausea and vomiting: 2 minimal, 1 moderate, 0 severe.
        pain: 2 minimal, 1 moderate, 0 severe.
        bleeding: 2 minimal, 1 moderate, 0 severe.

    Source: chung1995 (split recalled)
    """

    vitals: int
    activity: int
    nausea: int
    pain: int
    bleeding: int


def vitals_score(value: Decimal, *, baseline: Decimal) -> int:
    """PADSS vital signs: within 20% of baseline 2, within 40% 1, else 0.

    Take the worst of pressure and pulse; each in its own unit.

    Raises:
        ValueError: The baseline is not above 0.

    Source: chung1995
    """
    if baseline <= 0:
        raise ValueError(f"baseline: {baseline} is not allowed; above 0")
    off = abs(percent_over(value, baseline))
    if off <= 20:
        return _TOP
    return 1 if off <= 40 else 0


def mobility_score(*, is_oriented: bool, moves_as_usual: bool) -> int:
    """PADSS activity: oriented and steady 2, one of them 1, neither 0.

    Steady is this patient's usual way of moving and transferring, with prosthesis,
    wheelchair or aid; who never walked before need not walk now.

    Source: chung1995, clinic_practice (amputee rule)
    """
    return int(is_oriented) + int(moves_as_usual)


def check_padss(score: Padss | ModifiedPadss, *, least: int = 9) -> tuple[Finding, ...]:
    """Reasons to stay: a total under the least, an item of 0.

    Source: chung1995 (9 or more), clinic_practice (no item 0)
    """
    return tuple(_reasons(score, least))


def _reasons(score: Padss | ModifiedPadss, least: int) -> Iterator[Finding]:
    if score.total < least:
        message = f"PADSS {score.total} of 10; {least} or more is needed."
        yield Finding(
            "discharge.padss_low", Severity.BLOCK, message, field="padss", source="chung1995"
        )
    if 0 in score.items:
        message = "A PADSS item is 0; none may be."
        yield Finding(
            "discharge.padss_zero",
            Severity.BLOCK,
            message,
            field="padss",
            source="clinic_practice",
        )
