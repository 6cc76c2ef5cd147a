"""The entry sheets: made once, and still always of what is known now."""

from types import SimpleNamespace

from tests.apps.infusions.a_visit import a_log, at

from ebbtide.clinic.infusions.sheets import sheets
from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL
from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.reducer import replay

AROUND = SimpleNamespace(protocol=DEFAULT_PROTOCOL, pump=None)
NILS = SimpleNamespace(username="nils", full_name="Nils Harrow (synthetic)")
NED = SimpleNamespace(username="ned", full_name="Ned Pretend (synthetic)")


def sheets_at(minute, *, witnesses=()):
    """The sheets as the page showed them at a minute of the visit."""
    events = [event for event in a_log().events if event.recorded_at <= at(minute)]
    return sheets(replay(events), around=AROUND, witnesses=witnesses)


def asked(minute, kind, *, witnesses=()):
    """The questions of one sheet at a minute of the visit."""
    return sheets_at(minute, witnesses=witnesses)[kind.value].questions


def test_the_rate_offered_is_the_one_in_force_after_every_change():
    assert 'value="75"' in asked(30, Kind.RATE_CHANGED)
    assert 'value="60"' in asked(50, Kind.RATE_CHANGED)
    assert 'value="75"' in asked(57, Kind.RATE_CHANGED)


def test_beside_each_question_stands_the_newest_reading():
    assert "last: 141 mmHg" in asked(40, Kind.READING_ENTERED)
    assert "last: 148 mmHg" in asked(50, Kind.READING_ENTERED)


def test_who_may_check_the_dose_is_asked_anew():
    before = asked(15, Kind.DOSE_CHECKED, witnesses=[NILS, NED])
    after = asked(15, Kind.DOSE_CHECKED, witnesses=[NED])
    assert '<option value="nils">Nils Harrow (synthetic)</option>' in before
    assert "nils" not in after
    assert "Ned Pretend" in after


def test_nobody_is_looked_up_once_the_dose_is_past_checking():
    class Lookup:
        def __iter__(self):
            raise AssertionError("who may check the dose was asked for")

    assert "rate_ml_per_h" in asked(30, Kind.RATE_CHANGED, witnesses=Lookup())


def test_the_number_of_an_entry_is_no_part_of_a_sheet_that_many_are_shown():
    made = sheets_at(30)
    assert made
    assert all("entry_id" not in sheet.questions for sheet in made.values())
