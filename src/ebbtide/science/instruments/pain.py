"""Pain: how strong, of what kind, how much it hinders."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.instruments.building import (
    NO,
    OWN,
    RECALLED,
    YES,
    bands,
    from_score,
    items,
    numbered,
    numbers,
    rule,
    threshold,
)
from ebbtide.science.instruments.definition import (
    Instrument,
    Item,
    Measure,
    Method,
    Option,
    Part,
    Rights,
)
from ebbtide.science.instruments.result import Answers, Score

_TEN: Final = numbers(low=0, high=10)
_OWN_WORDS: Final = "A numeric rating scale has no owner; the wording is the project's own."
_ONE_ANSWER: Final = rule("A blank gives no score.", source="ebbtide", provenance=OWN)
_NRS_BANDS: Final = bands(
    (0, "none"),
    (1, "mild"),
    (4, "moderate"),
    (7, "severe"),
    source="dworkin2008",
    provenance=RECALLED,
)
_NRS_CHANGE: Final = (
    threshold("minimal", Measure.FALL_PERCENT, "10", source="dworkin2008"),
    threshold("moderate", Measure.FALL_PERCENT, "30", source="dworkin2008"),
    threshold("substantial", Measure.FALL_PERCENT, "50", source="dworkin2008"),
    threshold("much_improved", Measure.FALL_POINTS, "2", source="farrar2001"),
)

NRS: Final = Instrument(
    id="nrs-11",
    title="Pain, 0 to 10",
    rights=Rights.OWN,
    rights_note=_OWN_WORDS,
    recall="as stated when asked",
    items=(Item(link_id="1", options=_TEN, loinc="72514-3"),),
    headline="1",
    low=0,
    high=10,
    scoring=rule("The answer itself.", source="dworkin2008"),
    missing=_ONE_ANSWER,
    bands=_NRS_BANDS,
    thresholds=_NRS_CHANGE,
    loinc_score="72514-3",
    also=("nrs",),
)

NRS_WEEK: Final = Instrument(
    id="nrs-week",
    title="Pain over a week, 0 to 10",
    rights=Rights.OWN,
    rights_note=_OWN_WORDS,
    recall="seven daily entries",
    items=items(numbered(7), _TEN),
    parts=(Part("mean", numbered(7), Method.MEAN, least_answered=4),),
    headline="mean",
    low=0,
    high=10,
    scoring=rule("Mean of the daily entries of a week.", source="dworkin2008"),
    missing=rule(
        "At least 4 of the 7 days must have an entry.", source="dworkin2008", provenance=RECALLED
    ),
    bands=bands(
        (0, "none or mild"),
        (4, "moderate"),
        (7, "severe"),
        source="dworkin2008",
        provenance=RECALLED,
    ),
    thresholds=_NRS_CHANGE,
    also=("nrs-11-week", "nrs-weekly"),
)


def in_order(answers: Answers, scored: Score) -> Score:
    """Point out an average that lies above the worst or below the least.

    Source: ebbtide (plausibility of a diary entry)
    """
    given = [
        (name, answer.value)
        for name in ("least", "average", "worst")
        if (answer := answers.get(name)) is not None
    ]
    findings = tuple(
        Finding(
            "score.out_of_order",
            Severity.NOTICE,
            f"{scored.instrument}: {low} {low_value} is more than {high} {high_value}; ask again.",
            field=high,
            source="ebbtide",
        )
        for (low, low_value), (high, high_value) in pairwise(given)
        if low_value > high_value
    )
    return replace(scored, findings=findings)


def _rated(id_: str, title: str) -> Instrument:
    """Pain now, on average and at its worst; the average is the score."""
    return Instrument(
        id=id_,
        title=title,
        rights=Rights.OWN,
        rights_note=_OWN_WORDS,
        recall="now and the last 24 hours",
        items=items(("now", "average", "worst"), _TEN),
        parts=tuple(Part(name, (name,)) for name in ("now", "average", "worst")),
        headline="average",
        low=0,
        high=10,
        scoring=rule(
            "The average of the last 24 hours is the score; now and worst stand beside it.",
            source="ebbtide",
            provenance=OWN,
        ),
        missing=_ONE_ANSWER,
        bands=_NRS_BANDS,
        thresholds=_NRS_CHANGE,
        judge=in_order,
        has_text=True,
    )


PHANTOM: Final = _rated("phantom-pain-nrs", "Phantom pain, 0 to 10")
RESIDUAL: Final = _rated("residual-limb-pain-nrs", "Residual-limb pain, 0 to 10")

EVENING: Final = Instrument(
    id="evening-diary",
    title="Evening diary of phantom pain",
    rights=Rights.OWN,
    rights_note="The project's own.",
    recall="today",
    items=(
        *items(("worst", "average", "least"), _TEN),
        Item(link_id="hours", high=Decimal(24), step=Decimal("0.5")),
        Item(link_id="sleep", options=_TEN),
        Item(link_id="prosthesis-hours", high=Decimal(24), step=Decimal("0.5")),
    ),
    parts=tuple(
        Part(name, (name,))
        for name in ("worst", "average", "least", "hours", "sleep", "prosthesis-hours")
    ),
    headline="average",
    low=0,
    high=10,
    scoring=rule("The day's average phantom pain.", source="ebbtide", provenance=OWN),
    missing=_ONE_ANSWER,
    bands=_NRS_BANDS,
    thresholds=_NRS_CHANGE,
    judge=in_order,
    also=("plp-evening",),
    has_text=True,
)

PEG: Final = Instrument(
    id="peg",
    title="PEG",
    rights=Rights.UNKNOWN,
    rights_note="Items come from the Brief Pain Inventory; no line allowing free use was read.",
    recall="the past week",
    items=items(numbered(3), _TEN, loinc=("75893-8", "91145-3", "91146-1")),
    parts=(Part("mean", numbered(3), Method.MEAN),),
    headline="mean",
    low=0,
    high=10,
    scoring=rule("Mean of the three items.", source="krebs2009"),
    missing=rule("All three must be answered.", source="krebs2009", provenance=RECALLED),
    thresholds=(
        threshold("response", Measure.FALL_PERCENT, "30", source="krebs2009", provenance=RECALLED),
        threshold("mcid", Measure.FALL_POINTS, "1", source="krebs2009", provenance=RECALLED),
    ),
    loinc_panel="91148-7",
    loinc_score="91147-9",
)

_BPI_SEVERITY: Final = ("3", "4", "5", "6")
_BPI_INTERFERENCE: Final = ("9a", "9b", "9c", "9d", "9e", "9f", "9g")

BPI: Final = Instrument(
    id="bpi-sf",
    title="Brief Pain Inventory, short form",
    rights=Rights.PERMISSION,
    rights_note="Copyright Cleeland 1991; whether a fee is due is told both ways.",
    recall="the last 24 hours",
    items=items((*_BPI_SEVERITY, *_BPI_INTERFERENCE), _TEN),
    parts=(
        Part("severity", _BPI_SEVERITY, Method.MEAN),
        Part("worst", ("3",)),
        Part("interference", _BPI_INTERFERENCE, Method.MEAN, least_answered=4),
    ),
    headline="interference",
    low=0,
    high=10,
    scoring=rule(
        "Severity is the mean of items 3 to 6, or item 3, the worst; interference, the mean of "
        "items 9a to 9g, is the score.",
        source="cleeland1994",
    ),
    missing=rule(
        "Interference needs 4 of its 7 items, severity all 4.",
        source="cleeland1994",
        provenance=RECALLED,
    ),
    thresholds=(threshold("mcid", Measure.FALL_POINTS, "1", source="dworkin2008"),),
    also=("bpi",),
)

_MPQ: Final = {
    "continuous": ("1", "5", "6", "8", "9", "10"),
    "intermittent": ("2", "3", "4", "11", "16", "18"),
    "neuropathic": ("7", "17", "19", "20", "21", "22"),
    "affective": ("12", "13", "14", "15"),
}

MPQ: Final = Instrument(
    id="sf-mpq-2",
    title="SF-MPQ-2",
    rights=Rights.COMMERCIAL,
    rights_note="Copyright Melzack and IMMPACT; a fee is due for electronic use.",
    recall="the past week",
    items=items(numbered(22), _TEN),
    parts=(
        *(Part(name, of, Method.MEAN) for name, of in _MPQ.items()),
        Part("total", numbered(22), Method.MEAN),
    ),
    headline="total",
    low=0,
    high=10,
    scoring=rule(
        "Mean of all 22 items; the four subscales are means of theirs.", source="dworkin2009"
    ),
    missing=rule("All 22 must be answered.", source="dworkin2009", provenance=RECALLED),
    also=("mpq", "sfmpq"),
)

PAINDETECT: Final = Instrument(
    id="paindetect",
    title="painDETECT",
    rights=Rights.COMMERCIAL,
    rights_note="Owned by Pfizer and its authors, licensed through Mapi; recalled.",
    recall="now and the past 4 weeks",
    items=(
        *items(numbered(7), numbers(low=0, high=5)),
        Item(link_id="course", options=numbers(low=-1, high=1)),
        Item(
            link_id="radiation",
            options=(Option(Decimal(2), "yes", ("y",)), NO),
        ),
    ),
    parts=(Part("total", (*numbered(7), "course", "radiation")),),
    headline="total",
    low=-1,
    high=38,
    scoring=rule(
        "Sum of seven items from 0 to 5, the course of pain from −1 to 1, and 2 for pain that "
        "radiates.",
        source="freynhagen2006",
    ),
    missing=rule("All items must be answered.", source="freynhagen2006", provenance=RECALLED),
    bands=bands(
        (-1, "neuropathic unlikely"),
        (13, "unclear"),
        (19, "neuropathic likely"),
        source="freynhagen2006",
    ),
)

DN4: Final = Instrument(
    id="dn4",
    title="DN4",
    rights=Rights.REGISTRATION,
    rights_note="Owned by its author, licensed through Mapi; recalled.",
    recall="now",
    items=items(numbered(10), (YES, NO)),
    parts=(
        Part("interview", numbered(7)),
        Part("examination", ("8", "9", "10")),
        Part("total", numbered(10)),
    ),
    headline="total",
    low=0,
    high=10,
    scoring=rule("Number of yes; seven are asked and three examined.", source="bouhassira2005"),
    missing=rule(
        "Without the examination the interview stands alone, with a cut-off of its own.",
        source="bouhassira2005",
        provenance=RECALLED,
    ),
    cutoffs=(
        from_score(4, "screen_positive", source="bouhassira2005", provenance=RECALLED),
        from_score(
            3, "interview_positive", source="bouhassira2005", provenance=RECALLED, part="interview"
        ),
    ),
)

PCS: Final = Instrument(
    id="pcs",
    title="Pain Catastrophizing Scale",
    rights=Rights.REGISTRATION,
    rights_note="Owned by its author, licensed through Mapi; recalled.",
    recall="when in pain",
    items=items(numbered(13), numbers(low=0, high=4)),
    parts=(Part("total", numbered(13)),),
    headline="total",
    low=0,
    high=52,
    scoring=rule("Sum of the thirteen items.", source="sullivan1995"),
    missing=rule("All items must be answered.", source="sullivan1995", provenance=RECALLED),
    cutoffs=(from_score(30, "at_least_30", source="sullivan1995", provenance=RECALLED),),
)

PAIN: Final = (NRS, NRS_WEEK, PHANTOM, RESIDUAL, EVENING, PEG, BPI, MPQ, PAINDETECT, DN4, PCS)
