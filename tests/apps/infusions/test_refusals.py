"""An entry that is refused leaves nothing behind but its row in the audit log."""

from uuid import UUID, uuid4

import pytest
from visit_plugin import ESCORT, READY, VIAL, minute

from ebbtide.clinic.audit import queries as audit
from ebbtide.clinic.infusions import actions
from ebbtide.clinic.infusions.models import SiteChain, Visit, VisitEvent
from ebbtide.clinic.monitoring.models import Sample
from ebbtide.science.findings import RefusedError


def traces(folder) -> tuple:
    """Everything a refused entry could have touched."""
    return (
        list(VisitEvent.objects.order_by("site_seq").values_list()),
        list(SiteChain.objects.values_list()),
        list(Visit.objects.values_list()),
        Sample.objects.count(),
        {path.name: path.read_text() for path in (folder / "anchors").glob("*")},
    )


@pytest.fixture
def refused(settings, tmp_path, django_capture_on_commit_callbacks):
    """Runs an act that must be refused; gives its codes once it is sure nothing was written."""
    settings.DATA_DIR = tmp_path

    def attempt(act, *, said: str) -> list[str]:
        before = traces(tmp_path)
        with (
            django_capture_on_commit_callbacks(execute=True) as told,
            pytest.raises(RefusedError) as caught,
        ):
            act()
        assert traces(tmp_path) == before
        assert told == []
        codes = [finding.code for finding in caught.value.findings]
        line = audit.last_events(1)[0]
        assert (line.verb, line.outcome, line.detail) == (said, "refused", {"codes": codes})
        assert line.patient_number == "EB-0007"
        return codes

    return attempt


@pytest.fixture
def at_stage(bedside):
    """The bedside of a visit that came as far as a stage's name says."""

    def make(stage: str):
        return bedside if stage == "checked_in" else getattr(bedside, stage)()

    return make


def reading(**values) -> dict:
    return {"reading": READY | values}


@pytest.mark.parametrize(
    ("stage", "kind", "at", "payload", "code"),
    [
        # a weight that cannot be
        ("checked_in", "weight_taken", 2, {"weight_kg": "0"}, "weight.not_positive"),
        ("checked_in", "weight_taken", 2, {"weight_kg": "-70"}, "weight.not_positive"),
        ("checked_in", "weight_taken", 2, {"weight_kg": "7"}, "weight.implausible"),
        ("checked_in", "weight_taken", 2, {"weight_kg": "700"}, "weight.implausible"),
        ("checked_in", "weight_taken", 2, {"weight_kg": "154"}, "weight.pounds"),
        ("checked_in", "weight_taken", 2, {"weight_kg": "130"}, "weight.body_mass_index"),
        ("checked_in", "weight_taken", 2, {"weight_kg": "NaN"}, "entry.malformed"),
        ("checked_in", "weight_taken", 2, {}, "entry.malformed"),
        (
            "checked_in",
            "weight_taken",
            2,
            {"weight_kg": "70", "prosthesis": "on"},
            "weight.prosthesis_on",
        ),
        # a vial that is none
        ("checked_in", "dose_drawn", 5, VIAL, "draw.no_weight"),
        (
            "weigh_and_draw",
            "dose_drawn",
            6,
            VIAL | {"stock_mg_per_ml": "500"},
            "stock.unknown_concentration",
        ),
        (
            "weigh_and_draw",
            "dose_drawn",
            6,
            VIAL | {"stock_mg_per_ml": "5"},
            "stock.unknown_concentration",
        ),
        (
            "weigh_and_draw",
            "dose_drawn",
            6,
            {"stock_mg_per_ml": "10", "vial_ml": "20"},
            "stock.not_as_ordered",
        ),
        ("weigh_and_draw", "dose_drawn", 6, VIAL | {"vial_ml": "20"}, "stock.unknown_vial"),
        ("weigh_and_draw", "dose_drawn", 6, VIAL | {"stock_mg_per_ml": "0"}, "entry.malformed"),
        ("weigh_and_draw", "dose_drawn", 6, VIAL | {"vial_ml": "-1"}, "entry.malformed"),
        ("weigh_and_draw", "dose_drawn", 6, {"vial_ml": "10"}, "entry.malformed"),
        # the second person
        ("weigh_and_draw", "dose_checked", 6, {"drawn": str(uuid4())}, "check.other_draw"),
        ("weigh_and_draw", "dose_checked", 6, {"drawn": str(uuid4())}, "check.same_person"),
        # the pump
        ("weigh_and_draw", "started", 10, {"rate_ml_per_h": "150"}, "start.not_checked"),
        ("weigh_and_draw", "started", 10, {"rate_ml_per_h": "150"}, "start.no_line"),
        ("weigh_and_draw", "started", 10, {"rate_ml_per_h": "150"}, "checklist.open"),
        ("weigh_and_draw", "started", 10, {"rate_ml_per_h": "150"}, "gate.systolic_not_measured"),
        ("checked_in", "started", 10, {"rate_ml_per_h": "150"}, "start.no_weight"),
        ("prepare", "started", 10, {"rate_ml_per_h": "1000"}, "rate.beyond_pump"),
        ("prepare", "started", 10, {"rate_ml_per_h": "150.05"}, "rate.beyond_pump"),
        ("prepare", "started", 10, {"rate_ml_per_h": "0"}, "entry.malformed"),
        ("prepare", "started", 24, {"rate_ml_per_h": "150"}, "gate.baseline_old"),
        ("start", "rate_changed", 12, {"rate_ml_per_h": "1500"}, "rate.beyond_pump"),
        ("start", "rate_changed", 12, {"rate_ml_per_h": "1500"}, "rate.ten_times"),
        ("start", "rate_changed", 12, {"rate_ml_per_h": "400"}, "rate.steep_rise"),
        ("start", "resumed", 12, {"rate_ml_per_h": "150"}, "visit.out_of_place"),
        ("start", "bolus_given", 12, {"dose_mg": "40", "minutes": "5"}, "bolus.too_high"),
        ("start", "bolus_given", 12, {"dose_mg": "34", "minutes": "9"}, "bolus.not_in_bag"),
        ("start", "stopped", 12, {}, "visit.out_of_place"),
        ("checked_in", "held", 2, {}, "visit.out_of_place"),
        ("checked_in", "handed_over", 2, ESCORT, "visit.out_of_place"),
        # the clock
        ("checked_in", "weight_taken", -2, {"weight_kg": "70"}, "time.before_check_in"),
        ("start", "held", 9, {}, "time.before_last_step"),
        # readings and scores
        ("checked_in", "reading_entered", 2, {"reading": {}}, "reading.empty"),
        ("checked_in", "reading_entered", 2, reading(pulse_per_min=700), "reading.out_of_range"),
        (
            "checked_in",
            "reading_entered",
            2,
            reading(systolic_mmhg=78, diastolic_mmhg=120),
            "reading.swapped",
        ),
        (
            "checked_in",
            "score_taken",
            2,
            {"instrument": "cadss-6", "total": 25},
            "entry.malformed",
        ),
        ("checked_in", "score_taken", 2, {"instrument": "phq-9", "total": 3}, "entry.malformed"),
        ("checked_in", "comfort_changed", 2, {"what": "light", "hue": "red"}, "entry.malformed"),
        ("checked_in", "called_off", 2, {"reason": "  "}, "entry.malformed"),
        # going home
        ("start", "handed_over", 12, ESCORT, "visit.out_of_place"),
        ("recover", "handed_over", 128, ESCORT, "discharge.observation"),
        ("recover", "handed_over", 131, ESCORT | {"is_present": False}, "discharge.escort_absent"),
        ("recover", "handed_over", 131, ESCORT | {"is_adult": False}, "discharge.escort_minor"),
        ("recover", "handed_over", 131, ESCORT | {"escort_name": ""}, "discharge.escort_missing"),
        (
            "recover",
            "handed_over",
            131,
            ESCORT | {"instructions_given": False},
            "discharge.instructions",
        ),
        # after the signature
        ("sign", "reading_entered", 141, reading(), "visit.signed"),
        ("sign", "started", 141, {"rate_ml_per_h": "150"}, "visit.signed"),
        ("sign", "handed_over", 141, ESCORT, "visit.signed"),
        ("sign", "adverse_event_noted", 141, {"term": "Nausea", "grade": 1}, "visit.signed"),
    ],
)
def test_a_refused_entry_leaves_no_trace(at_stage, refused, stage, kind, at, payload, code):
    bedside = at_stage(stage)
    codes = refused(lambda: bedside.enter(kind, at, **payload), said=f"visit.{kind}")
    assert code in codes


def test_what_has_not_happened_yet_is_refused_beyond_a_minute(bedside, refused):
    codes = refused(
        lambda: bedside.enter("weight_taken", 3.02, recorded=2, weight_kg="70"),
        said="visit.weight_taken",
    )
    assert codes == ["time.in_future"]
    bedside.enter("weight_taken", 3, recorded=2, weight_kg="70")
    assert bedside.state.entries[-1].happened_at == minute(2)


def test_every_reason_is_given_at_once(bedside, refused):
    codes = refused(
        lambda: bedside.enter("weight_taken", -9, recorded=1, weight_kg="7", prosthesis="on"),
        said="visit.weight_taken",
    )
    assert {"time.before_check_in", "weight.implausible", "weight.prosthesis_on"} <= set(codes)


def test_an_order_that_ran_out_stops_the_start(bedside, refused):
    bedside.prepare()
    bedside.visit.order.valid_until = minute(-60 * 24).date()
    codes = refused(lambda: bedside.enter("started", 10, rate_ml_per_h="150"), said="visit.started")
    assert codes == ["order.expired"]


def test_a_room_without_a_pump_starts_nothing(bedside, refused, room):
    bedside.prepare()
    room.devices.filter(kind="pump").delete()
    codes = refused(lambda: bedside.enter("started", 10, rate_ml_per_h="150"), said="visit.started")
    assert codes == ["pump.missing"]


def test_a_weight_taken_after_the_draw_asks_for_another_draw(bedside, refused):
    bedside.prepare().enter("weight_taken", 9, weight_kg="66", prosthesis="off")
    codes = refused(lambda: bedside.enter("started", 10, rate_ml_per_h="150"), said="visit.started")
    assert codes == ["start.other_draw"]


def test_the_same_weight_again_asks_for_nothing(bedside):
    bedside.prepare().enter("weight_taken", 9, weight_kg="70.0", prosthesis="off")
    bedside.enter("started", 10, rate_ml_per_h="150")
    assert bedside.state.status == "running"


def test_a_weight_corrected_after_the_draw_asks_for_another_draw(bedside, refused):
    bedside.prepare()
    weighed = next(e for e in bedside.state.entries if e.kind == "weight_taken")
    bedside.enter("amended", 9, event=str(weighed.id), reason="misread", changes='{"weight_kg":64}')
    codes = refused(lambda: bedside.enter("started", 10, rate_ml_per_h="150"), said="visit.started")
    assert codes == ["start.other_draw"]


def test_a_page_that_fell_behind_the_pump_is_refused(bedside, refused):
    bedside.start()
    seen = bedside.state.pump_seq
    bedside.enter("held", 12, seen=seen)
    codes = refused(
        lambda: bedside.enter("resumed", 13, seen=seen, rate_ml_per_h="150"), said="visit.resumed"
    )
    assert codes == ["visit.moved_on"]


def test_a_page_that_fell_behind_may_still_enter_what_is_no_pump_step(bedside):
    bedside.start()
    assert bedside.enter("comfort_changed", 12, seen=1, what="light", setting="low").row.seq > 1


class TestTheSameNumberTwice:
    ID = UUID("aaaaaaaa-0000-4000-8000-000000000001")

    def test_is_the_same_entry(self, bedside):
        first = bedside.enter("weight_taken", 2, id=self.ID, weight_kg="70.5")
        before = VisitEvent.objects.count()
        again = bedside.enter("weight_taken", 3, id=self.ID, weight_kg="70.5")
        assert (again.row, again.is_repeat, first.is_repeat) == (first.row, True, False)
        assert VisitEvent.objects.count() == before

    @pytest.mark.parametrize(
        ("kind", "payload"),
        [
            ("dose_drawn", VIAL | {"lot": "K7-2281", "overridden": {"reason": ""}}),
            ("reading_entered", {"reading": READY | {"symptoms": ["vomiting"]}}),
            ("comfort_changed", {"what": "light", "setting": "low"}),
            ("score_taken", {"instrument": "cadss-6", "total": 1, "answers": [1, 0, 0, 0, 0, 0]}),
            (
                "rescue_given",
                {
                    "drug": "ondansetron",
                    "dose": "4.00",
                    "unit": "mg",
                    "route": "IV",
                    "trigger": "n",
                },
            ),
        ],
    )
    def test_is_the_same_entry_for_every_kind_of_content(self, bedside, kind, payload):
        bedside.weigh_and_draw()
        bedside.enter(kind, 6, id=self.ID, **payload)
        assert bedside.enter(kind, 6.5, id=self.ID, **payload).is_repeat

    def test_is_the_same_amendment_whatever_zone_its_moment_is_told_in(self, bedside):
        bedside.start().stop(30)
        stop = next(entry for entry in bedside.state.entries if entry.kind == "stopped")
        told = {"event": str(stop.id), "reason": "pressed late", "changes": "{}"}
        bedside.enter("amended", 31, id=self.ID, happened_at="2026-03-02T09:28:00-08:00", **told)
        again = bedside.enter(
            "amended", 32, id=self.ID, happened_at="2026-03-02T17:28:00+00:00", **told
        )
        assert again.is_repeat

    def test_is_the_same_signature(self, bedside):
        bedside.hand_over()
        bedside.enter("signed", 140, id=self.ID, by=bedside.prescriber)
        assert bedside.enter("signed", 141, id=self.ID, by=bedside.prescriber).is_repeat

    def test_with_other_content_is_refused(self, bedside, refused):
        bedside.enter("weight_taken", 2, id=self.ID, weight_kg="70.5")
        codes = refused(
            lambda: bedside.enter("weight_taken", 2, id=self.ID, weight_kg="71"),
            said="visit.weight_taken",
        )
        assert codes == ["entry.id_reused"]

    def test_with_content_that_is_none_is_refused(self, bedside, refused):
        bedside.enter("weight_taken", 2, id=self.ID, weight_kg="70.5")
        codes = refused(
            lambda: bedside.enter("weight_taken", 2, id=self.ID, weight_lb="71"),
            said="visit.weight_taken",
        )
        assert codes == ["entry.id_reused"]

    def test_as_another_kind_is_refused(self, bedside, refused):
        bedside.enter("weight_taken", 2, id=self.ID, weight_kg="70.5")
        codes = refused(lambda: bedside.enter("held", 2, id=self.ID), said="visit.held")
        assert codes == ["entry.id_reused"]

    def test_in_another_visit_is_refused(self, bedside, refused, make_booking, make_chair):
        other = actions.check_in(
            booking=make_booking(into=make_chair("chair B")),
            visit_id=uuid4(),
            by=bedside.nurse,
            at=minute(0),
        )
        bedside.enter("weight_taken", 2, id=self.ID, weight_kg="70.5")
        bedside.visit = other
        codes = refused(
            lambda: bedside.enter("weight_taken", 2, id=self.ID, weight_kg="70.5"),
            said="visit.weight_taken",
        )
        assert codes == ["entry.id_reused"]


class TestOverride:
    def test_needs_a_reason_and_keeps_it_with_its_codes(self, bedside, refused):
        heavy = {"weight_kg": "130", "prosthesis": "on"}
        act = lambda **more: bedside.enter("weight_taken", 2, **heavy, **more)  # noqa: E731
        codes = refused(act, said="visit.weight_taken")
        assert refused(lambda: act(overridden={"reason": " "}), said="visit.weight_taken") == codes
        act(overridden={"reason": " the scale was checked "})
        weight = bedside.state.weight
        assert weight.overridden.codes == tuple(codes)
        assert weight.overridden.reason == "the scale was checked"

    def test_lets_nothing_pass_that_blocks(self, bedside, refused):
        codes = refused(
            lambda: bedside.enter("weight_taken", 2, weight_kg="700", overridden={"reason": "so"}),
            said="visit.weight_taken",
        )
        assert "weight.implausible" in codes

    def test_keeps_no_reason_where_none_was_needed(self, bedside):
        bedside.enter("weight_taken", 2, weight_kg="70", overridden={"reason": "just because"})
        assert bedside.state.weight.overridden.reason == ""
        assert bedside.state.weight.overridden.codes == ()

    def test_may_not_name_codes_of_its_own(self, bedside):
        claim = {"reason": "so", "codes": ["weight.implausible"]}
        bedside.enter("weight_taken", 2, weight_kg="70", overridden=claim)
        assert bedside.state.weight.overridden.codes == ()

    def test_at_the_gate_starts_the_pump(self, bedside):
        bedside.prepare().read(9, systolic_mmhg=150)
        bedside.enter("started", 10, rate_ml_per_h="150", overridden={"reason": "Dr Sund agreed"})
        started = next(e for e in bedside.state.entries if e.kind == "started")
        assert started.payload.overridden.codes == ("gate.systolic_recheck",)


def test_a_clock_that_went_back_is_said_and_the_entry_kept(bedside):
    bedside.enter("weight_taken", 20, weight_kg="70")
    recorded = bedside.enter("comfort_changed", 5, what="light", setting="low")
    (finding,) = recorded.findings
    assert (finding.code, finding.severity) == ("time.clock_went_back", "notice")
    assert "900 s" in finding.message
    assert bedside.state.comfort == {"light": "low"}


class TestAmending:
    def amend(self, bedside, kind: str, at: float, **how):
        entry = next(entry for entry in bedside.state.entries if entry.kind == kind)
        told = {"event": str(entry.id), "reason": "typed wrong"} | how
        return lambda: bedside.enter("amended", at, **told)

    @pytest.mark.parametrize(
        ("kind", "how", "code"),
        [
            ("weight_taken", {"reason": " "}, "entry.malformed"),
            ("weight_taken", {"event": str(uuid4())}, "amend.unknown"),
            ("checked_in", {}, "amend.fixed"),
            ("weight_taken", {"changes": '{"weight_kg": "heavy"}'}, "entry.malformed"),
            ("weight_taken", {"changes": '{"colour": "red"}'}, "entry.malformed"),
            ("weight_taken", {"changes": '{"weight_kg": 700}'}, "weight.implausible"),
            ("weight_taken", {"changes": '{"weight_kg": 0}'}, "weight.not_positive"),
            (
                "dose_drawn",
                {"changes": '{"stock_mg_per_ml": "500"}'},
                "stock.unknown_concentration",
            ),
            ("started", {"changes": '{"rate_ml_per_h": "1500"}'}, "rate.beyond_pump"),
            ("reading_entered", {"changes": '{"reading": {"pulse_per_min": 999}}'}, "reading.out_"),
            ("stopped", {"happened_at": minute(9).isoformat()}, "time.before_start"),
            ("stopped", {"happened_at": minute(90).isoformat()}, "time.in_future"),
            ("stopped", {"happened_at": minute(-3).isoformat()}, "time.before_check_in"),
            ("stopped", {"happened_at": minute(19).isoformat()}, "time.out_of_order"),
            ("started", {"happened_at": minute(21).isoformat()}, "time.out_of_order"),
            ("held", {"happened_at": minute(26).isoformat()}, "time.out_of_order"),
            ("started", {"happened_at": minute(45).isoformat()}, "time.out_of_order"),
        ],
    )
    def test_what_cannot_be_right_is_refused(self, bedside, refused, kind, how, code):
        bedside.start().enter("held", 20)
        bedside.enter("resumed", 25, rate_ml_per_h="150")
        bedside.stop(40)
        codes = refused(self.amend(bedside, kind, 60, **how), said="visit.amended")
        assert any(found.startswith(code) for found in codes), codes

    def test_a_stop_may_be_told_earlier_up_to_the_last_change(self, bedside):
        bedside.start().stop(40)
        self.amend(bedside, "stopped", 60, happened_at=minute(38).isoformat())()
        assert bedside.state.ended_at == minute(38)

    def test_an_unusual_value_needs_no_reason_besides_the_amendments_own(self, bedside):
        bedside.weigh_and_draw()
        self.amend(bedside, "weight_taken", 6, changes='{"weight_kg": "130"}')()
        assert bedside.state.weight.weight_kg == 130

    def test_a_text_of_digits_stays_a_text(self, bedside):
        bedside.weigh_and_draw()
        self.amend(bedside, "dose_drawn", 6, changes='{"lot": 72281}')()
        assert bedside.state.drawn.lot == "72281"

    def test_a_signed_record_still_takes_it_beside_the_entry(self, bedside):
        bedside.sign()
        before = VisitEvent.objects.filter(kind="reading_entered").values_list("body", "hash")
        rows = list(before)
        changes = '{"reading": {"pulse_per_min": 71}}'
        self.amend(bedside, "reading_entered", 150, changes=changes)()
        assert bedside.state.status == "signed"
        assert bedside.state.readings[0][1].reading.pulse_per_min == 71
        assert list(before.all()) == rows

    def test_an_amendment_is_not_amended(self, bedside, refused):
        bedside.weigh_and_draw()
        self.amend(bedside, "weight_taken", 6, changes='{"weight_kg": "71"}')()
        codes = refused(self.amend(bedside, "amended", 7), said="visit.amended")
        assert codes == ["amend.fixed"]


class TestSigning:
    def test_names_the_person_the_role_and_the_record_as_it_stood(self, bedside):
        bedside.hand_over()
        head = VisitEvent.objects.order_by("-site_seq").first().hash
        bedside.enter("signed", 140, by=bedside.prescriber, name="somebody else", role="director")
        signed = bedside.state.signatures[0].payload
        assert (signed.name, signed.role) == ("Petra (synthetic)", "Prescriber")
        assert signed.head_hash == head

    def test_the_same_person_signs_once(self, bedside, refused):
        bedside.sign()
        codes = refused(
            lambda: bedside.enter("signed", 150, by=bedside.prescriber), said="visit.signed"
        )
        assert codes == ["sign.twice"]

    def test_a_second_person_may_sign_too(self, bedside):
        bedside.sign().enter("signed", 150, by=bedside.nurse)
        assert [entry.actor for entry in bedside.state.signatures] == ["petra", "nora"]

    def test_nothing_is_signed_before_the_patient_left(self, bedside, refused):
        bedside.recover()
        codes = refused(
            lambda: bedside.enter("signed", 131, by=bedside.prescriber), said="visit.signed"
        )
        assert codes == ["visit.out_of_place"]
