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

from ebbtide.science.patient.coefficients import value_of
from ebbtide.science.pk.catalogue import KAMP2020
from ebbtide.science.pk.effect import ke0_per_min
from ebbtide.science.pk.models import PkParameters, parameters
from ebbtide.science.pk.modes import decompose, passage

TYPICAL: Final = parameters(KAMP2020, weight_kg=70.0)

_CALM: Final = (0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrest:
    """How far a vital sign strays at rest, and for how long: a first-order autoregression."""

    sd: float
    memory_s: float


_UNREST: Final = {
    sign: Unrest(sd=value_of(f"{sign}_unrest.sd"), memory_s=value_of(f"{sign}_unrest.memory_s"))
    for sign in ("spo2", "pulse", "resp", "systolic", "diastolic")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualPatient:
    """A body: its resting vital signs, and how each answers to ketamine.

    Every figure stands in `COEFFICIENTS` with its unit, its source and whether it is
    illustrative, measured by nobody; the defaults are the typical patient's. Levels are
    those of the effect site, except that the plasma runs by `parameters`.
    """

    parameters: PkParameters = TYPICAL
    ke0_half_life_min: float = value_of("ke0_half_life_min")
    spo2_percent: float = value_of("spo2_percent")
    pulse_per_min: float = value_of("pulse_per_min")
    resp_per_min: float = value_of("resp_per_min")
    systolic_mmhg: float = value_of("systolic_mmhg")
    diastolic_mmhg: float = value_of("diastolic_mmhg")
    systolic_mmhg_per_ng_per_ml: float = value_of("systolic_mmhg_per_ng_per_ml")
    diastolic_mmhg_per_ng_per_ml: float = value_of("diastolic_mmhg_per_ng_per_ml")
    pulse_per_min_per_ng_per_ml: float = value_of("pulse_per_min_per_ng_per_ml")
    pressor_from_ng_per_ml: float = value_of("pressor_from_ng_per_ml")
    pressure_ceiling_ng_per_ml: float = value_of("pressure_ceiling_ng_per_ml")
    least_pulse_pressure_mmhg: float = value_of("least_pulse_pressure_mmhg")
    least_spo2_percent: float = value_of("least_spo2_percent")
    cadss_per_ng_per_ml: float = value_of("cadss_per_ng_per_ml")
    cadss_most: float = value_of("cadss_most")
    cadss6_part: float = value_of("cadss6_part")
    cadss6_most: float = value_of("cadss6_most")
    waking_ng_per_ml: float = value_of("waking_ng_per_ml")
    sedation_steepness: float = value_of("sedation_steepness")
    depression_from_ng_per_ml: float = value_of("depression_from_ng_per_ml")
    spo2_percent_per_ng_per_ml: float = value_of("spo2_percent_per_ng_per_ml")
    resp_per_min_per_ng_per_ml: float = value_of("resp_per_min_per_ng_per_ml")
    nausea_from_ng_per_ml: float = value_of("nausea_from_ng_per_ml")
    spo2_unrest: Unrest = _UNREST["spo2"]
    pulse_unrest: Unrest = _UNREST["pulse"]
    resp_unrest: Unrest = _UNREST["resp"]
    systolic_unrest: Unrest = _UNREST["systolic"]
    diastolic_unrest: Unrest = _UNREST["diastolic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What is true of the body at a moment.

    Attributes:
        moaas: Expected alertness on the 5 (awake) to 0 scale, not rounded.
        cadss: Expected score of the dissociation scale, 0 to 92, not rounded.
        cadss6: Expected score of its six items, 0 to 24, not rounded.
        is_nauseated: Whether the level is past this patient's own threshold.
    """

    spo2_percent: float
    pulse_per_min: float
    resp_per_min: float
    systolic_mmhg: float
    diastolic_mmhg: float
    plasma_ng_per_ml: float
    effect_ng_per_ml: float
    moaas: float
    cadss: float
    cadss6: float
    is_nauseated: bool


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
        unrest=_CALM,
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
    return _vitals(
        state.patient,
        plasma_ng_per_ml=math.fsum(state.plasma),
        effect_ng_per_ml=state.effect_ng_per_ml,
        unrest=state.unrest,
    )


def expected(
    patient: VirtualPatient, *, plasma_ng_per_ml: float, effect_ng_per_ml: float
) -> Vitals:
    """Vital signs at a level, without their unrest.

    Raises:
        ValueError: A level is not finite or below 0.
    """
    for field, level in (
        ("plasma_ng_per_ml", plasma_ng_per_ml),
        ("effect_ng_per_ml", effect_ng_per_ml),
    ):
        if not (math.isfinite(level) and level >= 0):
            raise ValueError(f"{field} must be finite and not below 0, not {level!r}")
    return _vitals(
        patient,
        plasma_ng_per_ml=plasma_ng_per_ml,
        effect_ng_per_ml=effect_ng_per_ml,
        unrest=_CALM,
    )


def _vitals(
    patient: VirtualPatient,
    *,
    plasma_ng_per_ml: float,
    effect_ng_per_ml: float,
    unrest: tuple[float, float, float, float, float],
) -> Vitals:
    level = effect_ng_per_ml
    spo2, pulse, resp, systolic, diastolic = (
        stray * own.sd for stray, own in zip(unrest, _unrests(patient), strict=True)
    )
    depth = max(0.0, level - patient.depression_from_ng_per_ml)
    highest = patient.pressure_ceiling_ng_per_ml
    pressor = max(0.0, min(level, highest) - patient.pressor_from_ng_per_ml)
    upper = patient.systolic_mmhg + pressor * patient.systolic_mmhg_per_ng_per_ml + systolic
    lower = patient.diastolic_mmhg + pressor * patient.diastolic_mmhg_per_ng_per_ml + diastolic
    oxygen = patient.spo2_percent + depth * patient.spo2_percent_per_ng_per_ml + spo2
    breath = patient.resp_per_min + depth * patient.resp_per_min_per_ng_per_ml + resp
    cadss = min(patient.cadss_most, level * patient.cadss_per_ng_per_ml)
    return Vitals(
        spo2_percent=min(100.0, max(patient.least_spo2_percent, oxygen)),
        pulse_per_min=patient.pulse_per_min + pressor * patient.pulse_per_min_per_ng_per_ml + pulse,
        resp_per_min=max(0.0, breath),
        systolic_mmhg=upper,
        diastolic_mmhg=min(lower, upper - patient.least_pulse_pressure_mmhg),
        plasma_ng_per_ml=plasma_ng_per_ml,
        effect_ng_per_ml=level,
        moaas=5.0 / (1.0 + (level / patient.waking_ng_per_ml) ** patient.sedation_steepness),
        cadss=cadss,
        cadss6=min(patient.cadss6_most, cadss * patient.cadss6_part),
        is_nauseated=level >= patient.nausea_from_ng_per_ml,
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
