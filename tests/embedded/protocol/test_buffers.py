"""Primitives, packets and rows, whole and in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_oracle.embedded.protocol.buffers import Reader, clr, sb, sized, ub
from dlt_oracle.embedded.protocol.codes import FORM_IMPLICIT, Marker, OraType, PacketType
from dlt_oracle.embedded.protocol.metadata import Definition
from dlt_oracle.embedded.protocol.packets import (
    PacketDecoder,
    ProtocolError,
    encode_data,
    encode_marker,
    encode_packet,
    interrupts,
)
from dlt_oracle.embedded.protocol.rows import order_on_wire, read_rows


@given(st.integers(0, 2**64 - 1))
def test_unsigned_integers_survive(number: int) -> None:
    assert Reader(ub(number)).ub8() == number


@pytest.mark.parametrize(
    ("number", "data"), [(0, "00"), (1, "0101"), (-1, "8101"), (300, "02012c"), (-300, "82012c")]
)
def test_signed_integers_carry_the_sign_in_their_length(number: int, data: str) -> None:
    assert sb(number).hex() == data


def test_an_integer_longer_than_its_type_is_refused() -> None:
    with pytest.raises(ProtocolError, match="integer of 3 bytes"):
        Reader(b"\x03\1\2\3").ub2()


@given(st.binary(max_size=100_000))
def test_bytes_survive_in_both_forms(data: bytes) -> None:
    assert (Reader(clr(data)).clr() or b"") == data
    assert Reader(sized(data)).sized() == data


@pytest.mark.parametrize("null", [b"\0", b"\xff", b"\xfd\x01"])
def test_every_form_of_null_is_read(null: bytes) -> None:
    reader = Reader(null + b"\x07")
    assert reader.clr() is None
    assert reader.u8() == 7


def test_an_empty_text_with_two_lengths_has_only_one() -> None:
    assert sized(b"") == b"\0"


def in_pieces(data: bytes, size: int) -> Reader:
    """Return a reader that gets ``data`` in packets of ``size`` bytes."""
    pieces = iter([data[start : start + size] for start in range(0, len(data), size)])
    return Reader(next(pieces), lambda: next(pieces))


@given(st.lists(st.binary(max_size=600), min_size=1, max_size=20), st.integers(1, 700))
def test_fields_are_read_across_any_packet_borders(fields: list[bytes], size: int) -> None:
    reader = in_pieces(b"".join(sized(field) for field in fields) + b"\x05", size)
    assert [reader.sized() for _ in fields] == fields
    assert reader.u8() == 5
    assert reader.left == 0


def test_a_message_that_ends_early_is_refused() -> None:
    with pytest.raises(ProtocolError, match="ends in the middle"):
        Reader(b"\x05abc").clr()


ROWS = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.binary(max_size=300), min_size=width, max_size=width), min_size=1, max_size=15
    )
)


@given(ROWS, st.integers(1, 2000))
def test_rows_are_cut_into_columns_across_any_packet_borders(rows: list[list[bytes]], size: int) -> None:
    width = len(rows[0])
    data = b"".join(b"\x07" + b"".join(map(clr, row)) for row in rows)
    reader = in_pieces(data + b"\x03", size)
    definitions = [Definition(OraType.VARCHAR, 300, form=FORM_IMPLICIT)] * width
    cells = read_rows(reader, definitions, range(width), len(rows))
    assert [list(row) for row in zip(*(cells[n] for n in range(width)), strict=True)] == rows
    assert reader.u8() == 3


def test_what_is_no_row_where_a_row_belongs_is_refused() -> None:
    reader = Reader(b"\x07\x01a\x08\x01b")
    with pytest.raises(ProtocolError, match="message 8 where a row of binds belongs"):
        read_rows(reader, [Definition(OraType.VARCHAR)], [0], 2)


def test_long_values_come_last_in_sql_and_in_place_in_plsql() -> None:
    definitions = [Definition(OraType.VARCHAR, size) for size in (9000, 10, 4001, 4000)]
    assert order_on_wire(definitions, frozenset(), 4000, plsql=False) == [1, 3, 0, 2]
    assert order_on_wire(definitions, frozenset(), 4000, plsql=True) == [0, 1, 2, 3]
    assert order_on_wire(definitions, frozenset({0, 3}), 4000, plsql=False) == [1, 2]


@given(st.lists(st.binary(min_size=1, max_size=3000), min_size=1, max_size=5), st.integers(1, 4000))
def test_packets_are_found_in_any_pieces_of_the_stream(payloads: list[bytes], size: int) -> None:
    stream = b"".join(encode_data(payload, 512) for payload in payloads) + encode_marker(Marker.INTERRUPT)
    decoder = PacketDecoder()
    decoder.large = True
    found = []
    for start in range(0, len(stream), size):
        decoder.feed(stream[start : start + size])
        while (packet := decoder.next()) is not None:
            found.append(packet)
    assert b"".join(packet.body for packet in found[:-1]) == b"".join(payloads)
    assert all(len(packet.body) <= 502 for packet in found)
    assert (found[-1].type, found[-1].marker) == (PacketType.MARKER, Marker.INTERRUPT)


def test_small_packets_have_a_length_of_two_bytes() -> None:
    packet = encode_packet(PacketType.REFUSE, b"abc", large=False)
    assert packet.hex() == "000b000004000000" + b"abc".hex()


@pytest.mark.parametrize(
    "data", ["0007000001000000", "0000000001000000", "ffff000063000000", "474554202f204854"]
)
def test_what_is_no_packet_is_refused(data: str) -> None:
    decoder = PacketDecoder()
    decoder.feed(bytes.fromhex(data))
    with pytest.raises(ProtocolError, match="not a TNS packet"):
        decoder.next()


def test_only_a_whole_marker_interrupts() -> None:
    marker = encode_marker(Marker.INTERRUPT)
    assert interrupts(marker)
    assert not interrupts(marker[:7])
    assert not interrupts(encode_data(b"request", 512))
