"""Write the pages that are made from the code, or with --check say which fell behind.

    .venv/bin/python docs/generate.py [--check]

The visit's states come from science/visit/transitions.py, the rules from the default protocol
and the screening data, the instruments, drug models and device codes from their definitions,
roles from the clinic's permission table and the tested table of addresses, references from
references.bib, figures from performance.json, which script/bench writes, and the pages of
docs/validation from the science itself held against golden data.
"""

import importlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from alarm_page import alarms
from device_page import device_codes
from instrument_page import PAGES as INSTRUMENTS
from model_page import drug_models
from patient_page import virtual_patient
from report.markdown import NOTICE, table
from rule_pages import PAGES as RULES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"


# The visit's states

BOX_WIDTH, BOX_HEIGHT = 104, 40
COLUMN, ROW = 184, 104
PLACES = {  # column, row
    "EXPECTED": (0, 1),
    "CHECKED_IN": (1, 1),
    "RUNNING": (2, 1),
    "HELD": (2, 0),
    "RECOVERY": (3, 1),
    "HANDED_OVER": (4, 1),
    "CALLED_OFF": (1, 2),
    "SIGNED": (4, 2),
}
STYLE = (
    "text { font: 14px sans-serif; fill: #1d1b17 } .kind { font-size: 12px; fill: #5a5348 } "
    "rect { fill: #fbf9f4; stroke: #5a5348; stroke-width: 1.5 } "
    "line { stroke: #5a5348; stroke-width: 1.5; marker-end: url(#tip) } "
    "marker path { fill: #5a5348 } .ground { fill: #ffffff; stroke: none }"
)


def edges() -> Iterator[tuple[str, str, str]]:
    """From, to, entry; STOP is drawn where a pump may run, though nothing refuses it anywhere."""
    from ebbtide.science.visit.events import Kind
    from ebbtide.science.visit.state import Status
    from ebbtide.science.visit.transitions import ALLOWED, LEADS_TO

    for status, kinds in ALLOWED.items():
        taken = set(kinds) | ({Kind.STOPPED} if status in (Status.RUNNING, Status.HELD) else set())
        for kind in Kind:
            target = LEADS_TO.get(kind)
            if kind in taken and target not in (None, status):
                yield status.name, target.name, kind.value.replace("_", " ")


def visit_states_svg() -> str:
    """The state machine as a drawing."""
    from ebbtide.science.visit.state import Status
    from ebbtide.science.visit.transitions import WORDS

    parts = []
    for start, end, label in edges():
        parts.append(arrow(centre(start), centre(end), label))
    for status in Status:
        x, y = centre(status.name)
        parts.append(
            f'<rect x="{x - BOX_WIDTH / 2:g}" y="{y - BOX_HEIGHT / 2:g}" width="{BOX_WIDTH}" '
            f'height="{BOX_HEIGHT}" rx="4"/>'
            f'<text x="{x}" y="{y + 5}" text-anchor="middle">{WORDS[status]}</text>'
        )
    width = COLUMN * max(column for column, _ in PLACES.values()) + BOX_WIDTH + 32
    height = ROW * max(row for _, row in PLACES.values()) + BOX_HEIGHT + 32
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="The states of a visit">\n'
        f"<style>{STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>\n'
        f'<rect class="ground" width="{width}" height="{height}"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def centre(status: str) -> tuple[float, float]:
    """The middle of a state's box."""
    column, row = PLACES[status]
    return 16 + BOX_WIDTH / 2 + column * COLUMN, 16 + BOX_HEIGHT / 2 + row * ROW


def arrow(start: tuple[float, float], end: tuple[float, float], label: str) -> str:
    """A line between two boxes; upright ones are moved aside, so that two ways do not overlap."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    aside_x, aside_y = (-dy / length * 9, dx / length * 9) if not dx else (0.0, 0.0)
    cut = min(BOX_WIDTH / 2 / abs(dx) if dx else 1.0, BOX_HEIGHT / 2 / abs(dy) if dy else 1.0)
    x1, y1 = start[0] + dx * cut + aside_x, start[1] + dy * cut + aside_y
    x2, y2 = end[0] - dx * cut + aside_x, end[1] - dy * cut + aside_y
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    if not dy:
        y, anchor = y - 6, "middle"
    elif not dx:
        x, y, anchor = (x + 6, y + 4, "start") if dy < 0 else (x - 6, y + 4, "end")
    else:
        x, y, anchor = x + 8, y - 6, "start"
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'
        f'<text class="kind" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{label}</text>'
    )


def visit_states() -> str:
    """The state machine in words."""
    from ebbtide.science.visit.events import Kind
    from ebbtide.science.visit.transitions import ALLOWED, WORDS

    rows = [
        [
            WORDS[status],
            ", ".join(kind.value.replace("_", " ") for kind in Kind if kind in kinds),
        ]
        for status, kinds in ALLOWED.items()
    ]
    return (
        f"{NOTICE}# The states of a visit\n\n"
        "A visit's state is worked out from its record and stored nowhere else. "
        "Each entry of the record is taken in some states and refused, with the reason, in the "
        "others. **Stop is taken always: no state and no rule refuses it.**\n\n"
        "![The states of a visit and the entries that lead from one to the next]"
        "(visit-states.svg)\n\n" + table(["state", "entries it takes, besides stop"], rows)
    )


# The rules


def default_protocol() -> str:
    """Every limit of the default protocol, with where it comes from."""
    from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL as PROTOCOL

    groups = {
        "weight": PROTOCOL.weight,
        "dose": PROTOCOL.dose,
        "gate": PROTOCOL.gate,
        "band": PROTOCOL.bands,
        "schedule": PROTOCOL.schedule,
        "discharge": PROTOCOL.discharge,
    }
    rows = []
    for item in PROTOCOL.items():
        area, name = item.split(".", maxsplit=1)
        source = PROTOCOL.source_of(item)
        known = source.tag.name.lower()
        reference = f"[{source.reference}](../reference/references.md#{anchor(source.reference)})"
        rows.append([f"`{item}`", in_words(groups[area], name), known, reference, source.note])
    return (
        f"{NOTICE}# The default protocol\n\n"
        "What a new protocol starts from. **Every entry is for the clinic's medical director to "
        "confirm or change**; the approved protocol is stored with each visit and never changes "
        "afterwards. A finding names the item it comes from.\n\n"
        "How a number came to be known: *read* in the source itself, *recalled* and to be read "
        "again, a *synthesis* of practice without one source, or *derived* from others.\n\n"
        + table(["item", "default", "known by", "source", "note"], rows)
    )


def in_words(limits: object, name: str) -> str:
    """A limit's value; a sign's thresholds as the steps of its ladder."""
    for each in getattr(limits, "thresholds", ()):
        if each.field == name:
            steps = ("danger_below", "caution_below", "caution_from", "danger_from")
            given = [(step, getattr(each, step)) for step in steps]
            unit = each.measure.unit
            return "; ".join(
                f"{step.replace('_', ' ')} {value}{unit}"
                for step, value in given
                if value is not None
            )
    value = getattr(limits, name)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def references() -> str:
    """The bibliography, by key."""
    parts = [f"{NOTICE}# References\n\nThe keys are the ones that the code's docstrings cite.\n"]
    text = (DOCS / "references.bib").read_text(encoding="utf-8")
    for key, body in sorted(re.findall(r"@\w+\{([^,\s]+),(.*?)\n\}", text, re.DOTALL)):
        fields = {
            name: re.sub(r"[{}]", "", value).replace("--", "\u2013")
            for name, value in re.findall(r"(\w+)\s*=\s*\{(.*)\}", body)
        }
        named = [fields[name] for name in ("author", "title", "journal") if name in fields]
        volume = ", ".join(fields[name] for name in ("year", "volume", "pages") if name in fields)
        words = ". ".join(
            part.rstrip(".") for part in [*named, volume, fields.get("note", "")] if part
        )
        parts.append(f"\n({anchor(key)})=\n**{key}**\n: {words}.\n")
    return "".join(parts)


def anchor(key: str) -> str:
    """A reference's place on its page."""
    return f"ref-{key.replace('_', '-')}"


# Roles


def roles() -> str:
    """Who may do what, and what each address answers."""
    from django.urls import get_resolver
    from tests.architecture.url_roles import ROWS, WHO

    from ebbtide.clinic.people.models import Role
    from ebbtide.clinic.people.rules import PERMISSIONS

    permissions = [
        [f"`{name}`", *("yes" if role in holders else "" for role in Role)]
        for name, holders in PERMISSIONS.items()
    ]
    paths = dict(addresses(get_resolver()))
    ours = [
        [f"`{paths[row.name]}`", row.method, *map(str, row.statuses)]
        for row in ROWS
        if not row.name.startswith(("mfa_", "account_"))
    ]
    return (
        f"{NOTICE}# Roles and addresses\n\n"
        "A role is held at a site. Whoever holds none at a site sees nothing of that site's "
        "patients.\n\n## What each role may do\n\n"
        + table(["permission", *(role.label.lower() for role in Role)], permissions)
        + "\n## What each address answers\n\n"
        "The outsider is a nurse of another site. 200 is the page, 302 the way to login or on, "
        "403 a refusal, which is logged; 422 is a form that was let in and found incomplete. "
        "A test asks every address as each of these people, and an address that is not in its "
        "table fails it.\n\n"
        + table(["address", "method", *(who.replace("_", " ") for who in WHO)], ours)
    )


def addresses(resolver: object, prefix: str = "", path: str = "/") -> Iterator[tuple[str, str]]:
    """Every address's full name and its path."""
    from django.urls import URLPattern

    for part in resolver.url_patterns:
        here = path + str(part.pattern)
        if isinstance(part, URLPattern):
            yield f"{prefix}{part.name}" if part.name else str(part.pattern), here
        else:
            inner = f"{prefix}{part.namespace}:" if part.namespace else prefix
            yield from addresses(part, inner, here)


# Figures


def performance() -> str:
    """The last figures."""
    measured = json.loads((REFERENCE / "performance.json").read_text(encoding="utf-8"))
    head = (
        f"{NOTICE}# Performance\n\n"
        "The last figures of `script/bench`, which runs every file of `bench/` and writes this "
        "page. `script/bench NAME` runs one. No test asserts a time.\n"
    )
    parts = [head]
    for name in sorted(measured):
        one = measured[name]
        rows = [
            [key.replace("_", " "), f"{value:.3g}", limit_of(one, key)]
            for key, value in one["figures"].items()
        ]
        parts.append(
            f"\n## {one['title']}\n\n`script/bench {name}`, {one['measured_on']}, "
            f"{one['machine']}.\n\n" + table(["figure", "measured", "to reach"], rows)
        )
    return "".join(parts)


def limit_of(measured: dict[str, dict[str, float]], key: str) -> str:
    """What a figure is to reach, in words; nothing where there is no limit."""
    limit = measured.get("limits", {}).get(key)
    return "" if limit is None else f"at most {limit:g}"


def validation(chapter: str) -> Callable[[], str]:
    """A page of docs/validation, by the module that makes it."""
    return lambda: str(importlib.import_module(f"report.{chapter}").page())


PAGES: dict[str, Callable[[], str]] = {
    "reference/visit-states.svg": visit_states_svg,
    "reference/visit-states.md": visit_states,
    "reference/roles.md": roles,
    "reference/references.md": references,
    "reference/performance.md": performance,
    "reference/virtual-patient.md": virtual_patient,
    "reference/device-codes.md": device_codes,
    "reference/drug-models.md": drug_models,
    "rules/alarms.md": alarms,
    "rules/default-protocol.md": default_protocol,
    **INSTRUMENTS,
    **RULES,
    "validation/index.md": validation("summary"),
    "validation/published.md": validation("published"),
    "validation/models.md": validation("models_side_by_side"),
    "validation/arithmetic.md": validation("exactness"),
    "validation/dosing.md": validation("dosing"),
    "validation/instruments.md": validation("instruments"),
    "validation/traps.md": validation("traps"),
    "validation/mutants.md": validation("mutants"),
    "validation/speed.md": validation("speed"),
    "validation/golden-data.md": validation("goldens"),
}


def main() -> int:
    """Write the pages, or check them. Returns the exit code."""
    sys.path.insert(0, str(ROOT))  # the pages hold the code to the same tables as the tests
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "EBBTIDE_DEMO": "1",
            "EBBTIDE_DATA_DIR": f"{folder}/data",
            "EBBTIDE_KEY_FILE": f"{folder}/key",
            "DJANGO_SETTINGS_MODULE": "ebbtide.clinic.config.settings",
        }
        import django

        django.setup()
        pages = {DOCS / name: make() for name, make in PAGES.items()}
    behind = [
        path
        for path, text in pages.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        for path in behind:
            print(f"{path.relative_to(ROOT)} fell behind; run .venv/bin/python docs/generate.py")
        return 1 if behind else 0
    for path in behind:
        path.write_text(pages[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
