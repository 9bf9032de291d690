"""The database under test: the embedded server, or with ORACLE_TEST_DSN a real Oracle. Same tests on both."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from judge import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dlt_oracle.embedded import EmbeddedOracle

POOR = ("CREATE SESSION", "CREATE TABLE")
"""What most users of a database own, beside a quota."""

PASSWORD = "Test_only_1"
"""Of the users that tests make by hand and connect as with ``Target.connect``."""

_STANDARD = 4000  # bytes of a VARCHAR2 at most
_numbers = itertools.count(1)


@dataclass(frozen=True)
class User:
    """A user of the database under test; ``name`` as the dictionary stores it."""

    name: str
    password: str = field(repr=False)
    host: str
    port: int
    service_name: str

    @property
    def dsn(self) -> str:
        """Easy Connect string."""
        return f"{self.host}:{self.port}/{self.service_name}"

    @property
    def url(self) -> str:
        """The user as a connection string."""
        return f"oracle://{self.name}:{self.password}@{self.dsn}"

    @property
    def credentials(self) -> dict[str, Any]:
        """The user as dlt's credentials."""
        return {
            "host": self.host,
            "port": self.port,
            "service_name": self.service_name,
            "username": self.name,
            "password": self.password,
        }


@dataclass(frozen=True)
class Target:
    """Where the tests run, and who may make users there."""

    administrator: User
    server: EmbeddedOracle | None = None  # None where it is a real database

    @property
    def dsn(self) -> str:
        """Easy Connect string."""
        return self.administrator.dsn

    @property
    def faults(self) -> Any:
        """What the embedded server can be told to do wrong; None on a real database."""
        return self.server and self.server.faults

    @contextlib.contextmanager
    def new_user(self, privileges: Sequence[str] = POOR, quota: str | None = "UNLIMITED") -> Iterator[User]:
        """Make a user for one test, and drop it with all it owns."""
        admin = self.administrator
        name, password = f"T{os.getpid()}_{next(_numbers)}", secrets.token_hex(8)
        user = User(name, password, admin.host, admin.port, admin.service_name)
        with self.connect_as_admin() as connection, connection.cursor() as cursor:
            tablespace = _default_tablespace(cursor)
            space = f' QUOTA {quota} ON "{tablespace}"' if quota else ""
            cursor.execute(f'CREATE USER "{name}" IDENTIFIED BY "{password}"{space}')
            for privilege in privileges:
                cursor.execute(f'GRANT {privilege} TO "{name}"')
        try:
            yield user
        finally:
            with self.connect_as_admin() as connection, connection.cursor() as cursor:
                cursor.execute(f'DROP USER "{name}" CASCADE')

    def connect(self, user: str, **options: Any) -> oracledb.Connection:
        """Connect as a user whose password is PASSWORD."""
        return oracledb.connect(user=user, password=PASSWORD, dsn=self.dsn, **options)

    def connect_as_admin(self) -> oracledb.Connection:
        """Connect as one who may make users."""
        admin = self.administrator
        return oracledb.connect(user=admin.name, password=admin.password, dsn=admin.dsn)


@contextlib.contextmanager
def embedded(recorder: Any, version: str = "19c", *, extended: bool = False) -> Iterator[Target]:
    """Start an embedded server whose statements ``recorder`` notes; ``extended``: MAX_STRING_SIZE."""
    from dlt_oracle.embedded import EmbeddedOracle

    with EmbeddedOracle(
        version=version,
        max_string_size="EXTENDED" if extended else "STANDARD",
        on_statement=recorder.server(version, extended=extended),
    ) as server:
        admin = User("SYSTEM", server.password("SYSTEM"), server.host, server.port, server.service_name)
        yield Target(admin, server)


def release(target: Target) -> tuple[str, bool]:
    """Return what a database is: a version as the judge calls it, and whether it has long strings."""
    with target.connect_as_admin() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT LENGTHB(RPAD('x', 32767, 'x')) FROM dual")
        (longest,) = cursor.fetchone()
        major = int(connection.version.partition(".")[0])
    return max((number, name) for name, number in VERSIONS.items() if number <= major)[1], longest > _STANDARD


def _default_tablespace(cursor: oracledb.Cursor) -> str:
    cursor.execute("SELECT default_tablespace FROM user_users")
    (name,) = cursor.fetchone()
    # An administrator's own tablespace is SYSTEM: nobody else's place.
    return "USERS" if name == "SYSTEM" else name


def real() -> Target | None:
    """Return the real Oracle that the environment names, or None."""
    dsn = os.environ.get("ORACLE_TEST_DSN")
    if not dsn:
        return None
    missing = [
        key for key in ("ORACLE_TEST_ADMIN_USER", "ORACLE_TEST_ADMIN_PASSWORD") if not os.environ.get(key)
    ]
    if missing:
        pytest.exit(
            f"ORACLE_TEST_DSN is set, {' and '.join(missing)} not: the tests make users", returncode=4
        )
    parameters = oracledb.ConnectParams()
    parameters.parse_connect_string(dsn)
    admin = User(
        os.environ["ORACLE_TEST_ADMIN_USER"],
        os.environ["ORACLE_TEST_ADMIN_PASSWORD"],
        parameters.host,
        parameters.port,
        parameters.service_name,
    )
    return Target(admin)
