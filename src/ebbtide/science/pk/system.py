"""Any linear system of compartments, moved on exactly through constant rates and pushes.

No differential equation is solved step by step and nothing is split into exponentials, so
that compartments in a row with one rate, as in a chain of transits, need no case of their own.
With the fastest loss taken out, the matrix and every power of it hold no negative entry: a sum
of such terms loses no digits, and each state keeps its own relative accuracy however small.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ebbtide.science.pk.modes import Floats
from ebbtide.science.pk.moments import checked_times, even_step
from ebbtide.science.pk.pump import Change, PumpHistory

_MINUTES_PER_H = 60.0
_WORTH_FACTORISING = 256
_TERMS_PAST_SIZE = 16  # (1/2)^16 / 16! is below 1e-18
_LEAST = 1e-290  # below it a number is nothing beside any level, and soon a denormal one

_Extended = NDArray[np.longdouble]
_Numbers = TypeVar("_Numbers", Floats, _Extended)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class System:
    """States x of compartments with dx/dt = A x + b * rate.

    Attributes:
        matrix_per_min: A, shape (s, s); its diagonal is not above 0, the rest not below.
        input_per_mg: b, shape (s,); what 1 mg given adds to the states.
        outputs: By name a row of shape (s,) that makes a level, ng/mL, of the states:
            "plasma", "effect", "norketamine", "hydroxynorketamine".

    Raises:
        ValueError: A shape does not fit, a number is not finite, or one that must not be
            negative is.
    """

    matrix_per_min: Floats
    input_per_mg: Floats
    outputs: Mapping[str, Floats]

    def __post_init__(self) -> None:
        """Refuse what no compartments can be."""
        size = len(self.input_per_mg)
        signs = 1 - 2 * np.eye(*self.matrix_per_min.shape)
        _require("matrix_per_min", self.matrix_per_min * signs, (size, size))
        _require("input_per_mg", self.input_per_mg, (size,))
        for name, row in self.outputs.items():
            _require(f"outputs[{name!r}]", row, (size,))


def _require(field: str, values: Floats, shape: tuple[int, ...]) -> None:
    if values.shape != shape:
        raise ValueError(f"{field} must be of shape {shape}, not {values.shape}")
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError(
            f"{field} must be finite and not below 0 (a diagonal not above), not {values!r}"
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ladder:
    """What moves a system on: by doubled steps, and by a series for what is left.

    The rate of the pump is the last state, constant until it is changed.

    Attributes:
        lossless_per_min: The matrix with the fastest loss taken out, shape (s + 1, s + 1).
        loss_per_min: The fastest loss.
        steps: Pairs of minutes and the matrix for so long, longest first, each half the one
            before.
    """

    lossless_per_min: Floats
    loss_per_min: float
    steps: tuple[tuple[float, Floats], ...]

    def turned(self) -> "_Ladder":
        """The ladder for rows instead of columns."""
        return _Ladder(
            lossless_per_min=self.lossless_per_min.T,
            loss_per_min=self.loss_per_min,
            steps=tuple((step_min, matrix.T) for step_min, matrix in self.steps),
        )

    def climb(self, columns: Floats, elapsed_min: Floats) -> Floats:
        """Move each column (s + 1, n) on by its own time (n,)."""
        moved, rest = columns.copy(), elapsed_min.copy()
        for step_min, matrix in self.steps:
            far = rest >= step_min
            if far.any():
                moved[:, far] = matrix @ moved[:, far]
                rest[far] -= step_min
        return _series(self.lossless_per_min, self.loss_per_min, moved, rest)


def transition(system: System, *, elapsed_min: float) -> tuple[Floats, Floats]:
    """What a spell of time does to the states: kept (s, s), and gained per mg/min (s,).

    After it the states are `kept @ before + gained * rate_mg_per_min`.

    Raises:
        ValueError: The time is negative or not finite.
    """
    if not (math.isfinite(elapsed_min) and elapsed_min >= 0):
        raise ValueError(f"elapsed_min must be finite and not below 0, not {elapsed_min!r}")
    size = len(system.input_per_mg) + 1
    moved = _ladder(system, _octave(elapsed_min)).climb(
        np.eye(size), np.full(size, float(elapsed_min))
    )
    return moved[:-1, :-1], moved[:-1, -1]


def states(system: System, *, history: PumpHistory, times_min: Floats) -> Floats:
    """States at any moments, shape (s, n); 0 before the first change of the pump.

    A push counts from its own moment on.

    Args:
        system: The compartments.
        history: What the pump gave.
        times_min: Shape (n,), in order, on the clock of the history.

    Raises:
        ValueError: The moments are not a row of finite numbers in order.
    """
    return observe(
        system, history=history, times_min=times_min, rows=np.eye(len(system.input_per_mg))
    )


def levels_of(system: System, *, history: PumpHistory, times_min: Floats) -> dict[str, Floats]:
    """Every output of a system at any moments, each of shape (n,), ng/mL.

    Raises:
        ValueError: The moments are not a row of finite numbers in order.
    """
    rows = np.stack(list(system.outputs.values()))
    found = observe(system, history=history, times_min=times_min, rows=rows)
    return dict(zip(system.outputs, found, strict=True))


def observe(system: System, *, history: PumpHistory, times_min: Floats, rows: Floats) -> Floats:
    """Sums of states, one for each of o rows of weights (o, s), at n moments: shape (o, n).

    Raises:
        ValueError: The moments are not a row of finite numbers in order.
    """
    times, changes = checked_times(times_min), history.changes()
    out = np.zeros((len(rows), len(times)))
    if not (len(times) and changes):
        return out
    rows = np.hstack((rows, np.zeros((len(rows), 1))))
    at_min = [change.at_min for change in changes]
    ladder = _ladder(system, _octave(max(float(times[-1]), at_min[-1]) - at_min[0]))
    edges = [*np.searchsorted(times, at_min).tolist(), len(times)]
    is_even = even_step(times) is not None
    after = _course(system, ladder, changes)
    for number, (first, last) in enumerate(pairwise(edges)):
        spell = times[first:last] - at_min[number]
        if first == last:
            continue
        if is_even and len(spell) >= _WORTH_FACTORISING:
            out[:, first:last] = _evenly(ladder, after[number], spell, rows)
        else:
            alike = np.repeat(after[number][:, None], len(spell), axis=1)
            out[:, first:last] = rows @ ladder.climb(alike, spell)
    out[out < _LEAST] = 0.0
    return out


def _course(system: System, ladder: _Ladder, changes: Sequence[Change]) -> list[Floats]:
    """States and rate just after each change."""
    state = np.zeros(len(system.input_per_mg) + 1)
    found = []
    for earlier, change in zip((changes[0], *changes), changes, strict=False):
        elapsed = np.array([float(change.at_min - earlier.at_min)])
        state = ladder.climb(state[:, None], elapsed)[:, 0]
        state[:-1] += change.dose_mg * system.input_per_mg
        state[-1] = change.rate_mg_per_h / _MINUTES_PER_H
        found.append(state)
    return found


def _evenly(ladder: _Ladder, state: Floats, elapsed_min: Floats, rows: Floats) -> Floats:
    """Sums of states on an even grid, with far fewer matrices than moments.

    Moments are laid out in lines of one length. The states at the head of each line and the
    rows at each place along a line are moved on, and one small product gives every moment.
    """
    width = math.isqrt(len(elapsed_min))
    lines = -(-len(elapsed_min) // width)
    heads = ladder.climb(np.repeat(state[:, None], lines, axis=1), elapsed_min[::width])
    along = elapsed_min[:width] - elapsed_min[0]
    places = ladder.turned().climb(np.repeat(rows.T, width, axis=1), np.tile(along, len(rows)))
    laid_out = heads.T @ places.reshape(len(state), len(rows), width).transpose(1, 0, 2)
    return laid_out.reshape(len(rows), -1)[:, : len(elapsed_min)]


def _octave(span_min: float) -> int:
    """The least power of 2 above a span of time, as its exponent."""
    return math.frexp(span_min)[1]


@lru_cache(maxsize=64)
def _ladder(system: System, octave: int) -> _Ladder:
    """Double the step until it is past half of 2**octave minutes.

    A product doubles the error of its factors, so the doubling is done in the widest numbers
    that the machine has.
    """
    size = len(system.input_per_mg) + 1
    matrix = np.zeros((size, size), dtype=np.longdouble)
    matrix[:-1, :-1], matrix[:-1, -1] = system.matrix_per_min, system.input_per_mg
    loss = -float(matrix.diagonal().min())
    lossless = matrix + loss * np.eye(size)
    # with at most half a loss in the shortest step the series needs few terms
    least = min(octave, -_octave(loss) - 1)
    unit = np.eye(size, dtype=np.longdouble)
    step = _series(lossless, loss, unit, np.full(size, 2.0**least, dtype=np.longdouble))
    steps = []
    for exponent in range(least, octave):
        steps.append((2.0**exponent, step.astype(np.float64)))
        step = step @ step
    return _Ladder(
        lossless_per_min=lossless.astype(np.float64), loss_per_min=loss, steps=tuple(steps[::-1])
    )


def _series(lossless: _Numbers, loss: float, columns: _Numbers, elapsed: _Numbers) -> _Numbers:
    """Columns moved on by their own short times, as the power series of the exponential."""
    term, total = columns, columns.copy()
    for number in range(1, len(lossless) + _TERMS_PAST_SIZE):
        term = np.matmul(lossless, term)
        term *= elapsed / number
        total += term
    total *= np.exp(-loss * elapsed)
    return total
