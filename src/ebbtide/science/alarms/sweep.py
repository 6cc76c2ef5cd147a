"""Alarms of whole arrays: what `step` would have told row by row, at a million samples a second."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ebbtide.science.alarms.engine import Told, Work, step
from ebbtide.science.alarms.ladder import Edge, Run, advance
from ebbtide.science.alarms.limits import CONTINUOUS, Signal, Watched
from ebbtide.science.alarms.rules import Rules
from ebbtide.science.alarms.state import AlarmState, Change, Channel, Sample, Watch

Floats = NDArray[np.float64]
Times = NDArray[np.int64]
Columns = Mapping[Signal, Floats]


def sweep(state: AlarmState, times_ms: Times, columns: Columns, *, rules: Rules) -> Told:
    """Take many rows at once.

    Args:
        state: Where the alarms stand.
        times_ms: Receiving times (n,), never going back.
        columns: Values (n,) of each signal, in its unit. NaN is, for a continuous signal, a
            sample that is no value; for any other, that nothing came in this row.
        rules: The limits, made ready once.

    Returns:
        What `step` row by row gives, all changes in one.

    Raises:
        ValueError: Shapes differ, time goes back, or a signal seen before has no column.

    Source: clinic_practice
    """
    _check(state, times_ms, columns)
    changes: list[Change] = []
    single = _rows_of_their_own(times_ms, columns, rules)
    for row, after in pairwise([*single, len(times_ms)]):
        samples = _samples(columns, row)
        state, told = step(state, samples, at_ms=int(times_ms[row]), rules=rules)
        changes += told
        if row + 1 < after:
            stretch = slice(row + 1, after)
            continuous = {s: columns[s][stretch] for s in CONTINUOUS if s in columns}
            state, told = _stretch(state, times_ms[stretch], continuous, rules)
            changes += told
    return state, tuple(changes)


def _check(state: AlarmState, times_ms: Times, columns: Columns) -> None:
    if any(values.shape != times_ms.shape for values in columns.values()):
        raise ValueError("each column has one value per time")
    if np.any(np.diff(times_ms) < 0):
        raise ValueError("the receiving clock went back")
    seen = {channel.signal for channel in state.channels}
    if not set(columns) & set(CONTINUOUS) or seen - set(columns):
        raise ValueError("there is a column for each continuous signal, also those seen before")


def _rows_of_their_own(times_ms: Times, columns: Columns, rules: Rules) -> list[int]:
    """The first row, rows in which something other than a period's values came, and late ones."""
    is_single = np.zeros(len(times_ms), dtype=bool)
    is_single[:1] = True
    waits = rules.waits[Watched.MONITOR]
    if waits:
        is_single[1:] |= np.diff(times_ms) >= waits[0][1]
    for signal, values in columns.items():
        if signal not in CONTINUOUS:
            is_single |= ~np.isnan(values)
    return [int(row) for row in np.flatnonzero(is_single)]


def _samples(columns: Columns, row: int) -> list[Sample]:
    return [
        Sample(signal, None if np.isnan(values[row]) else float(values[row]))
        for signal, values in columns.items()
        if signal in CONTINUOUS or not np.isnan(values[row])
    ]


def _stretch(state: AlarmState, times_ms: Times, columns: Columns, rules: Rules) -> Told:
    """Rows without surprises: no entry, and no silence that would be an alarm."""
    last_ms = int(times_ms[-1])
    watches = tuple(
        Watch(Watched.MONITOR, last_ms) if watch.watched is Watched.MONITOR else watch
        for watch in state.watches
    )
    hearts = _believed_heart_rates(state, times_ms, columns, rules)
    work = Work(replace(state, watches=watches), rules, at_ms=last_ms)
    times = times_ms.tolist()
    for signal, values in columns.items():
        channel = work.channels[signal]
        differs = np.zeros(len(times), dtype=bool)
        if signal is Signal.PULSE and hearts is not None:
            differs = np.abs(values - hearts) > rules.disagree_share * hearts
            differs &= np.isfinite(values)
        work.channels[signal], edges = _swept(
            channel, times_ms, times, values, differs, rules, state.cuff_started_ms
        )
        work.edges += edges
    work.edges.sort(key=lambda edge: edge.at_ms)
    return work.done()


def _believed_heart_rates(
    state: AlarmState, times_ms: Times, columns: Columns, rules: Rules
) -> Floats | None:
    """At each row the last valid heart rate while it is fresh, else NaN; None without any."""
    if Signal.HEART_RATE not in columns:
        return None
    channel = next(each for each in state.channels if each.signal is Signal.HEART_RATE)
    values = np.concatenate(([_or_nan(channel.value)], columns[Signal.HEART_RATE]))
    measured_ms = np.concatenate(([channel.valid_ms], times_ms))
    places = np.where(~np.isfinite(values), 0, np.arange(len(values)))
    last = np.maximum.accumulate(places)[1:]
    is_fresh = times_ms - measured_ms[last] <= rules.grey_ms
    return np.where(is_fresh, values[last], np.nan)


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _swept(
    channel: Channel,
    times_ms: Times,
    times: Sequence[int],
    values: Floats,
    differs: NDArray[np.bool_],
    rules: Rules,
    cuff_started_ms: int | None,
) -> tuple[Channel, list[Edge]]:
    told: list[Edge] = []
    for run in _runs(channel, times_ms, times, values, differs, rules):
        channel, edges = advance(channel, run, rules, cuff_started_ms=cuff_started_ms)
        told += edges
    return channel, told


def _runs(
    channel: Channel,
    times_ms: Times,
    times: Sequence[int],
    values: Floats,
    differs: NDArray[np.bool_],
    rules: Rules,
) -> Iterator[Run]:
    codes = rules.scales[channel.signal].codes(values)
    valid_ms = np.maximum.accumulate(
        np.concatenate(([channel.valid_ms], np.where(codes >= 0, times_ms, channel.valid_ms)))
    )
    is_broken = (codes >= 0) & (times_ms - valid_ms[:-1] - rules.period_ms > rules.gap_ms)
    most_ms = np.where(is_broken, rules.period_ms, 2 * rules.period_ms)
    elapsed_ms = np.diff(times_ms, prepend=channel.last_ms)
    totals = np.cumsum(np.minimum(elapsed_ms, most_ms)).tolist()
    begins = (codes[1:] != codes[:-1]) | (differs[1:] != differs[:-1]) | is_broken[1:]
    firsts = [0, *(np.flatnonzero(begins) + 1).tolist()]
    listed = values.tolist()
    for first, end in pairwise([*firsts, len(times)]):
        before = totals[first - 1] if first else 0
        yield Run(
            int(codes[first]),
            times,
            totals,
            listed,
            first,
            end,
            before,
            bool(is_broken[first]),
            bool(differs[first]),
        )
