"""The pump: lines of a feed in, batches per stream out. What it learns outlives a feed and a load package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection

    from dlt_oracle.singer.errors import SingerError
    from dlt_oracle.singer.feed import Feed
    from dlt_oracle.singer.options import Options


class Pump:
    """Reads messages and gives out batches.

    One pump serves one run of a tap, however many feeds (load packages) that run is cut into: compiled
    SCHEMAs, the sequence, counters, the last STATE and activations stay.
    """

    state: str | None
    """Raw JSON text of the last STATE of which every earlier record has been given out; None: none yet."""
    activations: dict[str, int]
    """Versions by stream that can be activated once everything given out is committed."""
    failure: SingerError | None
    """With on_error="checkpoint": why the feed ended early. Raise it after the commit."""
    counters: Counter[str]
    """What the user should know: records, dropped, repaired and unfit values, noise; by name."""

    def __init__(self, options: Options) -> None:
        raise NotImplementedError

    def attach(self, feed: Feed) -> None:
        """Read from ``feed`` from now on; the one before must have ended."""
        raise NotImplementedError

    @property
    def ended(self) -> bool:
        """Whether the attached feed has given everything, and everything was given out."""
        raise NotImplementedError

    def discard(self, streams: Collection[str]) -> None:
        """Drop and count records of ``streams`` from now on."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop the feed; batches that are not given out are lost."""
        raise NotImplementedError
