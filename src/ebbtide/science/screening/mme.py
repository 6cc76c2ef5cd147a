"""Opioids of a day as morphine milligram equivalents (MME): a figure of risk, not of conversion."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import exactly, shown_beside

CAUTION: Final = (
    "Morphine equivalents show risk. Never use them to convert one opioid to another, and change "
    "no opioid dose because of this figure alone."
)
_DAYS: Final = Decimal(7)


class Opioid(StrEnum):
    """The opioids of the CDC table, and buprenorphine, which it leaves out."""

    CODEINE = "codeine"
    FENTANYL_PATCH = "fentanyl patch"
    HYDROCODONE = "hydrocodone"
    HYDROMORPHONE = "hydromorphone"
    METHADONE = "methadone"
    MORPHINE = "morphine"
    OXYCODONE = "oxycodone"
    OXYMORPHONE = "oxymorphone"
    TAPENTADOL = "tapentadol"
    TRAMADOL = "tramadol"
    BUPRENORPHINE = "buprenorphine"


FACTORS: Final[Mapping[Opioid, Decimal]] = MappingProxyType(
    {
        Opioid.CODEINE: Decimal("0.15"),
        Opioid.FENTANYL_PATCH: Decimal("2.4"),
        Opioid.HYDROCODONE: Decimal("1.0"),
        Opioid.HYDROMORPHONE: Decimal("5.0"),
        Opioid.METHADONE: Decimal("4.7"),
        Opioid.MORPHINE: Decimal("1.0"),
        Opioid.OXYCODONE: Decimal("1.5"),
        Opioid.OXYMORPHONE: Decimal("3.0"),
        Opioid.TAPENTADOL: Decimal("0.4"),
        Opioid.TRAMADOL: Decimal("0.2"),
    }
)
"""MME of 1 mg a day; of 1 mcg/h for the fentanyl patch.

Source: dowell2022 (table of conversion factors, read in copies)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpioidUse:
    """One opioid as it is taken; exactly one of the three amounts is given.

    Attributes:
        drug: Which; extended and immediate release alike.
        mg_per_day: Taken by the clock, mg of a whole day.
        mcg_per_h: Strength of a fentanyl patch.
        mg_last_7_days: Taken as needed: what was really taken over the last 7 days, mg in
            all, not the most that is prescribed.
    """

    drug: Opioid
    mg_per_day: Decimal | None = None
    mcg_per_h: Decimal | None = None
    mg_last_7_days: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse two amounts, none, a negative one, and another drug's unit."""
        amounts = {
            "mg_per_day": self.mg_per_day,
            "mcg_per_h": self.mcg_per_h,
            "mg_last_7_days": self.mg_last_7_days,
        }
        given = {name: amount for name, amount in amounts.items() if amount is not None}
        is_patch = self.drug is Opioid.FENTANYL_PATCH
        allowed = ["mcg_per_h"] if is_patch else ["mg_per_day", "mg_last_7_days"]
        if len(given) != 1 or not set(given) <= set(allowed):
            raise ValueError(
                f"{self.drug} is given by {', '.join(given) or 'no amount'}; "
                f"allowed: exactly one of {', '.join(allowed)}"
            )
        ((name, amount),) = given.items()
        if not amount.is_finite() or amount < 0:
            raise ValueError(f"{name}: {amount} is not allowed; from 0 up")

    @property
    def daily_amount(self) -> Decimal:
        """Mg a day, the mean of the last 7 days for what is taken as needed; mcg/h for a patch."""
        if self.mcg_per_h is not None:
            return self.mcg_per_h
        if self.mg_per_day is not None:
            return self.mg_per_day
        return (self.mg_last_7_days or Decimal(0)) / _DAYS

    @property
    def mme_per_day(self) -> Decimal | None:
        """MME of a day; None where no factor exists."""
        factor = FACTORS.get(self.drug)
        return None if factor is None else factor * self.daily_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class MmeLimits:
    """When a daily total is worth a word.

    Attributes:
        reassess_from: MME a day from which to reassess and offer naloxone.
        high_from: MME a day of the older, higher flag.
        gain_percent: Fall of the total that counts as an objective gain.

    Source: dowell2022 (50), dowell2016 (90), cohen2018 (20%, recalled)
    """

    reassess_from: Decimal = Decimal(50)
    high_from: Decimal = Decimal(90)
    gain_percent: Decimal = Decimal(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mme:
    """A day's opioids together.

    Attributes:
        counted_per_day: MME of those that have a factor.
        not_calculable: Those that have none.
        findings: Flags and cautions; the caution against conversion is always among them.
    """

    counted_per_day: Decimal
    not_calculable: tuple[Opioid, ...]
    findings: tuple[Finding, ...]

    @property
    def mme_per_day(self) -> Decimal | None:
        """The total, None ("not calculable") as soon as one opioid has no factor."""
        return None if self.not_calculable else self.counted_per_day


DEFAULT_MME_LIMITS: Final = MmeLimits()


def mme(uses: Sequence[OpioidUse], *, limits: MmeLimits = DEFAULT_MME_LIMITS) -> Mme:
    """Morphine milligram equivalents of a day's opioids, exact.

    Source: dowell2022
    """
    counted = sum((use.mme_per_day or Decimal(0) for use in uses), Decimal(0))
    missing = tuple(dict.fromkeys(use.drug for use in uses if use.mme_per_day is None))
    return Mme(
        counted_per_day=counted,
        not_calculable=missing,
        findings=tuple(_findings(uses, counted, missing, limits)),
    )


def _findings(
    uses: Sequence[OpioidUse], counted: Decimal, missing: tuple[Opioid, ...], limits: MmeLimits
) -> Iterator[Finding]:
    nearest = min(limits.reassess_from, limits.high_from, key=lambda limit: abs(limit - counted))
    said = f"{shown_beside(counted, nearest, places=1)} MME a day"
    if counted >= limits.reassess_from:
        yield _finding(
            "reassess",
            Severity.OVERRIDE,
            f"{said}, {exactly(limits.reassess_from)} or more: reassess and offer naloxone.",
        )
    if counted >= limits.high_from:
        yield _finding(
            "high",
            Severity.OVERRIDE,
            f"{said}, {exactly(limits.high_from)} or more, the older flag for high risk.",
            source="dowell2016",
        )
    for drug in missing:
        yield _finding(
            "not_calculable",
            Severity.NOTICE,
            f"{drug.capitalize()} has no morphine equivalent: the total is not calculable.",
        )
    for drug in dict.fromkeys(use.drug for use in uses):
        if drug in (Opioid.METHADONE, Opioid.FENTANYL_PATCH):
            yield _finding(
                f"{drug.split()[0]}_caution",
                Severity.NOTICE,
                f"{drug.capitalize()}: the figure is rougher here than for other opioids; "
                "extra caution.",
            )
    if uses:
        without = f" without {' and '.join(missing)}" if missing else ""
        yield _finding("caution", Severity.NOTICE, f"{said}{without}. {CAUTION}")


def _finding(reason: str, severity: Severity, message: str, source: str = "dowell2022") -> Finding:
    return Finding(f"mme.{reason}", severity, message, field="opioids", source=source)


def percent_change(before: Decimal, *, after: Decimal) -> Decimal:
    """Change of a daily total in percent of the earlier one; negative is a fall.

    Raises:
        ValueError: The earlier total is not above 0.
    """
    if before <= 0:
        raise ValueError(f"before: {before} MME is not allowed; above 0")
    return (after - before) * 100 / before


def is_objective_gain(
    before: Decimal, *, after: Decimal, limits: MmeLimits = DEFAULT_MME_LIMITS
) -> bool:
    """Whether the total fell by as much as counts for a positive response.

    Source: cohen2018 (20% or more, recalled)
    """
    return -percent_change(before, after=after) >= limits.gain_percent
