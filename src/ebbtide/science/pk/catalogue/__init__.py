"""The published models, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ebbtide.science.pk.catalogue.children import FLINT2017, HERD2007, HORNIK2018
from ebbtide.science.pk.catalogue.esketamine import OTTO2021, PEREZRUIXO2021, SIMONS2022
from ebbtide.science.pk.catalogue.racemic import (
    CLEMENTS_NIMMO1981,
    DOMINO1984,
    HIJAZI2003,
    KAMP2020,
)
from ebbtide.science.pk.models import PkModel

MODELS: Final[Mapping[str, PkModel]] = MappingProxyType(
    {
        model.name: model
        for model in (
            KAMP2020,
            DOMINO1984,
            CLEMENTS_NIMMO1981,
            HIJAZI2003,
            HERD2007,
            HORNIK2018,
            OTTO2021,
            SIMONS2022,
            PEREZRUIXO2021,
            FLINT2017,
        )
    }
)
"""Every model, the default first."""

DEFAULT_MODEL: Final = KAMP2020

__all__ = [
    "CLEMENTS_NIMMO1981",
    "DEFAULT_MODEL",
    "DOMINO1984",
    "FLINT2017",
    "HERD2007",
    "HIJAZI2003",
    "HORNIK2018",
    "KAMP2020",
    "MODELS",
    "OTTO2021",
    "PEREZRUIXO2021",
    "SIMONS2022",
    "model_named",
]


def model_named(name: str) -> PkModel:
    """A model by its name.

    Raises:
        ValueError: There is none; the message lists those there are.
    """
    if name not in MODELS:
        raise ValueError(f"model must be one of {', '.join(MODELS)}, not {name!r}")
    return MODELS[name]
