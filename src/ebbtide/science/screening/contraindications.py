"""What speaks against ketamine, as data: wording, weight, source, and the fact that triggers it.

Every entry is for the clinic's medical director to confirm or change; a site may change an
entry's weight and words, never drop one.
"""

from typing import Final

from ebbtide.science.screening.contraindication import Contraindication
from ebbtide.science.screening.contraindications_body import (
    AIRWAY_AND_AGE,
    HEART,
    LIVER_AND_PRESSURE,
    URINE_AND_GLANDS,
    VESSELS_AND_ALLERGY,
)
from ebbtide.science.screening.contraindications_person import (
    ARRANGEMENTS,
    MIND,
    PREGNANCY,
    SUBSTANCES,
)

CATALOGUE: Final[tuple[Contraindication, ...]] = (
    *VESSELS_AND_ALLERGY,
    *HEART,
    *LIVER_AND_PRESSURE,
    *URINE_AND_GLANDS,
    *AIRWAY_AND_AGE,
    *PREGNANCY,
    *MIND,
    *SUBSTANCES,
    *ARRANGEMENTS,
)
