"""Terms of adverse events and what each grade means, as data.

Names are MedDRA preferred terms, without its licensed codes. Grades are CTCAE's, in our own
words; it has no term for dissociation, so such terms carry its generic grades.
"""

from dataclasses import dataclass
from typing import Final

from ebbtide.science.screening.parts import Tag

GENERIC: Final = (
    "mild; nothing needs doing",
    "moderate; limits shopping, telephone, money and the like",
    "severe; limits washing, dressing, eating, or needs a hospital",
    "life-threatening",
    "death",
)
_BY_LIMITS: Final = (*GENERIC[:3], "", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One preferred term.

    Attributes:
        name: As MedDRA prints it.
        grades: What grades 1 to 5 mean; empty where the scale has no such grade.
        reference: Key of the bibliography for the grades.
        tag: How the grades came to be known.
    """

    name: str
    grades: tuple[str, ...] = GENERIC
    reference: str = "ctcae5"
    tag: Tag = Tag.RECALLED


HYPERTENSION: Final = "Hypertension"
HYPOXIA: Final = "Hypoxia"

TERMS: Final = (
    Term(
        name=HYPERTENSION,
        grades=(
            "systolic 120 to 139 or diastolic 80 to 89 mmHg",
            (
                "systolic 140 to 159 or diastolic 90 to 99 mmHg; or back again, or 24 h or longer; "
                "or diastolic up by more than 20 mmHg with symptoms"
            ),
            (
                "systolic 160 or more or diastolic 100 or more mmHg; or more than one drug, or a "
                "stronger treatment than before"
            ),
            "life-threatening",
            "death",
        ),
        tag=Tag.READ,
    ),
    Term(
        name="Nausea",
        grades=("less appetite", "eats less", "eats or drinks too little; hospital", "", ""),
        tag=Tag.READ,
    ),
    Term(
        name="Vomiting",
        grades=(
            "nothing needs doing",
            "fluids into a vein or a drug, as an outpatient",
            "hospital",
            "life-threatening",
            "death",
        ),
        tag=Tag.READ,
    ),
    Term(name="Dizziness", grades=_BY_LIMITS),
    Term(name="Headache", grades=_BY_LIMITS),
    Term(name="Fatigue", grades=_BY_LIMITS),
    Term(
        name=HYPOXIA,
        grades=("", "oxygen now and then", "SpO₂ below 88% at rest", "airway at risk", "death"),
    ),
    Term(
        name="Sinus tachycardia",
        grades=("no symptoms", "symptoms", "needs treatment at once", "life-threatening", "death"),
    ),
    *(
        Term(name=name)
        for name in (
            "Dissociation",
            "Derealisation",
            "Depersonalisation",
            "Emergence delirium",
            "Euphoric mood",
            "Feeling abnormal",
            "Hypoaesthesia",
            "Vision blurred",
            "Cystitis noninfective",
            "Anxiety",
            "Sedation",
            "Lethargy",
            "Vertigo",
            "Seizure",
            "Respiratory depression",
            "Suicidal ideation",
        )
    ),
)


def term_named(name: str) -> Term:
    """The term with a name, in any case.

    Raises:
        ValueError: There is none; names those that there are.
    """
    for term in TERMS:
        if term.name.casefold() == name.strip().casefold():
            return term
    allowed = ", ".join(term.name for term in TERMS)
    raise ValueError(f"term: {name!r} is not allowed; {allowed}")
