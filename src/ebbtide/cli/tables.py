"""What the verbs print for people: tables and findings. Not a verb."""

import json
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from ebbtide.science.findings import Finding
from ebbtide.science.plain import to_plain

WIDTH: Final = 90
_FIGURE: Final = re.compile(r"[-−+]?[\d,]*\.?\d+( ?%)?|–|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns under their names; a column that holds figures alone stands to the right."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [all(_FIGURE.fullmatch(cell) for cell in column[1:]) for column in columns]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def labelled(pairs: Mapping[str, str]) -> str:
    """One thing a line, named; long ones are broken and hang under their beginning."""
    width = max(map(len, pairs)) + 2
    return "\n".join(
        _filled(text, first=f"{name:<{width}}") for name, text in pairs.items() if text
    )


def paragraph(text: str) -> str:
    """A long text, broken."""
    return _filled(text, first="  ")


def bulleted(sentences: Iterable[str]) -> str:
    """Each sentence as a point of a list."""
    return "\n".join(_filled(text, first="- ") for text in sentences)


def findings(found: Sequence[Finding]) -> str:
    """Every finding with what it does, the gravest first."""
    order = {"block": 0, "override": 1, "notice": 2}
    ranked = sorted(found, key=lambda finding: order[finding.severity])
    return "\n".join(
        _filled(finding.message, first=f"{finding.severity.value:<10}") for finding in ranked
    )


def _filled(text: str, *, first: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
    )


def as_json(value: Mapping[str, Any]) -> str:
    """For programs: Decimals as numbers, arrays as lists, each key on a line of its own."""
    lines = (f"  {json.dumps(key)}: {_written(item)}" for key, item in value.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def _written(value: object) -> str:
    return json.dumps(_numbers(value), ensure_ascii=False, allow_nan=False)


def _numbers(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {str(key): _numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else to_plain(value)
