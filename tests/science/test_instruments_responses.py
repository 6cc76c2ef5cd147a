"""Answers that come as FHIR are scored as if typed, and what is unclear is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebbtide.science.findings import Severity
from ebbtide.science.instruments import INSTRUMENTS, questionnaire, response, score, score_response

ANSWERS = [2, 3, 2, 2, 2, 1, 1, 0, 1]


def holding(items, **more):
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": items} | more


def answered(link_id, **value):
    return {"linkId": link_id, "answer": [value]}


def coded(code, **more):
    return {"valueCoding": {"code": code} | more}


def phq(**more):
    return holding(
        [answered(f"q{number}", valueInteger=value) for number, value in enumerate(ANSWERS, 1)],
        **more,
    )


@pytest.mark.parametrize("name", INSTRUMENTS)
@settings(max_examples=8)
@given(data=st.data())
def test_answers_written_as_a_response_score_the_same(name, data):
    answers = {}
    for item in INSTRUMENTS[name].items:
        allowed = [option.code for option in item.options] or [item.low, item.high]
        answers[item.link_id] = data.draw(st.none() | st.sampled_from(allowed))
    if set(answers.values()) == {None}:
        answers |= {INSTRUMENTS[name].items[0].link_id: allowed_first(name)}
    written = json.loads(json.dumps(response(name, answers)))
    assert score_response(name, written) == score(name, answers)


def allowed_first(name):
    item = INSTRUMENTS[name].items[0]
    return item.options[0].code if item.options else item.low


@pytest.mark.parametrize("name", [n for n, i in INSTRUMENTS.items() if i.has_text])
def test_a_response_holds_only_answers_that_its_form_offers(name):
    form = {item["linkId"]: item for item in every_item(questionnaire(INSTRUMENTS[name]))}
    for item in INSTRUMENTS[name].items:
        for option in item.options:
            blank = dict.fromkeys((other.link_id for other in INSTRUMENTS[name].items), None)
            written = response(name, blank | {item.link_id: option.code})["item"][0]
            coding = {**written["answer"][0]["valueCoding"]}
            coding.pop("extension", None)
            offered = [each["valueCoding"] for each in form[item.link_id]["answerOption"]]
            assert coding in offered


def every_item(parent):
    for item in parent.get("item", []):
        yield item
        yield from every_item(item)


def test_a_response_names_its_form_and_leaves_blanks_out():
    written = response("phq-9", [1, None, 0, 0, 0, 0, 0, 0, 0])
    assert written["questionnaire"] == "urn:ebbtide:questionnaire:phq-9|1"
    assert [item["linkId"] for item in written["item"]] == ["1", *"3456789"]


def test_measured_values_are_written_as_they_were_taken():
    written = response("news2", "16,98,air,120,72,A,36.8")["item"]
    assert written[6]["answer"] == [{"valueDecimal": 36.8}]
    assert json.dumps(written[0]["answer"]) == '[{"valueDecimal": 16}]'


@pytest.mark.parametrize(
    "spelt",
    [
        lambda item, value: answered(item.link_id, valueInteger=value),
        lambda item, value: answered(f"q{item.link_id}", valueDecimal=float(value)),
        lambda item, value: answered(f"/{item.loinc}", valueInteger=value),
        lambda item, value: answered(item.loinc, valueString=str(value)),
        lambda item, value: answered(item.link_id, **coded(str(value))),
        lambda item, value: answered(
            item.link_id,
            **coded(
                ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")[value], system="http://loinc.org"
            ),
        ),
        lambda item, value: answered(
            item.link_id,
            **coded(
                "anything",
                system="urn:other",
                extension=[
                    {"url": "urn:else"},
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                        "valueDecimal": value,
                    },
                ],
            ),
        ),
    ],
)
def test_items_and_answers_are_known_however_they_are_spelt(spelt):
    items = INSTRUMENTS["phq-9"].items
    given = [spelt(item, value) for item, value in zip(items, ANSWERS, strict=True)]
    assert score_response("phq-9", holding(given)) == score("phq-9", ANSWERS)
    nested = holding([{"linkId": "g", "item": given[:4]}, {"linkId": "h", "item": given[4:]}])
    assert score_response("phq-9", nested) == score("phq-9", ANSWERS)


def test_items_beneath_an_answer_are_found():
    below = {
        "linkId": "1",
        "answer": [{"valueInteger": 1, "item": [answered("2", valueInteger=3)]}],
    }
    got = score_response("peg", holding([below, answered("3", valueInteger=2)]))
    assert got.exact == 2


@pytest.mark.parametrize(
    "code", [{"code": "373066001"}, {"code": "LA33-6"}, {"code": "Y"}, {"code": "yes"}]
)
def test_yes_is_known_in_the_usual_vocabularies(code):
    items = [answered("q1", valueCoding=code | {"system": "urn:some"})]
    items += [answered(f"q{number}", valueBoolean=False) for number in (2, 3, 4, 5)]
    assert score_response("asq", holding(items)).band == "non-acute positive"


def test_one_refusal_of_the_whole_screen_refuses_each_question():
    refused = [answered("patient-refused", **coded("373066001"))]
    assert score_response("asq", holding(refused)).band == "positive"
    assert score_response(
        "asq", holding([answered("patient-refused", valueBoolean=True)])
    ).band == ("positive")
    partly = [*refused, answered("q5", valueBoolean=True)]
    assert score_response("asq", holding(partly)).band == "acute positive"


def test_no_refusal_leaves_blanks_blank():
    items = [answered("patient-refused", **coded("373067005")), answered("q1", valueBoolean=False)]
    assert score_response("asq", holding(items)).flags == ("safety_unknown",)


def test_a_refusal_of_something_else_answers_nothing():
    items = [answered("patient-refused", valueBoolean=True), answered("1", valueInteger=3)]
    got = score_response("peg", holding(items))
    assert got.exact is None
    assert got.subscales == {"mean": None}


def test_what_is_not_scored_is_named():
    got = score_response(
        "phq-9", phq(item=[*phq()["item"], answered("difficulty", **coded("LA6573-5"))])
    )
    assert got.exact == 14
    assert [f.code for f in got.findings] == ["score.safety", "score.not_scored"]
    assert got.findings[1].message == (
        "PHQ-9: difficulty came with the answers and is no part of the score."
    )


@pytest.mark.parametrize(
    ("total", "codes"),
    [
        ({"valueInteger": 14}, ["score.not_scored"]),
        ({"valueDecimal": 14.0}, ["score.not_scored"]),
        ({"valueDecimal": 13}, ["score.total_differs", "score.not_scored"]),
        ({"valueString": "high"}, ["score.total_differs", "score.not_scored"]),
    ],
)
def test_a_total_that_came_along_is_compared(total, codes):
    got = score_response("phq-9", phq(item=[*phq()["item"], answered("/44261-6", **total)]))
    assert got.exact == 14
    assert [f.code for f in got.findings][1:] == codes
    if len(codes) == 2:
        assert got.findings[1].severity is Severity.OVERRIDE


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"resourceType": "Questionnaire"}, "resourceType is Questionnaire, not"),
        ({}, "resourceType is None"),
        (
            phq(status="entered-in-error"),
            "status entered-in-error is not scored; allowed are amended",
        ),
        (holding([]), "the response answers no item of phq-9"),
        (holding([{"linkId": "1", "answer": []}]), "answers no item"),
        (holding([answered("other", valueInteger=1)]), "answers no item"),
        (holding([answered("1", valueInteger=1)] * 2), "phq-9 item 1 is repeated: 1"),
        (
            holding([{"linkId": "q1", "answer": [{"valueInteger": 1}, {"valueInteger": 2}]}]),
            "phq-9 item 1 is repeated: q1",
        ),
        (holding([answered("1", valueInteger=4)]), "phq-9 item 1: 4 is not allowed; it takes 0, 1"),
        (
            holding([answered("1", valueDate="2026-01-01")]),
            "item 1 has no value of valueCoding, val",
        ),
        (
            holding([answered("1", **coded("2", system="urn:x"))]),
            "what code 2 of urn:x counts is not",
        ),
        (holding([answered("1", **coded("at2", system="urn:x"))]), "item 1: at2 is not allowed"),
        (holding({"linkId": "1"}), "item of the resource is not a list of objects"),
        (holding([{"linkId": "1", "answer": ["x"]}]), "answer of 1 is not a list of objects"),
        (holding(["x"]), "item of the resource is not a list of objects"),
    ],
)
def test_a_response_that_cannot_be_scored_is_refused_with_the_reason(sent, words):
    with pytest.raises(ValueError, match=words):
        score_response("phq-9", sent)


def definition(system="http://loinc.org"):
    """A form of somebody else: other numbers for the items, other codes for the answers."""
    return {
        "resourceType": "Questionnaire",
        "item": [
            {
                "linkId": f"mood-{number}",
                "code": [{"system": system, "code": item.loinc}],
                "answerOption": [
                    {"valueCoding": {"code": f"a{value}"}, "extension": [ordinal(value)]}
                    for value in range(4)
                ]
                + [{"valueInteger": 9}, {"valueCoding": {"code": "a9"}}],
            }
            for number, item in enumerate(INSTRUMENTS["phq-9"].items, start=1)
        ],
    }


def ordinal(value):
    return {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": value}


def test_the_form_of_somebody_else_tells_what_its_numbers_and_codes_mean():
    items = [
        answered(f"mood-{number}", **coded(f"a{value}", system="urn:x"))
        for number, value in enumerate(ANSWERS, start=1)
    ]
    got = score_response("phq-9", holding(items), definition=definition())
    assert got == score("phq-9", ANSWERS)
    with pytest.raises(ValueError, match="answers no item"):
        score_response("phq-9", holding(items), definition=definition("urn:not-loinc"))


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["lforms/phq9.R4.json", "spier/phq9-questionnaire.json"])
def test_answers_to_forms_in_use_are_scored_with_and_without_the_form(shared_data, name):
    form = json.loads((shared_data / "instruments" / name).read_text())
    asked = [item for item in form["item"] if item["type"] == "choice"]
    items = [
        answered(item["linkId"], valueCoding=item["answerOption"][value]["valueCoding"])
        for item, value in zip(asked, ANSWERS, strict=False)
    ]
    assert score_response("phq-9", holding(items), definition=form) == score("phq-9", ANSWERS)
    assert score_response("phq-9", holding(items)) == score("phq-9", ANSWERS)


@pytest.mark.real_data
def test_answers_to_the_suicide_screen_in_use_are_scored(shared_data):
    form = json.loads((shared_data / "instruments/spier/asq-questionnaire.json").read_text())
    asked = {item["linkId"]: item for item in every_item(form)}
    items = [
        answered(link_id, valueCoding=asked[link_id]["answerOption"][place]["valueCoding"])
        for link_id, place in [("q1", 1), ("q2", 1), ("q3", 1), ("q4", 0), ("q5", 0)]
    ]
    nested = holding([{"linkId": "screening-questions", "item": items}])
    assert score_response("asq", nested, definition=form).band == "acute positive"
