"""Where the result of a suicide-risk instrument leads; the scoring is the instrument's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.screening.parts import Grade, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class SuicideScreen:
    """The plain result of an instrument.

    Attributes:
        instrument: `c-ssrs`, `asq` or `bssa`.
        result: As the instrument bands it; see `ROUTES`.
    """

    instrument: str
    result: str

    def __post_init__(self) -> None:
        """Refuse a result that leads nowhere."""
        route_of(self.instrument, self.result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where one result leads.

    Attributes:
        instrument: Which instrument.
        result: Which of its results.
        code: Of the finding; empty when there is nothing to say.
        severity: What it does to the infusion.
        message: What the nurse does.
        reference: Key of the bibliography.
        tag: How the route came to be known.
        grade: Certainty of the evidence.
    """

    instrument: str
    result: str
    code: str = ""
    severity: Severity = Severity.NOTICE
    message: str = ""
    reference: str = "clinic_practice"
    tag: Tag = Tag.SYNTHESIS
    grade: Grade = Grade.NONE


_DIVERT: Final = (
    "Do not infuse, do not leave the patient alone: the prescriber comes now and the emergency "
    "pathway begins."
)
_ASSESS: Final = (
    "A clinician assesses the risk today and writes or renews the safety plan before an infusion."
)

ROUTES: Final = (
    Route(instrument="c-ssrs", result="none"),
    Route(
        instrument="c-ssrs",
        result="low",
        code="suicide.low",
        severity=Severity.OVERRIDE,
        message="C-SSRS low risk. A clinician speaks with the patient before an infusion; ask "
        "again before going home.",
        reference="columbia_triage",
    ),
    Route(
        instrument="c-ssrs",
        result="moderate",
        code="suicide.assess",
        severity=Severity.OVERRIDE,
        message=f"C-SSRS moderate risk. {_ASSESS}",
        reference="columbia_triage",
    ),
    Route(
        instrument="c-ssrs",
        result="high",
        code="suicide.divert",
        severity=Severity.BLOCK,
        message=f"C-SSRS high risk. {_DIVERT}",
        reference="columbia_triage",
    ),
    Route(instrument="asq", result="negative"),
    Route(
        instrument="asq",
        result="non-acute positive",
        code="suicide.assess",
        severity=Severity.OVERRIDE,
        message=f"ASQ positive, not acute. {_ASSESS}",
        reference="nimh_asq",
    ),
    Route(
        instrument="asq",
        result="acute positive",
        code="suicide.divert",
        severity=Severity.BLOCK,
        message=f"ASQ positive, acute. {_DIVERT}",
        reference="nimh_asq",
    ),
    Route(
        instrument="asq",
        result="positive",
        code="suicide.acuity_unknown",
        severity=Severity.BLOCK,
        message="ASQ positive and the question about now not answered: treat it as acute until "
        "a clinician has asked.",
        reference="nimh_asq",
    ),
    Route(instrument="bssa", result="no-intervention"),
    Route(
        instrument="bssa",
        result="non-urgent-followup",
        code="suicide.follow_up",
        message="BSSA: follow-up without urgency. Tell the prescriber; ask again before going "
        "home.",
        reference="nimh_asq",
    ),
    Route(
        instrument="bssa",
        result="further-evaluation-necessary",
        code="suicide.assess",
        severity=Severity.OVERRIDE,
        message=f"BSSA: further evaluation. {_ASSESS}",
        reference="nimh_asq",
    ),
    Route(
        instrument="bssa",
        result="emergency-psychiatric-evaluation",
        code="suicide.divert",
        severity=Severity.BLOCK,
        message=f"BSSA: emergency. {_DIVERT}",
        reference="nimh_asq",
    ),
)


def route_of(instrument: str, result: str, *, routes: Sequence[Route] = ROUTES) -> Route:
    """Where a result leads.

    Raises:
        ValueError: No such instrument, or it has no such result.
    """
    for route in routes:
        if (route.instrument, route.result) == (instrument, result):
            return route
    allowed = "; ".join(f"{route.instrument}: {route.result}" for route in routes)
    raise ValueError(
        f"{instrument or 'no instrument'} with {result or 'no result'} is not allowed; {allowed}"
    )


def suicide_route(
    screen: SuicideScreen, *, routes: Sequence[Route] = ROUTES
) -> tuple[Finding, ...]:
    """What the result of an instrument does to today's infusion.

    A high or acute result blocks and leads to the emergency pathway; one below it needs a
    clinician's assessment as its reason; what a clinician already assessed is shown.

    Source: columbia_triage, nimh_asq, clinic_practice (what follows)
    """
    route = route_of(screen.instrument, screen.result, routes=routes)
    if not route.code:
        return ()
    return (
        Finding(
            route.code,
            route.severity,
            route.message,
            field="suicide_screen",
            source=route.reference,
        ),
    )
