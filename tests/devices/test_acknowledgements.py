from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.devices.acknowledgements import Outcome, acknowledge, refuse, reply_code
from ebbtide.devices.hl7v2 import field, read_message
from ebbtide.devices.mllp import wrap

AT = datetime(2026, 11, 22, 10, 0, 1, tzinfo=UTC)


def message(on_accept="", on_application="", *, kind="ORU^R01^ORU_R01", control_id="7", **changed):
    version = changed.get("version", "2.6")
    charset = changed.get("charset", "")
    return read_message(
        f"MSH|^~\\&|MON^1^EUI-64|WARD|EBBTIDE|CLINIC|20261122100000||{kind}|{control_id}|P|{version}"
        f"|||{on_accept}|{on_application}||{charset}\rPID|||1||M\u00fcller".encode()
    )


def reply(outcome=Outcome.STORED, reason="", **changed):
    sent = acknowledge(message(**changed), outcome, at=AT, control_id="E1", reason=reason)
    return read_message(sent)


@pytest.mark.parametrize(
    ("on_accept", "on_application", "stored", "not_storable", "refused"),
    [
        ("", "", "AA", "AE", "AR"),
        ("NE", "AL", "AA", "AE", "AR"),
        ("AL", "NE", "CA", "CE", "CR"),
        ("AL", "", "CA", "CE", "CR"),
        ("AL", "AL", "AA", "AE", "AR"),
        ("NE", "NE", None, None, None),
        ("NE", "ER", None, "AE", "AR"),
        ("NE", "SU", "AA", None, None),
        ("ER", "NE", None, "CE", "CR"),
        ("SU", "ER", "CA", "AE", "AR"),
        ("al", "ne", "CA", "CE", "CR"),
    ],
)
def test_the_sender_says_which_reply_it_wants(
    on_accept, on_application, stored, not_storable, refused
):
    sent = message(on_accept, on_application)
    assert [reply_code(sent, outcome) for outcome in Outcome] == [stored, not_storable, refused]
    if stored is None:
        assert acknowledge(sent, Outcome.STORED, at=AT, control_id="E1") is None


def test_a_reply_goes_back_to_its_sender_and_names_what_it_answers():
    answer = reply()
    assert [field(answer.header, n) for n in (3, 4, 5, 6)] == [
        *("EBBTIDE", "CLINIC", "MON^1^EUI-64", "WARD")
    ]
    assert field(answer.header, 7) == "20261122100001+0000"
    assert field(answer.header, 9) == "ACK^R01^ACK"
    assert field(answer.header, 10) == "E1"
    assert answer.segments[1] == ("MSA", "AA", "7", "")
    assert len(answer.segments) == 2


def test_an_alarm_is_answered_in_its_own_kind():
    assert field(reply(kind="ORU^R40^ORU_R40").header, 9) == "ORA^R41^ORA_R41"
    assert field(reply(kind="ORU").header, 9) == "ACK"


def test_a_refusal_says_why_to_those_who_know_error_segments():
    answer = reply(Outcome.REFUSED, "Not | for us\r")
    assert answer.segments[1][1] == "AR"
    assert answer.unescape(answer.segments[1][3]) == "Not | for us "
    assert field(answer.segments[2], 4) == "E"
    old = reply(Outcome.NOT_STORABLE, "Disk full", version="2.3.1")
    assert [segment[0] for segment in old.segments] == ["MSH", "MSA"]


def test_bytes_that_are_no_message_are_refused_all_the_same():
    answer = read_message(refuse(b"hello", "Unreadable", at=AT, control_id="E2"))
    assert answer.segments[1][:4] == ("MSA", "AR", "", "Unreadable")
    named = read_message(refuse(b"MSH|^~\\&|M||||||ADT^A01|9", "No", at=AT, control_id="E2"))
    assert named.segments[1][:3] == ("MSA", "AR", "9")


@given(st.binary(max_size=200))
def test_every_refusal_can_be_framed_and_read(raw):
    for payload in (raw, b"MSH|^~\\&|" + raw + b"||||||ORU^R01|" + raw):
        answer = refuse(payload, "Unreadable", at=AT, control_id="E2")
        assert wrap(answer)
        assert read_message(answer).kind.split("^")[0] in ("ACK", "ORA")
