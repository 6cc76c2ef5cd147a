"""Orders that are not so many mg/kg over so many minutes: by the hour, in all, after a bolus."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from ebbtide.science.dosing.body_size import UNKNOWN_BODY, Body
from ebbtide.science.dosing.rate import check_bolus
from ebbtide.science.dosing.setting import check_speed
from ebbtide.science.dosing.site import DEFAULT_SITE, SiteSettings, check_figures
from ebbtide.science.dosing.titration import check_indication
from ebbtide.science.dosing.weight import check_body
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import (
    Number,
    choice,
    exactly,
    in_28_digits,
    positive,
    round_down,
    shown_beside,
)


class Counted(StrEnum):
    """What the minutes of an infusion after a bolus count."""

    AFTER_BOLUS = "after-bolus"
    WITH_BOLUS = "with-bolus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What an order gives, before a bag is chosen; nothing is rounded.

    Attributes:
        bolus_mg: Drug given first; 0 without a bolus.
        bolus_minutes: Its time.
        infusion_mg: Drug in the infusion after it.
        infusion_minutes: Time of the infusion.
        weight_kg: The weight it was worked out with.
        findings: Every reason at once.
    """

    bolus_mg: Decimal
    bolus_minutes: Decimal
    infusion_mg: Decimal
    infusion_minutes: Decimal
    weight_kg: Decimal
    findings: tuple[Finding, ...]

    @property
    def mg_per_min(self) -> Decimal:
        """Rate of the infusion."""
        return self.infusion_mg / self.infusion_minutes

    @property
    def mg_per_h(self) -> Decimal:
        """Rate of the infusion."""
        return self.infusion_mg * 60 / self.infusion_minutes

    @property
    def mg_per_kg_per_h(self) -> Decimal:
        """Rate of the infusion by weight."""
        return self.mg_per_h / self.weight_kg

    @property
    def total_mg(self) -> Decimal:
        """Drug in all."""
        return self.bolus_mg + self.infusion_mg

    @property
    def total_mg_per_kg(self) -> Decimal:
        """Drug in all by weight."""
        return self.total_mg / self.weight_kg

    def rate_ml_per_h(self, *, final_mg_per_ml: Decimal, step_ml_per_h: Decimal) -> Decimal:
        """The infusion's rate as a pump can be set to it, down, at a strength in the bag.

        Raises:
            ValueError: Strength or step is not positive.
        """
        strength = positive("final_mg_per_ml", final_mg_per_ml)
        return round_down(self.mg_per_h / strength, step=positive("step_ml_per_h", step_ml_per_h))


@in_28_digits
def bolus_and_infusion(
    *,
    weight_kg: Number,
    bolus_mg_per_kg: Number,
    bolus_minutes: Number,
    mcg_per_kg_per_min: Number,
    minutes: Number,
    counted: Counted = Counted.AFTER_BOLUS,
    indication: str = "",
    body: Body = UNKNOWN_BODY,
    site: SiteSettings = DEFAULT_SITE,
) -> Course:
    """A bolus, then a rate by weight.

    Raises:
        ValueError: A figure is no number or out of range, or the bolus takes all the time.

    Source: nikolajsen1996 (0.1 mg/kg over 5 min, then 7 micrograms/kg/min)
    """
    kg = positive("weight_kg", weight_kg)
    bolus_mg = positive("bolus_mg_per_kg", bolus_mg_per_kg) * kg
    first_min, whole_min = positive("bolus_minutes", bolus_minutes), positive("minutes", minutes)
    left_min = whole_min - (
        first_min if choice("counted", counted, Counted) is Counted.WITH_BOLUS else 0
    )
    if left_min <= 0:
        raise ValueError(
            f"minutes must be above the {exactly(first_min)} min of the bolus, not {minutes!r}"
        )
    course = Course(
        bolus_mg=bolus_mg,
        bolus_minutes=first_min,
        infusion_mg=positive("mcg_per_kg_per_min", mcg_per_kg_per_min) * kg * left_min / 1000,
        infusion_minutes=left_min,
        weight_kg=kg,
        findings=(),
    )
    return _judged(course, body, site, indication, tuple(_check_first(course, site)))


@in_28_digits
def hourly(
    *,
    weight_kg: Number,
    mg_per_kg_per_h: Number,
    max_mg_per_h: Number,
    hours: Number,
    indication: str = "",
    body: Body = UNKNOWN_BODY,
    site: SiteSettings = DEFAULT_SITE,
) -> Course:
    """A rate by weight and hour, at most so many mg/h.

    Raises:
        ValueError: A figure is no number or out of range.

    Source: cohen2018 (by the hour, over hours)
    """
    kg = positive("weight_kg", weight_kg)
    ordered_mg_per_h = positive("mg_per_kg_per_h", mg_per_kg_per_h) * kg
    most_mg_per_h = positive("max_mg_per_h", max_mg_per_h)
    whole_h = positive("hours", hours)
    course = _infusion(kg, min(ordered_mg_per_h, most_mg_per_h) * whole_h, whole_h * 60)
    capped = tuple(_check_cap(ordered_mg_per_h, most_mg_per_h, kg, site))
    return _judged(course, body, site, indication, capped)


@in_28_digits
def total_over(
    *,
    weight_kg: Number,
    dose_mg: Number,
    minutes: Number,
    indication: str = "",
    body: Body = UNKNOWN_BODY,
    site: SiteSettings = DEFAULT_SITE,
) -> Course:
    """So many mg in all over a time.

    Raises:
        ValueError: A figure is no number or out of range.

    Source: cohen2018 (80 mg or more over 2 h or more)
    """
    course = _infusion(
        positive("weight_kg", weight_kg),
        positive("dose_mg", dose_mg),
        positive("minutes", minutes),
    )
    return _judged(course, body, site, indication, ())


def _infusion(weight_kg: Decimal, infusion_mg: Decimal, minutes: Decimal) -> Course:
    return Course(
        bolus_mg=Decimal(0),
        bolus_minutes=Decimal(0),
        infusion_mg=infusion_mg,
        infusion_minutes=minutes,
        weight_kg=weight_kg,
        findings=(),
    )


def _judged(
    course: Course,
    body: Body,
    site: SiteSettings,
    indication: str,
    findings: tuple[Finding, ...],
) -> Course:
    """The course with every reason against it: body, its own, speed, totals, what is usual."""
    minutes, kg = course.infusion_minutes, course.weight_kg
    figures = {
        "mg_per_kg": course.total_mg_per_kg,
        "dose_mg": course.total_mg,
        "minutes": minutes,
        "mg_per_min": course.mg_per_min,
        "mcg_per_kg_per_min": course.mg_per_min * 1000 / kg,
    }
    return replace(
        course,
        findings=(
            *check_body(kg, body=body, limits=site.weight),
            *findings,
            *check_speed(course.mg_per_min, weight_kg=kg, limits=site.dose, field="minutes"),
            *_check_total(course, site),
            *check_figures(figures, bounds=site.bounds),
            *check_indication(
                course.total_mg_per_kg,
                minutes=course.bolus_minutes + minutes,
                indication=indication,
            ),
        ),
    )


def _check_total(course: Course, site: SiteSettings) -> Iterator[Finding]:
    limits = site.dose
    by_weight = course.total_mg_per_kg
    for value, most, unit, item, field in (
        (course.total_mg, limits.max_mg, "mg in one visit", "max_mg", "dose_mg"),
        (by_weight, limits.max_mg_per_kg, "mg/kg in one visit", "max_mg_per_kg", "mg_per_kg"),
        (course.infusion_minutes, limits.max_minutes, "min", "max_minutes", "minutes"),
    ):
        if value > most:
            message = (
                f"{shown_beside(value, most)} is above {exactly(most)} {unit}; it needs a reason."
            )
            yield Finding(
                f"course.{item}", Severity.OVERRIDE, message, field=field, source=f"dose.{item}"
            )
    if by_weight > limits.block_mg_per_kg:
        most = limits.block_mg_per_kg
        message = f"{shown_beside(by_weight, most)} mg/kg is above {exactly(most)} mg/kg."
        yield Finding(
            "dose.too_high",
            Severity.BLOCK,
            message,
            field="mg_per_kg",
            source="dose.block_mg_per_kg",
        )


def _check_first(course: Course, site: SiteSettings) -> Iterator[Finding]:
    yield from check_bolus(
        course.bolus_mg,
        minutes=course.bolus_minutes,
        weight_kg=course.weight_kg,
        given_mg=Decimal(0),
        left_mg=course.bolus_mg,
        limits=site.dose,
    )
    figures = {
        "bolus_mg_per_kg": course.bolus_mg / course.weight_kg,
        "bolus_minutes": course.bolus_minutes,
    }
    yield from check_figures(figures, bounds=site.bounds)


def _check_cap(
    ordered_mg_per_h: Decimal, most_mg_per_h: Decimal, weight_kg: Decimal, site: SiteSettings
) -> Iterator[Finding]:
    """Hold order and ceiling each to the limits: a slip in one must not hide behind the other."""
    if ordered_mg_per_h > most_mg_per_h:
        message = (
            f"{shown_beside(ordered_mg_per_h, most_mg_per_h)} mg/h by weight; "
            f"the order's ceiling of {exactly(most_mg_per_h)} mg/h holds."
        )
        yield Finding(
            "dose.capped", Severity.NOTICE, message, field="mg_per_kg_per_h", source="order"
        )
        figures = {"mcg_per_kg_per_min": ordered_mg_per_h * 1000 / 60 / weight_kg}
    else:
        figures = {"mg_per_min": most_mg_per_h / 60}
    yield from check_figures(figures, bounds=site.bounds)
