"""Text and lines can be read in both themes: WCAG 2.2 contrast, worked out from the tokens."""

import re
from pathlib import Path

import pytest

from ebbtide.clinic import web

CSS = Path(web.__file__).parent / "static" / "web" / "css"
THEMES = ("light", "dim")

SURFACES = ("surface", "surface-raised", "surface-sunken")
TEXT = ("ink", "ink-soft", "accent", "attention", "danger", "ok")
FILLED = (
    *("accent-fill", "danger-fill", "stop-fill", "ketamine-label"),
    *("alarm-high", "alarm-medium", "alarm-low"),
)
LINES = (
    *("line-strong", "accent", "ketamine"),
    *("trace-pulse", "trace-spo2", "trace-bp", "trace-resp"),
)


def tokens(theme: str) -> dict[str, str]:
    """Colour tokens of a theme, by name without the dashes."""
    css = (CSS / "tokens.css").read_text(encoding="utf-8")
    blocks = re.findall(rf'\[data-theme="{theme}"\] {{(.*?)}}', css, flags=re.DOTALL)
    assert len(blocks) == 1, f"one block of tokens for {theme}"
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[0]))


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, from 0 to 1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def below(pairs: list[tuple[str, str]], *, theme: str, least: float) -> list[str]:
    """The pairs that fall short, in words."""
    colours = tokens(theme)
    return [
        f"{front} on {back}: {ratio:.2f}"
        for front, back in pairs
        if (ratio := contrast(colours[front], colours[back])) < least
    ]


def test_the_ratio_is_the_published_one():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_both_themes_have_the_same_roles():
    assert tokens("light").keys() == tokens("dim").keys()


@pytest.mark.parametrize("theme", THEMES)
def test_words_reach_7_on_the_surfaces_of_the_room_and_of_patient_pages(theme):
    pairs = [(text, surface) for text in TEXT for surface in SURFACES[:2]]
    assert below(pairs, theme=theme, least=7) == []


@pytest.mark.parametrize(("theme", "least"), [("light", 4.5), ("dim", 7)])
def test_words_can_be_read_on_a_sunken_surface(theme, least):
    pairs = [(text, "surface-sunken") for text in TEXT]
    assert below(pairs, theme=theme, least=least) == []


@pytest.mark.parametrize("theme", THEMES)
def test_words_reach_7_on_filled_controls_labels_and_alarms(theme):
    pairs = [(f"on-{fill}", fill) for fill in FILLED]
    assert below(pairs, theme=theme, least=7) == []


@pytest.mark.parametrize("theme", THEMES)
def test_lines_traces_and_edges_reach_3(theme):
    pairs = [(line, surface) for line in LINES for surface in SURFACES]
    assert below(pairs, theme=theme, least=3) == []


def test_a_dim_screen_lights_up_nobody():
    colours = tokens("dim")
    assert all(luminance(colours[surface]) < 0.02 for surface in SURFACES)
    assert luminance(colours["ink"]) < 0.7


def stylesheets(*without: str) -> list[Path]:
    return [path for path in sorted(CSS.glob("*.css")) if path.name not in without]


@pytest.mark.parametrize("sheet", stylesheets(), ids=lambda sheet: sheet.name)
def test_every_token_used_is_defined(sheet):
    everything = "".join(path.read_text(encoding="utf-8") for path in stylesheets())
    defined = set(re.findall(r"(--[\w-]+):", everything))
    used = set(re.findall(r"var\((--[\w-]+)", sheet.read_text(encoding="utf-8")))
    assert used - defined == set()


@pytest.mark.parametrize(
    "sheet", stylesheets("tokens.css", "print.css"), ids=lambda sheet: sheet.name
)
def test_colours_stand_in_the_tokens_alone(sheet):
    assert (
        re.findall(r"#[0-9a-f]{3,8}\b|\brgb|\bhsl|\bokl", sheet.read_text(encoding="utf-8")) == []
    )


# Paper is set in points.
@pytest.mark.parametrize("sheet", stylesheets("print.css"), ids=lambda sheet: sheet.name)
def test_there_are_six_sizes_of_type(sheet):
    sizes = re.findall(r"font-size: ([^;]+);", sheet.read_text(encoding="utf-8"))
    allowed = {
        f"var(--size-{name})" for name in ("small", "text", "lead", "title", "figure", "live")
    }
    # 1em keeps code beside words, 0.75em is an index below the line.
    assert set(sizes) <= allowed | {"1em", "0.75em"}
