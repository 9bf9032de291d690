"""The image of a VECTOR on the wire (``base/vector.pyx``), from and to lists of numbers.

A header, eight bytes for the norm, then the elements: IEEE floats in Oracle's order of bits, or bytes.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.model import VectorFormat
from dlt_oracle.embedded.protocol.buffers import Reader
from dlt_oracle.embedded.protocol.floats import DOUBLES, FLOATS
from dlt_oracle.embedded.protocol.packets import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MAGIC = 0xDB
_VERSION = 0  # neither binary nor sparse
_NORM = 0x0002
_NORM_RESERVED = 0x0010
_SPARSE = 0x0020
_NORM_BYTES = 8

WIRE_FORMATS = {VectorFormat.FLOAT32: 2, VectorFormat.FLOAT64: 3, VectorFormat.INT8: 4}
"""The number of each format; 0 describes a column whose vectors may have any."""
_WIDTHS = {2: 4, 3: 8, 4: 1}
_DECODERS: dict[int, Callable[[list[bytes]], Sequence[float]]] = {
    2: FLOATS.decode,
    3: DOUBLES.decode,
    4: lambda cells: struct.unpack(f"{len(cells)}b", b"".join(cells)),
}


def decode_vector(data: bytes) -> list[float]:
    """Return the elements. Raises ProtocolError, and ORA-03001 for sparse and binary vectors."""
    reader = Reader(data)
    if reader.u8() != _MAGIC:
        raise ProtocolError("a vector without its first byte")
    reader.u8()  # version
    flags = reader.u16()
    kind = reader.u8()
    count = int.from_bytes(reader.raw(4), "big")
    if flags & _SPARSE or kind not in _WIDTHS:
        raise unsupported("sparse and binary vectors")
    if flags & (_NORM | _NORM_RESERVED):
        reader.skip_u8(_NORM_BYTES)
    return [float(each) for each in _DECODERS[kind]([reader.raw(_WIDTHS[kind]) for _ in range(count)])]


def encode_vector(values: Sequence[float], vector_format: VectorFormat) -> bytes:
    """Return the image of a vector."""
    kind = WIRE_FORMATS[vector_format]
    header = struct.pack(">BBHBI", _MAGIC, _VERSION, _NORM | _NORM_RESERVED, kind, len(values))
    if vector_format is VectorFormat.INT8:
        elements = struct.pack(f"{len(values)}b", *map(int, values))
    else:
        elements = b"".join((FLOATS if vector_format is VectorFormat.FLOAT32 else DOUBLES).encode(values))
    return header + bytes(_NORM_BYTES) + elements
