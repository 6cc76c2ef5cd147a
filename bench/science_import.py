"""The science: how long it takes to import, and a command of it to answer.

    .venv/bin/python bench/science_import.py [--json]

Each figure is the least of several fresh processes, which other work on the machine disturbs
least. Import: every module that a notebook uses, beyond NumPy, which is imported before the clock
starts. Command: `ebbtide dose` from start to end, beyond an interpreter that imports NumPy alone.
"""

import subprocess
import sys
import time

from _figures import options, tell

LIMIT_MS = 100.0
RUNS = 15
IMPORT = """
import numpy, sys, time
began = time.perf_counter()
import ebbtide.science
from ebbtide.science.dosing import sheet
from ebbtide.science.instruments import INSTRUMENTS
from ebbtide.science.pk import exposure, simulate, target, what_if
from ebbtide.science import screening
print(1000 * (time.perf_counter() - began))
unwanted = {"django", "scipy", "numba", "dask", "asyncio", "socket", "logging"} & set(sys.modules)
assert not unwanted, unwanted
"""
DOSE = (
    *("-m", "ebbtide.cli", "dose", "--weight-kg", "70", "--mg-per-kg", "0.5"),
    *("--stock-mg-per-ml", "50", "--vial-ml", "10", "--bag-ml", "100", "--minutes", "40"),
)


def least_ms(*arguments: str) -> float:
    """Least wall time of a fresh interpreter."""
    spent = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        spent.append(time.perf_counter() - began)
    return 1000 * min(spent)


def import_ms() -> float:
    """Least time that the science takes to import once NumPy is there."""
    command = [sys.executable, "-c", IMPORT]
    told = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for _ in range(RUNS)
    ]
    return min(map(float, told))


def main() -> int:
    parser = options(__doc__)
    as_json = parser.parse_args().json
    numpy_ms = least_ms("-c", "import numpy")
    dose_ms = least_ms(*DOSE)
    figures = {
        "import_beyond_numpy_ms": import_ms(),
        "dose_beyond_numpy_ms": dose_ms - numpy_ms,
        "dose_ms": dose_ms,
        "interpreter_with_numpy_ms": numpy_ms,
    }
    limits = {"import_beyond_numpy_ms": LIMIT_MS, "dose_beyond_numpy_ms": LIMIT_MS}
    return tell("science_import", figures, limits, as_json=as_json)


if __name__ == "__main__":
    sys.exit(main())
