"""Limits made ready for use: numbers in milliseconds, values sorted into classes."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ebbtide.science.alarms.limits import (
    CONTINUOUS,
    DEFAULT_ALARMS,
    AlarmLimits,
    Priority,
    Side,
    Signal,
    Watched,
)
from ebbtide.science.alarms.state import Ladder

INVALID: Final = -1  # came, and is no value
UNLIKELY: Final = -2  # a number no patient comes to all at once
ABSENT: Final = -3  # the monitor spoke and left it out
_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Rung:
    """One limit of one side; `limit` is None where the rung has no number of its own."""

    priority: Priority
    limit: float | None
    delay_ms: int


@dataclass(frozen=True, slots=True)
class Flight:
    """The rungs of one side of a signal, the least priority first."""

    condition: str
    signal: Signal
    rungs: tuple[Rung, ...]

    @property
    def idle(self) -> Ladder:
        """Nothing violated, nothing raised."""
        return Ladder((0,) * len(self.rungs))


@dataclass(frozen=True, slots=True)
class Level:
    """What one class of values means to one side.

    Attributes:
        violated: How many rungs it violates, counted from the least priority.
        beyond: For each rung, whether it lies past the band and may clear the alarm.
    """

    violated: int
    beyond: tuple[bool, ...]


AGREES: Final = Level(0, (True,))
DISAGREES: Final = Level(1, (False,))


@dataclass(frozen=True, slots=True)
class Scale:
    """All values of a signal in classes between which no rule differs.

    Attributes:
        below: Limits below.
        above: Limits above.
        cuts: Where a class ends, rising; each cut is a class of its own.
        levels: For each class what it means below and above.
        unlikely_below: Values under this start no alarm and end none.
    """

    below: Flight
    above: Flight
    cuts: tuple[float, ...]
    levels: tuple[tuple[Level, Level], ...]
    unlikely_below: float

    def code(self, value: float | None) -> int:
        """The class of one value."""
        if value is None:
            return INVALID
        if value < self.unlikely_below:
            return UNLIKELY
        return bisect_left(self.cuts, value) + bisect_right(self.cuts, value)

    def codes(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """The class of each value (n,); NaN is no value."""
        codes: NDArray[np.int64] = np.searchsorted(self.cuts, values, side="left")
        codes = codes + np.searchsorted(self.cuts, values, side="right")
        codes[values < self.unlikely_below] = UNLIKELY
        codes[~np.isfinite(values)] = INVALID
        return codes


class Rules:
    """Limits and what the room is like, ready for `step` and `sweep`.

    Attributes:
        limits: As approved, with this patient's own.
        period_ms: The monitor's usual time between two messages.
        scales: For each continuous signal.
        slack_ms: How much short of a delay still counts as reaching it: what a network
            adds to or takes from the time between two messages.
    """

    def __init__(
        self,
        limits: AlarmLimits = DEFAULT_ALARMS,
        *,
        period_s: float = 1.0,
        pump_period_s: float = 10.0,
        cuff_interval_s: float = 300.0,
        baseline_systolic_mmhg: float | None = None,
        probe_and_cuff_share_an_arm: bool = False,
    ) -> None:
        """Make the limits ready.

        Raises:
            ValueError: A period is not positive.
        """
        if not min(period_s, pump_period_s, cuff_interval_s) > 0:
            raise ValueError("the periods of the sources are positive")
        self.limits = limits
        self.baseline_systolic_mmhg = baseline_systolic_mmhg
        self.shares_an_arm = probe_and_cuff_share_an_arm
        self.period_ms = max(1, round(period_s * _MS))
        self.slack_ms = min(self.period_ms // 4, 250)
        self.gap_ms = _ms(limits.longest_gap_s)
        self.grey_ms = max(_ms(limits.stale_s), 3 * self.period_ms)
        self.absent_ms = self.grey_ms + _ms(limits.absent_s)
        self.off_medium_ms = self.grey_ms + _ms(limits.off_medium_s)
        self.clear_ms = _ms(limits.clear_s)
        self.hold_ms = _ms(limits.cuff_hold_s)
        self.disagreement = Flight(
            "pulse.disagrees",
            Signal.PULSE,
            (Rung(Priority.LOW, None, _ms(limits.disagree_s)),),
        )
        self.disagree_share = float(limits.disagree_percent) / 100
        self.scales = {signal: self._scale(signal) for signal in CONTINUOUS}
        of = {
            Watched.MONITOR: (self.grey_ms, 0),
            Watched.PUMP: (0, round(pump_period_s * _MS)),
            Watched.CUFF: (0, round(cuff_interval_s * _MS)),
        }
        self.waits = {
            watched: tuple(
                (
                    wait.priority,
                    of.get(watched, (0, 0))[0]
                    + _ms(wait.after_s)
                    + round(float(wait.periods) * of.get(watched, (0, 0))[1]),
                    wait.is_for_infusion,
                )
                for wait in sorted(
                    (w for w in limits.waits if w.watched is watched), key=lambda w: w.priority
                )
            )
            for watched in Watched
        }

    def _flight(self, signal: Signal, side: Side) -> Flight:
        rungs = tuple(
            Rung(limit.priority, float(limit.value), _ms(limit.delay_s))
            for limit in self.limits.of(signal, side)
        )
        return Flight(f"{signal}.{side}", signal, rungs)

    def _scale(self, signal: Signal) -> Scale:
        below, above = self._flight(signal, Side.BELOW), self._flight(signal, Side.ABOVE)
        width = next((float(b.width) for b in self.limits.bands if b.signal is signal), 0.0)
        lows = [rung.limit for rung in below.rungs if rung.limit is not None]
        highs = [rung.limit for rung in above.rungs if rung.limit is not None]
        cuts = sorted({*lows, *highs, *(v + width for v in lows), *(v - width for v in highs)})
        levels = tuple(
            (
                Level(sum(v < low for low in lows), tuple(v > low + width for low in lows)),
                Level(sum(v > high for high in highs), tuple(v < high - width for high in highs)),
            )
            for v in _representatives(cuts)
        )
        unlikely = float(self.limits.unlikely_spo2_percent) if signal is Signal.SPO2 else -np.inf
        return Scale(below, above, tuple(cuts), levels, unlikely)

    def differ(self, pulse: float, heart_rate: float) -> bool:
        """Whether a pulse is too far from the heart rate to be believed."""
        return abs(pulse - heart_rate) > self.disagree_share * heart_rate


def _ms(seconds: object) -> int:
    return round(float(str(seconds)) * _MS)


def _representatives(cuts: Sequence[float]) -> list[float]:
    """One value of each class: below the first cut, the cut, between it and the next, ..."""
    ends = [-np.inf, *cuts, np.inf]
    values = [-np.inf]
    for cut, after in zip(cuts, ends[2:], strict=True):
        values += [cut, (cut + after) / 2]
    return values
