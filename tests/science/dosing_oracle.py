"""The worked dosing cases again, in whole fractions: no code or constant of the project."""

from fractions import Fraction
from math import floor

SHARES = {
    "hand": Fraction(7, 1000),
    "forearm-and-hand": Fraction(23, 1000),
    "whole-arm": Fraction(1, 20),
    "foot": Fraction(3, 200),
    "lower-leg-and-foot": Fraction(59, 1000),
    "whole-leg": Fraction(4, 25),
}


def exact_sheet(case):
    kg, per_kg, strength, vial, bag, minutes = (
        Fraction(case[name])
        for name in ("weight_kg", "mg_per_kg", "stock_mg_per_ml", "vial_ml", "bag_ml", "minutes")
    )
    dose = kg * per_kg
    return _mixture(dose / strength, strength, vial, bag, minutes, case["bag_policy"])


def _mixture(draw, strength, vial, bag, minutes, policy):
    volume = bag + draw if policy == "add" else bag
    vials = -floor(-draw / vial)
    return {
        "dose_mg": draw * strength,
        "draw_ml": draw,
        "final_mg_per_ml": draw * strength / volume,
        "rate_ml_per_h": volume * 60 / minutes,
        "mg_per_min": draw * strength / minutes,
        "vial_remainder_ml": vials * vial - draw,
        "vial_remainder_mg": (vials * vial - draw) * strength,
    }


def rounded_sheet(case):
    exact = exact_sheet(case)
    target = _half_up(exact["dose_mg"], Fraction(1))
    strength = Fraction(case["stock_mg_per_ml"])
    wanted = target / strength
    draw = _half_up(wanted, Fraction(1, 100) if wanted < 1 else Fraction(1, 10))
    made = _mixture(
        draw,
        strength,
        Fraction(case["vial_ml"]),
        Fraction(case["bag_ml"]),
        Fraction(case["minutes"]),
        case["bag_policy"],
    )
    rate = floor(made["rate_ml_per_h"] * 10) * Fraction(1, 10)
    return made | {
        "target_mg": target,
        "deviation_percent": (made["dose_mg"] / exact["dose_mg"] - 1) * 100,
        "rate_ml_per_h": rate,
        "mg_per_min": made["final_mg_per_ml"] * rate / 60,
    }


def _half_up(value, step):
    return floor(value / step + Fraction(1, 2)) * step


def segments(case):
    sheet = rounded_sheet(case["order"])
    bag = Fraction(case["order"]["bag_ml"])
    ran = [
        (Fraction(each["rate_ml_per_h"]), Fraction(each["minutes"])) for each in case["segments"]
    ]
    infused = sum(rate / 60 * minutes for rate, minutes in ran)
    left = (bag - infused) * 60 / Fraction(case["then_ml_per_h"])
    return {
        "infused_ml": infused,
        "left_ml": bag - infused,
        "given_mg": sheet["dose_mg"] * infused / bag,
        "left_mg": sheet["dose_mg"] * (bag - infused) / bag,
        "minutes_left": left,
        "elapsed_minutes": sum(minutes for _, minutes in ran) + left,
    }


def bolus_and_infusion(case):
    kg, minutes = Fraction(case["weight_kg"]), Fraction(case["minutes"])
    if case["counted"] == "with-bolus":
        minutes -= Fraction(case["bolus_minutes"])
    bolus = Fraction(case["bolus_mg_per_kg"]) * kg
    return {"bolus_mg": bolus} | _infusion(
        kg, Fraction(case["mcg_per_kg_per_min"]) * kg / 1000, minutes, bolus
    )


def hourly(case):
    kg = Fraction(case["weight_kg"])
    by_weight, most = Fraction(case["mg_per_kg_per_h"]) * kg, Fraction(case["max_mg_per_h"])
    per_h = min(by_weight, most)
    return _infusion(kg, per_h / 60, Fraction(case["hours"]) * 60, Fraction(0))


def total(case):
    minutes = Fraction(case["minutes"])
    return _infusion(
        Fraction(case["weight_kg"]), Fraction(case["dose_mg"]) / minutes, minutes, Fraction(0)
    )


def _infusion(kg, per_min, minutes, bolus):
    return {
        "mg_per_min": per_min,
        "mg_per_h": per_min * 60,
        "rate_ml_per_h_at_1_mg_per_ml": floor(per_min * 600) * Fraction(1, 10),
        "mg_per_kg_per_h": per_min * 60 / kg,
        "infusion_minutes": minutes,
        "infusion_mg": per_min * minutes,
        "total_mg": bolus + per_min * minutes,
        "total_mg_per_kg": (bolus + per_min * minutes) / kg,
    }


def conversions(case):
    return {
        "weight_kg": Fraction(case["weight_lb"]) * Fraction(45359237, 10**8),
        "height_cm": Fraction(case["height_in"]) * Fraction(254, 100),
    }


def body(case):
    kg, metres = Fraction(case["weight_kg"]), Fraction(case["height_cm"]) / 100
    there = 1 - sum((SHARES[part] for part in case["missing"]), start=Fraction(0))
    whole = kg / there
    bmi = whole / metres**2
    inches_over = metres / Fraction(254, 10000) - 60
    is_male = case["sex"] == "male"
    ideal = (
        Fraction(50 if is_male else 91, 1 if is_male else 2) + Fraction(23, 10) * inches_over
    ) * there
    lean = 9270 * whole / (6680 + 216 * bmi if is_male else 8780 + 244 * bmi) * there
    adjusted = ideal * Fraction(6, 10) + kg * Fraction(4, 10)
    per_kg = Fraction(case["mg_per_kg"])
    return {
        "whole_body_kg": whole,
        "bmi": bmi,
        "ideal_kg": ideal,
        "adjusted_kg": adjusted,
        "lean_kg": lean,
        "actual_dose_mg": kg * per_kg,
        "ideal_dose_mg": ideal * per_kg,
        "adjusted_dose_mg": adjusted * per_kg,
    }


CALLS = {
    "exact sheet": exact_sheet,
    "rounded sheet": rounded_sheet,
    "segments": segments,
    "bolus and infusion": bolus_and_infusion,
    "hourly": hourly,
    "total": total,
    "conversions": conversions,
    "body": body,
}
