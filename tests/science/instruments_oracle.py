"""Scorers written one by one from the published rules; they share nothing with the project.

Answers are plain lists in the order of the form, None for a blank; a result is a number or None.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def plain_sum(answers):
    return None if None in answers else sum(answers)


def two_may_be_blank(answers):
    known = [answer for answer in answers if answer is not None]
    if len(answers) - len(known) > 2:
        return None
    raised = Decimal(sum(known) * len(answers)) / Decimal(len(known))
    return int(raised.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def average(answers):
    return None if None in answers else Fraction(sum(answers), len(answers))


def week(answers):
    known = [answer for answer in answers if answer is not None]
    return Fraction(sum(known), len(known)) if len(known) > 3 else None


def interference(answers):
    return week(answers[4:])


def qids(answers):
    def top(first, last):
        return [answer for answer in answers[first - 1 : last] if answer is not None]

    needed = [*answers[:5], *answers[9:]]
    if None in needed or not top(6, 7) or not top(8, 9):
        return None
    singles = sum(answers[number - 1] for number in (5, 10, 11, 12, 13, 14))
    return singles + max(top(1, 4)) + max(top(6, 9)) + max(top(15, 16))


def pain_detect(answers):
    if None in answers:
        return None
    return sum(answers[:8]) + {"yes": 2, "no": 0}[answers[8]]


def ptsd_screen(answers):
    gate, *rest = answers
    if gate == 0:
        return 0
    return None if gate is None else plain_sum(rest)


SCORERS = {
    "phq-9": two_may_be_blank,
    "gad-7": two_may_be_blank,
    "pcl-5": plain_sum,
    "pc-ptsd-5": ptsd_screen,
    "qids-sr16": qids,
    "madrs": plain_sum,
    "isi": plain_sum,
    "nrs-11": plain_sum,
    "nrs-week": week,
    "peg": average,
    "bpi-sf": interference,
    "sf-mpq-2": average,
    "paindetect": pain_detect,
    "dn4": plain_sum,
    "pcs": plain_sum,
    "cadss": plain_sum,
    "cadss-6": plain_sum,
    "rass": plain_sum,
    "moaas": plain_sum,
    "pgic": plain_sum,
    "whodas-12": plain_sum,
    "audit-c": plain_sum,
    "promis-depression-4a": plain_sum,
    "promis-sleep-disturbance-8a": plain_sum,
}


def news2(resp, spo2, oxygen, systolic, pulse, consciousness, temperature, scale):
    """Points of each sign, written out from the chart column by column."""
    on_oxygen = oxygen == "oxygen"
    points = {"resp": 3 if resp <= 8 or resp >= 25 else 2 if resp >= 21 else int(resp <= 11)}
    if scale == 1:
        points["spo2"] = 3 if spo2 <= 91 else 2 if spo2 <= 93 else 1 if spo2 <= 95 else 0
    elif spo2 <= 83 or (on_oxygen and spo2 >= 97):
        points["spo2"] = 3
    elif spo2 in (84, 85) or (on_oxygen and spo2 in (95, 96)):
        points["spo2"] = 2
    else:
        points["spo2"] = int(spo2 in (86, 87) or (on_oxygen and spo2 in (93, 94)))
    points["oxygen"] = 2 if on_oxygen else 0
    points["systolic"] = (
        3 if systolic <= 90 or systolic >= 220 else 2 if systolic <= 100 else int(systolic <= 110)
    )
    points["pulse"] = (
        3 if pulse <= 40 or pulse >= 131 else 2 if pulse >= 111 else int(pulse <= 50 or pulse >= 91)
    )
    points["consciousness"] = 0 if consciousness == "A" else 3
    tenths = round(temperature * 10)
    points["temperature"] = (
        3 if tenths <= 350 else 2 if tenths >= 391 else int(tenths <= 360 or tenths >= 381)
    )
    return points


def columbia(answers):
    """Level of risk from seven answers of yes and no, all given."""
    wish, thoughts, method, intent, plan, behaviour, recent = (word == "yes" for word in answers)
    if intent or plan or recent:
        return "high"
    if method or behaviour:
        return "moderate"
    return "low" if wish or thoughts else "none"


def ptsd_provisional(answers):
    count = [
        sum(answer > 1 for answer in answers[a:b]) for a, b in [(0, 5), (5, 7), (7, 14), (14, 20)]
    ]
    return all(found >= needed for found, needed in zip(count, (1, 1, 2, 2), strict=True))
