"""An in-memory database behind a real server, driven by the real driver."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import (
    Column,
    OracleType,
    Outcome,
    SessionAttributes,
    StatementKind,
    TypeName,
    Verifier,
)
from dlt_oracle.embedded.protocol.auth import password_hash
from dlt_oracle.embedded.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PASSWORD = "Tiger#19"


@dataclass
class FakeStatement:
    sql: str
    kind: StatementKind
    binds: tuple[str, ...]
    out_binds: frozenset[int] = frozenset()


@dataclass
class FakeResult:
    columns: tuple[Column, ...]
    rows: list[Any]
    on_fetch: Callable[[], None] | None = None
    closed: bool = False

    def fetch(self, rows: int) -> list[Any]:
        if self.on_fetch is not None:
            self.on_fetch()
        taken, self.rows = self.rows[:rows], self.rows[rows:]
        return taken

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeSession:
    database: FakeDatabase
    user: str
    attributes: SessionAttributes = field(default_factory=SessionAttributes)
    in_transaction: bool = False
    pending: list[tuple[str, Any]] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)

    def prepare(self, sql: str) -> FakeStatement:
        self.database.prepared.append(sql)
        for pattern, error in self.database.refused.items():
            if re.search(pattern, sql):
                raise error
        word = re.match(r"\W*(\w+)", sql)[1].upper()
        kind = KINDS.get(word, StatementKind.DML)
        names = tuple(re.findall(r":(\w+)", sql))
        if kind is StatementKind.PLSQL:
            names = tuple(dict.fromkeys(names))
            out = frozenset(n for n, name in enumerate(names) if name.startswith("out"))
        else:
            before = len(re.findall(r":\w+", re.split(r"(?i)\breturning\b.*?\binto\b", sql)[0]))
            out = frozenset(range(before, len(names)))
        return FakeStatement(sql, kind, names, out)

    def describe(self, statement: FakeStatement, bind_types: Sequence[OracleType]) -> tuple[Column, ...]:
        return self._find(statement, bind_types, ()).columns

    def query(self, statement: FakeStatement, bind_types: Sequence[OracleType], row: Any) -> FakeResult:
        result = self._find(statement, bind_types, row)
        self.database.results.append(result)
        return result

    def _find(self, statement: FakeStatement, bind_types: Sequence[OracleType], row: Any) -> FakeResult:
        made = self.database.queries[statement.sql]
        columns, rows = made(self, bind_types, row) if callable(made) else made
        return FakeResult(tuple(columns), list(rows), self.database.on_fetch)

    def execute(
        self,
        statement: FakeStatement,
        bind_types: Sequence[OracleType],
        rows: Any,
        *,
        batch_errors: bool = False,
    ) -> Outcome:
        self.database.executed.append((statement.sql, tuple(bind_types), list(rows)))
        action = self.database.actions.get(statement.sql)
        if action is not None:
            outcome = action(self, bind_types, rows, batch_errors)
        else:
            outcome = Outcome(row_count=len(rows) if statement.kind is StatementKind.DML else 0)
        if statement.kind is StatementKind.DML:
            self.in_transaction = True
            self.pending += [(statement.sql, row) for row in rows]
        return outcome

    def commit(self) -> None:
        self.database.committed += self.pending
        self.rollback()

    def rollback(self) -> None:
        self.pending = []
        self.in_transaction = False

    def cancel(self) -> None:
        self.cancelled.set()

    def wait_to_be_cancelled(self) -> None:
        if not self.cancelled.wait(20):
            raise AssertionError("nobody cancelled the call")
        self.cancelled.clear()
        raise OracleError(1013)

    def close(self) -> None:
        self.rollback()
        self.closed.set()


KINDS = {
    "SELECT": StatementKind.QUERY,
    "WITH": StatementKind.QUERY,
    "BEGIN": StatementKind.PLSQL,
    "DECLARE": StatementKind.PLSQL,
    "CREATE": StatementKind.DDL,
    "DROP": StatementKind.DDL,
    "ALTER": StatementKind.CONTROL,
    "LOCK": StatementKind.CONTROL,
}


@dataclass
class FakeDatabase:
    """Queries answer from ``queries`` (rows, or a function that makes them); the rest is recorded."""

    version: str = "19c"
    max_string_bytes: int = 4000
    service_names: frozenset[str] = frozenset({"FREEPDB1", "ORCL"})
    queries: dict[str, Any] = field(default_factory=dict)
    actions: dict[str, Callable[..., Outcome]] = field(default_factory=dict)
    refused: dict[str, OracleError] = field(default_factory=dict)
    on_fetch: Callable[[], None] | None = None
    prepared: list[str] = field(default_factory=list)
    executed: list[tuple[str, Any, Any]] = field(default_factory=list)
    committed: list[tuple[str, Any]] = field(default_factory=list)
    sessions: list[FakeSession] = field(default_factory=list)
    results: list[FakeResult] = field(default_factory=list)

    def verifier(self, username: str) -> Verifier | None:
        salt = bytes(range(16))
        known = username in ("SCOTT", "LOCKEDOUT")
        return Verifier(salt, password_hash(PASSWORD.encode(), salt)) if known else None

    def open_session(self, username: str) -> FakeSession:
        if username == "LOCKEDOUT":
            raise OracleError(1045, username)
        session = FakeSession(self, username)
        self.sessions.append(session)
        return session

    @property
    def rows(self) -> list[Any]:
        """The rows of binds of the last execution."""
        return self.executed[-1][2]

    @property
    def types(self) -> list[TypeName]:
        """The types of binds of the last execution."""
        return [bind.name for bind in self.executed[-1][1]]


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase()


@pytest.fixture
def recorded() -> list[tuple[SessionAttributes, str]]:
    return []


@pytest.fixture
def server(database: FakeDatabase, recorded: list[Any]) -> Iterator[Server]:
    with Server(database, on_statement=lambda attributes, sql: recorded.append((attributes, sql))) as server:
        yield server


@pytest.fixture
def dsn(server: Server) -> str:
    return f"127.0.0.1:{server.port}/FREEPDB1"


@pytest.fixture
def connect(dsn: str) -> Iterator[Callable[..., oracledb.Connection]]:
    opened: list[oracledb.Connection] = []

    def open_connection(**options: Any) -> oracledb.Connection:
        options = {"user": "scott", "password": PASSWORD, "dsn": dsn} | options
        opened.append(oracledb.connect(**options))
        return opened[-1]

    yield open_connection
    for connection in opened:
        if connection.is_healthy():
            connection.close()


@pytest.fixture
def connection(connect: Callable[..., oracledb.Connection]) -> oracledb.Connection:
    return connect()


@pytest.fixture
def cursor(connection: oracledb.Connection) -> oracledb.Cursor:
    return connection.cursor()


@pytest.fixture
def column() -> Callable[..., Column]:
    """A function that makes columns: ``column("ID", TypeName.NUMBER, precision=9, scale=0)``."""

    def make(name: str, type_name: TypeName, *, nullable: bool = True, **lengths: Any) -> Column:
        return Column(name, OracleType(type_name, **lengths), nullable)

    return make
