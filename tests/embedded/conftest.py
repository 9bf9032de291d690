"""Fresh users on the database under test, and what its tests ask again and again."""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from target import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target import Target

_numbers = itertools.count(1)


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
        identified = f'IDENTIFIED BY "{PASSWORD}"' if password else "NO AUTHENTICATION"
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
