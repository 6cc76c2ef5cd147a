"""How a visit goes: preparing, giving, watching over, sending home."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from ebbtide.cli.demo_data.bedside import Bedside, Signs
from ebbtide.cli.demo_data.places import Place
from ebbtide.cli.demo_data.writing import Log
from ebbtide.clinic.people.models import Role, User
from ebbtide.science.dosing.pump import DoseOrder
from ebbtide.science.findings import Finding, blocks
from ebbtide.science.plain import to_plain
from ebbtide.science.screening.bands import BandJudgement, BandLevel, judge_reading
from ebbtide.science.screening.discharge import (
    activity_score,
    circulation_score,
    saturation_score,
)
from ebbtide.science.units import round_down
from ebbtide.science.visit import gates
from ebbtide.science.visit.events import CheckedIn, HandedOver, Kind
from ebbtide.science.visit.infusion import Infusion
from ebbtide.science.visit.state import Status
from ebbtide.science.vitals.reading import Reading

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
    ("music", "own playlist"),
    ("music", "sound of waves"),
    ("blanket", "warm"),
    ("aroma", "lavender"),
)


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happens at a minute after the start, and what is done about it."""

    minute: float
    term: str = ""
    grade: int = 1
    note: str = ""
    hold: str = ""
    hold_min: float = 3
    drug: str = ""


@dataclass(slots=True)
class Visitor:
    """Who comes and how they are today.

    Attributes:
        phantom: Phantom pain before the infusion; None without limb loss.
        residual: Residual-limb pain.
        pain: Other pain.
        relief: Part of the pain that the infusion takes at its height.
        dissociation: How strongly, against the typical patient.
        answers: Answers to the checklist other than yes, by item.
    """

    terms: CheckedIn
    weight_kg: Decimal
    prosthesis: str
    escort_name: str
    escort_relation: str
    phantom: int | None = None
    residual: int | None = None
    pain: int | None = None
    relief: float = 0.5
    dissociation: float = 1.0
    answers: dict[str, str] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    is_called_off: bool = False


class Story:
    """One visit told into a log."""

    def __init__(
        self, log: Log, *, place: Place, visitor: Visitor, bedside: Bedside, began: datetime, rng: Random
    ) -> None:
        """Nothing has happened yet."""
        self.log = log
        self._place = place
        self._who = visitor
        self._bedside = bedside
        self._began = began
        self._rng = rng
        self._height_ng_per_ml = 0.0
        self._incidents = sorted(visitor.incidents, key=lambda each: each.minute)
        self._previous: Reading | None = None
        self._is_slowed = False

    def tell(self) -> None:
        """The whole visit up to the hand-over, or as far as the clock allows."""
        self._prepare()
        if self._who.is_called_off:
            self._call_off()
            return
        self._start()
        self._give()
        self._recover()

    # Before the start

    def _prepare(self) -> None:
        nurse, who = self._place.nurse, self._who
        self.log.add(Kind.CHECKED_IN, self._began, self._place.desk, **to_plain(who.terms))
        for minute, item in CHECKS_FIRST:
            self._confirm(minute, item)
        self.log.add(
            Kind.WEIGHT_TAKEN, self._after(9), nurse, weight_kg=who.weight_kg, prosthesis=who.prosthesis,
            stated="Weighed twice; the patient confirms the change.",
        )  # fmt: skip
        self._baseline(12)
        for number, (what, setting) in enumerate(self._rng.sample(COMFORTS, 2)):
            self.log.add(
                Kind.COMFORT_CHANGED, self._after(14 + number / 2), nurse, what=what, setting=setting
            )
        self.log.add(
            Kind.LINE_PLACED, self._after(16), nurse,
            limb=who.terms.access_limb, place="forearm", gauge=self._rng.choice(("22 G", "22 G", "20 G")),
        )  # fmt: skip
        for minute, item in CHECKS_THEN:
            self._confirm(minute, item)
        self._draw(20)

    def _confirm(self, minute: float, item: str) -> None:
        answer = self._who.answers.get(item, "yes")
        self.log.add(Kind.GATE_CONFIRMED, self._after(minute), self._place.nurse, item=item, answer=answer)

    def _baseline(self, minute: float) -> None:
        at = self._after(minute)
        signs = self._read(at)
        if self._who.is_called_off:
            self._enter(at, signs, systolic_mmhg=168, diastolic_mmhg=104, temperature_c=self._temperature(),
                        rass=0, oxygen_l_per_min=Decimal(0), **self._pains(signs))  # fmt: skip
            again = self._after(minute + 8)
            self._enter(again, self._read(again), systolic_mmhg=164, diastolic_mmhg=102)
            return
        self._enter(
            at, signs, temperature_c=self._temperature(), rass=0, oxygen_l_per_min=Decimal(0), **self._pains(signs)
        )
        self._score(at + timedelta(seconds=50), "cadss-6", self._rng.choice((0, 0, 0, 1)))
        self._pain_score(at + timedelta(seconds=80), signs)

    def _draw(self, minute: float) -> None:
        log, stock = self.log, self._who.terms.order.stock
        sheet = gates.sheet_of(log.state, around=log.around, stock=stock)
        if sheet is None:
            raise ValueError("nobody was weighed")
        figures = sheet.rounded
        drawn = log.add(
            Kind.DOSE_DRAWN, self._after(minute), self._place.nurse,
            dose_mg=figures.dose_mg, draw_ml=figures.draw_ml, volume_ml=figures.volume_ml,
            rate_ml_per_h=figures.rate_ml_per_h, stock_mg_per_ml=stock.mg_per_ml, vial_ml=stock.vial_ml,
            lot=f"SYN-{self._rng.randint(1000, 9999)}",
        )  # fmt: skip
        log.add(
            Kind.DOSE_CHECKED, self._after(minute + 2), self._place.nurse2, drawn=drawn.id,
            statement="Drug, strength, dose and rate agreed",
        )  # fmt: skip

    def _call_off(self) -> None:
        self.log.add(
            Kind.CALLED_OFF, self._after(29), self._place.nurse,
            reason="Pressure stays above the limit after rest; prescriber informed, new visit booked.",
        )  # fmt: skip

    # While drug runs

    def _start(self) -> None:
        drawn = self.log.state.drawn
        self.log.add(
            Kind.STARTED, self._began + timedelta(minutes=STARTS_AFTER_MIN), self._place.nurse,
            rate_ml_per_h=drawn.rate_ml_per_h if drawn else None,
            stated="Settled after ten minutes' rest; prescriber agrees by telephone.",
        )  # fmt: skip

    def _give(self) -> None:
        every = timedelta(minutes=float(self.log.around.protocol.schedule.infusion_bp_minutes))
        for number, at in enumerate(self._rounds(every), start=1):
            signs = self._read(at)
            judgement = self._enter(at, signs, **(self._pains(signs) if number % 3 == 0 else {}))
            if number * every == timedelta(minutes=40):
                self._score(at + timedelta(seconds=45), "cadss-6", self._cadss6(signs))
            self._answer(judgement, at)

    def _rounds(self, every: timedelta) -> Iterator[datetime]:
        """The moments of the next readings, until the bag is empty or the pump is stopped."""
        at = self._started_at
        while True:
            at += every
            self._live_through(at)
            if self.log.state.status is Status.RECOVERY:
                return
            ends_at = self._infusion.empties_at(max(at - every, self._infusion.steps[-1].at))
            if ends_at and ends_at <= at:
                pressed_at = ends_at + timedelta(seconds=self._rng.randint(3, 20))
                self.log.add(Kind.STOPPED, pressed_at, self._place.nurse, reason="bag is empty")
                return
            reading_at = at + timedelta(seconds=self._rng.randint(-20, 40))
            yield min(reading_at, ends_at - timedelta(seconds=20)) if ends_at else reading_at

    def _live_through(self, until: datetime) -> None:
        while self._incidents and self._started_at + timedelta(minutes=self._incidents[0].minute) < until:
            incident = self._incidents.pop(0)
            if self.log.state.status is Status.RUNNING:
                after_last = self.log.state.entries[-1].happened_at + timedelta(seconds=15)
                planned = self._started_at + timedelta(minutes=incident.minute)
                self._happen(incident, max(planned, after_last))

    def _happen(self, incident: Incident, at: datetime) -> None:
        nurse, log = self._place.nurse, self.log
        rate = self._infusion.rate_ml_per_h(at)
        if rate == 0:
            return
        if incident.hold:
            log.add(Kind.HELD, at, nurse, reason=incident.hold)
        if incident.term:
            log.add(
                Kind.ADVERSE_EVENT_NOTED, at + timedelta(seconds=40), nurse,
                term=incident.term, grade=incident.grade, note=incident.note,
            )  # fmt: skip
        if incident.drug:
            log.add(
                Kind.RESCUE_GIVEN, at + timedelta(seconds=90), nurse,
                drug=incident.drug, dose=Decimal(4), unit="mg", route="IV", trigger=incident.term,
            )  # fmt: skip
        if incident.hold:
            log.add(Kind.RESUMED, at + timedelta(minutes=incident.hold_min), nurse, rate_ml_per_h=rate)

    def _answer(self, judgement: BandJudgement, at: datetime) -> None:
        """Do what the protocol says about a reading."""
        if judgement.level is BandLevel.RED:
            self._hold_and_look_again(at)
        elif judgement.level is BandLevel.AMBER and judgement.is_confirmed and not self._is_slowed:
            if judgement.reasons[0].field in ("systolic_mmhg", "diastolic_mmhg"):
                self._slow(at + timedelta(seconds=60))

    def _hold_and_look_again(self, at: datetime) -> None:
        nurse, log = self._place.nurse, self.log
        log.add(Kind.HELD, at + timedelta(seconds=20), nurse, reason="pressure; looking again in 2 minutes")
        again = at + timedelta(minutes=2)
        judgement = self._enter(again, self._read(again))
        if judgement.level is BandLevel.RED:
            log.add(Kind.STOPPED, again + timedelta(seconds=30), nurse, reason="pressure stays high")
            log.add(
                Kind.ADVERSE_EVENT_NOTED, again + timedelta(seconds=90), nurse, term="Hypertension", grade=3,
                note="Stopped early; no headache, no chest pain. Prescriber at the chair.",
            )  # fmt: skip
            return
        rate = self._infusion.steps[-2].rate_ml_per_h
        log.add(Kind.RESUMED, again + timedelta(minutes=2), nurse, rate_ml_per_h=self._slower(rate))
        self._is_slowed = True

    def _slow(self, at: datetime) -> None:
        rate, ends_at = self._infusion.rate_ml_per_h(at), self._infusion.empties_at(at)
        if ends_at is None or ends_at - at < timedelta(minutes=4):
            return
        self._is_slowed = True
        self.log.add(Kind.RATE_CHANGED, at, self._place.nurse, rate_ml_per_h=self._slower(rate))
        self.log.add(
            Kind.ADVERSE_EVENT_NOTED, at + timedelta(seconds=60), self._place.nurse,
            term="Blood pressure increased", grade=1, note="Slowed as the protocol says; prescriber told.",
        )  # fmt: skip

    @staticmethod
    def _slower(rate: Decimal) -> Decimal:
        return round_down(rate * Decimal("0.7"), step=Decimal("0.1"))

    # After it

    def _recover(self) -> None:
        ended_at = self.log.state.ended_at
        if ended_at is None:
            raise ValueError("the infusion has not ended")
        limits = self.log.around.protocol.discharge
        leaves_at = max(
            self._started_at + timedelta(minutes=float(limits.min_minutes_from_start)),
            ended_at + timedelta(minutes=float(limits.min_minutes_from_end)),
        ) + timedelta(minutes=self._rng.randint(4, 12))
        self._watch(ended_at + timedelta(minutes=2))
        at = ended_at + timedelta(minutes=15)
        while at < leaves_at - timedelta(minutes=9):
            self._watch(at)
            at += timedelta(minutes=15)
        self._leave(leaves_at)

    def _watch(self, at: datetime) -> Signs:
        signs = self._read(at)
        self._enter(at, signs, rass=0, oxygen_l_per_min=Decimal(0), **self._pains(signs))
        return signs

    def _leave(self, at: datetime) -> None:
        nurse, log, who = self._place.nurse, self.log, self._who
        leaving = HandedOver(who.escort_name, who.escort_relation, True, True, True)  # noqa: FBT003
        for attempt in range(5):
            signs = self._watch(at - timedelta(minutes=5))
            self._score(at - timedelta(minutes=4), "cadss-6", min(2, self._cadss6(signs)))
            self._aldrete(at - timedelta(minutes=3), signs)
            if attempt == 0:
                for number, item in enumerate(log.around.protocol.discharge_items):
                    log.add(Kind.DISCHARGE_CONFIRMED, at - timedelta(seconds=150 - 15 * number), nurse, item=item.id)
            if not blocks(self._against_leaving(leaving, at)):
                break
            at += timedelta(minutes=15)
        log.add(
            Kind.HANDED_OVER, at, nurse, stated="Prescriber has seen the patient and agrees.",
            escort_name=who.escort_name, escort_relation=who.escort_relation, is_adult=True,
            is_present=True, instructions_given=True,
        )  # fmt: skip

    def _against_leaving(self, leaving: HandedOver, at: datetime) -> tuple[Finding, ...]:
        return gates.leave_blockers(self.log.state, around=self.log.around, at=at, leaving=leaving)

    def _aldrete(self, at: datetime, signs: Signs) -> None:
        present = self._who.terms.limbs_present
        baseline = gates.baseline(self.log.state)
        answers = (
            activity_score(limbs_moving=present, limbs_present=present),
            2,
            circulation_score(signs.systolic_mmhg, baseline_mmhg=baseline.systolic_mmhg or Decimal(120)),
            2,
            saturation_score(signs.spo2_percent, oxygen_l_per_min=Decimal(0)),
        )
        self.log.add(
            Kind.SCORE_TAKEN, at, self._place.nurse, instrument="aldrete", total=sum(answers), answers=answers
        )

    # What is read and entered

    @property
    def _started_at(self) -> datetime:
        if self.log.state.started_at is None:
            raise ValueError("the pump was not started")
        return self.log.state.started_at

    @property
    def _infusion(self) -> Infusion:
        if self.log.state.infusion is None:
            raise ValueError("no dose was drawn")
        return self.log.state.infusion

    def _after(self, minute: float) -> datetime:
        return self._began + timedelta(minutes=minute, seconds=self._rng.randint(-12, 12))

    def _read(self, at: datetime) -> Signs:
        self.log.reach(at)
        state = self.log.state
        signs = self._bedside.at(at, given_mg=lambda moment: float(state.given_mg(moment)))
        self._height_ng_per_ml = max(self._height_ng_per_ml, signs.effect_ng_per_ml)
        return signs

    def _enter(self, at: datetime, signs: Signs, **more: object) -> BandJudgement:
        values: dict[str, object] = {
            "systolic_mmhg": signs.systolic_mmhg,
            "diastolic_mmhg": signs.diastolic_mmhg,
            "pulse_per_min": signs.pulse_per_min,
            "spo2_percent": signs.spo2_percent,
            "resp_per_min": signs.resp_per_min,
            "moaas": signs.moaas,
        }
        reading = Reading(**(values | more))  # type: ignore[arg-type]
        is_recovery = self.log.state.status is Status.RECOVERY
        kind = Kind.RECOVERY_READING_ENTERED if is_recovery else Kind.READING_ENTERED
        self.log.add(kind, at, self._place.nurse, reading=reading)
        judgement = judge_reading(
            reading,
            baseline=gates.baseline(self.log.state),
            limits=self.log.around.protocol.bands,
            previous=self._previous,
        )
        self._previous = reading
        return judgement

    def _pains(self, signs: Signs) -> dict[str, object]:
        pains = {"phantom_pain_nrs": self._who.phantom, "residual_limb_pain_nrs": self._who.residual}
        return {name: self._eased(pain) for name, pain in pains.items() if pain is not None}

    def _eased(self, pain: int) -> int:
        """Pain falls with the level and, in these hours, stays down."""
        part = min(1.0, self._height_ng_per_ml / 180.0) * self._who.relief
        return max(0, min(10, round(pain * (1 - part) + self._rng.uniform(-0.4, 0.4))))

    def _pain_score(self, at: datetime, _: Signs) -> None:
        if self._who.pain is not None:
            self._score(at, "pain-nrs", self._eased(self._who.pain))

    def _cadss6(self, signs: Signs) -> int:
        return min(24, round(signs.cadss6 * self._who.dissociation))

    def _score(self, at: datetime, instrument: str, total: int) -> None:
        answers = _spread(total, self._rng) if instrument == "cadss-6" else ()
        self.log.add(
            Kind.SCORE_TAKEN, at, self._place.nurse, instrument=instrument, total=total, answers=answers
        )

    def _temperature(self) -> Decimal:
        return Decimal(self._rng.randint(362, 370)) / 10


def _spread(total: int, rng: Random) -> tuple[int, ...]:
    """Six answers of 0 to 4 that add up."""
    answers = [0] * 6
    while sum(answers) < total:
        open_items = [item for item, answer in enumerate(answers) if answer < 4]
        answers[rng.choice(open_items)] += 1
    return tuple(answers)
