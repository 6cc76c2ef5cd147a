"""A room whose alarms are written down as they come, for tests of the alarm engine."""

import numpy as np

from ebbtide.science.alarms.engine import (
    acknowledge,
    expect,
    infusion,
    pause_audio,
    receipt,
    step,
)
from ebbtide.science.alarms.limits import CONTINUOUS, Signal
from ebbtide.science.alarms.rules import Rules
from ebbtide.science.alarms.state import AlarmState, Sample
from ebbtide.science.alarms.sweep import sweep


class Room:
    """Streams what a test names; the state goes through its stored form at each step."""

    def __init__(self, rules=None):
        self.rules = rules or Rules()
        self.state = AlarmState()
        self.log = []

    def _keep(self, told):
        state, changes = told
        self.state = AlarmState.from_json(state.to_json())
        assert self.state == state
        self.log += changes
        return changes

    def send(self, at_s, device_s=None, measured_s=None, **values):
        measured_ms = None if measured_s is None else round(measured_s * 1000)
        samples = [Sample(Signal(name), value, measured_ms) for name, value in values.items()]
        device_ms = None if device_s is None else round(device_s * 1000)
        return self._keep(
            step(
                self.state,
                samples,
                at_ms=round(at_s * 1000),
                rules=self.rules,
                device_ms=device_ms,
            )
        )

    def each_second(self, seconds, from_s=1, **values):
        for second in range(from_s, from_s + seconds):
            self.send(second, **values)

    def acknowledge(self, number, at_s, by="nurse"):
        told = acknowledge(self.state, number, by=by, at_ms=round(at_s * 1000), rules=self.rules)
        return self._keep(told)

    def pause(self, at_s, seconds=120):
        told = pause_audio(
            self.state, by="nurse", at_ms=round(at_s * 1000), rules=self.rules, seconds=seconds
        )
        return self._keep(told)

    def receive(self, number, to, at_s):
        told = receipt(self.state, number, to=to, at_ms=round(at_s * 1000), rules=self.rules)
        return self._keep(told)

    def expect(self, watched, since_s, at_s):
        since_ms = None if since_s is None else round(since_s * 1000)
        at_ms = round(at_s * 1000)
        return self._keep(
            expect(self.state, watched, since_ms=since_ms, at_ms=at_ms, rules=self.rules)
        )

    def infuse(self, since_s, at_s):
        since_ms = None if since_s is None else round(since_s * 1000)
        at_ms = round(at_s * 1000)
        return self._keep(infusion(self.state, since_ms=since_ms, at_ms=at_ms, rules=self.rules))

    @property
    def told(self):
        return told(self.log)

    @property
    def conditions(self):
        return {alarm.condition for alarm in self.state.alarms}


def told(changes):
    """Changes as a test reads them: second, what, about what, how grave."""
    return [
        (
            change.at_ms / 1000,
            change.kind.value,
            change.alarm.condition if change.alarm else "",
            change.alarm.priority.name if change.alarm else "",
        )
        for change in changes
    ]


def trace(*stretches):
    """`(95, 30), (None, 3)` as one value a second; None is no value."""
    return [value for value, seconds in stretches for _ in range(seconds)]


def both_ways(*, rules=None, times_ms=None, **traces):
    """Changes of one trace per signal, told by stream and array alike; sample 1 is at 1 s."""
    rules = rules or Rules()
    columns = {Signal(name): values for name, values in traces.items()}
    rows = len(next(iter(columns.values())))
    times = times_ms or [1000 * (row + 1) for row in range(rows)]
    state, streamed = AlarmState(), []
    for row, at_ms in enumerate(times):
        samples = [
            Sample(signal, values[row])
            for signal, values in columns.items()
            if signal in CONTINUOUS or values[row] is not None
        ]
        state, changes = step(state, samples, at_ms=at_ms, rules=rules)
        streamed += changes
    arrays = {s: np.array([np.nan if v is None else v for v in c]) for s, c in columns.items()}
    swept_state, swept = sweep(AlarmState(), np.array(times), arrays, rules=rules)
    assert list(swept) == streamed
    assert swept_state == state
    return told(streamed)
