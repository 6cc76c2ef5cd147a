"""`ebbtide screen`: what a patient's history and medicines mean for an infusion."""

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import cast

from ebbtide.cli import EXIT_FAILED, tables
from ebbtide.cli.arguments import OneLineParser, add_json_option, echo
from ebbtide.cli.reading import read
from ebbtide.science.findings import Finding, blocks
from ebbtide.science.screening.contraindication import Part
from ebbtide.science.screening.facts import Facts
from ebbtide.science.screening.plain_facts import facts_from, template
from ebbtide.science.screening.rows import rows
from ebbtide.science.screening.screen import screen

_NOT_ASKED = "_not_asked"
_NOT_ASKED_YET = "Not asked yet: "
_EPILOG = """example:
  ebbtide screen --template >facts.json      every question, with nothing asked yet
  ebbtide screen facts.json --on 2026-03-31

What is null or left out counts as not asked yet, and weighs as much as its worst answer. The
defaults are for a medical director to approve. Exits 1 when a finding blocks an infusion."""


def run(argv: Sequence[str]) -> int:
    """Print every finding at once. Returns 1 when one blocks an infusion, else 0."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.template:
        print(json.dumps(template(), indent=2))
        return 0
    if options.facts is None:
        parser.error("give a file of facts, - for standard input, or --template")
    facts = read(options.facts, _facts, number=float)
    parts = (Part.HISTORY,) if options.history else tuple(Part)
    found = screen(facts, on=options.on or datetime.now().astimezone().date(), parts=parts)
    print(tables.as_json(_plain(found)) if options.json else _as_text(found))
    return EXIT_FAILED if blocks(found) else 0


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="ebbtide screen",
        description="Say every reason not to give ketamine, or not yet, at once.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "facts", nargs="?", metavar="FACTS", help="a JSON file; - for standard input"
    )
    parser.add_argument(
        "--on", type=_day, metavar="DAY", help="day of the infusion, as 2026-03-31 (default: today)"
    )
    parser.add_argument(
        "--history", action="store_true", help="leave out what is asked on the day alone"
    )
    parser.add_argument("--template", action="store_true", help="print every question, unasked")
    add_json_option(parser)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{echo(text)} is not a day such as 2026-03-31") from None


def _facts(plain: object) -> Facts:
    return facts_from(cast(Mapping[str, object], plain))


def _plain(found: Sequence[Finding]) -> dict[str, object]:
    return {"blocked": blocks(found), "findings": rows(found)}


def _as_text(found: Sequence[Finding]) -> str:
    said = [finding for finding in found if not finding.code.endswith(_NOT_ASKED)]
    unasked = [finding for finding in found if finding.code.endswith(_NOT_ASKED)]
    parts = [tables.findings(said) or "Nothing found against it in what was asked."]
    for severity, group in groupby(unasked, key=lambda finding: finding.severity):
        asked = [finding.message.removeprefix(_NOT_ASKED_YET).rstrip(".") for finding in group]
        title = f"Not asked yet, {severity.value} until it is ({len(asked)}):"
        parts.append(f"{title}\n{tables.paragraph('; '.join(asked))}")
    return "\n\n".join(parts)
