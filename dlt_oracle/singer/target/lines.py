"""Read lines of a pipe ahead, in a thread of its own, and no further than a stated number of bytes."""

from __future__ import annotations

import itertools
import math
import os
import select
import threading
import time
from collections import deque

from dlt_oracle.singer.errors import MalformedLine, TruncatedLine
from dlt_oracle.singer.feed import LINE_LIMIT_BYTES, is_whole

READ_BYTES = 1 << 20
AHEAD_BYTES = 16 << 20
"""What is read ahead while a package is loaded: the tap goes on working."""


class LineReader:
    """The lines of a file descriptor, which stays the caller's.

    Made in one thread and used there. :meth:`interrupt` may be called from a signal handler.
    """

    def __init__(
        self, descriptor: int, ahead_bytes: int = AHEAD_BYTES, line_limit: int = LINE_LIMIT_BYTES
    ) -> None:
        self._descriptor = descriptor
        self._ahead_bytes = ahead_bytes
        self._line_limit = line_limit
        self._blocks: deque[bytes] = deque()
        self._held_bytes = 0
        self._ended = False
        self._failure: OSError | None = None
        self._changed = threading.Condition()
        self._lines: list[bytes] = []
        self._rest: list[bytes] = []
        self._rest_bytes = 0
        self._woken, self._wake = os.pipe()
        self.interrupted = False
        self._thread = threading.Thread(target=self._read, name="singer-reader", daemon=True)
        self._thread.start()

    def wait(self, deadline: float = math.inf) -> bool:
        """Wait for a line; False at the end, or when ``deadline`` (of ``time.monotonic()``) brings none.

        Raises OSError if reading fails, MalformedLine for a line that has no end.
        """
        while not self._lines and not self.interrupted:
            block = self._next_block(deadline)
            if block is None:
                return False
            self._split(block)
        return not self.interrupted

    def take(self, rows: int, size: int, deadline: float = math.inf) -> list[bytes]:
        """Return lines without their newlines: those that are there, or none where ``wait`` returns False.

        They are at most ``rows``, and end with the one that makes ``size`` bytes. The last of all may lack
        its newline if it is a whole message.
        """
        if not self.wait(deadline):
            return []
        if sum(map(len, self._lines)) > size:
            sums = itertools.accumulate(map(len, self._lines))
            rows = min(rows, next(number for number, bytes_ in enumerate(sums, 1) if bytes_ >= size))
        taken, self._lines = self._lines[:rows], self._lines[rows:]
        return taken

    def check_end(self) -> None:
        """Raise TruncatedLine if the input has ended within a line."""
        ended = self._ended and not self._blocks and not self._lines and not self.interrupted
        if ended and b"".join(self._rest).strip() and not self._rest_is_whole():
            raise TruncatedLine(
                "stdin ends within a line: the tap died, or was killed, while it wrote. What came before is "
                "loaded up to its last STATE; start the tap again from there"
            )

    def interrupt(self) -> None:
        """End now: what was read ahead is dropped."""
        # The thread sees the pipe and wakes the caller: in a signal handler no lock may be asked for.
        self.interrupted = True
        os.write(self._wake, b"\0")

    def close(self) -> None:
        """Stop the thread and free everything."""
        self.interrupt()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()
        os.close(self._woken)
        os.close(self._wake)

    def _next_block(self, deadline: float) -> bytes | None:
        with self._changed:
            while not (self._blocks or self._ended or self.interrupted):
                if not self._changed.wait(_seconds_until(deadline)):
                    return None
            if self.interrupted:
                return None
            if self._blocks:
                block = self._blocks.popleft()
                self._held_bytes -= len(block)
                self._changed.notify_all()
                return block
            if self._failure is not None:
                raise self._failure
        return b"\n" if self._rest_is_whole() else None

    def _split(self, block: bytes) -> None:
        """Keep the lines that end in ``block``, and the beginning of the one that does not."""
        first, *others = block.split(b"\n")
        self._rest.append(first)
        self._rest_bytes += len(first)
        if others:
            rest = others.pop()
            self._lines = [b"".join(self._rest), *others]
            self._rest = [rest] if rest else []
            self._rest_bytes = len(rest)
        if self._rest_bytes > self._line_limit:
            raise MalformedLine(f"stdin has a line of more than {self._line_limit:,} bytes")

    def _rest_is_whole(self) -> bool:
        return is_whole(b"".join(self._rest))

    def _read(self) -> None:
        try:
            while block := self._read_block():
                with self._changed:
                    self._blocks.append(block)
                    self._held_bytes += len(block)
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._held_bytes < self._ahead_bytes or self.interrupted)
        except OSError as error:
            self._failure = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _read_block(self) -> bytes:
        readable, _, _ = select.select([self._descriptor, self._woken], [], [])
        return b"" if self._woken in readable else os.read(self._descriptor, READ_BYTES)


def _seconds_until(deadline: float) -> float | None:
    return None if deadline == math.inf else max(0.0, deadline - time.monotonic())
