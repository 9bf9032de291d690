"""BINARY_DOUBLE and BINARY_FLOAT: IEEE 754 with its bits turned so that they sort as bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Floats:
    """One width: the sign bit is turned, negative numbers are inverted."""

    width: int  # in bytes
    code: str  # of struct
    bits_code: str

    def decode(self, column: Sequence[bytes]) -> tuple[float, ...]:
        """Decode a column of values, none of them NULL."""
        count = len(column)
        sign, ones = self._masks()
        bits = struct.unpack(f">{count}{self.bits_code}", b"".join(column))
        turned = [each ^ (sign if each & sign else ones) for each in bits]
        return struct.unpack(f">{count}{self.code}", struct.pack(f">{count}{self.bits_code}", *turned))

    def encode(self, values: Sequence[float]) -> list[bytes]:
        """Encode a column of values, none of them NULL."""
        count, width = len(values), self.width
        sign, ones = self._masks()
        bits = struct.unpack(f">{count}{self.bits_code}", struct.pack(f">{count}{self.code}", *values))
        turned = [each ^ (ones if each & sign else sign) for each in bits]
        data = struct.pack(f">{count}{self.bits_code}", *turned)
        return [data[start : start + width] for start in range(0, len(data), width)]

    def _masks(self) -> tuple[int, int]:
        return 1 << self.width * 8 - 1, (1 << self.width * 8) - 1


DOUBLES = Floats(8, "d", "Q")
FLOATS = Floats(4, "f", "I")
