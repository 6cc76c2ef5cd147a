"""The page of device codes, made from the tables that read them."""

from report.markdown import NOTICE, table

from ebbtide.devices.code_units import UNITS
from ebbtide.devices.codes import CODES, PRIVATE
from ebbtide.devices.dialects import PROFILES


def device_codes() -> str:
    """Families, codes in every spelling, units."""
    private = {
        system: {number: spelling for spelling, number in numbers.items()}
        for system, numbers in PRIVATE.items()
    }
    codes = [
        [
            str(code.number),
            f"`{code.refid}`" if code.refid else "not known",
            code.quantity.label if code.quantity else "",
            code.unit,
            *(numbers.get(code.number, "") for numbers in private.values()),
        ]
        for code in CODES
    ]
    units = [
        [unit.ucum, str(unit.number or ""), f"`{unit.refid}`" if unit.refid else "", unit.philips]
        for unit in UNITS
    ]
    return (
        f"{NOTICE}# Devices and their codes\n\n"
        "What the readers of `ebbtide.devices` know. Of the standard's codes number and name must "
        "agree; a code that is not here, or disagrees with itself, is **kept unmapped** and shown, "
        "and nothing is guessed. A name that is not known matches nothing but a maker's own "
        "number.\n\n"
        "## Families\n\nTried in this order; a device can also be set to one by hand.\n\n"
        f"{_families()}"
        "\n## Codes\n\nOf several codes of one quantity in one message, the first here that may "
        "be shown is taken.\n\n"
        + table(["number", "name", "quantity", "unit", *PRIVATE], codes)
        + "\n## Units\n\nPressure in kPa, temperature in °F and end-tidal carbon dioxide in per "
        "cent (as at sea level, which is noted) are turned into the unit of the code. A pressure, "
        "a temperature or carbon dioxide without a unit stays unmapped, except from a family that "
        "never says units.\n\n" + table(["unit", "number", "name", "Philips"], units)
    )


def _families() -> str:
    rows = [
        [
            f"`{profile.name}`",
            profile.title,
            profile.marks,
            profile.zone,
            f"{profile.period_s:g} s" if profile.period_s else "not known",
            " ".join(profile.traps),
        ]
        for profile in PROFILES
    ]
    return table(["name", "devices", "marks", "time zone", "period", "traps"], rows)
