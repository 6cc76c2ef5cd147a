"""A simulated bedside monitor on a virtual patient: true physiology, imperfect sensors."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np

from ebbtide.devices.sources import Frame, Sample, judged, judged_cuff
from ebbtide.science.patient.body import VirtualPatient, Vitals, initial_state, step
from ebbtide.science.vitals.validity import Quality, Quantity

PERIOD_S: Final = 1.0
CUFF_INFLATION_S: Final = 30.0


class _Trouble(Enum):
    PROBE_OFF = auto()
    MOTION = auto()
    LOW_PERFUSION = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactRates:
    """How often sensors fail, and for how long on average.

    Illustrative: set so that an hour shows each of them; measured on nobody.

    Attributes:
        probe_off_per_h: Finger probe falls off: no saturation, no pulse.
        probe_off_s: Mean length of that.
        motion_per_h: The hand moves: saturation and pulse wander, flagged as suspect.
        motion_s: Mean length of that.
        low_perfusion_per_h: Cold finger: saturation is suspect, no pulse is found.
        low_perfusion_s: Mean length of that.
        cuff_failed_fraction: Of all cuff readings, those that give no numbers.
        cuff_implausible_fraction: Of all cuff readings, those whose numbers do not fit
            together.
        probe_on_cuff_arm_fraction: Of all inflations, those that shut off the probe
            because it is on the same arm.
    """

    probe_off_per_h: float = 2.0
    probe_off_s: float = 20.0
    motion_per_h: float = 6.0
    motion_s: float = 8.0
    low_perfusion_per_h: float = 1.0
    low_perfusion_s: float = 15.0
    cuff_failed_fraction: float = 0.04
    cuff_implausible_fraction: float = 0.03
    probe_on_cuff_arm_fraction: float = 0.0

    def by_trouble(self) -> dict[_Trouble, tuple[float, float]]:
        """Begin per hour and mean length in seconds of each trouble of the probe."""
        return {
            _Trouble.PROBE_OFF: (self.probe_off_per_h, self.probe_off_s),
            _Trouble.MOTION: (self.motion_per_h, self.motion_s),
            _Trouble.LOW_PERFUSION: (self.low_perfusion_per_h, self.low_perfusion_s),
        }


NO_ARTEFACTS: Final = ArtefactRates(
    probe_off_per_h=0.0,
    motion_per_h=0.0,
    low_perfusion_per_h=0.0,
    cuff_failed_fraction=0.0,
    cuff_implausible_fraction=0.0,
)


class SimulatedMonitor:
    """A monitor that answers each second, and with a cuff reading at each interval.

    The same patient, seed, rates and given amounts give the same frames. The body and
    the sensors draw from generators of their own, so artefacts never change physiology.
    """

    name = "simulated monitor"
    period_s = PERIOD_S

    def __init__(
        self,
        patient: VirtualPatient,
        *,
        seed: int,
        artefacts: ArtefactRates = ArtefactRates(),
        cuff_interval_s: float = 300.0,
    ) -> None:
        """Connect a patient to a monitor whose first cuff reading is due at once.

        Args:
            patient: The body that answers.
            seed: Fixes everything that is random.
            artefacts: How often sensors fail.
            cuff_interval_s: Time from one cuff inflation to the next; more than 30 s.

        Raises:
            ValueError: The cuff would inflate again before it was done.
        """
        if not cuff_interval_s > CUFF_INFLATION_S:
            raise ValueError(f"cuff_interval_s must be over {CUFF_INFLATION_S}")
        self._state = initial_state(patient)
        body, sensors = np.random.SeedSequence(seed).spawn(2)
        self._body_rng = np.random.default_rng(body)
        self._sensor_rng = np.random.default_rng(sensors)
        self._rates = artefacts
        self._cuff_interval_s = cuff_interval_s
        self._trouble_ends_s = dict.fromkeys(_Trouble, 0.0)
        self._inflation_begins_s = 0.0
        self._is_arm_shut = self._happens(artefacts.probe_on_cuff_arm_fraction)
        self._frames = 0

    def next_frame(self, *, given_mg: float) -> Frame:
        """Let a second pass and read the sensors; it never ends."""
        self._state, vitals = step(
            self._state, dt_s=PERIOD_S, given_mg=given_mg, rng=self._body_rng
        )
        now_s = self._frames * PERIOD_S
        self._frames += 1
        self._begin_troubles(now_s)
        breaths = judged(Quantity.RESP, self._read(vitals.resp_per_min, noise_sd=0.5))
        return Frame(now_s, (*self._probe(now_s, vitals), breaths, *self._cuff(now_s, vitals)))

    def _happens(self, fraction: float) -> bool:
        return bool(self._sensor_rng.random() < fraction)

    def _read(self, truth: float, *, noise_sd: float) -> int:
        """What a device shows of a true value: whole numbers, with its own noise."""
        return max(0, round(truth + noise_sd * self._sensor_rng.standard_normal()))

    def _begin_troubles(self, now_s: float) -> None:
        for trouble, (per_h, mean_s) in self._rates.by_trouble().items():
            if self._happens(per_h * PERIOD_S / 3600):
                length_s = self._sensor_rng.exponential(mean_s)
                ends_s = max(self._trouble_ends_s[trouble], now_s + max(PERIOD_S, length_s))
                self._trouble_ends_s[trouble] = ends_s

    def _probe(self, now_s: float, vitals: Vitals) -> tuple[Sample, Sample]:
        """Saturation and pulse from the finger."""
        spo2_percent = min(100, self._read(vitals.spo2_percent, noise_sd=0.3))
        pulse_per_min = self._read(vitals.pulse_per_min, noise_sd=0.8)
        sway = self._sensor_rng.uniform(-1.0, 1.0)
        troubles = {trouble for trouble, ends_s in self._trouble_ends_s.items() if now_s < ends_s}
        inflating = self._inflation_begins_s <= now_s < self._inflation_begins_s + CUFF_INFLATION_S
        if _Trouble.PROBE_OFF in troubles or (inflating and self._is_arm_shut):
            return judged(Quantity.SPO2, 0), judged(Quantity.PULSE, 0)
        if _Trouble.LOW_PERFUSION in troubles:
            return _suspect(Quantity.SPO2, spo2_percent), judged(Quantity.PULSE, 0)
        if _Trouble.MOTION in troubles:
            return (
                _suspect(Quantity.SPO2, spo2_percent - round(12 * abs(sway))),
                _suspect(Quantity.PULSE, pulse_per_min + round(30 * sway)),
            )
        return judged(Quantity.SPO2, spo2_percent), judged(Quantity.PULSE, pulse_per_min)

    def _cuff(self, now_s: float, vitals: Vitals) -> tuple[Sample, ...]:
        """The cuff reading, in the one frame in which an inflation is over."""
        if now_s < self._inflation_begins_s + CUFF_INFLATION_S:
            return ()
        self._inflation_begins_s += self._cuff_interval_s
        self._is_arm_shut = self._happens(self._rates.probe_on_cuff_arm_fraction)
        systolic = self._read(vitals.systolic_mmhg, noise_sd=2.0)
        diastolic = self._read(vitals.diastolic_mmhg, noise_sd=2.0)
        if self._happens(self._rates.cuff_failed_fraction):
            return judged_cuff(0, 0, 0)
        if self._happens(self._rates.cuff_implausible_fraction):
            systolic = diastolic + 4
        return judged_cuff(systolic, diastolic, diastolic + round((systolic - diastolic) / 3))


def _suspect(quantity: Quantity, value: int) -> Sample:
    """A number that the device itself flags as doubtful."""
    return Sample(quantity, float(value), Quality.SUSPECT)
