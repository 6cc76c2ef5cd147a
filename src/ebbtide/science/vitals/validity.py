"""Whether what a device sent is a value: sentinels, ranges, the shape of a cuff reading."""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Quantity(StrEnum):
    """A measured vital sign. Pain and other scores are not quantities."""

    SPO2 = "spo2"
    PULSE = "pulse"
    RESP = "resp"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    MEAN = "mean"
    CO2 = "tcpco2"
    ETCO2 = "etco2"
    TEMPERATURE = "temperature"

    @property
    def label(self) -> str:
        """What the quantity is called on a page."""
        return _KINDS[self].label

    @property
    def unit(self) -> str:
        """Unit of every value of this quantity."""
        return _KINDS[self].unit

    @property
    def low(self) -> float:
        """Least plausible value, itself plausible."""
        return _KINDS[self].low

    @property
    def high(self) -> float:
        """Greatest plausible value, itself plausible."""
        return _KINDS[self].high


class Quality(StrEnum):
    """What a received number is worth. Only OK may be charted or alarmed on."""

    OK = "ok"
    NO_READING = "no_reading"
    OUT_OF_RANGE = "out_of_range"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class _Kind:
    label: str
    unit: str
    low: float
    high: float


_KINDS: Final = {
    Quantity.SPO2: _Kind("SpO₂", "%", 1, 100),
    Quantity.PULSE: _Kind("Pulse", "/min", 10, 350),
    Quantity.RESP: _Kind("Breathing", "/min", 1, 150),
    Quantity.SYSTOLIC: _Kind("Systolic", "mmHg", 40, 270),
    Quantity.DIASTOLIC: _Kind("Diastolic", "mmHg", 10, 225),
    Quantity.MEAN: _Kind("Mean pressure", "mmHg", 20, 235),
    Quantity.CO2: _Kind("Skin CO₂", "mmHg", 1, 150),
    Quantity.ETCO2: _Kind("End-tidal CO₂", "mmHg", 1, 150),
    Quantity.TEMPERATURE: _Kind("Temperature", "°C", 20, 45),
}

# Codes that mean "no number": device fillers, 16- and 32-bit extremes, and the
# NaN, NRes, reserved and infinity patterns of the Bluetooth SFLOAT and FLOAT types
# when a driver passes them on as integers.
_SENTINELS: Final = frozenset(
    (
        *(0, -1, -100, -32768, 32767, 65535, -2147483648, 2147483647),
        *range(0x07FE, 0x0803),
        *range(0x7FFFFE, 0x800003),
    )
)
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
LEAST_PULSE_PRESSURE_MMHG: Final = 10


def judge_value(quantity: Quantity, raw: float | str | None) -> tuple[float | None, Quality]:
    """Tell a value from a sentinel, and a plausible value from an impossible one.

    Args:
        quantity: What was measured; `raw` is in its unit.
        raw: As received: a number, text, or nothing.

    Returns:
        `(None, NO_READING)` for sentinels, blanks and text; `(value, OUT_OF_RANGE)`
        for a number no patient has, to be stored but neither charted nor alarmed on;
        else `(value, OK)`.

    Source: mindray_benevision (ranges), clinic_practice (sentinels seen in recordings)
    """
    value = _number(raw)
    if value is None:
        return None, Quality.NO_READING
    if not quantity.low <= value <= quantity.high:
        return value, Quality.OUT_OF_RANGE
    return value, Quality.OK


def _number(raw: float | str | None) -> float | None:
    """The number in `raw`, or None when it stands for no reading."""
    if isinstance(raw, str):
        text = raw.strip()
        raw = float(text) if _NUMBER.fullmatch(text) else None
    if raw is None or not math.isfinite(raw) or raw in _SENTINELS:
        return None
    return float(raw)


@dataclass(frozen=True, slots=True)
class Cuff:
    """A judged cuff reading.

    Attributes:
        systolic_mmhg: As sent, None if it was no reading.
        diastolic_mmhg: As sent, None if it was no reading.
        mean_mmhg: As sent or derived, None if neither is possible.
        quality: Worst of the three, or SUSPECT when their shape is impossible.
        is_mean_derived: The device sent no mean; show it as derived.
    """

    systolic_mmhg: float | None
    diastolic_mmhg: float | None
    mean_mmhg: float | None
    quality: Quality
    is_mean_derived: bool = False


def judge_cuff(
    systolic: float | str | None,
    diastolic: float | str | None,
    mean: float | str | None,
) -> Cuff:
    """Judge the three numbers of one cuff reading together, all mmHg.

    Systolic > mean > diastolic and a pulse pressure of 10 mmHg or more, else SUSPECT.
    A missing mean is derived as diastolic plus a third of the pulse pressure.

    Source: clinic_practice
    """
    sys_mmhg, sys_quality = judge_value(Quantity.SYSTOLIC, systolic)
    dia_mmhg, dia_quality = judge_value(Quantity.DIASTOLIC, diastolic)
    mean_mmhg, mean_quality = judge_value(Quantity.MEAN, mean)
    if sys_mmhg is None or dia_mmhg is None:
        return Cuff(sys_mmhg, dia_mmhg, mean_mmhg, Quality.NO_READING)
    if Quality.OUT_OF_RANGE in (sys_quality, dia_quality, mean_quality):
        return Cuff(sys_mmhg, dia_mmhg, mean_mmhg, Quality.OUT_OF_RANGE)
    if sys_mmhg - dia_mmhg < LEAST_PULSE_PRESSURE_MMHG:
        return Cuff(sys_mmhg, dia_mmhg, mean_mmhg, Quality.SUSPECT)
    if mean_mmhg is None:
        derived = dia_mmhg + (sys_mmhg - dia_mmhg) / 3
        return Cuff(sys_mmhg, dia_mmhg, derived, Quality.OK, is_mean_derived=True)
    shaped = sys_mmhg > mean_mmhg > dia_mmhg
    return Cuff(sys_mmhg, dia_mmhg, mean_mmhg, Quality.OK if shaped else Quality.SUSPECT)
