from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from dlt_oracle.embedded.engine.transaction import BATCH_ROWS, Transaction
from dlt_oracle.embedded.errors import OracleError

if TYPE_CHECKING:
    from dlt_oracle.embedded.engine.connection import Connection

MANY = BATCH_ROWS * 3
SERIES = "SELECT n FROM generate_series(1, %s) AS n"


def _insert(transaction: Transaction, *numbers: int) -> None:
    with transaction.statement():
        for number in numbers:
            transaction.connection.execute("INSERT INTO public.t VALUES (%s)", (number,))


def _rows(transaction: Transaction) -> list[int]:
    return [n for (n,) in transaction.query("SELECT id FROM public.t ORDER BY id", ()).fetch(1000)]


def test_a_failed_first_statement_opens_no_transaction(pg: Connection) -> None:
    transaction = Transaction(pg)
    with pytest.raises(psycopg.errors.UniqueViolation):
        _insert(transaction, 1, 1)
    assert not transaction.open
    assert pg.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_failed_later_statement_undoes_only_itself(pg: Connection) -> None:
    transaction = Transaction(pg)
    _insert(transaction, 1)
    with pytest.raises(psycopg.errors.UniqueViolation):
        _insert(transaction, 2, 1)
    assert transaction.open
    assert _rows(transaction) == [1]
    transaction.commit()


def test_a_query_opens_no_transaction(pg: Connection) -> None:
    transaction = Transaction(pg)
    assert len(transaction.query(SERIES, (MANY,)).fetch(10)) == 10
    assert not transaction.open
    assert pg.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_query_holds_no_lock_once_it_is_read(pg: Connection) -> None:
    transaction = Transaction(pg)
    _insert(transaction, 1)
    transaction.commit()
    transaction.begin()
    assert _rows(transaction) == [1]
    held = pg.execute(
        "SELECT count(*) FROM pg_locks WHERE relation = 'public.t'::regclass AND pid = pg_backend_pid()"
    ).fetchone()
    assert held == (0,)
    transaction.rollback()


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_cursor_of_a_transaction_outlives_it(pg: Connection, end: str) -> None:
    transaction = Transaction(pg)
    _insert(transaction, 1)
    cursor = transaction.query(SERIES, (MANY,))
    assert len(cursor.fetch(5)) == 5
    getattr(transaction, end)()
    assert len(cursor.fetch(MANY)) == MANY - 5
    assert cursor.fetch(1) == []


def test_a_cursor_outlives_a_rollback_to_a_savepoint_before_it(pg: Connection) -> None:
    transaction = Transaction(pg)
    transaction.set_savepoint("A")
    cursor = transaction.query(SERIES, (MANY,))
    transaction.rollback_to("A")
    assert len(cursor.fetch(MANY + 1)) == MANY


def test_a_failed_fetch_keeps_the_transaction(pg: Connection) -> None:
    transaction = Transaction(pg)
    _insert(transaction, 1)
    cursor = transaction.query("SELECT 1 / (%s - n) FROM generate_series(1, 5000) AS n", (MANY,))
    with pytest.raises(psycopg.errors.DivisionByZero):
        cursor.fetch(5000)
    cursor.close()
    assert _rows(transaction) == [1]


def test_a_failed_query_outside_a_transaction_leaves_none(pg: Connection) -> None:
    transaction = Transaction(pg)
    with pytest.raises(psycopg.errors.DivisionByZero):
        transaction.query("SELECT 1 / (%s - n) FROM generate_series(1, 5000) AS n", (MANY,))
    assert pg.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_closed_cursors_are_closed_in_postgresql(pg: Connection) -> None:
    transaction = Transaction(pg)
    cursor = transaction.query(SERIES, (MANY,))
    cursor.close()
    cursor.close()
    assert pg.execute("SELECT count(*) FROM pg_cursors").fetchone() == (0,)


def test_an_unknown_savepoint_is_named(pg: Connection) -> None:
    transaction = Transaction(pg)
    transaction.set_savepoint("A")
    with pytest.raises(OracleError, match="ORA-01086: savepoint 'B'"):
        transaction.rollback_to("B")


def test_a_mark_undoes_what_came_after_it(pg: Connection) -> None:
    transaction = Transaction(pg)
    _insert(transaction, 1)
    undo = transaction.mark()
    _insert(transaction, 2)
    undo()
    assert _rows(transaction) == [1]


def test_a_mark_undoes_nothing_that_was_committed(pg: Connection) -> None:
    transaction = Transaction(pg)
    _insert(transaction, 1)
    undo = transaction.mark()
    _insert(transaction, 2)
    transaction.commit()
    _insert(transaction, 3)
    undo()
    assert _rows(transaction) == [1, 2]
