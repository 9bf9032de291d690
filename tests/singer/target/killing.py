"""What has to hold after a kill, whatever the moment was: for the tests, and the verb with many points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import oracledb
from singer.target.tap import STREAMS, Rows, Tap

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[[str], list[tuple[Any, ...]]]


def loaded(ask: Ask, stream: str) -> Rows:
    """Return what the database holds of ``stream``; fails if a key is there twice."""
    try:
        found = ask(f"SELECT id, value FROM raw___{stream}")
    except oracledb.DatabaseError as error:
        if "ORA-00942" not in str(error):
            raise
        found = []  # killed before there was a table
    assert len(found) == len(dict(found)), f"{stream} has a key twice"
    return dict(found)


def assert_covered(tap: Tap, ask: Ask, position: int) -> None:
    """Every change up to a printed ``position`` is in the database; nothing there was never sent."""
    for stream in STREAMS:
        # A package is one transaction a table: the stream may be ahead of the STATE, at some later moment.
        ahead = range(position, len(tap.changes) + 1)
        found = loaded(ask, stream)
        assert any(found == tap.rows(stream, later) for later in ahead), f"{stream} lags behind {position}"


def assert_complete(tap: Tap, ask: Ask) -> None:
    """The database holds what an uninterrupted run would have loaded."""
    assert {stream: loaded(ask, stream) for stream in STREAMS} == {
        stream: tap.rows(stream) for stream in STREAMS
    }
