"""Answers as FHIR R4 QuestionnaireResponses, read strictly and written plainly."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.instruments.answers import Given, number, read
from ebbtide.science.instruments.catalogue import instrument_named
from ebbtide.science.instruments.definition import Instrument, Item
from ebbtide.science.instruments.result import Answer, Score
from ebbtide.science.instruments.scoring import score_answers
from ebbtide.science.instruments.wording import (
    LOINC,
    ORDINAL,
    OWN_CODES,
    Json,
    canonical,
    plain_number,
    questionnaire,
)

# Yes and no as SNOMED CT, LOINC and HL7 version 2 write them.
_YES_NO: Final = {
    "373066001": "yes",
    "373067005": "no",
    "LA33-6": "yes",
    "LA32-8": "no",
    "Y": "yes",
    "N": "no",
}
_SCORED: Final = frozenset({"completed", "amended", "in-progress", "stopped"})
_VALUES: Final = ("valueCoding", "valueInteger", "valueDecimal", "valueBoolean", "valueString")


@dataclass(frozen=True, slots=True)
class _Node:
    """One item of a response with its answers."""

    link_id: str
    answers: Sequence[Mapping[str, Any]]


def score_response(
    instrument_id: str,
    response: Mapping[str, Any],
    *,
    definition: Mapping[str, Any] | None = None,
) -> Score:
    """Score a QuestionnaireResponse.

    Items are known by our numbers, with or without a `q` before them, by their LOINC code
    as `linkId`, or by the LOINC codes of the Questionnaire given. An item that is not in
    the response is a blank. What is not scored is named in a finding; a total that came
    with the answers is compared.

    Args:
        instrument_id: Its name, for example `phq-9`.
        response: The resource as read from JSON.
        definition: The Questionnaire it answers, where it is not the project's own.

    Raises:
        ValueError: It is not a response to be scored, answers no item of the instrument,
            or an answer is repeated or not allowed.
    """
    instrument = instrument_named(instrument_id)
    _check_kind(response)
    given, others = _sorted_out(instrument, response, definition or {})
    refused = any(_refuses_all(node) for node in others)
    if not given and not refused:
        raise ValueError(f"the response answers no item of {instrument.id}")
    unanswered: dict[str, Given] = {
        item.link_id: "refused" if refused and _may_be_refused(item) else None
        for item in instrument.items
    }
    scored = score_answers(instrument, unanswered | given)
    return replace(scored, findings=(*scored.findings, *_rest(instrument, scored, others)))


def _check_kind(response: Mapping[str, Any]) -> None:
    kind, status = response.get("resourceType"), response.get("status")
    if kind != "QuestionnaireResponse":
        raise ValueError(f"resourceType is {kind}, not QuestionnaireResponse")
    if status not in _SCORED:
        raise ValueError(f"status {status} is not scored; allowed are {', '.join(sorted(_SCORED))}")


def _sorted_out(
    instrument: Instrument, response: Mapping[str, Any], definition: Mapping[str, Any]
) -> tuple[dict[str, Given], list[_Node]]:
    """The answers to the instrument's items, and what else came."""
    names = _names(instrument, definition)
    meanings = _meanings(definition) | _meanings(questionnaire(instrument))
    given: dict[str, Given] = {}
    others: list[_Node] = []
    for node in _nodes(response):
        item = names.get(node.link_id)
        if item is None:
            others.append(node)
            continue
        if item.link_id in given or len(node.answers) > 1:
            raise ValueError(f"{instrument.id} item {item.link_id} is repeated: {node.link_id}")
        given[item.link_id] = _value(item, node, meanings)
    return given, others


def _refuses_all(node: _Node) -> bool:
    """A form may hold one refusal for the whole screen instead of one for each question."""
    if node.link_id != "patient-refused":
        return False
    answer = node.answers[0]
    code = _YES_NO.get(str(answer.get("valueCoding", {}).get("code")))
    return code == "yes" or answer.get("valueBoolean") is True


def _may_be_refused(item: Item) -> bool:
    return any(option.code == "refused" for option in item.options)


def response(
    instrument_id: str, answers: Sequence[Given] | Mapping[str, Given] | Mapping[int, Given]
) -> Json:
    """A QuestionnaireResponse that holds these answers; blanks are left out.

    Raises:
        ValueError: An answer is missing, repeated or not allowed.
    """
    instrument = instrument_named(instrument_id)
    defined = {node["linkId"]: node for node in _defined(questionnaire(instrument))}
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{canonical(instrument)}|{instrument.version}",
        "status": "completed",
        "item": [
            {"linkId": link_id, "answer": [_written(instrument.item(link_id), answer, defined)]}
            for link_id, answer in read(instrument, answers).items()
            if answer is not None
        ],
    }


def _written(item: Item, answer: Answer, defined: Mapping[str, Mapping[str, Any]]) -> Json:
    """An answer with the coding that the Questionnaire offers for it."""
    if not item.options:
        return {"valueDecimal": plain_number(answer.value)}
    place = [option.code for option in item.options].index(answer.code)
    offered = defined[item.link_id]["answerOption"][place]
    extension = {"extension": offered["extension"]} if "extension" in offered else {}
    return {"valueCoding": offered["valueCoding"] | extension}


def _list(parent: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """The elements of this name, none when there are none."""
    found = parent.get(name, [])
    if not isinstance(found, list) or not all(isinstance(child, Mapping) for child in found):
        raise ValueError(
            f"{name} of {parent.get('linkId', 'the resource')} is not a list of objects"
        )
    return found


def _nodes(parent: Mapping[str, Any]) -> Iterator[_Node]:
    """Every answered item, however deep."""
    for child in _list(parent, "item"):
        answers = _list(child, "answer")
        if answers:
            yield _Node(str(child.get("linkId")), answers)
        for answer in answers:
            yield from _nodes(answer)
        yield from _nodes(child)


def _names(instrument: Instrument, definition: Mapping[str, Any]) -> dict[str, Item]:
    names: dict[str, Item] = {}
    for item in instrument.items:
        names |= {item.link_id: item, f"q{item.link_id}": item}
        if item.loinc:
            names |= {item.loinc: item, f"/{item.loinc}": item}
    for node in _defined(definition):
        for code in _list(node, "code"):
            if code.get("system") == LOINC and code.get("code") in names:
                names[node["linkId"]] = names[code["code"]]
    return names


def _defined(parent: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for child in _list(parent, "item"):
        yield child
        yield from _defined(child)


def _meanings(definition: Mapping[str, Any]) -> dict[tuple[str, str], Given]:
    """What each answer code counts, by the `linkId` and code of a Questionnaire."""
    return {
        (node["linkId"], option["valueCoding"]["code"]): _ordinal(option)
        for node in _defined(definition)
        for option in _list(node, "answerOption")
        if "valueCoding" in option and _ordinal(option) is not None
    }


def _ordinal(element: Mapping[str, Any]) -> Given:
    for extension in _list(element, "extension"):
        if extension.get("url") == ORDINAL:
            return number(extension.get("valueDecimal"))
    return None


def _value(item: Item, node: _Node, meanings: Mapping[tuple[str, str], Given]) -> Given:
    answer = node.answers[0]
    kind = next((kind for kind in _VALUES if kind in answer), None)
    if kind is None:
        raise ValueError(f"item {item.link_id} has no value of {', '.join(_VALUES)}")
    value = answer[kind]
    if kind != "valueCoding":
        return value  # type: ignore[no-any-return]  # what is not allowed is refused when read
    code = str(value.get("code", ""))
    for meaning in (
        _YES_NO.get(code),
        _ordinal(value),
        meanings.get((node.link_id, code)),
        meanings.get((item.link_id, code)),
    ):
        if meaning is not None:
            return meaning
    if value.get("system", OWN_CODES) != OWN_CODES and number(code) is not None:
        raise ValueError(
            f"item {item.link_id}: what code {code} of {value['system']} counts is not known; "
            "give the Questionnaire it answers"
        )
    return code


def _rest(instrument: Instrument, scored: Score, others: Sequence[_Node]) -> Iterator[Finding]:
    total = instrument.loinc_score
    for node in others:
        if total and node.link_id.removeprefix("/") == total:
            sent = number(node.answers[0].get("valueDecimal", node.answers[0].get("valueInteger")))
            if sent != scored.score:
                came = f"{sent} came as the total, the answers give {scored.score}"
                message = f"{instrument.title}: {came}."
                yield Finding(
                    "score.total_differs", Severity.OVERRIDE, message, node.link_id, "ebbtide"
                )
    left = ", ".join(node.link_id for node in others)
    if left:
        message = f"{instrument.title}: {left} came with the answers and is no part of the score."
        yield Finding("score.not_scored", Severity.NOTICE, message, left, "ebbtide")
