"""Function, sleep and mood by short forms, drinking, and the patient's own verdict."""

from decimal import Decimal
from typing import Final

from ebbtide.science.instruments.building import (
    OWN,
    RECALLED,
    bands,
    from_score,
    items,
    numbered,
    numbers,
    rule,
)
from ebbtide.science.instruments.definition import Cutoff, Instrument, Item, Part, Rights

PGIC: Final = Instrument(
    id="pgic",
    title="Global impression of change",
    rights=Rights.OWN,
    rights_note="A generic question; the wording is the project's own.",
    recall="since treatment began",
    items=(Item(link_id="1", options=numbers(low=1, high=7)),),
    headline="1",
    low=1,
    high=7,
    scoring=rule("The answer itself, 1 best to 7 worst.", source="dworkin2008"),
    missing=rule("A blank gives no score.", source="ebbtide", provenance=OWN),
    bands=bands(
        (1, "very much improved"),
        (2, "much improved"),
        (3, "minimally improved"),
        (4, "no change"),
        (5, "minimally worse"),
        (6, "much worse"),
        (7, "very much worse"),
        source="dworkin2008",
    ),
    cutoffs=(
        Cutoff(flag="responder", at_most=Decimal(2), source="dworkin2008", provenance=RECALLED),
        from_score(5, "worse", source="dworkin2008"),
    ),
    has_text=True,
)

WHODAS: Final = Instrument(
    id="whodas-12",
    title="WHODAS 2.0, 12 items",
    version="2.0",
    rights=Rights.REGISTRATION,
    rights_note="Copyright of the World Health Organization; a user agreement is needed.",
    recall="the past 30 days",
    items=items(numbered(12), numbers(low=0, high=4)),
    parts=(Part("total", numbered(12)),),
    headline="total",
    low=0,
    high=48,
    scoring=rule("Simple sum with answers from 0 to 4.", source="ustun2010"),
    missing=rule("All items must be answered.", source="ustun2010", provenance=RECALLED),
    also=("whodas", "whodas-2.0", "whodas-2.0-12"),
)

AUDIT_C: Final = Instrument(
    id="audit-c",
    title="AUDIT-C",
    rights=Rights.UNKNOWN,
    rights_note="Terms were not read.",
    recall="the past year",
    items=items(numbered(3), numbers(low=0, high=4)),
    parts=(Part("total", numbered(3)),),
    headline="total",
    low=0,
    high=12,
    scoring=rule("Sum of the three items.", source="bush1998", provenance=RECALLED),
    missing=rule("All items must be answered.", source="bush1998", provenance=RECALLED),
    cutoffs=(
        from_score(3, "screen_positive_women", source="bush1998", provenance=RECALLED),
        from_score(4, "screen_positive_men", source="bush1998", provenance=RECALLED),
    ),
)


def _promis(domain: str, count: int) -> Instrument:
    """A short form up to its raw sum; the table to T scores is the clinic's to load."""
    return Instrument(
        id=f"promis-{domain}-{count}a",
        title=f"PROMIS {domain.replace('-', ' ')} {count}a",
        rights=Rights.PERMISSION,
        rights_note="Free in one's own clinic; building it into software needs written permission.",
        recall="the past 7 days",
        items=items(numbered(count), numbers(low=1, high=5)),
        parts=(Part("raw", numbered(count)),),
        headline="raw",
        low=count,
        high=5 * count,
        scoring=rule(
            "Raw sum of the items as they are scored on the form; T scores, of mean 50 and SD 10, "
            "come from the publisher's table.",
            source="healthmeasures",
        ),
        missing=rule("All items must be answered.", source="healthmeasures", provenance=RECALLED),
    )


PROMIS: Final = tuple(
    _promis(domain, count)
    for domain in ("pain-interference", "depression", "anxiety", "sleep-disturbance")
    for count in (4, 8)
)

WELLBEING: Final = (PGIC, WHODAS, AUDIT_C, *PROMIS)
