"""Array DML, row counts, errors, RETURNING, transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

INSERT = "insert into t values (:1)"


def fails_at(*offsets: int) -> Any:
    """Return an action that fails at these rows, keeping the others, as the engine does."""

    def run(_session: Any, _types: Any, rows: Any, batch_errors: Any) -> None:
        errors = []
        for offset, (value,) in enumerate(rows):
            if int(value) in offsets:
                error = OracleError(1, "SCOTT.T_PK")
                error.row = offset
                if not batch_errors:
                    raise error
                errors.append((offset, error))
        return Outcome(len(rows) - len(errors), tuple(errors))

    return run


def test_a_failed_array_reports_the_rows_done_before_it(database: Any, cursor: oracledb.Cursor) -> None:
    database.actions[INSERT] = fails_at(2)
    with pytest.raises(oracledb.IntegrityError, match=r"ORA-00001: unique constraint .SCOTT.T_PK. violated"):
        cursor.executemany(INSERT, [[0], [1], [2], [3]])
    assert cursor.rowcount == 2


def test_batch_errors_carry_offset_code_and_text(database: Any, cursor: oracledb.Cursor) -> None:
    database.actions[INSERT] = fails_at(1, 3)
    cursor.executemany(INSERT, [[n] for n in range(5)], batcherrors=True)
    assert [(error.offset, error.code) for error in cursor.getbatcherrors()] == [(1, 1), (3, 1)]
    assert cursor.getbatcherrors()[0].message.startswith("ORA-00001: unique constraint (SCOTT.T_PK) violated")
    assert cursor.rowcount == 3


def test_thousands_of_batch_errors_arrive(database: Any, cursor: oracledb.Cursor) -> None:
    database.actions[INSERT] = fails_at(*range(0, 9000, 2))
    cursor.executemany(INSERT, [[n] for n in range(9000)], batcherrors=True)
    assert [error.offset for error in cursor.getbatcherrors()] == list(range(0, 9000, 2))


def test_without_errors_a_batch_reports_none(cursor: oracledb.Cursor) -> None:
    cursor.executemany(INSERT, [[1], [2]], batcherrors=True)
    assert cursor.getbatcherrors() == []


def test_row_counts_come_one_a_row(database: Any, cursor: oracledb.Cursor) -> None:
    sql = "update t set a = 1 where b < :1"
    database.actions[sql] = lambda _s, _t, rows, _b: Outcome(sum(int(value) for (value,) in rows))
    cursor.executemany(sql, [[0], [5], [300]], arraydmlrowcounts=True)
    assert cursor.getarraydmlrowcounts() == [0, 5, 300]
    assert cursor.rowcount == 305


def test_row_counts_and_batch_errors_together(database: Any, cursor: oracledb.Cursor) -> None:
    database.actions[INSERT] = fails_at(1)
    cursor.executemany(INSERT, [[0], [1], [2]], batcherrors=True, arraydmlrowcounts=True)
    assert cursor.getarraydmlrowcounts() == [1, 0, 1]
    assert [error.offset for error in cursor.getbatcherrors()] == [1]


def test_a_failed_array_has_row_counts_up_to_the_failure(database: Any, cursor: oracledb.Cursor) -> None:
    database.actions[INSERT] = fails_at(2)
    with pytest.raises(oracledb.IntegrityError):
        cursor.executemany(INSERT, [[0], [1], [2], [3]], arraydmlrowcounts=True)
    assert cursor.getarraydmlrowcounts() == [1, 1]
    assert cursor.rowcount == 2


def test_returned_values_come_one_list_a_row(database: Any, cursor: oracledb.Cursor) -> None:
    sql = "update t set a = :1 where b = :2 returning id, name into :3, :4"
    database.actions[sql] = lambda _s, _t, rows, _b: Outcome(
        row_count=int(rows[0][0]),
        out_values=([str(n) for n in range(int(rows[0][0]))], ["n" * 300] * int(rows[0][0])),
    )
    ids, names = cursor.var(int, arraysize=3), cursor.var(str, arraysize=3)
    for _ in range(2):  # parsed, then run again
        cursor.setinputsizes(None, None, ids, names)
        cursor.executemany(sql, [[0, 9], [1, 9], [3, 9]])
        assert [ids.getvalue(n) for n in range(3)] == [[], [0], [0, 1, 2]]
        assert names.getvalue(2) == ["n" * 300] * 3
    assert database.rows == [("3", "9", None, None)]


def test_only_returned_binds_need_no_row(database: Any, cursor: oracledb.Cursor) -> None:
    sql = "insert into t (a) values (seq.nextval) returning id into :1"
    database.actions[sql] = lambda _s, _t, rows, _b: Outcome(len(rows), out_values=(["7"],))
    number = cursor.var(int)
    for _ in range(2):
        cursor.execute(sql, [number])
        assert number.getvalue() == [7]


def test_an_error_carries_its_position(database: Any, cursor: oracledb.Cursor) -> None:
    database.refused["from nowhere"] = OracleError(942, position=14)
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942") as caught:
        cursor.execute("select * from nowhere")
    assert caught.value.args[0].offset == 14


def test_a_statement_that_failed_runs_when_its_cause_is_gone(database: Any, cursor: oracledb.Cursor) -> None:
    database.actions[INSERT] = fails_at(1)
    for _ in range(3):
        with pytest.raises(oracledb.IntegrityError):
            cursor.execute(INSERT, [1])
    cursor.execute(INSERT, [2])
    assert cursor.rowcount == 1


def test_commit_and_rollback_reach_the_engine(
    database: Any, connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    cursor.execute(INSERT, [1])
    assert connection.transaction_in_progress
    connection.commit()
    assert not connection.transaction_in_progress
    cursor.execute(INSERT, [2])
    connection.rollback()
    assert database.committed == [(INSERT, ("1",))]


def test_autocommit_commits_what_succeeds(
    database: Any, connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    connection.autocommit = True
    database.actions[INSERT] = fails_at(9)
    cursor.execute(INSERT, [1])
    cursor.execute(INSERT, [2])  # a re-execution commits by another flag
    with pytest.raises(oracledb.IntegrityError):
        cursor.execute(INSERT, [9])
    assert database.committed == [(INSERT, ("1",)), (INSERT, ("2",))]


def test_autocommit_leaves_a_batch_with_errors_open(
    database: Any, connection: oracledb.Connection, cursor: oracledb.Cursor
) -> None:
    connection.autocommit = True
    database.actions[INSERT] = fails_at(9)
    cursor.executemany(INSERT, [[1], [9]], batcherrors=True)
    assert database.committed == []
    assert connection.transaction_in_progress


def test_closing_a_connection_rolls_back(database: Any, connect: Callable[..., oracledb.Connection]) -> None:
    connection = connect()
    connection.cursor().execute(INSERT, [1])
    connection.close()
    assert database.sessions[0].closed.wait(5)
    assert database.committed == []


def test_ddl_runs_every_time_it_is_executed(database: Any, cursor: oracledb.Cursor) -> None:
    for _ in range(2):
        cursor.execute("create table t (n number)")
    assert [sql for sql, _, _ in database.executed].count("create table t (n number)") == 2
    cursor.parse("drop table t")  # Oracle runs DDL when it is parsed
    assert database.executed[-1][0] == "drop table t"
