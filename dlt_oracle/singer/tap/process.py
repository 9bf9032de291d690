"""A tap's process: started apart from ours, read without blocking for good, ended with all its children."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
import weakref
from typing import TYPE_CHECKING

from dlt_oracle.singer.blocks import BLOCK_BYTES, FEW_BYTES, GATHER_SECONDS
from dlt_oracle.singer.errors import SingerConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType

    from dlt_oracle.singer.tap.log import TapLog

_POLL_SECONDS = 0.02
# What configures this process (the destination's password with it) is none of the tap's business.
_OURS = ("DESTINATION__", "SOURCES__", "CREDENTIALS")


class TapProcess:
    """A program in a session of its own.

    Its own session, because Ctrl-C and a container's stop go to a whole group: the tap would end in the
    middle of a table, and many exit with 0 then. ``log`` gets its standard error. ``env`` is added to this
    process's environment. Raises SingerConfigurationError when the program cannot be started.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log: TapLog,
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
    ) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the tap that the user named, no shell
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env=_environment(env or {}),
                cwd=cwd,
            )
        except OSError as error:
            raise SingerConfigurationError(f"{argv[0]} cannot be started: {error}") from error
        self._pipes = [pipe for pipe in (self._process.stdout, self._process.stderr) if pipe is not None]
        stdout, stderr = self._pipes
        self._stdout = stdout.fileno()
        os.set_blocking(self._stdout, False)
        self._came = 0  # bytes, last time
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self._log_reader = threading.Thread(target=log.read, args=(stderr,), daemon=True)
        self._log_reader.start()
        # Whatever happens to whoever reads: no tap stays behind.
        self._kill_at_last = weakref.finalize(self, _signal_group, self._process.pid, signal.SIGKILL)

    def read(self, timeout: float) -> bytes | None:
        """Return what was printed, ``b""`` at the end; None when nothing came for ``timeout`` seconds."""
        if not self._selector.select(timeout):
            return None
        if self._came < FEW_BYTES:
            time.sleep(GATHER_SECONDS)
        try:
            chunk = os.read(self._stdout, BLOCK_BYTES)
        except BlockingIOError:
            return None
        self._came = len(chunk)
        return chunk

    @property
    def exit_code(self) -> int | None:
        """What the program returned, negative for a signal; None while it runs."""
        return self._process.poll()

    def wait(self, timeout: float) -> int | None:
        """Wait up to ``timeout`` seconds for the end; return the exit code, None if it still runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        return self.exit_code

    def end(self, grace: float) -> None:
        """End the program and every child it has left behind: SIGTERM, after ``grace`` seconds SIGKILL."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not _signal_group(self._process.pid, number):
                break
            _wait_until_gone(self._process, grace)
        self._process.wait()
        self._kill_at_last.detach()
        self._selector.close()
        stdout, stderr = self._pipes
        stdout.close()
        # A process that has left the group may still hold the other pipe: then its reader keeps it, too.
        self._log_reader.join(grace)
        if not self._log_reader.is_alive():
            stderr.close()


def _environment(added: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, **added}


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to all of a group; return whether there was anybody left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of processes that wait to be reaped
        return False
    return True


def _wait_until_gone(process: subprocess.Popen[bytes], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        process.poll()  # reaps it: a zombie still counts as a member of its group
        if not _signal_group(process.pid, 0):
            return
        time.sleep(_POLL_SECONDS)


_guards = 0  # how many runs of taps rely on the handler


@contextlib.contextmanager
def terminated_gracefully() -> Iterator[None]:
    """Make SIGTERM end this process the way Ctrl-C does, so that the tap and its files go with it.

    Only where nobody else has decided what SIGTERM does, and only in the main thread, where handlers live.
    """
    global _guards  # noqa: PLW0603 - a process has one handler
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGTERM) not in {signal.SIG_DFL, _exit}:
        yield
        return
    _guards += 1
    signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        _guards -= 1
        if not _guards and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
