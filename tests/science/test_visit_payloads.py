"""Every kind of entry keeps its content, and a malformed one names its field."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from tests.science.visit_log import CHECKED_IN, DRAWN, VISIT, at
from tests.science.visit_rounds import ESCORT, WELL

from ebbtide.science.findings import RefusedError, Severity
from ebbtide.science.visit.chain import GENESIS, body_of, event_of
from ebbtide.science.visit.events import Event, Kind, plain_payload, read_payload

OVERRIDDEN = {"codes": ["weight.changed"], "reason": "new wheelchair cushion"}
RATE = {"rate_ml_per_h": "150", "overridden": OVERRIDDEN}
CONFIRMED = {"item": "pregnancy", "answer": "not_applicable", "note": "after menopause"}
# Each with every field given, none at its default where it has one.
FULL: Mapping[Kind, Mapping[str, Any]] = {
    Kind.CHECKED_IN: {
        **CHECKED_IN,
        "order": {
            "mg_per_kg": "0.5",
            "minutes": "40",
            "stock": {"mg_per_ml": "50", "vial_ml": "10"},
            "bag_ml": "100",
            "bag_policy": "add",
            "max_dose_mg": "60",
            "dose_step_mg": "0.5",
        },
        "access_limb": "left_arm",
        "cuff_limb": "right_arm",
        "last_weight_kg": "71.20",
        "height_cm": "170",
    },
    Kind.GATE_CONFIRMED: CONFIRMED,
    Kind.WEIGHT_TAKEN: {"weight_kg": "70.40", "prosthesis": "off", "overridden": OVERRIDDEN},
    Kind.DOSE_DRAWN: {**DRAWN, "lot": "0042", "overridden": OVERRIDDEN},
    Kind.DOSE_CHECKED: {"drawn": str(UUID(int=3)), "statement": "read it myself"},
    Kind.LINE_PLACED: {"limb": "left_arm", "place": "hand", "gauge": "22 G"},
    Kind.STARTED: RATE,
    Kind.RATE_CHANGED: RATE,
    Kind.HELD: {"reason": "nausea"},
    Kind.RESUMED: RATE,
    Kind.BOLUS_GIVEN: {"dose_mg": "3.5", "minutes": "5", "overridden": OVERRIDDEN},
    Kind.READING_ENTERED: {
        "reading": {
            **WELL,
            "mean_mmhg": 92,
            "phantom_pain_nrs": 0,
            "residual_limb_pain_nrs": 4,
            "symptoms": ["vomiting", "chest_pain"],
        },
        "overridden": OVERRIDDEN,
    },
    Kind.SCORE_TAKEN: {"instrument": "aldrete", "total": 9, "answers": [2, 2, 1, 2, 2]},
    Kind.COMFORT_CHANGED: {"what": "music", "setting": "quiet piano"},
    Kind.ADVERSE_EVENT_NOTED: {
        "term": "Nausea",
        "grade": 2,
        "is_serious": True,
        "note": "before the start",
    },
    Kind.RESCUE_GIVEN: {
        "drug": "oxygen",
        "dose": "2",
        "unit": "L/min",
        "route": "nasal",
        "trigger": "SpO₂ 91%",
    },
    Kind.STOPPED: {"reason": "asked to", "claimed_at": at(5).isoformat(timespec="microseconds")},
    Kind.CALLED_OFF: {"reason": "fever"},
    Kind.RECOVERY_READING_ENTERED: {"reading": {"spo2_percent": 97}},
    Kind.DISCHARGE_CONFIRMED: {"item": "oriented", "answer": "no", "note": "not the day"},
    Kind.HANDED_OVER: {**ESCORT, "overridden": OVERRIDDEN},
    Kind.SIGNED: {"name": "Pat Example (synthetic)", "role": "Nurse", "head_hash": "0" * 64},
    Kind.AMENDED: {
        "event": str(UUID(int=3)),
        "reason": "typed wrong",
        "changes": '{"lot": "0043"}',
        "happened_at": at(4).isoformat(timespec="microseconds"),
        "is_retracted": True,
    },
}


def test_every_kind_is_tried() -> None:
    assert set(FULL) == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_a_payload_reads_back_as_it_was_written(kind: Kind) -> None:
    payload = read_payload(kind, FULL[kind])
    plain = plain_payload(payload)
    assert {name: plain[name] for name in FULL[kind] if name != "reading"} == {
        name: value for name, value in FULL[kind].items() if name != "reading"
    }
    assert read_payload(kind, json.loads(json.dumps(plain))) == payload


@pytest.mark.parametrize("kind", Kind)
def test_an_event_reads_back_from_the_text_it_is_stored_as(kind: Kind) -> None:
    event = Event(
        id=UUID(int=1),
        visit=VISIT,
        seq=1,
        kind=kind,
        actor="nurse",
        happened_at=at(1),
        recorded_at=at(2),
        payload=read_payload(kind, FULL[kind]),
    )
    body = body_of(event, previous_hash=GENESIS)
    assert event_of(body) == event
    assert body.isascii()


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        (Kind.CHECKED_IN, {"limbs_present": -1}, "limbs_present"),
        (Kind.CHECKED_IN, {"limbs_present": 5}, "limbs_present"),
        (Kind.CHECKED_IN, {"visit_number": 0}, "visit_number"),
        (Kind.CHECKED_IN, {"order": {}}, "order.mg_per_kg"),
        (Kind.GATE_CONFIRMED, {"answer": "maybe"}, "answer"),
        (Kind.WEIGHT_TAKEN, {"weight_kg": "seventy"}, "weight_kg"),
        (Kind.WEIGHT_TAKEN, {"weight_kg": 70.5}, "weight_kg"),
        (Kind.WEIGHT_TAKEN, {"weight_kg": "1E+999999999"}, "weight_kg"),
        (Kind.WEIGHT_TAKEN, {"weight_lb": "154"}, "weight_lb"),
        (Kind.WEIGHT_TAKEN, {"overridden": {"codes": [1]}}, "overridden.codes.0"),
        (Kind.DOSE_DRAWN, {"dose_mg": "0"}, "dose_mg"),
        (Kind.DOSE_DRAWN, {"draw_ml": "0"}, "draw_ml"),
        (Kind.DOSE_DRAWN, {"volume_ml": "-1"}, "volume_ml"),
        (Kind.DOSE_DRAWN, {"rate_ml_per_h": "0"}, "rate_ml_per_h"),
        (Kind.DOSE_DRAWN, {"stock_mg_per_ml": "0"}, "stock_mg_per_ml"),
        (Kind.DOSE_DRAWN, {"vial_ml": "0"}, "vial_ml"),
        (Kind.DOSE_CHECKED, {"drawn": 3}, "drawn"),
        (Kind.STARTED, {"rate_ml_per_h": "0"}, "rate_ml_per_h"),
        (Kind.RATE_CHANGED, {"rate_ml_per_h": "-1"}, "rate_ml_per_h"),
        (Kind.BOLUS_GIVEN, {"dose_mg": "0"}, "dose_mg"),
        (Kind.READING_ENTERED, {"reading": {"symptoms": ["hiccups"]}}, "reading.symptoms.0"),
        (Kind.SCORE_TAKEN, {"instrument": "phq-9"}, "instrument"),
        (Kind.SCORE_TAKEN, {"total": -1}, "total"),
        (Kind.SCORE_TAKEN, {"total": 11}, "total"),
        (Kind.SCORE_TAKEN, {"answers": [2, 2, 2, 2]}, "answers"),
        (Kind.SCORE_TAKEN, {"answers": [3, 2, 2, 2, 0]}, "answers"),
        (Kind.SCORE_TAKEN, {"answers": [2, 2, 2, 2, 2, -1]}, "answers"),
        (Kind.ADVERSE_EVENT_NOTED, {"grade": 0}, "grade"),
        (Kind.ADVERSE_EVENT_NOTED, {"grade": 6}, "grade"),
        (Kind.ADVERSE_EVENT_NOTED, {"term": " "}, "term"),
        (Kind.RESCUE_GIVEN, {"dose": "0"}, "dose"),
        (Kind.RESCUE_GIVEN, {"unit": "g"}, "unit"),
        (Kind.STOPPED, {"claimed_at": "2026-03-02T09:00:00"}, "claimed_at"),
        (Kind.CALLED_OFF, {"reason": " "}, "reason"),
        (Kind.HANDED_OVER, {"is_adult": "yes"}, "is_adult"),
        (Kind.AMENDED, {"reason": ""}, "reason"),
        (Kind.AMENDED, {"event": "3"}, "event"),
        (Kind.AMENDED, {"changes": "{torn"}, "changes"),
        (Kind.AMENDED, {"changes": "[1]"}, "changes"),
        (Kind.AMENDED, {"changes": "null"}, "changes"),
    ],
)
def test_a_malformed_entry_is_refused_at_its_field(
    kind: Kind, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        read_payload(kind, {**FULL[kind], **change})
    [finding] = refused.value.findings
    assert (finding.code, finding.severity) == ("entry.malformed", Severity.BLOCK)
    assert finding.field == field


@pytest.mark.parametrize(
    ("instrument", "total", "answers"),
    [
        ("cadss-6", 24, [4, 4, 4, 4, 4, 4]),
        ("cadss-6", 0, []),
        ("pain-nrs", 10, [10]),
        ("aldrete", 0, [0, 0, 0, 0, 0]),
    ],
)
def test_a_scale_goes_to_its_ends(instrument: str, total: int, answers: list[int]) -> None:
    taken = {"instrument": instrument, "total": total, "answers": answers}
    assert plain_payload(read_payload(Kind.SCORE_TAKEN, taken)) == taken
