"""Reading: Oracle's values as the values that dlt's users expect."""

from __future__ import annotations

import datetime as dt
import json
from array import array
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import oracledb
from dlt.destinations.sql_client import DBApiCursorImpl

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    import pyarrow as pa
    from dlt.common.destination import DestinationCapabilitiesContext
    from dlt.common.destination.dataset import DBApiCursor

    from dlt_oracle.destinations.arrow_plan import ArrowPlan, ArrowTables

Row = tuple[Any, ...]
Converters = dict[int, "Callable[[Any], Any]"]
"""What to do with the values of columns, by their position."""

ARROW_ROWS = 10_000
"""Rows of a fetch when the caller asks for all of them."""


def number(text: str) -> int | Decimal:
    """Return a NUMBER without loss: an integer where it is one."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


def in_utc(value: dt.datetime) -> dt.datetime:
    """Attach UTC: the driver returns a zoned timestamp's local time, and it was asked for in UTC."""
    return value.replace(tzinfo=dt.timezone.utc)


def output_type(cursor: oracledb.Cursor, metadata: oracledb.FetchInfo) -> Any:
    """Choose how a column is fetched (python-oracledb's ``outputtypehandler``)."""
    if metadata.type_code is oracledb.DB_TYPE_NUMBER:
        if metadata.scale == 0 and metadata.precision:
            return None  # the driver makes it an int
        if metadata.scale is not None and metadata.scale > 0:
            return cursor.var(Decimal, arraysize=cursor.arraysize)
        return cursor.var(str, arraysize=cursor.arraysize, outconverter=number)
    if metadata.type_code is oracledb.DB_TYPE_TIMESTAMP_TZ:
        return cursor.var(oracledb.DB_TYPE_TIMESTAMP_TZ, arraysize=cursor.arraysize, outconverter=in_utc)
    # LOBs come with the rows, as text and bytes: a parse knows no ``fetch_lobs``.
    whole = _WHOLE_LOBS.get(metadata.type_code)
    return cursor.var(whole, arraysize=cursor.arraysize) if whole else None


def document_text(value: Any) -> str:
    """Return a JSON document as text, numbers with every digit, as a json column of older releases holds it.

    What only Oracle's binary documents hold becomes a string: dates in ISO 8601, bytes in hexadecimal.
    """
    if isinstance(value, dict):
        members = (f"{_scalar_text(name)}:{document_text(each)}" for name, each in value.items())
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(document_text, value))}]"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, array):
        return vector_text(value)
    return _scalar_text(value)


def _scalar_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_unknown_to_json)


def _unknown_to_json(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def vector_text(value: Any) -> str:
    """Return a VECTOR as a JSON list; a sparse one as dimensions, indices and values."""
    return json.dumps(list(value), separators=(",", ":")) if isinstance(value, array) else str(value)


# No ``outconverter``: the driver would give it the items of a list one by one.
_TEXT_OF = {oracledb.DB_TYPE_JSON: document_text, oracledb.DB_TYPE_VECTOR: vector_text}


def text_columns(cursor: oracledb.Cursor) -> Converters:
    """Return the columns of a query whose values, as the driver has them, are to become text."""
    described = cursor.description or []
    return {
        position: _TEXT_OF[column.type_code]
        for position, column in enumerate(described)
        if column.type_code in _TEXT_OF
    }


def convert(rows: list[Row], converters: Converters) -> list[Row]:
    """Return rows with the values of some columns converted; NULL stays."""
    if not converters:
        return rows
    converted = []
    for row in rows:
        values = list(row)
        for position, converter in converters.items():
            if values[position] is not None:
                values[position] = converter(values[position])
        converted.append(tuple(values))
    return converted


_WHOLE_LOBS = {
    oracledb.DB_TYPE_CLOB: oracledb.DB_TYPE_LONG,
    oracledb.DB_TYPE_NCLOB: oracledb.DB_TYPE_LONG_NVARCHAR,
    oracledb.DB_TYPE_BLOB: oracledb.DB_TYPE_LONG_RAW,
}


def _from_schema(column: dict[str, Any]) -> Callable[[Any], Any] | None:
    return _CONVERTERS.get(column.get("data_type", ""))


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "bool": bool,
    "date": lambda value: value.date() if isinstance(value, dt.datetime) else value,
    "time": lambda value: dt.time.fromisoformat(value) if isinstance(value, str) else value,
    "wei": lambda value: int(Decimal(value)),
    "decimal": Decimal,
}
"""What Oracle has no type for, by dlt's type: applied where the schema of a result is known."""


@dataclass(frozen=True)
class PendingQuery:
    """A query that is parsed and not run yet: whether as rows or as Arrow is known at the first fetch.

    ``fetch_arrow`` takes a plan and a number of rows, and yields tables of that size as the driver makes
    them.
    """

    capabilities: DestinationCapabilitiesContext
    fetch_rows: Callable[[], None]
    fetch_arrow: Callable[[ArrowPlan, int], Iterator[pa.Table]]


class OracleCursor(DBApiCursorImpl):
    """A cursor that returns dlt's types for the columns whose dlt type is known."""

    native_cursor: oracledb.Cursor  # type: ignore[assignment]

    def __init__(self, cursor: oracledb.Cursor, query: PendingQuery | None = None) -> None:
        super().__init__(cast("DBApiCursor", cursor))
        self._query = query
        self._tables: ArrowTables | None = None

    def fetchone(self, *args: Any, **kwargs: Any) -> Row:
        """Fetch one row, or None at the end."""
        self._start_rows()
        row = self.native_cursor.fetchone(*args, **kwargs)
        return cast("Row", row and self._convert([row])[0])

    def fetchmany(self, *args: Any, **kwargs: Any) -> list[Row]:
        """Fetch a number of rows."""
        self._start_rows()
        return self._convert(self.native_cursor.fetchmany(*args, **kwargs))

    def fetchall(self, *args: Any, **kwargs: Any) -> list[Row]:
        """Fetch the rest."""
        self._start_rows()
        return self._convert(self.native_cursor.fetchall(*args, **kwargs))

    def iter_arrow(self, chunk_size: int | None) -> Generator[Any, None, None]:
        """Yield tables of exactly ``chunk_size`` rows, the last one less; or one table of all rows."""
        tables = self._start_arrow(chunk_size)
        if tables is None:
            yield from super().iter_arrow(cast("int", chunk_size))
        elif not chunk_size:
            yield tables.take()
        else:
            while (table := tables.take(chunk_size)).num_rows:
                yield table

    def iter_df(self, chunk_size: int | None) -> Generator[Any, None, None]:
        """Yield data frames. Integers beside NULL are pandas' Int64, for as floats they would lose digits."""
        import pyarrow as pa
        from dlt.common.libs.pandas import pandas as pd  # type: ignore[attr-defined]  # says what to install

        for table in self.iter_arrow(chunk_size):
            frame = table.to_pandas()
            for position, column in enumerate(table.columns):
                if column.null_count and pa.types.is_integer(column.type):
                    dtype = pd.api.types.pandas_dtype(str(column.type).capitalize())
                    frame.isetitem(position, column.to_pandas(types_mapper=lambda _type, to=dtype: to))
            yield frame

    def _start_rows(self) -> None:
        if self._tables is not None:
            raise NotImplementedError("What has been fetched as Arrow cannot be fetched further as rows.")
        query, self._query = self._query, None
        if query is not None:
            query.fetch_rows()

    def _start_arrow(self, chunk_size: int | None) -> ArrowTables | None:
        """Return where the tables come from, or None when rows have to be fetched."""
        query = self._query
        if self._tables is None and query is not None:
            from dlt_oracle.destinations.arrow_plan import ArrowTables, plan

            planned = plan(self.native_cursor.description or [], self.columns_schema, query.capabilities)
            if planned is not None:
                fetched = query.fetch_arrow(planned, chunk_size or ARROW_ROWS)
                self._tables = ArrowTables(planned, fetched)
        return self._tables

    def _convert(self, rows: list[Row]) -> list[Row]:
        converters = text_columns(self.native_cursor)
        for position, column in enumerate(self.columns_schema.values()):
            if converter := _from_schema(cast("dict[str, Any]", column)):
                converters[position] = converter
        return convert(rows, converters)
