"""The science: how long it takes to import, and a command of it to answer.

    .venv/bin/python bench/science_import.py [--json]

Each figure is processor time, the least of several fresh processes, which other work on the
machine disturbs least. Import: the package, each part of it as a notebook would take it, and all
these parts together, beyond NumPy, which is imported before the clock starts. Command: `ebbtide
dose` from start to end, its interpreter included, beside an interpreter that imports NumPy.
"""

import resource
import subprocess
import sys

from _figures import options, tell

LIMIT_MS = 100.0
RUNS = 15
PARTS = {
    "package": "import ebbtide.science",
    "levels": "from ebbtide.science.pk.simulate import simulate\n"
    "from ebbtide.science.pk.catalogue import KAMP2020",
    "doses": "from ebbtide.science.dosing.sheet import dose_sheet",
    "scores": "from ebbtide.science.instruments import score",
    "screen": "from ebbtide.science.screening.screen import screen",
    "population": "from ebbtide.science.population.summary import summarise",
}
TIMED = """
import numpy, sys, time
began = time.process_time()
{imports}
print(1000 * (time.process_time() - began))
unwanted = {{"django", "scipy", "numba", "dask", "asyncio", "socket"}} & set(sys.modules)
assert not unwanted, unwanted
"""
DOSE = (
    *("-m", "ebbtide.cli", "dose", "--weight-kg", "70", "--mg-per-kg", "0.5"),
    *("--stock-mg-per-ml", "50", "--vial-ml", "10", "--bag-ml", "100", "--minutes", "40"),
)


def least_ms(*arguments: str) -> float:
    """Least processor time of a fresh interpreter."""
    spent = []
    for _ in range(RUNS):
        before = children_s()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        spent.append(children_s() - before)
    return 1000 * min(spent)


def children_s() -> float:
    """Processor time of all processes that ended here."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def import_ms(imports: str) -> float:
    """Least processor time that an import takes once NumPy is there."""
    command = [sys.executable, "-c", TIMED.format(imports=imports)]
    told = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for _ in range(RUNS)
    ]
    return min(map(float, told))


def main() -> int:
    parser = options(__doc__)
    as_json = parser.parse_args().json
    figures = {f"import_{name}_cpu_ms": import_ms(imports) for name, imports in PARTS.items()}
    limits = dict.fromkeys(figures, LIMIT_MS)
    figures["import_all_these_cpu_ms"] = import_ms("\n".join(PARTS.values()))
    figures["dose_command_cpu_ms"] = least_ms(*DOSE)
    figures["interpreter_with_numpy_cpu_ms"] = least_ms("-c", "import numpy")
    limits["dose_command_cpu_ms"] = LIMIT_MS + figures["interpreter_with_numpy_cpu_ms"]
    return tell("science_import", figures, limits, as_json=as_json)


if __name__ == "__main__":
    sys.exit(main())
