"""Run the examples of the pages and write what they print, or with --check say which differ.

    .venv/bin/python docs/gallery.py [--check] [--python FILE] [--without-pictures]

An example is a `console` block, whose lines after `$ ` are run and whose other lines are what
they print, or a `python` block with a `text` block after it. All of them run in one folder with
the scenarios of docs/gallery, into which their pictures are drawn. `--python` runs them in another
environment, where the pictures' bytes are not compared; `--without-pictures` leaves `--plot` out,
for where nothing can draw.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
GALLERY = ROOT / "docs" / "gallery"
PAGES = (
    GALLERY / "index.md",
    ROOT / "docs" / "how-to" / "use-from-a-notebook.md",
    ROOT / "docs" / "reference" / "command-line.md",
)
BLOCK = re.compile(
    r"^```console\n(?P<session>.*?)^```$"
    r"|^```python\n(?P<code>.*?)^```\n\n```text\n(?P<said>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ (?P<command>(?:.*\\\n)*.*)\n", re.MULTILINE)
PLOT = re.compile(r" --plot \S+")


@dataclass(frozen=True)
class Runner:
    """An environment and the folder in which examples run."""

    python: Path
    folder: Path
    draws: bool

    def session(self, text: str) -> str:
        """A console block with what its commands print now."""
        return "".join(
            f"$ {found['command']}\n{self.told(['sh', '-c', self.drawn(found['command'])])}"
            for found in COMMAND.finditer(text)
        )

    def drawn(self, command: str) -> str:
        """A command as this environment can run it."""
        return command if self.draws else PLOT.sub("", command)

    def told(self, command: list[str]) -> str:
        """What a command prints, its errors too, as a reader would see them."""
        environment = {
            "PATH": f"{self.python.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PYTHONUTF8": "1",
            "COLUMNS": "92",
        }
        done = subprocess.run(  # noqa: S603 - the page's own examples
            command,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if "Traceback" in done.stdout:
            sys.exit(f"{' '.join(command)}\n{done.stdout}")
        return done.stdout

    def block(self, found: re.Match[str]) -> str:
        """One example with what it prints now."""
        if found["session"] is not None:
            return f"```console\n{self.session(found['session'])}```"
        told = self.told([str(self.python), "-c", found["code"]])
        return f"```python\n{found['code']}```\n\n```text\n{told}```"


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; 1 when one fell behind"
    )
    parser.add_argument("--python", type=Path, default=Path(sys.executable), metavar="FILE")
    parser.add_argument("--without-pictures", action="store_true", help="leave --plot out")
    return parser.parse_args()


def main() -> int:
    """Write what changed, or check it. Returns the exit code."""
    asked = options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for scenario in GALLERY.glob("*.json"):
            shutil.copy(scenario, folder)
        runner = Runner(asked.python.absolute(), folder, draws=not asked.without_pictures)
        made = {
            page: BLOCK.sub(runner.block, page.read_text(encoding="utf-8")).encode()
            for page in PAGES
        }
        pictures = {GALLERY / path.name: path.read_bytes() for path in folder.glob("*.svg")}
    if asked.python == Path(sys.executable):
        made |= pictures
        made |= {path: b"" for path in GALLERY.glob("*.svg") if path not in pictures}
    return settle(made, writes=not asked.check)


def settle(made: dict[Path, bytes], *, writes: bool) -> int:
    """Write the files that differ, no bytes for one that nothing makes, or name them."""
    behind = [
        path
        for path, content in made.items()
        if (path.read_bytes() if path.exists() else b"") != content
    ]
    for path in behind:
        if not writes:
            print(f"{path.relative_to(ROOT)} fell behind; run .venv/bin/python docs/gallery.py")
        elif made[path]:
            path.write_bytes(made[path])
            print(f"wrote {path.relative_to(ROOT)}")
        else:
            path.unlink()
            print(f"removed {path.relative_to(ROOT)}, which no example draws")
    return 1 if behind and not writes else 0


if __name__ == "__main__":
    sys.exit(main())
