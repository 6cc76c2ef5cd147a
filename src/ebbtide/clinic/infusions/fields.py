"""The questions of the room's sheets: numbers with steppers, and the choices offered."""

from decimal import Decimal
from typing import Any

from django import forms

from ebbtide.clinic.web.forms import QuantityInput

YES_NO = (("yes", "Yes"), ("not_applicable", "Does not apply"), ("no", "No"))
PROSTHESIS = (("none", "Wears none"), ("off", "Taken off"), ("on", "Worn on the scale"))
STRENGTHS = (("50", "50 mg/mL, the usual one"), ("10", "10 mg/mL"), ("100", "100 mg/mL"))
GRADES = (
    ("1", "1, mild: nothing done"),
    ("2", "2, moderate"),
    ("3", "3, severe"),
    ("4", "4, life-threatening"),
    ("5", "5, death"),
)
MOAAS = (
    ("5", "5, answers readily"),
    ("4", "4, slow to answer"),
    ("3", "3, only to a loud voice"),
    ("2", "2, only to shaking"),
    ("1", "1, only to pain"),
    ("0", "0, not at all"),
)
COMFORT = (
    ("light", "Light"),
    ("eye_mask", "Eye mask"),
    ("music", "Music"),
    ("aroma", "Aromatherapy"),
    ("blanket", "Blanket"),
    ("touch", "Touch"),
)
# How many items each scale has that is taken item by item.
SCALE_ITEMS = {"cadss-6": 6, "aldrete": 5}
SETTINGS = (("on", "On"), ("off", "Off"), ("lower", "Lower"), ("higher", "Higher"))
# Preferred terms of the effects to expect; names only, the codes are licensed.
TERMS = (
    "Dissociation",
    "Dizziness",
    "Nausea",
    "Vomiting",
    "Headache",
    "Anxiety",
    "Vision blurred",
    "Hypertension",
    "Somnolence",
    "Emergence delirium",
)
TRIGGERS = (
    "Nausea or vomiting",
    "High blood pressure",
    "Anxiety or agitation",
    "Low saturation",
    "Headache",
    "Other, see note",
)
UNITS = (("mg", "mg"), ("mcg", "µg"), ("L/min", "L/min"), ("mL", "mL"))


def quantity(
    label: str,
    *,
    step: str,
    at_least: str | None = None,
    at_most: str | None = None,
    help_text: str = "",
    digits: int = 8,
    places: int = 2,
) -> forms.DecimalField:
    """A number with its stepper; the limits only guide the stepper, the rules judge."""
    widget = QuantityInput(
        step=Decimal(step),
        at_least=None if at_least is None else Decimal(at_least),
        at_most=None if at_most is None else Decimal(at_most),
    )
    return forms.DecimalField(
        label=label,
        widget=widget,
        help_text=help_text,
        max_digits=digits,
        decimal_places=places,
        error_messages={"invalid": "Enter a number in digits, with a point, not a comma: 0.5."},
    )


def whole(label: str, *, step: str = "1", at_least: str = "0", at_most: str) -> forms.IntegerField:
    """A whole number that may be left blank; blank is not measured."""
    widget = QuantityInput(
        step=Decimal(step),
        at_least=Decimal(at_least),
        at_most=Decimal(at_most),
        attrs={"inputmode": "numeric"},
    )
    words = {"invalid": "Enter a whole number in digits, without a point."}
    return forms.IntegerField(label=label, required=False, widget=widget, error_messages=words)


def picked(label: str, choices: tuple[tuple[str, str], ...], **options: Any) -> forms.ChoiceField:
    """One of a few, as a row of big choices."""
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **options)
