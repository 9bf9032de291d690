"""The public way in: ``singer_source``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlt_oracle.singer.feed import FileFeed, LinesFeed
from dlt_oracle.singer.options import Options
from dlt_oracle.singer.resources import stream_source
from dlt_oracle.singer.tap_source import meltano_source, tap_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dlt.extract import DltSource


class SingerSource:
    """Makes dlt sources of Singer taps and of what they have sent. Called as ``singer_source``."""

    __call__ = staticmethod(tap_source)
    from_meltano = staticmethod(meltano_source)

    @staticmethod
    def from_file(
        path: str | Path | Iterable[bytes],
        name: str = "singer",
        *,
        streams: Sequence[str] = (),
        **options: Any,
    ) -> DltSource:
        """Return a source that reads a recorded stream, or lines of bytes from anywhere.

        ``streams``: those that get a resource of their own, to select by; all others come through one
        resource. ``options``: fields of ``Options``. ``name``: what the source is called, and the place of
        its STATE. Raises SingerConfigurationError.
        """
        recorded = path

        def open_feed(_start: object) -> FileFeed | LinesFeed:
            return FileFeed(recorded) if isinstance(recorded, str | Path) else LinesFeed(recorded)

        return stream_source(name, open_feed, Options.of(options, ("streams",)), streams)


singer_source = SingerSource()
