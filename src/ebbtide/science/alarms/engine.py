"""The alarms of one session, a message at a time.

It is a second display: the bedside monitor's own alarms come first, and stay on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

from ebbtide.science.alarms.board import Board
from ebbtide.science.alarms.entered import (
    cuff_edges,
    cuff_of,
    score_edges,
    stored_entries,
)
from ebbtide.science.alarms.expected import came, passed
from ebbtide.science.alarms.ladder import Edge, Run, advance, counted_ms, new_channel
from ebbtide.science.alarms.limits import CONTINUOUS, Signal, Watched
from ebbtide.science.alarms.rules import ABSENT, Rules
from ebbtide.science.alarms.state import AlarmState, Change, Channel, Kind, Sample, Watch

_PRESSURES = (Signal.SYSTOLIC, Signal.DIASTOLIC)
_SCORES = (Signal.MOAAS, Signal.RASS)

Told = tuple[AlarmState, tuple[Change, ...]]


def step(
    state: AlarmState,
    samples: Sequence[Sample],
    *,
    at_ms: int,
    rules: Rules,
    device_ms: int | None = None,
) -> Told:
    """Take what came at one moment, or nothing, and let time pass until then.

    Args:
        state: Where the alarms stand.
        samples: At most one of each signal; a value that is not to be believed is None.
        at_ms: The receiving clock, never going back.
        rules: The limits, made ready once.
        device_ms: The device's own clock as it sent this, where it gave one.

    Returns:
        The next state, and what happened since, in order of time. How often this is called
        without samples changes nothing but when it is told.

    Raises:
        ValueError: The receiving clock goes back.

    Source: clinic_practice
    """
    work = Work(state, rules, at_ms=at_ms)
    if samples:
        work.notice_clock(device_ms)
        measured = [s.measured_ms for s in samples if s.signal in _PRESSURES]
        work.take(
            {s.signal: _believed(s.value) for s in samples}, measured_ms=next(iter(measured), None)
        )
    return work.done()


def acknowledge(state: AlarmState, number: int, *, by: str, at_ms: int, rules: Rules) -> Told:
    """Somebody takes an alarm; a second time changes nothing.

    Raises:
        ValueError: There is no such alarm, or the clock goes back.
    """
    work = Work(state, rules, at_ms=at_ms)
    work.settle().acknowledge(number, by=by, at_ms=at_ms)
    return work.done()


def pause_audio(
    state: AlarmState, *, by: str, at_ms: int, rules: Rules, seconds: float = 120.0
) -> Told:
    """Silence what sounds now for at most the protocol's time; it returns by itself.

    Raises:
        ValueError: The pause is too long, or the clock goes back.
    """
    work = Work(state, rules, at_ms=at_ms)
    work.settle().pause(seconds=seconds, by=by, at_ms=at_ms)
    return work.done()


def receipt(state: AlarmState, number: int, *, to: str, at_ms: int, rules: Rules) -> Told:
    """An escalation reached whom it was sent to.

    Raises:
        ValueError: It awaits no such receipt, or the clock goes back.
    """
    work = Work(state, rules, at_ms=at_ms)
    work.settle().receive(number, to=to, at_ms=at_ms)
    return work.done()


def expect(
    state: AlarmState, watched: Watched, *, since_ms: int | None, at_ms: int, rules: Rules
) -> Told:
    """Wait for something from a moment on (a score: when it is due), or, with None, no longer."""
    work = Work(state, rules, at_ms=at_ms)
    work.touch(watched, since_ms)
    return work.done()


def infusion(state: AlarmState, *, since_ms: int | None, at_ms: int, rules: Rules) -> Told:
    """Drug runs since a moment, or, with None, no longer."""
    settled, changes = Work(state, rules, at_ms=at_ms).done()
    return replace(settled, infusing_since_ms=since_ms), changes


def _believed(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


class Work:
    """One step in the making: the state's parts, open until it is done."""

    def __init__(self, state: AlarmState, rules: Rules, *, at_ms: int) -> None:
        """Let what was due by now happen first."""
        if state.at_ms is not None and at_ms < state.at_ms:
            raise ValueError("the receiving clock went back")
        self.state, self.rules, self.at_ms = state, rules, at_ms
        self.board = Board(state, rules)
        self.channels = {channel.signal: channel for channel in state.channels}
        self.watches = {watch.watched: watch for watch in state.watches}
        self.entries = {entry.condition: entry.rank for entry in state.entries}
        self.cuffs_seen = state.cuffs_seen
        self.cuff_started_ms = state.cuff_started_ms
        self.clock_offset_ms = state.clock_offset_ms
        self.edges: list[Edge] = []
        for watched, watch in self.watches.items():
            self.watches[watched], edges = passed(
                watch,
                rules,
                from_ms=at_ms if state.at_ms is None else state.at_ms,
                at_ms=at_ms,
                infusing_since_ms=state.infusing_since_ms,
            )
            self.edges += edges
        if len(self.edges) > 1:
            self.edges.sort(key=lambda edge: edge.at_ms)

    def touch(self, watched: Watched, next_since_ms: int | None) -> None:
        """Something expected came."""
        watch = self.watches.get(watched) or Watch(watched)
        self.watches[watched], edges = came(watch, at_ms=self.at_ms, next_since_ms=next_since_ms)
        self.edges += edges

    def notice_clock(self, device_ms: int | None) -> None:
        """Tell of a step of the device's clock; nothing is sorted or judged by it."""
        if device_ms is None:
            return
        offset_ms = device_ms - self.at_ms
        known_ms = self.clock_offset_ms
        jump_ms = float(self.rules.limits.clock_jump_s) * 1000
        if known_ms is None or abs(offset_ms - known_ms) >= jump_ms:
            self.clock_offset_ms = offset_ms
            if known_ms is not None:
                moved_s = (offset_ms - known_ms) / 1000
                words = f"Low: the device's clock moved by {moved_s:+g} s"
                self.settle().changes.append(Change(self.at_ms, Kind.NOTICE, words=words))

    def take(self, values: Mapping[Signal, float | None], *, measured_ms: int | None) -> None:
        """Judge what came."""
        if any(signal in values for signal in CONTINUOUS):
            self.touch(Watched.MONITOR, self.at_ms)
            for signal in CONTINUOUS:
                if signal in values:
                    self._continuous(signal, values[signal])
                elif signal in self.channels:
                    self._absent(self.channels[signal])
        if len(values) > 1 or next(iter(values)) not in CONTINUOUS:
            self._occasional(values, measured_ms)

    def _continuous(self, signal: Signal, value: float | None) -> None:
        rules, at_ms = self.rules, self.at_ms
        channel = self.channels.get(signal) or new_channel(signal, rules, at_ms=at_ms)
        code = rules.scales[signal].code(value)
        counted, is_broken = counted_ms(channel, rules, at_ms=at_ms)
        differs = signal is Signal.PULSE and value is not None and self._differs(value)
        run = Run(code, (at_ms,), (counted,), (value,), 0, 1, 0, is_broken, differs)
        self._advance(channel, run)

    def _differs(self, pulse: float) -> bool:
        heart = self.channels.get(Signal.HEART_RATE)
        if heart is None or heart.value is None:
            return False
        is_fresh = self.at_ms - heart.valid_ms <= self.rules.grey_ms
        return is_fresh and self.rules.differ(pulse, heart.value)

    def _absent(self, channel: Channel) -> None:
        self._advance(channel, Run(ABSENT, (self.at_ms,), (0,), (None,), 0, 1, 0))

    def _advance(self, channel: Channel, run: Run) -> None:
        self.channels[channel.signal], edges = advance(
            channel, run, self.rules, cuff_started_ms=self.cuff_started_ms
        )
        self.edges += edges

    def _occasional(self, values: Mapping[Signal, float | None], measured_ms: int | None) -> None:
        at_ms = self.at_ms
        if Signal.CUFF_START in values:
            self.cuff_started_ms = at_ms
        if Signal.PUMP in values:
            self.touch(Watched.PUMP, at_ms)
        if Signal.BREATH in values:
            self.touch(Watched.BREATH, None if values[Signal.BREATH] is None else at_ms)
        for signal in _SCORES:
            score = values.get(signal)
            if score is not None:
                self.edges += score_edges(signal, score, self.entries, self.rules, at_ms=at_ms)
                self.touch(Watched.SCORE, None)
        cuff = {s: value for s in _PRESSURES if (value := values.get(s)) is not None}
        if cuff:
            self._cuff(cuff, measured_ms)

    def _cuff(self, cuff: Mapping[Signal, float], measured_ms: int | None) -> None:
        """Judge a cuff reading once; without its time of measuring each is a new one."""
        if measured_ms is not None:
            reading = cuff_of(cuff, measured_ms)
            if reading in self.cuffs_seen:
                return
            self.cuffs_seen = (*self.cuffs_seen, reading)
        if Watched.CUFF in self.watches:
            self.touch(Watched.CUFF, self.at_ms)
        self.edges += cuff_edges(cuff, self.entries, self.rules, at_ms=self.at_ms)

    def settle(self) -> Board:
        """The alarms with everything so far applied."""
        self.board.take(self.edges, until_ms=self.at_ms)
        self.edges = []
        return self.board

    def done(self) -> Told:
        """The next state, and what happened."""
        board = self.settle()
        state = AlarmState(
            at_ms=self.at_ms,
            alarms=tuple(board.alarms),
            next_number=board.next_number,
            channels=tuple(self.channels.values()),
            watches=tuple(self.watches.values()),
            entries=stored_entries(self.entries),
            cuffs_seen=self.cuffs_seen,
            infusing_since_ms=self.state.infusing_since_ms,
            cuff_started_ms=self.cuff_started_ms,
            clock_offset_ms=self.clock_offset_ms,
            paused_ms=board.paused_ms,
            paused_until_ms=board.paused_until_ms,
        )
        return state, tuple(board.changes)
