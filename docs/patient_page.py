"""The page of the virtual patient, made from its table of coefficients."""

import numpy as np
from report.markdown import NOTICE, few_digits, table
from rule_pages import cited

from ebbtide.science.patient.coefficients import COEFFICIENTS, Coefficient, Spread
from ebbtide.science.patient.draw import band_shares, draw_virtual_patient, nausea_incidence
from ebbtide.science.screening.bands import BandLevel

DRAWN = 2000


def virtual_patient() -> str:
    """Every figure with its source, then how many leave the green band."""
    measured = [item for item in COEFFICIENTS.items() if not item[1].is_illustrative]
    illustrative = [item for item in COEFFICIENTS.items() if item[1].is_illustrative]
    head = ["coefficient", "typical", "what it is", "people differ", "source"]
    return (
        f"{NOTICE}# The virtual patient\n\n"
        "A body for teaching and for tests: its pressure, pulse, saturation, breathing, sedation, "
        "dissociation and nausea follow the level at the effect site. It is a prediction for "
        "nobody. `ebbtide.science.patient.coefficients.COEFFICIENTS` holds every figure of it.\n\n"
        "## Published, or worked out from what was published\n\n"
        f"{table(head, [_row(name, one) for name, one in measured])}\n"
        "## Illustrative\n\n**Measured by nobody**: chosen so that the picture is plausible.\n\n"
        f"{table(head, [_row(name, one) for name, one in illustrative])}\n"
        f"{_counted()}"
    )


def _row(name: str, one: Coefficient) -> list[str]:
    return [
        f"`{name}`",
        f"{few_digits(one.value)} {one.unit}".rstrip().replace("-", "−"),
        one.meaning,
        _spread(one),
        f"{cited(one.source)}, {one.provenance}",
    ]


def _spread(one: Coefficient) -> str:
    origin = f"({one.width_provenance})"
    match one.spread:
        case Spread.NONE:
            return "no"
        case Spread.NORMAL:
            return f"SD {one.width:g} {one.unit} {origin}"
        case Spread.LOGISTIC:
            return f"{one.spread}, slope {one.width:g} {origin}"
        case Spread.MEDIAN | Spread.MEAN:
            return f"{one.spread}, CV {one.width:.0%} {origin}".replace("%", " %")


def _counted() -> str:
    rng = np.random.default_rng(1)
    patients = [draw_virtual_patient(rng) for _ in range(DRAWN)]
    rows = []
    for dose, minutes in ((0.5, 60.0), (0.5, 40.0), (1.0, 60.0)):
        shares = band_shares(patients, dose_mg_per_kg=dose, over_min=minutes)
        levels = (BandLevel.GREEN, BandLevel.AMBER, BandLevel.RED)
        rows.append(
            [f"{dose:g} mg/kg over {minutes:g} min"]
            + [f"{shares[level] * 100:.0f} %" for level in levels]
        )
    return (
        f"## How many leave the green band\n\nOf {DRAWN} patients drawn with one seed, by their "
        "worst signs under the default protocol, unrest and faults of sensors left out. About a "
        "third of 205 published infusions of 0.5 mg/kg had a change of pressure or pulse that "
        f"their protocol named, and 2 % were stopped ({cited('wan2015')}, recalled).\n\n"
        f"{table(['infusion', *(level.value for level in levels)], rows)}\n"
        f"At {few_digits(228.69)} ng/mL, the highest effect-site level of 0.5 mg/kg over 40 min, "
        f"{nausea_incidence(228.69) * 100:.0f} % of them are sick.\n"
    )
