"""Record batches as tables that are ready to bind: here values take their final form, once.

What to do with a column follows from its Oracle type; whole arrays are cast. Nothing in here knows the
driver.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from dlt.common.json import json

from dlt_oracle.destinations.arrays import convert, json_texts, read_document
from dlt_oracle.destinations.errors import RejectedValue, TextTooLong
from dlt_oracle.destinations.oracle_types import Bind, OracleType
from dlt_oracle.destinations.readers import MAX_BATCH_ROWS
from dlt_oracle.destinations.sql import dml
from dlt_oracle.destinations.sql.render import bind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlglot import exp

_EMPTY_STRING_ADVICE = (
    "an empty string, which Oracle stores as NULL, and the column is NOT NULL. Make the column nullable, "
    "or replace empty strings in the source."
)
_NULL_KEY_ADVICE = (
    "NULL, or an empty string, which is the same in Oracle, and rows are merged by this key: NULL equals "
    "nothing, so the row would never be found again. Give it a value in the source, or merge by other "
    "columns."
)


@dataclass(frozen=True)
class LoadColumn:
    """A column of a load file: its dlt name, the Oracle type it goes to, and whether it takes NULL.

    ``fixed`` says why its length stays as it is, and what to do; None: a longer text may make it longer.
    ``key``: rows are merged by it.
    """

    name: str
    type: OracleType
    nullable: bool = True
    fixed: str | None = "it was asked for. Shorten the values"
    key: bool = False

    def value(self, position: int) -> exp.Expression:
        """Return what stands for the column in VALUES: its bind, or an expression around it."""
        around = _VALUES.get(self.type.bind)
        return around(bind(position)) if around else bind(position)


@dataclass
class Batches:
    """The rows of one file. ``rows`` and ``empty_strings`` (stored as NULL) are counted as they pass.

    ``columns_with_empty_strings``: their names, in the order in which they were met.
    """

    source: Iterable[pa.RecordBatch]
    table: str
    columns: Sequence[LoadColumn]
    rows: int = 0
    empty_strings: int = 0
    columns_with_empty_strings: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[int, pa.Table]]:
        """Yield (rows before the batch, batch). Raises RejectedValue for a value that does not fit."""
        for piece in self.source:
            for start in range(0, piece.num_rows, MAX_BATCH_ROWS):
                batch = piece.slice(start, MAX_BATCH_ROWS)
                yield self.rows, self._ready(batch, self.rows)
                self.rows += batch.num_rows

    def _ready(self, batch: pa.RecordBatch, rows_before: int) -> pa.Table:
        arrays = []
        for column in self.columns:
            array = convert(
                batch.column(batch.schema.get_field_index(column.name)),
                _form(column.type),
                table=self.table,
                column=column.name,
                rows_before=rows_before,
            )
            if column.key:
                self._check_key(array, column, rows_before)
            if column.type.bind in _TEXTS:
                self._check_empty(array, column, rows_before)
            if column.type.max_bytes is not None:
                self._check_length(array, column, rows_before)
            arrays.append(array)
        return pa.Table.from_arrays(arrays, names=[column.name for column in self.columns])

    def _check_key(self, array: pa.Array, column: LoadColumn, rows_before: int) -> None:
        absent = array.is_null()
        if column.type.bind in _TEXTS:
            absent = pc.or_kleene(absent, pc.equal(pc.binary_length(array), 0))
        row = pc.index(absent, True).as_py()
        if row >= 0:
            raise self._rejected(column, rows_before + row, _NULL_KEY_ADVICE)

    def _check_empty(self, array: pa.Array, column: LoadColumn, rows_before: int) -> None:
        # A comparison with 0 would make pyarrow import pandas: a fifth of a second, and 50 MB.
        filled = pc.binary_length(array).cast(pa.bool_())
        count = filled.false_count
        if count and not column.nullable:
            raise self._rejected(column, rows_before + pc.index(filled, False).as_py(), _EMPTY_STRING_ADVICE)
        self.empty_strings += count
        if count and column.name not in self.columns_with_empty_strings:
            self.columns_with_empty_strings.append(column.name)

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
                reason = (
                    f"a value of {lengths[row - rows_before].as_py():,} {unit}, and the column, "
                    f"{column.type.ddl}, takes {limit:,}."
                )
                if column.fixed is None:
                    raise self._rejected(column, row, reason, TextTooLong)
                raise self._rejected(column, row, f"{reason} It stays so: {column.fixed}.")

    def _rejected(
        self, column: LoadColumn, row: int, reason: str, kind: type[RejectedValue] = RejectedValue
    ) -> RejectedValue:
        return kind(table=self.table, column=column.name, row=row + 1, reason=reason)


def longest_texts(source: Iterable[pa.RecordBatch], columns: Sequence[LoadColumn]) -> dict[str, int]:
    """Return the bytes of the longest text in each of ``columns`` that may be made longer."""
    texts = [column for column in columns if column.type.bind is Bind.STRING and column.fixed is None]
    longest = dict.fromkeys([column.name for column in texts], 0)
    for piece in source:
        for column in texts:
            array = _form(column.type)(piece.column(piece.schema.get_field_index(column.name)))
            longest[column.name] = max(longest[column.name], pc.max(pc.binary_length(array)).as_py() or 0)
    return longest


def _form(type_: OracleType) -> Callable[[pa.Array], pa.Array]:
    def form(array: pa.Array) -> pa.Array:
        plain = array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
        try:
            return _FORMS[type_.bind](plain, type_)
        except pa.ArrowNotImplementedError as error:
            raise _mismatch(plain, type_) from error

    return form


def _mismatch(array: pa.Array, type_: OracleType) -> TypeError:
    return TypeError(f"a value of type {array.type}, and the column is {type_.ddl}")


def _string(array: pa.Array, type_: OracleType) -> pa.Array:
    if pa.types.is_time(array.type):
        # As many fractional digits as the column has, so that texts sort as times do.
        return pc.utf8_slice_codeunits(array.cast(pa.time64("ns")).cast(pa.string()), 0, type_.max_bytes)
    # Decimals of more than 38 digits travel as text.
    return _text(array, pa.string())


def _text(array: pa.Array, arrow_type: pa.DataType) -> pa.Array:
    if pa.types.is_nested(array.type):
        array = json_texts(array)
    return array if array.type == arrow_type else array.cast(arrow_type)


# Texts are none of them: Oracle turns those into numbers itself, if they are any.
_NO_NUMBERS = (
    pa.types.is_temporal,
    pa.types.is_nested,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_fixed_size_binary,
)


def _number(array: pa.Array, type_: OracleType) -> pa.Array:
    if any(is_other(array.type) for is_other in _NO_NUMBERS):
        raise _mismatch(array, type_)  # the server would not say which column it is
    if pa.types.is_boolean(array.type):
        return array.cast(pa.int8())  # the driver would bind a BOOLEAN, unknown before 23ai
    if pa.types.is_decimal(array.type) and not pa.types.is_decimal128(array.type):
        return array.cast(pa.decimal128(38, array.type.scale))
    if pa.types.is_float16(array.type):
        return array.cast(pa.float32())
    return array


def _date(array: pa.Array, _type: OracleType) -> pa.Array:
    # Oracle's DATE has seconds, and a column may have been given this type for them.
    return array if pa.types.is_timestamp(array.type) else array.cast(pa.date32())


def _timestamp(array: pa.Array, _type: OracleType) -> pa.Array:
    return array if pa.types.is_timestamp(array.type) else array.cast(pa.timestamp("us"))


def _timestamp_text(array: pa.Array, type_: OracleType) -> pa.Array:
    moments = _timestamp(array, type_)
    unit = "ms" if moments.type.unit == "s" else moments.type.unit  # so that there is a decimal point
    text = pc.strftime(moments.cast(pa.timestamp(unit)), format="%Y-%m-%d %H:%M:%S")
    return pc.utf8_rpad(text, width=len("YYYY-MM-DD HH:MM:SS.123456789"), padding="0")


def _timestamp_tz_text(array: pa.Array, type_: OracleType) -> pa.Array:
    return pc.binary_join_element_wise(_timestamp_text(array, type_), "+00:00", " ")


def _document(array: pa.Array, _type: OracleType) -> pa.Array:
    texts = _text(array, pa.large_string())
    for text in texts.to_pylist():
        if text is not None:  # read here, so that what cannot be bound is refused with its row
            read_document(text)
    return texts


def _vector(array: pa.Array, _type: OracleType) -> pa.Array:
    if pa.types.is_nested(array.type):
        return array.cast(pa.list_(pa.float64()))
    vectors = [None if text is None else json.loads(text) for text in array.cast(pa.string()).to_pylist()]
    return pa.array(vectors, pa.list_(pa.float64()))


def _cast_to(arrow_type: pa.DataType) -> Callable[[pa.Array, OracleType], pa.Array]:
    return lambda array, _type: array.cast(arrow_type)


_FORMS: dict[Bind, Callable[[Any, OracleType], Any]] = {
    Bind.STRING: _string,
    Bind.LONG_STRING: lambda array, _type: _text(array, pa.large_string()),
    Bind.BINARY: _cast_to(pa.binary()),
    Bind.LONG_BINARY: _cast_to(pa.large_binary()),
    Bind.NUMBER: _number,
    Bind.DOUBLE: _cast_to(pa.float64()),
    Bind.DATE: _date,
    Bind.TIMESTAMP: _timestamp,
    Bind.TIMESTAMP_TZ: _timestamp,
    Bind.TIMESTAMP_TEXT: _timestamp_text,
    Bind.TIMESTAMP_TZ_TEXT: _timestamp_tz_text,
    Bind.BOOLEAN: _cast_to(pa.bool_()),
    Bind.JSON: _document,
    Bind.VECTOR: _vector,
}
_VALUES: dict[Bind, Callable[[exp.Expression], exp.Expression]] = {
    Bind.TIMESTAMP_TEXT: dml.timestamp_of,
    Bind.TIMESTAMP_TZ_TEXT: dml.timestamp_tz_of,
}
_TEXTS = (Bind.STRING, Bind.LONG_STRING)
