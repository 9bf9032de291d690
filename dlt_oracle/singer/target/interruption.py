"""SIGTERM and Ctrl-C: once means "finish the package at hand", twice means "now"."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

    from typing_extensions import Self

EXIT_OF_SIGNAL = 128
_STDERR = 2
_HANDLED = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """While entered: the first signal calls ``finish``; the second, or ``grace`` seconds, end the process.

    Ending at once is safe: what is not committed is not in the STATE that was printed.
    """

    def __init__(self, finish: Callable[[], None], grace: float) -> None:
        self._finish = finish
        self._grace = grace
        self._received = 0

    @property
    def exit_code(self) -> int | None:
        """130 after Ctrl-C, 143 after SIGTERM, None without a signal."""
        return EXIT_OF_SIGNAL + self._received if self._received else None

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._handle) for number in _HANDLED}
        self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._abort)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._received:
            self._abort(number, frame)
        self._received = number
        _say(
            f"{signal.Signals(number).name}: stopping. What was read is still loaded, for at most "
            f"{self._grace:g} seconds; a second signal ends at once."
        )
        # Zero would never ring.
        signal.setitimer(signal.ITIMER_REAL, max(self._grace, 0.001))
        self._finish()

    def _abort(self, _number: int, _frame: FrameType | None) -> None:
        _say("Ended at once. What the last printed STATE covers is committed.")
        # No clean-up: dlt's threads may wait for a database that does not answer.
        os._exit(EXIT_OF_SIGNAL + self._received)


def _say(text: str) -> None:
    """Write to stderr without its locks, which the code that a signal interrupts may hold."""
    with contextlib.suppress(OSError):
        os.write(_STDERR, f"target-oracle: {text}\n".encode())
