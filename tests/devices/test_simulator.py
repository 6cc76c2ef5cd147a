import statistics

import pytest

from ebbtide.devices.simulator import NO_ARTEFACTS, ArtefactRates, SimulatedMonitor
from ebbtide.science.patient.body import VirtualPatient
from ebbtide.science.vitals.validity import Quality, Quantity

PROBE = (Quantity.SPO2, Quantity.PULSE)


def frames_of(seconds, *, given_mg=0.0, seed=7, artefacts=NO_ARTEFACTS, **options):
    monitor = SimulatedMonitor(VirtualPatient(), seed=seed, artefacts=artefacts, **options)
    return [monitor.next_frame(given_mg=given_mg) for _ in range(seconds)]


def samples(frames, *quantities):
    return [s for frame in frames for s in frame.samples if s.quantity in quantities]


def only(**rates):
    return ArtefactRates(**{name: getattr(NO_ARTEFACTS, name) for name in OFF} | rates)


OFF = (
    "probe_off_per_h",
    "motion_per_h",
    "low_perfusion_per_h",
    "cuff_failed_fraction",
    "cuff_implausible_fraction",
)


def test_the_same_seed_gives_the_same_frames_and_another_seed_others():
    often = ArtefactRates()
    assert frames_of(900, artefacts=often) == frames_of(900, artefacts=often)
    assert frames_of(900, artefacts=often) != frames_of(900, artefacts=often, seed=8)


def test_it_answers_each_second_with_whole_numbers():
    frames = frames_of(600)
    assert [frame.offset_s for frame in frames] == list(range(600))
    assert all(s.value == int(s.value) for frame in frames for s in frame.samples)
    assert all(s.quality is Quality.OK for frame in frames for s in frame.samples)
    assert max(s.value for s in samples(frames, Quantity.SPO2)) <= 100


def test_each_inflation_gives_one_cuff_reading_thirty_seconds_later():
    frames = frames_of(1000, cuff_interval_s=300)
    at = [f.offset_s for f in frames if any(s.quantity is Quantity.SYSTOLIC for s in f.samples)]
    assert at == [30, 330, 630, 930]
    cuff = samples(frames[30:31], Quantity.SYSTOLIC, Quantity.MEAN, Quantity.DIASTOLIC)
    assert len(cuff) == 3


def test_ketamine_given_raises_the_pressure_it_shows():
    def late_systolic(given_mg):
        frames = frames_of(2400, given_mg=given_mg, cuff_interval_s=60)
        return statistics.mean(s.value for s in samples(frames[1200:], Quantity.SYSTOLIC))

    assert late_systolic(35 / 2400) > late_systolic(0.0) + 8


@pytest.mark.parametrize(
    ("artefacts", "qualities"),
    [
        (only(probe_off_per_h=3600.0), {Quality.NO_READING}),
        (only(low_perfusion_per_h=3600.0), {Quality.NO_READING, Quality.SUSPECT}),
        (only(motion_per_h=3600.0), {Quality.SUSPECT}),
    ],
)
def test_a_troubled_probe_never_gives_a_number_that_counts(artefacts, qualities):
    frames = frames_of(600, artefacts=artefacts)
    assert {s.quality for s in samples(frames, *PROBE)} == qualities
    assert {s.quality for s in samples(frames, Quantity.RESP)} == {Quality.OK}


def test_a_failed_cuff_reading_is_seen_to_have_failed():
    frames = frames_of(100, artefacts=only(cuff_failed_fraction=1.0))
    cuff = samples(frames, Quantity.SYSTOLIC, Quantity.DIASTOLIC)
    assert [(s.value, s.quality) for s in cuff] == [(None, Quality.NO_READING)] * 2


def test_a_cuff_reading_that_does_not_fit_together_is_suspect():
    frames = frames_of(3600, artefacts=only(cuff_implausible_fraction=1.0))
    cuff = samples(frames, Quantity.SYSTOLIC, Quantity.DIASTOLIC, Quantity.MEAN)
    assert len(cuff) == 36
    assert {s.quality for s in cuff} == {Quality.SUSPECT}


def test_a_probe_on_the_cuff_arm_is_shut_off_while_the_cuff_inflates():
    frames = frames_of(400, artefacts=only(probe_on_cuff_arm_fraction=1.0), cuff_interval_s=300)
    without = [f.offset_s for f in frames if f.samples[0].quality is Quality.NO_READING]
    assert without == [*range(30), *range(300, 330)]


def test_troubles_of_the_sensors_leave_the_body_as_it_was():
    def body_after_ten_minutes(artefacts):
        monitor = SimulatedMonitor(VirtualPatient(), seed=7, artefacts=artefacts)
        for _ in range(600):
            monitor.next_frame(given_mg=0.01)
        return monitor._state

    troubled = body_after_ten_minutes(only(motion_per_h=3600.0, cuff_failed_fraction=1.0))
    assert troubled == body_after_ten_minutes(NO_ARTEFACTS)


def test_an_hour_shows_some_artefacts_but_mostly_values():
    frames = frames_of(3600, artefacts=ArtefactRates())
    qualities = [s.quality for s in samples(frames, *PROBE)]
    assert 0.9 < qualities.count(Quality.OK) / len(qualities) < 1.0


def test_a_cuff_that_would_never_deflate_is_refused():
    with pytest.raises(ValueError, match="cuff_interval_s"):
        frames_of(1, cuff_interval_s=30)
