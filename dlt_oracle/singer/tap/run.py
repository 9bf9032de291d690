"""One run of a tap, from its start to the verdict whether it ended well."""

from __future__ import annotations

import contextlib
import logging
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt.common.runtime import signals

from dlt_oracle.singer.errors import SingerConfigurationError, TapFailed
from dlt_oracle.singer.tap.process import TapProcess, terminated_gracefully

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from os import PathLike

    from dlt_oracle.singer.tap.log import TapLog

_LOOK_SECONDS = 0.25
"""How long a signal, a time-out or the end of a process may stay unnoticed while a tap is silent."""


@dataclass(frozen=True)
class TimeLimits:
    """How long a tap may take, in seconds; None: for ever.

    ``idle_timeout``: without a byte on its standard output while somebody waits for one. ``run_timeout``:
    from start to end. ``kill_grace``: between asking it to end and killing it.
    """

    idle_timeout: float | None = None
    run_timeout: float | None = None
    kill_grace: float = 10.0

    def __post_init__(self) -> None:
        wrong = [
            f"{name}={value} has to be positive"
            for name, value in vars(self).items()
            if value is not None and value <= 0
        ]
        if wrong:
            raise SingerConfigurationError("; ".join(wrong))


class TapRun:
    """Starts ``argv`` when the first chunk is asked for. ``on_end`` is called once, however it ends."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        name: str,
        log: TapLog,
        limits: TimeLimits,
        env: Mapping[str, str] | None = None,
        cwd: str | PathLike[str] | None = None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._argv = argv
        self._name = name
        self._log = log
        self._limits = limits
        self._env = env
        self._cwd = cwd
        self._process: TapProcess | None = None
        self._problem: str | None = None  # what we did to the tap, and why
        self._at_end = contextlib.ExitStack()
        self._at_end.callback(on_end)

    def chunks(self) -> Iterator[bytes]:
        """Give what the tap prints, in pieces of at most 1 MiB. Reading slowly slows the tap down."""
        if self._problem:
            return
        process = self._start()
        started = time.monotonic()
        while chunk := self._next(process, started):
            self._log.release()
            yield chunk

    def finish(self) -> None:
        """Wait for the end and free everything. Raises TapFailed when what was printed may not be all.

        Raises dlt's SignalReceivedException when this process was told to stop: then the tap was, too, where
        a service manager signals all of a service's processes, and many taps exit with 0.
        """
        process, exit_code = self._process, None
        if process is not None:
            exit_code = process.wait(0 if self._problem else self._limits.kill_grace)
        self._end()
        signals.raise_if_signalled()
        problem = self._problem or self._verdict(exit_code)
        self._log.release(logging.DEBUG if problem else None)
        if problem:
            raise self._failure(problem, exit_code)

    def stop(self) -> None:
        """End the tap early and free everything; may be called more than once."""
        self._problem = self._problem or "was stopped before its end"
        self._end()
        self._log.release()

    def masked(self, line: bytes) -> bytes:
        """Return ``line`` without the secrets that the tap was given."""
        return self._log.mask(line.decode("utf-8", errors="replace")).encode()

    def _start(self) -> TapProcess:
        try:
            self._at_end.enter_context(terminated_gracefully())
            process = TapProcess(self._argv, self._log, env=self._env, cwd=self._cwd)
        except BaseException:
            self._at_end.close()
            raise
        self._process = process
        self._at_end.callback(process.end, self._limits.kill_grace)
        return process

    def _next(self, process: TapProcess, started: float) -> bytes:
        """Return the next chunk; nothing when there will be none, or when a limit was reached."""
        limits, asked = self._limits, time.monotonic()
        while True:
            chunk = process.read(_LOOK_SECONDS)
            now = time.monotonic()
            if limits.run_timeout is not None and now - started > limits.run_timeout:
                return self._give_up(f"did not end within {limits.run_timeout:g} seconds (run_timeout)")
            if chunk is not None:
                return chunk
            signals.raise_if_signalled()
            silent = now - asked
            if process.exit_code is not None and silent > limits.kill_grace:
                return b""  # a child that it left behind holds the pipe, and says nothing
            if limits.idle_timeout is not None and silent > limits.idle_timeout:
                return self._give_up(f"printed nothing for {limits.idle_timeout:g} seconds (idle_timeout)")

    def _give_up(self, problem: str) -> bytes:
        self._problem = f"{problem} and was stopped"
        return b""

    def _end(self) -> None:
        self._at_end.close()

    def _verdict(self, exit_code: int | None) -> str | None:
        if exit_code is None:
            return "printed its last line, but did not end, and was stopped"
        if exit_code < 0:
            return f"was killed by {_name_of(-exit_code)}"
        if exit_code > 0:
            return f"failed with exit code {exit_code}"
        if self._log.told_to_stop:
            return "was told to stop by somebody and exited with 0 in the middle of its work"
        return None

    def _failure(self, problem: str, exit_code: int | None) -> TapFailed:
        tail = self._log.tail
        words = f" Its last words:\n{tail}" if tail else " It wrote nothing to its standard error."
        return TapFailed(f"{self._name} {problem}: what it sent may not be all.{words}", exit_code)


def _name_of(number: int) -> str:
    known = {one.value: one.name for one in signal.Signals}
    return known.get(number, f"signal {number}")  # the real-time ones have no names
