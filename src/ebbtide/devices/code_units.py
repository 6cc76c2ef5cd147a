"""The units that devices name, and the way from each to the one that values are kept in."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from ebbtide.devices.codes import Code
from ebbtide.science.units import c_from_f, in_28_digits
from ebbtide.science.vitals.validity import Quantity

MMHG_PER_KPA: Final = Decimal("7.50062")
SEA_LEVEL_MMHG: Final = Decimal(760)
SEA_LEVEL_NOTE: Final = "carbon dioxide in per cent, turned into mmHg as at sea level"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and its spellings.

    Attributes:
        ucum: As UCUM writes it; rates of beats and of breaths are both `/min`.
        number: The standard's number.
        refid: The standard's name.
        philips: The maker's hexadecimal spelling, empty where it is not known.
        others: What else stands for it, in lower case.
    """

    ucum: str
    number: int | None = None
    refid: str = ""
    philips: str = ""
    others: tuple[str, ...] = ()


UNITS: Final = (
    Unit("mm[Hg]", 266016, "MDC_DIM_MMHG", "0004-0f20", ("mmhg",)),
    Unit("kPa", 265987, "MDC_DIM_KILO_PASCAL"),
    Unit("%", 262688, "MDC_DIM_PERCENT", "0004-0220", ("percent",)),
    Unit(
        "/min",
        264864,
        "MDC_DIM_BEAT_PER_MIN",
        "0004-0aa0",
        ("{beat}/min", "{beats}/min", "bpm", "1/min", "beats/min"),
    ),
    Unit(
        "/min",
        264928,
        "MDC_DIM_RESP_PER_MIN",
        "0004-0ae0",
        ("{breath}/min", "{breaths}/min", "rpm", "brpm", "breaths/min"),
    ),
    Unit("Cel", 268192, "MDC_DIM_DEGC", "0004-17a0", ("°c", "degc", "c")),
    Unit("[degF]", 266560, "MDC_DIM_FAHR", "", ("°f", "degf", "f")),
    Unit("mL", 263762, "MDC_DIM_MILLI_L"),
    Unit("mL/h", 265266, "MDC_DIM_MILLI_L_PER_HR", "", ("ml/hr",)),
    Unit("s", 264320, "MDC_DIM_SEC", "", ("sec",)),
    Unit("min", 264352, "MDC_DIM_MIN"),
    Unit("mg/mL", 264306, "MDC_DIM_MILLI_G_PER_ML"),
    Unit("kg", 263875, "MDC_DIM_KILO_G"),
    Unit("mV", None, "", "", ()),
    Unit("1", 262656, "MDC_DIM_DIMLESS"),
)
"""Every unit that is known.

Source: ieee11073_10101, device_captures
"""
_SPELLINGS: Final = {
    spelling.lower(): unit.ucum
    for unit in UNITS
    for spelling in (unit.ucum, str(unit.number or ""), unit.refid, unit.philips, *unit.others)
    if spelling
}
# Where a number can mean nothing else, a missing unit is no doubt.
_SURE_WITHOUT_UNIT: Final = frozenset({Quantity.SPO2, Quantity.PULSE, Quantity.RESP})


@lru_cache(maxsize=1024)
def unit_named(identifier: str, name: str = "") -> str | None:
    """The UCUM spelling of a unit as sent; empty where none was sent, None for one not known.

    Identifier and name must not disagree; a name that is not known proves nothing.
    """
    spelt = [text.strip().lower() for text in (identifier, name)]
    if not any(spelt):
        return ""
    known = {_SPELLINGS[text] for text in spelt if text in _SPELLINGS}
    return known.pop() if len(known) == 1 else None


def kept_value(code: Code, value: Decimal, unit: str, *, assumes_unit: str = "") -> Decimal | None:
    """A value in the unit that the code's values are kept in.

    Args:
        code: What it is a value of.
        value: As sent.
        unit: As UCUM writes it, empty where none was sent.
        assumes_unit: The unit of a device that never says one.

    Returns:
        None where the unit is not one for this code, or is missing where it decides.

    Source: nist_sp811 (kPa to mmHg, degF to degC)
    """
    unit = unit or assumes_unit
    if unit == code.unit or (not unit and is_sure_without_unit(code)):
        return value
    convert = _CONVERSIONS.get((unit, code.unit))
    if convert is None or (unit == "%" and code.quantity is not Quantity.ETCO2):
        return None
    return convert(value)


def is_sure_without_unit(code: Code) -> bool:
    """Whether a value of this code can be in one unit only."""
    return code.quantity in _SURE_WITHOUT_UNIT or not code.unit


@in_28_digits
def mmhg_from_kpa(pressure_kpa: Decimal) -> Decimal:
    """Turn kilopascals into millimetres of mercury; not rounded.

    Source: nist_sp811 (appendix B)
    """
    return pressure_kpa * MMHG_PER_KPA


@in_28_digits
def co2_mmhg_from_percent(
    co2_percent: Decimal, *, barometric_mmhg: Decimal = SEA_LEVEL_MMHG
) -> Decimal:
    """Turn a share of carbon dioxide into its pressure, mmHg; not rounded.

    Right at the given air pressure alone: whoever shows it says which was taken.
    """
    return co2_percent * barometric_mmhg / 100


def _s_from_min(minutes: Decimal) -> Decimal:
    return minutes * 60


_CONVERSIONS: Final[dict[tuple[str, str], Callable[[Decimal], Decimal]]] = {
    ("kPa", "mm[Hg]"): mmhg_from_kpa,
    ("[degF]", "Cel"): c_from_f,
    ("%", "mm[Hg]"): co2_mmhg_from_percent,
    ("min", "s"): _s_from_min,
}
