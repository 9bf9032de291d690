"""CAST for Oracle 19c: constants become literals that no session setting can change, types get lengths.

Source: SQL Language Reference 19c, "CAST", "Literals", "Data Types".
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable


MAX_VARCHAR2_BYTES = 4000
_MAX_RAW_BYTES = 2000
_MAX_NUMBER_DIGITS = 38
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?P<fraction>\.\d{1,9})?\d*)?"
    r" ?(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?"
)
_CLOCK = re.compile(r"(\d\d:\d\d(?::\d\d)?)(\.\d{1,6})?\d*")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")


def constant(text: str, to: exp.DataType) -> str | None:
    """Return the literal for ``CAST('text' AS to)``, or None where there is none."""
    if to.is_type("decimal") and len(to.expressions) > 1:
        return None  # rounds
    write = _CONSTANTS.get(to.this)
    return write(text) if write else None


def type_text(to: exp.DataType) -> str | None:
    """Return what stands behind AS in CAST, or None for a type that Oracle cannot cast to."""
    write = _TYPES.get(to.this)
    return write([int(item.name) for item in to.expressions if item.name.isdigit()]) if write else None


def _date(text: str) -> str | None:
    match = _MOMENT.fullmatch(text)
    return f"DATE '{match['date']}'" if match else None


def _timestamp(text: str, *, zone: bool) -> str | None:
    match = _MOMENT.fullmatch(text)
    if not match:
        return None
    moment = dt.datetime.strptime(
        f"{match['date']} {_seconds(match['time'] or '00:00')}", "%Y-%m-%d %H:%M:%S"
    ).replace(tzinfo=dt.timezone.utc)
    moment -= _offset(match["offset"])
    # strftime does not pad years below 1000.
    date_time = moment.strftime("%Y-%m-%d %H:%M:%S").rjust(len("YYYY-MM-DD HH:MM:SS"), "0")
    fraction = match["fraction"] or ""
    return f"TIMESTAMP '{date_time}{fraction}{' +00:00' if zone else ''}'"


def _offset(text: str | None) -> dt.timedelta:
    if text is None or text == "Z":
        return dt.timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if text[0] == "-" else size


def _seconds(clock: str) -> str:
    return clock if clock.count(":") == 2 else f"{clock}:00"  # noqa: PLR2004 - hours:minutes:seconds


def _time(text: str) -> str | None:
    match = _CLOCK.fullmatch(text)
    # Times of day are CHAR(15) here.
    return f"'{_seconds(match[1])}.{(match[2] or '.')[1:].ljust(6, '0')}'" if match else None


def _binary(text: str) -> str | None:
    # dlt writes the constants of its filters in hexadecimal.
    return f"HEXTORAW('{text}')" if _HEX.fullmatch(text) else None


def _boolean(text: str) -> str | None:
    return {"true": "1", "false": "0", "1": "1", "0": "0"}.get(text.lower())


def _number_constant(text: str) -> str | None:
    return text if _NUMBER.fullmatch(text) else None


_CONSTANTS: dict[Any, Callable[[str], str | None]] = {
    exp.DataType.Type.DATE: _date,
    exp.DataType.Type.TIMESTAMP: lambda text: _timestamp(text, zone=False),
    exp.DataType.Type.TIMESTAMPNTZ: lambda text: _timestamp(text, zone=False),
    exp.DataType.Type.DATETIME: lambda text: _timestamp(text, zone=False),
    exp.DataType.Type.TIMESTAMPTZ: lambda text: _timestamp(text, zone=True),
    exp.DataType.Type.TIMESTAMPLTZ: lambda text: _timestamp(text, zone=True),
    exp.DataType.Type.TIME: _time,
    exp.DataType.Type.VARBINARY: _binary,
    exp.DataType.Type.BINARY: _binary,
    exp.DataType.Type.BOOLEAN: _boolean,
    # dlt's filters leave the scale out, and NUMBER(20) would round to an integer.
    exp.DataType.Type.DECIMAL: _number_constant,
}


def _varchar2(sizes: list[int]) -> str:
    if sizes and sizes[0] <= MAX_VARCHAR2_BYTES:
        return f"VARCHAR2({sizes[0]} CHAR)"
    return f"VARCHAR2({MAX_VARCHAR2_BYTES})"


def _number(sizes: list[int]) -> str:
    if not sizes:
        return "NUMBER"
    return f"NUMBER({', '.join(map(str, [min(sizes[0], _MAX_NUMBER_DIGITS), *sizes[1:]]))})"


def _zoned(sizes: list[int]) -> str:
    return f"{_naive(sizes)} WITH TIME ZONE"


def _naive(sizes: list[int]) -> str:
    return f"TIMESTAMP({sizes[0]})" if sizes else "TIMESTAMP"


_TYPES: dict[Any, Callable[[list[int]], str]] = {
    **dict.fromkeys(
        (
            exp.DataType.Type.TEXT,
            exp.DataType.Type.VARCHAR,
            exp.DataType.Type.NVARCHAR,
            exp.DataType.Type.CHAR,
            exp.DataType.Type.NAME,
        ),
        _varchar2,
    ),
    # dlt's integers have a precision in bits, which Oracle would take for digits.
    **dict.fromkeys((*exp.DataType.INTEGER_TYPES,), lambda _sizes: f"NUMBER({_MAX_NUMBER_DIGITS})"),
    **dict.fromkeys((exp.DataType.Type.DECIMAL, exp.DataType.Type.BIGDECIMAL), _number),
    **dict.fromkeys((exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT), lambda _sizes: "BINARY_DOUBLE"),
    **dict.fromkeys(
        (exp.DataType.Type.VARBINARY, exp.DataType.Type.BINARY),
        lambda sizes: f"RAW({(sizes or [_MAX_RAW_BYTES])[0]})",
    ),
    **dict.fromkeys(
        (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ, exp.DataType.Type.DATETIME), _naive
    ),
    **dict.fromkeys((exp.DataType.Type.TIMESTAMPTZ, exp.DataType.Type.TIMESTAMPLTZ), _zoned),
    exp.DataType.Type.DATE: lambda _sizes: "DATE",
    exp.DataType.Type.UUID: lambda _sizes: "VARCHAR2(36)",
}
