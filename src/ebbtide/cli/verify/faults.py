"""One thing that does not hold, in words that name a place and no patient."""

from dataclasses import dataclass

from ebbtide.science.visit.chain import Break


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A problem and, where it has one, its place in the record.

    Attributes:
        site: The site's code.
        visit: The visit's identifier.
        seq: The event's place in its visit, from 1.
        event: What kind of event it is.
    """

    problem: str
    site: str = ""
    visit: str = ""
    seq: int | None = None
    event: str = ""

    @classmethod
    def of(cls, found: Break) -> "Fault":
        """A break of the chain."""
        return cls(
            problem=found.problem,
            site=found.site,
            visit=found.visit,
            seq=found.seq,
            event=found.event,
        )

    def __str__(self) -> str:
        """Name the place, then the problem."""
        event = f"event {self.seq}" + (f" ({self.event})" if self.event else "")
        place = (
            f"site {self.site}" if self.site else "",
            f"visit {self.visit}" if self.visit else "",
            event if self.seq is not None else "",
        )
        named = ", ".join(part for part in place if part)
        return f"{named}: {self.problem}" if named else self.problem
