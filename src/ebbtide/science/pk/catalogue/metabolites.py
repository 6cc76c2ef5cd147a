"""What becomes of ketamine: norketamine, and hydroxynorketamine after it."""

from typing import Final

from ebbtide.science.pk.models import Metabolite, Quantity

KETAMINE_G_PER_MOL: Final = 237.73
NORKETAMINE_G_PER_MOL: Final = 223.70
HYDROXYNORKETAMINE_G_PER_MOL: Final = 239.70
"""Molar masses of the free bases. Source: nlmixr2lib, notes on simons2022."""

NORKETAMINE: Final = "norketamine"
HYDROXYNORKETAMINE: Final = "hydroxynorketamine"

NORKETAMINE_OTTO: Final = Metabolite(
    name=NORKETAMINE,
    formed_from="ketamine",
    parameters={
        "v1": Quantity(98.64, "L", power=1.0, source="otto2021"),
        "cl": Quantity(57.72, "L/h", power=0.75, source="otto2021"),
        "v2": Quantity(160.0, "L", source="otto2021"),
        "q": Quantity(42.78, "L/h", source="otto2021"),
        "fraction": Quantity(1.0, "1", source="otto2021"),
    },
    transits=0,
    mass_factor=NORKETAMINE_G_PER_MOL / KETAMINE_G_PER_MOL,
    source="otto2021",
    note=(
        "Norketamine is taken as formed from all ketamine that is eliminated (Otto 2021, venous "
        "S-norketamine, 48 healthy adults); weakening of ketamine by norketamine is not modelled."
    ),
)

NORKETAMINE_SIMONS: Final = Metabolite(
    name=NORKETAMINE,
    formed_from="ketamine",
    parameters={
        "v1": Quantity(11.6, "L", power=1.0, source="simons2022"),
        "cl": Quantity(1.00, "L/min", power=0.75, source="simons2022"),
        "v2": Quantity(221.0, "L", power=1.0, source="simons2022"),
        "q": Quantity(2.63, "L/min", power=0.75, source="simons2022"),
        "fraction": Quantity(0.80, "1", source="simons2022"),
        "mtt": Quantity(20.1, "min", source="simons2022"),
    },
    transits=2,
    mass_factor=NORKETAMINE_G_PER_MOL / KETAMINE_G_PER_MOL,
    source="simons2022",
    note=(
        "Norketamine by Simons 2022: arterial S-norketamine, 20 healthy adults, 80 % formed by "
        "assumption; weakening of ketamine by norketamine is not modelled."
    ),
)

NORKETAMINE_PEREZ_RUIXO: Final = Metabolite(
    name=NORKETAMINE,
    formed_from="ketamine",
    parameters={
        "v1": Quantity(70.0, "L", source="perezruixo2021"),
        "cl": Quantity(38.0, "L/h", source="perezruixo2021"),
        "v2": Quantity(115.0, "L", source="perezruixo2021"),
        "q": Quantity(26.1, "L/h", source="perezruixo2021"),
        "fraction": Quantity(1.0, "1", source="perezruixo2021"),
        "asian_on_cl": Quantity(0.81, "1", source="perezruixo2021"),
    },
    transits=0,
    mass_factor=1.0,
    source="perezruixo2021",
    note=(
        "Norketamine of Perez-Ruixo 2021 has apparent volumes and clearance; others who wrote "
        "the model out found its 24 h exposure 1.4 to 1.6 times that of the paper's table."
    ),
)

NORKETAMINE_FLINT: Final = Metabolite(
    name=NORKETAMINE,
    formed_from="ketamine",
    parameters={
        "v1": Quantity(1.0, "L", power=1.0, source="flint2017"),
        "cl": Quantity(53.2, "L/h", power=0.75, source="flint2017"),
        "fraction": Quantity(1.0, "1", source="flint2017"),
    },
    transits=0,
    mass_factor=1.0,
    source="flint2017",
    note=(
        "Norketamine of Flint 2017 has a volume fixed at 1 L by its authors, and its clearance "
        "is kept as at the first dose here; the paper lets it grow by 0.87 % an hour."
    ),
)

HYDROXYNORKETAMINE_SIMONS: Final = Metabolite(
    name=HYDROXYNORKETAMINE,
    formed_from=NORKETAMINE,
    parameters={
        "v1": Quantity(4.4, "L", power=1.0, source="simons2022"),
        "cl": Quantity(0.933, "L/min", power=0.75, source="simons2022"),
        "v2": Quantity(87.5, "L", power=1.0, source="simons2022"),
        "q": Quantity(1.70, "L/min", power=0.75, source="simons2022"),
        "fraction": Quantity(0.70, "1", source="simons2022"),
        "mtt": Quantity(1.12, "min", source="simons2022"),
    },
    transits=2,
    mass_factor=HYDROXYNORKETAMINE_G_PER_MOL / KETAMINE_G_PER_MOL,
    source="simons2022",
    note=(
        "Hydroxynorketamine is of low confidence: one study of 20 healthy adults, 70 % formed "
        "by assumption, central volume uncertain by half."
    ),
)

BORROWED: Final = {
    NORKETAMINE: NORKETAMINE_OTTO,
    HYDROXYNORKETAMINE: HYDROXYNORKETAMINE_SIMONS,
}
"""For racemic adult models, which have no metabolites of their own. Both are of S-ketamine."""
