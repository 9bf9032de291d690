"""TNS packets: a decoder that is fed bytes, and encoders of the packets a server sends.

Facts from python-oracledb's ``thin/packet.pyx`` and ``thin/transport.pyx``: a header of eight bytes
(length, type, flags, two zero bytes); the length takes 16 bits until ACCEPT and 32 bits after it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from dlt_oracle.embedded.protocol.codes import Marker, PacketType

HEADER_BYTES = 8
DATA_HEADER_BYTES = HEADER_BYTES + 2
MAX_PACKET_BYTES = 2 * 1024 * 1024  # Oracle Net's largest session data unit

_SHORT_HEADER = struct.Struct(">HHBBH")
_NO_FLAGS = bytes(2)
_LONG_HEADER = struct.Struct(">IBBH")


class ProtocolError(Exception):
    """Bytes that are no packet or message this server can read. The text never holds a value."""


@dataclass(frozen=True)
class Packet:
    """One packet; ``body`` is everything after the header (and, of DATA, after its flags)."""

    type: PacketType
    body: bytes = field(repr=False)
    data_flags: int = 0

    @property
    def marker(self) -> int:
        """Marker type of a MARKER packet (its third byte)."""
        return self.body[2]


class PacketDecoder:
    """Cuts a byte stream into packets. Set ``large`` once ACCEPT was sent."""

    def __init__(self) -> None:
        self.large = False
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Append bytes received from the client."""
        self._buffer += data

    def buffered(self) -> bytes:
        """Return the bytes received and not yet taken as packets."""
        return bytes(self._buffer)

    def next(self) -> Packet | None:
        """Return the next complete packet, or None when more bytes are needed."""
        buffer = self._buffer
        if len(buffer) < HEADER_BYTES:
            return None
        if self.large:
            length, kind, _, _ = _LONG_HEADER.unpack_from(buffer)
        else:
            length, _, kind, _, _ = _SHORT_HEADER.unpack_from(buffer)
        if not HEADER_BYTES <= length <= MAX_PACKET_BYTES or kind not in _PACKET_TYPES:
            raise ProtocolError(f"not a TNS packet: type {kind}, {length} bytes")
        if len(buffer) < length:
            return None
        packet = _packet(PacketType(kind), bytes(memoryview(buffer)[HEADER_BYTES:length]))
        del buffer[:length]
        return packet


_PACKET_TYPES = frozenset(int(kind) for kind in PacketType)
_MARKER_BODY_BYTES = 3


def _packet(kind: PacketType, body: bytes) -> Packet:
    if kind is PacketType.DATA:
        return Packet(kind, body[2:], int.from_bytes(body[:2], "big"))
    if kind is PacketType.MARKER and len(body) != _MARKER_BODY_BYTES:
        raise ProtocolError(f"a marker of {len(body)} bytes")
    return Packet(kind, body)


def interrupts(data: bytes) -> bool:
    """Tell whether ``data``, received while a call runs, begins with a marker (large headers)."""
    return len(data) >= HEADER_BYTES and data[4] == PacketType.MARKER


def encode_packet(kind: PacketType, body: bytes, *, large: bool) -> bytes:
    """Return one packet with its header."""
    length = HEADER_BYTES + len(body)
    header = _LONG_HEADER.pack(length, kind, 0, 0) if large else _SHORT_HEADER.pack(length, 0, kind, 0, 0)
    return header + body


def encode_marker(marker: Marker) -> bytes:
    """Return a MARKER packet (always after ACCEPT, so with a large header)."""
    return encode_packet(PacketType.MARKER, bytes((1, 0, marker)), large=True)


def encode_data(payload: bytes, sdu: int) -> bytes:
    """Cut ``payload`` into DATA packets of at most ``sdu`` bytes."""
    room = sdu - DATA_HEADER_BYTES
    parts: list[bytes] = []
    for start in range(0, len(payload), room):
        piece = payload[start : start + room]
        parts.append(_LONG_HEADER.pack(DATA_HEADER_BYTES + len(piece), PacketType.DATA, 0, 0) + _NO_FLAGS)
        parts.append(piece)
    return b"".join(parts)
