"""Third-party files in the repository are exactly the ones that were taken in."""

import hashlib
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[2] / "src/ebbtide/clinic/web/static/web/vendor"
LIST = VENDOR / "CHECKSUMS.txt"
LICENCES = {"0BSD", "MIT", "ISC", "OFL-1.1"}


def listed() -> dict[str, tuple[str, str, str]]:
    """Digest, package with version, licence, by file."""
    rows = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            digest, name, package, licence = line.split("  ")
            rows[name] = (digest, package, licence)
    return rows


def test_every_vendored_file_is_listed_and_every_listed_one_is_there():
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert found - {LIST.name} == set(listed())


@pytest.mark.parametrize("name", listed())
def test_a_vendored_file_is_unchanged(name):
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == listed()[name][0]


@pytest.mark.parametrize("name", [name for name in listed() if not name.startswith("licences/")])
def test_a_vendored_file_has_a_version_and_a_licence_whose_text_is_kept(name):
    _, package, licence = listed()[name]
    title, version = package.rsplit(" ", 1)
    assert version[0].isdigit()
    assert licence in LICENCES
    kept = title.split("/")[-1].removesuffix(".org")
    assert (VENDOR / "licences" / f"{kept}.txt").is_file()
