"""The room's entry sheets, filled with what is known: last values, ordered rates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ebbtide.clinic.infusions.forms import FORMS, CheckForm, EntryForm, Offer, RescueForm
from ebbtide.clinic.people.models import User
from ebbtide.clinic.web.forms import QuantityInput
from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.gates import Surroundings, sheet_of
from ebbtide.science.visit.state import VisitState
from ebbtide.science.visit.transitions import ALLOWED

# Kind, title of its sheet, word on its button.
WORDS: dict[Kind, tuple[str, str]] = {
    Kind.WEIGHT_TAKEN: ("Weight today", "Save"),
    Kind.DOSE_DRAWN: ("Draw up the dose", "Drawn as shown"),
    Kind.DOSE_CHECKED: ("Second person’s check", "I have checked it"),
    Kind.LINE_PLACED: ("Line", "Save"),
    Kind.STARTED: ("Start the infusion", "Start"),
    Kind.RATE_CHANGED: ("Change the rate", "Change the rate"),
    Kind.RESUMED: ("Resume the infusion", "Resume"),
    Kind.BOLUS_GIVEN: ("Bolus from the bag", "Bolus given"),
    Kind.READING_ENTERED: ("Reading", "Save"),
    Kind.RECOVERY_READING_ENTERED: ("Recovery reading", "Save"),
    Kind.SCORE_TAKEN: ("CADSS-6", "Save"),
    Kind.COMFORT_CHANGED: ("Comfort", "Save"),
    Kind.ADVERSE_EVENT_NOTED: ("Adverse event", "Save"),
    Kind.RESCUE_GIVEN: ("Rescue drug", "Given"),
    Kind.CALLED_OFF: ("No infusion today", "Call it off"),
    Kind.HANDED_OVER: ("Hand over", "Hand over"),
    Kind.SIGNED: ("Sign the record", "Sign"),
    Kind.AMENDED: ("Amend an entry", "Amend"),
}

UNITS = {
    "weight_kg": "kg",
    "stock_mg_per_ml": "mg/mL",
    "vial_ml": "mL",
    "rate_ml_per_h": "mL/h",
    "dose_mg": "mg",
    "minutes": "min",
    "systolic_mmhg": "mmHg",
    "diastolic_mmhg": "mmHg",
    "pulse_per_min": "/min",
    "spo2_percent": "%",
    "oxygen_l_per_min": "L/min",
    "resp_per_min": "/min",
    "temperature_c": "°C",
    "phantom_pain_nrs": "of 10",
    "residual_limb_pain_nrs": "of 10",
}


@dataclass(frozen=True, slots=True)
class SheetField:
    """One question of a sheet and how it is asked."""

    bound: BoundField
    control: str
    unit: str
    last: str


@dataclass(frozen=True)
class Sheet:
    """One entry sheet, the same for everybody who is shown it."""

    id: str
    kind: str
    slug: str
    title: str
    verb: str
    form: EntryForm
    fields: tuple[SheetField, ...]

    @property
    def is_signing(self) -> bool:
        """Signing and amending have addresses of their own."""
        return self.kind in (Kind.SIGNED, Kind.AMENDED)

    @property
    def may_need_reason(self) -> bool:
        """Whether the rules may ask for a reason; an own question for it stays where it is."""
        return not any(field.bound.name == "reason" for field in self.fields)

    @cached_property
    def questions(self) -> SafeString:
        """The fields as the page asks them, written once: most of what a room page costs."""
        return render_to_string("infusions/_questions.html", {"sheet": self})


def sheets(
    state: VisitState, *, around: Surroundings, witnesses: Iterable[User]
) -> dict[str, Sheet]:
    """One sheet per kind of entry that the visit takes now, by kind.

    `witnesses` are those who may check the dose; asked for only where it can be checked.
    """
    kinds = [kind for kind in WORDS if kind in ALLOWED[state.status]]
    offers: dict[Kind, Offer] = {
        Kind.RESCUE_GIVEN: dict.fromkeys((d.drug, d.drug) for d in around.protocol.rescue)
    }
    if Kind.DOSE_CHECKED in kinds:
        offers[Kind.DOSE_CHECKED] = [(user.username, user.full_name) for user in witnesses]
    return {
        kind.value: _sheet(
            kind,
            initial=tuple(_INITIAL[kind](state, around).items()) if kind in _INITIAL else (),
            last=tuple(_last_reading(state).items()) if "reading" in kind else (),
            offer=tuple(offers.get(kind, ())),
        )
        for kind in kinds
    }


@lru_cache(maxsize=256)
def _sheet(
    kind: Kind,
    *,
    initial: tuple[tuple[str, Any], ...],
    last: tuple[tuple[str, str], ...],
    offer: tuple[tuple[str, str], ...],
) -> Sheet:
    """Made of what it is given and nothing else, so that one made before is the same."""
    form = FORMS[kind](initial=dict(initial), auto_id=f"{kind.value}-%s")
    if isinstance(form, CheckForm | RescueForm):
        form.offer(offer)
    title, verb = WORDS[kind]
    asked = [bound for bound in form.visible_fields() if _is_asked(kind, bound)]
    fields = tuple(_field(bound, dict(last)) for bound in asked)
    return Sheet(
        f"sheet-{kind.value}", kind.value, kind.value.replace("_", "-"), title, verb, form, fields
    )


def _is_asked(kind: Kind, bound: BoundField) -> bool:
    own_reason = kind in (Kind.CALLED_OFF, Kind.AMENDED)
    return bound.name not in ("reason", "instrument", "answers") or (
        bound.name == "reason" and own_reason
    )


def _field(bound: BoundField, last: dict[str, str]) -> SheetField:
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        control = "choices"
    elif isinstance(widget, QuantityInput):
        control = "stepper"
    elif isinstance(widget, CheckboxInput):
        control = "check"
    else:
        control = "field"
    return SheetField(bound, control, UNITS.get(bound.name, ""), last.get(bound.name, ""))


def _last_reading(state: VisitState) -> dict[str, str]:
    """The newest value of each part of a reading, shown beside, never filled in."""
    last: dict[str, str] = {}
    for _, payload in state.readings:
        for name in UNITS:
            value = getattr(payload.reading, name, None)
            if value is not None:
                last[name] = str(value)
    return last


def _weight(state: VisitState, _: Surroundings) -> dict[str, Any]:
    return {"weight_kg": _plain(state.weight.weight_kg if state.weight else None)}


def _draw(state: VisitState, _: Surroundings) -> dict[str, Any]:
    """The strength stays blank on purpose: it is read off the vial, not off the order."""
    return {"vial_ml": _plain(state.terms.order.stock.vial_ml)} if state.terms else {}


def _check(state: VisitState, _: Surroundings) -> dict[str, Any]:
    return {"drawn": state.drawn_id}


def _line(state: VisitState, _: Surroundings) -> dict[str, Any]:
    return {"limb": state.terms.access_limb if state.terms else ""}


def _start(state: VisitState, around: Surroundings) -> dict[str, Any]:
    sheet = sheet_of(state, around=around)
    drawn = state.drawn.rate_ml_per_h if state.drawn else None
    return {"rate_ml_per_h": _plain(drawn or (sheet.rounded.rate_ml_per_h if sheet else None))}


def _rate(state: VisitState, _: Surroundings) -> dict[str, Any]:
    """The rate in force, or the last one while held."""
    rates = [step.rate_ml_per_h for step in state.infusion.steps] if state.infusion else []
    running = [rate for rate in rates if rate > 0]
    return {"rate_ml_per_h": _plain(running[-1] if running else None)}


def _plain(value: Decimal | None) -> str | None:
    """A figure as a person would type it, without trailing zeros."""
    return None if value is None else format(value.normalize(), "f")


def _bolus(_: VisitState, __: Surroundings) -> dict[str, Any]:
    return {"minutes": 1}


_INITIAL: dict[Kind, Callable[[VisitState, Surroundings], dict[str, Any]]] = {
    Kind.WEIGHT_TAKEN: _weight,
    Kind.DOSE_DRAWN: _draw,
    Kind.DOSE_CHECKED: _check,
    Kind.LINE_PLACED: _line,
    Kind.STARTED: _start,
    Kind.RATE_CHANGED: _rate,
    Kind.RESUMED: _rate,
    Kind.BOLUS_GIVEN: _bolus,
}


def question(kind: Kind, path: str) -> str:
    """How the sheet asks for a value of an entry, with its unit; "" if it does not."""
    name = path.rpartition(".")[2]
    form = FORMS.get(kind)
    field = form.base_fields.get(name) if form else None
    label = str(field.label) if field else ""
    return f"{label}, {UNITS[name]}" if label and name in UNITS else label
