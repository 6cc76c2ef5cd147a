"""The pages of docs/rules that are made from the screening data."""

from collections.abc import Callable

from report.markdown import NOTICE, table

from ebbtide.science.screening.adverse_event_terms import TERMS
from ebbtide.science.screening.bands import BAND_PRESETS
from ebbtide.science.screening.contraindication import Level
from ebbtide.science.screening.contraindications import CATALOGUE
from ebbtide.science.screening.gate import GATE_PRESETS
from ebbtide.science.screening.interactions import CLASSES, NOT_IN_LIST
from ebbtide.science.screening.mme import CAUTION, FACTORS, MmeLimits, Opioid
from ebbtide.science.screening.policy import DEFAULT_SCREEN, FASTING_PRESETS, LIMIT_SOURCES, TESTS
from ebbtide.science.screening.suicidality import ROUTES
from ebbtide.science.units import exactly

WEIGHS = {
    Level.ABSOLUTE: "no infusion while it stands",
    Level.HARD_STOP_TODAY: "not today",
    Level.DIVERT: "another kind of help now",
    Level.STOP_AND_EVALUATE: "no infusion until it is explained",
    Level.RELATIVE_STRONG: "avoid; a specialist's word and a reason",
    Level.RELATIVE: "a review and a reason",
    Level.SITE_POLICY: "the site's policy decides",
}
CONFIRM = "**Every entry is for the clinic's medical director to confirm or change.** "
KNOWN_BY = (
    "Tag: F read in the source, R recalled and to be read again, S a synthesis of practice "
    "without one source. The grade is the certainty of the evidence behind it.\n\n"
)


def cited(key: str) -> str:
    """A reference with its place on the page of references."""
    return f"[{key}](../reference/references.md#ref-{key.replace('_', '-')})"


def contraindications() -> str:
    """The catalogue, the questions of the day, tests and fasts."""
    parts = [
        (
            f"{NOTICE}# Contraindications\n\n"
            "May this patient be given ketamine, and today? `ebbtide screen` and the function "
            "`screen` give every finding at once, the worst first. **What was not asked is a "
            "finding too**, and weighs as much as the worst answer would; learning a fact takes "
            f"away nothing but its own question. {CONFIRM}A site may change the weight and the "
            f"words of an entry, never drop one.\n\n{KNOWN_BY}"
        )
    ]
    for level in Level:
        rows = [
            [
                f"`{entry.code}`",
                entry.clinical,
                entry.plain,
                entry.severity.value,
                entry.part.value,
                cited(entry.reference),
                f"{entry.tag.value}, {entry.grade.value}",
                entry.note,
            ]
            for entry in CATALOGUE
            if entry.level is level
        ]
        head = ["code", "finding", "for the patient", "severity", "asked", "source", "tag", "note"]
        parts.append(f"## {level.value.capitalize()}: {WEIGHS[level]}\n\n{table(head, rows)}\n")
    parts += [_limits(), _tests(), _suicide(), _presets(), _does_not()]
    return "".join(parts)


def _limits() -> str:
    limits = DEFAULT_SCREEN.limits
    rows = [
        [
            f"`{source.item}`",
            str(getattr(limits, name)),
            cited(source.reference),
            source.tag.value,
            source.note,
        ]
        for source in LIMIT_SOURCES
        if (name := source.item.removeprefix("screen.")) not in ("fasting", "mme")
    ]
    return (
        "## Numbers\n\n"
        "A limit is met at its number: BMI 40 is reviewed, an infarction 42 days ago is no longer "
        "recent, a test 7 days old and consent given 12 months ago to the day still hold.\n\n"
        f"{table(['item', 'default', 'source', 'tag', 'note'], rows)}\n"
    )


def _tests() -> str:
    rows = [
        [
            f"`{need.code}`",
            need.clinical,
            ", ".join(condition.label for condition in need.conditions)
            + (", a series" if need.is_for_series else ""),
            need.severity.value,
            cited(need.reference),
            need.tag.value,
        ]
        for need in TESTS
    ]
    head = ["code", "test", "called for by", "severity", "source", "tag"]
    return f"## Tests\n\nNo test is needed by everyone.\n\n{table(head, rows)}\n"


def _suicide() -> str:
    rows = [
        [
            route.instrument,
            route.result,
            f"`{route.code}`" if route.code else "–",
            route.severity.value if route.code else "–",
            route.message,
            cited(route.reference),
        ]
        for route in ROUTES
    ]
    head = ["instrument", "result", "code", "severity", "what happens", "source"]
    return (
        "## Suicide risk\n\nThe instrument scores; this table says where its result leads. "
        "Item 9 of PHQ-9 above 0 calls for one of them.\n\n"
        f"{table(head, rows)}\n"
    )


def _presets() -> str:
    rows = [
        [
            f"`{name}`",
            exactly(fast.clear_liquid_hours),
            exactly(fast.light_meal_hours),
            exactly(fast.fatty_meal_hours),
        ]
        for name, fast in FASTING_PRESETS.items()
    ]
    return (
        "## Presets\n\nHours since each was last taken:\n\n"
        + table(["fast", "clear liquid", "light meal", "fatty meal"], rows)
        + "\nToday's signs go through the [start gate](start-gate.md), in one of its presets: "
        + ", ".join(f"`{name}`" for name in GATE_PRESETS)
        + ". The [bands](bands.md) have "
        + ", ".join(f"`{name}`" for name in BAND_PRESETS)
        + ".\n\n"
    )


def _does_not() -> str:
    return (
        "## What it does not do\n\n"
        "- It does not decide: it gives reasons, and a prescriber decides.\n"
        "- It does not know what nobody typed; a condition that is in no question here is the "
        "prescriber's to think of.\n"
        "- Low blood pressure is judged by the gate, not by a condition.\n"
        "- Theophylline and its like stand under [interactions](interactions.md).\n"
    )


def interactions() -> str:
    """Classes with their members."""
    rows = [
        [
            f"`{each.code}`",
            each.name,
            f"{each.effect}. {each.action}",
            f"{each.advice.value} ({each.severity.value})",
            cited(each.reference),
            f"{each.tag.value}, {each.grade.value}",
        ]
        for each in CLASSES
    ]
    members = "".join(f"{each.name}\n: {', '.join(each.members)}.\n\n" for each in CLASSES)
    most = exactly(DEFAULT_SCREEN.limits.diazepam_equivalent_mg_per_day)
    return (
        f"{NOTICE}# Interactions\n\n"
        "Every drug named is looked up by generic or US brand name, in any case, wherever the "
        f"name stands in what was typed. **A drug that is not listed gives `{NOT_IN_LIST}`, never "
        f'"no interaction".** {CONFIRM}\n\n{KNOWN_BY}'
        + table(["code", "class", "effect and action", "advice", "source", "tag"], rows)
        + f"\nMore than {most} mg of diazepam a day, by the prescriber's own conversion, gives "
        f"`interaction.benzodiazepine_dose` ({cited('andrashko2020')}, F; about, not sharp). "
        "No table of equivalent doses is shipped: no source read gives one.\n\n"
        f"## Members\n\nA synthesis ({cited('pharmacology_texts')}), not complete.\n\n{members}"
        "## What it does not do\n\n"
        "- It knows interactions with ketamine alone, not those of the other drugs among "
        "themselves.\n"
        "- It does not read doses, times or the route of another drug.\n"
    )


def morphine_equivalents() -> str:
    """Factors and flags."""
    limits = MmeLimits()
    rows = [
        [
            opioid.value,
            exactly(FACTORS[opioid]) if opioid in FACTORS else "not calculable",
            "mcg/h" if opioid is Opioid.FENTANYL_PATCH else "mg a day",
        ]
        for opioid in Opioid
    ]
    return (
        f"{NOTICE}# Morphine equivalents\n\n"
        f"**{CAUTION}** Methadone and fentanyl ask for extra caution.\n\n"
        f"Factors of {cited('dowell2022')} (F, read in copies of the table), times the amount of "
        "a day; a fentanyl patch by its strength in mcg/h.\n\n"
        + table(["opioid", "factor", "amount in"], rows)
        + "\nWhat is taken as needed counts as what was really taken over the last 7 days, "
        "divided by 7, not as the most that is prescribed. With buprenorphine the total is not "
        "calculable; the others are still counted, so that no flag is hidden.\n\n"
        + table(
            ["code", "when", "severity", "source"],
            [
                [
                    "`mme.reassess`",
                    f"{exactly(limits.reassess_from)} MME a day or more: reassess, offer naloxone",
                    "override",
                    cited("dowell2022"),
                ],
                [
                    "`mme.high`",
                    f"{exactly(limits.high_from)} MME a day or more, the older flag",
                    "override",
                    cited("dowell2016"),
                ],
                ["`mme.not_calculable`", "buprenorphine", "notice", cited("dowell2022")],
                ["`mme.methadone_caution`", "methadone", "notice", cited("dowell2022")],
                ["`mme.fentanyl_caution`", "fentanyl patch", "notice", cited("dowell2022")],
                ["`mme.caution`", "any opioid", "notice", cited("dowell2022")],
            ],
        )
        + f"\nA fall of {exactly(limits.gain_percent)}% or more counts as an objective gain "
        f"({cited('cohen2018')}, R).\n"
    )


def adverse_events() -> str:
    """Terms and grades."""
    rows = [
        [
            term.name,
            *(words or "–" for words in term.grades),
            f"{cited(term.reference)}, {term.tag.value}",
        ]
        for term in TERMS
    ]
    return (
        f"{NOTICE}# Adverse events\n\n"
        "A grade is suggested from numbers where there are any; **a clinician decides it**, and "
        "raw values and the suggestion are kept beside the decision. A systolic pressure of 165 "
        "mmHg for ten minutes is numerically grade 3 of hypertension: that scale was made for "
        "lasting illness, so the suggestion says so.\n\n"
        "Names are MedDRA preferred terms without its licensed codes. CTCAE has no term for "
        "dissociation; such terms carry its generic grades, in our own words.\n\n"
        + table(["term", "1", "2", "3", "4", "5", "source, tag"], rows)
        + "\nHypertension and hypoxia are suggested by number (hypertension at 120/80, 140/90 and "
        "160/100 mmHg, either pressure; hypoxia below 88% at rest) and by course: back again, 24 h "
        "or longer, symptoms with a diastolic rise over 20 mmHg, more than one drug, oxygen now "
        "and then, airway at risk, life-threatening, death. The pressures are grade 2 whether or "
        "not the patient was normal before.\n\n"
        "Whether an event is **serious** stands apart from its grade: death, life-threatening, "
        "hospital, disability, congenital anomaly, or an important medical event "
        f"({cited('fda_medwatch')}, R). So do causality and outcome.\n\n"
        + table(
            ["code", "when", "severity"],
            [
                ["`event.grade_missing`", "no clinician has graded it", "override"],
                ["`event.seriousness_missing`", "nobody said whether it is serious", "override"],
                ["`event.causality_missing`", "nobody judged the cause", "override"],
                ["`event.outcome_missing`", "the outcome is not recorded", "override"],
                ["`event.grade_differs`", "grade and suggestion differ; both are kept", "notice"],
                ["`event.serious`", "any criterion is met; MedWatch is voluntary", "notice"],
                ["`event.death_disagrees`", "one field says death, another does not", "block"],
            ],
        )
    )


PAGES: dict[str, Callable[[], str]] = {
    "rules/contraindications.md": contraindications,
    "rules/interactions.md": interactions,
    "rules/morphine-equivalents.md": morphine_equivalents,
    "rules/adverse-events.md": adverse_events,
}
