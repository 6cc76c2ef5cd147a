"""What other drugs do beside ketamine: classes, their members, and what follows from each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.screening import drugs
from ebbtide.science.screening.drugs import is_any_of, plain_name
from ebbtide.science.screening.parts import Grade, Tag


class Advice(StrEnum):
    """How much an interaction matters, least first."""

    NONE = "none"
    INFO = "info"
    WARN = "warn"
    CONTRAINDICATED = "contraindicated"


SEVERITIES: Final = {
    Advice.NONE: Severity.NOTICE,
    Advice.INFO: Severity.NOTICE,
    Advice.WARN: Severity.OVERRIDE,
    Advice.CONTRAINDICATED: Severity.BLOCK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugClass:
    """One class of drugs.

    Attributes:
        code: Of its finding.
        name: What it is called.
        members: Generic names.
        effect: What it does beside ketamine.
        action: What follows.
        advice: How much it matters.
        reference: Key of the bibliography for effect and action.
        tag: How they came to be known; membership is a synthesis throughout.
        grade: Certainty of the evidence.
    """

    code: str
    name: str
    members: tuple[str, ...]
    effect: str
    action: str
    advice: Advice
    reference: str
    tag: Tag
    grade: Grade = Grade.NONE

    @property
    def severity(self) -> Severity:
        """What its finding does."""
        return SEVERITIES[self.advice]


CLASSES: Final = (
    DrugClass(
        code="interaction.ketamines",
        name="Ketamine and esketamine",
        members=drugs.KETAMINES,
        effect="the same drug from elsewhere: the doses add up",
        action="Ask what, how much and when last; the prescriber counts it in.",
        advice=Advice.WARN,
        reference="clinic_practice",
        tag=Tag.SYNTHESIS,
    ),
    DrugClass(
        code="interaction.benzodiazepines",
        name="Benzodiazepines and Z-drugs",
        members=drugs.BENZODIAZEPINES,
        effect="may shorten or blunt the effect on mood; more sedation",
        action="The prescriber may hold the night's and the morning's dose; never stop abruptly.",
        advice=Advice.WARN,
        reference="veraart2021",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.lamotrigine",
        name="Lamotrigine",
        members=drugs.LAMOTRIGINE,
        effect="may attenuate the effect; 2 of 5 studies",
        action="Do not stop it.",
        advice=Advice.INFO,
        reference="veraart2021",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.depressants",
        name="Opioids, gabapentinoids, alcohol and other depressants",
        members=(*drugs.OPIOIDS, *drugs.DEPRESSANTS),
        effect="less breathing, more sedation",
        action="SpO₂ without a break; capnography with a high dose.",
        advice=Advice.WARN,
        reference="openfda_ketamine",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.pressure_lowering",
        name="Clonidine and antihypertensives",
        members=drugs.PRESSURE_LOWERING,
        effect="lowers the rise of pressure; pressure may fall too far",
        action="Take the usual dose.",
        advice=Advice.INFO,
        reference="ketamax_monograph",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.mao_inhibitors",
        name="MAO inhibitors",
        members=drugs.MAO_INHIBITORS,
        effect="a greater rise of pressure is feared; a series with tranylcypromine saw none",
        action="Closer limits for pressure.",
        advice=Advice.WARN,
        reference="veraart2021",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.theophyllines",
        name="Theophylline and aminophylline",
        members=drugs.THEOPHYLLINES,
        effect="lower the seizure threshold",
        action="Not together with ketamine.",
        advice=Advice.CONTRAINDICATED,
        reference="openfda_ketamine",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.sympathomimetics",
        name="Stimulants, decongestants, vasopressors and cocaine",
        members=drugs.SYMPATHOMIMETICS,
        effect="pressure and pulse rise further",
        action="Hold the morning's stimulant.",
        advice=Advice.WARN,
        reference="ketamine_label",
        tag=Tag.RECALLED,
    ),
    DrugClass(
        code="interaction.thyroid_hormones",
        name="Thyroid hormones",
        members=drugs.THYROID_HORMONES,
        effect="more hypertension and tachycardia",
        action="Check TSH.",
        advice=Advice.WARN,
        reference="ketamax_monograph",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.cyp3a4_inhibitors",
        name="CYP3A4 inhibitors",
        members=drugs.CYP3A4_INHIBITORS,
        effect="more exposure by mouth (clarithromycin 2.6 times, grapefruit 3.0 times), "
        "little into a vein",
        action="No change of an intravenous dose.",
        advice=Advice.INFO,
        reference="ketamine_interactions",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.itraconazole",
        name="Itraconazole",
        members=drugs.ITRACONAZOLE,
        effect="a CYP3A4 inhibitor, yet no change of exposure was found",
        action="Nothing follows.",
        advice=Advice.NONE,
        reference="ketamine_interactions",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.cyp2b6_inhibitors",
        name="CYP2B6 inhibitors",
        members=drugs.CYP2B6_INHIBITORS,
        effect="more exposure by mouth (ticlopidine 2.4 times, clopidogrel less)",
        action="A lower dose by mouth; no change of an intravenous dose.",
        advice=Advice.INFO,
        reference="ketamine_interactions",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.inducers",
        name="Enzyme inducers",
        members=drugs.INDUCERS,
        effect="less exposure (rifampin −14% into a vein, −86% by mouth)",
        action="The effect may be weaker.",
        advice=Advice.INFO,
        reference="ketamine_interactions",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.antipsychotics",
        name="Antipsychotics",
        members=drugs.ANTIPSYCHOTICS,
        effect="may blunt the effect; data are mixed",
        action="Nothing follows.",
        advice=Advice.INFO,
        reference="veraart2021",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.lithium",
        name="Lithium",
        members=drugs.LITHIUM,
        effect="none of significance found",
        action="Nothing follows.",
        advice=Advice.NONE,
        reference="veraart2021",
        tag=Tag.READ,
    ),
    DrugClass(
        code="interaction.naltrexone",
        name="Naltrexone",
        members=drugs.NALTREXONE,
        effect="may reduce the effect on mood",
        action="Tell the prescriber.",
        advice=Advice.INFO,
        reference="williams2018",
        tag=Tag.RECALLED,
    ),
    DrugClass(
        code="interaction.qt_prolonging",
        name="Drugs that prolong QT",
        members=drugs.QT_PROLONGING,
        effect="ondansetron for nausea adds to it",
        action="Look at QT before ondansetron, or choose another.",
        advice=Advice.WARN,
        reference="label_texts",
        tag=Tag.RECALLED,
    ),
    DrugClass(
        code="interaction.ssris",
        name="SSRIs",
        members=drugs.SSRIS,
        effect="a higher peak of pressure in one series; safe overall",
        action="Nothing follows.",
        advice=Advice.INFO,
        reference="szarmach_series",
        tag=Tag.READ,
    ),
)

NOT_IN_LIST: Final = "interaction.not_in_list"


def classes_of(name: str, *, classes: Sequence[DrugClass] = CLASSES) -> tuple[DrugClass, ...]:
    """Every class that a typed drug name speaks of, by generic or brand name, in any case.

    Raises:
        ValueError: The name is blank.

    Source: pharmacology_texts (membership)
    """
    if not plain_name(name):
        raise ValueError(f"medicines: {name!r} is no name of a drug; letters or digits are needed")
    return tuple(each for each in classes if is_any_of(each.members, text=name))


def interactions(
    names: Sequence[str], *, classes: Sequence[DrugClass] = CLASSES
) -> tuple[Finding, ...]:
    """Every interaction of the drugs named, one finding per drug and class, worst first.

    A drug that is not in the list says so; that is never "no interaction".

    Raises:
        ValueError: A name is blank.
    """
    found = [finding for name in dict.fromkeys(names) for finding in _of_one(name, classes)]
    return tuple(sorted(found, key=lambda finding: -_ORDER.index(finding.severity)))


_ORDER: Final = tuple(Severity)


def _of_one(name: str, classes: Sequence[DrugClass]) -> Iterator[Finding]:
    known = classes_of(name, classes=classes)
    for each in known:
        message = f"{name} ({each.name}): {each.effect}. {each.action}"
        yield Finding(each.code, each.severity, message, field="medicines", source=each.reference)
    if not known:
        message = (
            f"{name} is not in the list: nothing is known here about it beside ketamine. "
            "Ask a pharmacist."
        )
        yield Finding(
            NOT_IN_LIST, Severity.NOTICE, message, field="medicines", source="pharmacology_texts"
        )
