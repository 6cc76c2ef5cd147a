"""What one site has set up: its pump, shelf, bags, and soft and hard limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import gt, lt
from types import MappingProxyType
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


FIGURES: Final = MappingProxyType(
    {
        "mg_per_kg": "mg/kg",
        "dose_mg": "mg",
        "minutes": "min",
        "mg_per_min": "mg/min",
        "mcg_per_kg_per_min": "mcg/kg/min",
        "rate_ml_per_h": "mL/h",
        "final_mg_per_ml": "mg/mL",
        "bolus_mg_per_kg": "mg/kg",
        "bolus_minutes": "min",
    }
)
"""What a site can set limits on, and the unit people read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The soft and hard limits of one figure of an order; a value at a limit is within it.

    Attributes:
        figure: One of `FIGURES`.
        hard_least: Below it BLOCK.
        soft_least: Below it a reason is needed.
        soft_most: Above it a reason is needed.
        hard_most: Above it BLOCK.
    """

    figure: str
    hard_least: Decimal | None = None
    soft_least: Decimal | None = None
    soft_most: Decimal | None = None
    hard_most: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown figure, and limits out of order."""
        if self.figure not in FIGURES:
            raise ValueError(f"figure must be one of {', '.join(FIGURES)}, not {self.figure!r}")
        ladder = (self.hard_least, self.soft_least, self.soft_most, self.hard_most)
        known = [limit for limit in ladder if limit is not None]
        if known != sorted(known):
            raise ValueError(f"the limits of {self.figure} must rise from hard_least to hard_most")


DEFAULT_BOUNDS: Final = (
    Bound(figure="mg_per_kg", hard_least=Decimal("0.08")),
    Bound(figure="dose_mg", hard_most=Decimal(200)),
    Bound(figure="mg_per_min", hard_most=Decimal(3)),
    Bound(figure="mcg_per_kg_per_min", soft_least=Decimal(2), hard_most=Decimal(50)),
    Bound(
        figure="minutes",
        hard_least=Decimal(10),
        soft_least=Decimal(30),
        hard_most=Decimal(300),
    ),
    Bound(figure="rate_ml_per_h", soft_most=Decimal(500)),
    Bound(figure="bolus_mg_per_kg", soft_least=Decimal("0.05")),
    Bound(figure="bolus_minutes", soft_most=Decimal(15)),
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


def check_figures(
    figures: Mapping[str, Decimal], *, bounds: tuple[Bound, ...]
) -> Iterator[Finding]:
    """Every reason against figures outside a site's limits; a bound on no figure is passed by."""
    for bound in bounds:
        if bound.figure in figures:
            yield from _check_bound(figures[bound.figure], bound)


def _check_bound(value: Decimal, bound: Bound) -> Iterator[Finding]:
    """The hard limit's reason if both are passed."""
    unit = FIGURES[bound.figure]
    for limit, is_outside, side, severity in (
        (bound.hard_least, lt, "below", Severity.BLOCK),
        (bound.hard_most, gt, "above", Severity.BLOCK),
        (bound.soft_least, lt, "below", Severity.OVERRIDE),
        (bound.soft_most, gt, "above", Severity.OVERRIDE),
    ):
        if limit is None or not is_outside(value, limit):
            continue
        way, asks = ("hard", "") if severity is Severity.BLOCK else ("soft", "; it needs a reason")
        message = (
            f"{shown_beside(value, limit, places=4)} {unit} is {side} the site's {way} limit, "
            f"{exactly(limit)} {unit}{asks}."
        )
        code = f"site.{side}_{way}_limit"
        yield Finding(code, severity, message, field=bound.figure, source="site")
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


DEFAULT_SITE: Final = SiteSettings()
