"""Plasma and effect-site levels over any pump history, in closed form."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN, ke0_per_min
from ebbtide.science.pk.models import PkParameters
from ebbtide.science.pk.modes import Floats, Modes, decay, decompose, passage
from ebbtide.science.pk.moments import checked_times, even_step
from ebbtide.science.pk.pump import Change, PumpHistory

_MINUTES_PER_H = 60.0
_WORTH_FACTORISING = 500
_LEAST_SHARE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levels:
    """Levels at moments; each array has shape (n,)."""

    times_min: Floats
    plasma_ng_per_ml: Floats
    effect_ng_per_ml: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Course:
    """What is in p bodies at each of s changes of the pump, and the rate from there on.

    Attributes:
        at_min: Shape (s,).
        rate_mg_per_min: Shape (s,).
        plasma: Shape (p, 3, s), ng/mL; the plasma level is the sum of the three.
        effect: Shape (p, s), ng/mL.
    """

    at_min: Floats
    rate_mg_per_min: Floats
    plasma: Floats
    effect: Floats


def levels(
    parameters: PkParameters,
    *,
    history: PumpHistory,
    times_min: Floats,
    ke0_half_life_min: float = EFFECT_SITE_HALF_LIFE_MIN,
) -> Levels:
    """Typical levels at any moments, exact at and around every change of the pump.

    A push counts from its own moment on. Before the first change the levels are 0.

    Args:
        parameters: Volumes and flows of the patient.
        history: What the pump gave.
        times_min: Shape (n,), in order, on the clock of the history.
        ke0_half_life_min: Half-life of the lag between blood and effect site.

    Raises:
        ValueError: The moments are not a row of finite numbers in order, or the
            half-life is not finite and above 0.
    """
    times = checked_times(times_min)
    plasma, effect = trace(_modes(parameters, ke0_half_life_min), history, times)
    return Levels(times_min=times, plasma_ng_per_ml=plasma[0], effect_ng_per_ml=effect[0])


def trace(modes: Modes, history: PumpHistory, times_min: Floats) -> tuple[Floats, Floats]:
    """Plasma and effect-site levels of every patient, each of shape (p, n), ng/mL."""
    people, count = len(modes.rate_per_min), len(times_min)
    course = _course(modes, history.changes())
    edges = [*np.searchsorted(times_min, course.at_min).tolist(), count]
    step_min = even_step(times_min)
    # a stretch is filled in whole rows: what stands over is written again by the next
    out = np.empty((2, people, count + math.isqrt(count) + 1))
    out[:, :, : edges[0]] = 0.0
    left = [np.arange(0)]
    for number, (first, last) in enumerate(pairwise(edges)):
        if step_min is None or people * (last - first) < _WORTH_FACTORISING:
            left.append(np.arange(first, last))
            continue
        lost = _fill_evenly(
            out[:, :, first:],
            modes,
            _weights(modes, course, number),
            start_min=times_min[first] - course.at_min[number],
            step_min=step_min,
            count=last - first,
        )
        left.append(first + lost)
    out = out[:, :, :count]
    todo = np.concatenate(left)
    out[:, :, todo] = _plain(modes, course, times_min[todo])
    return out[0], out[1]


@lru_cache(maxsize=256)
def _modes(parameters: PkParameters, half_life_min: float) -> Modes:
    return decompose([parameters], ke0_per_min=[ke0_per_min(half_life_min)])


def _course(modes: Modes, changes: Sequence[Change]) -> _Course:
    at_min = np.array([change.at_min for change in changes])
    rate = np.array([change.rate_mg_per_h for change in changes]) / _MINUTES_PER_H
    people, count = len(modes.rate_per_min), len(changes)
    plasma, effect = np.zeros((people, 3, count)), np.zeros((people, count))
    between = passage(modes, rate_mg_per_min=rate[:-1], elapsed_min=np.diff(at_min))
    for number, change in enumerate(changes):
        if number:
            now, then = slice(number, number + 1), slice(number - 1, number)
            spell = between.only(then)
            plasma[:, :, now], effect[:, now] = spell.after(plasma[:, :, then], effect[:, then])
        plasma[:, :, number] += change.dose_mg * modes.jump_ng_per_ml
    return _Course(at_min=at_min, rate_mg_per_min=rate, plasma=plasma, effect=effect)


def _plain(modes: Modes, course: _Course, times_min: Floats) -> Floats:
    """Levels (2, p, n) with an exponential for each moment: exact whatever the moments."""
    change = np.searchsorted(course.at_min, times_min, side="right") - 1
    spells = passage(
        modes,
        rate_mg_per_min=course.rate_mg_per_min[change],
        elapsed_min=times_min - course.at_min[change],
    )
    plasma, effect = spells.after(course.plasma[:, :, change], course.effect[:, change])
    return np.stack((plasma.sum(axis=1), effect))


def _fill_evenly(
    out: Floats, modes: Modes, weights: Floats, *, start_min: float, step_min: float, count: int
) -> NDArray[np.int64]:
    """Write levels on an even grid with far fewer exponentials than moments.

    exp(-r (a + b)) = exp(-r a) exp(-r b): moments are laid out in rows, and one small
    matrix product gives them all; the last row may stand over. The weights have both signs,
    so where a level is a small remainder of them digits are lost.

    Returns:
        The moments that have to be done in plain form, for lost digits.
    """
    still = np.zeros_like(modes.ke0_per_min)
    rates = np.concatenate((modes.rate_per_min, modes.ke0_per_min, still), axis=1)[:, :, None]
    width = math.isqrt(count)
    rows = -(-count // width)
    coarse = decay(rates * (start_min + step_min * width * np.arange(rows))).transpose(0, 2, 1)
    fine = np.exp(-rates * (step_min * np.arange(width)))
    laid_out = out[:, :, : rows * width].reshape(2, len(rates), rows, width)
    with np.errstate(invalid="ignore"):  # weights of equal rates have no bound
        np.matmul(weights[:, :, None, :] * coarse, fine, out=laid_out)
    enough = _LEAST_SHARE * np.abs(weights).sum(axis=2, keepdims=True)
    written = out[:, :, :count]
    if (written.min(axis=2, keepdims=True) >= enough).all():
        return np.arange(0)
    return np.flatnonzero(~(written >= enough).all(axis=(0, 1)))


def _weights(modes: Modes, course: _Course, number: int) -> Floats:
    """Levels after a change as weights of five exponentials, shape (2, p, 5).

    The last of the five stands still: it is where the level would settle.
    """
    inflow = course.rate_mg_per_min[number] * modes.jump_ng_per_ml / modes.rate_per_min
    above = course.plasma[:, :, number] - inflow
    settled = inflow.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):  # equal rates: all done in plain form
        passed = above * modes.ke0_per_min / (modes.ke0_per_min - modes.rate_per_min)
        rest = course.effect[:, [number]] - settled - passed.sum(axis=1, keepdims=True)
    plasma = np.concatenate((above, np.zeros_like(settled), settled), axis=1)
    effect = np.concatenate((passed, rest, settled), axis=1)
    return np.stack((plasma, effect))
