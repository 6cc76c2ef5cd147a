"""What is particular to one family of devices, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ebbtide.devices.codes import MDC
from ebbtide.devices.hl7v2 import Message


class Priority(StrEnum):
    """How urgent a device says its own alarm is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"
    UNKNOWN = "unknown"


IHE_PRIORITIES: Final[Mapping[str, Priority]] = MappingProxyType(
    {
        "PH": Priority.HIGH,
        "PM": Priority.MEDIUM,
        "PL": Priority.LOW,
        "PI": Priority.NONE,
        "PN": Priority.NONE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A family of devices: how it is known and where it leaves the standard.

    Attributes:
        name: Short and stable.
        title: What people call the family.
        marks: How a message shows that it comes from one.
        recognises: The same as a rule.
        default_system: Code system of a code that names none.
        always_assumes_unit: It never says units; they are those of the code table.
        sentinels: Texts in place of a value that mean "no reading", beside the numbers that
            mean so everywhere.
        zone: What its times say of their zone; one that is missing is the clinic's.
        period_s: Usual seconds between two messages, None where it is not known.
        priorities: What its alarm priorities mean.
        traps: What goes wrong with it, for the page where devices are set up.

    Source: device_captures
    """

    name: str
    title: str
    marks: str
    recognises: Callable[[Message], bool]
    default_system: str = MDC
    always_assumes_unit: bool = False
    sentinels: frozenset[str] = frozenset()
    zone: str = "as sent, else the clinic's"
    period_s: float | None = None
    priorities: Mapping[str, Priority] = field(default_factory=lambda: IHE_PRIORITIES)
    traps: tuple[str, ...] = ()
