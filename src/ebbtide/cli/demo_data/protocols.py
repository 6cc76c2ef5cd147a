"""The approved protocols and what is ordered under them, by indication."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ebbtide.clinic.people.models import User
from ebbtide.clinic.plans.models import ProtocolVersion
from ebbtide.science.dosing.pump import DoseOrder, Stock
from ebbtide.science.screening.parts import Grade, Source, Tag
from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL, Protocol

USUAL_STOCK = Stock(mg_per_ml=Decimal(50), vial_ml=Decimal(10))


@dataclass(frozen=True, slots=True)
class Regimen:
    """How an indication is treated in this group.

    Attributes:
        dose: Limits that differ from the default protocol's, by name.
        reference: Key of the bibliography that stands behind them.
        note: What the director should know of them.
    """

    name: str
    goal: str
    visits: int
    days_between: int
    mg_per_kg: str
    minutes: int
    bag_ml: int
    max_dose_mg: int
    dose: dict[str, str]
    reference: str
    note: str

    def order(self, *, mg_per_kg: str = "", minutes: int = 0) -> DoseOrder:
        """The order as the prescribers write it, or one for another dose or time."""
        return DoseOrder(
            mg_per_kg=Decimal(mg_per_kg or self.mg_per_kg),
            minutes=Decimal(minutes or self.minutes),
            stock=USUAL_STOCK,
            bag_ml=Decimal(self.bag_ml),
            max_dose_mg=Decimal(self.max_dose_mg),
        )

    def protocol(self) -> Protocol:
        """The default protocol with this indication's own limits."""
        limits: dict[str, Any] = {name: Decimal(value) for name, value in self.dose.items()}
        return replace(
            DEFAULT_PROTOCOL,
            name=self.name,
            dose=replace(DEFAULT_PROTOCOL.dose, **limits),
            sources=tuple(self._source(source) for source in DEFAULT_PROTOCOL.sources),
        )

    def _source(self, source: Source) -> Source:
        if source.item.removeprefix("dose.") not in self.dose:
            return source
        return Source(
            item=source.item,
            tag=Tag.SYNTHESIS,
            grade=Grade.NONE,
            reference=self.reference,
            note=self.note,
        )


REGIMENS = {
    "plp": Regimen(
        "Phantom limb pain, 45 minutes", "Phantom pain 4 or less on most days", 6, 4,
        "0.5", 45, 100, 60, {"max_mg_per_kg": "0.5", "max_minutes": "60"},
        "nikolajsen1996", "Trials gave 0.38 to 0.42 mg/kg in all; a series is by analogy.",
    ),
    "trd": Regimen(
        "Depression, 40 minutes", "PHQ-9 halved by the sixth visit", 6, 3,
        "0.5", 40, 50, 100, {"max_minutes": "50"},
        "mgh_series", "Up to 1.0 mg/kg; slower, 45 min, above 0.5 mg/kg.",
    ),
    "anxiety": Regimen(
        "Anxiety, 40 minutes", "Leaves the house alone", 6, 4,
        "0.4", 40, 50, 80, {"min_mg_per_kg": "0.25", "max_minutes": "50"},
        "clinic_practice", "0.25 to 1.0 mg/kg in use.",
    ),
    "ptsd": Regimen(
        "PTSD, 40 minutes", "Sleeps through four nights of seven", 6, 3,
        "0.5", 40, 50, 60,
        {"min_mg_per_kg": "0.2", "max_mg_per_kg": "0.5", "max_minutes": "50"},
        "clinic_practice", "0.2 to 0.5 mg/kg in trials.",
    ),
    "suicidality": Regimen(
        "Acute suicidality, 40 minutes", "Safe at home with the emergency plan", 2, 1,
        "0.5", 40, 50, 60,
        {"min_mg_per_kg": "0.2", "max_mg_per_kg": "0.5", "max_minutes": "50"},
        "sanacora2017", "0.2 to 0.5 mg/kg, once or twice, beside an emergency plan.",
    ),
    "chronic_pain": Regimen(
        "Chronic pain, 2 hours", "Walks 20 minutes a day", 5, 7,
        "0.7", 120, 100, 50, {"max_mg_per_kg_per_h": "0.35", "max_minutes": "240"},
        "cohen2018", "0.35 mg/kg/h, at most 25 mg/h, over 2 to 4 h.",
    ),
}  # fmt: skip


def approve(*, director: User, now: datetime) -> dict[str, ProtocolVersion]:
    """Approve every protocol; the one for phantom limb pain replaced a looser first version."""
    first = replace(DEFAULT_PROTOCOL, name="Phantom limb pain, 40 minutes")
    bodies = [("plp", 1, first)]
    bodies += [
        (indication, 2 if indication == "plp" else 1, regimen.protocol())
        for indication, regimen in REGIMENS.items()
    ]
    rows = [
        ProtocolVersion(
            indication=indication,
            version=version,
            body=protocol.to_json(),
            approved_by=director,
            approved_at=now - timedelta(days=430 - 30 * version),
        )
        for indication, version, protocol in bodies
    ]
    return {row.indication: row for row in ProtocolVersion.objects.bulk_create(rows)}
