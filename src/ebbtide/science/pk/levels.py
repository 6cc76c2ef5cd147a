"""Plasma and effect-site levels over any pump history, in closed form."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN, ke0_per_min
from ebbtide.science.pk.models import PkParameters
from ebbtide.science.pk.modes import Content, Floats, Modes, carry, decay, decompose, empty, push
from ebbtide.science.pk.pump import PumpHistory

_MINUTES_PER_H = 60.0
_WORTH_FACTORISING = 64
_LEAST_SHARE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levels:
    """Levels at moments; each array has shape (n,)."""

    times_min: Floats
    plasma_ng_per_ml: Floats
    effect_ng_per_ml: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """From one change of the pump to the next, with what was in the body at its start."""

    start_min: float
    end_min: float
    rate_mg_per_min: float
    content: Content


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


def checked_times(times_min: Floats) -> Floats:
    """Refuse moments that are not a row of finite numbers in order."""
    times = np.asarray(times_min, dtype=np.float64)
    if times.ndim != 1:
        raise ValueError(f"times_min must be one row of numbers, not of shape {times.shape}")
    if not np.isfinite(times).all():
        raise ValueError("times_min must hold finite numbers only")
    if (times[1:] < times[:-1]).any():
        raise ValueError("times_min must be in order, earliest first")
    return times


def trace(modes: Modes, history: PumpHistory, times_min: Floats) -> tuple[Floats, Floats]:
    """Plasma and effect-site levels of every patient, each of shape (p, n), ng/mL."""
    out = np.zeros((2, len(modes.rate_per_min), len(times_min)))
    step_min = _even_step(times_min)
    for stretch in _stretches(modes, history):
        first, last = np.searchsorted(times_min, (stretch.start_min, stretch.end_min)).tolist()
        if last - first >= _WORTH_FACTORISING and step_min is not None:
            _fill_evenly(out[:, :, first:last], modes, stretch, times_min[first:last], step_min)
        elif last > first:
            out[:, :, first:last] = _plain(modes, stretch, times_min[first:last])
    return out[0], out[1]


@lru_cache(maxsize=256)
def _modes(parameters: PkParameters, half_life_min: float) -> Modes:
    return decompose([parameters], ke0_per_min=[ke0_per_min(half_life_min)])


def _stretches(modes: Modes, history: PumpHistory) -> Iterator[_Stretch]:
    changes = history.changes()
    content = empty(modes)
    for number, change in enumerate(changes, start=1):
        end_min = changes[number].at_min if number < len(changes) else math.inf
        content = push(content, modes, dose_mg=change.dose_mg)
        rate = change.rate_mg_per_h / _MINUTES_PER_H
        yield _Stretch(change.at_min, end_min, rate, content)
        if math.isfinite(end_min):
            elapsed = np.array([end_min - change.at_min])
            plasma, effect = carry(content, modes, rate_mg_per_min=rate, elapsed_min=elapsed)
            content = Content(plasma[:, :, 0], effect)


def _plain(modes: Modes, stretch: _Stretch, times_min: Floats) -> Floats:
    plasma, effect = carry(
        stretch.content,
        modes,
        rate_mg_per_min=stretch.rate_mg_per_min,
        elapsed_min=times_min - stretch.start_min,
    )
    return np.stack((plasma.sum(axis=1), effect))


def _even_step(times_min: Floats) -> float | None:
    """Step of an even grid, None for any other; a few units in the last place are let pass."""
    if len(times_min) < _WORTH_FACTORISING:
        return None
    first, last = float(times_min[0]), float(times_min[-1])
    step = (last - first) / (len(times_min) - 1)
    stray = np.arange(len(times_min), dtype=np.float64)
    stray *= step
    stray += first
    stray -= times_min
    allowed = 4 * np.spacing(max(abs(first), abs(last)))
    return step if -allowed <= stray.min() and stray.max() <= allowed else None


def _fill_evenly(
    out: Floats, modes: Modes, stretch: _Stretch, times_min: Floats, step_min: float
) -> None:
    """Write levels on an even grid, with far fewer exponentials than moments.

    exp(-r (a + b)) = exp(-r a) exp(-r b): moments are laid out in rows, and one small
    matrix product gives them all. The weights have both signs, so where a level is a
    small remainder of them digits are lost: those moments are done again in plain form.
    """
    still = np.zeros_like(modes.ke0_per_min)
    rates = np.concatenate((modes.rate_per_min, modes.ke0_per_min, still), axis=1)[:, :, None]
    width = math.isqrt(len(times_min))
    rows = len(times_min) // width
    starts = times_min[0] - stretch.start_min + step_min * width * np.arange(rows)
    coarse = decay(rates * starts).transpose(0, 2, 1)
    fine = np.exp(-rates * (step_min * np.arange(width)))
    laid_out = out[:, :, : rows * width].reshape(2, len(rates), rows, width)
    with np.errstate(divide="ignore", invalid="ignore"):  # equal rates: all done in plain form
        weights = _weights(modes, stretch)
        np.matmul(weights[:, :, None, :] * coarse, fine, out=laid_out)
    enough = _LEAST_SHARE * np.abs(weights).sum(axis=2, keepdims=True)
    worn = ~(out >= enough).all(axis=(0, 1))
    worn[rows * width :] = True
    if worn.any():
        out[:, :, worn] = _plain(modes, stretch, times_min[worn])


def _weights(modes: Modes, stretch: _Stretch) -> Floats:
    """Plasma and effect site of a stretch as weights of its exponentials, shape (2, p, 5).

    The last of the five stands still: it is where the level would settle.
    """
    inflow = stretch.rate_mg_per_min * modes.jump_ng_per_ml / modes.rate_per_min
    above = stretch.content.plasma - inflow
    settled = inflow.sum(axis=1, keepdims=True)
    passed = above * modes.ke0_per_min / (modes.ke0_per_min - modes.rate_per_min)
    rest = stretch.content.effect - settled - passed.sum(axis=1, keepdims=True)
    plasma = np.concatenate((above, np.zeros_like(settled), settled), axis=1)
    effect = np.concatenate((passed, rest, settled), axis=1)
    return np.stack((plasma, effect))
