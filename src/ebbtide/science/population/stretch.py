"""Levels of many patients on even grids, one stretch of constant rate at a time.

A grid of n moments is laid out in about sqrt(n) lines. States are exact at the head of each
line, what happens along a line is the same for every line, and one small matrix product joins
the two. No term is negative: no digit is lost, and no error grows with time.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from ebbtide.science.pk.modes import Floats, Modes, Passage, passage
from ebbtide.science.pk.pump import Change

Indices = NDArray[np.intp]

_MINUTES_PER_H = 60.0
_SECONDS_PER_MIN = 60.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """What is in p bodies right after a change of the pump, and the rate from there on.

    Attributes:
        end_min: Of the next change, infinite after the last.
        plasma_ng_per_ml: Shape (p, m); the plasma level is the sum of the m exponentials.
        effect_ng_per_ml: Shape (p,).
    """

    modes: Modes
    start_min: float
    end_min: float
    rate_mg_per_min: float
    plasma_ng_per_ml: Floats
    effect_ng_per_ml: Floats

    def over(self, elapsed_min: Floats) -> Passage:
        """What n lengths of time do at this rate."""
        rate = np.full(len(elapsed_min), self.rate_mg_per_min)
        return passage(self.modes, rate_mg_per_min=rate, elapsed_min=elapsed_min)

    def states(self, elapsed_min: Floats) -> tuple[Floats, Floats]:
        """Exponentials of the plasma (p, m, n) and effect site (p, n), n times after the start."""
        return self.over(elapsed_min).after(
            self.plasma_ng_per_ml[:, :, None], self.effect_ng_per_ml[:, None]
        )


def stretches(modes: Modes, changes: Sequence[Change]) -> Iterator[Stretch]:
    """The course of p bodies through every change of the pump, in order."""
    people, terms = modes.rate_per_min.shape
    plasma, effect = np.zeros((people, terms)), np.zeros(people)
    ends = chain((change.at_min for change in changes[1:]), [math.inf])
    for change, end_min in zip(changes, ends, strict=False):  # no change, no end
        stretch = Stretch(
            modes=modes,
            start_min=change.at_min,
            end_min=end_min,
            rate_mg_per_min=change.rate_mg_per_h / _MINUTES_PER_H,
            plasma_ng_per_ml=plasma + change.dose_mg * modes.jump_ng_per_ml,
            effect_ng_per_ml=effect,
        )
        yield stretch
        if end_min < math.inf:
            later, site = stretch.states(np.array([end_min - change.at_min]))
            plasma, effect = later[:, :, 0], site[:, 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Moments 0, one step, two steps ... on the clock of the history."""

    step_s: float
    count: int

    @property
    def times_min(self) -> Floats:
        """Shape (n,)."""
        return np.arange(self.count, dtype=np.float64) * self.step_s / _SECONDS_PER_MIN

    def parts(self, changes: Sequence[Change]) -> list[tuple[int, int]]:
        """First index and the one after the last, for each change; a push counts at once."""
        starts = np.searchsorted(self.times_min, [change.at_min for change in changes])
        return list(pairwise([*starts.tolist(), self.count]))

    def lines(self, stretch: Stretch, *, first: int, stride: int, count: int) -> "Lines":
        """Every `stride`-th moment from index `first` on, within a stretch."""
        begin_min = first * self.step_s / _SECONDS_PER_MIN
        return Lines(
            stretch,
            elapsed_min=begin_min - stretch.start_min,
            step_min=stride * self.step_s / _SECONDS_PER_MIN,
            count=count,
        )


class Lines:
    """An even grid within a stretch, laid out in lines.

    Attributes:
        width: Moments in a line.
        plasma, effect: States at the heads of the lines, (p, m, lines) and (p, lines).
        along: What happens from the head of any line to each place along it.
    """

    def __init__(
        self, stretch: Stretch, *, elapsed_min: float, step_min: float, count: int
    ) -> None:
        """Lay out at least one moment, the first some time after the stretch's start."""
        self._stretch, self._step_min, self._count = stretch, step_min, count
        self.width = math.isqrt(count)
        heads = step_min * np.arange(0.0, count, self.width)
        self.plasma, self.effect = stretch.states(elapsed_min + heads)
        self.along = stretch.over(step_min * np.arange(0.0, self.width))

    def levels(self, out: Floats) -> None:
        """Write plasma and effect-site levels of p patients into an array (2, p, n)."""
        heads = head_rows(self.plasma.transpose(0, 2, 1), self.effect)
        places = readout(self.along)
        for number in (0, 1):
            self._join(heads, places[number], out[number])

    def bows(self, out: Floats) -> None:
        """Write how far levels can stray from the chord to the next moment; (2, p, n).

        A smooth curve strays by no more than an eighth of the chord's length squared times the
        most it bends. All exponentials are taken to bend the same way, so that a bow may be
        wider than need be, never narrower.
        """
        modes, along = self._stretch.modes, self.along
        rate, ke0 = modes.rate_per_min[:, :, None], modes.ke0_per_min[:, :, None]
        settled = modes.jump_ng_per_ml[:, :, None] * self._stretch.rate_mg_per_min
        pull = np.abs(rate * self.plasma - settled)  # of the plasma on each exponential
        apart = np.abs(self.plasma.sum(axis=1) - self.effect)[:, None]
        heads = np.concatenate((pull, apart), axis=1).transpose(0, 2, 1)
        bends = np.zeros((2, *heads.shape[::2], self.width))
        bends[0, :, :-1] = rate * along.plasma_kept
        bends[1, :, :-1] = ke0 * (
            (1 + ke0 * self._step_min) * along.plasma_kept + along.effect_sent
        )
        bends[1, :, -1] = modes.ke0_per_min**2 * along.effect_kept
        bends *= self._step_min**2 / 8
        for number in (0, 1):
            self._join(heads, bends[number], out[number])

    def states(self, who: Indices, where: Indices) -> tuple[Floats, Floats]:
        """Plasma exponentials (k, m) and effect site (k,) of k patients, each at one moment."""
        line, place = np.divmod(where, self.width)
        plasma, along = self.plasma[who, :, line], self.along
        effect = (
            self.effect[who, line] * along.effect_kept[who, place]
            + (plasma * along.effect_sent[who, :, place]).sum(axis=1)
            + along.effect_gained[who, place]
        )
        kept, gained = along.plasma_kept[who, :, place], along.plasma_gained[who, :, place]
        return plasma * kept + gained, effect

    def _join(self, heads: Floats, places: Floats, out: Floats) -> None:
        full = self._count // self.width
        whole = out[:, : full * self.width].reshape(len(out), full, self.width)
        np.matmul(heads[:, :full], places, out=whole)
        rest = self._count - full * self.width
        if rest:
            out[:, full * self.width :] = (heads[:, full:] @ places[:, :, :rest])[:, 0]


def head_rows(plasma: Floats, effect: Floats) -> Floats:
    """States as rows for `readout`: m exponentials (..., m), the effect site (...) and 1."""
    site = effect[..., None]
    return np.concatenate((plasma, site, np.ones_like(site)), axis=-1)


def readout(spells: Passage) -> Floats:
    """Columns that turn a row of `head_rows` into levels after each spell; (2, p, m + 2, n).

    The first of the two gives the plasma, the second the effect site.
    """
    people, terms, count = spells.plasma_kept.shape
    columns = np.zeros((2, people, terms + 2, count))
    columns[0, :, :terms] = spells.plasma_kept
    columns[0, :, terms + 1] = spells.plasma_gained.sum(axis=1)
    columns[1, :, :terms] = spells.effect_sent
    columns[1, :, terms] = spells.effect_kept
    columns[1, :, terms + 1] = spells.effect_gained
    return columns


def write_levels(modes: Modes, changes: Sequence[Change], grid: Grid, out: Floats) -> None:
    """Write levels on a grid into an array (2, p, n): plasma, then effect site; ng/mL."""
    parts = grid.parts(changes)
    out[:, :, : parts[0][0] if parts else grid.count] = 0.0
    for stretch, (first, last) in zip(stretches(modes, changes), parts, strict=True):
        if first < last:
            lines = grid.lines(stretch, first=first, stride=1, count=last - first)
            lines.levels(out[:, :, first:last])
