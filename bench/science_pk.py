"""A day of levels at 1 s beside six other programs: how fast, and how exact.

    script/bench science_pk           or .venv/bin/python bench/science_pk.py [--json]

One patient of 70 kg, 35 mg over 40 min, plasma and effect site at 86,401 points. The others are
told when the pump changes, and are asked for 1e-9 where they can be asked; scipy's quick solvers
also for more, since an answer is often worse than what was asked for. Each way runs alone in
.venv-peers (bench/peers.txt, made here when it is missing or older than its list) with one thread,
NumPy only for ours, and is called again and again for a second and a half: the least processor
time counts, since other work on the machine can only add to it. One that cannot be installed or
run is told on standard error, and its figures are missing.

Exactness: the largest relative error against 40 digits (tests/science/pk_oracle.py) every five
minutes of the day and at each change of the pump and one second to either side; then the same for
a push of 20 s and an infusion that begin hours into the run, which the solvers that find the rate
inside the equations pass over without a word.
"""

import json
import math
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

BENCH = Path(__file__).parent
ROOT = BENCH.parent
sys.path.insert(0, str(ROOT / "tests" / "science"))

from _figures import options, tell  # noqa: E402 - beside this file
from _solvers import NAIVE, WAYS  # noqa: E402
from pk_oracle import exact_levels  # noqa: E402

PEERS = ROOT / ".venv-peers"
PYTHON = PEERS / "bin" / "python"
LIMITS = {
    "ours_cpu_ms": 1.0,
    "ours_plasma_error": 1e-10,
    "ours_effect_error": 1e-10,
    "ours_late_plasma_error": 1e-10,
    "ours_late_effect_error": 1e-10,
    "ours_share_of_fastest_scipy_within_1e9": 1 / 50,
}
SESSION = [[0, 2400, 52.5]]
LATE = [[21_600, 21_620, 1800.0], [36_000, 38_400, 52.5]]
CONTENDERS = [(name, 1e-9) for name in WAYS] + [
    ("scipy_dop853", 1e-10),
    ("scipy_rk45", 1e-10),
    ("scipy_odeint", 1e-11),
]
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}


def ensure_peers() -> None:
    """The environment of the others, made anew when its list is newer."""
    wanted = BENCH / "peers.txt"
    stamp = PEERS / ".made-from"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted.read_text(encoding="utf-8"):
        return
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
    listed = wanted.read_text(encoding="utf-8").splitlines()
    lines = [line for line in listed if line and not line.startswith("#")]
    for line in lines:  # one by one: what cannot be had must not keep the others away
        install = [PYTHON, "-m", "pip", "install", "-qq", "--no-build-isolation", line]
        if subprocess.run(install, check=False, capture_output=True).returncode:
            print(f"cannot be installed here: {line}", file=sys.stderr)
    stamp.write_text(wanted.read_text(encoding="utf-8"), encoding="utf-8")


def moments_s(segments: Sequence[Sequence[float]], *, every_s: int) -> list[int]:
    """Even moments of the day, and each change of the pump with one second to either side."""
    edges = {int(edge) for segment in segments for edge in segment[:2]}
    near = {edge + shift for edge in edges for shift in (-1, 0, 1)}
    return sorted(second for second in near | set(range(0, 86_401, every_s)) if second >= 0)


def truth(segments: Sequence[Sequence[float]], at_s: Sequence[int]) -> list[tuple[Fraction, ...]]:
    """Plasma and effect site to 40 digits."""
    found = exact_levels(
        weight_kg=70.0,
        half_life_min=6.1,
        segments=[(start / 60, end / 60, rate) for start, end, rate in segments],
        boluses=[],
        times_min=[second / 60 for second in at_s],
    )
    return [tuple(Fraction(str(level)) for level in pair) for pair in found]


def run(
    name: str, segments: list[list[float]], at_s: list[int], seconds: float, rtol: float = 1e-9
) -> dict | None:
    """One way, in a process of its own."""
    done = subprocess.run(
        [PYTHON, BENCH / "_solvers.py", name],
        input=json.dumps({"segments": segments, "at_s": at_s, "rtol": rtol, "seconds": seconds}),
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"{name} did not run: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(done.stdout)


def errors(answer: dict, exact: Sequence[tuple[Fraction, ...]]) -> Iterator[tuple[str, float]]:
    """Largest relative error of each output, as exact fractions so that no digit hides."""
    for place, output in enumerate(("plasma", "effect")):
        missed = (
            abs(Fraction(float.fromhex(found)) - pair[place]) / (pair[place] or 1)
            for found, pair in zip(answer[output], exact, strict=True)
        )
        yield output, float(max(missed))


def measure() -> dict[str, float]:
    ensure_peers()
    at_s, late_s = moments_s(SESSION, every_s=300), moments_s(LATE, every_s=86_400)
    exact, late_exact = truth(SESSION, at_s), truth(LATE, late_s)
    figures: dict[str, float] = {}
    for way, rtol in CONTENDERS:
        answer = run(way, SESSION, at_s, 1.5, rtol)
        late = run(way, LATE, late_s, 0.0, rtol)
        if answer is None or late is None:
            continue
        name = way if rtol == 1e-9 else f"{way}_tight"
        figures[f"{name}_cpu_ms"] = min(answer["cpu_ms"])
        figures[f"{name}_wall_median_ms"] = statistics.median(answer["wall_ms"])
        for output, error in errors(answer, exact):
            figures[f"{name}_{output}_error"] = error
        for output, error in errors(late, late_exact):
            figures[f"{name}_late_{output}_error"] = error
    for name in NAIVE:
        if late := run(name, LATE, late_s, 0.0):
            for output, error in errors(late, late_exact):
                figures[f"{name}_late_{output}_error"] = error
    return figures | shares(figures)


def shares(figures: dict[str, float]) -> dict[str, float]:
    """Ours as a share of the fastest of scipy: of those asked for 1e-9, and of those within it."""
    asked = [f"scipy_{name}" for name in ("dop853", "rk45", "lsoda", "radau", "bdf", "odeint")]
    every = [key.removesuffix("_cpu_ms") for key in figures if key.startswith("scipy")]
    within = [
        name
        for name in every
        if all(figures.get(f"{name}_{o}_error", 1) <= 1e-9 for o in ("plasma", "effect"))
    ]

    def share(names: Sequence[str]) -> float:
        return figures["ours_cpu_ms"] / min(
            figures.get(f"{name}_cpu_ms", math.inf) for name in names
        )

    return {
        "ours_share_of_fastest_solve_ivp_asked_1e9": share(asked[:-1]),
        "ours_share_of_fastest_scipy_asked_1e9": share(asked),
        "ours_share_of_fastest_scipy_within_1e9": share(within),
    }


def main() -> int:
    as_json = options(__doc__).parse_args().json
    return tell("science_pk", measure(), LIMITS, as_json=as_json)


if __name__ == "__main__":
    sys.exit(main())
