"""The infusion: readings by the timetable, incidents between them, answers by the protocol."""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import count

from ebbtide.cli.demo_data.nursing import Incident, Nursing, minutes, seconds
from ebbtide.science.screening.bands import BandJudgement, BandLevel
from ebbtide.science.units import round_down
from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.state import Status

CADSS6_AT_MIN = 38
PRESSURES = ("systolic_mmhg", "diastolic_mmhg")
Act = Callable[[datetime], None]


class Giving:
    """From the start of the pump to its stop."""

    def __init__(self, nursing: Nursing) -> None:
        """Know what will happen and when."""
        self._at = nursing
        self._order = count()
        self._coming: list[tuple[datetime, int, Act]] = []
        self._is_slowed = False

    def tell(self, started_at: datetime) -> None:
        """Start the pump and stay until it is stopped."""
        nursing = self._at
        drawn = nursing.log.state.drawn
        nursing.add(
            Kind.STARTED,
            started_at,
            rate_ml_per_h=drawn.rate_ml_per_h if drawn else None,
            stated="Settled after ten minutes' rest; prescriber agrees by telephone.",
        )
        for incident in nursing.who.incidents:
            self._later(started_at + minutes(incident.minute), self._happening(incident))
        self._later(started_at + minutes(CADSS6_AT_MIN), self._score)
        for number, at in enumerate(self._rounds(), start=1):
            pains = nursing.pains() if number % 3 == 0 else {}
            self._answer(nursing.enter(at, nursing.read(at), **pains), at)

    def _rounds(self) -> Iterator[datetime]:
        """The moments of the next readings, until the bag is empty or the pump is stopped."""
        nursing = self._at
        every = minutes(nursing.log.around.protocol.schedule.infusion_bp_minutes)
        at = nursing.started_at
        while True:
            at += every
            self._live_until(at)
            if nursing.log.state.status is Status.RECOVERY:
                return
            ends_at = self._bag_ends_at(at)
            if ends_at and ends_at <= at:
                self._stop(ends_at + seconds(nursing.rng.randint(3, 20)), "bag is empty")
                return
            read_at = at + seconds(nursing.rng.randint(-20, 40))
            yield min(read_at, ends_at - seconds(20)) if ends_at else read_at

    def _bag_ends_at(self, at: datetime) -> datetime | None:
        infusion = self._at.infusion
        return infusion.empties_at(min(at, max(infusion.steps[-1].at, at - minutes(5))))

    def _later(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._coming, (at, next(self._order), act))

    def _live_until(self, until: datetime) -> None:
        """Let everything happen that comes before a moment, unless the bag ends first."""
        while self._coming and self._coming[0][0] < until:
            at, _, act = heapq.heappop(self._coming)
            ends_at = self._bag_ends_at(at)
            if ends_at is None or at < ends_at:
                act(at)

    # What happens

    def _happening(self, incident: Incident) -> Act:
        def happen(at: datetime) -> None:
            rate = self._at.infusion.rate_ml_per_h(at)
            if rate == 0:
                return
            if incident.hold:
                self._at.add(Kind.HELD, at, reason=incident.hold)
                self._later(at + minutes(incident.hold_min), self._resuming(rate))
            if incident.term:
                self._later(at + seconds(40), self._noting(incident.term, 1, incident.note))
            if incident.drug:
                self._later(at + seconds(90), self._rescuing(incident))

        return happen

    def _noting(self, term: str, grade: int, note: str) -> Act:
        return lambda at: self._note(at, term, grade, note)

    def _note(self, at: datetime, term: str, grade: int, note: str) -> None:
        self._at.add(Kind.ADVERSE_EVENT_NOTED, at, term=term, grade=grade, note=note)

    def _rescuing(self, incident: Incident) -> Act:
        def rescue(at: datetime) -> None:
            self._at.add(
                Kind.RESCUE_GIVEN,
                at,
                drug=incident.drug,
                dose=Decimal(4),
                unit="mg",
                route="IV",
                trigger=incident.term,
            )

        return rescue

    def _resuming(self, rate_ml_per_h: Decimal) -> Act:
        def resume(at: datetime) -> None:
            if self._at.log.state.status is Status.HELD:
                self._at.add(Kind.RESUMED, at, rate_ml_per_h=rate_ml_per_h)

        return resume

    def _score(self, at: datetime) -> None:
        signs = self._at.read(at)
        self._at.score_cadss6(at, signs.cadss6 * self._at.who.dissociation)

    # What the protocol asks for

    def _answer(self, judgement: BandJudgement, at: datetime) -> None:
        if not judgement.reasons or judgement.reasons[0].field not in PRESSURES:
            return
        if self._at.log.state.status is not Status.RUNNING:
            return
        if judgement.level is BandLevel.RED:
            self._hold_and_look_again(at + seconds(20))
        elif judgement.is_confirmed and not self._is_slowed:
            self._later(at + seconds(60), self._slow)

    def _hold_and_look_again(self, at: datetime) -> None:
        rate = self._at.infusion.rate_ml_per_h(at)
        if rate == 0:
            return
        self._at.add(Kind.HELD, at, reason="pressure high; looking again in 2 minutes")
        self._later(at + minutes(1.7), self._look_again)
        self._later(at + minutes(4), self._resuming(_slower(rate)))

    def _look_again(self, at: datetime) -> None:
        judgement = self._at.enter(at, self._at.read(at))
        if judgement.level is not BandLevel.RED:
            self._is_slowed = True
            return
        self._stop(at + seconds(30), "pressure stays high")
        note = "Stopped early; no headache, no chest pain. Prescriber at the chair."
        self._note(at + seconds(90), "Hypertension", 3, note)

    def _stop(self, at: datetime, reason: str) -> None:
        self._at.add(Kind.STOPPED, at, reason=reason)

    def _slow(self, at: datetime) -> None:
        rate, ends_at = self._at.infusion.rate_ml_per_h(at), self._at.infusion.empties_at(at)
        if ends_at is None or ends_at - at < minutes(4):
            return
        self._is_slowed = True
        self._at.add(Kind.RATE_CHANGED, at, rate_ml_per_h=_slower(rate))
        note = "Slowed as the protocol says; prescriber told."
        self._later(at + seconds(60), self._noting("Blood pressure increased", 1, note))


def _slower(rate_ml_per_h: Decimal) -> Decimal:
    return round_down(rate_ml_per_h * Decimal("0.7"), step=Decimal("0.1"))
