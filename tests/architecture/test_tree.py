"""What may stand in the project's files, and how they are cut and named."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400
STRAY_NAMES = {"utils", "helpers", "services", "managers", "common", "misc"}
TRACKED = subprocess.run(
    ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split("\0")[:-1]
SOURCES = [Path(name) for name in TRACKED if name.startswith("src/") and (ROOT / name).is_file()]
# Machines' paths, package hosts and words that are not about clinics. Each is written in halves,
# so that this file is not its own finding.
FORBIDDEN = re.compile(
    "|".join(
        "".join(halves)
        for halves in [
            (r"(?<![\w.])/wor", r"k/"),
            (r"(?<![\w.])/roo", r"t/"),
            (r"(?<!\w)\.lib", r"rary\b"),
            (r"\bpypi\.", r"org"),
            (r"pythonhos", r"ted"),
            (r"registry\.npm", r"js"),
            (r"\bindex-", r"url\b"),
            (r'"resolved": ', r'"http'),
            (r"\bsub", r"agents?\b"),
            (r"\b(?:cla", r"ude|anthro", r"pic|chat", r"gpt|open", r"ai|copi", r"lot)\b"),
            (r"\blanguage ", r"models?\b"),
        ]
    ),
    re.IGNORECASE,
)


def text_of(name: str) -> str:
    """A tracked file's text; nothing for pictures, fonts and files deleted meanwhile."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return ""


def test_no_tracked_file_speaks_of_anything_but_the_project():
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name in TRACKED
        for number, line in enumerate(text_of(name).splitlines(), start=1)
        if FORBIDDEN.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line", ["see /wor" + "k/main", "cd /roo" + "t/x", "https://pypi." + "org/x", "A Sub" + "agent"]
)
def test_forbidden_words_are_found(line):
    assert FORBIDDEN.search(line)


@pytest.mark.parametrize(
    "line",
    ["network/", "a framework/library", "the root/leaf", "anaesthetic agent", "template.Library()"],
)
def test_ordinary_words_are_not(line):
    assert not FORBIDDEN.search(line)


def test_no_source_file_is_longer_than_can_be_read_at_once():
    lengths = {
        str(path): text_of(str(path)).count("\n")
        for path in SOURCES
        if path.suffix in {".py", ".js", ".html", ".typ"}
        and not {"migrations", "vendor"} & set(path.parts)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_file_is_named_for_nothing_in_particular():
    assert [str(path) for path in SOURCES if STRAY_NAMES & {path.stem, *path.parts}] == []


def test_the_project_names_one_python_version():
    mention = re.compile(r"(?i)(?:python(?:[ _-]version)?\W{0,6}|py)(3[.]?\d{2})\b")
    files = [
        "pyproject.toml",
        "README.md",
        "CONTRIBUTING.md",
        "script/lock",
        "script/_environment.sh",
        "docs/how-to/run-in-production.md",
    ]
    found = {
        (name, version.replace(".", ""))
        for name in files
        for version in mention.findall(text_of(name))
    }
    # The finder of an interpreter names newer ones too; the oldest is the project's.
    oldest = {name: min(v for n, v in found if n == name) for name, _ in found}
    assert set(oldest.values()) == {"311"}
    assert {"pyproject.toml", "README.md", "script/lock", "script/_environment.sh"} <= set(oldest)


def test_the_changelog_begins_with_clinical_behaviour():
    headings = re.findall(r"^### (.+)$", text_of("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "Clinical behaviour"


def test_every_setting_is_in_the_manual_and_nothing_else_is():
    name = re.compile(r"EBBTIDE_[A-Z_]*[A-Z]")
    manual = text_of("docs/reference/settings.md")
    read = {found for path in SOURCES for found in name.findall(text_of(str(path)))}
    used_by_scripts = {
        found
        for tracked in TRACKED
        if tracked.startswith("script/")
        for found in name.findall(text_of(tracked))
    }
    assert read <= set(name.findall(manual))
    assert set(name.findall(manual)) <= read | used_by_scripts


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_every_link_of_the_front_pages_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text_of(page))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_picture_of_the_manual_is_used():
    pages = "".join(text_of(name) for name in TRACKED if name.endswith(".md"))
    pictures = [Path(name).name for name in TRACKED if name.startswith("docs/images/")]
    assert [picture for picture in pictures if picture not in pages] == []
