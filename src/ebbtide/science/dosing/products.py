"""Ketamine products as they stand on the shelf, and the strengths nobody makes."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import exactly


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
            raise ValueError(
                "mg_per_ml and vial_ml must be above 0, "
                f"not {exactly(self.mg_per_ml)} and {exactly(self.vial_ml)}"
            )

    @property
    def vial_mg(self) -> Decimal:
        """Drug in one full vial."""
        return self.mg_per_ml * self.vial_ml


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A marketed product.

    Attributes:
        stock: Strength and vial.
        rxnorm_scd: RxNorm concept of the strength, inferred from registry entries.
        note: What its label or handbook says of its use.
    """

    stock: Stock
    rxnorm_scd: str
    note: str


def _product(mg_per_ml: str, vial_ml: str, rxnorm_scd: str, note: str) -> Product:
    stock = Stock(mg_per_ml=Decimal(mg_per_ml), vial_ml=Decimal(vial_ml))
    return Product(stock=stock, rxnorm_scd=rxnorm_scd, note=note)


KETAMINE_UNII: Final = "O18YUO0I83"
"""Ketamine hydrochloride in the registry of substances.

Source: openfda_ketamine
"""

# Source: openfda_ketamine, injectable_handbook
US_PRODUCTS: Final = (
    _product("10", "20", "238082", "Isotonic; used undiluted."),
    _product("50", "10", "238084", "Usual stock."),
    _product("100", "5", "238083", "Never into a vein undiluted."),
    _product(
        "100", "10", "238083", "Never into a vein undiluted; looks like the 50 mg/mL 10 mL vial."
    ),
)
US_STOCK: Final = tuple(product.stock for product in US_PRODUCTS)


def check_concentration(
    typed_mg_per_ml: Decimal, *, stocked: tuple[Stock, ...] = US_STOCK
) -> tuple[Finding, ...]:
    """Refuse a strength that is not on the shelf, naming the one that was probably meant.

    A strength ten times off a stocked one is read as a slip of the decimal point;
    otherwise the nearest by ratio is named. 10 and 100 mg/mL are both products, so
    that slip shows only in the vial volume: see `check_stock`.
    """
    strengths = sorted({stock.mg_per_ml for stock in stocked})
    if typed_mg_per_ml in strengths:
        return ()
    meant = _nearest(typed_mg_per_ml, strengths)
    message = (
        f"{exactly(typed_mg_per_ml)} mg/mL is not a product; did you mean {exactly(meant)} mg/mL?"
    )
    return (
        Finding(
            "stock.unknown_concentration",
            Severity.BLOCK,
            message,
            field="stock_mg_per_ml",
            source="openfda_ketamine",
        ),
    )


def _nearest(typed: Decimal, strengths: list[Decimal]) -> Decimal:
    for slipped in (typed * 10, typed / 10):
        if slipped in strengths:
            return slipped
    if typed <= 0:
        return strengths[0]
    return min(strengths, key=lambda strength: max(strength / typed, typed / strength))


def check_stock(stock: Stock, *, stocked: tuple[Stock, ...] = US_STOCK) -> tuple[Finding, ...]:
    """Refuse a strength and vial that do not go together; name a look-alike on the shelf."""
    findings = check_concentration(stock.mg_per_ml, stocked=stocked)
    if findings:
        return findings
    if stock in stocked:
        return tuple(_look_alikes(stock, stocked))
    vials = [each.vial_ml for each in stocked if each.mg_per_ml == stock.mg_per_ml]
    message = (
        f"{exactly(stock.mg_per_ml)} mg/mL does not come in a {exactly(stock.vial_ml)} mL vial; "
        f"it comes in {' or '.join(exactly(vial) for vial in vials)} mL. Read the label again."
    )
    return (
        Finding(
            "stock.unknown_vial",
            Severity.BLOCK,
            message,
            field="vial_ml",
            source="openfda_ketamine",
        ),
    )


def _look_alikes(stock: Stock, stocked: tuple[Stock, ...]) -> Iterator[Finding]:
    """Weaker drug in a vial of the same volume: taken for it, this one is an overdose."""
    for other in stocked:
        if other.vial_ml != stock.vial_ml or other.mg_per_ml >= stock.mg_per_ml:
            continue
        message = (
            f"The {exactly(stock.vial_ml)} mL vial of {exactly(stock.mg_per_ml)} mg/mL holds "
            f"{exactly(stock.vial_mg)} mg and looks like that of {exactly(other.mg_per_ml)} mg/mL. "
            "Read the label aloud."
        )
        yield Finding(
            "stock.look_alike",
            Severity.NOTICE,
            message,
            field="vial_ml",
            source="openfda_ketamine",
        )
