"""A session's transaction: Oracle's rules on PostgreSQL's statements.

Differences that are bridged here:

* Oracle's transaction begins with the first change, PostgreSQL's with BEGIN: queries outside a transaction
  run in one of their own that ends with them.
* A failing statement undoes itself only: PostgreSQL wants a savepoint for that. The first statement of a
  transaction needs none, for there is nothing before it to keep.
* An open cursor survives COMMIT (``WITH HOLD`` does that) and ROLLBACK (PostgreSQL's does not: its remaining
  rows are fetched before).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from dlt_oracle.embedded.errors import OracleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dlt_oracle.embedded.engine.connection import Connection

BATCH_ROWS = 500  # what one FETCH brings, unless more are asked for
LOB_BATCH_ROWS = 20  # of rows that may be megabytes each


class Cursor:
    """An open query: rows already here, then rows still in PostgreSQL."""

    def __init__(self, transaction: Transaction, name: str, batch: int = BATCH_ROWS) -> None:
        self.name = name
        self.batch = batch
        self.rows: list[tuple[Any, ...]] = []
        self.complete = False
        self.held = False  # survives the transaction: PostgreSQL has kept its rows
        self._transaction = transaction

    @classmethod
    def of_rows(cls, transaction: Transaction, rows: list[tuple[Any, ...]]) -> Cursor:
        """Return a cursor whose rows were all read already."""
        cursor = cls(transaction, "")
        cursor.rows, cursor.complete = rows, True
        return cursor

    def fetch(self, count: int) -> list[tuple[Any, ...]]:
        """Return up to ``count`` rows; fewer means the end."""
        missing = count - len(self.rows)
        if missing > 0 and not self.complete:
            self.rows += self._transaction.fetch(self, max(missing, self.batch))
        taken, self.rows = self.rows[:count], self.rows[count:]
        return taken

    def close(self) -> None:
        """Free the cursor; safe to call twice."""
        self.rows = []
        if not self.complete:
            self._transaction.close(self)


class Transaction:
    """The transaction state of one connection. ``open`` means that changes may be uncommitted."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.open = False
        self._begin = "BEGIN"
        self._session_begin = "BEGIN"
        self._savepoints: list[str] = []
        self._cursors: set[Cursor] = set()
        self._numbers = 0
        self._ends = 0  # transactions that have ended: savepoints of an earlier one are gone

    # --- statements -------------------------------------------------------------------------------

    @contextmanager
    def statement(self) -> Iterator[None]:
        """Run the body as one statement: all of it, or nothing, and what was before it stays."""
        if self.open:
            with self.savepoint():
                yield
            return
        self.begin()
        try:
            yield
        except BaseException:
            self._end("ROLLBACK")
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo the body when it raises, and nothing else. Only in an open transaction."""
        self.connection.execute("SAVEPOINT statement")
        try:
            yield
        except BaseException:
            if not self.connection.closed:
                self.connection.execute("ROLLBACK TO SAVEPOINT statement")
                self.connection.execute("RELEASE SAVEPOINT statement")
            raise
        self.connection.execute("RELEASE SAVEPOINT statement")

    def begin(self) -> None:
        """Open the transaction (no effect when it is open)."""
        if not self.open:
            self.connection.execute(self._begin)
            self.open = True

    def commit(self) -> None:
        """Commit. Open cursors keep their rows."""
        if self.open:
            self._end("COMMIT")

    def rollback(self) -> None:
        """Roll back. Open cursors keep the rows they had not delivered yet."""
        if self.open:
            self._drain()
            self._end("ROLLBACK")

    def _end(self, command: str) -> None:
        try:
            self.connection.execute(command)
        finally:
            self.open = False
            self._ends += 1
            self._begin = self._session_begin
            self._savepoints.clear()
            for cursor in self._cursors:
                cursor.held = True

    # --- savepoints and isolation -------------------------------------------------------------------

    def mark(self) -> Callable[[], None]:
        """Return the function that undoes what comes now, but nothing that a COMMIT in it has kept."""
        ends = self._ends
        was_open = self.open
        if was_open:
            self.connection.execute("SAVEPOINT block")

        def undo() -> None:
            if not self.open or self.connection.closed:
                return
            if was_open and ends == self._ends:
                self.connection.execute("ROLLBACK TO SAVEPOINT block")
            else:
                self.rollback()

        return undo

    def set_savepoint(self, name: str) -> None:
        """SAVEPOINT: one of the same name moves."""
        self.begin()
        self._numbers += 1
        self.connection.execute(f"SAVEPOINT u{self._numbers}")
        self._savepoints = [entry for entry in self._savepoints if entry.partition("=")[0] != name]
        self._savepoints.append(f"{name}=u{self._numbers}")

    def rollback_to(self, name: str) -> None:
        """ROLLBACK TO SAVEPOINT; raises ORA-01086 for an unknown one. Later savepoints are gone."""
        for index, entry in enumerate(self._savepoints):
            known, _, physical = entry.partition("=")
            if known == name:
                self._drain()
                self.connection.execute(f"ROLLBACK TO SAVEPOINT {physical}")
                del self._savepoints[index + 1 :]
                return
        raise OracleError(1086, name)

    def set_isolation(self, *, serializable: bool, read_only: bool = False) -> None:
        """SET TRANSACTION: must be the first of its transaction (ORA-01453).

        Oracle's SERIALIZABLE is a snapshot, PostgreSQL's REPEATABLE READ: the same anomalies.
        """
        if self.open:
            raise OracleError(1453)
        level = " ISOLATION LEVEL REPEATABLE READ" if serializable or read_only else ""
        self._begin = f"BEGIN{level}{' READ ONLY' if read_only else ''}"
        self.begin()

    def set_session_isolation(self, *, serializable: bool) -> None:
        """ALTER SESSION SET ISOLATION_LEVEL: for the transactions that follow."""
        self._session_begin = "BEGIN ISOLATION LEVEL REPEATABLE READ" if serializable else "BEGIN"
        if not self.open:
            self._begin = self._session_begin

    # --- cursors --------------------------------------------------------------------------------------

    def query(self, text: str, parameters: Sequence[Any], batch: int = BATCH_ROWS) -> Cursor:
        """Open a query and fetch its first ``batch`` rows.

        In a transaction the cursor streams. Outside, PostgreSQL keeps the whole result (on disk beyond
        work_mem) and the transaction ends, so that no reader ever holds up a DDL.
        """
        self._numbers += 1
        cursor = Cursor(self, f"q{self._numbers}", batch)
        declare = f"DECLARE {cursor.name} NO SCROLL CURSOR WITH HOLD FOR {text}"
        mark = "SAVEPOINT query" if self.open else "BEGIN"
        self.connection.execute(mark)
        try:
            self.connection.execute(declare, parameters)
            cursor.rows = self._forward(cursor, batch)
            cursor.complete = len(cursor.rows) < batch
            if self.open:
                if cursor.complete:  # going back gives back the locks of reading
                    self.connection.execute("ROLLBACK TO SAVEPOINT query")
                self.connection.execute("RELEASE SAVEPOINT query")
            else:
                self.connection.execute("ROLLBACK" if cursor.complete else "COMMIT")
                cursor.held = True
        except BaseException:
            self._undo_query()
            raise
        if not cursor.complete:
            self._cursors.add(cursor)
        return cursor

    def fetch(self, cursor: Cursor, count: int) -> list[tuple[Any, ...]]:
        """Fetch the next rows of a cursor, and close it at its end."""
        if not self.open:
            rows = self._forward(cursor, count)
        else:
            with self.savepoint():
                rows = self._forward(cursor, count)
        if len(rows) < count:
            self.close(cursor)
        return rows

    def close(self, cursor: Cursor) -> None:
        """Close a cursor in PostgreSQL."""
        cursor.complete = True
        if cursor in self._cursors:
            self._cursors.discard(cursor)
            if not self.connection.closed:
                self.connection.execute(f"CLOSE {cursor.name}")

    def _forward(self, cursor: Cursor, count: int) -> list[tuple[Any, ...]]:
        return self.connection.execute(f"FETCH FORWARD {count} FROM {cursor.name}").fetchall()

    def _undo_query(self) -> None:
        if self.connection.closed:
            return
        if self.open:
            self.connection.execute("ROLLBACK TO SAVEPOINT query")
            self.connection.execute("RELEASE SAVEPOINT query")
        elif self.connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            self.connection.execute("ROLLBACK")

    def _drain(self) -> None:
        """Bring the rest of the cursors of this transaction here, before it takes them away."""
        for cursor in [each for each in self._cursors if not each.held]:
            cursor.rows += self._forward_all(cursor)
            self.close(cursor)

    def _forward_all(self, cursor: Cursor) -> list[tuple[Any, ...]]:
        return self.connection.execute(f"FETCH ALL FROM {cursor.name}").fetchall()
