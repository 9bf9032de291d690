"""One sync of a tap: which streams, from which state, and the feed of what it sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.singer.feed import Feed, LinesFeed
from dlt_oracle.singer.tap.catalog import Catalog
from dlt_oracle.singer.tap.discovery import catalog_option, forget, note_that_it_takes_none
from dlt_oracle.singer.tap.feed import TapFeed
from dlt_oracle.singer.tap.second_try import SecondTryFeed

if TYPE_CHECKING:
    from collections.abc import Collection

    from dlt_oracle.singer.options import Method
    from dlt_oracle.singer.tap.launch import Tap

_WITHOUT = (
    "It failed before its first line. If it is the catalog that it cannot take, give catalog=False: it then "
    "sends all its streams, and left_out={…} keeps properties from being loaded"
)


@dataclass(frozen=True)
class Sync:
    """A tap with its catalog, in which the streams to send are selected; None: it gets no catalog.

    ``needs_catalog``: somebody has chosen something in it. A tap that fails with a catalog in which nobody
    has is tried without.
    """

    tap: Tap
    catalog: Catalog | None = None
    needs_catalog: bool = True

    @property
    def streams(self) -> list[str]:
        """The selected streams, as their messages call them."""
        selected = self.catalog.selected if self.catalog else []
        return list(dict.fromkeys(stream.name for stream in selected))

    @property
    def deselected(self) -> set[str]:
        """The streams that the catalog says are not to be sent, as their messages would call them."""
        streams = self.catalog.streams if self.catalog else []
        return {stream.name for stream in streams if stream.is_deselected}.difference(self.streams)

    @property
    def methods(self) -> dict[str, Method]:
        """How the selected streams are replicated, as far as it is known."""
        selected = self.catalog.selected if self.catalog else []
        return {stream.name: stream.method for stream in selected if stream.method}

    @property
    def left_out(self) -> dict[str, list[str]]:
        """Properties of the selected streams that are not selected themselves."""
        selected = self.catalog.selected if self.catalog else []
        return {stream.name: stream.left_out for stream in selected if stream.left_out}

    def open(self, state: str | None, wanted: Collection[str]) -> Feed:
        """Return the feed of a run from ``state`` (JSON text) with the streams in ``wanted`` alone."""
        files = {} if state is None else {"--state": state.encode()}
        if self.catalog is None:
            return TapFeed(self.tap.run(files=files))
        catalog = Catalog.of(self.catalog)
        left_out = [stream for stream in catalog.selected if stream.name not in wanted]
        for stream in left_out:
            stream.deselect()
        if not catalog.selected:
            return LinesFeed([])
        option, can_go_without = catalog_option(self.tap), not self.needs_catalog and not left_out
        if option is None and can_go_without:
            return TapFeed(self.tap.run(files=files))
        with_catalog = {**files, option or "--catalog": catalog.as_json()}
        # A remembered catalog may be what made it fail: a table that is gone, a new column.
        run = self.tap.run(files=with_catalog, holds_errors=can_go_without)
        hint = "" if can_go_without else _WITHOUT
        feed = TapFeed(run, on_failure=lambda: forget(self.tap), early_hint=hint)
        if not can_go_without:
            return feed
        return SecondTryFeed(
            feed, lambda: TapFeed(self.tap.run(files=files)), lambda: note_that_it_takes_none(self.tap)
        )
