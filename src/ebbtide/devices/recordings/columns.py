"""Which column holds which quantity, by its name and unit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ebbtide.devices.recordings.recording import notice
from ebbtide.science.findings import Finding
from ebbtide.science.vitals.validity import Quantity

CUFF: Final = (Quantity.SYSTOLIC, Quantity.DIASTOLIC, Quantity.MEAN)

# Only cuff pressures are here: an arterial line is not something this clinic has, and
# its beat-to-beat pressure must not pass for a cuff reading. A plain "co2" is what the
# sedation recordings call the skin sensor.
_NAMES: Final = {
    Quantity.SPO2: "spo2 o2sat pulseox oxygensaturation spo2saturation",
    Quantity.PULSE: "pr pulse pulserate prspo2 spo2pr",
    Quantity.RESP: "rr resp resprate respiratoryrate respirationrate respiration breathing",
    Quantity.SYSTOLIC: "sbp sys systolic systolicbp nbpsys nibpsys nbps nibps sysbp",
    Quantity.DIASTOLIC: "dbp dia diastolic diastolicbp nbpdia nbpdias nibpdia nbpd nibpd diabp",
    Quantity.MEAN: "mbp map mean meanbp nbpmean nibpmean nbpm nibpm meanpressure",
    Quantity.CO2: "co2 tcco2 tcpco2 ptcco2 pco2tc",
    Quantity.ETCO2: "etco2 petco2 endtidalco2",
    Quantity.TEMPERATURE: "temp temperature bodytemperature t1",
}
_QUANTITY_BY_NAME: Final = {
    name: quantity for quantity, names in _NAMES.items() for name in names.split()
}
_HEART_RATE_NAMES: Final = frozenset({"hr", "heartrate", "ecghr", "hrecg"})
_CLOCK_NAMES: Final = frozenset({"time", "timestamp", "datetime", "dateandtime", "localtime"})
_ELAPSED_NAMES: Final = frozenset({"seconds", "secs", "elapsed", "elapsedtime", "offset", "t"})

_PER_MIN: Final = frozenset(
    {"bpm", "/min", "1/min", "min-1", "permin", "per_min", "pm", "beats/min", "breaths/min"}
    | {"brpm", "rpm", "{beat}/min", "{breath}/min"}
)
_MMHG: Final = frozenset({"mmhg", "mm[hg]"})
_UNITS: Final = {
    Quantity.SPO2: frozenset({"%", "percent", "pct"}),
    Quantity.PULSE: _PER_MIN,
    Quantity.RESP: _PER_MIN,
    Quantity.SYSTOLIC: _MMHG,
    Quantity.DIASTOLIC: _MMHG,
    Quantity.MEAN: _MMHG,
    Quantity.CO2: _MMHG,
    Quantity.ETCO2: _MMHG,
    Quantity.TEMPERATURE: frozenset({"c", "°c", "degc", "cel", "celsius"}),
}
_BRACKETED: Final = re.compile(r"(.*?)\s*[\[(]\s*(.*?)\s*[\])]+\s*")
_SUFFIXED: Final = re.compile(
    r"(.*?)_(%|percent|pct|per_min|permin|bpm|mmhg|kpa|c|f|s|sec|seconds|ms)"
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things are in a row.

    Attributes:
        by_quantity: Index of the column of each quantity.
        time: Index of the time column, None if there is none.
        date: Index of a separate date column, None if there is none.
        time_unit: Unit of the time column as written, empty if it has none.
        findings: Columns that are left alone, and why.
    """

    by_quantity: dict[Quantity, int]
    time: int | None
    date: int | None
    time_unit: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a column.

    Attributes:
        text: As written in the file.
        name: Its letters and digits without the unit, in lower case.
        unit: In lower case; empty means the unit of the quantity.
    """

    text: str
    name: str
    unit: str


def bare_name(text: str) -> str:
    """Letters and digits of a name, in lower case."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def read_title(text: str) -> Title:
    """Take a column's title apart into name and unit."""
    lowered = text.strip().lower()
    match = _BRACKETED.fullmatch(lowered) or _SUFFIXED.fullmatch(lowered)
    name, unit = (match[1], match[2]) if match else (lowered, "")
    return Title(text.strip(), bare_name(name), unit)


def match_columns(titles: Sequence[Title]) -> Columns:
    """Find the columns by name and unit; of two that fit a quantity the first is taken."""
    by_quantity: dict[Quantity, int] = {}
    findings: list[Finding] = []
    time, date = _time_columns([title.name for title in titles])
    heart_rate: int | None = None
    for index, title in enumerate(titles):
        if index in (time, date) or not title.text:
            continue
        quantity = _QUANTITY_BY_NAME.get(title.name)
        if title.name in _HEART_RATE_NAMES and heart_rate is None:
            heart_rate = index
        elif quantity is None:
            findings.append(_unused(title, "is not a quantity used here"))
        elif title.unit and title.unit not in _UNITS[quantity]:
            findings.append(_wrong_unit(title, quantity))
        elif quantity in by_quantity:
            findings.append(_unused(title, f"is a second column of {quantity.label}"))
        else:
            by_quantity[quantity] = index
    if heart_rate is not None:
        findings.append(_place_heart_rate(heart_rate, titles[heart_rate], by_quantity))
    unit = titles[time].unit if time is not None else ""
    return Columns(by_quantity, time, date, unit, tuple(findings))


def _time_columns(names: list[str]) -> tuple[int | None, int | None]:
    """Index of the time and of a separate date column; a lone date column may hold both."""
    time = next((i for i, name in enumerate(names) if name in _CLOCK_NAMES), None)
    date = next((i for i, name in enumerate(names) if name == "date"), None)
    if time is None and date is not None:
        return date, None
    if time is None:
        time = next((i for i, name in enumerate(names) if name in _ELAPSED_NAMES), None)
    return time, date


def _place_heart_rate(index: int, title: Title, by_quantity: dict[Quantity, int]) -> Finding:
    if Quantity.PULSE in by_quantity:
        return _unused(title, "is a heart rate from the ECG and the pulse is used")
    if title.unit and title.unit not in _PER_MIN:
        return _wrong_unit(title, Quantity.PULSE)
    by_quantity[Quantity.PULSE] = index
    message = f"Column {title.text[:40]} is a heart rate from the ECG: it stands for the pulse."
    return notice("heart_rate_as_pulse", message, field=title.text[:40])


def _wrong_unit(title: Title, quantity: Quantity) -> Finding:
    return _unused(title, f"is in {title.unit[:20]}, not in {quantity.unit}")


def _unused(title: Title, reason: str) -> Finding:
    text = title.text[:40]
    return notice("unused_column", f"Column {text} {reason}: it is left out.", field=text)
