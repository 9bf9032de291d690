"""Taps that choke on the very catalog that they have discovered, and run well without it.

tap-csv-folder 0.0.1a1 is one: its streams cannot be told their keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt.common import logger

from dlt_oracle.singer.errors import TapFailed
from dlt_oracle.singer.messages import type_of
from dlt_oracle.singer.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dlt_oracle.singer.blocks import Block
    from dlt_oracle.singer.feed import Feed

_DATA = {"SCHEMA", "RECORD"}


class SecondTryFeed:
    """The lines of ``feed``; if it fails before its first line, those of ``another``.

    The other one counts if it sends a SCHEMA or a RECORD. If it does not, what counts is how the first one
    failed, and nothing is given: many taps without a catalog send an empty STATE, or nothing, and are
    content. ``on_success`` is called when the other one has ended well.
    """

    def __init__(self, feed: Feed, another: Callable[[], Feed], on_success: Callable[[], None]) -> None:
        self._feed = feed
        self._another = another
        self._on_success = on_success
        self._failure: TapFailed | None = None
        self._is_second = False
        self._blocks = self._read()

    def __iter__(self) -> Iterator[Block]:
        return self._blocks

    def masked(self, line: bytes) -> bytes:
        """Return what the feed that sends makes of it."""
        return self._feed.masked(line)

    def finish(self) -> None:
        """Raise TapFailed if the tap that sent the lines, or the only one, did not end well."""
        if self._failure is not None:
            raise self._failure
        self._feed.finish()
        if self._is_second:
            self._on_success()

    def stop(self) -> None:
        """End the tap that runs."""
        self._feed.stop()

    def _read(self) -> Iterator[Block]:
        blocks = iter(self._feed)
        first = next(blocks, None)
        if first is None:
            try:
                self._feed.finish()
            except TapFailed as failure:
                self._failure = failure
                yield from self._read_another()
            return
        yield first
        yield from blocks

    def _read_another(self) -> Iterator[Block]:
        self._feed = self._another()
        blocks, before = iter(self._feed), Spool()
        try:
            for block in blocks:
                if any(type_of(line) in _DATA for line in block.lines):
                    break
                before.write(block)
            else:
                self._feed.stop()  # nobody asks how it ended
                return
            logger.warning(
                "The tap failed before its first line, with the catalog that it has discovered itself, and "
                "now runs without one. Nothing was selected, so nothing is missing"
            )
            self._failure, self._is_second = None, True
            yield from before.drain()
        finally:
            before.close()
        yield block
        yield from blocks
