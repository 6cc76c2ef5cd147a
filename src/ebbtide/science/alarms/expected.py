"""What is expected again and again: monitor, pump, cuff, breath, score; silence is an alarm."""

from dataclasses import replace

from ebbtide.science.alarms.ladder import Edge
from ebbtide.science.alarms.rules import Rules
from ebbtide.science.alarms.state import Watch


def passed(
    watch: Watch, rules: Rules, *, from_ms: int, at_ms: int, infusing_since_ms: int | None
) -> tuple[Watch, list[Edge]]:
    """Let time pass from one moment to another.

    Each alarm begins at its own due time, however seldom this is asked; one that was due
    before anybody said so begins when it was said.
    """
    waits = rules.waits[watch.watched]
    if watch.since_ms is None or not waits or at_ms < watch.since_ms + waits[0][1]:
        return watch, []
    dues = []
    for rung, (priority, after_ms, is_for_infusion) in enumerate(waits):
        if is_for_infusion and infusing_since_ms is None:
            continue
        due_ms = max(watch.since_ms + after_ms, from_ms)
        dues.append((due_ms, rung, priority, after_ms))
    edges = []
    reached = watch.rung
    for due_ms, rung, priority, after_ms in sorted(dues):
        if due_ms <= at_ms and rung > reached:
            name = watch.watched.value
            edges.append(Edge(due_ms, name, name, priority, delay_s=after_ms / 1000))
            reached = rung
    return (replace(watch, rung=reached) if edges else watch), edges


def came(watch: Watch, *, at_ms: int, next_since_ms: int | None) -> tuple[Watch, list[Edge]]:
    """It came now; the next is awaited since `next_since_ms`, or not at all."""
    name = watch.watched.value
    edges = [Edge(at_ms, name, name)] if watch.rung >= 0 else []
    return Watch(watch.watched, next_since_ms), edges
