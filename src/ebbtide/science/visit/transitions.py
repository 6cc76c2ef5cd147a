"""Which entries each status takes: the visit's state machine, as data."""

from collections.abc import Mapping

from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.state import Status

_ALWAYS_HERE = frozenset(
    {
        Kind.SCORE_TAKEN,
        Kind.COMFORT_CHANGED,
        Kind.ADVERSE_EVENT_NOTED,
        Kind.RESCUE_GIVEN,
        Kind.AMENDED,
    }
)

ALLOWED: Mapping[Status, frozenset[Kind]] = {
    Status.EXPECTED: frozenset({Kind.CHECKED_IN}),
    Status.CHECKED_IN: _ALWAYS_HERE
    | {
        Kind.GATE_CONFIRMED,
        Kind.WEIGHT_TAKEN,
        Kind.DOSE_DRAWN,
        Kind.DOSE_CHECKED,
        Kind.LINE_PLACED,
        Kind.READING_ENTERED,
        Kind.STARTED,
        Kind.CALLED_OFF,
    },
    Status.RUNNING: _ALWAYS_HERE
    | {Kind.READING_ENTERED, Kind.RATE_CHANGED, Kind.HELD, Kind.BOLUS_GIVEN, Kind.LINE_PLACED},
    Status.HELD: _ALWAYS_HERE
    | {Kind.READING_ENTERED, Kind.RESUMED, Kind.BOLUS_GIVEN, Kind.LINE_PLACED},
    Status.RECOVERY: _ALWAYS_HERE
    | {
        Kind.READING_ENTERED,
        Kind.RECOVERY_READING_ENTERED,
        Kind.DISCHARGE_CONFIRMED,
        Kind.HANDED_OVER,
    },
    Status.CALLED_OFF: frozenset({Kind.ADVERSE_EVENT_NOTED, Kind.AMENDED, Kind.SIGNED}),
    Status.HANDED_OVER: frozenset({Kind.ADVERSE_EVENT_NOTED, Kind.AMENDED, Kind.SIGNED}),
    Status.SIGNED: frozenset({Kind.AMENDED, Kind.SIGNED}),
}

# What a kind turns the status into; kinds not named leave it as it is.
LEADS_TO: Mapping[Kind, Status] = {
    Kind.CHECKED_IN: Status.CHECKED_IN,
    Kind.STARTED: Status.RUNNING,
    Kind.HELD: Status.HELD,
    Kind.RESUMED: Status.RUNNING,
    Kind.STOPPED: Status.RECOVERY,
    Kind.CALLED_OFF: Status.CALLED_OFF,
    Kind.HANDED_OVER: Status.HANDED_OVER,
    Kind.SIGNED: Status.SIGNED,
}

WORDS: Mapping[Status, str] = {
    Status.EXPECTED: "expected",
    Status.CHECKED_IN: "checked in",
    Status.RUNNING: "running",
    Status.HELD: "held",
    Status.RECOVERY: "in recovery",
    Status.CALLED_OFF: "called off",
    Status.HANDED_OVER: "handed over",
    Status.SIGNED: "signed",
}
