"""The message types of Mindray's HL7 2.3.1, which it puts where a control id belongs."""

from enum import StrEnum


class MessageType(StrEnum):
    """MSH-10 of a monitor that is asked directly.

    Source: device_captures
    """

    PATIENT = "101"
    PATIENT_CHANGED = "103"
    PERIODIC = "204"
    APERIODIC = "503"
    PHYSIOLOGICAL_ALARM = "54"
    TECHNICAL_ALARM = "56"
    KEEP_ALIVE = "106"


ALARMS = frozenset({MessageType.PHYSIOLOGICAL_ALARM, MessageType.TECHNICAL_ALARM})
