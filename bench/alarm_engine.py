"""The alarm engine: arrays and streaming, on real recordings where they are.

    .venv/bin/python bench/alarm_engine.py [--json]

A sample is one value of one signal. Arrays: every recording of `../shared/data/sedation`, one
after another, SpO2 and pulse, swept again and again; one core, the median of several rounds.
Streaming: the same rows one by one, a step each, the state kept between them. Without the
recordings two hours are made up. Both ways must tell the same alarms, or nothing is told.
"""

import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from _figures import options, tell

from ebbtide.devices.recordings import open_recording
from ebbtide.science.alarms.engine import step
from ebbtide.science.alarms.limits import Signal
from ebbtide.science.alarms.rules import Rules
from ebbtide.science.alarms.state import AlarmState, Change, Sample
from ebbtide.science.alarms.sweep import Columns, Times, sweep
from ebbtide.science.vitals.validity import Quality

REAL = Path(__file__).parents[2] / "shared" / "data" / "sedation"
LEAST_PER_S = 1_000_000
MOST_STREAMED_US = 20.0
ROUNDS = 7
SIGNALS = (Signal.SPO2, Signal.PULSE)
RULES = Rules()


def recorded(path: Path) -> tuple[Times, Columns]:
    frames = open_recording(path).frames
    columns = {signal: np.full(len(frames), np.nan) for signal in SIGNALS}
    for row, frame in enumerate(frames):
        for sample in frame.samples:
            if sample.quantity in SIGNALS and sample.quality is Quality.OK:
                columns[Signal(sample.quantity)][row] = sample.value
    return np.array([round(frame.offset_s * 1000) for frame in frames]), columns


def made_up() -> tuple[Times, Columns]:
    rng = np.random.default_rng(4)
    rows = 7200
    spo2 = np.clip(np.round(96 + np.cumsum(rng.normal(0, 0.3, rows)) % 8 - 6), 70, 100)
    pulse = np.round(80 + 20 * np.sin(np.arange(rows) / 300) + rng.normal(0, 2, rows))
    spo2[rng.random(rows) < 0.05] = np.nan
    return np.arange(rows) * 1000, {Signal.SPO2: spo2, Signal.PULSE: pulse}


def swept(cases: list[tuple[Times, Columns]]) -> list[tuple[Change, ...]]:
    return [sweep(AlarmState(), times, columns, rules=RULES)[1] for times, columns in cases]


def streamed(
    cases: list[tuple[list[int], list[list[Sample]]]],
) -> list[tuple[Change, ...]]:
    told = []
    for times, messages in cases:
        state, changes = AlarmState(), []
        for at_ms, samples in zip(times, messages, strict=True):
            state, new = step(state, samples, at_ms=at_ms, rules=RULES)
            changes += new
        told.append(tuple(changes))
    return told


def messages(times: Times, columns: Columns) -> tuple[list[int], list[list[Sample]]]:
    rows = zip(*(columns[signal].tolist() for signal in SIGNALS), strict=True)
    made = [
        [
            Sample(signal, None if np.isnan(value) else value)
            for signal, value in zip(SIGNALS, row, strict=True)
        ]
        for row in rows
    ]
    return times.tolist(), made


def main() -> int:
    as_json = options(__doc__).parse_args().json
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])  # one core
    paths = sorted(REAL.glob("P*.csv"))
    cases = [recorded(path) for path in paths] or [made_up()]
    samples = sum(len(SIGNALS) * len(times) for times, _ in cases)
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        arrays = swept(cases)
        spent.append(time.perf_counter() - began)
    ready = [messages(times, columns) for times, columns in cases]
    streamed_s = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        stream = streamed(ready)
        streamed_s.append(time.perf_counter() - began)
    if arrays != stream:
        raise AssertionError("arrays and stream tell different alarms")
    figures = {
        "recordings": float(len(paths)),
        "samples": float(samples),
        "changes": float(sum(map(len, arrays))),
        "array_samples_per_s": samples / statistics.median(spent),
        "array_us_per_sample": 1e6 * statistics.median(spent) / samples,
        "streaming_us_per_sample": 1e6 * statistics.median(streamed_s) / samples,
    }
    limits = {
        "array_us_per_sample": 1e6 / LEAST_PER_S,
        "streaming_us_per_sample": MOST_STREAMED_US,
    }
    return tell("alarm_engine", figures, limits, as_json=as_json)


if __name__ == "__main__":
    sys.exit(main())
