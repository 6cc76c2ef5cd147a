"""A monitor feed for everyone in a chair; one that breaks keeps no other waiting."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from visit_plugin import minute

from ebbtide.clinic.infusions import feeds, queries
from ebbtide.devices.gateway import Gateway
from ebbtide.devices.recordings import RecordingError
from ebbtide.devices.recordings.recording import unusable
from ebbtide.devices.sources import Frame, judged
from ebbtide.science.visit.state import VisitState
from ebbtide.science.vitals.validity import Quantity

CSV = "time,SpO2,PR\n" + "".join(
    f"00:{s // 60:02}:{s % 60:02},97,{60 + s % 40}\n" for s in range(600)
)


class Source:
    """Gives frames for ever, or breaks or ends after some."""

    name, period_s = "scripted", 0.005

    def __init__(self, *, breaks_after=None, ends_after=None) -> None:
        self.breaks_after, self.ends_after, self.taken = breaks_after, ends_after, 0

    def next_frame(self, *, given_mg):
        if self.taken == self.breaks_after:
            raise OSError("the cable came off")
        if self.taken == self.ends_after:
            return None
        self.taken += 1
        return Frame(self.taken * self.period_s, (judged(Quantity.SPO2, 97),))


@pytest.fixture
def ward(monkeypatch):
    """Visits in chairs, each with what its source is or why it has none."""
    monkeypatch.setattr(feeds, "_states", {})
    monkeypatch.setattr(feeds, "_failures", {})
    monkeypatch.setattr(feeds, "_LOOK_AGAIN_S", 0.0)
    ward = SimpleNamespace(in_chairs=[], sources={}, stored=[])
    state = VisitState(checked_in_at=None)

    def source_at_now(visit, _state):
        source = ward.sources[visit.pk]
        if isinstance(source, Exception):
            raise source
        return source

    def admit(source):
        visit = SimpleNamespace(pk=uuid4())
        ward.in_chairs.append((visit, state))
        ward.sources[visit.pk] = source
        return visit.pk

    def store(batch):
        ward.stored += [frame.feed_id for frame in batch]
        return list(range(len(ward.stored) - len(batch), len(ward.stored)))

    monkeypatch.setattr(feeds, "_open_visits", lambda: list(ward.in_chairs))
    monkeypatch.setattr(feeds, "_source_at_now", source_at_now)
    ward.admit, ward.store = admit, store
    return ward


def follow(ward, *steps) -> None:
    """Bring the feeds up to date, before and after each step."""

    async def main():
        attached: set = set()
        async with Gateway(ward.store, lambda _: None, clock=lambda: minute(0)) as gateway:
            await feeds._follow(gateway, attached)
            for step in steps:
                await asyncio.sleep(0.05)
                step()
                await feeds._follow(gateway, attached)
            await asyncio.sleep(0.05)

    asyncio.run(main())


def unreadable() -> RecordingError:
    return unusable("empty", "The recording holds no rows.")


def test_everyone_in_a_chair_has_a_feed(ward):
    rooms = [ward.admit(Source()) for _ in range(3)]
    follow(ward)
    assert set(ward.stored) == {str(room) for room in rooms}
    assert [feeds.problem_of(room) for room in rooms] == ["", "", ""]


@pytest.mark.parametrize("error", [unreadable(), OSError("gone"), ZeroDivisionError()])
def test_a_source_that_cannot_be_opened_keeps_no_other_room_waiting(ward, error):
    first, broken, last = ward.admit(Source()), ward.admit(error), ward.admit(Source())
    follow(ward)
    assert {str(first), str(last)} == set(ward.stored)
    assert feeds.problem_of(broken)
    assert feeds.problem_of(last) == ""


def test_the_reason_is_in_the_recordings_own_words(ward):
    room = ward.admit(unreadable())
    follow(ward)
    assert feeds.problem_of(room) == "The recording holds no rows."


def test_a_source_that_cannot_be_opened_is_tried_again(ward):
    room = ward.admit(unreadable())
    follow(ward, lambda: ward.sources.update({room: Source()}))
    assert str(room) in ward.stored
    assert feeds.problem_of(room) == ""


def test_it_is_not_tried_at_every_change_but_after_a_while(ward, monkeypatch):
    monkeypatch.setattr(feeds, "_LOOK_AGAIN_S", 60.0)
    room = ward.admit(unreadable())
    follow(ward, lambda: ward.sources.update({room: Source()}))
    assert str(room) not in ward.stored


def test_a_source_that_breaks_is_named_and_begun_again(ward):
    room = ward.admit(Source(breaks_after=2))
    seen = []

    def look():
        seen.append(len(ward.stored))

    def mend():
        seen.append(feeds.problem_of(room))
        ward.sources[room] = Source()

    follow(ward, look, mend)
    assert seen[0] == 2
    assert "the cable came off" in seen[1]
    assert len(ward.stored) > 2
    assert feeds.problem_of(room) == ""


def test_a_recording_that_ran_out_is_said_and_stays_ended(ward):
    room = ward.admit(Source(ends_after=3))
    follow(ward, lambda: None, lambda: None)
    assert ward.stored == [str(room)] * 3
    assert feeds.problem_of(room) == "it has come to its end"


def test_whoever_left_the_chair_has_no_feed_and_no_problem(ward):
    leaving, staying = ward.admit(Source()), ward.admit(unreadable())
    counts = []

    def leave():
        ward.in_chairs.clear()

    follow(ward, leave, lambda: counts.append(ward.stored.count(str(leaving))))
    assert ward.stored.count(str(leaving)) <= counts[0] + 1
    assert (feeds.problem_of(leaving), feeds.problem_of(staying)) == ("", "")


def test_a_room_without_a_monitor_has_neither_feed_nor_problem(ward):
    room = ward.admit(None)
    follow(ward)
    assert (ward.stored, feeds.problem_of(room)) == ([], "")


class TestTakingUpAgain:
    """After a restart a feed goes on where the clock says it should be."""

    @pytest.fixture
    def restarted_at(self, visit, monkeypatch):
        def source_at(minutes: float):
            monkeypatch.setattr("ebbtide.clinic.web.clock.now", lambda: minute(minutes))
            monkeypatch.setattr(feeds, "close_old_connections", lambda: None)
            fresh = queries.visit_or_404(visit.pk)
            return feeds._source_at_now(fresh, queries.state_of(visit.pk))

        return source_at

    def test_a_new_visit_begins_at_its_beginning(self, restarted_at):
        assert restarted_at(0).next_frame(given_mg=0).offset_s == 0

    @pytest.mark.parametrize("minutes", [1, 7.5])
    def test_a_simulated_monitor_goes_on_at_the_clocks_moment(self, restarted_at, minutes):
        offset_s = restarted_at(minutes).next_frame(given_mg=0).offset_s
        assert minutes * 60 <= offset_s <= minutes * 60 + 1

    def test_the_virtual_patient_is_the_one_it_was(self, restarted_at):
        whole = restarted_at(0)
        frames = [whole.next_frame(given_mg=0) for _ in range(130)]
        resumed = restarted_at(2)
        first = resumed.next_frame(given_mg=0)
        assert first in frames
        after = frames[frames.index(first) + 1]
        assert resumed.next_frame(given_mg=0) == after

    def test_a_recording_goes_on_at_the_clocks_moment(self, restarted_at, room, tmp_path):
        file = tmp_path / "hour.csv"
        file.write_text(CSV)
        room.devices.filter(kind="monitor").update(source=f"recording:{file}")
        frame = restarted_at(3).next_frame(given_mg=0)
        assert frame.offset_s == pytest.approx(180, abs=1)

    @pytest.mark.parametrize("text", [None, "", "time,SpO2\n", "torn\x00\x01"])
    def test_a_recording_that_is_torn_says_why(self, restarted_at, room, tmp_path, text):
        file = tmp_path / "torn.csv"
        if text is not None:
            file.write_text(text)
        room.devices.filter(kind="monitor").update(source=f"recording:{file}")
        with pytest.raises(RecordingError):
            restarted_at(3)

    @pytest.mark.parametrize("source", ["none", None])
    def test_where_no_monitor_stands_there_is_no_source(self, restarted_at, room, source):
        if source:
            room.devices.filter(kind="monitor").update(source=source)
        else:
            room.devices.filter(kind="monitor").delete()
        assert restarted_at(3) is None


@pytest.mark.django_db(transaction=True)
def test_what_the_gateway_stores_is_on_disk_before_it_is_told(visit, monkeypatch):
    from ebbtide.clinic.monitoring.queries import samples_after
    from ebbtide.clinic.web import hub
    from ebbtide.devices.gateway import FeedFrame, StoredFrame

    told = []
    monkeypatch.setattr(hub, "publish", lambda topic, event: told.append((topic, event)))
    frame = Frame(1.0, (judged(Quantity.SPO2, 97),))
    taken = FeedFrame(str(visit.pk), frame, minute(1), minute(1) + timedelta(seconds=1))
    (number,) = feeds._store([taken])
    assert [row.id for row in samples_after(visit.pk, 0)] == [number]
    feeds._publish([StoredFrame(number, taken)])
    topics = {topic for topic, _ in told}
    assert f"visit:{visit.pk}" in topics
    assert all(event["id"] == number for _, event in told)


def test_what_was_given_is_asked_from_the_newest_state(ward):
    visit_id = uuid4()
    given = feeds._given_mg(visit_id)
    assert given(minute(0)) == 0.0
    feeds._states[visit_id] = SimpleNamespace(given_mg=lambda at: 7)
    assert given(minute(1)) == 7.0
