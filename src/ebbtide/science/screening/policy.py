"""The screening protocol of a site: limits, catalogue, interactions and tests, as approved data."""

from dataclasses import dataclass, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from ebbtide.science.findings import Severity
from ebbtide.science.screening.contraindication import Contraindication
from ebbtide.science.screening.contraindications import CATALOGUE
from ebbtide.science.screening.defaults import SOURCES
from ebbtide.science.screening.facts import Condition, Test
from ebbtide.science.screening.gate import GATE_PRESETS, GateLimits
from ebbtide.science.screening.interactions import CLASSES, DrugClass
from ebbtide.science.screening.mme import DEFAULT_MME_LIMITS, MmeLimits
from ebbtide.science.screening.parts import Grade, Source, Tag
from ebbtide.science.screening.stored import read_back, written
from ebbtide.science.screening.suicidality import ROUTES, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Fasting:
    """Hours that must have passed since each was taken.

    Attributes:
        clear_liquid_hours: Water, tea, juice without pulp.
        light_meal_hours: Toast and the like.
        fatty_meal_hours: Anything fried or fatty, or meat.
    """

    clear_liquid_hours: Decimal = Decimal(2)
    light_meal_hours: Decimal = Decimal(6)
    fatty_meal_hours: Decimal = Decimal(8)

    def __post_init__(self) -> None:
        """Refuse a fast of less than nothing."""
        if any(getattr(self, each.name) < 0 for each in fields(self)):
            raise ValueError("the hours of a fast are 0 or more")


FASTING_PRESETS: Final = MappingProxyType(
    {
        "asa": Fasting(),
        "clinic-4-2": Fasting(light_meal_hours=Decimal(4), fatty_meal_hours=Decimal(4)),
        "spravato": Fasting(
            clear_liquid_hours=Decimal("0.5"),
            light_meal_hours=Decimal(2),
            fatty_meal_hours=Decimal(2),
        ),
    }
)
"""Fasts in use, to choose from when a protocol is drawn up.

Source: asa_fasting (recalled), clinic_practice (4 h and 2 h), spravato_label (2 h and 30 min,
    recalled)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenLimits:
    """The numbers of a screen.

    Attributes:
        min_age_years: Younger is for the site's policy.
        older_age_years: From this age a lower dose is considered.
        review_bmi_kg_per_m2: From this index anaesthesia reviews.
        infarction_weeks: A myocardial infarction is recent for this long.
        pregnancy_test_days: A test is no older than this.
        consent_months: Consent is no older than this.
        min_escort_years: Age from which an escort is an adult.
        diazepam_equivalent_mg_per_day: Above it benzodiazepines blunt the effect on mood.
        fasting: Hours since each was taken.
        mme: Flags of the opioid total.
    """

    min_age_years: int = 18
    older_age_years: int = 65
    review_bmi_kg_per_m2: Decimal = Decimal(40)
    infarction_weeks: int = 6
    pregnancy_test_days: int = 7
    consent_months: int = 12
    min_escort_years: int = 18
    diazepam_equivalent_mg_per_day: Decimal = Decimal(8)
    fasting: Fasting = Fasting()
    mme: MmeLimits = DEFAULT_MME_LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class TestNeed:
    """A test, and the conditions that call for it; no test is needed by everyone.

    Attributes:
        test: Which.
        conditions: Any of these calls for it.
        is_for_series: Planning a series calls for it.
        severity: What a missing one does.
        clinical: What is done.
        reference: Key of the bibliography.
        tag: How it came to be known.
        grade: Certainty of the evidence.
    """

    __test__ = False  # pytest takes the name for a class of tests

    test: Test
    conditions: tuple[Condition, ...]
    is_for_series: bool
    severity: Severity
    clinical: str
    reference: str
    tag: Tag
    grade: Grade = Grade.NONE

    @property
    def code(self) -> str:
        """Of the finding when it was not done."""
        return f"screen.{self.test}_missing"


TESTS: Final = (
    TestNeed(
        test=Test.ECG,
        conditions=(Condition.CARDIOVASCULAR_RISK, Condition.MYOCARDIAL_INFARCTION),
        is_for_series=False,
        severity=Severity.OVERRIDE,
        clinical="ECG before the first infusion: cardiovascular risk.",
        reference="cohen2018",
        tag=Tag.RECALLED,
    ),
    TestNeed(
        test=Test.LIVER_TESTS,
        conditions=(Condition.LIVER_DISEASE,),
        is_for_series=True,
        severity=Severity.OVERRIDE,
        clinical="Liver tests, alkaline phosphatase and gamma-GT among them, as a baseline: "
        "liver risk or repeated use.",
        reference="openfda_ketamine",
        tag=Tag.READ,
    ),
    TestNeed(
        test=Test.URINE_DRUG_SCREEN,
        conditions=(Condition.MISUSE_RISK,),
        is_for_series=False,
        severity=Severity.OVERRIDE,
        clinical="Urine drug screen: risk of misuse.",
        reference="sanacora2017",
        tag=Tag.RECALLED,
    ),
)


def _source(name: str, reference: str, tag: Tag, note: str = "") -> Source:
    return Source(item=f"screen.{name}", tag=tag, grade=Grade.NONE, reference=reference, note=note)


LIMIT_SOURCES: Final = (
    _source("min_age_years", "clinic_practice", Tag.SYNTHESIS),
    _source("older_age_years", "clinic_practice", Tag.SYNTHESIS),
    _source("review_bmi_kg_per_m2", "clinic_practice", Tag.SYNTHESIS),
    _source("infarction_weeks", "spravato_label", Tag.RECALLED),
    _source("pregnancy_test_days", "clinic_practice", Tag.SYNTHESIS),
    _source("consent_months", "clinic_practice", Tag.SYNTHESIS),
    _source("min_escort_years", "clinic_practice", Tag.SYNTHESIS),
    _source(
        "diazepam_equivalent_mg_per_day", "andrashko2020", Tag.READ, "About 8 mg a day; not sharp."
    ),
    _source("fasting", "asa_fasting", Tag.RECALLED, "The label asks that it was kept."),
    _source("mme", "dowell2022", Tag.READ, "90 is the older flag; a fall of 20% is recalled."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenProtocol:
    """One version of a site's screening protocol, never changed once approved.

    Attributes:
        name: What the clinic calls it.
        version: Counted up with each approval.
        limits: The numbers.
        gate: The start gate that today's signs are held to.
        contraindications: The catalogue; a site may change an entry, not drop one.
        classes: Interactions by drug class.
        tests: Tests by risk.
        routes: Where the result of a suicide-risk instrument leads.
        sources: Where the limits, and those of the gate, come from.
    """

    name: str = "Screening before ketamine"
    version: int = 1
    limits: ScreenLimits = ScreenLimits()
    gate: GateLimits = GATE_PRESETS["standard"]
    contraindications: tuple[Contraindication, ...] = CATALOGUE
    classes: tuple[DrugClass, ...] = CLASSES
    tests: tuple[TestNeed, ...] = TESTS
    routes: tuple[Route, ...] = ROUTES
    sources: tuple[Source, ...] = (
        *LIMIT_SOURCES,
        *(source for source in SOURCES if source.item.startswith("gate.")),
    )

    def __post_init__(self) -> None:
        """Refuse what lost an entry or a route, and limits without a source."""
        codes = [entry.code for entry in self.contraindications]
        if sorted(codes) != sorted(entry.code for entry in CATALOGUE):
            raise ValueError("contraindications: each entry of the catalogue stands once")
        if sorted(map(_led_from, self.routes)) != sorted(map(_led_from, ROUTES)):
            raise ValueError("routes: each result of each instrument leads to one place")
        named = {source.item for source in self.sources}
        wanted = {f"screen.{each.name}" for each in fields(self.limits)}
        if missing := sorted(wanted - named):
            raise ValueError(f"no source is given for {', '.join(missing)}")

    def to_json(self) -> str:
        """The protocol as JSON text, the same for the same protocol."""
        return written(self)

    @classmethod
    def from_json(cls, text: str) -> "ScreenProtocol":
        """Read a protocol back, strictly.

        Raises:
            ValueError: A key is unknown, missing or given twice, a value has the wrong
                type or form, an entry was dropped or a limit has no source.
        """
        return read_back(cls, text, named="screen")

    def entry(self, code: str) -> Contraindication:
        """The entry of the catalogue with a code.

        Raises:
            KeyError: There is none.
        """
        for entry in self.contraindications:
            if entry.code == code:
                return entry
        raise KeyError(code)


def _led_from(route: Route) -> tuple[str, str]:
    return route.instrument, route.result


DEFAULT_SCREEN: Final = ScreenProtocol()
