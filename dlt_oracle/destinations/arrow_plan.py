"""How the columns of a result become Arrow: the type to ask the driver for, and the type to hand out.

The driver converts on the way from the wire, without a Python object for each value. What it would convert
with a loss, or not at all, has no plan: then rows are fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import oracledb
import pyarrow as pa
from dlt.common.libs.pyarrow import get_py_arrow_datatype

from dlt_oracle.destinations.arrays import from_text
from dlt_oracle.destinations.sql import queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dlt.common.destination import DestinationCapabilitiesContext
    from dlt.common.schema.typing import TTableSchemaColumns

    from dlt_oracle.destinations.sql.queries import Conversion

_MAX_INT64_DIGITS = 19  # dlt's bigint; what does not fit is an error of the driver, not a loss
_MAX_NUMBER_DIGITS = 38
_MAX_TEXT_DIGITS = 76
_MICROSECOND_DIGITS = 6
_ANY_SCALE = -127
"""Scale of a NUMBER without precision, and of every expression: any number of fractional digits."""


@dataclass(frozen=True)
class ArrowColumn:
    """A column of a result.

    ``stored_name``: its name in the query; ``name``: in the Arrow table. ``conversion``: what the query has
    to ask for instead, because the driver drops something (the offset of a TIMESTAMP WITH TIME ZONE) or
    does not fetch the type into Arrow.
    """

    stored_name: str
    name: str
    requested: pa.DataType
    final: pa.DataType
    conversion: Conversion | None = None


@dataclass(frozen=True)
class ArrowPlan:
    """The columns of a result, in order."""

    columns: Sequence[ArrowColumn]

    @property
    def requested_schema(self) -> pa.Schema:
        """What to ask the driver for."""
        return pa.schema([pa.field(column.name, column.requested) for column in self.columns])

    @property
    def final_schema(self) -> pa.Schema:
        """What is handed out."""
        return pa.schema([pa.field(column.name, column.final) for column in self.columns])

    def finish(self, table: pa.Table) -> pa.Table:
        """Return what the driver fetched with the types to hand out."""
        arrays = [_final(table.column(n), column.final) for n, column in enumerate(self.columns)]
        return pa.Table.from_arrays(arrays, names=[column.name for column in self.columns])


@dataclass
class ArrowTables:
    """Tables of any size out of those that the driver fetches."""

    plan: ArrowPlan
    fetched: Iterator[pa.Table]
    _rest: pa.Table | None = None

    def take(self, rows: int | None = None) -> pa.Table:
        """Return the next ``rows`` rows, or what is left; None: all that is left."""
        parts: list[pa.Table] = []
        missing = rows
        while missing is None or missing > 0:
            part = self._rest if self._rest is not None else next(self.fetched, None)
            self._rest = None
            if part is None:
                break
            if missing is not None:
                part, self._rest = part.slice(0, missing), part.slice(missing)
                missing -= part.num_rows
            if self._rest is not None and not self._rest.num_rows:
                self._rest = None
            parts.append(self.plan.finish(part))
        return pa.concat_tables(parts) if parts else self.plan.final_schema.empty_table()


def plan(
    description: Sequence[oracledb.FetchInfo],
    columns: TTableSchemaColumns,
    capabilities: DestinationCapabilitiesContext,
) -> ArrowPlan | None:
    """Plan for a result with this description, or return None where rows have to be fetched.

    ``columns``: dlt's schema of the result, by position; a column without a data type gets the type that
    its Oracle type suggests.
    """
    if len(columns) != len(description) or len({info.name for info in description}) < len(description):
        return None
    planned = []
    for info, (name, column) in zip(description, columns.items(), strict=True):
        wanted = get_py_arrow_datatype(column, capabilities, "UTC") if column.get("data_type") else None
        request = _REQUESTS.get(info.type_code)
        types = request(info, wanted) if request else None
        if types is None:
            return None
        planned.append(ArrowColumn(info.name, name, *types, _CONVERSIONS.get(info.type_code)))
    return ArrowPlan(planned)


def _final(values: pa.ChunkedArray, final: pa.DataType) -> Any:
    if values.type == final:
        return values
    if pa.types.is_string(values.type):
        return from_text(values.combine_chunks(), final)
    return values.cast(final)


_Types = tuple[pa.DataType, pa.DataType] | None  # requested, final


def _number(info: oracledb.FetchInfo, wanted: pa.DataType | None) -> _Types:
    any_scale = info.scale == _ANY_SCALE
    if wanted is None:
        return None if any_scale else _number_as_stored(info)
    if pa.types.is_boolean(wanted):
        return pa.int8(), wanted
    if pa.types.is_floating(wanted):
        return pa.float64(), wanted
    if pa.types.is_integer(wanted):
        # As an integer the driver would cut fractions off.
        return (wanted if info.scale == 0 else pa.decimal128(_MAX_NUMBER_DIGITS, 0)), wanted
    if pa.types.is_decimal(wanted) and not any_scale and (info.scale or 0) <= wanted.scale:
        return pa.decimal128(_MAX_NUMBER_DIGITS, wanted.scale), wanted
    return None


def _number_as_stored(info: oracledb.FetchInfo) -> _Types:
    precision, scale = info.precision or _MAX_NUMBER_DIGITS, info.scale or 0
    if scale < 0:
        return None
    stored = (
        pa.int64()
        if scale == 0 and precision <= _MAX_INT64_DIGITS
        else pa.decimal128(min(max(precision, scale), _MAX_NUMBER_DIGITS), scale)
    )
    return stored, stored


def _text(_info: oracledb.FetchInfo, wanted: pa.DataType | None) -> _Types:
    if wanted is None or pa.types.is_string(wanted):
        return pa.string(), pa.string()
    if pa.types.is_decimal(wanted):
        # A number in a text column is there because a NUMBER would round it; dlt says 38 digits.
        return pa.string(), pa.decimal256(_MAX_TEXT_DIGITS, wanted.scale)
    return (pa.string(), wanted) if pa.types.is_time(wanted) else None


def _date(_info: oracledb.FetchInfo, wanted: pa.DataType | None) -> _Types:
    if wanted is None or pa.types.is_timestamp(wanted):
        return pa.timestamp("us"), wanted or pa.timestamp("us")
    return (wanted, wanted) if pa.types.is_date(wanted) else None


def _timestamp(info: oracledb.FetchInfo, wanted: pa.DataType | None, zone: str | None = None) -> _Types:
    unit = "us" if (info.scale or 0) <= _MICROSECOND_DIGITS else "ns"
    if wanted is None:
        return pa.timestamp(unit, zone), pa.timestamp(unit, zone)
    if pa.types.is_timestamp(wanted):
        return pa.timestamp(unit, wanted.tz), wanted
    return None


def _zoned(info: oracledb.FetchInfo, wanted: pa.DataType | None) -> _Types:
    return _timestamp(info, wanted, "UTC")


def _binary(_info: oracledb.FetchInfo, wanted: pa.DataType | None) -> _Types:
    return pa.binary(), wanted or pa.binary()


def _boolean(_info: oracledb.FetchInfo, wanted: pa.DataType | None) -> _Types:
    return pa.bool_(), wanted or pa.bool_()


def _double(_info: oracledb.FetchInfo, wanted: pa.DataType | None) -> _Types:
    return pa.float64(), wanted or pa.float64()


_REQUESTS: dict[Any, Callable[[oracledb.FetchInfo, pa.DataType | None], _Types]] = {
    oracledb.DB_TYPE_NUMBER: _number,
    oracledb.DB_TYPE_BOOLEAN: _boolean,
    oracledb.DB_TYPE_BINARY_DOUBLE: _double,
    oracledb.DB_TYPE_BINARY_FLOAT: _double,
    oracledb.DB_TYPE_VARCHAR: _text,
    oracledb.DB_TYPE_CHAR: _text,
    oracledb.DB_TYPE_NVARCHAR: _text,
    oracledb.DB_TYPE_NCHAR: _text,
    oracledb.DB_TYPE_CLOB: _text,
    oracledb.DB_TYPE_NCLOB: _text,
    # What a CLOB or BLOB is described as once it has been fetched whole.
    oracledb.DB_TYPE_LONG: _text,
    oracledb.DB_TYPE_LONG_NVARCHAR: _text,
    oracledb.DB_TYPE_LONG_RAW: _binary,
    oracledb.DB_TYPE_DATE: _date,
    oracledb.DB_TYPE_TIMESTAMP: _timestamp,
    oracledb.DB_TYPE_TIMESTAMP_LTZ: _zoned,
    oracledb.DB_TYPE_TIMESTAMP_TZ: _zoned,
    oracledb.DB_TYPE_RAW: _binary,
    oracledb.DB_TYPE_BLOB: _binary,
    oracledb.DB_TYPE_JSON: _text,
    oracledb.DB_TYPE_VECTOR: _text,
}
_CONVERSIONS = {
    oracledb.DB_TYPE_TIMESTAMP_TZ: queries.extract_utc,
    oracledb.DB_TYPE_JSON: queries.document_text,
    oracledb.DB_TYPE_VECTOR: queries.vector_text,
}
