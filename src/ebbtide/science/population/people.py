"""Virtual patients: who they are, and how far their bodies differ."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN, ke0_per_min
from ebbtide.science.pk.models import (
    REFERENCE_WEIGHT_KG,
    Covariates,
    PkModel,
    Structure,
    Variability,
    covariate_notes,
)
from ebbtide.science.pk.modes import Floats, Modes

KE0_CV: Final = 0.40
"""Spread of the effect-site lag between patients: an assumption, no data behind it."""

_NG_PER_ML_PER_MG_PER_L = 1000.0
_MINUTES_PER_H = 60.0
_CM_PER_M = 100.0
_ROUNDS = 100
_HEPATIC_DECLINE_FROM_YEARS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A log-normal distribution, cut at both ends.

    Attributes:
        cv: Coefficient of variation before the cut, a fraction.

    Raises:
        ValueError: A figure is not finite and above 0, or the median not between the ends.
    """

    median: float
    cv: float
    least: float
    most: float

    def __post_init__(self) -> None:
        """Refuse what nobody can be drawn from."""
        for name in self.__slots__:
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be a finite number above 0, not {value!r}")
        if not self.least <= self.median <= self.most:
            raise ValueError(f"median must be {self.least:g} to {self.most:g}, not {self.median!r}")

    def draw(self, count: int, rng: np.random.Generator) -> Floats:
        """Values before the cut, shape (count,)."""
        log_sd = math.sqrt(math.log1p(self.cv**2))
        return np.asarray(self.median * np.exp(log_sd * rng.standard_normal(count)))

    def holds(self, values: Floats) -> NDArray[np.bool_]:
        """Which values lie inside the ends."""
        return (self.least <= values) & (values <= self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """From whom virtual patients are drawn.

    Weight follows from height and body-mass index. Age is drawn apart from them.

    Attributes:
        female_share: Of all, from 0 to 1.
        basis: Where the figures come from, in words to show beside a result.

    Raises:
        ValueError: The share is not from 0 to 1.
    """

    name: str
    female_share: float
    age_years: Spread
    female_height_cm: Spread
    male_height_cm: Spread
    bmi_kg_per_m2: Spread
    basis: str

    def __post_init__(self) -> None:
        """Refuse a share of more than all."""
        if not 0 <= self.female_share <= 1:
            raise ValueError(f"female_share must be 0 to 1, not {self.female_share!r}")


ADULTS: Final = Cohort(
    name="adults",
    female_share=0.5,
    age_years=Spread(median=45.0, cv=0.30, least=18.0, most=80.0),
    female_height_cm=Spread(median=163.0, cv=0.043, least=140.0, most=195.0),
    male_height_cm=Spread(median=176.0, cv=0.043, least=150.0, most=210.0),
    bmi_kg_per_m2=Spread(median=27.0, cv=0.20, least=16.0, most=50.0),
    basis="Adults of a clinic for outpatients: half women, age 45 years (18 to 80), height 163 and "
    "176 cm, body-mass index 27 kg/m2. These figures are this project's choice, not a survey's.",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """Virtual patients, every array of shape (p,).

    Attributes:
        covariates: weight_kg, and as far as they are known age_years, height_cm and
            is_female (1 or 0).
        parameters: By the model's printed names; volumes in L, flows in L/h, rate constants
            per minute.
        ke0_per_min: Of the effect site.
        notes: Where the spread comes from and what was left out, a sentence each.
    """

    covariates: Mapping[str, Floats]
    parameters: Mapping[str, Floats]
    ke0_per_min: Floats
    notes: tuple[str, ...]

    def first(self, count: int) -> "People":
        """The first few of them."""
        return People(
            covariates={name: values[:count] for name, values in self.covariates.items()},
            parameters={name: values[:count] for name, values in self.parameters.items()},
            ke0_per_min=self.ke0_per_min[:count],
            notes=self.notes,
        )


def draw_people(
    model: PkModel,
    *,
    patients: int,
    rng: np.random.Generator,
    who: Cohort | Covariates = ADULTS,
    variability: Variability | None = None,
    ke0_half_life_min: float = EFFECT_SITE_HALF_LIFE_MIN,
    override: str = "",
) -> People:
    """Draw virtual patients: covariates, then parameters log-normally about the typical ones.

    Of a cohort only those are kept whom the model was made for. No one is drawn as Asian:
    the one model that asks is left at its figures for all others.

    Args:
        model: Typical values and, unless given here, their variability.
        patients: How many, at least 1.
        rng: The same state gives the same patients.
        who: A cohort, or one patient's covariates for all.
        variability: Replaces the model's own.
        ke0_half_life_min: Typical half-life of the effect-site lag; it varies by `KE0_CV`.
        override: Why covariates outside the model's studied ranges are used all the same.

    Raises:
        ValueError: A count or half-life out of its range, covariates outside the model's
            studied ranges without a reason, or a cohort of whom next to nobody is inside.

    Source: otto2021, simons2022, perezruixo2021 and flint2017 as the model's variability says.
    """
    if patients < 1:
        raise ValueError(f"patients must be at least 1, not {patients!r}")
    typical_ke0 = ke0_per_min(ke0_half_life_min)
    notes: tuple[str, ...]
    if isinstance(who, Covariates):
        notes = covariate_notes(model, who, override=override)
        covariates = {"weight_kg": np.full(patients, who.weight_kg)}
        if who.age_years is not None:
            covariates["age_years"] = np.full(patients, who.age_years)
    else:
        covariates, notes = _recruits(model, who, patients=patients, rng=rng, override=override)
    spread = variability or model.variability
    parameters = typical_parameters(model, covariates)
    notes = (*notes, _scatter(parameters, spread, rng=rng) if spread else _NONE_KNOWN, _KE0_NOTE)
    log_sd = math.sqrt(math.log1p(KE0_CV**2))
    return People(
        covariates=covariates,
        parameters=parameters,
        ke0_per_min=typical_ke0 * np.exp(log_sd * rng.standard_normal(patients)),
        notes=notes,
    )


_NONE_KNOWN = "No spread between patients is known for this model: they differ by covariates alone."
_KE0_NOTE = (
    f"The effect-site lag varies by {100 * KE0_CV:.0f} %, an assumption. Assay error is not in it."
)


def together(parts: Sequence[People]) -> People:
    """People of several parts as one, in order; the parts were drawn alike."""
    first = parts[0]
    return People(
        covariates={
            name: np.concatenate([part.covariates[name] for part in parts])
            for name in first.covariates
        },
        parameters={
            name: np.concatenate([part.parameters[name] for part in parts])
            for name in first.parameters
        },
        ke0_per_min=np.concatenate([part.ke0_per_min for part in parts]),
        notes=first.notes,
    )


def checked_quantiles(quantiles: Sequence[float]) -> tuple[float, ...]:
    """Refuse quantiles that do not lie from 0 to 1."""
    wanted = tuple(quantiles)
    if not all(0 <= quantile <= 1 for quantile in wanted):
        raise ValueError(f"quantiles must lie from 0 to 1, not {wanted!r}")
    return wanted


def _recruits(
    model: PkModel, cohort: Cohort, *, patients: int, rng: np.random.Generator, override: str
) -> tuple[dict[str, Floats], tuple[str, ...]]:
    """Covariates of a cohort; who falls outside is left out and others are drawn."""
    names = ("weight_kg", "age_years", "height_cm", "is_female")
    kept = np.empty((len(names), 0))
    for _ in range(_ROUNDS):
        drawn, inside = _candidates(cohort, patients, rng)
        if not override.strip():
            for values, studied in zip(drawn, (model.weight_kg, model.age_years), strict=False):
                inside &= (studied.least <= values) & (values <= studied.most)
        kept = np.concatenate((kept, drawn[:, inside]), axis=1)
        if kept.shape[1] >= patients:
            notes = (cohort.basis, *([f"Outside studied ranges: {override}"] if override else []))
            return dict(zip(names, kept[:, :patients], strict=True)), notes
    raise ValueError(
        f"who must hold patients of {model.weight_kg.least:g} to {model.weight_kg.most:g} kg and "
        f"{model.age_years.least:g} to {model.age_years.most:g} years for {model.name}; next to "
        f"none of the cohort {cohort.name} are"
    )


def _candidates(
    cohort: Cohort, count: int, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_]]:
    age, bmi = cohort.age_years.draw(count, rng), cohort.bmi_kg_per_m2.draw(count, rng)
    female, male = cohort.female_height_cm.draw(count, rng), cohort.male_height_cm.draw(count, rng)
    is_female = rng.random(count) < cohort.female_share
    height = np.where(is_female, female, male)
    inside = cohort.age_years.holds(age) & cohort.bmi_kg_per_m2.holds(bmi)
    inside &= np.where(
        is_female, cohort.female_height_cm.holds(height), cohort.male_height_cm.holds(height)
    )
    return np.stack((bmi * (height / _CM_PER_M) ** 2, age, height, is_female)), inside


def _scatter(
    parameters: dict[str, Floats], variability: Variability, *, rng: np.random.Generator
) -> str:
    """Spread the parameters about their typical values, in place; says on what grounds."""
    varied = sorted({name for pair in variability.covariance for name in pair} & set(parameters))
    matrix = np.zeros((len(varied), len(varied)))
    for (one, other), covariance in variability.covariance.items():
        if one in parameters and other in parameters:
            row, column = varied.index(one), varied.index(other)
            matrix[row, column] = matrix[column, row] = covariance
    count = len(next(iter(parameters.values())))
    normal = rng.standard_normal((count, len(varied)))
    factors = np.exp(normal @ np.linalg.cholesky(matrix).T)
    for name, factor in zip(varied, factors.T, strict=True):
        parameters[name] = parameters[name] * factor
    return f"Spread between patients: {variability.basis}"


def typical_parameters(model: PkModel, covariates: Mapping[str, Floats]) -> dict[str, Floats]:
    """The model's parameters for many patients, by printed name, each of shape (p,).

    As `individual` gives them for one.
    """
    relative = covariates["weight_kg"] / REFERENCE_WEIGHT_KG
    found = {
        name: np.asarray(one.at(REFERENCE_WEIGHT_KG) * relative**one.power)
        for name, one in model.parameters.items()
    }
    if model.structure is Structure.LIVER:
        over = np.maximum(0.0, covariates["age_years"] - _HEPATIC_DECLINE_FROM_YEARS)
        found["qh"] = found["qh"] - found.pop("qh_lost_per_year_over_60") * over
        del found["asian_on_kel"]
    return found


def exponentials(model: PkModel, people: People) -> Modes:
    """Split every patient's model into its exponentials, fast for many.

    With amounts divided by the root of their volume the matrix is symmetric, a liver that
    loses drug included: the rates are real and positive and no polynomial has to be solved.
    """
    v1 = people.parameters["v1"]
    loss, outer = _flows(model.structure, people.parameters)
    matrix = np.zeros((len(v1), len(outer) + 1, len(outer) + 1))
    matrix[:, 0, 0] = loss / v1
    for number, (flow, volume, lost) in enumerate(outer, start=1):
        matrix[:, 0, 0] += flow / v1
        matrix[:, number, number] = (flow + lost) / volume
        matrix[:, number, 0] = -flow / np.sqrt(v1 * volume)
    rates, vectors = np.linalg.eigh(matrix, UPLO="L")
    return Modes(
        rate_per_min=rates,
        jump_ng_per_ml=_NG_PER_ML_PER_MG_PER_L * vectors[:, 0, :] ** 2 / v1[:, None],
        ke0_per_min=people.ke0_per_min[:, None],
    )


def _flows(
    structure: Structure, values: Mapping[str, Floats]
) -> tuple[Floats, list[tuple[Floats, Floats, Floats]]]:
    """Clearance from the blood, and of each compartment around it flow, volume and clearance.

    Volumes in L, all else in L/min.
    """
    zero = np.zeros_like(values["v1"])
    if structure is Structure.RATE_CONSTANTS:
        flows = {number: values["v1"] * values[f"k1{number}"] for number in _outer(values, "k1")}
        return values["v1"] * values["k10"], [
            (flow, flow / values[f"k{number}1"], zero) for number, flow in flows.items()
        ]
    outer = [
        (values[f"q{number}"] / _MINUTES_PER_H, values[f"v{number}"], zero)
        for number in _outer(values, "q")
    ]
    if structure is Structure.FLOWS:
        return values["cl"] / _MINUTES_PER_H, outer
    liver = values["vh"] * (values["kel"] + values["kmet"])
    return zero, [*outer, (values["qh"] / _MINUTES_PER_H, values["vh"], liver)]


def _outer(values: Mapping[str, Floats], stem: str) -> list[str]:
    return [number for number in "23" if stem + number in values]
