"""Exposure in closed form: highest level, area under the curve, time above a level.

Nothing is read off a grid: turning points and crossings are found on the exact curve,
areas are integrals of the states.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from ebbtide.science.pk.course import Course, course_of, pieces, stride
from ebbtide.science.pk.modes import Floats
from ebbtide.science.pk.pump import PumpHistory, given_mg
from ebbtide.science.pk.system import System

_MINUTES_PER_H: Final = 60.0
_ML_PER_L: Final = 1000.0
_NOTHING: Final = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The highest level, and the first moment at which it is reached."""

    at_min: float
    level_ng_per_ml: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A stretch of time during which a level is exceeded."""

    start_min: float
    end_min: float

    @property
    def length_min(self) -> float:
        """How long it lasts."""
        return self.end_min - self.start_min


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What a body meets of one output over a whole pump history.

    Attributes:
        output: Which level, for example "plasma".
        tmax_min: On the clock of the history.
        auc_ng_h_per_ml: To infinity.
        time_above_min: By level asked for, ng/mL.
        half_lives_min: Shortest first; the last is the terminal one.
    """

    output: str
    cmax_ng_per_ml: float
    tmax_min: float
    auc_ng_h_per_ml: float
    time_above_min: Mapping[float, float]
    half_lives_min: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noncompartmental:
    """What an analysis without compartments would find from a perfect curve.

    Attributes:
        mrt_min: Mean residence time after a push.
    """

    cl_l_per_h: float
    vss_l: float
    mrt_min: float
    terminal_half_life_min: float


def exposure(
    system: System,
    *,
    history: PumpHistory,
    output: str = "plasma",
    above_ng_per_ml: Sequence[float] = (),
) -> Exposure:
    """Exposure of one output to a whole history, its tail included.

    Args:
        system: The body.
        history: What the pump gave.
        output: A key of the system's outputs.
        above_ng_per_ml: Levels of which the time above is wanted.

    Raises:
        ValueError: No such output, a level not finite and above 0, or nothing given.
    """
    highest = peak(system, history=history, output=output)
    return Exposure(
        output=output,
        cmax_ng_per_ml=highest.level_ng_per_ml,
        tmax_min=highest.at_min,
        auc_ng_h_per_ml=auc_ng_h_per_ml(system, history=history, output=output),
        time_above_min={
            level: time_above_min(system, history=history, output=output, level_ng_per_ml=level)
            for level in above_ng_per_ml
        },
        half_lives_min=half_lives_min(system, output=output),
    )


def peak(
    system: System,
    *,
    history: PumpHistory,
    output: str = "plasma",
    from_min: float = -math.inf,
    until_min: float = math.inf,
) -> Peak:
    """The highest level between two moments, exact, tail included.

    Raises:
        ValueError: No such output, moments out of order, or nothing happens between them.
    """
    course = course_of(system, output)
    found = [
        Peak(at_min=piece.start_min + mark.elapsed_min, level_ng_per_ml=course.level(mark.state))
        for piece in pieces(course, history, from_min=from_min, until_min=until_min)
        for mark in course.marks(piece)
    ]
    if not found:
        raise ValueError("history must hold a change of the pump before until_min")
    return max(found, key=lambda one: one.level_ng_per_ml)


def spells_above(
    system: System,
    *,
    history: PumpHistory,
    level_ng_per_ml: float,
    output: str = "plasma",
    from_min: float = -math.inf,
    until_min: float = math.inf,
) -> tuple[Spell, ...]:
    """When a level is exceeded between two moments, in order.

    Raises:
        ValueError: No such output, the level is not finite and above 0, or the moments
            are out of order.
    """
    if not (math.isfinite(level_ng_per_ml) and level_ng_per_ml > 0):
        raise ValueError(f"level_ng_per_ml must be finite and above 0, not {level_ng_per_ml!r}")
    course = course_of(system, output)
    spells: list[Spell] = []
    for piece in pieces(course, history, from_min=from_min, until_min=until_min):
        marks = course.marks(piece)
        crossings = course.crossings(marks, level_ng_per_ml=level_ng_per_ml)
        for left, right in pairwise(sorted([*marks, *crossings], key=lambda one: one.elapsed_min)):
            # between these two the level only rises or only falls, and does not cross
            if course.level(left.state) + course.level(right.state) > 2 * level_ng_per_ml:
                start_min = piece.start_min + left.elapsed_min
                _lengthen(spells, start_min, piece.start_min + right.elapsed_min)
    return tuple(spells)


def time_above_min(
    system: System,
    *,
    history: PumpHistory,
    level_ng_per_ml: float,
    output: str = "plasma",
    from_min: float = -math.inf,
    until_min: float = math.inf,
) -> float:
    """How long a level is exceeded between two moments; errors as `spells_above`."""
    spells = spells_above(
        system,
        history=history,
        level_ng_per_ml=level_ng_per_ml,
        output=output,
        from_min=from_min,
        until_min=until_min,
    )
    return math.fsum(spell.length_min for spell in spells)


def auc_ng_h_per_ml(
    system: System,
    *,
    history: PumpHistory,
    output: str = "plasma",
    until_min: float = math.inf,
) -> float:
    """Area under the curve from the first change of the pump to a moment, or to infinity.

    To infinity it is the dose times a row of the inverse matrix, whatever the timing; to
    a moment, the area is carried along as one more state.

    Raises:
        ValueError: No such output, or the moment is not a number.
    """
    if math.isnan(until_min):
        raise ValueError("until_min must be a number")
    course = course_of(system, output)
    if until_min == math.inf:
        last_min = max((change.at_min for change in history.changes()), default=0.0)
        dose_mg = given_mg(history, last_min)
        return dose_mg * _area_per_mg(course) / _MINUTES_PER_H
    collector = _collecting(course.system, output)
    area = 0.0
    for piece in pieces(course, history, until_min=until_min):
        state = np.insert(piece.state, -1, 0.0)
        area += float((stride(collector, piece.length_min) @ state)[-2])
    return area / _MINUTES_PER_H


def half_lives_min(system: System, *, output: str = "plasma") -> tuple[float, ...]:
    """Half-lives of the exponentials that an output is made of, shortest first.

    A rate of the states that cancels in the output, as that of two compartments which fill
    and empty alike, is left out.

    Raises:
        ValueError: No such output.
    """
    course = course_of(system, output)
    rates = course.rates_per_min
    seen = [rate for number, rate in enumerate(rates) if _is_seen(course, number)]
    return tuple((math.log(2.0) / np.array(seen)).tolist())


def noncompartmental(system: System, *, output: str = "plasma") -> Noncompartmental:
    """Clearance and volume at steady state as an analysis without compartments has them.

    CL = dose / AUC and Vss = CL x MRT, MRT = AUMC / AUC after a push into the blood; the
    areas are exact, to infinity.

    Raises:
        ValueError: No such output.

    Source: gibaldi1982, statistical moments.
    """
    course = course_of(system, output)
    area, moment = _area_per_mg(course), _moment_per_mg(course)
    cl_ml_per_min = 1e6 / area  # 1 mg is 1e6 ng
    mrt_min = moment / area
    return Noncompartmental(
        cl_l_per_h=cl_ml_per_min * _MINUTES_PER_H / _ML_PER_L,
        vss_l=cl_ml_per_min * mrt_min / _ML_PER_L,
        mrt_min=mrt_min,
        terminal_half_life_min=math.log(2.0) / float(course.rates_per_min[-1]),
    )


def _lengthen(spells: list[Spell], start_min: float, end_min: float) -> None:
    """Add a stretch, to the last spell where that goes on."""
    if spells and spells[-1].end_min == start_min:
        start_min = spells.pop().start_min
    if start_min < end_min:
        spells.append(Spell(start_min=start_min, end_min=end_min))


def _is_seen(course: Course, number: int) -> bool:
    """Whether anything is left of the answer to a push when all other rates are taken away."""
    left = course.system.input_per_mg
    most = left.copy()
    for rate in np.delete(course.rates_per_min, number):
        left = course.system.matrix_per_min @ left + rate * left
        most = np.abs(course.system.matrix_per_min) @ most + rate * most
    row = course.rows[0, :-1]
    return bool(np.abs(row @ left) > _NOTHING * (row @ most))


def _area_per_mg(course: Course) -> float:
    """Area to infinity of 1 mg, ng min/mL."""
    return float(course.rows[0, :-1] @ _stay(course.system, course.system.input_per_mg))


def _moment_per_mg(course: Course) -> float:
    """First moment of the curve of 1 mg pushed at 0, ng min^2/mL."""
    once = _stay(course.system, course.system.input_per_mg)
    return float(course.rows[0, :-1] @ _stay(course.system, once))


def _stay(system: System, begin: Floats) -> Floats:
    """The integral of each state over all time."""
    return np.asarray(np.linalg.solve(-system.matrix_per_min, begin), dtype=np.float64)


def _collecting(system: System, output: str) -> System:
    """The system with the area under its output as one more state, last."""
    size = len(system.input_per_mg)
    matrix = np.zeros((size + 1, size + 1))
    matrix[:size, :size] = system.matrix_per_min
    matrix[size, :size] = system.outputs[output]
    return System(
        matrix_per_min=matrix,
        input_per_mg=np.append(system.input_per_mg, 0.0),
        outputs={"area": np.append(np.zeros(size), 1.0)},
    )
