"""Where every golden value comes from."""

from typing import Any

from .markdown import DATA, NOTICE, golden, table

KINDS = {
    "published": "read in a publication or in the data of another program, never computed here",
    "computed": "worked out by a method that shares no code and no constants with the project",
    "recorded": "written down from a run: it shows only that something changed",
}
FIELDS = ("kind", "source", "method", "date", "tolerance")


def told(document: dict[str, Any], case: dict[str, Any]) -> dict[str, str]:
    """What a case says of itself, or its file for it; tolerances go by several names."""
    both = {**document, **case}
    bounds = [
        f"{name.replace('_', ' ')} {both[name]:g}" for name in both if name == "tolerance_relative"
    ]
    if "low" in both:
        bounds.append("from low to high")
    return {
        name: str(both.get(name) or (", ".join(bounds) if name == "tolerance" else ""))
        for name in FIELDS
    }


def files() -> list[str]:
    """Every golden file of the science, by its name under tests/data."""
    folders = ("pk", "dosing", "instruments")
    return sorted(
        str(path.relative_to(DATA)) for folder in folders for path in (DATA / folder).glob("*.json")
    )


def cases(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The cases of a file; where it has them by name, the name is all they say."""
    found = document.get("cases", [])
    return list(found) if isinstance(found, list) else [{"id": name} for name in found]


def page() -> str:
    """The page."""
    lines = []
    for name in files():
        document = golden(name)
        heads = [told(document, case) for case in cases(document)] or [told(document, {})]
        first = heads[0]
        lines.append(
            [
                f"`tests/data/{name}`",
                " and ".join(dict.fromkeys(head["kind"] for head in heads)),
                str(len(heads)),
                document.get("source") or "each case's own",
                document.get("method", ""),
                first["date"],
                document.get("tolerance") or first["tolerance"],
            ]
        )
    kinds = "".join(f"{name}\n: {words}.\n\n" for name, words in KINDS.items())
    return (
        f"{NOTICE}# Golden data\n\n"
        "The values that tests hold the science to, and how far each can be trusted. **A recorded "
        "value proves nothing but sameness.**\n\n"
        + kinds
        + table(["file", "kind", "cases", "source", "method", "date", "tolerance"], lines)
        + "\nEach case states its own source and tolerance where they differ from its file's. "
        "`script/golden` computes the computed ones anew.\n"
    )
