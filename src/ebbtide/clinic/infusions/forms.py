"""What people type and tap in the room, turned into the payload of an event.

A form only knows types and required fields; every clinical reason comes from
the rules, so that a page, a resend and a command line are judged alike.
"""

import json
from typing import Any

from django import forms

from ebbtide.science.visit.events import Kind
from ebbtide.science.vitals.reading import Symptom


class EntryForm(forms.Form):
    """The parts every entry has: its number, its moment, and what the page had shown."""

    entry_id = forms.UUIDField(widget=forms.HiddenInput)
    happened_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    seen_pump_seq = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(required=False, max_length=300, strip=True)

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


class GateForm(EntryForm):
    item = forms.CharField(max_length=60)
    answer = forms.ChoiceField(choices=[(a, a) for a in ("yes", "no", "not_applicable")])
    note = forms.CharField(required=False, max_length=200)


class WeightForm(ReasonedForm):
    weight_kg = forms.DecimalField(max_digits=6, decimal_places=2)
    prosthesis = forms.ChoiceField(choices=[(p, p) for p in ("none", "off", "on")])


class DrawForm(ReasonedForm):
    """The vial in hand; the draw itself is worked out from order and weight."""

    stock_mg_per_ml = forms.DecimalField(max_digits=7, decimal_places=2)
    vial_ml = forms.DecimalField(max_digits=6, decimal_places=2)
    lot = forms.CharField(max_length=30, required=False)


class CheckForm(EntryForm):
    """The second person signs with their own name and password."""

    drawn = forms.UUIDField(widget=forms.HiddenInput)
    witness = forms.CharField(max_length=150)
    password = forms.CharField(max_length=200, strip=False)

    def payload(self) -> dict[str, Any]:
        """What the second person agreed to; never the password."""
        return {"drawn": str(self.cleaned_data["drawn"])}


class LineForm(EntryForm):
    limb = forms.CharField(max_length=40)
    place = forms.CharField(max_length=40)
    gauge = forms.CharField(max_length=10, required=False)


class RateForm(ReasonedForm):
    rate_ml_per_h = forms.DecimalField(max_digits=7, decimal_places=2)


class HoldForm(EntryForm):
    def payload(self) -> dict[str, Any]:
        """A hold may say why; it need not."""
        return {"reason": self.cleaned_data["reason"]}


class BolusForm(ReasonedForm):
    dose_mg = forms.DecimalField(max_digits=6, decimal_places=2)


class ReadingForm(ReasonedForm):
    systolic_mmhg = forms.IntegerField(required=False)
    diastolic_mmhg = forms.IntegerField(required=False)
    pulse_per_min = forms.IntegerField(required=False)
    spo2_percent = forms.IntegerField(required=False)
    oxygen_l_per_min = forms.DecimalField(required=False, max_digits=4, decimal_places=1)
    resp_per_min = forms.IntegerField(required=False)
    temperature_c = forms.DecimalField(required=False, max_digits=4, decimal_places=1)
    moaas = forms.IntegerField(required=False)
    rass = forms.IntegerField(required=False)
    phantom_pain_nrs = forms.IntegerField(required=False)
    residual_limb_pain_nrs = forms.IntegerField(required=False)
    symptoms = forms.MultipleChoiceField(
        required=False, choices=[(symptom.value, symptom.value) for symptom in Symptom]
    )

    def payload(self) -> dict[str, Any]:
        """The reading's fields in one value; the reason beside it."""
        plain = super().payload()
        overridden = plain.pop("overridden")
        return {"reading": plain, "overridden": overridden}


class ScoreForm(EntryForm):
    instrument = forms.ChoiceField(choices=[(i, i) for i in ("cadss-6", "pain-nrs", "aldrete")])
    answers = forms.CharField(max_length=60)

    def clean_answers(self) -> list[int]:
        """Whole numbers with commas between; none may be left out."""
        parts = [part.strip() for part in self.cleaned_data["answers"].split(",")]
        if not all(part.isdigit() for part in parts):
            raise forms.ValidationError("Answer every item; a blank is not a zero.")
        return [int(part) for part in parts]

    def payload(self) -> dict[str, Any]:
        """The answers and their sum."""
        answers = self.cleaned_data["answers"]
        return {
            "instrument": self.cleaned_data["instrument"],
            "answers": answers,
            "total": sum(answers),
        }


class ComfortForm(EntryForm):
    what = forms.CharField(max_length=20)
    setting = forms.CharField(max_length=60)


class AdverseEventForm(EntryForm):
    term = forms.CharField(max_length=80)
    grade = forms.IntegerField()
    is_serious = forms.BooleanField(required=False)
    note = forms.CharField(required=False, max_length=300)


class RescueForm(EntryForm):
    drug = forms.CharField(max_length=60)
    dose = forms.DecimalField(max_digits=7, decimal_places=2)
    unit = forms.CharField(max_length=10)
    route = forms.CharField(max_length=20)
    trigger = forms.CharField(max_length=120)


class CallOffForm(EntryForm):
    reason = forms.CharField(max_length=300, strip=True)

    def payload(self) -> dict[str, Any]:
        """Why there is no infusion today."""
        return {"reason": self.cleaned_data["reason"]}


class HandOverForm(ReasonedForm):
    escort_name = forms.CharField(max_length=80)
    escort_relation = forms.CharField(max_length=40)
    is_adult = forms.BooleanField(required=False)
    is_present = forms.BooleanField(required=False)
    instructions_given = forms.BooleanField(required=False)


class SignForm(EntryForm):
    """Signing asks for the password again: it stands for the person."""

    password = forms.CharField(max_length=200, strip=False)

    def payload(self) -> dict[str, Any]:
        """Filled by the action: name, role and the record's head as it stands."""
        return {}


class AmendForm(EntryForm):
    """A correction: a right value, a right time, or "entered in error"."""

    event = forms.UUIDField(widget=forms.HiddenInput)
    is_retracted = forms.BooleanField(required=False)
    right_time = forms.DateTimeField(required=False)
    changes = forms.CharField(required=False, max_length=2000)
    reason = forms.CharField(max_length=300, strip=True)

    def clean_changes(self) -> str:
        """A JSON object of payload fields, or nothing."""
        text = self.cleaned_data["changes"] or "{}"
        try:
            changes = json.loads(text)
        except ValueError:
            changes = None
        if not isinstance(changes, dict):
            raise forms.ValidationError("The corrected values could not be read.")
        return json.dumps(changes, sort_keys=True)

    def payload(self) -> dict[str, Any]:
        """The amendment; the entry it speaks of stays as it was."""
        right_time = self.cleaned_data["right_time"]
        return {
            "event": str(self.cleaned_data["event"]),
            "reason": self.cleaned_data["reason"],
            "changes": self.cleaned_data["changes"],
            "happened_at": right_time.isoformat() if right_time else None,
            "is_retracted": self.cleaned_data["is_retracted"],
        }


FORMS: dict[Kind, type[EntryForm]] = {
    Kind.GATE_CONFIRMED: GateForm,
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
    Kind.DISCHARGE_CONFIRMED: GateForm,
    Kind.HANDED_OVER: HandOverForm,
    Kind.SIGNED: SignForm,
    Kind.AMENDED: AmendForm,
}
