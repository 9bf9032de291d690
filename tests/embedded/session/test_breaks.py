"""Breaks: call timeouts, cancels, and clients that vanish while the engine works."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from dlt_oracle.embedded.model import Column, Outcome, TypeName

if TYPE_CHECKING:
    from collections.abc import Callable

SLEEP = "begin sleep; end;"


@pytest.fixture
def sleeping(database: Any) -> Any:
    """Make SLEEP and a query run until they are cancelled; return the event that says one began."""
    began = threading.Event()

    def wait(session: Any, *_: Any) -> None:
        began.set()
        session.wait_to_be_cancelled()
        return Outcome()

    database.actions[SLEEP] = wait
    database.queries["select sleep from dual"] = wait
    return began


@pytest.mark.usefixtures("sleeping")
@pytest.mark.parametrize("sql", [SLEEP, "select sleep from dual"])
def test_a_call_timeout_cancels_the_engine_and_the_session_goes_on(
    database: Any, connection: oracledb.Connection, sql: str
) -> None:
    cursor = connection.cursor()
    connection.call_timeout = 200
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
            cursor.execute(sql)
        assert time.monotonic() - began < 3
    connection.call_timeout = 0
    cursor.execute("insert into t values (:1)", [1])
    assert connection.is_healthy()
    assert len(database.sessions) == 1


def test_a_cancel_from_another_thread_is_ora_01013(
    connection: oracledb.Connection, sleeping: threading.Event
) -> None:
    def cancel() -> None:
        sleeping.wait(5)
        connection.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(oracledb.DatabaseError, match="ORA-01013"):
        connection.cursor().execute(SLEEP)
    thread.join(5)
    connection.ping()


def test_a_cancel_while_nothing_runs_is_answered(connection: oracledb.Connection) -> None:
    connection.cancel()
    with pytest.raises(oracledb.DatabaseError, match="ORA-01013"):
        connection.ping()
    connection.ping()


def test_a_break_in_the_middle_of_a_fetch_ends_it(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column]
) -> None:
    rows = [(str(n),) for n in range(50_000)]
    database.queries["select n from t"] = [column("N", TypeName.NUMBER)], rows
    database.on_fetch = lambda: time.sleep(0.05)
    cursor = connection.cursor()
    cursor.arraysize = cursor.prefetchrows = 50_000
    connection.call_timeout = 300
    with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
        cursor.execute("select n from t")
    connection.call_timeout = 0
    database.on_fetch = None
    assert len(cursor.execute("select n from t").fetchall()) == 50_000


def test_an_asyncio_call_timeout_cancels_too(dsn: str, sleeping: threading.Event) -> None:
    async def run() -> None:
        async with oracledb.connect_async(user="scott", password="Tiger#19", dsn=dsn) as connection:
            connection.call_timeout = 200
            with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
                await connection.execute(SLEEP)
            connection.call_timeout = 0
            await connection.execute("insert into t values (1)")

    asyncio.run(run())
    assert sleeping.is_set()


CLIENT = """
import sys, oracledb
connection = oracledb.connect(user="scott", password="Tiger#19", dsn=sys.argv[1])
cursor = connection.cursor()
cursor.execute("insert into t values (1)")
cursor.execute("begin sleep; end;")
"""


def test_a_killed_client_cancels_what_runs_and_rolls_back(
    database: Any, dsn: str, sleeping: threading.Event
) -> None:
    with subprocess.Popen([sys.executable, "-c", CLIENT, dsn]) as client:
        assert sleeping.wait(20)
        assert database.sessions[0].in_transaction
        client.kill()
    assert database.sessions[0].closed.wait(5)
    assert database.committed == []
