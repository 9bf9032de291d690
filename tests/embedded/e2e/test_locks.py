"""Who waits for whom."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import oracledb
import pytest

Fails = Callable[..., str]


@pytest.fixture(autouse=True)
def table(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (id NUMBER(10) PRIMARY KEY, name VARCHAR2(10))")
    cursor.executemany("INSERT INTO t VALUES (:1, 'x')", [(n,) for n in range(3)])
    connection.commit()


@pytest.fixture
def other(target: Any, user: str) -> Iterator[oracledb.Connection]:
    with target.connect(user) as connection:
        yield connection


def _in_background(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        except oracledb.DatabaseError as error:
            results.append(error.args[0].full_code)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


def test_ddl_on_a_table_with_open_changes_is_busy(
    cursor: oracledb.Cursor, other: oracledb.Connection, fails: Fails
) -> None:
    other.cursor().execute("UPDATE t SET name = 'y' WHERE id = 1")
    for statement in ("DROP TABLE t", "TRUNCATE TABLE t", "ALTER TABLE t ADD (b NUMBER)"):
        assert fails(cursor, statement) == "ORA-00054"


def test_ddl_waits_for_ddl_lock_timeout(cursor: oracledb.Cursor, other: oracledb.Connection) -> None:
    other.cursor().execute("UPDATE t SET name = 'y' WHERE id = 1")
    cursor.execute("ALTER SESSION SET DDL_LOCK_TIMEOUT = 10")
    thread, results = _in_background(lambda: cursor.execute("ALTER TABLE t ADD (b NUMBER)"))
    time.sleep(0.5)
    assert not results
    other.commit()
    thread.join(10)
    assert results == [None]


def test_a_reader_does_not_hold_up_ddl(cursor: oracledb.Cursor, other: oracledb.Connection) -> None:
    reading = other.cursor()
    reading.arraysize = reading.prefetchrows = 1
    reading.execute("SELECT id FROM t ORDER BY id")
    assert reading.fetchone() == (0,)
    cursor.execute("ALTER TABLE t ADD (b NUMBER)")
    assert len(reading.fetchall()) == 2


def test_select_for_update_nowait_is_busy(
    cursor: oracledb.Cursor, other: oracledb.Connection, fails: Fails
) -> None:
    other.cursor().execute("UPDATE t SET name = 'y' WHERE id = 1")
    assert fails(cursor, "SELECT id FROM t WHERE id = 1 FOR UPDATE NOWAIT") == "ORA-00054"
    assert fails(cursor, "SELECT id FROM t WHERE id = 1 FOR UPDATE WAIT 1") == "ORA-30006"
    assert cursor.execute("SELECT id FROM t WHERE id = 2 FOR UPDATE NOWAIT").fetchall() == [(2,)]


def test_select_for_update_locks_its_rows(
    cursor: oracledb.Cursor, other: oracledb.Connection, fails: Fails
) -> None:
    cursor.execute("SELECT id FROM t WHERE id = 1 FOR UPDATE").fetchall()
    assert fails(other.cursor(), "SELECT id FROM t WHERE id = 1 FOR UPDATE NOWAIT") == "ORA-00054"
    cursor.connection.commit()
    other.cursor().execute("SELECT id FROM t WHERE id = 1 FOR UPDATE NOWAIT")


def test_lock_table_nowait_is_busy_while_rows_are_changed(
    cursor: oracledb.Cursor, other: oracledb.Connection, fails: Fails
) -> None:
    other.cursor().execute("UPDATE t SET name = 'y' WHERE id = 1")
    assert fails(cursor, "LOCK TABLE t IN EXCLUSIVE MODE NOWAIT") == "ORA-00054"
    cursor.execute("LOCK TABLE t IN ROW EXCLUSIVE MODE NOWAIT")
    other.rollback()
    cursor.execute("LOCK TABLE t IN EXCLUSIVE MODE NOWAIT")


def test_a_locked_table_can_be_read(cursor: oracledb.Cursor, other: oracledb.Connection) -> None:
    cursor.execute("LOCK TABLE t IN EXCLUSIVE MODE")
    assert other.cursor().execute("SELECT COUNT(*) FROM t").fetchone() == (3,)


def test_a_duplicate_key_waits_for_the_first_to_decide(
    cursor: oracledb.Cursor, other: oracledb.Connection
) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (9)")
    thread, results = _in_background(lambda: other.cursor().execute("INSERT INTO t (id) VALUES (9)"))
    time.sleep(0.3)
    assert not results
    cursor.connection.commit()
    thread.join(10)
    assert results == ["ORA-00001"]


def test_a_deadlock_ends_one_statement_and_no_transaction(
    cursor: oracledb.Cursor, other: oracledb.Connection
) -> None:
    def update(connection: oracledb.Connection, number: int) -> str | None:
        try:
            connection.cursor().execute("UPDATE t SET name = 'd' WHERE id = :1", [number])
        except oracledb.DatabaseError as error:
            # The statement is undone; its transaction still holds the row it had, until it ends.
            assert connection.transaction_in_progress
            connection.rollback()
            return str(error.args[0].full_code)
        return None

    update(cursor.connection, 1)
    update(other, 2)
    thread, results = _in_background(lambda: update(other, 1))
    time.sleep(0.2)
    mine = update(cursor.connection, 2)
    cursor.connection.rollback()
    thread.join(10)
    assert sorted([str(mine), *map(str, results)]) == ["None", "ORA-00060"]


def test_a_running_statement_can_be_cancelled(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.execute("INSERT INTO t (id) VALUES (77)")
    timer = threading.Timer(0.5, connection.cancel)
    timer.start()
    with pytest.raises(oracledb.DatabaseError, match="ORA-01013"):
        cursor.execute("BEGIN DBMS_SESSION.SLEEP(20); END;")
    timer.join()
    assert cursor.execute("SELECT COUNT(*) FROM t WHERE id = 77").fetchone() == (1,)


def test_a_call_timeout_ends_the_statement_and_keeps_the_connection(
    connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    connection.call_timeout = 300
    with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
        cursor.execute("BEGIN DBMS_SESSION.SLEEP(20); END;")
    connection.call_timeout = 0
    assert cursor.execute("SELECT COUNT(*) FROM t").fetchone() == (3,)


def test_a_direct_path_insert_closes_the_table_to_its_own_transaction(
    connection: oracledb.Connection, cursor: oracledb.Cursor, fails: Fails
) -> None:
    cursor.executemany("INSERT /*+ APPEND_VALUES */ INTO t VALUES (:1, :2)", [(10, "a"), (11, "b")])
    assert fails(cursor, "SELECT COUNT(*) FROM t") == "ORA-12838"
    assert fails(cursor, "INSERT INTO t (id) VALUES (12)") == "ORA-12838"
    connection.commit()
    assert cursor.execute("SELECT COUNT(*) FROM t").fetchone() == (5,)


def test_a_second_direct_path_insert_waits(cursor: oracledb.Cursor, other: oracledb.Connection) -> None:
    cursor.executemany("INSERT /*+ APPEND_VALUES */ INTO t VALUES (:1, :2)", [(10, "a"), (11, "b")])
    thread, results = _in_background(lambda: other.cursor().execute("INSERT INTO t (id) VALUES (20)"))
    time.sleep(0.3)
    assert not results
    cursor.connection.commit()
    thread.join(10)
    assert results == [None]


def test_of_two_sessions_that_make_one_table_at_once_one_is_told_that_it_exists(
    connection: oracledb.Connection, other: oracledb.Connection
) -> None:
    barrier = threading.Barrier(2)

    def make(session: oracledb.Connection, number: int) -> str:
        barrier.wait(10)
        session.cursor().execute(f"CREATE TABLE raced{number} (id NUMBER(10) PRIMARY KEY, name VARCHAR2(10))")
        return "made"

    for number in range(12):
        started = [
            _in_background(lambda session=session, number=number: make(session, number))
            for session in (connection, other)
        ]
        for thread, _ in started:
            thread.join(20)
        assert sorted(result for _, results in started for result in results) == ["ORA-00955", "made"]
