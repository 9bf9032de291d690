"""Rows on the wire: cutting bind rows into columns, joining columns into rows."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.protocol.buffers import Reader, ub
from dlt_oracle.embedded.protocol.codes import MAX_SHORT_LENGTH, MessageType, OraType
from dlt_oracle.embedded.protocol.metadata import IMAGE_TYPES, LOB_TYPES, Definition
from dlt_oracle.embedded.protocol.packets import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ROW = bytes((MessageType.ROW_DATA,))
# Values whose end only their own decoder knows: the request cannot be read to its end.
_UNREADABLE = frozenset({OraType.CURSOR, OraType.OBJECT, OraType.BFILE})

Cells = list[bytes]  # NULL is empty, as in Oracle


def order_on_wire(
    definitions: Sequence[Definition], absent: frozenset[int], max_string_bytes: int, *, plsql: bool
) -> list[int]:
    """Return the positions of the binds in the order in which a row carries them.

    ``absent`` are RETURNING … INTO binds, which have no value in a row. Values declared above the
    server's maximum string size come last (not for PL/SQL), but for JSON and VECTOR, whose size is no size.
    """
    present = [position for position in range(len(definitions)) if position not in absent]
    if plsql:
        return present
    long = [
        position
        for position in present
        if definitions[position].size > max_string_bytes and definitions[position].type not in IMAGE_TYPES
    ]
    return [position for position in present if position not in long] + long


def read_rows(
    reader: Reader, definitions: Sequence[Definition], order: Sequence[int], count: int
) -> dict[int, Cells]:
    """Read ``count`` rows of binds; return the cells of each position in ``order``."""
    if not order:
        return {}
    for position in order:
        if definitions[position].type in _UNREADABLE or definitions[position].is_array:
            definitions[position].oracle_type(0)  # refuses with its name
            raise unsupported("such binds")
    readers = [_READERS.get(definitions[position].type, _read_clr) for position in order]
    if any(each is not _read_clr for each in readers):
        cells = _read_slowly(reader, readers, count)
    else:
        cells = _read_plain(reader, len(order), count)
    return {position: cells[index :: len(order)] for index, position in enumerate(order)}


def _read_clr(reader: Reader) -> bytes:
    return reader.clr() or b""


def _read_image(reader: Reader) -> bytes:
    """Read a document or vector: a locator that says nothing, then the image itself."""
    if not reader.ub4():
        return b""
    reader.clr()
    return reader.clr() or b""


_READERS: dict[int, Callable[[Reader], bytes]] = {
    **dict.fromkeys(LOB_TYPES, Reader.sized),
    **dict.fromkeys(IMAGE_TYPES, _read_image),
}


def _read_slowly(reader: Reader, readers: Sequence[Callable[[Reader], bytes]], count: int) -> Cells:
    cells: Cells = []
    for _ in range(count):
        kind = reader.u8()
        if kind != MessageType.ROW_DATA:
            raise ProtocolError(f"message {kind} where a row of binds belongs")
        cells += [read(reader) for read in readers]
    return cells


def _read_plain(reader: Reader, width: int, count: int) -> Cells:
    """Read rows of CLR values, flat.

    The inner loop runs once a value and decides the cost of an array insert: it works on local names,
    trusts the row to be complete, and gives it back to the slow path when it was not.
    """
    cells: Cells = []
    append = cells.append
    columns = range(width)
    readers = (_read_clr,) * width
    longest, row = MAX_SHORT_LENGTH, MessageType.ROW_DATA.value
    done = 0
    while done < count:
        data, pos = reader.data, reader.pos
        end = len(data)
        try:
            while done < count and data[pos] == row:
                cursor = pos + 1
                for _ in columns:
                    length = data[cursor]
                    if length > longest:
                        cursor = end + 1  # chunks, a NULL boolean: not for this loop
                        break
                    start = cursor + 1
                    cursor = start + length
                    append(data[start:cursor])
                if cursor > end:
                    break
                pos = cursor
                done += 1
        except IndexError:
            pass  # the row goes on in the next packet
        reader.pos = pos
        if done < count:
            del cells[done * width :]
            cells += _read_slowly(reader, readers, 1)
            done += 1
    return cells


def join_rows(columns: Sequence[Sequence[bytes]], count: int) -> bytes:
    """Join encoded columns of ``count`` values each into ROW DATA messages."""
    return b"".join(chain.from_iterable(zip(repeat(_ROW, count), *columns, strict=True)))


def row_header(rows: int) -> bytes:
    """Return the header that stands before the rows of a fetch."""
    return bytes((MessageType.ROW_HEADER, 0)) + ub(1) + ub(0) + ub(rows) + bytes(3)
