"""What the plot of a visit shows: traces without bridged gaps, cuff bars, level, pump."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from ebbtide.clinic.infusions.paper.wording import amount, number, said
from ebbtide.science.pk.catalogue import KAMP2020
from ebbtide.science.pk.levels import levels
from ebbtide.science.pk.models import parameters
from ebbtide.science.population.band import population_band
from ebbtide.science.visit.events import AdverseEventNoted, RescueGiven
from ebbtide.science.visit.state import VisitState
from ebbtide.science.vitals.validity import Quality, Quantity

if TYPE_CHECKING:
    from ebbtide.clinic.monitoring.queries import Sampled

LONGEST_BRIDGE: Final = timedelta(seconds=10)  # beyond this a trace is broken, never bridged
LONGEST_PLOT: Final = timedelta(hours=24)
LAST_LATIN: Final = 0x17F  # the last letter that the record's own font has for certain
_LEVEL_STEP_S: Final = 15
_BAND_SEED: Final = 2020  # the same visit gives the same band
_BAND: Final = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Dot:
    """A value at a moment."""

    at: datetime
    value: float


Piece = tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Cuff:
    """A blood pressure, mmHg, and whether a person typed it."""

    at: datetime
    systolic: float
    diastolic: float
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """One quantity: pieces without a hole from the monitor, dots that were typed."""

    pieces: tuple[Piece, ...] = ()
    typed: Piece = ()

    @property
    def values(self) -> list[float]:
        """Every value shown."""
        return [dot.value for piece in (*self.pieces, self.typed) for dot in piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCurve:
    """Model levels, ng/mL; each tuple as long as `times`."""

    times: tuple[datetime, ...]
    plasma: tuple[float, ...]
    effect: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the pump lane with its label; rate 0 is a hold."""

    start: datetime
    end: datetime
    rate_ml_per_h: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a moment."""

    at: datetime
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that the plot of one visit shows, from `start` to `end`.

    Attributes:
        rules: Moments marked through every panel: start and stop.
    """

    start: datetime
    end: datetime
    spo2: Trace
    pulse: Trace
    cuffs: tuple[Cuff, ...]
    level: LevelCurve | None
    pump: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    rules: tuple[datetime, ...]


def shown_of(state: VisitState, samples: Sequence["Sampled"], *, until: datetime) -> Shown | None:
    """Gather what there is to draw between check-in and `until`; None if there is nothing.

    A visit left open is drawn for its first day only.
    """
    start = state.checked_in_at or state.started_at
    if start is None or until <= start:
        return None
    end = min(until, start + LONGEST_PLOT)
    inside = [sample for sample in samples if is_between(sample, start, end)]
    shown = Shown(
        start=start,
        end=end,
        spo2=_trace(state, inside, quantity=Quantity.SPO2, field="spo2_percent"),
        pulse=_trace(state, inside, quantity=Quantity.PULSE, field="pulse_per_min"),
        cuffs=_cuffs(state, inside),
        level=_level(state, end),
        pump=_pump(state, end),
        marks=_marks(state),
        rules=tuple(at for at in (state.started_at, state.ended_at) if at),
    )
    drawn = (shown.spo2.values, shown.pulse.values, shown.cuffs, shown.pump)
    return shown if any(drawn) else None


def moment(sample: "Sampled") -> datetime:
    """When a sample's value held."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=sample.at_ms)


def is_between(sample: "Sampled", start: datetime, end: datetime) -> bool:
    """Whether a value held within a stretch; its stamp is cut to a whole millisecond."""
    return start - timedelta(milliseconds=1) < moment(sample) <= end


def pieces(samples: Iterable["Sampled"], quantity: Quantity) -> tuple[Piece, ...]:
    """A monitor's values of one quantity, broken wherever it had none or was silent."""
    found: list[list[Dot]] = [[]]
    mine = (
        sample for sample in samples if sample.quantity == quantity and sample.source == "monitor"
    )
    for sample in sorted(mine, key=lambda sample: (sample.at_ms, sample.id)):
        if sample.quality != Quality.OK or sample.value is None:
            found.append([])
            continue
        dot = Dot(moment(sample), sample.value)
        if found[-1] and dot.at - found[-1][-1].at > LONGEST_BRIDGE:
            found.append([])
        found[-1].append(dot)
    return tuple(tuple(piece) for piece in found if piece)


def thinned(piece: Piece, bucket: timedelta) -> Piece:
    """Keep the first, the last, and the least and greatest of each bucket, in order of time."""
    if len(piece) <= 4:
        return piece
    buckets: dict[int, list[Dot]] = {}
    for dot in piece:
        buckets.setdefault((dot.at - piece[0].at) // bucket, []).append(dot)
    kept = {piece[0], piece[-1]}
    for dots in buckets.values():
        kept |= {min(dots, key=lambda dot: dot.value), max(dots, key=lambda dot: dot.value)}
    return tuple(sorted(kept, key=lambda dot: dot.at))


def _trace(
    state: VisitState, samples: Sequence["Sampled"], *, quantity: Quantity, field: str
) -> Trace:
    typed = tuple(
        Dot(entry.happened_at, float(getattr(payload.reading, field)))
        for entry, payload in state.readings
        if getattr(payload.reading, field) is not None
    )
    return Trace(pieces(samples, quantity), typed)


def _cuffs(state: VisitState, samples: Sequence["Sampled"]) -> tuple[Cuff, ...]:
    halves: dict[int, dict[str, float]] = {}
    for sample in samples:
        wanted = sample.quantity in (Quantity.SYSTOLIC, Quantity.DIASTOLIC)
        if wanted and sample.source == "monitor" and sample.quality == Quality.OK:
            halves.setdefault(sample.at_ms, {})[sample.quantity] = float(sample.value or 0)
    epoch = datetime.fromtimestamp(0, UTC)
    taken = [
        Cuff(epoch + timedelta(milliseconds=at_ms), both["systolic"], both["diastolic"])
        for at_ms, both in halves.items()
        if len(both) == 2
    ]
    for entry, payload in state.readings:
        reading = payload.reading
        if reading.systolic_mmhg is not None and reading.diastolic_mmhg is not None:
            taken.append(
                Cuff(
                    entry.happened_at, reading.systolic_mmhg, reading.diastolic_mmhg, is_typed=True
                )
            )
    return tuple(sorted(taken, key=lambda cuff: cuff.at))


def _level(state: VisitState, until: datetime) -> LevelCurve | None:
    start, infusion, weight = state.started_at, state.infusion, state.weight
    if start is None or infusion is None or weight is None or until <= start:
        return None
    weight_kg = float(weight.weight_kg)
    if not KAMP2020.weight_kg.holds(weight_kg):
        return None
    history = infusion.history(until)
    seconds = np.arange(0, (until - start).total_seconds(), _LEVEL_STEP_S, dtype=np.float64)
    minutes = seconds / 60
    curve = levels(parameters(KAMP2020, weight_kg=weight_kg), history=history, times_min=minutes)
    band = population_band(
        KAMP2020,
        weight_kg=weight_kg,
        history=history,
        times_min=minutes,
        rng=np.random.default_rng(_BAND_SEED),
        quantiles=_BAND,
    )
    return LevelCurve(
        times=tuple(start + timedelta(seconds=second) for second in seconds.tolist()),
        plasma=tuple(curve.plasma_ng_per_ml.tolist()),
        effect=tuple(curve.effect_ng_per_ml.tolist()),
        low=tuple(band.effect_ng_per_ml[0].tolist()),
        high=tuple(band.effect_ng_per_ml[1].tolist()),
    )


def _pump(state: VisitState, until: datetime) -> tuple[Stretch, ...]:
    if state.infusion is None:
        return ()
    runs = [
        Stretch(run.start, run.end, float(run.rate_ml_per_h), number(run.rate_ml_per_h))
        for run in state.infusion.runs(until)
    ]
    holds = [Stretch(start, end, 0.0, "held") for start, end in holds_of(state, until)]
    return tuple(sorted([*runs, *holds], key=lambda stretch: stretch.start))


def holds_of(state: VisitState, until: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Stretches with the pump paused, each up to the resume, the stop or `until`."""
    if state.infusion is None:
        return ()
    end = min(state.ended_at or until, until)
    steps = [step for step in state.infusion.steps if step.at < end]
    ends = [*(step.at for step in steps[1:]), end]
    return tuple(
        (step.at, after)
        for step, after in zip(steps, ends, strict=False)
        if step.rate_ml_per_h == 0
    )


def _marks(state: VisitState) -> tuple[Mark, ...]:
    noted = [
        Mark(
            entry.happened_at, f"{_drawable(payload.term, 'adverse event')}, grade {payload.grade}"
        )
        for entry, payload in state.of(AdverseEventNoted)
    ]
    rescued = [
        Mark(
            entry.happened_at,
            f"{_drawable(payload.drug, 'rescue drug')} {amount(payload.dose, payload.unit)}",
        )
        for entry, payload in state.of(RescueGiven)
    ]
    return tuple(sorted([*noted, *rescued], key=lambda mark: mark.at))


def _drawable(name: str, otherwise: str) -> str:
    """A name in Latin letters, else a word for it: pictures have no second font; tables do."""
    shown = said(name)
    return shown if all(ord(character) <= LAST_LATIN for character in shown) else otherwise
