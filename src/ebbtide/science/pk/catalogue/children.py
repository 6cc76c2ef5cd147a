"""Models of children. None of them is used for an adult, and none without an age."""

from typing import Final

from ebbtide.science.pk.catalogue.metabolites import NORKETAMINE, NORKETAMINE_FLINT
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

HERD2007: Final = PkModel(
    name="herd2007",
    structure=Structure.FLOWS,
    parameters={
        "v1": Quantity(38.7, "L", power=1.0, source="herd2007"),
        "v2": Quantity(102.0, "L", power=1.0, source="herd2007"),
        "cl": Quantity(90.0, "L/h", power=0.75, source="herd2007"),
        "q2": Quantity(215.0, "L/h", power=0.75, source="herd2007"),
    },
    enantiomer=Enantiomer.RACEMIC,
    site=Site.VENOUS,
    analyte="racemic ketamine, both enantiomers together, as base",
    population="54 children sedated in an emergency department, 1 to 1.5 mg/kg pushed",
    sources=("herd2007", "opentiva"),
    doubts=("Samples run from 14 to 152 min: earlier and later levels are extrapolated.",),
    weight_kg=StudiedRange(least=10.8, most=74.8, source="opentiva", provenance=Provenance.FOUND),
    age_years=StudiedRange(least=1.0, most=14.0, source="opentiva", provenance=Provenance.FOUND),
    needs_age=True,
    variability=Variability(
        covariance={
            ("v1", "v1"): 0.3433,
            ("v2", "v2"): 0.2369,
            ("cl", "cl"): 0.1355,
            ("q2", "q2"): 0.0355,
        },
        residual_cv={},
        source="herd2007",
        provenance=Provenance.DERIVED,
        basis="Herd 2007, abstract: volumes 64 and 51.7 %, clearance 38.1 %, flow 19 %.",
    ),
)

HORNIK2018: Final = PkModel(
    name="hornik2018",
    structure=Structure.FLOWS,
    parameters={
        "v1": Quantity(32.8, "L", power=1.0, source="hornik2018"),
        "v2": Quantity(152.0, "L", power=1.0, source="hornik2018"),
        "cl": Quantity(38.9, "L/h", power=0.75, source="hornik2018"),
        "q2": Quantity(54.9, "L/h", power=0.75, source="hornik2018"),
    },
    enantiomer=Enantiomer.RACEMIC,
    site=Site.UNSTATED,
    analyte="racemic ketamine, both enantiomers together, as base",
    population="113 children in ordinary care, 63 of them given it into a vein",
    sources=("hornik2018", "opentiva"),
    doubts=(
        "In an adult it doubles the peak of every adult model: never for one.",
        (
            "The study began at 0.02 years; under 1 year it is refused here: clearance ripens "
            "in the first months and the model has no term for it."
        ),
    ),
    weight_kg=StudiedRange(least=2.4, most=176.1, source="hornik2018", provenance=Provenance.FOUND),
    age_years=StudiedRange(least=1.0, most=17.6, source="hornik2018", provenance=Provenance.FOUND),
    needs_age=True,
)

FLINT2017: Final = PkModel(
    name="flint2017",
    structure=Structure.FLOWS,
    parameters={
        "v1": Quantity(7.73, "L", power=1.0, source="flint2017"),
        "v2": Quantity(545.0, "L", power=1.0, source="flint2017"),
        "cl": Quantity(112.0, "L/h", power=0.75, source="flint2017"),
        "q2": Quantity(196.0, "L/h", power=0.75, source="flint2017"),
    },
    enantiomer=Enantiomer.S,
    site=Site.UNSTATED,
    analyte="S-ketamine, as base",
    population="25 ventilated children in intensive care, median 0.42 years, infusions of days",
    sources=("flint2017", "nlmixr2lib"),
    doubts=(
        "Samples were drawn once a day and after the stop: the first minutes are extrapolated.",
        "The growth of norketamine clearance with time, 0.87 % an hour, is left out.",
    ),
    weight_kg=StudiedRange(least=3.4, most=35.0, source="nlmixr2lib", provenance=Provenance.FOUND),
    age_years=StudiedRange(least=0.02, most=12.5, source="flint2017", provenance=Provenance.FOUND),
    needs_age=True,
    metabolites={NORKETAMINE: NORKETAMINE_FLINT},
    variability=Variability(
        covariance={
            ("cl", "cl"): 0.1497,
            ("norketamine.cl", "norketamine.cl"): 0.7333,
            ("cl", "norketamine.cl"): 0.1676,
        },
        residual_cv={"plasma": 0.419, "norketamine": 0.475},
        source="flint2017",
        provenance=Provenance.DERIVED,
        basis="Flint 2017: clearance 40 %, that of norketamine 104 %, correlated 0.51.",
    ),
)
