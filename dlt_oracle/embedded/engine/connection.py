"""Connections to PostgreSQL as the engine wants them: text forms, own transactions, Oracle's errors."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.types.string import TextLoader

Connection = psycopg.Connection[tuple[Any, ...]]

# Values cross the border as ``model`` writes them: the text of these types is their form.
_AS_TEXT = ("numeric", "timestamp", "interval", "tid", "bpchar", "jsonb")
# Only executemany prepares: a plan kept for a query would break with its columns' types at the next DDL.
_NEVER = 2**31 - 1
_OPTIONS = (
    "-c search_path=ora -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex -c TimeZone=UTC"
    " -c extra_float_digits=1 -c client_min_messages=warning -c cursor_tuple_fraction=1.0 -c jit=off"
)


def connect(conninfo: str) -> Connection:
    """Open a connection for a session: autocommit (transactions are the engine's), values as text."""
    connection = psycopg.connect(conninfo, autocommit=True, options=_OPTIONS)
    for name in _AS_TEXT:
        connection.adapters.register_loader(name, TextLoader)
    connection.prepare_threshold = _NEVER
    return connection


def connect_for_dictionary(conninfo: str) -> Connection:
    """Open a connection for reading the dictionary: Python values, autocommit."""
    return psycopg.connect(conninfo, autocommit=True, options=_OPTIONS)


__all__ = ["Connection", "connect", "connect_for_dictionary"]
