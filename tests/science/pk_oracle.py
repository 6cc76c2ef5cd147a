"""Levels to 40 digits by matrix exponential, sharing neither code nor constants with the project.

The whole system, effect site included, is one matrix; nothing is split into exponentials.
Volumes and flows are typed again from the reference, the pump is followed by its own lines.
Run as a script it writes `tests/data/pk/exact_levels.json` anew.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import mpmath as mp

DIGITS = 40
GOLDEN = Path(__file__).parents[1] / "data" / "pk" / "exact_levels.json"


def _matrix(weight_kg, half_life_min):
    size = mp.mpf(weight_kg) / 70
    flow = size ** (mp.mpf(3) / 4) / 60
    v1, v2, v3 = 25 * size, 56 * size, 157 * size
    cl, q2, q3 = 84 * flow, 161 * flow, 79 * flow
    ke0 = mp.log(2) / mp.mpf(half_life_min)
    # amounts in three compartments (mg), effect site (ng/mL), the pump's rate (mg/min)
    return mp.matrix(
        [
            [-(cl + q2 + q3) / v1, q2 / v2, q3 / v3, 0, 1],
            [q2 / v1, -q2 / v2, 0, 0, 0],
            [q3 / v1, 0, -q3 / v3, 0, 0],
            [ke0 * 1000 / v1, 0, 0, -ke0, 0],
            [0, 0, 0, 0, 0],
        ]
    ), v1


def exact_levels(*, weight_kg, half_life_min, segments, boluses, times_min):
    """Plasma and effect site, ng/mL; segments are (start, end, mg/h), boluses (at, mg)."""
    with mp.workdps(DIGITS + 15):
        matrix, v1 = _matrix(weight_kg, half_life_min)
        times = [mp.mpf(time) for time in times_min]
        moments = {mp.mpf(bolus[0]) for bolus in boluses} | set(times)
        moments |= {mp.mpf(end) for segment in segments for end in segment[:2]}
        state, now, answers = mp.zeros(5, 1), None, {}
        for moment in sorted(moments):
            if now is not None:
                state[4] = sum(
                    mp.mpf(rate) / 60 for start, end, rate in segments if start <= now < end
                )
                state = mp.expm(matrix * (moment - now)) * state
            now = moment
            state[0] += sum(mp.mpf(dose) for at, dose in boluses if at == now)
            answers[moment] = (1000 * state[0] / v1, +state[3])
        return [answers[time] for time in times]


CASES = (
    {
        "name": "one infusion of 35 mg over 40 min",
        "weight_kg": 70.0,
        "segments": [[0.0, 40.0, 52.5]],
        "boluses": [],
    },
    {
        "name": "rate changes, two holds and a push on a restart",
        "weight_kg": 82.5,
        "segments": [
            [3.25, 11.5, 40.0],
            [11.5, 19.0, 61.875],
            [24.75, 33.0, 61.875],
            [41.0, 58.0, 30.0],
        ],
        "boluses": [[0.0, 4.0], [24.75, 6.5], [60.0, 2.0]],
    },
    {
        "name": "a push of 20 s and an infusion, hours into the run",
        "weight_kg": 70.0,
        "segments": [[360.0, 360.3333333333333, 1800.0], [600.0, 640.0, 52.5]],
        "boluses": [[0.0, 0.001]],
    },
    {
        "name": "lightest weight, short sharp segments",
        "weight_kg": 30.0,
        "segments": [[0.0, 0.05, 900.0], [0.1, 0.15, 900.0], [0.2, 10.0, 20.0]],
        "boluses": [[0.15, 1.0]],
    },
    {
        "name": "heaviest weight, five days at a low rate",
        "weight_kg": 200.0,
        "segments": [[0.0, 7200.0, 20.0]],
        "boluses": [[7200.0, 15.0]],
    },
    {
        "name": "effect site within a millionth of the fast exponential",
        "weight_kg": 70.0,
        "half_life_min": 2.8397145,
        "segments": [[0.0, 40.0, 52.5]],
        "boluses": [[50.0, 10.0]],
    },
    {
        "name": "effect site as fast as the middle exponential",
        "weight_kg": 70.0,
        "half_life_min": 28.360967697164725,
        "segments": [[0.0, 40.0, 52.5], [300.0, 700.0, 10.0]],
        "boluses": [[50.0, 10.0]],
    },
    {
        "name": "effect site a thousandth from the slow exponential",
        "weight_kg": 70.0,
        "half_life_min": 183.9,
        "segments": [[0.0, 40.0, 52.5], [300.0, 2700.0, 10.0]],
        "boluses": [[50.0, 10.0]],
    },
)


def _case(case):
    case = {"half_life_min": 6.1, **case}
    edges = {bolus[0] for bolus in case["boluses"]}
    edges |= {edge for segment in case["segments"] for edge in segment[:2]}
    times = sorted({edge + shift for edge in edges for shift in (-1 / 60, 0.0, 1 / 60)})
    found = exact_levels(
        weight_kg=case["weight_kg"],
        half_life_min=case["half_life_min"],
        segments=case["segments"],
        boluses=case["boluses"],
        times_min=times,
    )
    points = [
        {
            "at_min": time,
            "plasma_ng_per_ml": mp.nstr(plasma, DIGITS),
            "effect_ng_per_ml": mp.nstr(effect, DIGITS),
        }
        for time, (plasma, effect) in zip(times, found, strict=True)
    ]
    return {**case, "tolerance_relative": 1e-10, "points": points}


if __name__ == "__main__":
    document = {
        "kind": "computed",
        "source": "kamp2020, typical values at 70 kg; volumes to the power 1, flows to 0.75",
        "method": "exponential of the whole matrix in 55-digit arithmetic, 40 digits kept; "
        "tests/science/pk_oracle.py, which shares no code or constants with the project",
        "date": datetime.now(tz=UTC).date().isoformat(),
        "units": "minutes, mg/h, mg, ng/mL; times are the nearest double, every pump change and "
        "one second to either side of it",
        "cases": [_case(case) for case in CASES],
    }
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
