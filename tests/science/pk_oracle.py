"""Levels to 40 digits by matrix exponential, sharing neither code nor constants with the project.

The whole system, effect site included, is one matrix; nothing is split into exponentials.
Volumes and flows are typed again from the reference, the pump is followed by its own lines.
Run as a script it writes `tests/data/pk/exact_levels.json` and `exact_models.json` anew.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import mpmath as mp

DIGITS = 40
GOLDEN = Path(__file__).parents[1] / "data" / "pk" / "exact_levels.json"
GOLDEN_MODELS = GOLDEN.with_name("exact_models.json")


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


# Every model of the catalogue, as arrows between compartments


class Arrows:
    """Compartments in the order they are first named, and constants per minute between them.

    A dot stands for what leaves the body. `sees` is a level that follows others, which lose
    nothing to it.
    """

    def __init__(self):
        self.names, self.entries = [], []

    def place(self, name):
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)

    def moves(self, source, target, per_min, part=1):
        self.entries.append((source, source, -per_min))
        if target != ".":
            self.entries.append((target, source, per_min * part))

    def sees(self, target, source, per_min):
        self.entries.append((target, source, per_min))

    def matrix(self):
        for target, source, _ in self.entries:
            self.place(source), self.place(target)
        found = mp.zeros(len(self.names) + 1)
        for target, source, per_min in self.entries:
            found[self.place(target), self.place(source)] += per_min
        found[self.place("blood"), len(self.names)] = 1
        return found


def number(text):
    return mp.mpf(text)


def allometric(weight_kg, litres, litres_per_min):
    """Volumes in proportion to weight, flows to three quarters of its power."""
    size = mp.mpf(weight_kg) / 70
    return (
        {name: number(value) * size for name, value in litres.items()},
        {name: number(value) * size ** number("0.75") for name, value in litres_per_min.items()},
    )


def hourly(**litres_per_h):
    return {name: number(value) / 60 for name, value in litres_per_h.items()}


def star(arrows, volumes, flows, *, centre="blood", prefix=""):
    for name in [one for one in volumes if one.startswith("V") and one != "V1"]:
        outer = prefix + name
        arrows.moves(centre, outer, flows["Q" + name[1]] / volumes["V1"])
        arrows.moves(outer, centre, flows["Q" + name[1]] / volumes[name])


def otto_norketamine(arrows, weight_kg, source, per_min):
    size = mp.mpf(weight_kg) / 70
    volume = number("98.64") * size
    arrows.sees("nk", source, per_min)
    arrows.moves("nk", "nk2", number("42.78") / 60 / volume)
    arrows.moves("nk2", "nk", number("42.78") / 60 / number("160"))
    lost = number("57.72") / 60 * size ** number("0.75") / volume
    arrows.moves("nk", ".", lost)
    return lost, {"norketamine": ("nk", 1000 * number("223.70") / number("237.73") / volume)}


def simons_norketamine(arrows, weight_kg, source, per_min):
    volumes, flows = allometric(weight_kg, {"V1": "11.6", "V2": "221"}, {"CL": 1, "Q2": "2.63"})
    arrows.sees("t1", source, per_min)
    arrows.moves("t1", "t2", 2 / number("20.1"))
    arrows.moves("t2", "nk", 2 / number("20.1"), number("0.8"))
    star(arrows, volumes, flows, centre="nk", prefix="nk")
    lost = flows["CL"] / volumes["V1"]
    arrows.moves("nk", ".", lost)
    scale = 1000 * number("223.70") / number("237.73") / volumes["V1"]
    return lost, {"norketamine": ("nk", scale)}


def simons_hydroxynorketamine(arrows, weight_kg, per_min):
    litres = {"V1": "4.4", "V2": "87.5"}
    volumes, flows = allometric(weight_kg, litres, {"CL": "0.933", "Q2": "1.70"})
    arrows.sees("t3", "nk", per_min)
    arrows.moves("t3", "t4", 2 / number("1.12"))
    arrows.moves("t4", "hnk", 2 / number("1.12"), number("0.7"))
    star(arrows, volumes, flows, centre="hnk", prefix="hnk")
    arrows.moves("hnk", ".", flows["CL"] / volumes["V1"])
    scale = 1000 * number("239.70") / number("237.73") / volumes["V1"]
    return {"hydroxynorketamine": ("hnk", scale)}


def perez_ruixo_body(arrows, age_years, is_asian):
    volumes = {name: number(v) for name, v in (("V1", 192), ("V2", 143), ("V3", 417))}
    volumes["VH"] = number(101)
    years = max(mp.mpf(0), mp.mpf(age_years) - 60)
    flows = hourly(Q2="84.3", Q3="37.6", QH=151 - number("2.19") * years)
    star(arrows, volumes, flows)
    arrows.moves("VH", ".", number("1.11") / 60 * (number("0.36") if is_asian else 1))
    arrows.moves("VH", "nk", number("2.77") / 60)
    lost = hourly(CL=38, Q="26.1")
    arrows.moves("nk", ".", lost["CL"] / 70 * (number("0.81") if is_asian else 1))
    arrows.moves("nk", "nk2", lost["Q"] / 70)
    arrows.moves("nk2", "nk", lost["Q"] / 115)
    return volumes["V1"], {"norketamine": ("nk", 1000 / number(70))}


BODIES = {
    # volumes at 70 kg and flows per hour, or rate constants per minute
    "kamp2020": ({"V1": 25, "V2": 56, "V3": 157}, {"CL": 84, "Q2": 161, "Q3": 79}),
    "herd2007": ({"V1": "38.7", "V2": 102}, {"CL": 90, "Q2": 215}),
    "hornik2018": ({"V1": "32.8", "V2": 152}, {"CL": "38.9", "Q2": "54.9"}),
    "flint2017": ({"V1": "7.73", "V2": 545}, {"CL": 112, "Q2": 196}),
    "simons2022": (
        {"V1": "11.6", "V2": 39, "V3": 174},
        {"CL": "88.8", "Q2": "145.8", "Q3": "72.6"},
    ),
}
CONSTANTS = {
    "domino1984": (
        "0.063",
        {"10": "0.438", "12": "0.592", "13": "0.590"},
        {"2": "0.247", "3": "0.0146"},
    ),
    "clements_nimmo1981": ("1.7522", {"10": "0.0109", "12": "0.0186"}, {"2": "0.0137"}),
    "hijazi2003": ("1.08", {"10": "0.0333", "12": "0.0088"}, {"2": "0.0030"}),
}


def mammillary_body(arrows, model, weight_kg):
    size = mp.mpf(weight_kg) / 70
    if model in CONSTANTS:
        per_kg, out, back = CONSTANTS[model]
        for name, value in back.items():
            arrows.moves("blood", "V" + name, number(out["1" + name]))
            arrows.moves("V" + name, "blood", number(value))
        arrows.moves("blood", ".", number(out["10"]))
        return number(per_kg) * weight_kg, number(out["10"])
    if model == "otto2021":
        volumes = {"V1": 133 * size, "V2": number(187), "V3": number("98.8")}
        flows = hourly(CL="95.2", Q2="23.2", Q3="157")
        flows["CL"] *= size ** number("0.75")
    else:
        litres, per_h = BODIES[model]
        per_min = {name: number(value) / 60 for name, value in per_h.items()}
        volumes, flows = allometric(weight_kg, litres, per_min)
    star(arrows, volumes, flows)
    lost = flows["CL"] / volumes["V1"]
    arrows.moves("blood", ".", lost)
    return volumes["V1"], lost


def model_matrix(case):
    """The matrix of a case, places by name, and how each level is read."""
    arrows, model, weight_kg = Arrows(), case["model"], case["weight_kg"]
    arrows.place("blood")
    if model == "perezruixo2021":
        v1, levels = perez_ruixo_body(arrows, case["age_years"], case["is_asian"])
    else:
        v1, lost = mammillary_body(arrows, model, weight_kg)
        levels = {}
        if model == "simons2022":
            on, levels = simons_norketamine(arrows, weight_kg, "blood", lost)
            levels |= simons_hydroxynorketamine(arrows, weight_kg, on)
        elif model == "flint2017":
            size = mp.mpf(weight_kg) / 70
            arrows.sees("nk", "blood", lost)
            arrows.moves("nk", ".", number("53.2") / 60 * size ** number("0.75") / size)
            levels = {"norketamine": ("nk", 1000 / size)}
        elif model in {"kamp2020", "domino1984", "clements_nimmo1981", "otto2021"}:
            on, levels = otto_norketamine(arrows, weight_kg, "blood", lost)
            levels |= simons_hydroxynorketamine(arrows, weight_kg, on)
    levels["plasma"] = ("blood", 1000 / v1)
    for name, half_life in (("effect", case["half_life_min"]), ("venous", 8)):
        follows = mp.log(2) / mp.mpf(half_life)
        arrows.sees(name, "blood", follows * 1000 / v1)
        arrows.moves(name, ".", follows)
        levels[name] = (name, 1)
    if case["site"] == "venous link":
        levels["plasma"] = levels["venous"]
    del levels["venous"]
    return arrows.matrix(), arrows.place, levels


def exact_model_levels(case, times_min):
    """Every level of a case at moments in order, each a list of mpf."""
    with mp.workdps(DIGITS + 15):
        matrix, place, levels = model_matrix(case)
        times = [mp.mpf(time) for time in times_min]
        moments = {mp.mpf(at) for at, _ in case["boluses"]} | set(times)
        moments |= {mp.mpf(end) for segment in case["segments"] for end in segment[:2]}
        state, now, answers = mp.zeros(matrix.rows, 1), None, {}
        for moment in sorted(moments):
            if now is not None:
                state[matrix.rows - 1] = sum(
                    mp.mpf(rate) / 60 for start, end, rate in case["segments"] if start <= now < end
                )
                state = mp.expm(matrix * (moment - now)) * state
            now = moment
            state[place("blood")] += sum(mp.mpf(dose) for at, dose in case["boluses"] if at == now)
            answers[moment] = {
                name: state[place(where)] * scale for name, (where, scale) in levels.items()
            }
        return {name: [answers[time][name] for time in times] for name in levels}


BUSY_PUMP = {
    "segments": [[0.0, 40.0, 52.5], [55.0, 70.0, 30.0], [1500.0, 1500.3333333333333, 1800.0]],
    "boluses": [[0.0, 2.0], [55.0, 5.0], [2000.0, 4.0]],
    "half_life_min": 6.1,
    "age_years": 30,
    "is_asian": False,
    "site": "own",
}
MODEL_CASES = [
    {**BUSY_PUMP, **case}
    for case in (
        {"model": "kamp2020", "weight_kg": 82.5},
        {"model": "kamp2020", "weight_kg": 70.0, "site": "venous link"},
        {"model": "domino1984", "weight_kg": 55.0},
        {"model": "clements_nimmo1981", "weight_kg": 70.0},
        {"model": "hijazi2003", "weight_kg": 90.0},
        {"model": "herd2007", "weight_kg": 20.0, "age_years": 6},
        {"model": "hornik2018", "weight_kg": 12.0, "age_years": 2},
        {"model": "otto2021", "weight_kg": 60.0},
        {"model": "simons2022", "weight_kg": 80.0},
        {"model": "simons2022", "weight_kg": 70.0, "site": "venous link", "half_life_min": 8.0},
        {"model": "perezruixo2021", "weight_kg": 70.0, "age_years": 75, "is_asian": True},
        {"model": "perezruixo2021", "weight_kg": 70.0, "age_years": 40},
        {"model": "flint2017", "weight_kg": 8.0, "age_years": 1},
    )
]


def _model_case(case):
    edges = {edge for segment in case["segments"] for edge in segment[:2]}
    edges |= {at for at, _ in case["boluses"]}
    times = {edge + shift for edge in edges for shift in (-1 / 60, 0.0, 1 / 60)} | {2880.0}
    at_min = sorted(time for time in times if time >= 0)
    found = exact_model_levels(case, at_min)
    return {
        **case,
        "at_min": at_min,
        "levels": {name: [mp.nstr(one, DIGITS) for one in row] for name, row in found.items()},
    }


def _document(cases, source):
    return {
        "kind": "computed",
        "source": source,
        "method": "exponential of the whole matrix in 55-digit arithmetic, 40 digits kept; "
        "tests/science/pk_oracle.py, which shares no code or constants with the project",
        "date": datetime.now(tz=UTC).date().isoformat(),
        "units": "minutes, mg/h, mg, ng/mL; times are the nearest double, every pump change and "
        "one second to either side of it",
        "tolerance_relative": 1e-10,
        "cases": cases,
    }


def _write(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typical = "kamp2020, typical values at 70 kg; volumes to the power 1, flows to 0.75"
    _write(GOLDEN, _document([_case(case) for case in CASES], typical))
    each = "each model's own, typed again; venous link half-life 8 min"
    _write(GOLDEN_MODELS, _document([_model_case(case) for case in MODEL_CASES], each))
