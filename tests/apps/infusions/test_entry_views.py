"""What the room posts: who may, what is answered, and that pages of refusal name nobody."""

from uuid import uuid4

import pytest
from django.test import Client
from visit_plugin import minute

from ebbtide.clinic.audit import queries as audit
from ebbtide.clinic.infusions.forms import FORMS
from ebbtide.clinic.infusions.models import VisitEvent

JSON = {"headers": {"accept": "application/json"}}
PASSWORD = "left hand of the clock"  # opens nothing but a test


@pytest.fixture(autouse=True)
def clinic_clock(monkeypatch):
    """The clinic's clock shows the minute a test sets; first the check-in's."""

    class Clock:
        minute = 0.0

    monkeypatch.setattr("ebbtide.clinic.web.clock.now", lambda: minute(Clock.minute))
    return Clock


@pytest.fixture
def post(bedside, client_of):
    """Posts to an address of the visit as a user; JSON unless told otherwise."""

    def send(where: str, *, by=None, how=JSON, **fields):
        fields = {"entry_id": str(uuid4())} | fields
        address = f"/visits/{bedside.visit.pk}/{where}/"
        return client_of(by or bedside.nurse).post(address, fields, **how)

    return send


def codes(response) -> list[str]:
    return [finding["code"] for finding in response.json()["findings"]]


def test_a_new_entry_is_answered_with_its_place(post, bedside):
    response = post("entries/weight-taken", weight_kg="70", prosthesis="off")
    assert response.status_code == 201
    assert response.json() == {"findings": [], "seq": 2, "repeat": False}
    assert bedside.state.weight.weight_kg == 70


def test_the_same_entry_again_is_answered_as_the_same(post):
    fields = {"entry_id": str(uuid4()), "weight_kg": "70", "prosthesis": "off"}
    post("entries/weight-taken", **fields)
    response = post("entries/weight-taken", **fields)
    assert response.status_code == 200
    assert response.json() == {"findings": [], "seq": 2, "repeat": True}


def test_an_entry_sent_before_the_pages_script_was_there_is_kept_all_the_same(post, bedside):
    response = post("entries/weight-taken", how={}, entry_id="", weight_kg="70", prosthesis="off")
    assert response.status_code == 302
    assert bedside.state.weight.weight_kg == 70


def test_a_refusal_names_every_reason_with_its_field(post):
    response = post("entries/weight-taken", weight_kg="7", prosthesis="on")
    assert response.status_code == 422
    assert set(response.json()) == {"findings"}
    assert {"weight.implausible", "weight.prosthesis_on"} <= set(codes(response))
    first = response.json()["findings"][0]
    assert set(first) == {"code", "severity", "message", "field", "source"}
    assert first["field"] == "weight_kg"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"weight_kg": "", "prosthesis": "off"}, "weight_kg"),
        ({"weight_kg": "seventy", "prosthesis": "off"}, "weight_kg"),
        ({"weight_kg": "70", "prosthesis": "blue"}, "prosthesis"),
        ({"weight_kg": "70", "prosthesis": "off", "entry_id": "7"}, "entry_id"),
        ({"weight_kg": "70", "prosthesis": "off", "happened_at": "noonish"}, "happened_at"),
        ({"weight_kg": "70", "prosthesis": "off", "seen_pump_seq": "x"}, "seen_pump_seq"),
    ],
)
def test_a_form_not_filled_is_refused_at_its_field_and_audited(post, fields, field):
    before = VisitEvent.objects.count()
    response = post("entries/weight-taken", **fields)
    assert response.status_code == 422
    assert [finding["field"] for finding in response.json()["findings"]] == [field]
    assert VisitEvent.objects.count() == before
    line = audit.last_events(1)[0]
    assert (line.verb, line.outcome) == ("visit.weight_taken", "refused")


@pytest.mark.parametrize(
    "kind", ["nonsense", "stopped", "checked-in", "signed", "amended", "handed-over-x"]
)
def test_a_kind_that_is_not_entered_here_is_not_found(post, kind):
    assert post(f"entries/{kind}").status_code == 404


@pytest.mark.parametrize("kind", [kind.value for kind in FORMS])
def test_an_empty_form_of_any_kind_is_refused_not_broken(post, bedside, kind):
    where = {"signed": "sign", "amended": "amend"}.get(kind, f"entries/{kind}")
    by = bedside.prescriber if kind == "signed" else None
    response = post(where, by=by)
    # A hold needs no words and any part of a reading may be blank: there the rules refuse.
    reasons = {
        "held": "visit.out_of_place",
        "reading_entered": "reading.empty",
        "recovery_reading_entered": "visit.out_of_place",
    }
    assert response.status_code == 422
    assert set(codes(response)) == {reasons.get(kind, "entry.malformed")}


@pytest.mark.parametrize("kind", [kind.value for kind in FORMS])
def test_a_form_full_of_scribble_is_refused_not_broken(post, kind):
    where = {"signed": "sign", "amended": "amend"}.get(kind, f"entries/{kind}")
    names = [*FORMS[kind].base_fields, "answer_1", "change.a", "change.a.b", "change."]
    for scribble in (
        "\x00",
        "9" * 400,
        "٣",
        "1e9999",
        "-0",
        "NaN",
        "{}",
        "💉",
        "0001-01-01T00:00Z",
    ):
        response = post(where, **dict.fromkeys(names, scribble))
        assert response.status_code == 422


class TestWhoMay:
    @pytest.mark.parametrize("who", ["front_desk", "prescriber", "director", "outsider"])
    def test_only_this_sites_nurses_make_entries(self, post, request, who):
        before = VisitEvent.objects.count()
        response = post("entries/held", by=request.getfixturevalue(who))
        assert response.status_code == 403
        assert VisitEvent.objects.count() == before

    @pytest.mark.parametrize("who", ["front_desk", "director", "outsider"])
    @pytest.mark.parametrize("where", ["sign", "amend"])
    def test_others_neither_sign_nor_amend(self, post, request, who, where):
        assert post(where, by=request.getfixturevalue(who)).status_code == 403

    @pytest.mark.parametrize("who", ["front_desk", "outsider"])
    def test_front_desk_and_outsiders_do_not_stop(self, bedside, post, request, who):
        bedside.start()
        assert post("stop", by=request.getfixturevalue(who)).status_code == 403
        assert bedside.state.status == "running"

    @pytest.mark.parametrize("who", ["nurse", "second_nurse", "prescriber", "director"])
    def test_every_clinical_role_stops(self, bedside, post, request, who, clinic_clock):
        bedside.start()
        clinic_clock.minute = 20
        assert post("stop", by=request.getfixturevalue(who)).status_code == 201
        assert bedside.state.ended_at == minute(20)

    def test_nobody_gets_in_without_a_name(self, bedside, client_of):
        response = client_of().post(f"/visits/{bedside.visit.pk}/stop/")
        assert response.status_code == 302
        assert "/login/" in response["Location"]

    def test_a_page_of_another_origin_cannot_post(self, bedside, nurse):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(nurse, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert browser.post(f"/visits/{bedside.visit.pk}/stop/").status_code == 403

    @pytest.mark.parametrize("where", ["", "panels/", "trace/", "record.pdf"])
    def test_a_page_of_refusal_names_no_patient(self, bedside, client_of, outsider, where):
        for address in (f"/visits/{bedside.visit.pk}/{where}", f"/visits/{uuid4()}/{where}"):
            response = client_of(outsider).get(address)
            assert response.status_code in (403, 404)
            for word in ("Testwell", "Wren", "EB-0007", "17 May 1980", "1980-05-17"):
                assert word not in response.content.decode()


class TestStop:
    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"entry_id": "", "happened_at": ""},
            {"entry_id": "not a number", "happened_at": "half past"},
            {"happened_at": "2026-03-02T09:20:00"},
            {"happened_at": "0001-01-01T00:00:00+14:00"},
            {"happened_at": "9999-12-31T23:59:59-14:00"},
            {"seen_pump_seq": "1", "reason": "x" * 5000, "rate_ml_per_h": "-1"},
        ],
    )
    def test_takes_anything_that_is_posted(self, bedside, post, clinic_clock, fields):
        bedside.start()
        clinic_clock.minute = 20
        response = post("stop", **fields)
        assert response.status_code == 201
        assert bedside.state.ended_at == minute(20)

    def test_after_the_signature_says_that_nothing_runs(self, bedside, post, clinic_clock):
        bedside.sign()
        clinic_clock.minute = 150
        response = post("stop")
        assert response.status_code == 200
        assert codes(response) == ["visit.nothing_runs"]

    def test_works_without_javascript(self, bedside, post, clinic_clock):
        bedside.start()
        clinic_clock.minute = 20
        response = post("stop", how={})
        assert response.status_code == 302
        assert bedside.state.status == "recovery"


class TestTwoPeople:
    @pytest.fixture
    def check(self, bedside, post, clinic_clock):
        bedside.weigh_and_draw()
        clinic_clock.minute = 6
        for person in (bedside.nurse, bedside.second, bedside.prescriber):
            person.set_password(PASSWORD)
            person.save()

        def witness(name: str, password: str = PASSWORD):
            return post(
                "entries/dose-checked",
                drawn=str(bedside.state.drawn_id),
                witness=name,
                password=password,
            )

        return witness

    @pytest.mark.parametrize("name", ["nils", "petra"])
    def test_a_second_person_agrees_with_their_own_password(self, check, bedside, name):
        assert check(name).status_code == 201
        assert bedside.state.dose_checked_by == name
        assert PASSWORD not in VisitEvent.objects.get(kind="dose_checked").body

    def test_whoever_drew_it_does_not(self, check):
        assert codes(check("nora")) == ["check.same_person"]

    @pytest.mark.parametrize(("name", "password"), [("nils", "wrong"), ("nobody", PASSWORD)])
    def test_a_wrong_name_or_password_does_not_and_is_audited(self, check, name, password):
        response = check(name, password)
        assert (response.status_code, codes(response)) == (422, ["password.wrong"])
        line = audit.last_events(1)[0]
        assert (line.verb, line.outcome, line.actor) == ("visit.dose_checked", "refused", "nora")

    @pytest.mark.parametrize("who", ["outsider", "director", "front_desk"])
    def test_nor_does_one_who_may_not_here(self, check, request, who):
        person = request.getfixturevalue(who)
        person.set_password(PASSWORD)
        person.save()
        assert codes(check(person.username)) == ["witness.not_here"]

    def test_nor_one_who_left(self, check, second_nurse):
        second_nurse.is_active = False
        second_nurse.save()
        assert codes(check("nils")) == ["password.wrong"]


class TestSigning:
    def test_asks_for_the_password_again(self, bedside, post, clinic_clock, prescriber):
        bedside.hand_over()
        clinic_clock.minute = 140
        prescriber.set_password(PASSWORD)
        prescriber.save()
        assert codes(post("sign", by=prescriber, password="no")) == ["password.wrong"]
        assert post("sign", by=prescriber, password=PASSWORD).status_code == 201
        assert bedside.state.status == "signed"

    def test_is_offered_to_whoever_has_not_signed_yet(self, bedside, client_of, nurse, prescriber):
        bedside.sign()
        room = f"/visits/{bedside.visit.pk}/"
        opener = 'data-opens="sheet-signed"'
        assert opener in client_of(nurse).get(room).content.decode()
        assert opener not in client_of(prescriber).get(room).content.decode()


class TestAmending:
    def test_takes_a_typed_time_as_the_sites_own(self, bedside, post, clinic_clock):
        bedside.start().stop(30)
        clinic_clock.minute = 60
        stop = next(entry for entry in bedside.state.entries if entry.kind == "stopped")
        told = {"event": str(stop.id), "reason": "late", "right_time": "2026-03-02 09:28:00"}
        assert post("amend", **told).status_code == 201
        assert bedside.state.ended_at == minute(28)

    def test_takes_right_values_by_their_dotted_names(self, bedside, post, clinic_clock):
        bedside.prepare()
        clinic_clock.minute = 12
        reading = bedside.state.readings[0][0]
        told = {"event": str(reading.id), "reason": "typed wrong"}
        fields = told | {"change.reading.pulse_per_min": "71", "change.reading.moaas": " "}
        assert post("amend", **fields).status_code == 201
        assert bedside.state.readings[0][1].reading.pulse_per_min == 71
        assert bedside.state.readings[0][1].reading.moaas == 5

    def test_strikes_an_entry_made_in_error(self, bedside, post, clinic_clock):
        bedside.prepare()
        clinic_clock.minute = 12
        reading = bedside.state.readings[0][0]
        told = {"event": str(reading.id), "reason": "other patient", "is_retracted": "on"}
        assert post("amend", **told).status_code == 201
        assert bedside.state.readings == ()

    def test_shows_the_fields_of_an_entry(self, bedside, client_of):
        bedside.weigh_and_draw()
        entry = next(entry for entry in bedside.state.entries if entry.kind == "weight_taken")
        browser = client_of(bedside.nurse)
        address = f"/visits/{bedside.visit.pk}/amend/"
        assert b"change.weight_kg" in browser.get(address, {"event": str(entry.id)}).content
        for event in (str(uuid4()), "x", ""):
            assert browser.get(address, {"event": event}).status_code == 404


def test_a_reading_keeps_blank_as_blank(bedside, post):
    post("entries/reading-entered", systolic_mmhg="120", diastolic_mmhg="78", moaas="5")
    reading = bedside.state.readings[0][1].reading
    assert (reading.systolic_mmhg, reading.moaas) == (120, 5)
    assert (reading.pulse_per_min, reading.phantom_pain_nrs, reading.temperature_c) == (None,) * 3


def test_a_scale_with_a_blank_item_is_refused(bedside, post):
    fields = {f"answer_{number}": "0" for number in range(1, 6)}
    response = post("entries/score-taken", instrument="cadss-6", **fields)
    assert response.status_code == 422
    assert "a blank is not a zero" in response.json()["findings"][0]["message"]
    whole = fields | {"answer_6": "2"}
    assert post("entries/score-taken", instrument="cadss-6", **whole).status_code == 201
    assert bedside.state.scores[0][1].total == 2


def test_an_entry_made_offline_keeps_its_own_moment(bedside, post, clinic_clock):
    clinic_clock.minute = 30
    told = {"happened_at": minute(4).isoformat(), "weight_kg": "70", "prosthesis": "off"}
    assert post("entries/weight-taken", **told).status_code == 201
    entry = bedside.state.entries[-1]
    assert (entry.happened_at, entry.recorded_at) == (minute(4), minute(30))


def test_without_javascript_the_reasons_are_shown_on_the_room(post, bedside, client_of):
    browser = client_of(bedside.nurse)
    address = f"/visits/{bedside.visit.pk}/entries/weight-taken/"
    fields = {"entry_id": str(uuid4()), "weight_kg": "700", "prosthesis": "off"}
    page = browser.post(address, fields, follow=True)
    assert page.redirect_chain == [(f"/visits/{bedside.visit.pk}/", 302)]
    assert "700 kg is above" in page.content.decode()


class TestAudit:
    @pytest.mark.parametrize("where", ["", "panels/", "trace/", "record.pdf"])
    def test_every_read_of_a_visit_leaves_a_row(self, bedside, client_of, where):
        if where == "record.pdf":
            bedside.sign()
        response = client_of(bedside.prescriber).get(f"/visits/{bedside.visit.pk}/{where}")
        assert response.status_code == 200
        line = audit.last_events(1)[0]
        assert (line.actor, line.verb, line.outcome) == ("petra", "infusions.view_visit", "done")
        assert (line.patient_number, line.object_id) == ("EB-0007", str(bedside.visit.pk))

    def test_every_write_leaves_one_row_about_its_event(self, bedside):
        bedside.sign()
        rows = VisitEvent.objects.order_by("site_seq")
        written = [
            (line.verb, line.object_id)
            for line in audit.events_about_patient("EB-0007")
            if line.object_type == "infusions.visitevent"
        ]
        assert written == [(f"visit.{row.kind}", str(row.pk)) for row in rows]

    def test_a_denied_reader_leaves_a_row_too(self, bedside, client_of, outsider):
        client_of(outsider).get(f"/visits/{bedside.visit.pk}/")
        line = audit.last_events(1)[0]
        assert (line.actor, line.outcome) == ("otis", "denied")

    def test_an_entry_whose_audit_row_fails_is_not_made(self, bedside, monkeypatch):
        def fail(*_: object, **__: object) -> None:
            raise OSError("the log is full")

        monkeypatch.setattr("ebbtide.clinic.audit.actions.record", fail)
        before = VisitEvent.objects.count()
        with pytest.raises(OSError, match="full"):
            bedside.enter("weight_taken", 2, weight_kg="70")
        assert VisitEvent.objects.count() == before
