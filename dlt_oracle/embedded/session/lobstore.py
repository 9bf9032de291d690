"""The LOBs a client can name: temporary ones it makes, and values it fetched by locator.

CLOB data is kept as UTF-16, big endian, because offsets and amounts count its units.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.protocol.codes import LobOp, OraType
from dlt_oracle.embedded.protocol.lobs import (
    CHUNK_BYTES,
    LobRequest,
    identifier,
    lob_reply,
    locator,
    locator_column,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.model import Value

_UTF16_BYTES = 2


@dataclass
class _Lob:
    """One LOB; ``unit`` is the width in bytes of what offsets count."""

    binary: bool
    temporary: bool
    data: bytearray = field(repr=False)
    is_open: bool = False

    @property
    def unit(self) -> int:
        return 1 if self.binary else _UTF16_BYTES

    @property
    def length(self) -> int:
        return len(self.data) // self.unit

    def value(self) -> Value:
        """Return the content as the engine takes it; an empty LOB is NULL there."""
        if not self.data:
            return None
        return bytes(self.data) if self.binary else self.data.decode("utf-16-be")


class LobStore:
    """LOBs by the identifier in their locator."""

    def __init__(self) -> None:
        self._lobs: dict[int, _Lob] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._lobs)

    def _keep(self, lob: _Lob) -> bytes:
        self._last += 1
        self._lobs[self._last] = lob
        return locator(self._last, binary=lob.binary, temporary=lob.temporary)

    def _find(self, data: bytes) -> _Lob:
        lob = self._lobs.get(identifier(data))
        if lob is None:
            raise OracleError(22275)
        return lob

    def values(self, locators: Sequence[bytes]) -> list[Value]:
        """Return the contents of LOBs that are bound. Raises ORA-22275 for an unknown locator."""
        return [self._find(data).value() if data else None for data in locators]

    def encode_texts(self, values: Sequence[Value]) -> list[bytes]:
        """Keep fetched CLOB values and return their locators as columns carry them."""
        return [
            b"\0" if value is None else self._fetched(value.encode("utf-16-be"), binary=False)
            for value in values
        ]

    def encode_bytes(self, values: Sequence[Value]) -> list[bytes]:
        """Keep fetched BLOB values and return their locators as columns carry them."""
        return [b"\0" if value is None else self._fetched(value, binary=True) for value in values]

    def _fetched(self, data: bytes, *, binary: bool) -> bytes:
        lob = _Lob(binary, temporary=False, data=bytearray(data))
        return locator_column(self._keep(lob), lob.length)

    def free(self, locators: Sequence[bytes]) -> None:
        """Forget LOBs the client needs no more."""
        for data in locators:
            self._lobs.pop(identifier(data), None)

    def operate(self, request: LobRequest) -> bytes:
        """Do a LOB operation; return the answer before the final error message."""
        if request.operation is LobOp.CREATE_TEMP:
            made = self._keep(_Lob(request.type == OraType.BLOB, temporary=True, data=bytearray()))
            return lob_reply(request, made)
        lob = self._find(request.locator)
        data, amount = _OPERATIONS[request.operation](lob, request)
        if request.operation is LobOp.FREE_TEMP:
            self.free([request.locator])
        return lob_reply(request, request.locator, data=data, amount=amount, is_open=lob.is_open)


_Result = tuple["bytes | None", int]


def _length(lob: _Lob, _: LobRequest) -> _Result:
    return None, lob.length


def _chunk_size(_: _Lob, __: LobRequest) -> _Result:
    return None, CHUNK_BYTES


def _read(lob: _Lob, request: LobRequest) -> _Result:
    start = (request.offset - 1) * lob.unit
    if start < 0:
        raise OracleError(24801)
    piece = bytes(lob.data[start : start + (request.amount or 0) * lob.unit])
    return piece or None, len(piece) // lob.unit


def _writable(lob: _Lob) -> None:
    if not lob.temporary:
        raise unsupported("changing a fetched LOB through its locator (use UPDATE)")


def _write(lob: _Lob, request: LobRequest) -> _Result:
    _writable(lob)
    start = (request.offset - 1) * lob.unit
    if start < 0:
        raise OracleError(24801)
    written = request.data or b""
    gap = start - len(lob.data)
    if gap > 0:  # filled with zero bytes in a BLOB, blanks in a CLOB
        lob.data += bytes(gap) if lob.binary else b"\0 " * (gap // lob.unit)
    lob.data[start : start + len(written)] = written
    return None, len(written) // lob.unit


def _trim(lob: _Lob, request: LobRequest) -> _Result:
    _writable(lob)
    length = request.amount or 0
    if length > lob.length:
        raise OracleError(22926)
    del lob.data[length * lob.unit :]
    return None, length


def _open(lob: _Lob, request: LobRequest) -> _Result:
    if lob.is_open:
        raise OracleError(22293)
    lob.is_open = True
    return None, request.amount or 0


def _close(lob: _Lob, _: LobRequest) -> _Result:
    if not lob.is_open:
        raise OracleError(22289, "CLOSE")
    lob.is_open = False
    return None, 0


def _nothing(_: _Lob, __: LobRequest) -> _Result:
    return None, 0


_OPERATIONS = {
    LobOp.GET_LENGTH: _length,
    LobOp.GET_CHUNK_SIZE: _chunk_size,
    LobOp.READ: _read,
    LobOp.WRITE: _write,
    LobOp.TRIM: _trim,
    LobOp.OPEN: _open,
    LobOp.CLOSE: _close,
    LobOp.IS_OPEN: _nothing,
    LobOp.FREE_TEMP: _nothing,
}
