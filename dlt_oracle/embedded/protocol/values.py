"""Columns of values: wire bytes to the values of ``model`` and back, one function per type.

The function is chosen once a column, not once a value, and works on the whole column: a batch of rows
is decoded and encoded column by column. NULL is ``b""`` before decoding and None after it; encoders
return cells ready to be joined into rows, with their lengths.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import TypeName, Value, VectorFormat
from dlt_oracle.embedded.protocol import datetimes
from dlt_oracle.embedded.protocol.buffers import clr, sb, ub
from dlt_oracle.embedded.protocol.codes import FORM_NCHAR, MAX_SHORT_LENGTH, OraType
from dlt_oracle.embedded.protocol.floats import DOUBLES, FLOATS
from dlt_oracle.embedded.protocol.lobs import image_column
from dlt_oracle.embedded.protocol.numbers import decode_number, encode_number
from dlt_oracle.embedded.protocol.oson import decode_document, encode_document
from dlt_oracle.embedded.protocol.vectors import decode_vector, encode_vector

Cells = Sequence[bytes]
Decoder = Callable[[Cells], "list[Value]"]
Encoder = Callable[[Sequence[Value]], "list[bytes]"]

_NULL = b"\0"
_LENGTHS = [bytes((n,)) for n in range(MAX_SHORT_LENGTH + 1)]
_REMEMBERED = 1 << 16  # numbers
_SHORT_NUMBER_BYTES = 4
_SHORT_NUMBER_CHARACTERS = 6


class _DecodedNumbers(dict[bytes, "str | None"]):
    """Short NUMBERs by their bytes: they repeat."""

    def __missing__(self, data: bytes) -> str:
        text = decode_number(data)
        if len(self) < _REMEMBERED:
            self[data] = text
        return text


class _EncodedNumbers(dict[str, bytes]):
    """Short NUMBERs by their text, with their length."""

    def __missing__(self, text: str) -> bytes:
        encoded = _with_length(encode_number(text))
        if len(self) < _REMEMBERED:
            self[text] = encoded
        return encoded


_decoded_numbers = _DecodedNumbers({b"": None})
_encoded_numbers = _EncodedNumbers()


def _with_length(data: bytes) -> bytes:
    return _LENGTHS[len(data)] + data if len(data) <= MAX_SHORT_LENGTH else clr(data)


def _whole(decode: Callable[[Cells], Sequence[Value]]) -> Decoder:
    """Make a decoder of one that takes no NULLs."""

    def decode_column(column: Cells) -> list[Value]:
        if b"" not in column:
            return list(decode(column))
        present = iter(decode([data for data in column if data]))
        return [next(present) if data else None for data in column]

    return decode_column


def _each(decode: Callable[[bytes], Value]) -> Decoder:
    """Make a decoder of one that takes a single value."""
    return lambda column: [decode(data) if data else None for data in column]


def _decode_numbers(column: Cells) -> list[Value]:
    short, known = _SHORT_NUMBER_BYTES, _decoded_numbers
    return [known[data] if len(data) <= short else decode_number(data) for data in column]


def _decode_texts(column: Cells) -> list[Value]:
    return [data.decode() or None for data in column]


def _decode_wide_texts(column: Cells) -> list[Value]:
    return [data.decode("utf-16-be") or None for data in column]


def _decode_bytes(column: Cells) -> list[Value]:
    return [data or None for data in column]


_DECODERS: dict[int, Decoder] = {
    OraType.VARCHAR: _decode_texts,
    OraType.CHAR: _decode_texts,
    OraType.LONG: _decode_texts,
    OraType.NUMBER: _decode_numbers,
    OraType.BINARY_INTEGER: _decode_numbers,
    OraType.BINARY_FLOAT: _whole(FLOATS.decode),
    OraType.BINARY_DOUBLE: _whole(DOUBLES.decode),
    OraType.DATE: _whole(datetimes.decode_dates),
    OraType.TIMESTAMP: _whole(datetimes.decode_timestamps),
    OraType.TIMESTAMP_LTZ: _whole(datetimes.decode_timestamps),
    OraType.TIMESTAMP_TZ: _whole(datetimes.decode_zoned),
    OraType.INTERVAL_DS: _each(datetimes.decode_interval),
    OraType.RAW: _decode_bytes,
    OraType.LONG_RAW: _decode_bytes,
    OraType.BOOLEAN: _each(lambda data: data[0] == 1),
    OraType.JSON: _each(decode_document),
    OraType.VECTOR: _each(decode_vector),
}


def decode_column(kind: int, form: int, column: Cells) -> list[Value]:
    """Decode one column of bind values of type ``kind``. Raises OracleError."""
    decode = _decode_wide_texts if form == FORM_NCHAR else _DECODERS.get(kind)
    if decode is None:
        raise unsupported(f"binds of type {kind}")
    try:
        return decode(column)
    except UnicodeDecodeError:
        raise OracleError(29275) from None


def _encode_texts(values: Sequence[Value]) -> list[bytes]:
    return [_NULL if value is None else _with_length(value.encode()) for value in values]


def _encode_numbers(values: Sequence[Value]) -> list[bytes]:
    short, known = _SHORT_NUMBER_CHARACTERS, _encoded_numbers
    return [
        _NULL
        if value is None
        else (known[value] if len(value) <= short else _with_length(encode_number(value)))
        for value in values
    ]


def _encode_each(encode: Callable[[Any], bytes]) -> Encoder:
    """Make an encoder of one that takes a single value."""
    return lambda values: [_NULL if value is None else _with_length(encode(value)) for value in values]


def _encode_whole(encode: Callable[[Sequence[Any]], list[bytes]]) -> Encoder:
    """Make an encoder of one that takes no NULLs and returns short values."""

    def encode_column(values: Sequence[Value]) -> list[bytes]:
        present = values if None not in values else [value for value in values if value is not None]
        cells = [_LENGTHS[len(data)] + data for data in encode(present)]
        if present is values:
            return cells
        left = iter(cells)
        return [_NULL if value is None else next(left) for value in values]

    return encode_column


def _encode_wide(value: str) -> bytes:
    return value.encode("utf-16-be")


def _encode_long(encode: Callable[[Any], bytes]) -> Encoder:
    """Make an encoder to LONG: the value, a null indicator and a return code."""
    return lambda values: [_LONG_NULL if value is None else clr(encode(value)) + b"\0\0" for value in values]


_LONG_NULL = _NULL + sb(-1) + ub(1405)  # ORA-01405: fetched column value is NULL


def _encode_rowid(value: str) -> bytes:
    """Encode the 18 characters of a ROWID: object, file, block and row, six bits a character."""
    rba, partition, block, slot = (
        _base64(value[start:stop]) for start, stop in ((0, 6), (6, 9), (9, 15), (15, 18))
    )
    return b"\x0d" + ub(rba) + ub(partition) + b"\0" + ub(block) + ub(slot)


_BASE64 = {
    character: number
    for number, character in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}


def _base64(text: str) -> int:
    number = 0
    for character in text:
        number = number << 6 | _BASE64[character]
    return number


def _encode_rowids(values: Sequence[Value]) -> list[bytes]:
    return [_NULL if value is None else _encode_rowid(value) for value in values]


def _encode_images(encode: Callable[[Any], bytes]) -> Encoder:
    """Make an encoder of one that takes a single document or vector."""
    return lambda values: [_NULL if value is None else image_column(encode(value)) for value in values]


def vector_encoder(vector_format: VectorFormat | None) -> Encoder:
    """Return the encoder of a VECTOR column; where values may have any format they go as FLOAT64."""
    return _encode_images(lambda value: encode_vector(value, vector_format or VectorFormat.FLOAT64))


encode_long_vector: Encoder = _encode_long(lambda value: json.dumps(value, separators=(",", ":")).encode())
encode_long_text: Encoder = _encode_long(str.encode)
encode_long_wide_text: Encoder = _encode_long(_encode_wide)
encode_long_bytes: Encoder = _encode_long(bytes)

_ENCODERS: dict[TypeName, Encoder] = {
    TypeName.VARCHAR2: _encode_texts,
    TypeName.CHAR: _encode_texts,
    TypeName.NVARCHAR2: _encode_each(_encode_wide),
    TypeName.NCHAR: _encode_each(_encode_wide),
    TypeName.NUMBER: _encode_numbers,
    TypeName.FLOAT: _encode_numbers,
    TypeName.BINARY_FLOAT: _encode_whole(FLOATS.encode),
    TypeName.BINARY_DOUBLE: _encode_whole(DOUBLES.encode),
    TypeName.DATE: _encode_whole(datetimes.encode_dates),
    TypeName.TIMESTAMP: _encode_whole(datetimes.encode_timestamps),
    TypeName.TIMESTAMP_LTZ: _encode_whole(datetimes.encode_timestamps),
    TypeName.TIMESTAMP_TZ: _encode_whole(datetimes.encode_zoned),
    TypeName.INTERVAL_DS: _encode_each(datetimes.encode_interval),
    TypeName.RAW: _encode_each(bytes),
    TypeName.ROWID: _encode_rowids,
    TypeName.BOOLEAN: _encode_each(lambda value: b"\x01\x01" if value else b"\0"),
    TypeName.JSON: _encode_images(encode_document),
    TypeName.VECTOR: vector_encoder(None),
    TypeName.LONG: encode_long_text,
    TypeName.LONG_RAW: encode_long_bytes,
}


def encoder(name: TypeName) -> Encoder:
    """Return the encoder of a column of type ``name`` (LOBs have none: they go by locator or as LONG)."""
    return _ENCODERS[name]
