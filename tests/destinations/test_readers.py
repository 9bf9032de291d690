"""Load files of every format as Arrow batches: what dlt writes, and what users bring."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dlt.common.destination.configuration import CsvFormatConfiguration
from dlt.common.destination.exceptions import DestinationInvalidFileFormat
from dlt.common.json import json as dlt_json

from dlt_oracle import oracle
from dlt_oracle.destinations import readers
from dlt_oracle.destinations.errors import RejectedValue
from dlt_oracle.destinations.readers import READERS, LoadFile

if TYPE_CHECKING:
    from pathlib import Path

UTC = dt.timezone.utc
CAPABILITIES = oracle().capabilities()
COLUMNS: dict[str, Any] = {
    name: {"name": name, **hints}
    for name, hints in {
        "id": {"data_type": "bigint"},
        "text": {"data_type": "text"},
        "real": {"data_type": "double"},
        "flag": {"data_type": "bool"},
        "amount": {"data_type": "decimal", "precision": 38, "scale": 9},
        "wei": {"data_type": "wei"},
        "day": {"data_type": "date"},
        "clock": {"data_type": "time"},
        "moment": {"data_type": "timestamp"},
        "local": {"data_type": "timestamp", "timezone": False},
        "bytes": {"data_type": "binary"},
        "document": {"data_type": "json"},
    }.items()
}
ROW = {
    "id": 2**63 - 1,
    "text": 'Åsa; "quoted"\nand more',
    "real": 1.5,
    "flag": True,
    "amount": Decimal("0.000000001"),
    "wei": Decimal(10**75),
    "day": dt.date(1, 1, 1),
    "clock": dt.time(23, 59, 59, 999999),
    "moment": dt.datetime(2024, 3, 31, 0, 30, 0, 1, UTC),
    "local": dt.datetime(9999, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001 - a column without zone
    "bytes": b"\x00\xff",
    "document": '{"a":[1]}',
}
EMPTY = dict.fromkeys(COLUMNS)


def load_file(path: Path, names: tuple[str, ...] = tuple(COLUMNS), **csv: Any) -> LoadFile:
    columns = {name: COLUMNS[name] for name in names}
    csv_format = CsvFormatConfiguration()
    for key, value in csv.items():
        setattr(csv_format, key, value)
    return LoadFile(str(path), "items", columns, CAPABILITIES, csv_format if csv else None)


def read(file_format: str, file: LoadFile) -> list[dict[str, Any]]:
    return [row for batch in READERS[file_format](file) for row in batch.to_pylist()]


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))
    return path


def test_jsonl_holds_texts_of_what_json_has_no_type_for(tmp_path: Path) -> None:
    line = {
        **ROW,
        "amount": "1E-9",
        "wei": str(10**75),
        "day": "0001-01-01",
        "clock": "23:59:59.999999",
        "moment": "2024-03-31T02:30:00.000001+02:00",
        "local": "9999-12-31T23:59:59.999999",
        "bytes": "AP8=",
        "document": {"a": [1]},
    }
    path = write(tmp_path / "items.jsonl", json.dumps(line), "", json.dumps({"id": None}))
    assert read("jsonl", load_file(path)) == [ROW, EMPTY]


def test_typed_jsonl_has_many_rows_a_line_and_marked_types(tmp_path: Path) -> None:
    path = tmp_path / "items.typed-jsonl"
    path.write_bytes(dlt_json.typed_dumpb([ROW, {"id": 1}]) + b"\n" + dlt_json.typed_dumpb([{"id": 2}]))
    assert read("typed-jsonl", load_file(path)) == [ROW, {**EMPTY, "id": 1}, {**EMPTY, "id": 2}]


def test_a_compressed_file_is_read_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": 1}\n{"id": 2}\n'))
    assert read("jsonl", load_file(path, ("id",))) == [{"id": 1}, {"id": 2}]
    path = tmp_path / "items.csv.gz"
    path.write_bytes(gzip.compress(b'"id"\n1\n2\n'))
    assert read("csv", load_file(path, ("id",))) == [{"id": 1}, {"id": 2}]


def test_a_large_file_comes_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MAX_BATCH_ROWS", 2)
    path = write(tmp_path / "items.jsonl", *(json.dumps({"id": n}) for n in range(5)))
    sizes = [batch.num_rows for batch in READERS["jsonl"](load_file(path, ("id",)))]
    assert sizes == [2, 2, 1]


def test_parquet_batches_are_as_large_in_memory_as_they_should_be_however_small_the_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "items.parquet"
    pq.write_table(pa.table({"text": ["x" * 4000] * 5000}), path)
    batches = list(READERS["parquet"](load_file(path, ("text",))))
    assert path.stat().st_size < 2**20
    assert sum(batch.num_rows for batch in batches) == 5000
    assert max(batch.nbytes for batch in batches) <= readers.BATCH_BYTES


CSV_HEADER = '"id","text","real","flag","amount","wei","day","clock","moment","local","bytes","document"'
CSV_ROW = (
    '9223372036854775807,"Åsa; ""quoted""\nand more",1.5,true,0.000000001,' + str(10**75) + ",0001-01-01,"
    '23:59:59.999999,2024-03-31 00:30:00.000001Z,9999-12-31 23:59:59.999999,"\\x00ff","{""a"":[1]}"'
)


def test_csv_fields_become_the_types_of_their_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "items.csv", CSV_HEADER, CSV_ROW, "," * 11)
    assert read("csv", load_file(path)) == [ROW, EMPTY]


@pytest.mark.parametrize(
    ("options", "text", "encoding"),
    [
        ({"delimiter": "|"}, 'id|text\n1|"é|"\n', "utf-8"),
        ({"delimiter": "\t", "quoting": "quote_none"}, "id\ttext\n1\té|\n", "utf-8"),
        ({"encoding": "latin-1"}, 'id,text\n1,"é|"\n', "latin-1"),
        ({"encoding": "utf-16"}, 'id,text\n1,"é|"\n', "utf-16"),
        ({"include_header": False}, '1,"é|"\n', "utf-8"),
        ({"lineterminator": "\r\n"}, 'id,text\r\n1,"é|"\r\n', "utf-8"),
        ({}, '\ufeffTEXT,"ID"\n"é|",1\n', "utf-8"),
    ],
)
def test_csv_is_read_as_it_was_configured(
    tmp_path: Path, options: dict[str, Any], text: str, encoding: str
) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(text.encode(encoding))
    assert read("csv", load_file(path, ("id", "text"), **options)) == [{"id": 1, "text": "é|"}]


def test_an_empty_csv_field_is_null_quoted_or_not(tmp_path: Path) -> None:
    path = write(tmp_path / "items.csv", "id,text", '1,""', "2,", '3," "')
    assert [row["text"] for row in read("csv", load_file(path, ("id", "text")))] == [None, None, " "]


def test_an_empty_line_is_a_row_in_a_csv_file_of_one_column(tmp_path: Path) -> None:
    path = write(tmp_path / "items.csv", "text", "a", "", "b")
    assert [row["text"] for row in read("csv", load_file(path, ("text",)))] == ["a", None, "b"]


@pytest.mark.parametrize("text", ["", "id,text\n"])
def test_a_csv_file_without_rows_has_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "items.csv"
    path.write_text(text)
    assert read("csv", load_file(path, ("id", "text"))) == []


def test_a_csv_file_without_header_may_have_less_columns_than_its_table(tmp_path: Path) -> None:
    path = write(tmp_path / "items.csv", "1", "2")
    assert read("csv", load_file(path, ("id", "text"), include_header=False)) == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("id,nme\n1,a\n", {}, r"\['nme'\] are not in table 'items'"),
        ("id,ID\n1,2\n", {}, "comes twice"),
        ("id,text\n1,a\n2\n", {}, "Expected 2 columns, got 1"),
        ("1,a,b\n", {"include_header": False}, "3 fields"),
        ("id,text\n", {"on_error_continue": True}, "as a whole"),
    ],
)
def test_a_csv_file_that_does_not_fit_its_table_is_refused(
    tmp_path: Path, text: str, options: dict[str, Any], reason: str
) -> None:
    path = tmp_path / "items.csv"
    path.write_text(text)
    with pytest.raises(DestinationInvalidFileFormat, match=reason):
        read("csv", load_file(path, ("id", "text"), **options))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "12x"),
        ("id", str(2**63)),
        ("flag", "maybe"),
        ("amount", "0.0000000001"),
        ("day", "2024-13-01"),
        ("clock", "25:00"),
        ("moment", "yesterday"),
        ("bytes", "\\x0"),
    ],
)
def test_a_value_of_another_type_is_rejected_with_its_row(tmp_path: Path, name: str, value: str) -> None:
    good = {"bytes": ""}.get(name)
    path = write(tmp_path / "items.csv", name, good or "", good or "", value)
    with pytest.raises(RejectedValue, match=rf"Table 'items', column '{name}', row 3 "):
        read("csv", load_file(path, (name,)))


@pytest.mark.parametrize(
    ("name", "value"),
    [("id", "12x"), ("id", 1.5), ("id", 2**63), ("bytes", "%"), ("flag", 2.5), ("text", 1), ("moment", "?")],
)
def test_a_json_value_of_another_type_is_rejected_with_its_row(tmp_path: Path, name: str, value: Any) -> None:
    path = write(tmp_path / "items.jsonl", "{}", json.dumps({name: value}))
    with pytest.raises(RejectedValue, match=rf"Table 'items', column '{name}', row 2 "):
        read("jsonl", load_file(path, (name,)))


def test_a_json_key_that_is_no_column_is_rejected_unless_it_is_null(tmp_path: Path) -> None:
    path = write(tmp_path / "items.jsonl", '{"id": 1, "new": null}', '{"id": 2, "new": 3}')
    with pytest.raises(RejectedValue, match=r"column 'new', row 2 .* no such column"):
        read("jsonl", load_file(path, ("id",)))


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "items.jsonl", '{"id": 1}', "{")
    with pytest.raises(DestinationInvalidFileFormat, match="line 2 is not a JSON document"):
        read("jsonl", load_file(path, ("id",)))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("moment", "2024-01-01T00:00:00", dt.datetime(2024, 1, 1, tzinfo=UTC)),
        ("local", "2024-01-01T02:00:00+02:00", dt.datetime(2024, 1, 1)),  # noqa: DTZ001 - no zone
    ],
)
def test_a_timestamp_whose_offset_the_column_does_not_expect_is_in_utc(
    tmp_path: Path, name: str, text: str, expected: dt.datetime
) -> None:
    path = write(tmp_path / "items.csv", name, text)
    assert read("csv", load_file(path, (name,))) == [{name: expected}]
