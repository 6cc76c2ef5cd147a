"""Every model's levels to 40 digits by matrix exponential, sharing no code and no constants.

Volumes, flows and rate constants are typed again from the publications' values; compartments,
transits and metabolites are written out by hand as one matrix. Run as a script it writes
`tests/data/pk/cross_model_levels.json` anew.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import mpmath as mp

DIGITS = 40
GOLDEN = Path(__file__).parents[1] / "data" / "pk" / "cross_model_levels.json"


def _n(text):
    return mp.mpf(text)


def _micro(v1, *outer, loss):
    """Central volume (L) and rate constants per minute, out and back for each outer one."""
    return {"v1": v1, "outer": outer, "loss": loss}


def _flows(v1, cl, *outer, per_min=60):
    """Central volume (L), clearance and (flow, volume) of each outer compartment."""
    return _micro(
        v1, *[(q / per_min / v1, q / per_min / v) for q, v in outer], loss=cl / per_min / v1
    )


# by weight in kg, weight / 70 kg, and that to 0.75
BODIES = {
    "domino1984": lambda kg, _, __: _micro(
        _n("0.063") * kg,
        (_n("0.592"), _n("0.247")),
        (_n("0.590"), _n("0.0146")),
        loss=_n("0.438"),
    ),
    "clements_nimmo1981": lambda kg, _, __: _micro(
        _n("1.7522") * kg, (_n("0.0186"), _n("0.0137")), loss=_n("0.0109")
    ),
    "hijazi2003": lambda kg, _, __: _micro(
        _n("1.08") * kg, (_n("0.0088"), _n("0.0030")), loss=_n("0.0333")
    ),
    "herd2007": lambda _, size, slow: _flows(
        _n("38.7") * size, 90 * slow, (215 * slow, 102 * size)
    ),
    "hornik2018": lambda _, size, slow: _flows(
        _n("32.8") * size, _n("38.9") * slow, (_n("54.9") * slow, 152 * size)
    ),
    "flint2017": lambda _, size, slow: _flows(
        _n("7.73") * size, 112 * slow, (196 * slow, 545 * size)
    ),
    "kamp2020": lambda _, size, slow: _flows(
        25 * size, 84 * slow, (161 * slow, 56 * size), (79 * slow, 157 * size)
    ),
    "simons2022": lambda _, size, slow: _flows(
        _n("11.6") * size,
        _n("1.48") * slow,
        (_n("2.43") * slow, 39 * size),
        (_n("1.21") * slow, 174 * size),
        per_min=1,
    ),
    "otto2021": lambda _, size, slow: _flows(
        133 * size, _n("95.2") * slow, (_n("23.2"), 187), (157, _n("98.8"))
    ),
}


class _Matrix:
    """Compartments added one by one; the pump's rate is the last of them."""

    def __init__(self):
        self.terms = {}
        self.size = 0

    def add(self, *fed_by):
        place = self.size
        self.size += 1
        for source, per_min in fed_by:
            self.flow(source, place, per_min)
        return place

    def flow(self, source, into, per_min):
        self.terms[into, source] = self.terms.get((into, source), 0) + per_min

    def loss(self, place, per_min):
        self.flow(place, place, -per_min)

    def pair(self, place, out, back):
        outer = self.add((place, out))
        self.loss(place, out)
        self.flow(outer, place, back)
        self.loss(outer, back)

    def whole(self):
        matrix = mp.zeros(self.size)
        for (row, column), value in self.terms.items():
            matrix[row, column] = value
        return matrix


def _parent(matrix, name, weight_kg):
    """Central compartment, what becomes norketamine of it (source, per min), volume."""
    central = matrix.add()
    if name == "perezruixo2021":
        volume, hepatic = mp.mpf(192), mp.mpf(101)
        for flow, outer in (("84.3", 143), ("37.6", 417)):
            matrix.pair(central, _n(flow) / 60 / volume, _n(flow) / 60 / outer)
        liver = matrix.add((central, mp.mpf(151) / 60 / volume))
        matrix.loss(central, mp.mpf(151) / 60 / volume)
        matrix.flow(liver, central, mp.mpf(151) / 60 / hepatic)
        matrix.loss(liver, mp.mpf(151) / 60 / hepatic + (_n("1.11") + _n("2.77")) / 60)
        return central, (liver, _n("2.77") / 60), volume
    size = mp.mpf(weight_kg) / 70
    body = BODIES[name](weight_kg, size, size ** _n("0.75"))
    for out, back in body["outer"]:
        matrix.pair(central, out, back)
    matrix.loss(central, body["loss"])
    return central, (central, body["loss"]), mp.mpf(body["v1"])


def _otto_norketamine(matrix, formed, weight_kg):
    size = mp.mpf(weight_kg) / 70
    volume = _n("98.64") * size
    place = matrix.add(formed)
    matrix.pair(place, _n("42.78") / 60 / volume, _n("42.78") / 60 / 160)
    loss = _n("57.72") * size ** _n("0.75") / 60 / volume
    matrix.loss(place, loss)
    return {
        "norketamine": (place, 1000 * _n("223.70") / _n("237.73") / volume),
        **_simons_hydroxynorketamine(matrix, (place, loss), size),
    }


def _perezruixo_norketamine(matrix, formed, weight_kg):
    place = matrix.add(formed)
    matrix.pair(place, _n("26.1") / 60 / 70, _n("26.1") / 60 / 115)
    matrix.loss(place, mp.mpf(38) / 60 / 70)
    return {"norketamine": (place, mp.mpf(1000) / 70)}


def _flint_norketamine(matrix, formed, weight_kg):
    size = mp.mpf(weight_kg) / 70
    place = matrix.add(formed)
    matrix.loss(place, _n("53.2") * size ** _n("0.75") / 60 / size)
    return {"norketamine": (place, 1000 / size)}


def _passed(matrix, source, mean_min, share):
    """Two transits in a row, and the share of what leaves the second."""
    for _ in range(2):
        place = matrix.add(source)
        rate = 2 / _n(mean_min)
        matrix.loss(place, rate)
        source = (place, rate)
    return source[0], source[1] * _n(share)


def _simons_hydroxynorketamine(matrix, formed, size):
    slow, volume = size ** _n("0.75"), _n("4.4") * size
    place = matrix.add(_passed(matrix, formed, "1.12", "0.7"))
    matrix.pair(place, _n("1.70") * slow / volume, _n("1.70") * slow / (_n("87.5") * size))
    matrix.loss(place, _n("0.933") * slow / volume)
    return {"hydroxynorketamine": (place, 1000 * _n("239.70") / _n("237.73") / volume)}


def _simons_chain(matrix, formed, weight_kg):
    size = mp.mpf(weight_kg) / 70
    slow = size ** _n("0.75")

    volume = _n("11.6") * size
    nk = matrix.add(_passed(matrix, formed, "20.1", "0.8"))
    matrix.pair(nk, _n("2.63") * slow / volume, _n("2.63") * slow / (221 * size))
    loss = 1 * slow / volume
    matrix.loss(nk, loss)
    return {
        "norketamine": (nk, 1000 * _n("223.70") / _n("237.73") / volume),
        **_simons_hydroxynorketamine(matrix, (nk, loss), size),
    }


METABOLITES = {
    "kamp2020": _otto_norketamine,
    "otto2021": _otto_norketamine,
    "simons2022": _simons_chain,
    "perezruixo2021": _perezruixo_norketamine,
    "flint2017": _flint_norketamine,
}


def exact_levels(name, *, weight_kg, segments, times_min, half_life_min="6.1"):
    """Levels by output at each time; segments are (start, end, mg/h), in order."""
    with mp.workdps(DIGITS + 15):
        matrix = _Matrix()
        central, formed, volume = _parent(matrix, name, weight_kg)
        outputs = {"plasma": (central, 1000 / volume)}
        if name in METABOLITES:
            outputs |= METABOLITES[name](matrix, formed, weight_kg)
        for site, half_life in (("effect", half_life_min), ("venous", "8")):
            lag = mp.log(2) / _n(half_life)
            place = matrix.add((central, lag * 1000 / volume))
            matrix.loss(place, lag)
            outputs[site] = (place, 1)
        pump = matrix.add()
        matrix.flow(pump, central, 1)
        whole, state, now = matrix.whole(), mp.zeros(matrix.size, 1), mp.mpf(0)
        edges = {mp.mpf(edge) for start, end, _ in segments for edge in (start, end)}
        times = [mp.mpf(time) for time in times_min]
        found = {}
        for moment in sorted(edges | set(times)):
            running = [mp.mpf(rate) for start, end, rate in segments if start <= now < end]
            state[pump] = sum(running) / 60
            state = mp.expm(whole * (moment - now)) * state
            now = moment
            found[moment] = {key: state[at] * scale for key, (at, scale) in outputs.items()}
        return [found[time] for time in times]


WEIGHTS_KG = {
    "domino1984": (70, 50),
    "clements_nimmo1981": (70, 50),
    "hijazi2003": (70, 50),
    "herd2007": (70, 20),
    "hornik2018": (70, 20),
    "flint2017": (70, 20),
    "kamp2020": (70, 110),
    "simons2022": (70, 90),
    "otto2021": (70, 90),
    "perezruixo2021": (70, 90),
}
TIMES_MIN = (0, 1, 20, 40, 41, 60, 80, 110, 230, 1440)


def _case(name, weight_kg):
    segments = [[0, 40, 52.5]]
    found = exact_levels(name, weight_kg=weight_kg, segments=segments, times_min=TIMES_MIN)
    levels = {
        output: [mp.nstr(at[output], DIGITS) for at in found]
        for output in found[0]
        if output != "venous" or name == "kamp2020"
    }
    return {
        "model": name,
        "weight_kg": weight_kg,
        "segments": segments,
        "at_min": list(TIMES_MIN),
        "levels_ng_per_ml": levels,
    }


if __name__ == "__main__":
    document = {
        "kind": "computed",
        "source": "the parameters of each publication, typed again in the oracle",
        "method": "exponential of the whole matrix in 55-digit arithmetic, 40 digits kept; "
        "tests/science/cross_model_oracle.py, which shares no code or constants with the project",
        "date": datetime.now(tz=UTC).date().isoformat(),
        "tolerance_relative": 1e-10,
        "units": "minutes, mg/h, ng/mL; the whole dose is taken as the model's own analyte",
        "cases": [
            _case(name, weight) for name, weights in WEIGHTS_KG.items() for weight in weights
        ],
    }
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
