"""One nurse at one patient's side: what is read off the bedside and entered into the log."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Literal

from ebbtide.cli.demo_data.bedside import Bedside, Signs
from ebbtide.cli.demo_data.places import Place
from ebbtide.cli.demo_data.writing import Log
from ebbtide.clinic.people.models import User
from ebbtide.science.screening.bands import BandJudgement, judge_reading
from ebbtide.science.visit import gates
from ebbtide.science.visit.events import CheckedIn, Event, Kind
from ebbtide.science.visit.infusion import Infusion
from ebbtide.science.visit.state import Status
from ebbtide.science.vitals.reading import Reading

EASED_FULLY_NG_PER_ML = 180.0  # effect-site level at which pain is as low as it gets


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that happens at a minute after the start, and what is done about it.

    Attributes:
        hold: Why the pump is held; empty leaves it running.
        drug: Rescue drug given, 4 mg; empty is none.
    """

    minute: float
    term: str = ""
    note: str = ""
    hold: str = ""
    hold_min: float = 3
    drug: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who comes and how they are today.

    Attributes:
        phantom: Phantom pain before the infusion, 0 to 10; None without limb loss.
        residual: Residual-limb pain, likewise.
        pain: Other pain, likewise.
        relief: Part of the pain that the infusion takes at its height.
        dissociation: How strongly, against the typical patient.
        answers: Answers to the checklist other than yes, by item.
        is_called_off: The pressure at rest forbids the start.
    """

    terms: CheckedIn
    weight_kg: Decimal
    prosthesis: Literal["off", "none"]
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


class Nursing:
    """The log, the people and the bedside of one visit, and the entries made at any time."""

    def __init__(
        self, log: Log, *, place: Place, visitor: Visitor, bedside: Bedside, rng: Random
    ) -> None:
        """Nothing has been read yet."""
        self.log = log
        self.place = place
        self.who = visitor
        self.rng = rng
        self._bedside = bedside
        self._height_ng_per_ml = 0.0
        self._previous: Reading | None = None

    @property
    def started_at(self) -> datetime:
        """When the pump was first started."""
        if self.log.state.started_at is None:
            raise ValueError("the pump was not started")
        return self.log.state.started_at

    @property
    def infusion(self) -> Infusion:
        """The bag and what the pump did with it."""
        if self.log.state.infusion is None:
            raise ValueError("no dose was drawn")
        return self.log.state.infusion

    def add(
        self,
        kind: Kind,
        at: datetime,
        *,
        by: User | None = None,
        stated: str = "",
        **payload: object,
    ) -> Event:
        """Enter something; the nurse does, if nobody else is named."""
        return self.log.add(kind, at, by or self.place.nurse, stated=stated, **payload)

    def read(self, at: datetime) -> Signs:
        """Look at the patient and the monitor."""
        self.log.reach(at)
        state = self.log.state
        signs = self._bedside.at(at, given_mg=lambda moment: float(state.given_mg(moment)))
        self._height_ng_per_ml = max(self._height_ng_per_ml, signs.effect_ng_per_ml)
        return signs

    def enter(self, at: datetime, signs: Signs, **more: object) -> BandJudgement:
        """Type a set of vital signs, and hear what the protocol says of it."""
        values: dict[str, object] = {
            "systolic_mmhg": signs.systolic_mmhg,
            "diastolic_mmhg": signs.diastolic_mmhg,
            "pulse_per_min": signs.pulse_per_min,
            "spo2_percent": signs.spo2_percent,
            "resp_per_min": signs.resp_per_min,
            "moaas": signs.moaas,
        }
        reading = Reading(**(values | more))  # type: ignore[arg-type]
        is_over = self.log.state.status is Status.RECOVERY
        kind = Kind.RECOVERY_READING_ENTERED if is_over else Kind.READING_ENTERED
        self.add(kind, at, reading=reading)
        judgement = judge_reading(
            reading,
            baseline=gates.baseline(self.log.state),
            limits=self.log.around.protocol.bands,
            previous=self._previous,
        )
        self._previous = reading
        return judgement

    def enter_all(self, at: datetime, signs: Signs, **more: object) -> None:
        """Type a full set at rest, pain included."""
        self.enter(at, signs, rass=0, oxygen_l_per_min=Decimal(0), **self.pains(), **more)

    def pains(self) -> dict[str, object]:
        """Phantom and residual-limb pain now, where there is any."""
        pains = {"phantom_pain_nrs": self.who.phantom, "residual_limb_pain_nrs": self.who.residual}
        return {name: self._eased(pain) for name, pain in pains.items() if pain is not None}

    def score_pain(self, at: datetime) -> None:
        """Other pain has its own scale."""
        if self.who.pain is not None:
            self.add(Kind.SCORE_TAKEN, at, instrument="pain-nrs", total=self._eased(self.who.pain))

    def score_cadss6(self, at: datetime, total: float, *, most: int = 24) -> None:
        """Dissociation, answered item by item."""
        answers = _spread(min(most, round(total)), self.rng)
        self.add(Kind.SCORE_TAKEN, at, instrument="cadss-6", total=sum(answers), answers=answers)

    def _eased(self, pain: int) -> int:
        """Pain falls with the level and, in these hours, stays down."""
        part = min(1.0, self._height_ng_per_ml / EASED_FULLY_NG_PER_ML) * self.who.relief
        return max(0, min(10, round(pain * (1 - part) + self.rng.uniform(-0.4, 0.4))))


def seconds(count: float) -> timedelta:
    """A short while."""
    return timedelta(seconds=count)


def minutes(count: float | Decimal) -> timedelta:
    """A while."""
    return timedelta(minutes=float(count))


def _spread(total: int, rng: Random) -> tuple[int, ...]:
    """Six answers of 0 to 4 that add up."""
    answers = [0] * 6
    while sum(answers) < total:
        answers[rng.choice([item for item, answer in enumerate(answers) if answer < 4])] += 1
    return tuple(answers)
