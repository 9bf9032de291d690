"""Messages of a real database and ours, read by the same small reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from dlt_oracle.embedded.model import Column, OracleType, TypeName
from dlt_oracle.embedded.protocol.auth import Challenge, no_one, pairs_message
from dlt_oracle.embedded.protocol.buffers import Reader
from dlt_oracle.embedded.protocol.codes import MessageType
from dlt_oracle.embedded.protocol.connect import accept_body
from dlt_oracle.embedded.protocol.metadata import describe_message
from dlt_oracle.embedded.protocol.negotiation import RELEASES, protocol_reply
from dlt_oracle.embedded.protocol.packets import PacketDecoder
from dlt_oracle.embedded.protocol.replies import Ending, ending, status
from dlt_oracle.embedded.protocol.rows import join_rows, row_header
from dlt_oracle.embedded.protocol.values import encoder

if TYPE_CHECKING:
    from pathlib import Path

FIELD_VERSION = RELEASES["23ai"].field_version


def file_bytes(folder: Path, name: str) -> bytes:
    """Return the bytes of a hexadecimal dump."""
    text = (folder / f"{name}.hex").read_text()
    return bytes.fromhex("".join(re.findall(r"^[0-9a-f]{4}: ((?:[0-9a-f]{2} ?)+)", text, re.MULTILINE)))


def payload(folder: Path, name: str) -> Reader:
    """Return the payload of the one DATA packet in a file."""
    lines = (folder / f"{name}.hex").read_text().splitlines()
    found = "".join(
        re.match(r"[0-9a-f]{4}: ((?:[0-9a-f]{2} ?)+)", line)[1] for line in lines if line[0] != "#"
    )
    decoder = PacketDecoder()
    decoder.large = True
    decoder.feed(bytes.fromhex(found))
    packet = decoder.next()
    assert decoder.buffered() == b""
    return Reader(packet.body)


@dataclass
class Described:
    type: int
    precision: int
    scale: int
    size: int
    charset: int
    form: int
    characters: int
    nullable: int
    name: str


def read_description(reader: Reader) -> list[Described]:
    assert reader.u8() == MessageType.DESCRIBE_INFO
    reader.clr()
    reader.ub4()
    columns = reader.ub4()
    reader.u8()
    found = [read_column(reader) for _ in range(columns)]
    reader.sized()
    reader.skip_ub4(4)
    reader.sized()
    return found


def read_column(reader: Reader) -> Described:
    kind, _, precision, scale = reader.raw(4)
    size = reader.ub4()
    reader.ub4()
    reader.ub8()
    reader.sized()
    reader.ub2()
    charset, form, characters = reader.ub2(), reader.u8(), reader.ub4()
    reader.ub4()
    nullable = reader.u8()
    reader.u8()
    name = reader.sized().decode()
    assert (reader.sized(), reader.sized()) == (b"", b"")
    reader.ub2()
    reader.ub4()
    assert (reader.sized(), reader.sized()) == (b"", b"")  # domain
    assert reader.ub4() == 0  # annotations
    reader.ub4()
    reader.skip_u8(2)
    return Described(kind, precision, scale, size, charset, form, characters, nullable, name)


def read_rows(reader: Reader, width: int) -> list[list[bytes | None]]:
    assert reader.u8() == MessageType.ROW_HEADER
    reader.u8()
    reader.ub2()
    reader.skip_ub4(2)
    reader.ub2()
    assert reader.ub4() == 0
    reader.sized()
    rows = []
    while reader.data[reader.pos] == MessageType.ROW_DATA:
        reader.u8()
        rows.append([reader.clr() for _ in range(width)])
    return rows


def skip_parameters(reader: Reader) -> None:
    assert reader.u8() == MessageType.PARAMETER
    reader.skip_ub4(reader.ub2())
    reader.raw(reader.ub2())
    for _ in range(reader.ub2()):
        reader.sized()
        reader.sized()
        reader.ub2()
    reader.raw(reader.ub2())


def read_ending(reader: Reader) -> tuple[int, int, str]:
    """Return number, rows and text of an ERROR message."""
    assert reader.u8() == MessageType.ERROR
    reader.ub4()
    reader.ub2()
    reader.ub4()
    reader.skip_ub4(4)
    length = reader.u8()
    reader.raw(length & 0x7F)
    reader.skip_u8(6)
    reader.ub4()
    reader.ub2()
    reader.u8()
    reader.ub4()
    reader.ub2()
    reader.ub4()
    reader.skip_u8(2)
    reader.ub2()
    reader.ub4()
    reader.sized()
    assert (reader.ub2(), reader.ub4(), reader.ub2()) == (0, 0, 0)  # batch errors
    number, rows = reader.ub4(), reader.ub8()
    reader.skip_ub4(2)
    return number, rows, reader.text().rstrip() if number else ""


def test_a_select_is_answered_with_the_layout_of_a_real_database(wire_bytes: Path) -> None:
    real = payload(wire_bytes, "SelectOneFromDualMessage")
    columns = (Column("'HELLO'", OracleType(TypeName.CHAR, length=5)),)
    ours = Reader(
        describe_message(columns, FIELD_VERSION, 4000)
        + row_header(2)
        + join_rows([encoder(TypeName.CHAR)(["hello"])], 1)
        + ending(Ending(1403, "ORA-01403: no data found", rows=1), FIELD_VERSION)
    )
    assert read_description(ours) == read_description(real)
    assert read_rows(ours, 1) == read_rows(real, 1) == [[b"hello"]]
    skip_parameters(real)
    assert read_ending(ours) == read_ending(real) == (1403, 1, "ORA-01403: no data found")
    assert ours.left == 0
    assert real.raw(real.left) == b"\x1d"  # end of response, which we do not offer


def test_a_number_column_is_described_as_by_a_real_database(wire_bytes: Path) -> None:
    real = payload(wire_bytes, "SelectManyFromDualMessage")
    (described,) = read_description(real)
    ours = Reader(describe_message((Column("ID", OracleType(TypeName.NUMBER)),), FIELD_VERSION, 4000))
    (mine,) = read_description(ours)
    assert (mine.type, mine.size, mine.name) == (described.type, described.size, described.name)
    assert (mine.charset, mine.form, mine.characters) == (described.charset, described.form, 0)
    assert read_rows(real, 1)[:2] == [[bytes.fromhex("c102")], [bytes.fromhex("c103")]]


def test_a_challenge_has_the_keys_and_lengths_of_a_real_one(wire_bytes: Path) -> None:
    real = payload(wire_bytes, "AuthenticationChallengeMessage")
    real.pos = real.data.index(b"\x08\x01\x06\x01\x0c\x0cAUTH_SESSKEY")
    theirs, mine = read_pairs(real), read_pairs(Reader(Challenge(no_one()).message()))
    del theirs["AUTH_GLOBALLY_UNIQUE_DBID\0"]
    assert mine.keys() == theirs.keys()
    assert {key: (len(value), flags) for key, (value, flags) in mine.items()} == {
        key: (len(value), flags) for key, (value, flags) in theirs.items()
    }


def read_pairs(reader: Reader) -> dict[str, tuple[str, int]]:
    assert reader.u8() == MessageType.PARAMETER
    found = {}
    for _ in range(reader.ub2()):
        key = reader.sized().decode()
        found[key] = (reader.sized().decode(), reader.ub4())
    return found


def test_the_end_of_an_authentication_is_read_and_written_alike(wire_bytes: Path) -> None:
    real = payload(wire_bytes, "AuthenticatedMessage")
    start = real.pos
    pairs = read_pairs(real)
    assert pairs["AUTH_MAX_IDEN_LENGTH"] == ("128", 0)
    written = pairs_message([(key, value, flags) for key, (value, flags) in pairs.items()])
    assert written == real.data[start : real.pos]
    assert read_ending(real)[0] == 0


def test_a_protocol_reply_is_read_like_a_real_one(wire_bytes: Path) -> None:
    real = read_protocol_reply(payload(wire_bytes, "AuthenticationChallengeMessage"))
    ours = read_protocol_reply(Reader(protocol_reply(RELEASES["23ai"], 32767)))
    assert ours[:3] == real[:3]
    assert ours[3][7] == real[3][7] == FIELD_VERSION


def read_protocol_reply(reader: Reader) -> tuple[bytes, int, int, bytes]:
    """Return banner, character set, national character set and compile-time capabilities."""
    assert reader.raw(3) == b"\x01\x06\x00"
    banner = reader.until_zero()
    charset = int.from_bytes(reader.raw(2), "little")
    reader.u8()
    reader.raw(int.from_bytes(reader.raw(2), "little") * 5)
    fdo = reader.raw(reader.u16())
    index = 6 + fdo[5] + fdo[6]
    return banner, charset, int.from_bytes(fdo[index + 3 : index + 5], "big"), reader.clr()


def test_a_real_logoff_is_answered_as_we_do(wire_bytes: Path) -> None:
    real = payload(wire_bytes, "CloseMessage").data
    assert status(1) == real[:3] + b"\x00"
    assert real == b"\x09\x01\x01\x00\x1d"


def test_an_accept_packet_stands_as_in_a_real_one(wire_bytes: Path) -> None:
    real = file_bytes(wire_bytes, "ConnectMessage")
    ours = bytes(8) + accept_body(319, 8192, fast_auth=True)
    assert len(ours) == 45
    assert ours[8:12] == real[8:12]  # version, options
    assert ours[32:36] == real[32:36]  # session data unit
    assert int.from_bytes(real[41:45], "big") & int.from_bytes(ours[41:45], "big") == 0x10000000


@pytest.mark.parametrize("field_version", [12, 24])
def test_an_ending_has_the_fields_of_its_version(field_version: int) -> None:
    message = ending(Ending(942, "ORA-00942: x", position=7, rows=3, cursor_id=5), field_version)
    longer = len(ending(Ending(942, "ORA-00942: x", position=7, rows=3, cursor_id=5), 12))
    assert len(message) == longer + (2 if field_version >= 14 else 0)
