"""Published figures beside what the models give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import geometric_mean, median
from typing import Any

import numpy as np

from ebbtide.science.pk.catalogue import model_named
from ebbtide.science.pk.compartments import system_for
from ebbtide.science.pk.exposure import auc_ng_h_per_ml, noncompartmental, peak
from ebbtide.science.pk.models import Covariates, Site, individual, mammillary
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.pk.system import System, levels_of

from .markdown import NOTICE, few_digits, golden, table

PUBLISHED = golden("pk/published_values.json")
_Case = Mapping[str, Any]
_REASON = "held against a published figure"
_ADULT_YEARS = 40.0
_METABOLITES = ("norketamine", "hydroxynorketamine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One published figure and what the model gives."""

    case: _Case
    got: float

    @property
    def is_met(self) -> bool:
        """Whether it lies within the stated bounds, ends included."""
        return bool(self.case["low"] <= self.got <= self.case["high"])

    @property
    def outcome(self) -> str:
        """In a word; a miss that is not explained shouts."""
        if self.is_met:
            return "pass"
        return "known miss" if self.case["known_miss"] else "**MISS**"


def rows() -> list[Row]:
    """Every published figure, in order."""
    return [Row(case=case, got=MEASURES[case["measure"]](case)) for case in PUBLISHED["cases"]]


def history(case: _Case) -> PumpHistory:
    """What the pump gave; pushes and rates in mg and mg/h."""
    return PumpHistory(
        segments=tuple(Segment(*map(float, one)) for one in case.get("segments", ())),
        boluses=tuple(Bolus(*map(float, one)) for one in case.get("boluses", ())),
    )


def body(case: _Case) -> System:
    """The patient of a case, with every metabolite that the model has."""
    model = model_named(case["model"])
    return system_for(
        model,
        covariates=Covariates(weight_kg=float(case["weight_kg"]), age_years=_ADULT_YEARS),
        site=Site(case["site"]) if "site" in case else None,
        metabolites=[name for name in _METABOLITES if name in model.metabolites],
        override=_REASON,
    )


def output(case: _Case) -> str:
    """Which level."""
    return str(case.get("output", "plasma"))


def levels(case: _Case, at_min: list[float], name: str = "") -> list[float]:
    """Levels at moments, ng/mL."""
    times = np.array(at_min, dtype=np.float64)
    found = levels_of(body(case), history=history(case), times_min=times)
    return [float(level) for level in found[name or output(case)]]


def _level(case: _Case) -> float:
    return levels(case, [case["at_min"]])[0]


def _ratios(case: _Case) -> list[float]:
    found = levels(case, case["at_min"])
    return [got / told for got, told in zip(found, case["published_ng_per_ml"], strict=True)]


def _ratio(case: _Case) -> float:
    return levels(case, [case["at_min"]], "norketamine")[0] / _level(case)


def _area_ratio(case: _Case) -> float:
    system, given = body(case), history(case)
    return auc_ng_h_per_ml(system, history=given, output="hydroxynorketamine") / auc_ng_h_per_ml(
        system, history=given
    )


def _settled(case: _Case) -> float:
    """Rate over clearance."""
    return 1000 * float(case["rate_mg_per_h"]) / noncompartmental(body(case)).cl_l_per_h


def _parameter(case: _Case) -> float:
    """A volume in L, or a flow in L/min."""
    values = individual(model_named(case["model"]), Covariates(weight_kg=float(case["weight_kg"])))
    found = mammillary(model_named(case["model"]), values)
    name = case["parameter"]
    if name.endswith("_l_per_min"):
        return float(getattr(found, name.replace("per_min", "per_h"))) / 60
    return float(getattr(found, name))


def _highest(case: _Case) -> float:
    return peak(body(case), history=history(case), output=output(case)).level_ng_per_ml


def _peak_after_stop(case: _Case) -> float:
    highest = peak(body(case), history=history(case), output=output(case))
    return highest.at_min - float(case["stop_min"])


MEASURES: dict[str, Callable[[_Case], float]] = {
    "level": _level,
    "peak": _highest,
    "peak_after_stop": _peak_after_stop,
    "geometric_mean_ratio": lambda case: geometric_mean(_ratios(case)),
    "median_absolute_error": lambda case: 100 * median(abs(one - 1) for one in _ratios(case)),
    "ratio": _ratio,
    "area": lambda case: auc_ng_h_per_ml(body(case), history=history(case)),
    "area_ratio": _area_ratio,
    "settled": _settled,
    "clearance": lambda case: noncompartmental(body(case)).cl_l_per_h,
    "steady_state_volume": lambda case: noncompartmental(body(case)).vss_l,
    "terminal_half_life": lambda case: noncompartmental(body(case)).terminal_half_life_min,
    "parameter": _parameter,
}


def page() -> str:
    """The page."""
    found = rows()
    missed = [row for row in found if not row.is_met]
    parts = [
        (
            f"{NOTICE}# Published levels\n\n"
            "What people printed about ketamine in blood, beside what the models give for the same "
            "dose. **A pass says that a model agrees with a few figures from a few dozen people. "
            "It does not say that the level shown for a patient is that patient's level.** "
            "Levels of different people under one dose differ by half and more.\n\n"
            f"{len(found)} figures: {len(found) - len(missed)} pass, {len(missed)} known misses, "
            "each explained below. A test fails on a miss that is not explained, and on a known "
            "miss that begins to pass. *Found* was read in an abstract or table, *recalled* is "
            "from memory, *measured* and *derived* were computed from other figures.\n\n"
            "The figures are `tests/data/pk/published_values.json`; the sum behind each line is "
            "`docs/report/published.py`.\n"
        )
    ]
    for number in dict.fromkeys(row.case["id"] for row in found):
        lines = [_line(row) for row in found if row.case["id"] == number]
        head = ["what", "model", "published", "accepted", "got", "", "known by"]
        sources = dict.fromkeys(row.case["source"] for row in found if row.case["id"] == number)
        title = PUBLISHED["titles"][number]
        parts.append(
            f"\n## {number}: {title}\n\n{table(head, lines)}\nFrom: {'; '.join(sources)}.\n"
        )
        parts += _series([row.case for row in found if row.case["id"] == number])
        parts += _remarks([row for row in found if row.case["id"] == number])
    parts.append("\n## Not checked\n\n")
    waiting = [[one["id"], one["what"], one["why"]] for one in PUBLISHED["not_checked"]]
    parts.append(table(["", "published", "why not"], waiting))
    return "".join(parts)


def _line(row: Row) -> list[str]:
    case = row.case
    unit = f" {case['unit']}" if case["unit"] else ""
    return [
        case["what"],
        f"`{case['model']}`",
        f"{case['expected']}{unit}",
        f"{_bound(case['low'])} to {_bound(case['high'])}",
        f"{row.got:.7g}" if case["measure"] == "parameter" else few_digits(row.got),
        row.outcome,
        case["provenance"],
    ]


def _bound(value: float) -> str:
    return f"{value:.7g}"


def _series(cases: list[_Case]) -> list[str]:
    """Each level of a published curve, where a figure sums up the whole curve."""
    curves = {case["model"]: case for case in cases if "published_ng_per_ml" in case}
    if not curves:
        return []
    one = next(iter(curves.values()))
    got = {model: levels(case, case["at_min"]) for model, case in curves.items()}
    lines = [
        [f"{at_min:g}", f"{told:g}", *(few_digits(found[place]) for found in got.values())]
        for place, (at_min, told) in enumerate(
            zip(one["at_min"], one["published_ng_per_ml"], strict=True)
        )
    ]
    head = ["min", "published, ng/mL", *(f"`{model}`" for model in got)]
    return ["\n", table(head, lines)]


def _remarks(some: list[Row]) -> list[str]:
    notes = dict.fromkeys(note for row in some for note in row.case["note"].split("; ") if note)
    said = [f"\nTo bear in mind: {'; '.join(notes)}.\n"] if notes else []
    reasons: dict[tuple[str, str], list[str]] = {}
    for row in some:
        if row.case["known_miss"]:
            key = (row.case["model"], row.case["known_miss"])
            reasons.setdefault(key, []).append(row.case["what"])
    misses = [
        f"- Known miss, `{model}`, {'; '.join(whats)}: {reason}\n"
        for (model, reason), whats in reasons.items()
    ]
    return [*said, "\n", *misses] if misses else said
