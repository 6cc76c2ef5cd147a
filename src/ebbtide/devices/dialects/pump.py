"""What an infusion pump says of itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from ebbtide.devices.dialects.observation import Action, Observation

_NUMBERS: Final = {
    158014: "rate_ml_per_h",
    157784: "set_rate_ml_per_h",
    157884: "to_be_infused_ml",
    157872: "remaining_ml",
    157993: "delivered_ml",
    157992: "segment_ml",
    157760: "drug_mg_per_ml",
    157996: "programmed_s",
    157916: "remaining_s",
    68063: "weight_kg",
}
_TEXTS: Final = {
    184519: "infusing",
    158005: "delivery",
    158006: "not_delivering_because",
    158008: "mode",
    184514: "drug",
}
_PUMP_ONLY: Final = (_NUMBERS.keys() | _TEXTS.keys()) - {68063}


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpStatus:
    """What one channel of a pump said in one message. None or empty: it did not say.

    Attributes:
        device: Which device, as of its observations.
        channel: OBX-4 up to the channel's module, for example `1.1`.
        measured_at: Latest time of its values, None where none is said.
        rate_ml_per_h: At this moment.
        set_rate_ml_per_h: As programmed.
        to_be_infused_ml: Volume programmed.
        remaining_ml: Volume left of it.
        delivered_ml: Volume given in all.
        segment_ml: Volume given in this segment.
        drug_mg_per_ml: Concentration programmed.
        programmed_s: Time programmed.
        remaining_s: Time left of it.
        weight_kg: The patient's, as entered in the pump.
        infusing: Whether it infuses, in its own words.
        delivery: State of delivery, in its own words.
        not_delivering_because: Why it does not deliver, in its own words.
        mode: How it was programmed, in its own words.
        drug: The drug's label.
    """

    device: str
    channel: str
    measured_at: datetime | None
    rate_ml_per_h: Decimal | None = None
    set_rate_ml_per_h: Decimal | None = None
    to_be_infused_ml: Decimal | None = None
    remaining_ml: Decimal | None = None
    delivered_ml: Decimal | None = None
    segment_ml: Decimal | None = None
    drug_mg_per_ml: Decimal | None = None
    programmed_s: Decimal | None = None
    remaining_s: Decimal | None = None
    weight_kg: Decimal | None = None
    infusing: str = ""
    delivery: str = ""
    not_delivering_because: str = ""
    mode: str = ""
    drug: str = ""

    @property
    def is_keeping_vein_open(self) -> bool:
        """The volume is in and the pump still turns: show "KVO", never "infusing"."""
        return self.remaining_ml == 0 and self.rate_ml_per_h is not None and self.rate_ml_per_h > 0


def pump_statuses(observations: Sequence[Observation]) -> tuple[PumpStatus, ...]:
    """The status of each pump channel that a message's observations speak of.

    What a whole pump says, in module 0, is said of each of its channels. Where one code
    comes twice for a channel, the last counts.

    Source: ihe_pcd (containment in OBX-4), device_captures
    """
    channels: dict[tuple[str, int, str], list[Observation]] = {}
    shared: dict[tuple[str, int, str], list[Observation]] = {}
    for seen in observations:
        if seen.code is None or seen.action is Action.DELETE:
            continue
        if seen.code.number in _NUMBERS or seen.code.number in _TEXTS:
            part, module = _place(seen)
            if module == "0":
                shared.setdefault((seen.device, seen.order, part), []).append(seen)
            else:
                place = (seen.device, seen.order, f"{part}.{module}".rstrip("."))
                channels.setdefault(place, []).append(seen)
    for (device, order, part), said in shared.items():
        own = [key for key in channels if key[:2] == (device, order) and _part(key[2]) == part]
        for key in own or [(device, order, part)]:
            channels[key] = said + channels.get(key, [])
    return tuple(
        _status(device, channel, said)
        for (device, _, channel), said in channels.items()
        if any(seen.code is not None and seen.code.number in _PUMP_ONLY for seen in said)
    )


def _part(channel: str) -> str:
    return channel.split(".", maxsplit=1)[0]


def _place(seen: Observation) -> tuple[str, str]:
    part, module, *_ = [*seen.sub_id.split("."), "", ""]
    return part, module


def _status(device: str, channel: str, said: Sequence[Observation]) -> PumpStatus:
    numbers: dict[str, Decimal | None] = {}
    texts: dict[str, str] = {}
    for seen in said:
        number = seen.code.number if seen.code else 0
        if number in _NUMBERS:
            numbers[_NUMBERS[number]] = seen.value
        elif number in _TEXTS:
            texts[_TEXTS[number]] = seen.raw
    times = [seen.measured_at for seen in said if seen.measured_at is not None]
    return PumpStatus(
        device=device,
        channel=channel,
        measured_at=max(times, default=None),
        **numbers,  # type: ignore[arg-type]
        **texts,  # type: ignore[arg-type]
    )
