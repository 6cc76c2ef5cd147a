"""What a nurse would have read at the bedside, told by the virtual patient."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import numpy as np

from ebbtide.devices.feeds import FeedFrame
from ebbtide.devices.simulator import SimulatedMonitor
from ebbtide.devices.sources import Frame, MonitorSource, Sample, judged, judged_cuff
from ebbtide.science.patient.body import VirtualPatient, Vitals, initial_state, step, vitals
from ebbtide.science.vitals.validity import Quality, Quantity

CUFF_S = 300.0  # between two cuff readings
DELAY = timedelta(milliseconds=180)  # from the monitor to the disk
KEPT_EVERY_S = 3.0  # of a feed's frames; closer than any plot bridges

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
    """One patient through one visit, in equal steps."""

    def __init__(
        self, patient: VirtualPatient, *, began: datetime, rng: Random, step_s: float
    ) -> None:
        """Put the patient in the chair."""
        self._step_s = step_s
        self._began = began
        self._rng = np.random.default_rng(rng.getrandbits(64))
        self._state = initial_state(patient)
        self._steps = 0
        self._given_mg = 0.0
        self._seen: list[tuple[float, Vitals]] = []

    def at(self, moment: datetime, *, given_mg: GivenMg) -> Signs:
        """Let time pass up to a moment, and read."""
        while (self._steps + 1) * self._step_s <= (moment - self._began).total_seconds():
            self._step(given_mg)
        return _signs(vitals(self._state))

    def frames(self, feed_id: str) -> list[FeedFrame]:
        """What a monitor would have sent, a frame a step."""
        return [_fed(feed_id, _frame(offset_s, seen), self._began) for offset_s, seen in self._seen]

    def _step(self, given_mg: GivenMg) -> None:
        self._steps += 1
        offset_s = self._steps * self._step_s
        given = max(self._given_mg, given_mg(self._began + timedelta(seconds=offset_s)))
        self._state, seen = step(
            self._state, dt_s=self._step_s, given_mg=given - self._given_mg, rng=self._rng
        )
        self._given_mg = given
        self._seen.append((offset_s, seen))


class Monitored(Bedside):
    """A bedside with the room's own feed, as the server will go on with it."""

    def __init__(
        self,
        patient: VirtualPatient,
        *,
        began: datetime,
        rng: Random,
        step_s: float,
        source: MonitorSource,
    ) -> None:
        """Put the patient in the chair and connect the monitor."""
        super().__init__(patient, began=began, rng=rng, step_s=step_s)
        self._source = source
        self._taken_s = 0.0
        self._fed_mg = 0.0
        self._newest: dict[str, int] = {}
        self._kept: list[Frame] = []

    def at(self, moment: datetime, *, given_mg: GivenMg) -> Signs:
        """Take every frame up to a moment, and read the simulated monitor's newest numbers.

        A recording is of somebody else: its numbers are shown, not typed.
        """
        signs = super().at(moment, given_mg=given_mg)
        until_s = (moment - self._began).total_seconds()
        while self._taken_s < until_s and (frame := self._next(given_mg)):
            self._keep(frame)
        is_simulated = isinstance(self._source, SimulatedMonitor)
        return replace(signs, **self._newest) if is_simulated else signs

    def frames(self, feed_id: str) -> list[FeedFrame]:
        """The frames taken, thinned, every cuff reading among them."""
        return [_fed(feed_id, frame, self._began) for frame in self._kept]

    def _next(self, given_mg: GivenMg) -> Frame | None:
        """The next frame, asked for as a restarted server would ask for it."""
        given = given_mg(self._began + timedelta(seconds=self._taken_s))
        frame = self._source.next_frame(given_mg=max(0.0, given - self._fed_mg))
        self._fed_mg = max(self._fed_mg, given)
        if frame:
            self._taken_s = frame.offset_s + self._source.period_s
        return frame

    def _keep(self, frame: Frame) -> None:
        seen = {
            _FIELDS[sample.quantity]: round(sample.value)
            for sample in frame.samples
            if sample.quantity in _FIELDS and sample.quality is Quality.OK and sample.value
        }
        self._newest |= seen
        has_cuff = any(sample.quantity is Quantity.SYSTOLIC for sample in frame.samples)
        last_s = self._kept[-1].offset_s if self._kept else -KEPT_EVERY_S
        if has_cuff or frame.offset_s - last_s >= KEPT_EVERY_S:
            self._kept.append(frame)


_FIELDS = {
    Quantity.SYSTOLIC: "systolic_mmhg",
    Quantity.DIASTOLIC: "diastolic_mmhg",
    Quantity.PULSE: "pulse_per_min",
    Quantity.SPO2: "spo2_percent",
    Quantity.RESP: "resp_per_min",
}


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


def _frame(offset_s: float, seen: Vitals) -> Frame:
    signs = _signs(seen)
    samples: tuple[Sample, ...] = (
        judged(Quantity.SPO2, signs.spo2_percent),
        judged(Quantity.PULSE, signs.pulse_per_min),
        judged(Quantity.RESP, signs.resp_per_min),
    )
    if offset_s % CUFF_S == 0:
        samples += judged_cuff(signs.systolic_mmhg, signs.diastolic_mmhg, None)
    return Frame(offset_s, samples)


def _fed(feed_id: str, frame: Frame, began: datetime) -> FeedFrame:
    at = began + timedelta(seconds=frame.offset_s)
    return FeedFrame(feed_id=feed_id, frame=frame, at=at, received_at=at + DELAY)
