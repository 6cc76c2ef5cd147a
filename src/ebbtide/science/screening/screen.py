"""Every reason not to give ketamine, or not yet, from what is known about a patient."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.screening.contraindication import Part
from ebbtide.science.screening.drugs import BENZODIAZEPINES, OPIOIDS, is_any_of
from ebbtide.science.screening.facts import ChildPugh, Condition, Facts, HcgResult, Taken
from ebbtide.science.screening.gate import start_gate
from ebbtide.science.screening.interactions import interactions
from ebbtide.science.screening.mme import mme
from ebbtide.science.screening.policy import DEFAULT_SCREEN, ScreenProtocol
from ebbtide.science.screening.suicidality import suicide_route
from ebbtide.science.units import exactly
from ebbtide.science.vitals.baseline import Baseline


@dataclass(frozen=True, slots=True)
class _Hit:
    """An entry of the catalogue that the facts trigger, with the value and its limit."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Unasked:
    """A fact not asked, and the entries that wait for it."""

    field: str
    words: str
    codes: tuple[str, ...]


def screen(
    facts: Facts,
    *,
    on: date,
    protocol: ScreenProtocol = DEFAULT_SCREEN,
    parts: Collection[Part] = tuple(Part),
) -> tuple[Finding, ...]:
    """Every finding at once, worst first; what was not asked is a finding too, and comes after.

    What was not asked weighs as much as the worst answer would. Learning a fact takes
    away nothing but its own "not asked yet".

    Args:
        facts: What is known.
        on: The day of the infusion, or of the screen.
        protocol: Approved limits and catalogue.
        parts: HISTORY alone before a day is set; TODAY alone is never enough to start.

    Raises:
        ValueError: A day of the facts lies after `on`.
    """
    _refuse_days_to_come(facts, on)
    found = [*_catalogue(facts, protocol, on, parts), *_medicines(facts, protocol)]
    if Part.HISTORY in parts:
        found += _tests(facts, protocol)
    if Part.TODAY in parts:
        found += _suicide(facts, protocol)
        found += _signs(facts, protocol)
    return tuple(sorted(found, key=_rank))


_ORDER: Final = tuple(Severity)
_NOT_ASKED: Final = "_not_asked"


def _rank(finding: Finding) -> tuple[int, bool]:
    """Worst first, and what is known before what was not asked."""
    return -_ORDER.index(finding.severity), finding.code.endswith(_NOT_ASKED)


def _refuse_days_to_come(facts: Facts, on: date) -> None:
    for name in ("myocardial_infarction_on", "hcg_on", "consent_on"):
        day: date | None = getattr(facts, name)
        if day is not None and day > on:
            raise ValueError(f"{name}: {day} is not allowed; up to {on}")


def _catalogue(
    facts: Facts, protocol: ScreenProtocol, on: date, parts: Collection[Part]
) -> Iterator[Finding]:
    rules = (
        _conditions(facts, protocol),
        _person(facts, protocol),
        _infarction(facts, protocol, on),
        _liver(facts),
        _pregnancy(facts, protocol, on),
        _consent(facts, protocol, on),
        _escort(facts, protocol),
        _fasting(facts, protocol),
        _item9(facts),
    )
    for said in (each for rule in rules for each in rule):
        codes = said.codes if isinstance(said, _Unasked) else (said.code,)
        if protocol.entry(codes[0]).part in parts:
            yield _finding(said, protocol)


def _finding(said: _Hit | _Unasked, protocol: ScreenProtocol) -> Finding:
    if isinstance(said, _Hit):
        entry = protocol.entry(said.code)
        detail = f" ({said.detail})." if said.detail else "."
        message = f"{entry.clinical.removesuffix('.')}{detail}"
        return Finding(
            entry.code, entry.severity, message, field=entry.fact, source=entry.reference
        )
    entries = [protocol.entry(code) for code in said.codes]
    worst = max(entries, key=lambda entry: _ORDER.index(entry.severity))
    return _not_asked(said.field, said.words, worst.severity, worst.reference)


def _not_asked(field: str, words: str, severity: Severity, source: str) -> Finding:
    code = f"screen.{field.rpartition('.')[2]}{_NOT_ASKED}"
    message = f"Not asked yet: {words.rstrip('.')}."
    return Finding(code, severity, message, field=field, source=source)


# What a condition that is no contraindication in itself leads on to.
_LEADS_TO: Final = {
    Condition.MYOCARDIAL_INFARCTION: "screen.recent_myocardial_infarction",
    Condition.LIVER_DISEASE: "screen.severe_hepatic_impairment",
}
# These call for tests and nothing else; see `_tests`.
_RISKS: Final = (Condition.CARDIOVASCULAR_RISK, Condition.MISUSE_RISK)


def _conditions(facts: Facts, protocol: ScreenProtocol) -> Iterator[_Hit | _Unasked]:
    by_fact = {entry.fact: entry.code for entry in protocol.contraindications}
    for condition in Condition:
        if condition in _RISKS:
            continue
        field = f"conditions.{condition}"
        answer = facts.conditions.get(condition)
        if answer is None:
            code = _LEADS_TO.get(condition) or by_fact[field]
            yield _Unasked(field, condition.label, (code,))
        elif answer and field in by_fact:
            yield _Hit(by_fact[field])


def _person(facts: Facts, protocol: ScreenProtocol) -> Iterator[_Hit | _Unasked]:
    limits = protocol.limits
    age, bmi = facts.age_years, facts.bmi_kg_per_m2
    if age is None:
        yield _Unasked("age_years", "age", ("screen.under_age", "screen.older_age"))
    elif age < limits.min_age_years:
        yield _Hit("screen.under_age", f"age {age} years, under {limits.min_age_years}")
    elif age >= limits.older_age_years:
        yield _Hit("screen.older_age", f"age {age} years, {limits.older_age_years} or more")
    if bmi is None:
        yield _Unasked("bmi_kg_per_m2", "weight and height", ("screen.high_bmi",))
    elif bmi >= limits.review_bmi_kg_per_m2:
        most = exactly(limits.review_bmi_kg_per_m2)
        yield _Hit("screen.high_bmi", f"BMI {exactly(bmi)} kg/m², {most} or more")


def _infarction(facts: Facts, protocol: ScreenProtocol, on: date) -> Iterator[_Hit | _Unasked]:
    code, weeks = "screen.recent_myocardial_infarction", protocol.limits.infarction_weeks
    day = facts.myocardial_infarction_on
    if day is None:
        if facts.conditions.get(Condition.MYOCARDIAL_INFARCTION):
            yield _Unasked("myocardial_infarction_on", "day of the myocardial infarction", (code,))
    elif on < day + timedelta(weeks=weeks):
        yield _Hit(code, f"{(on - day).days} days ago, less than {weeks} weeks")


def _liver(facts: Facts) -> Iterator[_Hit | _Unasked]:
    severe, moderate = "screen.severe_hepatic_impairment", "screen.moderate_hepatic_impairment"
    if facts.child_pugh is None:
        if facts.conditions.get(Condition.LIVER_DISEASE):
            words = "Child-Pugh class of the liver disease"
            yield _Unasked("child_pugh", words, (severe, moderate))
    elif facts.child_pugh is ChildPugh.C:
        yield _Hit(severe, "Child-Pugh C")
    elif facts.child_pugh is ChildPugh.B:
        yield _Hit(moderate, "Child-Pugh B")


def _pregnancy(facts: Facts, protocol: ScreenProtocol, on: date) -> Iterator[_Hit | _Unasked]:
    positive, old = "screen.hcg_positive", "screen.hcg_old"
    if facts.hcg is HcgResult.POSITIVE:
        yield _Hit(positive)
    if facts.can_be_pregnant is None:
        yield _Unasked("can_be_pregnant", "whether pregnancy is possible", (positive, old))
    if not facts.can_be_pregnant:
        return
    days = protocol.limits.pregnancy_test_days
    if facts.hcg is None:
        yield _Unasked("hcg", "pregnancy test", (positive, old))
    if facts.hcg_on is None:
        yield _Unasked("hcg_on", "day of the pregnancy test", (old,))
    elif (on - facts.hcg_on).days > days:
        yield _Hit(old, f"{(on - facts.hcg_on).days} days old, more than {days}")


def _consent(facts: Facts, protocol: ScreenProtocol, on: date) -> Iterator[_Hit | _Unasked]:
    given, months = facts.has_consent, protocol.limits.consent_months
    if given is None:
        yield _Unasked("has_consent", "written consent", ("screen.no_consent",))
    elif not given:
        yield _Hit("screen.no_consent")
    if facts.consent_on is not None and on > _months_after(facts.consent_on, months):
        yield _Hit("screen.consent_old", f"given on {facts.consent_on}, over {months} months ago")
    elif facts.consent_on is None and given:
        yield _Unasked("consent_on", "day of the consent", ("screen.consent_old",))
    if facts.consent_covers_order is False:
        yield _Hit("screen.consent_changed")
    elif facts.consent_covers_order is None and given:
        words = "whether consent covers today's dose, indication and prescriber"
        yield _Unasked("consent_covers_order", words, ("screen.consent_changed",))


def _months_after(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month."""
    whole = day.year * 12 + day.month - 1 + months
    first = date(whole // 12, whole % 12 + 1, 1)
    following = date((whole + 1) // 12, (whole + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def _escort(facts: Facts, protocol: ScreenProtocol) -> Iterator[_Hit | _Unasked]:
    least, years = protocol.limits.min_escort_years, facts.escort_years
    if facts.has_escort is None:
        yield _Unasked("has_escort", "who takes the patient home", ("screen.no_escort",))
    elif not facts.has_escort:
        yield _Hit("screen.no_escort")
    if years is not None and years < least:
        yield _Hit("screen.escort_minor", f"{years} years, under {least}")
    elif years is None and facts.has_escort:
        yield _Unasked("escort_years", "age of the escort", ("screen.escort_minor",))


def _fasting(facts: Facts, protocol: ScreenProtocol) -> Iterator[_Hit | _Unasked]:
    code = "screen.not_fasted"
    for taken in Taken:
        hours = facts.hours_since.get(taken)
        least: Decimal = getattr(protocol.limits.fasting, f"{taken}_hours")
        if hours is None:
            field = f"hours_since.{taken}"
            yield _Unasked(field, f"hours since the last {taken.label}", (code,))
        elif hours < least:
            detail = f"{exactly(hours)} h since the last {taken.label}, under {exactly(least)} h"
            yield _Hit(code, detail)


def _item9(facts: Facts) -> Iterator[_Hit | _Unasked]:
    if facts.suicide_screen is not None:
        return
    if facts.phq9_item9 is None:
        words = "suicide risk, by C-SSRS, ASQ or PHQ-9 item 9"
        yield _Unasked("suicide_screen", words, ("screen.suicide_screen_due",))
    elif facts.phq9_item9 >= 1:
        yield _Hit("screen.suicide_screen_due", f"answered {facts.phq9_item9}")


def _medicines(facts: Facts, protocol: ScreenProtocol) -> Iterator[Finding]:
    if facts.medicines is None:
        yield _not_asked("medicines", "every medicine taken", Severity.BLOCK, "openfda_ketamine")
    else:
        yield from interactions(facts.medicines, classes=protocol.classes)
    yield from _benzodiazepines(facts, protocol)
    yield from _opioids(facts, protocol)


def _benzodiazepines(facts: Facts, protocol: ScreenProtocol) -> Iterator[Finding]:
    most = protocol.limits.diazepam_equivalent_mg_per_day
    load, name = facts.diazepam_equivalent_mg_per_day, "diazepam_equivalent_mg_per_day"
    if load is not None and load > most:
        message = (
            f"Benzodiazepines of {exactly(load)} mg diazepam a day, over {exactly(most)} mg: the "
            "effect on mood may be shorter or blunted. Never stop them abruptly."
        )
        yield Finding(
            "interaction.benzodiazepine_dose",
            Severity.OVERRIDE,
            message,
            field=name,
            source="andrashko2020",
        )
    if load is None and _takes(facts, BENZODIAZEPINES):
        words = "daily benzodiazepine dose as diazepam"
        yield _not_asked(name, words, Severity.OVERRIDE, "andrashko2020")


def _opioids(facts: Facts, protocol: ScreenProtocol) -> Iterator[Finding]:
    if facts.opioids:
        yield from mme(facts.opioids, limits=protocol.limits.mme).findings
    elif _takes(facts, OPIOIDS):
        yield _not_asked("opioids", "doses of all opioids", Severity.OVERRIDE, "dowell2022")


def _takes(facts: Facts, members: Collection[str]) -> bool:
    return any(is_any_of(members, text=name) for name in facts.medicines or ())


def _tests(facts: Facts, protocol: ScreenProtocol) -> Iterator[Finding]:
    for need in protocol.tests:
        for condition in need.conditions:
            if condition in _RISKS and facts.conditions.get(condition) is None:
                words = condition.label
                yield _not_asked(f"conditions.{condition}", words, need.severity, need.reference)
        if need.is_for_series and facts.is_series is None:
            words = "whether more than one infusion is planned"
            yield _not_asked("is_series", words, need.severity, need.reference)
        is_called_for = any(facts.conditions.get(condition) for condition in need.conditions)
        if not is_called_for and not (need.is_for_series and facts.is_series):
            continue
        field = f"tests_done.{need.test}"
        done = facts.tests_done.get(need.test)
        if done is None:
            yield _not_asked(field, need.clinical, need.severity, need.reference)
        elif not done:
            yield Finding(
                need.code, need.severity, need.clinical, field=field, source=need.reference
            )


def _suicide(facts: Facts, protocol: ScreenProtocol) -> tuple[Finding, ...]:
    if facts.suicide_screen is None:
        return ()
    return suicide_route(facts.suicide_screen, routes=protocol.routes)


def _signs(facts: Facts, protocol: ScreenProtocol) -> tuple[Finding, ...]:
    usual = Baseline(
        systolic_mmhg=facts.usual_systolic_mmhg, diastolic_mmhg=facts.usual_diastolic_mmhg
    )
    readings = () if facts.signs is None else (facts.signs,)
    return start_gate(readings, limits=protocol.gate, usual=usual)
