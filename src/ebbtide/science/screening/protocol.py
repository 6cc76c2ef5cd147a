"""An approved protocol: every limit, timetable and list a visit is run by, as data."""

from dataclasses import dataclass, fields
from typing import Any, Final

from ebbtide.science.dosing.limits import DoseLimits, WeightLimits
from ebbtide.science.screening.bands import BandLimits
from ebbtide.science.screening.defaults import CHECKLIST, DISCHARGE_ITEMS, RESCUE, SOURCES
from ebbtide.science.screening.discharge import DischargeLimits
from ebbtide.science.screening.gate import GateLimits
from ebbtide.science.screening.parts import ListItem, RescueDrug, Schedule, Source
from ebbtide.science.screening.stored import read_back, written

__all__ = ["DEFAULT_PROTOCOL", "ListItem", "Protocol", "RescueDrug", "Schedule", "Source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One version of a protocol, never changed once approved.

    Attributes:
        name: What the clinic calls it.
        weight: Limits on a typed weight.
        dose: Limits on dose, rate and bolus.
        gate: The start gate.
        bands: The in-session bands.
        schedule: When what is measured.
        discharge: The minimum discharge set.
        checklist: Items confirmed before the start.
        discharge_items: Items confirmed before going home.
        rescue: Rescue drugs on standing order.
        sources: Where each number and list comes from.
    """

    name: str
    weight: WeightLimits
    dose: DoseLimits
    gate: GateLimits
    bands: BandLimits
    schedule: Schedule
    discharge: DischargeLimits
    checklist: tuple[ListItem, ...]
    discharge_items: tuple[ListItem, ...]
    rescue: tuple[RescueDrug, ...]
    sources: tuple[Source, ...]

    def __post_init__(self) -> None:
        """Refuse numbers without a source, and names given twice."""
        named = {source.item for source in self.sources}
        if missing := sorted(set(self.items()) - named):
            raise ValueError(f"no source is given for {', '.join(missing)}")
        if unknown := sorted(named - set(self.items())):
            raise ValueError(f"sources name no item of the protocol: {', '.join(unknown)}")
        for ids in (
            [source.item for source in self.sources],
            [item.id for item in self.checklist],
            [item.id for item in self.discharge_items],
            [drug.id for drug in self.rescue],
        ):
            if len(set(ids)) < len(ids):
                raise ValueError("an item of the protocol is named twice")

    def items(self) -> tuple[str, ...]:
        """Dotted name of every limit, as findings give it in their source."""
        groups = (
            ("weight", self.weight),
            ("dose", self.dose),
            ("gate", self.gate),
            ("band", self.bands),
            ("schedule", self.schedule),
            ("discharge", self.discharge),
        )
        return tuple(f"{area}.{name}" for area, limits in groups for name in _names(limits))

    def source_of(self, item: str) -> Source:
        """Where an item comes from.

        Raises:
            KeyError: The protocol has no such item.
        """
        for source in self.sources:
            if source.item == item:
                return source
        raise KeyError(item)

    def to_json(self) -> str:
        """The protocol as JSON text, the same for the same protocol."""
        return written(self)

    @classmethod
    def from_json(cls, text: str) -> "Protocol":
        """Read a protocol back, strictly.

        Raises:
            ValueError: A key is unknown, missing or given twice, a value has the wrong
                type or form, or a number has no source.
        """
        return read_back(cls, text, named="protocol")


def _names(limits: Any) -> list[str]:
    """Names of the limits in a group; a list of thresholds gives one name per sign."""
    names = []
    for field in fields(limits):
        if field.name == "thresholds":
            names += [each.field for each in limits.thresholds]
        else:
            names.append(field.name)
    return names


DEFAULT_PROTOCOL: Final = Protocol(
    name="40-minute infusion, nurse-run",
    weight=WeightLimits(),
    dose=DoseLimits(),
    gate=GateLimits(),
    bands=BandLimits(),
    schedule=Schedule(),
    discharge=DischargeLimits(),
    checklist=CHECKLIST,
    discharge_items=DISCHARGE_ITEMS,
    rescue=RESCUE,
    sources=SOURCES,
)
