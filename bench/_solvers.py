"""One way of computing a day of levels at 1 s: run alone, it is timed and tells what it got.

    .venv-peers/bin/python bench/_solvers.py NAME < job.json

The job is {"segments": [[start s, end s, mg/h]...], "at_s": [...], "rtol": 1e-9, "seconds": 1.5};
the answer is {"cpu_ms": [...], "wall_ms": [...], "plasma": [...], "effect": [...]}, levels in ng/mL
as hexadecimal floats at `at_s`. Every way gets the same three-compartment patient of 70 kg, is told
when the pump changes, and gives plasma and effect site at 86,401 points. What can be set up once is
set up outside the time. The constants are typed here, apart from the project's.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Solve = Callable[[], tuple[Floats, Floats]]
Segments = list[list[float]]

DAY_S = 86_400
V1, V2, V3, CL, Q2, Q3 = 25.0, 56.0, 157.0, 84.0, 161.0, 79.0
KE0 = np.log(2) / 6.1
K10, K12, K13 = CL / V1 / 60, Q2 / V1 / 60, Q3 / V1 / 60
K21, K31 = Q2 / V2 / 60, Q3 / V3 / 60
NG_PER_ML = 1000 / V1
# amounts in mg, the effect site in ng/mL; minutes
MATRIX = np.array(
    [
        [-(K10 + K12 + K13), K21, K31, 0.0],
        [K12, -K21, 0.0, 0.0],
        [K13, 0.0, -K31, 0.0],
        [KE0 * NG_PER_ML, 0.0, 0.0, -KE0],
    ]
)
ASKED = {"rtol": 1e-9, "atol": 1e-12}  # mg and ng/mL; `rtol` as the job says


def pieces(segments: Segments) -> Iterator[tuple[int, int, float]]:
    """The whole day cut where the pump changes: from second, to second, mg per minute."""
    now = 0
    for start, end, rate in segments:
        if start > now:
            yield now, int(start), 0.0
        yield int(start), int(end), rate / 60
        now = int(end)
    yield now, DAY_S, 0.0


def ours(segments: Segments) -> Solve:
    """Every call is of a patient not met before, so that nothing is remembered from the last."""
    from itertools import count

    from ebbtide.science.pk.catalogue import KAMP2020
    from ebbtide.science.pk.models import Covariates
    from ebbtide.science.pk.pump import PumpHistory, Segment
    from ebbtide.science.pk.simulate import simulate

    clock = Segment(0.0, segments[0][0] / 60, 0.0) if segments[0][0] else None
    given = [Segment(start / 60, end / 60, rate) for start, end, rate in segments]
    history = PumpHistory(segments=(clock, *given) if clock else tuple(given))
    times = np.arange(DAY_S + 1) / 60
    weights = (70.0 + 1e-9 * number for number in count())

    def solve() -> tuple[Floats, Floats]:
        patient = Covariates(weight_kg=next(weights))
        found = simulate(KAMP2020, covariates=patient, history=history, times_min=times)
        return found.plasma_ng_per_ml, found.effect_ng_per_ml

    return solve


def scipy_ivp(method: str, segments: Segments) -> Solve:
    from scipy.integrate import solve_ivp

    given = {"jac": MATRIX} if method in ("Radau", "BDF", "LSODA") else {}
    if method == "LSODA":
        given = {"jac": lambda _t, _y: MATRIX}

    def solve() -> tuple[Floats, Floats]:
        out, state = np.zeros((4, DAY_S + 1)), np.zeros(4)
        for start, end, rate in pieces(segments):
            inflow = np.array([rate, 0.0, 0.0, 0.0])
            at = np.arange(start, end + 1) / 60
            found = solve_ivp(
                lambda _, y, b=inflow: MATRIX @ y + b,
                (at[0], at[-1]),
                state,
                method,
                at,
                **ASKED,
                **given,
            ).y
            out[:, start : end + 1] = found
            state = found[:, -1]
        return NG_PER_ML * out[0], out[3]

    return solve


def scipy_naive(method: str, segments: Segments) -> Solve:
    """The pump's rate written inside the equations: what one writes first."""
    from scipy.integrate import solve_ivp

    def change(t: float, y: Floats) -> Floats:
        rate = sum(r / 60 for start, end, r in segments if start / 60 <= t < end / 60)
        return MATRIX @ y + np.array([rate, 0.0, 0.0, 0.0])

    def solve() -> tuple[Floats, Floats]:
        at = np.arange(DAY_S + 1) / 60
        out = solve_ivp(change, (0.0, at[-1]), np.zeros(4), method, at, **ASKED).y
        return NG_PER_ML * out[0], out[3]

    return solve


def scipy_odeint(segments: Segments) -> Solve:
    from scipy.integrate import odeint

    def solve() -> tuple[Floats, Floats]:
        out, state = np.zeros((DAY_S + 1, 4)), np.zeros(4)
        for start, end, rate in pieces(segments):
            inflow = np.array([rate, 0.0, 0.0, 0.0])
            found = odeint(
                lambda y, _, b=inflow: MATRIX @ y + b,
                state,
                np.arange(start, end + 1) / 60,
                Dfun=lambda _y, _t: MATRIX,
                **ASKED,
                mxstep=10_000,
            )
            out[start : end + 1] = found
            state = found[-1]
        return NG_PER_ML * out[:, 0], out[:, 3]

    return solve


def scipy_lsim(segments: Segments) -> Solve:
    from scipy.signal import lsim

    system = (MATRIX, np.array([[1.0], [0], [0], [0]]), np.eye(4), np.zeros((4, 1)))

    def solve() -> tuple[Floats, Floats]:
        out, state = np.zeros((DAY_S + 1, 4)), np.zeros(4)
        for start, end, rate in pieces(segments):
            count = end - start + 1
            at = np.arange(count) / 60
            found = lsim(system, np.full(count, rate), at, X0=state, interp=False)[2]
            out[start : end + 1] = found
            state = found[-1]
        return NG_PER_ML * out[:, 0], out[:, 3]

    return solve


def diffrax(solver: str, segments: Segments) -> Solve:
    import jax

    jax.config.update("jax_enable_x64", True)  # noqa: FBT003 - JAX's own way
    import diffrax as dfx
    import jax.numpy as jnp

    matrix = jnp.asarray(MATRIX)
    cut = list(pieces(segments))
    term = dfx.ODETerm(lambda _, y, rate: matrix @ y + jnp.array([rate, 0.0, 0.0, 0.0]))

    @jax.jit
    def run() -> jax.Array:
        state, parts = jnp.zeros(4), [jnp.zeros((1, 4))]
        for start, end, rate in cut:
            at = jnp.arange(start, end + 1) / 60
            found = dfx.diffeqsolve(
                term,
                getattr(dfx, solver)(),
                at[0],
                at[-1],
                None,
                state,
                args=rate,
                saveat=dfx.SaveAt(ts=at),
                stepsize_controller=dfx.PIDController(**ASKED),
                max_steps=1_000_000,
            ).ys
            parts.append(found[1:])
            state = found[-1]
        return jnp.concatenate(parts)

    def solve() -> tuple[Floats, Floats]:
        out = np.asarray(run())
        return NG_PER_ML * out[:, 0], out[:, 3]

    return solve


def pytci(integrator: str, segments: Segments) -> Solve:
    from PyTCI.models.base import Three

    def patient() -> Three:
        one = Three()
        one.v1, one.k10, one.k12, one.k13, one.k21, one.k31 = V1, K10, K12, K13, K21, K31
        one.keo = KE0
        one.setup()
        one.set_integrator(integrator)
        return one

    def solve() -> tuple[Floats, Floats]:
        one, out = patient(), np.zeros((2, DAY_S + 1))
        for start, end, rate in pieces(segments):
            for second in range(start + 1, end + 1):
                one.giveoverseconds(rate / 60, 1)
                out[:, second] = one.x1, one.xeo
        return 1000 * out[0], 1000 * out[1]

    return solve


def opentiva(segments: Segments) -> Solve:
    from opentiva.ketamine import Klamp
    from opentiva.pump import Pump

    model = Klamp(0, 40, 70.0, 175)
    model.ke0 = KE0

    def solve() -> tuple[Floats, Floats]:
        pump = Pump(model, 1, DAY_S + 1)
        for start, end, rate in segments:
            pump.add_infusion(int(start), rate / 3600, int(end - start))
        out = pump.run()
        return 1000 * out[:, 1], 1000 * out[:, 2]

    return solve


def roadrunner(segments: Segments) -> Solve:
    import roadrunner as rr

    runner = rr.RoadRunner(sbml())
    runner.integrator.relative_tolerance = ASKED["rtol"]
    runner.integrator.absolute_tolerance = ASKED["atol"]
    runner.timeCourseSelections = ["a1", "ce"]

    def solve() -> tuple[Floats, Floats]:
        runner.resetAll()
        out = np.zeros((DAY_S + 1, 2))
        for start, end, rate in pieces(segments):
            runner["rate"] = rate
            out[start : end + 1] = runner.simulate(start / 60, end / 60, end - start + 1)
        return NG_PER_ML * out[:, 0], out[:, 1]

    return solve


def sbml() -> str:
    """The same patient as rate rules."""
    names = ["a1", "a2", "a3", "ce", "rate"]
    declared = "".join(f'<parameter id="{name}" value="0" constant="false"/>' for name in names)
    rules = ""
    for name, row in zip(names, MATRIX, strict=False):
        terms = "".join(
            f"<apply><times/><cn>{factor!r}</cn><ci>{other}</ci></apply>"
            for other, factor in zip(names, row.tolist(), strict=False)
            if factor
        )
        into = "<ci>rate</ci>" if name == "a1" else ""
        rules += (
            f'<rateRule variable="{name}"><math xmlns="http://www.w3.org/1998/Math/MathML">'
            f"<apply><plus/>{terms}{into}</apply></math></rateRule>"
        )
    return (
        '<?xml version="1.0"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" '
        'level="3" version="1"><model id="patient">'
        f"<listOfParameters>{declared}</listOfParameters><listOfRules>{rules}</listOfRules>"
        "</model></sbml>"
    )


WAYS: dict[str, Callable[[Segments], Solve]] = {
    "ours": ours,
    "scipy_dop853": lambda s: scipy_ivp("DOP853", s),
    "scipy_rk45": lambda s: scipy_ivp("RK45", s),
    "scipy_lsoda": lambda s: scipy_ivp("LSODA", s),
    "scipy_radau": lambda s: scipy_ivp("Radau", s),
    "scipy_bdf": lambda s: scipy_ivp("BDF", s),
    "scipy_odeint": scipy_odeint,
    "scipy_lsim": scipy_lsim,
    "diffrax_tsit5": lambda s: diffrax("Tsit5", s),
    "diffrax_dopri8": lambda s: diffrax("Dopri8", s),
    "diffrax_kvaerno5": lambda s: diffrax("Kvaerno5", s),
    "pytci_exact": lambda s: pytci("exact", s),
    "pytci_euler": lambda s: pytci("euler", s),
    "opentiva": opentiva,
    "libroadrunner": roadrunner,
}
NAIVE: dict[str, Callable[[Segments], Solve]] = {
    f"naive_{method.lower()}": lambda s, m=method: scipy_naive(m, s)
    for method in ("RK45", "DOP853", "LSODA", "Radau", "BDF")
}


def main() -> None:
    job = json.load(sys.stdin)
    ASKED["rtol"] = job["rtol"]
    solve = (WAYS | NAIVE)[sys.argv[1]](job["segments"])
    plasma, effect = solve()
    cpu_ms: list[float] = []
    wall_ms: list[float] = []
    while sum(wall_ms) < 1000 * job["seconds"] and len(wall_ms) < 301:
        wall, cpu = time.perf_counter(), time.process_time()
        solve()
        cpu_ms.append(1000 * (time.process_time() - cpu))
        wall_ms.append(1000 * (time.perf_counter() - wall))
    at = np.asarray(job["at_s"])
    levels = {"plasma": plasma[at].tolist(), "effect": effect[at].tolist()}
    told = {name: [float(x).hex() for x in values] for name, values in levels.items()}
    print(json.dumps({"cpu_ms": cpu_ms, "wall_ms": wall_ms, **told}))


if __name__ == "__main__":
    main()
