"""`ebbtide dose`: what to draw up and what to set on the pump."""

import argparse
from collections.abc import Sequence
from decimal import Decimal

from ebbtide.cli import EXIT_FAILED, tables
from ebbtide.cli.arguments import OneLineParser, add_json_option, amount, amount_or_zero
from ebbtide.science.dosing.body_size import Body, LimbSegment, Sex, WeightPolicy
from ebbtide.science.dosing.pump import BagPolicy
from ebbtide.science.dosing.setting import Pump
from ebbtide.science.dosing.sheet import DoseSheet, Figures, Terms, dose_sheet
from ebbtide.science.dosing.site import SiteSettings
from ebbtide.science.dosing.titration import LastVisit
from ebbtide.science.findings import blocks
from ebbtide.science.units import shown

_EPILOG = """example:
  ebbtide dose --weight-kg 70 --mg-per-kg 0.5 --stock-mg-per-ml 50 --vial-ml 10 \\
               --bag-ml 100 --bag-policy replace --minutes 40

The dose is rounded first, then the draw to what its syringe shows, then the rate down to what
the pump can be set to. Bag overfill and the volume of the line are left out. Exits 1 when a
finding blocks the dose, 2 when a figure cannot be used."""


def run(argv: Sequence[str]) -> int:
    """Print the dose sheet. Returns 1 when a finding blocks it, else 0."""
    options = _parser().parse_args(argv)
    sheet = dose_sheet(
        weight_kg=options.weight_kg,
        mg_per_kg=options.mg_per_kg,
        stock_mg_per_ml=options.stock_mg_per_ml,
        vial_ml=options.vial_ml,
        bag_ml=options.bag_ml,
        minutes=options.minutes,
        bag_policy=BagPolicy(options.bag_policy),
        figures=Figures.EXACT if options.exact else Figures.AS_GIVEN,
        body=Body(
            height_cm=options.height_cm,
            sex=Sex(options.sex) if options.sex else None,
            missing=tuple(LimbSegment(name) for name in options.missing),
            last_weight_kg=options.last_weight_kg,
        ),
        terms=Terms(
            weight_policy=WeightPolicy(options.weight_policy),
            max_dose_mg=options.max_dose_mg,
            dose_step_mg=options.dose_step_mg,
            syringe_ml=options.syringe_ml,
            last=LastVisit(mg_per_kg=options.last_mg_per_kg) if options.last_mg_per_kg else None,
        ),
        site=SiteSettings(
            pump=Pump(
                max_rate_ml_per_h=options.pump_max_ml_per_h,
                rate_step_ml_per_h=options.pump_step_ml_per_h,
                min_rate_ml_per_h=options.pump_step_ml_per_h,
            )
        ),
    )
    print(_as_json(sheet) if options.json else _as_text(sheet))
    return EXIT_FAILED if blocks(sheet.findings) else 0


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="ebbtide dose",
        description="Work out what to draw up and what to set on the pump, with every reason "
        "against it.\nIt is arithmetic for a person to check, not an order.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked = parser.add_argument_group("the order")
    for name, words in (
        ("--weight-kg", "measured today, without prosthesis or chair"),
        ("--mg-per-kg", "dose by weight"),
        ("--stock-mg-per-ml", "strength on the vial"),
        ("--vial-ml", "volume of one vial"),
        ("--minutes", "planned time of the infusion"),
    ):
        asked.add_argument(name, type=amount, required=True, metavar="N", help=words)
    asked.add_argument(
        "--bag-ml",
        type=amount_or_zero,
        required=True,
        metavar="N",
        help="diluent in the bag; 0 with --bag-policy add is undiluted in a syringe",
    )
    asked.add_argument(
        "--bag-policy",
        choices=[policy.value for policy in BagPolicy],
        default=BagPolicy.REPLACE.value,
        help="whether the draw's volume is first taken out of the bag (default: %(default)s)",
    )
    _add_terms(parser)
    parser.add_argument("--exact", action="store_true", help="figures before any rounding")
    add_json_option(parser)
    return parser


def _add_terms(parser: argparse.ArgumentParser) -> None:
    terms = parser.add_argument_group("what else may be said")
    terms.add_argument(
        "--weight-policy",
        choices=[policy.value for policy in WeightPolicy],
        default=WeightPolicy.ACTUAL.value,
        help="which weight the dose is worked out on (default: %(default)s)",
    )
    terms.add_argument("--height-cm", type=amount, metavar="N", help="height, as before any loss")
    terms.add_argument("--sex", choices=[sex.value for sex in Sex], help="for ideal weight")
    terms.add_argument(
        "--missing",
        action="append",
        default=[],
        choices=[segment.value for segment in LimbSegment],
        help="what of a limb is missing, once for each limb; for ideal weight only",
    )
    for name, words in (
        ("--last-weight-kg", "weight at the last visit"),
        ("--last-mg-per-kg", "dose of the last visit"),
    ):
        terms.add_argument(name, type=amount, metavar="N", help=words)
    terms.add_argument("--max-dose-mg", type=amount, metavar="N", help="ceiling of the order")
    terms.add_argument(
        "--dose-step-mg",
        type=amount,
        default=Decimal(1),
        metavar="N",
        help="what the dose is rounded to (default: %(default)s)",
    )
    terms.add_argument("--syringe-ml", type=amount, metavar="N", help="the dose is in a syringe")
    terms.add_argument(
        "--pump-max-ml-per-h",
        type=amount,
        default=Decimal(999),
        metavar="N",
        help="the pump's highest rate (default: %(default)s)",
    )
    terms.add_argument(
        "--pump-step-ml-per-h",
        type=amount,
        default=Decimal("0.1"),
        metavar="N",
        help="the pump's resolution (default: %(default)s)",
    )


def _as_text(sheet: DoseSheet) -> str:
    rows = [
        ("dose", shown(sheet.dose_mg), "mg", f"{shown(sheet.mg_per_kg, places=3)} mg/kg"),
        ("draw", shown(sheet.draw_ml, places=3), "mL", _vials(sheet)),
        ("in the bag", shown(sheet.final_mg_per_ml, places=4), "mg/mL", _volume(sheet)),
        ("pump rate", shown(sheet.rate_ml_per_h), "mL/h", f"{shown(sheet.minutes)} min"),
        (
            "drug",
            shown(sheet.mg_per_min, places=4),
            "mg/min",
            f"{shown(sheet.mcg_per_kg_per_min)} mcg/kg/min",
        ),
        (
            "left in vials",
            shown(sheet.vial_remainder_mg),
            "mg",
            f"{shown(sheet.vial_remainder_ml, places=3)} mL",
        ),
    ]
    title = {
        Figures.EXACT: "Exact figures, before any rounding",
        Figures.AS_GIVEN: f"As drawn and set: dose {_signed(sheet.deviation_percent)}, "
        f"rate {_signed(sheet.rate_deviation_percent)} off exact",
    }[sheet.figures]
    parts = [
        f"{title}; {shown(sheet.weight_used_kg)} kg used",
        tables.findings(sheet.findings) or "No findings.",
        tables.table(("", "", "", ""), rows).lstrip("\n"),
        tables.bulleted(sheet.notes),
    ]
    return "\n\n".join(part for part in parts if part)


def _vials(sheet: DoseSheet) -> str:
    return f"from {sheet.vials} vial" + ("" if sheet.vials == 1 else "s")


def _volume(sheet: DoseSheet) -> str:
    return f"{shown(sheet.volume_ml, places=3)} mL to be infused"


def _signed(percent: Decimal) -> str:
    return f"{'+' if percent > 0 else ''}{shown(percent)} %"


def _as_json(sheet: DoseSheet) -> str:
    figures = (
        *("dose_mg", "draw_ml", "volume_ml", "final_mg_per_ml", "rate_ml_per_h", "minutes"),
        *("mg_per_min", "mcg_per_kg_per_min", "mg_per_kg", "weight_used_kg", "vials"),
        *("vial_remainder_mg", "vial_remainder_ml"),
        *("deviation_percent", "rate_deviation_percent", "findings", "notes"),
    )
    return tables.as_json({name: getattr(sheet, name) for name in figures})
