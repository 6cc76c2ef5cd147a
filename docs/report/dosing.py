"""The worked dosing cases, and what becomes of slips of typing."""

from collections import Counter

from tests.science.dosing_slips import KNOWN, OUTCOMES, Slip, slips
from tests.science.dosing_vectors import CASES, rows

from .markdown import NOTICE, table


def page() -> str:
    """The page."""
    found = list(rows())
    missed = sum(not row.is_met for row in found)
    parts = [
        (
            f"{NOTICE}# Doses and the pump\n\n"
            "Worked cases of dose, draw, bag, rate, early stop, hold, bolus, caps and body weight, "
            "each printed figure beside the project's. **They show that the arithmetic is right "
            "for these cases. They do not show that a dose is right for a patient: that is the "
            "prescriber's to judge.**\n\n"
            f"{len(CASES)} cases, {len(found)} figures, {missed} misses. Every figure follows from "
            "the inputs also in whole fractions, by `tests/science/dosing_oracle.py`, which shares "
            "neither code nor constants with the project.\n"
        )
    ]
    for case in CASES.values():
        lines = [
            [
                row.figure.replace("_", " "),
                row.expected,
                f"±{row.tolerance.normalize():f}",
                f"{row.got:.6g}",
                "pass" if row.is_met else "**MISS**",
            ]
            for row in found
            if row.id == case["id"]
        ]
        parts.append(
            f"\n## {case['id']}: {case['title']}\n\n{_inputs(case['inputs'])}\n\n"
            + table(["figure", "expected", "accepted", "got", ""], lines)
        )
    return "".join([*parts, _slips()])


def _inputs(inputs: dict[str, object]) -> str:
    told = []
    for name, value in inputs.items():
        match value:
            case dict():
                told.append(f"{name}: {_inputs(value)}")
            case list():
                told.append(f"{name}: {', then '.join(map(_one, value)) or 'none'}")
            case _:
                told.append(f"{name.replace('_', ' ')} {value}")
    return ", ".join(told)


def _one(value: object) -> str:
    return _inputs(value) if isinstance(value, dict) else str(value).replace("_", " ")


def _slips() -> str:
    """How many slips stop, by kind and by what is known of the patient."""
    found = list(slips())
    kinds = list(dict.fromkeys(row.kind for row in found))
    lines = [
        [kind, known, *_counts([row for row in found if (row.kind, row.known) == (kind, known)])]
        for kind in [*kinds, "all"]
        for known in KNOWN
        if kind != "all"
    ]
    lines += [
        ["**all**", known, *_counts([r for r in found if r.known == known])] for known in KNOWN
    ]
    silent = Counter(
        (row.field, row.slip) for row in found if row.outcome == "silent" and row.known == KNOWN[0]
    )
    through = [
        [field.replace("_", " "), slip, str(count)]
        for (field, slip), count in sorted(silent.items())
    ]
    return (
        "\n## Slips of unit and decimal point\n\n"
        "Every input of every case mistyped: ten times, a tenth, pounds for kilograms, "
        "millilitres for milligrams, hours for minutes. *Stopped* is refused or blocked, "
        "*questioned* wants a reason, *shown* is a notice, *silent* is nothing. A weight can be "
        "held only against what is on file, so each is tried three ways. **No rule catches "
        "everything: two people and the vial's label still have to.**\n\n"
        + table(["slip", "patient", "tried", *OUTCOMES, "stopped or questioned"], lines)
        + "\nWhat passes in silence even for a patient seen before:\n\n"
        + table(["input", "typed as", "times"], through)
    )


def _counts(some: list[Slip]) -> list[str]:
    counted = Counter(row.outcome for row in some)
    caught = counted["stopped"] + counted["questioned"]
    share = f"{100 * caught / len(some):.1f} %" if some else ""
    return [str(len(some)), *(str(counted[outcome]) for outcome in OUTCOMES), share]
