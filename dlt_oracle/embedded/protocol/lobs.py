"""LOB locators and LOB operations (``thin/lob.pyx``, ``thin/messages/lob_op.pyx``)."""

from __future__ import annotations

from dataclasses import dataclass, field

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.protocol.buffers import Reader, clr, sb, ub
from dlt_oracle.embedded.protocol.codes import AL16UTF16, FORM_NCHAR, LobOp, MessageType, OraType

LOCATOR_BYTES = 40
CHUNK_BYTES = 8132  # of an 8 KB block

# Offsets and flags of a locator.
_FLAGS = 4
_IDENTIFIER = 8
_BLOB = 0x01
_ABSTRACT = 0x40  # the client tells when it needs the value no more
_INITIALISED = 0x08
_UTF16 = 0x80  # CLOB data crosses as UTF-16, big endian
_TEMPORARY = 0x01


def locator(identifier: int, *, binary: bool, temporary: bool) -> bytes:
    """Return the locator of the LOB that the session keeps under ``identifier``."""
    data = bytearray(LOCATOR_BYTES)
    data[:2] = (LOCATOR_BYTES - 2).to_bytes(2, "big")
    data[_FLAGS] = _ABSTRACT | (_BLOB if binary else 0)
    data[_FLAGS + 1] = _INITIALISED
    data[_FLAGS + 2] = 0 if binary else _UTF16
    data[_FLAGS + 3] = _TEMPORARY if temporary else 0
    data[_IDENTIFIER : _IDENTIFIER + 8] = identifier.to_bytes(8, "big")
    return bytes(data)


def identifier(data: bytes) -> int:
    """Return the identifier inside a locator."""
    return int.from_bytes(data[_IDENTIFIER : _IDENTIFIER + 8], "big")


def locator_column(data: bytes, length: int) -> bytes:
    """Return a locator as a fetched column carries it; ``length`` is in bytes or UTF-16 units."""
    return ub(LOCATOR_BYTES) + ub(length) + ub(CHUNK_BYTES) + clr(data)


def image_column(image: bytes) -> bytes:
    """Return a JSON document or a VECTOR as a fetched column carries it: whole, its locator is of no use."""
    return ub(LOCATOR_BYTES) + ub(len(image)) + ub(CHUNK_BYTES) + clr(image) + clr(bytes(LOCATOR_BYTES))


@dataclass(frozen=True)
class LobRequest:
    """One LOB operation. ``offset`` starts at 1; offsets and amounts count bytes or UTF-16 units."""

    operation: LobOp
    locator: bytes
    offset: int
    amount: int | None
    data: bytes | None = field(default=None, repr=False)
    type: int = 0
    form: int = 0


def read_lob_request(reader: Reader) -> LobRequest:
    """Read a LOB message after its function header. Raises ORA-03001 for an unknown operation."""
    reader.u8()
    locator_length = reader.ub4()
    reader.u8()
    reader.skip_ub4(3)  # duration, short offsets
    reader.skip_u8(3)
    operation = reader.ub4()
    reader.skip_u8(2)
    offset = reader.ub8()
    destination = reader.ub8()
    send_amount = reader.u8()
    reader.skip_u8(6)
    data = reader.raw(locator_length)
    if operation not in set(LobOp):
        raise unsupported(f"LOB operation {operation:#x}")
    kind = LobOp(operation)
    if kind is LobOp.CREATE_TEMP:
        reader.ub4()  # character set
        return LobRequest(kind, data, 0, None, type=destination, form=offset)
    written = None
    if kind is LobOp.WRITE:
        reader.u8()  # LOB DATA
        written = reader.clr() or b""
    return LobRequest(kind, data, offset, reader.ub8() if send_amount else None, written)


def lob_reply(
    request: LobRequest,
    new_locator: bytes,
    *,
    data: bytes | None = None,
    amount: int = 0,
    is_open: bool = False,
) -> bytes:
    """Return the answer to a LOB operation, before the final error message."""
    parts = [] if data is None else [bytes((MessageType.LOB_DATA,)), clr(data)]
    parts += (bytes((MessageType.PARAMETER,)), new_locator)
    if request.operation is LobOp.CREATE_TEMP:
        charset = AL16UTF16 if request.form == FORM_NCHAR or request.type == OraType.CLOB else 0
        parts.append(ub(charset) + b"\0")
    elif request.amount is not None:
        parts.append(sb(amount))
    if request.operation is LobOp.IS_OPEN:
        parts.append(bytes((is_open,)))
    return b"".join(parts)
