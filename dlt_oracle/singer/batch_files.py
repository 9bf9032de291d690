"""The files that a BATCH message names, as records.

Only files of this machine are read, at once: the tap may delete them when it ends.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from dlt_oracle.singer.blocks import read_blocks
from dlt_oracle.singer.errors import BatchFileError
from dlt_oracle.singer.messages import RECORD, Message, Record
from dlt_oracle.singer.values import as_json_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ROWS = 1_000
"""Of a parquet file at a time: as Python's objects they are large."""

_OPEN: dict[str, Callable[[Path], Any]] = {
    "none": lambda path: path.open("rb"),
    "gzip": lambda path: gzip.open(path, "rb"),  # noqa: SIM115 - its caller closes it
}


def records(batch: Message) -> Iterator[list[Record]]:
    """Yield the records of a BATCH as RECORDs, many at a time. Raises BatchFileError."""
    encoding = batch.encoding or {}
    format_, compression = encoding.get("format"), encoding.get("compression") or "none"
    read = _READERS.get(str(format_))
    if read is None or compression not in _OPEN:
        raise _error(
            batch,
            f"the encoding {format_!r} with compression {compression!r}. "
            "Can be read: jsonl and parquet, none and gzip",
        )
    for uri in batch.manifest or ():
        path = _path(uri, batch)
        try:
            with _OPEN[compression](path) as file:
                for found in read(cast("BinaryIO", file)):
                    yield [Record(RECORD, batch.stream, record=one, line=batch.line) for one in found]
        except (OSError, EOFError, pa.ArrowException) as error:
            raise _error(batch, f"its file {uri} cannot be read: {error}") from error


def _lines(file: BinaryIO) -> Iterator[list[msgspec.Raw]]:
    for block in read_blocks(file):
        yield [msgspec.Raw(record) for line in block.lines if (record := line.strip())]


def _rows(file: BinaryIO) -> Iterator[list[dict[str, Any]]]:
    for batch in pq.ParquetFile(file).iter_batches(_ROWS):
        yield [{name: as_json_value(value) for name, value in row.items()} for row in batch.to_pylist()]


_READERS: dict[str, Callable[[BinaryIO], Iterator[list[Any]]]] = {"jsonl": _lines, "parquet": _rows}


def _path(uri: str, batch: Message) -> Path:
    parts = urlsplit(uri)
    if parts.scheme not in ("file", "") or parts.netloc not in ("", "localhost"):
        raise _error(batch, f"its file {uri} is not one of this machine (file://). Let the tap write it here")
    return Path(unquote(parts.path))


def _error(batch: Message, what: str) -> BatchFileError:
    return BatchFileError(f"a BATCH cannot be loaded: {what}", stream=batch.stream, line=batch.line)
