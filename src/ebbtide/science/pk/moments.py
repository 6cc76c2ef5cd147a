"""Moments at which levels are asked for: in order, and whether on an even grid."""

import math
from functools import lru_cache

import numpy as np

from ebbtide.science.pk.modes import Floats

_FEW_MOMENTS = 64


def checked_times(times_min: Floats) -> Floats:
    """Refuse moments that are not a row of finite numbers in order."""
    times = np.asarray(times_min, dtype=np.float64)
    if times.ndim != 1:
        raise ValueError(f"times_min must be one row of numbers, not of shape {times.shape}")
    if (
        (times[1:] >= times[:-1]).all()
        and np.isfinite(times[:1]).all()
        and np.isfinite(times[-1:]).all()
    ):
        return times
    for number, time in enumerate(times.tolist()):
        if not math.isfinite(time):
            raise ValueError(
                f"times_min[{number}] must be finite, a number of minutes, not {time!r}"
            )
    number = int(np.argmax(times[1:] < times[:-1])) + 1
    raise ValueError(
        f"times_min must be in order, earliest first: times_min[{number}] is "
        f"{float(times[number])!r} after {float(times[number - 1])!r}"
    )


def even_step(times_min: Floats) -> float | None:
    """Step of an even grid, None for any other; a few units in the last place are let pass.

    The moments of an even grid are finite and in order.
    """
    if len(times_min) < _FEW_MOMENTS:
        return None
    first, last = float(times_min[0]), float(times_min[-1])
    step = (last - first) / (len(times_min) - 1)
    allowed = 4 * math.ulp(max(abs(first), abs(last)))
    if not step > 2 * allowed:
        return None
    stray = times_min - _grid(first, step, len(times_min))
    return step if -allowed <= stray.min() and stray.max() <= allowed else None


@lru_cache(maxsize=8)
def _grid(first: float, step: float, count: int) -> Floats:
    return np.asarray(first + step * np.arange(count), dtype=np.float64)
