# ruff: noqa: DTZ001 - Oracle's dates and the driver's values have no time zone
"""Queries: description, values of every type, fetching, running again."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import oracledb
import pyarrow as pa
import pytest

from dlt_oracle.embedded.model import Column, TypeName

if TYPE_CHECKING:
    from collections.abc import Callable

ROWID = "AAAR3sAAEAAAACXAAA"

VALUES = [
    (TypeName.VARCHAR2, "Zürich ✓", "Zürich ✓"),
    (TypeName.NVARCHAR2, "Zürich 😀", "Zürich 😀"),
    (TypeName.CHAR, "ab  ", "ab  "),
    (TypeName.NCHAR, "ab  ", "ab  "),
    (TypeName.LONG, "y" * 70_000, "y" * 70_000),
    (TypeName.LONG_RAW, b"\0\1" * 40_000, b"\0\1" * 40_000),
    (TypeName.NUMBER, "-1234567890.25", -1234567890.25),
    (TypeName.FLOAT, "0.5", 0.5),
    (TypeName.BINARY_FLOAT, -1.5, -1.5),
    (TypeName.BINARY_DOUBLE, math.inf, math.inf),
    (TypeName.DATE, "2024-02-29 23:59:59", dt.datetime(2024, 2, 29, 23, 59, 59)),
    (TypeName.TIMESTAMP, "1999-12-31 00:00:00.123456789", dt.datetime(1999, 12, 31, 0, 0, 0, 123456)),
    (TypeName.TIMESTAMP_LTZ, "2024-01-01 12:00:00", dt.datetime(2024, 1, 1, 12)),
    (TypeName.TIMESTAMP_TZ, ("2024-01-01 12:00:00.5", -330), dt.datetime(2024, 1, 1, 6, 30, 0, 500000)),
    (
        TypeName.INTERVAL_DS,
        "-1 02:03:04.5",
        -dt.timedelta(days=1, hours=2, minutes=3, seconds=4.5),
    ),
    (TypeName.RAW, b"\xff\0", b"\xff\0"),
    (TypeName.ROWID, ROWID, ROWID),
]


@pytest.mark.parametrize(("type_name", "value", "expected"), VALUES, ids=lambda v: getattr(v, "name", ""))
def test_a_value_and_null_of_every_type_arrive(
    database: Any,
    cursor: oracledb.Cursor,
    column: Callable[..., Column],
    type_name: TypeName,
    value: Any,
    expected: Any,
) -> None:
    database.queries["select v from t"] = [column("V", type_name)], [(value,), (None,)]
    assert cursor.execute("select v from t").fetchall() == [(expected,), (None,)]


def test_columns_are_described_as_oracle_does(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select * from t"] = (
        [
            column("ID", TypeName.NUMBER, precision=9, scale=0, nullable=False),
            column("ANY", TypeName.NUMBER),
            column("INT", TypeName.NUMBER, scale=0),
            column("TENTHS", TypeName.NUMBER, precision=5, scale=-1),
            column("F", TypeName.FLOAT, precision=126),
            column("BYTES", TypeName.VARCHAR2, length=10),
            column("CHARS", TypeName.VARCHAR2, length=10, char_semantics=True),
            column("WIDE", TypeName.NVARCHAR2, length=10, char_semantics=True),
            column("UNSIZED", TypeName.VARCHAR2),
            column("TS", TypeName.TIMESTAMP, scale=3),
            column("B", TypeName.RAW, length=16),
            column("with blank ü", TypeName.DATE),
        ],
        [],
    )
    cursor.execute("select * from t")
    described = [(d[0], d[1].name, d[3], d[4], d[5], d[6]) for d in cursor.description]
    assert described == [
        ("ID", "DB_TYPE_NUMBER", None, 9, 0, False),
        ("ANY", "DB_TYPE_NUMBER", None, 0, -127, True),
        ("INT", "DB_TYPE_NUMBER", None, 38, 0, True),
        ("TENTHS", "DB_TYPE_NUMBER", None, 5, -1, True),
        ("F", "DB_TYPE_NUMBER", None, 126, -127, True),
        ("BYTES", "DB_TYPE_VARCHAR", 10, None, None, True),
        ("CHARS", "DB_TYPE_VARCHAR", 40, None, None, True),
        ("WIDE", "DB_TYPE_NVARCHAR", 20, None, None, True),
        ("UNSIZED", "DB_TYPE_VARCHAR", 4000, None, None, True),
        ("TS", "DB_TYPE_TIMESTAMP", None, 0, 3, True),
        ("B", "DB_TYPE_RAW", 16, None, None, True),
        ("with blank ü", "DB_TYPE_DATE", None, None, None, True),
    ]


def test_integers_and_fractions_get_their_python_types(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select n from t"] = [column("N", TypeName.NUMBER)], [("7",), ("0.1",), ("1" * 38,)]
    assert cursor.execute("select n from t").fetchall() == [(7,), (0.1,), (int("1" * 38),)]


def test_decimals_are_exact(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column]
) -> None:
    digits = "123456789012345678901234567890.12345678"
    database.queries["select n from t"] = [column("N", TypeName.NUMBER)], [(digits,)]
    cursor = connection.cursor()
    cursor.execute("select n from t", fetch_decimals=True)
    assert cursor.fetchone() == (Decimal(digits),)


def test_a_column_that_is_always_null_sends_no_values(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select null, 1 from dual"] = (
        [column("NULL", TypeName.VARCHAR2, length=0), column("1", TypeName.NUMBER)],
        [(None, "1"), (None, "2")],
    )
    assert cursor.execute("select null, 1 from dual").fetchall() == [(None, 1), (None, 2)]


def test_only_always_null_columns_still_count_rows(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select null from t"] = [column("NULL", TypeName.VARCHAR2, length=0)], [(None,)] * 5
    assert cursor.execute("select null from t").fetchall() == [(None,)] * 5


@pytest.mark.parametrize("prefetch", [0, 1, 2, 7, 1000])
@pytest.mark.parametrize("arraysize", [1, 3, 1000])
def test_any_fetch_size_returns_every_row(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column], prefetch: int, arraysize: int
) -> None:
    database.queries["select n from t"] = [column("N", TypeName.NUMBER)], [(str(n),) for n in range(21)]
    cursor.prefetchrows, cursor.arraysize = prefetch, arraysize
    for _ in range(2):  # parsed, then run again from the statement cache
        assert [n for (n,) in cursor.execute("select n from t")] == list(range(21))
        assert cursor.rowcount == 21


def test_a_large_fetch_streams_and_leaves_no_open_result(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select * from t"] = (
        [column("N", TypeName.NUMBER), column("S", TypeName.VARCHAR2, length=4000)],
        [(str(n), "x" * 400) for n in range(10_000)],
    )
    cursor.arraysize = 10_000
    assert len(cursor.execute("select * from t").fetchall()) == 10_000
    assert database.results[-1].closed


def test_rows_come_with_the_binds_of_each_execution(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    def answer(_session: Any, types: Any, row: Any) -> Any:
        assert [bind.name for bind in types] == [TypeName.NUMBER, TypeName.VARCHAR2]
        return [column("A", TypeName.NUMBER), column("B", TypeName.VARCHAR2, length=9)], [row]

    database.queries["select :a, :b from dual"] = answer
    for number in (1, 22, None, 333):
        cursor.execute("select :a, :b from dual", a=number, b="x")
        assert cursor.fetchall() == [(number, "x")]


def test_the_same_statement_runs_in_two_cursors_at_once(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column]
) -> None:
    database.queries["select n from t"] = [column("N", TypeName.NUMBER)], [(str(n),) for n in range(500)]
    first, second = connection.cursor(), connection.cursor()
    first.execute("select n from t")
    second.execute("select n from t")
    assert [next(first) for _ in range(300)] == [next(second) for _ in range(300)]


def test_a_statement_parsed_without_running_is_described(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select n from t where x = :1"] = [column("N", TypeName.NUMBER)], []
    cursor.parse("select n from t where x = :1")
    assert [d[0] for d in cursor.description] == ["N"]
    assert database.results == []


def test_a_query_whose_columns_changed_is_described_again(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select * from t"] = [column("N", TypeName.NUMBER)], [("1",)]
    assert cursor.execute("select * from t").fetchall() == [(1,)]
    database.queries["select * from t"] = [column("S", TypeName.VARCHAR2, length=5)], [("one",)]
    assert cursor.execute("select * from t").fetchall() == [("one",)]
    assert cursor.description[0][0] == "S"


@pytest.mark.parametrize("fetch_lobs", [True, False])
def test_a_string_column_that_became_a_clob_is_fetched_again(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column], *, fetch_lobs: bool
) -> None:
    cursor = connection.cursor()
    sql = "select * from t"
    database.queries[sql] = [column("S", TypeName.VARCHAR2, length=9)], [("short",)]
    assert cursor.execute(sql, fetch_lobs=fetch_lobs).fetchall() == [("short",)]
    database.queries[sql] = [column("S", TypeName.CLOB)], [("long" * 100,)]
    assert cursor.execute(sql, fetch_lobs=fetch_lobs).fetchall() == [("long" * 100,)]


def test_data_frames_arrive(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column]
) -> None:
    database.queries["select * from t"] = (
        [
            column("ID", TypeName.NUMBER, precision=9, scale=0),
            column("AMOUNT", TypeName.NUMBER, precision=10, scale=2),
            column("NAME", TypeName.VARCHAR2, length=20),
            column("AT", TypeName.TIMESTAMP, scale=6),
            column("DOC", TypeName.CLOB),
            column("WIDE", TypeName.NCLOB),
            column("IMAGE", TypeName.BLOB),
        ],
        [
            (str(n), f"{n}.25", f"n{n}", "2024-01-01 00:00:00.5", "d" * n * 10, "ü" * n, b"b" * n)
            for n in range(1, 2001)
        ],
    )
    frame = pa.table(connection.fetch_df_all("select * from t", arraysize=700))
    assert frame.num_rows == 2000
    assert frame.column("NAME").to_pylist()[-1] == "n2000"
    assert len(frame.column("DOC").to_pylist()[-1]) == 20_000
    assert frame.column("WIDE").to_pylist()[9] == "ü" * 10
    assert frame.column("IMAGE").to_pylist()[2] == b"bbb"


def test_data_frames_arrive_in_batches(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column]
) -> None:
    database.queries["select n from t"] = [column("N", TypeName.NUMBER)], [(str(n),) for n in range(2000)]
    batches = list(connection.fetch_df_batches("select n from t", size=600))
    assert [pa.table(batch).num_rows for batch in batches] == [600, 600, 600, 200]


def test_an_output_type_handler_beside_a_lob_changes_nothing_on_the_wire(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column]
) -> None:
    database.queries["select * from t"] = (
        [column("N", TypeName.NUMBER), column("C", TypeName.CLOB)],
        [("42", "text")],
    )
    cursor = connection.cursor()

    def as_text(cursor: oracledb.Cursor, metadata: Any) -> Any:
        if metadata.type_code is oracledb.DB_TYPE_NUMBER:
            return cursor.var(str, arraysize=cursor.arraysize)
        return None

    cursor.outputtypehandler = as_text
    number, document = cursor.execute("select * from t").fetchone()
    assert (number, document.read()) == ("42", "text")
