"""Where alarms stand: one frozen value that can be stored and taken up again."""

from dataclasses import dataclass
from enum import StrEnum

from ebbtide.science.alarms.limits import Priority, Signal, Watched
from ebbtide.science.screening.stored import read_back, written


@dataclass(frozen=True, slots=True)
class Sample:
    """One value that came, in the signal's unit; None is no value that may be believed.

    A breath, a pump report and a cuff start have no value of their own: any number will do.
    `measured_ms` is when the device says it measured; a cuff reading is resent with the same.
    """

    signal: Signal
    value: float | None
    measured_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """One side of a signal: how long each rung was violated, and which one has its alarm.

    Attributes:
        timers_ms: Valid violating time of each rung, the least priority first.
        active: The rung whose alarm stands, -1 for none.
        clearing_ms: Valid time past the band of that rung.
    """

    timers_ms: tuple[int, ...]
    active: int = -1
    clearing_ms: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """A signal that comes each period.

    Attributes:
        signal: Which.
        last_ms: When its last sample came, valid or not.
        valid_ms: When its last valid one came; before the first, one period before it.
        value: The last valid value.
        below: Limits below.
        above: Limits above.
        disagrees: Pulse against heart rate.
        off: Rung of the technical alarm: -1 none, 0 Low, 1 Medium.
    """

    signal: Signal
    last_ms: int
    valid_ms: int
    value: float | None
    below: Ladder
    above: Ladder
    disagrees: Ladder
    off: int = -1


@dataclass(frozen=True, slots=True)
class Watch:
    """Something expected: since when it is away, None if nobody waits; which rung is reached."""

    watched: Watched
    since_ms: int | None = None
    rung: int = -1


@dataclass(frozen=True, slots=True)
class CuffReading:
    """A cuff reading already seen, by the device's time of measuring."""

    measured_ms: int
    systolic: float
    diastolic: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A condition judged by each value once.

    Attributes:
        condition: Its name.
        rank: Priority that stands, 0 for none.
    """

    condition: str
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A hop of an escalation: whom it went to, when, and when it was received."""

    to: str
    at_ms: int
    received_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm from being raised to being done with.

    Attributes:
        number: Its id within the session, never used twice.
        condition: What it is about, for example `spo2.below`, `spo2.off`, `monitor`.
        signal: The quantity, or what is expected.
        priority: How soon somebody must come.
        value: The value that raised it, None for a technical one.
        limit: The limit it is beyond, in the same unit; None for a technical one.
        delay_s: Delay of that limit, seconds.
        raised_ms: When.
        cleared_ms: When the condition ended; a High one stays until acknowledged.
        acknowledged_ms: When somebody took it, None before.
        acknowledged_by: Who.
        sent: Escalation so far.
    """

    number: int
    condition: str
    signal: str
    priority: Priority
    value: float | None
    limit: float | None
    delay_s: float
    raised_ms: int
    cleared_ms: int | None = None
    acknowledged_ms: int | None = None
    acknowledged_by: str = ""
    sent: tuple[Sent, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether the condition still holds."""
        return self.cleared_ms is None


class Kind(StrEnum):
    """What happened to an alarm."""

    RAISED = "raised"
    CLEARED = "cleared"
    LATCHED = "latched"
    REPLACED = "replaced"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    RECEIVED = "received"
    PAUSED = "audio paused"
    SOUND_RETURNED = "sound returned"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the alarm log.

    Attributes:
        at_ms: When, by the clock of receiving.
        kind: What happened.
        alarm: The alarm as it is afterwards; None for what concerns them all.
        words: Anything else to know: who, to whom, how far.
    """

    at_ms: int
    kind: Kind
    alarm: Alarm | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmState:
    """Everything the engine knows; times are milliseconds of the receiving clock.

    Attributes:
        at_ms: How far it has come, None before the first step.
        alarms: Active or waiting to be acknowledged, oldest first.
        next_number: Id of the next alarm.
        channels: Continuous signals seen so far.
        watches: What is expected.
        entries: Conditions of values that come once each.
        cuffs_seen: Cuff readings already judged whose time of measuring is known.
        infusing_since_ms: Since when drug runs, None if it does not.
        cuff_started_ms: Last inflation on the probe's arm.
        clock_offset_ms: Device clock against the receiving one.
        paused_ms: When the sound was paused, None if it is not.
        paused_until_ms: When it returns.
    """

    at_ms: int | None = None
    alarms: tuple[Alarm, ...] = ()
    next_number: int = 1
    channels: tuple[Channel, ...] = ()
    watches: tuple[Watch, ...] = ()
    entries: tuple[Entry, ...] = ()
    cuffs_seen: tuple[CuffReading, ...] = ()
    infusing_since_ms: int | None = None
    cuff_started_ms: int | None = None
    clock_offset_ms: int | None = None
    paused_ms: int | None = None
    paused_until_ms: int | None = None

    def to_json(self) -> str:
        """As text, the same for the same state."""
        return written(self)

    @classmethod
    def from_json(cls, text: str) -> "AlarmState":
        """Take a stored state up again.

        Raises:
            ValueError: The text is not a state.
        """
        return read_back(cls, text, named="alarms")
