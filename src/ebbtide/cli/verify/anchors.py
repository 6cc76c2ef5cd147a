"""The chain heads written beside the database, against which a shortened one shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ebbtide.cli.verify.faults import Fault
from ebbtide.science.visit.chain import StoredEvent

_LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64})")


@dataclass(slots=True)
class Anchors:
    """One site's anchors that no event was met for yet, by their place in the site's chain."""

    waiting: dict[int, str] = field(default_factory=dict)
    contradictions: int = 0

    def contradicted_by(self, row: StoredEvent) -> Iterator[Fault]:
        """Hold an event to its anchor; only the first contradiction of a site is named."""
        anchored = self.waiting.pop(row.site_seq, row.site_hash)
        if anchored != row.site_hash:
            self.contradictions += 1
            if self.contradictions == 1:
                yield Fault(
                    problem="the site's chain is another one from here on than anchors/ has",
                    site=row.site,
                    visit=str(row.visit),
                    seq=row.seq,
                    event=row.kind,
                )

    def left_over(self, site: str, *, after: int) -> Iterator[Fault]:
        """Name the tail that is anchored and not in the database; a gap shows in the chain."""
        beyond = [place for place in self.waiting if place > after]
        if beyond:
            problem = (
                f"event(s) {after + 1} to {max(beyond)} of the site are missing: "
                f"anchors/{site}.txt names them"
            )
            yield Fault(problem=problem, site=site)


def read_anchors(folder: Path) -> tuple[dict[str, Anchors], list[Fault]]:
    """Every site's anchors, and what is wrong with their files; there may be none at all."""
    anchors: dict[str, Anchors] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.txt")):
        anchors[path.stem] = Anchors()
        faults += _fill(anchors[path.stem], path)
    return anchors, faults


def _fill(anchors: Anchors, path: Path) -> Iterator[Fault]:
    text = path.read_text(encoding="ascii", errors="replace")
    # What follows the last line's end is being written just now.
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            problem = f"line {number} of anchors/{path.name} cannot be read"
            yield Fault(problem=problem, site=path.stem)
            continue
        place, site_hash = int(match[1]), match[2]
        if anchors.waiting.setdefault(place, site_hash) != site_hash:
            problem = f"line {number} of anchors/{path.name} contradicts an earlier one"
            yield Fault(problem=problem, site=path.stem)
