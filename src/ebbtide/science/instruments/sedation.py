"""In the room: dissociation, sedation and agitation, scored by the nurse."""

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
from ebbtide.science.instruments.definition import Instrument, Item, Part, Rights, Worse

CADSS6_ITEMS: Final = ("1", "2", "6", "7", "15", "22")
_CADSS_RIGHTS: Final = "By Bremner and others; no statement of free use was found."
_ALL: Final = rule("All items must be answered.", source="ebbtide", provenance=OWN)

CADSS: Final = Instrument(
    id="cadss",
    title="CADSS",
    rights=Rights.UNKNOWN,
    rights_note=_CADSS_RIGHTS,
    recall="at this moment",
    items=items(numbered(23), numbers(low=0, high=4)),
    parts=(Part("total", numbered(23)), Part("cadss_6", CADSS6_ITEMS)),
    headline="total",
    low=0,
    high=92,
    scoring=rule("Sum of the 23 items, rated by the nurse.", source="bremner1998"),
    missing=_ALL,
    cutoffs=(from_score(5, "above_normal", source="bremner1998", provenance=RECALLED),),
)

CADSS6: Final = Instrument(
    id="cadss-6",
    title="CADSS-6",
    rights=Rights.UNKNOWN,
    rights_note=_CADSS_RIGHTS,
    recall="during the infusion, at about 40 minutes",
    items=items(CADSS6_ITEMS, numbers(low=0, high=4)),
    parts=(Part("total", CADSS6_ITEMS),),
    headline="total",
    low=0,
    high=24,
    scoring=rule(
        "Sum of CADSS items 1, 2, 6, 7, 15 and 22. No cut-off is validated.", source="rodrigues2021"
    ),
    missing=_ALL,
)

_ONE: Final = rule("A blank gives no score.", source="ebbtide", provenance=OWN)

RASS: Final = Instrument(
    id="rass",
    title="RASS",
    rights=Rights.UNKNOWN,
    rights_note="Terms were not read; only the short names of its levels are used.",
    recall="at this moment",
    items=(Item(link_id="1", options=numbers(low=-5, high=4)),),
    headline="1",
    low=-5,
    high=4,
    worse=Worse.NEITHER,
    scoring=rule("The level seen, −5 to +4.", source="sessler2002"),
    missing=_ONE,
    bands=bands(
        (-5, "unarousable"),
        (-4, "deep sedation"),
        (-3, "moderate sedation"),
        (-2, "light sedation"),
        (-1, "drowsy"),
        (0, "alert and calm"),
        (1, "restless"),
        (2, "agitated"),
        (3, "very agitated"),
        (4, "combative"),
        source="sessler2002",
    ),
)

MOAAS: Final = Instrument(
    id="moaas",
    title="MOAA/S",
    rights=Rights.UNKNOWN,
    rights_note="Terms were not read; the names of its levels are the project's own.",
    recall="at this moment",
    items=(Item(link_id="1", options=numbers(low=0, high=5)),),
    headline="1",
    low=0,
    high=5,
    worse=Worse.LOWER,
    scoring=rule("The level seen, 5 alert to 0 without response.", source="chernik1990"),
    missing=_ONE,
    bands=bands(
        (0, "no response"),
        (1, "responds to pain only"),
        (2, "responds to shaking only"),
        (3, "responds to a loud voice only"),
        (4, "slow to answer"),
        (5, "answers readily"),
        source="chernik1990",
    ),
)

SEDATION: Final = (CADSS, CADSS6, RASS, MOAAS)
