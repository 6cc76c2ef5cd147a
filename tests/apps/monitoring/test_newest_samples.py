"""What the board and the room show first: the newest of each sign, however long ago."""

from uuid import uuid4

import pytest

from ebbtide.clinic.monitoring.models import Sample
from ebbtide.clinic.monitoring.queries import newest_samples

pytestmark = pytest.mark.django_db


def store(visit, *values):
    """Samples in the order given, a second apart."""
    Sample.objects.bulk_create(
        Sample(
            visit=visit,
            quantity=quantity,
            at_ms=1000 * second,
            received_ms=1000 * second,
            value=value,
            quality="ok",
            source="monitor",
        )
        for second, (quantity, value) in enumerate(values)
    )


def test_a_cuff_reading_is_found_behind_any_number_of_pulses():
    visit = uuid4()
    store(visit, ("systolic", 128), ("diastolic", 78), *[("pulse", 70)] * 2000)
    newest = newest_samples([visit])[visit]
    assert {name: sample.value for name, sample in newest.items()} == {
        "systolic": 128,
        "diastolic": 78,
        "pulse": 70,
    }


def test_each_visit_has_its_own_newest_and_one_without_samples_has_none():
    here, there, nowhere = uuid4(), uuid4(), uuid4()
    store(here, ("spo2", 97), ("spo2", 95))
    store(there, ("spo2", 91))
    newest = newest_samples([here, there, nowhere])
    assert newest[here]["spo2"].value == 95
    assert newest[there]["spo2"].value == 91
    assert newest[nowhere] == {}
