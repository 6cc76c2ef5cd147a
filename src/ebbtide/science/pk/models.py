"""What a published model of ketamine is: figures with their origin, for whom, and its doubts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

REFERENCE_WEIGHT_KG: Final = 70.0
_OLDEST_YEARS: Final = 120.0


class Site(StrEnum):
    """Where the blood was drawn that a model describes.

    During an infusion the arterial level is far above the venous one: the site
    belongs to every figure that a model gives.
    """

    ARTERIAL = "arterial"
    VENOUS = "venous"
    UNSTATED = "unstated"


class Enantiomer(StrEnum):
    """Which ketamine: the racemate holds as much of the one as of the other."""

    RACEMIC = "racemic"
    S = "S"
    R = "R"


class Provenance(StrEnum):
    """How a figure came to be known here.

    FOUND was read in an abstract, a table or the parameter file of a program; RECALLED is
    from memory and was not read again; MEASURED was computed or timed; DERIVED is
    arithmetic on figures of other kinds; CHOSEN is this project's own choice.
    """

    FOUND = "found"
    RECALLED = "recalled"
    MEASURED = "measured"
    DERIVED = "derived"
    CHOSEN = "chosen"


class Structure(StrEnum):
    """How the parameters of a model are printed.

    FLOWS are volumes and flows around one central volume: v1 v2 v3, cl q2 q3.
    RATE_CONSTANTS are a central volume and constants per minute: v1, k10 k12 k21 k13 k31.
    LIVER is a central volume v1 with q2 v2 q3 v3 and a well-stirred liver, qh vh, that loses
    drug to norketamine (kmet) and to all else (kel).
    """

    FLOWS = "flows"
    RATE_CONSTANTS = "rate constants"
    LIVER = "well-stirred liver"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure of a model, as printed.

    Attributes:
        unit: One of L, L/h, L/min, /h, /min, min, or 1 for a bare number.
        source: Key in docs/references.bib.
        power: Of weight / 70 kg, by which the figure grows.
    """

    value: float
    unit: str
    source: str = field(kw_only=True)
    provenance: Provenance = field(default=Provenance.FOUND, kw_only=True)
    power: float = field(default=0.0, kw_only=True)

    def at(self, weight_kg: float) -> float:
        """The figure for a weight, flows in L/h, rate constants per minute."""
        factor = {"L/min": 60.0, "/h": 1 / 60}.get(self.unit, 1.0)
        return self.value * factor * math.pow(weight_kg / REFERENCE_WEIGHT_KG, self.power)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudiedRange:
    """From where to where a covariate was studied."""

    least: float
    most: float
    source: str
    provenance: Provenance

    def holds(self, value: float) -> bool:
        """Whether a value lies inside, its ends included."""
        return self.least <= value <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariates:
    """What is known of a patient that a model may ask for.

    Attributes:
        weight_kg: Measured body weight, without prosthesis or chair.
        age_years: None where it was not given.
        is_asian: As the one model that asks for it counted: by the patient's own word.

    Raises:
        ValueError: The weight is not a finite number above 0, or the age not 0 to 120 years.
    """

    weight_kg: float
    age_years: float | None = None
    is_asian: bool = False

    def __post_init__(self) -> None:
        """Refuse what no body has."""
        if not (math.isfinite(self.weight_kg) and self.weight_kg > 0):
            raise ValueError(
                f"weight_kg must be a finite number above 0 kg, not {self.weight_kg!r}"
            )
        if self.age_years is not None and not 0 <= self.age_years <= _OLDEST_YEARS:
            raise ValueError(
                f"age_years must be 0 to {_OLDEST_YEARS:g} years, not {self.age_years!r}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Variability:
    """How far the parameters of a model differ between patients, log-normally.

    Attributes:
        covariance: By pair of parameters the covariance of their logarithms; pairs left out
            are 0. A metabolite's parameter is written with its name, "norketamine.cl".
        residual_cv: By output the proportional error that was left, as a fraction.
        basis: Where it comes from, in words to show beside a picture.
    """

    covariance: Mapping[tuple[str, str], float]
    residual_cv: Mapping[str, float]
    source: str
    provenance: Provenance
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Metabolite:
    """One or two compartments fed by what leaves the parent or another metabolite.

    Attributes:
        formed_from: "ketamine", or the name of the metabolite that it comes from.
        parameters: v1 cl, perhaps q v2, fraction formed, and mtt of the transits.
        transits: Compartments in a row that hold up what is formed.
        mass_factor: Mass of the metabolite for one of ketamine, mole for mole; 1 where the
            volumes are apparent and hold it already.
        note: What a user of the level must know.
    """

    name: str
    formed_from: str
    parameters: Mapping[str, Quantity]
    transits: int
    mass_factor: float
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PkModel:
    """A published model with its figures and everything a user of it must know.

    Attributes:
        parameters: By printed name; which names there are follows from the structure.
        enantiomer: What was given and measured.
        analyte: What the level counts, in words.
        population: Who was studied, in words.
        sources: Keys in docs/references.bib.
        doubts: What is not settled about the figures, one sentence each.
        weight_kg: Studied range; outside it the model is refused.
        age_years: Studied range; outside it the model is refused.
        needs_age: Whether the model cannot be used without an age.
        metabolites: By name, those that can be asked for.
        variability: Between patients, None where none is known.
    """

    name: str
    structure: Structure
    parameters: Mapping[str, Quantity]
    enantiomer: Enantiomer
    site: Site
    analyte: str
    population: str
    sources: tuple[str, ...]
    doubts: tuple[str, ...]
    weight_kg: StudiedRange
    age_years: StudiedRange
    needs_age: bool = False
    metabolites: Mapping[str, Metabolite] = field(default_factory=dict)
    variability: Variability | None = None


def covariate_notes(
    model: PkModel, covariates: Covariates, *, override: str = ""
) -> tuple[str, ...]:
    """Refuse a patient outside the studied ranges, or note a stated reason not to.

    Raises:
        ValueError: A covariate is missing that the model needs, or lies outside its studied
            range and no reason is given.
    """
    notes = []
    if model.needs_age and covariates.age_years is None:
        raise ValueError(
            f"age_years must be given for {model.name}, {model.age_years.least:g} to "
            f"{model.age_years.most:g} years"
        )
    for name, unit, value, studied in (
        ("weight_kg", "kg", covariates.weight_kg, model.weight_kg),
        ("age_years", "years", covariates.age_years, model.age_years),
    ):
        if value is None or studied.holds(value):
            continue
        limits = f"{studied.least:g} to {studied.most:g} {unit}"
        if not override.strip():
            raise ValueError(f"{name} must be {limits} for {model.name}, not {value!r}")
        notes.append(
            f"{name} {value:g} is outside {limits}, the range of {model.name}; used all the "
            f"same: {override.strip()}"
        )
    return tuple(notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PkParameters:
    """Volumes and flows of one patient.

    Raises:
        ValueError: A parameter is not a finite number above zero.
    """

    v1_l: float
    v2_l: float
    v3_l: float
    cl_l_per_h: float
    q2_l_per_h: float
    q3_l_per_h: float

    def __post_init__(self) -> None:
        """Refuse what no body has."""
        for name in self.__slots__:
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be a finite number above 0, not {value!r}")


def individual(model: PkModel, covariates: Covariates, *, override: str = "") -> dict[str, float]:
    """The model's parameters for a patient, by printed name.

    Volumes in L, flows in L/h, rate constants per minute.

    Raises:
        ValueError: As `covariate_notes`.
    """
    covariate_notes(model, covariates, override=override)
    found = {name: one.at(covariates.weight_kg) for name, one in model.parameters.items()}
    if model.structure is Structure.LIVER:
        over_60 = max(0.0, (covariates.age_years or 0.0) - 60.0)
        found["qh"] -= found.pop("qh_lost_per_year_over_60") * over_60
        asian = found.pop("asian_on_kel")
        found["kel"] *= asian if covariates.is_asian else 1.0
    return found


def parameters(model: PkModel, *, weight_kg: float) -> PkParameters:
    """Volumes and flows of a patient of whom only the weight is known.

    Raises:
        ValueError: The weight is outside the model's range, the model needs more than a
            weight, or it is not three compartments around the blood.
    """
    return mammillary(model, individual(model, Covariates(weight_kg=weight_kg)))


def mammillary(model: PkModel, values: Mapping[str, float]) -> PkParameters:
    """Parameters by printed name as volumes and flows of three compartments.

    A model of two is one of three with its outer compartment cut in half: both halves fill
    and empty alike, and the blood cannot tell.

    Raises:
        ValueError: The model is not made of compartments around the blood.
    """
    if model.structure is Structure.LIVER:
        raise ValueError(f"{model.name} has a liver: it is not three compartments in all")
    if model.structure is Structure.FLOWS:
        cl = values["cl"]
        outer = [(values[f"q{n}"], values[f"v{n}"]) for n in (2, 3) if f"q{n}" in values]
    else:
        per_h = values["v1"] * 60.0
        cl = values["k10"] * per_h
        outer = [
            (values[f"k1{n}"] * per_h, values["v1"] * values[f"k1{n}"] / values[f"k{n}1"])
            for n in (2, 3)
            if f"k1{n}" in values
        ]
    if len(outer) == 1:
        outer = [(outer[0][0] / 2, outer[0][1] / 2)] * 2
    (q2, v2), (q3, v3) = outer
    return PkParameters(
        v1_l=values["v1"], v2_l=v2, v3_l=v3, cl_l_per_h=cl, q2_l_per_h=q2, q3_l_per_h=q3
    )
