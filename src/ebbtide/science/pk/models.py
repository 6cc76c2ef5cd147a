"""Published three-compartment models of ketamine and their parameters by weight."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

REFERENCE_WEIGHT_KG: Final = 70.0


class Site(StrEnum):
    """Where the blood was drawn that a model describes.

    During an infusion the arterial level is far above the venous one: the site
    belongs to every figure that a model gives.
    """

    ARTERIAL = "arterial"
    VENOUS = "venous"


@dataclass(frozen=True, slots=True, kw_only=True)
class MammillaryModel:
    """Three compartments around the blood, as published, at 70 kg.

    Attributes:
        volume_exponent: Power of weight / 70 kg on the volumes.
        clearance_exponent: Power of weight / 70 kg on clearance and flows.
        analyte: What the level counts, in words.
        population: Who was studied, in words.
        source: Key in docs/references.bib.
        doubts: What is not settled about the figures, one sentence each.
    """

    name: str
    v1_l: float
    v2_l: float
    v3_l: float
    cl_l_per_h: float
    q2_l_per_h: float
    q3_l_per_h: float
    volume_exponent: float
    clearance_exponent: float
    least_weight_kg: float
    most_weight_kg: float
    site: Site
    analyte: str
    population: str
    source: str
    doubts: tuple[str, ...]


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
        for field in self.__slots__:
            value = getattr(self, field)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{field} must be a finite number above 0, not {value!r}")


KAMP2020: Final = MammillaryModel(
    name="kamp2020",
    v1_l=25.0,
    v2_l=56.0,
    v3_l=157.0,
    cl_l_per_h=84.0,
    q2_l_per_h=161.0,
    q3_l_per_h=79.0,
    volume_exponent=1.0,
    clearance_exponent=0.75,
    least_weight_kg=30.0,
    most_weight_kg=200.0,
    site=Site.ARTERIAL,
    analyte="racemic ketamine, both enantiomers together, as base",
    population="fourteen raw data sets pooled; typical values at 70 kg",
    source="kamp2020",
    doubts=(
        "Programs that carry this model let clearance grow with weight to 0.75, as here, or to 1.",
        "The paper's two venous delay compartments are left out: levels are arterial.",
        "The range of 30 to 200 kg is this project's choice, not the paper's.",
    ),
)


def parameters(model: MammillaryModel, *, weight_kg: float) -> PkParameters:
    """Scale a model to a body weight.

    Args:
        model: Typical values at 70 kg.
        weight_kg: Measured body weight, without prosthesis or chair.

    Raises:
        ValueError: The weight is not finite or outside the model's range.

    Source: kamp2020, typical values at 70 kg; weight exponents as in simtiva.
    """
    least, most = model.least_weight_kg, model.most_weight_kg
    if not (math.isfinite(weight_kg) and least <= weight_kg <= most):
        raise ValueError(
            f"weight_kg must be {least:g} to {most:g} kg for {model.name}, not {weight_kg!r}"
        )
    relative = weight_kg / REFERENCE_WEIGHT_KG
    volume = relative**model.volume_exponent
    flow = relative**model.clearance_exponent
    return PkParameters(
        v1_l=model.v1_l * volume,
        v2_l=model.v2_l * volume,
        v3_l=model.v3_l * volume,
        cl_l_per_h=model.cl_l_per_h * flow,
        q2_l_per_h=model.q2_l_per_h * flow,
        q3_l_per_h=model.q3_l_per_h * flow,
    )
