"""Single values, brought to the type of their column. For what the fast way of whole arrays does not take.

Taps send numbers as text, dates that no calendar has, and booleans as 0 and 1. What can be brought to the
column's type without a loss is; the rest is unfit, and the caller decides where it goes.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import math
import re
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import TYPE_CHECKING, Any

import msgspec

from dlt_oracle.singer.column_types import MAX_DECIMAL_DIGITS, ColumnType, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

INT64 = range(-(2**63), 2**63)
MAX_BIG_INTEGER_DIGITS = 78
# Oracle's NUMBER ends below 1e126 and rounds below 1e-130 (SQL Language Reference, "NUMBER Data Type").
_NUMBER_EXPONENTS = range(-130, 126)
_BOOLEANS = {"true": True, "false": False, "t": True, "f": False, "1": True, "0": False}
EARLIEST = dt.datetime(1, 1, 1, tzinfo=dt.timezone.utc)
LATEST = dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=dt.timezone.utc)

# [-]YYYY…-MM-DD[(T| )H:MM[:SS[.f…]]][zone][ BC], which is more than any standard has, and what taps send.
_MOMENT = re.compile(
    r"(?P<sign>[+-]?)(?P<year>\d{4,})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?)?"
    r"\s*(?P<zone>Z|[+-]\d\d(?::?\d\d)?|UTC)?(?P<bc>\s+BC)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?")
_MAX_OFFSET_HOURS, _MAX_MINUTES = 23, 59
_WHOLE_DIGITS = 6  # of a fraction of a second
_FINER = re.compile(r":\d\d[.,]\d{6}\d*?[1-9]")
_INFINITIES = frozenset({"inf", "infinity"})

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Unfit(ValueError):  # noqa: N818 - a verdict; the caller decides whether it is an error
    """A value that the column cannot hold."""


class OutOfRange(Unfit):
    """A date that no calendar or no database has. ``late``: after year 9999; None: neither late nor early."""

    def __init__(self, late: bool | None) -> None:  # noqa: FBT001 - one caller
        super().__init__("a date out of the range of years 1 to 9999")
        self.late = late


def json_text(value: Any) -> str:
    """Return ``value`` as JSON with exact numbers. NaN and infinities, which JSON has not, become null."""
    if isinstance(value, msgspec.Raw):
        return bytes(value).decode(errors="replace")
    return _encode(value).decode()


def plain_text(value: Any) -> str:
    """Return ``value`` as text: itself, or its JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    return json_text(value)


def as_json_value(value: Any) -> Any:
    """Return ``value``, of a parquet file, in the form that a record has in JSON, read with exact numbers."""
    if isinstance(value, float) and math.isfinite(value):
        return Decimal(repr(value))
    if isinstance(value, dt.date | dt.time):  # datetimes are dates
        return value.isoformat()
    if isinstance(value, dict):
        return {name: as_json_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):  # maps are lists of tuples
        return [as_json_value(item) for item in value]
    return value.hex() if isinstance(value, bytes) else value


def is_finer(value: Any) -> bool:
    """Say whether ``value`` is the text of a moment or time that microseconds do not hold."""
    return isinstance(value, str) and _FINER.search(value) is not None


def fit(value: Any, type_: ColumnType) -> Any:
    """Return ``value`` as Python's type for ``type_``. Raises Unfit."""
    return None if value is None else _FITS[type_.kind](value, type_)


def _written(value: Any) -> Any:
    """Return ``value``, a text without blanks around it. Raises Unfit where Python alone sees a number."""
    if not isinstance(value, str):
        return value
    if "_" in value:
        raise Unfit("not a number")
    return value.strip()


def _decimal_of(value: Any) -> Decimal:
    if isinstance(value, float):
        raise Unfit("not a number that can be exact")  # NaN and infinities: other floats are read as Decimal
    try:
        found = Decimal(_written(value))
    except (InvalidOperation, TypeError, ValueError):  # an Unfit is a ValueError
        raise Unfit("not a number") from None
    if not found.is_finite():
        raise Unfit("not a finite number")
    return found


def _whole(value: Any) -> int:
    if isinstance(value, int):
        return int(value)
    found = _decimal_of(value)
    if found.adjusted() > MAX_BIG_INTEGER_DIGITS or found != found.to_integral_value():
        raise Unfit("not a whole number")
    return int(found)


def _integer(value: Any, _type: ColumnType) -> int:
    found = _whole(value)
    if found not in INT64:
        raise Unfit("more than 64 bits")
    return found


def _big_integer(value: Any, _type: ColumnType) -> str:
    found = str(_whole(value))
    if len(found.removeprefix("-")) > MAX_BIG_INTEGER_DIGITS:
        raise Unfit(f"more than {MAX_BIG_INTEGER_DIGITS} digits")
    return found


def _decimal(value: Any, type_: ColumnType) -> Decimal:
    precision, scale = type_.precision or MAX_DECIMAL_DIGITS, type_.scale or 0
    exact = Context(prec=precision, traps=[Inexact, InvalidOperation])
    try:
        return _decimal_of(value).quantize(Decimal((0, (1,), -scale)), context=exact)
    except (Inexact, InvalidOperation):
        raise Unfit(f"not within {precision} digits, {scale} of them behind the point") from None


def _number(value: Any, _type: ColumnType) -> str:
    found = _decimal_of(value)
    digits = "".join(map(str, found.as_tuple().digits)).strip("0")
    if len(digits) > MAX_DECIMAL_DIGITS or (found and found.adjusted() not in _NUMBER_EXPONENTS):
        raise Unfit(f"more than {MAX_DECIMAL_DIGITS} digits, or out of the range of NUMBER")
    return str(found)


def _double(value: Any, _type: ColumnType) -> float:
    if isinstance(value, float):
        return value
    try:
        found = float(_written(value)) if isinstance(value, int | Decimal | str) else None
    except (ValueError, OverflowError):
        found = None
    if found is None or (math.isinf(found) and str(value).strip().lstrip("+-").lower() not in _INFINITIES):
        raise Unfit("not a number of double precision")
    return found


def _boolean(value: Any, _type: ColumnType) -> bool:
    found = _BOOLEANS.get(str(value).strip().lower())
    if found is None:
        raise Unfit("neither true nor false")
    return found


def _moment(value: Any) -> tuple[dt.datetime, dt.timedelta]:
    """Return the moment as it is written, and its offset from UTC."""
    found = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise Unfit("not a date")
    year = int(found["year"])
    if found["sign"] == "-" or found["bc"]:
        raise OutOfRange(late=False)
    if not year or found["month"] == "00" or found["day"] == "00":
        raise OutOfRange(late=None)
    if year > LATEST.year:
        raise OutOfRange(late=True)
    try:
        day = dt.date(year, int(found["month"]), int(found["day"]))
    except ValueError as error:
        raise Unfit(f"not a date: {error}") from None
    clock = _time_of(found) if found["hour"] else dt.time()
    return dt.datetime.combine(day, clock), _offset(found["zone"])


def _offset(zone: str | None) -> dt.timedelta:
    if not zone or zone.upper() in ("Z", "UTC"):
        return dt.timedelta()  # a moment without a zone is in UTC
    digits = zone[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > _MAX_OFFSET_HOURS or minutes > _MAX_MINUTES:
        raise Unfit("not a date: no offset from UTC is so long")
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return -offset if zone[0] == "-" else offset


def _time_of(found: re.Match[str]) -> dt.time:
    fraction = (found["fraction"] or "")[:_WHOLE_DIGITS].ljust(_WHOLE_DIGITS, "0")
    try:
        return dt.time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), int(fraction))
    except ValueError as error:
        raise Unfit(f"not a time of day: {error}") from None


def _timestamp(value: Any, _type: ColumnType) -> dt.datetime:
    written, offset = _moment(value)
    try:
        return (written - offset).replace(tzinfo=dt.timezone.utc)
    except OverflowError:
        raise OutOfRange(late=written.year > 1) from None


def _date(value: Any, _type: ColumnType) -> dt.date:
    written, _ = _moment(value)
    if written.time() != dt.time() or is_finer(value):
        raise Unfit("a date with a time of day")
    return written.date()


def _time(value: Any, _type: ColumnType) -> dt.time:
    text = value.strip() if isinstance(value, str) else ""
    found = _CLOCK.fullmatch(text)
    if found is None and text.startswith("1970-01-01"):  # some drivers put times of day there
        found = _MOMENT.fullmatch(text)
        found = found if found and found["hour"] and not _offset(found["zone"]) else None
    if found is None:
        raise Unfit("not a time of day")
    return _time_of(found)


def _hex(value: Any, _type: ColumnType) -> bytes:
    try:
        return bytes.fromhex(value.removeprefix("\\x").removeprefix("0x"))
    except (AttributeError, ValueError):
        raise Unfit("not hexadecimal") from None


def _base64(value: Any, _type: ColumnType) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise Unfit("not base64") from None


_FITS: dict[Kind, Callable[[Any, ColumnType], Any]] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.NUMBER: _number,
    Kind.BIG_INTEGER: _big_integer,
    Kind.DOUBLE: _double,
    Kind.STRING: lambda value, _type: plain_text(value),
    Kind.BOOLEAN: _boolean,
    Kind.TIMESTAMP: _timestamp,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.HEX: _hex,
    Kind.BASE64: _base64,
    Kind.JSON: lambda value, _type: json_text(value),
}
