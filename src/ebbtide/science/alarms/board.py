"""Alarms once raised: latched, acknowledged, silenced for a while, escalated, received."""

from collections.abc import Iterable
from dataclasses import replace

from ebbtide.science.alarms.ladder import Edge
from ebbtide.science.alarms.limits import Hop, Priority
from ebbtide.science.alarms.rules import Rules
from ebbtide.science.alarms.state import Alarm, AlarmState, Change, Kind, Sent


def audible(state: AlarmState) -> Alarm | None:
    """The alarm to be heard now: the gravest unacknowledged one that no pause covers."""
    heard = [
        alarm
        for alarm in state.alarms
        if alarm.acknowledged_ms is None
        and (state.paused_ms is None or alarm.raised_ms > state.paused_ms)
    ]
    return max(heard, key=lambda alarm: (alarm.priority, alarm.number), default=None)


class Board:
    """The alarms of a state while they are being brought up to date."""

    def __init__(self, state: AlarmState, rules: Rules) -> None:
        """Begin where the state stands."""
        self.alarms = list(state.alarms)
        self.next_number = state.next_number
        self.paused_ms = state.paused_ms
        self.paused_until_ms = state.paused_until_ms
        self.changes: list[Change] = []
        self._rules = rules

    def take(self, edges: Iterable[Edge], *, until_ms: int) -> None:
        """Apply what began and ended, in order, and let time pass to the end."""
        for edge in edges:
            self.pass_time(edge.at_ms)
            if edge.priority is None:
                self._clear(edge)
            else:
                self._raise(edge, edge.priority)
        self.pass_time(until_ms)

    def pass_time(self, at_ms: int) -> None:
        """End the pause and send the hops that are due by then, in order."""
        if not self.alarms and self.paused_until_ms is None:
            return
        while True:
            dues = [(due, index) for index, due in self._hops_due() if due <= at_ms]
            soonest = min(dues, default=None)
            until = self.paused_until_ms
            if until is not None and until <= at_ms and (soonest is None or until <= soonest[0]):
                self.paused_ms = self.paused_until_ms = None
                self.changes.append(Change(until, Kind.SOUND_RETURNED))
            elif soonest is not None:
                self._send(soonest[1], soonest[0])
            else:
                return

    def _hops_due(self) -> Iterable[tuple[int, int]]:
        for index, alarm in enumerate(self.alarms):
            hops = self._hops(alarm.priority)
            if alarm.acknowledged_ms is not None or len(alarm.sent) >= len(hops):
                continue
            due = alarm.raised_ms + round(float(hops[len(alarm.sent)].after_s) * 1000)
            last = alarm.sent[-1] if alarm.sent else None
            if last is not None and last.received_ms is None:
                due = min(due, last.at_ms + round(float(self._rules.limits.receipt_s) * 1000))
            yield index, due

    def _hops(self, priority: Priority) -> tuple[Hop, ...]:
        return tuple(hop for hop in self._rules.limits.hops if hop.priority is priority)

    def _send(self, index: int, at_ms: int) -> None:
        alarm = self.alarms[index]
        to = self._hops(alarm.priority)[len(alarm.sent)].to
        alarm = replace(alarm, sent=(*alarm.sent, Sent(to, at_ms)))
        self.alarms[index] = alarm
        self.changes.append(Change(at_ms, Kind.ESCALATED, alarm, to))

    def _raise(self, edge: Edge, priority: Priority) -> None:
        standing = [alarm for alarm in self.alarms if alarm.condition == edge.condition]
        for alarm in standing:
            if alarm.is_active and alarm.priority > priority:
                self._clear(edge)
            elif alarm.is_active or alarm.priority <= priority:
                done = replace(alarm, cleared_ms=alarm.cleared_ms or edge.at_ms)
                self.alarms.remove(alarm)
                self.changes.append(Change(edge.at_ms, Kind.REPLACED, done))
        alarm = Alarm(
            number=self.next_number,
            condition=edge.condition,
            signal=str(edge.signal),
            priority=priority,
            value=edge.value,
            limit=edge.limit,
            delay_s=edge.delay_s,
            raised_ms=edge.at_ms,
        )
        self.next_number += 1
        self.alarms.append(alarm)
        self.changes.append(Change(edge.at_ms, Kind.RAISED, alarm))

    def _clear(self, edge: Edge) -> None:
        index = next(
            index
            for index, alarm in enumerate(self.alarms)
            if alarm.condition == edge.condition and alarm.is_active
        )
        alarm = self.alarms[index]
        done = replace(alarm, cleared_ms=edge.at_ms)
        is_latched = alarm.priority is Priority.HIGH and alarm.acknowledged_ms is None
        if is_latched:
            self.alarms[index] = done
        else:
            del self.alarms[index]
        kind = Kind.LATCHED if is_latched else Kind.CLEARED
        self.changes.append(Change(edge.at_ms, kind, done))

    def acknowledge(self, number: int, *, by: str, at_ms: int) -> None:
        """Somebody takes an alarm: it is silent, and one whose condition has ended goes."""
        index = self._index(number)
        alarm = self.alarms[index]
        if alarm.acknowledged_ms is not None:
            return
        taken = replace(alarm, acknowledged_ms=at_ms, acknowledged_by=by)
        self.alarms[index] = taken
        if not alarm.is_active:
            del self.alarms[index]
        self.changes.append(Change(at_ms, Kind.ACKNOWLEDGED, taken, by))

    def receive(self, number: int, *, to: str, at_ms: int) -> None:
        """Whom an escalation was sent to has it."""
        index = self._index(number)
        alarm = self.alarms[index]
        if all(sent.to != to or sent.received_ms is not None for sent in alarm.sent):
            raise ValueError(f"alarm {number} awaits no receipt from {to}")
        sent = tuple(
            replace(each, received_ms=at_ms) if each.to == to and each.received_ms is None else each
            for each in alarm.sent
        )
        self.alarms[index] = replace(alarm, sent=sent)
        self.changes.append(Change(at_ms, Kind.RECEIVED, self.alarms[index], to))

    def pause(self, *, seconds: float, by: str, at_ms: int) -> None:
        """Silence what sounds now for a while; what begins later is heard."""
        if not 0 < seconds <= self._rules.limits.audio_pause_s:
            most = self._rules.limits.audio_pause_s
            raise ValueError(f"the sound is paused for more than 0 and at most {most} s")
        self.paused_ms, self.paused_until_ms = at_ms, at_ms + round(seconds * 1000)
        self.changes.append(Change(at_ms, Kind.PAUSED, words=by))

    def _index(self, number: int) -> int:
        for index, alarm in enumerate(self.alarms):
            if alarm.number == number:
                return index
        raise ValueError(f"there is no alarm {number} to act on")
