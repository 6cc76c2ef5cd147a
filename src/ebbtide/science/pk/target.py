"""The rates that would bring a level to a target and hold it there.

A calculation for study and teaching: it shows what a target would ask of a pump. It is
never sent to one.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import groupby, pairwise
from typing import Final

import numpy as np

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.pk.course import Course, Piece, course_of, pieces
from ebbtide.science.pk.exposure import Peak, peak, spells_above
from ebbtide.science.pk.modes import Floats
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment, given_mg, up_to
from ebbtide.science.pk.system import System, levels_of

NOTICE: Final = "A calculation for study. It is never sent to a pump."
_MINUTES_PER_H: Final = 60.0
_MOST_STEPS: Final = 20_000
_ROUNDING: Final = 1e-9  # far above that of the levels, far below any tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A level to reach and hold.

    Attributes:
        for_min: Length of the whole profile, rounded up to whole steps.
        step_min: Length of one step; the rate is constant through it.
        output: A key of the system's outputs, "plasma" or "effect".
        tolerance_percent: How far from the level counts as on it.

    Raises:
        ValueError: A number is not finite and above 0, or there are too many steps.
    """

    level_ng_per_ml: float
    for_min: float
    step_min: float
    output: str = "plasma"
    tolerance_percent: float = 2.0

    def __post_init__(self) -> None:
        """Refuse what cannot be steered to."""
        for field in ("level_ng_per_ml", "for_min", "step_min", "tolerance_percent"):
            value = getattr(self, field)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{field} must be finite and above 0, not {value!r}")
        if self.for_min > _MOST_STEPS * self.step_min:
            raise ValueError(
                f"for_min must be at most {_MOST_STEPS} steps of {self.step_min!r} min, "
                f"not {self.for_min!r}"
            )

    @property
    def steps(self) -> int:
        """How many."""
        return math.ceil(self.for_min / self.step_min)

    @property
    def lowest_ng_per_ml(self) -> float:
        """Lowest level that counts as on it."""
        return self.level_ng_per_ml * (1.0 - self.tolerance_percent / 100.0)

    @property
    def highest_ng_per_ml(self) -> float:
        """Highest level that counts as on it."""
        return self.level_ng_per_ml * (1.0 + self.tolerance_percent / 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpRange:
    """What a pump can do with one bag or syringe.

    Attributes:
        mg_per_ml: Strength of what is in it.
        max_rate_ml_per_h: Highest rate that may be set.
        resolution_ml_per_h: Smallest difference between two rates.
        max_dose_mg: Most that may be given in all, what was given before included.

    Raises:
        ValueError: A number is not finite and above 0.
    """

    mg_per_ml: Decimal
    max_rate_ml_per_h: Decimal
    resolution_ml_per_h: Decimal
    max_dose_mg: Decimal

    def __post_init__(self) -> None:
        """Refuse what no pump is."""
        for field in self.__slots__:
            value = getattr(self, field)
            if not (value.is_finite() and value > 0):
                raise ValueError(f"{field} must be finite and above 0, not {value}")

    def rate_at_most(self, rate_mg_per_min: float) -> Decimal:
        """The highest rate that can be set and is not above this one, mL/h."""
        wanted = Decimal(max(0.0, rate_mg_per_min) * _MINUTES_PER_H) / self.mg_per_ml
        steps = min(wanted, self.max_rate_ml_per_h) / self.resolution_ml_per_h
        return steps.to_integral_value(ROUND_FLOOR) * self.resolution_ml_per_h

    def mg_per_min(self, rate_ml_per_h: Decimal) -> float:
        """Drug per minute at a rate."""
        return float(rate_ml_per_h * self.mg_per_ml) / _MINUTES_PER_H


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetStep:
    """One rate of the profile."""

    start_min: float
    end_min: float
    rate_ml_per_h: Decimal
    rate_mg_per_h: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TargetProfile:
    """What a target would ask of a pump, and what the model expects of it.

    Attributes:
        steps: Equal neighbours joined; holds are steps at rate 0.
        history: What was given before, and the steps.
        times_min: Shape (n,), the edges of the unjoined steps.
        levels_ng_per_ml: By output, each of shape (n,).
        reached_min: When the level first comes within the tolerance; None if never.
        highest: Of the steered level, from the first step on, tail included.
        lowest_held_ng_per_ml: From when the level, within the tolerance, first stops rising
            to the last step's end; None if never within it.
        total_mg: Given by the steps alone.
        findings: In what the profile falls short of what was asked.
        notice: To be shown wherever any of this is.
    """

    target: Target
    steps: tuple[TargetStep, ...]
    history: PumpHistory
    times_min: Floats
    levels_ng_per_ml: Mapping[str, Floats]
    reached_min: float | None
    highest: Peak
    lowest_held_ng_per_ml: float | None
    total_mg: float
    findings: tuple[Finding, ...]
    notice: str = NOTICE


def reach(
    system: System,
    *,
    target: Target,
    pump: PumpRange,
    history: PumpHistory | None = None,
    from_min: float = 0.0,
) -> TargetProfile:
    """The rates, one a step, that bring a level to a target as fast as may be and hold it.

    A level that drug enters at once, as arterial plasma, is put on the target at the end
    of each step. One that lags, as the effect site, is filled at the highest rates after
    which it would not peak over the target were the pump then stopped; it is held by the
    rate that puts it on the target one lag ahead. Rates are rounded down to the pump's
    resolution, and the next step makes up for it.

    Args:
        system: The body.
        target: What to reach.
        pump: What the pump can do.
        history: What the pump gave before; anything after `from_min` is left out.
        from_min: When the first step begins, on the clock of the history.

    Raises:
        ValueError: No such output, or the moment is not finite.

    Source: shafer1992, filling an effect site without overshoot.
    """
    if not math.isfinite(from_min):
        raise ValueError(f"from_min must be a finite number, not {from_min!r}")
    past = up_to(history or PumpHistory(), at_min=from_min)
    push = PumpHistory(boluses=(Bolus(0.0, 1.0),))
    lag_min = peak(system, history=push, output=target.output).at_min
    drive = _Drive(
        course=course_of(system, target.output), lag_min=lag_min, target=target, pump=pump
    )
    budget_mg = max(0.0, float(pump.max_dose_mg) - given_mg(past, from_min))
    rates = drive.rates(_state_at(drive.course, past, from_min), budget_mg=budget_mg)
    edges = from_min + target.step_min * np.arange(target.steps + 1, dtype=np.float64)
    steps = _joined(edges.tolist(), rates, pump)
    given = tuple(Segment(one.start_min, one.end_min, one.rate_mg_per_h) for one in steps)
    whole = PumpHistory(segments=past.segments + given, boluses=past.boluses)
    highest = peak(system, history=whole, output=target.output, from_min=from_min)
    reached_min, lowest = _held(system, whole, target, from_min=from_min, until_min=edges[-1])
    total_mg = given_mg(whole, edges[-1]) - given_mg(past, from_min)
    least_mg = pump.mg_per_min(pump.resolution_ml_per_h) * target.step_min
    return TargetProfile(
        target=target,
        steps=steps,
        history=whole,
        times_min=edges,
        levels_ng_per_ml=levels_of(system, history=whole, times_min=edges),
        reached_min=reached_min,
        highest=highest,
        lowest_held_ng_per_ml=lowest,
        total_mg=total_mg,
        findings=tuple(
            _shortfalls(target, pump, highest, lowest, is_spent=budget_mg - total_mg < least_mg)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Drive:
    """How the rates are found, one after the other, from the state at each step's beginning.

    Attributes:
        course: The level that is steered.
        lag_min: From a push to its highest level; 0 where it moves the level at once.
    """

    course: Course
    lag_min: float
    target: Target
    pump: PumpRange

    def rates(self, state: Floats, *, budget_mg: float) -> list[Decimal]:
        """The rate of each step, mL/h, until the budget is spent."""
        step_min, is_filled = self.target.step_min, self.lag_min == 0
        found: list[Decimal] = []
        for _ in range(self.target.steps):
            most = min(budget_mg / step_min, self.pump.mg_per_min(self.pump.max_rate_ml_per_h))
            wanted = self._holding(state, most) if is_filled else self._filling(state, most)
            found.append(self.pump.rate_at_most(wanted))
            rate = self.pump.mg_per_min(found[-1])
            is_filled = is_filled or self._top(state, rate)[1] >= self.target.lowest_ng_per_ml
            state = self.course.after(_running(state, rate), step_min)
            budget_mg -= rate * step_min
        return found

    def _filling(self, state: Floats, most: float) -> float:
        """As much as may be without passing the target, mg/min."""
        return self._without_passing(state, self.target.level_ng_per_ml, most)

    def _holding(self, state: Floats, most: float) -> float:
        """The constant rate that puts the level on the target a step or a lag ahead, mg/min."""
        ahead_min = max(self.target.step_min, self.lag_min)
        stopped = self._level(state, 0.0, ahead_min)
        per_rate = self._level(state, 1.0, ahead_min) - stopped
        wanted = min(most, max(0.0, (self.target.level_ng_per_ml - stopped) / per_rate))
        if self.lag_min == 0:
            return wanted
        return self._without_passing(state, self.target.level_ng_per_ml, wanted)

    def _without_passing(self, state: Floats, ceiling: float, rate: float) -> float:
        """The highest rate for one step, up to `rate`, after which no level is over a ceiling.

        Levels are linear in the rate, so the peak of one rate tells the rate that would just
        allow it. The rates come down to the answer, each with twice the digits.
        """
        elapsed_min, level = self._top(state, rate)
        while level > ceiling * (1.0 + _ROUNDING):
            stopped = self._level(state, 0.0, elapsed_min)
            if stopped >= ceiling:
                return 0.0
            rate *= (ceiling - stopped) / (level - stopped)
            elapsed_min, level = self._top(state, rate)
        return rate

    def _level(self, state: Floats, rate: float, elapsed_min: float) -> float:
        return self.course.level(self.course.after(_running(state, rate), elapsed_min))

    def _top(self, state: Floats, rate: float) -> tuple[float, float]:
        """Moment and height of the highest level if the pump stops after one step."""
        on = Piece(start_min=0.0, length_min=self.target.step_min, state=_running(state, rate))
        after = self.course.after(on.state, self.target.step_min)
        off = Piece(
            start_min=self.target.step_min,
            length_min=self.course.horizon_min,
            state=_running(after, 0.0),
        )
        return max(
            (
                (piece.start_min + mark.elapsed_min, self.course.level(mark.state))
                for piece in (on, off)
                for mark in self.course.marks(piece)
            ),
            key=lambda found: found[1],
        )


def _running(state: Floats, rate_mg_per_min: float) -> Floats:
    return np.append(state[:-1], rate_mg_per_min)


def _state_at(course: Course, history: PumpHistory, at_min: float) -> Floats:
    found = [piece.state for piece in pieces(course, history, from_min=at_min, until_min=at_min)]
    return found[0] if found else np.zeros(len(course.rows))


def _joined(edges: list[float], rates: list[Decimal], pump: PumpRange) -> tuple[TargetStep, ...]:
    """Steps, equal neighbours made one."""
    found = []
    for rate, group in groupby(zip(rates, pairwise(edges), strict=True), key=lambda one: one[0]):
        spans = [span for _, span in group]
        found.append(
            TargetStep(
                start_min=spans[0][0],
                end_min=spans[-1][1],
                rate_ml_per_h=rate,
                rate_mg_per_h=float(rate * pump.mg_per_ml),
            )
        )
    return tuple(found)


def _held(
    system: System, history: PumpHistory, target: Target, *, from_min: float, until_min: float
) -> tuple[float | None, float | None]:
    """When the level first comes within the tolerance, and the lowest once it rises no more."""
    spells = spells_above(
        system,
        history=history,
        level_ng_per_ml=target.lowest_ng_per_ml,
        output=target.output,
        from_min=from_min,
        until_min=until_min,
    )
    if not spells:
        return None, None
    reached_min = spells[0].start_min
    course = course_of(system, target.output)
    levels = [
        course.level(mark.state)
        for piece in pieces(course, history, from_min=reached_min, until_min=until_min)
        for mark in course.marks(piece)
    ]
    risen = next((n for n, pair in enumerate(pairwise(levels)) if pair[1] < pair[0]), -1)
    return reached_min, min(levels[risen:])


def _shortfalls(
    target: Target, pump: PumpRange, highest: Peak, lowest: float | None, *, is_spent: bool
) -> Iterator[Finding]:
    aim = f"the target of {target.level_ng_per_ml:.4g} ng/mL by more than"
    aim = f"{aim} {target.tolerance_percent:g} %"
    if lowest is None:
        yield _notice(
            "target.not_reached",
            f"The level stays under {aim}, with at most {pump.max_rate_ml_per_h} mL/h "
            f"and {pump.max_dose_mg} mg.",
        )
    elif lowest < target.lowest_ng_per_ml * (1.0 - _ROUNDING):
        yield _notice(
            "target.not_held", f"Once reached, the level falls to {lowest:.4g} ng/mL, under {aim}."
        )
    if highest.level_ng_per_ml > target.highest_ng_per_ml * (1.0 + _ROUNDING):
        yield _notice(
            "target.overshoot",
            f"The level is {highest.level_ng_per_ml:.4g} ng/mL at its highest, over {aim}.",
        )
    if is_spent:
        yield _notice(
            "target.dose_limit",
            f"{pump.max_dose_mg} mg, the most allowed, is given before the end.",
        )


def _notice(code: str, message: str) -> Finding:
    return Finding(code=code, severity=Severity.NOTICE, message=message, field="target")
