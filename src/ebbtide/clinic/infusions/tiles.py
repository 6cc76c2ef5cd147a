"""Vital signs, limits and pump figures, as the room and the board show them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from math import floor

from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.monitoring.queries import Sampled, milliseconds
from ebbtide.science.screening.protocol import Protocol
from ebbtide.science.visit.state import Status, VisitState

PILLS = {
    Status.CHECKED_IN: "ready",
    Status.RUNNING: "running",
    Status.HELD: "held",
    Status.RECOVERY: "stopped",
    Status.CALLED_OFF: "stopped",
    Status.HANDED_OVER: "stopped",
    Status.SIGNED: "signed",
}


STALE_AFTER_S = 30  # what a monitor sends without a pause is not read as of now any more


@dataclass(frozen=True, slots=True)
class Tile:
    """One vital sign as the page first shows it; the live feed takes over from there."""

    quantity: str
    label: str
    unit: str
    trace: str
    limits: str
    interval_s: int
    value: float | None = None
    second: float | None = None
    at: datetime | None = None
    quality: str = ""
    source: str = ""

    @property
    def shown(self) -> str:
        """The value in whole figures; empty when there is none to show."""
        if self.value is None or self.quality != "ok":
            return ""
        if self.quantity == "spo2":
            return f"{floor(self.value)}"  # never rounded up to a limit
        second = f"/{self.second:.0f}" if self.second is not None else ""
        return f"{self.value:.0f}{second}"

    def not_shown(self, at: datetime) -> str:
        """Why there is no number that holds at a moment, in words; empty when there is one."""
        if self.at is None:
            return "no reading yet"
        age_s = (at - self.at).total_seconds()
        is_continuous = self.quantity != "bp" and self.source == "monitor"
        if age_s > (STALE_AFTER_S if is_continuous else 2 * self.interval_s):
            return f"no {'signal' if is_continuous else 'reading'} for {_lasting(age_s)}"
        return "" if self.shown else "no reading"


def _lasting(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min" if minutes >= 2 else f"{int(seconds)} s"


def tiles(newest: dict[str, Sampled], protocol: Protocol) -> tuple[Tile, ...]:
    """The four vital signs, with the limits of the protocol's green band."""
    limits = plot_limits_of(protocol)
    cuff_s = int(protocol.schedule.infusion_bp_minutes * 60)

    def tile(quantity: str, label: str, unit: str, trace: str, second: str = "") -> Tile:
        sample, other = newest.get(quantity), newest.get(second)
        low, high = (*limits.get(quantity, ()), None, None)[:2]
        return Tile(
            quantity="bp" if second else quantity,
            label=label,
            unit=unit,
            trace=trace,
            limits=_span(low, high),
            interval_s=cuff_s,
            value=sample.value if sample else None,
            second=other.value if other else None,
            at=_moment(sample.at_ms) if sample else None,
            quality=sample.quality if sample else "",
            source=sample.source if sample else "",
        )

    return (
        tile("spo2", "SpO₂", "%", "spo2"),
        tile("pulse", "pulse", "/min", "pulse"),
        tile("systolic", "BP", "mmHg", "bp", second="diastolic"),
        tile("resp", "breaths", "/min", "resp"),
    )


def _span(low: float | None, high: float | None) -> str:
    """The green span of a whole-number sign in words; caution begins at `high` itself."""
    if low is None or high is None:
        return f"from {low:.0f}" if low is not None else ""
    return f"{low:.0f} to {high - 1:.0f}"


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


TILE_OF = {
    "systolic_mmhg": "bp",
    "diastolic_mmhg": "bp",
    "pulse_per_min": "pulse",
    "spo2_percent": "spo2",
    "resp_per_min": "resp",
}


def plot_limits_of(protocol: Protocol) -> dict[str, list[float]]:
    """Where green ends, per charted quantity: low then high, each only where there is one."""
    green = {limit.field: limit for limit in protocol.bands.thresholds}
    limits = {}
    for field, quantity in (*TILE_OF.items(), ("systolic_mmhg", "systolic")):
        limit = green.get(field)
        if limit and quantity != "bp":
            ends = (limit.caution_below, limit.caution_from)
            limits[quantity] = [float(end) for end in ends if end is not None]
    return limits


def plot_limits(visit: Visit) -> dict[str, list[float]]:
    """The limits that a visit's plot draws."""
    return plot_limits_of(visit.order.plan.protocol_version.protocol)


@dataclass(frozen=True, slots=True)
class Readout:
    """The pump's figures at one moment; the page carries them on along the rate."""

    at_ms: int
    rate_ml_per_h: Decimal
    given_mg: Decimal
    dose_mg: Decimal
    mg_per_min: Decimal
    given_ml: Decimal
    ml_per_min: Decimal
    volume_ml: Decimal
    started_at: datetime | None
    ended_at: datetime | None
    empties_at: datetime | None

    @property
    def left_ml(self) -> Decimal:
        """What is still in the bag, mL."""
        return self.volume_ml - self.given_ml


def readout(state: VisitState, *, at: datetime) -> Readout | None:
    """What the pump gives now and has given; None until a dose is drawn."""
    infusion, drawn = state.infusion, state.drawn
    if infusion is None or drawn is None:
        return None
    rate = infusion.rate_ml_per_h(at)
    return Readout(
        at_ms=milliseconds(at),
        rate_ml_per_h=rate,
        given_mg=infusion.given_mg(at),
        dose_mg=drawn.dose_mg,
        mg_per_min=rate * infusion.mg_per_ml / 60,
        given_ml=infusion.given_ml(at),
        ml_per_min=rate / 60,
        volume_ml=infusion.volume_ml,
        started_at=state.started_at,
        ended_at=state.ended_at,
        empties_at=infusion.empties_at(at),
    )
