"""One signal through time: runs of samples of one class climb and leave the rungs of its limits.

A streamed sample is a run of one, an array is cut into runs, so both give the same alarms.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ebbtide.science.alarms.limits import Priority, Signal
from ebbtide.science.alarms.rules import (
    ABSENT,
    AGREES,
    DISAGREES,
    INVALID,
    Flight,
    Level,
    Rules,
)
from ebbtide.science.alarms.state import Channel, Ladder


@dataclass(frozen=True, slots=True)
class Edge:
    """A condition that begins, or ends where it has no priority.

    Attributes:
        at_ms: When.
        condition: Which.
        signal: What it is about.
        priority: Of what begins; None ends it.
        value: What began it, None for a technical condition.
        limit: The limit it is beyond.
        delay_s: Delay of that limit.
    """

    at_ms: int
    condition: str
    signal: str
    priority: Priority | None = None
    value: float | None = None
    limit: float | None = None
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring samples of one class.

    Attributes:
        code: The class.
        times: Receiving times, ms.
        totals: Counted time up to and with each sample, ms.
        values: The values.
        first: Index of the run's first sample.
        end: Index after its last.
        before: Counted time before the first sample, ms.
        is_broken: Too much time without a valid sample lies before the first.
        disagrees: The pulse is not the heart rate.
    """

    code: int
    times: Sequence[int]
    totals: Sequence[int]
    values: Sequence[float | None]
    first: int
    end: int
    before: int
    is_broken: bool = False
    disagrees: bool = False

    def part(self, first: int, end: int) -> "Run":
        """A stretch of it."""
        before = self.totals[first - 1] if first > self.first else self.before
        return replace(self, first=first, end=end, before=before, is_broken=False)


def new_channel(signal: Signal, rules: Rules, *, at_ms: int) -> Channel:
    """A channel before its first sample, which comes now."""
    scale = rules.scales[signal]
    began_ms = at_ms - rules.period_ms
    idle = rules.disagreement.idle
    return Channel(signal, began_ms, began_ms, None, scale.below.idle, scale.above.idle, idle)


def counted_ms(channel: Channel, rules: Rules, *, at_ms: int) -> tuple[int, bool]:
    """How long a valid sample counts, and whether too long a gap lies before it."""
    is_broken = at_ms - channel.valid_ms - rules.period_ms > rules.gap_ms
    most_ms = rules.period_ms if is_broken else 2 * rules.period_ms
    return min(at_ms - channel.last_ms, most_ms), is_broken


def advance(
    channel: Channel, run: Run, rules: Rules, *, cuff_started_ms: int | None = None
) -> tuple[Channel, list[Edge]]:
    """Take a channel through a run. Returns where it stands then, and what began or ended."""
    if run.code < 0:
        return _without_value(channel, run, rules, cuff_started_ms)
    scale = rules.scales[channel.signal]
    edges: list[Edge] = []
    at_ms = run.times[run.first]
    below, above, disagreeing = channel.below, channel.above, channel.disagrees
    if channel.off >= 0:
        edges.append(Edge(at_ms, f"{channel.signal}.off", channel.signal))
    if run.is_broken:
        below, above, disagreeing = (_restarted(each) for each in (below, above, disagreeing))
    low, high = scale.levels[run.code]
    if low.violated or high.violated or below.active >= 0 or above.active >= 0:
        below, held_below = _climb(scale.below, below, run, low, rules, edges)
        above, held_above = _climb(scale.above, above, run, high, rules, edges)
        withheld = min(held_below, held_above)
    else:
        below, above, withheld = scale.below.idle, scale.above.idle, run.end
    if run.disagrees or disagreeing.active >= 0 or disagreeing.timers_ms[0]:
        disagreeing = _compare(disagreeing, run, withheld, rules, edges)
    last = run.end - 1
    value = run.values[last]
    end_ms = run.times[last]
    return Channel(channel.signal, end_ms, end_ms, value, below, above, disagreeing), edges


def _restarted(ladder: Ladder) -> Ladder:
    return Ladder((0,) * len(ladder.timers_ms), ladder.active)


def _climb(
    flight: Flight, ladder: Ladder, run: Run, level: Level, rules: Rules, edges: list[Edge]
) -> tuple[Ladder, int]:
    """One side through a run; also the first index at which an alarm was withheld."""
    timers = [ms if rung < level.violated else 0 for rung, ms in enumerate(ladder.timers_ms)]
    active, withheld = ladder.active, run.end
    clearing = ladder.clearing_ms if active >= 0 and level.beyond[active] else 0
    index = run.first
    while True:
        if active >= 0 and level.beyond[active]:
            index = _reached(run, index, rules.clear_ms - rules.slack_ms - clearing)
            if index == run.end:
                clearing += run.totals[run.end - 1] - run.before
                break
            edges.append(Edge(run.times[index], flight.condition, flight.signal))
            active, clearing = -1, 0
        rungs = range(active + 1, level.violated)
        needs = [
            (
                _reached(run, index, flight.rungs[r].delay_ms - rules.slack_ms - timers[r]),
                -r,
            )
            for r in rungs
        ]
        soonest, rung = min(needs, default=(run.end, 0))
        if soonest == run.end:
            break
        if run.disagrees:
            withheld = soonest
            break
        index, active = soonest, -rung
        edges.append(_raised(flight, active, run, index))
    spent = run.totals[run.end - 1] - run.before
    grown = tuple(ms + spent if rung < level.violated else 0 for rung, ms in enumerate(timers))
    return Ladder(grown, active, clearing), withheld


def _reached(run: Run, first: int, need_ms: int) -> int:
    """First index from which on enough time of the run is counted; its end if none."""
    return bisect_left(run.totals, run.before + need_ms, first, run.end)


def _raised(flight: Flight, rung: int, run: Run, index: int) -> Edge:
    step = flight.rungs[rung]
    return Edge(
        run.times[index],
        flight.condition,
        flight.signal,
        step.priority,
        run.values[index],
        step.limit,
        step.delay_ms / 1000,
    )


def _compare(ladder: Ladder, run: Run, withheld: int, rules: Rules, edges: list[Edge]) -> Ladder:
    """Pulse against heart rate: told after its own delay, or where it withholds an alarm."""
    flight = rules.disagreement
    level = DISAGREES if run.disagrees else AGREES
    if withheld < run.end:
        if withheld > run.first:
            ladder, _ = _climb(
                flight, ladder, _plain(run, run.first, withheld), level, rules, edges
            )
        if ladder.active < 0:
            ladder = Ladder((flight.rungs[0].delay_ms,))
        run = run.part(withheld, run.end)
    ladder, _ = _climb(flight, ladder, _plain(run, run.first, run.end), level, rules, edges)
    return ladder


def _plain(run: Run, first: int, end: int) -> Run:
    """The stretch as the comparison sees it: it is not withheld from itself."""
    return replace(run.part(first, end), disagrees=False)


def _without_value(
    channel: Channel, run: Run, rules: Rules, cuff_started_ms: int | None
) -> tuple[Channel, list[Edge]]:
    """A run of samples that are no values: they pause the delays, then are an alarm themselves."""
    edges: list[Edge] = []
    off = channel.off
    held_ms = _held_until_ms(channel, rules, cuff_started_ms)
    first_ms = rules.absent_ms if run.code == ABSENT else rules.gap_ms + 1
    for rung, after_ms in ((0, first_ms), (1, rules.off_medium_ms)):
        if rung <= off:
            continue
        due_ms = max(channel.valid_ms + after_ms, held_ms)
        index = bisect_left(run.times, due_ms, run.first, run.end)
        if index == run.end:
            break
        priority = (Priority.LOW, Priority.MEDIUM)[rung]
        edges.append(Edge(run.times[index], f"{channel.signal}.off", channel.signal, priority))
        off = rung
    below, above, disagreeing = channel.below, channel.above, channel.disagrees
    if off >= 0 and run.code in (INVALID, ABSENT):
        at_ms = edges[0].at_ms if channel.off < 0 else run.times[run.first]
        scale = rules.scales[channel.signal]
        flights = ((scale.below, below), (scale.above, above), (rules.disagreement, disagreeing))
        edges[:0] = _taken_over(flights, at_ms)
        below, above, disagreeing = (flight.idle for flight, _ in flights)
    last_ms = channel.last_ms if run.code == ABSENT else run.times[run.end - 1]
    valid_ms, value = channel.valid_ms, channel.value
    return Channel(channel.signal, last_ms, valid_ms, value, below, above, disagreeing, off), edges


def _held_until_ms(channel: Channel, rules: Rules, cuff_started_ms: int | None) -> int:
    """A cuff that squeezes the probe's arm explains its loss for a while."""
    is_probe = channel.signal in (Signal.SPO2, Signal.PULSE)
    if cuff_started_ms is None or not (rules.shares_an_arm and is_probe):
        return 0
    began_after = channel.valid_ms + rules.period_ms >= cuff_started_ms
    return cuff_started_ms + rules.hold_ms if began_after else 0


def _taken_over(flights: Sequence[tuple[Flight, Ladder]], at_ms: int) -> Iterator[Edge]:
    for flight, ladder in flights:
        if ladder.active >= 0:
            yield Edge(at_ms, flight.condition, flight.signal)
