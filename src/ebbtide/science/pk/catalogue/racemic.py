"""Models of racemic ketamine in adults."""

from typing import Final

from ebbtide.science.pk.catalogue.metabolites import BORROWED
from ebbtide.science.pk.models import (
    Enantiomer,
    PkModel,
    Provenance,
    Quantity,
    Site,
    Structure,
    StudiedRange,
    Variability,
)

_RACEMIC = "racemic ketamine, both enantiomers together, as base"
_CAUTIOUS_WEIGHT = StudiedRange(
    least=40.0, most=120.0, source="ebbtide", provenance=Provenance.CHOSEN
)
_ADULTS = StudiedRange(least=18.0, most=100.0, source="ebbtide", provenance=Provenance.CHOSEN)
_RANGES_DOUBT = (
    "The ranges of 40 to 120 kg and 18 to 100 years are this project's choice, not the paper's."
)

KAMP2020: Final = PkModel(
    name="kamp2020",
    structure=Structure.FLOWS,
    parameters={
        "v1": Quantity(25.0, "L", power=1.0, source="kamp2020"),
        "v2": Quantity(56.0, "L", power=1.0, source="kamp2020"),
        "v3": Quantity(157.0, "L", power=1.0, source="kamp2020"),
        "cl": Quantity(84.0, "L/h", power=0.75, source="kamp2020"),
        "q2": Quantity(161.0, "L/h", power=0.75, source="kamp2020"),
        "q3": Quantity(79.0, "L/h", power=0.75, source="kamp2020"),
    },
    enantiomer=Enantiomer.RACEMIC,
    site=Site.ARTERIAL,
    analyte=_RACEMIC,
    population="fourteen raw data sets pooled; typical values at 70 kg",
    sources=("kamp2020", "simtiva", "opentiva"),
    doubts=(
        "Programs that carry this model let clearance grow with weight to 0.75, as here, or to 1.",
        (
            "The paper's two venous delay compartments are left out: levels are arterial, and a "
            "venous level is an engine approximation."
        ),
        (
            "The ranges of 30 to 200 kg and 18 to 100 years are this project's choice, not the "
            "paper's."
        ),
        "Its metabolites are those of S-ketamine models, fed by the elimination of the racemate.",
        "Its own table of variability was not at hand: what is given is borrowed.",
    ),
    weight_kg=StudiedRange(least=30.0, most=200.0, source="ebbtide", provenance=Provenance.CHOSEN),
    age_years=_ADULTS,
    metabolites=BORROWED,
    variability=Variability(
        covariance={
            ("v1", "v1"): 0.0703,
            ("cl", "cl"): 0.0392,
            ("v1", "cl"): 0.0252,
            ("v2", "v2"): 0.0862,
            ("v3", "v3"): 0.0862,
            ("q2", "q2"): 0.0392,
            ("q3", "q3"): 0.0392,
            ("norketamine.v1", "norketamine.v1"): 0.0404,
            ("norketamine.v1", "norketamine.cl"): 0.0446,
            ("norketamine.cl", "norketamine.cl"): 0.1032,
        },
        residual_cv={"plasma": 0.11},
        source="otto2021",
        provenance=Provenance.DERIVED,
        basis="Borrowed from Otto 2021 and Simons 2022: clearance 20 %, central volume 27 %, "
        "flows 20 %, deep volumes 30 %.",
    ),
)

DOMINO1984: Final = PkModel(
    name="domino1984",
    structure=Structure.RATE_CONSTANTS,
    parameters={
        "v1": Quantity(4.41, "L", power=1.0, source="domino1984"),
        "k10": Quantity(0.438, "/min", source="domino1984"),
        "k12": Quantity(0.592, "/min", source="domino1984"),
        "k13": Quantity(0.590, "/min", source="domino1984"),
        "k21": Quantity(0.247, "/min", source="domino1984"),
        "k31": Quantity(0.0146, "/min", source="domino1984"),
    },
    enantiomer=Enantiomer.RACEMIC,
    site=Site.VENOUS,
    analyte=_RACEMIC,
    population="adults, some given diazepam beforehand",
    sources=("domino1984", "stanpumpr", "simtiva", "opentiva"),
    doubts=(
        (
            "That the blood was venous is recalled, not read again; its levels during an infusion "
            "are as high as arterial ones."
        ),
        (
            "One of four programs carries 0.4381 and 0.5921 for k10 and k12, and cites a paper "
            "of 1982 by the same group."
        ),
        "It falls faster than later data: under 1 % of the peak is left after 10 h.",
        _RANGES_DOUBT,
    ),
    weight_kg=_CAUTIOUS_WEIGHT,
    age_years=_ADULTS,
    metabolites=BORROWED,
)

CLEMENTS_NIMMO1981: Final = PkModel(
    name="clements_nimmo1981",
    structure=Structure.RATE_CONSTANTS,
    parameters={
        "v1": Quantity(1.7522 * 70, "L", power=1.0, source="clements_nimmo1981"),
        "k10": Quantity(0.0109, "/min", source="clements_nimmo1981"),
        "k12": Quantity(0.0186, "/min", source="clements_nimmo1981"),
        "k21": Quantity(0.0137, "/min", source="clements_nimmo1981"),
    },
    enantiomer=Enantiomer.RACEMIC,
    site=Site.VENOUS,
    analyte=_RACEMIC,
    population="adult volunteers given a push of 0.25 mg/kg",
    sources=("clements_nimmo1981", "opentiva"),
    doubts=(
        "That the blood was venous is recalled, not read again.",
        "Its central volume, 1.75 L/kg, is very large: first minutes read lower than elsewhere.",
        _RANGES_DOUBT,
    ),
    weight_kg=_CAUTIOUS_WEIGHT,
    age_years=_ADULTS,
    metabolites=BORROWED,
)

HIJAZI2003: Final = PkModel(
    name="hijazi2003",
    structure=Structure.RATE_CONSTANTS,
    parameters={
        "v1": Quantity(1.08 * 70, "L", power=1.0, source="hijazi2003"),
        "k10": Quantity(0.0333, "/min", source="hijazi2003"),
        "k12": Quantity(0.0088, "/min", source="hijazi2003"),
        "k21": Quantity(0.0030, "/min", source="hijazi2003"),
    },
    enantiomer=Enantiomer.RACEMIC,
    site=Site.UNSTATED,
    analyte=_RACEMIC,
    population="12 adults in intensive care with injury of brain or spinal cord",
    sources=("hijazi2003", "opentiva"),
    doubts=(
        "Intensive care, not outpatients; that they were adults is recalled, not read again.",
        (
            "The paper's 16 L/kg is the volume of the last phase, clearance over rate, and these "
            "constants give 15.4; their volume at steady state is 4.2 L/kg: no disagreement."
        ),
        "The program that carries it limits it to 18 years and under, against the paper.",
        _RANGES_DOUBT,
    ),
    weight_kg=_CAUTIOUS_WEIGHT,
    age_years=_ADULTS,
)
