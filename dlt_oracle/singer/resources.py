"""A Singer stream as dlt resources: one per stream, and one for the streams nobody named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlt.common.pipeline import LoadInfo
    from dlt.extract import DltSource
    from dlt.pipeline.pipeline import Pipeline

    from dlt_oracle.singer.feed import Feed
    from dlt_oracle.singer.options import Options
    from dlt_oracle.singer.pump import Pump


@dataclass(frozen=True)
class Start:
    """What is known when extraction begins: ``state``: raw JSON text or None; ``selected``: streams."""

    state: str | None
    selected: frozenset[str]


OpenFeed = Callable[[Start], "Feed"]


def stream_source(name: str, open_feed: OpenFeed, options: Options, streams: Sequence[str] = ()) -> DltSource:
    """Return a source that opens its feed when it is extracted.

    ``name``: of the tap; the source and the place of its STATE in the pipeline's state are called after it.
    ``streams``: those known beforehand (tap_stream_id), each a resource; others go through the catch-all
    resource.
    """
    raise NotImplementedError


def package_source(name: str, pump: Pump) -> DltSource:
    """Return a source of one load package: what the feed attached to ``pump`` holds. For targets."""
    raise NotImplementedError


def run(pipeline: Pipeline, source: DltSource, **arguments: Any) -> LoadInfo:
    """Run ``pipeline``, activate versions after the commit, then raise what ended the tap early, if so."""
    raise NotImplementedError
