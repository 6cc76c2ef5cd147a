"""What a nurse would have read at the bedside, told by the virtual patient."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import numpy as np

from ebbtide.devices.feeds import FeedFrame
from ebbtide.devices.sources import Frame, MonitorSource, judged, judged_cuff
from ebbtide.science.patient.body import VirtualPatient, Vitals, initial_state, step, vitals
from ebbtide.science.vitals.validity import Quality, Quantity

STEP_S = 30.0
CUFF_EVERY = 10  # steps between two cuff readings
DELAY = timedelta(milliseconds=180)  # from the monitor to the disk

GivenMg = Callable[[datetime], float]


@dataclass(frozen=True, slots=True)
class Signs:
    """A set as it would be typed, and what the scores would be."""

    systolic_mmhg: int
    diastolic_mmhg: int
    pulse_per_min: int
    spo2_percent: int
    resp_per_min: int
    moaas: int
    cadss6: int
    effect_ng_per_ml: float


class Bedside:
    """One patient through one visit, in steps of half a minute."""

    def __init__(self, patient: VirtualPatient, *, began: datetime, rng: Random) -> None:
        """Put the patient in the chair."""
        self._began = began
        self._rng = np.random.default_rng(rng.getrandbits(64))
        self._state = initial_state(patient)
        self._steps = 0
        self._given_mg = 0.0
        self.seen: list[tuple[float, Vitals]] = []

    def at(self, moment: datetime, *, given_mg: GivenMg) -> Signs:
        """Let time pass up to a moment, and read."""
        while (self._steps + 1) * STEP_S <= (moment - self._began).total_seconds():
            self._step(given_mg)
        return _signs(vitals(self._state))

    def frames(self, feed_id: str) -> list[FeedFrame]:
        """What a monitor would have sent, thinned to half a minute."""
        return [
            _fed(feed_id, _frame(offset_s, seen, number), self._began)
            for number, (offset_s, seen) in enumerate(self.seen)
        ]

    def _step(self, given_mg: GivenMg) -> None:
        self._steps += 1
        offset_s = self._steps * STEP_S
        given = max(self._given_mg, given_mg(self._began + timedelta(seconds=offset_s)))
        self._state, seen = step(
            self._state, dt_s=STEP_S, given_mg=given - self._given_mg, rng=self._rng
        )
        self._given_mg = given
        self.seen.append((offset_s, seen))


class Monitored(Bedside):
    """A bedside whose numbers come from the room's own feed, as the server will go on with it."""

    def __init__(
        self,
        patient: VirtualPatient,
        *,
        began: datetime,
        rng: Random,
        source: MonitorSource,
    ) -> None:
        """Put the patient in the chair and connect the monitor."""
        super().__init__(patient, began=began, rng=rng)
        self._source = source
        self._fed_mg = 0.0
        self._newest: dict[Quantity, int] = {}
        self._taken: list[Frame] = []

    def at(self, moment: datetime, *, given_mg: GivenMg) -> Signs:
        """Take every frame up to a moment; what the probe or cuff missed is counted out."""
        signs = super().at(moment, given_mg=given_mg)
        until_s = (moment - self._began).total_seconds()
        while (offset_s := len(self._taken) * self._source.period_s) < until_s:
            given = given_mg(self._began + timedelta(seconds=offset_s))
            frame = self._source.next_frame(given_mg=max(0.0, given - self._fed_mg))
            self._fed_mg = max(self._fed_mg, given)
            if frame is None:
                break
            self._taken.append(frame)
            self._newest |= {
                sample.quantity: round(sample.value)
                for sample in frame.samples
                if sample.quality is Quality.OK and sample.value is not None
            }
        newest = self._newest
        return Signs(
            systolic_mmhg=newest.get(Quantity.SYSTOLIC, signs.systolic_mmhg),
            diastolic_mmhg=newest.get(Quantity.DIASTOLIC, signs.diastolic_mmhg),
            pulse_per_min=newest.get(Quantity.PULSE, signs.pulse_per_min),
            spo2_percent=newest.get(Quantity.SPO2, signs.spo2_percent),
            resp_per_min=newest.get(Quantity.RESP, signs.resp_per_min),
            moaas=signs.moaas,
            cadss6=signs.cadss6,
            effect_ng_per_ml=signs.effect_ng_per_ml,
        )

    def frames(self, feed_id: str) -> list[FeedFrame]:
        """Every frame taken."""
        return [_fed(feed_id, frame, self._began) for frame in self._taken]


def _signs(seen: Vitals) -> Signs:
    return Signs(
        systolic_mmhg=round(seen.systolic_mmhg),
        diastolic_mmhg=round(seen.diastolic_mmhg),
        pulse_per_min=round(seen.pulse_per_min),
        spo2_percent=round(seen.spo2_percent),
        resp_per_min=round(seen.resp_per_min),
        moaas=round(seen.moaas),
        cadss6=round(seen.cadss6),
        effect_ng_per_ml=seen.effect_ng_per_ml,
    )


def _frame(offset_s: float, seen: Vitals, number: int) -> Frame:
    signs = _signs(seen)
    samples = (
        judged(Quantity.SPO2, signs.spo2_percent),
        judged(Quantity.PULSE, signs.pulse_per_min),
        judged(Quantity.RESP, signs.resp_per_min),
    )
    if number % CUFF_EVERY == 0:
        samples += judged_cuff(signs.systolic_mmhg, signs.diastolic_mmhg, None)
    return Frame(offset_s, samples)


def _fed(feed_id: str, frame: Frame, began: datetime) -> FeedFrame:
    at = began + timedelta(seconds=frame.offset_s)
    return FeedFrame(feed_id=feed_id, frame=frame, at=at, received_at=at + DELAY)
