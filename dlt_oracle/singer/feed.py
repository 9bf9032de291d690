"""Where the lines come from: a file, an iterator; elsewhere a tap's process, or stdin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dlt_oracle.singer.blocks import BLOCK_BYTES, Block, Cutter
from dlt_oracle.singer.errors import TruncatedLine
from dlt_oracle.singer.secret_shapes import masked_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Feed(Protocol):
    """The lines of a Singer stream, in order."""

    def __iter__(self) -> Iterator[Block]:
        """Give blocks of lines; asked again after a pause, go on where it stopped."""

    def masked(self, line: bytes) -> bytes:
        """Return ``line``, which is no message, as it may be shown to people: without secrets."""

    def finish(self) -> None:
        """Called after the last line. Raises TapFailed when what was sent may not be all."""

    def stop(self) -> None:
        """End early, and free everything; may be called more than once."""


class LinesFeed:
    """Lines of bytes that somebody else makes; each may end in a newline."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)

    def __iter__(self) -> Iterator[Block]:
        for line in self._lines:
            yield Block.counted(line)

    def masked(self, line: bytes) -> bytes:
        """Nobody has named secrets: what looks like one is masked."""
        return masked_line(line)

    def finish(self) -> None:
        """Nothing can be wrong: the lines are all there is."""

    def stop(self) -> None:
        """Close a generator that makes the lines."""
        close = getattr(self._lines, "close", None)
        if close is not None:
            close()


class FileFeed:
    """A file with a recorded stream. It may end without a newline only if its last line is whole JSON."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._file = self._path.open("rb", buffering=0)
        self._cutter = Cutter(str(path))

    def __iter__(self) -> Iterator[Block]:
        while piece := self._file.read(BLOCK_BYTES):
            if lines := self._cutter.add(piece):
                yield Block.counted(lines)
        if last := self._cutter.last():
            yield Block.of([last])

    def masked(self, line: bytes) -> bytes:
        """Nobody has named secrets: what looks like one is masked."""
        return masked_line(line)

    def finish(self) -> None:
        """Raise TruncatedLine if the file ends within a line."""
        self.stop()
        if self._cutter.rest:
            raise TruncatedLine(
                f"{self._path} ends within a line: the tap that wrote it died, or the disk was full. "
                "Record the stream again, or load it with on_error='checkpoint' up to its last STATE"
            )

    def stop(self) -> None:
        """Close the file."""
        self._file.close()
