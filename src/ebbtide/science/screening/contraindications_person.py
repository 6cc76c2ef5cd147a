"""Contraindications of mind, pregnancy, substances, and what was arranged for the day."""

from typing import Final

from ebbtide.science.screening.contraindication import Level, Part, entry
from ebbtide.science.screening.parts import Tag

PREGNANCY: Final = (
    entry(
        "pregnancy",
        Level.ABSOLUTE,
        "Pregnancy: not recommended by the label; do not infuse.",
        "You are pregnant; ketamine is not given in pregnancy.",
        "openfda_ketamine",
        Tag.READ,
        note="Absolute by clinic policy.",
    ),
    entry(
        "breastfeeding",
        Level.SITE_POLICY,
        "Breastfeeding: pause feeding for as long as the clinic's policy sets.",
        "You breastfeed; the clinic tells you how long to pause.",
        "spravato_label",
        Tag.READ,
        note="How long is for the site to set.",
    ),
    entry(
        "hcg",
        Level.HARD_STOP_TODAY,
        "Pregnancy test positive: do not infuse.",
        "The pregnancy test was positive.",
        "clinic_practice",
        Tag.SYNTHESIS,
        code="hcg_positive",
        part=Part.TODAY,
    ),
    entry(
        "hcg_on",
        Level.HARD_STOP_TODAY,
        "Pregnancy test too old: test again before the infusion.",
        "Your pregnancy test is too old and is done again.",
        "clinic_practice",
        Tag.SYNTHESIS,
        code="hcg_old",
        part=Part.TODAY,
    ),
)

MIND: Final = (
    entry(
        "active_psychosis",
        Level.ABSOLUTE,
        "Active or poorly controlled psychosis: do not infuse.",
        "You see, hear or believe things that others do not.",
        "cohen2018",
        Tag.READ,
    ),
    entry(
        "schizophrenia_spectrum",
        Level.ABSOLUTE,
        "Schizophrenia-spectrum disorder: do not infuse.",
        "You have schizophrenia or a related illness.",
        "sanacora2017",
        Tag.RECALLED,
        note="Absolute by policy; the consensus advises caution.",
    ),
    entry(
        "delirium",
        Level.ABSOLUTE,
        "Delirium: do not infuse.",
        "You are confused by an illness at present.",
        "sanacora2017",
        Tag.RECALLED,
        note="Absolute by policy; the consensus advises caution.",
    ),
    entry(
        "mania",
        Level.ABSOLUTE,
        "Mania: do not infuse.",
        "Your mood is abnormally high at present.",
        "sanacora2017",
        Tag.RECALLED,
        note="Absolute by policy.",
    ),
    entry(
        "imminent_suicide_risk",
        Level.DIVERT,
        "Imminent suicide risk that needs a higher level of care: emergency pathway now.",
        "You are in danger of harming yourself and need more help than the clinic gives.",
        "clinic_practice",
        Tag.SYNTHESIS,
        part=Part.TODAY,
    ),
    entry(
        "phq9_item9",
        Level.STOP_AND_EVALUATE,
        "PHQ-9 item 9 is not 0: a suicide-risk screen before anything else.",
        "You said that you think of being dead or of harming yourself; someone asks you more.",
        "kroenke2001",
        Tag.RECALLED,
        code="suicide_screen_due",
        part=Part.TODAY,
    ),
)

SUBSTANCES: Final = (
    entry(
        "substance_use_disorder",
        Level.ABSOLUTE,
        "Active substance use disorder: no series of infusions.",
        "You use a drug or alcohol in a way that harms you at present.",
        "cohen2018",
        Tag.READ,
    ),
    entry(
        "ketamine_misuse",
        Level.ABSOLUTE,
        "Ketamine misuse: no series of infusions.",
        "You use ketamine outside treatment.",
        "cohen2018",
        Tag.READ,
    ),
    entry(
        "intoxication_today",
        Level.ABSOLUTE,
        "Intoxicated today: do not infuse.",
        "You are under the influence of something today.",
        "cohen2018",
        Tag.READ,
        part=Part.TODAY,
    ),
    *(
        entry(
            f"{substance}_today",
            Level.HARD_STOP_TODAY,
            f"{name} today: do not infuse today.",
            f"You took {told} today.",
            "clinic_practice",
            Tag.SYNTHESIS,
            part=Part.TODAY,
        )
        for substance, name, told in (
            ("alcohol", "Alcohol", "alcohol"),
            ("cannabis", "Cannabis", "cannabis"),
            ("sedatives", "Sedatives", "something that makes you sleepy"),
        )
    ),
)

ARRANGEMENTS: Final = (
    *(
        entry(
            fact,
            Level.HARD_STOP_TODAY,
            clinical,
            plain,
            reference,
            tag,
            code=code,
            part=Part.TODAY,
        )
        for fact, code, clinical, plain, reference, tag in (
            (
                "has_escort",
                "no_escort",
                "No escort: do not infuse today.",
                "Nobody takes you home.",
                "clinic_practice",
                Tag.SYNTHESIS,
            ),
            (
                "escort_years",
                "escort_minor",
                "The escort is not an adult: do not infuse today.",
                "Whoever takes you home must be an adult.",
                "clinic_practice",
                Tag.SYNTHESIS,
            ),
            (
                "hours_since",
                "not_fasted",
                "Not fasted: wait, or another day.",
                "You ate or drank too short a time ago.",
                "asa_fasting",
                Tag.RECALLED,
            ),
            (
                "has_consent",
                "no_consent",
                "No consent: do not infuse.",
                "You have not agreed in writing, or took it back.",
                "clinic_practice",
                Tag.SYNTHESIS,
            ),
            (
                "consent_on",
                "consent_old",
                "Consent too old: renew it before the infusion.",
                "You agreed a long time ago and are asked again.",
                "clinic_practice",
                Tag.SYNTHESIS,
            ),
            (
                "consent_covers_order",
                "consent_changed",
                "Consent does not cover today's dose, indication or prescriber: renew it.",
                "Something changed since you agreed, and you are asked again.",
                "clinic_practice",
                Tag.SYNTHESIS,
            ),
        )
    ),
)
