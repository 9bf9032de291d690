"""Lines that wait for something before they may be used: in memory while they are few, else on disk."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from dlt_oracle.singer.blocks import Block, read_blocks
from dlt_oracle.singer.errors import SingerError
from dlt_oracle.singer.messages import may_have_state, up_to_last_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlt_oracle.singer.feed import Feed

_MEMORY_BYTES = 32 << 20


class Spool:
    """Blocks, to be read once, in order; on disk when they are more than ``memory_bytes``."""

    def __init__(self, memory_bytes: int = _MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._file: tempfile.SpooledTemporaryFile[bytes] | None = None

    def write(self, block: Block) -> None:
        """Add a block."""
        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(self._memory_bytes)  # noqa: SIM115 - drain or close end it
        self._file.write(block.text)

    def drain(self) -> Iterator[Block]:
        """Give all lines, in other blocks, and be empty."""
        file, self._file = self._file, None
        if file is not None:
            with file:
                file.seek(0)
                yield from read_blocks(file)

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

    def __iter__(self) -> Iterator[Block]:
        covered = False
        try:
            for block in self._feed:
                lines = block.lines if may_have_state(block.text) else []
                if number := up_to_last_state(lines):
                    covered = True
                    yield from self._spool.drain()
                    yield Block.of(lines[:number])
                    if behind := lines[number:]:
                        self._spool.write(Block.of(behind))
                else:
                    self._spool.write(block)
            self._feed.finish()
        except SingerError as failure:
            if not covered:
                raise  # there is nothing to commit
            self.failure = failure
        else:
            yield from self._spool.drain()
        finally:
            self._spool.close()

    def masked(self, line: bytes) -> bytes:
        """Return what the other feed makes of it."""
        return self._feed.masked(line)

    def finish(self) -> None:
        """A failure was noted already: everything that was given is whole."""

    def stop(self) -> None:
        """Stop the other feed."""
        self._spool.close()
        self._feed.stop()
