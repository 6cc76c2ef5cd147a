"""`ebbtide score`: score a questionnaire."""

import argparse
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from ebbtide.cli import pictures, tables
from ebbtide.cli.arguments import OneLineParser, add_json_option
from ebbtide.science.instruments import INSTRUMENTS, Instrument, Score, instrument_named, score

_EPILOG = """examples:
  ebbtide score phq-9 2,3,2,2,2,1,1,0,1
  ebbtide score phq-9 2,2,2,2,,2,2,2,0      a blank is an item not answered
  ebbtide score rass -2
  ebbtide score --list
  ebbtide score --list news2                what it takes, in which order

Answers stand in the order of the form, parted by commas; or by semicolons, and then a comma is a
decimal comma. A score is for a clinician to weigh; it diagnoses nothing."""


def run(argv: Sequence[str]) -> int:
    """Print a score, or the instruments there are."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.list:
        if options.answers is not None:
            parser.error("--list takes no answers")
        print(_listed(options))
        return 0
    if options.answers is None:
        parser.error("give an instrument and its answers, or --list")
    instrument = instrument_named(options.instrument)
    scored = score(instrument.id, _answers(options.answers))
    # Told before it is drawn: a picture that fails must not hide what to look at.
    print(tables.as_json(scored.as_json()) if options.json else _as_text(instrument, scored))
    if options.plot:
        _draw(instrument, scored, options.plot)
    return 0


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ebbtide score",
        description="Score a questionnaire: the score, its band, and what to look at.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("instrument", nargs="?", metavar="INSTRUMENT", help="such as phq-9")
    parser.add_argument("answers", nargs="?", metavar="ANSWERS", help="in the order of the form")
    parser.add_argument(
        "--list", action="store_true", help="list the instruments, or show what INSTRUMENT takes"
    )
    add_json_option(parser)
    pictures.add_plot_option(parser)
    return parser


def _answers(typed: str) -> list[str]:
    """Answers as typed; with semicolons a comma is a decimal comma."""
    if ";" in typed:
        return [answer.replace(",", ".") for answer in typed.split(";")]
    return typed.split(",")


def _as_text(instrument: Instrument, scored: Score) -> str:
    reached = scored.as_json()["score"]
    span = f" of {_span(instrument)}" if instrument.high is not None else ""
    facts = {
        "instrument": f"{instrument.title} ({instrument.id}), {instrument.recall}",
        "score": "none" if reached is None else f"{reached:.4g}{span}".replace("-", "−"),
        "band": scored.band or "none",
        "flags": ", ".join(scored.flags) or "none",
    }
    parts = [
        f"{name} {'none' if value is None else f'{float(value):.4g}'}"
        for name, value in scored.subscales.items()
        if name != instrument.headline
    ]
    if parts:
        facts["parts"] = ", ".join(parts)
    shown = [tables.labelled(facts), tables.findings(scored.findings)]
    return "\n\n".join(part for part in shown if part)


def _listed(options: argparse.Namespace) -> str:
    if options.instrument is not None:
        one = instrument_named(options.instrument)
        return tables.as_json(_about(one)) if options.json else _about_as_text(one)
    if options.json:
        return tables.as_json({one.id: _about(one) for one in INSTRUMENTS.values()})
    rows = [
        (
            one.id,
            one.title,
            str(len(one.items)),
            _span(one) or "none",
            one.rights,
        )
        for one in INSTRUMENTS.values()
    ]
    return tables.table(("name", "instrument", "items", "score", "rights to its words"), rows)


def _span(one: Instrument) -> str:
    return "" if one.high is None else f"{one.low} to {one.high}".replace("-", "−")


def _about(one: Instrument) -> dict[str, object]:
    return {
        "instrument": one.id,
        "title": one.title,
        "recall": one.recall,
        "items": {item.link_id: item.allowed for item in one.items},
        "scoring": one.scoring.words,
        "missing": one.missing.words,
        "bands": {} if one.bands is None else {str(low): name for low, name in one.bands.steps},
        "rights": one.rights,
        "rights_note": one.rights_note,
        "source": one.scoring.source,
    }


def _about_as_text(one: Instrument) -> str:
    items = [
        (same[0] if len(same) == 1 else f"{same[0]} to {same[-1]}", allowed)
        for allowed, group in groupby(one.items, key=lambda item: item.allowed)
        for same in [[item.link_id for item in group]]
    ]
    bands = () if one.bands is None else one.bands.steps
    facts = {
        "instrument": f"{one.title} ({one.id}), {one.recall}",
        "scoring": one.scoring.words,
        "missing": one.missing.words,
        "bands": ", ".join(f"{name} from {low}" for low, name in bands),
        "rights": f"{one.rights}: {one.rights_note}",
        "source": one.scoring.source,
    }
    return f"{tables.labelled(facts)}\n\n{tables.table(('item', 'takes'), items)}"


def _draw(instrument: Instrument, scored: Score, path: Path) -> None:
    if scored.exact is None or instrument.low is None or instrument.high is None:
        raise ValueError(f"there is no score of {instrument.id} to draw")
    steps = () if instrument.bands is None else instrument.bands.steps
    shown = pictures.Scale(
        title=f"{instrument.title}, {instrument.recall}",
        score=float(scored.exact),
        least=instrument.low,
        most=instrument.high,
        bands=[(float(low), name) for low, name in steps] or [(float(instrument.low), "")],
    )
    pictures.save(pictures.scale(shown), path)
