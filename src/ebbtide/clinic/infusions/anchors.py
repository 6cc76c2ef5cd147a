"""Chain heads written outside the database, so that a cut-off tail shows.

One line per event and site: its place and its link in the site's chain. Whoever
shortens the database and mends its heads still contradicts this file. It is
written after the commit: it may lag behind the database, never run ahead of it.
"""

from django.conf import settings


def write(site_code: str, *, site_seq: int, site_hash: str) -> None:
    """Add one line for an event that is safely in the database."""
    folder = settings.DATA_DIR / "anchors"
    folder.mkdir(exist_ok=True)
    with (folder / f"{site_code}.txt").open("a", encoding="ascii") as lines:
        lines.write(f"{site_seq} {site_hash}\n")
