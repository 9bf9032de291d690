"""Taps that choke on the very catalog that they have discovered, and run well without it.

tap-csv-folder 0.0.1a1 is one: its streams cannot be told their keys.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from dlt_oracle.singer.errors import TapFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dlt_oracle.singer.feed import Feed

_log = logging.getLogger(__name__)


class SecondTryFeed:
    """The lines of ``feed``; if it fails before its first line, those of ``another``.

    ``on_success`` is called when the other one sends something. If it does not, what counts is how the first
    one failed: many taps without a catalog send nothing and are content.
    """

    def __init__(self, feed: Feed, another: Callable[[], Feed], on_success: Callable[[], None]) -> None:
        self._feed = feed
        self._another = another
        self._on_success = on_success
        self._failure: TapFailed | None = None
        self._lines = self._read()

    def __iter__(self) -> Iterator[bytes]:
        return self._lines

    def finish(self) -> None:
        """Raise TapFailed if the tap that sent the lines, or the only one, did not end well."""
        if self._failure is not None:
            raise self._failure
        self._feed.finish()

    def stop(self) -> None:
        """End the tap that runs."""
        self._feed.stop()

    def _read(self) -> Iterator[bytes]:
        lines = iter(self._feed)
        first = next(lines, None)
        if first is None:
            try:
                self._feed.finish()
            except TapFailed as failure:
                self._failure = failure
                self._feed = self._another()
                lines = iter(self._feed)
                first = next(lines, None)
        if first is None:
            return
        if self._failure is not None:
            _log.warning("the tap fails with the catalog that it has discovered, and runs without one")
            self._failure = None
            self._on_success()
        yield first
        yield from lines
