"""The lines that a tap prints, as a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.singer.errors import MalformedLine, TapFailed, TruncatedLine
from dlt_oracle.singer.feed import LINE_LIMIT_BYTES, is_whole
from dlt_oracle.singer.messages import type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dlt_oracle.singer.tap.run import TapRun

# How nearly all lines of nearly all taps begin: these need not be read here, and again by the pump.
_RECORDS = (b'{"type": "RECORD"', b'{"type":"RECORD"')


class TapFeed:
    """Cuts what a run prints into lines. The tap starts with the first line that is asked for.

    ``on_failure`` is called when the tap did not end well.
    """

    def __init__(self, run: TapRun, on_failure: Callable[[], None] = lambda: None) -> None:
        self._run = run
        self._on_failure = on_failure
        self._lines = self._read()
        self._fragment = b""

    def __iter__(self) -> Iterator[bytes]:
        return self._lines

    def finish(self) -> None:
        """Raise TapFailed if the tap did not end well, TruncatedLine if its last line has no end."""
        try:
            self._run.finish()
        except TapFailed:
            self._on_failure()
            raise
        if self._fragment:
            raise TruncatedLine(
                f"the tap exited with 0, but its last line ({len(self._fragment):,} bytes) is cut off: "
                "it lost output, so what it sent may not be all. Run it again",
                exit_code=0,
            )

    def stop(self) -> None:
        """End the tap, with all its children."""
        self._run.stop()

    def _read(self) -> Iterator[bytes]:
        pieces: list[bytes] = []  # of a line that is longer than a chunk
        held = 0
        for chunk in self._run.chunks():
            *lines, rest = chunk.split(b"\n")
            if lines:
                lines[0] = b"".join([*pieces, lines[0]])
                pieces, held = [], 0
            for line in lines:
                yield line if line.startswith(_RECORDS) else self._masked(line)
            pieces.append(rest)
            held += len(rest)
            if held > LINE_LIMIT_BYTES:
                raise MalformedLine(f"the tap printed more than {LINE_LIMIT_BYTES:,} bytes without a newline")
        last = b"".join(pieces)
        if is_whole(last):
            yield self._masked(last)
        else:
            self._fragment = last

    def _masked(self, line: bytes) -> bytes:
        """Return a message as it is; what is none is shown to people."""
        return line if b'"type"' in line and type_of(line) else self._run.masked(line)
