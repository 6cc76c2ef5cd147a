"""Worked scores of questionnaires and scales, and of changes between two."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ebbtide.science.instruments import INSTRUMENTS, Score, change, score

from .markdown import NOTICE, golden, table

SCORES, CHANGES = golden("instruments/scores.json"), golden("instruments/changes.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One worked case: what was answered, what it comes to, and what it should."""

    instrument: str
    title: str
    answers: str
    expected: dict[str, Any]
    got: dict[str, Any]
    tolerance: str

    @property
    def is_met(self) -> bool:
        """Whether everything that the case says is so."""
        return all(self._agrees(self.got.get(name), value) for name, value in self.expected.items())

    def _agrees(self, got: Any, expected: Any) -> bool:
        match expected:
            case dict():
                return all(self._agrees(got.get(name), value) for name, value in expected.items())
            case list():
                return sorted(got) == sorted(expected)
            case str() if isinstance(got, Fraction | Decimal):
                return abs(Fraction(got) - Fraction(Decimal(expected))) <= self._slack(expected)
            case _:
                return bool(got == expected)

    def _slack(self, printed: str) -> Fraction:
        if not self.tolerance.startswith("half a unit"):
            return Fraction(0)
        return Fraction(1, 2 * 10 ** len(printed.partition(".")[2]))


def rows() -> Iterator[Row]:
    """Every worked score, then every worked change."""
    for case in SCORES["cases"]:
        found = score(case["inputs"]["instrument"], case["inputs"]["answers"])
        got = {
            "score": found.exact,
            "band": found.band,
            "flags": list(found.flags),
            "subscales": dict(found.subscales),
        }
        yield _row(case, _answers(case["inputs"]["answers"]), got)
    for case in CHANGES["cases"]:
        inputs = case["inputs"]
        changed = change(
            inputs["instrument"],
            *(_compared(inputs["instrument"], inputs[when]) for when in ("before", "after")),
        )
        got = {
            "percent": changed.percent,
            "met": dict(changed.met),
            "is_worse": changed.is_worse,
        }
        yield _row(case, f"{_answers(inputs['before'])}, then {_answers(inputs['after'])}", got)


def _row(case: dict[str, Any], answers: str, got: dict[str, Any]) -> Row:
    return Row(
        instrument=case["inputs"]["instrument"],
        title=case["title"],
        answers=answers,
        expected=case["expected"],
        got=got,
        tolerance=case["tolerance"],
    )


def _compared(name: str, value: Any) -> Score | Fraction:
    return score(name, value) if isinstance(value, list) else Fraction(value)


def _answers(given: Any) -> str:
    if not isinstance(given, list):
        return str(given)
    told = ["blank" if answer is None else str(answer) for answer in given]
    if len(told) > 1 and len(set(told)) == 1:
        return f"{told[0]}, {len(told)} times"
    return " ".join(told)


def page() -> str:
    """The page."""
    found = list(rows())
    missed = sum(not row.is_met for row in found)
    parts = [
        (
            f"{NOTICE}# Instruments\n\n"
            "Worked answers to questionnaires and scales, with the score, the band and the flags "
            "that they must come to. **They show that the scoring is that of the instrument. What "
            "a score means for a patient is a clinician's to say, and none of these instruments "
            "was tested anew here.**\n\n"
            f"{len(found)} cases, {missed} misses. They were typed from the published rules and "
            "scored again by `tests/science/instruments_oracle.py`, which shares no code with the "
            "project.\n"
        )
    ]
    for name in dict.fromkeys(row.instrument for row in found):
        lines = [
            [row.title, row.answers, _told(row.expected), "pass" if row.is_met else _missed(row)]
            for row in found
            if row.instrument == name
        ]
        title = INSTRUMENTS[name].title if name in INSTRUMENTS else name
        parts.append(f"\n## {title}\n\n" + table(["case", "answers", "expected", ""], lines))
    return "".join(parts)


def _missed(row: Row) -> str:
    return f"**MISS**: {_told({name: row.got.get(name) for name in row.expected})}"


def _told(said: dict[str, Any]) -> str:
    return "; ".join(f"{name.replace('_', ' ')} {_words(value)}" for name, value in said.items())


def _words(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{name} {_words(one)}" for name, one in value.items()) or "none"
        case list():
            return ", ".join(str(one).replace("_", " ") for one in value) or "none"
        case Fraction() | Decimal():
            return f"{float(value):.7g}"
        case _:
            return str(value).replace("_", " ")
