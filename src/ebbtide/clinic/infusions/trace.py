"""The room's picture: vitals, the predicted level, the pump's rate, on one time axis."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

import numpy as np

from ebbtide.clinic.monitoring.queries import Sampled, milliseconds
from ebbtide.science.pk.catalogue import KAMP2020
from ebbtide.science.pk.levels import levels
from ebbtide.science.pk.models import parameters
from ebbtide.science.pk.pump import PumpHistory
from ebbtide.science.population.band import population_band
from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.infusion import Infusion, PumpStep
from ebbtide.science.visit.state import Status, VisitState

CHARTED = ("spo2", "pulse", "resp", "systolic", "diastolic", "tcpco2")
LEVEL_STEP_S = 10
AFTER_END = timedelta(minutes=45)  # how far past the bag's end the plan is drawn
BAND = (0.05, 0.95)
_UNSET = datetime.fromtimestamp(0, UTC)

_MARKS = {
    Kind.STARTED: "start",
    Kind.RATE_CHANGED: "rate",
    Kind.HELD: "hold",
    Kind.RESUMED: "resume",
    Kind.BOLUS_GIVEN: "bolus",
    Kind.STOPPED: "stop",
    Kind.ADVERSE_EVENT_NOTED: "event",
    Kind.RESCUE_GIVEN: "rescue",
    Kind.SCORE_TAKEN: "score",
}


@dataclass(frozen=True, slots=True)
class LevelCurve:
    """Levels every ten seconds; points after the moment asked for are the plan.

    Attributes:
        start: Moment of the first point; the start of the pump.
        now_index: First point that lies after the moment asked for.
    """

    start: datetime
    plasma: tuple[float, ...]
    effect: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    now_index: int
    basis: str


def level_curve(state: VisitState, *, visit_id: UUID, at: datetime) -> LevelCurve | None:
    """The predicted level from the start of the pump to some time past the bag's end.

    What is given is taken from the record; what is still to come is taken at the
    rate in force. None before the start or without a weight the model knows.
    """
    if state.infusion is None or state.started_at is None or state.weight is None:
        return None
    weight_kg = float(state.weight.weight_kg)
    if not KAMP2020.weight_kg.holds(weight_kg):
        return None
    end = (state.infusion.empties_at(at) or state.ended_at or at) + AFTER_END
    end = max(end, at + timedelta(minutes=5))
    seconds = int((end - state.started_at).total_seconds())
    curve = _curve(
        state.infusion.history(end),
        weight_kg,
        points=seconds // LEVEL_STEP_S + 1,
        seed=zlib.crc32(visit_id.bytes),
    )
    passed = (at - state.started_at).total_seconds()
    return replace(curve, start=state.started_at, now_index=max(0, int(passed // LEVEL_STEP_S) + 1))


@lru_cache(maxsize=128)
def _curve(history: PumpHistory, weight_kg: float, *, points: int, seed: int) -> LevelCurve:
    times_min = np.arange(points, dtype=np.float64) * (LEVEL_STEP_S / 60)
    typical = levels(
        parameters(KAMP2020, weight_kg=weight_kg), history=history, times_min=times_min
    )
    band = population_band(
        KAMP2020,
        weight_kg=weight_kg,
        history=history,
        times_min=times_min,
        quantiles=BAND,
        rng=np.random.default_rng(seed),
    )
    return LevelCurve(
        start=_UNSET,
        plasma=_rounded(typical.plasma_ng_per_ml),
        effect=_rounded(typical.effect_ng_per_ml),
        low=_rounded(band.effect_ng_per_ml[0]),
        high=_rounded(band.effect_ng_per_ml[1]),
        now_index=0,
        basis=band.basis,
    )


def _rounded(values: np.ndarray[Any, Any]) -> tuple[float, ...]:
    return tuple(round(value, 1) for value in values.tolist())


def planned_course(state: VisitState, *, at: datetime) -> Infusion | None:
    """The infusion as it was drawn up: the whole bag at the first rate, no holds."""
    if state.infusion is None or state.drawn is None:
        return None
    start = state.started_at or at
    step = PumpStep(start, state.drawn.rate_ml_per_h)
    return replace(state.infusion, steps=(step,), boluses=())


def trace(
    state: VisitState, samples: Iterable[Sampled], *, visit_id: UUID, start: datetime, at: datetime
) -> dict[str, Any]:
    """All that the plot draws, as JSON values; times in milliseconds since 1970."""
    rows = list(samples)
    return {
        "now_ms": milliseconds(at),
        "from_ms": milliseconds(start),
        "cursor": rows[-1].id if rows else 0,
        "vitals": _vitals(rows),
        "level": _level(level_curve(state, visit_id=visit_id, at=at)),
        "plan": _plan(state, at=at),
        "rate": _rate(state, at=at),
        "boluses": [
            {"at_ms": milliseconds(bolus.at), "dose_mg": float(bolus.dose_mg)}
            for bolus in (state.infusion.boluses if state.infusion else ())
        ],
        "marks": [
            {
                "at_ms": milliseconds(entry.happened_at),
                "label": _MARKS[entry.kind],
                "kind": entry.kind,
            }
            for entry in state.entries
            if entry.kind in _MARKS and not entry.is_retracted
        ],
    }


def _vitals(rows: list[Sampled]) -> dict[str, dict[str, list[Any]]]:
    series: dict[str, dict[str, list[Any]]] = {name: {"t": [], "v": []} for name in CHARTED}
    for row in sorted(rows, key=attrgetter("at_ms")):
        if one := series.get(row.quantity):
            one["t"].append(row.at_ms)
            one["v"].append(row.value if row.quality == "ok" else None)
    return series


def _level(curve: LevelCurve | None) -> dict[str, Any] | None:
    if curve is None:
        return None
    first = milliseconds(curve.start)
    step = LEVEL_STEP_S * 1000
    return {
        "t": [first + index * step for index in range(len(curve.effect))],
        "effect": curve.effect,
        "effect_low": curve.low,
        "effect_high": curve.high,
        "plasma": curve.plasma,
        "now_index": curve.now_index,
        "basis": curve.basis,
    }


def _plan(state: VisitState, *, at: datetime) -> dict[str, Any] | None:
    course = planned_course(state, at=at)
    if course is None or course.started_at is None or state.weight is None:
        return None
    weight_kg = float(state.weight.weight_kg)
    if not KAMP2020.weight_kg.holds(weight_kg):
        return None
    end = (course.empties_at(course.started_at) or at) + AFTER_END
    points = int((end - course.started_at).total_seconds()) // (6 * LEVEL_STEP_S) + 1
    times_min = np.arange(points, dtype=np.float64)
    typical = levels(
        parameters(KAMP2020, weight_kg=weight_kg), history=course.history(end), times_min=times_min
    )
    first = milliseconds(course.started_at)
    return {
        "t": [first + index * 60_000 for index in range(points)],
        "effect": _rounded(typical.effect_ng_per_ml),
    }


def _rate(state: VisitState, *, at: datetime) -> list[dict[str, Any]]:
    if state.infusion is None or not state.infusion.steps:
        return []
    steps = state.infusion.steps
    until = min(at, state.ended_at or at)
    ends = [*(later.at for later in steps[1:]), until]
    pieces = [
        _piece(run.start, run.end, run.rate_ml_per_h, "run") for run in state.infusion.runs(until)
    ]
    pieces += [
        _piece(step.at, min(end, until), step.rate_ml_per_h, "held")
        for step, end in zip(steps, ends, strict=True)
        if step.rate_ml_per_h == 0 and min(end, until) > step.at
    ]
    pieces.sort(key=lambda piece: piece["from_ms"])
    empties = state.infusion.empties_at(at)
    if empties and state.status is Status.RUNNING:
        pieces.append(_piece(at, empties, state.infusion.rate_ml_per_h(at), "planned"))
    return pieces


def _piece(start: datetime, end: datetime, rate: Decimal, what: str) -> dict[str, Any]:
    return {
        "from_ms": milliseconds(start),
        "to_ms": milliseconds(end),
        "rate_ml_per_h": float(rate),
        "is_held": what == "held",
        "is_planned": what == "planned",
    }
