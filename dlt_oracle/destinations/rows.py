"""A load file as Arrow batches that are ready to bind: here values take their final form, once.

What to do with a column is decided once per file, from its Arrow type and its Oracle type; then whole
batches are cast. Nothing in here knows the driver.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dlt_oracle.destinations.errors import RejectedValue
from dlt_oracle.destinations.oracle_types import Bind, OracleType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# A batch is one round trip: large enough that the network does not matter, small enough for the
# server's and our memory (measured flat between 1,000 and 100,000 rows).
MIN_BATCH_ROWS = 1_000
MAX_BATCH_ROWS = 50_000
BATCH_BYTES = 6 * 1024 * 1024

_EMPTY_STRING_ADVICE = (
    "an empty string, which Oracle stores as NULL, and the column is NOT NULL. Make the column nullable, "
    "or replace "
    "empty strings in the source."
)


@dataclass(frozen=True)
class LoadColumn:
    """A column of a load file: its dlt name, the Oracle type it goes to, and whether it takes NULL."""

    name: str
    type: OracleType
    nullable: bool = True


@dataclass
class Batches:
    """The batches of one parquet file. ``empty_strings`` counts what Oracle stores as NULL, as they pass."""

    path: str
    table: str
    columns: Sequence[LoadColumn]
    empty_strings: int = 0
    rows: int = field(init=False)

    def __post_init__(self) -> None:
        with pq.ParquetFile(self.path, pre_buffer=False) as file:
            self.rows = file.metadata.num_rows

    def __iter__(self) -> Iterator[tuple[int, pa.Table]]:
        """Yield (rows before the batch, batch). Raises RejectedValue for a value that does not fit."""
        with pq.ParquetFile(self.path, pre_buffer=False) as file:
            names = [column.name for column in self.columns]
            rows_before = 0
            for batch in file.iter_batches(batch_size=_batch_rows(file.metadata), columns=names):
                yield rows_before, self._ready(batch, rows_before)
                rows_before += batch.num_rows

    def _ready(self, batch: pa.RecordBatch, rows_before: int) -> pa.Table:
        arrays = []
        for column in self.columns:
            array = _FORMS[column.type.bind](
                batch.column(batch.schema.get_field_index(column.name)), column.type
            )
            if column.type.bind in _TEXTS:
                self._check_empty(array, column, rows_before)
            if column.type.max_bytes is not None:
                self._check_length(array, column, rows_before)
            arrays.append(array)
        return pa.Table.from_arrays(arrays, names=[column.name for column in self.columns])

    def _check_empty(self, array: pa.Array, column: LoadColumn, rows_before: int) -> None:
        empty = pc.equal(pc.binary_length(array), 0)
        count = pc.sum(empty).as_py() or 0
        if count and not column.nullable:
            raise self._rejected(column, rows_before + pc.index(empty, True).as_py(), _EMPTY_STRING_ADVICE)
        self.empty_strings += count

    def _check_length(self, array: pa.Array, column: LoadColumn, rows_before: int) -> None:
        for measure, limit, unit in (
            (pc.binary_length, column.type.max_bytes, "bytes"),
            (pc.utf8_length, column.type.max_characters, "characters"),
        ):
            if limit is None:
                continue
            lengths = measure(array)
            longest = pc.max(lengths).as_py()
            if longest is not None and longest > limit:
                row = rows_before + pc.index(pc.greater(lengths, limit), True).as_py()
                raise self._rejected(
                    column,
                    row,
                    f"a value of {lengths[row - rows_before].as_py():,} {unit}, and the column, "
                    f"{column.type.ddl}, takes "
                    f"{limit:,}. Give the column a larger `precision`, or shorten the values.",
                )

    def _rejected(self, column: LoadColumn, row: int, reason: str) -> RejectedValue:
        return RejectedValue(table=self.table, column=column.name, row=row + 1, reason=reason)


def file_columns(path: str) -> list[str]:
    """Return the names of a parquet file's columns, in order."""
    return list(pq.read_schema(path).names)


def _batch_rows(metadata: pq.FileMetaData) -> int:
    size: int = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    row_bytes = max(size // max(int(metadata.num_rows), 1), 1)
    return max(MIN_BATCH_ROWS, min(MAX_BATCH_ROWS, BATCH_BYTES // row_bytes))


def _string(array: pa.Array, _type: OracleType) -> pa.Array:
    # Decimals of more than 38 digits and times travel as text.
    return array if pa.types.is_string(array.type) else array.cast(pa.string())


def _number(array: pa.Array, _type: OracleType) -> pa.Array:
    if pa.types.is_boolean(array.type):
        return array.cast(pa.int8())  # the driver would bind a BOOLEAN, unknown before 23ai
    if pa.types.is_decimal256(array.type):
        return array.cast(pa.decimal128(38, array.type.scale))
    return array


def _date(array: pa.Array, _type: OracleType) -> pa.Array:
    return array.cast(pa.date32())


def _same(array: pa.Array, _type: OracleType) -> pa.Array:
    return array


def _cast_to(arrow_type: pa.DataType) -> Callable[[pa.Array, OracleType], pa.Array]:
    return lambda array, _type: array.cast(arrow_type)


_FORMS: dict[Bind, Callable[[Any, OracleType], Any]] = {
    Bind.STRING: _string,
    Bind.LONG_STRING: _cast_to(pa.large_string()),
    Bind.BINARY: _cast_to(pa.binary()),
    Bind.LONG_BINARY: _cast_to(pa.large_binary()),
    Bind.NUMBER: _number,
    Bind.DOUBLE: _cast_to(pa.float64()),
    Bind.DATE: _date,
    Bind.TIMESTAMP: _same,
    Bind.TIMESTAMP_TZ: _same,
}
_TEXTS = (Bind.STRING, Bind.LONG_STRING)
