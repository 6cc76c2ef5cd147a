"""What every figure has in common: percentiles, the machine's state, and how they are told."""

import argparse
import json
import math
import os
from collections.abc import Mapping, Sequence

CORES = 2  # the figures are meant for a machine of that size


def options(doc: str | None) -> argparse.ArgumentParser:
    """A parser with `--json`; from here on the bench and what it starts use two cores."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    return parser


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest rank: a value that was measured, never one between two."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(percent / 100 * len(ranked)) - 1)]


def tell(
    bench: str,
    figures: Mapping[str, float],
    limits: Mapping[str, float],
    *,
    as_json: bool,
) -> int:
    """Print figures beside their limits, each at most that; 1 when one is not reached."""
    figures = {**figures, "load_average_1_min": os.getloadavg()[0]}
    if as_json:
        print(json.dumps({"bench": bench, "figures": figures, "limits": dict(limits)}))
    else:
        for name, value in figures.items():
            limit = f"   at most {limits[name]:g}" if name in limits else ""
            print(f"{name.replace('_', ' '):44}{value:12.4g}{limit}")
    missed = [name for name, limit in limits.items() if not figures[name] <= limit]
    return 1 if missed else 0
