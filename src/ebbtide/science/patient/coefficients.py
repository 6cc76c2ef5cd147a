"""Every figure of the virtual patient, with where it comes from and how far people differ in it."""

import math
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN
from ebbtide.science.pk.models import Provenance

REFERENCE_PEAK_NG_PER_ML: Final = 228.69
"""Highest effect-site level of 0.5 mg/kg over 40 min at 70 kg, kamp2020 with 6.1 min."""

PRESSOR_FROM_NG_PER_ML: Final = 40.0
"""Level below which pressure does not move; see the coefficient of this name."""

_PRESSOR_RANGE: Final = REFERENCE_PEAK_NG_PER_ML - PRESSOR_FROM_NG_PER_ML


class Spread(StrEnum):
    """How people differ in a coefficient.

    NONE: not at all. NORMAL: evenly about the value, the width is a standard deviation.
    MEDIAN and MEAN: log-normally, the value their median or mean, the width a coefficient
    of variation. LOGISTIC: the logarithm is logistic, the value the median, the width the
    slope: of all people 1 / (1 + (value / x) ** width) lie below x.
    """

    NONE = "none"
    NORMAL = "normal"
    MEDIAN = "log-normal about the median"
    MEAN = "log-normal about the mean"
    LOGISTIC = "log-logistic about the median"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One figure of the virtual patient.

    Attributes:
        value: Of the typical patient.
        unit: As read, "" for a bare number.
        meaning: In words.
        source: Key in docs/references.bib.
        provenance: CHOSEN is illustrative: it was measured by nobody.
        spread: Between patients.
        width: Of the spread.
        width_provenance: Where the width comes from, by the same source.
        least: Nobody is drawn below it.
        most: Nobody is drawn above it.
    """

    value: float
    unit: str
    meaning: str
    source: str = "ebbtide"
    provenance: Provenance = Provenance.CHOSEN
    spread: Spread = Spread.NONE
    width: float = 0.0
    width_provenance: Provenance = Provenance.CHOSEN
    least: float = -math.inf
    most: float = math.inf

    @property
    def is_illustrative(self) -> bool:
        """Whether the figure is this project's choice, measured by nobody."""
        return self.provenance is Provenance.CHOSEN

    def drawn(self, normal: float) -> float:
        """The figure of the patient who stands so many standard deviations from the middle."""
        return min(self.most, max(self.least, self._drawn(normal)))

    def _drawn(self, normal: float) -> float:
        log_sd = math.sqrt(math.log1p(self.width**2))
        match self.spread:
            case Spread.NONE:
                return self.value
            case Spread.NORMAL:
                return self.value + self.width * normal
            case Spread.MEDIAN:
                return self.value * math.exp(log_sd * normal)
            case Spread.MEAN:
                return self.value * math.exp(log_sd * normal - log_sd**2 / 2)
        odds = math.erfc(-normal / math.sqrt(2)) / math.erfc(normal / math.sqrt(2))
        return float(self.value * odds ** (1 / self.width))


def _slope(
    rise: float, unit: str, meaning: str, *, source: str, width_provenance: Provenance
) -> Coefficient:
    """A published rise over the levels that cause it; the published SD freed of unrest."""
    return Coefficient(
        value=rise / _PRESSOR_RANGE,
        unit=f"{unit} per ng/mL",
        meaning=meaning,
        source=source,
        provenance=Provenance.DERIVED,
        spread=Spread.MEAN,
        width=0.6,
        width_provenance=width_provenance,
    )


def _unrest(sign: str, unit: str, sd: float, memory_s: float) -> dict[str, Coefficient]:
    return {
        f"{sign}_unrest.sd": Coefficient(
            value=sd, unit=unit, meaning="how far it strays at rest, a standard deviation"
        ),
        f"{sign}_unrest.memory_s": Coefficient(
            value=memory_s, unit="s", meaning="for how long a stray is remembered"
        ),
    }


COEFFICIENTS: Final = MappingProxyType(
    {
        "ke0_half_life_min": Coefficient(
            value=EFFECT_SITE_HALF_LIFE_MIN,
            unit="min",
            meaning="lag between blood and effect, mean over all endpoints of S-ketamine",
            source="olofsen2012",
            provenance=Provenance.FOUND,
            spread=Spread.MEDIAN,
            width=0.4,
        ),
        "spo2_percent": Coefficient(
            value=97.5,
            unit="%",
            meaning="saturation at rest",
            spread=Spread.NORMAL,
            width=0.8,
            least=94.0,
            most=99.5,
        ),
        "least_spo2_percent": Coefficient(
            value=60.0, unit="%", meaning="lowest saturation that is shown"
        ),
        "pulse_per_min": Coefficient(
            value=72.0,
            unit="/min",
            meaning="pulse at rest",
            spread=Spread.NORMAL,
            width=9.0,
            least=48.0,
            most=105.0,
        ),
        "resp_per_min": Coefficient(
            value=14.0,
            unit="/min",
            meaning="breathing at rest",
            spread=Spread.NORMAL,
            width=1.5,
            least=10.0,
            most=20.0,
        ),
        "systolic_mmhg": Coefficient(
            value=124.0,
            unit="mmHg",
            meaning="systolic pressure at rest, at 45 years",
            spread=Spread.NORMAL,
            width=10.0,
            least=95.0,
            most=158.0,
        ),
        "diastolic_mmhg": Coefficient(
            value=76.0,
            unit="mmHg",
            meaning="diastolic pressure at rest, at 45 years",
            spread=Spread.NORMAL,
            width=7.0,
            least=55.0,
            most=98.0,
        ),
        "least_pulse_pressure_mmhg": Coefficient(
            value=15.0, unit="mmHg", meaning="least difference of the two pressures"
        ),
        "systolic_mmhg_per_year": Coefficient(
            value=0.3, unit="mmHg per year", meaning="rise of the systolic resting value with age"
        ),
        "systolic_mmhg_if_female": Coefficient(
            value=-4.0, unit="mmHg", meaning="difference of women's systolic resting value"
        ),
        "pulse_per_min_if_female": Coefficient(
            value=3.0, unit="/min", meaning="difference of women's resting pulse"
        ),
        "systolic_mmhg_per_ng_per_ml": _slope(
            16.0,
            "mmHg",
            "mean rise at 40 min, 16.0 (SD 11.2) mmHg, taken as 0.5 mg/kg over 40 min",
            source="yale2024",
            width_provenance=Provenance.DERIVED,
        ),
        "diastolic_mmhg_per_ng_per_ml": _slope(
            11.0,
            "mmHg",
            "mean rise at 40 min, 11.0 (SD 8.45) mmHg, taken as 0.5 mg/kg over 40 min",
            source="yale2024",
            width_provenance=Provenance.DERIVED,
        ),
        "pulse_per_min_per_ng_per_ml": _slope(
            1.9,
            "/min",
            "mean rise of 1.9 /min, read in a digest only",
            source="clinic741",
            width_provenance=Provenance.CHOSEN,
        ),
        "pressor_from_ng_per_ml": Coefficient(
            value=PRESSOR_FROM_NG_PER_ML,
            unit="ng/mL",
            meaning="level below which pressure and pulse do not move; set so that 90 min after "
            "the end they are back at rest to 1 mmHg, as was seen",
            source="szarmach_series",
        ),
        "pressure_ceiling_ng_per_ml": Coefficient(
            value=PRESSOR_FROM_NG_PER_ML + 40.0 * _PRESSOR_RANGE / 16.0,
            unit="ng/mL",
            meaning="level above which pressure and pulse rise no more; 40 mmHg systolic in the "
            "typical patient",
        ),
        "cadss_per_ng_per_ml": Coefficient(
            value=0.055,
            unit="points per ng/mL",
            meaning="dissociation for level, linear, from individual scores and kamp2020",
            source="goldway2025",
            provenance=Provenance.DERIVED,
            spread=Spread.MEDIAN,
            width=0.6,
            width_provenance=Provenance.DERIVED,
        ),
        "cadss_most": Coefficient(
            value=92.0,
            unit="points",
            meaning="highest score: 23 items of 0 to 4",
            source="rodrigues2021",
            provenance=Provenance.FOUND,
        ),
        "cadss6_most": Coefficient(
            value=24.0,
            unit="points",
            meaning="highest score of the six items",
            source="rodrigues2021",
            provenance=Provenance.FOUND,
        ),
        "cadss6_part": Coefficient(
            value=24.0 / 92.0,
            unit="",
            meaning="part of the score that falls on the six items, as if all were answered alike",
        ),
        "waking_ng_per_ml": Coefficient(
            value=640.0,
            unit="ng/mL",
            meaning="level at which sedation is half way: that of recovery, 2.7 (SD 0.9) µmol/L",
            source="idvall1979",
            provenance=Provenance.FOUND,
            spread=Spread.MEDIAN,
            width=0.33,
            width_provenance=Provenance.FOUND,
        ),
        "sedation_steepness": Coefficient(
            value=3.0, unit="", meaning="power with which sedation comes on with the level"
        ),
        "depression_from_ng_per_ml": Coefficient(
            value=150.0,
            unit="ng/mL",
            meaning="level above which breathing and saturation fall",
            spread=Spread.MEDIAN,
            width=0.3,
        ),
        "spo2_percent_per_ng_per_ml": Coefficient(
            value=-0.010,
            unit="% per ng/mL",
            meaning="fall of saturation above that level",
            spread=Spread.MEDIAN,
            width=0.5,
        ),
        "resp_per_min_per_ng_per_ml": Coefficient(
            value=-0.012,
            unit="/min per ng/mL",
            meaning="fall of breathing above that level",
            spread=Spread.MEDIAN,
            width=0.5,
        ),
        "nausea_from_ng_per_ml": Coefficient(
            value=350.0,
            unit="ng/mL",
            meaning="level from which a patient is sick; half of all are at it, a quarter at the "
            "highest level of 0.5 mg/kg over 40 min. No published model of level and nausea is "
            "known",
            spread=Spread.LOGISTIC,
            width=2.5,
        ),
        **_unrest("spo2", "%", 0.5, 40.0),
        **_unrest("pulse", "/min", 2.5, 25.0),
        **_unrest("resp", "/min", 1.2, 30.0),
        **_unrest("systolic", "mmHg", 3.5, 90.0),
        **_unrest("diastolic", "mmHg", 2.0, 90.0),
    }
)
"""By name, as the fields of `VirtualPatient` are called, and those that only a draw uses."""


def value_of(name: str) -> float:
    """The typical patient's figure."""
    return COEFFICIENTS[name].value
