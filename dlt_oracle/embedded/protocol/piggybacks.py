"""Piggybacks: small requests that ride in front of a function message (``thin/messages/base.pyx``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.protocol.codes import LOB_ARRAY, Function, LobOp, function_name
from dlt_oracle.embedded.protocol.lobs import LOCATOR_BYTES
from dlt_oracle.embedded.protocol.packets import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.protocol.buffers import Reader


@dataclass(frozen=True)
class CloseCursors:
    """Cursors the client needs no more."""

    cursor_ids: tuple[int, ...]


@dataclass(frozen=True)
class SetSchema:
    """The schema that unqualified names belong to from now on."""

    name: str


@dataclass(frozen=True)
class SetEndToEnd:
    """New end-to-end attributes, by their names in ``SessionAttributes``; absent ones stay."""

    values: dict[str, str]


@dataclass(frozen=True)
class FreeLobs:
    """Temporary LOBs the client needs no more."""

    locators: tuple[bytes, ...]


Piggyback = CloseCursors | SetSchema | SetEndToEnd | FreeLobs


def read_piggyback(reader: Reader, function: int) -> Piggyback:
    """Read a piggyback after its header. Raises ORA-03001 for one this server lacks."""
    read = _READERS.get(function)
    if read is None:
        raise unsupported(f"the piggyback of function {function_name(function)}")
    return read(reader)


def _read_close_cursors(reader: Reader) -> CloseCursors:
    reader.u8()
    return CloseCursors(tuple(reader.ub4() for _ in range(reader.ub4())))


def _read_set_schema(reader: Reader) -> SetSchema:
    reader.u8()
    return SetSchema(reader.sized().decode())


# The attributes in the order of their values, with the position of their header among the eight.
_ATTRIBUTES = (("client_identifier", 0), ("module", 1), ("action", 2), ("client_info", 4), ("dbop", 7))


def _read_end_to_end(reader: Reader) -> SetEndToEnd:
    reader.skip_u8(2)
    reader.ub4()  # flags: the same as the pointers below
    headers: list[tuple[int, int]] = []
    for position in range(8):
        headers.append((reader.u8(), reader.ub4()))
        if position == _CONTEXT_BLOCK:
            reader.u8()
            reader.ub4()
    values: dict[str, str] = {}
    for name, position in _ATTRIBUTES:
        pointer, length = headers[position]
        if pointer:
            values[name] = reader.text() if length or _empty_text_follows(reader) else ""
    values.pop("dbop", None)  # V$SESSION does not show it
    return SetEndToEnd(values)


_CONTEXT_BLOCK = 3  # this header is followed by two fields of its own


def _empty_text_follows(reader: Reader) -> bool:
    """Tell ``""`` (a zero byte) from None (nothing); no message that can follow begins with 0."""
    reader.need(1)
    return reader.data[reader.pos] == 0


def _read_free_lobs(reader: Reader) -> FreeLobs:
    reader.u8()
    size = reader.ub4()
    reader.u8()
    reader.skip_ub4(3)
    reader.skip_u8(3)
    operation = reader.ub4()
    if operation != LobOp.FREE_TEMP | LOB_ARRAY:
        raise ProtocolError(f"LOB operation {operation:#x} as a piggyback")
    reader.u8()
    reader.ub4()
    reader.ub8()
    reader.ub8()
    reader.u8()
    for _ in range(3):
        reader.u8()
        reader.ub4()
    return FreeLobs(tuple(reader.raw(LOCATOR_BYTES) for _ in range(size // LOCATOR_BYTES)))


_READERS: dict[int, Callable[[Reader], Piggyback]] = {
    Function.CLOSE_CURSORS: _read_close_cursors,
    Function.SET_SCHEMA: _read_set_schema,
    Function.SET_END_TO_END_ATTR: _read_end_to_end,
    Function.LOB_OP: _read_free_lobs,
}
