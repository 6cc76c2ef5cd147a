"""`ebbtide recording FILE`: what a recording holds, and what is wrong with it."""

import json
from collections.abc import Sequence
from pathlib import Path

from ebbtide.cli.arguments import OneLineParser, add_json_option
from ebbtide.devices.recordings import (
    QuantitySummary,
    Recording,
    RecordingError,
    open_recording,
    summarise,
)

CLEAN, WITH_FINDINGS = 0, 1


def run(argv: Sequence[str]) -> int:
    """Print what a recording holds.

    Returns:
        0 when it is clean, 1 when it is usable with findings.
    """
    parser = OneLineParser(
        prog="ebbtide recording", description="Show what a monitor recording holds."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a CSV file, or a WFDB header")
    add_json_option(parser)
    chosen = parser.parse_args(argv)
    recording = recording_in(chosen.file, parser)
    print(_as_json(recording) if chosen.json else _as_text(recording))
    return WITH_FINDINGS if recording.findings else CLEAN


def recording_in(file: Path, parser: OneLineParser) -> Recording:
    """The recording in a file; one of no use ends the command like a wrong argument."""
    try:
        return open_recording(file)
    except RecordingError as error:
        parser.error(f"{file}: {error}")


def _as_text(recording: Recording) -> str:
    extent = f"one each {recording.period_s:g} s, {_duration(recording.length_s)} in all"
    lines = [
        recording.name,
        f"{len(recording.frames)} rows, {extent}",
        "",
        f"{'':16}{'valid':>8}{'invalid':>9}{'min':>8}{'median':>8}{'max':>8}  unit",
    ]
    lines += [_row(summary) for summary in summarise(recording)]
    if recording.findings:
        lines += ["", *(f"- {finding.message}" for finding in recording.findings)]
    return "\n".join(lines)


def _row(summary: QuantitySummary) -> str:
    low, median, high = (
        "–" if value is None else f"{value:.4g}"
        for value in (summary.low, summary.median, summary.high)
    )
    return (
        f"{summary.quantity.label:16}{summary.valid:>8}{summary.invalid:>9}"
        f"{low:>8}{median:>8}{high:>8}  {summary.quantity.unit}"
    )


def _duration(length_s: float) -> str:
    minutes, seconds = divmod(round(length_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min {seconds:02} s"


def _as_json(recording: Recording) -> str:
    return json.dumps(
        {
            "name": recording.name,
            "rows": len(recording.frames),
            "period_s": recording.period_s,
            "length_s": recording.length_s,
            "quantities": [
                {
                    "quantity": summary.quantity,
                    "unit": summary.quantity.unit,
                    "valid": summary.valid,
                    "invalid": summary.invalid,
                    "min": summary.low,
                    "median": summary.median,
                    "max": summary.high,
                }
                for summary in summarise(recording)
            ],
            "findings": [
                {"code": finding.code, "message": finding.message} for finding in recording.findings
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
