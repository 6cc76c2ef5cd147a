"""A nurse-entered set of vital signs, and the checks made as it is typed."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


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
