"""Every instrument by name, and the one call that scores them."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from ebbtide.science.instruments.answers import Given
from ebbtide.science.instruments.definition import Instrument
from ebbtide.science.instruments.mood import MOOD
from ebbtide.science.instruments.news2 import NEWS2
from ebbtide.science.instruments.pain import PAIN
from ebbtide.science.instruments.result import Score
from ebbtide.science.instruments.scoring import score_answers
from ebbtide.science.instruments.sedation import SEDATION
from ebbtide.science.instruments.suicide import SUICIDE
from ebbtide.science.instruments.trauma import TRAUMA
from ebbtide.science.instruments.wellbeing import WELLBEING

INSTRUMENTS: Final[Mapping[str, Instrument]] = MappingProxyType(
    {
        instrument.id: instrument
        for instrument in (*MOOD, *TRAUMA, *SUICIDE, *PAIN, *SEDATION, NEWS2, *WELLBEING)
    }
)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


_NAMES: Final = {
    _plain(name): instrument
    for instrument in INSTRUMENTS.values()
    for name in (instrument.id, *instrument.also)
}


def instrument_named(name: str) -> Instrument:
    """The instrument of this name; case, spaces and hyphens do not matter.

    Raises:
        ValueError: There is none; the message lists those there are.
    """
    try:
        return _NAMES[_plain(name)]
    except KeyError:
        known = ", ".join(sorted(INSTRUMENTS))
        raise ValueError(f"instrument {name} is not known; those known are {known}") from None


def score(
    instrument_id: str, answers: str | Sequence[Given] | Mapping[str, Given] | Mapping[int, Given]
) -> Score:
    """Score the answers to the instrument of this name.

    Args:
        instrument_id: Its name, for example `phq-9`; case and hyphens do not matter.
        answers: In item order, or by item number, or as text with commas. None and empty
            text are blanks.

    Raises:
        ValueError: The instrument is not known, or an answer is missing, repeated or not
            allowed; the message names item, value and what is allowed.
    """
    return score_answers(instrument_named(instrument_id), answers)
