"""What Bluetooth cuffs, oximeters and chest straps send, decoded. No radio here."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from ebbtide.devices.code_units import mmhg_from_kpa
from ebbtide.devices.errors import DeviceError
from ebbtide.devices.sources import Sample, judged, judged_cuff
from ebbtide.science.vitals.validity import Quantity

BLOOD_PRESSURE: Final = 0x2A35
OXIMETER_SPOT: Final = 0x2A5E
OXIMETER_CONTINUOUS: Final = 0x2A5F
HEART_RATE: Final = 0x2A37

_SFLOAT_SPECIALS: Final = {
    0x07FE: math.inf,
    0x07FF: math.nan,
    0x0800: math.nan,
    0x0801: math.nan,
    0x0802: -math.inf,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BloodPressure:
    """One cuff reading, as sent; None where the device sent no number.

    Attributes:
        systolic_mmhg: Converted where the device sends kPa.
        diastolic_mmhg: As systolic.
        mean_mmhg: As systolic.
        pulse_per_min: None also where the device sends no pulse.
        device_at: The device's own clock, without a zone; None where it sends none.
        user: Which of the device's users, None where it does not say.
        status: The bits of the measurement status: bit 0 moved, 1 cuff too loose, 2 irregular
            pulse, 3 and 4 pulse out of range, 5 wrong position. None where it does not say.
    """

    systolic_mmhg: float | None
    diastolic_mmhg: float | None
    mean_mmhg: float | None
    pulse_per_min: float | None = None
    device_at: datetime | None = None
    user: int | None = None
    status: int | None = None

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Judged, ready for a frame."""
        cuff = judged_cuff(self.systolic_mmhg, self.diastolic_mmhg, self.mean_mmhg)
        if self.pulse_per_min is None:
            return cuff
        return (*cuff, judged(Quantity.PULSE, self.pulse_per_min))


@dataclass(frozen=True, slots=True, kw_only=True)
class Oximetry:
    """One saturation and its pulse, as sent; None where the device sent no number.

    Attributes:
        spo2_percent: Saturation.
        pulse_per_min: Pulse.
        device_at: The device's own clock, without a zone; None where it sends none.
    """

    spo2_percent: float | None
    pulse_per_min: float | None
    device_at: datetime | None = None

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Judged, ready for a frame."""
        return (
            judged(Quantity.SPO2, self.spo2_percent),
            judged(Quantity.PULSE, self.pulse_per_min),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartRate:
    """One heart rate of a chest strap.

    Attributes:
        rate_per_min: As sent.
        has_contact: Whether the sensor feels skin, None where it cannot tell.
    """

    rate_per_min: int
    has_contact: bool | None

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Judged, ready for a frame; without contact there is no reading."""
        rate = None if self.has_contact is False else self.rate_per_min
        return (judged(Quantity.PULSE, rate),)


Measurement = BloodPressure | Oximetry | HeartRate


def decode(characteristic: int, payload: bytes) -> Measurement:
    """Decode the value of one characteristic.

    Args:
        characteristic: Its 16-bit number, for example `BLOOD_PRESSURE`.
        payload: As notified or indicated. Bytes behind what the flags promise are left alone.

    Raises:
        DeviceError: `bluetooth.unknown` or `bluetooth.short`.

    Source: bluetooth_gss
    """
    decoder = _DECODERS.get(characteristic)
    if decoder is None:
        raise DeviceError(
            "bluetooth.unknown", f"Characteristic 0x{characteristic:04X} is not one that is read"
        )
    return decoder(_Reader(payload))


def sfloat(raw: int) -> float | None:
    """The number in a 16-bit float, None for NaN, not at this resolution, reserved, infinities.

    Source: bluetooth_gss (SFLOAT)
    """
    if raw in _SFLOAT_SPECIALS:
        return None
    exponent, mantissa = raw >> 12, raw & 0x0FFF
    exponent -= 16 if exponent & 0x8 else 0
    mantissa -= 4096 if mantissa & 0x800 else 0
    return float(Decimal(mantissa).scaleb(exponent))


class _Reader:
    """Takes little-endian numbers off the front of a payload."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._taken = 0

    def number(self, size: int) -> int:
        end = self._taken + size
        if end > len(self._payload):
            raise DeviceError(
                "bluetooth.short",
                f"The value is {len(self._payload)} bytes long, its flags promise {end} or more",
            )
        taken = self._payload[self._taken : end]
        self._taken = end
        return int.from_bytes(taken, "little")

    def sfloat(self) -> float | None:
        return sfloat(self.number(2))

    def moment(self) -> datetime | None:
        """A date and time; a year, month or day of 0 is one that is not known."""
        year = self.number(2)
        month, day, hour, minute, second = (self.number(1) for _ in range(5))
        try:
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - it has no zone
        except ValueError:
            return None


def _blood_pressure(reader: _Reader) -> BloodPressure:
    flags = reader.number(1)
    pressures = [reader.sfloat() for _ in range(3)]
    if flags & 0x01:
        pressures = [_mmhg(pressure) for pressure in pressures]
    return BloodPressure(
        systolic_mmhg=pressures[0],
        diastolic_mmhg=pressures[1],
        mean_mmhg=pressures[2],
        device_at=reader.moment() if flags & 0x02 else None,
        pulse_per_min=reader.sfloat() if flags & 0x04 else None,
        user=reader.number(1) if flags & 0x08 else None,
        status=reader.number(2) if flags & 0x10 else None,
    )


def _mmhg(pressure_kpa: float | None) -> float | None:
    return None if pressure_kpa is None else float(mmhg_from_kpa(Decimal(str(pressure_kpa))))


def _oximeter_spot(reader: _Reader) -> Oximetry:
    flags = reader.number(1)
    return Oximetry(
        spo2_percent=reader.sfloat(),
        pulse_per_min=reader.sfloat(),
        device_at=reader.moment() if flags & 0x01 else None,
    )


def _oximeter_continuous(reader: _Reader) -> Oximetry:
    # What the flags add comes behind the normal pair, which alone is read.
    reader.number(1)
    return Oximetry(spo2_percent=reader.sfloat(), pulse_per_min=reader.sfloat())


def _heart_rate(reader: _Reader) -> HeartRate:
    flags = reader.number(1)
    return HeartRate(
        rate_per_min=reader.number(2 if flags & 0x01 else 1),
        has_contact=bool(flags & 0x02) if flags & 0x04 else None,
    )


_DECODERS: Final[dict[int, Callable[[_Reader], Measurement]]] = {
    BLOOD_PRESSURE: _blood_pressure,
    OXIMETER_SPOT: _oximeter_spot,
    OXIMETER_CONTINUOUS: _oximeter_continuous,
    HEART_RATE: _heart_rate,
}
