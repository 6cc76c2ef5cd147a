"""From answers to a score, its band, its flags and what to do about them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.instruments.answers import Given, read
from ebbtide.science.instruments.definition import Instrument, Method, Part
from ebbtide.science.instruments.result import Answers, Score


def score_answers(
    instrument: Instrument, given: Sequence[Given] | Mapping[str, Given] | Mapping[int, Given]
) -> Score:
    """Score the answers to an instrument.

    Args:
        instrument: The instrument, with or without its text.
        given: Answers in item order or by item number; None or empty text is a blank.

    Raises:
        ValueError: An answer is missing, repeated or not allowed.
    """
    answers = read(instrument, given)
    values = _values(instrument, answers)
    exact = values.get(instrument.headline)
    scored = Score(
        instrument=instrument.id,
        exact=exact,
        band=band_of(instrument, exact),
        flags=(
            *_cutoffs(instrument, values, exact),
            *_safety(instrument, answers),
            *_filled(instrument, answers, exact),
        ),
        subscales=MappingProxyType({part.name: values[part.name] for part in instrument.parts}),
    )
    judged = instrument.judge(answers, scored) if instrument.judge else scored
    return replace(judged, findings=(*_findings(instrument, answers, judged), *judged.findings))


def whole(value: Fraction) -> Fraction:
    """The nearest whole number, a half upwards, as a prorated sum is reported."""
    return Fraction(math.floor(value + Fraction(1, 2)))


def band_of(instrument: Instrument, exact: Fraction | None) -> str | None:
    """The band a score lies in, None without a score or bands."""
    if exact is None or instrument.bands is None:
        return None
    return [name for least, name in instrument.bands.steps if exact >= least][-1]


def _values(instrument: Instrument, answers: Answers) -> dict[str, Fraction | None]:
    values: dict[str, Fraction | None] = {
        link_id: None if answer is None else Fraction(answer.value)
        for link_id, answer in answers.items()
    }
    for part in instrument.parts:
        values[part.name] = _part(part, [values[name] for name in part.of])
    return values


def _part(part: Part, values: Sequence[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    least = len(values) if part.least_answered is None else part.least_answered
    if len(known) < least:
        return None
    if part.method is Method.GREATEST:
        return max(known)
    mean = sum(known, Fraction(0)) / len(known)
    if part.method is Method.MEAN:
        return mean
    return mean * len(values) if len(known) == len(values) else whole(mean * len(values))


def _cutoffs(
    instrument: Instrument, values: Mapping[str, Fraction | None], exact: Fraction | None
) -> Iterator[str]:
    for cutoff in instrument.cutoffs:
        value = values[cutoff.part] if cutoff.part else exact
        if value is None:
            continue
        above = cutoff.at_least is not None and value >= cutoff.at_least
        below = cutoff.at_most is not None and value <= cutoff.at_most
        if above or below:
            yield cutoff.flag


def _safety(instrument: Instrument, answers: Answers) -> Iterator[str]:
    if instrument.safety_item:
        answer = answers[instrument.safety_item]
        if answer is None:
            yield "safety_unknown"
        elif answer.value > 0:
            yield "safety"


def blanks(instrument: Instrument, answers: Answers, name: str) -> list[str]:
    """The items that a part or item is made of and that were left blank."""
    if name in answers:
        return [name] if answers[name] is None else []
    part = next(part for part in instrument.parts if part.name == name)
    return [blank for inner in part.of for blank in blanks(instrument, answers, inner)]


def _filled(instrument: Instrument, answers: Answers, exact: Fraction | None) -> Iterator[str]:
    if not instrument.headline or not blanks(instrument, answers, instrument.headline):
        return
    if exact is None:
        yield "incomplete"
        return
    part = next(part for part in instrument.parts if part.name == instrument.headline)
    if part.method is Method.MEAN:
        yield "partial"
    elif part.least_answered is not None:
        yield "prorated"


def _findings(instrument: Instrument, answers: Answers, judged: Score) -> Iterator[Finding]:
    yield from _about_blanks(instrument, answers, judged)
    item, source = instrument.safety_item, instrument.scoring.source
    if not item:
        return
    if "safety" in judged.flags:
        message = f"{instrument.title}: item {item} was answered above 0. Ask about suicide now."
        yield _finding("safety", Severity.OVERRIDE, message, item, source)
    if "safety_unknown" in judged.flags:
        message = f"{instrument.title}: item {item} on suicide was not answered. Ask it."
        yield _finding("safety_unknown", Severity.OVERRIDE, message, item, source)


def _about_blanks(instrument: Instrument, answers: Answers, judged: Score) -> Iterator[Finding]:
    if not {"incomplete", "prorated", "partial"} & set(judged.flags) or not instrument.headline:
        return
    left = ", ".join(blanks(instrument, answers, instrument.headline))
    if not left:  # what the score lacks is no item of it; the instrument's own judge says what
        return
    message = f"{instrument.title}: item {left} not answered"
    if judged.exact is None:
        said, reason = f"{message}, no score. {instrument.missing.words}", "incomplete"
    else:
        said, reason = f"{message}, the score is made from the others.", "prorated"
    yield _finding(reason, Severity.NOTICE, said, left, instrument.missing.source)


def _finding(
    reason: str, severity: Severity, message: str, field_name: str, source: str
) -> Finding:
    return Finding(f"score.{reason}", severity, message, field=field_name, source=source)
