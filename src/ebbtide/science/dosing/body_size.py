"""Which weight a dose is worked out on: measured, ideal, adjusted; missing limbs included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import (
    CM_PER_IN,
    LEAST,
    Number,
    choice,
    exactly,
    not_negative,
    positive,
    shown,
)

_DEVINE_FROM_IN: Final = Decimal(60)
_OBESE_ABOVE: Final = Decimal(30)


class Sex(StrEnum):
    """The sex that the equations of body size were fitted for."""

    FEMALE = "female"
    MALE = "male"


class LimbSegment(StrEnum):
    """What of a limb is missing, from its end upwards; one per limb."""

    HAND = "hand"
    FOREARM = "forearm-and-hand"
    ARM = "whole-arm"
    FOOT = "foot"
    LOWER_LEG = "lower-leg-and-foot"
    LEG = "whole-leg"


SEGMENT_SHARES: Final = {
    LimbSegment.HAND: Decimal("0.007"),
    LimbSegment.FOREARM: Decimal("0.023"),
    LimbSegment.ARM: Decimal("0.050"),
    LimbSegment.FOOT: Decimal("0.015"),
    LimbSegment.LOWER_LEG: Decimal("0.059"),
    LimbSegment.LEG: Decimal("0.160"),
}
"""Share of whole-body weight.

Source: osterkamp1995; other tables differ, 0.065 below the knee and 0.185 at the hip among them
"""
_UPPER: Final = frozenset({LimbSegment.HAND, LimbSegment.FOREARM, LimbSegment.ARM})


class WeightPolicy(StrEnum):
    """Which weight an order's mg/kg is multiplied with; no guideline settles it.

    Source: sanacora2017
    """

    ACTUAL = "actual"
    IDEAL = "ideal"
    ADJUSTED = "adjusted"
    LESSER_OF = "lesser-of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is known of a patient's body besides today's weight.

    Attributes:
        height_cm: Before any amputation; by knee height or arm span if both legs are missing.
        sex: For ideal and lean weight.
        missing: What of each limb is missing; used for body-mass index and ideal weight
            only, never for the measured weight.
        last_weight_kg: At the last visit or at intake.
    """

    height_cm: Decimal | None = None
    sex: Sex | None = None
    missing: tuple[LimbSegment, ...] = ()
    last_weight_kg: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be a body."""
        for name in ("height_cm", "last_weight_kg"):
            value = getattr(self, name)
            if value is not None:
                positive(name, value)
        # A word that is almost a member would else count for the other sex.
        if self.sex is not None:
            object.__setattr__(self, "sex", choice("sex", self.sex, Sex))
        segments = tuple(choice("missing", part, LimbSegment) for part in self.missing)
        object.__setattr__(self, "missing", segments)
        missing_share(segments)


def missing_share(missing: Sequence[LimbSegment]) -> Decimal:
    """The share of whole-body weight that is missing, 0 to 0.42.

    Raises:
        ValueError: More than two arms or two legs are named.

    Source: osterkamp1995
    """
    arms = sum(segment in _UPPER for segment in missing)
    if arms > 2 or len(missing) - arms > 2:
        raise ValueError("missing names one segment per limb, at most two arms and two legs")
    return sum((SEGMENT_SHARES[segment] for segment in missing), start=Decimal(0))


UNKNOWN_BODY: Final = Body()


def whole_body_kg(weight_kg: Decimal, *, missing: Sequence[LimbSegment] = ()) -> Decimal:
    """What a patient would weigh with the missing limbs; for body-mass index, never for a dose.

    Source: osterkamp1995
    """
    return weight_kg / (1 - missing_share(missing))


def body_mass_index(
    weight_kg: Decimal, *, height_cm: Decimal, missing: Sequence[LimbSegment] = ()
) -> Decimal:
    """Whole-body weight over height squared, kg/m²."""
    return whole_body_kg(weight_kg, missing=missing) * 10_000 / (height_cm * height_cm)


def ideal_weight_kg(
    *, sex: Sex, height_cm: Decimal, missing: Sequence[LimbSegment] = ()
) -> Decimal:
    """Devine's ideal weight less the share of the missing limbs.

    Raises:
        ValueError: The height is too small to give a weight at all.

    Source: devine1974
    """
    base_kg = Decimal(50) if choice("sex", sex, Sex) is Sex.MALE else Decimal("45.5")
    whole_kg = base_kg + Decimal("2.3") * (height_cm / CM_PER_IN - _DEVINE_FROM_IN)
    if whole_kg < LEAST:
        raise ValueError(f"height_cm must be large enough for an ideal weight, not {height_cm}")
    return whole_kg * (1 - missing_share(missing))


def adjusted_weight_kg(weight_kg: Decimal, *, ideal_kg: Decimal) -> Decimal:
    """Ideal weight and four tenths of what is above or below it.

    Source: clinic_practice (adjusted body weight with a factor of 0.4)
    """
    return ideal_kg + Decimal("0.4") * (weight_kg - ideal_kg)


def lean_weight_kg(
    weight_kg: Decimal, *, sex: Sex, height_cm: Decimal, missing: Sequence[LimbSegment] = ()
) -> Decimal:
    """Lean weight, for information; no order is worked out on it.

    Source: janmahasatian2005
    """
    whole_kg = whole_body_kg(weight_kg, missing=missing)
    index = body_mass_index(weight_kg, height_cm=height_cm, missing=missing)
    base, slope = (6680, 216) if choice("sex", sex, Sex) is Sex.MALE else (8780, 244)
    lean_kg = 9270 * whole_kg / (base + slope * index)
    return lean_kg * (1 - missing_share(missing))


@dataclass(frozen=True, slots=True, kw_only=True)
class DosingWeight:
    """The weights of a patient and the one that the order is worked out on.

    Attributes:
        policy: Which of them was asked for.
        used_kg: The one it is worked out on.
        actual_kg: Measured, without prosthesis.
        bmi: Body-mass index of the whole body, kg/m²; None without height.
        ideal_kg: None without height and sex, as all that follow.
        adjusted_kg: Adjusted weight.
        lean_kg: Lean weight, for information.
        findings: Every reason to think again about the choice.
    """

    policy: WeightPolicy
    used_kg: Decimal
    actual_kg: Decimal
    bmi: Decimal | None = None
    ideal_kg: Decimal | None = None
    adjusted_kg: Decimal | None = None
    lean_kg: Decimal | None = None
    findings: tuple[Finding, ...] = ()


def dosing_weight(
    weight_kg: Decimal, *, body: Body, policy: WeightPolicy = WeightPolicy.ACTUAL
) -> DosingWeight:
    """The weight that an order is worked out on.

    Args:
        weight_kg: Measured today without prosthesis, chair or heavy clothing.
        body: Height, sex and missing limbs.
        policy: The order's.

    Raises:
        ValueError: The policy needs a height and sex that are not known.

    Source: clinic_practice (policies)
    """
    policy = choice("weight_policy", policy, WeightPolicy)
    height_cm, sex, missing = body.height_cm, body.sex, body.missing
    if height_cm is None or sex is None:
        if policy is not WeightPolicy.ACTUAL:
            raise ValueError(f"the weight policy {policy.value!r} needs height_cm and sex")
        return DosingWeight(policy=policy, used_kg=weight_kg, actual_kg=weight_kg)
    ideal_kg = ideal_weight_kg(sex=sex, height_cm=height_cm, missing=missing)
    adjusted_kg = adjusted_weight_kg(weight_kg, ideal_kg=ideal_kg)
    weights_kg = {
        WeightPolicy.ACTUAL: weight_kg,
        WeightPolicy.IDEAL: ideal_kg,
        WeightPolicy.ADJUSTED: adjusted_kg,
        WeightPolicy.LESSER_OF: min(weight_kg, ideal_kg),
    }
    bmi = body_mass_index(weight_kg, height_cm=height_cm, missing=missing)
    return DosingWeight(
        policy=policy,
        used_kg=weights_kg[policy],
        actual_kg=weight_kg,
        bmi=bmi,
        ideal_kg=ideal_kg,
        adjusted_kg=adjusted_kg,
        lean_kg=lean_weight_kg(weight_kg, sex=sex, height_cm=height_cm, missing=missing),
        findings=tuple(_check_policy(policy, height_cm=height_cm, bmi=bmi)),
    )


def _check_policy(policy: WeightPolicy, *, height_cm: Decimal, bmi: Decimal) -> Iterator[Finding]:
    if policy is WeightPolicy.ACTUAL:
        return
    if height_cm < _DEVINE_FROM_IN * CM_PER_IN:
        message = (
            f"Ideal weight is not made for heights below {exactly(_DEVINE_FROM_IN * CM_PER_IN)} cm "
            f"({exactly(height_cm)} cm here); a reason from the prescriber is needed."
        )
        yield Finding(
            "weight.short_for_ideal",
            Severity.OVERRIDE,
            message,
            field="height_cm",
            source="devine1974",
        )
    if policy is not WeightPolicy.LESSER_OF and bmi <= _OBESE_ABOVE:
        message = (
            f"Ideal and adjusted weight are meant for a body-mass index above "
            f"{exactly(_OBESE_ABOVE)}; it is {shown(bmi, places=1)}."
        )
        yield Finding(
            "weight.policy_not_meant",
            Severity.NOTICE,
            message,
            field="weight_policy",
            source="clinic_practice",
        )


def weight_without(
    weighed_kg: Number,
    *,
    prosthesis_kg: Number = 0,
    chair_kg: Number = 0,
    clothing_kg: Number = 0,
) -> Decimal:
    """The patient's own weight: none of what was on the scales with them holds drug.

    Raises:
        ValueError: A weight is no number or negative, or nothing is left.
    """
    off_kg = sum(
        (
            not_negative("prosthesis_kg", prosthesis_kg),
            not_negative("chair_kg", chair_kg),
            not_negative("clothing_kg", clothing_kg),
        ),
        start=Decimal(0),
    )
    own_kg = positive("weighed_kg", weighed_kg) - off_kg
    if own_kg <= 0:
        raise ValueError(f"weighed_kg must be above the {exactly(off_kg)} kg taken off")
    return own_kg
