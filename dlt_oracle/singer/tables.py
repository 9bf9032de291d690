"""Decoded rows as an Arrow table, or as dicts where nested values are to become tables."""

from __future__ import annotations

import base64
import datetime as dt
import math
import secrets
import time
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
from dlt.common.schema.utils import dlt_id_column, dlt_load_id_column

from dlt_oracle.singer.arrays import Fitter, fast_array, is_as_decoded
from dlt_oracle.singer.column_types import ColumnType, Kind
from dlt_oracle.singer.columns import LOAD_ID, ROW_ID
from dlt_oracle.singer.dispositions import SEQUENCE, TABLE_VERSION
from dlt_oracle.singer.errors import MissingKey, UnfitValue
from dlt_oracle.singer.messages import read_value
from dlt_oracle.singer.values import INT64, Unfit

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    from dlt_oracle.singer.columns import Column, Package
    from dlt_oracle.singer.decoder import Rows
    from dlt_oracle.singer.dispositions import Plan
    from dlt_oracle.singer.messages import Record
    from dlt_oracle.singer.options import Options

_TIMESTAMP, _INTEGER = ColumnType(Kind.TIMESTAMP), ColumnType(Kind.INTEGER)
_EXTRACTED_AT = "_sdc_extracted_at"
_VERSION, _TIME_EXTRACTED = attrgetter("version"), attrgetter("time_extracted")
_ID_LENGTH = 14  # characters of dlt's row ids, six bits each
_BYTES_OF_TWO_IDS = 21
_NANOSECONDS_PER_MILLISECOND = 1_000_000


@dataclass
class Run:
    """One run of a tap. ``next_sequence`` orders all records, across runs too, unless a clock goes back."""

    started: int = field(default_factory=time.time_ns)  # nanoseconds since 1970
    next_sequence: int = 0

    def __post_init__(self) -> None:
        self.next_sequence = self.next_sequence or self.started

    def sequence(self, rows: int) -> range:
        """Return numbers for so many rows."""
        first = self.next_sequence
        self.next_sequence += rows
        return range(first, self.next_sequence)


@dataclass
class TableMaker:
    """Makes the batches of one stream with these columns."""

    stream: str
    columns: Sequence[Column]
    options: Options
    counters: Counter[str]
    plan: Plan

    def table(
        self, messages: Sequence[Record], rows: Rows, run: Run, package: Package
    ) -> tuple[pa.Table, dict[str, Any]]:
        """Return rows as an Arrow table, and dlt's hints for its columns."""
        arrays: dict[str, pa.Array] = {}
        hints: dict[str, Any] = {}
        for position, column in enumerate(self.columns):
            array, unfit = self._array(column, rows.values(position), rows.odd, messages)
            if column.is_key and array.null_count:
                self._raise_missing(column, messages[array.is_null().index(True).as_py()])
            arrays[column.name] = array
            hints[column.name] = self._hints(column.name, column.type)
            if unfit:
                arrays[column.variant] = pa.array(map(unfit.get, range(len(messages))), pa.string())
                hints[column.variant] = {"name": column.variant, "data_type": "text", "variant": True}
        for name, array, type_ in self._metadata(messages, run):
            if name not in arrays:
                arrays[name], hints[name] = array, self._hints(name, type_)
        self._add_ids(arrays, hints, len(messages), package)
        fields = [
            pa.field(name, array.type, hints[name].get("nullable", True)) for name, array in arrays.items()
        ]
        return pa.Table.from_arrays(list(arrays.values()), schema=pa.schema(fields)), hints

    def dicts(
        self, messages: Sequence[Record], rows: Rows, run: Run
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return rows as dicts for dlt's normalizer, and dlt's hints for their columns."""
        lists: dict[str, list[Any]] = {}
        hints: dict[str, Any] = {}
        for position, column in enumerate(self.columns):
            values = rows.values(position)
            if column.type.kind is Kind.JSON:
                lists[column.name] = [_nested(value, self.counters) for value in values]
                continue
            fitted, unfit = self._fitted(column, values, messages)
            if column.is_key and None in fitted:
                self._raise_missing(column, messages[fitted.index(None)])
            lists[column.name] = fitted
            hints[column.name] = self._hints(column.name, column.type)
            if unfit:
                lists[column.variant] = [unfit.get(n) for n in range(len(messages))]
                hints[column.variant] = {"name": column.variant, "data_type": "text", "variant": True}
        for name, array, type_ in self._metadata(messages, run):
            if name not in lists:
                lists[name], hints[name] = array.to_pylist(), self._hints(name, type_)
        return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)], hints

    def _array(
        self, column: Column, values: list[Any], odd: Sequence[int], messages: Sequence[Record]
    ) -> tuple[pa.Array, dict[int, str]]:
        if all(is_as_decoded(values[position], column.type) for position in odd):
            array = fast_array(values, column.type)
            if array is not None:
                return array, {}
        fitted, unfit = self._fitted(column, values, messages)
        return pa.array(fitted, column.type.arrow), unfit

    def _fitted(
        self, column: Column, values: list[Any], messages: Sequence[Record]
    ) -> tuple[list[Any], dict[int, str]]:
        where = f"{self.stream}.{column.source}"
        fitter = Fitter(column.type, self.options.dates, self.counters, where)
        try:
            return fitter.fit_all(values), fitter.unfit
        except Unfit as problem:
            raise UnfitValue(
                f"property {column.source!r} has {problem}. Other values of `dates` than 'error' load it",
                stream=self.stream,
                line=messages[fitter.refused].line,
            ) from problem

    def _metadata(self, messages: Sequence[Record], run: Run) -> Iterator[tuple[str, pa.Array, ColumnType]]:
        rows = len(messages)
        sequence = run.sequence(rows)
        if self.options.metadata:
            extracted = list(map(_TIME_EXTRACTED, messages))
            array = fast_array(extracted, _TIMESTAMP)
            if array is None:
                fitter = Fitter(_TIMESTAMP, "null", self.counters, f"{self.stream}.{_EXTRACTED_AT}")
                array = pa.array(fitter.fit_all(extracted), _TIMESTAMP.arrow)
            yield _EXTRACTED_AT, array, _TIMESTAMP
            now = pa.scalar(dt.datetime.now(dt.timezone.utc), _TIMESTAMP.arrow)
            for name in ("_sdc_received_at", "_sdc_batched_at"):
                yield name, pa.repeat(now, rows), _TIMESTAMP
            started = pa.scalar(run.started // _NANOSECONDS_PER_MILLISECOND, pa.int64())
            yield "_sdc_sync_started_at", pa.repeat(started, rows), _INTEGER
        if self.options.metadata or self.plan.disposition == "merge":
            yield SEQUENCE, pa.array(sequence, pa.int64()), _INTEGER
        versions = list(map(_VERSION, messages))
        if versions.count(None) < rows:
            yield TABLE_VERSION, pa.array(versions, pa.int64()), _INTEGER
        elif self.options.metadata:
            yield TABLE_VERSION, pa.nulls(rows, pa.int64()), _INTEGER

    def _hints(self, name: str, type_: ColumnType) -> dict[str, Any]:
        planned = self.plan.column_hints(name, hard_delete=self.options.hard_delete)
        key = {"nullable": False} if name in self._key_names else {}
        return {"name": name, **type_.hints, **planned, **key}

    @property
    def _key_names(self) -> set[str]:
        return {column.name for column in self.columns if column.is_key}

    def _add_ids(self, arrays: dict[str, Any], hints: dict[str, Any], rows: int, package: Package) -> None:
        """Add the columns that dlt adds to dicts, so that both ways make the same table."""
        if LOAD_ID in package.id_columns:
            arrays[LOAD_ID] = pa.repeat(pa.scalar(package.load_id, pa.string()), rows)
            hints[LOAD_ID] = dlt_load_id_column()
        if ROW_ID in package.id_columns:
            arrays[ROW_ID], hints[ROW_ID] = _row_ids(rows), dlt_id_column()

    def _raise_missing(self, column: Column, message: Record) -> None:
        raise MissingKey(
            f"the key property {column.source!r} has no value that fits: the tap has to send one. "
            f"singer_source takes other keys with primary_key={{{self.stream!r}: [...]}}",
            stream=self.stream,
            line=message.line,
        )


def _row_ids(rows: int) -> pa.Array:
    """Return as many random texts of dlt's length, out of one piece of base64."""
    pairs = -(-rows // 2)
    encoded = base64.b64encode(secrets.token_bytes(pairs * _BYTES_OF_TWO_IDS))
    ids = pa.FixedSizeBinaryArray.from_buffers(pa.binary(_ID_LENGTH), rows, [None, pa.py_buffer(encoded)])
    return ids.cast(pa.binary()).cast(pa.string())


def _nested(value: Any, counters: Counter[str]) -> Any:
    return _plain(read_value(value, counters) if isinstance(value, msgspec.Raw) else value)


def _plain(value: Any) -> Any:
    """Return a nested value with numbers that all destinations take: floats, 64-bit integers, or text.

    A number that a float would change is text.
    """
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        number = float(value)
        return number if math.isfinite(number) and Decimal(repr(number)) == value else str(value)
    return str(value) if isinstance(value, int) and value not in INT64 else value
