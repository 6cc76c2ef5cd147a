"""Numbers on the board: only those that hold now, and never better than they are."""

from datetime import UTC, datetime, timedelta

import pytest

from ebbtide.clinic.infusions.tiles import STALE_AFTER_S, tiles
from ebbtide.clinic.monitoring.queries import Sampled, milliseconds
from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
CUFF_EVERY_S = int(DEFAULT_PROTOCOL.schedule.infusion_bp_minutes * 60)


def tile_of(quantity, value, *, age_s=0.0, quality="ok", source="monitor"):
    """The tile of one quantity whose newest sample is so old."""
    at_ms = milliseconds(NOW - timedelta(seconds=age_s))
    name = "systolic" if quantity == "bp" else quantity
    sample = Sampled(1, name, at_ms, at_ms, value, quality, source)
    found = tiles({name: sample}, DEFAULT_PROTOCOL)
    return next(tile for tile in found if tile.quantity == quantity)


@pytest.mark.parametrize(("value", "shown"), [(89.9, "89"), (90.0, "90"), (97.0, "97")])
def test_a_saturation_is_never_rounded_up(value, shown):
    assert tile_of("spo2", value).shown == shown


@pytest.mark.parametrize(
    ("quantity", "source", "limit_s"),
    [
        ("spo2", "monitor", STALE_AFTER_S),
        ("pulse", "monitor", STALE_AFTER_S),
        ("pulse", "nurse", 2 * CUFF_EVERY_S),
        ("bp", "monitor", 2 * CUFF_EVERY_S),
    ],
)
def test_a_number_holds_up_to_its_limit_and_not_a_second_longer(quantity, source, limit_s):
    assert tile_of(quantity, 70, age_s=limit_s, source=source).not_shown(NOW) == ""
    assert tile_of(quantity, 70, age_s=limit_s + 1, source=source).not_shown(NOW).startswith("no ")


def test_what_is_not_shown_says_why():
    assert tile_of("pulse", 70, age_s=100).not_shown(NOW) == "no signal for 100 s"
    assert tile_of("pulse", 70, age_s=14 * 60).not_shown(NOW) == "no signal for 14 min"
    assert tile_of("bp", 70, age_s=3 * 3600 + 60).not_shown(NOW) == "no reading for 3 h 1 min"
    assert tile_of("spo2", None, quality="no_reading").not_shown(NOW) == "no reading"
    assert tile_of("spo2", 34.0, quality="out_of_range").not_shown(NOW) == "no reading"
    assert tiles({}, DEFAULT_PROTOCOL)[0].not_shown(NOW) == "no reading yet"
