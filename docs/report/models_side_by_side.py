"""What the models give for one dose, beside the table that another program printed."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ebbtide.science.pk.catalogue import MODELS
from ebbtide.science.pk.exposure import noncompartmental, peak

from .markdown import NOTICE, golden, table
from .published import body, history, levels

PRINTED = golden("pk/cross_model.json")
_DOSE = {"weight_kg": PRINTED["weight_kg"], "segments": PRINTED["segments"]}
_FIGURES = {
    "cl_l_per_h": "clearance, L/h",
    "vss_l": "volume at steady state, L",
    "terminal_half_life_min": "terminal half-life, min",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One printed figure and ours."""

    model: str
    what: str
    printed: str
    got: float

    @property
    def is_met(self) -> bool:
        """Whether ours is what was printed, to half a unit of its last digit."""
        half = Decimal("0.5").scaleb(int(Decimal(self.printed).as_tuple().exponent))
        return abs(Decimal(self.got) - Decimal(self.printed)) <= half

    @property
    def known_miss(self) -> str:
        """Why it is not, where that is known."""
        return str(PRINTED["known_misses"].get(f"{self.model} {self.what}", ""))

    @property
    def cell(self) -> str:
        """What was printed, then ours with one digit more."""
        digits = 1 - int(Decimal(self.printed).as_tuple().exponent)
        missed = " (known miss)" if self.known_miss else " **MISS**"
        return f"{self.printed} / {self.got:.{digits}f}{'' if self.is_met else missed}"


def rows() -> Iterator[Row]:
    """Every printed figure."""
    for case in PRINTED["cases"]:
        dosed = {**_DOSE, "model": case["model"]}
        found = noncompartmental(body(dosed))
        for name, words in _FIGURES.items():
            if name in case:
                yield Row(
                    model=case["model"], what=words, printed=case[name], got=getattr(found, name)
                )
        got = levels(dosed, case["at_min"])
        for at_min, printed, level in zip(
            case["at_min"], case["plasma_ng_per_ml"], got, strict=True
        ):
            yield Row(model=case["model"], what=_moment(at_min), printed=printed, got=level)
    for case in PRINTED["further"]:
        yield from _further(case)


def _further(case: dict[str, Any]) -> Iterator[Row]:
    dosed = {**_DOSE, **case}
    model, what = case["model"], f"{case.get('site', '')} {case['output']}".strip()
    got = levels(dosed, case["at_min"])
    for at_min, printed, level in zip(case["at_min"], case["ng_per_ml"], got, strict=True):
        yield Row(model=model, what=f"{what}, {_moment(at_min)}", printed=printed, got=level)
    if "peak_ng_per_ml" in case:
        highest = peak(body(dosed), history=history(dosed), output=case["output"])
        for words, printed, value in (
            ("highest, ng/mL", case["peak_ng_per_ml"], highest.level_ng_per_ml),
            ("its moment, min", case["peak_at_min"], highest.at_min),
        ):
            yield Row(model=model, what=f"{what}, {words}", printed=printed, got=value)


def _moment(at_min: float) -> str:
    return "24 h" if at_min == 1440 else f"{at_min:g} min"


def page() -> str:
    """The page."""
    found = list(rows())
    main = list(_FIGURES.values()) + [_moment(t) for t in (20, 40, 60, 80, 110, 230)]
    main.append("24 h")
    cells = {(row.model, row.what): row.cell for row in found}
    names = [case["model"] for case in PRINTED["cases"]]
    lines = [
        [f"`{name}`", _site(name), *(cells.get((name, what), "") for what in main)]
        for name in names
    ]
    further = [[f"`{row.model}`", row.what, row.cell] for row in found if row.what not in main]
    missed = [row for row in found if not row.is_met]
    reasons = "".join(f"- `{row.model}`, {row.what}: {row.known_miss}\n" for row in missed)
    return (
        f"{NOTICE}# The models side by side\n\n"
        "One dose, 35 mg over 40 min at 70 kg, under every model: the level at its end runs from "
        "125 to 289 ng/mL. **The models disagree by more than a factor of two, and none of them "
        "is the patient.** Most of the difference is where the blood was drawn: arterial levels "
        "are high during an infusion, venous ones low.\n\n"
        "In each cell what another program printed from the same parameters, then what this one "
        f"gives, in ng/mL where nothing else is said. {len(found)} figures, {len(missed)} misses, "
        "where a miss is more than half a unit of the last printed digit. The whole dose is taken "
        "as the model's own analyte, also by models of S-ketamine and of children, which would "
        "refuse it: this page compares, it does not recommend.\n\n"
        + table(["model", "blood", *main], lines)
        + f"\nKnown misses:\n\n{reasons}"
        + "\nMetabolites and the venous link:\n\n"
        + table(["model", "what", "printed / ours"], further)
        + "\nThe printed values are `tests/data/pk/cross_model.json`.\n"
    )


def _site(name: str) -> str:
    return str(MODELS[name].site)
