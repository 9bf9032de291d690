"""Blocks of lines: nearly everything is done with a whole block at a time, for the sake of speed."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, NamedTuple

from dlt_oracle.singer.errors import MalformedLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
FEW_BYTES, GATHER_SECONDS = 4 << 10, 0.005
"""Taps flush each line: after less than so much, some more is waited for, or a pipe is read line by line."""
BLOCK_BYTES = 1 << 20
LINE_LIMIT_BYTES = 256 << 20
"""More without a newline is no message, and may not fill the memory."""


class Block(NamedTuple):
    """``length`` lines, at least one, each with its newline."""

    text: bytes
    length: int

    @property
    def lines(self) -> list[bytes]:
        """The lines without their newlines."""
        return self.text.removesuffix(b"\n").split(b"\n")

    def has_a_line_each(self, objects: int) -> bool:
        """Say whether the JSON objects in it, which are so many and all there is, have a line each.

        Blank lines can make up for several in one line. No object has another one behind its end: what this
        counts are ends of objects.
        """
        ends = self.text.count(b"}\n{") or self.text.count(b"}\r\n{")
        return objects == self.length == ends + 1

    @classmethod
    def of(cls, lines: Sequence[bytes]) -> Block:
        """Return ``lines``, which have no newlines, as a block."""
        return cls(b"\n".join([*lines, b""]), len(lines))

    @classmethod
    def counted(cls, text: bytes) -> Block:
        """Return ``text``, whose last newline may be missing, as a block."""
        whole = text if text.endswith(b"\n") else text + b"\n"
        return cls(whole, whole.count(b"\n"))


def read_blocks(file: IO[bytes]) -> Iterator[Block]:
    """Read a file from where it is. The newline of the last line may be missing."""
    while text := file.read(BLOCK_BYTES):
        yield Block.counted(text + file.readline())


class Cutter:
    """Cuts pieces that end anywhere into whole lines. ``source``: what errors call their origin."""

    def __init__(self, source: str, line_limit: int = LINE_LIMIT_BYTES) -> None:
        self._source = source
        self._line_limit = line_limit
        self._pieces: list[bytes] = []
        self._held = 0

    def add(self, piece: bytes) -> bytes:
        """Return the lines that end in ``piece``, or nothing. Raises MalformedLine for one without an end."""
        end = piece.rfind(b"\n") + 1
        lines = b""
        if end:
            lines = b"".join([*self._pieces, memoryview(piece)[:end]])
            self._pieces, self._held = [], 0
        self._pieces.append(piece[end:])
        self._held += len(piece) - end
        if self._held > self._line_limit:
            raise MalformedLine(f"{self._source} has a line of more than {self._line_limit:,} bytes")
        return lines

    @property
    def rest(self) -> bytes:
        """What stands behind the last newline."""
        return b"".join(self._pieces)

    def last(self) -> bytes:
        """Return the rest if it is a line that lacks its newline only; what stays a rest was cut off."""
        line = self.rest
        if not is_whole(line):
            return b""
        self._pieces, self._held = [], 0
        return line


def is_whole(line: bytes) -> bool:
    """Say whether a last line without a newline is all of a message: some taps leave the newline away."""
    try:
        found = json.loads(line.removeprefix(BYTE_ORDER_MARK).decode(errors="replace"))
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict)
