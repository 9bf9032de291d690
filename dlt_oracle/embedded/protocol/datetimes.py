"""DATE, the TIMESTAMP types and INTERVAL DAY TO SECOND: wire bytes and text (``base/decoders.pyx``).

A date is century + 100, year + 100, month, day, hour + 1, minute + 1, second + 1; a timestamp adds
nanoseconds, big endian; a time zone adds hours + 20 and minutes + 60, its fields being UTC.
"""

from __future__ import annotations

from dlt_oracle.embedded.errors import unsupported

_DATE_BYTES = 7
_TIMESTAMP_BYTES = 11
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
_REMEMBERED = 1 << 16

_TWO = [f"{n:02d}" for n in range(256)]
_MINUS_ONE = [f"{(n - 1) % 256:02d}" for n in range(256)]


class _Days(dict[bytes, str]):
    """Dates by their four bytes: loads repeat the same few days."""

    def __missing__(self, data: bytes) -> str:
        year = (data[0] - _CENTURY_BIAS) * 100 + data[1] - _CENTURY_BIAS
        text = f"{abs(year):04d}-{_TWO[data[2]]}-{_TWO[data[3]]}"
        if len(self) < _REMEMBERED:
            self[data] = text
        return text


class _Times(dict[bytes, str]):
    """Times of day by their three bytes: at most 86,400."""

    def __missing__(self, data: bytes) -> str:
        text = f" {_MINUS_ONE[data[0]]}:{_MINUS_ONE[data[1]]}:{_MINUS_ONE[data[2]]}"
        if len(self) < _REMEMBERED:
            self[data] = text
        return text


_days = _Days()
_times = _Times()


def decode_datetime(data: bytes) -> str:
    """Return the text of a DATE or TIMESTAMP, ``YYYY-MM-DD HH:MM:SS[.fffffffff][ BC]``."""
    text = _days[data[:4]] + _times[data[4:7]]
    if len(data) > _DATE_BYTES:
        nanoseconds = int.from_bytes(data[7:11], "big")
        if nanoseconds:
            text += f".{nanoseconds:09d}".rstrip("0")
    return text + _BEFORE_CHRIST if data[0] < _CENTURY_BIAS or data[1] < _CENTURY_BIAS else text


def decode_zoned(data: bytes) -> tuple[str, int]:
    """Return a TIMESTAMP WITH TIME ZONE as its UTC text and its offset in minutes."""
    text = decode_datetime(data[:_TIMESTAMP_BYTES])
    if len(data) <= _ZONE_MINUTES:
        return text, 0
    if data[_ZONE_HOURS] & _REGION:
        raise unsupported("time zone regions in binds")
    return text, (data[_ZONE_HOURS] - _HOUR_BIAS) * 60 + data[_ZONE_MINUTES] - _MINUTE_BIAS


def encode_date(text: str) -> bytes:
    """Return the seven bytes of a DATE (and of a timestamp without a fraction)."""
    year = int(text[:4])
    if text.endswith(_BEFORE_CHRIST):
        year = -year
    century = int(year / 100)  # towards zero: both bytes carry the sign of the year
    return bytes(
        (
            century + _CENTURY_BIAS,
            year - century * 100 + _CENTURY_BIAS,
            int(text[5:7]),
            int(text[8:10]),
            int(text[11:13]) + 1,
            int(text[14:16]) + 1,
            int(text[17:19]) + 1,
        )
    )


def _nanoseconds(text: str) -> int:
    digits = text[20:].removesuffix(_BEFORE_CHRIST)
    return int(digits.ljust(9, "0")[:9]) if text[19:20] == "." else 0


def encode_timestamp(text: str) -> bytes:
    """Return the bytes of a TIMESTAMP: eleven, or seven when the fraction is 0."""
    nanoseconds = _nanoseconds(text)
    return encode_date(text) + nanoseconds.to_bytes(4, "big") if nanoseconds else encode_date(text)


def encode_zoned(value: tuple[str, int]) -> bytes:
    """Return the thirteen bytes of a TIMESTAMP WITH TIME ZONE."""
    text, offset = value
    hours = int(offset / 60)  # towards zero: hours and minutes carry the same sign
    zone = bytes((hours + _HOUR_BIAS, offset - hours * 60 + _MINUTE_BIAS))
    return encode_date(text) + _nanoseconds(text).to_bytes(4, "big") + zone


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
