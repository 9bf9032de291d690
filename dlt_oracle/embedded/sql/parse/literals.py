"""Numbers, DATE, TIMESTAMP and INTERVAL literals: checked here, where Oracle checks them.

Formats and ranges: *SQL Language Reference 19c*, "Literals". Fields are checked in Gregorian reckoning.
"""

from __future__ import annotations

import re
from calendar import monthrange
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from dlt_oracle.embedded.model import TypeName
from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_SUFFIXES = {"f": TypeName.BINARY_FLOAT, "d": TypeName.BINARY_DOUBLE}

_DATE = re.compile(r"\s*([-+]?)(\d{1,4})-(\d{1,2})-(\d{1,2})\s*", re.ASCII)
_TIME = re.compile(r" (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{0,9}))?\s*", re.ASCII)
_OFFSET = re.compile(r"([-+])\s?(\d{1,2}):(\d{2})\s*", re.ASCII)
_REGION = re.compile(r"[A-Za-z][\w/+-]*(?: [A-Z]{3,5})?\s*", re.ASCII)

_MAX_ZONE_HOUR = 15
_MAX_NUMBER_DIGITS = 126  # NUMBER stays below 1E126


def number(c: Cursor) -> ast.NumberLiteral:
    """Parse the number token that is next."""
    token = c.advance()
    text = token.value
    if text[-1] in "fFdD":
        return ast.NumberLiteral(text[:-1], _SUFFIXES[text[-1].lower()], position=token.start)
    if _digits_before_point(text) > _MAX_NUMBER_DIGITS:
        raise c.error(1426, position=token.start)
    return ast.NumberLiteral(text, position=token.start)


def _digits_before_point(text: str) -> int:
    """Return how many digits a number has before its decimal point, written out."""
    mantissa, _, exponent = text.lower().partition("e")
    digits = len(mantissa.partition(".")[0].lstrip("0"))
    if len(exponent) > 4:  # noqa: PLR2004 - more than any number has
        return 0 if exponent[0] == "-" else _MAX_NUMBER_DIGITS + 1
    return digits + int(exponent or "0")


def date(c: Cursor) -> ast.DateLiteral:
    """Parse ``DATE '…'``, the word being next."""
    position = c.advance().start
    at = c.start
    value = c.literal()
    match = _DATE.fullmatch(value)
    if match is None:
        raise c.error(1861, position=at)
    day, era = _day(c, match, at)
    return ast.DateLiteral(f"{day} 00:00:00{era}", position=position)


def timestamp(c: Cursor) -> ast.TimestampLiteral:
    """Parse ``TIMESTAMP '…'``, the word being next."""
    position = c.advance().start
    at = c.start
    value = c.literal().rstrip()
    date_match = re.match(r"\s*([-+]?)(\d{1,4})-(\d{1,2})-(\d{1,2})", value, re.ASCII)
    time_match = _TIME.match(value, date_match.end()) if date_match else None
    if date_match is None or time_match is None:
        raise c.error(1861, position=at)
    day, era = _day(c, date_match, at)
    hour, minute, second = (int(text) for text in time_match.group(1, 2, 3))
    for field, limit, code in ((hour, 23, 1850), (minute, 59, 1851), (second, 59, 1852)):
        if field > limit:
            raise c.error(code, position=at)
    fraction = f".{time_match.group(4)}" if time_match.group(4) else ""
    zone = _zone(c, value[time_match.end() :], at)
    return ast.TimestampLiteral(
        f"{day} {hour:02}:{minute:02}:{second:02}{fraction}{era}", zone, position=position
    )


def _day(c: Cursor, match: re.Match[str], at: int) -> tuple[str, str]:
    """Return ``YYYY-MM-DD`` and the era suffix of a matched date, or fail."""
    sign, year, month, day = match.group(1), int(match.group(2)), int(match.group(3)), int(match.group(4))
    if year == 0 or (sign == "-" and year > 4712):  # noqa: PLR2004 - the first year of DATE
        raise c.error(1841, position=at)
    if not 1 <= month <= 12:  # noqa: PLR2004 - months
        raise c.error(1843, position=at)
    if not 1 <= day <= 31:  # noqa: PLR2004 - days
        raise c.error(1847, position=at)
    if day > monthrange(year, month)[1]:
        raise c.error(1839, position=at)
    return f"{year:04}-{month:02}-{day:02}", " BC" if sign == "-" else ""


def _zone(c: Cursor, text: str, at: int) -> str | None:
    if not text:
        return None
    match = _OFFSET.fullmatch(text)
    if match is None:
        if _REGION.fullmatch(text) is None:
            raise c.error(1861, position=at)
        if len(text) == 1:  # the military letters (Z) are no regions
            raise c.error(1882, position=at)
        return text
    sign, hour, minute = match.group(1), int(match.group(2)), int(match.group(3))
    if hour > _MAX_ZONE_HOUR:
        raise c.error(1874, position=at)
    if minute > 59:  # noqa: PLR2004 - minutes
        raise c.error(1875, position=at)
    return f"{sign}{hour:02}:{minute:02}"


# --- intervals ----------------------------------------------------------------------------------

_UNITS = ("DAY", "HOUR", "MINUTE", "SECOND")
_SECONDS = {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
# What a field may be where it is not the leading one, and the code when it is more.
_TRAILING = {"HOUR": (23, 1850), "MINUTE": (59, 1851), "SECOND": (59, 1852)}
_PATTERNS = {"DAY": r"(\d+)", "HOUR": r"(\d+)", "MINUTE": r"(\d+)", "SECOND": r"(\d+(?:\.\d*)?)"}
_MAX_DIGITS = 9


def interval(c: Cursor) -> ast.DayToSecondLiteral | ast.YearToMonthLiteral:
    """Parse ``INTERVAL '…' leading [TO trailing]``, the word INTERVAL being next."""
    position = c.advance().start
    at = c.start
    value = c.literal().strip()
    if c.key in ("YEAR", "MONTH"):
        return _year_to_month(c, value, at, position)
    if c.key not in _UNITS:
        raise c.error(30089)
    leading = c.advance().key
    precision, scale = 2, 6
    if c.accept("("):
        precision = c.integer(30088)  # of the leading field; the node counts days
        if leading == "SECOND" and c.accept(","):
            scale = c.integer(30088)
        c.close()
    trailing = leading
    if c.accept("TO"):
        if c.key not in _UNITS or _UNITS.index(c.key) <= _UNITS.index(leading):
            raise c.error(30089)
        trailing = c.advance().key
        if trailing == "SECOND" and c.accept("("):
            scale = c.integer(30088)
            c.close()
    if precision > _MAX_DIGITS or scale > _MAX_DIGITS:
        raise c.error(30088, position=at)
    seconds = _seconds(c, value, _UNITS[_UNITS.index(leading) : _UNITS.index(trailing) + 1], precision, at)
    if leading != "DAY":
        precision = max(2, len(str(int(abs(seconds)) // _SECONDS["DAY"])))
    return ast.DayToSecondLiteral(_render(seconds, scale), precision, scale, position=position)


def _seconds(c: Cursor, value: str, units: tuple[str, ...], precision: int, at: int) -> Decimal:
    """Return the length in seconds of an interval literal with these fields, or fail."""
    separators = {"HOUR": r"\s+" if units[0] == "DAY" else "", "MINUTE": ":", "SECOND": ":"}
    pattern = "".join((separators[unit] if i else "") + _PATTERNS[unit] for i, unit in enumerate(units))
    match = re.fullmatch("([-+]?)" + pattern, value, re.ASCII)
    if match is None:
        raise c.error(1867, position=at)
    fields = [Decimal(text) for text in match.groups()[1:]]
    if fields[0] >= 10**precision:
        raise c.error(1873, position=at)
    for unit, field in zip(units[1:], fields[1:], strict=True):
        limit, code = _TRAILING[unit]
        if int(field) > limit:
            raise c.error(code, position=at)
    total = sum((_SECONDS[unit] * field for unit, field in zip(units, fields, strict=True)), Decimal(0))
    return -total if match.group(1) == "-" else total


def _render(seconds: Decimal, scale: int) -> str:
    """Return ``[-]D HH:MM:SS[.f]``, rounded half away from zero to ``scale`` digits."""
    rounded = abs(seconds).quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)
    whole = int(rounded)
    fraction = f"{rounded - whole:f}"[1:].rstrip("0").rstrip(".") if scale else ""
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    sign = "-" if seconds < 0 and rounded else ""
    return f"{sign}{day} {hour:02}:{minute:02}:{second:02}{fraction}"


def _year_to_month(c: Cursor, value: str, at: int, position: int) -> ast.YearToMonthLiteral:
    leading = c.advance().key
    precision = 2
    if c.accept("("):
        precision = c.integer(30088)
        c.close()
    both = False
    if c.accept("TO"):
        if leading != "YEAR" or not c.accept("MONTH"):
            raise c.error(30089)
        both = True
    match = re.fullmatch(r"([-+]?)(\d+)-(\d+)" if both else r"([-+]?)(\d+)()", value, re.ASCII)
    if match is None:
        raise c.error(1867, position=at)
    first, months = int(match.group(2)), int(match.group(3) or 0)
    if first >= 10**precision:
        raise c.error(1873, position=at)
    if months > 11:  # noqa: PLR2004 - months behind years
        raise c.error(1843, position=at)
    total = first * 12 + months if leading == "YEAR" else first
    return ast.YearToMonthLiteral(-total if match.group(1) == "-" else total, position=position)
