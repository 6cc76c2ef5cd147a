"""The plot of the record: gaps stay gaps, extremes survive thinning, scales stay put."""

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import vl_convert
from tests.apps.infusions import a_visit
from tests.apps.infusions.a_visit import NINE, Log, at

from ebbtide.clinic.infusions import paper
from ebbtide.clinic.infusions.paper.drawing import drawings
from ebbtide.clinic.infusions.paper.pictures import limits_of
from ebbtide.clinic.infusions.paper.plot import Dot, holds_of, is_between, pieces, shown_of, thinned
from ebbtide.clinic.monitoring.queries import Sampled, milliseconds
from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL
from ebbtide.science.visit.events import Kind
from ebbtide.science.vitals.validity import Quantity


def sampled(second: float, value: float | None, quality: str = "ok", **changes) -> Sampled:
    at_ms = milliseconds(NINE) + int(second * 1000)
    fields = {"id": int(second * 10), "quantity": "spo2", "source": "monitor"} | changes
    return Sampled(
        id=fields["id"], quantity=fields["quantity"], at_ms=at_ms, received_ms=at_ms, value=value,
        quality=quality, source=fields["source"],
    )  # fmt: skip


def values(found) -> list[list[float]]:
    return [[dot.value for dot in piece] for piece in found]


def drawn(log: Log, samples=(), until: float = 60, limits=()):
    shown = shown_of(log.state, samples, until=at(until))
    return drawings(shown, offset=timedelta(hours=-8), limits=limits)


def running(rate: str = "75.0") -> Log:
    log = Log()
    a_visit._prepare(log)
    log.add(Kind.STARTED, 24, rate_ml_per_h=rate)
    return log


@pytest.mark.parametrize(("hole_s", "expected"), [(10, [[97, 96]]), (10.001, [[97], [96]])])
def test_silence_of_more_than_ten_seconds_breaks_the_line(hole_s: float, expected) -> None:
    samples = [sampled(0, 97), sampled(hole_s, 96)]

    assert values(pieces(samples, Quantity.SPO2)) == expected


def test_the_first_sample_counts_though_its_stamp_is_cut_below_the_check_in() -> None:
    check_in = NINE + timedelta(microseconds=700)

    assert is_between(sampled(0, 97), check_in, check_in + timedelta(minutes=1))
    assert not is_between(sampled(-0.001, 97), check_in, check_in + timedelta(minutes=1))


@pytest.mark.parametrize("quality", ["no_reading", "out_of_range", "suspect"])
def test_what_is_no_value_breaks_the_line_and_is_not_drawn(quality: str) -> None:
    bad = sampled(1, None if quality == "no_reading" else 12, quality)

    assert values(pieces([sampled(0, 97), bad, sampled(2, 96)], Quantity.SPO2)) == [[97], [96]]


def test_late_samples_take_their_place_in_time() -> None:
    samples = [sampled(0, 97), sampled(2, 95), sampled(1, 96)]

    assert values(pieces(samples, Quantity.SPO2)) == [[97, 96, 95]]


def test_thinning_keeps_ends_and_extremes_of_every_bucket() -> None:
    piece = tuple(Dot(at(0) + timedelta(seconds=second), 97) for second in range(1000))
    dips = {100: 71.0, 105: 99.0, 633: 82.0}
    piece = tuple(Dot(dot.at, dips.get(index, dot.value)) for index, dot in enumerate(piece))
    kept = thinned(piece, timedelta(seconds=20))

    assert len(kept) < 120
    assert set(dips.values()) <= {dot.value for dot in kept}
    assert (kept[0], kept[-1]) == (piece[0], piece[-1])
    assert list(kept) == sorted(kept, key=lambda dot: dot.at)


def test_half_a_cuff_reading_is_not_drawn() -> None:
    samples = [
        sampled(60, 120, quantity="systolic"),
        sampled(120, 121, quantity="systolic"),
        sampled(120, 80, quantity="diastolic"),
        sampled(180, 122, quantity="systolic"),
        sampled(180, None, "no_reading", quantity="diastolic"),
    ]
    log = Log()
    a_visit._prepare(log)
    cuffs = [cuff for cuff in shown_of(log.state, samples, until=at(60)).cuffs if not cuff.is_typed]

    assert [(cuff.systolic, cuff.diastolic) for cuff in cuffs] == [(121, 80)]


def test_typed_readings_are_drawn_once_and_as_amended() -> None:
    log = running()
    wrong = log.read(30, pulse_per_min=18)
    log.add(
        Kind.AMENDED, 31, event=str(wrong.id), reason="Typed wrong.",
        changes='{"reading": {"pulse_per_min": 78}}',
    )  # fmt: skip
    stored = [sampled(30 * 60, 18, quantity="pulse", source="nurse")]
    shown = shown_of(log.state, stored, until=at(40))

    assert [dot.value for dot in shown.pulse.typed] == [72, 78]
    assert shown.pulse.pieces == ()


def test_pump_lane_shows_rates_holds_and_the_end_of_the_bag() -> None:
    log = running()
    log.add(Kind.HELD, 30)
    log.add(Kind.RESUMED, 35, rate_ml_per_h="300")
    shown = shown_of(log.state, [], until=at(90))
    lane = [
        (
            (run.start - NINE) / timedelta(minutes=1),
            (run.end - NINE) / timedelta(minutes=1),
            run.label,
        )
        for run in shown.pump
    ]

    # 7.5 mL in the first 6 min leave 42.5 mL, which last 8.5 min at 300 mL/h.
    assert lane == [(24, 30, "75.0"), (30, 35, "held"), (35, 43.5, "300")]


def test_hold_lasts_to_the_stop_and_not_beyond() -> None:
    log = running()
    log.add(Kind.HELD, 30)
    log.add(Kind.STOPPED, 33)

    assert holds_of(log.state, at(90)) == ((at(30), at(33)),)


def test_no_level_is_drawn_outside_the_models_weights() -> None:
    log = running()
    log.add(Kind.WEIGHT_TAKEN, 10, weight_kg="201")

    assert shown_of(log.state, [], until=at(60)).level is None


def test_level_is_the_same_for_the_same_visit_and_starts_at_zero() -> None:
    first, second = (shown_of(running().state, [], until=at(60)).level for _ in range(2))

    assert first == second
    assert (first.plasma[0], first.effect[0]) == (0, 0)
    assert all(
        low <= effect <= high
        for low, effect, high in zip(first.low, first.effect, first.high, strict=True)
    )


def test_visit_left_open_is_drawn_for_its_first_day() -> None:
    pictures = drawn(running(), until=60 * 24 * 30)

    assert len(pictures) == 6


def test_longer_visits_are_drawn_in_windows_of_one_scale() -> None:
    pictures = drawn(running(), until=241)
    axes = [
        picture["vconcat"][-1]["layer"][0]["encoding"]["x"]["scale"]["domain"]
        for picture in pictures
    ]

    assert axes == [[540, 780], [780, 1020]]


def test_clock_of_the_plot_is_the_sites_clock() -> None:
    axis = drawn(running(), until=60)[0]["vconcat"][-1]["layer"][0]["encoding"]["x"]["axis"]

    assert axis["values"] == [540, 545, 550, 555, 560, 565, 570, 575, 580, 585, 590, 595, 600]


def test_every_picture_is_equally_wide_whatever_its_labels() -> None:
    short, long = running(), running()
    long.add(Kind.ADVERSE_EVENT_NOTED, 59, term="Emergence delirium with agitation " * 3, grade=3)
    long.add(Kind.ADVERSE_EVENT_NOTED, 59.5, term="眩暈", grade=1)
    widths = [
        re.search(r'width="(\d+)"', vl_convert.vegalite_to_svg(json.dumps(picture)))[1]
        for picture in (
            *drawn(short),
            *drawn(long, limits=limits_of(DEFAULT_PROTOCOL), samples=a_visit.samples(60)),
        )
    ]

    assert len(set(widths)) == 1


def test_a_crowd_of_events_is_cut_and_says_how_many_are_left() -> None:
    log = running()
    for second in range(40):
        log.add(Kind.ADVERSE_EVENT_NOTED, 30 + second / 60, term="Nausea", grade=1)
    marks = drawn(log)[0]["vconcat"][0]

    assert marks["height"] == 55
    title = next(
        layer
        for layer in marks["layer"]
        if "text" in layer["encoding"] and "value" in layer["encoding"]["text"]
    )
    assert (
        title["encoding"]["text"]["value"]
        == "Adverse events and rescue drugs: 35 more in the tables"
    )


def test_limits_are_those_of_the_protocol() -> None:
    limits = {(limit.panel, limit.label) for limit in limits_of(DEFAULT_PROTOCOL)}

    assert {("spo2", "red < 90"), ("spo2", "amber < 95"), ("pulse", "red ≥ 130")} <= limits
    assert {limit for limit in limits if limit[0] == "pressure"} == {
        ("pressure", "amber ≥ 160"),
        ("pressure", "red ≥ 180"),
    }


def test_fonts_are_the_ones_that_were_taken_in() -> None:
    folder = Path(paper.__file__).parent / "fonts"
    lines = (folder / "CHECKSUMS.txt").read_text().splitlines()
    stated = dict(reversed(line.split()[:2]) for line in lines if not line.startswith("#"))

    assert stated.keys() == {file.name for file in folder.iterdir()} - {"CHECKSUMS.txt"}
    for name, digest in stated.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
