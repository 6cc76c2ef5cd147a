"""What an instrument is: its items and their answers, how it is scored, whose words it has."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from decimal import Decimal
from enum import StrEnum

from ebbtide.science.instruments.result import Answers, Score


class Rights(StrEnum):
    """Whose the wording is. Only the first two let it be kept in the package."""

    PUBLIC_DOMAIN = "public-domain"
    OWN = "own"
    REGISTRATION = "registration"
    PERMISSION = "permission"
    COMMERCIAL = "commercial"
    UNKNOWN = "unknown"


MAY_BE_SHIPPED = frozenset({Rights.PUBLIC_DOMAIN, Rights.OWN})


class Provenance(StrEnum):
    """How a rule was come by; a recalled one is checked before a clinic relies on it."""

    FOUND = "found"
    RECALLED = "recalled"
    OWN = "own"


class Method(StrEnum):
    """How a part is made from its items."""

    SUM = "sum"
    MEAN = "mean"
    GREATEST = "greatest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule in words, with where it is from.

    Attributes:
        words: The rule as a clinician would say it.
        source: A bibliography key.
        provenance: Whether it was read there, recalled or made here.
    """

    words: str
    source: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen.

    Attributes:
        value: What it counts.
        code: What it is called in a list of answers, for example `yes`; else its value.
        also: Other spellings of the code, in lower case.
        label: The words of the answer; empty unless the clinic loaded them.
    """

    value: Decimal
    code: str
    also: tuple[str, ...] = ()
    label: str = ""

    def is_called(self, text: str) -> bool:
        """Whether a typed word means this option."""
        return text.casefold() in {self.code.casefold(), *self.also}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question.

    Attributes:
        link_id: Its number on the form, the `linkId` of a FHIR Questionnaire.
        options: Answers to choose from; empty for a measured value.
        low: Least measured value.
        high: Greatest measured value.
        step: Measured values are multiples of this.
        is_coded: Answers are codes alone, as A, C, V, P and U: a number is not one.
        is_optional: May be left off the end of a list of answers.
        loinc: LOINC code where one was read in a source, else None.
        text: The question; empty unless the clinic loaded it.
    """

    link_id: str
    options: tuple[Option, ...] = ()
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    is_coded: bool = False
    is_optional: bool = False
    loinc: str | None = None
    text: str = ""

    @property
    def allowed(self) -> str:
        """The answers that may be given, in words."""
        if not self.options:
            return f"{self.low} to {self.high} in steps of {self.step}"
        if self.is_coded or any(option.code != str(option.value) for option in self.options):
            return ", ".join(option.code for option in self.options)
        return ", ".join(str(option.value) for option in self.options)


@dataclass(frozen=True, slots=True)
class Part:
    """A score made of items or of parts named before it.

    Attributes:
        name: What it is called among the subscales.
        of: Item numbers or names of earlier parts.
        method: Sum, mean or greatest.
        least_answered: With fewer answers there is no score; None asks for all. A sum
            of fewer than all is the mean of the answered times their number, rounded
            to a whole number, half up.
    """

    name: str
    of: tuple[str, ...]
    method: Method = Method.SUM
    _: KW_ONLY
    least_answered: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Names for stretches of the score.

    Attributes:
        steps: Least score of each band with its name, ascending.
        source: A bibliography key.
        provenance: Whether it was read there, recalled or made here.
    """

    steps: tuple[tuple[Decimal, str], ...]
    source: str
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoff:
    """A flag raised from one score on.

    Attributes:
        flag: The flag.
        at_least: Raised at this score and above.
        at_most: Or raised at this score and below.
        part: Name of the part it looks at; empty for the score itself.
        source: A bibliography key.
        provenance: Whether it was read there, recalled or made here.
    """

    flag: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    part: str = ""
    source: str
    provenance: Provenance


class Measure(StrEnum):
    """What a threshold of change is compared with."""

    FALL_PERCENT = "fall_percent"
    FALL_POINTS = "fall_points"
    BELOW = "below"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How much better is better. For decisions by people, never an automatic act.

    Attributes:
        name: For example `response` or `remission`.
        measure: Fall in percent of the first score, fall in points, or where the last
            score must lie.
        amount: The amount of it; a fall that is just as much reaches it.
        source: A bibliography key.
        provenance: Whether it was read there, recalled or made here.
    """

    name: str
    measure: Measure
    amount: Decimal
    source: str
    provenance: Provenance


class Worse(StrEnum):
    """Which way a score gets worse."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A questionnaire or scale, without its words unless the clinic loaded them.

    Attributes:
        id: Short name, for example `phq-9`.
        title: Full name.
        version: Of the published form.
        rights: Whose the words are.
        rights_note: What is known about them.
        recall: The time the questions ask about.
        items: In the order of the form.
        parts: Scores made of items; the subscales.
        headline: The part or item that is the score; empty if there is none.
        low: Least score.
        high: Greatest score.
        scoring: The scoring rule in words.
        missing: The rule for blanks in words.
        bands: Names for stretches of the score.
        cutoffs: Flags raised from a score on.
        thresholds: How much change counts.
        ladder: Bands without a number, best first, for instruments that are never summed.
        worse: Which way the score gets worse.
        safety_item: Item whose answer above zero asks for a suicide screen.
        judge: What bands, cut-offs and sums cannot say.
        loinc_panel: LOINC code of the instrument.
        loinc_score: LOINC code of its score.
        also: Other names it is asked for by.
        has_text: A FHIR Questionnaire with its words is in the package.
    """

    id: str
    title: str
    version: str = "1"
    rights: Rights
    rights_note: str
    recall: str
    items: tuple[Item, ...]
    parts: tuple[Part, ...] = ()
    headline: str = ""
    low: int | None = None
    high: int | None = None
    scoring: Rule
    missing: Rule
    bands: Bands | None = None
    cutoffs: tuple[Cutoff, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    ladder: tuple[str, ...] = ()
    worse: Worse = Worse.HIGHER
    safety_item: str = ""
    judge: Callable[[Answers, Score], Score] | None = None
    loinc_panel: str | None = None
    loinc_score: str | None = None
    also: tuple[str, ...] = ()
    has_text: bool = False

    def item(self, link_id: str) -> Item:
        """The item of this number.

        Raises:
            ValueError: There is none.
        """
        for item in self.items:
            if item.link_id == link_id:
                return item
        numbers = ", ".join(item.link_id for item in self.items)
        raise ValueError(f"{self.id} has no item {link_id}; its items are {numbers}")
