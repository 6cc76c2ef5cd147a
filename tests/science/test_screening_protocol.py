"""A protocol is data: it comes back unchanged or not at all, and every number names its source."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from ebbtide.science.dosing.limits import DoseLimits
from ebbtide.science.screening.gate import GATE_PRESETS
from ebbtide.science.screening.parts import Schedule
from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL, Protocol

ROOT = Path(__file__).parents[2]


def plain():
    return json.loads(DEFAULT_PROTOCOL.to_json())


def test_a_protocol_comes_back_unchanged():
    text = DEFAULT_PROTOCOL.to_json()
    assert Protocol.from_json(text) == DEFAULT_PROTOCOL
    assert Protocol.from_json(text).to_json() == text


def test_a_changed_limit_comes_back_changed():
    stricter = replace(DEFAULT_PROTOCOL, dose=DoseLimits(max_mg=Decimal("80.50")))
    assert Protocol.from_json(stricter.to_json()).dose.max_mg == Decimal("80.5")


@pytest.mark.parametrize("preset", GATE_PRESETS)
def test_every_gate_preset_can_be_stored(preset):
    protocol = replace(DEFAULT_PROTOCOL, gate=GATE_PRESETS[preset])
    assert Protocol.from_json(protocol.to_json()) == protocol


def _without(path):
    def change(data):
        *parents, last = path
        for step in parents:
            data = data[step]
        del data[last]

    return change


def _with(path, value):
    def change(data):
        *parents, last = path
        for step in parents:
            data = data[step]
        data[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_without(["dose"]), "dose"),
        (_without(["dose", "max_mg"]), "protocol.dose.max_mg"),
        (
            _without(["gate", "thresholds", 0, "danger_from"]),
            "protocol.gate.thresholds.0.danger_from",
        ),
        (_without(["rescue", 0, "guards"]), "protocol.rescue.0.guards"),
        (_with(["mood"], 1), "mood"),
        (_with(["dose", "max_mgs"], "1"), "max_mgs"),
        (_with(["dose", "max_mg"], 100), "protocol.dose.max_mg"),
        (_with(["dose", "max_mg"], "1e2"), "protocol.dose.max_mg"),
        (_with(["dose", "max_mg"], "many"), "dose.max_mg"),
        (_with(["dose", "max_mg"], None), "dose.max_mg"),
        (_with(["gate", "rechecks"], "2"), "gate.rechecks"),
        (_with(["gate", "thresholds", 0, "field"], "mood"), "not a sign"),
        (_with(["gate", "thresholds"], {}), "gate.thresholds"),
        (_with(["bands", "red_symptoms", 0], "hiccups"), "red_symptoms.0"),
        (_with(["schedule", "infusion_bp_minutes"], "0"), "schedule"),
        (_with(["checklist", 0, "id"], "consent"), "named twice"),
    ],
)
def test_a_protocol_that_is_not_whole_is_refused_by_name(change, named):
    data = plain()
    change(data)
    with pytest.raises(ValueError, match=re.escape(named)):
        Protocol.from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"name": "a", "name": "b"}'])
def test_text_that_is_no_protocol_is_refused(text):
    with pytest.raises(ValueError):
        Protocol.from_json(text)


def test_a_number_without_a_source_is_refused():
    with pytest.raises(ValueError, match=r"no source is given for dose\.max_mg$"):
        replace(
            DEFAULT_PROTOCOL,
            sources=tuple(each for each in DEFAULT_PROTOCOL.sources if each.item != "dose.max_mg"),
        )


def test_a_source_of_nothing_is_refused():
    stray = replace(DEFAULT_PROTOCOL.sources[0], item="dose.colour")
    with pytest.raises(ValueError, match=r"dose\.colour"):
        replace(DEFAULT_PROTOCOL, sources=(*DEFAULT_PROTOCOL.sources, stray))


@pytest.mark.parametrize("listed", ["checklist", "discharge_items", "rescue", "sources"])
def test_nothing_is_named_twice(listed):
    items = getattr(DEFAULT_PROTOCOL, listed)
    with pytest.raises(ValueError, match="named twice"):
        replace(DEFAULT_PROTOCOL, **{listed: (*items, items[0])})


def test_every_number_can_be_asked_for_its_source():
    for item in DEFAULT_PROTOCOL.items():
        assert DEFAULT_PROTOCOL.source_of(item).item == item
    with pytest.raises(KeyError):
        DEFAULT_PROTOCOL.source_of("dose.colour")


def test_every_reference_is_in_the_bibliography():
    bibliography = (ROOT / "docs" / "references.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{(\w+),", bibliography, re.MULTILINE))
    used = {source.reference for source in DEFAULT_PROTOCOL.sources}
    used |= {
        item.source for item in (*DEFAULT_PROTOCOL.checklist, *DEFAULT_PROTOCOL.discharge_items)
    }
    used |= {drug.source for drug in DEFAULT_PROTOCOL.rescue}
    assert used <= keys


def test_every_finding_of_the_rules_names_an_item_of_the_protocol():
    code = "".join(
        (ROOT / "src" / "ebbtide" / "science" / part).read_text(encoding="utf-8")
        for part in ("dosing/setting.py", "dosing/rate.py", "dosing/pump.py", "dosing/weight.py")
    )
    areas = {item.split(".", 1)[1] for item in DEFAULT_PROTOCOL.items()}
    named = set(re.findall(r'item="(\w+)"', code))
    assert named
    assert named <= areas


@pytest.mark.parametrize(
    "wrong",
    [
        {"infusion_bp_minutes": Decimal(0)},
        {"grace_minutes": Decimal(-1)},
        {"rescue_check_minutes": (Decimal(0),)},
    ],
)
def test_a_timetable_that_never_comes_round_is_refused(wrong):
    with pytest.raises(ValueError, match="positive"):
        Schedule(**wrong)


DEFAULTS = {
    "weight": {
        "block_below_kg": "20", "block_above_kg": "350", "min_kg": "40", "max_kg": "150",
        "max_change_percent": "5", "max_change_kg": "5", "unit_tolerance_percent": "7",
        "bmi_low": "15", "bmi_high": "50", "bmi_review": "40",
    },
    "dose": {
        "min_mg_per_kg": "0.1", "max_mg_per_kg": "1.0", "block_mg_per_kg": "2.0", "max_mg": "100",
        "max_mg_per_min": "1.5", "max_mg_per_kg_per_h": "1.5", "max_minutes": "120",
        "max_deviation_percent": "5", "max_final_mg_per_ml": "50", "ready_to_use_mg_per_ml": "10",
        "fine_draw_below_ml": "1", "fine_draw_step_ml": "0.01", "draw_step_ml": "0.1",
        "max_increase_factor": "2", "slip_factor": "10", "max_bolus_mg_per_kg": "0.1",
        "block_bolus_mg_per_kg": "0.5", "min_bolus_minutes": "1",
    },
    "gate": {
        "rechecks": 2,
        "min_rest_minutes": 5,
        "max_rest_minutes": 10,
        "max_rise_percent": None,
    },
    "bands": {"max_rise_percent": "20", "spo2_red_below_on_oxygen": "92"},
    "schedule": {
        "baseline_minutes": "15", "infusion_bp_minutes": "5", "recovery_minutes": "15",
        "grace_minutes": "3", "after_change_minutes": "5", "cadss6_at_minutes": "40",
        "rescue_check_minutes": ["5", "15"], "pain_minutes": "15",
    },
    "discharge": {
        "min_aldrete": 9, "max_rise_percent": "20", "systolic_below_mmhg": 160,
        "diastolic_below_mmhg": 100, "max_spo2_drop": "2", "max_cadss6_rise": 2,
        "min_minutes_from_start": "120", "min_minutes_from_end": "30", "min_recovery_sets": 2,
        "alert_moaas": 5, "alert_rass": 0, "min_escort_years": 18,
    },
}  # fmt: skip


@pytest.mark.parametrize("group", DEFAULTS)
def test_the_default_numbers_are_those_of_the_rules_pages(group):
    numbers = plain()[group]
    assert {name: numbers[name] for name in DEFAULTS[group]} == DEFAULTS[group]
    texts = {"thresholds", "hold_symptoms", "required", "overridable"}
    rest = set(numbers) - set(DEFAULTS[group]) - texts
    assert all(name.startswith(("confirm_", "amber_", "red_", "green_")) for name in rest)


def test_the_presets_by_percent_are_twenty_and_twenty_five():
    assert GATE_PRESETS["rise-20"].max_rise_percent == 20
    assert GATE_PRESETS["rise-25"].max_rise_percent == 25


def test_the_lists_are_complete():
    assert len(DEFAULT_PROTOCOL.checklist) == 17
    assert {drug.drug for drug in DEFAULT_PROTOCOL.rescue} >= {
        "ondansetron", "midazolam", "labetalol", "hydralazine", "clonidine", "glycopyrrolate",
        "oxygen", "epinephrine", "naloxone", "acetaminophen", "metoclopramide",
    }  # fmt: skip
