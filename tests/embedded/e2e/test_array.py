"""executemany: which rows stay, which row failed."""

from __future__ import annotations

from typing import Any

import oracledb
import pytest


@pytest.fixture(autouse=True)
def table(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (id NUMBER(4) PRIMARY KEY, name VARCHAR2(10), amount NUMBER(6,2))")


def _rows(cursor: oracledb.Cursor) -> list[tuple[Any, ...]]:
    return cursor.execute("SELECT id, name FROM t ORDER BY id").fetchall()


INSERT = "INSERT INTO t (id, name) VALUES (:1, :2)"


def test_rows_before_a_failing_one_stay(cursor: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.IntegrityError, match="ORA-00001"):
        cursor.executemany(INSERT, [(1, "a"), (2, "b"), (1, "c"), (4, "d")])
    assert cursor.rowcount == 2  # the rows done before it
    assert _rows(cursor) == [(1, "a"), (2, "b")]


def test_the_first_failing_row_is_reported_whatever_fails_later(cursor: oracledb.Cursor) -> None:
    rows = [(1, "a"), (1, "duplicate"), (3, "c"), (99999, "too many digits"), (5, "much too long a text")]
    with pytest.raises(oracledb.IntegrityError, match="ORA-00001"):
        cursor.executemany(INSERT, rows)
    assert cursor.rowcount == 1


def test_batch_errors_collect_every_failing_row(cursor: oracledb.Cursor) -> None:
    rows = [(1, "a"), (1, "b"), (3, "c"), (4, "much too long"), (5, "e"), (99999, "f"), (None, "g"), (8, "h")]
    cursor.executemany(INSERT, rows, batcherrors=True)
    found = [(error.offset, error.full_code) for error in cursor.getbatcherrors()]
    assert found == [(1, "ORA-00001"), (3, "ORA-12899"), (5, "ORA-01438"), (6, "ORA-01400")]
    assert _rows(cursor) == [(1, "a"), (3, "c"), (5, "e"), (8, "h")]


def test_row_counts_are_given_per_row(cursor: oracledb.Cursor) -> None:
    cursor.executemany(INSERT, [(n, "x") for n in range(10)])
    assert cursor.rowcount == 10
    cursor.executemany("DELETE FROM t WHERE id < :1", [(3,), (3,), (5,)])
    assert cursor.rowcount == 5


def test_updates_and_deletes_run_for_every_row(cursor: oracledb.Cursor) -> None:
    cursor.executemany(INSERT, [(n, "x") for n in range(5)])
    cursor.executemany("UPDATE t SET name = :1 WHERE id = :2", [(f"n{n}", n) for n in range(5)])
    assert _rows(cursor) == [(n, f"n{n}") for n in range(5)]


def test_a_failing_update_keeps_those_before_it(cursor: oracledb.Cursor) -> None:
    cursor.executemany(INSERT, [(n, "x") for n in range(3)])
    with pytest.raises(oracledb.DatabaseError, match="ORA-12899"):
        cursor.executemany(
            "UPDATE t SET name = :1 WHERE id = :2", [("ok", 0), ("much too long", 1), ("no", 2)]
        )
    assert _rows(cursor) == [(0, "ok"), (1, "x"), (2, "x")]


def test_values_round_as_the_column_says(cursor: oracledb.Cursor) -> None:
    cursor.executemany("INSERT INTO t (id, amount) VALUES (:1, :2)", [(1, 1.005), (2, -2.345), (3, 123.456)])
    cursor.execute("SELECT amount FROM t ORDER BY id")
    assert [str(amount) for (amount,) in cursor] == ["1.01", "-2.35", "123.46"]


def test_special_characters_arrive_unchanged(cursor: oracledb.Cursor) -> None:
    texts = ["tab\there", "line\nfeed", "back\\slash", "\\N", "\r", "é€😀", "'quote\"", "\\."]
    cursor.executemany(INSERT, list(enumerate(texts)))
    assert [name for _, name in _rows(cursor)] == texts


def test_an_empty_string_is_null(cursor: oracledb.Cursor) -> None:
    cursor.executemany(INSERT, [(1, ""), (2, None), (3, " ")])
    assert _rows(cursor) == [(1, None), (2, None), (3, " ")]


def test_returning_gives_a_value_for_each_row(cursor: oracledb.Cursor) -> None:
    returned = cursor.var(int, arraysize=3)
    cursor.executemany(
        "INSERT INTO t (id) VALUES (:1 + 100) RETURNING id INTO :2", [(1, returned), (2, returned)][:1]
    )
    assert returned.values[0] == [101]


def test_many_rows_arrive_all(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE big (id NUMBER, text VARCHAR2(4000))")
    cursor.executemany("INSERT INTO big VALUES (:1, :2)", [(n, "x" * (n % 1000)) for n in range(20_000)])
    cursor.execute("SELECT COUNT(*), COUNT(text), SUM(LENGTH(text)) FROM big")
    assert cursor.fetchone() == (20_000, 20_000 - 20, sum(n % 1000 for n in range(20_000)))
