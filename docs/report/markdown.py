"""What every generated page is made of."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
NOTICE = "<!-- Written by docs/generate.py; change what it is made from instead. -->\n"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def golden(name: str) -> Any:
    """A golden file of tests/data."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def few_digits(value: float) -> str:
    """A figure for reading: four digits, no exponent where it can be helped."""
    if value == 0:
        return "0"
    return f"{value:.4g}" if 1e-3 <= abs(value) < 1e6 else f"{value:.1e}"
