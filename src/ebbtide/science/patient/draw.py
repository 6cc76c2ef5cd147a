"""Virtual patients drawn at random, and how often their signs leave the green band."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from ebbtide.science.patient.body import VirtualPatient, expected
from ebbtide.science.patient.coefficients import COEFFICIENTS, value_of
from ebbtide.science.pk.catalogue import KAMP2020
from ebbtide.science.pk.levels import levels
from ebbtide.science.pk.models import Covariates, mammillary
from ebbtide.science.pk.pump import PumpHistory, Segment
from ebbtide.science.population.people import draw_people
from ebbtide.science.screening.bands import BAND_PRESETS, BandLevel, BandLimits, judge_reading
from ebbtide.science.vitals.baseline import baseline_of
from ebbtide.science.vitals.reading import Reading

_REFERENCE_AGE_YEARS: Final = 45.0
_SETTLING_MIN: Final = 20.0  # the effect site peaks minutes after the pump stops
_STEP_MIN: Final = 0.5


class Sex(StrEnum):
    """As recorded for administration."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPatient:
    """A virtual patient and who it is."""

    body: VirtualPatient
    weight_kg: float
    age_years: float
    sex: Sex


def draw_virtual_patient(
    rng: np.random.Generator,
    *,
    weight_kg: float | None = None,
    age_years: float | None = None,
    sex: Sex | None = None,
) -> DrawnPatient:
    """Draw a virtual patient; what is not given is drawn too.

    Kinetics come from the default model's spread, which is borrowed; the rest from
    `COEFFICIENTS`. One draw serves systolic and diastolic values at rest, another the
    answer of both pressures and the pulse to ketamine: who rises in one rises in all. The
    same state of `rng` gives the same patient, and uses as much of it whatever is given.

    Raises:
        ValueError: A weight or age outside the default model's range.

    Source: otto2021 and simons2022, spread of the kinetics as `draw_people` has it.
    """
    cohort = draw_people(KAMP2020, patients=1, rng=rng).covariates
    weight = float(cohort["weight_kg"][0]) if weight_kg is None else weight_kg
    age = float(cohort["age_years"][0]) if age_years is None else age_years
    drawn_sex = Sex.FEMALE if cohort["is_female"][0] else Sex.MALE
    who = Covariates(weight_kg=weight, age_years=age)
    kinetics = draw_people(KAMP2020, patients=1, rng=rng, who=who)
    own = {name: float(values[0]) for name, values in kinetics.parameters.items()}
    signs = _signs(rng, age_years=age, sex=sex or drawn_sex)
    body = VirtualPatient(
        parameters=mammillary(KAMP2020, own),
        **signs | {"ke0_half_life_min": math.log(2.0) / float(kinetics.ke0_per_min[0])},
    )
    return DrawnPatient(body=body, weight_kg=weight, age_years=age, sex=sex or drawn_sex)


def nausea_incidence(effect_ng_per_ml: float) -> float:
    """Share of patients who are sick at a level, illustrative: logistic in its logarithm.

    Raises:
        ValueError: The level is not finite or below 0.
    """
    if not (math.isfinite(effect_ng_per_ml) and effect_ng_per_ml >= 0):
        raise ValueError(f"effect_ng_per_ml must be finite and not below 0: {effect_ng_per_ml!r}")
    threshold = COEFFICIENTS["nausea_from_ng_per_ml"]
    odds: float = (effect_ng_per_ml / threshold.value) ** threshold.width
    return odds / (1.0 + odds)


def band_shares(
    patients: Sequence[DrawnPatient],
    *,
    dose_mg_per_kg: float,
    over_min: float,
    limits: BandLimits = BAND_PRESETS["standard"],
) -> Mapping[BandLevel, float]:
    """Share of patients whose worst signs under an infusion lie in each band.

    Their signs are taken at the highest level, without unrest, against their own rest.

    Args:
        patients: At least one.
        dose_mg_per_kg: Above 0, of each patient's weight.
        over_min: Above 0; the dose runs evenly.
        limits: From a protocol.

    Raises:
        ValueError: There is no patient, or a dose or time not finite and above 0.
    """
    if not patients:
        raise ValueError("patients must hold at least one")
    for field, value in (("dose_mg_per_kg", dose_mg_per_kg), ("over_min", over_min)):
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{field} must be finite and above 0, not {value!r}")
    counted = Counter(
        _worst_band(patient, dose_mg_per_kg * patient.weight_kg, over_min, limits)
        for patient in patients
    )
    return {level: counted[level] / len(patients) for level in BandLevel}


def _worst_band(
    patient: DrawnPatient, dose_mg: float, over_min: float, limits: BandLimits
) -> BandLevel:
    body = patient.body
    running = PumpHistory(segments=(Segment(0.0, over_min, dose_mg * 60.0 / over_min),))
    found = levels(
        body.parameters,
        history=running,
        times_min=np.arange(0.0, over_min + _SETTLING_MIN, _STEP_MIN),
        ke0_half_life_min=body.ke0_half_life_min,
    )
    rest, worst = (_reading(body, level) for level in (0.0, float(found.effect_ng_per_ml.max())))
    return judge_reading(worst, baseline=baseline_of([rest]), limits=limits).level


def _reading(body: VirtualPatient, effect_ng_per_ml: float) -> Reading:
    seen = expected(body, plasma_ng_per_ml=effect_ng_per_ml, effect_ng_per_ml=effect_ng_per_ml)
    return Reading(
        systolic_mmhg=round(seen.systolic_mmhg),
        diastolic_mmhg=round(seen.diastolic_mmhg),
        pulse_per_min=round(seen.pulse_per_min),
        spo2_percent=round(seen.spo2_percent),
        resp_per_min=round(seen.resp_per_min),
        moaas=round(seen.moaas),
    )


_TOGETHER: Final = {
    "diastolic_mmhg": "systolic_mmhg",
    "diastolic_mmhg_per_ng_per_ml": "systolic_mmhg_per_ng_per_ml",
    "pulse_per_min_per_ng_per_ml": "systolic_mmhg_per_ng_per_ml",
}
_VARIED: Final = tuple(
    name for name, one in COEFFICIENTS.items() if one.width and name != "ke0_half_life_min"
)


def _signs(rng: np.random.Generator, *, age_years: float, sex: Sex) -> dict[str, Any]:
    """Drawn coefficients by name, those that go together from one number."""
    normal = dict(zip(_VARIED, rng.standard_normal(len(_VARIED)).tolist(), strict=True))
    signs = {name: COEFFICIENTS[name].drawn(normal[_TOGETHER.get(name, name)]) for name in _VARIED}
    older = value_of("systolic_mmhg_per_year") * (age_years - _REFERENCE_AGE_YEARS)
    signs["systolic_mmhg"] += older
    if sex is Sex.FEMALE:
        signs["systolic_mmhg"] += value_of("systolic_mmhg_if_female")
        signs["pulse_per_min"] += value_of("pulse_per_min_if_female")
    return signs
