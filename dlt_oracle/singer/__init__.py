"""Singer: any tap as a dlt source, and ``target-oracle`` on the same engine.

Names are imported when they are asked for: the target's command answers ``--version`` without dlt.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlt_oracle.singer.resources import run
    from dlt_oracle.singer.source import singer_source
    from dlt_oracle.singer.state import singer_state
    from dlt_oracle.singer.tap.command import SingerCommand
    from dlt_oracle.singer.tap_source import discover

__all__ = ["SingerCommand", "discover", "run", "singer_source", "singer_state"]

_HOME = {
    "SingerCommand": "tap.command",
    "discover": "tap_source",
    "run": "resources",
    "singer_source": "source",
    "singer_state": "state",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for. Raises AttributeError for names that are not public."""
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
