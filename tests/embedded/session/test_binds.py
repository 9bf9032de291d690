# ruff: noqa: DTZ001 - Oracle's dates and the driver's values have no time zone
"""Binds of every type, in single rows and arrays."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import oracledb
import pyarrow as pa
import pytest

from dlt_oracle.embedded.model import Outcome, TypeName

if TYPE_CHECKING:
    from collections.abc import Callable

BINDS = [
    ("Zürich ✓", TypeName.VARCHAR2, "Zürich ✓"),
    ("", TypeName.VARCHAR2, None),
    (None, TypeName.VARCHAR2, None),
    (42, TypeName.NUMBER, "42"),
    (-1.5, TypeName.NUMBER, "-1.5"),
    (Decimal("1E-20"), TypeName.NUMBER, "0." + "0" * 19 + "1"),
    (True, TypeName.NUMBER, "1"),
    (dt.date(2024, 2, 29), TypeName.DATE, "2024-02-29 00:00:00"),
    (dt.datetime(2024, 2, 29, 1, 2, 3), TypeName.DATE, "2024-02-29 01:02:03"),
    (dt.timedelta(days=-1, seconds=-5), TypeName.INTERVAL_DS, "-1 00:00:05"),
    (b"\0\xff", TypeName.RAW, b"\0\xff"),
]


@pytest.mark.parametrize(("value", "type_name", "expected"), BINDS)
def test_a_python_value_is_bound(
    database: Any, cursor: oracledb.Cursor, value: Any, type_name: TypeName, expected: Any
) -> None:
    cursor.execute("insert into t values (:1)", [value])
    assert (database.types, database.rows) == ([type_name], [(expected,)])


NAMED = [
    (oracledb.DB_TYPE_NVARCHAR, "Zürich 😀", TypeName.NVARCHAR2, "Zürich 😀"),
    (oracledb.DB_TYPE_CHAR, "ab ", TypeName.CHAR, "ab "),
    (oracledb.DB_TYPE_NCHAR, "äb ", TypeName.NCHAR, "äb "),
    (oracledb.DB_TYPE_LONG, "x" * 50_000, TypeName.LONG, "x" * 50_000),
    (oracledb.DB_TYPE_LONG_NVARCHAR, "é" * 50_000, TypeName.LONG, "é" * 50_000),
    (oracledb.DB_TYPE_LONG_RAW, b"\1" * 50_000, TypeName.LONG_RAW, b"\1" * 50_000),
    (oracledb.DB_TYPE_BINARY_DOUBLE, -math.inf, TypeName.BINARY_DOUBLE, -math.inf),
    (oracledb.DB_TYPE_BINARY_FLOAT, 0.5, TypeName.BINARY_FLOAT, 0.5),
    (oracledb.DB_TYPE_BINARY_INTEGER, -7, TypeName.NUMBER, "-7"),
    (
        oracledb.DB_TYPE_TIMESTAMP,
        dt.datetime(2024, 1, 1, 0, 0, 0, 120),
        TypeName.TIMESTAMP,
        "2024-01-01 00:00:00.00012",
    ),
    (oracledb.DB_TYPE_TIMESTAMP, dt.datetime(2024, 1, 1), TypeName.TIMESTAMP, "2024-01-01 00:00:00"),
    (
        oracledb.DB_TYPE_TIMESTAMP_LTZ,
        dt.datetime(2024, 1, 1),
        TypeName.TIMESTAMP_LTZ,
        "2024-01-01 00:00:00",
    ),
    (
        oracledb.DB_TYPE_TIMESTAMP_TZ,
        dt.datetime(2024, 1, 1, 2, 3, 4, 5),
        TypeName.TIMESTAMP_TZ,
        ("2024-01-01 02:03:04.000005", 0),
    ),
    (oracledb.DB_TYPE_ROWID, "AAAR3sAAEAAAACXAAA", TypeName.VARCHAR2, "AAAR3sAAEAAAACXAAA"),
]


@pytest.mark.parametrize(
    ("db_type", "value", "type_name", "expected"), NAMED, ids=lambda v: getattr(v, "name", "")
)
def test_a_typed_value_and_null_are_bound(
    database: Any,
    cursor: oracledb.Cursor,
    db_type: oracledb.DbType,
    value: Any,
    type_name: TypeName,
    expected: Any,
) -> None:
    cursor.setinputsizes(db_type)
    cursor.executemany("insert into t values (:1)", [[value], [None]])
    assert (database.types, database.rows) == ([type_name], [(expected,), (None,)])


def test_values_too_long_for_varchar2_keep_their_position(database: Any, cursor: oracledb.Cursor) -> None:
    rows = [("a" * 40_000, n, b"b" * 40_000, "s", "c" * 5_000) for n in range(5)]
    cursor.executemany("insert into t values (:1, :2, :3, :4, :5)", rows)
    assert [row[0] for row in database.rows] == [row[0] for row in rows]
    assert database.rows == [(a, str(n), b, s, c) for a, n, b, s, c in rows]


@pytest.mark.parametrize("long", [pa.large_string(), pa.large_binary()], ids=str)
def test_a_string_of_unknown_length_is_bound_before_a_long_and_never_behind_it(
    database: Any, cursor: oracledb.Cursor, long: pa.DataType
) -> None:
    wide, long_values = pa.array(["a"]), pa.array([None], long)
    cursor.executemany("insert into t values (:1, :2)", pa.table({"a": wide, "b": long_values}))
    assert database.rows == [("a", None)]
    with pytest.raises(oracledb.DatabaseError, match="ORA-24816"):
        cursor.executemany("insert into t values (:1, :2)", pa.table({"a": long_values, "b": wide}))


@pytest.mark.parametrize("max_string_bytes", [4000, 32767])
def test_strings_are_placed_by_the_server_s_maximum_size(
    database: Any, connect: Callable[..., oracledb.Connection], max_string_bytes: int
) -> None:
    database.max_string_bytes = max_string_bytes
    cursor = connect().cursor()
    rows = [("x" * 6000, 1), ("y", 2)]
    for _ in range(2):  # the second time without metadata
        cursor.executemany("insert into t values (:1, :2)", rows)
        assert database.rows == [("x" * 6000, "1"), ("y", "2")]


def test_named_binds_count_every_occurrence_in_sql(database: Any, cursor: oracledb.Cursor) -> None:
    cursor.execute("update t set a = :v, b = :v where c = :w", v=1, w="z")
    assert database.rows == [("1", "1", "z")]


def test_named_binds_count_once_in_plsql(database: Any, cursor: oracledb.Cursor) -> None:
    cursor.execute("begin p(:v, :w, :v); end;", v=1, w="z")
    assert database.rows == [("1", "z")]


def test_arrays_of_dicts_and_of_lists_are_the_same(
    database: Any, connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.executemany("insert into t values (:a, :b)", [{"a": 1, "b": "x"}, {"a": None, "b": None}])
    assert database.rows == [("1", "x"), (None, None)]
    connection.cursor().executemany("insert into t values (:a, :b)", [[1, "x"], [None, None]])
    assert database.rows == [("1", "x"), (None, None)]


def test_an_array_larger_than_many_packets_arrives_whole(database: Any, cursor: oracledb.Cursor) -> None:
    rows = [(n, f"name {n}" * 10, n / 8, None if n % 3 else "z") for n in range(20_000)]
    cursor.executemany("insert into t values (:1, :2, :3, :4)", rows)
    assert cursor.rowcount == len(rows)
    assert [row[1] for row in database.rows] == [row[1] for row in rows]
    assert database.rows[12345] == ("12345", "name 12345" * 10, "1543.125", "z")


@pytest.mark.parametrize("size", [251, 252, 253, 255, 4000, 8182, 8183, 8190, 16_384, 32_767, 32_768, 70_000])
def test_values_around_packet_and_chunk_borders_arrive_whole(
    database: Any, cursor: oracledb.Cursor, size: int
) -> None:
    cursor.executemany("insert into t values (:1, :2)", [("x" * size, n) for n in range(3)])
    assert database.rows == [("x" * size, str(n)) for n in range(3)]


def test_arrow_tables_are_bound(database: Any, cursor: oracledb.Cursor) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 2, None], pa.int64()),
            "name": pa.array(["a", None, "c" * 5000], pa.large_string()),
            "price": pa.array([Decimal("1.25"), None, Decimal("-3.00")], pa.decimal128(10, 2)),
            "at": pa.array([dt.datetime(2024, 1, 1, 0, 0, 0, 7)] * 3, pa.timestamp("us")),
            "blob": pa.array([b"x", None, b""], pa.binary()),
            "ratio": pa.array([0.5, None, -2.0], pa.float64()),
        }
    )
    cursor.executemany("insert into t values (:1, :2, :3, :4, :5, :6)", table)
    at = "2024-01-01 00:00:00.000007"
    assert database.rows == [
        ("1", "a", "1.25", at, b"x", 0.5),
        ("2", None, None, at, None, None),
        (None, "c" * 5000, "-3", at, None, -2.0),
    ]


def test_a_number_of_executions_without_binds_runs_that_often(database: Any, cursor: oracledb.Cursor) -> None:
    cursor.executemany("insert into t values (1)", 4)
    assert database.rows == [()] * 4
    assert cursor.rowcount == 4


def test_bind_types_may_change_between_executions(database: Any, cursor: oracledb.Cursor) -> None:
    today = dt.date(2024, 1, 1)
    for value, type_name in ((1, TypeName.NUMBER), ("a", TypeName.VARCHAR2), (today, TypeName.DATE)):
        cursor.execute("insert into t values (:1)", [value])
        assert database.types == [type_name]


def test_binds_that_are_not_the_statement_s_are_refused(cursor: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-01008"):  # the fake sees a bind in the string
        cursor.execute("insert into t values (:1, ':x')", [1])
    with pytest.raises(oracledb.DatabaseError, match="ORA-01036"):  # and none after a blank
        cursor.execute("insert into t values (:1, : x)", [1, 2])


def test_a_cursor_and_an_array_cannot_be_bound(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*CURSOR"):
        cursor.execute("begin open_it(:c); end;", c=connection.cursor())
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*array binds"):
        cursor.execute("begin p(:a); end;", a=cursor.arrayvar(int, [1, 2]))
    connection.ping()


def test_binds_of_other_types_are_refused_by_name(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    cursor.setinputsizes(oracledb.DB_TYPE_INTERVAL_YM)
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*INTERVAL_YM"):
        cursor.execute("insert into t values (:1)", [oracledb.IntervalYM(1, 2)])
    connection.ping()


def test_a_block_returns_values(database: Any, cursor: oracledb.Cursor) -> None:
    sql = "begin :out_n := f(:a); :out_s := 'x'; end;"
    database.actions[sql] = lambda _s, _t, rows, _b: Outcome(
        out_values=([str(int(rows[0][1]) * 2)], ["done"])
    )
    number, text = cursor.var(int), cursor.var(str)
    for value in (4, 5):  # parsed, then run again
        cursor.execute(sql, out_n=number, a=value, out_s=text)
        assert (number.getvalue(), text.getvalue()) == (value * 2, "done")


def test_a_block_with_many_binds_runs(database: Any, cursor: oracledb.Cursor) -> None:
    sql = "begin p(" + ", ".join(f":b{n}" for n in range(300)) + "); end;"
    cursor.execute(sql, list(range(300)))
    assert database.rows == [tuple(map(str, range(300)))]


def test_a_block_runs_once_a_row(database: Any, cursor: oracledb.Cursor) -> None:
    cursor.executemany("begin p(:a); end;", [[1], [2], [3]])
    assert [row for _, _, rows in database.executed[1:] for row in rows] == [("1",), ("2",), ("3",)]
