"""Statements and values of callers, as python-oracledb takes them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import oracledb
from dlt.common.destination.exceptions import DestinationTerminalException

from dlt_oracle.destinations.sql.placeholders import number_placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def read_statement(sql: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[str, Any]:
    """Return a statement with Oracle's binds, and their values. Raises DestinationTerminalException."""
    text = str(sql).strip().removesuffix(";")
    if not args:
        return text, dict(kwargs)
    text, count = number_placeholders(text)
    if count not in (0, len(args)):
        raise DestinationTerminalException(
            f"The query has {count} %s placeholders and {len(args)} values were given."
        )
    return text, list(args)


def input_size(value: Any) -> Any:
    """Return the type to declare for a bind: a datetime alone would go as DATE, without microseconds."""
    if isinstance(value, dt.datetime):
        return oracledb.DB_TYPE_TIMESTAMP_TZ if value.tzinfo else oracledb.DB_TYPE_TIMESTAMP
    return None


def values_of(values: Any) -> Iterable[Any]:
    """Return the values of binds by position or by name."""
    return values.values() if isinstance(values, dict) else values


def bindable(values: Any) -> Any:
    """Return binds by position or by name as values that mean the same to every server."""
    if isinstance(values, list):
        return [_bind_value(value) for value in values]
    return {name: _bind_value(value) for name, value in values.items()} if values else values


def _bind_value(value: Any) -> Any:
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.astimezone(dt.timezone.utc)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dt.time):
        return value.isoformat(timespec="microseconds")
    return value
