"""Depression, anxiety and sleep."""

from dataclasses import replace
from typing import Final

from ebbtide.science.instruments.building import (
    RECALLED,
    bands,
    from_score,
    items,
    numbered,
    numbers,
    rule,
    threshold,
)
from ebbtide.science.instruments.definition import Instrument, Measure, Method, Part, Rights
from ebbtide.science.instruments.result import Answers, Score

_FREE: Final = "No permission is required to reproduce, translate, display or distribute it."
_PHQ9_LOINC: Final = (
    "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
    "44260-8",
)  # fmt: skip
_TWO_BLANK: Final = rule(
    "With one or two blanks the sum is the mean of the answers times the number of items, rounded; "
    "with more there is no score.",
    source="kroenke2001",
    provenance=RECALLED,
)
_ALL: Final = "All items must be answered."


def phq9_algorithm(answers: Answers, scored: Score) -> Score:
    """Name the depressive syndrome the answers fit: 5 symptoms for major, 2 to 4 for other.

    A symptom counts from `more than half the days`, item 9 from `several days`; one of
    the first two must be among them. A blank counts as not present, so that a syndrome
    named holds whatever the blanks would have been.

    Source: kroenke2001 (scoring of the diagnostic algorithm)
    """
    present = [
        link_id
        for link_id, answer in answers.items()
        if answer is not None and answer.value >= (1 if link_id == "9" else 2)
    ]
    if not {"1", "2"} & set(present) or len(present) < 2:
        return scored
    flag = "algorithm_major" if len(present) >= 5 else "algorithm_other"
    return replace(scored, flags=(*scored.flags, flag))


PHQ9: Final = Instrument(
    id="phq-9",
    title="PHQ-9",
    rights=Rights.PUBLIC_DOMAIN,
    rights_note=_FREE,
    recall="the last 2 weeks",
    items=items(numbered(9), numbers(low=0, high=3), loinc=_PHQ9_LOINC),
    parts=(Part("total", numbered(9), least_answered=7),),
    headline="total",
    low=0,
    high=27,
    scoring=rule("Sum of the nine items.", source="kroenke2001"),
    missing=_TWO_BLANK,
    bands=bands(
        (0, "minimal"),
        (5, "mild"),
        (10, "moderate"),
        (15, "moderately severe"),
        (20, "severe"),
        source="kroenke2001",
    ),
    cutoffs=(from_score(10, "screen_positive", source="kroenke2001"),),
    thresholds=(
        threshold("response", Measure.FALL_PERCENT, "50", source="mcinnes2022"),
        threshold("remission", Measure.BELOW, "5", source="mcinnes2022"),
        threshold("mcid", Measure.FALL_POINTS, "5", source="kroenke2001", provenance=RECALLED),
        threshold("mcid_ed50", Measure.FALL_POINTS, "3.7", source="phq9_mcid"),
        threshold("mcid_panda", Measure.FALL_POINTS, "1.7", source="phq9_mcid"),
        threshold("mcid_panda_percent", Measure.FALL_PERCENT, "20", source="phq9_mcid"),
    ),
    safety_item="9",
    judge=phq9_algorithm,
    loinc_panel="44249-1",
    loinc_score="44261-6",
    has_text=True,
)

GAD7: Final = Instrument(
    id="gad-7",
    title="GAD-7",
    rights=Rights.PUBLIC_DOMAIN,
    rights_note=_FREE,
    recall="the last 2 weeks",
    items=items(numbered(7), numbers(low=0, high=3)),
    parts=(Part("total", numbered(7), least_answered=5),),
    headline="total",
    low=0,
    high=21,
    scoring=rule("Sum of the seven items.", source="spitzer2006"),
    missing=_TWO_BLANK,
    bands=bands(
        (0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe"), source="spitzer2006"
    ),
    cutoffs=(from_score(10, "screen_positive", source="spitzer2006"),),
    thresholds=(
        threshold(
            "response", Measure.FALL_PERCENT, "50", source="spitzer2006", provenance=RECALLED
        ),
        threshold("remission", Measure.BELOW, "5", source="spitzer2006", provenance=RECALLED),
        threshold("mcid", Measure.FALL_POINTS, "4", source="toussaint2020"),
    ),
    loinc_panel="69737-5",
    loinc_score="70274-6",
    has_text=True,
)

_QIDS_DOMAINS: Final = (
    Part("sleep", ("1", "2", "3", "4"), Method.GREATEST),
    Part("sad_mood", ("5",)),
    Part("appetite", ("6", "7"), Method.GREATEST, least_answered=1),
    Part("weight", ("8", "9"), Method.GREATEST, least_answered=1),
    Part("appetite_weight", ("appetite", "weight"), Method.GREATEST),
    Part("concentration", ("10",)),
    Part("self_view", ("11",)),
    Part("suicide", ("12",)),
    Part("interest", ("13",)),
    Part("energy", ("14",)),
    Part("psychomotor", ("15", "16"), Method.GREATEST),
)

QIDS: Final = Instrument(
    id="qids-sr16",
    title="QIDS-SR16",
    rights=Rights.PERMISSION,
    rights_note="Called free on secondary pages; the terms themselves were not read.",
    recall="the last 7 days",
    items=items(numbered(16), numbers(low=0, high=3)),
    parts=(
        *_QIDS_DOMAINS,
        Part(
            "total",
            tuple(part.name for part in _QIDS_DOMAINS if part.name not in {"appetite", "weight"}),
        ),
    ),
    headline="total",
    low=0,
    high=27,
    scoring=rule(
        "Sum of nine domains: the greatest of items 1 to 4, item 5, the greatest of 6 to 9, items "
        "10 to 14 each, the greatest of 15 and 16.",
        source="rush2003",
    ),
    missing=rule(
        "One of items 6 and 7 and one of 8 and 9 is enough; all others must be answered.",
        source="rush2003",
        provenance=RECALLED,
    ),
    bands=bands(
        (0, "none"),
        (6, "mild"),
        (11, "moderate"),
        (16, "severe"),
        (21, "very severe"),
        source="rush2003",
    ),
    thresholds=(
        threshold("response", Measure.FALL_PERCENT, "50", source="rush2003"),
        threshold("remission", Measure.AT_MOST, "5", source="rush2003"),
    ),
    safety_item="12",
    also=("qids", "qids-sr"),
)

MADRS: Final = Instrument(
    id="madrs",
    title="MADRS",
    rights=Rights.PERMISSION,
    rights_note="Owned by its authors and the Royal College of Psychiatrists; recalled.",
    recall="the last 7 days",
    items=items(numbered(10), numbers(low=0, high=6)),
    parts=(Part("total", numbered(10)),),
    headline="total",
    low=0,
    high=60,
    scoring=rule("Sum of the ten items, rated by a clinician.", source="montgomery1979"),
    missing=rule(_ALL, source="montgomery1979", provenance=RECALLED),
    cutoffs=(from_score(22, "relapse_range", source="trial_usage"),),
    thresholds=(
        threshold("response", Measure.FALL_PERCENT, "50", source="trial_usage"),
        threshold("remission", Measure.AT_MOST, "10", source="trial_usage"),
    ),
    safety_item="10",
)

ISI: Final = Instrument(
    id="isi",
    title="Insomnia Severity Index",
    rights=Rights.REGISTRATION,
    rights_note="Owned by its author, licensed through Mapi.",
    recall="the last 2 weeks",
    items=items(numbered(7), numbers(low=0, high=4)),
    parts=(Part("total", numbered(7)),),
    headline="total",
    low=0,
    high=28,
    scoring=rule("Sum of the seven items.", source="morin2011"),
    missing=rule(_ALL, source="morin2011", provenance=RECALLED),
    bands=bands(
        (0, "none"), (8, "subthreshold"), (15, "moderate"), (22, "severe"), source="morin2011"
    ),
    thresholds=(
        threshold("remission", Measure.BELOW, "8", source="morin2011"),
        threshold("moderate_improvement", Measure.FALL_POINTS, "8.4", source="morin2011"),
        threshold("mcid", Measure.FALL_POINTS, "6", source="morin2011", provenance=RECALLED),
    ),
)

MOOD: Final = (PHQ9, GAD7, QIDS, MADRS, ISI)
