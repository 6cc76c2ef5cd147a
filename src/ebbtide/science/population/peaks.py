"""Highest levels and time above levels on a fine grid, without a look at every moment.

The grid is cut into chunks. Over a chunk a level strays from its chord by no more than its
bow, an eighth of the chunk's length squared times the most it can bend. Where chord and bow
already tell that nothing happens, or that all of the chunk is above, its moments are not
worked out; all others are. The answer is that of the whole grid.
"""

from collections.abc import Sequence

import numpy as np

from ebbtide.science.pk.modes import Floats, Modes
from ebbtide.science.population.stretch import (
    Grid,
    Indices,
    Lines,
    Stretch,
    rows,
)

CHUNK = 64  # moments
_AT_ONCE = 8192  # chunks worked out together: bounds the memory


class Peaks:
    """What is known of plasma (0) and effect site (1) of p patients, up to some moment.

    Attributes:
        highest_ng_per_ml: Shape (2, p).
        highest_at: Index of the first moment that has it, shape (2, p).
        steps_above: Number of steps that begin above each of k levels, shape (k, 2, p); the
            last moment begins none.
    """

    def __init__(self, modes: Modes, *, grid: Grid, levels_ng_per_ml: Sequence[float]) -> None:
        """Begin with nothing in the bodies."""
        people = len(modes.rate_per_min)
        self._knots = Lines(modes, grid, stride=CHUNK)
        self._bends = self._knots.bends()
        self._each = Lines(modes, grid, width=CHUNK).columns
        self._modes, self._grid, self._levels = modes, grid, tuple(levels_ng_per_ml)
        self.highest_ng_per_ml = np.zeros((2, people))
        self.highest_at = np.zeros((2, people), dtype=np.intp)
        self.steps_above = np.zeros((len(self._levels), 2, people), dtype=np.intp)

    def follow(self, stretches: Sequence[Stretch]) -> None:
        """Look at the whole course."""
        for stretch, first, last in self._grid.parts(stretches):
            self._look(stretch, first, last)

    def _look(self, stretch: Stretch, first: int, last: int) -> None:
        chunks = -(-(last - first) // CHUNK)
        sizes = np.full(chunks, CHUNK)
        sizes[-1] = last - first - CHUNK * (chunks - 1)
        steps = sizes.copy()
        steps[-1] -= last == self._grid.count
        heads = self._knots.heads(stretch, first=first, count=chunks + 1)
        level, bow = np.empty((2, 2, len(self._modes.rate_per_min), chunks + 1))
        self._knots.levels(heads, level)
        self._knots.bows(heads, self._bends, bow)
        before, after = level[:, :, :-1], level[:, :, 1:]
        self._raise_to(before.max(axis=2), first + CHUNK * before.argmax(axis=2))
        most = np.maximum(before, after)
        most += bow[:, :, :-1]
        least = np.minimum(before, after)
        least -= bow[:, :, :-1]
        doubtful = most > self.highest_ng_per_ml[:, :, None]
        for wanted in self._levels:
            doubtful |= (most > wanted) & (least <= wanted)
        for number, wanted in enumerate(self._levels):
            self.steps_above[number] += ((least > wanted) & ~doubtful) @ steps
        # np.nonzero is slow over three axes
        output, who, chunk = np.unravel_index(np.flatnonzero(doubtful), doubtful.shape)
        for start in range(0, len(who), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            of, here = (output[part], who[part]), chunk[part]
            states = self._knots.states(heads, who[part], here)
            knots = rows(*states, rate_mg_per_min=stretch.rate_mg_per_min)
            level = (knots[:, None] @ self._each[of])[:, 0]
            self._count(level, of, steps[here])
            self._climb(level, of, sizes[here], first + CHUNK * here)

    def _count(self, level: Floats, of: tuple[Indices, Indices], steps: Indices) -> None:
        begins = np.arange(CHUNK) < steps[:, None]
        for number, wanted in enumerate(self._levels):
            found = ((level > wanted) & begins).sum(axis=1)
            np.add.at(self.steps_above[number], of, found)

    def _climb(
        self, level: Floats, of: tuple[Indices, Indices], sizes: Indices, begin: Indices
    ) -> None:
        level[np.arange(CHUNK) >= sizes[:, None]] = 0.0  # belongs to the next stretch
        best = level.argmax(axis=1)
        highest = level[np.arange(len(best)), best]
        top = np.zeros_like(self.highest_ng_per_ml)
        np.maximum.at(top, of, highest)
        at = np.full(top.shape, self._grid.count)
        ties = highest == top[of]
        np.minimum.at(at, (of[0][ties], of[1][ties]), (begin + best)[ties])
        self._raise_to(top, at)

    def _raise_to(self, level: Floats, at: Indices) -> None:
        higher = level > self.highest_ng_per_ml
        self.highest_ng_per_ml[higher] = level[higher]
        self.highest_at[higher] = at[higher]
