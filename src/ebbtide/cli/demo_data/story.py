"""How a visit goes: preparing, giving, watching over, sending home."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from ebbtide.cli.demo_data.bedside import Signs
from ebbtide.cli.demo_data.giving import Giving
from ebbtide.cli.demo_data.nursing import Nursing, minutes, seconds
from ebbtide.science.findings import blocks
from ebbtide.science.plain import to_plain
from ebbtide.science.screening.discharge import (
    activity_score,
    circulation_score,
    saturation_score,
)
from ebbtide.science.visit import gates
from ebbtide.science.visit.events import HandedOver, Kind

STARTS_AFTER_MIN = 26  # from the check-in

# Minute after the check-in and item of the checklist; what the record itself tells is left out.
CHECKS_FIRST = (
    (2.0, "identity"),
    (2.5, "consent"),
    (3.0, "order"),
    (3.6, "allergies"),
    (4.3, "medication"),
    (5.0, "fasting"),
    (5.6, "pregnancy"),
    (6.2, "symptoms"),
    (7.0, "suicide_risk"),
    (7.7, "questionnaires"),
    (8.3, "escort"),
)
CHECKS_THEN = ((17.5, "line"), (18.2, "equipment"), (19.0, "comfort"))
COMFORTS = (
    ("light", "dimmed"),
    ("eye_mask", "on"),
    ("music", "slow strings, quiet"),
    ("blanket", "warm"),
    ("aroma", "lavender"),
)


def tell(nursing: Nursing, *, began: datetime) -> None:
    """The whole visit up to the hand-over.

    Raises:
        NotYetError: The rest lies in the future.
    """
    preparing = _Preparing(nursing, began)
    preparing.look_over()
    if nursing.who.is_called_off:
        preparing.call_off()
        return
    preparing.set_up()
    Giving(nursing).tell(began + minutes(STARTS_AFTER_MIN))
    _recover(nursing)


class _Preparing:
    """From the check-in to the second person's check."""

    def __init__(self, nursing: Nursing, began: datetime) -> None:
        self._at = nursing
        self._began = began

    def look_over(self) -> None:
        at = self._at
        at.add(Kind.CHECKED_IN, self._began, by=at.place.desk, **to_plain(at.who.terms))
        self._confirm(CHECKS_FIRST)
        at.add(
            Kind.WEIGHT_TAKEN,
            self._after(9),
            weight_kg=at.who.weight_kg,
            prosthesis=at.who.prosthesis,
            stated="Weighed twice; the patient confirms the change.",
        )
        self._baseline()

    def set_up(self) -> None:
        at = self._at
        for number, (what, setting) in enumerate(at.rng.sample(COMFORTS, 2)):
            at.add(Kind.COMFORT_CHANGED, self._after(14 + number / 2), what=what, setting=setting)
        at.add(
            Kind.LINE_PLACED,
            self._after(16),
            limb=at.who.terms.access_limb,
            place="forearm",
            gauge=at.rng.choice(("22 G", "22 G", "20 G")),
        )
        self._confirm(CHECKS_THEN)
        self._draw()

    def call_off(self) -> None:
        again = self._after(20)
        self._at.enter(again, _high(self._at.read(again), systolic_mmhg=164))
        reason = "Pressure stays above the limit after rest; prescriber informed, new visit booked."
        self._at.add(Kind.CALLED_OFF, self._after(23), reason=reason)

    def _after(self, minute: float) -> datetime:
        return self._began + minutes(minute) + seconds(self._at.rng.randint(-12, 12))

    def _confirm(self, items: tuple[tuple[float, str], ...]) -> None:
        for minute, item in items:
            answer = self._at.who.answers.get(item, "yes")
            self._at.add(Kind.GATE_CONFIRMED, self._after(minute), item=item, answer=answer)

    def _baseline(self) -> None:
        nursing, at = self._at, self._after(12)
        temperature_c = Decimal(nursing.rng.randint(362, 370)) / 10
        signs = nursing.read(at)
        if nursing.who.is_called_off:
            signs = _high(signs, systolic_mmhg=168)
        nursing.enter_all(at, signs, temperature_c=temperature_c)
        nursing.score_cadss6(at + seconds(50), nursing.rng.choice((0, 0, 0, 1)))
        nursing.score_pain(at + seconds(80))

    def _draw(self) -> None:
        nursing, log = self._at, self._at.log
        stock = nursing.who.terms.order.stock
        sheet = gates.sheet_of(log.state, around=log.around, stock=stock)
        if sheet is None:
            raise ValueError("nobody was weighed")
        figures = sheet.rounded
        drawn = nursing.add(
            Kind.DOSE_DRAWN,
            self._after(20),
            dose_mg=figures.dose_mg,
            draw_ml=figures.draw_ml,
            volume_ml=figures.volume_ml,
            rate_ml_per_h=figures.rate_ml_per_h,
            stock_mg_per_ml=stock.mg_per_ml,
            vial_ml=stock.vial_ml,
            lot=f"SYN-{nursing.rng.randint(1000, 9999)}",
        )
        nursing.add(
            Kind.DOSE_CHECKED,
            self._after(22),
            by=nursing.place.nurse2,
            drawn=drawn.id,
            statement="Drug, strength, dose and rate agreed",
        )


def _high(signs: Signs, *, systolic_mmhg: int) -> Signs:
    return replace(signs, systolic_mmhg=systolic_mmhg, diastolic_mmhg=systolic_mmhg - 64)


def _recover(nursing: Nursing) -> None:
    ended_at = nursing.log.state.ended_at
    if ended_at is None:
        raise ValueError("the infusion has not ended")
    limits = nursing.log.around.protocol.discharge
    earliest = max(
        nursing.started_at + minutes(limits.min_minutes_from_start),
        ended_at + minutes(limits.min_minutes_from_end),
    )
    leaves_at = earliest + minutes(nursing.rng.randint(4, 12))
    every = minutes(nursing.log.around.protocol.schedule.recovery_minutes)
    at = ended_at + minutes(2)
    while at < leaves_at - minutes(9):
        nursing.enter_all(at, nursing.read(at))
        at += every
    _leave(nursing, leaves_at)


def _leave(nursing: Nursing, at: datetime) -> None:
    who, log = nursing.who, nursing.log
    leaving = HandedOver(
        escort_name=who.escort_name,
        escort_relation=who.escort_relation,
        is_adult=True,
        is_present=True,
        instructions_given=True,
    )
    _make_ready(nursing, at)
    for number, item in enumerate(log.around.protocol.discharge_items):
        nursing.add(Kind.DISCHARGE_CONFIRMED, at + seconds(15 * number - 150), item=item.id)
    while blocks(gates.leave_blockers(log.state, around=log.around, at=at, leaving=leaving)):
        at += minutes(15)
        _make_ready(nursing, at)
    stated = "Prescriber has seen the patient and agrees."
    plain = to_plain(leaving)
    del plain["overridden"]
    nursing.add(Kind.HANDED_OVER, at, stated=stated, **plain)


def _make_ready(nursing: Nursing, leaves_at: datetime) -> None:
    """The last set, the scores and the pain before somebody goes."""
    at = leaves_at - minutes(6)
    signs = nursing.read(at)
    nursing.enter_all(at, signs)
    nursing.score_pain(at + seconds(30))
    nursing.score_cadss6(at + minutes(1), signs.cadss6 * nursing.who.dissociation, most=2)
    _score_aldrete(nursing, at + minutes(2), signs)


def _score_aldrete(nursing: Nursing, at: datetime, signs: Signs) -> None:
    present = nursing.who.terms.limbs_present
    usual = gates.baseline(nursing.log.state).systolic_mmhg
    answers = (
        activity_score(limbs_moving=present, limbs_present=present),
        2,
        circulation_score(signs.systolic_mmhg, baseline_mmhg=usual or Decimal(120)),
        2,
        saturation_score(signs.spo2_percent, oxygen_l_per_min=Decimal(0)),
    )
    nursing.add(Kind.SCORE_TAKEN, at, instrument="aldrete", total=sum(answers), answers=answers)
