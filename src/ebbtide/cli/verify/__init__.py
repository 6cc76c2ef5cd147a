"""`ebbtide verify`: is every event of the record still there, unchanged and in its place?

It reads the database itself, without the web framework, and changes nothing. The
server may go on running meanwhile. What the events say is never printed.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ebbtide.cli.arguments import OneLineParser, add_json_option
from ebbtide.cli.verify.checks import Report, check
from ebbtide.cli.verify.database import UnreadableError, find_database

HOLDS, BROKEN, UNREADABLE = 0, 1, 2
MOST_LINES = 50


def run(argv: Sequence[str]) -> int:
    """Check the record of a data folder and print what does not hold.

    Returns:
        0 when all of it holds, 1 when anything does not, 2 when it cannot be read.
    """
    parser = OneLineParser(
        prog="ebbtide verify",
        description="Check that no event of the record was changed, lost or moved.",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="data folder (default: EBBTIDE_DATA_DIR, else var/data); its key lies beside it",
    )
    add_json_option(parser)
    chosen = parser.parse_args(argv)
    data = chosen.data or Path(os.environ.get("EBBTIDE_DATA_DIR") or "var/data")
    try:
        database = find_database(data.expanduser().absolute())
        report = check(database, progress=_show_progress if sys.stderr.isatty() else _stay_silent)
    except UnreadableError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return UNREADABLE
    print(_as_json(report) if chosen.json else _as_text(report))
    return BROKEN if report.faults else HOLDS


def _as_text(report: Report) -> str:
    lines = [str(fault) for fault in report.faults[:MOST_LINES]]
    hidden = len(report.faults) - len(lines)
    if hidden:
        lines.append(f"… and {hidden:,} more; --json lists them all")
    counted = (
        f"{_count(report.events, 'event')} of {_count(report.visits, 'visit')} "
        f"at {_count(report.sites, 'site')}"
    )
    found = _count(len(report.faults), "fault")
    lines.append(f"{counted} read, {found} found" if report.faults else f"{counted} hold")
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _as_json(report: Report) -> str:
    return json.dumps({"holds": not report.faults, **asdict(report)}, indent=2)


def _show_progress(done: int, total: int, noun: str) -> None:
    end = "\n" if done == total else ""
    print(f"\r{done:,} of {total:,} {noun} checked", end=end, file=sys.stderr, flush=True)


def _stay_silent(done: int, total: int, noun: str) -> None:
    """Print nothing where nobody watches."""
