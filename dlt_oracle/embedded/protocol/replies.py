"""Messages that end or carry answers (``thin/messages/base.pyx``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.embedded.protocol import codes
from dlt_oracle.embedded.protocol.buffers import clr, sb, ub
from dlt_oracle.embedded.protocol.codes import MessageType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.errors import OracleError

NO_DATA_FOUND = 1403
ARRAY_DML_ERRORS = 24381
_MOST_ERRORS = 65535  # the driver says so itself when there are more
_NOT_CHUNKED = b"\x01"  # after a count; 254 would announce chunks

DIRECTION_OUT = 16
DIRECTION_IN = 32


def status(call_status: int) -> bytes:
    """Return STATUS: a call without data succeeded."""
    return bytes((MessageType.STATUS,)) + ub(call_status) + ub(0)


@dataclass(frozen=True)
class Ending:
    """What the ERROR message at the end of a call says; ``code`` 0 is success.

    ``position`` is the offset of an error in the statement, ``rows`` the rows done or fetched,
    ``batch`` the errors of single rows with their offsets.
    """

    code: int = 0
    text: str = ""
    position: int = 0
    rows: int = 0
    cursor_id: int = 0
    call_status: int = 0
    batch: Sequence[tuple[int, OracleError]] = ()


def ending(end: Ending, field_version: int) -> bytes:
    """Return the ERROR message."""
    parts = [
        bytes((MessageType.ERROR,)),
        ub(end.call_status),
        ub(0),  # end-to-end sequence number
        ub(end.rows & 0xFFFFFFFF),
        ub(end.code),
        b"\0\0",  # array element errors
        ub(end.cursor_id),
        sb(min(end.position, 0x7FFF)),
        bytes(6),  # statement type, fatal, flags, cursor options, UPI parameter, warnings
        bytes(5),  # rowid
        bytes(6),  # operating system error, statement, call, padding, iterations, logical rowid
        _batch(end.batch),
        ub(end.code),
        ub(end.rows),
    ]
    if field_version >= codes.FIELD_20_1:
        parts.append(b"\0\0")  # statement type, checksum
    if end.code:
        parts.append(clr(end.text.encode()))
    return b"".join(parts)


def _batch(errors: Sequence[tuple[int, OracleError]]) -> bytes:
    if not errors:
        return b"\0\0\0"
    shown = errors[:_MOST_ERRORS]
    parts = [ub(len(shown)), _NOT_CHUNKED]
    parts += [ub(error.code) for _, error in shown]
    parts += (ub(len(errors)), _NOT_CHUNKED)
    parts += [ub(offset) for offset, _ in errors]
    parts += (ub(len(shown)), _NOT_CHUNKED)
    for _, error in shown:
        text = error.text.encode()
        parts += (ub(len(text)), clr(text), b"\0\0")
    return b"".join(parts)


def row_counts(counts: Sequence[int]) -> bytes:
    """Return the parameter message that carries the row counts of an array DML."""
    return bytes((MessageType.PARAMETER, 0, 0, 0, 0)) + ub(len(counts)) + b"".join(map(ub, counts))


def io_vector(directions: Sequence[int]) -> bytes:
    """Return the directions of a PL/SQL block's binds."""
    high, low = divmod(len(directions), 256)
    return bytes((MessageType.IO_VECTOR, 0)) + ub(low) + ub(high) + bytes(4) + bytes(directions)


def out_row(values: Sequence[Sequence[bytes]], *, counted: bool) -> bytes:
    """Return the values that one execution put into its out binds.

    ``counted`` is how RETURNING … INTO answers: any number of values a bind.
    """
    parts = [bytes((MessageType.ROW_DATA,))]
    for column in values:
        if counted:
            parts.append(ub(len(column)))
        parts += [value + b"\0" for value in column]  # the actual length: nothing was cut
    return b"".join(parts)
