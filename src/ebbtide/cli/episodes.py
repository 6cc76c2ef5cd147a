"""`ebbtide episodes RECORDING`: plain runs beyond a number, as studies count them."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

from ebbtide.cli.alarms import SECOND_DISPLAY
from ebbtide.cli.arguments import OneLineParser, add_json_option, amount
from ebbtide.cli.recording import recording_in
from ebbtide.devices.recordings import Recording
from ebbtide.science.alarms.episodes import Episode, episodes
from ebbtide.science.vitals.validity import Quality, Quantity


def run(argv: Sequence[str]) -> int:
    """Print the runs of a recording."""
    parser = _parser()
    chosen = parser.parse_args(argv)
    recording = recording_in(chosen.file, parser)
    quantity = Quantity(chosen.quantity)
    values = _values(recording, quantity)
    if values is None:
        parser.error(f"{chosen.file}: it holds no {quantity.label}")
    above = None if chosen.above is None else math.nextafter(float(chosen.above), math.inf)
    lowest = above if chosen.from_value is None else float(chosen.from_value)
    found = episodes(
        values,
        least_rows=max(1, math.ceil(float(chosen.seconds) / recording.period_s)),
        below=None if chosen.below is None else float(chosen.below),
        from_value=lowest,
    )
    invalid = sum(value is None for value in values)
    show = _as_json if chosen.json else _as_text
    print(show(recording, quantity, invalid, found))
    return 0


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ebbtide episodes",
        description="Count plain runs of rows beyond a number: no delay is paused, no alarm is "
        f"judged, and a row without a valid value ends a run. {SECOND_DISPLAY}",
    )
    parser.add_argument("file", type=Path, metavar="RECORDING", help="a CSV file or a WFDB header")
    names = [quantity.value for quantity in Quantity]
    parser.add_argument("--quantity", required=True, choices=names)
    number = parser.add_mutually_exclusive_group(required=True)
    number.add_argument("--below", type=amount, metavar="X", help="values less than X")
    number.add_argument("--above", type=amount, metavar="X", help="values more than X")
    number.add_argument("--from", dest="from_value", type=amount, metavar="X", help="X and more")
    parser.add_argument(
        "--seconds", type=amount, default=1, metavar="S", help="shortest run; default 1"
    )
    add_json_option(parser)
    return parser


def _values(recording: Recording, quantity: Quantity) -> list[float | None] | None:
    """The valid value of each row, None where there is none; None if no row has the quantity."""
    samples = [
        next((sample for sample in frame.samples if sample.quantity is quantity), None)
        for frame in recording.frames
    ]
    if all(sample is None for sample in samples):
        return None
    return [s.value if s is not None and s.quality is Quality.OK else None for s in samples]


def _as_text(
    recording: Recording, quantity: Quantity, invalid: int, found: Sequence[Episode]
) -> str:
    unit = quantity.unit if quantity.unit == "%" else f" {quantity.unit}"
    runs = [
        f"from {recording.frames[run.first_row].offset_s:g} s for "
        f"{run.rows * recording.period_s:g} s, {run.extreme:g}{unit} at worst"
        for run in found
    ]
    rows = f"{len(recording.frames)} rows, {invalid} without a valid {quantity.label}"
    return "\n".join(
        (
            recording.name,
            rows,
            f"{len(found)} {'run' if len(found) == 1 else 'runs'}",
            *runs,
            "",
            SECOND_DISPLAY,
        )
    )


def _as_json(
    recording: Recording, quantity: Quantity, invalid: int, found: Sequence[Episode]
) -> str:
    told = {
        "name": recording.name,
        "quantity": quantity.value,
        "rows": len(recording.frames),
        "invalid": invalid,
        "count": len(found),
        "runs": [
            {
                "from_s": recording.frames[run.first_row].offset_s,
                "seconds": run.rows * recording.period_s,
                "extreme": run.extreme,
            }
            for run in found
        ],
        "note": SECOND_DISPLAY,
    }
    return json.dumps(told, ensure_ascii=False, indent=2)
