"""A virtual patient's vital signs, moved by the effect-site level of ketamine.

A teaching and testing aid, not a prediction for anyone. It gives true physiology
with its natural unrest; faults of sensors and cuffs are put on top by whoever
plays the monitor.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from ebbtide.science.pk.catalogue import KAMP2020
from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN, ke0_per_min
from ebbtide.science.pk.models import PkParameters, parameters
from ebbtide.science.pk.modes import decompose, passage

REFERENCE_PEAK_NG_PER_ML: Final = 228.69
"""Highest effect-site level of 0.5 mg/kg over 40 min at 70 kg, kamp2020 with 6.1 min."""

TYPICAL: Final = parameters(KAMP2020, weight_kg=70.0)

_LEAST_SPO2_PERCENT: Final = 60.0
_LEAST_PULSE_PRESSURE_MMHG: Final = 15.0
_SEDATION_STEEPNESS: Final = 3.0
_CADSS6_PART: Final = 24.0 / 92.0  # as if all 23 items answered alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrest:
    """How far a vital sign strays at rest, and for how long: a first-order autoregression."""

    sd: float
    memory_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualPatient:
    """A body: its resting vital signs, and how each answers to ketamine.

    From published changes: blood pressure (mean rise of 16.0 / 11.0 mmHg at 40 min,
    2,342 infusions, taken as 0.5 mg/kg over 40 min) and pulse (mean rise of 1.9 /min,
    741 infusions, read in a digest only), each divided by `REFERENCE_PEAK_NG_PER_ML`.
    Derived, not published: the dissociation slope, from individual scores and the
    default model. Sedation is half way at the level at which people woke.

    Illustrative, measured by nobody: resting values, all unrest, the ceiling of pressure
    and pulse, how breathing and saturation fall and from which level, how steeply
    sedation comes on, and the part of dissociation that its six-item scale catches.

    Attributes:
        pressure_ceiling_ng_per_ml: Level above which pressure and pulse rise no more.
        depression_from_ng_per_ml: Level above which breathing and saturation fall.
        waking_ng_per_ml: Level at which sedation is half way.

    Source: yale2024, mean change at 40 min; clinic741, mean change of pulse;
        goldway2025, slope derived from individual scores; idvall1979, level at recovery.
    """

    parameters: PkParameters = TYPICAL
    ke0_half_life_min: float = EFFECT_SITE_HALF_LIFE_MIN
    spo2_percent: float = 97.5
    pulse_per_min: float = 72.0
    resp_per_min: float = 14.0
    systolic_mmhg: float = 124.0
    diastolic_mmhg: float = 76.0
    systolic_mmhg_per_ng_per_ml: float = 16.0 / REFERENCE_PEAK_NG_PER_ML
    diastolic_mmhg_per_ng_per_ml: float = 11.0 / REFERENCE_PEAK_NG_PER_ML
    pressure_ceiling_ng_per_ml: float = 40.0 * REFERENCE_PEAK_NG_PER_ML / 16.0
    pulse_per_min_per_ng_per_ml: float = 1.9 / REFERENCE_PEAK_NG_PER_ML
    cadss_per_ng_per_ml: float = 0.055
    waking_ng_per_ml: float = 640.0
    depression_from_ng_per_ml: float = 150.0
    spo2_percent_per_ng_per_ml: float = -0.010
    resp_per_min_per_ng_per_ml: float = -0.012
    spo2_unrest: Unrest = Unrest(sd=0.5, memory_s=40.0)
    pulse_unrest: Unrest = Unrest(sd=2.5, memory_s=25.0)
    resp_unrest: Unrest = Unrest(sd=1.2, memory_s=30.0)
    systolic_unrest: Unrest = Unrest(sd=3.5, memory_s=90.0)
    diastolic_unrest: Unrest = Unrest(sd=2.0, memory_s=90.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What is true of the body at a moment.

    Attributes:
        moaas: Expected alertness on the 5 (awake) to 0 scale, not rounded.
        cadss6: Expected score of the six-item dissociation scale, 0 to 24, not rounded.
    """

    spo2_percent: float
    pulse_per_min: float
    resp_per_min: float
    systolic_mmhg: float
    diastolic_mmhg: float
    plasma_ng_per_ml: float
    effect_ng_per_ml: float
    moaas: float
    cadss6: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyState:
    """A virtual patient at a moment.

    Attributes:
        plasma: The three exponentials of the plasma level, ng/mL.
        unrest: Stray of saturation, pulse, breathing, systolic and diastolic pressure,
            each in its own spread.
    """

    patient: VirtualPatient
    elapsed_s: float
    given_mg: float
    plasma: tuple[float, float, float]
    effect_ng_per_ml: float
    unrest: tuple[float, float, float, float, float]


def initial_state(patient: VirtualPatient) -> BodyState:
    """A body at rest, with no drug in it."""
    return BodyState(
        patient=patient,
        elapsed_s=0.0,
        given_mg=0.0,
        plasma=(0.0, 0.0, 0.0),
        effect_ng_per_ml=0.0,
        unrest=(0.0, 0.0, 0.0, 0.0, 0.0),
    )


def step(
    state: BodyState, *, dt_s: float, given_mg: float, rng: np.random.Generator
) -> tuple[BodyState, Vitals]:
    """Let some time pass and look at the body after it.

    The level is exact for a dose given evenly over the step; the same seed and steps
    give the same vital signs.

    Args:
        state: The body before the step.
        dt_s: Length of the step, above 0 s.
        given_mg: Amount that ran in during the step.
        rng: Draws five normal numbers a step.

    Raises:
        ValueError: The step is not above 0 or the amount is negative, or either not finite.
    """
    if not (math.isfinite(dt_s) and dt_s > 0):
        raise ValueError(f"dt_s must be finite and above 0, not {dt_s!r}")
    if not (math.isfinite(given_mg) and given_mg >= 0):
        raise ValueError(f"given_mg must be finite and not below 0, not {given_mg!r}")
    patient = state.patient
    one_step = _one_step(patient.parameters, patient.ke0_half_life_min, dt_s)
    plasma, effect = one_step.after(state.plasma, state.effect_ng_per_ml, given_mg)
    later = BodyState(
        patient=patient,
        elapsed_s=state.elapsed_s + dt_s,
        given_mg=state.given_mg + given_mg,
        plasma=plasma,
        effect_ng_per_ml=effect,
        unrest=_stray(state, dt_s, rng),
    )
    return later, vitals(later)


def vitals(state: BodyState) -> Vitals:
    """Read the vital signs off a body."""
    patient, level = state.patient, state.effect_ng_per_ml
    spo2, pulse, resp, systolic, diastolic = (
        stray * unrest.sd for stray, unrest in zip(state.unrest, _unrests(patient), strict=True)
    )
    depth = max(0.0, level - patient.depression_from_ng_per_ml)
    pressor = min(level, patient.pressure_ceiling_ng_per_ml)
    upper = patient.systolic_mmhg + pressor * patient.systolic_mmhg_per_ng_per_ml + systolic
    lower = patient.diastolic_mmhg + pressor * patient.diastolic_mmhg_per_ng_per_ml + diastolic
    oxygen = patient.spo2_percent + depth * patient.spo2_percent_per_ng_per_ml + spo2
    breath = patient.resp_per_min + depth * patient.resp_per_min_per_ng_per_ml + resp
    return Vitals(
        spo2_percent=min(100.0, max(_LEAST_SPO2_PERCENT, oxygen)),
        pulse_per_min=patient.pulse_per_min + pressor * patient.pulse_per_min_per_ng_per_ml + pulse,
        resp_per_min=max(0.0, breath),
        systolic_mmhg=upper,
        diastolic_mmhg=min(lower, upper - _LEAST_PULSE_PRESSURE_MMHG),
        plasma_ng_per_ml=math.fsum(state.plasma),
        effect_ng_per_ml=level,
        moaas=5.0 / (1.0 + (level / patient.waking_ng_per_ml) ** _SEDATION_STEEPNESS),
        cadss6=min(24.0, level * patient.cadss_per_ng_per_ml * _CADSS6_PART),
    )


def _unrests(patient: VirtualPatient) -> tuple[Unrest, ...]:
    return (
        patient.spo2_unrest,
        patient.pulse_unrest,
        patient.resp_unrest,
        patient.systolic_unrest,
        patient.diastolic_unrest,
    )


def _stray(
    state: BodyState, dt_s: float, rng: np.random.Generator
) -> tuple[float, float, float, float, float]:
    """Move the unrest on: it forgets with time and is pushed anew, its spread unchanged."""
    pushes: list[float] = rng.standard_normal(5).tolist()
    kept = [math.exp(-dt_s / unrest.memory_s) for unrest in _unrests(state.patient)]
    a, b, c, d, e = (
        old * keep + new * math.sqrt(1.0 - keep * keep)
        for old, keep, new in zip(state.unrest, kept, pushes, strict=True)
    )
    return a, b, c, d, e


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What one step of fixed length does to the level: its matrix exponential, in plain floats."""

    kept: tuple[float, ...]
    gained_per_mg: tuple[float, ...]
    sent: tuple[float, ...]
    effect_kept: float
    effect_per_mg: float

    def after(
        self, plasma: tuple[float, float, float], effect: float, given_mg: float
    ) -> tuple[tuple[float, float, float], float]:
        sent = math.fsum(held * part for held, part in zip(plasma, self.sent, strict=True))
        a, b, c = (
            held * kept + given_mg * gained
            for held, kept, gained in zip(plasma, self.kept, self.gained_per_mg, strict=True)
        )
        return (a, b, c), effect * self.effect_kept + sent + given_mg * self.effect_per_mg


@lru_cache(maxsize=256)
def _one_step(patient: PkParameters, half_life_min: float, dt_s: float) -> _Step:
    modes = decompose([patient], ke0_per_min=[ke0_per_min(half_life_min)])
    dt_min = np.array([dt_s / 60.0])
    spell = passage(modes, rate_mg_per_min=1.0 / dt_min, elapsed_min=dt_min)
    return _Step(
        kept=tuple(spell.plasma_kept[0, :, 0].tolist()),
        gained_per_mg=tuple(spell.plasma_gained[0, :, 0].tolist()),
        sent=tuple(spell.effect_sent[0, :, 0].tolist()),
        effect_kept=float(spell.effect_kept[0, 0]),
        effect_per_mg=float(spell.effect_gained[0, 0]),
    )
