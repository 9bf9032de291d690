"""Commit, rollback, and what a failing statement leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Fails = Callable[..., str]


@pytest.fixture(autouse=True)
def table(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (id NUMBER(10) PRIMARY KEY, name VARCHAR2(10))")


def _ids(connection: oracledb.Connection) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM t ORDER BY id")
        return [row[0] for row in cursor]


def test_rows_are_seen_by_others_after_commit_only(
    connection: oracledb.Connection, cursor: oracledb.Cursor, target: Any, user: str
) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    with target.connect(user) as other:
        assert _ids(other) == []
        connection.commit()
        assert _ids(other) == [1]


def test_a_rollback_undoes_every_statement_since_the_commit(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    connection.commit()
    cursor.execute("INSERT INTO t (id) VALUES (2)")
    cursor.execute("UPDATE t SET id = 3 WHERE id = 1")
    connection.rollback()
    assert _ids(connection) == [1]


def test_a_failed_statement_undoes_only_itself(
    connection: oracledb.Connection, cursor: oracledb.Cursor, fails: Fails
) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert fails(cursor, "INSERT INTO t (id) VALUES (1)") == "ORA-00001"
    cursor.execute("INSERT INTO t (id) VALUES (2)")
    connection.commit()
    assert _ids(connection) == [1, 2]


def test_a_failed_query_leaves_the_transaction_usable(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (0)")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01476"):
        cursor.execute("SELECT 1 / id FROM t").fetchall()
    cursor.execute("INSERT INTO t (id) VALUES (2)")
    connection.commit()
    assert _ids(connection) == [0, 2]


def test_ddl_commits_what_was_open(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    cursor.execute("CREATE TABLE u (a NUMBER)")
    connection.rollback()
    assert _ids(connection) == [1]


def test_failing_ddl_commits_too(
    connection: oracledb.Connection, cursor: oracledb.Cursor, fails: Fails
) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert fails(cursor, "CREATE TABLE t (a NUMBER)") == "ORA-00955"
    connection.rollback()
    assert _ids(connection) == [1]


def test_a_statement_that_does_not_parse_commits_nothing(
    connection: oracledb.Connection, cursor: oracledb.Cursor, fails: Fails
) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert fails(cursor, "CREATE TABLE u (a NOSUCHTYPE(1)").startswith("ORA-")
    connection.rollback()
    assert _ids(connection) == []


def test_savepoints_nest_and_move(
    connection: oracledb.Connection, cursor: oracledb.Cursor, fails: Fails
) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    cursor.execute("SAVEPOINT a")
    cursor.execute("INSERT INTO t (id) VALUES (2)")
    cursor.execute("SAVEPOINT b")
    cursor.execute("INSERT INTO t (id) VALUES (3)")
    cursor.execute("ROLLBACK TO SAVEPOINT b")
    assert _ids(connection) == [1, 2]
    cursor.execute("ROLLBACK TO a")
    assert fails(cursor, "ROLLBACK TO b") == "ORA-01086"
    connection.commit()
    assert _ids(connection) == [1]


def test_a_lost_client_rolls_back(cursor: oracledb.Cursor, target: Any, user: str) -> None:
    other = target.connect(user)
    other.cursor().execute("INSERT INTO t (id) VALUES (1)")
    other.close()
    cursor.execute("SELECT COUNT(*) FROM t")
    assert cursor.fetchone() == (0,)


def test_an_open_cursor_survives_a_commit(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    cursor.executemany("INSERT INTO t (id) VALUES (:1)", [(n,) for n in range(1000)])
    reading = connection.cursor()
    reading.arraysize = reading.prefetchrows = 10
    reading.execute("SELECT id FROM t ORDER BY id")
    assert reading.fetchone() == (0,)
    connection.commit()
    assert len(reading.fetchall()) == 999


def test_an_open_cursor_survives_a_rollback_and_keeps_what_it_saw(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.executemany("INSERT INTO t (id) VALUES (:1)", [(n,) for n in range(1000)])
    reading = connection.cursor()
    reading.arraysize = reading.prefetchrows = 10
    reading.execute("SELECT id FROM t ORDER BY id")
    assert reading.fetchone() == (0,)
    connection.rollback()
    assert len(reading.fetchall()) == 999
    assert _ids(connection) == []


def test_several_cursors_are_read_in_turns_while_rows_are_written(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.executemany("INSERT INTO t (id) VALUES (:1)", [(n,) for n in range(500)])
    connection.commit()
    readers = [connection.cursor() for _ in range(3)]
    for reader in readers:
        reader.arraysize = reader.prefetchrows = 7
        reader.execute("SELECT id FROM t ORDER BY id")
    seen = [0, 0, 0]
    for step in range(500):
        for number, reader in enumerate(readers):
            seen[number] += reader.fetchone() == (step,)
        cursor.execute("INSERT INTO t (id) VALUES (:1)", (1000 + step,))
        if step % 50 == 0:
            connection.commit()
    assert seen == [500, 500, 500]


def test_a_query_sees_the_rows_of_its_beginning(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.executemany("INSERT INTO t (id) VALUES (:1)", [(n,) for n in range(300)])
    connection.commit()
    reading = connection.cursor()
    reading.arraysize = reading.prefetchrows = 10
    reading.execute("SELECT id FROM t")
    cursor.execute("DELETE FROM t")
    connection.commit()
    assert len(reading.fetchall()) == 300


def test_in_transaction_is_true_only_with_changes(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.execute("SELECT id FROM t").fetchall()
    assert not connection.transaction_in_progress
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert connection.transaction_in_progress
    connection.commit()
    assert not connection.transaction_in_progress


def test_set_transaction_must_come_first(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    assert fails(cursor, "SET TRANSACTION READ ONLY") == "ORA-01453"


def test_a_read_only_transaction_writes_nothing(
    connection: oracledb.Connection, cursor: oracledb.Cursor, fails: Fails
) -> None:
    connection.commit()
    cursor.execute("SET TRANSACTION READ ONLY")
    assert fails(cursor, "INSERT INTO t (id) VALUES (1)") == "ORA-01456"


def test_a_serializable_transaction_cannot_change_what_another_has_changed(
    connection: oracledb.Connection, cursor: oracledb.Cursor, target: Any, user: str, fails: Fails
) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (1)")
    connection.commit()
    cursor.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
    assert _ids(connection) == [1]
    with target.connect(user) as other:
        other.cursor().execute("UPDATE t SET name = 'x'")
        other.commit()
    assert fails(cursor, "UPDATE t SET name = 'y'") == "ORA-08177"
