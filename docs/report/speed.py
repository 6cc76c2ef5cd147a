"""How fast and how exact, beside other programs: the last run of the benchmarks."""

import json
from typing import Any

from .markdown import NOTICE, ROOT, few_digits, table

KEPT = ROOT / "docs" / "reference" / "performance.json"
PEERS = {
    "ours": "Ebbtide, `simulate`, NumPy only",
    "scipy_odeint": "scipy `odeint` (compiled LSODA)",
    "scipy_odeint_tight": "the same, asked for 1e-11",
    "scipy_dop853": "scipy `solve_ivp`, DOP853",
    "scipy_dop853_tight": "the same, asked for 1e-10",
    "scipy_rk45": "scipy `solve_ivp`, RK45",
    "scipy_rk45_tight": "the same, asked for 1e-10",
    "scipy_lsoda": "scipy `solve_ivp`, LSODA",
    "scipy_bdf": "scipy `solve_ivp`, BDF",
    "scipy_radau": "scipy `solve_ivp`, Radau",
    "scipy_lsim": "scipy `signal.lsim`",
    "diffrax_tsit5": "diffrax, Tsit5, compiled beforehand",
    "diffrax_kvaerno5": "diffrax, Kvaerno5",
    "diffrax_dopri8": "diffrax, Dopri8",
    "opentiva": "opentiva",
    "libroadrunner": "libroadrunner, CVODE",
    "pytci_exact": "PyTCI, exact steps",
    "pytci_euler": "PyTCI, its default steps",
}
OTHERS = ("science_population", "science_import", "session_curve")


def page() -> str:
    """The page; nothing is measured here."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    parts = [
        (
            f"{NOTICE}# Speed and exactness beside other programs\n\n"
            "Measured, not asserted: no test fails on a time. `script/bench science_pk "
            "science_population science_import` measures all of it again on your machine.\n"
        )
    ]
    if "science_pk" in kept:
        parts.append(_one_patient(kept["science_pk"]))
    parts += [_figures(name, kept[name]) for name in OTHERS if name in kept]
    return "".join(parts)


def _one_patient(run: dict[str, Any]) -> str:
    got = run["figures"]
    ours = got["ours_cpu_ms"]
    lines = [
        [
            words,
            _told(got, f"{name}_cpu_ms"),
            _told(got, f"{name}_wall_median_ms"),
            f"{got[f'{name}_cpu_ms'] / ours:.3g}",
            *(_told(got, f"{name}_{what}_error") for what in _ERRORS),
        ]
        for name, words in PEERS.items()
        if f"{name}_cpu_ms" in got
    ]
    naive = {
        name.removeprefix("naive_").removesuffix("_late_plasma_error")
        for name in got
        if name.startswith("naive") and name.endswith("plasma_error") and got[name] >= 1
    }
    absent = [words for name, words in PEERS.items() if f"{name}_cpu_ms" not in got]
    away = f"Not run this time: {', '.join(absent)}.\n\n" if absent else ""
    return (
        "\n## One patient, a day at 1 s, plasma and effect site\n\n"
        f"{run['measured_on']}, {run['machine']}. 35 mg over 40 min at 70 kg under the default "
        "model, 86,401 moments. Every program ran alone with one thread, with the pump's changes "
        "told to it, and a tolerance of 1e-9 where it takes one. Time is the least processor "
        "time of many calls, which other work on the machine can only lengthen, and the median "
        "by the wall clock. Every call of ours is for a patient not met before.\n\n"
        + away
        + table(
            [
                "program",
                "processor, ms",
                "median, ms",
                "times ours",
                "error, plasma",
                "error, effect site",
                "late push, plasma",
                "late push, effect site",
            ],
            lines,
        )
        + "\nErrors are the largest relative ones against 40 digits, every five minutes of the day "
        "and at each change of the pump and one second to either side. 1 means wholly wrong "
        "there: opentiva's effect site lags by one second and is 0 at the first. The late push "
        "is one of 20 s six hours into the run, with an infusion of 40 min at ten hours.\n\n"
        f"**With the rate written inside the equations, {len(naive)} of scipy's solvers "
        f"({', '.join(sorted(naive))}) answered 0.0 ng/mL all day**: they step over a push and a "
        "whole infusion that begin hours into the run, and say nothing. Here they are told.\n\n"
        f"{_verdict(got)}"
    )


_ERRORS = ("plasma", "effect", "late_plasma", "late_effect")


_WHY_NOT = (
    "\nscipy's `odeint` is compiled, takes few steps here and fills in the moments between them: "
    "against it 50 times would be a tenth of a millisecond for the day, which is what writing "
    "172,802 numbers and reading the 86,401 moments takes by itself. `solve_ivp` is what scipy "
    "recommends for new work.\n"
)


def _told(got: dict[str, float], name: str) -> str:
    return few_digits(got[name]) if name in got else ""


def _verdict(got: dict[str, float]) -> str:
    """The figures to reach, met or not, in words."""

    def times(name: str) -> str:
        return f"{1 / got[name]:.3g}"

    worst = max(got[f"ours_{what}_error"] for what in _ERRORS)
    rows = [
        ["one day of one patient", "1 ms", f"{got['ours_cpu_ms']:.3g} ms", got["ours_cpu_ms"] <= 1],
        ["largest error", "1e-10", f"{worst:.1e}", worst <= 1e-10],
        *(
            [
                f"faster than the fastest of scipy {words}",
                "50 times",
                times(name),
                got[name] <= 0.02,
            ]
            for name, words in (
                ("ours_share_of_fastest_solve_ivp_asked_1e9", "`solve_ivp` asked for 1e-9"),
                ("ours_share_of_fastest_scipy_asked_1e9", "of any kind asked for 1e-9"),
                ("ours_share_of_fastest_scipy_within_1e9", "of any kind that is within 1e-9"),
            )
            if name in got
        ),
    ]
    told = [[*row[:3], "reached" if row[3] else "not reached"] for row in rows]
    return table(["figure", "to reach", "got", ""], told) + _WHY_NOT


def _figures(name: str, run: dict[str, Any]) -> str:
    limits = run.get("limits", {})
    lines = [
        [key.replace("_", " "), few_digits(value), _limit(limits.get(key), value)]
        for key, value in run["figures"].items()
    ]
    return (
        f"\n## {run['title']}\n\n`script/bench {name}`, {run['measured_on']}, {run['machine']}.\n\n"
        + table(["figure", "measured", "to reach"], lines)
    )


def _limit(limit: float | None, value: float) -> str:
    if limit is None:
        return ""
    return f"at most {limit:g}: {'reached' if value <= limit else 'not reached'}"
