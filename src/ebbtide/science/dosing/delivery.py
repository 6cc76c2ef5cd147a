"""What went in, what is left and what must be wasted when an infusion ends early."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ebbtide.science.dosing.pump import PumpSheet
from ebbtide.science.units import exactly, not_negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where the drug of the opened vials is.

    Attributes:
        given_mg: Drug in the patient.
        given_ml: Volume infused.
        left_mg: Drug left in the bag.
        left_ml: Volume left in the bag.
        vial_mg: Drug left in the opened vials.
        vial_ml: Volume left in the opened vials.
        waste_mg: Drug to be wasted before a witness: bag and vials together.
    """

    given_mg: Decimal
    given_ml: Decimal
    left_mg: Decimal
    left_ml: Decimal
    vial_mg: Decimal
    vial_ml: Decimal
    waste_mg: Decimal


def delivered(sheet: PumpSheet, *, infused_ml: Decimal) -> Delivery:
    """Part the drug of a pump sheet as drawn, once `infused_ml` has run in.

    Line volume and overfill are left out. A bag is never reused.

    Raises:
        ValueError: The volume is negative or more than the bag held.
    """
    bag = sheet.rounded
    if not 0 <= infused_ml <= bag.volume_ml:
        raise ValueError(
            f"infused_ml must be from 0 to the bag's {exactly(bag.volume_ml)}, not {infused_ml}"
        )
    left_ml = bag.volume_ml - infused_ml
    # What is left is taken from what is given, so that they always add up to the dose.
    given_mg = infused_ml * bag.final_mg_per_ml
    left_mg = bag.dose_mg - given_mg
    return Delivery(
        given_mg=given_mg,
        given_ml=infused_ml,
        left_mg=left_mg,
        left_ml=left_ml,
        vial_mg=bag.remainder_mg,
        vial_ml=bag.remainder_ml,
        waste_mg=left_mg + bag.remainder_mg,
    )


def minutes_left(sheet: PumpSheet, *, infused_ml: Decimal, rate_ml_per_h: Decimal) -> Decimal:
    """Minutes until the bag is empty at a rate.

    Raises:
        ValueError: The volume does not fit the bag or the rate is not positive.
    """
    if rate_ml_per_h <= 0:
        raise ValueError(f"rate_ml_per_h must be above 0, not {rate_ml_per_h}: held, it never ends")
    return delivered(sheet, infused_ml=infused_ml).left_ml * 60 / rate_ml_per_h


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of an infusion at one rate; a hold runs at 0.

    Attributes:
        rate_ml_per_h: What the pump ran at.
        minutes: For how long.
    """

    rate_ml_per_h: Decimal
    minutes: Decimal

    def __post_init__(self) -> None:
        """Refuse what no pump can have done."""
        not_negative("rate_ml_per_h", self.rate_ml_per_h)
        not_negative("minutes", self.minutes)


def infused_ml(segments: Sequence[Segment]) -> Decimal:
    """Volume that ran in over the segments, mL."""
    return sum((each.rate_ml_per_h * each.minutes for each in segments), start=Decimal(0)) / 60


def elapsed_minutes(segments: Sequence[Segment]) -> Decimal:
    """Time from the start to the end of the segments, holds included."""
    return sum((each.minutes for each in segments), start=Decimal(0))
