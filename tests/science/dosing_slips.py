"""Every input of every worked dosing case mistyped: what stops, what asks, what passes.

A slip is *stopped* by a finding that blocks or by a refused value, *questioned* by a finding
that needs a reason, *shown* by a notice, and else *silent*. What the right value already needs a
reason for does not count. Each is tried with three states of knowledge, because a weight can be
held only against what is on file.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests.science.dosing_vectors import CASES, PUMP, body_of, sheet_of

from ebbtide.science.dosing.body_size import Body, WeightPolicy
from ebbtide.science.dosing.confirm import check_drawn, check_infused, check_set
from ebbtide.science.dosing.delivery import Segment, delivered, infused_ml
from ebbtide.science.dosing.limits import DoseLimits, WeightLimits
from ebbtide.science.dosing.orders import Course, bolus_and_infusion, hourly, total_over
from ebbtide.science.dosing.rate import check_rate
from ebbtide.science.dosing.sheet import Terms, dose_sheet
from ebbtide.science.dosing.titration import LastVisit
from ebbtide.science.dosing.weight import check_body
from ebbtide.science.findings import Finding, Severity, blocks, needs_reason
from ebbtide.science.units import CM_PER_IN, KG_PER_LB, cm_from_in, kg_from_lb, round_half_up

OUTCOMES = ("stopped", "questioned", "shown", "silent")
KNOWN = ("seen before", "first visit, height known", "first visit, nothing known")
Judge = Callable[[Decimal, str], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One mistyped input and what became of it."""

    case: str
    field: str
    kind: str
    slip: str
    right: Decimal
    typed: Decimal
    known: str
    outcome: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One input of a case: the right value, how else it could be typed, and who judges it."""

    case: str
    field: str
    right: Decimal
    others: dict[tuple[str, str], Decimal]
    judge: Judge


def slips() -> Iterator[Slip]:
    """Every slip in every input of every case, in every state of knowledge."""
    for entry in entries():
        typed = {
            ("ten times", "ten times"): entry.right * 10,
            ("a tenth", "a tenth"): entry.right / 10,
            **entry.others,
        }
        for (kind, slip), value in typed.items():
            if value == entry.right:
                continue
            for known in KNOWN:
                usual = {finding.code for finding in entry.judge(entry.right, known)}
                outcome, codes = judged(entry.judge, value, known, usual)
                yield Slip(
                    case=entry.case,
                    field=entry.field,
                    kind=kind,
                    slip=slip,
                    right=entry.right,
                    typed=value,
                    known=known,
                    outcome=outcome,
                    codes=codes,
                )


def shares(rows: list[Slip]) -> dict[tuple[str, str], Counter[str]]:
    """How many slips came to what, by kind of slip and state of knowledge."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        counted.setdefault((row.kind, row.known), Counter())[row.outcome] += 1
    return counted


def judged(
    judge: Judge, value: Decimal, known: str, usual: Collection[str] = ()
) -> tuple[str, tuple[str, ...]]:
    """What a typed value comes to, and by which findings besides the usual ones."""
    try:
        findings = [each for each in judge(value, known) if each.code not in usual]
    except ValueError:
        return "stopped", ("refused",)
    codes = tuple(finding.code for finding in findings)
    if blocks(findings):
        return "stopped", codes
    if needs_reason(findings):
        return "questioned", codes
    is_shown = any(finding.severity is Severity.NOTICE for finding in findings)
    return ("shown" if is_shown else "silent"), codes


def entries() -> Iterator[Entry]:
    """Every input of every case."""
    for name, case in CASES.items():
        yield from _ENTRIES[case["call"]](name, case["inputs"])


def _none(_name: str, _inputs: dict[str, Any]) -> Iterator[Entry]:
    """A case whose inputs are those of another."""
    return iter(())


def body_known(weight_kg: Decimal, known: str, height_cm: Decimal | None = None) -> Body:
    """What is on file; where a case has no height, one that makes a body-mass index of 26."""
    if known == KNOWN[2]:
        return Body()
    usual_cm = (weight_kg * 10_000 / 26).sqrt()
    height = height_cm or round_half_up(usual_cm, step=Decimal(1))
    return Body(height_cm=height, last_weight_kg=weight_kg if known == KNOWN[0] else None)


def _pounds(right: Decimal) -> dict[tuple[str, str], Decimal]:
    return {
        ("kg/lb", "pounds for kilograms"): right / KG_PER_LB,
        ("kg/lb", "converted twice"): right * KG_PER_LB,
    }


def _hours(right: Decimal) -> dict[tuple[str, str], Decimal]:
    return {("min/h", "hours"): right / 60, ("min/h", "minutes"): right * 60}


def _sheet(name: str, inputs: dict[str, Any]) -> Iterator[Entry]:
    figures = {key: Decimal(text) for key, text in inputs.items() if key != "bag_policy"}
    sheet = sheet_of(inputs)
    dose, strength = sheet.exact.dose_mg, figures["stock_mg_per_ml"]
    vial_mg = strength * figures["vial_ml"]
    others: dict[str, dict[tuple[str, str], Decimal]] = {
        "weight_kg": _pounds(figures["weight_kg"]),
        "mg_per_kg": {
            **_pounds(figures["mg_per_kg"]),
            ("mL/mg", "mL/kg"): figures["mg_per_kg"] / strength,
            ("mL/mg", "the dose in mg"): dose,
        },
        "stock_mg_per_ml": {
            ("mL/mg", "the vial's mg"): vial_mg,
            ("mL/mg", "the vial's mL"): figures["vial_ml"],
        },
        "vial_ml": {("mL/mg", "the vial's mg"): vial_mg, ("mL/mg", "the strength"): strength},
        "bag_ml": {("mL/mg", "the dose in mg"): dose},
        "minutes": _hours(figures["minutes"]),
    }
    for field, right in figures.items():
        yield Entry(
            case=name,
            field=field,
            right=right,
            others=others[field],
            judge=_sheet_judge(name, {**figures, "bag_policy": inputs["bag_policy"]}, field),
        )
    made = sheet.rounded
    yield Entry(
        case=name,
        field="drawn_ml",
        right=made.draw_ml,
        others={("mL/mg", "the dose in mg"): made.dose_mg},
        judge=lambda typed, _known: check_drawn(typed, sheet=sheet),
    )
    yield Entry(
        case=name,
        field="set_ml_per_h",
        right=made.rate_ml_per_h,
        others={("mL/mg", "mg/h"): made.mg_per_min * 60},
        judge=lambda typed, _known: check_set(typed, sheet=sheet),
    )


def _sheet_judge(name: str, figures: dict[str, Any], field: str) -> Judge:
    def judge(typed: Decimal, known: str) -> tuple[Finding, ...]:
        last = LastVisit(mg_per_kg=figures["mg_per_kg"]) if known == KNOWN[0] else None
        return dose_sheet(
            **{**figures, field: typed},
            body=body_known(figures["weight_kg"], known),
            terms=Terms(last=last, indication=CASES[name].get("indication", "")),
        ).findings

    return judge


def _segments(name: str, inputs: dict[str, Any]) -> Iterator[Entry]:
    ran = [Segment(**{key: Decimal(x) for key, x in each.items()}) for each in inputs["segments"]]
    made, volume_ml = sheet_of(inputs["order"]).rounded, infused_ml(ran)
    given_mg = delivered(sheet_of(inputs["order"]), infused_ml=volume_ml).given_mg
    strength = made.final_mg_per_ml
    yield Entry(
        case=name,
        field="infused_ml",
        right=volume_ml,
        others={("mL/mg", "the drug in mg"): given_mg},
        judge=lambda typed, _known: check_infused(typed, segments=ran, final_mg_per_ml=strength),
    )
    then = Decimal(inputs["then_ml_per_h"])
    yield Entry(
        case=name,
        field="then_ml_per_h",
        right=then,
        others={("mL/mg", "mg/h"): then * strength},
        judge=lambda typed, _known: check_rate(
            typed,
            pump=PUMP,
            final_mg_per_ml=strength,
            weight_kg=Decimal(inputs["order"]["weight_kg"]),
            limits=DoseLimits(),
            current_rate_ml_per_h=ran[0].rate_ml_per_h,
        ),
    )


def _course(
    call: Callable[..., Any], others: Callable[[dict[str, Decimal]], dict[str, Any]]
) -> Callable[[str, dict[str, Any]], Iterator[Entry]]:
    def of_case(name: str, inputs: dict[str, Any]) -> Iterator[Entry]:
        figures = {key: Decimal(text) for key, text in inputs.items() if key != "counted"}
        for field, right in figures.items():

            def judge(typed: Decimal, known: str, field: str = field) -> tuple[Finding, ...]:
                body = body_known(figures["weight_kg"], known)
                course: Course = call(
                    **{**inputs, **figures, field: typed},
                    body=body,
                    indication=CASES[name]["indication"],
                )
                return course.findings

            typed = {"weight_kg": _pounds(figures["weight_kg"]), **others(figures)}
            yield Entry(
                case=name, field=field, right=right, others=typed.get(field, {}), judge=judge
            )

    return of_case


def _bolus_others(figures: dict[str, Decimal]) -> dict[str, dict[tuple[str, str], Decimal]]:
    per_min = figures["mcg_per_kg_per_min"]
    by_weight = figures["bolus_mg_per_kg"]
    bolus_mg = by_weight * figures["weight_kg"]
    return {
        "bolus_mg_per_kg": {**_pounds(by_weight), ("mL/mg", "the bolus in mg"): bolus_mg},
        "bolus_minutes": _hours(figures["bolus_minutes"]),
        "mcg_per_kg_per_min": {
            **_pounds(per_min),
            ("mcg/mg", "mg for mcg"): per_min / 1000,
            ("mcg/mg", "mcg for mg"): per_min * 1000,
        },
        "minutes": _hours(figures["minutes"]),
    }


def _hourly_others(figures: dict[str, Decimal]) -> dict[str, dict[tuple[str, str], Decimal]]:
    by_weight = figures["mg_per_kg_per_h"]
    per_h = by_weight * figures["weight_kg"]
    return {
        "mg_per_kg_per_h": {**_pounds(by_weight), ("mL/mg", "mg/h"): per_h},
        "hours": _hours(figures["hours"]),
    }


def _total_others(figures: dict[str, Decimal]) -> dict[str, dict[tuple[str, str], Decimal]]:
    return {
        "dose_mg": {("mL/mg", "the draw in mL of 50 mg/mL"): figures["dose_mg"] / 50},
        "minutes": _hours(figures["minutes"]),
    }


def _conversions(name: str, inputs: dict[str, Any]) -> Iterator[Entry]:
    pounds, inches = Decimal(inputs["weight_lb"]), Decimal(inputs["height_in"])
    kg, cm = kg_from_lb(pounds), cm_from_in(inches)

    def weigh(typed: Decimal, known: str) -> tuple[Finding, ...]:
        body = body_known(kg, known, cm)
        return check_body(kg_from_lb(typed), body=body, limits=WeightLimits())

    def measure(typed: Decimal, known: str) -> tuple[Finding, ...]:
        body = replace(body_known(kg, known, cm), height_cm=cm_from_in(typed))
        return check_body(kg, body=body, limits=WeightLimits())

    swapped = {("kg/lb", "kilograms for pounds"): kg}
    yield Entry(case=name, field="weight_lb", right=pounds, others=swapped, judge=weigh)
    centimetres = {("in/cm", "centimetres for inches"): cm}
    yield Entry(case=name, field="height_in", right=inches, others=centimetres, judge=measure)


def _body(name: str, inputs: dict[str, Any]) -> Iterator[Entry]:
    """Ideal weight, so that the height counts for the dose."""
    body, kg = body_of(inputs), Decimal(inputs["weight_kg"])
    height = body.height_cm or Decimal(0)
    order = {**CASES["V2"]["inputs"], "mg_per_kg": inputs["mg_per_kg"]}

    def sheet(weight_kg: Decimal, known: str, **typed: Decimal) -> tuple[Finding, ...]:
        whole = replace(body, last_weight_kg=kg if known == KNOWN[0] else None, **typed)
        terms = Terms(weight_policy=WeightPolicy.IDEAL)
        return dose_sheet(**{**order, "weight_kg": weight_kg}, body=whole, terms=terms).findings

    yield Entry(case=name, field="weight_kg", right=kg, others=_pounds(kg), judge=sheet)
    yield Entry(
        case=name,
        field="height_cm",
        right=height,
        others={
            ("in/cm", "inches for centimetres"): height / CM_PER_IN,
            ("in/cm", "converted twice"): height * CM_PER_IN,
        },
        judge=lambda typed, known: sheet(kg, known, height_cm=typed),
    )


_ENTRIES: dict[str, Callable[[str, dict[str, Any]], Iterator[Entry]]] = {
    "exact sheet": _sheet,
    "rounded sheet": _none,
    "segments": _segments,
    "bolus and infusion": _course(bolus_and_infusion, _bolus_others),
    "hourly": _course(hourly, _hourly_others),
    "total": _course(total_over, _total_others),
    "conversions": _conversions,
    "body": _body,
}
