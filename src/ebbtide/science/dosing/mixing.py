"""What ketamine may be mixed with, and how long a mixture or an opened vial keeps."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import Number, exactly, not_negative


class Diluent(StrEnum):
    """What the label lets ketamine be diluted with.

    Source: openfda_ketamine
    """

    SALINE = "sodium chloride 0.9%"
    GLUCOSE = "glucose 5% in water"
    WATER = "sterile water for injection, 1:1"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingFact:
    """One thing to know of a product on the shelf or in the bag.

    Attributes:
        id: Stable name.
        text: What to do, in a sentence.
        source: Bibliography key.
    """

    id: str
    text: str
    source: str


def _fact(name: str, text: str, key: str) -> HandlingFact:
    return HandlingFact(id=name, text=text, source=key)


HANDLING: Final = (
    _fact("storage", "Vials are kept at 20 to 25 °C, away from light.", "openfda_ketamine"),
    _fact("use-at-once", "A mixture is used at once after dilution.", "openfda_ketamine"),
    _fact(
        "start-within-4-h",
        "Mixed outside a clean room, the infusion starts within 4 h of mixing.",
        "usp797",
    ),
    _fact(
        "stable-24-h",
        "Diluted ketamine is chemically stable for 24 h or longer; that is no leave to keep it.",
        "injectable_handbook",
    ),
    _fact(
        "not-with",
        "Never in one syringe or line with diazepam or a barbiturate; flush between.",
        "openfda_ketamine",
    ),
    _fact(
        "multi-dose-28-days",
        "A punctured multi-dose vial is discarded after 28 days, or sooner if its label says so.",
        "cdc_multidose",
    ),
    _fact(
        "multi-dose-place",
        "A multi-dose vial is kept and drawn from outside the patient's room.",
        "cdc_multidose",
    ),
    _fact(
        "preservative",
        "Vials hold benzethonium chloride, at most 0.1 mg/mL.",
        "openfda_ketamine",
    ),
)

MIXTURE_HOURS: Final = Decimal(4)
"""Longest time from mixing to the start.

Source: usp797
"""
PUNCTURED_VIAL_DAYS: Final = Decimal(28)
"""Longest time a punctured multi-dose vial is kept.

Source: cdc_multidose
"""


def check_mixture_age(hours: Number, *, most_hours: Decimal = MIXTURE_HOURS) -> tuple[Finding, ...]:
    """Refuse a mixture that has stood too long before the start.

    Raises:
        ValueError: `hours` is no number or negative.

    Source: usp797
    """
    stood = not_negative("hours", hours)
    if stood <= most_hours:
        return ()
    message = (
        f"The mixture has stood for {exactly(stood)} h; it is to be started within "
        f"{exactly(most_hours)} h. Waste it and mix anew."
    )
    return (Finding("mixture.too_old", Severity.BLOCK, message, field="hours", source="usp797"),)


def check_vial_age(
    days: Number, *, most_days: Decimal = PUNCTURED_VIAL_DAYS
) -> tuple[Finding, ...]:
    """Refuse a multi-dose vial that was punctured too long ago.

    Raises:
        ValueError: `days` is no number or negative.

    Source: cdc_multidose
    """
    open_for = not_negative("days", days)
    if open_for <= most_days:
        return ()
    message = (
        f"The vial was punctured {exactly(open_for)} days ago; after {exactly(most_days)} days "
        "it is discarded."
    )
    return (Finding("vial.too_old", Severity.BLOCK, message, field="days", source="cdc_multidose"),)
