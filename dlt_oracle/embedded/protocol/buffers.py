"""Reading and writing TTC primitives (python-oracledb's ``base/buffer.pyx``).

``ub2``, ``ub4`` and ``ub8`` are a length byte and that many big-endian bytes, zero being the single
byte 0. CLR bytes are a length up to 252 and the data, 254 and chunks, or 0 or 255 for NULL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.protocol.codes import (
    CHUNK_BYTES,
    ESCAPE,
    LONG_LENGTH,
    MAX_SHORT_LENGTH,
    NULL_LENGTH,
)
from dlt_oracle.embedded.protocol.packets import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

_UB4_BYTES = 4
_UB8_BYTES = 8


class Reader:
    """Reads a message that may go on in packets still to come.

    ``pull`` returns the payload of the next packet; nothing in TTC marks the end of a request, so it
    is asked only when the message needs more bytes. Without it the message must be complete.
    """

    def __init__(self, data: bytes, pull: Callable[[], bytes] | None = None) -> None:
        self.data = data
        self.pos = 0
        self._pull = pull

    @property
    def left(self) -> int:
        """Number of bytes received and not yet read."""
        return len(self.data) - self.pos

    def need(self, count: int) -> None:
        """Make ``count`` bytes available at ``pos``, pulling packets as needed."""
        if len(self.data) - self.pos >= count:
            return
        if self._pull is None:
            raise ProtocolError("the message ends in the middle of a field")
        parts = [self.data[self.pos :]]
        have = len(parts[0])
        while have < count:
            parts.append(self._pull())
            have += len(parts[-1])
        self.data = b"".join(parts)
        self.pos = 0

    def raw(self, count: int) -> bytes:
        """Read ``count`` bytes."""
        self.need(count)
        self.pos += count
        return self.data[self.pos - count : self.pos]

    def u8(self) -> int:
        """Read one byte."""
        self.need(1)
        self.pos += 1
        return self.data[self.pos - 1]

    def u16(self) -> int:
        """Read two bytes, big endian."""
        return int.from_bytes(self.raw(2), "big")

    def skip_u8(self, count: int) -> None:
        """Skip ``count`` bytes."""
        self.raw(count)

    def _integer(self, most: int) -> int:
        length = self.u8()
        if length == 0:
            return 0
        if length > most:
            raise ProtocolError(f"an integer of {length} bytes where {most} are allowed")
        return int.from_bytes(self.raw(length), "big")

    def ub2(self) -> int:
        """Read an unsigned integer of up to two bytes."""
        return self._integer(2)

    def ub4(self) -> int:
        """Read an unsigned integer of up to four bytes."""
        return self._integer(_UB4_BYTES)

    def ub8(self) -> int:
        """Read an unsigned integer of up to eight bytes."""
        return self._integer(_UB8_BYTES)

    def skip_ub4(self, count: int) -> None:
        """Skip ``count`` integers of up to four bytes."""
        for _ in range(count):
            self.ub4()

    def clr(self) -> bytes | None:
        """Read bytes in CLR form; None is NULL (and so is the escape of a NULL boolean, fd 01)."""
        length = self.u8()
        if length <= MAX_SHORT_LENGTH:
            return self.raw(length) if length else None
        if length == NULL_LENGTH:
            return None
        if length == ESCAPE:
            self.raw(1)
            return None
        chunks: list[bytes] = []
        while count := self.ub4():
            chunks.append(self.raw(count))
        return b"".join(chunks)

    def text(self) -> str:
        """Read CLR bytes as UTF-8; NULL is the empty string."""
        return (self.clr() or b"").decode()

    def sized(self) -> bytes:
        """Read bytes "with two lengths": a ub4 and, if it is above 0, CLR bytes."""
        return (self.clr() or b"") if self.ub4() else b""

    def until_zero(self) -> bytes:
        """Read up to a zero byte, which is consumed and not returned."""
        found = bytearray()
        while byte := self.u8():
            found.append(byte)
        return bytes(found)


def ub(value: int) -> bytes:
    """Encode an unsigned integer as ub2, ub4 or ub8 (the form is the same)."""
    if value == 0:
        return b"\0"
    length = (value.bit_length() + 7) // 8
    return bytes((length,)) + value.to_bytes(length, "big")


def sb(value: int) -> bytes:
    """Encode a signed integer: the length byte carries the sign."""
    if value >= 0:
        return ub(value)
    encoded = ub(-value)
    return bytes((encoded[0] | 0x80,)) + encoded[1:]


def clr(value: bytes | None) -> bytes:
    """Encode bytes in CLR form; empty and None are NULL."""
    if not value:
        return b"\0"
    if len(value) <= MAX_SHORT_LENGTH:
        return bytes((len(value),)) + value
    parts = [bytes((LONG_LENGTH,))]
    for start in range(0, len(value), CHUNK_BYTES):
        chunk = value[start : start + CHUNK_BYTES]
        parts += (ub(len(chunk)), chunk)
    parts.append(b"\0")
    return b"".join(parts)


def sized(value: bytes) -> bytes:
    """Encode bytes "with two lengths"; the second is absent when the first is 0."""
    return ub(len(value)) + clr(value) if value else b"\0"
