"""Session state, refusals, several clients, and the server's end."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import Column, Outcome, TypeName

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.server import Server


def test_end_to_end_attributes_arrive_with_the_next_call(
    database: Any, connection: oracledb.Connection
) -> None:
    connection.module, connection.action = "dlt:load", "step 1"
    connection.client_identifier, connection.clientinfo = "me", "info ü"
    connection.dbop = "op"
    connection.ping()
    attributes = database.sessions[0].attributes
    assert (attributes.module, attributes.action) == ("dlt:load", "step 1")
    assert (attributes.client_identifier, attributes.client_info) == ("me", "info ü")
    connection.action = "step 2"
    connection.module = ""
    connection.client_identifier = None
    connection.ping()
    assert (attributes.module, attributes.action) == ("", "step 2")
    assert (attributes.client_identifier, attributes.client_info) == ("", "info ü")


def test_every_parsed_text_is_recorded_once_with_the_attributes_of_then(
    connection: oracledb.Connection, recorded: list[Any]
) -> None:
    cursor = connection.cursor()
    connection.module = "dlt:one"
    for number in range(3):
        cursor.execute("insert into t values (:1)", [number])
    connection.module = "dlt:two"
    cursor.execute("create table t (n number)")
    assert [(attributes.module, sql) for attributes, sql in recorded[1:]] == [
        ("dlt:one", "insert into t values (:1)"),
        ("dlt:two", "create table t (n number)"),
    ]


def test_a_statement_the_gate_refuses_is_recorded_too(
    database: Any, connection: oracledb.Connection, recorded: list[Any]
) -> None:
    database.refused["nonsense"] = OracleError(942)
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        connection.cursor().execute("nonsense")
    assert recorded[-1][1] == "nonsense"


def test_the_current_schema_is_set_by_a_statement(database: Any, connection: oracledb.Connection) -> None:
    connection.current_schema = "HR"
    connection.ping()
    connection.ping()  # the driver asks again with every call
    statement = "ALTER SESSION SET CURRENT_SCHEMA = HR"
    assert [sql for sql, _, _ in database.executed].count(statement) == 1
    connection.cursor().execute("alter session set current_schema = OE")
    connection.ping()
    assert [sql for sql, _, _ in database.executed].count(statement) == 2


def test_a_schema_that_cannot_be_set_fails_the_call_that_carries_it(
    database: Any, connection: oracledb.Connection
) -> None:
    database.refused["CURRENT_SCHEMA"] = OracleError(1435)
    connection.current_schema = "NOBODY"
    with pytest.raises(oracledb.DatabaseError, match="ORA-01435"):
        connection.ping()
    connection.current_schema = "SCOTT"
    database.refused.clear()
    connection.ping()


def test_cursors_the_client_drops_are_closed(
    database: Any, connect: Callable[..., oracledb.Connection], column: Callable[..., Column]
) -> None:
    connection = connect(stmtcachesize=2)
    for number in range(400):  # more than OPEN_CURSORS
        sql = f"select n from t{number}"
        database.queries[sql] = [column("N", TypeName.NUMBER)], [("1",)] * 10
        cursor = connection.cursor()
        cursor.execute(sql)
        cursor.fetchone()
        cursor.close()
    connection.ping()
    assert sum(not result.closed for result in database.results) <= 3


def test_too_many_open_cursors_are_ora_01000(connection: oracledb.Connection) -> None:
    held = []
    for number in range(300):
        held.append(connection.cursor())
        held[-1].execute(f"insert into t{number} values (1)")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01000"):
        connection.cursor().execute("insert into t values (1)")


def test_direct_path_load_is_refused_by_name(
    connection: oracledb.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*DIRECT_PATH_PREPARE"):
        connection.direct_path_load("SCOTT", "T", ["A"], [[1]])
    assert "DIRECT_PATH_PREPARE" in caplog.text
    connection.ping()


def test_functions_this_server_lacks_are_refused_by_name(connection: oracledb.Connection) -> None:
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*TPC_TXN_SWITCH"):
        connection.tpc_begin(connection.xid(1, "a", "b"))
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*AQ_DEQ"):
        connection.queue("Q").deqone()
    connection.ping()


def test_scrollable_cursors_are_refused(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column]
) -> None:
    database.queries["select n from t"] = [column("N", TypeName.NUMBER)], [("1",)]
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*scrollable"):
        connection.cursor(scrollable=True).execute("select n from t")


def test_an_unexpected_failure_answers_an_error_and_logs_no_value(
    database: Any, connection: oracledb.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_session: Any, _types: Any, rows: Any, _batch: Any) -> None:
        raise ValueError(f"cannot use {rows[0][0]}")

    database.actions["insert into t values (:1)"] = fail
    cursor = connection.cursor()
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-00604.*ValueError"):
        cursor.execute("insert into t values (:1)", ["secret value"])
    assert "ValueError" in caplog.text
    assert "secret value" not in caplog.text
    connection.ping()
    assert connection.is_healthy()


def test_an_error_while_rows_are_fetched_reaches_the_client(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select n from t"] = [column("N", TypeName.NUMBER)], [("1",)] * 5000
    calls = []

    def fail_late() -> None:
        calls.append(1)
        if len(calls) > 3:
            raise OracleError(1476)

    database.on_fetch = fail_late
    cursor.arraysize = 5000
    with pytest.raises(oracledb.DatabaseError, match="ORA-01476"):
        cursor.execute("select n from t").fetchall()
    database.on_fetch = None
    assert len(cursor.execute("select n from t").fetchall()) == 5000


def test_many_clients_work_at_once(
    database: Any, connect: Callable[..., oracledb.Connection], column: Callable[..., Column]
) -> None:
    database.queries["select n from t"] = [column("N", TypeName.NUMBER)], [(str(n),) for n in range(500)]
    failed = []

    def work(number: int) -> None:
        try:
            with connect() as connection:
                cursor = connection.cursor()
                for _ in range(5):
                    cursor.executemany("insert into t values (:1, :2)", [(number, n) for n in range(100)])
                    assert len(cursor.execute("select n from t").fetchall()) == 500
                connection.commit()
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert len(database.committed) == 12 * 5 * 100


def test_a_pool_hands_out_clean_connections(database: Any, dsn: str) -> None:
    pool = oracledb.create_pool(user="scott", password="Tiger#19", dsn=dsn, min=1, max=3, increment=1)
    with pool.acquire() as first, pool.acquire() as second:
        first.cursor().execute("insert into t values (1)")
        second.ping()
    with pool.acquire() as again:
        assert not again.transaction_in_progress
    pool.close()
    assert database.committed == []


def test_asyncio_clients_work(database: Any, dsn: str, column: Callable[..., Column]) -> None:
    database.queries["select n, d from t"] = (
        [column("N", TypeName.NUMBER), column("D", TypeName.CLOB)],
        [(str(n), "d" * n * 100) for n in range(1, 300)],
    )

    async def work() -> None:
        async with oracledb.connect_async(user="scott", password="Tiger#19", dsn=dsn) as connection:
            await connection.executemany(
                "insert into t values (:1, :2)", [(n, "x" * 100) for n in range(5000)]
            )
            await connection.commit()
            rows = await connection.fetchall("select n, d from t", fetch_lobs=False, arraysize=150)
            return [(n, len(d)) for n, d in rows]

    async def all_of_it() -> Any:
        return await asyncio.gather(*(work() for _ in range(4)))

    assert asyncio.run(all_of_it()) == [[(n, n * 100) for n in range(1, 300)]] * 4
    assert len(database.committed) == 4 * 5000


def test_an_asyncio_pipeline_runs(database: Any, dsn: str, column: Callable[..., Column]) -> None:
    database.version = "23ai"
    database.queries["select n from t"] = [column("N", TypeName.NUMBER)], [("1",), ("2",)]

    async def run() -> None:
        async with oracledb.connect_async(user="scott", password="Tiger#19", dsn=dsn) as connection:
            pipeline = oracledb.create_pipeline()
            pipeline.add_execute("insert into t values (:1)", [1])
            pipeline.add_fetchall("select n from t")
            pipeline.add_commit()
            return await connection.run_pipeline(pipeline)

    assert asyncio.run(run())[1].rows == [(1,), (2,)]
    assert len(database.committed) == 1


def test_23ai_has_native_booleans_and_19c_numbers(
    database: Any, connect: Callable[..., oracledb.Connection], column: Callable[..., Column]
) -> None:
    database.version = "23ai"
    database.queries["select b from t"] = [column("B", TypeName.BOOLEAN)], [(True,), (False,), (None,)]
    cursor = connect().cursor()
    assert cursor.execute("select b from t").fetchall() == [(True,), (False,), (None,)]
    cursor.executemany("insert into t values (:1)", [[True], [False], [None]])
    assert (database.types, database.rows) == ([TypeName.BOOLEAN], [(True,), (False,), (None,)])
    cursor.setinputsizes(oracledb.DB_TYPE_BOOLEAN)
    cursor.executemany("insert into t values (:1)", [[None], [True]])
    assert database.rows == [(None,), (True,)]


def test_23ai_runs_what_19c_runs(
    database: Any, connect: Callable[..., oracledb.Connection], column: Callable[..., Column]
) -> None:
    database.version = "23ai"
    database.max_string_bytes = 32767
    sql = "update t set a = :1 returning b into :2"
    database.actions[sql] = lambda _s, _t, rows, _b: Outcome(len(rows), out_values=(["x"],))
    database.queries["select d, v from t"] = (
        [column("D", TypeName.CLOB), column("V", TypeName.VARCHAR2)],
        [("d" * 9000, "v" * 32_767)],
    )
    cursor = connect().cursor()
    text = cursor.var(str)
    for _ in range(2):
        cursor.execute(sql, [1, text])
        assert text.getvalue() == ["x"]
        document, value = cursor.execute("select d, v from t").fetchone()
        assert (document.read(), value) == ("d" * 9000, "v" * 32_767)
        cursor.executemany("insert into t values (:1)", [[1], [2]], arraydmlrowcounts=True, batcherrors=True)
        assert cursor.getarraydmlrowcounts() == [1, 1]


def test_stopping_the_server_ends_running_calls_and_sessions(
    database: Any, server: Server, connect: Callable[..., oracledb.Connection]
) -> None:
    began = threading.Event()

    def wait(session: Any, *_: Any) -> None:
        began.set()
        session.wait_to_be_cancelled()

    database.actions["begin sleep; end;"] = wait
    idle, busy = connect(), connect()
    failed = []

    def run() -> None:
        try:
            busy.cursor().execute("begin sleep; end;")
        except oracledb.Error as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert began.wait(5)
    server.stop()
    thread.join(5)
    assert len(failed) == 1
    assert all(session.closed.is_set() for session in database.sessions)
    with pytest.raises(oracledb.Error):
        idle.ping()
    server.stop()  # once more does nothing
