"""Faults on demand."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from dlt_oracle.embedded.session import Moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.server import Server

INSERT = "insert into t values (:1)"


def test_a_statement_fails_as_often_as_asked(server: Server, connection: oracledb.Connection) -> None:
    server.faults.fail(54, "^lock table", at=2, times=2)
    cursor = connection.cursor()
    lock = "lock table t in exclusive mode nowait"
    cursor.execute(lock)
    for _ in range(2):
        with pytest.raises(oracledb.DatabaseError, match="ORA-00054"):
            cursor.execute(lock)
    cursor.execute(lock)


def test_a_connection_lost_before_the_commit_has_not_committed(
    database: Any, server: Server, connection: oracledb.Connection
) -> None:
    server.faults.lose_connection("COMMIT")
    connection.cursor().execute(INSERT, [1])
    with pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
        connection.commit()
    assert database.sessions[0].closed.wait(5)
    assert database.committed == []


def test_a_connection_lost_after_the_commit_has_committed(
    database: Any, server: Server, connection: oracledb.Connection
) -> None:
    server.faults.lose_connection("COMMIT", at=2, moment=Moment.AFTER)
    cursor = connection.cursor()
    cursor.execute(INSERT, [1])
    connection.commit()
    cursor.execute(INSERT, [2])
    with pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
        connection.commit()
    assert database.sessions[0].closed.wait(5)
    assert len(database.committed) == 2


def test_the_third_execution_is_lost_wherever_it_comes_from(
    server: Server, connection: oracledb.Connection
) -> None:
    server.faults.lose_connection("EXECUTE", at=3)
    cursor = connection.cursor()
    for number in range(2):
        cursor.execute(INSERT, [number])
    with pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
        cursor.execute(INSERT, [3])


def test_an_error_that_ends_the_session_can_be_asked_for(
    server: Server, connect: Callable[..., oracledb.Connection]
) -> None:
    server.faults.fail(3113, "^insert")
    connection = connect()
    with pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
        connection.cursor().execute(INSERT, [1])
    assert not connection.is_healthy()


def test_messages_are_delayed(server: Server, connection: oracledb.Connection) -> None:
    server.faults.delay("PING", 0.2, times=1)
    began = time.monotonic()
    connection.ping()
    middle = time.monotonic()
    connection.ping()
    assert middle - began >= 0.2
    assert time.monotonic() - middle < 0.2


def test_connections_are_refused(server: Server, connect: Callable[..., oracledb.Connection]) -> None:
    server.faults.refuse(12519)
    with pytest.raises(oracledb.OperationalError, match="12519"):
        connect()
    connect().ping()


def test_cleared_faults_strike_no_more(server: Server, connection: oracledb.Connection) -> None:
    server.faults.fail(54, "")
    server.faults.lose_connection("EXECUTE")
    server.faults.clear()
    connection.cursor().execute(INSERT, [1])
