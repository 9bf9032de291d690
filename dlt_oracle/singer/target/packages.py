"""Cut the lines of stdin into load packages, by rows, bytes and age."""

from __future__ import annotations

import itertools
import math
import time
from typing import TYPE_CHECKING

from dlt_oracle.singer.messages import is_state
from dlt_oracle.singer.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlt_oracle.singer.target.config import Limits
    from dlt_oracle.singer.target.lines import LineReader


class PackageFeed:
    """The lines of one load package: a :class:`~dlt_oracle.singer.feed.Feed` that ends at its cut.

    Age counts from the first line, so that a tap which is silent makes no packages, and one that sends only
    STATE makes one every ``limits.seconds``. Lines are kept until ``close``, in memory or on disk, for the
    case that one of them cannot be loaded.
    """

    def __init__(self, reader: LineReader, limits: Limits) -> None:
        self._reader = reader
        self._limits = limits
        self._deadline = math.inf
        self._stopped = False
        self._given = Spool()
        self.rows = 0
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        """Give lines until the cut; asked again after a pause, go on."""
        while not self._is_full():
            line = self._reader.next(self._deadline)
            if line is None:
                return
            if not self.rows:
                self._deadline = time.monotonic() + self._limits.seconds
            self.rows += 1
            self.bytes += len(line)
            self._given.write(line)
            yield line

    def finish(self) -> None:
        """Raise TruncatedLine if the input, not only the package, has ended, and within a line."""
        self._reader.check_end()

    def stop(self) -> None:
        """Give no more lines; the reader keeps them for the next package."""
        self._stopped = True

    def covered(self, rows: int | None) -> list[bytes]:
        """Return the lines up to the last STATE within the first ``rows`` that were given (None: all).

        Can be asked once.
        """
        lines = list(itertools.islice(self._given.drain(), rows))
        while lines and not is_state(lines[-1]):
            lines.pop()
        return lines

    def close(self) -> None:
        """Forget what was given."""
        self._given.close()

    def _is_full(self) -> bool:
        return (
            self._stopped
            or self.rows >= self._limits.rows
            or self.bytes >= self._limits.bytes
            or time.monotonic() >= self._deadline
        )
