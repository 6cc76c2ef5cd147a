"""The entry rules as tables: each limit at it and one step past, every reason at once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.science.visit_log import CHECKED_IN, DRAWN, Log, at
from tests.science.visit_rounds import AROUND, ESCORT, WELL, prepared, recovered

from ebbtide.science.dosing.pump import Pump
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.visit.checks import check_entry
from ebbtide.science.visit.events import Kind, read_payload
from ebbtide.science.visit.gates import Surroundings
from ebbtide.science.visit.reducer import replay
from ebbtide.science.visit.state import Status
from ebbtide.science.visit.transitions import LEADS_TO

SIGNATURE = {"name": "Pat Example (synthetic)", "role": "Prescriber", "head_hash": "0" * 64}

PAYLOADS: Mapping[Kind, Mapping[str, Any]] = {
    Kind.CHECKED_IN: CHECKED_IN,
    Kind.GATE_CONFIRMED: {"item": "identity"},
    Kind.WEIGHT_TAKEN: {"weight_kg": "70"},
    Kind.DOSE_DRAWN: DRAWN,
    Kind.DOSE_CHECKED: {"drawn": str(UUID(int=50))},
    Kind.LINE_PLACED: {"limb": "left_arm", "place": "hand"},
    Kind.STARTED: {"rate_ml_per_h": "150"},
    Kind.RATE_CHANGED: {"rate_ml_per_h": "150"},
    Kind.HELD: {},
    Kind.RESUMED: {"rate_ml_per_h": "150"},
    Kind.BOLUS_GIVEN: {"dose_mg": "1"},
    Kind.READING_ENTERED: {"reading": WELL},
    Kind.SCORE_TAKEN: {"instrument": "pain-nrs", "total": 3},
    Kind.COMFORT_CHANGED: {"what": "light", "setting": "low"},
    Kind.ADVERSE_EVENT_NOTED: {"term": "nausea", "grade": 1},
    Kind.RESCUE_GIVEN: {
        "drug": "ondansetron",
        "dose": "4",
        "unit": "mg",
        "route": "IV",
        "trigger": "nausea",
    },
    Kind.STOPPED: {},
    Kind.CALLED_OFF: {"reason": "fever"},
    Kind.RECOVERY_READING_ENTERED: {"reading": WELL},
    Kind.DISCHARGE_CONFIRMED: {"item": "oriented"},
    Kind.HANDED_OVER: ESCORT,
    Kind.SIGNED: SIGNATURE,
    Kind.AMENDED: {"event": str(UUID(int=2)), "reason": "typed wrong"},
}


def judge(
    log: Log,
    kind: Kind,
    payload: Mapping[str, Any] | None = None,
    *,
    minute: float = 0,
    happened_at: datetime | None = None,
    now: datetime | None = None,
    actor: str = "nurse",
    around: Surroundings = AROUND,
) -> tuple[Finding, ...]:
    """Try one more entry on a log; it happens now, at `minute`, unless said otherwise."""
    now = now or at(minute)
    return check_entry(
        replay(log.events),
        kind=kind,
        payload=read_payload(kind, PAYLOADS[kind] if payload is None else payload),
        actor=actor,
        happened_at=happened_at or now,
        at=now,
        around=around,
    )


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


# --- Where the visit stands


def checked_in() -> Log:
    log = Log()
    log.add(Kind.CHECKED_IN, 0, CHECKED_IN)
    return log


def held() -> Log:
    log = Log().running()
    log.add(Kind.HELD, 20)
    return log


def given() -> Log:
    log = Log().running()
    log.add(Kind.STOPPED, 50)
    return log


def handed_over() -> Log:
    log = recovered()
    log.add(Kind.HANDED_OVER, 131, ESCORT)
    return log


def signed() -> Log:
    log = handed_over()
    log.add(Kind.SIGNED, 140, SIGNATURE, actor="prescriber")
    return log


def called_off() -> Log:
    log = checked_in()
    log.add(Kind.CALLED_OFF, 5, {"reason": "fever"})
    return log


STANDING: Mapping[Status, Callable[[], Log]] = {
    Status.EXPECTED: Log,
    Status.CHECKED_IN: checked_in,
    Status.RUNNING: lambda: Log().running(),
    Status.HELD: held,
    Status.RECOVERY: given,
    Status.CALLED_OFF: called_off,
    Status.HANDED_OVER: handed_over,
    Status.SIGNED: signed,
}
WHILE_HERE = "score_taken comfort_changed adverse_event_noted rescue_given amended"
PREPARING = "gate_confirmed weight_taken dose_drawn dose_checked line_placed reading_entered"
AFTERWARDS = "adverse_event_noted amended signed"
TAKEN: Mapping[Status, str] = {
    Status.EXPECTED: "checked_in",
    Status.CHECKED_IN: f"{WHILE_HERE} {PREPARING} started called_off",
    Status.RUNNING: f"{WHILE_HERE} reading_entered rate_changed held bolus_given line_placed",
    Status.HELD: f"{WHILE_HERE} reading_entered resumed bolus_given line_placed",
    Status.RECOVERY: f"{WHILE_HERE} reading_entered recovery_reading_entered "
    "discharge_confirmed handed_over",
    Status.CALLED_OFF: AFTERWARDS,
    Status.HANDED_OVER: AFTERWARDS,
    Status.SIGNED: "amended signed",
}


@pytest.mark.parametrize("status", Status)
def test_each_status_takes_its_own_kinds_and_no_other(status: Status) -> None:
    log = STANDING[status]()
    assert replay(log.events).status is status
    misplaced = {"visit.out_of_place", "visit.signed"}
    taken = {
        kind.value
        for kind in Kind
        if not misplaced & set(codes(judge(log, kind, minute=150, actor="second")))
    }
    assert taken == set(TAKEN[status].split())


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        (Status.EXPECTED, Kind.CHECKED_IN),
        (Status.CHECKED_IN, Kind.CALLED_OFF),
        (Status.RUNNING, Kind.HELD),
        (Status.HELD, Kind.RESUMED),
        (Status.RUNNING, Kind.STOPPED),
        (Status.HELD, Kind.STOPPED),
        (Status.RECOVERY, Kind.HANDED_OVER),
        (Status.HANDED_OVER, Kind.SIGNED),
        (Status.CALLED_OFF, Kind.SIGNED),
    ],
)
def test_an_entry_leads_where_the_table_says(before: Status, kind: Kind) -> None:
    log = STANDING[before]()
    log.add(kind, 150, PAYLOADS[kind])
    assert replay(log.events).status is LEADS_TO[kind]


def test_a_start_leads_to_running() -> None:
    log = Log().drawn()
    log.add(Kind.STARTED, 10, PAYLOADS[Kind.STARTED])
    assert replay(log.events).status is LEADS_TO[Kind.STARTED]


# --- The lists


@pytest.mark.parametrize(
    ("kind", "log", "payload", "expected"),
    [
        (Kind.GATE_CONFIRMED, checked_in, {"item": "identity"}, []),
        (Kind.GATE_CONFIRMED, checked_in, {"item": "identity", "answer": "no"}, []),
        (Kind.GATE_CONFIRMED, checked_in, {"item": "colour"}, ["item.unknown"]),
        (
            Kind.GATE_CONFIRMED,
            checked_in,
            {"item": "identity", "answer": "not_applicable"},
            ["item.applies"],
        ),
        (
            Kind.GATE_CONFIRMED,
            checked_in,
            {"item": "pregnancy", "answer": "not_applicable"},
            [],
        ),
        (Kind.DISCHARGE_CONFIRMED, given, {"item": "oriented"}, []),
        (Kind.DISCHARGE_CONFIRMED, given, {"item": "identity"}, ["item.unknown"]),
        (
            Kind.DISCHARGE_CONFIRMED,
            given,
            {"item": "oriented", "answer": "not_applicable"},
            ["item.applies"],
        ),
    ],
)
def test_an_answer_is_one_the_protocol_asks_for(
    kind: Kind, log: Callable[[], Log], payload: dict[str, str], expected: list[str]
) -> None:
    assert codes(judge(log(), kind, payload, minute=60)) == expected


# --- Weight


@pytest.mark.parametrize(
    ("known", "weight_kg", "expected"),
    [
        ({}, "70", []),
        ({}, "0", ["weight.not_positive"]),
        ({}, "7", ["weight.implausible"]),
        ({}, "20", ["weight.unusual"]),
        ({}, "19.9", ["weight.implausible"]),
        ({}, "350", ["weight.unusual"]),
        ({}, "350.1", ["weight.implausible"]),
        ({}, "700", ["weight.implausible"]),
        ({"last_weight_kg": "70"}, "73.5", []),
        ({"last_weight_kg": "70"}, "73.6", ["weight.changed"]),
        ({"last_weight_kg": "65"}, "143", ["weight.changed", "weight.pounds"]),
        ({"height_cm": "170"}, "154", ["weight.unusual", "weight.pounds"]),
    ],
)
def test_a_weight_is_held_to_what_is_known(
    known: dict[str, str], weight_kg: str, expected: list[str]
) -> None:
    log = Log()
    log.add(Kind.CHECKED_IN, 0, {**CHECKED_IN, **known})
    assert codes(judge(log, Kind.WEIGHT_TAKEN, {"weight_kg": weight_kg})) == expected


@pytest.mark.parametrize(
    ("weight_kg", "expected"),
    [
        ("70", [("weight.prosthesis_on", Severity.OVERRIDE)]),
        (
            "700",
            [
                ("weight.implausible", Severity.BLOCK),
                ("weight.prosthesis_on", Severity.OVERRIDE),
            ],
        ),
    ],
)
def test_a_prosthesis_on_the_scale_needs_a_reason(
    weight_kg: str, expected: list[tuple[str, Severity]]
) -> None:
    payload = {"weight_kg": weight_kg, "prosthesis": "on"}
    findings = judge(checked_in(), Kind.WEIGHT_TAKEN, payload)
    assert [(finding.code, finding.severity) for finding in findings] == expected


# --- Draw


def weighed(weight_kg: str = "70") -> Log:
    log = checked_in()
    log.add(Kind.WEIGHT_TAKEN, 2, {"weight_kg": weight_kg})
    return log


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        (
            {"stock_mg_per_ml": "10", "vial_ml": "20", "draw_ml": "3.5"},
            ["stock.not_as_ordered", "stock.diluted"],
        ),
        (
            {"stock_mg_per_ml": "500", "draw_ml": "0.07"},
            ["stock.unknown_concentration"],
        ),
        ({"vial_ml": "5"}, ["stock.unknown_vial"]),
        ({"dose_mg": "35.1"}, ["draw.not_the_sheet"]),
        ({"draw_ml": "0.71"}, ["draw.not_the_sheet"]),
        ({"volume_ml": "100.1"}, ["draw.not_the_sheet"]),
        ({"rate_ml_per_h": "150.1"}, ["draw.not_the_sheet"]),
        (
            {"stock_mg_per_ml": "10", "vial_ml": "20"},
            ["stock.not_as_ordered", "stock.diluted", "draw.not_the_sheet"],
        ),
    ],
)
def test_a_draw_is_the_orders_from_a_vial_that_exists(
    change: dict[str, str], expected: list[str]
) -> None:
    assert codes(judge(weighed(), Kind.DOSE_DRAWN, {**DRAWN, **change}, minute=5)) == expected


def test_another_strength_than_ordered_is_named_and_needs_a_reason() -> None:
    other = {**DRAWN, "stock_mg_per_ml": "10", "vial_ml": "20", "draw_ml": "3.5"}
    finding = judge(weighed(), Kind.DOSE_DRAWN, other, minute=5)[0]
    assert (finding.severity, finding.field) == (Severity.OVERRIDE, "stock_mg_per_ml")
    assert finding.message == "The order names 50 mg/mL; the vial in hand has 10 mg/mL."


def test_a_draw_follows_todays_weight() -> None:
    assert codes(judge(weighed("80"), Kind.DOSE_DRAWN, minute=5)) == ["draw.not_the_sheet"]


@pytest.mark.parametrize(
    ("log", "pump", "change", "expected"),
    [
        (checked_in, AROUND.pump, {}, ["draw.no_weight"]),
        (weighed, None, {}, ["pump.missing"]),
        (
            checked_in,
            None,
            {"stock_mg_per_ml": "500"},
            [
                "draw.no_weight",
                "pump.missing",
                "stock.not_as_ordered",
                "stock.unknown_concentration",
            ],
        ),
    ],
)
def test_without_weight_or_pump_there_is_no_draw(
    log: Callable[[], Log], pump: Pump | None, change: dict[str, str], expected: list[str]
) -> None:
    around = replace(AROUND, pump=pump)
    findings = judge(log(), Kind.DOSE_DRAWN, {**DRAWN, **change}, minute=5, around=around)
    assert codes(findings) == expected


# --- Second check


def drawn_twice() -> Log:
    log = Log().drawn()
    log.add(Kind.DOSE_DRAWN, 6, DRAWN)
    return log


@pytest.mark.parametrize(
    ("log", "drawn", "actor", "expected"),
    [
        (Log().drawn, 3, "second", []),
        (Log().drawn, 3, "nurse", ["check.same_person"]),
        (drawn_twice, 4, "second", []),
        (drawn_twice, 3, "second", ["check.other_draw"]),
        (drawn_twice, 3, "nurse", ["check.other_draw", "check.same_person"]),
        (checked_in, 3, "second", ["check.other_draw"]),
    ],
)
def test_a_second_person_checks_the_newest_draw(
    log: Callable[[], Log], drawn: int, actor: str, expected: list[str]
) -> None:
    payload = {"drawn": str(UUID(int=drawn))}
    findings = judge(log(), Kind.DOSE_CHECKED, payload, minute=7, actor=actor)
    assert codes(findings) == expected


# --- Rate


def at_ten() -> Log:
    log = Log().running()
    log.add(Kind.RATE_CHANGED, 15, {"rate_ml_per_h": "10"})
    return log


def held_at_ten() -> Log:
    log = at_ten()
    log.add(Kind.HELD, 20)
    return log


@pytest.mark.parametrize(
    ("log", "kind", "rate", "expected"),
    [
        (Log().running, Kind.RATE_CHANGED, "150", []),
        (Log().running, Kind.RATE_CHANGED, "15.1", []),
        (Log().running, Kind.RATE_CHANGED, "15", ["rate.tenth"]),
        (Log().running, Kind.RATE_CHANGED, "150.05", ["rate.beyond_pump"]),
        (Log().running, Kind.RATE_CHANGED, "257.1", []),
        (Log().running, Kind.RATE_CHANGED, "257.2", ["dose.fast"]),
        (Log().running, Kind.RATE_CHANGED, "300", ["dose.fast"]),
        (
            Log().running,
            Kind.RATE_CHANGED,
            "300.1",
            ["dose.fast", "dose.fast_by_weight", "rate.steep_rise"],
        ),
        (
            Log().running,
            Kind.RATE_CHANGED,
            "999",
            ["dose.fast", "dose.fast_by_weight", "rate.steep_rise"],
        ),
        (
            Log().running,
            Kind.RATE_CHANGED,
            "1500",
            ["rate.beyond_pump", "dose.fast", "dose.fast_by_weight", "rate.ten_times"],
        ),
        (at_ten, Kind.RATE_CHANGED, "20", []),
        (at_ten, Kind.RATE_CHANGED, "99.9", ["rate.steep_rise"]),
        (at_ten, Kind.RATE_CHANGED, "100", ["rate.ten_times"]),
        (held_at_ten, Kind.RESUMED, "10", []),
        (held_at_ten, Kind.RESUMED, "99.9", ["rate.steep_rise"]),
        (held_at_ten, Kind.RESUMED, "100", ["rate.ten_times"]),
        (prepared, Kind.STARTED, "150", []),
        (prepared, Kind.STARTED, "15", ["rate.tenth"]),
        (
            prepared,
            Kind.STARTED,
            "1500",
            ["rate.beyond_pump", "dose.fast", "dose.fast_by_weight", "rate.ten_times"],
        ),
    ],
)
def test_a_rate_is_held_to_the_pump_the_protocol_and_the_rate_before(
    log: Callable[[], Log], kind: Kind, rate: str, expected: list[str]
) -> None:
    assert codes(judge(log(), kind, {"rate_ml_per_h": rate}, minute=21)) == expected


@pytest.mark.parametrize(
    ("log", "kind"), [(prepared, Kind.STARTED), (Log().running, Kind.RATE_CHANGED)]
)
def test_without_a_pump_no_rate_is_set(log: Callable[[], Log], kind: Kind) -> None:
    around = replace(AROUND, pump=None)
    assert codes(judge(log(), kind, minute=12, around=around)) == ["pump.missing"]


def without_weight() -> Log:
    log = Log().running()
    retraction = {"event": str(UUID(int=2)), "reason": "wrong patient", "is_retracted": True}
    log.add(Kind.AMENDED, 15, retraction)
    return log


@pytest.mark.parametrize(
    ("kind", "payload", "expected"),
    [
        (Kind.RATE_CHANGED, {"rate_ml_per_h": "100"}, []),
        (Kind.RATE_CHANGED, {"rate_ml_per_h": "999.1"}, ["rate.beyond_pump"]),
        (Kind.BOLUS_GIVEN, {"dose_mg": "1"}, ["bolus.no_weight"]),
    ],
)
def test_with_the_weight_retracted_the_rate_is_held_to_the_pump_and_no_bolus_is_given(
    kind: Kind, payload: dict[str, str], expected: list[str]
) -> None:
    assert codes(judge(without_weight(), kind, payload, minute=20)) == expected


# --- Bolus


@pytest.mark.parametrize(
    ("minute", "dose_mg", "expected"),
    [
        (20, "7", []),
        (20, "7.1", ["bolus.high"]),
        (46, "3.5", []),
        (46, "3.6", ["bolus.not_in_bag"]),
        (46, "35.1", ["bolus.too_high", "bolus.fast", "bolus.not_in_bag"]),
        (60, "1", ["bolus.not_in_bag"]),
    ],
)
def test_a_bolus_is_no_more_than_its_limit_and_the_bag(
    minute: int, dose_mg: str, expected: list[str]
) -> None:
    payload = {"dose_mg": dose_mg, "minutes": "5"}
    assert codes(judge(Log().running(), Kind.BOLUS_GIVEN, payload, minute=minute)) == expected


# --- Amendments


def test_a_corrected_answer_is_still_an_answer() -> None:
    log = checked_in()
    log.add(Kind.GATE_CONFIRMED, 3, {"item": "identity"})
    correction = {
        "event": str(UUID(int=2)),
        "reason": "asked again",
        "changes": '{"answer": "not_applicable"}',
    }
    assert codes(judge(log, Kind.AMENDED, correction, minute=60)) == ["item.applies"]


def test_a_wrong_value_and_a_wrong_time_are_told_together() -> None:
    correction = {
        "event": str(UUID(int=2)),
        "reason": "typed wrong",
        "changes": '{"weight_kg": "700"}',
        "happened_at": at(-1).isoformat(),
    }
    found = judge(Log().running(), Kind.AMENDED, correction, minute=60)
    assert codes(found) == ["weight.implausible", "time.before_check_in"]


def test_the_step_that_stands_in_the_way_of_a_correction_is_named() -> None:
    log = held()
    log.add(Kind.RESUMED, 25, {"rate_ml_per_h": "100"})
    correction = {"event": str(UUID(int=5)), "reason": "late", "happened_at": at(26).isoformat()}
    [finding] = judge(log, Kind.AMENDED, correction, minute=60)
    assert finding.message == (
        "01:26:00 is beyond the pump's change at 01:25:00; correct that one first."
    )
    assert finding.field == "right_time"


# --- Start and hand-over, all reasons at once


def test_a_start_with_nothing_done_tells_everything_that_is_missing() -> None:
    around = replace(AROUND, order_valid_until=date(2026, 3, 1), pump=None)
    found = codes(judge(checked_in(), Kind.STARTED, minute=10, around=around))
    assert found.count("checklist.open") == len(AROUND.protocol.checklist)
    assert found[len(AROUND.protocol.checklist) :] == [
        "start.no_weight",
        "start.no_dose",
        "start.no_line",
        "order.expired",
        "gate.systolic_not_measured",
        "gate.diastolic_not_measured",
        "gate.pulse_not_measured",
        "gate.spo2_not_measured",
        "gate.resp_not_measured",
        "gate.temperature_not_measured",
        "gate.sedation_not_measured",
        "pump.missing",
    ]


def test_an_order_ends_at_the_sites_midnight() -> None:
    """Eight hours behind UTC, the second of March ends at 08:00 UTC on the third."""
    for now, is_expired in ((at(23 * 60 - 1), False), (at(23 * 60), True)):
        found = codes(judge(prepared(), Kind.STARTED, now=now))
        assert ("order.expired" in found) is is_expired


def test_a_pain_score_alone_does_not_renew_the_baseline() -> None:
    log = prepared()
    log.add(Kind.READING_ENTERED, 24, {"reading": {"phantom_pain_nrs": 3}})
    assert codes(judge(log, Kind.STARTED, minute=25)) == ["gate.baseline_old"]


def test_a_hand_over_straight_after_the_stop_tells_everything_that_is_missing() -> None:
    leaving = {
        **ESCORT,
        "escort_name": "",
        "is_adult": False,
        "is_present": False,
        "instructions_given": False,
    }
    found = judge(given(), Kind.HANDED_OVER, leaving, minute=51)
    assert codes(found) == [
        "discharge.aldrete_missing",
        "discharge.observation",
        "discharge.observation",
        "discharge.recovery_sets",
        "discharge.systolic_not_measured",
        "discharge.diastolic_not_measured",
        "discharge.spo2_not_measured",
        "discharge.sedation_not_measured",
        "discharge.cadss6_missing",
        *(f"discharge.{item.id}_missing" for item in AROUND.protocol.discharge_items),
        "discharge.escort_missing",
        "discharge.instructions",
    ]
    assert {f.code for f in found if f.severity is Severity.OVERRIDE} == {"discharge.observation"}
