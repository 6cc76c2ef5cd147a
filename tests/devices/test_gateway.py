import asyncio
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from ebbtide.devices.gateway import Gateway
from ebbtide.devices.recordings import RecordingSource, open_recording
from ebbtide.devices.simulator import NO_ARTEFACTS, SimulatedMonitor
from ebbtide.devices.sources import skip_to
from ebbtide.science.patient.body import VirtualPatient

START = datetime(2031, 3, 4, 9, 0, tzinfo=UTC)


class Disk:
    """A store that can be held up or made to fail, and what was published from it."""

    def __init__(self):
        self.batches = []
        self.published = []
        self.attempts = 0
        self.failures_left = 0
        self.is_open = threading.Event()
        self.is_open.set()
        self._sequence = count(1)
        self.threads = set()

    def store(self, batch):
        self.attempts += 1
        self.threads.add(threading.get_ident())
        assert self.is_open.wait(10)
        if self.failures_left:
            self.failures_left -= 1
            raise OSError("disk full")
        self.batches.append(list(batch))
        return [next(self._sequence) for _ in batch]

    def publish(self, stored):
        on_disk = [frame for batch in self.batches for frame in batch]
        assert all(frame.feed_frame in on_disk for frame in stored)
        self.published += stored

    def offsets(self, feed_id="room 1"):
        frames = [frame for batch in self.batches for frame in batch]
        return [frame.frame.offset_s for frame in frames if frame.feed_id == feed_id]


@pytest.fixture
def disk():
    return Disk()


def gateway_of(disk, virtual_time, **options):
    return Gateway(
        disk.store,
        disk.publish,
        clock=lambda: START + timedelta(seconds=virtual_time.now_s),
        monotonic=virtual_time.monotonic,
        sleep=virtual_time.sleep,
        **options,
    )


@asynccontextmanager
async def running(disk, virtual_time, **options):
    gateway = gateway_of(disk, virtual_time, **options)
    gateway.start()
    yield gateway
    closing = asyncio.ensure_future(gateway.close())
    await virtual_time.until_true(closing.done)
    await closing


def run(journey):
    asyncio.run(asyncio.wait_for(journey, 20))


def test_nothing_is_shown_before_it_is_stored(disk, virtual_time, listed_source):
    async def journey():
        gateway = gateway_of(disk, virtual_time)
        gateway.start()
        disk.is_open.clear()
        gateway.attach("room 1", listed_source(range(4)))
        await virtual_time.until_true(lambda: disk.attempts == 1)
        await virtual_time.until(10)
        assert disk.published == []
        assert gateway.health().feeds["room 1"].taken == 4
        assert gateway.health().feeds["room 1"].stored == 0
        disk.is_open.set()
        await virtual_time.until_true(lambda: len(disk.published) == 4)
        await gateway.close()

    run(journey())
    assert [frame.sequence for frame in disk.published] == [1, 2, 3, 4]


def test_a_failing_store_loses_nothing_and_doubles_nothing(disk, virtual_time, listed_source):
    async def journey():
        gateway = gateway_of(disk, virtual_time)
        gateway.start()
        disk.failures_left = 6
        gateway.attach("room 1", listed_source(range(30)))
        await virtual_time.until_true(lambda: disk.attempts >= 2)
        health = gateway.health()
        assert "disk full" in health.store_error
        assert health.pending > 0
        assert health.lag_s > 0
        assert disk.published == []
        await virtual_time.until_true(lambda: len(disk.published) == 30)
        assert gateway.health().store_error == ""
        assert gateway.health().lag_s == 0
        await gateway.close()

    run(journey())
    assert disk.offsets() == list(range(30))
    assert [f.feed_frame.frame.offset_s for f in disk.published] == list(range(30))


def test_the_store_is_tried_again_after_longer_and_longer_waits(disk, virtual_time, listed_source):
    waits = []

    async def noted_sleep(length_s):
        waits.append(length_s)
        await virtual_time.sleep(length_s)

    async def journey():
        gateway = Gateway(
            disk.store,
            disk.publish,
            clock=lambda: START,
            gather_s=0.0,
            retry_s=(1.0, 4.0),
            monotonic=virtual_time.monotonic,
            sleep=noted_sleep,
        )
        gateway.start()
        disk.failures_left = 5
        gateway.attach("room 1", listed_source([0]))
        await virtual_time.until_true(lambda: bool(disk.published))
        await gateway.close()

    run(journey())
    assert [wait for wait in waits if wait in (1.0, 2.0, 4.0, 8.0)][-5:] == [1, 2, 4, 4, 4]


def test_closing_stores_what_was_taken(disk, virtual_time, listed_source):
    async def journey():
        gateway = gateway_of(disk, virtual_time, gather_s=20.0)
        gateway.start()
        gateway.attach("room 1", listed_source(range(100)))
        await virtual_time.until(5)
        closing = asyncio.ensure_future(gateway.close())
        await virtual_time.until_true(closing.done)
        await closing

    run(journey())
    assert disk.offsets() == [0, 1, 2, 3, 4, 5]
    assert len(disk.published) == 6


def test_a_show_that_fails_does_not_stop_the_store(disk, virtual_time, listed_source):
    def broken(stored):
        raise RuntimeError("no page")

    async def journey():
        gateway = gateway_of(disk, virtual_time)
        gateway._publish = broken
        gateway.start()
        gateway.attach("room 1", listed_source(range(5)))
        await virtual_time.until_true(lambda: len(disk.offsets()) == 5)
        await gateway.close()

    run(journey())


def test_frames_come_at_their_moment_without_drift(disk, virtual_time, listed_source):
    source = listed_source(range(1000), moment=virtual_time.monotonic)

    async def journey():
        async with running(disk, virtual_time) as gateway:
            gateway.attach("room 1", source)
            await virtual_time.until(999)

    run(journey())
    assert source.asked_s == list(range(1000))


def test_speed_divides_the_time_between_frames(disk, virtual_time, listed_source):
    source = listed_source(range(500), moment=virtual_time.monotonic)

    async def journey():
        async with running(disk, virtual_time) as gateway:
            gateway.attach("room 1", source, speed=100)
            await virtual_time.until(4.99)

    run(journey())
    assert source.asked_s == pytest.approx([place / 100 for place in range(500)])


def test_a_gateway_that_fell_behind_catches_up_and_drops_nothing(disk, virtual_time, listed_source):
    source = listed_source(range(200), moment=virtual_time.monotonic)

    async def journey():
        async with running(disk, virtual_time) as gateway:
            gateway.attach("room 1", source)
            await virtual_time.until(10)
            virtual_time.now_s = 70.5  # the machine stood still for a minute
            await virtual_time.until_true(lambda: len(disk.offsets()) >= 71)

    run(journey())
    assert disk.offsets()[:71] == list(range(71))
    late = [asked - place for place, asked in enumerate(source.asked_s[72:], start=72)]
    assert late == pytest.approx([0] * len(late))


def test_a_gap_in_a_recording_is_replayed_as_a_gap(disk, virtual_time, listed_source):
    async def journey():
        async with running(disk, virtual_time) as gateway:
            gateway.attach("room 1", listed_source([0, 1, 60, 61]))
            await virtual_time.until(59.9)
            taken_before = gateway.health().feeds["room 1"].taken
            await virtual_time.until(61.5)
            assert taken_before == 2
            assert gateway.health().feeds["room 1"].taken == 4

    run(journey())


def test_a_detached_feed_gives_no_more_but_keeps_what_it_gave(disk, virtual_time, listed_source):
    source = listed_source([*range(5), 100], moment=virtual_time.monotonic)

    async def journey():
        async with running(disk, virtual_time, max_pending=10) as gateway:
            gateway.attach("room 1", source)
            gateway.attach("room 2", listed_source(range(50)))
            await virtual_time.until(20)  # room 1 holds back the frame of 100 s
            await gateway.detach("room 1")
            await gateway.detach("room 1")
            await virtual_time.until_true(lambda: len(disk.offsets("room 2")) == 50)
            assert set(gateway.health().feeds) == {"room 2"}
            assert gateway._room._value == 10

    run(journey())
    assert disk.offsets() == [0, 1, 2, 3, 4]


def test_a_feed_can_be_attached_again_under_its_name(disk, virtual_time, listed_source):
    async def journey():
        async with running(disk, virtual_time) as gateway:
            gateway.attach("room 1", listed_source(range(100)))
            with pytest.raises(ValueError, match="attached already"):
                gateway.attach("room 1", listed_source(range(100)))
            await virtual_time.until(3)
            await gateway.detach("room 1")
            gateway.attach("room 1", listed_source([10, 11]), started_at=START)
            draining = asyncio.ensure_future(gateway.drained())
            await virtual_time.until_true(draining.done)

    run(journey())
    assert disk.offsets() == [0, 1, 2, 3, 10, 11]
    at = [frame.feed_frame.at for frame in disk.published]
    assert at[-1] == START + timedelta(seconds=11)


def test_sources_wait_when_too_much_is_pending(disk, virtual_time, listed_source):
    source = listed_source(range(20), moment=virtual_time.monotonic)

    async def journey():
        async with running(disk, virtual_time, max_pending=3) as gateway:
            disk.is_open.clear()
            gateway.attach("room 1", source)
            await virtual_time.until(10)
            assert len(source.asked_s) == 3
            assert gateway.health().pending == 3
            disk.is_open.set()
            await virtual_time.until_true(lambda: len(disk.offsets()) == 20)

    run(journey())
    assert disk.offsets() == list(range(20))


def test_feeds_share_one_write(disk, virtual_time, listed_source):
    async def journey():
        async with running(disk, virtual_time, gather_s=0.05) as gateway:
            for room in range(20):
                gateway.attach(f"room {room}", listed_source(range(2)))
            await virtual_time.until_true(lambda: len(disk.published) == 40)

    run(journey())
    assert [len(batch) for batch in disk.batches] == [20, 20]
    assert len(disk.threads) == 1


def test_a_large_backlog_is_written_in_bounded_batches(disk, virtual_time, listed_source):
    async def journey():
        async with running(disk, virtual_time, max_batch=7) as gateway:
            disk.is_open.clear()
            gateway.attach("room 1", listed_source(range(30)))
            await virtual_time.until(40)
            disk.is_open.set()
            await virtual_time.until_true(lambda: len(disk.published) == 30)

    run(journey())
    assert max(len(batch) for batch in disk.batches) == 7
    assert disk.offsets() == list(range(30))


def test_a_broken_source_ends_its_own_feed_only(disk, virtual_time, listed_source):
    class Broken(listed_source):
        def next_frame(self, *, given_mg):
            if len(self.asked_s) == 3:
                raise RuntimeError("cable cut")
            return super().next_frame(given_mg=given_mg)

    async def journey():
        async with running(disk, virtual_time) as gateway:
            gateway.attach("room 1", Broken(range(10)))
            gateway.attach("room 2", listed_source(range(10)))
            await virtual_time.until_true(lambda: len(disk.published) == 13)
            feeds = gateway.health().feeds
            assert feeds["room 1"].has_ended
            assert "cable cut" in feeds["room 1"].error
            assert feeds["room 2"].error == ""

    run(journey())


def test_health_tells_the_last_stored_frame_and_the_end(disk, virtual_time, listed_source):
    async def journey():
        async with running(disk, virtual_time) as gateway:
            gateway.attach("room 1", listed_source(range(3)), speed=2)
            before = gateway.health().feeds["room 1"]
            assert (before.stored_at, before.has_ended) == (None, False)
            await virtual_time.until_true(lambda: len(disk.published) == 3)
            await virtual_time.until(virtual_time.now_s + 2)
            after = gateway.health().feeds["room 1"]
            assert after.has_ended
            assert after.stored_sequence == 3
            assert after.stored_at == START + timedelta(seconds=2)
            assert after.stored_received_at == START + timedelta(seconds=1)

    run(journey())


def test_the_virtual_patient_is_told_what_was_given_since_the_frame_before(
    disk, virtual_time, listed_source
):
    source = listed_source([100, 101, 102, 104])

    def given_mg(at):
        if at == START + timedelta(seconds=102):
            raise RuntimeError("nobody knows")
        return (at - START).total_seconds() / 100

    async def journey():
        async with running(disk, virtual_time) as gateway:
            gateway.attach("room 1", source, given_mg=given_mg, started_at=START)
            await virtual_time.until_true(lambda: len(disk.published) == 4)

    run(journey())
    assert source.given_mg == pytest.approx([0, 0.01, 0, 0.02])


def test_a_store_that_miscounts_stops_the_writer_and_says_so(virtual_time, listed_source):
    shown = []

    async def journey():
        gateway = Gateway(
            lambda batch: [],
            shown.append,
            clock=lambda: START,
            monotonic=virtual_time.monotonic,
            sleep=virtual_time.sleep,
        )
        gateway.start()
        gateway.attach("room 1", listed_source([0]))
        await virtual_time.until_true(lambda: gateway.health().store_error != "")
        assert "0 sequence numbers for 1 frames" in gateway.health().store_error
        with pytest.raises(ValueError, match="sequence numbers"):
            await gateway.close()

    run(journey())
    assert shown == []


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_a_speed_that_is_not_above_zero_is_refused(disk, virtual_time, listed_source, speed):
    async def journey():
        async with running(disk, virtual_time) as gateway:
            with pytest.raises(ValueError, match="speed"):
                gateway.attach("room 1", listed_source([0]), speed=speed)

    run(journey())


def test_a_source_skipped_forward_is_where_an_undisturbed_one_would_be():
    def monitor():
        return SimulatedMonitor(VirtualPatient(), seed=5, artefacts=NO_ARTEFACTS)

    steady, restarted = monitor(), monitor()
    frames = [steady.next_frame(given_mg=0.0)]
    frames += [steady.next_frame(given_mg=0.02) for _ in range(399)]
    skip_to(restarted, 390.0, given_mg=lambda offset_s: 0.02 * offset_s)
    after = [restarted.next_frame(given_mg=0.02) for _ in range(10)]
    assert after == frames[390:]


@pytest.mark.real_data
def test_a_recording_goes_through_whole_and_in_order(disk, shared_data):
    recording = open_recording(shared_data / "sedation" / "P055.csv")

    async def journey():
        async with Gateway(disk.store, disk.publish, clock=lambda: START) as gateway:
            gateway.attach("room 1", RecordingSource(recording), speed=100_000)
            await gateway.drained()

    run(journey())
    assert [frame.frame for batch in disk.batches for frame in batch] == list(recording.frames)
    assert [frame.sequence for frame in disk.published] == list(range(1, 1778))
