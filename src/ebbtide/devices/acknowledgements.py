"""What goes back to a device: whether its message is safe here."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Final

from ebbtide.devices.errors import DeviceError
from ebbtide.devices.hl7v2 import Delimiters, Message, escape, field, read_batch


class Outcome(StrEnum):
    """What became of a message; the letter is the second of the reply's code."""

    STORED = "A"
    NOT_STORABLE = "E"
    REFUSED = "R"


_ERROR: Final = {
    Outcome.NOT_STORABLE: "207^Application internal error^HL70357",
    Outcome.REFUSED: "200^Unsupported message type^HL70357",
}
_MOST_ECHOED: Final = 199


def reply_code(message: Message, outcome: Outcome) -> str | None:
    """The code that the sender asks for by MSH-15 and MSH-16, None where it asks for none.

    Both empty is the original mode, AA. An application reply, where it is wanted, stands for
    both: the message is durable by then.

    Source: hl7_v2 (chapter 2, original and enhanced acknowledgement)
    """
    on_accept, on_application = (field(message.header, n).strip().upper() for n in (15, 16))
    if not on_accept and not on_application:
        return f"A{outcome}"
    if _wants(on_application, outcome):
        return f"A{outcome}"
    return f"C{outcome}" if _wants(on_accept, outcome) else None


def _wants(condition: str, outcome: Outcome) -> bool:
    if condition in ("", "NE"):
        return False
    if condition == "SU":
        return outcome is Outcome.STORED
    return condition != "ER" or outcome is not Outcome.STORED


def acknowledge(
    message: Message, outcome: Outcome, *, at: datetime, control_id: str, reason: str = ""
) -> bytes | None:
    """The reply to a message that was read, None where its sender wants none.

    Args:
        message: What is answered; its delimiters, version and character set are used.
        outcome: Say `STORED` only once the message is durable.
        at: The aware moment of the reply.
        control_id: Names the reply.
        reason: Words for the log of the sender's engineer; nothing of the patient's.

    Source: ihe_pcd (ORA^R41 answers ORU^R40), hl7_v2 (chapter 2, ACK)
    """
    code = reply_code(message, outcome)
    if code is None:
        return None
    text = _reply(message, code, outcome, at=at, control_id=control_id, reason=reason)
    return text.encode(message.charset, errors="replace")


def _reply(
    message: Message,
    code: str,
    outcome: Outcome,
    *,
    at: datetime,
    control_id: str,
    reason: str,
) -> str:
    cut = message.delimiters
    header = message.header
    sender_app, sender_place, own_app, own_place = (field(header, n) for n in (3, 4, 5, 6))
    fields = [
        *(own_app or "EBBTIDE", own_place, sender_app, sender_place),
        at.strftime("%Y%m%d%H%M%S%z"),
        "",
        _reply_kind(message),
        escape(control_id, cut),
        field(header, 11) or "P",
        field(header, 12) or "2.6",
        *("", "", "NE", "NE"),
    ]
    marks = f"{cut.component}{cut.repetition}{cut.escape}{cut.subcomponent}"
    lines = [
        cut.field.join(["MSH", marks, *map(_echoed, fields)]),
        cut.field.join(["MSA", code, _echoed(message.control_id), escape(reason, cut)]),
    ]
    if outcome is not Outcome.STORED and message.version >= "2.5":
        error = _ERROR[outcome].replace("^", cut.component)
        lines.append(cut.field.join(["ERR", "", "", error, "E", "", "", "", escape(reason, cut)]))
    return "".join(f"{line}\r" for line in lines)


def _reply_kind(message: Message) -> str:
    component = message.delimiters.component
    trigger = [*message.components(field(message.header, 9)), ""][1]
    if message.kind.split("^")[:2] == ["ORU", "R40"]:
        return component.join(["ORA", "R41", "ORA_R41"])
    return component.join(["ACK", trigger, "ACK"]) if trigger else "ACK"


def _echoed(text: str) -> str:
    """A field of the sender's given back, without what could end or frame the reply."""
    return re.sub(r"[\x00-\x1f]", "", text)[:_MOST_ECHOED]


def refuse(payload: bytes, reason: str, *, at: datetime, control_id: str) -> bytes:
    """The AR for bytes that are no message; it names what it answers where that can be seen."""
    try:
        message = read_batch(payload).messages[0]
    except DeviceError:
        header = ("MSH", "|", "^~\\&", "", "", "", "", "", "", "", "", "P", "2.6")
        message = Message((header,), Delimiters(), "ascii")
    text = _reply(message, "AR", Outcome.REFUSED, at=at, control_id=control_id, reason=reason)
    return text.encode(message.charset, errors="replace")
