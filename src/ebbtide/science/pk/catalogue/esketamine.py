"""Models of S-ketamine in adults, each with norketamine of its own."""

from typing import Final

from ebbtide.science.pk.catalogue.metabolites import (
    BORROWED,
    HYDROXYNORKETAMINE,
    HYDROXYNORKETAMINE_SIMONS,
    NORKETAMINE,
    NORKETAMINE_PEREZ_RUIXO,
    NORKETAMINE_SIMONS,
)
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

OTTO2021: Final = PkModel(
    name="otto2021",
    structure=Structure.FLOWS,
    parameters={
        "v1": Quantity(133.0, "L", power=1.0, source="otto2021"),
        "v2": Quantity(187.0, "L", source="otto2021"),
        "v3": Quantity(98.8, "L", source="otto2021"),
        "cl": Quantity(95.2, "L/h", power=0.75, source="otto2021"),
        "q2": Quantity(23.2, "L/h", source="otto2021"),
        "q3": Quantity(157.0, "L/h", source="otto2021"),
    },
    enantiomer=Enantiomer.S,
    site=Site.VENOUS,
    analyte="S-ketamine, as base",
    population="48 healthy adults; typical values of ketamine from 11 healthy men (Fanta 2015)",
    sources=("otto2021", "fanta2015", "nlmixr2lib"),
    doubts=(
        (
            "If the norketamine fitted was weighed as such, its volumes hold the ratio of "
            "molar masses already, and levels here are 6 % too low."
        ),
        "Outer volumes and flows do not grow with weight, as in the authors' own code.",
        (
            "Means of weight were 68 (SD 7) and 71 (SD 9) kg, of age 23 (SD 4) and 24 (SD 5); "
            "the ranges of 45 to 100 kg and 18 to 65 years are this project's choice."
        ),
    ),
    weight_kg=StudiedRange(least=45.0, most=100.0, source="ebbtide", provenance=Provenance.CHOSEN),
    age_years=StudiedRange(least=18.0, most=65.0, source="ebbtide", provenance=Provenance.CHOSEN),
    metabolites=BORROWED,
    variability=Variability(
        covariance={
            ("v1", "v1"): 0.0842,
            ("v1", "cl"): 0.0226,
            ("cl", "cl"): 0.0260,
            ("norketamine.v1", "norketamine.v1"): 0.0404,
            ("norketamine.v1", "norketamine.cl"): 0.0446,
            ("norketamine.cl", "norketamine.cl"): 0.1032,
        },
        residual_cv={"plasma": 0.236, "norketamine": 0.143},
        source="otto2021",
        provenance=Provenance.FOUND,
        basis="Otto 2021, estimated on 48 healthy adults.",
    ),
)

SIMONS2022: Final = PkModel(
    name="simons2022",
    structure=Structure.FLOWS,
    parameters={
        "v1": Quantity(11.6, "L", power=1.0, source="simons2022"),
        "v2": Quantity(39.0, "L", power=1.0, source="simons2022"),
        "v3": Quantity(174.0, "L", power=1.0, source="simons2022"),
        "cl": Quantity(1.48, "L/min", power=0.75, source="simons2022"),
        "q2": Quantity(2.43, "L/min", power=0.75, source="simons2022"),
        "q3": Quantity(1.21, "L/min", power=0.75, source="simons2022"),
    },
    enantiomer=Enantiomer.S,
    site=Site.ARTERIAL,
    analyte="S-ketamine, as base",
    population="20 healthy adults, 20 mg over 20 min six hours after an oral film",
    sources=("simons2022", "nlmixr2lib"),
    doubts=(
        "The powers of weight are assumed by those who wrote the model out, not printed.",
        "A residual of 0.012 for ketamine was read as a variance, 11 %.",
        "The venous level is an engine approximation.",
        (
            "Women cleared S-ketamine about 20 % faster in one other arterial study; no model here "
            "asks for it."
        ),
    ),
    weight_kg=StudiedRange(least=53.0, most=93.0, source="nlmixr2lib", provenance=Provenance.FOUND),
    age_years=StudiedRange(least=19.0, most=32.0, source="nlmixr2lib", provenance=Provenance.FOUND),
    metabolites={
        NORKETAMINE: NORKETAMINE_SIMONS,
        HYDROXYNORKETAMINE: HYDROXYNORKETAMINE_SIMONS,
    },
    variability=Variability(
        covariance={
            ("v1", "v1"): 0.057,
            ("cl", "cl"): 0.029,
            ("q3", "q3"): 0.026,
            ("norketamine.cl", "norketamine.cl"): 0.050,
            ("norketamine.mtt", "norketamine.mtt"): 0.021,
            ("hydroxynorketamine.v1", "hydroxynorketamine.v1"): 1.22,
            ("hydroxynorketamine.cl", "hydroxynorketamine.cl"): 0.103,
            ("hydroxynorketamine.q", "hydroxynorketamine.q"): 0.287,
        },
        residual_cv={"plasma": 0.11, "norketamine": 0.102, "hydroxynorketamine": 0.079},
        source="simons2022",
        provenance=Provenance.FOUND,
        basis="Simons 2022, table 4, between 20 healthy adults; between visits left out.",
    ),
)

PEREZRUIXO2021: Final = PkModel(
    name="perezruixo2021",
    structure=Structure.LIVER,
    parameters={
        "v1": Quantity(192.0, "L", source="perezruixo2021"),
        "q2": Quantity(84.3, "L/h", source="perezruixo2021"),
        "v2": Quantity(143.0, "L", source="perezruixo2021"),
        "q3": Quantity(37.6, "L/h", source="perezruixo2021"),
        "v3": Quantity(417.0, "L", source="perezruixo2021"),
        "qh": Quantity(151.0, "L/h", source="perezruixo2021"),
        "qh_lost_per_year_over_60": Quantity(2.19, "L/h", source="perezruixo2021"),
        "vh": Quantity(101.0, "L", source="perezruixo2021"),
        "kel": Quantity(1.11, "/h", source="perezruixo2021"),
        "kmet": Quantity(2.77, "/h", source="perezruixo2021"),
        "asian_on_kel": Quantity(0.36, "1", source="perezruixo2021"),
    },
    enantiomer=Enantiomer.S,
    site=Site.VENOUS,
    analyte="S-ketamine, as base",
    population="820 adults, healthy or with depression; one arm of 28 mg into a vein",
    sources=("perezruixo2021", "nlmixr2lib"),
    doubts=(
        (
            "Nearly all levels came after the nose: the first minutes of an infusion were seen in "
            "one arm only."
        ),
        "These parameters give a clearance of 109 L/h; the abstract says 114.",
        "Weight has no part in the model: a level does not depend on it.",
        (
            "The factors for Asian patients rest on 112 people and later work puts them down to "
            "weight."
        ),
    ),
    weight_kg=StudiedRange(
        least=39.0, most=170.0, source="nlmixr2lib", provenance=Provenance.FOUND
    ),
    age_years=StudiedRange(least=18.0, most=86.0, source="nlmixr2lib", provenance=Provenance.FOUND),
    needs_age=True,
    metabolites={NORKETAMINE: NORKETAMINE_PEREZ_RUIXO},
    variability=Variability(
        covariance={
            ("v1", "v1"): 0.0730,
            ("v2", "v2"): 0.218,
            ("qh", "qh"): 0.0524,
            ("vh", "vh"): 0.113,
            ("kel", "kel"): 0.892,
            ("norketamine.v1", "norketamine.v1"): 0.0955,
            ("norketamine.cl", "norketamine.cl"): 0.0625,
        },
        residual_cv={"plasma": 0.276, "norketamine": 0.422},
        source="perezruixo2021",
        provenance=Provenance.DERIVED,
        basis="Perez-Ruixo 2021, table 3, coefficients of variation turned into variances of "
        "logarithms; that of kmet is not printed and left out.",
    ),
)
