"""The printed record: everything in it, nothing from outside it, the same bytes each time."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.apps.infusions import a_visit
from tests.apps.infusions.a_visit import Log, at

from ebbtide.clinic.infusions.models import VisitEvent
from ebbtide.clinic.infusions.paper import PaperError, signed_record_pdf
from ebbtide.clinic.infusions.paper.content import RecordContent, record_content
from ebbtide.clinic.infusions.paper.gathered import stored_record
from ebbtide.clinic.intake.models import Allergy
from ebbtide.clinic.monitoring.models import Sample
from ebbtide.clinic.people.models import Practitioner, User
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL
from ebbtide.science.visit.events import Kind

PENICILLIN = "penicillin (rash)"


def content_of(
    log: Log, *, samples=None, printed_at=a_visit.PRINTED_AT, **patient
) -> RecordContent:
    chain = log.chain
    return record_content(
        visit=a_visit.a_visit(**patient),
        state=log.state,
        samples=a_visit.samples() if samples is None else samples,
        head_hash=chain[-1].hash,
        printed_at=printed_at,
        chain=chain,
        names=a_visit.NAMES,
        allergies=PENICILLIN,
    )


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, every kind of space made plain."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


@pytest.fixture(scope="module")
def content() -> RecordContent:
    return content_of(a_visit.a_log())


@pytest.fixture(scope="module")
def pdf(content: RecordContent) -> bytes:
    return signed_record_pdf(content)


@pytest.fixture(scope="module")
def text(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


@pytest.mark.parametrize(
    "words",
    [
        # head
        "Wren Testwell (synthetic) · EB-0007 · born 17 May 1980",
        "Synthetic data: this patient does not exist",
        "America/Los_Angeles (PST, UTC−08:00)",
        "penicillin (rash)",
        # order, weight, pump sheet
        "ORD-2026-0147",
        "Phantom limb pain, version 2",
        "0.5 mg/kg over 40 min",
        "82.5 kg, prosthesis off",
        "41 mg: 4.1 mL of 10 mg/mL",
        "50 mL at 0.82 mg/mL",
        "75.0 mL/h (61.5 mg/h)",
        "Drawn by Nora Vale (synthetic), RN",
        "Checked by Nils Harrow (synthetic), RN",
        # totals: 17 min at 75, 10 at 60, 13 at 75 mL/h of 0.82 mg/mL is 47.5 mL and 38.95 mg
        "Ordered 41.25 mg",
        "Drawn 41 mg",
        "Given 38.95 mg",
        "Given by weight 0.472 mg/kg",
        "Volume given 47.5 mL",
        "Running 40 min 00 s",
        "Held 1 ×, 4 min 00 s",
        "2.05 mg in the bag and 159.0 mg (15.9 mL) in 1 vial",
        # timeline
        "Started at 75.0 mL/h",
        "Held: nausea; patient asked for a pause",
        "Rate changed to 75.0 mL/h",
        "Overrode dose.dilution: pharmacy has no other strength today",
        "Entered at 11:08:00",
        # adverse events, rescue drugs, scales, comfort
        "Nausea: waves, no retching 1 no NV",
        "ondansetron 4 mg IV nausea NV",
        "CADSS-6 7 of 24 2 + 1 + 1 + 0 + 2 + 1",
        "activity 2, breathing 2, circulation 2, consciousness 2, SpO2 2",
        "own playlist, quiet",
        # discharge and signature
        "Handed over at 11:14:00 to Alex Testwell (synthetic) (sister), an adult, present",
        "Petra Sund (synthetic) Prescriber, MD 2 Mar 2026, 11:18:00 PST",
        # honesty
        "this record is a second display",
        "worked out by a model and was not measured",
        "ebbtide verify --data DIR",
    ],
)
def test_record_says(text: str, words: str) -> None:
    assert words in text


def test_readings_keep_blanks_blank_and_zeros_zero(content: RecordContent) -> None:
    by_time = {row[1]: row for row in content.readings.rows}
    labels = [column.label.split("\n")[0] for column in content.readings.columns]
    baseline = dict(zip(labels, by_time["09:11:00"], strict=True))
    during = dict(zip(labels, by_time["09:34:00"], strict=True))

    assert (baseline["BP"], baseline["O2"], baseline["RASS"]) == ("128/78", "0", "0")
    assert (during["O2"], during["Breaths"], during["RASS"]) == ("", "", "")
    assert [row[2] for row in content.readings.rows].count("recovery") == 3


def test_monitor_figures_leave_out_what_was_no_value(content: RecordContent) -> None:
    rows = {row[0]: row for row in content.monitored.rows}

    assert rows["SpO2, %"][-1] == "72"
    assert int(rows["SpO2, %"][1]) >= 90


def test_typed_values_are_none_of_the_monitors() -> None:
    typed = [sample._replace(source="nurse") for sample in a_visit.samples(20)]
    content = content_of(a_visit.a_log(), samples=typed)

    assert content.monitored.rows == ()


def test_hashes_are_printed_whole(text: str) -> None:
    chain = a_visit.a_log().chain

    assert chain[-1].hash in text
    assert chain[-1].site_hash in text
    assert chain[-2].hash in text, "the hash that was signed"
    assert f"harbor, event {chain[-1].site_seq}" in text


def test_every_entry_is_told_once(content: RecordContent) -> None:
    notes = [note for line in content.timeline for note in line.notes]
    amendments = re.findall(r"#\d+", " ".join(notes))
    in_timeline = {line.place for line in content.timeline}
    readings = {row[0] for row in content.readings.rows} - in_timeline
    places = " ".join([*in_timeline, *amendments, *readings])
    told: list[int] = []
    for place in re.findall(r"(\d+)(?:–(\d+))?", places):
        first, last = int(place[0]), int(place[1] or place[0])
        told += range(first, last + 1)

    assert sorted(told) == [event.seq for event in a_visit.a_log().events]


def test_amendment_stands_beside_what_it_corrects(content: RecordContent) -> None:
    amended = next(line for line in content.timeline if line.was)

    assert "pulse 18" in amended.was.replace("\u00a0", " ")
    assert "pulse 78" in amended.what.replace("\u00a0", " ")
    assert "Pulse typed without its last digit." in amended.notes[0]
    assert "by NV at 09:56:06" in amended.notes[0]


def test_retracted_entry_is_struck_and_counts_nowhere(content: RecordContent) -> None:
    retracted = [line for line in content.timeline if line.is_retracted]

    assert [line.what for line in retracted] == ["Adverse event: Dizziness, CTCAE grade 1"]
    assert "Belongs to another room." in retracted[0].notes[0]
    assert not any("Dizziness" in cell for row in content.adverse_events.rows for cell in row)


def test_usual_visit_takes_at_most_three_pages(pdf: bytes) -> None:
    pages = pages_of(pdf)

    assert len(pages) <= 3
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Wren Testwell (synthetic) · EB-0007" in page


def test_same_content_gives_the_same_bytes(content: RecordContent, pdf: bytes) -> None:
    assert signed_record_pdf(content) == pdf


def test_printing_later_changes_only_when_it_was_printed(content: RecordContent) -> None:
    later = content_of(a_visit.a_log(), printed_at=a_visit.PRINTED_AT + timedelta(days=3))

    changed = {
        name
        for name in RecordContent.__dataclass_fields__
        if getattr(later, name) != getattr(content, name)
    }
    assert changed == {"printed_at", "printed"}


def test_pdf_is_tagged_titled_and_in_english(pdf: bytes) -> None:
    reader = PdfReader(BytesIO(pdf))
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert "Infusion record" in reader.metadata.title


def test_open_visit_is_marked_and_counts_to_the_moment_of_printing() -> None:
    log = Log()
    a_visit._prepare(log)
    log.add(Kind.STARTED, 24, rate_ml_per_h="75.0")
    content = content_of(log, printed_at=at(34))
    totals = {fact.label: fact.value.replace("\u00a0", " ") for fact in content.totals}

    assert "Not signed: working copy" in content.marks
    assert totals["Given"] == "10.25 mg"  # 10 min at 75 mL/h is 12.5 mL of 0.82 mg/mL
    assert totals["Ended"] == "not recorded"
    assert "not ended yet" in content.totals_note
    assert "Not handed over to anyone." in " ".join(pages_of(signed_record_pdf(content)))


def test_bag_that_ran_empty_is_said_before_anyone_stops_the_pump() -> None:
    log = Log()
    a_visit._prepare(log)
    log.add(Kind.STARTED, 24, rate_ml_per_h="75.0")  # 50 mL last 40 min
    totals = {fact.label: fact.value for fact in content_of(log, printed_at=at(90)).totals}

    assert totals["Ended"] == "bag empty 10:04:00"
    assert totals["Running"] == "40\u00a0min 00\u00a0s"
    assert totals["Left in the bag"] == "0.00\u00a0mg, 0.0\u00a0mL"


def test_visit_called_off_says_that_nothing_was_given() -> None:
    log = Log()
    log.add(
        Kind.CHECKED_IN, 0, order=a_visit.ORDER, order_number="ORD-2026-0147",
        protocol="Phantom limb pain, version 2", indication="Phantom limb pain", visit_number=3,
    )  # fmt: skip
    log.add(Kind.CALLED_OFF, 5, reason="Ate an hour ago.")
    text = " ".join(pages_of(signed_record_pdf(content_of(log, samples=[]))))

    for words in (
        "No infusion was given",
        "Given 0 mg: no dose was drawn",
        "No infusion today: Ate an hour ago.",
        "No plot: nothing was measured and no drug was given.",
        "No monitor was connected.",
        "Adverse events, CTCAE grade None noted. Rescue drugs None given.",
        "Not signed.",
        "not answered",
    ):
        assert words in text


def test_visit_without_any_entry_still_prints() -> None:
    content = record_content(
        visit=a_visit.a_visit(),
        state=Log().state,
        samples=[],
        head_hash="0" * 64,
        printed_at=a_visit.PRINTED_AT,
    )

    assert "no check-in" in " ".join(pages_of(signed_record_pdf(content)))


def test_long_visit_repeats_its_heads_and_loses_nothing() -> None:
    log = Log()
    a_visit._prepare(log)
    log.add(Kind.STARTED, 24, rate_ml_per_h="75.0")
    for index in range(170):
        log.add(
            Kind.ADVERSE_EVENT_NOTED, 25 + index, term="Dizziness", grade=1, note=f"no. {index};"
        )
    content = content_of(log, samples=a_visit.samples(60), printed_at=at(560))
    pages = pages_of(signed_record_pdf(content))

    assert len(content.pictures) == 3, "nine hours are drawn in windows of four"
    assert all(f"no. {index};" in " ".join(pages) for index in range(170))
    assert all(
        "# Time Entry By Hash" in page for page in pages if "Adverse event: Dizziness" in page
    )


AWKWARD = [
    "#panic(1) *bold* _it_ $x^2$ @ref <label> `raw` \\n // comment /* */ [a] {b} ~ -- 'q' \"q\"",
    "<svg onload=alert(1)> &amp; ]]> </text>",
    "Ἀθηνᾶ Ωραία Ђорђе Šnajder Nguyễn Þór",
    "עברית ו־العربية",
    "smile 😀 family 👩‍👩‍👧 flag 🇪🇺 漢字",
    "over\u202eride \u2066isolate\u2069 bell\x07 null\x00 mark\ufeff line\nbreak",
    "Supercalifragilisticexpialidocious" * 6,
    "Z̸̨͎͉a̷l̴g̵o̶",
]


@pytest.mark.parametrize("awkward", AWKWARD, ids=range(len(AWKWARD)))
def test_awkward_text_is_printed_as_text(awkward: str) -> None:
    log = a_visit.a_log()
    log.add(Kind.ADVERSE_EVENT_NOTED, 60, term=awkward, grade=2, note=awkward)
    log.add(Kind.COMFORT_CHANGED, 61, what="aroma", setting=awkward)
    log.add(
        Kind.RESCUE_GIVEN, 62, drug=awkward, dose="1", unit="mg", route=awkward, trigger=awkward
    )
    log.add(Kind.SCORE_TAKEN, 63, by=awkward, instrument="pain-nrs", total=3)
    content = content_of(log, given_name=awkward, family_name=awkward)
    text = " ".join(pages_of(signed_record_pdf(content)))

    assert max(map(len, text.split())) < 200, "a word runs over the edge of the paper"
    for words in ("Given 38.95 mg", "EB-0007", "born 17 May 1980", "CTCAE grade 2"):
        assert words in text
    if awkward.isascii() and awkward.isprintable() and len(awkward) < 100:
        assert re.sub(r"\s+", " ", awkward) in text


def test_characters_without_a_glyph_are_printed_as_their_code() -> None:
    content = content_of(a_visit.a_log(), family_name="Test 😀 漢", given_name="Ann")

    assert "Ann Test [U+1F600] [U+6F22]" in " ".join(pages_of(signed_record_pdf(content)))


def test_characters_that_turn_the_writing_are_printed_as_their_code() -> None:
    content = content_of(a_visit.a_log(), family_name="Te\u202est\x07", given_name="Ann")

    assert "Ann Te[U+202E]st[U+0007]" in content.running_head


def test_checks_are_yes_by_the_record_or_not_answered() -> None:
    log = Log()
    a_visit._prepare(log)
    log.events = [
        event
        for event in log.events
        if getattr(event.payload, "item", "") not in ("consent", "double_check")
    ]
    answers = dict(content_of(log).start_checks.rows)
    by_id = {item.id: answers[item.text] for item in DEFAULT_PROTOCOL.checklist}

    assert by_id["identity"] == "yes"
    assert by_id["pregnancy"] == "not applicable"
    assert by_id["consent"] == "not answered"
    assert by_id["double_check"] == "by the record"


def test_people_of_the_same_initials_are_told_apart() -> None:
    log = a_visit.a_log()
    names = {"nora": "Nora Vale", "nils": "Nils Veer", "petra": "Petra Sund"}
    content = record_content(
        visit=a_visit.a_visit(), state=log.state, samples=[], head_hash=log.chain[-1].hash,
        printed_at=a_visit.PRINTED_AT, names=names,
    )  # fmt: skip

    assert content.people == "NV Nora Vale (nora); NV2 Nils Veer (nils); PS Petra Sund (petra)"


def test_times_carry_their_zone_when_the_clocks_change_during_the_visit() -> None:
    log = Log()
    autumn = a_visit.NINE.replace(month=11, day=1, hour=8)  # 01:00, an hour before the change
    days = (autumn - a_visit.NINE) / timedelta(minutes=1)
    log.add(
        Kind.CHECKED_IN, days + 30, order=a_visit.ORDER, order_number="O", protocol="P",
        indication="I", visit_number=1,
    )  # fmt: skip
    log.read(days + 90, pulse_per_min=70)
    content = content_of(log, samples=[], printed_at=at(days + 120))

    assert "the offset changed during the visit" in content.clock_note
    assert [row[1] for row in content.readings.rows] == ["01:30:00\u00a0PST"]
    assert content.timeline[0].time == "01:30:00\u00a0PDT"


def test_failed_renderer_is_told_with_its_reason(monkeypatch, content: RecordContent) -> None:
    def fail(*args, **kwargs):
        return subprocess.CompletedProcess(args, 1, b"", b"Traceback\nTypstError: no such thing")

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(PaperError, match="no such thing") as failed:
        signed_record_pdf(content)
    assert failed.value.permanent


def test_renderer_that_hangs_or_dies_may_be_tried_again(
    monkeypatch, content: RecordContent
) -> None:
    def hang(*args, timeout, **kwargs):
        raise subprocess.TimeoutExpired(args, timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(PaperError, match="over 30 s") as failed:
        signed_record_pdf(content)
    assert not failed.value.permanent

    killed = subprocess.CompletedProcess((), -9, b"", b"")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: killed)
    with pytest.raises(PaperError, match="ended with -9") as failed:
        signed_record_pdf(content)
    assert not failed.value.permanent


def test_renderer_brings_in_neither_the_web_framework_nor_the_science() -> None:
    look = "import sys, ebbtide.clinic.infusions.paper.render; print(*sys.modules)"
    command = [sys.executable, "-P", "-c", look]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert not {"django", "numpy"} & set(done.stdout.split())


def test_pictures_fetch_nothing(content: RecordContent) -> None:
    for picture in content.pictures:
        spec = json.loads(picture.spec)
        assert "url" not in json.dumps({**spec, "$schema": ""})


def test_stored_visit_is_gathered_with_hashes_names_and_allergies(db) -> None:
    visit = a_visit.a_visit()
    order, chair = visit.order, visit.chair
    booking = Booking(
        patient=visit.patient, plan=order.plan, chair=chair, starts_at=at(0), ends_at=at(120)
    )
    protocol = order.plan.protocol_version
    for user in (protocol.approved_by, order.signed_by, User(username="nora", full_name="Nora V.")):
        user.save()
    order.plan.created_by, order.plan.created_at, order.body = order.signed_by, at(0), "{}"
    protocol.approved_at = visit.patient.created_at = at(0)
    visit.booking = booking
    for row in (
        visit.site, chair.room, chair, visit.patient, protocol, order.plan, order, booking, visit,
    ):  # fmt: skip
        for field in row._meta.concrete_fields:  # ids exist only once a parent is saved
            if field.is_relation:
                setattr(row, field.name, getattr(row, field.name))
        row.save()
    Practitioner.objects.create(
        user=order.signed_by, name="Petra Sund (synthetic)", credentials="MD",
        licence_number="X-1", licence_expires_on=at(0).date(),
    )  # fmt: skip
    Allergy.objects.create(patient=visit.patient, substance="latex", reaction="hives")
    log = a_visit.a_log()
    for event, stored in zip(log.events, log.chain, strict=True):
        VisitEvent.objects.create(
            id=event.id, visit=visit, seq=event.seq, kind=event.kind, recorded_at=event.recorded_at,
            body=stored.body, hash=stored.hash, site_code=stored.site, site_seq=stored.site_seq,
            site_hash=stored.site_hash,
        )  # fmt: skip
    for sample in a_visit.samples(20):
        Sample.objects.create(
            visit=visit.pk, quantity=sample.quantity, at_ms=sample.at_ms,
            received_ms=sample.received_ms, value=sample.value, quality=sample.quality,
            source=sample.source,
        )  # fmt: skip

    content = stored_record(visit, printed_at=a_visit.PRINTED_AT)

    facts = {fact.label: fact.value for group in content.groups for fact in group.facts}
    assert facts["Allergies"] == "latex (hives) (on file at printing)"
    assert content.people == (
        "NV Nora V. (nora); nils nils (nils); PS Petra Sund (synthetic), MD (petra)"
    )
    assert {fact.label: fact.value for fact in content.seals}[
        "Head hash of the visit"
    ] == log.chain[-1].hash
    assert [row[0] for row in content.monitored.rows][:2] == ["SpO2, %", "Pulse, /min"]
    assert content.timeline[0].hash == log.chain[0].hash[:8]
