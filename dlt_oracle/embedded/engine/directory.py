"""A data directory: who runs in it, who uses it, and how to reach the server.

::

    DIR/
      server.lock      held by the server process for as long as it runs
      clients.lock     held shared by everyone who uses a server that was started for them
      start.lock       held while somebody looks for a server or starts one
      .gitignore       all of it: somebody's data and passwords, in the middle of their project
      endpoint.json    where the server listens, and the users made for this directory; mode 0600
      server.log       what the server process had to say
      postgresql.log, pg/   the PostgreSQL cluster

The locks are flock(2): the kernel drops them with the process, however it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_POLL_SECONDS = 0.05
OWN_SECONDS = 1.0  # somebody who only asks whether a server runs holds the lock for a moment


class DirectoryError(RuntimeError):
    """The data directory cannot be used; the text says why."""


@dataclass(frozen=True)
class Endpoint:
    """How to connect: address, service, and one user with its password (never printed)."""

    host: str
    port: int
    service_name: str
    username: str
    password: str = field(repr=False)

    @property
    def dsn(self) -> str:
        """The easy connect string."""
        return f"{self.host}:{self.port}/{self.service_name}"


@dataclass(frozen=True)
class EndpointRecord:
    """What ``endpoint.json`` holds. ``passwords`` are those of the users the server made itself."""

    host: str
    port: int
    service_name: str
    version: str
    pid: int
    passwords: dict[str, str] = field(repr=False)

    def endpoint(self, username: str) -> Endpoint:
        """Return how ``username`` connects. Raises KeyError for a user the server did not make."""
        return Endpoint(self.host, self.port, self.service_name, username, self.passwords[username])


class DataDirectory:
    """The files of one data directory; makes it when it is missing."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser().resolve()
        try:
            # Others may pass through, which PostgreSQL's own account has to, and see nothing.
            self.path.mkdir(mode=0o711, parents=True, exist_ok=True)
            (self.path / "start.lock").touch(mode=0o600)
            if not (ignored := self.path / ".gitignore").exists():
                ignored.write_text("*\n", encoding="utf-8")
        except OSError as error:
            raise DirectoryError(
                f"the data directory {self.path} cannot be used: {error.strerror}"
            ) from error

    @classmethod
    def is_at(cls, path: str | os.PathLike[str]) -> bool:
        """Whether a server has run in the directory ``path``, which is not made."""
        return (Path(path).expanduser() / "endpoint.json").exists()

    @property
    def cluster(self) -> Path:
        """Where PostgreSQL's files are."""
        return self.path / "pg"

    @property
    def log(self) -> Path:
        """The server process's log."""
        return self.path / "server.log"

    @contextmanager
    def exclusive_start(self) -> Iterator[None]:
        """Hold the right to look for a server and to start one."""
        with _locked(self.path / "start.lock", fcntl.LOCK_EX):
            yield

    def own(self) -> int:
        """Take the server's lock and return its descriptor. Raises DirectoryError when a server runs."""
        deadline = time.monotonic() + OWN_SECONDS
        while (descriptor := self._try(fcntl.LOCK_EX)) is None:
            if time.monotonic() > deadline:
                raise DirectoryError(
                    f"a server is running in {self.path} already; "
                    f"ask it with: python -m dlt_oracle.embedded status {self.path}"
                )
            time.sleep(_POLL_SECONDS)
        return descriptor

    def is_owned(self) -> bool:
        """Whether a server process runs in this directory."""
        descriptor = self._try(fcntl.LOCK_SH)
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is None

    def _try(self, operation: int) -> int | None:
        descriptor = _open(self.path / "server.lock")
        try:
            fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def use(self) -> int:
        """Become a client: while the descriptor is open, the server stays. Waits for one that is stopping."""
        descriptor = _open(self.path / "clients.lock")
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return descriptor

    def close_to_clients(self) -> int | None:
        """Take the clients' lock alone, or return None while somebody uses the server."""
        descriptor = _open(self.path / "clients.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def write_endpoint(self, record: EndpointRecord) -> None:
        """Write ``endpoint.json`` in one step, readable by the owner only."""
        temporary = self.path / "endpoint.json.new"
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(record), file, indent=2)
        temporary.replace(self.path / "endpoint.json")

    def read_endpoint(self) -> EndpointRecord | None:
        """Return what ``endpoint.json`` says, or None when there is none. It may be of an earlier run."""
        try:
            text = (self.path / "endpoint.json").read_text(encoding="utf-8")
            return EndpointRecord(**json.loads(text))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise DirectoryError(f"{self.path / 'endpoint.json'} is not readable: {error}") from error

    def wait_until_free(self, seconds: float) -> bool:
        """Wait for the server to end; False when it still runs after ``seconds``."""
        deadline = time.monotonic() + seconds
        while self.is_owned():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True


def _open(path: Path) -> int:
    """Open a lock file. The descriptor is not inherited by programs that this process starts."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


@contextmanager
def _locked(path: Path, operation: int) -> Iterator[None]:
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, operation)
        yield
    finally:
        os.close(descriptor)
