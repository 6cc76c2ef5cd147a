"""Small bodies for the tests of exposure, and a slow follower that shares no code with the project.

Volumes and flows are typed again from the papers. The follower moves the whole matrix by
scipy's exponential in equal short steps and knows nothing of turning points.
"""

import numpy as np
from scipy.linalg import expm

from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.pk.system import System


def kamp(half_life_min=6.1, venous_half_life_min=None):
    """Three compartments, effect site, and a venous lag where asked for; 70 kg."""
    v1, v2, v3, cl, q2, q3 = 25.0, 56.0, 157.0, 84 / 60, 161 / 60, 79 / 60
    ke0 = np.log(2) / half_life_min
    matrix = np.zeros((5, 5))
    matrix[0, :3] = -(cl + q2 + q3) / v1, q2 / v2, q3 / v3
    matrix[1, :2] = q2 / v1, -q2 / v2
    matrix[2, :3] = q3 / v1, 0, -q3 / v3
    matrix[3, 0], matrix[3, 3] = ke0 * 1000 / v1, -ke0
    link = np.log(2) / (venous_half_life_min or 1.0)
    matrix[4, 0], matrix[4, 4] = link * 1000 / v1, -link
    arterial = np.array([1000 / v1, 0, 0, 0, 0])
    venous = np.array([0, 0, 0, 0, 1.0])
    return System(
        matrix_per_min=matrix,
        input_per_mg=np.array([1.0, 0, 0, 0, 0]),
        outputs={
            "plasma": venous if venous_half_life_min else arterial,
            "effect": np.array([0, 0, 0, 1.0, 0]),
        },
    )


def chain(rate_per_min, length):
    """Compartments in a row, all of one rate: after 1 mg the last holds a gamma density."""
    matrix = -rate_per_min * np.eye(length) + rate_per_min * np.eye(length, k=-1)
    first, last = np.eye(length)[0], np.eye(length)[-1]
    return System(matrix_per_min=matrix, input_per_mg=first, outputs={"plasma": last})


def mammillary_with_lag(volumes_l, flows_l_per_min, which, apart):
    """Three compartments and an effect site whose rate is one of theirs, or nearly."""
    (v1, v2, v3), (cl, q2, q3) = volumes_l, flows_l_per_min
    matrix = np.zeros((4, 4))
    matrix[0, :3] = -(cl + q2 + q3) / v1, q2 / v2, q3 / v3
    matrix[1, :2] = q2 / v1, -q2 / v2
    matrix[2, 0], matrix[2, 2] = q3 / v1, -q3 / v3
    rate = -np.sort(np.linalg.eigvals(matrix[:3, :3]).real)[which] * (1 + apart)
    matrix[3, 0], matrix[3, 3] = rate * 1000 / v1, -rate
    return System(
        matrix_per_min=matrix,
        input_per_mg=np.eye(4)[0],
        outputs={"plasma": np.eye(4)[0] * 1000 / v1, "effect": np.eye(4)[3]},
    )


def pumped(segments=(), boluses=()):
    return PumpHistory(
        segments=tuple(Segment(*one) for one in segments),
        boluses=tuple(Bolus(*one) for one in boluses),
    )


def followed(system, history, output, *, until_min, steps):
    """Times and levels on an even grid from 0; every change has to be on the grid."""
    step_min = until_min / steps
    size = len(system.input_per_mg)
    whole = np.zeros((size + 1, size + 1))
    whole[:size, :size], whole[:size, size] = system.matrix_per_min, system.input_per_mg
    forward = expm(whole * step_min)
    rates = np.zeros(steps + 1)
    for segment in history.segments:
        rates[round(segment.start_min / step_min) : round(segment.end_min / step_min)] = (
            segment.rate_mg_per_h / 60
        )
    doses = np.zeros(steps + 1)
    for bolus in history.boluses:
        doses[round(bolus.at_min / step_min)] += bolus.dose_mg
    state, levels = np.zeros(size + 1), []
    for rate, dose in zip(rates, doses, strict=True):
        state[:size] += dose * system.input_per_mg
        state[size] = rate
        levels.append(system.outputs[output] @ state[:size])
        state = forward @ state
    return np.linspace(0, until_min, steps + 1), np.array(levels)
