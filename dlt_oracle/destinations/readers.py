"""Load files as Arrow record batches in dlt's types, read piece by piece: a file never is in memory whole.

Every reader has the same form: ``names``, the columns of its batches; ``rows``, how many there are, where a
file says so before it is read, else None; and the iteration over the batches.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from dlt.common.destination.configuration import CsvFormatConfiguration
from dlt.common.destination.exceptions import DestinationInvalidFileFormat
from dlt.common.json import json
from dlt.common.libs.pyarrow import get_py_arrow_datatype
from dlt.common.storages.file_storage import FileStorage

from dlt_oracle.destinations.arrays import convert, from_objects, from_text
from dlt_oracle.destinations.errors import RejectedValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dlt.common.destination import DestinationCapabilitiesContext
    from dlt.common.schema.typing import TColumnSchema

# A batch is one round trip: large enough that the network does not matter, small enough for the
# server's and our memory (measured flat between 1,000 and 100,000 rows).
MIN_BATCH_ROWS = 1_000
MAX_BATCH_ROWS = 50_000
BATCH_BYTES = 8 * 1024 * 1024

_QUOTE_NONE = "quote_none"


@dataclass(frozen=True)
class LoadFile:
    """A load file. ``columns``: those of its table that have a type, in the table's order."""

    path: str
    table: str
    columns: Mapping[str, TColumnSchema]
    capabilities: DestinationCapabilitiesContext
    csv_format: CsvFormatConfiguration | None = None

    def arrow_type(self, name: str) -> pa.DataType:
        """Return the type that a column has in a parquet file that dlt writes."""
        return get_py_arrow_datatype(self.columns[name], self.capabilities, "UTC")

    def refused(self, file_format: str, reason: str) -> DestinationInvalidFileFormat:
        """Return the exception for a file that cannot be read."""
        return DestinationInvalidFileFormat("oracle", file_format, self.path, reason)


class Reader(Protocol):
    """See the module."""

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""

    @property
    def rows(self) -> int | None:
        """Rows of the file, or None."""

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Read the file from its beginning."""


_BUFFER_BYTES = 2**16  # of a column: without a buffer its whole row group is in memory


class ParquetReader:
    """Reads a parquet file. Its types are whatever Arrow types the source had."""

    def __init__(self, file: LoadFile) -> None:
        self._path = file.path
        with pq.ParquetFile(file.path, pre_buffer=False) as parquet:
            self.rows = parquet.metadata.num_rows
            # Columns without a type have had no value in any load: they are not in the table.
            self.names = [name for name in parquet.schema_arrow.names if name in file.columns]
            unknown = [name for name in parquet.schema_arrow.names if name not in file.columns]
        if unknown:
            raise file.refused("parquet", f"its columns {unknown} are not in table {file.table!r}.")

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        # pre_buffer would keep the whole file in memory.
        with pq.ParquetFile(self._path, pre_buffer=False, buffer_size=_BUFFER_BYTES) as parquet:
            rows = _batch_rows(parquet, self.names)
            # Threads would take a third more of the processor to decode as much.
            yield from parquet.iter_batches(batch_size=rows, columns=self.names, use_threads=False)


def _batch_rows(parquet: pq.ParquetFile, names: list[str]) -> int:
    """Return how many rows make a batch, by the size of the first: the file may hold a dictionary."""
    first = next(parquet.iter_batches(batch_size=MIN_BATCH_ROWS, columns=names), None)
    row_bytes = max(first.nbytes // first.num_rows, 1) if first else BATCH_BYTES
    return max(MIN_BATCH_ROWS, min(MAX_BATCH_ROWS, BATCH_BYTES // row_bytes))


@dataclass
class JsonlReader:
    """Reads one JSON object a line. A key that a line does not have is NULL."""

    file: LoadFile
    names: list[str] = field(init=False)
    rows: None = None
    file_format: ClassVar[str] = "jsonl"

    def __post_init__(self) -> None:
        self.names = list(self.file.columns)

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        rows_before = 0
        for records in self._pieces():
            yield self._batch(records, rows_before)
            rows_before += len(records)

    def _pieces(self) -> Iterator[list[dict[str, Any]]]:
        records: list[dict[str, Any]] = []
        size = 0
        with FileStorage.open_zipsafe_ro(self.file.path, "rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    records += self.records(line)
                except ValueError as error:
                    raise self.file.refused(
                        self.file_format, f"line {number:,} is not a JSON document: {error}."
                    ) from error
                size += len(line)
                if size >= BATCH_BYTES or len(records) >= MAX_BATCH_ROWS:
                    yield records
                    records, size = [], 0
        if records:
            yield records

    def records(self, line: bytes) -> list[dict[str, Any]]:
        """Return the rows of one line."""
        return [json.loadb(line)] if line.strip() else []

    def _batch(self, records: list[dict[str, Any]], rows_before: int) -> pa.RecordBatch:
        for row, record in enumerate(records, start=rows_before + 1):
            unknown = [key for key in record.keys() - self.file.columns if record[key] is not None]
            if unknown:
                raise RejectedValue(
                    table=self.file.table, column=unknown[0], row=row, reason="the table has no such column."
                )
        arrays = [
            convert(
                [record.get(name) for record in records],
                self._conversion(name),
                table=self.file.table,
                column=name,
                rows_before=rows_before,
            )
            for name in self.names
        ]
        return pa.RecordBatch.from_arrays(arrays, names=self.names)

    def _conversion(self, name: str) -> Callable[[list[Any]], pa.Array]:
        data_type, arrow_type = str(self.file.columns[name]["data_type"]), self.file.arrow_type(name)
        return lambda values: from_objects(values, data_type, arrow_type)


class TypedJsonlReader(JsonlReader):
    """Reads lists of rows, one list a line, in which dlt has marked the types that JSON does not have."""

    file_format: ClassVar[str] = "typed-jsonl"

    def records(self, line: bytes) -> list[dict[str, Any]]:
        """Return the rows of one line."""
        return list(json.typed_loadb(line)) if line.strip() else []


class _Unquoted(csv.excel):
    quoting = csv.QUOTE_NONE


class CsvReader:
    """Reads a CSV file as ``csv_format`` says. An empty field is NULL, quoted or not: to Oracle it is."""

    rows = None

    def __init__(self, file: LoadFile) -> None:
        self._file = file
        self._format = file.csv_format or CsvFormatConfiguration()
        if self._format.on_error_continue:
            raise self._refused("`on_error_continue` is not supported: a file is loaded as a whole or not.")
        self._first_row = self._read_first_row()
        self.names = self._header() if self._format.include_header else self._leading_columns()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        if not self.names:  # an empty file
            return
        rows_before = 0
        try:
            with (
                FileStorage.open_zipsafe_ro(self._file.path, "rb") as stream,
                self._open(stream) as batches,
            ):
                for texts in batches:
                    yield self._batch(texts, rows_before)
                    rows_before += texts.num_rows
        except pa.ArrowInvalid as error:
            raise self._refused(f"after row {rows_before:,}: {error}") from error

    def _open(self, stream: Any) -> pa_csv.CSVStreamingReader:
        quoting = self._format.quoting != _QUOTE_NONE
        return pa_csv.open_csv(
            stream,
            pa_csv.ReadOptions(
                block_size=BATCH_BYTES,
                column_names=self.names,
                skip_rows=1 if self._format.include_header else 0,
                encoding=self._format.encoding,
            ),
            pa_csv.ParseOptions(
                delimiter=self._format.delimiter,
                quote_char='"' if quoting else False,
                newlines_in_values=quoting,
                # In a table of one column an empty line is a row.
                ignore_empty_lines=len(self.names) > 1,
            ),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(self.names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )

    def _batch(self, texts: pa.RecordBatch, rows_before: int) -> pa.RecordBatch:
        arrays = [
            convert(
                texts.column(position),
                self._conversion(name),
                table=self._file.table,
                column=name,
                rows_before=rows_before,
            )
            for position, name in enumerate(self.names)
        ]
        return pa.RecordBatch.from_arrays(arrays, names=self.names)

    def _conversion(self, name: str) -> Callable[[pa.Array], pa.Array]:
        arrow_type = self._file.arrow_type(name)
        return lambda texts: from_text(texts, arrow_type)

    def _read_first_row(self) -> list[str]:
        encoding = (
            "utf-8-sig" if self._format.encoding.lower() in ("utf-8", "utf8") else self._format.encoding
        )
        dialect = _Unquoted if self._format.quoting == _QUOTE_NONE else csv.excel
        with (
            FileStorage.open_zipsafe_ro(self._file.path, "rb") as stream,
            io.TextIOWrapper(stream, encoding=encoding, newline="") as text,
        ):
            return next(csv.reader(text, dialect, delimiter=self._format.delimiter), [])

    def _header(self) -> list[str]:
        # Files that users bring may have the names as Oracle has them.
        known = {self._file.capabilities.casefold_identifier(name): name for name in self._file.columns}
        names = [
            title
            if title in self._file.columns
            else known.get(self._file.capabilities.casefold_identifier(title))
            for title in self._first_row
        ]
        unknown = [title for title, name in zip(self._first_row, names, strict=True) if name is None]
        if unknown:
            raise self._refused(f"its columns {unknown} are not in table {self._file.table!r}.")
        found = [name for name in names if name is not None]
        if len(set(found)) < len(found):
            raise self._refused(f"a column comes twice in its header {self._first_row}.")
        return found

    def _leading_columns(self) -> list[str]:
        names = list(self._file.columns)
        if len(self._first_row) > len(names):
            raise self._refused(
                f"its first row has {len(self._first_row)} fields, and table {self._file.table!r} has the "
                f"columns {names}."
            )
        return names[: len(self._first_row)]

    def _refused(self, reason: str) -> DestinationInvalidFileFormat:
        return self._file.refused("csv", reason)


READERS: dict[str, Callable[[LoadFile], Reader]] = {
    "parquet": ParquetReader,
    "typed-jsonl": TypedJsonlReader,
    "jsonl": JsonlReader,
    "csv": CsvReader,
}
"""The reader of each file format."""
