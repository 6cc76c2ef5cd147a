import contextlib
import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ebbtide.devices.errors import DeviceError
from ebbtide.devices.hl7v2 import (
    Delimiters,
    escape,
    field,
    read_batch,
    read_message,
    read_time,
    says_zone,
    unescape,
)

MSH = "MSH|^~\\&|MON^1^EUI-64||||20261122100000+0000||ORU^R01^ORU_R01|7|P|2.6|||NE|AL"
LINES = [
    MSH,
    "OBR|1|||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|||20261122100000+0000",
    "OBX|1|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.1.1.1|97|262688^MDC_DIM_PERCENT^MDC|||||R",
    "OBX|2|NM|149530^MDC_PULS_OXIM_PULS_RATE^MDC|1.1.1.2|72|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R",
]
# Under no header, so no message: counted by hand.
STRAYS = {"sample_bad_batch1": 4, "sample_bad_file1": 4, "sample_bad_file2": 4}
UNREADABLE = {"sample_bad_batch", "sample_bad_file", "sample_bad_file3"}


def corpus(shared_data):
    folder = shared_data / "hl7"
    files = sorted(path for path in folder.rglob("*.hl7*") if path.is_file())
    assert len(files) >= 40
    return files


def code_of(payload):
    with pytest.raises(DeviceError) as caught:
        read_message(payload)
    assert caught.value.permanent
    return caught.value.code


@pytest.mark.real_data
def test_every_value_of_every_readable_file_is_kept_whatever_its_line_ends(shared_data):
    unreadable, strays, values = {}, {}, 0
    for path in corpus(shared_data):
        payload = path.read_bytes()
        written = re.findall(rb"(?:\A|[\r\n])(OBX\|[^\r\n]*)", payload)
        try:
            batch = read_batch(payload)
        except DeviceError as error:
            unreadable[path.stem] = error.code
            continue
        if batch.strays:
            strays[path.stem] = len(batch.strays)
        kept = ["|".join(s) for message in batch.messages for s in message.named("OBX")]
        assert kept == [raw.decode() for raw in written], path.name
        values += len(kept)
    assert unreadable == dict.fromkeys(UNREADABLE, "hl7.no_message")
    assert strays == STRAYS
    assert values > 90


@pytest.mark.real_data
def test_line_ends_and_marks_change_nothing(shared_data):
    for path in corpus(shared_data):
        if path.stem in UNREADABLE:
            continue
        payload = re.sub(rb"\r\n|\n", b"\r", path.read_bytes())
        known = read_batch(payload)
        for end in (b"\n", b"\r\n", b"\r\r"):
            assert read_batch(payload.replace(b"\r", end)) == known
        assert read_batch(b"\xef\xbb\xbf\0\r\n" + payload + b"\0\r\n") == known


@pytest.mark.real_data
def test_python_hl7_reads_the_same_where_ends_are_plain(shared_data):
    hl7 = pytest.importorskip("hl7", reason="python-hl7 is not installed")
    compared = 0
    for path in corpus(shared_data):
        if path.stem in UNREADABLE or path.stem in STRAYS:
            continue
        payload = re.sub(rb"\r\n|\n", b"\r", path.read_bytes())
        for message in read_batch(payload).messages:
            text = "\r".join(
                [
                    message.header[0] + message.header[1] + "|".join(message.header[2:]),
                    *("|".join(segment) for segment in message.segments[1:]),
                ]
            )
            theirs = hl7.parse(text)
            assert [str(s[0]) for s in theirs] == [s[0] for s in message.segments]
            for ours, other in zip(message.segments, theirs, strict=True):
                assert [str(part) for part in other] == list(ours), path.name
                compared += 1
    assert compared > 150


@pytest.mark.real_data
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_hl7apy_reads_the_same_values_where_ends_are_plain(shared_data):
    parser = pytest.importorskip("hl7apy.parser", reason="hl7apy is not installed")
    compared = 0
    for path in corpus(shared_data):
        if "commons_pcd01" not in str(path) and "commons_wan" not in str(path):
            continue
        payload = re.sub(rb"\r\n|\n", b"\r", path.read_bytes())
        message = read_message(payload)
        for segment in message.named("OBX"):
            theirs = parser.parse_segment("|".join(segment), version="2.6")
            numbers = (3, 5, 6, 8, 11, 14)
            for number in numbers:
                other = "".join(child.to_er7() for child in getattr(theirs, f"obx_{number}")[:1])
                ours = message.repetitions(field(segment, number))[0]
                assert other.rstrip("^") == ours.rstrip("^"), (path.name, number)
                compared += 1
    assert compared > 300


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_message_is_read_with_any_line_end(end):
    message = read_message(end.join(LINES).encode())
    assert [segment[5] for segment in message.named("OBX")] == ["97", "72"]
    assert message.kind == "ORU^R01"
    assert message.control_id == "7"
    assert message.version == "2.6"
    assert field(message.header, 1) == "|"
    assert field(message.header, 16) == "AL"
    assert field(message.header, 99) == ""


def test_line_ends_may_be_mixed():
    mixed = "".join(line + end for line, end in zip(LINES, ["\r\n", "\n", "\r", ""], strict=True))
    assert len(list(read_message(mixed.encode()).named("OBX"))) == 2


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "hl7.empty"),
        (b"\0\r\n", "hl7.empty"),
        (b"hello", "hl7.no_header"),
        (b"OBX|1|NM", "hl7.no_header"),
        (b"MSH", "hl7.truncated_header"),
        (b"MSH|", "hl7.truncated_header"),
        (b"MSH|^~\\&", "hl7.truncated_header"),
        (b"MSH|^~\\&|a|b|c|d|20261122|", "hl7.truncated_header"),
        (b"MSH|^~\\&|a|b|c|d|20261122||", "hl7.truncated_header"),
        (b"MSHA^~\\&|a", "hl7.truncated_header"),
        (b"MSH|abcd|a|b|c|d|e|f|ORU^R01", "hl7.truncated_header"),
        (b"BHS|^~\\&\rOBX|1\rBTS|1", "hl7.no_message"),
        (f"{MSH}\r{MSH}".encode(), "hl7.several"),
        (f"FHS|^~\\&\rOBX|1\r{MSH}".encode(), "hl7.strays"),
    ],
)
def test_what_cannot_be_read_is_named(payload, code):
    assert code_of(payload) == code


def test_errors_do_not_repeat_what_was_sent():
    for payload in (b"DOE^JOHN", b"MSH|DOE^JOHN|"):
        with pytest.raises(DeviceError) as caught:
            read_message(payload)
        assert "DOE" not in str(caught.value)


def test_a_batch_gives_all_its_messages():
    text = "\r".join(
        ["FHS|^~\\&", "BHS|^~\\&", *LINES, "BTS|1", "BHS|^~\\&", *LINES, "BTS|1", "FTS"]
    )
    batch = read_batch(text.encode())
    assert len(batch.messages) == 2
    assert batch.messages[0] == batch.messages[1] == read_message("\r".join(LINES).encode())
    assert batch.strays == ()


def test_a_cut_off_header_does_not_lose_the_other_messages_of_a_batch():
    torn = ["MSH|^~\\&|MON", "OBX|1|NM|x||1"]
    batch = read_batch("\r".join([*torn, *LINES]).encode())
    assert len(list(batch.messages[0].named("OBX"))) == 2
    assert batch.strays == tuple(torn)


def test_delimiters_are_the_headers_own():
    payload = MSH.translate(str.maketrans("|^~&", "!*+$")) + "\rOBX!1!NM!1*A*MDC"
    message = read_message(payload.encode())
    assert message.delimiters == Delimiters("!", "*", "+", "\\", "$")
    assert message.components(field(message.segments[1], 3)) == ["1", "A", "MDC"]


def test_a_doubled_or_missing_delimiter_does_not_count():
    doubled = MSH.replace("^~\\&", "^~\\\\&").encode()
    assert read_message(doubled).delimiters == Delimiters()
    assert read_message(MSH.replace("^~\\&", "^").encode()).delimiters == Delimiters()


def test_a_wrapped_header_and_a_broken_text_are_joined():
    wrapped = (
        MSH.replace("|7|", "|ab\ncd|") + "\rOBX|1|TX|x||first line\nSecond: line\nthe end|||||F"
    )
    message = read_message(wrapped.encode())
    assert message.control_id == "abcd"
    assert field(message.segments[1], 5) == "first line\nSecond: line\nthe end"
    assert len(message.segments) == 2


@pytest.mark.parametrize(
    ("named", "encoding", "charset"),
    [
        ("UNICODE UTF-8", "utf-8", "utf-8"),
        ("8859/1", "latin-1", "iso8859-1"),
        ("ASCII", "utf-8", "utf-8"),
        ("", "utf-8", "utf-8"),
        ("", "latin-1", "latin-1"),
        ("UNICODE UTF-8", "latin-1", "latin-1"),
        ("8859/5", "iso8859-5", "iso8859-5"),
        ("what is this", "latin-1", "latin-1"),
    ],
)
def test_text_is_read_by_the_named_character_set_then_the_likely_ones(named, encoding, charset):
    word = "Жук" if encoding == "iso8859-5" else "Müller"
    text = f"{MSH}||{named}\rPID|||1||{word}"
    message = read_message(text.encode(encoding))
    assert message.charset == charset
    assert field(message.segments[1], 5) == word


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("plain", "plain"),
        ("2.73x10\\S\\-7", "2.73x10^-7"),
        ("a\\F\\b\\R\\c\\T\\d\\E\\e", "a|b~c&d\\e"),
        ("one\\.br\\two", "one\ntwo"),
        ("\\H\\bold\\N\\", "bold"),
        ("\\X41C3A9\\", "Aé"),
        ("\\XZZ\\ \\Q\\", "\\XZZ\\ \\Q\\"),
        ("C:\\", "C:\\"),
    ],
)
def test_escapes_stand_for_what_they_say(text, meant):
    assert unescape(text, Delimiters()) == meant


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])))
def test_escaped_text_comes_back_and_cuts_nothing(text):
    escaped = escape(text, Delimiters())
    assert not set("|^~&\r\n") & set(escaped)
    assert unescape(escaped, Delimiters()) == text


PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20261122100000", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("20260722100000", datetime(2026, 7, 22, 8, tzinfo=UTC)),
        ("202611221000", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("20261122100000+0800", datetime(2026, 11, 22, 2, tzinfo=UTC)),
        ("20261122100000.0000+0530", datetime(2026, 11, 22, 4, 30, tzinfo=UTC)),
        ("20261122100000.25-0500", datetime(2026, 11, 22, 15, 0, 0, 250_000, tzinfo=UTC)),
        ("20261122100000Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("00000000000000", None),
        ("20261122", None),
        ("20261322100000", None),
        ("20261122100000+9900", None),
        ("99991231235959-1200", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times_are_read_as_devices_write_them(text, moment):
    if text.endswith("+9900"):
        assert not says_zone(text)
    else:
        assert read_time(text, PARIS) == moment


def test_a_time_says_its_zone_or_not():
    assert says_zone("20261122100000+0000")
    assert says_zone("20261122100000Z")
    assert not says_zone("20261122100000")
    assert not says_zone("soon")
    assert read_time("20261122100000", timezone(timedelta(hours=1))).hour == 9


@settings(max_examples=400)
@given(st.binary(max_size=400))
@example(b"MSH|\\\\\\\\|a|b|c|d|e|f|g")
@example(b"MSH\n|^~\\&|||||||ORU")
def test_no_bytes_raise_anything_but_the_readers_own_error(raw):
    for payload in (raw, b"MSH|^~\\&|" + raw, "\r".join(LINES).encode() + b"\r" + raw):
        try:
            batch = read_batch(payload)
        except DeviceError:
            continue
        assert batch.messages
        for message in batch.messages:
            for segment in message.segments:
                message.unescape(segment[-1])


@given(st.data())
def test_no_torn_message_raises_anything_but_the_readers_own_error(data):
    whole = "\r".join(LINES).encode()
    place = data.draw(st.integers(0, len(whole)))
    changed = bytearray(whole[:place])
    for _ in range(data.draw(st.integers(0, 4))):
        if changed:
            changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DeviceError):
        read_batch(bytes(changed))
