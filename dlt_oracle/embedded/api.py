"""The stand-in in this process: start it, connect with any Oracle driver, stop it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dlt_oracle.embedded.engine.cluster import Cluster
from dlt_oracle.embedded.engine.database import EngineDatabase
from dlt_oracle.embedded.engine.directory import DataDirectory, EndpointRecord
from dlt_oracle.embedded.engine.passwords import generate_password
from dlt_oracle.embedded.server import Server
from dlt_oracle.embedded.session.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from dlt_oracle.embedded.model import SessionAttributes

HOST = "127.0.0.1"
ADMIN_USER = "SYSTEM"
DEMO_USER = "LOADER"
POOR_USER_PRIVILEGES = ("CREATE SESSION", "CREATE TABLE")


class EmbeddedOracle:
    """An Oracle stand-in, listening on 127.0.0.1.

    ``data_dir`` keeps the data, like a DuckDB file; None is a temporary directory that :meth:`stop` removes.
    ``version`` is ``19c``, ``21c`` or ``23ai``, ``max_string_size`` STANDARD (4,000 bytes) or EXTENDED
    (32,767).
    ``port`` 0 takes a free one. ``conninfo`` gives a running PostgreSQL to use instead of an own cluster: a
    database where schemas ``ora``, ``dict``, ``data`` and ``sys`` are free.
    ``on_statement`` is called with the client's session attributes and the text of every statement;
    :attr:`faults` (given, or an empty set of them) makes the listener misbehave on demand.

    There are two users with passwords of their own in every directory: SYSTEM (a DBA), and LOADER, which
    may do what most loading users may: CREATE SESSION, CREATE TABLE, and a quota on USERS.

    >>> with EmbeddedOracle() as server:                                            # doctest: +SKIP
    ...     oracledb.connect(user="LOADER", password=server.password("LOADER"), dsn=server.dsn)
    """

    def __init__(
        self,
        data_dir: str | os.PathLike[str] | None = None,
        *,
        version: str = "19c",
        max_string_size: str = "STANDARD",
        service_name: str = "FREEPDB1",
        port: int = 0,
        conninfo: str | None = None,
        on_statement: Callable[[SessionAttributes, str], None] | None = None,
        faults: Faults | None = None,
    ) -> None:
        self._data_dir = data_dir
        self._version = version
        self._max_string_size = max_string_size
        self._service_name = service_name.upper()
        self._wanted_port = port
        self._conninfo = conninfo
        self._on_statement = on_statement
        self.faults = faults or Faults()
        self._temporary: Path | None = None
        self._directory: DataDirectory | None = None
        self._lock: int | None = None
        self._cluster: Cluster | None = None
        self._database: EngineDatabase | None = None
        self._server: Server | None = None
        self._passwords: dict[str, str] = {}

    # --- life ---------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Start the cluster and listen.

        Raises DirectoryError, ClusterError or OSError; nothing is left then.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self) -> None:
        if self._data_dir is None:
            self._temporary = Path(tempfile.mkdtemp(prefix="dlt-oracle-data-"))
            self._temporary.chmod(0o711)  # PostgreSQL's own account passes through
        directory = self._directory = DataDirectory(self._data_dir or self._temporary or ".")
        self._lock = directory.own()
        conninfo = self._conninfo
        if conninfo is None:
            self._cluster = Cluster(directory.cluster)
            self._cluster.start()
            conninfo = self._cluster.conninfo
        database = self._database = EngineDatabase(
            conninfo, self._version, self._max_string_size, self._service_name
        )
        self._make_users(directory)
        self._server = Server(
            database,
            host=HOST,
            port=self._wanted_port,
            faults=self.faults,
            on_statement=self._on_statement,
        )
        self._server.start()
        directory.write_endpoint(
            EndpointRecord(
                HOST, self.port, self._service_name, self._version, os.getpid(), dict(self._passwords)
            )
        )

    def stop(self) -> None:
        """Stop listening, end every session, stop the cluster; safe to call twice."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()
        database, self._database = self._database, None
        if database is not None:
            database.close()
        cluster, self._cluster = self._cluster, None
        if cluster is not None:
            cluster.stop()
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)
        temporary, self._temporary = self._temporary, None
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.stop()

    # --- how to reach it ------------------------------------------------------------------------------

    @property
    def host(self) -> str:
        """Always 127.0.0.1."""
        return HOST

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._running().port)

    @property
    def service_name(self) -> str:
        """The service's name, upper case."""
        return self._service_name

    @property
    def dsn(self) -> str:
        """The easy connect string, ``127.0.0.1:port/SERVICE``."""
        return f"{HOST}:{self.port}/{self._service_name}"

    @property
    def data_dir(self) -> Path:
        """The data directory."""
        if self._directory is None:
            raise RuntimeError("the server is not running")
        return self._directory.path

    @property
    def database(self) -> EngineDatabase:
        """The engine's side, for tests that look inside."""
        if self._database is None:
            raise RuntimeError("the server is not running")
        return self._database

    def password(self, username: str) -> str:
        """Return the password of a user made by the server or by :meth:`create_user`. Raises KeyError."""
        return self._passwords[username]

    # --- users ------------------------------------------------------------------------------------------

    def create_user(
        self,
        name: str,
        password: str | None = None,
        privileges: Sequence[str] = POOR_USER_PRIVILEGES,
        quota: str | None = "UNLIMITED",
    ) -> str:
        """Create a user and return its password (a generated one by default).

        ``name`` is as the dictionary is to store it; ``quota`` is Oracle's size clause on USERS (``10M``,
        ``UNLIMITED``), or None for none. Raises OracleError.
        """
        password = password or generate_password()
        quota_clause = f" QUOTA {quota} ON USERS" if quota else ""
        self.execute_as_admin(f'CREATE USER "{name}" IDENTIFIED BY "{password}"{quota_clause}')
        if privileges:
            self.execute_as_admin(f'GRANT {", ".join(privileges)} TO "{name}"')
        self._passwords[name] = password
        return password

    def execute_as_admin(self, *statements: str) -> None:
        """Run statements as SYSTEM, without a connection. Raises OracleError."""
        session = self.database.open_session(ADMIN_USER)
        try:
            for statement in statements:
                session.execute(session.prepare(statement), (), ((),))
            session.commit()
        finally:
            session.close()

    def _make_users(self, directory: DataDirectory) -> None:
        """See that SYSTEM and LOADER exist with the passwords the endpoint file has (or new ones)."""
        record = directory.read_endpoint()
        self._passwords = dict(record.passwords) if record is not None and not self.database.is_new else {}
        for name in (ADMIN_USER, DEMO_USER):
            if name not in self._passwords:
                self._passwords[name] = generate_password()
                if self.database.cache.account(name) is None:
                    self.create_user(name, self._passwords[name])
                self.database.set_password(name, self._passwords[name])

    def _running(self) -> Server:
        if self._server is None:
            raise RuntimeError("the server is not running")
        return self._server
