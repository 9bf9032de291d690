"""The anonymous blocks that loaders send."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import oracledb

Fails = Callable[..., str]

DROP_IF_EXISTS = """
BEGIN
  EXECUTE IMMEDIATE 'DROP TABLE t';
EXCEPTION
  WHEN OTHERS THEN
    IF SQLCODE != -942 THEN
      RAISE;
    END IF;
END;
"""


def test_a_table_is_dropped_if_it_exists(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute(DROP_IF_EXISTS)
    cursor.execute("CREATE TABLE t (a NUMBER)")
    cursor.execute(DROP_IF_EXISTS)
    assert fails(cursor, "SELECT * FROM t") == "ORA-00942"


def test_an_error_that_is_not_handled_comes_out(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER PRIMARY KEY)")
    cursor.execute("CREATE TABLE c (a NUMBER REFERENCES t)")
    assert fails(cursor, DROP_IF_EXISTS) == "ORA-02449"


def test_a_failed_block_undoes_what_it_did(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER PRIMARY KEY)")
    cursor.execute("INSERT INTO t VALUES (0)")
    assert fails(cursor, "BEGIN INSERT INTO t VALUES (1); INSERT INTO t VALUES (1); END;") == "ORA-00001"
    assert cursor.execute("SELECT a FROM t").fetchall() == [(0,)]


def test_a_handled_error_keeps_what_came_before(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER PRIMARY KEY)")
    cursor.execute(
        "BEGIN INSERT INTO t VALUES (1); INSERT INTO t VALUES (1);"
        " EXCEPTION WHEN DUP_VAL_ON_INDEX THEN NULL; END;"
    )
    assert cursor.execute("SELECT a FROM t").fetchall() == [(1,)]


def test_binds_reach_the_statements_of_a_block(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER, b VARCHAR2(10))")
    cursor.execute("BEGIN INSERT INTO t VALUES (:a, :b); UPDATE t SET b = b || :b; END;", a=1, b="x")
    assert cursor.execute("SELECT a, b FROM t").fetchall() == [(1, "xx")]


def test_a_null_block_does_nothing(cursor: oracledb.Cursor) -> None:
    cursor.execute("BEGIN NULL; END;")


def test_statistics_are_gathered(cursor: oracledb.Cursor, user: str) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER)")
    cursor.executemany("INSERT INTO t VALUES (:1)", [(n,) for n in range(7)])
    cursor.callproc("DBMS_STATS.GATHER_TABLE_STATS", [user, "T"])
    assert cursor.execute("SELECT num_rows FROM user_tables").fetchone() == (7,)


def test_settings_of_the_session_are_made(cursor: oracledb.Cursor) -> None:
    cursor.execute("BEGIN DBMS_SESSION.SET_NLS('nls_date_format', '''YYYY'''); END;")
    cursor.execute("SELECT TO_CHAR(DATE '2024-05-06') FROM dual")
    assert cursor.fetchone() == ("2024",)


@pytest.mark.parametrize(
    "block", ["BEGIN DBMS_OUTPUT.ENABLE(1000); END;", "DECLARE x NUMBER; BEGIN x := 1; END;"]
)
def test_what_is_not_known_is_refused(cursor: oracledb.Cursor, fails: Fails, block: str) -> None:
    assert fails(cursor, block) == "ORA-06550"
