"""From the stamps in a file to offsets that always rise."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeGuard

from ebbtide.devices.recordings.recording import notice, unusable
from ebbtide.science.findings import Finding

_MINUTE_S: Final = 60.0
_DEFAULT_PERIOD_S: Final = 1.0
_GAP_PERIODS: Final = 1.5
_LEAP_S: Final = 6 * 3600.0  # longer than a visit: a clock that was set, not a pause


@dataclass(frozen=True, slots=True)
class Timeline:
    """When each row holds.

    Attributes:
        offsets_s: Seconds since the first row, one per row, strictly rising.
        period_s: The usual time between rows, in seconds.
        findings: What was odd about the stamps.
    """

    offsets_s: tuple[float, ...]
    period_s: float
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Run:
    """Neighbouring rows with one stamp; rows without a stamp belong to the run before."""

    stamp_s: float
    first_row: int
    rows: int = 1


def lay_out(stamps_s: Sequence[float | None]) -> Timeline:
    """Give every row an offset, keeping the order of the rows whatever the clock did.

    Rows that share a stamp are spread over the time to the next one. Where the clock
    jumps back, or forward by more than a visit, the rows simply follow on.

    Args:
        stamps_s: Stamp of each row in seconds, None where it cannot be read; not empty.

    Raises:
        RecordingError: No stamp can be read, or the rows run backwards in time.
    """
    runs = _runs(stamps_s)
    if not runs:
        raise unusable("no_time", "No time stamp in the file can be read.")
    steps_s = [after.stamp_s - before.stamp_s for before, after in pairwise(runs)]
    if len(runs) > 2 and sum(step < 0 for step in steps_s) > len(steps_s) / 2:
        raise unusable("backwards", "The rows run backwards in time; sort them oldest first.")
    period_s = _period(runs, steps_s)
    is_minute_only = _is_minute_only(runs)
    if is_minute_only and steps_s and steps_s[0] == _MINUTE_S:
        # A recording begins somewhere in its first minute and is whole from there on.
        steps_s[0] = min(_MINUTE_S, runs[0].rows * period_s)
    # Rows before the first readable stamp come before it, one period apart.
    offsets = [row * period_s for row in range(runs[0].first_row)]
    begins_s = runs[0].first_row * period_s
    for run, step_s in zip(runs, [*steps_s, None], strict=True):
        length_s = _length(run, step_s, period_s, is_minute_only=is_minute_only)
        offsets += [begins_s + place * length_s / run.rows for place in range(run.rows)]
        begins_s += step_s if _is_usable(step_s) else length_s
    repeats = len(offsets) - len(runs) - list(stamps_s).count(None)
    findings = [
        *_shared_stamps(runs, repeats, period_s, is_minute_only=is_minute_only),
        *_jumps(runs, steps_s),
        *_gaps(runs, steps_s, period_s, is_minute_only=is_minute_only),
    ]
    return Timeline(_rising(offsets), period_s, tuple(findings))


def _is_usable(step_s: float | None) -> TypeGuard[float]:
    """Whether a step is time that passed, not a clock that was set."""
    return step_s is not None and 0 < step_s <= _LEAP_S


def _runs(stamps_s: Sequence[float | None]) -> list[_Run]:
    runs: list[_Run] = []
    for row, stamp_s in enumerate(stamps_s):
        if runs and (stamp_s is None or stamp_s == runs[-1].stamp_s):
            runs[-1].rows += 1
        elif stamp_s is not None:
            runs.append(_Run(stamp_s, row))
    return runs


def _period(runs: list[_Run], steps_s: list[float]) -> float:
    """The usual seconds per row, by the steps that are neither leaps nor turns back."""
    per_row = [
        step_s / run.rows for run, step_s in zip(runs, steps_s, strict=False) if _is_usable(step_s)
    ]
    if not per_row:
        return _DEFAULT_PERIOD_S
    return max(0.001, round(statistics.median_low(per_row), 3))


def _is_minute_only(runs: list[_Run]) -> bool:
    return (
        all(run.stamp_s % _MINUTE_S == 0 for run in runs)
        and statistics.median(run.rows for run in runs) >= 2
    )


def _length(run: _Run, step_s: float | None, period_s: float, *, is_minute_only: bool) -> float:
    """Seconds over which the rows of a run are spread."""
    usual_s = run.rows * period_s
    if not _is_usable(step_s):
        return min(usual_s, _MINUTE_S) if is_minute_only else usual_s
    return min(_MINUTE_S, step_s) if is_minute_only else min(usual_s, step_s)


def _rising(offsets: list[float]) -> tuple[float, ...]:
    """Round to milliseconds and part what fell together, so that offsets name their row."""
    millis: list[int] = []
    for offset in offsets:
        exact = round(offset * 1000)
        millis.append(max(exact, millis[-1] + 1) if millis else exact)
    return tuple(milli / 1000 for milli in millis)


def _shared_stamps(
    runs: list[_Run], repeats: int, period_s: float, *, is_minute_only: bool
) -> list[Finding]:
    if is_minute_only:
        message = (
            f"The stamps name only the minute ({_count(len(runs), 'stamp')} for "
            f"{len(runs) + repeats} rows): the rows are spread evenly over each minute, about "
            f"{period_s:g} s apart."
        )
        return [notice("minute_stamps", message)]
    if repeats:
        message = (
            f"{_count(repeats, 'row')} with the same stamp as the row before: spread over the "
            "time to the next stamp."
        )
        return [notice("repeated_stamps", message)]
    return []


def _jumps(runs: list[_Run], steps_s: list[float]) -> list[Finding]:
    found = []
    turns = [(run.first_row, step) for run, step in zip(runs[1:], steps_s, strict=True)]
    back = [(row, step) for row, step in turns if step < 0]
    leaps = [(row, step) for row, step in turns if step > _LEAP_S]
    if back:
        row, step_s = back[0]
        found.append(
            notice(
                "clock_back",
                f"The clock jumps back {_count(len(back), 'time')}, first at row {row + 1} by "
                f"{-step_s:g} s: every row is kept, in the order of the file.",
            )
        )
    if leaps:
        row, step_s = leaps[0]
        found.append(
            notice(
                "clock_forward",
                f"The clock leaps forward {_count(len(leaps), 'time')}, first at row {row + 1} by "
                f"{step_s / 3600:.1f} h: longer than a visit, so the rows follow on.",
            )
        )
    return found


def _gaps(
    runs: list[_Run], steps_s: list[float], period_s: float, *, is_minute_only: bool
) -> list[Finding]:
    missing_s = []
    for run, step_s in zip(runs, steps_s, strict=False):
        if not _is_usable(step_s):
            continue
        covered_s = _length(run, step_s, period_s, is_minute_only=is_minute_only)
        if step_s - covered_s > (_GAP_PERIODS - 1) * period_s:
            missing_s.append(step_s - covered_s)
    if not missing_s:
        return []
    return [
        notice(
            "gaps",
            f"{_count(len(missing_s), 'gap')} between rows, {sum(missing_s):g} s in all, the "
            f"longest {max(missing_s):g} s: nothing is filled in.",
        )
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
