"""Post-traumatic stress."""

from dataclasses import replace
from fractions import Fraction
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.instruments.building import (
    NO,
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
from ebbtide.science.instruments.definition import Instrument, Item, Measure, Part, Rights
from ebbtide.science.instruments.result import Answers, Score

_VA: Final = "Work of the US Department of Veterans Affairs, not copyrighted."
_PCL5: Final = numbered(20)
_CLUSTERS: Final = {
    "cluster_b": _PCL5[:5],
    "cluster_c": _PCL5[5:7],
    "cluster_d": _PCL5[7:14],
    "cluster_e": _PCL5[14:],
}
_NEEDED: Final = {"cluster_b": 1, "cluster_c": 1, "cluster_d": 2, "cluster_e": 2}


def provisional_ptsd(answers: Answers, scored: Score) -> Score:
    """Flag answers that fit the diagnosis: items from 2 in one B, one C, two D and two E.

    A blank counts as not present; where blanks could still make the pattern, that is said.

    Source: weathers2013 (provisional diagnosis)
    """
    present = {link_id for link_id, answer in answers.items() if answer and answer.value >= 2}
    possible = present | {link_id for link_id, answer in answers.items() if answer is None}
    if _fits(present):
        return replace(scored, flags=(*scored.flags, "provisional_ptsd"))
    if _fits(possible):
        return replace(scored, flags=(*scored.flags, "provisional_ptsd_unknown"))
    return scored


def _fits(present: set[str]) -> bool:
    return all(len(present & set(_CLUSTERS[name])) >= least for name, least in _NEEDED.items())


_CONTRADICTED: Final = Finding(
    "score.gate_contradicted",
    Severity.NOTICE,
    "PC-PTSD-5: the gate question was answered no and a later one yes. Ask again.",
    field="gate",
    source="prins2016",
)


_GATE_UNANSWERED: Final = Finding(
    "score.gate_unanswered",
    Severity.NOTICE,
    "PC-PTSD-5: the gate question was not answered, no score. Ask it.",
    field="gate",
    source="prins2016",
)


def gated(answers: Answers, scored: Score) -> Score:
    """Score 0 when no such event ever happened: the other questions are then not asked.

    Source: prins2016 (gate question)
    """
    gate = answers["gate"]
    if gate is None:
        return replace(
            scored,
            exact=None,
            band=None,
            flags=("incomplete",),
            subscales={"total": None},
            findings=(_GATE_UNANSWERED,),
        )
    if gate.value == 1:
        return scored
    subscales = {**scored.subscales, "total": Fraction(0)}
    contradicted = any(answer is not None and answer.value > 0 for answer in answers.values())
    findings = (_CONTRADICTED,) if contradicted else ()
    return replace(
        scored, exact=Fraction(0), band="negative", flags=(), subscales=subscales, findings=findings
    )


PCL5: Final = Instrument(
    id="pcl-5",
    title="PCL-5",
    rights=Rights.PUBLIC_DOMAIN,
    rights_note=_VA,
    recall="the past month",
    items=items(_PCL5, numbers(low=0, high=4)),
    parts=(*(Part(name, of) for name, of in _CLUSTERS.items()), Part("total", tuple(_CLUSTERS))),
    headline="total",
    low=0,
    high=80,
    scoring=rule("Sum of the twenty items.", source="weathers2013"),
    missing=rule("All items must be answered.", source="weathers2013", provenance=RECALLED),
    bands=bands(
        (0, "below the cut-off range"),
        (31, "in the cut-off range"),
        (34, "above the cut-off range"),
        source="weathers2013",
    ),
    cutoffs=(
        from_score(31, "at_least_31", source="weathers2013"),
        from_score(33, "at_least_33", source="weathers2013"),
    ),
    thresholds=(
        threshold("reliable", Measure.FALL_POINTS, "5", source="weathers2013"),
        threshold("meaningful", Measure.FALL_POINTS, "10", source="weathers2013"),
        threshold("mid_low", Measure.FALL_POINTS, "9", source="pcl5_mid"),
        threshold("mid_high", Measure.FALL_POINTS, "12", source="pcl5_mid"),
    ),
    judge=provisional_ptsd,
    loinc_panel="101697-1",
    loinc_score="101698-9",
    has_text=True,
)

_YES_NO: Final = (YES, NO)

PC_PTSD5: Final = Instrument(
    id="pc-ptsd-5",
    title="PC-PTSD-5",
    rights=Rights.PUBLIC_DOMAIN,
    rights_note=_VA,
    recall="the past month",
    items=(
        Item(link_id="gate", options=_YES_NO),
        *(Item(link_id=link_id, options=_YES_NO, is_optional=True) for link_id in numbered(5)),
    ),
    parts=(Part("total", numbered(5)),),
    headline="total",
    low=0,
    high=5,
    scoring=rule(
        "Number of yes among the five questions; 0 when the gate question is answered no.",
        source="prins2016",
    ),
    missing=rule("After a yes at the gate all five must be answered.", source="prins2016"),
    bands=bands((0, "negative"), (3, "positive for women"), (4, "positive"), source="prins2016"),
    cutoffs=(
        from_score(3, "screen_positive_women", source="prins2016"),
        from_score(4, "screen_positive", source="prins2016"),
    ),
    judge=gated,
    loinc_panel="102010-6",
    loinc_score="102017-1",
    has_text=True,
)

TRAUMA: Final = (PCL5, PC_PTSD5)
