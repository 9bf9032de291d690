"""The lines that a tap prints, as a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.singer.blocks import Block, Cutter
from dlt_oracle.singer.errors import TapFailed, TruncatedLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dlt_oracle.singer.tap.run import TapRun


class TapFeed:
    """Cuts what a run prints into blocks. The tap starts with the first one that is asked for.

    ``on_failure`` is called when the tap did not end well. ``early_hint``: what to say beside its last words
    when it exits with an error before its first line.
    """

    def __init__(
        self, run: TapRun, on_failure: Callable[[], None] = lambda: None, early_hint: str = ""
    ) -> None:
        self._run = run
        self._on_failure = on_failure
        self._early_hint = early_hint
        self._has_sent = False
        self._blocks = self._read()
        self._cutter = Cutter("the tap's output")

    def __iter__(self) -> Iterator[Block]:
        return self._blocks

    def masked(self, line: bytes) -> bytes:
        """Return ``line`` without the secrets that the tap was given."""
        return self._run.masked(line)

    def finish(self) -> None:
        """Raise TapFailed if the tap did not end well, TruncatedLine if its last line has no end."""
        try:
            self._run.finish()
        except TapFailed as failure:
            self._on_failure()
            if self._has_sent or not self._early_hint or (failure.exit_code or 0) <= 0:
                raise
            raise TapFailed(f"{failure}\n({self._early_hint})", failure.exit_code) from None
        if fragment := self._cutter.rest:
            raise TruncatedLine(
                f"the tap exited with 0, but its last line ({len(fragment):,} bytes) is cut off: "
                "it lost output, so what it sent may not be all. Run it again",
                exit_code=0,
            )

    def stop(self) -> None:
        """End the tap, with all its children."""
        self._run.stop()

    def _read(self) -> Iterator[Block]:
        for chunk in self._run.chunks():
            self._has_sent = True
            if lines := self._cutter.add(chunk):
                yield Block.counted(lines)
        if last := self._cutter.last():
            yield Block.of([last])
