"""Every number of the science names a source that the bibliography has."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENTRY = re.compile(r"^@\w+\{([^,\s]+),", re.MULTILINE)
BIBLIOGRAPHY = ENTRY.findall((ROOT / "docs/references.bib").read_text())
MODULES = sorted(
    path for part in ("science", "devices") for path in (ROOT / "src/ebbtide" / part).rglob("*.py")
)
YEARED = re.compile(r"\b[a-z]+(?:19|20)\d\d[a-z]?\b")


def keys_cited(text: str) -> set[str]:
    """The keys that a docstring cites: the word after `Source:` and all that end in a year."""
    keys = set()
    for block in re.findall(r"Source:\s+(.*?)(?:\n\s*\n|\Z)", text, re.DOTALL):
        keys.add(re.match(r"[\w-]*", block).group())
        keys.update(YEARED.findall(block))
    return keys


def texts(path: Path) -> Iterator[str]:
    """Every string that stands alone: docstrings and the notes under constants."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield text


def references(path: Path) -> Iterator[str]:
    """What data give as `reference=` or `source=`; a finding may name a protocol item instead."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Name(id=name), keywords=keywords) if name[0].isupper():
                for keyword in keywords:
                    match keyword:
                        case ast.keyword("reference", ast.Constant(str(key))):
                            yield key
                        case ast.keyword("source", ast.Constant(str(key))) if name != "Finding":
                            yield key


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_every_source_is_in_the_bibliography(path):
    cited = {key for text in texts(path) for key in keys_cited(text)} | set(references(path))
    assert sorted(cited - set(BIBLIOGRAPHY) - {""}) == []


def test_no_key_stands_twice_in_the_bibliography():
    assert [key for key in BIBLIOGRAPHY if BIBLIOGRAPHY.count(key) > 1] == []


def test_the_science_cites_at_all():
    assert any(keys_cited(text) for path in MODULES for text in texts(path))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Source: kamp2020, table 2", {"kamp2020"}),
        (
            "A rate.\n\nSource: one1999 and\n    two2001, table 4.\n\nMore three2003.",
            {"one1999", "two2001"},
        ),
        ("Source: clinic_practice (a rule)", {"clinic_practice"}),
        ("nothing here", set()),
    ],
)
def test_keys_are_read_from_words(text, keys):
    assert keys_cited(text) == keys
