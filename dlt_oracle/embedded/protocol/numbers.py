"""NUMBER: up to 20 base-100 digits with a sign and exponent byte, and its decimal text.

Both directions go through byte translation tables and hexadecimal text: a base-100 digit in packed
decimal *is* its two decimal digits, so no digit is handled by Python code. Short numbers repeat, so
they are remembered.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

_MAX_DIGITS = 20  # base-100 digits
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
_TO_NEGATIVE = bytes(_NEGATIVE_BASE - (n >> 4) * 10 - (n & 15) & 255 for n in range(256))


def decode_number(data: bytes) -> str:
    """Return the decimal text of a NUMBER: no exponent, no needless zeros."""
    first = data[0]
    if first & 0x80:
        if len(data) == 1:
            return "0"
        digits, pairs, sign = data[1:].translate(_FROM_POSITIVE).hex(), first - _POSITIVE_BIAS + 1, ""
    else:
        mantissa = data[1:-1] if data[-1] == _TERMINATOR else data[1:]
        digits, pairs, sign = mantissa.translate(_FROM_NEGATIVE).hex(), _NEGATIVE_BIAS - first + 1, "-"
    point = pairs * 2
    if point >= len(digits):
        return sign + digits.lstrip("0") + "0" * (point - len(digits))
    if point > 0:
        whole = digits[:point].lstrip("0")
        fraction = digits[point:].rstrip("0")
        return f"{sign}{whole}.{fraction}" if fraction else sign + whole
    return f"{sign}0.{'0' * -point}{digits.rstrip('0')}"


def encode_number(text: str) -> bytes:
    """Return the bytes of a decimal number, rounded to the 20 base-100 digits a NUMBER holds.

    Raises ValueError when ``text`` is no finite decimal number.
    """
    negative = text.startswith("-")
    whole, _, fraction = text.lstrip("+-").partition(".")
    if not (whole + fraction).isdecimal():
        return _encode_scientific(text)
    whole = whole.lstrip("0")
    if len(whole) & 1:
        whole = "0" + whole
    if len(fraction) & 1:
        fraction += "0"
    digits = whole + fraction
    pairs = len(whole) // 2
    leading = (len(digits) - len(digits.lstrip("0"))) // 2
    packed = bytes.fromhex(digits)[leading:].rstrip(b"\0")
    pairs -= leading
    if not packed:
        return _ZERO
    if len(packed) > _MAX_DIGITS:
        return _encode_rounded(text, pairs)
    if negative:
        end = b"" if len(packed) == _MAX_DIGITS else bytes((_TERMINATOR,))
        return bytes((_NEGATIVE_BIAS - pairs + 1,)) + packed.translate(_TO_NEGATIVE) + end
    return bytes((_POSITIVE_BIAS + pairs - 1,)) + packed.translate(_TO_POSITIVE)


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
