"""The live stream of a visit: what was missed, then what comes, each sample once."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import RequestFactory
from visit_plugin import READY, minute

from ebbtide.clinic.infusions import streams
from ebbtide.clinic.monitoring.actions import frame_event, store_frames
from ebbtide.clinic.web import hub
from ebbtide.devices.gateway import FeedFrame
from ebbtide.devices.sources import Frame, judged
from ebbtide.science.vitals.reading import Reading
from ebbtide.science.vitals.validity import Quantity

pytestmark = pytest.mark.django_db(transaction=True)


def frame_at(visit, second: int, *quantities: Quantity) -> FeedFrame:
    quantities = quantities or (Quantity.SPO2, Quantity.PULSE)
    frame = Frame(float(second), tuple(judged(quantity, 97) for quantity in quantities))
    at = minute(0) + timedelta(seconds=second)
    return FeedFrame(str(visit.pk), frame, at, at)


def parsed(message: bytes) -> tuple[str, int | None, dict]:
    lines = dict(line.split(": ", 1) for line in message.decode().strip().split("\n"))
    return lines["event"], int(lines["id"]) if "id" in lines else None, json.loads(lines["data"])


def heard(visit, *, cursor=0, meanwhile=lambda: None, count=None) -> list:
    """All a client hears until a last word, which is said after `meanwhile`."""

    def do_meanwhile():
        try:
            meanwhile()
        finally:
            connections.close_all()

    async def main():
        events = streams._visit_events(visit, cursor)
        messages = [parsed(await anext(events))]
        said = False
        async with asyncio.timeout(20):
            async for message in events:
                messages.append(parsed(message))
                if messages[-1][2].get("event") == "last word":
                    break
                if not said and messages[-1][0] == "beat":
                    said = True
                    await asyncio.to_thread(do_meanwhile)
                    hub.publish(f"visit:{visit.pk}", {"kind": "changed", "event": "last word"})
        await events.aclose()
        await sync_to_async(connections.close_all)()
        return messages[:-1]

    return asyncio.run(main())


@pytest.fixture(autouse=True)
def quick_beat(monkeypatch):
    monkeypatch.setattr(streams, "BEAT_S", 0.05)


def samples_of(messages) -> list[tuple[int | None, int]]:
    return [(data["id"], data["at_ms"]) for kind, _, data in messages if kind == "samples"]


def test_it_begins_with_a_beat_that_tells_the_time_and_speed(visit):
    kind, number, data = heard(visit)[0]
    assert (kind, number) == ("beat", None)
    assert set(data) == {"now_ms", "speed"}


def test_it_replays_all_that_was_stored_frame_by_frame(visit):
    stored = store_frames([frame_at(visit, second) for second in range(7)])
    messages = [message for message in heard(visit) if message[0] == "samples"]
    assert [number for _, number, _ in messages] == stored
    assert messages[0][2]["samples"] == [
        {"quantity": "spo2", "value": 97.0, "quality": "ok"},
        {"quantity": "pulse", "value": 97.0, "quality": "ok"},
    ]


def test_it_replays_from_where_the_page_got_to(visit):
    stored = store_frames([frame_at(visit, second) for second in range(7)])
    assert [number for number, _ in samples_of(heard(visit, cursor=stored[3]))] == stored[4:]


def test_it_replays_more_than_it_reads_at_once(visit, monkeypatch):
    monkeypatch.setattr(streams, "REPLAY_LIMIT", 3)
    store_frames([frame_at(visit, second) for second in range(20)])
    messages = heard(visit)
    values = [s for kind, _, data in messages if kind == "samples" for s in data["samples"]]
    assert len(values) == 40
    numbers = [number for number, _ in samples_of(messages)]
    assert numbers == sorted(set(numbers))


def test_what_comes_while_it_replays_is_told_once(visit):
    early = store_frames([frame_at(visit, second) for second in range(3)])

    def meanwhile():
        late = frame_at(visit, 3)
        (number,) = store_frames([late])
        old = frame_at(visit, 2)
        hub.publish(f"visit:{visit.pk}", frame_event(early[2], old.frame, at=old.at))
        for _ in range(2):
            hub.publish(f"visit:{visit.pk}", frame_event(number, late.frame, at=late.at))

    numbers = [number for number, _ in samples_of(heard(visit, meanwhile=meanwhile))]
    assert numbers == [*early, early[-1] + 2]


def test_another_visits_samples_are_not_told(visit):
    other = type("Other", (), {"pk": uuid4()})
    store_frames([frame_at(other, 1), frame_at(visit, 1)])
    assert len(samples_of(heard(visit))) == 1


def test_an_entry_is_told_to_the_page_once_committed(bedside):
    messages = heard(
        bedside.visit, meanwhile=lambda: bedside.enter("reading_entered", 2, reading=READY)
    )
    told = [data for kind, _, data in messages if kind == "changed"]
    assert [(data["event"], data["seq"]) for data in told] == [("reading_entered", 2)]
    (entered,) = [data for kind, _, data in messages if kind == "samples"]
    assert entered["source"] == "nurse"
    assert {s["quantity"] for s in entered["samples"]} >= {"systolic", "diastolic", "spo2"}


def test_a_refused_entry_is_told_to_nobody(bedside):
    from ebbtide.science.findings import RefusedError

    def meanwhile():
        with pytest.raises(RefusedError):
            bedside.enter("weight_taken", 2, weight_kg="700")

    messages = heard(bedside.visit, meanwhile=meanwhile)
    assert {kind for kind, _, _ in messages} == {"beat"}


def test_a_slow_page_is_told_to_look_again(visit):
    def meanwhile():
        for number in range(hub.QUEUE_LENGTH + 5):
            hub.publish(f"visit:{visit.pk}", {"kind": "changed", "event": "x", "seq": number})

    assert "resync" in {kind for kind, _, _ in heard(visit, meanwhile=meanwhile)}


@pytest.mark.parametrize(
    ("header", "address", "cursor"),
    [
        (None, "", 0),
        (None, "?after=12", 12),
        ("34", "?after=12", 34),
        ("x", "?after=12", 0),
        (None, "?after=-1", 0),
        (None, "?after=²", 0),
        (None, "?after=" + "9" * 400, 0),
    ],
)
def test_the_browsers_own_header_wins_and_scribble_begins_anew(header, address, cursor):
    headers = {"Last-Event-ID": header} if header else {}
    request = RequestFactory().get(f"/live/visits/{uuid4()}/{address}", headers=headers)
    assert streams._cursor(request) == cursor


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nurse", 200),
        ("prescriber", 200),
        ("director", 200),
        ("front_desk", 403),
        ("outsider", 403),
    ],
)
def test_only_clinical_staff_of_the_site_hear_it(visit, request, client_of, who, status):
    response = client_of(request.getfixturevalue(who)).get(f"/live/visits/{visit.pk}/")
    assert response.status_code == status
    if status == 200:
        assert response["Content-Type"] == "text/event-stream"
        assert response["Cache-Control"] == "no-store"
    response.close()


def test_a_reading_without_a_vital_sign_tells_no_samples(bedside):
    pain = {"phantom_pain_nrs": 4}
    messages = heard(
        bedside.visit, meanwhile=lambda: bedside.enter("reading_entered", 2, reading=pain)
    )
    assert samples_of(messages) == []
    assert bedside.state.readings[0][1].reading == Reading(phantom_pain_nrs=4)
