"""What a finding does to an act, and the refusal that carries all of them."""

import pytest

from ebbtide.science.findings import Finding, RefusedError, Severity, blocks, needs_reason

NOTICE = Finding("weight.last", Severity.NOTICE, "Last time 70 kg.")
OVERRIDE = Finding("weight.changed", Severity.OVERRIDE, "6 kg more than last time.")
BLOCK = Finding("weight.implausible", Severity.BLOCK, "700 kg is no adult's weight.")


@pytest.mark.parametrize("findings", [[BLOCK], [NOTICE, OVERRIDE, BLOCK]])
def test_a_block_forbids_the_act(findings: list[Finding]) -> None:
    assert blocks(findings)


@pytest.mark.parametrize("findings", [[OVERRIDE], [NOTICE, OVERRIDE, BLOCK]])
def test_an_override_asks_for_a_reason(findings: list[Finding]) -> None:
    assert needs_reason(findings)


@pytest.mark.parametrize("findings", [[], [NOTICE]])
def test_a_notice_does_nothing_to_the_act(findings: list[Finding]) -> None:
    assert not blocks(findings)
    assert not needs_reason(findings)


def test_a_block_is_no_matter_of_a_reason_nor_an_override_of_a_ban() -> None:
    assert not needs_reason([BLOCK])
    assert not blocks([OVERRIDE])


def test_a_refusal_keeps_and_says_every_reason() -> None:
    refusal = RefusedError(finding for finding in (OVERRIDE, BLOCK))
    assert refusal.findings == (OVERRIDE, BLOCK)
    assert str(refusal) == "6 kg more than last time.; 700 kg is no adult's weight."


def test_a_refusal_without_a_reason_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one finding"):
        RefusedError([])
