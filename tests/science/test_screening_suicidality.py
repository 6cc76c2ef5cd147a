"""Where each result of a suicide-risk instrument leads."""

import pytest

from ebbtide.science.findings import Severity
from ebbtide.science.instruments.suicide import ASQ, BSSA, CSSRS
from ebbtide.science.screening.suicidality import ROUTES, SuicideScreen, route_of, suicide_route


@pytest.mark.parametrize(
    ("instrument", "result", "code", "severity"),
    [
        ("c-ssrs", "low", "suicide.low", Severity.OVERRIDE),
        ("c-ssrs", "moderate", "suicide.assess", Severity.OVERRIDE),
        ("c-ssrs", "high", "suicide.divert", Severity.BLOCK),
        ("asq", "non-acute positive", "suicide.assess", Severity.OVERRIDE),
        ("asq", "positive", "suicide.acuity_unknown", Severity.BLOCK),
        ("asq", "acute positive", "suicide.divert", Severity.BLOCK),
        ("bssa", "non-urgent-followup", "suicide.follow_up", Severity.NOTICE),
        ("bssa", "further-evaluation-necessary", "suicide.assess", Severity.OVERRIDE),
        ("bssa", "emergency-psychiatric-evaluation", "suicide.divert", Severity.BLOCK),
    ],
)
def test_each_result_leads_where_it_should(instrument, result, code, severity):
    (finding,) = suicide_route(SuicideScreen(instrument=instrument, result=result))
    assert (finding.code, finding.severity) == (code, severity)
    assert finding.field == "suicide_screen"


@pytest.mark.parametrize(
    ("instrument", "result"), [("c-ssrs", "none"), ("asq", "negative"), ("bssa", "no-intervention")]
)
def test_no_risk_is_no_finding(instrument, result):
    assert suicide_route(SuicideScreen(instrument=instrument, result=result)) == ()


def test_who_is_in_danger_goes_to_the_emergency_pathway_and_is_not_left_alone():
    message = route_of("c-ssrs", "high").message
    assert "Do not infuse" in message
    assert "do not leave the patient alone" in message
    assert "emergency pathway" in message


@pytest.mark.parametrize("instrument", [ASQ, BSSA, CSSRS], ids=lambda each: each.id)
def test_every_result_that_an_instrument_gives_has_a_route(instrument):
    routed = {route.result for route in ROUTES if route.instrument == instrument.id}
    assert routed == set(instrument.ladder)


@pytest.mark.parametrize(
    ("instrument", "result"), [("c-ssrs", "severe"), ("phq-9", "low"), ("", "")]
)
def test_a_result_that_leads_nowhere_is_refused(instrument, result):
    with pytest.raises(ValueError, match="is not allowed; c-ssrs: none; c-ssrs: low"):
        SuicideScreen(instrument=instrument, result=result)


def test_what_was_left_out_is_named():
    with pytest.raises(ValueError, match="asq with no result"):
        SuicideScreen(instrument="asq", result="")
    with pytest.raises(ValueError, match="no instrument with low"):
        SuicideScreen(instrument="", result="low")
