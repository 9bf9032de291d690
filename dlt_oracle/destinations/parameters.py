"""Statements and values of callers, as python-oracledb takes them."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import oracledb
from dlt.common.destination.exceptions import DestinationTerminalException

from dlt_oracle.destinations.arrays import read_document
from dlt_oracle.destinations.oracle_types import Bind
from dlt_oracle.destinations.sql.placeholders import number_placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa


# A block ends with a semicolon of its own; a query's would be ORA-00911.
_PLSQL = re.compile(
    r"(?:BEGIN|DECLARE|CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|PACKAGE|TRIGGER|TYPE))\b",
    re.IGNORECASE,
)


def read_statement(sql: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[str, Any]:
    """Return a statement with Oracle's binds, and their values. Raises DestinationTerminalException."""
    text = str(sql).strip()
    if not _PLSQL.match(text):
        text = text.removesuffix(";")
    if not args:
        return text, dict(kwargs)
    text, count = number_placeholders(text)
    if count not in (0, len(args)):
        raise DestinationTerminalException(
            f"The query has {count} %s placeholders and {len(args)} values were given."
        )
    return text, list(args)


def input_size(value: Any) -> Any:
    """Return the type to declare for a bind: a datetime alone would go as DATE, without microseconds."""
    if isinstance(value, dt.datetime):
        return oracledb.DB_TYPE_TIMESTAMP_TZ if value.tzinfo else oracledb.DB_TYPE_TIMESTAMP
    return None


def values_of(values: Any) -> Iterable[Any]:
    """Return the values of binds by position or by name."""
    return values.values() if isinstance(values, dict) else values


def bindable(values: Any) -> Any:
    """Return binds by position or by name as values that mean the same to every server."""
    if isinstance(values, list):
        return [_bind_value(value) for value in values]
    return {name: _bind_value(value) for name, value in values.items()} if values else values


def _bind_value(value: Any) -> Any:
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.astimezone(dt.timezone.utc)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dt.time):
        return value.isoformat(timespec="microseconds")
    return value


def batch_sizes(binds: Sequence[Bind]) -> list[Any]:
    """Return the types to declare for the columns of ``batch_rows``; None where values tell them."""
    return [_BATCH_SIZES.get(each) for each in binds]


def batch_rows(batch: pa.Table, binds: Sequence[Bind]) -> list[tuple[Any, ...]]:
    """Return a batch as rows, the JSON texts in it as documents, zoned timestamps in UTC.

    Arrow has no type that the driver binds as JSON, and a column of type JSON takes text reliably only up
    to the length of a VARCHAR2; and ``bind_mode = "rows"`` asks for rows.
    """
    columns = [_values(column, each) for column, each in zip(batch.columns, binds, strict=True)]
    return list(zip(*columns, strict=True))


def _values(column: pa.ChunkedArray, form: Bind) -> list[Any]:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        # Python has no nanoseconds; what keeps them travels as text.
        column = column.cast(pa.timestamp("us", column.type.tz and "UTC"), safe=False)
    values: list[Any] = column.to_pylist()
    if form is Bind.JSON:
        return [None if text is None else read_document(text) for text in values]
    return values


_BATCH_SIZES = {
    Bind.LONG_STRING: oracledb.DB_TYPE_LONG,
    Bind.LONG_BINARY: oracledb.DB_TYPE_LONG_RAW,
    Bind.DOUBLE: oracledb.DB_TYPE_BINARY_DOUBLE,
    Bind.BOOLEAN: oracledb.DB_TYPE_BOOLEAN,
    # Aware ones are in UTC (see ``_values``), as the session is.
    Bind.TIMESTAMP: oracledb.DB_TYPE_TIMESTAMP,
    Bind.TIMESTAMP_TZ: oracledb.DB_TYPE_TIMESTAMP,
    Bind.JSON: oracledb.DB_TYPE_JSON,
    Bind.VECTOR: oracledb.DB_TYPE_VECTOR,
}
