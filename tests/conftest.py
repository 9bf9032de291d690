"""What all tests share; the fixtures of each room stand in its own folder."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from judge.recorder import Server
from target import Target, embedded, real, release

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["judge.plugin"]


@pytest.fixture(scope="session")
def target(recorder: Any) -> Iterator[Target]:
    """The database under test: the real one that the environment names, else an embedded server."""
    if found := real():
        version, extended = release(found)
        recorder.database = Server(version, extended)
        yield found
        return
    with embedded(recorder) as started:
        yield started


@pytest.fixture(scope="session")
def newest(recorder: Any) -> Iterator[Target]:
    """A 23ai with MAX_STRING_SIZE=EXTENDED: an embedded one, or the real one, if it is that."""
    if found := real():
        if release(found) != ("23ai", True):
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
