"""The scales that are taken item by item in the room."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One item of a scale with its answers, worst last."""

    label: str
    options: tuple[tuple[int, str], ...]


# The scale's own words may not be shipped: the clinic asks them as it has the rights to.
CADSS6_QUESTIONS = tuple(
    Question(f"CADSS item {number}", tuple((step, str(step)) for step in range(5)))
    for number in (1, 2, 6, 7, 15, 22)
)


ALDRETE_QUESTIONS = (
    Question(
        "Activity, of the limbs the patient has",
        ((2, "2: all move on command"), (1, "1: at least half"), (0, "0: fewer")),
    ),
    Question("Breathing", ((2, "2: deep, coughs freely"), (1, "1: limited"), (0, "0: no breath"))),
    Question(
        "Circulation, BP against baseline",
        ((2, "2: within 20 %"), (1, "1: within 50 %"), (0, "0: further off")),
    ),
    Question("Consciousness", ((2, "2: awake"), (1, "1: wakes when called"), (0, "0: does not"))),
    Question(
        "SpO₂", ((2, "2: above 92 % on air"), (1, "1: needs oxygen for 90 %"), (0, "0: below 90 %"))
    ),
)
