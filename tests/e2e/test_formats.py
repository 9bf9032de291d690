"""Load files of every format, and Arrow tables, through dlt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import dlt
import pyarrow as pa
import pytest
from dlt.common.destination.exceptions import DestinationIncompatibleLoaderFileFormatException
from dlt.pipeline.exceptions import PipelineStepFailed

if TYPE_CHECKING:
    from pathlib import Path

Rows = Callable[..., list[tuple[Any, ...]]]
MakePipeline = Callable[..., dlt.Pipeline]

UTC = dt.timezone.utc
FORMATS = ["parquet", "typed-jsonl", "jsonl", "csv"]
HINTS: dict[str, Any] = {
    "local": {"data_type": "timestamp", "timezone": False},
    "document": {"data_type": "json"},
    "wei": {"data_type": "wei"},
    "amount": {"data_type": "decimal", "precision": 38, "scale": 9},
}
RECORD = {
    "id": 1,
    "text": 'Åsa, "😀"\nand more',
    "real": 1.5,
    "flag": False,
    "amount": Decimal("-0.000000001"),
    "wei": Decimal(10**75),
    "day": dt.date(1, 1, 1),
    "clock": dt.time(1, 2, 3, 4),
    "moment": dt.datetime(2024, 3, 31, 0, 30, 0, 1, UTC),
    "local": dt.datetime(9999, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001 - a column without zone
    "document": {"a": [1, "x"]},
}


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("file_format", FORMATS)
def test_every_file_format_loads_the_same_rows_and_the_ledger_knows_them(
    pipeline: MakePipeline, rows: Rows, monkeypatch: pytest.MonkeyPatch, file_format: str, *, compressed: bool
) -> None:
    monkeypatch.setenv("DATA_WRITER__DISABLE_COMPRESSION", str(not compressed))
    loads = pipeline()
    records = [dict(RECORD), {"id": 2}]
    loads.run(records, table_name="items", columns=HINTS, loader_file_format=file_format)
    items = loads.dataset().items.order_by("id").select(*RECORD)
    first, second = items.fetchall()
    assert dict(zip(RECORD, first, strict=True)) == {**RECORD, "document": '{"a":[1,"x"]}'}
    assert dict(zip(RECORD, second, strict=True)) == {**dict.fromkeys(RECORD), "id": 2}
    ledger = "SELECT row_count FROM raw____dlt_ledger WHERE table_name = 'RAW___ITEMS'"
    assert rows(ledger) == [(2,)]


def test_a_users_csv_file_is_imported_as_configured(
    pipeline: MakePipeline, rows: Rows, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("NAME|id|born\nÅsa|1|1990-12-31\n|2|\n".encode("latin-1"))

    @dlt.resource(columns={"id": {"data_type": "bigint"}, "name": {}, "born": {"data_type": "date"}})
    def people() -> Any:
        columns: Any = {"id": {"data_type": "bigint"}, "name": {"data_type": "text"}}
        columns["born"] = {"data_type": "date"}
        yield dlt.mark.with_file_import(str(path), "csv", 2, hints=dlt.mark.make_hints(columns=columns))

    loads = pipeline(csv_format={"delimiter": "|", "encoding": "latin-1"})
    loads.run(people())
    assert rows("SELECT id, name, born FROM raw___people ORDER BY id") == [
        (1, "Åsa", dt.datetime(1990, 12, 31)),  # noqa: DTZ001 - Oracle's DATE
        (2, None, None),
    ]


def test_a_bad_value_in_a_file_is_named_and_nothing_of_the_file_is_loaded(
    pipeline: MakePipeline, rows: Rows, tmp_path: Path
) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": 1}\n{"id": "two"}\n')
    columns: Any = {"id": {"data_type": "bigint"}}
    loads = pipeline()
    loads.run([{"id": 0}], table_name="items", columns=columns)

    @dlt.resource(name="items")
    def items() -> Any:
        yield dlt.mark.with_file_import(str(path), "jsonl", 2, hints=dlt.mark.make_hints(columns=columns))

    with pytest.raises(PipelineStepFailed, match=r"Table 'items', column 'id', row 2 "):
        loads.run(items())
    assert rows("SELECT id FROM raw___items") == [(0,)]


def test_insert_values_is_refused(pipeline: MakePipeline) -> None:
    with pytest.raises((DestinationIncompatibleLoaderFileFormatException, PipelineStepFailed)):
        pipeline().run([{"id": 1}], table_name="items", loader_file_format="insert_values")


ARROW = {
    "large_string": pa.array(["é", None], pa.large_string()),
    "dictionary": pa.array(["x", None]).dictionary_encode(),
    "decimal256": pa.array([Decimal("1.5"), None], pa.decimal256(60, 2)),
    "date64": pa.array([dt.date(2024, 2, 29), None], pa.date64()),
    "seconds": pa.array([0, None], pa.timestamp("s", "UTC")),
    "milliseconds": pa.array([1, None], pa.timestamp("ms", "UTC")),
    "microseconds": pa.array([1, None], pa.timestamp("us", "+02:00")),
    "nanoseconds": pa.array([1_000, None], pa.timestamp("ns", "UTC")),
    "time32": pa.array([dt.time(1, 2, 3), None], pa.time32("s")),
    "time64": pa.array([dt.time(1, 2, 3, 4), None], pa.time64("us")),
    "nothing": pa.nulls(2),
    "uint32": pa.array([2**32 - 1, None], pa.uint32()),
    "float32": pa.array([1.5, None], pa.float32()),
    "fixed": pa.array([b"\x00" * 16, None], pa.binary(16)),
    "list": pa.array([[1, 2], None]),
    "struct": pa.array([{"a": "x"}, None]),
}


@pytest.mark.parametrize("bind_mode", ["arrow", "rows"])
def test_arrow_tables_load_in_all_their_column_types_however_they_are_bound(
    pipeline: MakePipeline, rows: Rows, bind_mode: str
) -> None:
    table = pa.table({"id": pa.array([1, 2]), **ARROW})
    loads = pipeline(bind_mode=bind_mode)
    loads.run(table, table_name="items")
    found = rows("SELECT * FROM raw___items ORDER BY id")
    assert found[1][1:] == (None,) * (len(found[1]) - 1)
    names = [name for name in ARROW if name != "nothing"]
    first = dict(zip(names, loads.dataset().items.order_by("id").select(*names).fetchone(), strict=True))
    epoch = dt.datetime(1970, 1, 1, tzinfo=UTC)
    assert first == {
        "large_string": "é",
        "dictionary": "x",
        "decimal256": Decimal("1.5"),
        "date64": dt.date(2024, 2, 29),
        "seconds": epoch,
        "milliseconds": epoch + dt.timedelta(milliseconds=1),
        "microseconds": epoch + dt.timedelta(microseconds=1),
        "nanoseconds": epoch + dt.timedelta(microseconds=1),
        "time32": dt.time(1, 2, 3),
        "time64": dt.time(1, 2, 3, 4),
        "uint32": 2**32 - 1,
        "float32": 1.5,
        "fixed": b"\x00" * 16,
        "list": "[1,2]",
        "struct": '{"a":"x"}',
    }


@pytest.mark.parametrize(
    ("disposition", "loaded_into"),
    [
        ("merge", "derived_staging$"),
        pytest.param("append", "derived___", marks=pytest.mark.stress),
        pytest.param("replace", "derived___", marks=pytest.mark.stress),
    ],
)
def test_a_model_is_run_by_the_database(
    pipeline: MakePipeline, rows: Rows, monkeypatch: pytest.MonkeyPatch, disposition: str, loaded_into: str
) -> None:
    monkeypatch.setenv("NORMALIZE__MODEL_NORMALIZER__ADD_DLT_ID", "true")
    loads = pipeline()
    loads.run([{"id": n, "flag": n > 1, "name": f"n{n}"} for n in range(4)], table_name="items")
    relation = loads.dataset().items.where("flag", "eq", True).select("id", "name")
    derived = pipeline(dataset_name="derived", name="derived")
    for _ in range(2):
        derived.run(
            [relation],
            table_name="flagged",
            columns=relation.columns_schema,
            primary_key="id",
            write_disposition=disposition,
        )
    once = [(2, "n2"), (3, "n3")]
    expected = sorted(once * 2) if disposition == "append" else once
    assert rows("SELECT id, name FROM derived___flagged ORDER BY id") == expected
    query = "SELECT row_count FROM {0}_dlt_ledger WHERE kind = 'data' AND table_name = UPPER('{0}flagged')"
    # That of a staging table is forgotten when the next load takes the table.
    assert rows(query.format(loaded_into)) == ([(2,)] if disposition == "merge" else [(2,), (2,)])


def test_a_model_with_long_texts_makes_its_columns_longer(
    pipeline: MakePipeline, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORMALIZE__MODEL_NORMALIZER__ADD_DLT_ID", "true")
    long = "größer " * 1_000
    loads = pipeline()
    loads.run([{"id": 1, "note": long, "other": long, "code": "x" * 20}], table_name="items")
    relation = loads.dataset().items.select("id", "note", "other", "code")
    derived = pipeline(dataset_name="derived", name="derived")
    with derived.sql_client() as client:
        client.create_dataset()
        client.execute_sql(
            "CREATE TABLE derived___copies (id NUMBER(19), note VARCHAR2(4000), other VARCHAR2(100), "
            'code VARCHAR2(10), "_DLT_LOAD_ID" VARCHAR2(128), "_DLT_ID" VARCHAR2(128))'
        )
    columns = relation.columns_schema
    derived.run([relation], table_name="copies", columns=columns)
    assert rows("SELECT id, note, other, code FROM derived___copies") == [(1, long, long, "x" * 20)]
    fixed = {**columns, "code": {**columns["code"], "precision": 10}}
    with pytest.raises(PipelineStepFailed, match=r"'code': a text is longer.*hint precision"):
        derived.run([relation], table_name="shorter", columns=fixed)
