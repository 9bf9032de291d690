"""One sync of a tap: which streams, from which state, and the feed of what it sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.singer.feed import Feed, LinesFeed
from dlt_oracle.singer.tap.catalog import Catalog
from dlt_oracle.singer.tap.discovery import catalog_option, forget
from dlt_oracle.singer.tap.feed import TapFeed

if TYPE_CHECKING:
    from collections.abc import Collection

    from dlt_oracle.singer.options import Method
    from dlt_oracle.singer.tap.launch import Tap


@dataclass(frozen=True)
class Sync:
    """A tap with its catalog, in which the streams to send are selected; None: it gets no catalog."""

    tap: Tap
    catalog: Catalog | None = None

    @property
    def streams(self) -> list[str]:
        """The selected streams, as their messages call them."""
        selected = self.catalog.selected if self.catalog else []
        return list(dict.fromkeys(stream.name for stream in selected))

    @property
    def methods(self) -> dict[str, Method]:
        """How the selected streams are replicated, as far as it is known."""
        selected = self.catalog.selected if self.catalog else []
        return {stream.name: stream.method for stream in selected if stream.method}

    def open(self, state: str | None, wanted: Collection[str]) -> Feed:
        """Return the feed of a run from ``state`` (JSON text) with the streams in ``wanted`` alone."""
        files = {}
        if self.catalog is not None:
            catalog = Catalog.of(self.catalog)
            for stream in catalog.selected:
                if stream.name not in wanted:
                    stream.deselect()
            if not catalog.selected:
                return LinesFeed([])
            files[catalog_option(self.tap)] = catalog.as_json()
        if state is not None:
            files["--state"] = state.encode()
        # A remembered catalog may be what made it fail: a table that is gone, a new column.
        return TapFeed(self.tap.run(files=files), on_failure=lambda: forget(self.tap))
