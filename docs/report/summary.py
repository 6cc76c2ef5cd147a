"""The front page: what was checked, against what, with which outcome."""

from collections.abc import Iterable

from tests.science import dosing_vectors

from . import exactness, goldens, instruments, models_side_by_side, published, traps
from .markdown import NOTICE, table

CHAPTERS = (
    "published",
    "models",
    "arithmetic",
    "dosing",
    "instruments",
    "traps",
    "mutants",
    "speed",
    "golden-data",
)


def _counts(met: Iterable[bool]) -> tuple[str, int]:
    outcomes = list(met)
    return str(len(outcomes)), sum(not one for one in outcomes)


def page() -> str:
    """The page."""
    known = sum(bool(row.case["known_miss"]) for row in published.rows())
    side_by_side = list(models_side_by_side.rows())
    known_side = sum(bool(row.known_miss) for row in side_by_side)
    lines = []
    for name, words, met, explained in (
        (
            "published",
            "levels printed in publications",
            (r.is_met for r in published.rows()),
            known,
        ),
        (
            "models",
            "eight models beside another program",
            (r.is_met for r in side_by_side),
            known_side,
        ),
        ("arithmetic", "levels to 40 digits", (r.is_met for r in exactness.rows()), 0),
        ("dosing", "worked doses, rates and weights", (r.is_met for r in dosing_vectors.rows()), 0),
        (
            "instruments",
            "worked scores of questionnaires",
            (r.is_met for r in instruments.rows()),
            0,
        ),
        ("traps", "known ways to go wrong", (bool(t.tests) for t in traps.TRAPS), 1),
    ):
        checked, missed = _counts(met)
        outcome = f"{missed} known" if missed == explained else f"**{missed}, {explained} known**"
        lines.append([f"[{words}]({name}.md)", checked, outcome if missed else "none"])
    files = len(goldens.files())
    return (
        f"{NOTICE}# Validation\n\n"
        "**Nothing in Ebbtide has been validated clinically.** No patient's outcome, and no "
        "patient's blood, has been compared with what it shows. These pages say what was checked "
        "instead, and how, so that nobody takes one for the other: that sums are done right, that "
        "they agree with what was printed about other people, and where they do not.\n\n"
        + table(["checked", "figures or cases", "misses"], lines)
        + "\nEvery miss stays in sight, with its reason. A test fails on a miss that nobody has "
        "explained, and on an explained one that begins to pass: then the explanation is wrong. "
        f"All of it is made by `docs/generate.py` from the code and {files} files of "
        "golden data; `script/check` fails when a page no longer says what the code does.\n\n"
        "Beside the science, tests play recordings of real procedures under sedation and of "
        "intensive care, kept beside the project and not in it, and change, remove, move and cut "
        "off events of the record one at a time. Rules are held to tables of cases at each limit "
        "and one step past it. The scientific tests run where no web framework is installed, and "
        "cover every branch.\n\n"
        "```{toctree}\n:maxdepth: 1\n\n" + "".join(f"{name}\n" for name in CHAPTERS) + "```\n"
    )
