"""Suicide screens. None of them is ever summed, and none calls a blank a no."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.instruments.building import (
    NO,
    OWN,
    RECALLED,
    YES,
    items,
    numbered,
    numbers,
    rule,
)
from ebbtide.science.instruments.definition import Instrument, Item, Option, Rights
from ebbtide.science.instruments.result import Answer, Answers, Score

_REFUSED: Final = Option(Decimal(1), "refused", ("r", "refuse"))
_ASQ_ANSWERS: Final = (YES, NO, _REFUSED)


def _is_yes(answer: Answer | None) -> bool:
    return answer is not None and answer.code == "yes"


def _is_blank(answers: Answers, ids: Iterable[str]) -> list[str]:
    return [link_id for link_id in ids if answers[link_id] is None]


def _finding(reason: str, message: str, field: str, source: str) -> Finding:
    return Finding(f"score.{reason}", Severity.OVERRIDE, message, field=field, source=source)


def asq_result(answers: Answers, scored: Score) -> Score:
    """Negative, positive, and after item 5 acute or not acute.

    A yes or a refusal in items 1 to 4 is positive. Item 5 answered yes is acute whatever
    came before. A blank among 1 to 4 leaves no result unless another item is positive.

    Source: horowitz2012 (yes, acuity), nimh_asq (refusal; recalled)
    """
    now = answers["5"]
    first = {link_id: answers[link_id] for link_id in numbered(4)}
    positive = any(answer is not None and answer.value == 1 for answer in first.values())
    if _is_yes(now):
        message = "ASQ: acute positive. Do not leave the patient alone; a clinician assesses now."
        return _with(
            scored, "acute positive", "safety", _finding("acute", message, "5", "nimh_asq")
        )
    left = _is_blank(answers, first)
    if not positive and left:
        message = f"ASQ: no result, item {', '.join(left)} not answered. Ask it."
        finding = _finding("safety_unknown", message, left[0], "nimh_asq")
        return _with(scored, None, "safety_unknown", finding)
    if not positive:
        return replace(scored, band="negative")
    if now is not None and now.code == "no":
        message = "ASQ: positive, not acute. A brief suicide safety assessment is due today."
        finding = _finding("positive", message, "", "nimh_asq")
        return _with(scored, "non-acute positive", "safety", finding)
    message = "ASQ: positive and item 5, thoughts right now, has no answer. Ask it before going on."
    return _with(scored, "positive", "safety", _finding("acuity_unknown", message, "5", "nimh_asq"))


def _with(scored: Score, band: str | None, flag: str, finding: Finding) -> Score:
    return replace(scored, band=band, flags=(flag,), findings=(finding,))


ASQ: Final = Instrument(
    id="asq",
    title="Ask Suicide-Screening Questions",
    rights=Rights.PUBLIC_DOMAIN,
    rights_note="The institute calls it a free resource; that it is in the public domain was read "
    "second hand and is to be confirmed there.",
    recall="now, the past weeks or ever, as each question says",
    items=(
        *items(numbered(4), _ASQ_ANSWERS),
        Item(link_id="5", options=_ASQ_ANSWERS, is_optional=True),
    ),
    scoring=rule(
        "A yes or a refusal in items 1 to 4 is positive; then item 5 tells acute from not acute.",
        source="horowitz2012",
    ),
    missing=rule(
        "A refusal counts as positive; a blank leaves no result unless another item is positive.",
        source="nimh_asq",
        provenance=RECALLED,
    ),
    judge=asq_result,
    ladder=("negative", "non-acute positive", "positive", "acute positive"),
    has_text=True,
)

_DISPOSITIONS: Final = (
    Option(Decimal(0), "no-intervention"),
    Option(Decimal(1), "non-urgent-followup"),
    Option(Decimal(2), "further-evaluation-necessary"),
    Option(Decimal(3), "emergency-psychiatric-evaluation"),
)
_BSSA_NOW: Final = ("current-ideation", "has-plan", "needs-help-to-be-safe")


def bssa_result(answers: Answers, scored: Score) -> Score:
    """The disposition the clinician chose, and a flag for thoughts or a plan right now.

    Source: nimh_asq (brief suicide safety assessment)
    """
    chosen = answers["disposition"]
    band = None if chosen is None else chosen.code
    present = [link_id for link_id in _BSSA_NOW if _is_yes(answers[link_id])]
    left = _is_blank(answers, (*_BSSA_NOW, "disposition"))
    flags, findings = [], []
    if present or band == "emergency-psychiatric-evaluation":
        flags.append("safety")
        message = "BSSA: current thoughts, a plan or a need for help. A clinician acts now."
        findings.append(_finding("acute", message, (present or ["disposition"])[0], "nimh_asq"))
    if left:
        flags.append("safety_unknown")
        message = f"BSSA: {', '.join(left)} not answered. Ask it."
        findings.append(_finding("safety_unknown", message, left[0], "nimh_asq"))
    return replace(scored, band=band, flags=tuple(flags), findings=tuple(findings))


BSSA: Final = Instrument(
    id="bssa",
    title="Brief Suicide Safety Assessment",
    rights=Rights.PUBLIC_DOMAIN,
    rights_note=ASQ.rights_note,
    recall="now, the past weeks or ever, as each question says",
    items=(
        *items(
            ("past-weeks-ideation", "current-ideation", "has-plan"),
            (YES, NO),
        ),
        Item(link_id="intent-scale", options=numbers(low=0, high=10)),
        *items(("ever-self-harm", "ever-attempt", "needs-help-to-be-safe"), (YES, NO)),
        Item(link_id="disposition", options=_DISPOSITIONS, is_coded=True, loinc="93374-7"),
    ),
    scoring=rule("No score: the clinician chooses the disposition.", source="nimh_asq"),
    missing=rule("A blank is asked for, never taken for a no.", source="ebbtide", provenance=OWN),
    judge=bssa_result,
    ladder=tuple(option.code for option in _DISPOSITIONS),
    has_text=True,
)

_CSSRS_LOINC: Final = (
    "93246-7", "93247-5", "93248-3", "93249-1", "93250-9", "93267-3", "93269-9",
)  # fmt: skip
_LEVELS: Final = (
    ("high", {"4", "5", "6-recent"}),
    ("moderate", {"3", "6"}),
    ("low", {"1", "2"}),
)


def cssrs_risk(answers: Answers, scored: Score) -> Score:
    """The level of risk of the C-SSRS screener. Its answers are never summed.

    High for items 4 and 5 and for behaviour within 3 months; moderate for item 3 and
    behaviour longer ago; low for items 1 and 2. Behaviour whose time is not known counts
    as recent. Items 3 to 5 are not asked after a no to item 2.

    Source: columbia_triage, posner2011
    """
    yes = {link_id for link_id, answer in answers.items() if _is_yes(answer)}
    if "6" in yes and answers["6-recent"] is None:
        yes.add("6-recent")
    level = next((level for level, ids in _LEVELS if yes & ids), "none")
    left = _is_blank(answers, _asked(answers))
    flags, findings = [], []
    if level != "none":
        flags.append("safety")
        message = f"C-SSRS: {level} risk. A clinician assesses before anything else goes on."
        findings.append(_finding("safety", message, "", "columbia_triage"))
    if left:
        flags.append("safety_unknown")
        known = "no risk is ruled out" if level == "none" else f"the risk is at least {level}"
        message = f"C-SSRS: item {', '.join(left)} not answered. Ask it; {known}."
        findings.append(_finding("safety_unknown", message, left[0], "columbia_triage"))
    band = level if level == "high" or not left else None
    return replace(scored, band=band, flags=tuple(flags), findings=tuple(findings))


def _asked(answers: Answers) -> list[str]:
    second, behaviour = answers["2"], answers["6"]
    skipped = second is not None and second.code == "no"
    asked = ["1", "2", "6"] if skipped else list(numbered(6))
    return [*asked, "6-recent"] if _is_yes(behaviour) else asked


CSSRS: Final = Instrument(
    id="c-ssrs",
    title="C-SSRS screener",
    version="recent",
    rights=Rights.REGISTRATION,
    rights_note="Owned by RFMH; providers may put it in a record free, its wording fixed.",
    recall="the past month; item 6 ever and within 3 months",
    items=(
        *(
            Item(link_id=link_id, options=(YES, NO), loinc=code)
            for link_id, code in zip(numbered(6), _CSSRS_LOINC[:6], strict=True)
        ),
        Item(link_id="6-recent", options=(YES, NO), loinc=_CSSRS_LOINC[6], is_optional=True),
    ),
    scoring=rule(
        "Never summed. Items 4, 5 and behaviour within 3 months are high, item 3 and behaviour "
        "longer ago moderate, items 1 and 2 low.",
        source="columbia_triage",
    ),
    missing=rule(
        "Items 3 to 5 are skipped after a no to item 2. Any other blank is asked for, never taken "
        "for a no; behaviour of unknown time counts as recent.",
        source="ebbtide",
        provenance=OWN,
    ),
    judge=cssrs_risk,
    ladder=("none", "low", "moderate", "high"),
    loinc_panel="93373-9",
    loinc_score="93374-7",
    also=("cssrs", "columbia"),
)

SUICIDE: Final = (ASQ, BSSA, CSSRS)
