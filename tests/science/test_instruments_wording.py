"""Words are in the package only where they may be, and forms are sound FHIR R4."""

import json
import re
from pathlib import Path

import pytest

from ebbtide.science.instruments import INSTRUMENTS, Rights, load_text, questionnaire, score
from ebbtide.science.instruments.definition import MAY_BE_SHIPPED
from ebbtide.science.instruments.scoring import score_answers
from ebbtide.science.instruments.wording import LOINC, LOINC_NOTICE, ORDINAL

FORMS = Path(__file__).parents[2] / "src/ebbtide/science/instruments/questionnaires"
SHIPPED = [name for name, instrument in INSTRUMENTS.items() if instrument.has_text]

# What the elements of a Questionnaire may hold, FHIR R4.
QUESTIONNAIRE = {
    "resourceType", "id", "meta", "text", "extension", "url", "identifier", "version", "name",
    "title", "status", "experimental", "subjectType", "date", "publisher", "description",
    "useContext", "purpose", "copyright", "code", "item",
}  # fmt: skip
ITEM = {
    "linkId", "extension", "code", "prefix", "text", "type", "enableWhen", "enableBehavior",
    "required", "repeats", "readOnly", "maxLength", "answerOption", "initial", "item",
}  # fmt: skip
ITEM_TYPES = {
    "group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string",
    "text", "url", "choice", "open-choice",
}  # fmt: skip
CODING = {"system", "version", "code", "display", "userSelected", "extension"}
CHOICE = {"choice", "open-choice"}


def every_item(parent):
    for item in parent.get("item", []):
        yield item
        yield from every_item(item)


def faults(form):
    """What is wrong with a Questionnaire, in words; nothing for a sound one."""
    items = list(every_item(form))
    ids = [item.get("linkId") for item in items]
    if form.get("resourceType") != "Questionnaire":
        yield "not a Questionnaire"
    if form.get("status") not in {"draft", "active", "retired", "unknown"}:
        yield f"status {form.get('status')}"
    yield from (f"the form has {key}" for key in form.keys() - QUESTIONNAIRE)
    yield from (
        f"linkId {link_id} is given {ids.count(link_id)} times"
        for link_id in set(ids)
        if ids.count(link_id) > 1
    )
    for item in items:
        yield from item_faults(item, set(ids))
    for name in ("code", "extension"):
        yield from (f"{name} is empty" for holder in [form, *items] if holder.get(name) == [])


def item_faults(item, ids):
    where = item.get("linkId")
    kind = item.get("type")
    yield from (f"{where} has {key}" for key in item.keys() - ITEM)
    if not where or str(where).strip() != where:
        yield f"linkId {where!r}"
    if kind not in ITEM_TYPES:
        yield f"{where} is of type {kind}"
    if kind == "group" and not item.get("item"):
        yield f"group {where} is empty"
    if kind == "display" and ("item" in item or "code" in item or "required" in item):
        yield f"{where} only shows something"
    if "answerOption" in item and kind not in CHOICE | {
        "integer",
        "date",
        "time",
        "string",
        "text",
    }:
        yield f"{where} has options but is of type {kind}"
    yield from (f"{where} has the option {option}" for option in bad_options(item))
    yield from conditions_in_the_air(item, ids)


def bad_options(item):
    for option in item.get("answerOption", []):
        values = [key for key in option if key.startswith("value")]
        coding = option.get("valueCoding", {})
        extra = option.keys() - {*values, "extension", "initialSelected"}
        if len(values) != 1 or extra or coding.keys() - CODING:
            yield option


def conditions_in_the_air(item, ids):
    conditions = item.get("enableWhen", [])
    if len(conditions) > 1 and item.get("enableBehavior") not in {"all", "any"}:
        yield f"{item['linkId']} has several conditions and no behaviour"
    for condition in conditions:
        if condition["question"] not in ids - {item["linkId"]}:
            yield f"{item['linkId']} depends on {condition['question']}"


# The package's own forms


def test_words_are_shipped_only_where_they_are_free_or_our_own():
    with_text = {path.stem for path in FORMS.glob("*.json")}
    assert with_text == set(SHIPPED)
    assert {INSTRUMENTS[name].rights for name in with_text} <= MAY_BE_SHIPPED
    assert {Rights.PUBLIC_DOMAIN, Rights.OWN} == MAY_BE_SHIPPED


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_definitions_hold_no_words_of_items_or_answers(name):
    assert {item.text for item in INSTRUMENTS[name].items} == {""}
    assert {option.label for item in INSTRUMENTS[name].items for option in item.options} <= {""}


def test_what_may_be_shipped_is():
    assert set(SHIPPED) == {
        "phq-9", "gad-7", "pcl-5", "pc-ptsd-5", "asq", "bssa", "pgic", "phantom-pain-nrs",
        "residual-limb-pain-nrs", "evening-diary",
    }  # fmt: skip


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_form_is_a_sound_questionnaire(name):
    form = questionnaire(INSTRUMENTS[name])
    assert sorted(faults(form)) == []
    assert re.fullmatch(r"[A-Z]([A-Za-z0-9_]){0,254}", form["name"])
    assert form["url"] == f"urn:ebbtide:questionnaire:{name}"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_form_asks_what_the_definition_scores(name):
    asked = {item["linkId"]: item for item in every_item(questionnaire(INSTRUMENTS[name]))}
    bare = load_text(name, {item.link_id: "text" for item in INSTRUMENTS[name].items})
    for item in questionnaire(bare)["item"]:
        form = asked[item["linkId"]]
        assert len(form["text"]) > 8
        assert form.get("code") == item.get("code")
        assert form["type"] == item["type"]
        assert [o.get("extension") for o in form.get("answerOption", [])] == [
            o.get("extension") for o in item.get("answerOption", [])
        ]


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_loinc_codes_bring_their_notice(name):
    form = questionnaire(INSTRUMENTS[name])
    assert (LOINC in json.dumps({**form, "copyright": ""})) == (LOINC_NOTICE in form["copyright"])


def test_the_lowest_answer_of_the_gad_7_is_not_at_all():
    options = list(every_item(questionnaire(INSTRUMENTS["gad-7"])))[1]["answerOption"]
    assert options[0]["valueCoding"]["display"] == "Not at all"


def test_phantom_and_residual_limb_pain_are_asked_apart():
    words = {
        name: json.dumps([i["text"] for i in every_item(questionnaire(INSTRUMENTS[name]))][1:])
        for name in ("phantom-pain-nrs", "residual-limb-pain-nrs")
    }
    assert "residual" not in words["phantom-pain-nrs"]
    assert "phantom" not in words["residual-limb-pain-nrs"]


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        ({"status": "ready"}, "status ready"),
        ({"resourceType": "Patient"}, "not a Questionnaire"),
        ({"scored": True}, "the form has scored"),
        ({"code": []}, "code is empty"),
        ({"item": [{"linkId": "1", "type": "choices"}]}, "1 is of type choices"),
        ({"item": [{"linkId": "1", "type": "group"}]}, "group 1 is empty"),
        ({"item": [{"linkId": "1", "type": "text", "note": ""}]}, "1 has note"),
        ({"item": [{"linkId": " 1", "type": "text"}]}, "linkId ' 1'"),
        ({"item": [{"linkId": "1", "type": "text"}] * 2}, "linkId 1 is given 2 times"),
        (
            {"item": [{"linkId": "1", "type": "text", "enableWhen": [{"question": "2"}]}]},
            "1 depends on 2",
        ),
    ],
)
def test_the_check_finds_what_is_wrong(spoilt, fault):
    assert fault in list(faults(questionnaire(INSTRUMENTS["phq-9"]) | spoilt))


# Against forms made by others


def words(text):
    return re.sub(r"\W+", " ", text).casefold().strip()


@pytest.fixture
def others(shared_data):
    return shared_data / "instruments"


OTHERS = [
    "lforms/phq9.R4.json",
    "spier/phq9-questionnaire.json",
    "spier/asq-questionnaire.json",
    "spier/bssa-questionnaire.json",
]


@pytest.mark.real_data
@pytest.mark.parametrize("name", OTHERS)
def test_forms_in_use_pass_the_same_check(others, name):
    assert sorted(faults(json.loads((others / name).read_text()))) == []


@pytest.mark.real_data
@pytest.mark.parametrize("name", OTHERS[:2])
def test_the_phq_9_has_the_words_codes_and_numbers_of_forms_in_use(others, name):
    theirs = [i for i in json.loads((others / name).read_text())["item"] if i["type"] == "choice"]
    ours = [
        item for item in questionnaire(INSTRUMENTS["phq-9"])["item"] if item["type"] == "choice"
    ]
    for our, their in zip(ours[:9], theirs[:9], strict=True):
        assert words(our["text"]) == words(their["text"])
        assert our["code"][0]["code"] == their["code"][0]["code"]
        assert options(our) == options(their)


def options(item):
    return [
        (
            option["valueCoding"]["code"],
            option["valueCoding"]["display"],
            *(e["valueDecimal"] for e in option["extension"] if e["url"] == ORDINAL),
        )
        for option in item["answerOption"]
    ]


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "ours"), [("asq", 5), ("bssa", 8)])
def test_the_suicide_screens_have_the_words_of_the_institutes_forms(others, name, ours):
    form = json.loads((others / f"spier/{name}-questionnaire.json").read_text())
    theirs = {words(item["text"]) for item in every_item(form)}
    asked = {item["linkId"]: item for item in every_item(questionnaire(INSTRUMENTS[name]))}
    texts = [words(asked[item.link_id]["text"]) for item in INSTRUMENTS[name].items]
    assert len(texts) == ours
    assert set(texts) <= theirs


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "folder", "first"),
    [
        ("phq-9", "PHQ-9/items/phq9_", 1),
        ("gad-7", "GAD7/items/gad7_", 1),
        ("pc-ptsd-5", "PC-PTSD-5/items/pc-ptsd5_", 1),
    ],
)
def test_questions_read_as_in_another_library(others, name, folder, first):
    asked = {item["linkId"]: item for item in every_item(questionnaire(INSTRUMENTS[name]))}
    for place, item in enumerate(INSTRUMENTS[name].items, start=first):
        theirs = json.loads((others / f"reproschema/{folder}{place}").read_text())["question"]["en"]
        assert words(asked[item.link_id]["text"]).endswith(words(theirs))


# Words a clinic loads


def test_a_clinic_loads_its_own_words():
    texts = {"1": "First?", "2": "Second?", "3": "Third?"}
    worded = load_text("peg", texts, labels={"0": "not at all", "3.10": "altogether"})
    form = questionnaire(worded)
    assert [item["text"] for item in form["item"]] == ["First?", "Second?", "Third?"]
    labels = [
        [option["valueCoding"]["display"] for option in item["answerOption"]]
        for item in form["item"]
    ]
    assert labels[0][0] == labels[2][0] == "not at all"
    assert (labels[0][10], labels[2][10]) == ("10", "altogether")
    assert score_answers(worded, [7, 6, 8]) == score("peg", [7, 6, 8])


def test_words_loaded_stand_before_those_shipped():
    texts = {item.link_id: f"Frage {item.link_id}" for item in INSTRUMENTS["gad-7"].items}
    assert questionnaire(load_text("gad-7", texts))["item"][0]["text"] == "Frage 1"


def test_an_instrument_without_words_shows_its_numbers():
    assert [i["text"] for i in questionnaire(INSTRUMENTS["cadss-6"])["item"]] == [
        "1", "2", "6", "7", "15", "22",
    ]  # fmt: skip


def test_a_measured_item_states_its_limits():
    item = questionnaire(INSTRUMENTS["news2"])["item"][6]
    assert item["type"] == "decimal"
    assert [extension["valueDecimal"] for extension in item["extension"]] == [20, 45]


@pytest.mark.parametrize(
    ("texts", "labels", "fault"),
    [
        ({"1": "a", "2": "b"}, {}, "peg item 3 has no text"),
        ({"1": "a", "2": "b", "3": " "}, {}, "peg item 3 has no text"),
        ({"1": "a", "2": "b", "3": "c", "4": "d"}, {}, "peg has no item 4; its items are 1, 2, 3"),
        ({"1": "a", "2": "b", "3": "c"}, {"11": "x"}, "peg has no answer 11 to label"),
        ({"1": "a", "2": "b", "3": "c"}, {"4.1": "x"}, "peg has no answer 4.1 to label"),
    ],
)
def test_words_that_do_not_fit_are_refused(texts, labels, fault):
    with pytest.raises(ValueError, match=fault):
        load_text("peg", texts, labels=labels)
