"""Plain inserts by COPY: rows of binds to COPY's text format, column by column.

Text is built, and escaped, for a whole column at once: that costs a third of doing it value by value.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.model import TypeName
from dlt_oracle.embedded.sql import storage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import psycopg

    from dlt_oracle.embedded.engine.connection import Connection
    from dlt_oracle.embedded.model import OracleType, Row

    Field = Callable[[Any], str]

_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))  # the backslash first
_LINE = re.compile(r"^COPY \w+, line (\d+)", re.MULTILINE)
MAX_ROWS_A_WRITE = 5_000


class CopyLoader:
    """Loads rows into one table.

    ``columns`` are those of ``PlainInsert``: PostgreSQL name, type, and a bind's index or a constant field.
    ``zone_minutes`` is the session's offset from UTC, for values without a zone.
    """

    def __init__(
        self,
        connection: Connection,
        table: str,
        columns: Sequence[tuple[str, OracleType, int | str]],
        bind_types: Sequence[OracleType] = (),
        zone_minutes: int = 0,
    ) -> None:
        self._connection = connection
        names = ", ".join(name for name, _, _ in columns)
        self._statement = f"COPY {table} ({names}) FROM STDIN"
        self._columns = [
            (source, storage.copy_encoder(column_type), _fast_path(column_type))
            for _, column_type, source in columns
        ]
        for number, (_, column_type, source) in enumerate(columns):
            if isinstance(source, int) and gets_zone(column_type, bind_types[source : source + 1]):
                self._columns[number] = (*self._columns[number][:2], _local(column_type, zone_minutes))

    def run(self, rows: Sequence[Row]) -> int:
        """Load the rows in one COPY; returns their number."""
        with self._connection.cursor() as cursor:
            with cursor.copy(self._statement) as copy:
                for start in range(0, len(rows), MAX_ROWS_A_WRITE):
                    copy.write(self._text(rows[start : start + MAX_ROWS_A_WRITE]).encode())
            return cursor.rowcount

    def _text(self, rows: Sequence[Row]) -> str:
        fields = [
            [source] * len(rows) if isinstance(source, str) else encode([row[source] for row in rows], field)
            for source, field, encode in self._columns
        ]
        if len(fields) == 1:
            return "\n".join(fields[0]) + "\n"
        return "\n".join(map("\t".join, zip(*fields, strict=True))) + "\n"


def gets_zone(column_type: OracleType, bind_type: Sequence[OracleType]) -> bool:
    """Whether a bind without a time zone goes to a column with one."""
    return column_type.name is TypeName.TIMESTAMP_TZ and any(
        each.name is not TypeName.TIMESTAMP_TZ for each in bind_type
    )


def failing_row(error: psycopg.Error, _rows: Sequence[Row]) -> int | None:
    """Return the offset of the row that COPY's context names, if it names one."""
    match = _LINE.search(error.diag.context or "")
    return int(match.group(1)) - 1 if match else None


def _fast_path(column_type: OracleType) -> Callable[[list[Any], Field], list[str]]:
    """Return the function that writes a whole column."""
    if column_type.name is TypeName.TIMESTAMP_TZ:
        return _zoned(column_type)
    if storage.form(column_type) is storage.Form.TIMESTAMP9:
        return _each
    return _FAST_PATHS.get(column_type.name, _each)


def _each(values: list[Any], field: Field) -> list[str]:
    return [field(value) for value in values]


def _verbatim(values: list[Any], _field: Field) -> list[str]:
    if None in values:
        return [storage.NULL_FIELD if value is None else value for value in values]
    return values


def _text(values: list[Any], field: Field) -> list[str]:
    """Text, escaped for the whole column in one piece: NUL, which cannot be stored, parts the values."""
    nulls = None in values or "" in values
    together = "\x00".join([value or "" for value in values] if nulls else values)
    if together.count("\x00") >= len(values):
        return [field(value) for value in values]  # raises for the value that holds NUL
    escaped = together
    for character, escape in _ESCAPES:
        escaped = escaped.replace(character, escape)
    if escaped != together:
        values = escaped.split("\x00")
    return [value or storage.NULL_FIELD for value in values] if nulls else values


def _seconds(values: list[Any], field: Field) -> list[str]:
    """A DATE keeps whole seconds: fractions are cut, if there are any."""
    if any("." in value for value in values if value is not None):
        return [field(value) for value in values]
    return _verbatim(values, field)


def _zoned(column_type: OracleType) -> Callable[[list[Any], Field], list[str]]:
    """TIMESTAMP WITH TIME ZONE: a value with no more digits than are kept is written as it is."""
    digits = min(storage.fraction_digits(column_type), storage.MICROSECOND_DIGITS)
    longest = len("YYYY-MM-DD HH:MM:SS") + (digits + 1 if digits else 0)

    def write(values: list[Any], field: Field) -> list[str]:
        return [
            f'("{value[0]}",0,{value[1]})' if value is not None and len(value[0]) <= longest else field(value)
            for value in values
        ]

    return write


def _local(column_type: OracleType, minutes: int) -> Callable[[list[Any], Field], list[str]]:
    """Write values without a zone, which are local times ``minutes`` from UTC."""
    write_zoned = _zoned(column_type)

    def write(values: list[Any], field: Field) -> list[str]:
        if not minutes:
            return write_zoned([value and (value, 0) for value in values], field)
        return write_zoned([value and (_to_utc(value, minutes), minutes) for value in values], field)

    return write


def _to_utc(value: str, minutes: int) -> str:
    whole, dot, fraction = value.partition(".")
    if value.endswith("BC"):
        raise unsupported("a local time before year 1 in a column with time zone")
    return f"{datetime.fromisoformat(whole) - timedelta(minutes=minutes)}{dot}{fraction}"


def _floats(values: list[Any], _field: Field) -> list[str]:
    """Floats, and NUMBERs on their way into one (these are text already)."""
    return [
        storage.NULL_FIELD if value is None else value if isinstance(value, str) else repr(value)
        for value in values
    ]


def _bytes(values: list[Any], _field: Field) -> list[str]:
    return ["\\\\x" + value.hex() if value else storage.NULL_FIELD for value in values]


_FAST_PATHS = {
    TypeName.NUMBER: _verbatim,
    TypeName.TIMESTAMP: _verbatim,
    TypeName.TIMESTAMP_LTZ: _verbatim,
    TypeName.DATE: _seconds,
    TypeName.VARCHAR2: _text,
    TypeName.NVARCHAR2: _text,
    TypeName.CLOB: _text,
    TypeName.NCLOB: _text,
    TypeName.LONG: _text,
    TypeName.JSON: _text,
    TypeName.BINARY_FLOAT: _floats,
    TypeName.BINARY_DOUBLE: _floats,
    TypeName.RAW: _bytes,
    TypeName.BLOB: _bytes,
}
