"""Set a record: its content as JSON comes in, a PDF goes out.

Run as a process of its own; it imports neither the web framework nor the science.
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import typst
import vl_convert

_HERE: Final = Path(__file__).parent
_FONTS: Final = _HERE / "fonts"
_STANDARD: Final = "ua-1"
_LATIN: Final = 0x17F  # the last letter that the record's own font has for certain


def pdf_of(content: dict[str, Any]) -> bytes:
    """Set a record as tagged PDF, with the code of each character that no font can show."""
    setter = _Setter(content["printed_at"])
    try:
        return setter.set(content)
    except typst.TypstError:
        shown = _each_text(content, _replacing(setter.cannot_show))
    try:
        return setter.set(shown)
    except typst.TypstError:
        return setter.set(
            _each_text(content, _replacing(lambda character: ord(character) > _LATIN))
        )


class _Setter:
    """The template with its fonts, at one moment."""

    def __init__(self, printed_at: str) -> None:
        self._moment = datetime.fromisoformat(printed_at).replace(microsecond=0)
        self._compiler = typst.Compiler(
            str(_HERE / "record.typ"), font_paths=[str(_FONTS)], ignore_system_fonts=True
        )
        self._probe = typst.Compiler(font_paths=[str(_FONTS)], ignore_system_fonts=True)
        self._seen: dict[str, bool] = {}
        vl_convert.register_font_directory(str(_FONTS))

    def set(self, content: dict[str, Any]) -> bytes:
        """Compile the template over a record."""
        pictures = [
            {"svg": vl_convert.vegalite_to_svg(picture["spec"]), "alt": picture["alt"]}
            for picture in content["pictures"]
        ]
        record = json.dumps({**content, "pictures": pictures}, ensure_ascii=False)
        return self._compile(self._compiler, {"record": record})

    def cannot_show(self, character: str) -> bool:
        """Whether no font has a character."""
        if character.isascii():
            return False
        if character not in self._seen:
            try:
                self._compile(self._probe, {"text": f"a{character}"}, source=_PROBE)
                self._seen[character] = False
            except typst.TypstError:
                self._seen[character] = True
        return self._seen[character]

    def _compile(
        self, compiler: typst.Compiler, inputs: dict[str, str], source: bytes | None = None
    ) -> bytes:
        pdf = compiler.compile(
            source,
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=[_STANDARD],
            timestamp=self._moment,
        )
        return cast(bytes, pdf)


_PROBE: Final = (
    b'#set document(title: [x])\n#set text(font: "Atkinson Hyperlegible Next")\n#sys.inputs.text'
)


def _replacing(is_unfit: Callable[[str], bool]) -> Callable[[str], str]:
    def replace(text: str) -> str:
        return "".join(f"[U+{ord(c):04X}]" if is_unfit(c) else c for c in text)

    return replace


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    return value


def main() -> None:
    """Read a record from standard input and write its PDF to standard output."""
    sys.stdout.buffer.write(pdf_of(json.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
