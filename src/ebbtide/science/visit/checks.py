"""Whether an entry may be added: by where the visit stands, by the clock, by the rules.

Every reason is given at once. STOP does not come through here: nothing refuses it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from ebbtide.science.dosing.products import check_stock
from ebbtide.science.dosing.rate import check_bolus, check_rate
from ebbtide.science.dosing.setting import check_setting
from ebbtide.science.dosing.weight import check_weight
from ebbtide.science.findings import Finding, RefusedError, Severity
from ebbtide.science.screening.protocol import ListItem, Protocol
from ebbtide.science.visit import gates
from ebbtide.science.visit.events import (
    Amended,
    BolusGiven,
    DischargeConfirmed,
    DoseChecked,
    DoseDrawn,
    GateConfirmed,
    HandedOver,
    Kind,
    Payload,
    RateSet,
    ReadingEntered,
    Signed,
    WeightTaken,
    plain_payload,
    read_payload,
)
from ebbtide.science.visit.gates import Surroundings
from ebbtide.science.visit.reducer import PUMP_KINDS, amended_payload
from ebbtide.science.visit.state import Entry, Status, VisitState
from ebbtide.science.visit.transitions import ALLOWED, WORDS
from ebbtide.science.vitals.reading import check_reading

CLOCK_SLACK = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Case:
    """One entry on trial: the visit so far, what is to be added, who and when."""

    state: VisitState
    kind: Kind
    payload: Any
    actor: str
    happened_at: datetime
    at: datetime
    around: Surroundings

    @property
    def protocol(self) -> Protocol:
        return self.around.protocol


def check_entry(
    state: VisitState,
    *,
    kind: Kind,
    payload: Payload,
    actor: str,
    happened_at: datetime,
    at: datetime,
    around: Surroundings,
) -> tuple[Finding, ...]:
    """Judge one new entry against everything known; empty when nothing is to be said.

    `happened_at` is when it is said to have happened, `at` the server's clock now.
    """
    case = _Case(state, kind, payload, actor, happened_at, at, around)
    misplaced = _misplaced(case)
    if misplaced:
        return (misplaced,)
    return (*_clock(case), *_RULES.get(kind, _nothing)(case))


def _nothing(_: _Case) -> tuple[Finding, ...]:
    return ()


def _block(code: str, message: str, field: str = "") -> Finding:
    return Finding(code, Severity.BLOCK, message, field=field)


def _misplaced(case: _Case) -> Finding | None:
    """Why this kind of entry cannot stand at this point of the visit."""
    if case.kind in ALLOWED[case.state.status]:
        return None
    if case.state.status is Status.SIGNED:
        signature = cast(Signed, case.state.signatures[0].payload)
        message = f"This record was signed by {signature.name}; add an amendment instead."
        return _block("visit.signed", message)
    what = case.kind.value.replace("_", " ")
    return _block(
        "visit.out_of_place",
        f"The visit is {WORDS[case.state.status]}: “{what}” does not fit here.",
    )


def _clock(case: _Case) -> list[Finding]:
    findings = []
    local = case.happened_at.astimezone(case.around.zone)
    if case.happened_at > case.at + CLOCK_SLACK:
        message = f"{local:%H:%M:%S} has not come yet; check the time or the tablet's clock."
        findings.append(_block("time.in_future", message, "happened_at"))
    began = case.state.checked_in_at
    if began and case.happened_at < began - CLOCK_SLACK:
        came = began.astimezone(case.around.zone)
        message = f"{local:%H:%M:%S} is before the check-in at {came:%H:%M:%S}."
        findings.append(_block("time.before_check_in", message, "happened_at"))
    last = case.state.last_recorded_at
    if last and case.at < last - CLOCK_SLACK:
        behind_s = round((last - case.at).total_seconds())
        message = (
            f"The server's clock went back by {behind_s} s since the last entry; have it checked."
        )
        findings.append(Finding("time.clock_went_back", Severity.NOTICE, message))
    return [*findings, *_pump_order(case)]


def _pump_order(case: _Case) -> list[Finding]:
    """A step of the pump may not be told to lie before the step it follows."""
    infusion = case.state.infusion
    if case.kind not in PUMP_KINDS or not infusion or not infusion.steps:
        return []
    last = infusion.steps[-1].at
    if case.happened_at >= last:
        return []
    zone = case.around.zone
    message = (
        f"{case.happened_at.astimezone(zone):%H:%M:%S} is before the pump's last change at "
        f"{last.astimezone(zone):%H:%M:%S}."
    )
    return [_block("time.before_last_step", message, "happened_at")]


def _gate_answer(case: _Case) -> tuple[Finding, ...]:
    return _answer(case, case.protocol.checklist)


def _discharge_answer(case: _Case) -> tuple[Finding, ...]:
    return _answer(case, case.protocol.discharge_items)


def _answer(case: _Case, items: Sequence[ListItem]) -> tuple[Finding, ...]:
    answered = cast(GateConfirmed | DischargeConfirmed, case.payload)
    item = next((item for item in items if item.id == answered.item), None)
    if item is None:
        return (_block("item.unknown", "The protocol has no such item.", "item"),)
    if answered.answer == "not_applicable" and not item.is_conditional:
        message = f"“Does not apply” is no answer to: {item.text}"
        return (_block("item.applies", message, "answer"),)
    return ()


def _weight(case: _Case) -> tuple[Finding, ...]:
    terms = case.state.terms
    findings = check_weight(
        cast(WeightTaken, case.payload).weight_kg,
        last_weight_kg=terms.last_weight_kg if terms else None,
        height_cm=terms.height_cm if terms else None,
        limits=case.protocol.weight,
    )
    if case.payload.prosthesis == "on":
        message = "Weigh without the prosthesis: its mass is not the patient's."
        findings += (
            Finding("weight.prosthesis_on", Severity.OVERRIDE, message, field="prosthesis"),
        )
    return findings


def _draw(case: _Case) -> tuple[Finding, ...]:
    drawn = cast(DoseDrawn, case.payload)
    sheet = gates.sheet_of(case.state, around=case.around, stock=gates.stock_of(drawn))
    if sheet is None:
        return (
            *gates.no_sheet(case.state, around=case.around),
            *gates.stock_findings(case.state, drawn),
            *_stock(case),
        )
    unknown = tuple(f for f in sheet.findings if f.code == "stock.unknown_concentration")
    if unknown:  # nothing else said of a vial that does not exist would be true
        return unknown
    findings = [*gates.stock_findings(case.state, drawn), *sheet.findings]
    if not gates.is_as_ordered(case.state, drawn, around=case.around):
        message = "The figures are not those of the order and today's weight; draw up again."
        findings.append(_block("draw.not_the_sheet", message))
    return tuple(findings)


def _second_check(case: _Case) -> tuple[Finding, ...]:
    findings = []
    if cast(DoseChecked, case.payload).drawn != case.state.drawn_id:
        message = "The dose was drawn again since; check the newest draw."
        findings.append(_block("check.other_draw", message))
    if case.actor == case.state.drawn_by:
        message = "Whoever drew the dose cannot check it; a second person must."
        findings.append(_block("check.same_person", message, "witness"))
    return tuple(findings)


def _start(case: _Case) -> tuple[Finding, ...]:
    blocked = gates.start_blockers(case.state, around=case.around, at=case.at)
    return (*blocked, *_rate(case))


def _rate(case: _Case) -> tuple[Finding, ...]:
    state, pump = case.state, case.around.pump
    if pump is None:
        return (_block("pump.missing", gates.NO_PUMP),)
    if state.drawn is None or state.weight is None:
        return _setting(case)
    return check_rate(
        cast(RateSet, case.payload).rate_ml_per_h,
        pump=pump,
        final_mg_per_ml=state.drawn.mg_per_ml,
        weight_kg=state.weight.weight_kg,
        limits=case.protocol.dose,
        current_rate_ml_per_h=_rate_before(state, state.drawn),
    )


def _rate_before(state: VisitState, drawn: DoseDrawn) -> Decimal:
    """The rate last run at, mL/h; before the start that of the draw."""
    steps = state.infusion.steps if state.infusion else ()
    run = [step.rate_ml_per_h for step in steps if step.rate_ml_per_h > 0]
    return run[-1] if run else drawn.rate_ml_per_h


def _bolus(case: _Case) -> tuple[Finding, ...]:
    state, bolus = case.state, cast(BolusGiven, case.payload)
    if state.infusion is None or state.weight is None:
        message = "A bolus follows the weight, and none stands in the record any more."
        return (_block("bolus.no_weight", message),)
    return check_bolus(
        bolus.dose_mg,
        minutes=bolus.minutes,
        weight_kg=state.weight.weight_kg,
        given_mg=state.infusion.given_mg(case.happened_at),
        left_mg=state.infusion.left_ml(case.happened_at) * state.infusion.mg_per_ml,
        limits=case.protocol.dose,
    )


def _reading(case: _Case) -> tuple[Finding, ...]:
    return check_reading(cast(ReadingEntered, case.payload).reading)


def _hand_over(case: _Case) -> tuple[Finding, ...]:
    return gates.leave_blockers(
        case.state, around=case.around, at=case.at, leaving=cast(HandedOver, case.payload)
    )


def _sign(case: _Case) -> tuple[Finding, ...]:
    if any(entry.actor == case.actor for entry in case.state.signatures):
        return (_block("sign.twice", "You have signed this record already."),)
    return ()


def _amend(case: _Case) -> tuple[Finding, ...]:
    amendment = cast(Amended, case.payload)
    target = next((e for e in case.state.entries if e.id == amendment.event), None)
    if target is None:
        return (_block("amend.unknown", "There is no such entry in this visit."),)
    if target.kind in (Kind.AMENDED, Kind.SIGNED, Kind.CHECKED_IN):
        message = (
            "Amendments, signatures and the check-in stay as they are; amend the entry itself."
        )
        return (_block("amend.fixed", message),)
    # A stop pressed for another room's pump is struck out while the patient is here.
    if target.kind is Kind.STOPPED and amendment.is_retracted and not case.state.is_in_chair:
        message = "The visit is over: correct the stop's time or reason; it is not struck out."
        return (_block("amend.stop_stands", message, "is_retracted"),)
    carries = (Kind.STARTED, Kind.DOSE_DRAWN, Kind.WEIGHT_TAKEN)
    if target.kind in carries and amendment.is_retracted and case.state.started_at:
        message = "The dose given rests on this entry: correct its values or its time instead."
        return (_block("amend.carries_dose", message, "is_retracted"),)
    findings = list(_amended_values(case, target, amendment))
    if amendment.happened_at:
        findings += _amended_moment(case, target, amendment.happened_at)
    return tuple(findings)


def _amended_values(case: _Case, target: Entry, amendment: Amended) -> tuple[Finding, ...]:
    """What forbids the right values; what only needs a reason has the amendment's."""
    changes = json.loads(amendment.changes)
    try:
        payload = read_payload(target.kind, amended_payload(plain_payload(target.payload), changes))
    except RefusedError as refused:
        return refused.findings
    judged = _VALUES.get(target.kind, _nothing)(replace(case, kind=target.kind, payload=payload))
    return tuple(finding for finding in judged if finding.severity is Severity.BLOCK)


def _stock(case: _Case) -> tuple[Finding, ...]:
    return check_stock(gates.stock_of(cast(DoseDrawn, case.payload)))


def _setting(case: _Case) -> tuple[Finding, ...]:
    pump, rate = case.around.pump, cast(RateSet, case.payload).rate_ml_per_h
    return check_setting(rate, pump=pump) if pump else ()


def _amended_moment(case: _Case, target: Entry, moment: datetime) -> list[Finding]:
    findings = []
    zone, started = case.around.zone, case.state.started_at
    told = f"{moment.astimezone(zone):%H:%M:%S}"
    if moment > case.at:
        findings.append(_block("time.in_future", f"{told} has not come yet.", "right_time"))
    if case.state.checked_in_at and moment < case.state.checked_in_at:
        findings.append(
            _block("time.before_check_in", f"{told} is before the check-in.", "right_time")
        )
    if started and target.kind in PUMP_KINDS - {Kind.STARTED} and moment < started:
        message = f"{told} is before the start at {started.astimezone(zone):%H:%M:%S}."
        findings.append(_block("time.before_start", message, "right_time"))
    elif target.kind in PUMP_KINDS:
        findings += _overtaken(case, target, moment)
    return findings


def _overtaken(case: _Case, target: Entry, moment: datetime) -> Iterator[Finding]:
    """A step of the pump keeps its place between the step before it and the one after."""
    infusion, zone = case.state.infusion, case.around.zone
    for step in infusion.steps if infusion else ():
        was_before, is_before = step.at < target.happened_at, step.at < moment
        if step.at not in (target.happened_at, moment) and was_before != is_before:
            message = (
                f"{moment.astimezone(zone):%H:%M:%S} is beyond the pump's change at "
                f"{step.at.astimezone(zone):%H:%M:%S}; correct that one first."
            )
            yield _block("time.out_of_order", message, "right_time")
            return


_VALUES: Mapping[Kind, Callable[[_Case], tuple[Finding, ...]]] = {
    Kind.GATE_CONFIRMED: _gate_answer,
    Kind.DISCHARGE_CONFIRMED: _discharge_answer,
    Kind.WEIGHT_TAKEN: _weight,
    Kind.DOSE_DRAWN: _stock,
    Kind.STARTED: _setting,
    Kind.RATE_CHANGED: _setting,
    Kind.RESUMED: _setting,
    Kind.READING_ENTERED: _reading,
    Kind.RECOVERY_READING_ENTERED: _reading,
}

_RULES: Mapping[Kind, Callable[[_Case], tuple[Finding, ...]]] = {
    Kind.GATE_CONFIRMED: _gate_answer,
    Kind.DISCHARGE_CONFIRMED: _discharge_answer,
    Kind.WEIGHT_TAKEN: _weight,
    Kind.DOSE_DRAWN: _draw,
    Kind.DOSE_CHECKED: _second_check,
    Kind.STARTED: _start,
    Kind.RATE_CHANGED: _rate,
    Kind.RESUMED: _rate,
    Kind.BOLUS_GIVEN: _bolus,
    Kind.READING_ENTERED: _reading,
    Kind.RECOVERY_READING_ENTERED: _reading,
    Kind.HANDED_OVER: _hand_over,
    Kind.SIGNED: _sign,
    Kind.AMENDED: _amend,
}
