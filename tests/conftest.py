"""What all tests share; the fixtures of each room stand in its own folder."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from target import Target, embedded, real

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["judge.plugin"]
_NEWEST = 23
_EXTENDED_BYTES = 32767


@pytest.fixture(scope="session")
def target(recorder: Any) -> Iterator[Target]:
    """The database under test: the real one that the environment names, else an embedded server."""
    if found := real():
        yield found
        return
    with embedded(recorder) as started:
        yield started


@pytest.fixture(scope="session")
def newest(recorder: Any) -> Iterator[Target]:
    """A 23ai with MAX_STRING_SIZE=EXTENDED: an embedded one, or the real one, if it is that."""
    if found := real():
        with found.connect_as_admin() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT LENGTHB(RPAD('x', 32767, 'x')) FROM dual")
            (longest,) = cursor.fetchone()
            if int(connection.version.partition(".")[0]) < _NEWEST or longest < _EXTENDED_BYTES:
                pytest.skip("the database is no 23ai with MAX_STRING_SIZE=EXTENDED")
        yield found
        return
    with embedded(recorder, "23ai", extended=True) as started:
        yield started


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def pytest_report_header() -> str:
    """Say where the tests run."""
    found = real()
    return f"database: {found.dsn if found else 'the embedded server'}"
