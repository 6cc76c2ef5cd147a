"""What people type and tap in the room, turned into the payload of an event.

A form only knows types, words and required fields; every clinical reason comes
from the rules, so that a page, a resend and a command line are judged alike.
"""

import json
from collections.abc import Iterable
from typing import Any

from django import forms

from ebbtide.clinic.infusions.fields import (
    COMFORT,
    GRADES,
    MOAAS,
    PROSTHESIS,
    SCALE_ITEMS,
    SETTINGS,
    TERMS,
    TRIGGERS,
    UNITS,
    YES_NO,
    picked,
    quantity,
    whole,
)
from ebbtide.science.visit.events import Kind
from ebbtide.science.vitals.reading import Symptom

Offer = Iterable[tuple[str, str]]
"""What may be chosen: each value with the words for it."""


class EntryForm(forms.Form):
    """The parts every entry has: its number, its moment, and what the page had shown."""

    # Made on the tablet; blank where the page's script was not there yet when it was sent.
    entry_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    happened_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    seen_pump_seq = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Reason for going on", required=False, max_length=300, strip=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """What is left blank is named."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = f"{field.label or 'A part'} is missing."

    def payload(self) -> dict[str, Any]:
        """The payload's plain form; blanks are left out, never made zero."""
        known = ("entry_id", "happened_at", "seen_pump_seq", "reason")
        plain = {name: value for name, value in self.cleaned_data.items() if name not in known}
        return {name: _plain(value) for name, value in plain.items() if value not in (None, "")}


class ReasonedForm(EntryForm):
    """An entry that the rules may ask a reason for."""

    def payload(self) -> dict[str, Any]:
        """The payload with the reason, where one was given."""
        return super().payload() | {"overridden": {"reason": self.cleaned_data["reason"]}}


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | str | list | dict) else str(value)


class ItemForm(EntryForm):
    """One item of the start checklist or of the discharge list."""

    item = forms.CharField(max_length=60, widget=forms.HiddenInput)
    answer = picked("Answer", YES_NO)
    note = forms.CharField(label="Note", required=False, max_length=200)


class WeightForm(ReasonedForm):
    weight_kg = quantity(
        "Weight today",
        step="0.5",
        at_least="20",
        at_most="350",
        help_text="In kilograms, without prosthesis, chair or coat.",
        places=2,
    )
    prosthesis = picked("Prosthesis", PROSTHESIS, initial="none")


class DrawForm(ReasonedForm):
    """The vial in hand; the draw itself is worked out from order and weight."""

    stock_mg_per_ml = quantity(
        "Strength on the vial",
        step="10",
        at_least="10",
        at_most="100",
        help_text="Read it off the vial in your hand: 10, 50 or 100 mg/mL.",
    )
    vial_ml = quantity("Volume of the vial", step="5", at_least="5", at_most="20")
    lot = forms.CharField(label="Lot", max_length=30, required=False)


class CheckForm(EntryForm):
    """The second person signs with their own name and password."""

    drawn = forms.UUIDField(widget=forms.HiddenInput)
    witness = forms.CharField(label="Second person", max_length=150)
    password = forms.CharField(
        label="Their password", max_length=200, strip=False, widget=forms.PasswordInput
    )

    def offer(self, people: Offer) -> None:
        """Show who may check, by user name and full name."""
        self.fields["witness"].widget = forms.Select(choices=people)

    def payload(self) -> dict[str, Any]:
        """What the second person agreed to; never the password."""
        return {"drawn": str(self.cleaned_data["drawn"])}


class LineForm(EntryForm):
    limb = forms.CharField(label="Limb", max_length=40)
    place = picked(
        "Place",
        (("hand", "Hand"), ("forearm", "Forearm"), ("elbow", "Elbow crease"), ("foot", "Foot")),
    )
    gauge = picked("Gauge", (("22 G", "22 G"), ("20 G", "20 G"), ("24 G", "24 G")), required=False)


class RateForm(ReasonedForm):
    rate_ml_per_h = quantity("Rate", step="1", at_least="0.1", at_most="999")


class HoldForm(EntryForm):
    reason = forms.CharField(label="Why, if there is time", required=False, max_length=300)

    def payload(self) -> dict[str, Any]:
        """A hold may say why; it need not."""
        return {"reason": self.cleaned_data["reason"]}


class BolusForm(ReasonedForm):
    dose_mg = quantity("Bolus from the bag", step="1", at_least="1", at_most="20")
    minutes = quantity("Pushed over", step="1", at_least="1", at_most="10")


class ReadingForm(ReasonedForm):
    systolic_mmhg = whole("BP systolic", at_least="40", at_most="270")
    diastolic_mmhg = whole("BP diastolic", at_least="10", at_most="225")
    pulse_per_min = whole("Pulse", at_least="10", at_most="350")
    spo2_percent = whole("SpO₂", at_least="50", at_most="100")
    resp_per_min = whole("Breaths", at_most="60")
    moaas = picked("MOAA/S", MOAAS, required=False)
    phantom_pain_nrs = whole("Phantom pain", at_most="10")
    residual_limb_pain_nrs = whole("Residual-limb pain", at_most="10")
    temperature_c = quantity("Temperature", step="0.1", at_least="34", at_most="42", places=1)
    oxygen_l_per_min = quantity("Oxygen given", step="1", at_least="0", at_most="15", places=1)
    rass = whole("RASS", at_least="-5", at_most="4")
    symptoms = forms.MultipleChoiceField(
        label="Seen or said",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(symptom.value, symptom.value.replace("_", " ")) for symptom in Symptom],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Any part of a reading may be left blank."""
        super().__init__(*args, **kwargs)
        for name in ("temperature_c", "oxygen_l_per_min"):
            self.fields[name].required = False

    def payload(self) -> dict[str, Any]:
        """The reading's fields in one value; the reason beside it."""
        plain = super().payload()
        overridden = plain.pop("overridden")
        if "moaas" in plain:
            plain["moaas"] = int(plain["moaas"])
        return {"reading": plain, "overridden": overridden}


class ScoreForm(EntryForm):
    """A scale, item by item: `answer_1`, `answer_2` and so on."""

    instrument = forms.ChoiceField(choices=[(name, name) for name in SCALE_ITEMS])

    def clean(self) -> dict[str, Any]:
        """Every item answered with a whole number; a blank is not a zero."""
        cleaned: dict[str, Any] = super().clean() or {}
        count = SCALE_ITEMS.get(cleaned.get("instrument", ""), 0)
        given = [str(self.data.get(f"answer_{number}", "")) for number in range(1, count + 1)]
        if not all(answer.isdigit() for answer in given):
            raise forms.ValidationError("Answer every item; a blank is not a zero.")
        return cleaned | {"answers": [int(answer) for answer in given]}

    def payload(self) -> dict[str, Any]:
        """The answers and their sum."""
        answers = self.cleaned_data["answers"]
        return {
            "instrument": self.cleaned_data["instrument"],
            "answers": answers,
            "total": sum(answers),
        }


class ComfortForm(EntryForm):
    what = picked("What", COMFORT)
    setting = picked("Now", SETTINGS)


class AdverseEventForm(EntryForm):
    term = picked("What happened", (*((term, term) for term in TERMS), ("other", "Other")))
    other_term = forms.CharField(label="Other, in words", required=False, max_length=80)
    grade = picked("Grade, CTCAE 5", GRADES)
    is_serious = forms.BooleanField(label="Serious", required=False)
    note = forms.CharField(label="Note", required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        """Hold the last choice to its words."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("term") == "other":
            cleaned["term"] = cleaned.get("other_term", "").strip()
            if not cleaned["term"]:
                self.add_error("other_term", "Say what happened.")
        return cleaned

    def payload(self) -> dict[str, Any]:
        """The grade as a number."""
        plain = super().payload() | {"grade": int(self.cleaned_data["grade"])}
        plain.pop("other_term", None)
        return plain


class RescueForm(EntryForm):
    """A rescue drug; the protocol's own are offered to tap."""

    drug = forms.CharField(label="Drug", max_length=60)
    dose = quantity("Dose", step="1", at_least="0.1")
    unit = picked("Unit", UNITS, initial="mg")
    route = picked(
        "Route",
        (
            ("IV", "IV"),
            ("oral", "By mouth"),
            ("IM", "IM"),
            ("nasal", "Nasal"),
            ("inhaled", "Inhaled"),
        ),
        initial="IV",
    )
    trigger = picked("What set it off", tuple((trigger, trigger) for trigger in TRIGGERS))

    def offer(self, drugs: Offer) -> None:
        """Show the protocol's drugs as choices."""
        self.fields["drug"].widget = forms.RadioSelect(choices=drugs)


class CallOffForm(EntryForm):
    reason = forms.CharField(label="Why not today", max_length=300, strip=True)

    def payload(self) -> dict[str, Any]:
        """Why there is no infusion today."""
        return {"reason": self.cleaned_data["reason"]}


class HandOverForm(ReasonedForm):
    escort_name = forms.CharField(label="Escort's name", max_length=80)
    escort_relation = forms.CharField(label="Relation to the patient", max_length=40)
    is_adult = forms.BooleanField(label="18 years or older", required=False)
    is_present = forms.BooleanField(label="Standing here", required=False)
    instructions_given = forms.BooleanField(
        label="Written instructions given to both", required=False
    )


class SignForm(EntryForm):
    """Signing asks for the password again: it stands for the person."""

    password = forms.CharField(
        label="Your password", max_length=200, strip=False, widget=forms.PasswordInput
    )

    def payload(self) -> dict[str, Any]:
        """Filled by the action: name, role and the record's head as it stands."""
        return {}


class AmendForm(EntryForm):
    """A correction: a right value, a right time, or "entered in error".

    Right values come as `change.<field>`, with dots for fields inside fields.
    """

    event = forms.UUIDField(widget=forms.HiddenInput)
    is_retracted = forms.BooleanField(label="Entered in error", required=False)
    right_time = forms.DateTimeField(label="Right time", required=False)
    reason = forms.CharField(label="Why it is corrected", max_length=300, strip=True)

    def payload(self) -> dict[str, Any]:
        """The amendment; the entry it speaks of stays as it was."""
        right_time = self.cleaned_data["right_time"]
        return {
            "event": str(self.cleaned_data["event"]),
            "reason": self.cleaned_data["reason"],
            "changes": json.dumps(self._changes(), sort_keys=True),
            "happened_at": right_time.isoformat() if right_time else None,
            "is_retracted": self.cleaned_data["is_retracted"],
        }

    def _changes(self) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        for name, text in self.data.items():
            prefix, _, path = str(name).partition("change.")
            if prefix or not path or not str(text).strip():
                continue
            *parents, last = path.split(".")
            place: Any = changes
            for parent in parents:
                place = place.setdefault(parent, {}) if isinstance(place, dict) else None
            if isinstance(place, dict):
                place[last] = _typed(str(text).strip())
        return changes


def _typed(text: str) -> object:
    """A whole number as a number, so that it fits counts; all else as text."""
    return int(text) if text.lstrip("-").isdigit() else text


FORMS: dict[Kind, type[EntryForm]] = {
    Kind.GATE_CONFIRMED: ItemForm,
    Kind.WEIGHT_TAKEN: WeightForm,
    Kind.DOSE_DRAWN: DrawForm,
    Kind.DOSE_CHECKED: CheckForm,
    Kind.LINE_PLACED: LineForm,
    Kind.STARTED: RateForm,
    Kind.RATE_CHANGED: RateForm,
    Kind.HELD: HoldForm,
    Kind.RESUMED: RateForm,
    Kind.BOLUS_GIVEN: BolusForm,
    Kind.READING_ENTERED: ReadingForm,
    Kind.RECOVERY_READING_ENTERED: ReadingForm,
    Kind.SCORE_TAKEN: ScoreForm,
    Kind.COMFORT_CHANGED: ComfortForm,
    Kind.ADVERSE_EVENT_NOTED: AdverseEventForm,
    Kind.RESCUE_GIVEN: RescueForm,
    Kind.CALLED_OFF: CallOffForm,
    Kind.DISCHARGE_CONFIRMED: ItemForm,
    Kind.HANDED_OVER: HandOverForm,
    Kind.SIGNED: SignForm,
    Kind.AMENDED: AmendForm,
}
