"""Contraindications of the body: vessels, heart, liver, pressures, urine, glands, airway, age."""

from typing import Final

from ebbtide.science.findings import Severity
from ebbtide.science.screening.contraindication import Level, entry
from ebbtide.science.screening.parts import Tag

_HAZARD: Final = "A rise of blood pressure would be a serious hazard: do not infuse."
_CONTROLLED: Final = "Do not infuse until it is controlled."
_SPECIALIST: Final = "Ask the specialist who treats it; avoid, or a low dose with a reason."
_ANAESTHESIA: Final = "Anaesthesia review before the first infusion."
_WHY_PRESSURE: Final = (
    "Ketamine raises blood pressure for a while, and with this that is dangerous."
)


VESSELS_AND_ALLERGY: Final = (
    entry(
        "hypersensitivity",
        Level.ABSOLUTE,
        "Hypersensitivity to ketamine or an excipient: do not infuse.",
        "You had an allergic reaction to ketamine or something in it.",
        "openfda_ketamine",
        Tag.READ,
    ),
    entry(
        "aneurysm",
        Level.ABSOLUTE,
        f"Aneurysm. {_HAZARD}",
        f"A blood vessel of yours is widened and weak. {_WHY_PRESSURE}",
        "spravato_label",
        Tag.READ,
    ),
    entry(
        "arterial_dissection",
        Level.ABSOLUTE,
        f"Dissection of an artery. {_HAZARD}",
        f"The wall of an artery of yours has torn. {_WHY_PRESSURE}",
        "openfda_ketamine",
        Tag.READ,
        note="Under the label's clause on significant rises of pressure.",
    ),
    entry(
        "arteriovenous_malformation",
        Level.ABSOLUTE,
        f"Arteriovenous malformation. {_HAZARD}",
        f"Arteries and veins of yours are joined where they should not be. {_WHY_PRESSURE}",
        "spravato_label",
        Tag.READ,
    ),
    entry(
        "intracerebral_haemorrhage",
        Level.ABSOLUTE,
        f"Recent bleeding in the brain. {_HAZARD}",
        f"You had a bleed in the brain. {_WHY_PRESSURE}",
        "spravato_label",
        Tag.READ,
    ),
    entry(
        "pressure_hazard",
        Level.ABSOLUTE,
        f"Another condition in which pressure must not rise. {_HAZARD}",
        f"You were told that your blood pressure must not rise. {_WHY_PRESSURE}",
        "openfda_ketamine",
        Tag.READ,
    ),
)

HEART: Final = (
    entry(
        "uncontrolled_hypertension",
        Level.ABSOLUTE,
        f"Uncontrolled hypertension. {_CONTROLLED}",
        "Your blood pressure is too high and not yet under control.",
        "cohen2018",
        Tag.READ,
    ),
    entry(
        "unstable_angina",
        Level.ABSOLUTE,
        f"Unstable angina. {_CONTROLLED}",
        "You have chest pain from the heart that is new, at rest or getting worse.",
        "cohen2018",
        Tag.RECALLED,
    ),
    entry(
        "myocardial_infarction_on",
        Level.ABSOLUTE,
        "Myocardial infarction too recent: do not infuse yet.",
        "Your heart attack was too short a time ago.",
        "spravato_label",
        Tag.RECALLED,
        code="recent_myocardial_infarction",
    ),
    entry(
        "decompensated_heart_failure",
        Level.ABSOLUTE,
        f"Decompensated heart failure. {_CONTROLLED}",
        "Your heart is too weak at present; you have fluid in the lungs or legs.",
        "cohen2018",
        Tag.RECALLED,
    ),
    entry(
        "severe_arrhythmia",
        Level.ABSOLUTE,
        f"Severe arrhythmia. {_CONTROLLED}",
        "Your heart beats dangerously out of rhythm.",
        "cohen2018",
        Tag.RECALLED,
    ),
    entry(
        "poorly_controlled_heart_disease",
        Level.ABSOLUTE,
        f"Other poorly controlled cardiovascular disease. {_CONTROLLED}",
        "Your heart or vessels have an illness that is not under control.",
        "cohen2018",
        Tag.READ,
    ),
)

LIVER_AND_PRESSURE: Final = (
    entry(
        "child_pugh",
        Level.ABSOLUTE,
        "Severe hepatic impairment: do not infuse.",
        "Your liver works far too little.",
        "cohen2018",
        Tag.READ,
        code="severe_hepatic_impairment",
    ),
    entry(
        "child_pugh",
        Level.RELATIVE,
        "Moderate hepatic impairment: judicious use, liver tests watched.",
        "Your liver works less than it should; the prescriber decides.",
        "cohen2018",
        Tag.READ,
        code="moderate_hepatic_impairment",
    ),
    entry(
        "raised_intracranial_pressure",
        Level.RELATIVE_STRONG,
        f"Raised intracranial pressure. {_SPECIALIST}",
        "The pressure inside your head is raised.",
        "cohen2018",
        Tag.READ,
    ),
    entry(
        "recent_head_injury",
        Level.RELATIVE_STRONG,
        f"Recent head injury. {_SPECIALIST}",
        "You hurt your head recently.",
        "cohen2018",
        Tag.READ,
        note="Read for raised intracranial pressure; the injury stands beside it by practice.",
    ),
    entry(
        "raised_intraocular_pressure",
        Level.RELATIVE_STRONG,
        f"Raised intraocular pressure. {_SPECIALIST}",
        "The pressure in an eye of yours is raised.",
        "cohen2018",
        Tag.READ,
    ),
    entry(
        "glaucoma",
        Level.RELATIVE_STRONG,
        f"Glaucoma. {_SPECIALIST}",
        "You have glaucoma.",
        "cohen2018",
        Tag.READ,
        note="Read for raised intraocular pressure.",
    ),
)

URINE_AND_GLANDS: Final = (
    *(
        entry(
            fact,
            Level.STOP_AND_EVALUATE,
            f"{name}: stop ketamine and evaluate.",
            told,
            "openfda_ketamine",
            Tag.READ,
        )
        for fact, name, told in (
            ("ketamine_cystitis", "Ketamine cystitis", "Ketamine has inflamed your bladder."),
            ("unexplained_dysuria", "Unexplained dysuria", "It hurts when you pass water."),
            ("unexplained_haematuria", "Unexplained haematuria", "There is blood in your water."),
        )
    ),
    *(
        entry(fact, Level.RELATIVE, f"{name}. {_SPECIALIST}", told, "ketamine_label", Tag.RECALLED)
        for fact, name, told in (
            (
                "untreated_hyperthyroidism",
                "Untreated hyperthyroidism",
                "Your thyroid is overactive and not treated.",
            ),
            ("porphyria", "Porphyria", "You have porphyria."),
            (
                "phaeochromocytoma",
                "Phaeochromocytoma",
                "You have a growth that makes stress hormones.",
            ),
        )
    ),
)

AIRWAY_AND_AGE: Final = (
    *(
        entry(
            fact,
            Level.RELATIVE,
            f"{name}. {_ANAESTHESIA}",
            told,
            "clinic_practice",
            Tag.SYNTHESIS,
        )
        for fact, name, told in (
            (
                "severe_sleep_apnoea",
                "Severe obstructive sleep apnoea",
                "You stop breathing asleep.",
            ),
            ("severe_copd", "Severe COPD", "Your lungs are badly narrowed."),
            ("home_oxygen", "Oxygen at home", "You need oxygen at home."),
            (
                "difficult_airway",
                "Difficult airway",
                "You were told that a breathing tube is hard to place.",
            ),
        )
    ),
    entry(
        "bmi_kg_per_m2",
        Level.RELATIVE,
        f"High body-mass index. {_ANAESTHESIA}",
        "Your weight makes watching your breathing harder.",
        "clinic_practice",
        Tag.SYNTHESIS,
        code="high_bmi",
    ),
    entry(
        "age_years",
        Level.SITE_POLICY,
        "Under age: off-label for mood and pain; the clinic's policy decides.",
        "You are young for this treatment; the clinic has a rule for it.",
        "clinic_practice",
        Tag.SYNTHESIS,
        code="under_age",
    ),
    entry(
        "age_years",
        Level.SITE_POLICY,
        "Older patient: consider a lower dose.",
        "From this age on a lower dose may be wise.",
        "clinic_practice",
        Tag.SYNTHESIS,
        code="older_age",
        severity=Severity.NOTICE,
    ),
    entry(
        "frailty",
        Level.SITE_POLICY,
        "Frail: consider a lower dose.",
        "You are frail; a lower dose may be wise.",
        "clinic_practice",
        Tag.SYNTHESIS,
        severity=Severity.NOTICE,
    ),
)
