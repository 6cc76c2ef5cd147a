"""A nurse-entered set of vital signs, and the checks made as it is typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import c_from_f, exactly, shown
from ebbtide.science.vitals.validity import LEAST_PULSE_PRESSURE_MMHG, Quantity


class Symptom(StrEnum):
    """What the nurse sees or the patient says, beside the numbers."""

    CHEST_PAIN = "chest_pain"
    SEVERE_HEADACHE = "severe_headache"
    NEUROLOGICAL_DEFICIT = "neurological_deficit"
    VISUAL_DEFICIT = "visual_deficit"
    NEW_ARRHYTHMIA = "new_arrhythmia"
    APNOEA = "apnoea"
    LARYNGOSPASM = "laryngospasm"
    SEIZURE = "seizure"
    ANAPHYLAXIS = "anaphylaxis"
    ASKS_TO_STOP = "asks_to_stop"
    MARKED_DISTRESS = "marked_distress"
    VOMITING = "vomiting"

    @property
    def label(self) -> str:
        """What it is called on a page."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One set of vital signs. None means not measured, never zero or normal.

    Attributes:
        systolic_mmhg: Systolic cuff pressure.
        diastolic_mmhg: Diastolic cuff pressure.
        mean_mmhg: Mean cuff pressure as the device showed it.
        pulse_per_min: Pulse or heart rate.
        spo2_percent: Oxygen saturation.
        oxygen_l_per_min: Oxygen given while SpO2 was read; 0 is room air.
        resp_per_min: Breaths; a typed 0 is apnoea.
        temperature_c: Body temperature, to 0.1.
        moaas: MOAA/S sedation score, 5 alert to 0 unresponsive.
        rass: RASS, -5 unarousable to +4 combative.
        phantom_pain_nrs: Phantom pain, 0 to 10; 0 is a value.
        residual_limb_pain_nrs: Residual-limb pain, 0 to 10; never merged with phantom pain.
        symptoms: What else was seen or said.
    """

    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    mean_mmhg: int | None = None
    pulse_per_min: int | None = None
    spo2_percent: int | None = None
    oxygen_l_per_min: Decimal | None = None
    resp_per_min: int | None = None
    temperature_c: Decimal | None = None
    moaas: int | None = None
    rass: int | None = None
    phantom_pain_nrs: int | None = None
    residual_limb_pain_nrs: int | None = None
    symptoms: tuple[Symptom, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A field of a reading as people see it, with the least and greatest value it may hold."""

    label: str
    unit: str
    low: Decimal
    high: Decimal

    def said(self, value: Decimal) -> str:
        """The value with its name and unit."""
        return f"{self.label} {exactly(value)}{self.unit}"


def _measure(label: str, unit: str, low: float, high: float) -> Measure:
    return Measure(label, unit, Decimal(str(low)), Decimal(str(high)))


# Ranges are those of device values, but a typed 0 breaths is apnoea seen by a person.
MEASURES: Final = {
    "systolic_mmhg": _measure(
        "Systolic pressure", " mmHg", Quantity.SYSTOLIC.low, Quantity.SYSTOLIC.high
    ),
    "diastolic_mmhg": _measure(
        "Diastolic pressure", " mmHg", Quantity.DIASTOLIC.low, Quantity.DIASTOLIC.high
    ),
    "mean_mmhg": _measure("Mean pressure", " mmHg", Quantity.MEAN.low, Quantity.MEAN.high),
    "pulse_per_min": _measure("Pulse", " /min", Quantity.PULSE.low, Quantity.PULSE.high),
    "spo2_percent": _measure("SpO₂", "%", Quantity.SPO2.low, Quantity.SPO2.high),
    "oxygen_l_per_min": _measure("Oxygen", " L/min", 0, 60),
    "resp_per_min": _measure("Breathing rate", " /min", 0, Quantity.RESP.high),
    "temperature_c": _measure(
        "Temperature", " °C", Quantity.TEMPERATURE.low, Quantity.TEMPERATURE.high
    ),
    "moaas": _measure("MOAA/S", "", 0, 5),
    "rass": _measure("RASS", "", -5, 4),
    "phantom_pain_nrs": _measure("Phantom pain", "", 0, 10),
    "residual_limb_pain_nrs": _measure("Residual-limb pain", "", 0, 10),
}
# A typed saturation below this is sooner half a number than a living patient's.
UNLIKELY_SPO2_PERCENT: Final = 30
# One of the two sedation scores is enough wherever sedation is asked for.
SEDATION_FIELDS: Final = ("moaas", "rass")


def value_of(reading: Reading, field: str) -> Decimal | None:
    """The value of one measured field, None if it was not measured."""
    value = getattr(reading, field)
    return None if value is None else Decimal(value)


def check_reading(reading: Reading) -> tuple[Finding, ...]:
    """Every reason to doubt a typed set before it is kept.

    Ranges block; half a saturation or a shape no cuff should give needs a reason; an
    empty set is none.

    Source: mindray_benevision (ranges), chernik1990 (MOAA/S), sessler2002 (RASS),
        clinic_practice (unlikely saturation)
    """
    if reading == Reading():
        return (_finding("empty", Severity.BLOCK, "Nothing was measured.", ""),)
    return (*_ranges(reading), *_saturation(reading), *_pressures(reading))


def _finding(reason: str, severity: Severity, message: str, field: str) -> Finding:
    source = "mindray_benevision" if field in MEASURES else ""
    return Finding(f"reading.{reason}", severity, message, field=field, source=source)


def _ranges(reading: Reading) -> Iterator[Finding]:
    for field, measure in MEASURES.items():
        value = value_of(reading, field)
        if value is None or measure.low <= value <= measure.high:
            continue
        message = (
            f"{measure.said(value)} is outside {exactly(measure.low)} to "
            f"{exactly(measure.high)}{measure.unit}."
        )
        if field == "temperature_c" and measure.low <= c_from_f(value) <= measure.high:
            celsius = shown(c_from_f(value), places=1)
            message = f"{exactly(value)} looks like Fahrenheit: {exactly(value)} °F = {celsius} °C."
        yield _finding("out_of_range", Severity.BLOCK, message, field)


def _saturation(reading: Reading) -> Iterator[Finding]:
    spo2 = reading.spo2_percent
    if spo2 is not None and MEASURES["spo2_percent"].low <= spo2 < UNLIKELY_SPO2_PERCENT:
        message = (
            f"SpO₂ {spo2}% is below {UNLIKELY_SPO2_PERCENT}%; "
            "look at the number again, or say why it is right."
        )
        yield _finding("unlikely", Severity.OVERRIDE, message, "spo2_percent")


def _pressures(reading: Reading) -> Iterator[Finding]:
    systolic, diastolic = reading.systolic_mmhg, reading.diastolic_mmhg
    if systolic is None or diastolic is None:
        if systolic is not None:
            yield _finding(
                "half_pressure", Severity.BLOCK, "Diastolic pressure is missing.", "diastolic_mmhg"
            )
        if diastolic is not None:
            yield _finding(
                "half_pressure", Severity.BLOCK, "Systolic pressure is missing.", "systolic_mmhg"
            )
        return
    typed = f"{systolic}/{diastolic}"
    if systolic < diastolic:
        message = f"{typed} looks swapped: {diastolic}/{systolic} mmHg?"
        yield _finding("swapped", Severity.BLOCK, message, "systolic_mmhg")
        return
    if systolic - diastolic < LEAST_PULSE_PRESSURE_MMHG:
        message = (
            f"{typed} mmHg are less than {LEAST_PULSE_PRESSURE_MMHG} mmHg apart; "
            "measure again, or say why it is right."
        )
        yield _finding("narrow", Severity.OVERRIDE, message, "diastolic_mmhg")
    mean = reading.mean_mmhg
    if mean is not None and not diastolic < mean < systolic:
        message = (
            f"The mean of {mean} mmHg does not lie between {systolic} and {diastolic} mmHg; "
            "measure again, or say why it is right."
        )
        yield _finding("mean", Severity.OVERRIDE, message, "mean_mmhg")
