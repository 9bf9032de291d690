"""BATCH messages: files of this machine, read as if their records had been sent."""

from __future__ import annotations

import datetime as dt
import gzip
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from singer_lines import line, pump, record, schema, state

from dlt_oracle.singer.errors import BatchFileError, MalformedLine, MissingKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DESCRIBED = {"c": "cents", "m": "moment", "y": "day", "b": {"type": "string", "format": "binary"}}
LINES = b'{"id": 1, "c": 1.10, "y": "2024-01-01"}\n\n{"id": 2, "c": "2.20", "m": "2024-01-01T00:00:00Z"}'
MOMENT = dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)


def _batch(path: Path | str, format_: str, compression: str | None = None) -> bytes:
    encoding = {"format": format_} | ({"compression": compression} if compression else {})
    uri = path if isinstance(path, str) else path.as_uri()
    return line("BATCH", stream="s", encoding=encoding, manifest=[uri])


def _jsonl(path: Path) -> bytes:
    path.write_bytes(LINES)
    return _batch(path, "jsonl", "none")


def _gzip(path: Path) -> bytes:
    path.write_bytes(gzip.compress(LINES))
    return _batch(path, "jsonl", "gzip")


def _parquet(path: Path) -> bytes:
    # Types that a writer took from what was in this file, and not from the SCHEMA.
    table = pa.table(
        {
            "id": [1, 2],
            "c": [Decimal("1.10"), Decimal("2.20")],
            "y": [dt.date(2024, 1, 1), None],
            "m": [None, MOMENT],
            "b": [b"\x00\xff", None],
        }
    )
    pq.write_table(table, path)
    return _batch(path, "parquet")


@pytest.mark.parametrize("write", [_jsonl, _gzip, _parquet])
def test_files_are_typed_by_the_schema(write: Callable[[Path], bytes], tmp_path: Path) -> None:
    batch = write(tmp_path / "with a blank.file")
    pumped = pump(schema(properties=DESCRIBED), record(0), batch, record(3), state({"a": 1}))
    assert pumped.values("id") == [0, 1, 2, 3]
    assert pumped.values("c")[1:3] == [Decimal("1.10"), Decimal("2.20")]
    assert pumped.values("y")[1:3] == [dt.date(2024, 1, 1), None]
    assert pumped.values("m")[1:3] == [None, MOMENT]
    assert pumped.values("b")[1] == (b"\x00\xff" if write is _parquet else None)


def test_floats_and_nested_values_of_parquet_are_as_json_would_have_them(tmp_path: Path) -> None:
    nested = [{"f": 1.1, "y": dt.date(2024, 1, 1), "b": [b"\xff"]}]
    pq.write_table(pa.table({"id": [1], "c": [1.1], "d": [0.5], "o": nested}), tmp_path / "f")
    described = schema(properties={"c": "cents", "d": "number", "o": "object"})
    pumped = pump(described, _batch(tmp_path / "f", "parquet"), oracle=True)
    (row,) = pumped.rows()
    assert [row[name] for name in "cdo"] == [Decimal("1.1"), "0.5", '{"f":1.1,"y":"2024-01-01","b":["ff"]}']
    assert pumped.counts == {}


@pytest.mark.parametrize("content", [b'{"id": 1},{"id": 2}', b'{"id": 1} {"id": 2}', b'{"id": 1}, 5'])
def test_a_line_of_a_file_that_is_not_one_record_is_an_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(MalformedLine, match="'s', line 2: a message that cannot be read"):
        pump(schema(), _batch(tmp_path / "f", "jsonl"))


def test_the_sequence_goes_on_in_files(tmp_path: Path) -> None:
    pumped = pump(schema(), record(0), _jsonl(tmp_path / "f"), record(3), extra="drop", batch_rows=2)
    sequence = pumped.values("_sdc_sequence")
    assert sequence == list(range(sequence[0], sequence[0] + 4))


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (_batch("s3://bucket/file", "jsonl"), "not one of this machine"),
        (_batch("file://elsewhere/file", "jsonl"), "not one of this machine"),
        (_batch("file:///nowhere/file", "jsonl"), "No such file"),
        (_batch("file:///nowhere/file", "csv"), "'csv'"),
        (_batch("file:///nowhere/file", "jsonl", "zstd"), "'zstd'"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_says_why(batch: bytes, message: str) -> None:
    with pytest.raises(BatchFileError, match=f"'s', line 2.*{message}"):
        pump(schema(), batch)


@pytest.mark.parametrize(("format_", "compression"), [("jsonl", "gzip"), ("parquet", "none")])
def test_a_broken_file_is_an_error(format_: str, compression: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(gzip.compress(LINES)[:-9])
    with pytest.raises(BatchFileError, match="broken"):
        pump(schema(), _batch(broken, format_, compression))


def test_an_error_in_a_file_names_the_line_of_its_message(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b'{"id": null}')
    with pytest.raises(MissingKey, match="line 2"):
        pump(schema(), _batch(file, "jsonl"))


def test_files_of_a_stream_that_is_held_back_are_read_at_the_end(tmp_path: Path) -> None:
    options: dict[str, Any] = {"on_error": "checkpoint", "write_disposition": "replace", "extra": "drop"}
    assert pump(schema(), _jsonl(tmp_path / "f"), **options).values("id") == [1, 2]
