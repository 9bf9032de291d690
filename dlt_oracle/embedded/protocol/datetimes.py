"""DATE, the TIMESTAMP types and INTERVAL DAY TO SECOND: wire bytes and text (``base/decoders.pyx``).

A date is century + 100, year + 100, month, day, hour + 1, minute + 1, second + 1; a timestamp adds
nanoseconds, big endian; a time zone adds hours + 20 and minutes + 60, its fields being UTC.

Loads are made of dates, so whole columns are converted at once: each of the seven bytes of all values
is a strided slice, its digits are a byte translation of it, and no value is looked at by itself.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence

DATE_BYTES = 7
TIMESTAMP_BYTES = 11
_DATE_CHARACTERS = 19
_ZONE_HOURS = 11
_ZONE_MINUTES = 12
_REGION = 0x80
_HOUR_BIAS = 20
_MINUTE_BIAS = 60
_CENTURY_BIAS = 100
_DURATION_BIAS = 60
_DURATION_MIDDLE = 0x80000000
_NANOSECONDS = 1_000_000_000
_BEFORE_CHRIST = " BC"
_NO_FRACTION = bytes(4)
_fractions = struct.Struct(f">{DATE_BYTES}xI").iter_unpack
_pack_fraction = struct.Struct(">I").pack

_TEMPLATE = bytearray(b"0000-00-00 00:00:00")
# Where the digits of each byte stand in the text, and what is added to it on the wire.
_PLACES = ((0, 100), (2, 100), (5, 0), (8, 0), (11, 1), (14, 1), (17, 1))
_TENS = {bias: bytes(0x30 + (n - bias) % 256 // 10 % 10 for n in range(256)) for bias in (0, 1, 100)}
_UNITS = {bias: bytes(0x30 + (n - bias) % 256 % 10 for n in range(256)) for bias in (0, 1, 100)}
_DIGIT_VALUES = bytes((n - 0x30) % 256 for n in range(256))
_OUR_CENTURIES = bytes(range(_CENTURY_BIAS + 1, 2 * _CENTURY_BIAS))


def decode_dates(column: Sequence[bytes]) -> list[str]:
    """Return the texts of DATEs (seven bytes each), ``YYYY-MM-DD HH:MM:SS[ BC]``."""
    return _decode_joined(b"".join(column), DATE_BYTES)


def _decode_joined(joined: bytes, stride: int) -> list[str]:
    """Decode the dates that stand every ``stride`` bytes."""
    if joined[::stride].translate(None, _OUR_CENTURIES):
        return [_decode_date(joined[start : start + DATE_BYTES]) for start in range(0, len(joined), stride)]
    text = _TEMPLATE * (len(joined) // stride)
    for index, (place, bias) in enumerate(_PLACES):
        part = joined[index::stride]
        text[place::_DATE_CHARACTERS] = part.translate(_TENS[bias])
        text[place + 1 :: _DATE_CHARACTERS] = part.translate(_UNITS[bias])
    whole = text.decode("ascii")
    return [whole[start : start + _DATE_CHARACTERS] for start in range(0, len(whole), _DATE_CHARACTERS)]


def _decode_date(data: bytes) -> str:
    """Decode a date of any year."""
    year = (data[0] - _CENTURY_BIAS) * 100 + data[1] - _CENTURY_BIAS
    day = f"{abs(year):04d}-{data[2]:02d}-{data[3]:02d}"
    clock = f"{data[4] - 1:02d}:{data[5] - 1:02d}:{data[6] - 1:02d}"
    return f"{day} {clock}{_BEFORE_CHRIST if year < 0 else ''}"


def decode_timestamps(column: Sequence[bytes]) -> list[str]:
    """Return the texts of TIMESTAMPs (seven bytes or more), with up to nine fractional digits."""
    joined = b"".join([data[:TIMESTAMP_BYTES].ljust(TIMESTAMP_BYTES, b"\0") for data in column])
    texts = _decode_joined(joined, TIMESTAMP_BYTES)
    fractions = _fractions(joined)
    return [
        _with_fraction(text, nanoseconds) if nanoseconds else text
        for text, (nanoseconds,) in zip(texts, fractions, strict=True)
    ]


def _with_fraction(text: str, nanoseconds: int) -> str:
    fraction = "." + str(_NANOSECONDS + nanoseconds)[1:].rstrip("0")
    if len(text) == _DATE_CHARACTERS:
        return text + fraction
    return text[:_DATE_CHARACTERS] + fraction + _BEFORE_CHRIST


def decode_zoned(column: Sequence[bytes]) -> list[tuple[str, int]]:
    """Return TIMESTAMPs WITH TIME ZONE as their UTC texts and offsets in minutes."""
    return list(zip(decode_timestamps(column), map(_decode_offset, column), strict=True))


def _decode_offset(data: bytes) -> int:
    if len(data) <= _ZONE_MINUTES:
        return 0
    if data[_ZONE_HOURS] & _REGION:
        raise unsupported("time zone regions in binds")
    return (data[_ZONE_HOURS] - _HOUR_BIAS) * 60 + data[_ZONE_MINUTES] - _MINUTE_BIAS


def encode_dates(column: Sequence[str]) -> list[bytes]:
    """Return the seven bytes of each DATE (and of each timestamp without its fraction)."""
    joined = "".join([text[:_DATE_CHARACTERS] for text in column]).encode("ascii").translate(_DIGIT_VALUES)
    count = len(column)
    data = bytearray(DATE_BYTES * count)
    ones = int.from_bytes(b"\1" * count, "little")
    for index, (place, bias) in enumerate(_PLACES):
        # Arithmetic on all values at once: no sum leaves its byte.
        tens = int.from_bytes(joined[place::_DATE_CHARACTERS], "little")
        units = int.from_bytes(joined[place + 1 :: _DATE_CHARACTERS], "little")
        data[index::DATE_BYTES] = (tens * 10 + units + ones * bias).to_bytes(count, "little")
    whole = bytes(data)
    cells = [whole[start : start + DATE_BYTES] for start in range(0, len(whole), DATE_BYTES)]
    for row, text in enumerate(column):
        if text[-1] == "C":
            cells[row] = _before_christ(cells[row])
    return cells


def _before_christ(data: bytes) -> bytes:
    """Turn the year of an encoded date around: both of its bytes carry the sign."""
    century, year = (2 * _CENTURY_BIAS - byte for byte in data[:2])
    return bytes((century, year)) + data[2:]


def _encode_fraction(text: str) -> bytes:
    if text[_DATE_CHARACTERS : _DATE_CHARACTERS + 1] != ".":
        return _NO_FRACTION
    digits = text[_DATE_CHARACTERS + 1 :].removesuffix(_BEFORE_CHRIST)
    return _pack_fraction(int(digits.ljust(9, "0")))


def encode_timestamps(column: Sequence[str]) -> list[bytes]:
    """Return the bytes of TIMESTAMPs: eleven, or seven where the fraction is 0."""
    return [
        (date + _encode_fraction(text)).removesuffix(_NO_FRACTION) if len(text) > _DATE_CHARACTERS else date
        for date, text in zip(encode_dates(column), column, strict=True)
    ]


def encode_zoned(column: Sequence[tuple[str, int]]) -> list[bytes]:
    """Return the thirteen bytes of each TIMESTAMP WITH TIME ZONE."""
    texts = [text for text, _ in column]
    return [
        date + _encode_fraction(text) + _encode_offset(offset)
        for date, (text, offset) in zip(encode_dates(texts), column, strict=True)
    ]


def _encode_offset(offset: int) -> bytes:
    hours = int(offset / 60)  # towards zero: hours and minutes carry the same sign
    return bytes((hours + _HOUR_BIAS, offset - hours * 60 + _MINUTE_BIAS))


def decode_interval(data: bytes) -> str:
    """Return INTERVAL DAY TO SECOND as ``[-]D HH:MM:SS[.fffffffff]``.

    The driver sends a negative ``timedelta`` with negative days and positive hours: the fields are summed.
    """
    days = int.from_bytes(data[:4], "big") - _DURATION_MIDDLE
    hours, minutes, seconds = (byte - _DURATION_BIAS for byte in data[4:7])
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    total = total * _NANOSECONDS + int.from_bytes(data[7:11], "big") - _DURATION_MIDDLE
    whole, nanoseconds = divmod(abs(total), _NANOSECONDS)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    text = f"{'-' if total < 0 else ''}{days} {hours:02d}:{minutes:02d}:{seconds:02d}"
    return text + f".{nanoseconds:09d}".rstrip("0") if nanoseconds else text


def encode_interval(text: str) -> bytes:
    """Return the eleven bytes of an INTERVAL DAY TO SECOND."""
    sign = -1 if text.startswith("-") else 1
    days, _, clock = text.lstrip("+-").partition(" ")
    clock, _, fraction = clock.partition(".")
    hours, minutes, seconds = (sign * int(part) for part in clock.split(":"))
    nanoseconds = sign * int((fraction or "0").ljust(9, "0")[:9])
    return (
        (sign * int(days) + _DURATION_MIDDLE).to_bytes(4, "big")
        + bytes(part + _DURATION_BIAS for part in (hours, minutes, seconds))
        + (nanoseconds + _DURATION_MIDDLE).to_bytes(4, "big")
    )
