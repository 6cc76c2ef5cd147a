"""Values that come once each: cuff readings and scores. Each is judged when it comes, once."""

from collections.abc import Mapping

from ebbtide.science.alarms.ladder import Edge
from ebbtide.science.alarms.limits import AlarmLimits, Limit, Priority, Side, Signal
from ebbtide.science.alarms.rules import Rules
from ebbtide.science.alarms.state import CuffReading, Entry

RISE = "systolic.rise"


def cuff_of(cuff: Mapping[Signal, float], measured_ms: int) -> CuffReading:
    """A cuff reading as it is remembered; 0 stands for a pressure that was not sent."""
    return CuffReading(measured_ms, cuff.get(Signal.SYSTOLIC, 0.0), cuff.get(Signal.DIASTOLIC, 0.0))


def cuff_edges(
    cuff: Mapping[Signal, float], entries: dict[str, int], rules: Rules, *, at_ms: int
) -> list[Edge]:
    """Judge one cuff reading; `entries` is brought up to date.

    Beyond a Medium limit: Medium, and the cuff is repeated now; High when the reading before
    lay beyond the same side, or beyond a High limit.
    """
    edges = []
    for side in Side:
        worst = max(
            (_worst(rules.limits, signal, side, value) for signal, value in cuff.items()),
            key=lambda found: found[0],
        )
        rank, signal, value, limit = worst
        condition = f"cuff.{side}"
        if rank == Priority.MEDIUM and entries.get(condition, 0):
            rank = Priority.HIGH
        edges += _change(condition, entries, (rank, signal, value, limit), at_ms)
    systolic = cuff.get(Signal.SYSTOLIC)
    if systolic is not None and rules.baseline_systolic_mmhg is not None:
        edges += _rise(systolic, rules.baseline_systolic_mmhg, entries, rules, at_ms)
    return edges


def score_edges(
    signal: Signal, value: float, entries: dict[str, int], rules: Rules, *, at_ms: int
) -> list[Edge]:
    """Judge one score on entry; `entries` is brought up to date."""
    edges = []
    for side in Side:
        found = _worst(rules.limits, signal, side, value)
        edges += _change(f"{signal}.{side}", entries, found, at_ms)
    return edges


Found = tuple[int, Signal, float, float | None]


def _worst(limits: AlarmLimits, signal: Signal, side: Side, value: float) -> Found:
    beyond = [limit for limit in limits.of(signal, side) if _is_beyond(limit, value)]
    if not beyond:
        return 0, signal, value, None
    return int(beyond[-1].priority), signal, value, float(beyond[-1].value)


def _is_beyond(limit: Limit, value: float) -> bool:
    bound = float(limit.value)
    return value < bound if limit.side is Side.BELOW else value > bound


def _rise(
    systolic: float, baseline: float, entries: dict[str, int], rules: Rules, at_ms: int
) -> list[Edge]:
    """A rise over the session's baseline, Low, unless the value is beyond a limit anyway."""
    share = baseline * float(rules.limits.rise_percent) / 100
    limit = baseline + min(float(rules.limits.rise_mmhg), share)
    is_risen = systolic >= limit and not entries.get("cuff.above", 0)
    rank = int(Priority.LOW) if is_risen else 0
    return _change(RISE, entries, (rank, Signal.SYSTOLIC, systolic, limit), at_ms)


def _change(condition: str, entries: dict[str, int], found: Found, at_ms: int) -> list[Edge]:
    rank, signal, value, limit = found
    stood = entries.get(condition, 0)
    entries[condition] = rank
    if rank == stood:
        return []
    if not rank:
        return [Edge(at_ms, condition, signal)]
    return [Edge(at_ms, condition, signal, Priority(rank), value, limit)]


def stored_entries(entries: Mapping[str, int]) -> tuple[Entry, ...]:
    """As the state keeps them."""
    return tuple(Entry(condition, rank) for condition, rank in entries.items() if rank)
