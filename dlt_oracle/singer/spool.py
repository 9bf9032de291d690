"""Lines that wait for something before they may be used: in memory while they are few, else on disk."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from dlt_oracle.singer.errors import SingerError
from dlt_oracle.singer.messages import is_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlt_oracle.singer.feed import Feed

_MEMORY_BYTES = 32 << 20


class Spool:
    """Lines, to be read once, in order; on disk when they are more than ``memory_bytes``."""

    def __init__(self, memory_bytes: int = _MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._file: tempfile.SpooledTemporaryFile[bytes] | None = None

    def write(self, line: bytes) -> None:
        """Add a line."""
        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(self._memory_bytes)  # noqa: SIM115 - drain or close end it
        self._file.write(line + b"\n")

    def drain(self) -> Iterator[bytes]:
        """Give all lines, and be empty."""
        file, self._file = self._file, None
        if file is not None:
            with file:
                file.seek(0)
                for line in file:
                    yield line[:-1]

    def close(self) -> None:
        """Forget all lines."""
        if self._file is not None:
            self._file.close()
            self._file = None


class CheckpointFeed:
    """Lines of another feed, held back until the STATE behind them, or the good end.

    When that feed fails, so that what it sent may not be all, this one ends where the last STATE was:
    everything before is covered by it, nothing behind is given. ``failure`` says why it ended.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._spool = Spool()
        self.failure: SingerError | None = None

    def __iter__(self) -> Iterator[bytes]:
        covered = False
        try:
            for line in self._feed:
                if is_state(line):
                    covered = True
                    yield from self._spool.drain()
                    yield line
                else:
                    self._spool.write(line)
            self._feed.finish()
        except SingerError as failure:
            if not covered:
                raise  # there is nothing to commit
            self.failure = failure
        else:
            yield from self._spool.drain()
        finally:
            self._spool.close()

    def finish(self) -> None:
        """A failure was noted already: everything that was given is whole."""

    def stop(self) -> None:
        """Stop the other feed."""
        self._spool.close()
        self._feed.stop()
