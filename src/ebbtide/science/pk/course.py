"""The course of one output, followed exactly: where it turns and where it crosses a level.

Between two changes of the pump an output is a sum of exponentials, times powers of time
where two rates are equal. Each pass of d/dt + rate takes one exponential away, and the
zeros of what is left part the zeros of what was there before; the last has none. So the
turning points are bracketed from the last back to the first, and none is missed.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import Final

import numpy as np

from ebbtide.science.pk.modes import Floats
from ebbtide.science.pk.pump import PumpHistory
from ebbtide.science.pk.system import System, transition

_MINUTES_PER_H: Final = 60.0
_FINEST_STEP_EXPONENT: Final = -36  # 2^-36 min is under a nanosecond
_HALF_LIVES_TO_NOTHING: Final = 256  # 2^-256 of any level is nothing
_REAL_ENOUGH: Final = 1e-3  # a rate that repeats comes back split by rounding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mark:
    """A moment of a piece and the system at it.

    Attributes:
        elapsed_min: From the beginning of the piece.
        state: Shape (s + 1,): the states, then the rate that runs, mg/min.
    """

    elapsed_min: float
    state: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """A stretch of time at one rate, with no push after its beginning."""

    start_min: float
    length_min: float
    state: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """One output of a system, ready to be followed.

    Attributes:
        system: Only the states that the output depends on.
        rates_per_min: Shape (s,), of the exponentials, fastest first, each above 0.
        rows: Shape (s + 1, s + 1): the output, its slope, then the slope with one more
            exponential taken away in each row.
        steps_min: Shape (m,), powers of two, longest first.
        strides: Shape (m, s + 1, s + 1): what each step does to a state.
    """

    system: System
    rates_per_min: Floats
    rows: Floats
    steps_min: tuple[float, ...]
    strides: Floats

    @property
    def horizon_min(self) -> float:
        """Time after which nothing is left of whatever was given."""
        return _HALF_LIVES_TO_NOTHING * math.log(2.0) / float(self.rates_per_min[-1])

    def after(self, state: Floats, elapsed_min: float) -> Floats:
        """The state some time on, at the rate that runs."""
        return stride(self.system, elapsed_min) @ state

    def pushed(self, state: Floats, *, dose_mg: float, rate_mg_per_min: float) -> Floats:
        """The state with a dose added and the rate set."""
        return np.append(state[:-1] + dose_mg * self.system.input_per_mg, rate_mg_per_min)

    def level(self, state: Floats) -> float:
        """The output, ng/mL."""
        return max(0.0, float(self.rows[0] @ state))

    def marks(self, piece: Piece) -> list[Mark]:
        """Beginning, every turning point and end of a piece, in order."""
        begin = Mark(elapsed_min=0.0, state=piece.state)
        end_state = self.after(piece.state, piece.length_min)
        end = Mark(elapsed_min=piece.length_min, state=end_state)
        marks = [begin, end]
        for row in self.rows[:0:-1]:
            marks = [begin, *self._zeros(row, marks, level=0.0), end]
        return marks

    def crossings(self, marks: Sequence[Mark], *, level_ng_per_ml: float) -> list[Mark]:
        """Where the output passes a level, in order; at most once between two marks."""
        return self._zeros(self.rows[0], marks, level=level_ng_per_ml)

    def _zeros(self, row: Floats, marks: Sequence[Mark], *, level: float) -> list[Mark]:
        return [
            self._approach(row, left, before_min=right.elapsed_min, level=level)
            for left, right in pairwise(marks)
            if (row @ left.state - level) * (row @ right.state - level) < 0
        ]

    def _approach(self, row: Floats, mark: Mark, *, before_min: float, level: float) -> Mark:
        """The last moment at which the sign is still that of the mark, by ever shorter steps."""
        elapsed, state = mark.elapsed_min, mark.state
        was_above = row @ state > level
        for step_min, matrix in zip(self.steps_min, self.strides, strict=True):
            if elapsed + step_min < before_min:
                ahead = matrix @ state
                if (row @ ahead > level) == was_above:
                    elapsed, state = elapsed + step_min, ahead
        return Mark(elapsed_min=elapsed, state=state)


@lru_cache(maxsize=64)
def course_of(system: System, output: str) -> Course:
    """Make ready to follow an output.

    Raises:
        ValueError: The system has no such output, or a part of it would swing or never
            leave the body.

    Source: polya1922, on the zeros of solutions of a linear equation with real rates.
    """
    own = _narrowed(system, output)
    rates = decay_rates(own)
    size = len(rates)
    forward = np.zeros((size + 1, size + 1))
    forward[:size, :size] = own.matrix_per_min
    forward[:size, size] = own.input_per_mg
    rows = np.zeros((size + 1, size + 1))
    rows[0, :size] = own.outputs[output]
    rows[1] = rows[0] @ forward
    for number in range(1, size):
        rows[number + 1] = rows[number] @ forward + rates[number - 1] * rows[number]
    longest = math.ceil(math.log2(_HALF_LIVES_TO_NOTHING / rates[-1]))
    steps = tuple(2.0**power for power in range(longest, _FINEST_STEP_EXPONENT - 1, -1))
    return Course(
        system=own,
        rates_per_min=rates,
        rows=rows,
        steps_min=steps,
        strides=np.stack([stride(own, step) for step in steps]),
    )


def stride(system: System, elapsed_min: float) -> Floats:
    """What some time does to states and rate, shape (s + 1, s + 1)."""
    kept, gained = transition(system, elapsed_min=float(elapsed_min))
    size = len(gained)
    whole = np.zeros((size + 1, size + 1))
    whole[:size, :size], whole[:size, size], whole[size, size] = kept, gained, 1.0
    return whole


def decay_rates(system: System) -> Floats:
    """Rates of a system's exponentials, per min, shape (s,), fastest first.

    Raises:
        ValueError: A part of the system would swing or never leave the body.
    """
    values = np.linalg.eigvals(system.matrix_per_min)
    if (np.abs(values.imag) > _REAL_ENOUGH * np.abs(values)).any():
        raise ValueError("matrix_per_min must not swing: its rates have to be real")
    if (values.real >= 0).any():
        raise ValueError("matrix_per_min must let everything leave the body in the end")
    return np.asarray(np.sort(-values.real)[::-1], dtype=np.float64)


def pieces(
    course: Course,
    history: PumpHistory,
    *,
    from_min: float = -math.inf,
    until_min: float = math.inf,
) -> Iterator[Piece]:
    """The stretches of a history between two moments, each at one rate.

    The last goes on to `until_min`, at most to where nothing is left; a push at
    `until_min` itself still counts.

    Raises:
        ValueError: A moment is not a number, or they are out of order.
    """
    if not from_min <= until_min:
        raise ValueError(f"until_min must not be before from_min {from_min!r}, not {until_min!r}")
    changes = history.changes()
    state = np.zeros(len(course.rows))
    for change, following in zip_longest(changes, changes[1:]):
        next_min = following.at_min if following else math.inf
        gone_min = next_min if following else max(change.at_min, from_min) + course.horizon_min
        rate = change.rate_mg_per_h / _MINUTES_PER_H
        state = course.pushed(state, dose_mg=change.dose_mg, rate_mg_per_min=rate)
        start_min = max(change.at_min, from_min)
        end_min = min(gone_min, until_min)
        if start_min <= end_min and start_min < next_min:
            yield Piece(
                start_min=start_min,
                length_min=end_min - start_min,
                state=course.after(state, start_min - change.at_min),
            )
        if next_min <= until_min and next_min < math.inf:
            state = course.after(state, next_min - change.at_min)


def _narrowed(system: System, output: str) -> System:
    """The states that an output depends on, and nothing else."""
    if output not in system.outputs:
        raise ValueError(f"output must be one of {', '.join(system.outputs)}, not {output!r}")
    row = system.outputs[output]
    needed = row != 0
    while (more := needed | (system.matrix_per_min[needed] != 0).any(axis=0)).sum() > needed.sum():
        needed = more
    return System(
        matrix_per_min=system.matrix_per_min[np.ix_(needed, needed)],
        input_per_mg=system.input_per_mg[needed],
        outputs={output: row[needed]},
    )
