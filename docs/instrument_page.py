"""The page of the instruments, made from their definitions."""

from collections.abc import Iterator

from report.markdown import NOTICE, table

from ebbtide.science.instruments import INSTRUMENTS, Instrument, Provenance
from ebbtide.science.instruments.definition import Cutoff, Measure, Threshold

_TAGS = {Provenance.FOUND: "F", Provenance.RECALLED: "R", Provenance.OWN: "own"}
_INTRO = """# Instruments

`ebbtide score` and `ebbtide.science.instruments.score` score these. A score is for a clinician to
weigh; it diagnoses nothing and starts nothing. **Every cut-off and threshold is for the clinic's
medical director to confirm.**

Each rule names its source and whether it was read there (F), recalled and to be read again (R), or
made here (own). **A blank is an item that was not answered, never a 0 and never a no.** Scores and
changes are compared as exact fractions: 7.0 to 4.9 is 30%, as is 20/3 to 14/3.

Words are in the package, as FHIR R4 Questionnaires, only where they are free for all or our own;
the table says where. The other instruments are scored, and the clinic loads the words that it has
the rights to:

```python
from ebbtide.science.instruments import load_text, questionnaire

worded = load_text("peg", {"1": "…", "2": "…", "3": "…"}, labels={"0": "…", "10": "…"})
form = questionnaire(worded)  # a FHIR R4 Questionnaire
```

`score_response` scores a FHIR R4 QuestionnaireResponse. It knows an item by our number or by its
LOINC code, and asks for the Questionnaire where the code of an answer could mean several numbers.

"""


def instruments() -> str:
    """The page."""
    return "".join([NOTICE, _INTRO, _overview(), *map(_section, INSTRUMENTS.values())])


def _overview() -> str:
    rows = [
        [
            f"`{one.id}`",
            one.title,
            str(len(one.items)),
            _span(one),
            one.rights.value,
            "yes" if one.has_text else "no",
        ]
        for one in INSTRUMENTS.values()
    ]
    return table(["name", "instrument", "items", "score", "rights", "words shipped"], rows)


def _span(one: Instrument) -> str:
    if one.low is None or one.high is None:
        return "never summed"
    return f"{one.low} to {one.high}".replace("-", "−")


def _section(one: Instrument) -> str:
    return f"\n## {one.title}\n\n{table(['', 'rule', 'source'], list(_rows(one)))}"


def _rows(one: Instrument) -> Iterator[list[str]]:
    yield ["asks about", one.recall, ""]
    yield ["score", one.scoring.words, _cited(one.scoring.source, one.scoring.provenance)]
    yield ["blanks", one.missing.words, _cited(one.missing.source, one.missing.provenance)]
    if one.bands:
        words = ", ".join(f"{name} from {least}" for least, name in one.bands.steps)
        yield ["bands", words.replace("-", "−"), _cited(one.bands.source, one.bands.provenance)]
    for cutoff in one.cutoffs:
        yield [f"`{cutoff.flag}`", _limit(cutoff), _cited(cutoff.source, cutoff.provenance)]
    for each in one.thresholds:
        yield [_plain(each.name), _amount(each), _cited(each.source, each.provenance)]
    if one.safety_item:
        yield ["`safety`", f"item {one.safety_item} above 0, whatever the score", ""]
    if one.loinc_panel or one.loinc_score:
        yield ["LOINC", f"{one.loinc_panel or 'none'}, score {one.loinc_score or 'none'}", ""]
    yield ["rights", f"{one.rights.value}. {one.rights_note}", ""]


def _cited(key: str, provenance: Provenance) -> str:
    link = f"[{key}](references.md#ref-{key.replace('_', '-')})"
    return f"{link}, {_TAGS[provenance]}"


def _limit(cutoff: Cutoff) -> str:
    part = f"{_plain(cutoff.part)} " if cutoff.part else ""
    if cutoff.at_most is not None:
        return f"{part}{cutoff.at_most} or less"
    return f"{part}{cutoff.at_least} or more"


def _amount(each: Threshold) -> str:
    return {
        Measure.FALL_PERCENT: f"{each.amount}% less than before",
        Measure.FALL_POINTS: f"{each.amount} points less than before",
        Measure.BELOW: f"below {each.amount}",
        Measure.AT_MOST: f"{each.amount} or less",
    }[each.measure]


def _plain(name: str) -> str:
    return name.replace("_", " ")


PAGES = {"reference/instruments.md": instruments}
