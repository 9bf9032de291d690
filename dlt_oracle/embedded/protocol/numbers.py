"""NUMBER: up to 20 base-100 digits with a sign and exponent byte, and its decimal text.

Both directions go through byte translation tables and hexadecimal text: a base-100 digit in packed
decimal *is* its two decimal digits, so no digit is handled by Python code. Short numbers repeat, so
they are remembered.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

_MAX_DIGITS = 20  # base-100 digits
_PLAIN_CHARACTERS = 38  # of a text that surely fits, with a point or not
_UNPLAIN = ("0", "")  # how the whole part of what takes the long way begins
_ZERO = b"\x80"
_POSITIVE_BIAS = 193  # exponent byte of 1 … 99
_NEGATIVE_BIAS = 62  # its complement
_TERMINATOR = 102  # after the digits of a negative number
_NEGATIVE_BASE = 101
# Digits of the longest exact text: 126 before the point and 130 + 40 behind it.
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP)

_PACKED = bytes((n // 10) << 4 | n % 10 for n in range(100))
_FROM_POSITIVE = bytes(_PACKED[n - 1] if 1 <= n <= 100 else 0 for n in range(256))  # noqa: PLR2004 - base 100
_FROM_NEGATIVE = bytes(
    _PACKED[_NEGATIVE_BASE - n] if 2 <= n <= _NEGATIVE_BASE else 0  # noqa: PLR2004 - base 100
    for n in range(256)
)
_TO_POSITIVE = bytes((n >> 4) * 10 + (n & 15) + 1 & 255 for n in range(256))
_EXPONENTS = [bytes((_POSITIVE_BIAS - 1 + pairs,)) for pairs in range(_MAX_DIGITS + 1)]
_from_hex = bytes.fromhex
_TO_NEGATIVE = bytes(_NEGATIVE_BASE - (n >> 4) * 10 - (n & 15) & 255 for n in range(256))


def decode_number(data: bytes) -> str:
    """Return the decimal text of a NUMBER: no exponent, no needless zeros."""
    first = data[0]
    if first < _POSITIVE_BIAS:
        return _decode_below_one(data)
    digits = data.translate(_FROM_POSITIVE).hex()  # the exponent's two digits are passed over
    start = 3 if digits[2] == "0" else 2
    point = 2 + (first - _POSITIVE_BIAS + 1) * 2
    if len(digits) <= point:
        return digits[start:] + "0" * (point - len(digits))
    return digits[start:point] + "." + digits[point:].rstrip("0")


def _decode_below_one(data: bytes) -> str:
    """Decode 0, fractions and negative numbers."""
    first = data[0]
    if data == _ZERO:
        return "0"
    if first & 0x80:
        digits, pairs, sign = data[1:].translate(_FROM_POSITIVE).hex(), first - _POSITIVE_BIAS + 1, ""
    else:
        mantissa = data[1:-1] if data[-1] == _TERMINATOR else data[1:]
        digits, pairs, sign = mantissa.translate(_FROM_NEGATIVE).hex(), _NEGATIVE_BIAS - first + 1, "-"
    point = pairs * 2
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits.rstrip('0')}"
    whole = digits[:point].lstrip("0") + "0" * (point - len(digits))
    fraction = digits[point:].rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def encode_number(text: str) -> bytes:
    """Return the bytes of a decimal number, rounded to the 20 base-100 digits a NUMBER holds.

    Raises ValueError when ``text`` is no finite decimal number.
    """
    whole, _, fraction = text.partition(".")
    if not (whole + fraction).isdecimal() or whole[:1] in _UNPLAIN or len(text) > _PLAIN_CHARACTERS:
        return _encode_any(text)
    if len(whole) & 1:
        whole = "0" + whole
    if len(fraction) & 1:
        fraction += "0"
    mantissa = _from_hex(whole + fraction).translate(_TO_POSITIVE).rstrip(b"\x01")
    return _EXPONENTS[len(whole) >> 1] + mantissa


def _encode_any(text: str) -> bytes:
    """Encode zero, fractions, negative, long and scientific numbers."""
    negative = text.startswith("-")
    whole, _, fraction = text.lstrip("+-").partition(".")
    if not (whole + fraction).isdecimal():
        return _encode_scientific(text)
    whole = whole.lstrip("0")
    if len(whole) & 1:
        whole = "0" + whole
    if len(fraction) & 1:
        fraction += "0"
    packed = bytes.fromhex(whole + fraction)
    mantissa = packed.lstrip(b"\0")
    pairs = len(whole) // 2 - (len(packed) - len(mantissa))
    mantissa = mantissa.rstrip(b"\0")
    if not mantissa:
        return _ZERO
    if len(mantissa) > _MAX_DIGITS:
        return _encode_rounded(text, pairs)
    if negative:
        end = b"" if len(mantissa) == _MAX_DIGITS else bytes((_TERMINATOR,))
        return bytes((_NEGATIVE_BIAS - pairs + 1,)) + mantissa.translate(_TO_NEGATIVE) + end
    return bytes((_POSITIVE_BIAS + pairs - 1,)) + mantissa.translate(_TO_POSITIVE)


def _encode_scientific(text: str) -> bytes:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError("not a finite decimal number")
    return encode_number(f"{number:f}")


def _encode_rounded(text: str, pairs: int) -> bytes:
    """Round half up at the twentieth base-100 digit, as Oracle does."""
    unit = Decimal(1).scaleb((pairs - _MAX_DIGITS) * 2)
    return encode_number(f"{Decimal(text).quantize(unit, context=_ROUNDING):f}")
