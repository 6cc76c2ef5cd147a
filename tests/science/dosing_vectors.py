"""The worked dosing cases run through the project: one row per printed figure."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from ebbtide.science.dosing.body_size import (
    Body,
    LimbSegment,
    Sex,
    WeightPolicy,
    dosing_weight,
    whole_body_kg,
)
from ebbtide.science.dosing.delivery import (
    Segment,
    delivered,
    elapsed_minutes,
    infused_ml,
    minutes_left,
)
from ebbtide.science.dosing.limits import DoseLimits
from ebbtide.science.dosing.orders import Counted, Course, bolus_and_infusion, hourly, total_over
from ebbtide.science.dosing.products import Stock
from ebbtide.science.dosing.pump import BagPolicy, DoseOrder, Pump, PumpSheet, pump_sheet
from ebbtide.science.dosing.sheet import Figures, dose_sheet
from ebbtide.science.units import cm_from_in, kg_from_lb

VECTORS = json.loads(
    (Path(__file__).parents[1] / "data" / "dosing" / "vectors.json").read_text(encoding="utf-8")
)
CASES: dict[str, dict[str, Any]] = {case["id"]: case for case in VECTORS["cases"]}
PUMP = Pump(max_rate_ml_per_h=Decimal(999))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One printed figure and what the project makes of it."""

    id: str
    title: str
    figure: str
    expected: str
    tolerance: Decimal
    got: Decimal
    kind: str
    source: str

    @property
    def is_met(self) -> bool:
        return abs(self.got - Decimal(self.expected)) <= self.tolerance


def rows() -> Iterator[Row]:
    """Every printed figure of every case, as the validation report shows it."""
    for case in CASES.values():
        got = computed(case)
        for figure, printed in case["expected"].items():
            yield Row(
                id=case["id"],
                title=case["title"],
                figure=figure,
                expected=printed,
                tolerance=half_a_digit(printed),
                got=got[figure],
                kind=case["kind"],
                source=case["source"],
            )


def half_a_digit(printed: str) -> Decimal:
    """Half a unit of the last printed digit."""
    return Decimal("0.5").scaleb(int(Decimal(printed).as_tuple().exponent))


def computed(case: dict[str, Any]) -> dict[str, Decimal]:
    """Every figure that the project computes for a case."""
    return CALLS[case["call"]](case["inputs"])


def order_of(inputs: dict[str, str]) -> DoseOrder:
    return DoseOrder(
        mg_per_kg=Decimal(inputs["mg_per_kg"]),
        minutes=Decimal(inputs["minutes"]),
        stock=Stock(
            mg_per_ml=Decimal(inputs["stock_mg_per_ml"]), vial_ml=Decimal(inputs["vial_ml"])
        ),
        bag_ml=Decimal(inputs["bag_ml"]),
        bag_policy=BagPolicy(inputs["bag_policy"]),
    )


def sheet_of(inputs: dict[str, str], pump: Pump = PUMP) -> PumpSheet:
    weight_kg = Decimal(inputs["weight_kg"])
    return pump_sheet(order_of(inputs), weight_kg=weight_kg, pump=pump, limits=DoseLimits())


def _exact_sheet(inputs: dict[str, Any]) -> dict[str, Decimal]:
    return asdict(dose_sheet(**inputs, figures=Figures.EXACT))


def _rounded_sheet(inputs: dict[str, Any]) -> dict[str, Decimal]:
    return {**asdict(dose_sheet(**inputs)), "target_mg": sheet_of(inputs).target_mg}


def _segments(inputs: dict[str, Any]) -> dict[str, Decimal]:
    sheet = sheet_of(inputs["order"])
    ran = [Segment(**{name: Decimal(x) for name, x in each.items()}) for each in inputs["segments"]]
    volume_ml = infused_ml(ran)
    left = minutes_left(sheet, infused_ml=volume_ml, rate_ml_per_h=Decimal(inputs["then_ml_per_h"]))
    return {
        **asdict(delivered(sheet, infused_ml=volume_ml)),
        "infused_ml": volume_ml,
        "minutes_left": left,
        "elapsed_minutes": elapsed_minutes(ran) + left,
    }


def _course(course: Course) -> dict[str, Decimal]:
    figures = (
        "bolus_mg infusion_minutes infusion_mg mg_per_min mg_per_h mg_per_kg_per_h total_mg "
        "total_mg_per_kg"
    )
    rate = course.rate_ml_per_h(final_mg_per_ml=Decimal(1), step_ml_per_h=Decimal("0.1"))
    return {
        **{name: getattr(course, name) for name in figures.split()},
        "rate_ml_per_h_at_1_mg_per_ml": rate,
    }


def _bolus(inputs: dict[str, Any]) -> dict[str, Decimal]:
    return _course(bolus_and_infusion(**{**inputs, "counted": Counted(inputs["counted"])}))


def _conversions(inputs: dict[str, Any]) -> dict[str, Decimal]:
    return {
        "weight_kg": kg_from_lb(Decimal(inputs["weight_lb"])),
        "height_cm": cm_from_in(Decimal(inputs["height_in"])),
    }


def body_of(inputs: dict[str, Any]) -> Body:
    return Body(
        height_cm=Decimal(inputs["height_cm"]),
        sex=Sex(inputs["sex"]),
        missing=tuple(LimbSegment(part) for part in inputs["missing"]),
    )


def _body(inputs: dict[str, Any]) -> dict[str, Decimal]:
    kg, body, per_kg = Decimal(inputs["weight_kg"]), body_of(inputs), Decimal(inputs["mg_per_kg"])
    doses = {
        f"{policy.value}_dose_mg": per_kg * dosing_weight(kg, body=body, policy=policy).used_kg
        for policy in WeightPolicy
    }
    whole_kg = whole_body_kg(kg, missing=body.missing)
    return {**asdict(dosing_weight(kg, body=body)), **doses, "whole_body_kg": whole_kg}


CALLS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "exact sheet": _exact_sheet,
    "rounded sheet": _rounded_sheet,
    "segments": _segments,
    "bolus and infusion": _bolus,
    "hourly": lambda inputs: _course(hourly(**inputs)),
    "total": lambda inputs: _course(total_over(**inputs)),
    "conversions": _conversions,
    "body": _body,
}
