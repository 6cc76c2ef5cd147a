"""Ketamine products as they stand on the shelf, and what their labels forbid."""

from dataclasses import dataclass
from decimal import Decimal



@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One strength in one vial size.

    Attributes:
        mg_per_ml: Strength.
        vial_ml: Volume of one vial.
    """

    mg_per_ml: Decimal
    vial_ml: Decimal

    def __post_init__(self) -> None:
        """Refuse what cannot be a vial."""
        if self.mg_per_ml <= 0 or self.vial_ml <= 0:
            raise ValueError("strength and vial volume must be positive")

    @property
    def vial_mg(self) -> Decimal:
        """Drug in one full vial."""
        return self.mg_per_ml * self.vial_ml


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A marketed product.

    Attributes:
        stock: Strength and vial.
        rxnorm_scd: RxNorm concept of the strength.
        note: What the label or handbook says of its use.
    """

    stock: Stock
    rxnorm_scd: str
    note: str
