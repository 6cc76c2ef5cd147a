"""The record in words: moments in the site's time, amounts with units, entries as sentences."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final

from ebbtide.science.screening.protocol import Protocol
from ebbtide.science.units import round_half_up
from ebbtide.science.visit.events import Kind, Overridden, ScoreTaken
from ebbtide.science.visit.state import Entry
from ebbtide.science.vitals.reading import Reading

NO_BREAK: Final = "\u00a0"

ANSWERS: Final = {"yes": "yes", "no": "no", "not_applicable": "not applicable"}
PROSTHESIS: Final = {"off": "prosthesis off", "none": "wears no prosthesis", "on": "prosthesis on"}
_SCALES: Final = {
    "cadss-6": ("CADSS-6", 24),
    "pain-nrs": ("Pain 0 to 10", 10),
    "aldrete": ("Aldrete, modified", 10),
}
# Field of a reading, its name in a sentence, its unit.
_READ: Final = (
    ("pulse_per_min", "pulse", "/min"),
    ("spo2_percent", "SpO2", "%"),
    ("oxygen_l_per_min", "oxygen", "L/min"),
    ("resp_per_min", "breaths", "/min"),
    ("temperature_c", "temperature", "°C"),
    ("moaas", "MOAA/S", ""),
    ("rass", "RASS", ""),
    ("phantom_pain_nrs", "phantom pain", "of 10"),
    ("residual_limb_pain_nrs", "residual-limb pain", "of 10"),
)
# Turn the writing around it: a name with one of these could reverse the figures beside it.
_TURNING: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def said(text: str) -> str:
    """What a person typed, on one line, unable to turn round or hide what stands beside it."""
    shown = "".join(_visible(character) for character in " ".join(text.split()))
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in shown):
        return f"\u2068{shown}\u2069"
    return shown


def _visible(character: str) -> str:
    hides = unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs") or character == "\ufeff"
    return code_of(character) if hides or character in _TURNING else character


def code_of(character: str) -> str:
    """The name of a character that cannot be printed."""
    return f"[U+{ord(character):04X}]"


def rounded(value: Decimal | float, places: int) -> Decimal:
    """A figure to so many places, half away from zero."""
    return round_half_up(Decimal(str(value)), step=Decimal(1).scaleb(-places))


def number(value: Decimal | float, places: int | None = None) -> str:
    """A figure with a real minus sign; without `places` exactly as it was recorded."""
    exact = Decimal(str(value)) if places is None else rounded(value, places)
    return format(exact, "f").replace("-", "−")


def amount(value: Decimal | float, unit: str, places: int | None = None) -> str:
    """A figure and its unit, never parted at a line's end."""
    return f"{number(value, places)}{NO_BREAK}{unit}" if unit else number(value, places)


def lasting(duration: timedelta) -> str:
    """A length of time in minutes and seconds."""
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    return f"{minutes}{NO_BREAK}min {seconds:02}{NO_BREAK}s"


def on_day(day: date) -> str:
    """A date that no country reads differently."""
    return f"{day.day}{NO_BREAK}{day:%b}{NO_BREAK}{day.year}"


@dataclass(frozen=True, slots=True)
class Clock:
    """Moments as the site's clock showed them.

    Attributes:
        zone: The site's zone.
        day: The visit's day; moments of another day carry their date.
        has_shifts: The zone changed its offset during the visit, so every moment says which.
    """

    zone: tzinfo
    day: date
    has_shifts: bool = False

    def time(self, at: datetime) -> str:
        """Time of day with seconds."""
        local = at.astimezone(self.zone)
        shown = f"{local:%H:%M:%S}"
        if self.has_shifts:
            shown = f"{shown}{NO_BREAK}{local:%Z}"
        return shown if local.date() == self.day else f"{on_day(local.date())} {shown}"

    def full(self, at: datetime) -> str:
        """Date, time and zone."""
        local = at.astimezone(self.zone)
        return f"{on_day(local.date())}, {local:%H:%M:%S}{NO_BREAK}{local:%Z}"

    def offset(self, at: datetime) -> str:
        """The zone's short name and offset from UTC at a moment."""
        local = at.astimezone(self.zone)
        minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
        sign = "−" if minutes < 0 else "+"
        return f"{local:%Z}, UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def labels_of(protocol: Protocol) -> dict[str, str]:
    """The protocol's words for its checklist items; both lists may hold an item of one name."""
    lists = (
        (Kind.GATE_CONFIRMED, protocol.checklist),
        (Kind.DISCHARGE_CONFIRMED, protocol.discharge_items),
    )
    return {f"{kind}.{item.id}": item.text for kind, items in lists for item in items}


def item(code: str, labels: Mapping[str, str], kind: Kind) -> str:
    """A checklist's item by its protocol's words, else by its code."""
    return said(labels.get(f"{kind}.{code}") or labels.get(code) or code.replace("_", " "))


def score(taken: ScoreTaken) -> tuple[str, str]:
    """A scale's name, and the total with what it is out of."""
    name, top = _SCALES[taken.instrument]
    return name, f"{taken.total} of {top}"


def pressure(reading: Reading) -> str:
    """A cuff pressure without its unit; a missing half is a dash."""
    halves = (reading.systolic_mmhg, reading.diastolic_mmhg)
    if halves == (None, None):
        return ""
    return "/".join("–" if half is None else str(half) for half in halves)


def measured(reading: Reading) -> str:
    """A set of readings in one sentence."""
    parts = []
    if pressure(reading):
        parts.append(f"BP {pressure(reading)}{NO_BREAK}mmHg")
    if reading.mean_mmhg is not None:
        parts.append(f"mean {amount(reading.mean_mmhg, 'mmHg')}")
    for name, label, unit in _READ:
        value = getattr(reading, name)
        if value is not None:
            parts.append(f"{label} {amount(value, unit)}")
    parts += [symptom.value.replace("_", " ") for symptom in reading.symptoms]
    return ", ".join(parts) or "nothing measured"


def overridden(entry: Entry) -> str:
    """Which findings an entry overrode, and why; empty if none."""
    by_hand = getattr(entry.payload, "overridden", None)
    if not isinstance(by_hand, Overridden) or not by_hand.codes:
        return ""
    return f"Overrode {', '.join(map(said, by_hand.codes))}: {said(by_hand.reason)}"


@dataclass(frozen=True, slots=True)
class Wording:
    """How entries are told: with the protocol's words for its items and the site's clock."""

    labels: Mapping[str, str]
    clock: Clock

    def of(self, kind: Kind, payload: Any) -> str:
        """One entry as a sentence."""
        return _SENTENCES[kind](self, payload)


def _with(sentence: str, *extras: str) -> str:
    return "; ".join([sentence, *(said(extra) for extra in extras if extra.strip())])


def _reason(verb: str, reason: str) -> str:
    return f"{verb}: {said(reason)}" if reason.strip() else verb


def _confirmed(title: str, kind: Kind) -> Callable[[Wording, Any], str]:
    def tell(wording: Wording, payload: Any) -> str:
        label = item(payload.item, wording.labels, kind)
        return _with(f"{title}: {label}: {ANSWERS[payload.answer]}", payload.note)

    return tell


def _at_rate(verb: str) -> Callable[[Wording, Any], str]:
    return lambda _, payload: f"{verb} {amount(payload.rate_ml_per_h, 'mL/h')}"


def _weighed(_: Wording, payload: Any) -> str:
    return f"Weight {amount(payload.weight_kg, 'kg')}, {PROSTHESIS[payload.prosthesis]}"


def _drawn(_: Wording, payload: Any) -> str:
    draw = f"{amount(payload.draw_ml, 'mL')} of {amount(payload.stock_mg_per_ml, 'mg/mL')}"
    bag = f"bag {amount(payload.volume_ml, 'mL')}, rate {amount(payload.rate_ml_per_h, 'mL/h')}"
    lot = f", lot {said(payload.lot)}" if payload.lot.strip() else ""
    return f"Dose drawn: {amount(payload.dose_mg, 'mg')}, {draw}; {bag}{lot}"


def _line(_: Wording, payload: Any) -> str:
    parts = (payload.limb, payload.place, payload.gauge)
    return f"Line placed: {', '.join(said(part) for part in parts if part.strip())}"


def _score(_: Wording, payload: Any) -> str:
    name, total = score(payload)
    return f"{name}: {total}"


def _unwanted(_: Wording, payload: Any) -> str:
    serious = ", serious" if payload.is_serious else ""
    noted = f"Adverse event: {said(payload.term)}, CTCAE grade {payload.grade}{serious}"
    return _with(noted, payload.note)


def _rescue(_: Wording, payload: Any) -> str:
    dose = amount(payload.dose, payload.unit)
    return f"Rescue: {said(payload.drug)} {dose} {said(payload.route)}, for {said(payload.trigger)}"


def _stopped(wording: Wording, payload: Any) -> str:
    claimed = (
        payload.claimed_at and f"The tablet's clock said {wording.clock.full(payload.claimed_at)}"
    )
    return _with(_reason("Stopped", payload.reason), claimed or "")


def _left(_: Wording, payload: Any) -> str:
    told = "given" if payload.instructions_given else "not given"
    escort = f"{said(payload.escort_name)} ({said(payload.escort_relation)})"
    return f"Handed over to {escort}, instructions {told}"


def _reading(title: str) -> Callable[[Wording, Any], str]:
    return lambda _, payload: f"{title}: {measured(payload.reading)}"


_SENTENCES: Mapping[Kind, Callable[[Wording, Any], str]] = {
    Kind.CHECKED_IN: lambda _, payload: (
        f"Checked in: order {said(payload.order_number)}, {said(payload.protocol)}, "
        f"visit {payload.visit_number}"
    ),
    Kind.GATE_CONFIRMED: _confirmed("Start check", Kind.GATE_CONFIRMED),
    Kind.WEIGHT_TAKEN: _weighed,
    Kind.DOSE_DRAWN: _drawn,
    Kind.DOSE_CHECKED: lambda _, payload: _with(
        "Dose checked by a second person", payload.statement
    ),
    Kind.LINE_PLACED: _line,
    Kind.STARTED: _at_rate("Started at"),
    Kind.RATE_CHANGED: _at_rate("Rate changed to"),
    Kind.RESUMED: _at_rate("Resumed at"),
    Kind.HELD: lambda _, payload: _reason("Held", payload.reason),
    Kind.BOLUS_GIVEN: lambda _, payload: f"Bolus {amount(payload.dose_mg, 'mg')} from the bag",
    Kind.READING_ENTERED: _reading("Reading"),
    Kind.SCORE_TAKEN: _score,
    Kind.COMFORT_CHANGED: lambda _, payload: (
        f"Comfort: {payload.what.replace('_', ' ')}: {said(payload.setting)}"
    ),
    Kind.ADVERSE_EVENT_NOTED: _unwanted,
    Kind.RESCUE_GIVEN: _rescue,
    Kind.STOPPED: _stopped,
    Kind.CALLED_OFF: lambda _, payload: _reason("No infusion today", payload.reason),
    Kind.RECOVERY_READING_ENTERED: _reading("Recovery reading"),
    Kind.DISCHARGE_CONFIRMED: _confirmed("Discharge check", Kind.DISCHARGE_CONFIRMED),
    Kind.HANDED_OVER: _left,
    Kind.SIGNED: lambda _, payload: f"Signed by {said(payload.name)}, {said(payload.role)}",
    Kind.AMENDED: lambda _, payload: _reason("Amended", payload.reason),
}
