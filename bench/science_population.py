"""Ten thousand virtual patients through a day: kept at one point a minute, summed up at 1 s.

    script/bench science_population   or .venv/bin/python bench/science_population.py [--json]

Default model and cohort, 35 mg over 40 min, plasma and effect site, two cores; least wall time
of several runs, and its processor time, since other work on the machine can only add to them.

Kept: every level of every patient, 10,000 x 1,441. Beside it stands what the machine needs to
write as many numbers, measured here, and the share of the time that this is.

Summed up: highest level and its second, areas, time above 100 ng/mL, and quantiles at each
minute, of 10,000 x 86,401 moments. The peer is mrgsolve, at 288 s of processor time for the same
patients and moments, levels alone: measured once for 50 patients on a machine of this size and
scaled, not run here. The machine's limit is what two cores would need to visit every moment with
11 multiply-adds or as much (four states, three sums, the rest for peak, time and area), at the
rate at which they multiply matrices, measured here. Most moments need no visit, so that the share
of this limit may be above 1; the figures for right answers say what came of it: 250 of the
patients are followed through every second in plain form, and stored levels are held to the levels
of each patient alone.
"""

import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from _figures import CORES, options, tell

from ebbtide.science.pk.levels import trace
from ebbtide.science.pk.pump import PumpHistory, Segment
from ebbtide.science.population.people import exponentials
from ebbtide.science.population.summary import Curves, Study, Summary, stored, summarise

Result = TypeVar("Result")
SESSION = PumpHistory(segments=(Segment(0.0, 40.0, 52.5),))
STUDY = Study(history=SESSION, patients=10_000, seed=1)
FEW = Study(history=SESSION, patients=250, seed=1)
ABOVE = (100.0,)
MRGSOLVE_CPU_S = 288.0
OPERATIONS = 11
LIMITS = {
    "stored_10000_by_1441_s": 0.3,
    "streamed_10000_by_86401_s": 2.0,
    "streamed_share_of_mrgsolve_cpu": 0.01,
    "worst_stored_error": 1e-10,
    "worst_peak_error": 1e-10,
    "peaks_at_another_second": 0.0,
    "seconds_above_miscounted": 0.0,
}


def least(task: Callable[[], Result], *, repeats: int) -> tuple[float, float, Result]:
    """Wall and processor seconds of the quickest of several runs, and what the last one gave."""
    times = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        result = task()
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    return *min(times), result


def multiply_adds_per_s() -> float:
    """Rate of both cores at what they do best."""
    size = 1500
    left = np.random.default_rng(1).random((size, size))
    wall, _, _ = least(lambda: left @ left, repeats=9)
    return size**3 / wall


def write_s(numbers: int) -> float:
    """To write numbers into new memory from both cores."""

    def task() -> None:
        out = np.empty(numbers)
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(lambda part: part.fill(1.0), np.array_split(out, CORES)))

    return least(task, repeats=5)[0]


def worst_stored_error(curves: Curves) -> float:
    """Largest relative difference from each patient's own levels in plain form, of the first."""
    own = curves.people.first(250)
    alone = trace(exponentials(STUDY.model, own), SESSION, curves.times_min)
    return max(
        float(np.abs(found[:250, 1:] / exact[:, 1:] - 1).max())
        for found, exact in zip(
            (curves.plasma_ng_per_ml, curves.effect_ng_per_ml), alone, strict=True
        )
    )


def against_every_second(summary: Summary) -> dict[str, float]:
    """How peaks and times above differ from those of a look at every second."""
    modes = exponentials(FEW.model, summary.people.first(250))
    seconds = np.arange(86_401) / 60
    apart, moved, miscounted = 0.0, 0, 0.0
    for output, curve in zip(
        (summary.plasma, summary.effect), trace(modes, SESSION, seconds), strict=True
    ):
        apart = max(apart, float(np.abs(output.cmax_ng_per_ml[:250] / curve.max(1) - 1).max()))
        moved += int((output.tmax_min[:250] != seconds[curve.argmax(1)]).sum())
        above = (curve[:, :-1] > ABOVE[0]).sum(axis=1)
        miscounted += float(np.abs(output.above_min[0, :250] * 60 - above).round().sum())
    return {
        "worst_peak_error": apart,
        "peaks_at_another_second": moved,
        "seconds_above_miscounted": miscounted,
    }


def measure() -> dict[str, float]:
    summarise(FEW, workers=CORES)
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu, summary = least(
        lambda: summarise(STUDY, levels_ng_per_ml=ABOVE, workers=CORES), repeats=7
    )
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
    stored_wall, stored_cpu, curves = least(lambda: stored(STUDY, workers=CORES), repeats=7)
    writing = write_s(2 * curves.plasma_ng_per_ml.size)
    rate = multiply_adds_per_s()
    visiting = STUDY.patients * 86_401 * OPERATIONS / rate
    return {
        "stored_10000_by_1441_s": stored_wall,
        "stored_cpu_s": stored_cpu,
        "writing_as_many_numbers_s": writing,
        "stored_share_of_machine_limit": writing / stored_wall,
        "worst_stored_error": worst_stored_error(curves),
        "streamed_10000_by_86401_s": wall,
        "streamed_cpu_s": cpu,
        "streamed_share_of_mrgsolve_cpu": cpu / MRGSOLVE_CPU_S,
        "times_mrgsolve": MRGSOLVE_CPU_S / cpu,
        "multiply_adds_per_s": rate,
        "visiting_every_second_s": visiting,
        "streamed_share_of_machine_limit": visiting / wall,
        "streamed_memory_mib": grown_kib / 1024,
        **against_every_second(summary),
    }


def main() -> int:
    as_json = options(__doc__).parse_args().json
    return tell("science_population", measure(), LIMITS, as_json=as_json)


if __name__ == "__main__":
    sys.exit(main())
