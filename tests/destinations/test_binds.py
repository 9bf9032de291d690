"""Arrow values in the form in which each Oracle type takes them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pyarrow as pa
import pytest

from dlt_oracle.destinations.errors import RejectedValue, TextTooLong
from dlt_oracle.destinations.oracle_types import OracleType
from dlt_oracle.destinations.rows import Batches, LoadColumn, longest_texts
from dlt_oracle.destinations.sql.render import render


def bound(ddl: str, array: Any, **settings: Any) -> pa.Array:
    column = LoadColumn("c", OracleType.parse(ddl), **settings)
    batch = pa.RecordBatch.from_arrays([array], names=["c"])
    ((_, table),) = Batches([batch], "items", [column])
    return table.column("c").combine_chunks()


@pytest.mark.parametrize(
    ("ddl", "array", "texts"),
    [
        (
            "TIMESTAMP(9)",
            pa.array([1, -1, None], pa.timestamp("ns")),
            ["1970-01-01 00:00:00.000000001", "1969-12-31 23:59:59.999999999", None],
        ),
        (
            "TIMESTAMP(9) WITH TIME ZONE",
            pa.array([1_700_000_000_123_456_789], pa.timestamp("ns", "Asia/Kathmandu")),
            ["2023-11-14 22:13:20.123456789 +00:00"],
        ),
        ("TIMESTAMP(7)", pa.array([0], pa.timestamp("s")), ["1970-01-01 00:00:00.000000000"]),
        (
            "TIMESTAMP(9)",
            pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31)]).cast(pa.timestamp("us")),
            ["0001-01-01 00:00:00.000000000", "9999-12-31 00:00:00.000000000"],
        ),
    ],
)
def test_nanoseconds_travel_as_text(ddl: str, array: Any, texts: list[str | None]) -> None:
    assert bound(ddl, array).to_pylist() == texts


def test_text_of_nanoseconds_has_its_format_in_the_statement() -> None:
    column = LoadColumn("c", OracleType.parse("TIMESTAMP(9) WITH TIME ZONE"))
    assert render(column.value(3)) == "TO_TIMESTAMP_TZ(:3, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM')"


@pytest.mark.parametrize(
    ("ddl", "array", "expected"),
    [
        ("NUMBER(1)", pa.array([True, None]), pa.array([1, None], pa.int8())),
        ("BOOLEAN", pa.array([True, None]), pa.array([True, None])),
        ("BOOLEAN", pa.array([1, 0]), pa.array([True, False])),
        ("JSON", pa.array(['{"a":1}', None]), pa.array(['{"a":1}', None], pa.large_string())),
        (
            "VECTOR(2, FLOAT32)",
            pa.array(["[1, 2.5]", None]),
            pa.array([[1.0, 2.5], None], pa.list_(pa.float64())),
        ),
        ("NUMBER(38,0)", pa.array([1, 2], pa.uint64()), pa.array([1, 2], pa.uint64())),
        ("BINARY_DOUBLE", pa.array([1], pa.int64()), pa.array([1.0])),
    ],
)
def test_a_value_takes_the_form_of_its_real_column(ddl: str, array: Any, expected: Any) -> None:
    assert bound(ddl, array).equals(expected)


def test_a_vector_is_not_what_its_text_says_is_refused_with_the_row() -> None:
    with pytest.raises(RejectedValue, match="'c', row 2"):
        bound("VECTOR(2, FLOAT32)", pa.array(["[1]", json.dumps(["x"])]))


def test_a_text_too_long_says_whether_the_column_may_become_longer() -> None:
    texts = pa.array(["a", "é" * 6])
    with pytest.raises(TextTooLong, match="row 2"):
        bound("VARCHAR2(10 BYTE)", texts, fixed=None)
    with pytest.raises(RejectedValue, match="It stays so: it is a key") as refused:
        bound("VARCHAR2(10 BYTE)", texts, fixed="it is a key")
    assert not isinstance(refused.value, TextTooLong)


def test_the_longest_texts_are_measured_in_bytes_over_the_whole_file() -> None:
    columns = [
        LoadColumn("free", OracleType.parse("VARCHAR2(10 BYTE)"), fixed=None),
        LoadColumn("fixed", OracleType.parse("VARCHAR2(10 BYTE)"), fixed="x"),
        LoadColumn("long", OracleType.parse("CLOB"), fixed=None),
        LoadColumn("none", OracleType.parse("VARCHAR2(10 BYTE)"), fixed=None),
    ]
    names = [column.name for column in columns]
    pieces = [
        pa.RecordBatch.from_arrays([pa.array([text])] * 3 + [pa.array([None], pa.string())], names=names)
        for text in ("a", "é" * 50, "b")
    ]
    assert longest_texts(pieces, columns) == {"free": 100, "none": 0}
