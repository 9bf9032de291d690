"""Reading: Oracle's values as the values that dlt's users expect."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import oracledb
from dlt.destinations.sql_client import DBApiCursorImpl

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt.common.destination.dataset import DBApiCursor

Row = tuple[Any, ...]


def number(text: str) -> int | Decimal:
    """Return a NUMBER without loss: an integer where it is one."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value


def in_utc(value: dt.datetime) -> dt.datetime:
    """Attach UTC: the driver returns TIMESTAMP WITH LOCAL TIME ZONE in the session's zone, which is UTC."""
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
        # The driver drops the offset and returns the local time. The server can return the instant instead.
        return cursor.var(oracledb.DB_TYPE_TIMESTAMP_LTZ, arraysize=cursor.arraysize, outconverter=in_utc)
    return None


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


class OracleCursor(DBApiCursorImpl):
    """A cursor that returns dlt's types for the columns whose dlt type is known."""

    native_cursor: oracledb.Cursor  # type: ignore[assignment]

    def __init__(self, cursor: oracledb.Cursor) -> None:
        super().__init__(cast("DBApiCursor", cursor))

    def fetchone(self, *args: Any, **kwargs: Any) -> Row:
        """Fetch one row, or None at the end."""
        row = self.native_cursor.fetchone(*args, **kwargs)
        return cast("Row", row and self._convert([row])[0])

    def fetchmany(self, *args: Any, **kwargs: Any) -> list[Row]:
        """Fetch a number of rows."""
        return self._convert(self.native_cursor.fetchmany(*args, **kwargs))

    def fetchall(self, *args: Any, **kwargs: Any) -> list[Row]:
        """Fetch the rest."""
        return self._convert(self.native_cursor.fetchall(*args, **kwargs))

    def _convert(self, rows: list[Row]) -> list[Row]:
        converters = [
            (position, convert)
            for position, column in enumerate(self.columns_schema.values())
            if (convert := _from_schema(cast("dict[str, Any]", column)))
        ]
        if not converters:
            return rows
        converted = []
        for row in rows:
            values = list(row)
            for position, convert in converters:
                if values[position] is not None:
                    values[position] = convert(values[position])
            converted.append(tuple(values))
        return converted
