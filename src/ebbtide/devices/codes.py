"""What a device's code means: one table of 32-bit numbers, several spellings.

A number and a name must agree. What is not in the table, or disagrees with itself, is kept
unmapped and shown; nothing is guessed.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ebbtide.science.vitals.validity import Quantity

MDC: Final = "MDC"
PHILIPS: Final = "MDIL"
MINDRAY: Final = "MINDRAY"
EDAN: Final = "EHC"
VITAL: Final = "VITAL"


@dataclass(frozen=True, slots=True)
class Code:
    """A measurement, setting or event that a device may name.

    Attributes:
        number: Partition x 65536 + term.
        refid: The standard's name for it; empty where it is not known here, and then no
            message matches.
        unit: In which its value is kept, as UCUM writes it; empty for texts and groups.
        quantity: What it is a sample of, None where it is no vital sign.
    """

    number: int
    refid: str
    unit: str = ""
    quantity: Quantity | None = None


_PER_MIN: Final = "/min"

CODES: Final = (
    Code(150456, "MDC_PULS_OXIM_SAT_O2", "%", Quantity.SPO2),
    # Of several codes of one quantity in one message, the one that stands first here is shown.
    Code(149530, "MDC_PULS_OXIM_PULS_RATE", _PER_MIN, Quantity.PULSE),
    Code(149538, "", _PER_MIN, Quantity.PULSE),
    Code(149514, "MDC_PULS_RATE", _PER_MIN, Quantity.PULSE),
    Code(147842, "MDC_ECG_HEART_RATE", _PER_MIN, Quantity.PULSE),
    Code(149546, "MDC_PULS_RATE_NON_INV", _PER_MIN, Quantity.PULSE),
    Code(149522, "MDC_BLD_PULS_RATE_INV", _PER_MIN, Quantity.PULSE),
    Code(151594, "MDC_CO2_RESP_RATE", _PER_MIN, Quantity.RESP),
    Code(151570, "MDC_AWAY_RESP_RATE", _PER_MIN, Quantity.RESP),
    Code(151650, "", _PER_MIN, Quantity.RESP),
    Code(151562, "MDC_RESP_RATE", _PER_MIN, Quantity.RESP),
    Code(151552, "", _PER_MIN, Quantity.RESP),
    Code(151578, "MDC_TTHOR_RESP_RATE", _PER_MIN, Quantity.RESP),
    Code(151658, "MDC_PULS_OXIM_PLETH_RESP_RATE", _PER_MIN, Quantity.RESP),
    Code(150020, "MDC_PRESS_BLD_NONINV"),
    Code(150021, "MDC_PRESS_BLD_NONINV_SYS", "mm[Hg]", Quantity.SYSTOLIC),
    Code(150022, "MDC_PRESS_BLD_NONINV_DIA", "mm[Hg]", Quantity.DIASTOLIC),
    Code(150023, "MDC_PRESS_BLD_NONINV_MEAN", "mm[Hg]", Quantity.MEAN),
    Code(150301, "MDC_PRESS_CUFF_SYS", "mm[Hg]", Quantity.SYSTOLIC),
    Code(150302, "MDC_PRESS_CUFF_DIA", "mm[Hg]", Quantity.DIASTOLIC),
    Code(150303, "MDC_PRESS_CUFF_MEAN", "mm[Hg]", Quantity.MEAN),
    Code(151708, "MDC_CONC_AWAY_CO2_ET", "mm[Hg]", Quantity.ETCO2),
    Code(151716, "MDC_CONC_AWAY_CO2_INSP", "mm[Hg]"),
    Code(150344, "MDC_TEMP", "Cel", Quantity.TEMPERATURE),
    Code(150368, "MDC_TEMP_CORE", "Cel", Quantity.TEMPERATURE),
    Code(188424, "MDC_TEMP_ORAL", "Cel", Quantity.TEMPERATURE),
    Code(188496, "MDC_TEMP_AXILLA", "Cel", Quantity.TEMPERATURE),
    Code(150488, "MDC_BLD_PERF_INDEX", "%"),
    Code(150452, "MDC_PULS_OXIM_PLETH", "1"),
    Code(131329, "MDC_ECG_ELEC_POTL_I", "mV"),
    Code(158014, "MDC_FLOW_FLUID_PUMP_CURRENT", "mL/h"),
    Code(157784, "MDC_FLOW_FLUID_PUMP", "mL/h"),
    Code(157884, "MDC_VOL_FLUID_TBI", "mL"),
    Code(157872, "MDC_VOL_FLUID_TBI_REMAIN", "mL"),
    Code(157993, "MDC_VOL_FLUID_DELIV_TOTAL", "mL"),
    Code(157992, "MDC_VOL_FLUID_DELIV_SEGMENT", "mL"),
    Code(157760, "MDC_CONC_DRUG", "mg/mL"),
    Code(157996, "MDC_TIME_PD_PROG", "s"),
    Code(157916, "MDC_TIME_PD_REMAIN", "s"),
    Code(184519, "MDC_PUMP_INFUSING_STATUS"),
    Code(158005, "MDC_PUMP_CURRENT_DELIVERY_STATUS"),
    Code(158006, "MDC_PUMP_NOT_DELIVERING_REASON"),
    Code(158008, "MDC_PUMP_PROGRAM_DELIVERY_MODE"),
    Code(184514, "MDC_DRUG_NAME_LABEL"),
    Code(68063, "MDC_ATTR_PT_WEIGHT", "kg"),
    Code(67972, "MDC_ATTR_SYS_ID"),
    Code(69965, "MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS"),
    Code(70049, "MDC_DEV_PUMP_INFUS_LVP_MDS"),
    Code(70050, "MDC_DEV_PUMP_INFUS_LVP_VMD"),
    Code(70053, "MDC_DEV_PUMP_INFUS_SYRINGE_MDS"),
    Code(70054, "MDC_DEV_PUMP_INFUS_SYRINGE_VMD"),
    Code(196614, "MDC_EVT_ACTIVE"),
    Code(196616, "MDC_EVT_ALARM"),
    Code(196648, "MDC_EVT_HI"),
    Code(196670, "MDC_EVT_LO"),
)
"""Every code that is known.

Source: ieee11073_10101, device_captures (numbers seen in messages), hl7dk_codes
"""

BY_NUMBER: Final = {code.number: code for code in CODES}
BY_REFID: Final = {code.refid: code for code in CODES if code.refid}
RANK: Final = {code.number: place for place, code in enumerate(CODES)}

PRIVATE: Final = {
    PHILIPS: {
        "0002-4BB8": 150456,
        "0002-4822": 149538,
        "0002-480A": 149514,
        "0002-4182": 147842,
        "0002-5000": 151552,
        "0002-4A05": 150021,
        "0002-4A06": 150022,
        "0002-4A07": 150023,
        "0002-4B60": 150368,
    },
    MINDRAY: {
        "101": 147842,
        "151": 151562,
        "160": 150456,
        "161": 149530,
        "170": 150301,
        "171": 150302,
        "172": 150303,
        "200": 150344,
        "250": 151708,
    },
    EDAN: {
        "327680": 150456,
        "131072": 147842,
        "393216": 150021,
        "393217": 150022,
        "458752": 150344,
    },
    VITAL: {"ECG_HR": 147842},
}
"""Numbers that makers use in place of the standard's, by the name of their code system.

Source: device_captures
"""

# What makers' own labels say, so that a label of one quantity beside the number of another
# is seen. A label that is not here proves nothing either way.
LABELS: Final = {
    Quantity.SPO2: frozenset({"SPO2", "SPO2_SPO2"}),
    Quantity.PULSE: frozenset({"PR", "PULSE", "HR", "ECG_HR", "SPO2_PR", "BTHR"}),
    Quantity.RESP: frozenset({"RR", "RESP", "RESP_RR", "AWRR"}),
    Quantity.SYSTOLIC: frozenset({"SYS", "NBPS", "NIBP_SYS", "NBP-S"}),
    Quantity.DIASTOLIC: frozenset({"DIA", "NBPD", "NIBP_DIA", "NBP-D"}),
    Quantity.MEAN: frozenset({"MEAN", "NBPM", "NIBP_MEAN", "NIBP_MAP", "NBP-M", "MAP"}),
    Quantity.ETCO2: frozenset({"CO2ET", "ETCO2"}),
    Quantity.TEMPERATURE: frozenset({"T1", "TEMP", "TEMP_T1", "TCORE"}),
}
_QUANTITY_BY_LABEL: Final = {label: kind for kind, labels in LABELS.items() for label in labels}


class Why:
    """Why a code stays unmapped, in words for the page where devices are set up."""

    UNKNOWN: Final = "the code is not known"
    DISAGREE: Final = "number and name disagree"
    NO_NUMBER: Final = "there is no number"
    NO_NAME: Final = "there is no name beside the number"
    SYSTEM: Final = "the code system is not known"
    NO_UNIT: Final = "the unit is not said"
    UNIT: Final = "the unit is not one for this code"


@lru_cache(maxsize=4096)
def look_up(number: str, name: str, system: str) -> tuple[Code | None, str]:
    """Find what a device means by a code.

    Args:
        number: The identifier as sent: a decimal number, or a maker's own spelling.
        name: The text beside it.
        system: `MDC` or a key of `PRIVATE`, in any case.

    Returns:
        The code and an empty text, or None and why it stays unmapped.
    """
    number, name = number.strip(), name.strip().upper()
    system = system.strip().upper()
    if system in PRIVATE:
        return _private(PRIVATE[system].get(number.upper()), name)
    if system != MDC:
        return None, Why.SYSTEM
    if not number:
        return None, Why.NO_NUMBER
    code = BY_NUMBER.get(int(number)) if _is_plain(number) else None
    if code is not None and not name:
        return None, Why.NO_NAME
    if code is not None and code.refid:
        return (code, "") if name == code.refid else (None, Why.DISAGREE)
    return None, Why.DISAGREE if name in BY_REFID else Why.UNKNOWN


def _is_plain(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) <= 10


def _private(number: int | None, label: str) -> tuple[Code | None, str]:
    said = _QUANTITY_BY_LABEL.get(label)
    if number is None:
        return None, Why.UNKNOWN
    code = BY_NUMBER[number]
    if (said is not None and said is not code.quantity) or (
        label in BY_REFID and label != code.refid
    ):
        return None, Why.DISAGREE
    return code, ""
