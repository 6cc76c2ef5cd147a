"""Facts from plain JSON values, strictly: nothing unknown, nothing in another unit, no guess."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, TypeVar

from ebbtide.science.findings import Severity
from ebbtide.science.screening.facts import ChildPugh, Condition, Facts, HcgResult, Taken, Test
from ebbtide.science.screening.mme import Opioid, OpioidUse
from ebbtide.science.screening.suicidality import SuicideScreen
from ebbtide.science.vitals.reading import MEASURES, Reading, Symptom, check_reading

T = TypeVar("T")
_Reader = Callable[[object, str], Any]


def facts_from(plain: Mapping[str, object]) -> Facts:
    """Facts from a JSON object; None, and a key that is left out, is not asked yet.

    Units are in the names and nowhere else: `bmi_kg_per_m2`, `hours_since.light_meal`.
    Days are ISO dates. `template` gives every key.

    Raises:
        ValueError: A key is unknown, or a value has the wrong type or lies outside its
            range; names the field, the value and what is allowed.
    """
    return Facts(**_object(plain, "", _FACTS))


def template() -> dict[str, object]:
    """Every key that `facts_from` takes, with nothing asked yet."""
    blank: dict[str, object] = dict.fromkeys(_FACTS)
    for name, keys in _NESTED.items():
        blank[name] = dict.fromkeys(keys)
    return blank


def _refuse(path: str, value: object, allowed: str) -> ValueError:
    return ValueError(f"{path or 'facts'}: {value!r} is not allowed; {allowed}")


def _object(plain: object, path: str, readers: Mapping[str, _Reader]) -> dict[str, Any]:
    """The known values of an object; None is left out."""
    if not isinstance(plain, Mapping):
        raise _refuse(path, plain, "an object of named values")
    values: dict[str, Any] = {}
    for key, value in plain.items():
        where = f"{path}.{key}" if path else str(key)
        if key not in readers:
            raise ValueError(f"{where}: {value!r} has no such field; {_nearest(key, readers)}")
        if value is not None:
            values[key] = readers[key](value, where)
    return values


def _nearest(key: object, readers: Mapping[str, _Reader]) -> str:
    near = [name for name in readers if name.startswith(str(key))]
    near = near or get_close_matches(str(key), readers, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{meant}allowed: {', '.join(readers)}"


def _yes_no(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise _refuse(path, value, "true or false")
    return value


def _whole(low: int, high: int, unit: str = "") -> _Reader:
    def read(value: object, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise _refuse(path, value, f"a whole number from {low} to {high}{unit}")
        return value

    return read


def _number(low: Decimal | int, high: Decimal | int, unit: str) -> _Reader:
    def read(value: object, path: str) -> Decimal:
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        number = Decimal(str(value)) if is_number else Decimal("NaN")
        if not number.is_finite() or not low <= number <= high:
            raise _refuse(path, value, f"a number from {low} to {high}{unit}")
        return number

    return read


def _day(value: object, path: str) -> date:
    if isinstance(value, date) and type(value) is date:
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise _refuse(path, value, "a day such as 2026-03-31") from None


def _one_of(choices: type[StrEnum]) -> _Reader:
    def read(value: object, path: str) -> StrEnum:
        try:
            return choices(value if isinstance(value, str) else "")
        except ValueError:
            raise _refuse(path, value, f"one of {', '.join(choices)}") from None

    return read


def _by(choices: type[StrEnum], reader: _Reader) -> _Reader:
    def read(value: object, path: str) -> dict[StrEnum, Any]:
        known = _object(value, path, dict.fromkeys([str(each) for each in choices], reader))
        return {choices(key): answer for key, answer in known.items()}

    return read


def _text(value: object, path: str) -> str:
    if not isinstance(value, str) or not any(sign.isalnum() for sign in value):
        raise _refuse(path, value, "a name")
    return value


def _list_of(reader: _Reader) -> _Reader:
    def read(value: object, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise _refuse(path, value, "a list")
        return tuple(reader(item, f"{path}.{index}") for index, item in enumerate(value))

    return read


def _opioid(value: object, path: str) -> OpioidUse:
    amounts = _object(value, path, _OPIOID)
    if "drug" not in amounts:
        raise _refuse(f"{path}.drug", None, f"one of {', '.join(Opioid)}")
    return _checked(OpioidUse, amounts, path)


def _suicide(value: object, path: str) -> SuicideScreen | None:
    said = _object(value, path, _SUICIDE)
    return _checked(SuicideScreen, {"instrument": "", "result": ""} | said, path) if said else None


def _checked(kind: Callable[..., T], values: Mapping[str, Any], path: str) -> T:
    try:
        return kind(**values)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _signs(value: object, path: str) -> Reading | None:
    values = _object(value, path, _SIGNS)
    if not values:
        return None
    reading = Reading(**values)
    wrong = [each.message for each in check_reading(reading) if each.severity is Severity.BLOCK]
    if wrong:
        raise _refuse(path, value, " ".join(wrong))
    return reading


def _sign(name: str) -> _Reader:
    measure = MEASURES[name]
    if name in ("oxygen_l_per_min", "temperature_c"):
        return _number(measure.low, measure.high, measure.unit)
    return _whole(int(measure.low), int(measure.high), measure.unit)


_MG: Final = _number(0, 10_000, " mg")
_OPIOID: Final[Mapping[str, _Reader]] = {
    "drug": _one_of(Opioid),
    "mg_per_day": _MG,
    "mcg_per_h": _number(0, 1_000, " mcg/h"),
    "mg_last_7_days": _MG,
}
_SUICIDE: Final[Mapping[str, _Reader]] = {"instrument": _text, "result": _text}
_SIGNS: Final[Mapping[str, _Reader]] = {
    **{name: _sign(name) for name in MEASURES},
    "symptoms": _list_of(_one_of(Symptom)),
}
_NESTED: Final[Mapping[str, tuple[str, ...]]] = {
    "conditions": tuple(Condition),
    "tests_done": tuple(Test),
    "hours_since": tuple(Taken),
    "suicide_screen": tuple(_SUICIDE),
    "signs": tuple(_SIGNS),
}
_PRESSURE: Final = {name: MEASURES[name] for name in ("systolic_mmhg", "diastolic_mmhg")}
_FACTS: Final[Mapping[str, _Reader]] = {
    "conditions": _by(Condition, _yes_no),
    "age_years": _whole(0, 120, " years"),
    "bmi_kg_per_m2": _number(8, 120, " kg/m²"),
    "myocardial_infarction_on": _day,
    "child_pugh": _one_of(ChildPugh),
    "medicines": _list_of(_text),
    "diazepam_equivalent_mg_per_day": _number(0, 1_000, " mg a day"),
    "opioids": _list_of(_opioid),
    "is_series": _yes_no,
    "tests_done": _by(Test, _yes_no),
    "can_be_pregnant": _yes_no,
    "hcg": _one_of(HcgResult),
    "hcg_on": _day,
    "has_consent": _yes_no,
    "consent_on": _day,
    "consent_covers_order": _yes_no,
    "has_escort": _yes_no,
    "escort_years": _whole(0, 120, " years"),
    "hours_since": _by(Taken, _number(0, 1_000, " hours")),
    "suicide_screen": _suicide,
    "phq9_item9": _whole(0, 3),
    "signs": _signs,
    **{
        f"usual_{name}": _number(measure.low, measure.high, measure.unit)
        for name, measure in _PRESSURE.items()
    },
}
