"""`ebbtide alarms RECORDING`: every alarm of a file, as the engine would raise it."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from ebbtide.cli.arguments import OneLineParser, add_json_option
from ebbtide.cli.recording import recording_in
from ebbtide.devices.recordings import Recording
from ebbtide.science.alarms.limits import Priority, Signal
from ebbtide.science.alarms.rules import Rules
from ebbtide.science.alarms.state import Alarm, AlarmState, Kind
from ebbtide.science.alarms.sweep import sweep
from ebbtide.science.vitals.validity import Quality, Quantity

SECOND_DISPLAY: Final = (
    "This is a second display: the bedside monitor's own alarms come first, and stay on."
)
_ENDS: Final = (Kind.CLEARED, Kind.LATCHED, Kind.REPLACED)
_WORDS: Final = {"off": "no values", "disagrees": "disagrees with heart rate"}


def run(argv: Sequence[str]) -> int:
    """Print the alarms of a recording."""
    parser = OneLineParser(
        prog="ebbtide alarms",
        description=f"Show every alarm of a monitor recording. {SECOND_DISPLAY}",
    )
    parser.add_argument("file", type=Path, metavar="RECORDING", help="a CSV file or a WFDB header")
    add_json_option(parser)
    chosen = parser.parse_args(argv)
    recording = recording_in(chosen.file, parser)
    alarms = alarms_of(recording)
    print(_as_json(recording, alarms) if chosen.json else _as_text(recording, alarms))
    return 0


def alarms_of(recording: Recording) -> list[Alarm]:
    """The recording's alarms in the order they were raised; nobody acknowledges any."""
    rows = len(recording.frames)
    known = {signal.value for signal in Signal}
    columns: dict[Signal, Any] = {}
    for row, frame in enumerate(recording.frames):
        for sample in frame.samples:
            if sample.quantity.value not in known:
                continue
            signal = Signal(sample.quantity.value)
            if signal not in columns:
                columns[signal] = np.full(rows, np.nan)
            if sample.quality is Quality.OK:
                columns[signal][row] = sample.value
    times_ms = np.array([round(frame.offset_s * 1000) for frame in recording.frames])
    if not columns:
        return []
    rules = Rules(period_s=recording.period_s)
    _, changes = sweep(AlarmState(), times_ms, columns, rules=rules)
    found: dict[int, Alarm] = {}
    for change in changes:
        if change.alarm is not None and change.kind in (Kind.RAISED, *_ENDS):
            found[change.alarm.number] = change.alarm
    return [found[number] for number in sorted(found)]


def _as_text(recording: Recording, alarms: Sequence[Alarm]) -> str:
    counts = Counter(alarm.priority for alarm in alarms)
    total = ", ".join(f"{counts[priority]} {priority.label}" for priority in reversed(Priority))
    lines = [recording.name, f"{len(alarms)} {'alarm' if len(alarms) == 1 else 'alarms'}: {total}"]
    if alarms:
        lines += ["", f"{'raised':>9}{'cleared':>9}  {'':8}{'':26}{'value':>9}  limit and delay"]
        lines += [_row(alarm) for alarm in alarms]
    return "\n".join((*lines, "", SECOND_DISPLAY))


def _row(alarm: Alarm) -> str:
    value = "–" if alarm.value is None else f"{alarm.value:g}{_unit(alarm)}"
    cleared = "–" if alarm.cleared_ms is None else _clock(alarm.cleared_ms)
    return (
        f"{_clock(alarm.raised_ms):>9}{cleared:>9}  {alarm.priority.label:8}"
        f"{_name(alarm):26}{value:>9}  {_limit(alarm)}"
    )


def _name(alarm: Alarm) -> str:
    labels = {quantity.value: quantity.label for quantity in Quantity}
    part = alarm.condition.rpartition(".")[2]
    name = labels.get(alarm.signal, alarm.signal.capitalize())
    return f"{name} {_WORDS[part]}" if part in _WORDS else name


def _limit(alarm: Alarm) -> str:
    if alarm.limit is None:
        return f"for {alarm.delay_s:g} s" if alarm.delay_s else ""
    delay = f" for {alarm.delay_s:g} s" if alarm.delay_s else ", each reading once"
    return f"{alarm.condition.rpartition('.')[2]} {alarm.limit:g}{_unit(alarm)}{delay}"


def _unit(alarm: Alarm) -> str:
    units = {quantity.value: quantity.unit for quantity in Quantity}
    unit = units.get(alarm.signal, "")
    return unit if unit in ("", "%") else f" {unit}"


def _clock(at_ms: int) -> str:
    minutes, seconds = divmod(at_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def _as_json(recording: Recording, alarms: Sequence[Alarm]) -> str:
    told = {
        "name": recording.name,
        "rows": len(recording.frames),
        "period_s": recording.period_s,
        "note": SECOND_DISPLAY,
        "alarms": [
            {
                "number": alarm.number,
                "quantity": alarm.signal,
                "condition": alarm.condition,
                "priority": alarm.priority.name.lower(),
                "raised_s": alarm.raised_ms / 1000,
                "cleared_s": None if alarm.cleared_ms is None else alarm.cleared_ms / 1000,
                "value": alarm.value,
                "unit": _unit(alarm).strip(),
                "limit": alarm.limit,
                "delay_s": alarm.delay_s,
            }
            for alarm in alarms
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)
