"""Words: those in the package, those a clinic loads, and both as FHIR R4 Questionnaires."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from ebbtide.science.instruments.catalogue import instrument_named
from ebbtide.science.instruments.definition import Instrument, Item, Option

Json = dict[str, Any]

LOINC: Final = "http://loinc.org"
ORDINAL: Final = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
OWN_CODES: Final = "urn:ebbtide:answer"
LOINC_NOTICE: Final = (
    "This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief "
    "Institute, Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and "
    "is available at no cost under the license at http://loinc.org/license. LOINC is a registered "
    "United States trademark of Regenstrief Institute, Inc."
)
_LIMIT: Final = "http://hl7.org/fhir/StructureDefinition/{}Value"


def load_text(
    instrument_id: str, texts: Mapping[str, str], *, labels: Mapping[str, str] | None = None
) -> Instrument:
    """An instrument with the words a clinic has the rights to.

    Args:
        instrument_id: Its name, for example `cadss-6`.
        texts: The question of every item by item number.
        labels: The words of answers, by answer for all items (`2`) or for one (`3.2`).

    Raises:
        ValueError: An item has no text, or a text or label belongs to nothing.
    """
    instrument = instrument_named(instrument_id)
    labels = labels or {}
    for link_id in texts:
        instrument.item(link_id)
    known = {
        name
        for item in instrument.items
        for option in item.options
        for name in (option.code, f"{item.link_id}.{option.code}")
    }
    for name in labels:
        if name not in known:
            raise ValueError(f"{instrument.id} has no answer {name} to label")
    return replace(
        instrument,
        items=tuple(_worded(instrument, item, texts, labels) for item in instrument.items),
    )


def _worded(
    instrument: Instrument, item: Item, texts: Mapping[str, str], labels: Mapping[str, str]
) -> Item:
    text = texts.get(item.link_id, "").strip()
    if not text:
        raise ValueError(f"{instrument.id} item {item.link_id} has no text")
    options = tuple(
        replace(option, label=labels.get(f"{item.link_id}.{option.code}", general))
        for option in item.options
        for general in [labels.get(option.code, option.label)]
    )
    return replace(item, text=text, options=options)


def questionnaire(instrument: Instrument) -> Json:
    """The instrument as a FHIR R4 Questionnaire, made anew at each call.

    With the words in the package where it has them and none were loaded; else with the
    words loaded, or bare item numbers.
    """
    if instrument.has_text and not any(item.text for item in instrument.items):
        return _shipped(instrument.id)
    found: Json = {
        "resourceType": "Questionnaire",
        "url": canonical(instrument),
        "version": instrument.version,
        "name": "".join(part.capitalize() for part in instrument.id.split("-")),
        "title": instrument.title,
        "status": "active",
        "subjectType": ["Patient"],
        "copyright": instrument.rights_note,
        "item": [as_fhir(item) for item in instrument.items],
    }
    if instrument.loinc_panel:
        found["code"] = [{"system": LOINC, "code": instrument.loinc_panel}]
    if instrument.loinc_panel or any(item.loinc for item in instrument.items):
        found["copyright"] += " " + LOINC_NOTICE
    return found


def canonical(instrument: Instrument) -> str:
    """The address that tells this Questionnaire from all others."""
    return f"urn:ebbtide:questionnaire:{instrument.id}"


def as_fhir(item: Item) -> Json:
    """One item of a Questionnaire."""
    found: Json = {"linkId": item.link_id, "text": item.text or item.link_id}
    if item.loinc:
        found["code"] = [{"system": LOINC, "code": item.loinc}]
    if item.options:
        found["type"] = "choice"
        found["answerOption"] = [_option(item, option) for option in item.options]
    else:
        found["type"] = "decimal"
        found["extension"] = [
            {"url": _LIMIT.format(name), "valueDecimal": plain_number(value)}
            for name, value in (("min", item.low), ("max", item.high))
        ]
    return found


def _option(item: Item, option: Option) -> Json:
    """An answer, with the number it counts where one number means one answer."""
    found: Json = {
        "valueCoding": {
            "system": OWN_CODES,
            "code": option.code,
            "display": option.label or option.code,
        }
    }
    first = next(other for other in item.options if other.value == option.value)
    if not item.is_coded and first is option:
        found["extension"] = [{"url": ORDINAL, "valueDecimal": plain_number(option.value)}]
    return found


def plain_number(value: Decimal) -> int | float:
    """A number as JSON writes it."""
    return int(value) if value == value.to_integral_value() else float(value)


def _shipped(instrument_id: str) -> Json:
    # Imported here: it costs more than all else the instruments need at start.
    from importlib import resources

    folder = resources.files("ebbtide.science.instruments") / "questionnaires"
    found: Json = json.loads((folder / f"{instrument_id}.json").read_text(encoding="utf-8"))
    return found
