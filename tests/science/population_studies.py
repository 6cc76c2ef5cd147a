"""Dose histories and small studies that the tests of populations share."""

import numpy as np

from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.population.summary import Study

SESSION = PumpHistory(segments=(Segment(0.0, 40.0, 52.5),))
BUSY = PumpHistory(
    segments=(
        Segment(3.0, 17.25, 60.0),
        Segment(17.25, 30.01, 20.0),
        Segment(41.0, 41.02, 900.0),  # shorter than two steps
        Segment(200.5, 260.0, 30.0),
    ),
    boluses=(Bolus(0.0, 5.0), Bolus(30.0051, 4.0), Bolus(300.0, 8.0)),
)


def study(**changes):
    return Study(**({"history": SESSION, "patients": 20, "seed": 1} | changes))


def is_close(found, exact, *, rel, floor=0.0):
    """As `pytest.approx`, for millions of numbers; a number that is not one is never close."""
    return bool((np.abs(found - exact) <= rel * np.abs(exact) + floor).all())
