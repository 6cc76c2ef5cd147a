"""One value of one message: what it is, what it is worth, and exactly what was sent."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from ebbtide.devices.codes import Code
from ebbtide.devices.sources import Sample


class Action(StrEnum):
    """What a value does to one that was sent before under the same code and time."""

    RECORD = "record"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One OBX segment that holds data.

    Attributes:
        device: Which device: the connection's, and what tells several on one apart.
        time: When it was measured, as sent; empty where the message says nothing.
        measured_at: The same moment in UTC, None where there is none.
        is_zone_assumed: The device did not say its zone, so the clinic's was taken.
        number: Identifier of its code, as sent.
        name: Name of its code, as sent.
        system: Code system, as sent or the profile's.
        sub_id: Which part of the device, OBX-4.
        order: Place of its OBR in the message, from 0.
        raw: The value as sent, with its escapes.
        unit: As sent.
        code: What the code means, None where it stays unmapped.
        why_unmapped: Why it does, in words; empty where it is mapped.
        value: The number in the code's unit; None where there is none.
        sample: What may be shown and alarmed on if its quality allows; None for all that is
            no vital sign.
        action: What it does to an earlier one.
        flags: The device's own abnormal flags.
        note: What was assumed on the way from the number sent to the value.
    """

    device: str
    time: str
    measured_at: datetime | None
    is_zone_assumed: bool
    number: str
    name: str
    system: str
    sub_id: str
    order: int
    raw: str
    unit: str
    code: Code | None
    why_unmapped: str
    value: Decimal | None
    sample: Sample | None
    action: Action
    flags: tuple[str, ...]
    note: str

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """The same for a value that is sent again, whatever the message's own id.

        Where the message says no time, two of the same value are not told apart by this: then
        it must not be used to drop one.
        """
        return (self.device, self.time, f"{self.system}:{self.number}", self.sub_id, self.raw)
