"""What the living design page shows: every component, in use, with made-up values."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms

from ebbtide.clinic.web.forms import QuantityInput
from ebbtide.science.findings import Finding, Severity

THEMES = ("light", "dim")

ROLES = (
    *("surface", "surface-raised", "surface-sunken", "ink", "ink-soft", "line", "line-strong"),
    *("accent", "attention", "danger", "ok", "stop-fill"),
    *("alarm-high", "alarm-medium", "alarm-low"),
    *("trace-pulse", "trace-spo2", "trace-bp", "trace-resp", "ketamine", "ketamine-label"),
)

FINDINGS = (
    Finding(
        code="rate.above_pump",
        severity=Severity.BLOCK,
        message="1,300 mL/h is more than this pump can give: 1,200 mL/h at most.",
        field="rate",
        source="pump: Example 100 (synthetic)",
    ),
    Finding(
        code="pressure.above_start_limit",
        severity=Severity.OVERRIDE,
        message="Blood pressure 168/92 mmHg is above the protocol's start limit of 160 mmHg.",
        source="protocol: example, version 3, item 4",
    ),
    Finding(
        code="cuff.old",
        severity=Severity.NOTICE,
        message="The last cuff reading is 6 min old.",
    ),
)


class ExampleForm(forms.Form):
    """One of each kind of control."""

    weight = forms.DecimalField(
        label="Weight",
        help_text="In kilograms, as read from the scale today.",
        min_value=Decimal(20),
        error_messages={
            "min_value": "7 kg is below 20 kg. Read the scale again, or check the unit.",
        },
        widget=QuantityInput(step=Decimal("0.1"), at_least=Decimal(20), at_most=Decimal(300)),
    )
    rate = forms.DecimalField(
        label="New rate",
        widget=QuantityInput(step=Decimal("0.5"), at_least=Decimal(0), at_most=Decimal(1200)),
    )
    pain = forms.IntegerField(
        label="Pain now, from 0 to 10",
        help_text="0: no pain. 10: the worst you can think of.",
        widget=QuantityInput(step=Decimal(1), at_least=Decimal(0), at_most=Decimal(10)),
    )
    escort = forms.CharField(label="Escort's name", required=False)
    place = forms.ChoiceField(
        label="Room", choices=[("1", "Room 1"), ("2", "Room 2")], help_text="Free rooms only."
    )
    comfort = forms.ChoiceField(
        label="How are you doing?",
        choices=[
            ("good", "Comfortable"),
            ("odd", "Strange, but all right"),
            ("bad", "Unpleasant"),
            ("stop", "I want it to stop"),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}), disabled=True
    )


def example_form(theme: str) -> ExampleForm:
    """The form with one wrong entry, its ids kept apart from the other theme's."""
    typed = {"weight": "7", "rate": "31.5", "pain": "4", "place": "1", "comfort": "odd"}
    return ExampleForm(
        {f"{theme}-{name}": value for name, value in typed.items()},
        prefix=theme,
        auto_id=f"{theme}_%s",
    )


@dataclass(frozen=True, slots=True)
class Specimen:
    """One section of the page.

    Attributes:
        slug: Its anchor and the name of its template.
        name: Its heading.
        words: When to use it, in a sentence or two.
        usage: How to write it.
    """

    slug: str
    name: str
    words: str
    usage: str = ""

    @property
    def template(self) -> str:
        """The template that shows it once."""
        return f"web/design/{self.slug}.html"


SPECIMENS = (
    Specimen(
        "colour",
        "Colour",
        "Roles, not hues. Red, yellow and cyan are alarm priorities and nothing else; "
        "danger is plum so that red stays free, also for patients.",
        'color: var(--ink-soft);   data-theme="light|dim" on any element',
    ),
    Specimen(
        "type",
        "Type and number",
        "Six sizes. Figures are tabular everywhere; a unit stands beside every number.",
        '<span class="number">31.5 <span class="unit">mL/h</span></span>',
    ),
    Specimen(
        "header",
        "Page header and navigation",
        "Comes with every page; the mark of synthetic data cannot be turned off.",
        '{% extends "web/page.html" %}   blocks: title, heading, content, scripts',
    ),
    Specimen(
        "buttons",
        "Buttons",
        "The word says what happens. One primary in view. STOP is the only solid block of "
        "ink, 72 px high, and has no disabled state.",
        '<button class="button button-primary|button-quiet|button-danger|button-stop">',
    ),
    Specimen(
        "tiles",
        "Vitals tile",
        "Number, unit, age. A number too old is covered, not marked.",
        '<c-tile label="SpO2" trace="spo2" number="97" unit="%" limits="90 to 100" '
        'at="{{ at.isoformat }}" cover_after="10" alarm="medium" />',
    ),
    Specimen(
        "alarms",
        "Alarms",
        "Priority by !!!, !! or !, by word, then by colour. The strip stands above the vitals.",
        '<div class="alarm" data-alarm="high"><div class="alarm-words"><span class="alarm-mark" '
        'data-alarm="high">high</span> … </div><button>',
    ),
    Specimen(
        "banner",
        "Patient banner",
        "Who lies here and what must not be forgotten. An allergy is boxed.",
        '<header class="banner"><span class="banner-name"> <dl><div><dt><dd>',
    ),
    Specimen(
        "pills",
        "Status pill and drug label",
        "A state in a word, with a shape of its own.",
        '<span class="pill" data-state="running|held|stopped|signed|blocked">Running</span>',
    ),
    Specimen(
        "progress",
        "Progress",
        "Words first, then the bar or the ring.",
        '<div class="progress"> <progress>   '
        '<c-ring percent="55" value="22:10" note="of 40 min" />',
    ),
    Specimen(
        "fields",
        "Form fields",
        "Label above, help under, the error beside in words with the fix; what was typed stays.",
        '<c-field :field="form.weight" unit="kg" last="82.1 kg" />',
    ),
    Specimen(
        "stepper",
        "Stepper",
        "For one number with a thumb: tap, hold, arrow keys or typing.",
        '<c-stepper :field="form.rate" unit="mL/h" last="30.0" />   '
        "widget=QuantityInput(step=…, at_least=…, at_most=…)",
    ),
    Specimen(
        "choices",
        "Choice rows",
        "The whole row is the target.",
        '<c-choices :field="form.comfort" />',
    ),
    Specimen(
        "findings",
        "Findings",
        "Every reason at once, the weightiest first, each with shape and word.",
        '<c-findings :findings="findings" title="Before this can start" />',
    ),
    Specimen(
        "table",
        "Table",
        "Rules above and below, numbers to the right, the unit in the head.",
        '<div class="table-scroll"><table class="table"> <td class="number">',
    ),
    Specimen(
        "events",
        "Event list",
        "Time, what, who. Amended: what holds, and what was first; waiting lines are dashed.",
        '<ol class="events"><li class="is-amended|is-waiting"><time> '
        '<span class="event-what"> <span class="event-by">',
    ),
    Specimen(
        "board",
        "Board tile",
        "One a room, read from three metres; your own have the thick edge.",
        '<div class="board"><a class="board-tile is-mine">',
    ),
    Specimen(
        "sheet",
        "Bottom sheet",
        "A native dialog that rises from the bottom; one question. Closing it loses nothing.",
        '<button data-opens="pain-sheet">   <c-sheet id="pain-sheet" title="Pain"> … '
        '<c-slot name="foot"> … </c-slot></c-sheet>',
    ),
    Specimen(
        "notices",
        "Toast and waiting entries",
        "What came of an act, said once; what is not yet on the server, said until it is.",
        'import { say } from "./toast.js"   '
        '<div class="pending-strip" role="status" data-count="3">',
    ),
    Specimen(
        "notlive",
        "Not live, and empty",
        "A panel whose stream fell silent hides its numbers. An empty list says what to do.",
        '<section class="panel is-not-live"> <c-not-live since="10:42:07" />   '
        '<c-empty title="No visits today">',
    ),
    Specimen(
        "evidence",
        "Evidence chip",
        "After a claim: how much is known; opens the source.",
        '<c-evidence strength="strong|some|little|none known" href="…" />',
    ),
)
