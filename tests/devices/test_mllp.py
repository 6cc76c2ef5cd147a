from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.devices.mllp import MOST_BYTES, Block, BlockSplitter, Fault, wrap

STREAMS = [
    (b"\x0bone\x1c\r", [Block(b"one")]),
    (b"\x0bone\x1c\r\x0btwo\x1c\r", [Block(b"one"), Block(b"two")]),
    (b"\0\0\x0bone\x1c\r\0\0\r\n\x0btwo\x1c\r\0", [Block(b"one"), Block(b"two")]),
    (b"noise\x0bone\x1c\rmore\x0btwo\x1c\r", [Block(b"one"), Block(b"two")]),
    (b"\x0btor\x0bwhole\x1c\r", [Block(b"tor", Fault.TORN), Block(b"whole")]),
    (b"\x0b\x0bwhole\x1c\r", [Block(b"whole")]),
    (b"\x0bone\x1c\x0btwo\x1c\r", [Block(b"one"), Block(b"two")]),
    (b"\x0bone\x1c", [Block(b"one")]),
    (b"\x0bone", [Block(b"one", Fault.TORN)]),
    (b"\x0ba\x1cb\x1c\r", [Block(b"a\x1cb")]),
    (b"\x0b\x1c\r", [Block(b"")]),
    (b"one\x1c\r\x1c\r", []),
    (b"", []),
]


def blocks_of(splitter, *pieces):
    return [block for piece in pieces for block in splitter.feed(piece)] + splitter.close()


@pytest.mark.parametrize(("stream", "blocks"), STREAMS)
def test_a_stream_is_cut_into_its_blocks(stream, blocks):
    assert blocks_of(BlockSplitter(), stream) == blocks


@pytest.mark.parametrize(("stream", "blocks"), STREAMS)
def test_it_does_not_matter_how_the_bytes_arrive(stream, blocks):
    for place in range(len(stream) + 1):
        assert blocks_of(BlockSplitter(), stream[:place], stream[place:]) == blocks
    assert blocks_of(BlockSplitter(), *(stream[n : n + 1] for n in range(len(stream)))) == blocks


pieces = st.lists(st.sampled_from([b"\x0b", b"\x1c", b"\r", b"\0", b"a", b"bcd", b"\x1c\r"]))


@given(pieces, st.lists(st.integers(0, 80)), st.integers(1, 6))
def test_any_split_of_any_stream_gives_the_same_blocks(parts, cuts, most_bytes):
    stream = b"".join(parts)
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    split = [stream[a:b] for a, b in pairwise(places)]
    whole = BlockSplitter(most_bytes=most_bytes)
    pieced = BlockSplitter(most_bytes=most_bytes)
    assert blocks_of(pieced, *split) == blocks_of(whole, stream)
    assert all(len(block.payload) <= most_bytes for block in blocks_of(whole, stream))


@given(st.lists(st.binary(max_size=30).filter(lambda raw: not {0x0B, 0x1C} & set(raw))))
def test_what_is_wrapped_comes_out_again(payloads):
    stream = b"".join(map(wrap, payloads))
    assert blocks_of(BlockSplitter(), stream) == [Block(payload) for payload in payloads]


def test_bytes_outside_blocks_are_counted_but_not_harmless_ones():
    splitter = BlockSplitter()
    splitter.feed(b"\0\0abc\r\n\x0bone\x1c\r\0xy\r")
    assert splitter.skipped_bytes == 5


def test_a_block_of_the_greatest_length_is_read_and_one_byte_more_is_not():
    longest = b"x" * MOST_BYTES
    assert blocks_of(BlockSplitter(), wrap(longest)) == [Block(longest)]
    assert blocks_of(BlockSplitter(), wrap(longest + b"x")) == [Block(longest, Fault.TOO_LONG)]


def test_an_end_that_is_still_to_come_does_not_make_a_block_too_long():
    for place in range(6):
        splitter = BlockSplitter(most_bytes=2)
        stream = wrap(b"ab")
        assert blocks_of(splitter, stream[:place], stream[place:]) == [Block(b"ab")]


def test_after_one_that_is_too_long_the_next_is_read():
    splitter = BlockSplitter()
    chunk = b"x" * 65_536
    blocks = splitter.feed(b"\x0b")
    for _ in range(32):
        blocks += splitter.feed(chunk)
        assert len(splitter._kept) <= MOST_BYTES + len(chunk)
    assert [block.fault for block in blocks] == [Fault.TOO_LONG]
    assert splitter.feed(b"\x1c\r" + wrap(b"next")) == [Block(b"next")]
    splitter.feed(b"\x0b" + b"x" * (MOST_BYTES + 1))
    assert splitter.feed(b"rest" + wrap(b"next")) == [Block(b"next")]


def test_a_refusal_says_its_reason():
    assert str(MOST_BYTES) in Fault.TOO_LONG.reason
    assert Fault.TORN.reason


@pytest.mark.parametrize("payload", [b"a\x0bb", b"a\x1c\rb", b"a\x1c"])
def test_what_would_be_cut_apart_is_not_wrapped(payload):
    with pytest.raises(ValueError, match="frame"):
        wrap(payload)


def test_a_splitter_reads_at_least_a_byte():
    with pytest.raises(ValueError, match="most_bytes"):
        BlockSplitter(most_bytes=0)
