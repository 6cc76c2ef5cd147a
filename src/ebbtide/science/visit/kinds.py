"""The kinds of entry a visit's record is made of."""

from enum import StrEnum


class Kind(StrEnum):
    """What an event says. Stored, so never renamed."""

    CHECKED_IN = "checked_in"
    GATE_CONFIRMED = "gate_confirmed"
    WEIGHT_TAKEN = "weight_taken"
    DOSE_DRAWN = "dose_drawn"
    DOSE_CHECKED = "dose_checked"
    LINE_PLACED = "line_placed"
    STARTED = "started"
    RATE_CHANGED = "rate_changed"
    HELD = "held"
    RESUMED = "resumed"
    BOLUS_GIVEN = "bolus_given"
    READING_ENTERED = "reading_entered"
    SCORE_TAKEN = "score_taken"
    COMFORT_CHANGED = "comfort_changed"
    ADVERSE_EVENT_NOTED = "adverse_event_noted"
    RESCUE_GIVEN = "rescue_given"
    STOPPED = "stopped"
    CALLED_OFF = "called_off"
    RECOVERY_READING_ENTERED = "recovery_reading_entered"
    DISCHARGE_CONFIRMED = "discharge_confirmed"
    HANDED_OVER = "handed_over"
    SIGNED = "signed"
    AMENDED = "amended"
