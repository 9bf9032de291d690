"""Cursors: what the server remembers of a statement between two requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import LOBS, Column, OracleType, ResultSet, Row, Statement, TypeName, Value
from dlt_oracle.embedded.protocol import values
from dlt_oracle.embedded.protocol.codes import FORM_NCHAR, OraType
from dlt_oracle.embedded.protocol.metadata import WIRE_TYPES, Definition, always_null
from dlt_oracle.embedded.protocol.requests import NO_BINDS, BindLayout
from dlt_oracle.embedded.protocol.rows import Cells, join_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.protocol.statement_text import StatementShape
    from dlt_oracle.embedded.session.lobstore import LobStore

_CHARACTER_TYPES = frozenset({OraType.VARCHAR, OraType.CHAR, OraType.LONG})
_BINARY_TYPES = frozenset({OraType.RAW, OraType.LONG_RAW})


@dataclass
class Cursor:
    """One open cursor.

    ``layout`` says how binds stand in a row (``relayout``: of a re-execution, which leaves out what
    a block returned), ``bind_types`` what the engine is told of them; ``columns`` is what was described
    to the client and ``defines`` how it wants them. ``fetched`` counts rows since the execution.
    """

    id: int
    sql: str
    shape: StatementShape
    statement: Statement
    layout: BindLayout = NO_BINDS
    relayout: BindLayout = NO_BINDS
    bind_types: tuple[OracleType, ...] = ()
    columns: tuple[Column, ...] = ()
    defines: tuple[Definition, ...] = ()
    result: ResultSet | None = field(default=None, repr=False)
    encoder: RowEncoder | None = field(default=None, repr=False)
    fetched: int = 0

    def close_result(self) -> None:
        """End an open query."""
        if self.result is not None:
            self.result.close()
            self.result = None


class CursorTable:
    """The open cursors of a session, numbered from 1; ``most`` is OPEN_CURSORS."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._cursors: dict[int, Cursor] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._cursors)

    def find(self, cursor_id: int) -> Cursor | None:
        """Return an open cursor, or None."""
        return self._cursors.get(cursor_id)

    def get(self, cursor_id: int) -> Cursor:
        """Return an open cursor. Raises ORA-01001."""
        cursor = self._cursors.get(cursor_id)
        if cursor is None:
            raise OracleError(1001)
        return cursor

    def open(self, sql: str, shape: StatementShape, statement: Statement) -> Cursor:
        """Open a cursor. Raises ORA-01000."""
        if len(self._cursors) >= self._most:
            raise OracleError(1000)
        while True:  # two bytes on the wire, and 0 is none
            self._last = self._last % 0xFFFF + 1
            if self._last not in self._cursors:
                break
        cursor = Cursor(self._last, sql, shape, statement)
        self._cursors[cursor.id] = cursor
        return cursor

    def close(self, cursor_id: int) -> None:
        """Close a cursor; unknown ones are no matter."""
        cursor = self._cursors.pop(cursor_id, None)
        if cursor is not None:
            cursor.close_result()

    def close_all(self) -> None:
        """Close every cursor."""
        for cursor_id in list(self._cursors):
            self.close(cursor_id)


def bind_rows(cursor: Cursor, cells: dict[int, Cells], count: int, lobs: LobStore) -> list[Row]:
    """Turn the cells of a request into ``count`` rows of bind values. Raises OracleError."""
    definitions = cursor.layout.definitions
    if not definitions:
        return [()] * count
    columns: list[Sequence[Value]] = []
    for position, definition in enumerate(definitions):
        raw = cells.get(position)
        if raw is None:  # filled by the statement
            columns.append([None] * count)
        elif definition.type in (OraType.CLOB, OraType.BLOB):
            columns.append(lobs.values(raw))
        else:
            columns.append(values.decode_column(definition.type, definition.form, raw))
    return list(zip(*columns, strict=True))


def lob_defines(columns: Sequence[Column], previous: Sequence[Column]) -> tuple[Definition, ...]:
    """Return the defines of a query described anew, when strings have become LOBs.

    The driver then expects them as LONG without asking (``_adjust_metadata`` in ``base.pyx``). Empty
    when the client has to define them.
    """
    defines: list[Definition] = []
    for column, before in zip(columns, previous, strict=False):
        wire, old = WIRE_TYPES[column.type.name], WIRE_TYPES[before.type.name]
        if wire.type is OraType.CLOB and old.type in _CHARACTER_TYPES:
            defines.append(Definition(OraType.LONG, form=old.form))
        elif wire.type is OraType.BLOB and old.type in _BINARY_TYPES:
            defines.append(Definition(OraType.LONG_RAW))
        else:
            if column.type.name in LOBS:
                return ()
            defines.append(Definition(wire.type, form=wire.form))
    return tuple(defines) if len(defines) == len(columns) else ()


def waits_for_define(cursor: Cursor) -> bool:
    """Tell whether rows are held back until the client says how it wants its LOBs, documents and vectors."""
    return not cursor.defines and any(column.type.name in LOBS for column in cursor.columns)


class RowEncoder:
    """Encodes batches of a query's rows; each column's encoder is chosen once."""

    def __init__(self, columns: Sequence[Column], defines: Sequence[Definition], lobs: LobStore) -> None:
        padded = [*defines, *[None] * (len(columns) - len(defines))]
        self._encoders = [
            (position, _column_encoder(column, define, lobs))
            for position, (column, define) in enumerate(zip(columns, padded, strict=True))
            if not always_null(column)
        ]

    def encode(self, rows: Sequence[Row]) -> bytes:
        """Return ROW DATA messages."""
        columns = list(zip(*rows, strict=True))
        return join_rows([encode(columns[position]) for position, encode in self._encoders], len(rows))


def _column_encoder(column: Column, define: Definition | None, lobs: LobStore) -> values.Encoder:
    """Choose how a column goes out; defines matter for some types alone, the driver converts the rest."""
    name = column.type.name
    if name not in LOBS:
        return values.encoder(name)
    wanted = OraType(define.type if define else WIRE_TYPES[name].type)
    wide = define is not None and define.form == FORM_NCHAR
    long_text = values.encode_long_wide_text if wide else values.encode_long_text
    options: dict[OraType, values.Encoder]
    if name is TypeName.BLOB:
        options = {OraType.BLOB: lobs.encode_bytes, OraType.LONG_RAW: values.encode_long_bytes}
    elif name is TypeName.JSON:  # asked for as VARCHAR the driver expects LONG (``base/var.pyx``)
        options = {OraType.JSON: values.encoder(name), OraType.VARCHAR: long_text}
    elif name is TypeName.VECTOR:
        images = values.vector_encoder(column.type.vector_format)
        options = {OraType.VECTOR: images, OraType.LONG: values.encode_long_vector}
    else:
        options = {OraType.CLOB: lobs.encode_texts, OraType.LONG: long_text}
    encoder = options.get(wanted)
    if encoder is None:
        raise OracleError(932, wanted.name, name.value)
    return encoder


def out_encoder(definition: Definition, type_: OracleType, lobs: LobStore) -> values.Encoder:
    """Choose how the values of an out bind go out: by the type of the bind."""
    if definition.type == OraType.CLOB:
        return lobs.encode_texts
    if definition.type == OraType.BLOB:
        return lobs.encode_bytes
    if definition.type == OraType.LONG:
        wide = definition.form == FORM_NCHAR
        return values.encoder(TypeName.NVARCHAR2 if wide else TypeName.VARCHAR2)
    if definition.type == OraType.LONG_RAW:
        return values.encoder(TypeName.RAW)
    return values.encoder(type_.name)
