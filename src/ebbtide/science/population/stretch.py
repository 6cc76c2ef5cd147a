"""Levels of many patients on even grids, one stretch of constant rate at a time.

A grid of n moments is laid out in about sqrt(n) lines. States are exact at the head of each
line, what happens along a line is the same for every line, and one small matrix product joins
the two. No term is negative: no digit is lost, and no error grows with time.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

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
        plasma_ng_per_ml: Shape (p, m); the plasma level is the sum of the m exponentials.
        effect_ng_per_ml: Shape (p,).
    """

    modes: Modes
    start_min: float
    rate_mg_per_min: float
    plasma_ng_per_ml: Floats
    effect_ng_per_ml: Floats

    def states(self, elapsed_min: Floats) -> tuple[Floats, Floats]:
        """Exponentials of the plasma (p, m, n) and effect site (p, n), n times after the start."""
        rate = np.full(len(elapsed_min), self.rate_mg_per_min)
        spells = passage(self.modes, rate_mg_per_min=rate, elapsed_min=elapsed_min)
        return spells.after(self.plasma_ng_per_ml[:, :, None], self.effect_ng_per_ml[:, None])

    def state(self, at_min: float) -> tuple[Floats, Floats]:
        """Exponentials of the plasma (p, m) and effect site (p,) at one moment."""
        plasma, effect = self.states(np.array([at_min - self.start_min]))
        return plasma[:, :, 0], effect[:, 0]


def course(modes: Modes, changes: Sequence[Change]) -> list[Stretch]:
    """The way of p bodies through every change of the pump, in order."""
    found: list[Stretch] = []
    people, terms = modes.rate_per_min.shape
    plasma, effect = np.zeros((people, terms)), np.zeros(people)
    for change in changes:
        if found:
            plasma, effect = found[-1].state(change.at_min)
        found.append(
            Stretch(
                modes=modes,
                start_min=change.at_min,
                rate_mg_per_min=change.rate_mg_per_h / _MINUTES_PER_H,
                plasma_ng_per_ml=plasma + change.dose_mg * modes.jump_ng_per_ml,
                effect_ng_per_ml=effect,
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Moments 0, one step, two steps ... on the clock of the history."""

    step_s: float
    count: int

    @property
    def times_min(self) -> Floats:
        """Shape (n,)."""
        return np.arange(self.count, dtype=np.float64) * self.step_s / _SECONDS_PER_MIN

    def parts(self, stretches: Sequence[Stretch]) -> Iterator[tuple[Stretch, int, int]]:
        """Each stretch that has moments, its first index and the one after its last.

        A push counts from its own moment on.
        """
        starts = np.searchsorted(self.times_min, [one.start_min for one in stretches])
        edges = pairwise([*starts.tolist(), self.count])
        for stretch, (first, last) in zip(stretches, edges, strict=True):
            if first < last:
                yield stretch, first, last


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heads:
    """States at the head of each of l lines that a stretch's moments are laid out in.

    Attributes:
        count: Moments in all; the last line may be short.
        plasma_ng_per_ml: Shape (p, m, l).
        effect_ng_per_ml: Shape (p, l).
    """

    stretch: Stretch
    count: int
    plasma_ng_per_ml: Floats
    effect_ng_per_ml: Floats


class Lines:
    """Every `stride`-th moment of a grid, laid out in lines, for any stretch of p patients.

    Attributes:
        columns: What turns a row of `rows` into levels at each place along a line, plasma
            and effect site; shape (2, p, m + 2, width).
    """

    def __init__(self, modes: Modes, grid: Grid, *, stride: int = 1, width: int = 0) -> None:
        """Work out what happens along a line, at 1 mg/min.

        A line is as long as there are lines in the whole grid, unless a width is given.
        """
        self._modes, self._grid = modes, grid
        self._step_min = stride * grid.step_s / _SECONDS_PER_MIN
        self._width = width or math.isqrt(-(-grid.count // stride))
        self._along = passage(
            modes,
            rate_mg_per_min=np.ones(self._width),
            elapsed_min=self._step_min * np.arange(0.0, self._width),
        )
        self.columns = _columns(self._along)

    def heads(self, stretch: Stretch, *, first: int, count: int) -> Heads:
        """Lay out moments from an index of the grid on, at least one."""
        elapsed_min = first * self._grid.step_s / _SECONDS_PER_MIN - stretch.start_min
        plasma, effect = stretch.states(
            elapsed_min + self._step_min * np.arange(0.0, count, self._width)
        )
        return Heads(stretch=stretch, count=count, plasma_ng_per_ml=plasma, effect_ng_per_ml=effect)

    def levels(self, heads: Heads, out: Floats) -> None:
        """Write plasma and effect-site levels of p patients into an array (2, p, n)."""
        plasma, effect = heads.plasma_ng_per_ml.transpose(0, 2, 1), heads.effect_ng_per_ml
        lines = rows(plasma, effect, rate_mg_per_min=heads.stretch.rate_mg_per_min)
        for number in (0, 1):
            self._join(lines, self.columns[number], out[number])

    def bends(self) -> Floats:
        """What `bows` needs along a line, shape (2, p, m + 1, width)."""
        modes, along = self._modes, self._along
        rate, ke0 = modes.rate_per_min[:, :, None], modes.ke0_per_min[:, :, None]
        people, terms, _ = rate.shape
        found = np.empty((2, people, terms + 1, self._width))
        found[0, :, :-1] = rate * along.plasma_kept
        found[0, :, -1] = 0.0
        found[1, :, :-1] = ke0 * ((1 + ke0 * self._step_min) * along.plasma_kept)
        found[1, :, :-1] += ke0 * along.effect_sent
        found[1, :, -1] = modes.ke0_per_min**2 * along.effect_kept
        return np.asarray(self._step_min**2 / 8 * found)

    def bows(self, heads: Heads, bends: Floats, out: Floats) -> None:
        """Write how far levels can stray from the chord to the next moment; (2, p, n).

        A smooth curve strays by no more than an eighth of the chord's length squared times the
        most it bends. All exponentials are taken to bend the same way, so that a bow may be
        wider than need be, never narrower.
        """
        modes, plasma = self._modes, heads.plasma_ng_per_ml
        settled = modes.jump_ng_per_ml[:, :, None] * heads.stretch.rate_mg_per_min
        pull = np.abs(modes.rate_per_min[:, :, None] * plasma - settled)  # ng/mL/min
        apart = np.abs(plasma.sum(axis=1) - heads.effect_ng_per_ml)[:, None]
        lines = np.concatenate((pull, apart), axis=1).transpose(0, 2, 1)
        for number in (0, 1):
            self._join(lines, bends[number], out[number])

    def states(self, heads: Heads, who: Indices, where: Indices) -> tuple[Floats, Floats]:
        """Plasma exponentials (k, m) and effect site (k,) of k patients, each at one moment."""
        line, place = np.divmod(where, self._width)
        plasma, along = heads.plasma_ng_per_ml[who, :, line], self._along
        rate = heads.stretch.rate_mg_per_min
        effect = (
            heads.effect_ng_per_ml[who, line] * along.effect_kept[who, place]
            + (plasma * along.effect_sent[who, :, place]).sum(axis=1)
            + rate * along.effect_gained[who, place]
        )
        kept, gained = along.plasma_kept[who, :, place], along.plasma_gained[who, :, place]
        return plasma * kept + rate * gained, effect

    def _join(self, lines: Floats, columns: Floats, out: Floats) -> None:
        """Products of l lines and the columns, written as one row of n for each patient."""
        count = out.shape[1]
        full = count // self._width
        whole = out[:, : full * self._width].reshape(len(out), full, self._width)
        np.matmul(lines[:, :full], columns, out=whole)
        rest = count - full * self._width
        if rest:
            out[:, full * self._width :] = (lines[:, full:] @ columns[:, :, :rest])[:, 0]


def rows(plasma: Floats, effect: Floats, *, rate_mg_per_min: float) -> Floats:
    """States as rows (..., m + 2): m exponentials, the effect site and the rate."""
    site = effect[..., None]
    return np.concatenate((plasma, site, np.full_like(site, rate_mg_per_min)), axis=-1)


def _columns(along: Passage) -> Floats:
    people, terms, count = along.plasma_kept.shape
    columns = np.zeros((2, people, terms + 2, count))
    columns[0, :, :terms] = along.plasma_kept
    columns[0, :, terms + 1] = along.plasma_gained.sum(axis=1)
    columns[1, :, :terms] = along.effect_sent
    columns[1, :, terms] = along.effect_kept
    columns[1, :, terms + 1] = along.effect_gained
    return columns


def write_levels(modes: Modes, stretches: Sequence[Stretch], grid: Grid, out: Floats) -> None:
    """Write levels on a grid into an array (2, p, n): plasma, then effect site; ng/mL."""
    lines, written = Lines(modes, grid), grid.count
    for stretch, first, last in grid.parts(stretches):
        heads = lines.heads(stretch, first=first, count=last - first)
        lines.levels(heads, out[:, :, first:last])
        written = min(written, first)
    out[:, :, :written] = 0.0
