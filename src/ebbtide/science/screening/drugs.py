"""Generic names by class, and US brand names: what an interaction is looked up by.

Membership is textbook pharmacology and not complete; a name that is not here is reported as
not in the list, never as free of interactions.
"""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final


def _names(text: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in text.split(","))


KETAMINES: Final = ("ketamine", "esketamine", "arketamine")
BENZODIAZEPINES: Final = _names(
    "alprazolam, chlordiazepoxide, clobazam, clonazepam, clorazepate, diazepam, estazolam, "
    "flurazepam, lorazepam, midazolam, oxazepam, quazepam, temazepam, triazolam, eszopiclone, "
    "zaleplon, zolpidem, zopiclone"
)
LAMOTRIGINE: Final = ("lamotrigine",)
OPIOIDS: Final = _names(
    "buprenorphine, codeine, fentanyl, hydrocodone, hydromorphone, meperidine, methadone, "
    "morphine, oxycodone, oxymorphone, tapentadol, tramadol"
)
DEPRESSANTS: Final = _names(
    "gabapentin, pregabalin, alcohol, ethanol, phenobarbital, primidone, butalbital, "
    "carisoprodol, cyclobenzaprine, methocarbamol, baclofen, tizanidine, diphenhydramine, "
    "doxylamine, hydroxyzine, promethazine, sodium oxybate, suvorexant, lemborexant, "
    "amitriptyline, nortriptyline, doxepin, trazodone, mirtazapine, cannabis, dronabinol, nabilone"
)
PRESSURE_LOWERING: Final = _names(
    "clonidine, guanfacine, lisinopril, enalapril, ramipril, benazepril, losartan, valsartan, "
    "olmesartan, telmisartan, irbesartan, candesartan, amlodipine, nifedipine, felodipine, "
    "diltiazem, verapamil, metoprolol, atenolol, propranolol, carvedilol, bisoprolol, nebivolol, "
    "labetalol, hydrochlorothiazide, chlorthalidone, furosemide, spironolactone, hydralazine, "
    "doxazosin, prazosin, terazosin"
)
MAO_INHIBITORS: Final = _names(
    "tranylcypromine, phenelzine, isocarboxazid, moclobemide, selegiline, rasagiline, safinamide, "
    "linezolid, methylene blue"
)
THEOPHYLLINES: Final = ("theophylline", "aminophylline")
SYMPATHOMIMETICS: Final = _names(
    "amphetamine, dextroamphetamine, lisdexamfetamine, methamphetamine, methylphenidate, "
    "dexmethylphenidate, atomoxetine, modafinil, armodafinil, phentermine, pseudoephedrine, "
    "phenylephrine, ephedrine, epinephrine, norepinephrine, midodrine, vasopressin, cocaine"
)
THYROID_HORMONES: Final = ("levothyroxine", "liothyronine", "thyroid desiccated", "liotrix")
CYP3A4_INHIBITORS: Final = _names(
    "clarithromycin, grapefruit, erythromycin, ketoconazole, voriconazole, posaconazole, "
    "ritonavir, cobicistat, nefazodone, diltiazem, verapamil"
)
ITRACONAZOLE: Final = ("itraconazole",)
CYP2B6_INHIBITORS: Final = ("ticlopidine", "clopidogrel")
INDUCERS: Final = _names(
    "rifampin, rifampicin, carbamazepine, phenytoin, fosphenytoin, phenobarbital, primidone, "
    "efavirenz, st johns wort"
)
ANTIPSYCHOTICS: Final = _names(
    "haloperidol, risperidone, clozapine, olanzapine, quetiapine, aripiprazole, ziprasidone, "
    "paliperidone, lurasidone, chlorpromazine, fluphenazine, perphenazine"
)
LITHIUM: Final = ("lithium",)
NALTREXONE: Final = ("naltrexone",)
QT_PROLONGING: Final = _names(
    "ondansetron, amiodarone, sotalol, dofetilide, dronedarone, quinidine, procainamide, "
    "disopyramide, ibutilide, citalopram, escitalopram, methadone, haloperidol, ziprasidone, "
    "chlorpromazine, thioridazine, pimozide, droperidol, erythromycin, clarithromycin, "
    "moxifloxacin, levofloxacin"
)
SSRIS: Final = _names(
    "citalopram, escitalopram, fluoxetine, fluvoxamine, paroxetine, sertraline, vilazodone"
)

BRANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "abilify": "aripiprazole",
        "adderall": "amphetamine",
        "ambien": "zolpidem",
        "ativan": "lorazepam",
        "belbuca": "buprenorphine",
        "benadryl": "diphenhydramine",
        "biaxin": "clarithromycin",
        "butrans": "buprenorphine",
        "catapres": "clonidine",
        "celexa": "citalopram",
        "clozaril": "clozapine",
        "concerta": "methylphenidate",
        "contrave": "naltrexone",
        "desyrel": "trazodone",
        "dilantin": "phenytoin",
        "dilaudid": "hydromorphone",
        "duragesic": "fentanyl",
        "elavil": "amitriptyline",
        "eldepryl": "selegiline",
        "emsam": "selegiline",
        "flexeril": "cyclobenzaprine",
        "geodon": "ziprasidone",
        "haldol": "haloperidol",
        "halcion": "triazolam",
        "hypericum": "st johns wort",
        "ketalar": "ketamine",
        "klonopin": "clonazepam",
        "lamictal": "lamotrigine",
        "lexapro": "escitalopram",
        "librium": "chlordiazepoxide",
        "lioresal": "baclofen",
        "lithobid": "lithium",
        "lopressor": "metoprolol",
        "lunesta": "eszopiclone",
        "luvox": "fluvoxamine",
        "lyrica": "pregabalin",
        "marijuana": "cannabis",
        "marinol": "dronabinol",
        "marplan": "isocarboxazid",
        "nardil": "phenelzine",
        "neurontin": "gabapentin",
        "norco": "hydrocodone",
        "norvasc": "amlodipine",
        "nucynta": "tapentadol",
        "opana": "oxymorphone",
        "oxycontin": "oxycodone",
        "pamelor": "nortriptyline",
        "parnate": "tranylcypromine",
        "paxil": "paroxetine",
        "paxlovid": "ritonavir",
        "percocet": "oxycodone",
        "phenergan": "promethazine",
        "plavix": "clopidogrel",
        "prozac": "fluoxetine",
        "provigil": "modafinil",
        "remeron": "mirtazapine",
        "restoril": "temazepam",
        "revia": "naltrexone",
        "rifadin": "rifampin",
        "risperdal": "risperidone",
        "ritalin": "methylphenidate",
        "seroquel": "quetiapine",
        "soma": "carisoprodol",
        "sonata": "zaleplon",
        "spravato": "esketamine",
        "sporanox": "itraconazole",
        "suboxone": "buprenorphine",
        "subutex": "buprenorphine",
        "sudafed": "pseudoephedrine",
        "synthroid": "levothyroxine",
        "tegretol": "carbamazepine",
        "elixophyllin": "theophylline",
        "theo 24": "theophylline",
        "theo dur": "theophylline",
        "theochron": "theophylline",
        "ticlid": "ticlopidine",
        "tylenol 3": "codeine",
        "ultram": "tramadol",
        "uniphyl": "theophylline",
        "valium": "diazepam",
        "versed": "midazolam",
        "vicodin": "hydrocodone",
        "vivitrol": "naltrexone",
        "vyvanse": "lisdexamfetamine",
        "xanax": "alprazolam",
        "zanaflex": "tizanidine",
        "zestril": "lisinopril",
        "zofran": "ondansetron",
        "zoloft": "sertraline",
        "zyprexa": "olanzapine",
    }
)
"""Brand to generic, with further words for the same thing; lower case, as `plain_name` gives."""


def plain_name(text: str) -> str:
    """A typed name in lower case, words apart by one space, without apostrophes and signs."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’]", "", text.casefold())).split())


def is_any_of(members: Collection[str], *, text: str) -> bool:
    """Whether a typed name speaks of a listed drug, by its own name or a brand's.

    A name counts where it stands as whole words, so strengths and combinations are found.
    """
    typed = f" {plain_name(text)} "
    brands = {generic for brand, generic in BRANDS.items() if f" {brand} " in typed}
    return any(member in brands or f" {member} " in typed for member in members)
