"""One server for all tests, and fresh users on it; or a real Oracle Database, by three variables.

``ORACLE_TEST_DSN``, ``ORACLE_TEST_ADMIN_USER`` and ``ORACLE_TEST_ADMIN_PASSWORD`` name a database on
which users may be created; without them the embedded server is started.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dlt_oracle.embedded.api import EmbeddedOracle

_DSN = "ORACLE_TEST_DSN"
_PASSWORD = "Test_only_1"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Target:
    """Where the end-to-end tests run. ``server`` is None on a real database."""

    dsn: str
    admin_user: str
    admin_password: str = field(repr=False)
    server: EmbeddedOracle | None = None

    def connect_as_admin(self) -> oracledb.Connection:
        return oracledb.connect(user=self.admin_user, password=self.admin_password, dsn=self.dsn)

    def connect(self, user: str, **options: Any) -> oracledb.Connection:
        return oracledb.connect(user=user, password=_PASSWORD, dsn=self.dsn, **options)


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    if _DSN in os.environ:
        user, password = (os.environ[f"ORACLE_TEST_ADMIN_{part}"] for part in ("USER", "PASSWORD"))
        yield Target(os.environ[_DSN], user, password)
        return
    from dlt_oracle.embedded.api import EmbeddedOracle

    with EmbeddedOracle() as server:
        yield Target(server.dsn, "SYSTEM", server.password("SYSTEM"), server)


@pytest.fixture(scope="session")
def make_directory() -> Iterator[Callable[[], Path]]:
    """Return the function that makes a directory which every account can pass through.

    Not pytest's own: its base belongs to one user, and is closed again by every other test run.
    """
    with contextlib.ExitStack() as stack:

        def make() -> Path:
            path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dlt-oracle-test-")))
            path.chmod(0o711)
            return path

        yield make


@pytest.fixture
def directory(make_directory: Callable[[], Path]) -> Path:
    """A directory for a server or a cluster of the test's own."""
    return make_directory()


@pytest.fixture
def make_user(target: Target) -> Iterator[Callable[..., str]]:
    """Return the function that makes a user with privileges and a quota; all are dropped afterwards."""
    made: list[str] = []

    def make(
        *privileges: str, quota: str | None = "UNLIMITED", name: str | None = None, password: bool = True
    ) -> str:
        user = name or f"TEST_{os.getpid()}_{next(_numbers)}"
        identified = f'IDENTIFIED BY "{_PASSWORD}"' if password else "NO AUTHENTICATION"
        quota_clause = f" QUOTA {quota} ON USERS" if quota else ""
        with target.connect_as_admin() as admin, admin.cursor() as cursor:
            cursor.execute(f'CREATE USER "{user}" {identified}{quota_clause}')
            made.append(user)
            for privilege in privileges or ("CREATE SESSION", "CREATE TABLE"):
                cursor.execute(f'GRANT {privilege} TO "{user}"')
        return user

    yield make
    with target.connect_as_admin() as admin, admin.cursor() as cursor:
        for user in reversed(made):
            cursor.execute(f'DROP USER "{user}" CASCADE')


@pytest.fixture
def user(make_user: Callable[..., str]) -> str:
    """A poor user: CREATE SESSION, CREATE TABLE and a quota, as most are."""
    return make_user()


@pytest.fixture
def connection(target: Target, user: str) -> Iterator[oracledb.Connection]:
    with target.connect(user) as connection:
        yield connection


@pytest.fixture
def cursor(connection: oracledb.Connection) -> Iterator[oracledb.Cursor]:
    with connection.cursor() as cursor:
        yield cursor


@pytest.fixture
def admin(target: Target) -> Iterator[oracledb.Cursor]:
    with target.connect_as_admin() as connection, connection.cursor() as cursor:
        yield cursor


@pytest.fixture
def fails() -> Callable[..., str]:
    """Return the function that runs a statement which must fail, and gives its ORA code back."""

    def fails(cursor: oracledb.Cursor, statement: str, *parameters: Any, **options: Any) -> str:
        with pytest.raises(oracledb.DatabaseError) as caught:
            cursor.execute(statement, *parameters, **options)
        return str(caught.value.args[0].full_code)

    return fails
