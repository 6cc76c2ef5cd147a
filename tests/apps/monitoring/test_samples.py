"""Samples are on disk before they are shown, in order, and a sentinel is never a value."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from visit_plugin import minute

from ebbtide.clinic.monitoring.actions import store_frames, store_reading
from ebbtide.clinic.monitoring.models import Sample
from ebbtide.clinic.monitoring.queries import (
    milliseconds,
    newest_samples,
    pump_of,
    samples_after,
    samples_between,
)
from ebbtide.devices.gateway import FeedFrame
from ebbtide.devices.sources import Frame, judged, judged_cuff
from ebbtide.science.vitals.reading import Reading
from ebbtide.science.vitals.validity import Quality, Quantity

pytestmark = pytest.mark.django_db
VISIT = uuid4()


def feed_frame(second: float, *samples, visit=VISIT) -> FeedFrame:
    at = minute(0) + timedelta(seconds=second)
    received_at = at + timedelta(milliseconds=150)
    return FeedFrame(str(visit), Frame(second, tuple(samples)), at, received_at)


def spo2(value=97):
    return judged(Quantity.SPO2, value)


def test_a_frames_number_is_that_of_its_last_sample_and_rises():
    first = store_frames([feed_frame(0, spo2(), judged(Quantity.PULSE, 70))])
    more = store_frames([feed_frame(1, spo2()), feed_frame(2, spo2(), *judged_cuff(120, 80, 93))])
    ids = list(Sample.objects.order_by("id").values_list("id", flat=True))
    assert [*first, *more] == [ids[1], ids[2], ids[6]]


def test_a_frame_without_samples_has_the_number_before_it():
    (before,) = store_frames([feed_frame(0, spo2())])
    numbers = store_frames([feed_frame(1), feed_frame(2, spo2()), feed_frame(3)])
    assert numbers == [before, before + 1, before + 1]
    assert store_frames([feed_frame(4)]) == [before + 1]


def test_with_nothing_stored_ever_an_empty_frame_has_number_0():
    assert store_frames([feed_frame(0)]) == [0]
    assert store_frames([]) == []


def test_a_batch_that_cannot_be_stored_leaves_nothing(monkeypatch):
    odd = feed_frame(1, spo2())
    object.__setattr__(odd.frame.samples[0], "quality", Quality.NO_READING)  # with a value: a lie
    with pytest.raises(IntegrityError), transaction.atomic():
        store_frames([feed_frame(0, spo2()), odd])
    assert Sample.objects.count() == 0


@pytest.mark.parametrize("raw", [0, -1, -100, 32767, 65535, None, "", "--", float("nan")])
def test_a_sentinel_is_stored_as_no_reading_never_as_a_value(raw):
    store_frames([feed_frame(0, spo2(raw), judged(Quantity.PULSE, raw), *judged_cuff(raw, 80, 90))])
    rows = list(Sample.objects.values_list("value", "quality"))
    assert rows
    assert set(rows) == {(None, "no_reading")}


def test_an_impossible_value_is_kept_and_marked():
    store_frames([feed_frame(0, judged(Quantity.PULSE, 400))])
    (row,) = samples_after(VISIT, 0)
    assert (row.value, row.quality) == (400.0, "out_of_range")


def test_both_times_are_kept_to_the_millisecond():
    store_frames([feed_frame(1.25, spo2())])
    (row,) = samples_after(VISIT, 0)
    assert row.at_ms == milliseconds(minute(0)) + 1250
    assert row.received_ms == row.at_ms + 150


def test_a_cursor_gives_what_came_after_it_of_one_visit_in_order():
    other = uuid4()
    numbers = store_frames(
        [feed_frame(n, spo2(90 + n), visit=VISIT if n % 2 else other) for n in range(8)]
    )
    assert [row.value for row in samples_after(VISIT, 0)] == [91, 93, 95, 97]
    assert [row.value for row in samples_after(VISIT, numbers[3])] == [95, 97]
    assert [row.value for row in samples_after(VISIT, numbers[1], limit=2)] == [93, 95]
    assert samples_after(VISIT, numbers[-1]) == []


def test_a_stretch_holds_both_its_ends():
    store_frames([feed_frame(n, spo2(90 + n)) for n in range(6)])
    start, end = minute(0) + timedelta(seconds=2), minute(0) + timedelta(seconds=4)
    assert [row.value for row in samples_between(VISIT, start, end)] == [92, 93, 94]


def test_the_newest_of_each_quantity_is_found_however_long_ago_the_cuff_was():
    store_frames([feed_frame(0, *judged_cuff(120, 80, 93))])
    store_frames([feed_frame(n, spo2(96), judged(Quantity.PULSE, 70)) for n in range(1, 400)])
    store_frames([feed_frame(401, spo2(0))])
    newest = newest_samples([VISIT])[VISIT]
    assert (newest["systolic"].value, newest["pulse"].value) == (120, 70)
    assert (newest["spo2"].value, newest["spo2"].quality) == (None, "no_reading")


def test_of_a_visit_without_samples_nothing_is_newest():
    assert newest_samples([VISIT]) == {VISIT: {}}


class TestATypedReading:
    def store(self, **values):
        at = minute(3)
        return store_reading(visit=VISIT, reading=Reading(**values), at=at, received_at=minute(4))

    def test_is_stored_beside_the_monitors_samples_as_the_nurses(self):
        told = self.store(systolic_mmhg=120, diastolic_mmhg=80, spo2_percent=97)
        rows = samples_after(VISIT, 0)
        assert {row.quantity: row.value for row in rows} == {
            "systolic": 120,
            "diastolic": 80,
            "spo2": 97,
        }
        assert {row.source for row in rows} == {"nurse"}
        assert (told["id"], told["source"]) == (rows[-1].id, "nurse")
        assert told["at_ms"] == milliseconds(minute(3))

    def test_a_seen_apnoea_is_a_value(self):
        self.store(resp_per_min=0)
        (row,) = samples_after(VISIT, 0)
        assert (row.value, row.quality) == (0.0, "ok")

    def test_without_a_vital_sign_stores_nothing(self):
        assert self.store(phantom_pain_nrs=3, oxygen_l_per_min=Decimal(2)) is None
        assert Sample.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"quantity": "mood"}, "monitoring_sample_quantity_known"),
        ({"quality": "splendid"}, "monitoring_sample_quality_known"),
        ({"quality": "no_reading"}, "monitoring_sample_no_reading_has_no_value"),
        ({"value": None}, "monitoring_sample_no_reading_has_no_value"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(change, constraint):
    fields = {
        "visit": VISIT, "quantity": "spo2", "at_ms": 1, "received_ms": 1, "value": 97.0,
        "quality": "ok", "source": "monitor",
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Sample.objects.create(**fields | change)
    assert str(Sample.objects.create(**fields)) == "spo2 97.0"


def test_the_pump_of_a_room_is_read_with_its_limits(room):
    pump = pump_of(room)
    assert (pump.max_rate_ml_per_h, pump.rate_step_ml_per_h) == (Decimal(999), Decimal("0.1"))
    room.devices.all().delete()
    assert pump_of(room) is None
