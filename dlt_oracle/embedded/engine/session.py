"""One client's session: statements in, results out; implements ``model.EngineSession``."""

from __future__ import annotations

import contextlib
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from dlt_oracle.embedded.engine import control, ddl, dml, plsql
from dlt_oracle.embedded.engine.ddl.context import DdlContext
from dlt_oracle.embedded.engine.dictionary import SessionDictionary
from dlt_oracle.embedded.engine.errors import Context, is_stale, oracle_error
from dlt_oracle.embedded.engine.results import EngineResultSet
from dlt_oracle.embedded.engine.settings import SessionSettings
from dlt_oracle.embedded.engine.statements import EngineStatement
from dlt_oracle.embedded.engine.temporary import TemporaryTables
from dlt_oracle.embedded.engine.transaction import BATCH_ROWS, LOB_BATCH_ROWS, Cursor, Transaction
from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import LOBS, LONGS, Outcome, SessionAttributes, StatementKind
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.compile import CompiledQuery, compile_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dlt_oracle.embedded.catalog.store import SchemaObject, StoredTable
    from dlt_oracle.embedded.engine.connection import Connection
    from dlt_oracle.embedded.engine.database import EngineDatabase
    from dlt_oracle.embedded.engine.privileges import Privileges
    from dlt_oracle.embedded.model import Column, OracleType, Row, Statement

T = TypeVar("T")
_WIDE = LOBS | LONGS


class EngineSession:
    """A session of ``user``. Not thread-safe, but for :meth:`cancel`."""

    def __init__(self, database: EngineDatabase, connection: Connection, user: str, sid: int) -> None:
        self.attributes = SessionAttributes()
        self.user = user
        self.sid = sid
        self.logon_time = datetime.now(timezone.utc).replace(microsecond=0, tzinfo=None)
        self.database = database
        self.cache = database.cache
        self.connection = connection
        self.transaction = Transaction(connection)
        self.temporary = TemporaryTables(connection)
        self.settings = SessionSettings(connection, user, sid, database)
        self._direct_loaded: set[int] = set()  # ORA-12838 until the transaction ends

    @property
    def in_transaction(self) -> bool:
        """True while uncommitted changes exist."""
        return self.transaction.open

    @property
    def privileges(self) -> Privileges:
        """What the user may do at the moment."""
        return self.cache.privileges(self.user)

    @property
    def dictionary(self) -> SessionDictionary:
        """A fresh view of the dictionary, which remembers what is resolved through it."""
        return SessionDictionary(self.cache, self.user, self.settings.schema)

    # --- the protocol -----------------------------------------------------------------------------

    def prepare(self, sql: str) -> EngineStatement:
        """Parse ``sql`` through the gate. Raises OracleError."""
        return EngineStatement(sql, self.cache.parse(sql))

    def describe(self, statement: Statement, bind_types: Sequence[OracleType]) -> tuple[Column, ...]:
        """Describe a query without running it."""
        compiled, _ = self._compiled_query(_own(statement), bind_types)
        return tuple(compiled.columns)

    def query(self, statement: Statement, bind_types: Sequence[OracleType], row: Row) -> EngineResultSet:
        """Run a query with one row of binds. Raises OracleError."""
        own = _own(statement)
        return self._with_retry(own, lambda: self._query(own, bind_types, row))

    def execute(
        self,
        statement: Statement,
        bind_types: Sequence[OracleType],
        rows: Sequence[Row],
        *,
        batch_errors: bool = False,
    ) -> Outcome:
        """Run anything but a query, once per row of ``rows``. Raises OracleError."""
        own = _own(statement)
        if own.kind is StatementKind.DML:
            return self._with_retry(
                own, lambda: self._execute_dml(own, bind_types, rows, batch_errors=batch_errors)
            )
        if own.kind is StatementKind.DDL:
            return Outcome(self.execute_ddl(own.tree))
        if own.kind is StatementKind.PLSQL:
            return plsql.execute(self, own.tree, bind_types, rows)
        with self.errors():
            control.execute(self, own.tree)
        return Outcome()

    def commit(self) -> None:
        """Commit. Raises OracleError."""
        with self.errors():
            try:
                self.transaction.commit()
            finally:
                self._transaction_ended()

    def rollback(self) -> None:
        """Roll back. Raises OracleError."""
        with self.errors():
            try:
                self.transaction.rollback()
            finally:
                self._transaction_ended()

    def cancel(self) -> None:
        """Interrupt the running statement (ORA-01013 in it). Callable from another thread."""
        with contextlib.suppress(psycopg.Error):
            self.connection.cancel_safe(timeout=5)

    def close(self) -> None:
        """Roll back and release everything. Never raises."""
        self.database.forget(self)
        with contextlib.suppress(psycopg.Error):
            self.connection.close()

    # --- inside -------------------------------------------------------------------------------------

    @contextmanager
    def errors(self, context: Context | None = None) -> Iterator[None]:
        """Turn PostgreSQL's errors into Oracle's."""
        try:
            yield
        except psycopg.Error as error:
            raise oracle_error(error, context or Context(self.cache)) from None

    def _transaction_ended(self) -> None:
        self._direct_loaded.clear()
        self.temporary.transaction_ended()

    def _with_retry(self, statement: EngineStatement, run: Callable[[], T]) -> T:
        """Run; when a DDL of another session came in between, compile anew and run once more."""
        with self.errors():
            try:
                return run()
            except psycopg.Error as error:
                if not is_stale(error) or self.connection.closed:
                    raise
                statement.keep(None, None)
                self.cache.invalidate()
            return run()

    def _compiled(
        self,
        statement: EngineStatement,
        bind_types: Sequence[OracleType],
        compile_it: Callable[[SessionDictionary], T],
    ) -> T:
        key = (self.cache.generation, self.settings.schema, self.settings.zone_minutes, tuple(bind_types))
        compiled: T | None = statement.compiled(key)
        if compiled is None:
            compiled = compile_it(self.dictionary)
            statement.keep(key, compiled)
        return compiled

    def _compiled_query(
        self, statement: EngineStatement, bind_types: Sequence[OracleType]
    ) -> tuple[CompiledQuery, SessionDictionary]:
        select: Any = statement.tree

        def compile_it(dictionary: SessionDictionary) -> tuple[CompiledQuery, SessionDictionary]:
            return compile_query(select, dictionary, bind_types), dictionary

        return self._compiled(statement, bind_types, compile_it)

    def _query(
        self, statement: EngineStatement, bind_types: Sequence[OracleType], row: Row
    ) -> EngineResultSet:
        compiled, dictionary = self._compiled_query(statement, bind_types)
        for found in dictionary.used.values():
            self.privileges.require_on("SELECT", found)
        self._make_ready(dictionary.tables())
        if "V$SESSION" in dictionary.catalog_used:
            self.database.publish_sessions()
        self.settings.publish(self.attributes)
        parameters = dml.row_encoder(compiled.parameters, bind_types)(row)
        for_update = getattr(statement.tree, "for_update", None)
        if for_update is not None:
            cursor = self._query_for_update(compiled, parameters, for_update)
        else:
            wide = any(column.type.name in _WIDE for column in compiled.columns)
            cursor = self.transaction.query(compiled.text, parameters, LOB_BATCH_ROWS if wide else BATCH_ROWS)
        context = Context(self.cache)
        return EngineResultSet(
            tuple(compiled.columns), compiled.decoders, cursor, lambda error: oracle_error(error, context)
        )

    def _query_for_update(
        self, compiled: CompiledQuery, parameters: list[Any], for_update: ast.ForUpdate
    ) -> Cursor:
        """FOR UPDATE locks every row when it opens, so every row is read then; a transaction begins."""
        wait = for_update.wait
        with self.errors(Context(self.cache, wait_seconds=wait)), self.transaction.statement():
            if wait:
                self.connection.execute(f"SET LOCAL lock_timeout = '{wait}s'")
            rows = self.connection.execute(compiled.text, parameters).fetchall()
            if wait:
                self.connection.execute("SET LOCAL lock_timeout = 0")
        return Cursor.of_rows(self.transaction, rows)

    def _make_ready(self, tables: Sequence[SchemaObject]) -> None:
        """Refuse what a direct-path load has closed (ORA-12838); make private copies of temporary tables."""
        for found in tables:
            if found.object_id in self._direct_loaded:
                raise OracleError(12838)
            if found.temporary:
                self.temporary.prepare(self.cache.table(found))

    def _execute_dml(
        self,
        statement: EngineStatement,
        bind_types: Sequence[OracleType],
        rows: Sequence[Row],
        *,
        batch_errors: bool,
    ) -> Outcome:
        plan = self._compiled(
            statement,
            bind_types,
            lambda dictionary: dml.compile_plan(
                statement, dictionary, bind_types, self.settings.zone_minutes
            ),
        )
        dml.require_rights(plan, self.privileges)
        self._make_ready(plan.tables)
        targets = [self.cache.table(found) for found, _ in plan.targets if found.type == "TABLE"]
        for target in targets:
            if plan.inserts:
                self.cache.make_segment(target)
            if target.object.temporary:
                self.temporary.wrote(target)
        self.settings.publish(self.attributes)
        target_object = plan.targets[0][0] if plan.targets else None
        with self.errors(Context(self.cache, plan.action, target_object)):
            runner = dml.DmlRunner(plan, self.transaction, self.cache)
            outcome = runner.run(rows, batch_errors=batch_errors)
            if plan.direct_path and outcome.row_count:
                self._lock_direct_path(targets)
        return outcome

    def _lock_direct_path(self, targets: Sequence[StoredTable]) -> None:
        """Close the tables of a direct-path insert: to changes by others, and to this transaction wholly."""
        for target in targets:
            if not self.cache.has_foreign_keys(target.object.object_id):
                self.connection.execute(f"LOCK TABLE {target.sql} IN EXCLUSIVE MODE")
                self._direct_loaded.add(target.object.object_id)

    def ddl_context(self) -> DdlContext:
        """Return what a DDL statement works with."""
        return DdlContext(
            self.connection,
            self.cache,
            self.user,
            self.settings.schema,
            self.temporary,
            self.database.temporary_in_use,
            self.settings.ddl_lock_seconds,
            self.settings.char_semantics,
        )

    def execute_ddl(self, tree: Any) -> int:
        """Run a DDL statement in a transaction of its own, and return its row count.

        Even one that fails has committed what was open before it.
        """
        self.commit()
        context = self.ddl_context()
        if isinstance(tree, ast.DropUser):
            self.database.wait_until_gone(tree.name.text)
        with self.errors():
            try:
                with self.transaction.statement():
                    context.limit_waiting()
                    count = ddl.execute(context, tree)
                self.transaction.commit()
            finally:
                self.cache.invalidate()
                self._transaction_ended()
        return count


def _own(statement: Statement) -> EngineStatement:
    if not isinstance(statement, EngineStatement):
        raise TypeError("a statement is run by the session that prepared it")
    return statement
