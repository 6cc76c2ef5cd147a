"""No page carries a script or a style inside it: the content security policy would refuse it."""

import re
from pathlib import Path

import pytest

from ebbtide import clinic

TEMPLATES = sorted(Path(clinic.__file__).parent.glob("*/templates/**/*.html"))
INLINE = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style[\s>]",
    "a script of its own": r"<script(?![^>]*\ssrc=)[^>]*>",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=\s*[\"']",
    "code for htmx to evaluate": r"\shx-(?:on[:\w-]*|vals=['\"]js:)",
}


def inline_code(html: str) -> list[str]:
    """What a template carries that a strict policy refuses."""
    return [name for name, pattern in INLINE.items() if re.search(pattern, html, re.IGNORECASE)]


def test_there_are_templates_to_look_at():
    assert "base.html" in {template.name for template in TEMPLATES}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_template_carries_no_inline_code(template):
    assert inline_code(template.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<p style="color: red">', ["a style attribute"]),
        ("<style>p {}</style>", ["a style element"]),
        ("<script>go()</script>", ["a script of its own"]),
        ('<p onclick="go()">', ["an event attribute"]),
        ('<p hx-on:click="go()">', ["code for htmx to evaluate"]),
        ('<script src="/a.js" defer></script><p class="on">', []),
    ],
)
def test_each_kind_of_inline_code_is_found(html, found):
    assert inline_code(html) == found
