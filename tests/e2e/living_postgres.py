"""A PostgreSQL to read from, with logical decoding. It is not the embedded server's."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from dlt_oracle.embedded.engine.account import choose_account
from dlt_oracle.embedded.engine.cluster import binaries

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = "reader"
START_SECONDS = 60


@dataclass(frozen=True)
class Postgres:
    """A running server. ``has_wal2json``: whether changes can be read from its log."""

    port: int
    password: str = field(repr=False)
    has_wal2json: bool

    @property
    def config(self) -> dict[str, Any]:
        """What pipelinewise-tap-postgres needs."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "user": USER,
            "password": self.password,
            "dbname": "postgres",
            "filter_schemas": "shop",
            "logical_poll_total_seconds": 3,  # else it waits three hours for the next change
        }

    def execute(self, *statements: str) -> None:
        """Run SQL, each statement by itself."""
        account = {"user": USER, "password": self.password}
        with psycopg.connect(
            host="127.0.0.1", port=self.port, dbname="postgres", autocommit=True, **account
        ) as connection:
            for statement in statements:
                connection.execute(statement)


def _libraries() -> Iterator[tuple[Path, Path]]:
    """Give where the programs of a PostgreSQL are, and where a wal2json of its release may be."""
    for programs in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        yield programs, Path(os.environ.get("WAL2JSON_DIR") or programs.parent / "lib")
    yield binaries(), binaries().parent / "lib"


def _choose() -> tuple[Path, Path | None]:
    found = [(programs, library) for programs, library in _libraries() if (programs / "initdb").exists()]
    for programs, library in found:
        if (library / "wal2json.so").exists():
            return programs, library
    return binaries(), None


@contextlib.contextmanager
def running(directory: Path, port: int) -> Iterator[Postgres]:
    """Run a new server in ``directory``, on loopback; prefer one that can decode its log for the tap."""
    programs, library = _choose()
    account = choose_account([directory, programs / "postgres"])
    options: dict[str, Any] = dict(account.popen_arguments()) if account else {}
    data = Path(directory, "data")
    data.mkdir()
    password = secrets.token_hex(8)
    password_file = directory / "password"
    password_file.write_text(password, encoding="ascii")
    if account:
        shutil.chown(data, account.uid, account.gid)
        shutil.chown(password_file, account.uid, account.gid)
    initialise = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        USER,
        "--auth=scram-sha-256",
        f"--pwfile={password_file}",
    ]
    subprocess.run(initialise, check=True, stdout=subprocess.DEVNULL, cwd="/", **options)
    serve = [
        programs / "postgres",
        "-D",
        data,
        "-p",
        str(port),
        "-k",
        data,
        "-h",
        "127.0.0.1",
        "-c",
        "wal_level=logical",
    ]
    if library:
        serve += ["-c", f"dynamic_library_path={library}:$libdir"]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(serve, stderr=log, cwd="/", **options)
    server = Postgres(port, password, library is not None)
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait_for(server: Postgres, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            return server.execute()
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")
