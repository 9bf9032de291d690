"""dlt's SQL client: one connection, its transactions and statements."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

import oracledb
from dlt.common.destination.exceptions import DestinationTerminalException
from dlt.destinations.sql_client import SqlClientBase, raise_database_error, raise_open_connection_error
from dlt.destinations.typing import DBTransaction

from dlt_oracle.destinations import datasets, errors
from dlt_oracle.destinations.connections import ServerFacts, connect, known_facts, server_facts
from dlt_oracle.destinations.cursor import OracleCursor, PendingQuery, convert, output_type, text_columns
from dlt_oracle.destinations.layout import Place, layout_of
from dlt_oracle.destinations.oracle_types import Bind
from dlt_oracle.destinations.parameters import (
    batch_rows,
    batch_sizes,
    bindable,
    input_size,
    read_statement,
    values_of,
)
from dlt_oracle.destinations.server_version import DEFAULT, ServerVersion
from dlt_oracle.destinations.sql import catalog, names, queries
from dlt_oracle.destinations.sql.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa
    from dlt.common.destination import DestinationCapabilitiesContext
    from dlt.destinations.sql_client import TQueryTags
    from sqlglot import exp

    from dlt_oracle.destinations.arrow_plan import ArrowPlan
    from dlt_oracle.destinations.configuration import OracleClientConfiguration, OracleCredentials

# What V$SESSION holds (Database Reference 19c).
_MAX_MODULE_CHARACTERS = 48
_MAX_ACTION_CHARACTERS = 32
_MAX_CLIENT_IDENTIFIER_CHARACTERS = 64
_FETCH_ROWS = 1000
_NO_SCHEMA = "ORA-01435"
_NO_TABLE = "ORA-00942"
# SELECT or WITH, behind comments and parentheses. Anything else is run at once; a DDL runs when it is parsed.
_QUERY = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:SELECT|WITH)\b", re.IGNORECASE | re.DOTALL)
# The words of a DDL or DML, and the quoted name of what it changes: no values are in it.
_CHANGE = re.compile(r'(?!SELECT|WITH)(?:[A-Z]+\s+)+"[^"]+"(?:\."[^"]+")?')

_T = TypeVar("_T")

on_statement: Callable[[str], None] | None = None
"""Called with every SQL text just before it is sent. The tests judge those texts with a grammar."""


class BatchError(Exception):
    """An array insert failed at the row after ``rows_before`` rows; ``error`` is the driver's."""

    def __init__(self, error: oracledb.DatabaseError, rows_before: int) -> None:
        self.error = error
        self.rows_before = rows_before
        super().__init__(str(error))


class OracleSqlClient(SqlClientBase[oracledb.Connection], DBTransaction):
    """One connection, speaking dlt's SQL client contract. Where tables are is up to ``layout``."""

    dbapi: ClassVar[Any] = oracledb

    def __init__(
        self,
        dataset_name: str,
        staging_dataset_name: str,
        config: OracleClientConfiguration,
        capabilities: DestinationCapabilitiesContext,
    ) -> None:
        super().__init__(None, dataset_name, staging_dataset_name, capabilities)  # type: ignore[arg-type]
        self.config = config
        self.credentials: OracleCredentials = config.credentials
        self.layout = layout_of(config, dataset_name, staging_dataset_name, capabilities.casefold_identifier)
        self.own_tables = datasets.OwnTables()
        self._connection: oracledb.Connection | None = None
        self._in_transaction = False

    # -- connection

    @raise_open_connection_error
    def open_connection(self) -> oracledb.Connection:
        """Connect and prepare the session. Raises DestinationConnectionError."""
        self._connection = connect(self.credentials)
        try:
            self._connection.outputtypehandler = output_type
            self._apply_query_tags()
            self._execute(render(catalog.prepare_session())).close()
            self._check_user()
            self._use_schema()
        except BaseException:
            self.close_connection()
            raise
        return self._connection

    def close_connection(self) -> None:
        """Close the connection; what was not committed is rolled back."""
        connection, self._connection = self._connection, None
        self._in_transaction = False
        if connection is not None:
            try:
                connection.close()
            except oracledb.Error:
                # A connection that is lost cannot be closed: the server has rolled back already.
                return

    @property
    def native_connection(self) -> oracledb.Connection | None:  # type: ignore[override]
        """The driver's connection, or None."""
        return self._connection

    @property
    def facts(self) -> ServerFacts:
        """What is known about the server; asked once in a process."""
        self._ensure_native_conn()
        return server_facts(self.credentials, self._ask_facts)

    def _ask_facts(self) -> ServerFacts:
        with self._execute(render(catalog.server_facts())) as cursor:
            user, max_bytes, charset = cursor.fetchone()
        version = tuple(int(part) for part in self._open.version.split("."))
        return ServerFacts(version, user, int(max_bytes), charset)

    @property
    def version(self) -> ServerVersion:
        """The release whose types and SQL are meant: the setting, else the server's, else the default.

        Opens no connection.
        """
        if self.config.version is not None:
            return self.config.version
        facts = known_facts(self.credentials) if self._connection is None else self.facts
        return ServerVersion(*facts.version[:2]) if facts else DEFAULT

    def _check_user(self) -> None:
        # Tables are named OWNER.TABLE before anything is asked: a wrong owner has to be found out here.
        if self.config.takes_owner_from_user and self.facts.user != self.config.owner:
            raise DestinationTerminalException(
                f"The session belongs to the user {self.facts.user}, not to {self.config.owner}, which the "
                f'credentials name. Set schema = "{self.facts.user}" under [destination.oracle].'
            )

    def _use_schema(self) -> None:
        """Look up bare names in the schema that is the dataset."""
        place = self.place
        if place.is_whole_schema and place.owner != self.facts.user:
            try:
                self._execute(render(catalog.set_current_schema(place.owner)))
            except oracledb.DatabaseError as error:
                if errors.code_of(error) != _NO_SCHEMA:
                    raise

    @property
    def _open(self) -> oracledb.Connection:
        self._ensure_native_conn()
        return cast("oracledb.Connection", self._connection)

    def set_query_tags(self, tags: TQueryTags | None) -> None:
        """Say in V$SESSION what the session does: module ``dlt:<pipeline>``, action, load id."""
        super().set_query_tags(tags)
        if self._connection is not None:
            self._apply_query_tags()

    def _apply_query_tags(self) -> None:
        tags: Mapping[str, Any] = self._query_tags or {}
        connection = self._open
        # Sent with the next statement: no round trip of their own.
        connection.module = f"dlt:{tags.get('pipeline_name', '')}"[:_MAX_MODULE_CHARACTERS]
        connection.action = str(tags.get("table") or tags.get("operation", ""))[:_MAX_ACTION_CHARACTERS]
        connection.client_identifier = str(tags.get("load_id", ""))[:_MAX_CLIENT_IDENTIFIER_CHARACTERS]

    # -- transactions

    @contextmanager
    @raise_database_error
    def begin_transaction(self) -> Iterator[DBTransaction]:
        """Commit at the end, roll back on any exception. Outside of it, each statement commits."""
        self._ensure_native_conn()
        self._in_transaction = True
        try:
            yield self
            self.commit_transaction()
        except BaseException:
            self.rollback_transaction()
            raise

    def commit_transaction(self) -> None:
        """Commit."""
        self._in_transaction = False
        self._open.commit()

    def rollback_transaction(self) -> None:
        """Roll back. A lost connection has rolled back by itself."""
        self._in_transaction = False
        if self._connection is not None:
            try:
                self._connection.rollback()
            except oracledb.Error:
                self.close_connection()

    def _commit_statement(self) -> None:
        """Outside a transaction, commit what a statement began, if it began anything.

        The server says that in the status of each answer: a query leaves nothing, unless it locks rows or
        reads over a database link, and a DDL has committed by itself.
        """
        if not self._in_transaction and self._open.transaction_in_progress:
            self._open.commit()

    # -- statements

    @raise_database_error
    def execute_sql(self, sql: Any, *args: Any, **kwargs: Any) -> Sequence[Sequence[Any]] | None:
        """Run one statement and return its rows, or None when it returns none."""
        text, parameters = read_statement(sql, args, kwargs)
        try:
            return self._rows(self._first_known(text, lambda each: self._execute(each, parameters)))
        except oracledb.Error as error:
            raise errors.database_exception(error, _purpose(text), self.session) from error

    def _rows(self, executed: oracledb.Cursor) -> list[tuple[Any, ...]] | None:
        with executed as cursor:
            rows = None if cursor.description is None else convert(cursor.fetchall(), text_columns(cursor))
        self._commit_statement()
        return rows

    @contextmanager
    @raise_database_error
    def execute_query(self, query: Any, *args: Any, **kwargs: Any) -> Iterator[OracleCursor]:
        """Run one statement: ``%s`` or ``:1`` placeholders with ``args``, ``:name`` binds with ``kwargs``.

        Queries are parsed here and run at the first fetch, which says whether rows or Arrow are wanted.
        Raises DatabaseUndefinedRelation, DatabaseTransientException or DatabaseTerminalException.
        """
        text, parameters = read_statement(query, args, kwargs)
        with self._open.cursor() as cursor:
            # Arrow fetches have no input sizes: a datetime would be bound as DATE, without microseconds.
            if _QUERY.match(text) and not any(input_size(value) for value in values_of(parameters)):
                text = self._parse(cursor, text)
                yield OracleCursor(cursor, self._pending(cursor, text, parameters))
            else:
                self._run(cursor, text, parameters)
                yield OracleCursor(cursor)
        self._commit_statement()

    def _parse(self, cursor: oracledb.Cursor, text: str) -> str:
        """Parse a query and return its text, which may have got the tables of the dataset."""
        cursor.arraysize = _FETCH_ROWS

        def parse(text: str) -> str:
            report(text)
            cursor.parse(text)
            return text

        return self._first_known(text, parse)

    def _first_known(self, text: str, run: Callable[[str], _T]) -> _T:
        """Run a query with the tables of the dataset, else as it is; the error is that of its own text.

        Elsewhere a session finds the tables of its dataset by their bare names, and dlt's users and its
        dashboard write them so. Here the dataset is part of the name, and what has the bare name is foreign.
        """
        resolved = self._in_dataset(text)
        if resolved is not None:
            try:
                return run(resolved)
            except oracledb.DatabaseError as error:
                if errors.code_of(error) != _NO_TABLE:
                    raise
        return run(text)

    def _in_dataset(self, text: str) -> str | None:
        """Return a query with its bare names resolved; None if it has none, or is no query."""
        if not _QUERY.match(text):
            return None
        query = queries.in_dataset(text, self.table, self.capabilities.casefold_identifier)
        return None if query is None else render(query)

    def _pending(self, cursor: oracledb.Cursor, text: str, parameters: Any) -> PendingQuery:
        def fetch_arrow(plan: ArrowPlan, rows: int) -> Iterator[pa.Table]:
            import pyarrow as pa

            asked = {column.stored_name: column.conversion for column in plan.columns}
            query = render(queries.converted(text, asked)) if any(asked.values()) else text
            report(query)
            frames = self._open.fetch_df_batches(
                query, bindable(parameters), rows, requested_schema=plan.requested_schema
            )
            return (pa.table(frame) for frame in frames)

        def fetch_rows() -> None:
            described = cursor.description or []
            asked = {
                column.name: queries.at_utc if column.type_code is oracledb.DB_TYPE_TIMESTAMP_TZ else None
                for column in described
            }
            # Two columns of one name cannot be told apart in an inline view.
            wrapped = any(asked.values()) and len(asked) == len(described)
            query = render(queries.converted(text, asked)) if wrapped else text
            self._run(cursor, query, parameters)

        return PendingQuery(self.capabilities, fetch_rows, fetch_arrow)

    def execute(self, statement: exp.Expression, *values: Any) -> int:
        """Run one of this package's statements and return the rows it changed. For use in a transaction."""
        with self._execute(render(statement), list(values)) as cursor:
            return cast("int", cursor.rowcount)

    @raise_database_error
    def ask(self, query: exp.Expression, *values: Any) -> list[tuple[Any, ...]]:
        """Run one of this package's queries and return its rows."""
        return self._rows(self._execute(render(query), list(values))) or []

    def run(self, statement: exp.Expression) -> None:
        """Run one of this package's DDL statements, which commits. Raises DdlRefused if none is allowed."""
        if self.config.ddl == "verify":
            raise errors.DdlRefused([render(statement)])
        self.execute_sql(render(statement))

    def execute_batch(self, text: str, rows: pa.Table, binds: Sequence[Bind]) -> None:
        """Run an INSERT once for every row, values bound column by column. For use in a transaction.

        ``binds``: the form of each column. Raises BatchError with the position of the row that failed.
        """
        with self._open.cursor() as cursor:
            values: Any = rows
            if Bind.JSON in binds or self.config.bind_mode == "rows":
                cursor.setinputsizes(*batch_sizes(binds))
                values = batch_rows(rows, binds)
            report(text)
            try:
                cursor.executemany(text, values)
            except oracledb.DatabaseError as error:
                raise BatchError(error, rows_before=cursor.rowcount) from error

    def execute_many(
        self, statements: Sequence[str], *args: Any, **kwargs: Any
    ) -> Sequence[Sequence[Any]] | None:
        """Run statements one by one."""
        results = [self.execute_sql(statement, *args, **kwargs) for statement in statements]
        return [result for result in results if result is not None]

    def _execute(self, text: str, parameters: Any = None) -> oracledb.Cursor:
        cursor = self._open.cursor()
        try:
            self._run(cursor, text, parameters)
        except BaseException:
            cursor.close()
            raise
        return cursor

    @staticmethod
    def _run(cursor: oracledb.Cursor, text: str, parameters: Any) -> None:
        # A query's first rows, and all of a short answer, come with the answer to its execution.
        cursor.arraysize = cursor.prefetchrows = _FETCH_ROWS
        values = parameters or None
        if isinstance(values, list):
            cursor.setinputsizes(*map(input_size, values))
        elif values:
            cursor.setinputsizes(**{name: input_size(value) for name, value in values.items()})
        report(text)
        cursor.execute(text, bindable(values), fetch_lobs=False)

    # -- datasets

    @property
    def place(self) -> Place:
        """Where the tables of the current dataset are."""
        return self.layout.place(self.dataset_name)

    @property
    def owner(self) -> str:
        """The schema that owns the tables of the current dataset, as the dictionary stores its name."""
        return self.place.owner

    def has_dataset(self) -> bool:
        """Say whether the dataset exists: whether its ledger does."""
        return datasets.exists(self)

    def create_dataset(self) -> None:
        """Create the dataset's ledger, and its schema if that may be made.

        Raises DatabaseTerminalException (ORA-00955) when it exists, and datasets.SchemaMissing.
        """
        datasets.create(self)

    def drop_dataset(self) -> None:
        """Drop every table that the dataset's loads made. Raises DatabaseUndefinedRelation without one."""
        datasets.drop(self)

    def truncate_tables(self, *tables: str) -> None:
        """Empty tables. Each statement commits."""
        for name in tables:
            datasets.empty_table(self, self.table(name))

    def drop_tables(self, *tables: str) -> None:
        """Drop the tables that exist. Raises DdlRefused where `ddl` allows none."""
        datasets.drop_tables(self, map(self.table, tables))

    # -- names

    def make_qualified_table_name_path(
        self,
        table_name: str | None,
        quote: bool = True,  # noqa: FBT001, FBT002 - dlt's signature
        casefold: bool = True,  # noqa: FBT001, FBT002
        dataset_name: str | None = None,
        catalog: str | None = None,  # noqa: ARG002 - Oracle has no catalogs
    ) -> list[str]:
        """Return ``[OWNER, TABLE]``, the table with its prefix; without a table ``[OWNER]``."""
        place = self.layout.place(dataset_name or self.dataset_name)
        path = [place.owner]
        if table_name:
            full = place.prefix + table_name
            path.append(names.physical_name(full, self.capabilities.casefold_identifier, casefold=casefold))
        return [names.escape_identifier(part) for part in path] if quote else path

    def table(self, table_name: str) -> exp.Table:
        """Return the dataset's table ``table_name`` as an expression."""
        owner, name = self.make_qualified_table_name_path(table_name, quote=False)
        return names.table(owner, name)

    def column(self, column_name: str) -> str:
        """Return the stored name of a column."""
        return self.escape_column_name(column_name, quote=False)

    def fully_qualified_dataset_name(
        self,
        quote: bool = True,  # noqa: FBT001, FBT002 - dlt's signature
        staging: bool = False,  # noqa: FBT001, FBT002
        casefold: bool = True,  # noqa: FBT001, FBT002
    ) -> str:
        """Return ``OWNER.DATASET``, or ``OWNER`` where that is the dataset. For messages."""
        place = self.layout.place(self.staging_dataset_name if staging else self.dataset_name)
        dataset = self.capabilities.casefold_identifier(place.dataset) if casefold else place.dataset
        parts = [place.owner, dataset] if dataset else [place.owner]
        return ".".join(names.escape_identifier(part) for part in parts) if quote else ".".join(parts)

    def _limit_clause_sql(self, limit: int) -> tuple[str, str]:
        return "", f"FETCH FIRST {limit} ROWS ONLY"

    # -- errors

    @property
    def session(self) -> errors.Session:
        """Whose errors these are, as far as it is known without asking."""
        facts = known_facts(self.credentials)
        if facts is None:
            return errors.Session(self.credentials.username or "")
        return errors.Session(facts.user, self.owner)

    def _make_database_exception(self, ex: Exception) -> Exception:  # type: ignore[override]  # it is called on one
        return errors.database_exception(ex, session=self.session) if isinstance(ex, oracledb.Error) else ex

    @staticmethod
    def is_dbapi_exception(ex: Exception) -> bool:
        """Say whether the driver raised ``ex``."""
        return isinstance(ex, oracledb.Error)


def _purpose(text: str) -> str:
    """Return what a DDL or DML does to what, ``CREATE TABLE "LOADER"."RAW___ITEMS"``; nothing of a query."""
    match = _CHANGE.match(text)
    return " ".join(match[0].split()) if match else ""


def report(text: str) -> None:
    """Show a statement to whoever listens, just before it is sent."""
    if on_statement is not None:
        on_statement(text)
