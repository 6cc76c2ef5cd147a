"""The page of docs/rules about alarms, made from the limits."""

from dataclasses import fields

from report.markdown import NOTICE, table
from rule_pages import cited

from ebbtide.science.alarms.limits import DEFAULT_ALARMS, Limit, Priority, Signal, Wait
from ebbtide.science.alarms.sources import SOURCES
from ebbtide.science.units import exactly
from ebbtide.science.vitals.validity import Quantity

NAMES = {
    Signal.HEART_RATE: "Heart rate, /min",
    Signal.MOAAS: "MOAA/S",
    Signal.RASS: "RASS",
    **{Signal(q.value): f"{q.label}, {q.unit}" for q in Quantity if q.value in set(Signal)},
}
INTRODUCTION = """# Alarms

**This is a second display. The bedside monitor's and the pump's own alarms come first and stay on;
nothing here may be the only thing that calls somebody.** A display that receives over a network can
lose messages, and says when it did.

**Every limit is for the clinic's medical director to confirm or change.** They are proposed
starting limits and come from no single standard. A patient's own limit replaces one of them with
a stated reason, which is kept with it. The [bands](bands.md) of the protocol judge a nurse's
reading and say what to do; these limits call somebody to the chair. The two do not share numbers:
a band begins at its number, an alarm beyond it.
"""
RULES = """## When an alarm begins and ends

- A limit is violated beyond its number, not at it. A condition is an alarm when its **valid**
  violating time reaches the delay: at one value a second, 15 s are 15 values.
- Values that are none (sensor off, sentinels, out of range) pause the delay for up to {gap} s.
  More begins it again, and a technical alarm takes over.
- A source that comes irregularly counts elapsed time, at most two of its periods from one value
  to the next. A quarter of a period, at most 0.25 s, is left to the network.
- Of several priorities of one side the gravest stands. An alarm ends after {clear} s of valid
  values past the band; if a lesser limit is still violated for its delay, that alarm follows.
- A cuff reading is judged once, also when it is sent again. A single value beyond a Medium limit
  is Medium and the cuff is to be repeated now; beyond the same side in the next reading, or
  beyond a High limit, it is High. The next reading within limits ends it.
- Pulse more than {percent}% away from a fresh heart rate for {disagree} s is "pulse disagrees
  with heart rate", Low, and the saturation is suspect. A pulse alarm is not raised meanwhile;
  where it would have been, the disagreement is told at once.
- A saturation under {unlikely}% starts no alarm, and ends none that stands.
- With probe and cuff on one arm, a probe lost after a cuff start is told {hold} s after that
  start. No alarm about a value ever waits for a cuff.
- A step of the device's clock by {jump} s or more is a Low notice. Alarms run on the time of
  receiving, so it moves none.

## In people's hands

- **High latches**: it stays shown after the value recovers, until acknowledged. Medium and Low do
  not.
- An acknowledged alarm is silent; when its condition ends and comes back, it is a new alarm and
  heard.
- The sound can be paused for {pause} s at most. It returns by itself, and at once for what begins
  meanwhile.
- An alarm nobody acknowledged goes to the next people; a step without a receipt within {receipt}
  s is skipped ahead of.
- The state is one value that is stored with every change: after a crash the same alarms stand,
  with the same numbers, and nothing is raised twice.

## What it does not do

- It reads no waves: asystole, arrhythmia and artefacts of the trace are the monitor's.
- It does not judge jumps or frozen values of the saturation; they are the display's to flag.
- It never changes the pump.
"""


def alarms() -> str:
    """Limits, what is expected, escalation, and the rules in words."""
    limits = DEFAULT_ALARMS
    words = RULES.format(
        gap=exactly(limits.longest_gap_s),
        clear=exactly(limits.clear_s),
        percent=exactly(limits.disagree_percent),
        disagree=exactly(limits.disagree_s),
        unlikely=exactly(limits.unlikely_spo2_percent),
        hold=exactly(limits.cuff_hold_s),
        jump=exactly(limits.clock_jump_s),
        pause=exactly(limits.audio_pause_s),
        receipt=exactly(limits.receipt_s),
    )
    parts = (INTRODUCTION, _limits(), _waits(), _hops(), words, _numbers())
    return NOTICE + "\n".join(parts)


def _limits() -> str:
    bands = {band.signal: exactly(band.width) for band in DEFAULT_ALARMS.bands}
    rows = [
        [
            NAMES[limit.signal],
            limit.priority.label,
            f"{limit.side} {exactly(limit.value)}",
            _delay(limit),
            bands.get(limit.signal, "–"),
            f"{cited(limit.source)}, {limit.tag.value}",
        ]
        for limit in DEFAULT_ALARMS.limits
    ]
    rise = f"{exactly(DEFAULT_ALARMS.rise_mmhg)} mmHg or {exactly(DEFAULT_ALARMS.rise_percent)}%"
    return (
        "## Limits\n\n"
        f"{table(['', 'priority', 'when', 'for', 'band', 'source, tag'], rows)}\n"
        f"A systolic pressure {rise} or more over the session's baseline is Low.\n"
    )


def _delay(limit: Limit) -> str:
    if limit.delay_s:
        return f"{exactly(limit.delay_s)} s"
    return "on entry" if limit.signal in (Signal.MOAAS, Signal.RASS) else "each reading once"


def _waits() -> str:
    rows = [
        [
            wait.watched.value,
            wait.priority.label,
            _patience(wait),
            "yes" if wait.is_for_infusion else "",
        ]
        for wait in DEFAULT_ALARMS.waits
    ]
    grey = exactly(DEFAULT_ALARMS.stale_s)
    return (
        "## What stays away\n\n"
        f"A value is grey when it is older than {grey} s or three of its periods, whichever is "
        "longer. The monitor's waits count from there.\n\n"
        f"{table(['expected', 'priority', 'after', 'only while drug runs'], rows)}"
    )


def _patience(wait: Wait) -> str:
    unit = "intervals" if wait.watched.value == "cuff" else "periods"
    after = [f"{exactly(wait.after_s)} s"] if wait.after_s else []
    return " and ".join([*after, *([f"{exactly(wait.periods)} {unit}"] if wait.periods else [])])


def _hops() -> str:
    rows = [
        [priority.label, f"{exactly(hop.after_s)} s", hop.to]
        for priority in reversed(Priority)
        for hop in DEFAULT_ALARMS.hops
        if hop.priority is priority
    ]
    return f"## Nobody acknowledged\n\n{table(['priority', 'after', 'to'], rows)}"


def _numbers() -> str:
    names = {field.name for field in fields(DEFAULT_ALARMS)}
    rows = [
        [
            f"`{source.item}`",
            _number(source.item),
            cited(source.reference),
            source.tag.value,
            source.note,
        ]
        for source in SOURCES
        if source.item in names
    ]
    return f"## Numbers\n\n{table(['item', 'default', 'source', 'tag', 'note'], rows)}"


def _number(item: str) -> str:
    value = getattr(DEFAULT_ALARMS, item)
    return "the table above" if isinstance(value, tuple) else exactly(value)
