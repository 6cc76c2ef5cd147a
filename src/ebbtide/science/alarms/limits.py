"""What raises an alarm, as data with a source, and a patient's own limits with their reason."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import IntEnum, StrEnum
from itertools import pairwise
from typing import Final

from ebbtide.science.screening.parts import Tag


class Priority(IntEnum):
    """How soon somebody must come."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        """The word people read."""
        return self.name.capitalize()


class Signal(StrEnum):
    """What an alarm can be about; where a vital sign has the same name, it is that one."""

    HEART_RATE = "heart_rate"
    SPO2 = "spo2"
    PULSE = "pulse"
    RESP = "resp"
    ETCO2 = "etco2"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    MOAAS = "moaas"
    RASS = "rass"
    BREATH = "breath"
    PUMP = "pump"
    CUFF_START = "cuff_start"


# A channel gives a value each period; the rest come when somebody or something measures.
CONTINUOUS: Final = (Signal.HEART_RATE, Signal.SPO2, Signal.PULSE, Signal.RESP, Signal.ETCO2)


class Side(StrEnum):
    """Beyond which end of the ordinary a limit lies; at the limit itself nothing is violated."""

    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit of one signal.

    Attributes:
        signal: What is measured; it fixes the unit.
        side: BELOW is violated by less than `value`, ABOVE by more.
        priority: Of the alarm.
        value: In the signal's unit.
        delay_s: Valid violating time before the alarm, seconds; 0 is each value at once.
        source: Key of the bibliography.
        tag: How the number came to be known.
        reason: Why this patient's limit is not the protocol's; empty for the protocol's own.
    """

    signal: Signal
    side: Side
    priority: Priority
    value: Decimal
    delay_s: Decimal = Decimal(0)
    source: str = "clinic_practice"
    tag: Tag = Tag.SYNTHESIS
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """How far past a limit a value must come back before its alarm may clear."""

    signal: Signal
    width: Decimal


class Watched(StrEnum):
    """What is expected again and again; its absence is an alarm."""

    MONITOR = "monitor"
    PUMP = "pump"
    CUFF = "cuff"
    BREATH = "breath"
    SCORE = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long something expected may stay away.

    Attributes:
        watched: What is expected.
        priority: Of the alarm.
        after_s: Seconds since it last came, or since it was due.
        periods: Added to `after_s`, in periods of the source (pump) or intervals (cuff).
        is_for_infusion: Only while drug runs.
    """

    watched: Watched
    priority: Priority
    after_s: Decimal = Decimal(0)
    periods: Decimal = Decimal(0)
    is_for_infusion: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Who is told of an alarm that nobody acknowledged, and after how many seconds."""

    priority: Priority
    after_s: Decimal
    to: str


def _limits(signal: Signal, *rows: tuple[str, str, str, str]) -> tuple[Limit, ...]:
    return tuple(
        Limit(
            signal=signal,
            side=Side(side),
            priority=Priority[priority],
            value=Decimal(value),
            delay_s=Decimal(delay_s),
        )
        for side, priority, value, delay_s in rows
    )


_BEATS: Final = (
    ("below", "HIGH", "40", "5"),
    ("below", "MEDIUM", "50", "10"),
    ("above", "MEDIUM", "120", "15"),
    ("above", "HIGH", "150", "10"),
)
_LIMITS: Final = (
    *_limits(
        Signal.SPO2,
        ("below", "HIGH", "85", "5"),
        ("below", "MEDIUM", "90", "15"),
        ("below", "LOW", "92", "30"),
    ),
    *_limits(Signal.PULSE, *_BEATS),
    *_limits(Signal.HEART_RATE, *_BEATS),
    *_limits(
        Signal.RESP,
        ("below", "HIGH", "6", "15"),
        ("below", "MEDIUM", "8", "15"),
        ("above", "MEDIUM", "30", "15"),
        ("above", "HIGH", "35", "15"),
    ),
    *_limits(
        Signal.ETCO2,
        ("below", "HIGH", "15", "15"),
        ("below", "MEDIUM", "25", "15"),
        ("above", "MEDIUM", "50", "15"),
        ("above", "HIGH", "60", "15"),
    ),
    *_limits(
        Signal.SYSTOLIC,
        ("below", "HIGH", "80", "0"),
        ("below", "MEDIUM", "90", "0"),
        ("above", "MEDIUM", "160", "0"),
        ("above", "HIGH", "180", "0"),
    ),
    *_limits(
        Signal.DIASTOLIC,
        ("below", "HIGH", "40", "0"),
        ("below", "MEDIUM", "50", "0"),
        ("above", "MEDIUM", "100", "0"),
        ("above", "HIGH", "110", "0"),
    ),
    # Whole-number scores: MOAA/S 2 or less, RASS -3 or less, RASS -2, RASS +3 or more.
    *_limits(Signal.MOAAS, ("below", "HIGH", "3", "0")),
    *_limits(
        Signal.RASS,
        ("below", "HIGH", "-2", "0"),
        ("below", "MEDIUM", "-1", "0"),
        ("above", "HIGH", "2", "0"),
    ),
)
_BANDS: Final = (
    Band(signal=Signal.SPO2, width=Decimal(2)),
    Band(signal=Signal.PULSE, width=Decimal(5)),
    Band(signal=Signal.HEART_RATE, width=Decimal(5)),
    Band(signal=Signal.RESP, width=Decimal(2)),
)


def _wait(
    watched: Watched, priority: Priority, after_s: str, periods: str = "0", *only: str
) -> Wait:
    return Wait(
        watched=watched,
        priority=priority,
        after_s=Decimal(after_s),
        periods=Decimal(periods),
        is_for_infusion="infusion" in only,
    )


_WAITS: Final = (
    _wait(Watched.MONITOR, Priority.LOW, "5"),
    _wait(Watched.MONITOR, Priority.MEDIUM, "25"),
    _wait(Watched.MONITOR, Priority.HIGH, "55", "0", "infusion"),
    _wait(Watched.PUMP, Priority.LOW, "10", "2"),
    _wait(Watched.PUMP, Priority.MEDIUM, "120", "0", "infusion"),
    _wait(Watched.CUFF, Priority.LOW, "0", "1.5"),
    _wait(Watched.CUFF, Priority.MEDIUM, "0", "2"),
    _wait(Watched.BREATH, Priority.MEDIUM, "20"),
    _wait(Watched.BREATH, Priority.HIGH, "30"),
    _wait(Watched.SCORE, Priority.LOW, "180"),
    _wait(Watched.SCORE, Priority.MEDIUM, "480"),
)
_HOPS: Final = (
    Hop(priority=Priority.HIGH, after_s=Decimal(30), to="all clinic screens"),
    Hop(priority=Priority.HIGH, after_s=Decimal(60), to="second nurse's device"),
    Hop(priority=Priority.HIGH, after_s=Decimal(120), to="physician"),
    Hop(priority=Priority.MEDIUM, after_s=Decimal(120), to="all clinic screens"),
    Hop(priority=Priority.MEDIUM, after_s=Decimal(300), to="second nurse's device"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLimits:
    """Everything that alarms are judged by; one patient's are a copy with reasons.

    Nothing here comes from one standard: a clinic's medical director signs it.

    Attributes:
        limits: Of values.
        bands: Hysteresis; a signal without one has none.
        waits: Of what stays away. The monitor's count from when a value goes grey.
        hops: Escalation of what nobody acknowledged.
        longest_gap_s: An invalid stretch up to this long pauses the delays; more resets them.
        clear_s: Time past the band before an alarm clears.
        stale_s: A value is grey when older than this, or 3 periods if that is longer.
        off_medium_s: Beyond grey, a sign without values is Medium.
        absent_s: Beyond grey, a sign left out of the monitor's messages is Low.
        unlikely_spo2_percent: A saturation below this starts no alarm and ends none.
        disagree_percent: Pulse and heart rate differ by more than this share of heart rate.
        disagree_s: For this long.
        cuff_hold_s: After a cuff start on the probe's arm, its loss waits this long.
        rise_mmhg: Low for a systolic pressure this far over the session's baseline,
        rise_percent: or this share of it.
        clock_jump_s: A step of the device clock that is told.
        audio_pause_s: Longest pause of the sound.
        receipt_s: A hop not received within this is skipped ahead of.

    Source: clinic_practice (limits), gorges2009 (what a delay spares), cvach2014
        (escalation), iec60601_1_8 (priorities, latching, timed pause)
    """

    limits: tuple[Limit, ...] = field(default=_LIMITS)
    bands: tuple[Band, ...] = field(default=_BANDS)
    waits: tuple[Wait, ...] = field(default=_WAITS)
    hops: tuple[Hop, ...] = field(default=_HOPS)
    longest_gap_s: Decimal = Decimal(5)
    clear_s: Decimal = Decimal(3)
    stale_s: Decimal = Decimal(5)
    off_medium_s: Decimal = Decimal(25)
    absent_s: Decimal = Decimal(5)
    unlikely_spo2_percent: Decimal = Decimal(30)
    disagree_percent: Decimal = Decimal(20)
    disagree_s: Decimal = Decimal(15)
    cuff_hold_s: Decimal = Decimal(45)
    rise_mmhg: Decimal = Decimal(30)
    rise_percent: Decimal = Decimal(25)
    clock_jump_s: Decimal = Decimal(30)
    audio_pause_s: Decimal = Decimal(120)
    receipt_s: Decimal = Decimal(10)

    def __post_init__(self) -> None:
        """Refuse limits out of order and a pause of the sound that is too long."""
        if self.audio_pause_s > LONGEST_AUDIO_PAUSE_S:
            raise ValueError(f"the sound is paused for {LONGEST_AUDIO_PAUSE_S} s at most")
        for signal in Signal:
            below, above = self.of(signal, Side.BELOW), self.of(signal, Side.ABOVE)
            ladder = [limit.value for limit in (*reversed(below), *above)]
            if any(high <= low for low, high in pairwise(ladder)):
                raise ValueError(f"the alarm limits of {signal} are out of order")

    def of(self, signal: Signal, side: Side) -> tuple[Limit, ...]:
        """The limits of one side, the least priority first."""
        mine = [limit for limit in self.limits if limit.signal is signal and limit.side is side]
        return tuple(sorted(mine, key=lambda limit: limit.priority))

    def for_patient(
        self, signal: Signal, *, side: Side, priority: Priority, value: Decimal, reason: str
    ) -> "AlarmLimits":
        """The same with one limit moved for one patient.

        Raises:
            ValueError: There is no such limit, no reason, or the limits get out of order.
        """
        if not reason.strip():
            raise ValueError("a patient's own alarm limit needs a reason")
        moved = tuple(
            replace(limit, value=value, reason=reason)
            if (limit.signal, limit.side, limit.priority) == (signal, side, priority)
            else limit
            for limit in self.limits
        )
        if moved == self.limits:
            raise ValueError(f"there is no {priority.label} limit of {signal} {side} to move")
        return replace(self, limits=moved)


LONGEST_AUDIO_PAUSE_S: Final = 120
DEFAULT_ALARMS: Final = AlarmLimits()
