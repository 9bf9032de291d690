"""Cut the lines of stdin into load packages, by rows, bytes and age."""

from __future__ import annotations

import math
import re
import time
from typing import TYPE_CHECKING

from dlt_oracle.singer.feed import LinesFeed
from dlt_oracle.singer.messages import up_to_last_state
from dlt_oracle.singer.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlt_oracle.singer.blocks import Block
    from dlt_oracle.singer.target.config import PackageLimits
    from dlt_oracle.singer.target.lines import LineReader

_MEMORY_BYTES = 4 << 20
"""Of lines that are kept; they are read again only when something is wrong."""
_FIRST_WORD = re.compile(
    rb"(?:Traceback|DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL|[A-Za-z.]*(?:Error|Exception|Warning))\b"
)


class PackageFeed:
    """The lines of one load package: a :class:`~dlt_oracle.singer.feed.Feed` that ends at its cut.

    Age counts from the first line, so that a tap which is silent makes no packages, and one that sends only
    STATE makes one every ``limits.seconds``. Lines are kept until ``close``, in memory or on disk, for the
    case that one of them cannot be loaded. ``rows``, ``bytes`` and ``last_line`` (that is not blank) say what
    was taken so far.
    """

    def __init__(self, reader: LineReader, limits: PackageLimits) -> None:
        self._reader = reader
        self._limits = limits
        self._deadline = math.inf
        self._taken = Spool(_MEMORY_BYTES)
        self._stopped = False
        self.rows = 0
        self.bytes = 0
        self.last_line = b""

    def __iter__(self) -> Iterator[Block]:
        """Give blocks until the cut; asked again after a pause, go on."""
        while not self._is_full() and (block := self._take()):
            yield block

    def masked(self, line: bytes) -> bytes:
        """Return how ``line`` begins, where that is no secret: nobody knows which the tap has."""
        return beginning(line)

    def finish(self) -> None:
        """Raise TruncatedLine if the input, not only the package, has ended, and within a line."""
        self._reader.check_end()

    def stop(self) -> None:
        """Give no more lines."""
        self._stopped = True

    def taken(self) -> list[bytes]:
        """Return the lines that were taken; can be asked once."""
        return [line for block in self._taken.drain() for line in block.lines]

    def close(self) -> None:
        """Forget what was taken."""
        self._taken.close()

    def _take(self) -> Block | None:
        rows, size = self._limits.rows - self.rows, self._limits.bytes - self.bytes
        block = self._reader.take(rows, size, self._deadline)
        if block:
            if not self.rows:
                self._deadline = time.monotonic() + self._limits.seconds
            self._taken.write(block)
            self.rows += block.length
            self.bytes += len(block.text)
            self.last_line = block.text.rstrip().rpartition(b"\n")[2] or self.last_line
        return block

    def _is_full(self) -> bool:
        return (
            self._stopped
            or self.rows >= self._limits.rows
            or self.bytes >= self._limits.bytes
            or time.monotonic() >= self._deadline
        )


class TakenLines(LinesFeed):
    """Lines of stdin that are read again."""

    def masked(self, line: bytes) -> bytes:
        """Return the same as the package does."""
        return beginning(line)


def beginning(line: bytes) -> bytes:
    """Return the length of ``line``, behind the word that it begins with if programs begin lines with it."""
    word = _FIRST_WORD.match(line)
    return b"%b\xe2\x80\xa6 (%d bytes)" % (word[0] if word else b"", len(line.rstrip(b"\r\n")))


def covered(lines: list[bytes], before: int | None = None) -> list[bytes]:
    """Return those of ``lines`` up to the last STATE within the first ``before`` (None: all)."""
    found = lines if before is None else lines[: max(before, 0)]
    return found[: up_to_last_state(found)]
