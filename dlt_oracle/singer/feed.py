"""Where the lines come from: a file, an iterator; elsewhere a tap's process, or stdin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dlt_oracle.singer.errors import TruncatedLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BUFFER_BYTES = 1 << 20
LINE_LIMIT_BYTES = 256 << 20
"""More without a newline is no message, and may not fill the memory."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def is_whole(line: bytes) -> bool:
    """Say whether a last line without a newline is all of a message: some taps leave the newline away."""
    try:
        found = json.loads(line.removeprefix(_BYTE_ORDER_MARK).decode(errors="replace"))
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict)


class Feed(Protocol):
    """Complete lines of a Singer stream, in order."""

    def __iter__(self) -> Iterator[bytes]:
        """Give lines without their newline; asked again after a pause, go on where it stopped."""

    def finish(self) -> None:
        """Called after the last line. Raises TapFailed when what was sent may not be all."""

    def stop(self) -> None:
        """End early, and free everything; may be called more than once."""


class LinesFeed:
    """Lines of bytes that somebody else makes; each may end in a newline."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            yield line[:-1] if line.endswith(b"\n") else line

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
        self._file = self._path.open("rb", buffering=BUFFER_BYTES)
        self._unfinished = False

    def __iter__(self) -> Iterator[bytes]:
        for line in self._file:
            if line.endswith(b"\n"):
                yield line[:-1]
            elif is_whole(line):
                yield line
            else:
                self._unfinished = True

    def finish(self) -> None:
        """Raise TruncatedLine if the file ends within a line."""
        self.stop()
        if self._unfinished:
            raise TruncatedLine(
                f"{self._path} ends within a line: the tap that wrote it died, or the disk was full. "
                "Record the stream again, or load it with on_error='checkpoint' up to its last STATE"
            )

    def stop(self) -> None:
        """Close the file."""
        self._file.close()
