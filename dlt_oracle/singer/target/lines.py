"""Read a pipe ahead, in a thread of its own, and no further than a stated number of bytes."""

from __future__ import annotations

import math
import os
import select
import threading
import time
from collections import deque

from dlt_oracle.singer.blocks import (
    BLOCK_BYTES,
    FEW_BYTES,
    GATHER_SECONDS,
    LINE_LIMIT_BYTES,
    Block,
    Cutter,
    is_whole,
)
from dlt_oracle.singer.errors import TruncatedLine

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
        self._cutter = Cutter("stdin", line_limit)
        self._pieces: deque[bytes] = deque()
        self._held_bytes = 0
        self._ended = False
        self._failure: OSError | None = None
        self._changed = threading.Condition()
        self._lines = b""
        self._came = 0  # bytes, last time
        self._woken, self._wake = os.pipe()
        self.interrupted = False
        self._thread = threading.Thread(target=self._read, name="singer-reader", daemon=True)
        self._thread.start()

    def wait(self, deadline: float = math.inf) -> bool:
        """Wait for a line; False at the end, or when ``deadline`` (of ``time.monotonic()``) brings none.

        Raises OSError if reading fails, MalformedLine for a line that has no end.
        """
        while not self._lines and not self.interrupted:
            piece = self._next_piece(deadline)
            if piece is None:
                return False
            self._lines = self._cutter.add(piece)
        return not self.interrupted

    def take(self, rows: int, size: int, deadline: float = math.inf) -> Block | None:
        """Return lines that are there, or None where ``wait`` returns False.

        They are at most ``rows``, and end with the one that makes ``size`` bytes. A last line of all
        without a newline, which has to be a whole message, gets one.
        """
        if not self.wait(deadline):
            return None
        text = self._lines
        end = text.find(b"\n", max(size - 1, 0)) + 1 or len(text)
        length = text.count(b"\n", 0, end)
        if length > rows:
            end, length = sum(map(len, text.split(b"\n", rows)[:rows])) + rows, rows
        self._lines = text[end:]
        return Block(text[:end], length)

    def check_end(self) -> None:
        """Raise TruncatedLine if the input has ended within a line."""
        ended = self._ended and not self._pieces and not self._lines and not self.interrupted
        if ended and self._cutter.rest.strip() and not is_whole(self._cutter.rest):
            raise TruncatedLine(
                "stdin ends within a line: the tap died, or was killed, while it wrote. Start it again from "
                "the last STATE that was printed; without one, where this run began"
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

    def _next_piece(self, deadline: float) -> bytes | None:
        with self._changed:
            while not (self._pieces or self._ended or self.interrupted):
                if not self._changed.wait(_seconds_until(deadline)):
                    return None
            if self.interrupted:
                return None
            if self._pieces:
                piece = self._pieces.popleft()
                self._held_bytes -= len(piece)
                self._changed.notify_all()
                return piece
            if self._failure is not None:
                raise self._failure
        return b"\n" if is_whole(self._cutter.rest) else None

    def _read(self) -> None:
        try:
            while piece := self._read_piece():
                with self._changed:
                    self._pieces.append(piece)
                    self._held_bytes += len(piece)
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._held_bytes < self._ahead_bytes or self.interrupted)
        except OSError as error:
            self._failure = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _read_piece(self) -> bytes:
        readable, _, _ = select.select([self._descriptor, self._woken], [], [])
        if self._came < FEW_BYTES and self._woken not in readable:
            readable, _, _ = select.select([self._woken], [], [], GATHER_SECONDS)
        piece = b"" if self._woken in readable else os.read(self._descriptor, BLOCK_BYTES)
        self._came = len(piece)
        return piece


def _seconds_until(deadline: float) -> float | None:
    return None if deadline == math.inf else max(0.0, deadline - time.monotonic())
