"""Adverse events: numbers suggest, a clinician decides, and raw values stay."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.findings import Severity
from ebbtide.science.screening.adverse_event_terms import GENERIC, TERMS, term_named
from ebbtide.science.screening.adverse_events import (
    AdverseEvent,
    Causality,
    Course,
    Outcome,
    Seriousness,
    check_event,
    suggest_hypertension,
    suggest_hypoxia,
)


def pressure(systolic, diastolic, *course, baseline=None):
    return suggest_hypertension(
        systolic_mmhg=systolic,
        diastolic_mmhg=diastolic,
        baseline_diastolic_mmhg=None if baseline is None else Decimal(baseline),
        course=course,
    )


@pytest.mark.parametrize(
    ("systolic", "diastolic", "grade"),
    [
        (119, 79, None), (120, 79, 1), (119, 80, 1), (139, 89, 1),
        (140, 89, 2), (139, 90, 2), (159, 99, 2),
        (160, 99, 3), (159, 100, 3), (220, 130, 3),
    ],
)  # fmt: skip
def test_hypertension_by_number_at_each_limit_and_one_short_of_it(systolic, diastolic, grade):
    assert pressure(systolic, diastolic).grade == grade


def test_a_pressure_of_minutes_is_grade_3_by_number_and_the_raw_value_stays():
    suggestion = pressure(165, 85)
    assert suggestion.grade == 3
    assert suggestion.values == "165/85 mmHg"
    assert suggestion.reasons == ("systolic 160 mmHg or more, or diastolic 100 mmHg or more",)
    assert "A rise of minutes" in suggestion.caution
    assert "a clinician decides" in suggestion.caution


def test_a_pressure_of_a_day_is_not_called_one_of_minutes():
    assert pressure(165, 85, Course.LASTED_24_H).caution == (
        "Suggested from numbers; a clinician decides."
    )
    assert "minutes" not in pressure(110, 70).caution


@pytest.mark.parametrize(
    ("suggestion", "grade"),
    [
        (pressure(125, 75, Course.RECURRENT), 2),
        (pressure(125, 75, Course.LASTED_24_H), 2),
        (pressure(119, 79, Course.RECURRENT), None),
        (pressure(165, 75, Course.RECURRENT), 3),
        (pressure(118, 79, Course.SYMPTOMATIC, baseline=59), None),
        (pressure(118, 79, Course.SYMPTOMATIC, baseline=58), 2),
        (pressure(118, 79, Course.SYMPTOMATIC), None),
        (pressure(118, 79, baseline=50), None),
        (pressure(130, 85, Course.SEVERAL_DRUGS), 3),
        (pressure(130, 85, Course.LIFE_THREATENING), 4),
        (pressure(130, 85, Course.LIFE_THREATENING, Course.FATAL), 5),
    ],
)
def test_the_course_may_raise_the_grade(suggestion, grade):
    assert suggestion.grade == grade


def test_only_the_reasons_of_the_grade_are_told():
    assert pressure(125, 75, Course.RECURRENT, Course.LASTED_24_H).reasons == (
        "back again",
        "24 h or longer",
    )


@pytest.mark.parametrize(
    ("spo2", "course", "grade"),
    [
        (88, (), None),
        (87, (), 3),
        (95, (Course.OXYGEN_NOW_AND_THEN,), 2),
        (87, (Course.OXYGEN_NOW_AND_THEN,), 3),
        (92, (Course.AIRWAY_AT_RISK,), 4),
        (80, (Course.LIFE_THREATENING,), 4),
        (80, (Course.FATAL,), 5),
    ],
)
def test_hypoxia(spo2, course, grade):
    suggestion = suggest_hypoxia(spo2_percent=spo2, course=course)
    assert (suggestion.grade, suggestion.values) == (grade, f"SpO₂ {spo2}%")


@pytest.mark.parametrize(
    ("values", "named"),
    [((39, 30), "systolic_mmhg: 39"), ((271, 90), "systolic_mmhg"), ((120, 9), "diastolic_mmhg")],
)
def test_a_pressure_that_no_cuff_measures_is_refused(values, named):
    with pytest.raises(ValueError, match=rf"{named}.* is not allowed; .* mmHg"):
        pressure(*values)


def test_the_least_and_greatest_that_can_be_measured_are_taken():
    assert pressure(40, 10).grade is None
    assert pressure(270, 225).grade == 3
    assert suggest_hypoxia(spo2_percent=1).grade == 3
    assert suggest_hypoxia(spo2_percent=100).grade is None


@pytest.mark.parametrize("spo2", [0, 101])
def test_a_saturation_that_no_probe_shows_is_refused(spo2):
    with pytest.raises(ValueError, match=f"spo2_percent: {spo2} is not allowed; 1 to 100%"):
        suggest_hypoxia(spo2_percent=spo2)


@given(
    st.integers(60, 270),
    st.integers(40, 225),
    st.sets(st.sampled_from(Course)),
    st.sampled_from(Course),
)
def test_one_fact_more_never_lowers_the_grade(systolic, diastolic, course, more):
    before = pressure(systolic, diastolic, *course, baseline=70).grade
    after = pressure(systolic, diastolic, *course, more, baseline=70).grade
    assert (after or 0) >= (before or 0)


DECIDED = {
    "seriousness": (),
    "causality": Causality.PROBABLE,
    "outcome": Outcome.RECOVERED,
}


def checked(**changes):
    event = AdverseEvent(**({"term": "Hypertension", "grade": 2, **DECIDED} | changes))
    return {(each.code.removeprefix("event."), each.severity) for each in check_event(event)}


def test_an_event_fully_decided_says_nothing_more():
    assert checked() == set()


@pytest.mark.parametrize("name", ["grade", "seriousness", "causality", "outcome"])
def test_what_nobody_decided_is_asked_for(name):
    assert checked(**{name: None}) == {(f"{name}_missing", Severity.OVERRIDE)}


def test_an_event_just_seen_asks_for_all_four():
    messages = [each.message for each in check_event(AdverseEvent(term="Nausea"))]
    assert messages[0] == "Nausea: no clinician has graded it."
    assert len(messages) == 4


def test_a_clinician_may_grade_otherwise_and_both_are_kept():
    assert checked(grade=1, suggested_grade=3) == {("grade_differs", Severity.NOTICE)}
    assert checked(grade=3, suggested_grade=3) == set()


@pytest.mark.parametrize("criterion", set(Seriousness) - {Seriousness.DEATH})
def test_seriousness_stands_apart_from_the_grade(criterion):
    assert checked(grade=1, seriousness=(criterion,)) == {("serious", Severity.NOTICE)}
    assert checked(grade=3, seriousness=()) == set()


def test_a_serious_event_goes_to_the_medical_director():
    event = AdverseEvent(term="Seizure", seriousness=(Seriousness.IMPORTANT_MEDICAL_EVENT,))
    message = next(each.message for each in check_event(event) if each.code == "event.serious")
    assert "important medical event" in message
    assert "MedWatch is voluntary" in message


FATAL = {"grade": 5, "seriousness": (Seriousness.DEATH,), "outcome": Outcome.FATAL}


def test_grade_seriousness_and_outcome_agree_about_death():
    assert checked(**FATAL) == {("serious", Severity.NOTICE)}


@pytest.mark.parametrize(
    "changes", [{"grade": 4}, {"seriousness": ()}, {"outcome": Outcome.RECOVERED}]
)
def test_a_death_in_one_field_alone_is_set_right(changes):
    assert ("death_disagrees", Severity.BLOCK) in checked(**(FATAL | changes))


def test_a_death_that_disagrees_points_at_the_first_field_that_says_it():
    event = AdverseEvent(
        term="Seizure", grade=4, seriousness=(Seriousness.DEATH,), outcome=Outcome.FATAL
    )
    finding = next(each for each in check_event(event) if each.code == "event.death_disagrees")
    assert finding.field == "seriousness"
    assert finding.message.startswith("Seizure: seriousness, outcome says death")


def test_an_open_question_is_no_disagreement_about_death():
    assert ("death_disagrees", Severity.BLOCK) not in checked(**(FATAL | {"outcome": None}))


def test_terms_are_found_in_any_case_and_named_without_codes():
    assert term_named(" dissociation ").name == "Dissociation"
    assert term_named("Cystitis noninfective").grades == GENERIC
    names = [term.name for term in TERMS]
    assert len(set(names)) == len(names)
    assert not any(sign.isdigit() for name in names for sign in name)
    assert all(len(term.grades) == 5 for term in TERMS)


@pytest.mark.parametrize("term", ["", "Dissociative", "10013457"])
def test_a_term_that_is_none_is_refused(term):
    with pytest.raises(ValueError, match=r"term: .* is not allowed; Hypertension, Nausea"):
        AdverseEvent(term=term)


@pytest.mark.parametrize(
    ("term", "grade", "allowed"),
    [
        ("Hypertension", 0, "1, 2, 3, 4, 5"),
        ("Hypertension", 6, "1, 2, 3, 4, 5"),
        ("Nausea", 4, "1, 2, 3"),
        ("Headache", 4, "1, 2, 3"),
        ("Hypoxia", 1, "2, 3, 4, 5"),
    ],
)
def test_a_grade_that_the_scale_has_not_is_refused(term, grade, allowed):
    with pytest.raises(ValueError, match=f"grade: {grade} is not allowed for {term}; {allowed}"):
        AdverseEvent(term=term, grade=grade)
