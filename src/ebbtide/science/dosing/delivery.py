"""What went in, what is left and what must be wasted when an infusion ends early."""

from dataclasses import dataclass
from decimal import Decimal

from ebbtide.science.dosing.pump import PumpSheet


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
        raise ValueError(f"between 0 and {bag.volume_ml} mL can have been infused")
    left_ml = bag.volume_ml - infused_ml
    # Given and left are taken from one product, so that they always add up to the dose.
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
        raise ValueError("a held infusion has no time left")
    return delivered(sheet, infused_ml=infused_ml).left_ml * 60 / rate_ml_per_h
