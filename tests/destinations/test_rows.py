"""Every Arrow type that a source may bring, in the form in which it is bound."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dlt_oracle.destinations import oracle, rows
from dlt_oracle.destinations.errors import RejectedValue
from dlt_oracle.destinations.oracle_types import OracleType
from dlt_oracle.destinations.rows import Batches, LoadColumn
from dlt_oracle.destinations.type_mapper import OracleTypeMapper

if TYPE_CHECKING:
    from pathlib import Path

UTC = dt.timezone.utc
LONGEST: Any = {"name": "c", "data_type": "decimal", "precision": 76, "scale": 76}
NOON = dt.datetime(2024, 1, 1, 12, tzinfo=UTC)


def bound(array: pa.Array, ddl: str) -> pa.ChunkedArray:
    batch = pa.RecordBatch.from_arrays([array], names=["c"])
    ((_, table),) = Batches([batch], "items", [LoadColumn("c", OracleType.parse(ddl))])
    return table.column("c")


@pytest.mark.parametrize(
    ("values", "arrow_type", "ddl", "form", "expected"),
    [
        ("a", pa.large_string(), "VARCHAR2(9)", pa.string(), "a"),
        ("a", pa.string_view(), "VARCHAR2(9)", pa.string(), "a"),
        ("a", pa.dictionary(pa.int32(), pa.string()), "VARCHAR2(9)", pa.string(), "a"),
        ("a", pa.dictionary(pa.int8(), pa.large_string()), "CLOB", pa.large_string(), "a"),
        (7, pa.dictionary(pa.int8(), pa.int64()), "NUMBER(19)", pa.int64(), 7),
        (True, pa.bool_(), "NUMBER(1)", pa.int8(), 1),
        (2**64 - 1, pa.uint64(), "NUMBER(20)", pa.uint64(), 2**64 - 1),
        (1.5, pa.float16(), "NUMBER", pa.float32(), 1.5),
        (1.5, pa.float32(), "BINARY_DOUBLE", pa.float64(), 1.5),
        (3, pa.int32(), "BINARY_DOUBLE", pa.float64(), 3.0),
        (Decimal("1.5"), pa.decimal128(9, 2), "NUMBER(9,2)", pa.decimal128(9, 2), Decimal("1.50")),
        (Decimal("1.5"), pa.decimal256(60, 2), "NUMBER(38,2)", pa.decimal128(38, 2), Decimal("1.50")),
        (Decimal(10**75), pa.decimal256(76, 0), "VARCHAR2(79)", pa.string(), str(10**75)),
        (
            Decimal("-0." + "9" * 76),
            pa.decimal256(76, 76),
            OracleTypeMapper(oracle()._raw_capabilities()).to_destination_type(LONGEST),
            pa.string(),
            "-0." + "9" * 76,
        ),
        (dt.date(1, 1, 1), pa.date32(), "DATE", pa.date32(), dt.date(1, 1, 1)),
        (dt.date(9999, 12, 31), pa.date64(), "DATE", pa.date32(), dt.date(9999, 12, 31)),
        (NOON, pa.timestamp("s", "UTC"), "DATE", pa.timestamp("s", "UTC"), NOON),
        (dt.time(1, 2, 3), pa.time32("s"), "CHAR(15)", pa.string(), "01:02:03.000000"),
        (dt.time(1, 2, 3, 4000), pa.time32("ms"), "CHAR(12)", pa.string(), "01:02:03.004"),
        (dt.time(1, 2, 3, 4), pa.time64("us"), "CHAR(15)", pa.string(), "01:02:03.000004"),
        (dt.time(1, 2, 3, 4), pa.time64("ns"), "CHAR(18)", pa.string(), "01:02:03.000004000"),
        (b"\x00" * 16, pa.binary(16), "RAW(16)", pa.binary(), b"\x00" * 16),
        (b"\x00", pa.large_binary(), "BLOB", pa.large_binary(), b"\x00"),
        ([1, 2], pa.list_(pa.int64()), "CLOB", pa.large_string(), "[1,2]"),
        ({"a": NOON}, pa.struct({"a": pa.timestamp("us", "UTC")}), "CLOB", pa.large_string(), None),
        ([("k", 1)], pa.map_(pa.string(), pa.int64()), "VARCHAR2(99)", pa.string(), None),
        (None, pa.null(), "VARCHAR2(9)", pa.string(), None),
        (None, pa.null(), "NUMBER(9)", pa.null(), None),
        (None, pa.null(), "TIMESTAMP(6)", pa.timestamp("us"), None),
    ],
    ids=str,
)
def test_a_value_takes_the_form_of_its_column(
    values: Any, arrow_type: pa.DataType, ddl: str, form: pa.DataType, expected: Any
) -> None:
    column = bound(pa.array([values, None], arrow_type), ddl)
    assert column.type == form
    if expected is not None:
        assert column.to_pylist() == [expected, None]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "+05:45"])
def test_timestamps_are_bound_in_their_own_unit(unit: str, zone: str | None) -> None:
    values = pa.array([NOON.astimezone(UTC).replace(tzinfo=None)], pa.timestamp(unit)).cast(
        pa.timestamp(unit, zone)
    )
    assert bound(values, "TIMESTAMP(6) WITH TIME ZONE").type == pa.timestamp(unit, zone)


@pytest.mark.parametrize(
    ("values", "arrow_type", "ddl"),
    [
        ([Decimal(1), Decimal(10**50)], pa.decimal256(76, 0), "NUMBER(38)"),
        ([1, 2**60 + 1], pa.int64(), "BINARY_DOUBLE"),
        (["1", "x"], pa.string(), "DATE"),
        ([b"a", b"\xff"], pa.binary(), "VARCHAR2(9)"),
        (["aaa", "aaaa"], pa.string(), "VARCHAR2(3)"),
        (["é", "éé"], pa.string(), "VARCHAR2(3 BYTE)"),
        (["éé", "ééé"], pa.string(), "VARCHAR2(2 CHAR)"),
        ([b"1", b"12"], pa.binary(), "RAW(1)"),
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_rejected_with_its_row(
    values: list[Any], arrow_type: pa.DataType, ddl: str
) -> None:
    if ddl == "DATE":
        values = ["2024-01-01", values[1]]
    with pytest.raises(RejectedValue, match="Table 'items', column 'c', row 2 "):
        bound(pa.array(values, arrow_type), ddl)


@pytest.mark.parametrize(
    ("value", "ddl"),
    [
        (NOON, "NUMBER(19)"),
        (b"1", "NUMBER"),
        ([1], "NUMBER(1)"),
        (NOON, "BINARY_DOUBLE"),
        (1, "DATE"),
        (1.5, "TIMESTAMP(6)"),
        (True, "TIMESTAMP(9) WITH TIME ZONE"),
        (1, "RAW(9)"),
        (1.5, "BLOB"),
        (NOON, "BOOLEAN"),
        (NOON, "VECTOR"),
    ],
    ids=str,
)
def test_a_type_that_its_column_does_not_take_is_rejected_with_the_first_row_that_has_a_value(
    value: Any, ddl: str
) -> None:
    with pytest.raises(RejectedValue, match="Table 'items', column 'c', row 2 "):
        bound(pa.array([None, value]), ddl)


def test_rows_are_counted_over_all_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_BATCH_ROWS", 2)
    batch = pa.RecordBatch.from_arrays([pa.array(["a", "", "", "b", ""])], names=["c"])
    batches = Batches([batch, batch], "items", [LoadColumn("c", OracleType.parse("VARCHAR2(9)"))])
    assert [(before, table.num_rows) for before, table in batches] == [
        (0, 2),
        (2, 2),
        (4, 1),
        (5, 2),
        (7, 2),
        (9, 1),
    ]
    assert (batches.rows, batches.empty_strings) == (10, 6)
    assert batches.columns_with_empty_strings == ["c"]


def test_the_row_of_an_error_counts_from_the_beginning_of_the_file() -> None:
    good = pa.RecordBatch.from_arrays([pa.array(["a"] * 1500)], names=["c"])
    bad = pa.RecordBatch.from_arrays([pa.array(["a"] * 10 + ["toolong"])], names=["c"])
    with pytest.raises(RejectedValue, match="row 1,511 "):
        list(Batches([good, bad], "items", [LoadColumn("c", OracleType.parse("VARCHAR2(3)"))]))


def test_texts_are_made_ready_without_pandas(tmp_path: Path) -> None:
    path = tmp_path / "items.parquet"
    pq.write_table(pa.table({"c": ["a", "", None]}), path)
    code = f"""
import sys
import pyarrow.parquet as pq
from dlt_oracle.destinations.oracle_types import OracleType
from dlt_oracle.destinations.rows import Batches, LoadColumn
column = LoadColumn("c", OracleType.parse("VARCHAR2(9)"))
batches = Batches(pq.ParquetFile({str(path)!r}).iter_batches(), "items", [column])
print([table.num_rows for _, table in batches], batches.empty_strings, "pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[3] 1 False"
