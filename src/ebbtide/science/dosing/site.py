"""What one site has set up: its pump, shelf, bags, and soft and hard limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ebbtide.science.dosing.limits import DoseLimits, WeightLimits
from ebbtide.science.dosing.products import US_STOCK, Stock
from ebbtide.science.dosing.setting import Pump
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import exactly, shown_beside

BAGS_ML: Final = tuple(Decimal(size) for size in (50, 100, 250, 500))
"""Bags of diluent that clinics commonly hold.

Source: clinic_practice
"""
SYRINGES_ML: Final = tuple(Decimal(size) for size in (20, 50, 60))
"""Syringes that a syringe pump takes.

Source: clinic_practice
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The soft and hard limits of one figure of a sheet; a value at a limit is within it.

    Attributes:
        figure: Name of the figure as the sheet has it, with its unit.
        unit: The unit as people read it.
        hard_least: Below it BLOCK.
        soft_least: Below it a reason is needed.
        soft_most: Above it a reason is needed.
        hard_most: Above it BLOCK.
    """

    figure: str
    unit: str
    hard_least: Decimal | None = None
    soft_least: Decimal | None = None
    soft_most: Decimal | None = None
    hard_most: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse limits out of order."""
        ladder = (self.hard_least, self.soft_least, self.soft_most, self.hard_most)
        known = [limit for limit in ladder if limit is not None]
        if known != sorted(known):
            raise ValueError(f"the limits of {self.figure} must rise from hard_least to hard_most")


DEFAULT_BOUNDS: Final = (
    Bound(figure="mg_per_kg", unit="mg/kg", hard_least=Decimal("0.08")),
    Bound(figure="dose_mg", unit="mg", hard_most=Decimal(200)),
    Bound(figure="mg_per_min", unit="mg/min", hard_most=Decimal(3)),
    Bound(
        figure="minutes",
        unit="min",
        hard_least=Decimal(10),
        soft_least=Decimal(30),
        hard_most=Decimal(300),
    ),
    Bound(figure="rate_ml_per_h", unit="mL/h", soft_most=Decimal(500)),
)
"""What stands beside the protocol's own limits where a site has set nothing else.

Source: ebbtide
"""

_USUAL_PUMP: Final = Pump(max_rate_ml_per_h=Decimal(999))
_USUAL_DOSES: Final = DoseLimits()
_USUAL_WEIGHTS: Final = WeightLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """One site's settings for dosing, frozen.

    Attributes:
        pump: The pump an infusion runs on.
        dose: Limits of the approved protocol.
        weight: What a typed weight is held against.
        bounds: The site's own soft and hard limits.
        stocked: Strengths and vials on the shelf.
        bags_ml: Bags on the shelf.
        syringes_ml: Syringes on the shelf.
        overfill_ml: What a bag holds beyond its label; ignored at 0.
        line_ml: What stays in the line when the bag is empty; ignored at 0.
    """

    pump: Pump = _USUAL_PUMP
    dose: DoseLimits = _USUAL_DOSES
    weight: WeightLimits = _USUAL_WEIGHTS
    bounds: tuple[Bound, ...] = DEFAULT_BOUNDS
    stocked: tuple[Stock, ...] = US_STOCK
    bags_ml: tuple[Decimal, ...] = BAGS_ML
    syringes_ml: tuple[Decimal, ...] = SYRINGES_ML
    overfill_ml: Decimal = Decimal(0)
    line_ml: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        """Refuse volumes that cannot be."""
        if self.overfill_ml < 0 or self.line_ml < 0:
            raise ValueError("overfill_ml and line_ml must be 0 or more")


def check_bound(value: Decimal, *, bound: Bound) -> Iterator[Finding]:
    """The reason against a figure outside a site's limits: the hard one if both are passed."""
    for limit, severity, way, is_below in (
        (bound.hard_least, Severity.BLOCK, "hard", True),
        (bound.hard_most, Severity.BLOCK, "hard", False),
        (bound.soft_least, Severity.OVERRIDE, "soft", True),
        (bound.soft_most, Severity.OVERRIDE, "soft", False),
    ):
        if limit is None or (value >= limit if is_below else value <= limit):
            continue
        side, asks = ("below" if is_below else "above"), ""
        if severity is Severity.OVERRIDE:
            asks = "; it needs a reason"
        message = (
            f"{shown_beside(value, limit)} {bound.unit} is {side} the site's {way} limit of "
            f"{exactly(limit)} {bound.unit}{asks}."
        )
        yield Finding(
            f"site.{side}_{way}_limit", severity, message, field=bound.figure, source="site"
        )
        return


def check_container(
    volume_ml: Decimal, *, sizes_ml: tuple[Decimal, ...], field: str
) -> Iterator[Finding]:
    """Refuse a bag or syringe that is not on the site's shelf."""
    if volume_ml in sizes_ml:
        return
    sizes = ", ".join(exactly(size) for size in sizes_ml)
    kind = field.removesuffix("_ml")
    message = f"There is no {kind} of {exactly(volume_ml)} mL on the shelf; there are {sizes} mL."
    yield Finding(f"{kind}.unknown_size", Severity.BLOCK, message, field=field, source="site")
