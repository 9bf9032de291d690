"""Python values as Oracle literals, for the few texts that dlt itself composes (its capabilities).

Statements of this package never hold values: they are bound. Source: SQL Language Reference 19c,
"Literals".
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

# A text literal may have 4,000 bytes (ORA-01704); a character of UTF-8 has at most four.
_PIECE_CHARACTERS = 1000


def escape_literal(value: Any) -> str:
    """Return ``value`` as a literal. Only quotes are doubled: a backslash is a character like any other."""
    for type_, write in _WRITERS.items():
        if isinstance(value, type_):
            return str(write(value))
    raise ValueError(f"A value of type {type(value).__name__} cannot be written as an Oracle literal.")


def format_datetime_literal(value: dt.datetime, precision: int = 6, no_tz: bool = False) -> str:  # noqa: FBT001, FBT002 - dlt's signature
    """Return a TIMESTAMP literal with ``precision`` (0 to 9) fractional digits, in UTC unless ``no_tz``."""
    if value.tzinfo is not None:
        value = value.astimezone(dt.timezone.utc)
    text = value.strftime("%Y-%m-%d %H:%M:%S").rjust(len("YYYY-MM-DD HH:MM:SS"), "0")
    if precision:
        text += "." + f"{value.microsecond:06d}".ljust(precision, "0")[:precision]
    return f"TIMESTAMP '{text}'" if no_tz else f"TIMESTAMP '{text} +00:00'"


def _text(value: str) -> str:
    pieces = [
        value[start : start + _PIECE_CHARACTERS] for start in range(0, len(value), _PIECE_CHARACTERS)
    ] or [""]
    quoted = ["'" + piece.replace("'", "''") + "'" for piece in pieces]
    return quoted[0] if len(quoted) == 1 else " || ".join(f"TO_CLOB({piece})" for piece in quoted)


_WRITERS: dict[Any, Any] = {
    type(None): lambda _value: "NULL",
    bool: lambda value: "1" if value else "0",
    str: _text,
    bytes: lambda value: f"HEXTORAW('{value.hex()}')",
    (int, Decimal): str,
    float: lambda value: f"TO_BINARY_DOUBLE('{value!r}')",
    dt.datetime: lambda value: format_datetime_literal(value, no_tz=value.tzinfo is None),
    dt.date: lambda value: f"DATE '{value.isoformat()}'",
    dt.time: lambda value: f"'{value.isoformat(timespec='microseconds')}'",
    (list, dict): lambda value: _text(json.dumps(value, ensure_ascii=False)),
}
