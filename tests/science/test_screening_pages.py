"""The pages of docs/rules hold every code of the screening data."""

from pathlib import Path

import pytest

from ebbtide.science.screening.adverse_event_terms import TERMS
from ebbtide.science.screening.contraindications import CATALOGUE
from ebbtide.science.screening.facts import Test
from ebbtide.science.screening.interactions import CLASSES, NOT_IN_LIST
from ebbtide.science.screening.mme import Opioid
from ebbtide.science.screening.suicidality import ROUTES

RULES = Path(__file__).parents[2] / "docs/rules"
HELD = {
    "contraindications": {
        *(entry.code for entry in CATALOGUE),
        *(entry.plain for entry in CATALOGUE),
        *(route.code for route in ROUTES),
        *(f"screen.{test}_missing" for test in Test),
    },
    "interactions": {
        *(each.code for each in CLASSES),
        *(member for each in CLASSES for member in each.members),
        NOT_IN_LIST,
        "interaction.benzodiazepine_dose",
    },
    "morphine-equivalents": {
        *Opioid,
        *("mme.reassess", "mme.high", "mme.not_calculable", "mme.caution"),
        *("mme.methadone_caution", "mme.fentanyl_caution"),
    },
    "adverse-events": {
        *(term.name for term in TERMS),
        *(words for term in TERMS for words in term.grades),
        *(f"event.{name}_missing" for name in ("grade", "seriousness", "causality", "outcome")),
        *("event.grade_differs", "event.serious", "event.death_disagrees"),
    },
    "discharge": {"discharge.padss_low", "discharge.padss_zero"},
}


@pytest.mark.parametrize("page", HELD)
def test_a_page_holds_every_code_of_its_data(page):
    text = (RULES / f"{page}.md").read_text(encoding="utf-8")
    assert sorted(words for words in HELD[page] if words not in text) == []
