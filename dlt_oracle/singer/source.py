"""The public way in: ``singer_source``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from dlt.extract import DltSource


class SingerSource:
    """Makes dlt sources of Singer taps and of what they have sent. Called as ``singer_source``."""

    @staticmethod
    def from_file(path: str | Path | Iterable[bytes], name: str = "singer", **options: Any) -> DltSource:
        """Return a source that reads a recorded stream, or lines of bytes from anywhere.

        ``options``: fields of ``Options``. ``name``: what the source is called, and the place of its STATE.
        """
        raise NotImplementedError


singer_source = SingerSource()
