"""How far the arithmetic of levels is from forty digits."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ebbtide.science.pk.catalogue import KAMP2020, model_named
from ebbtide.science.pk.levels import levels
from ebbtide.science.pk.models import Covariates, Site, parameters
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.pk.simulate import simulate

from .markdown import NOTICE, golden, table

DEFAULT_MODEL, EVERY_MODEL = golden("pk/exact_levels.json"), golden("pk/exact_models.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The worst of one case."""

    model: str
    what: str
    points: int
    worst: float
    tolerance: float

    @property
    def is_met(self) -> bool:
        """Whether every level is within the tolerance."""
        return self.worst <= self.tolerance


def rows() -> Iterator[Row]:
    """Every case of both files."""
    for case in DEFAULT_MODEL["cases"]:
        yield _of_default_model(case)
    for case in EVERY_MODEL["cases"]:
        yield _of_any_model(case)


def _history(case: dict[str, Any]) -> PumpHistory:
    return PumpHistory(
        segments=tuple(Segment(*one) for one in case["segments"]),
        boluses=tuple(Bolus(*one) for one in case["boluses"]),
    )


def _of_default_model(case: dict[str, Any]) -> Row:
    found = levels(
        parameters(KAMP2020, weight_kg=case["weight_kg"]),
        history=_history(case),
        times_min=np.array([point["at_min"] for point in case["points"]]),
        ke0_half_life_min=case["half_life_min"],
    )
    pairs = [
        (float(got), point[name])
        for name in ("plasma_ng_per_ml", "effect_ng_per_ml")
        for got, point in zip(getattr(found, name), case["points"], strict=True)
    ]
    return Row(
        model="kamp2020",
        what=case["name"],
        points=len(pairs),
        worst=_worst(pairs),
        tolerance=case["tolerance_relative"],
    )


def _of_any_model(case: dict[str, Any]) -> Row:
    model = model_named(case["model"])
    found = simulate(
        model,
        covariates=Covariates(
            weight_kg=case["weight_kg"],
            age_years=case["age_years"],
            is_asian=case["is_asian"],
        ),
        history=_history(case),
        times_min=case["at_min"],
        ke0_half_life_min=case["half_life_min"],
        site=Site.VENOUS if case["site"] == "venous link" else None,
        metabolites=[name for name in case["levels"] if name not in ("plasma", "effect")],
        given=model.enantiomer,
    )
    ours = {
        "plasma": found.plasma_ng_per_ml,
        "effect": found.effect_ng_per_ml,
        **found.metabolites,
    }
    pairs = [
        (float(got), exact)
        for name, truth in case["levels"].items()
        for got, exact in zip(ours[name], truth, strict=True)
    ]
    place = ", through the venous link" if case["site"] == "venous link" else ""
    formed = [name for name in case["levels"] if name.endswith("norketamine")]
    kind = f", with {' and '.join(formed)}" if formed else ""
    return Row(
        model=case["model"],
        what=f"{case['weight_kg']:g} kg{place}{kind}",
        points=len(pairs),
        worst=_worst(pairs),
        tolerance=EVERY_MODEL["tolerance_relative"],
    )


def _worst(pairs: list[tuple[float, str]]) -> float:
    """Largest relative error, as exact fractions so that no digit hides."""
    return max(
        float(abs(Fraction(got) - Fraction(exact)) / (Fraction(exact) or 1)) for got, exact in pairs
    )


def page() -> str:
    """The page; errors are told as powers of ten, which do not change with the machine."""
    found = list(rows())
    lines = [
        [
            f"`{row.model}`",
            row.what,
            str(row.points),
            f"{row.tolerance:.0e}",
            "pass" if row.is_met else "**MISS**",
        ]
        for row in found
    ]
    points = sum(row.points for row in found)
    return (
        f"{NOTICE}# The arithmetic of levels\n\n"
        "Whether the levels are the ones that the models' equations have. **Right arithmetic "
        "says nothing about whether a model is right for a patient.**\n\n"
        "Each case was solved to 40 digits by the exponential of the whole matrix, in a program "
        "that shares neither code nor constants with the project (`tests/science/pk_oracle.py`; "
        "`script/golden` runs it). Every change of the pump is in it, with one second to either "
        "side: that is where programs that step through time go wrong. Pushes that come hours "
        "into a run, rates of loss that are alike, and chains of compartments with one rate are "
        f"among the cases. {points} levels in {len(found)} cases, "
        f"{sum(not row.is_met for row in found)} misses.\n\n"
        + table(["model", "case", "levels", "largest error accepted", ""], lines)
        + "\nHow large the errors are, and those of other programs, is measured by "
        "[the benchmark](speed.md).\n"
    )
