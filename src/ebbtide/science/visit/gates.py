"""What stands between a visit and its next step: to start, to leave, to sign."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from ebbtide.science.dosing.products import Stock
from ebbtide.science.dosing.pump import Pump, PumpSheet, pump_sheet
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.screening.discharge import (
    Aldrete,
    DischargeCheck,
    Escort,
    discharge_gate,
)
from ebbtide.science.screening.gate import start_gate
from ebbtide.science.screening.protocol import Protocol
from ebbtide.science.visit.events import DoseDrawn, HandedOver
from ebbtide.science.visit.state import Status, VisitState
from ebbtide.science.vitals.baseline import Baseline, baseline_of
from ebbtide.science.vitals.reading import Reading

NO_PUMP = "No pump is set up in this room; the director can add it."


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a visit is judged by besides its log: protocol, pump, order's end, local time."""

    protocol: Protocol
    pump: Pump | None
    order_valid_until: date
    zone: ZoneInfo


def blockers(state: VisitState, *, around: Surroundings, at: datetime) -> tuple[Finding, ...]:
    """Every reason against the next step of a visit; empty when nothing stands in its way."""
    if state.status is Status.CHECKED_IN:
        return start_blockers(state, around=around, at=at)
    if state.status is Status.RECOVERY:
        return leave_blockers(state, around=around, at=at, leaving=None)
    return ()


def baseline(state: VisitState) -> Baseline:
    """Means of the readings before the start."""
    return baseline_of(state.baseline_readings())


def stock_of(drawn: DoseDrawn) -> Stock:
    """The vial a dose was drawn from."""
    return Stock(mg_per_ml=drawn.stock_mg_per_ml, vial_ml=drawn.vial_ml)


def sheet_of(
    state: VisitState, *, around: Surroundings, stock: Stock | None = None
) -> PumpSheet | None:
    """The pump sheet for today's weight; None before the weight or without a pump.

    `stock` is the vial in hand; the order's own if left out.
    """
    if state.terms is None or state.weight is None or around.pump is None:
        return None
    order = state.terms.order
    return pump_sheet(
        replace(order, stock=stock) if stock else order,
        weight_kg=state.weight.weight_kg,
        pump=around.pump,
        limits=around.protocol.dose,
    )


def is_as_ordered(state: VisitState, drawn: DoseDrawn, *, around: Surroundings) -> bool:
    """Whether a draw has the sheet's figures; without weight or pump there is no sheet to miss."""
    sheet = sheet_of(state, around=around, stock=stock_of(drawn))
    if sheet is None:
        return True
    figures = sheet.rounded
    worked_out = (figures.dose_mg, figures.draw_ml, figures.volume_ml, figures.rate_ml_per_h)
    return worked_out == (drawn.dose_mg, drawn.draw_ml, drawn.volume_ml, drawn.rate_ml_per_h)


def no_sheet(state: VisitState, *, around: Surroundings) -> tuple[Finding, ...]:
    """Why there is no pump sheet: what is still missing for one."""
    findings = []
    if state.weight is None:
        message = "Weigh the patient first: the dose follows the weight."
        findings.append(_block("draw.no_weight", message))
    if around.pump is None:
        findings.append(_block("pump.missing", NO_PUMP))
    return tuple(findings)


def stock_findings(state: VisitState, drawn: DoseDrawn) -> tuple[Finding, ...]:
    """Whether the vial in hand is the one that was ordered."""
    ordered = state.terms.order.stock.mg_per_ml if state.terms else drawn.stock_mg_per_ml
    if drawn.stock_mg_per_ml == ordered:
        return ()
    message = (
        f"The order names {ordered.normalize():f} mg/mL; the vial in hand has "
        f"{drawn.stock_mg_per_ml.normalize():f} mg/mL."
    )
    code, field = "stock.not_as_ordered", "stock_mg_per_ml"
    return (Finding(code, Severity.OVERRIDE, message, field=field),)


def start_blockers(state: VisitState, *, around: Surroundings, at: datetime) -> tuple[Finding, ...]:
    """Every reason not to start the pump."""
    return (
        *_unanswered(state, around.protocol),
        *_unprepared(state, around),
        *_order_expired(around, at=at),
        *_baseline_age(state, around.protocol, at=at),
        *start_gate(state.baseline_readings(), limits=around.protocol.gate),
    )


def leave_blockers(
    state: VisitState, *, around: Surroundings, at: datetime, leaving: HandedOver | None
) -> tuple[Finding, ...]:
    """Every reason to keep the patient; `leaving` is the hand-over about to be made."""
    protocol = around.protocol
    items = [item.id for item in protocol.discharge_items]
    answers = {
        item: payload.answer != "no" for item, (_, payload) in state.discharge_answers.items()
    }
    check = DischargeCheck(
        readings=_recovery_readings(state),
        aldrete=_newest_aldrete(state),
        minutes_from_start=_minutes_since(state.started_at, at),
        minutes_from_end=_minutes_since(state.ended_at, at),
        cadss6=_cadss6(state, after=state.ended_at),
        cadss6_before=_cadss6(state, before=state.started_at),
        answers=answers,
        escort=_escort(leaving),
    )
    findings = discharge_gate(
        check, baseline=baseline(state), items=items, limits=protocol.discharge
    )
    if leaving is None:  # asked at the door, not before it
        return tuple(
            finding for finding in findings if not finding.code.startswith("discharge.escort")
        )
    if not leaving.instructions_given:
        message = "Written instructions were not given."
        field = "instructions_given"
        findings += (Finding("discharge.instructions", Severity.BLOCK, message, field=field),)
    return findings


def told_by_record(state: VisitState) -> frozenset[str]:
    """Items of the start checklist that the record itself answers with yes."""
    answers = {
        "weight": state.weight is not None and state.weight.prosthesis != "on",
        "baseline": bool(state.baseline_readings()),
        "double_check": bool(state.dose_checked_by),
    }
    return frozenset(item for item, is_so in answers.items() if is_so)


def _unanswered(state: VisitState, protocol: Protocol) -> list[Finding]:
    findings = []
    known = told_by_record(state)
    for item in protocol.checklist:
        if item.id in known:
            continue
        _, payload = state.gate_answers.get(item.id, (None, None))
        if payload is None:
            message = f"Not confirmed yet: {item.text}"
            findings.append(_block("checklist.open", message, item.id))
        elif payload.answer == "no":
            message = f"Answered no: {item.text}"
            findings.append(_block("checklist.no", message, item.id))
    return findings


def _unprepared(state: VisitState, around: Surroundings) -> list[Finding]:
    findings = []
    if state.weight is None:
        findings.append(_block("start.no_weight", "Today's weight is not taken.", "weight_kg"))
    if state.drawn is None:
        findings.append(_block("start.no_dose", "The dose is not drawn up."))
    elif not state.dose_checked_by:
        message = "A second person has not checked the dose."
        findings.append(_block("start.not_checked", message))
    if state.line is None:
        findings.append(_block("start.no_line", "The line is not placed."))
    if state.drawn and not is_as_ordered(state, state.drawn, around=around):
        message = "The draw is not that of the order and today's weight any more; draw up again."
        findings.append(_block("start.other_draw", message))
    return findings


def _order_expired(around: Surroundings, *, at: datetime) -> list[Finding]:
    if at.astimezone(around.zone).date() <= around.order_valid_until:
        return []
    message = f"The order was valid until {around.order_valid_until:%d %b %Y}."
    return [_block("order.expired", message)]


def _baseline_age(state: VisitState, protocol: Protocol, *, at: datetime) -> list[Finding]:
    most = protocol.schedule.baseline_minutes
    taken = [
        entry.happened_at
        for entry, payload in state.readings
        if payload.reading.systolic_mmhg is not None  # a pain score alone is no baseline
    ]
    if not taken or at - max(taken) <= timedelta(minutes=float(most)):
        return []
    minutes = int((at - max(taken)).total_seconds() // 60)
    message = (
        f"The last baseline reading is {minutes} min old; take one within "
        f"{most.normalize():f} min of the start."
    )
    return [_block("gate.baseline_old", message)]


def _recovery_readings(state: VisitState) -> tuple[Reading, ...]:
    ended = state.ended_at
    return tuple(
        payload.reading for entry, payload in state.readings if ended and entry.happened_at >= ended
    )


def _newest_aldrete(state: VisitState) -> Aldrete | None:
    taken = [score for _, score in state.scores if score.instrument == "aldrete" and score.answers]
    return Aldrete.of(taken[-1].answers) if taken and len(taken[-1].answers) == 5 else None


def _cadss6(
    state: VisitState, *, before: datetime | None = None, after: datetime | None = None
) -> int | None:
    taken = [
        score.total
        for entry, score in state.scores
        if score.instrument == "cadss-6"
        and (before is None or entry.happened_at < before)
        and (after is None or entry.happened_at >= after)
    ]
    return taken[-1] if taken else None


def _minutes_since(moment: datetime | None, at: datetime) -> Decimal | None:
    return None if moment is None else Decimal((at - moment) / timedelta(minutes=1))


def _escort(leaving: HandedOver | None) -> Escort | None:
    if leaving is None or not leaving.escort_name.strip():
        return None
    return Escort(
        name=leaving.escort_name, is_adult=leaving.is_adult, is_present=leaving.is_present
    )


def _block(code: str, message: str, field: str = "") -> Finding:
    return Finding(code, Severity.BLOCK, message, field=field)
