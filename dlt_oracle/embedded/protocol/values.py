"""Columns of values: wire bytes to the values of ``model`` and back, one function per type.

The function is chosen once a column, not once a value: a batch of rows is decoded and encoded column
by column. Encoders return values ready to be joined into rows, with their lengths.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import TypeName, Value
from dlt_oracle.embedded.protocol import datetimes
from dlt_oracle.embedded.protocol.buffers import clr, sb, ub
from dlt_oracle.embedded.protocol.codes import FORM_NCHAR, MAX_SHORT_LENGTH, OraType
from dlt_oracle.embedded.protocol.numbers import decode_number, encode_number

Raw = Sequence["bytes | None"]
Decoder = Callable[[Raw], "list[Value]"]
Encoder = Callable[[Sequence[Value]], "list[bytes]"]

_NULL = b"\0"
_LENGTHS = [bytes((n,)) for n in range(MAX_SHORT_LENGTH + 1)]
_REMEMBERED = 1 << 16  # numbers
_SHORT_NUMBER_BYTES = 4
_SHORT_NUMBER_CHARACTERS = 7


class _DecodedNumbers(dict["bytes | None", "str | None"]):
    """NUMBERs by their bytes; short ones repeat and are kept."""

    def __missing__(self, data: bytes) -> str:
        text = decode_number(data)
        if len(data) <= _SHORT_NUMBER_BYTES and len(self) < _REMEMBERED:
            self[data] = text
        return text


class _EncodedNumbers(dict["str | None", bytes]):
    """NUMBERs by their text, with their length; short ones repeat and are kept."""

    def __missing__(self, text: str) -> bytes:
        data = encode_number(text)
        encoded = _LENGTHS[len(data)] + data
        if len(text) <= _SHORT_NUMBER_CHARACTERS and len(self) < _REMEMBERED:
            self[text] = encoded
        return encoded


_decoded_numbers = _DecodedNumbers({None: None})
_encoded_numbers = _EncodedNumbers({None: _NULL})


def _each(decode: Callable[[bytes], Value]) -> Decoder:
    def decode_column(column: Raw) -> list[Value]:
        return [None if data is None else decode(data) for data in column]

    return decode_column


def _numbers(column: Raw) -> list[Value]:
    return list(map(_decoded_numbers.__getitem__, column))


def _texts(column: Raw) -> list[Value]:
    return [None if data is None else data.decode() for data in column]


def _wide_texts(column: Raw) -> list[Value]:
    return [None if data is None else data.decode("utf-16-be") for data in column]


def _bytes(column: Raw) -> list[Value]:
    return list(column)


def _decode_double(data: bytes) -> float:
    bits = int.from_bytes(data, "big")
    bits ^= 1 << 63 if data[0] & 0x80 else (1 << 64) - 1
    number: float = _DOUBLE.unpack(bits.to_bytes(8, "big"))[0]
    return number


def _decode_float(data: bytes) -> float:
    bits = int.from_bytes(data, "big")
    bits ^= 1 << 31 if data[0] & 0x80 else (1 << 32) - 1
    number: float = _FLOAT.unpack(bits.to_bytes(4, "big"))[0]
    return number


_DOUBLE = struct.Struct(">d")
_FLOAT = struct.Struct(">f")

_DECODERS: dict[int, Decoder] = {
    OraType.VARCHAR: _texts,
    OraType.CHAR: _texts,
    OraType.LONG: _texts,
    OraType.NUMBER: _numbers,
    OraType.BINARY_INTEGER: _numbers,
    OraType.BINARY_FLOAT: _each(_decode_float),
    OraType.BINARY_DOUBLE: _each(_decode_double),
    OraType.DATE: _each(datetimes.decode_datetime),
    OraType.TIMESTAMP: _each(datetimes.decode_datetime),
    OraType.TIMESTAMP_LTZ: _each(datetimes.decode_datetime),
    OraType.TIMESTAMP_TZ: _each(datetimes.decode_zoned),
    OraType.INTERVAL_DS: _each(datetimes.decode_interval),
    OraType.RAW: _bytes,
    OraType.LONG_RAW: _bytes,
    OraType.BOOLEAN: _each(lambda data: data[0] == 1),
}


def decode_column(kind: int, form: int, column: Raw) -> list[Value]:
    """Decode one column of bind values of type ``kind``. Raises OracleError."""
    decode = _wide_texts if form == FORM_NCHAR else _DECODERS.get(kind)
    if decode is None:
        raise unsupported(f"binds of type {kind}")
    try:
        return decode(column)
    except UnicodeDecodeError:
        raise OracleError(29275) from None


def _encode_texts(values: Sequence[Value]) -> list[bytes]:
    return [
        _NULL
        if value is None
        else (_LENGTHS[len(data)] + data if len(data := value.encode()) <= MAX_SHORT_LENGTH else clr(data))
        for value in values
    ]


def _encode_each(encode: Callable[[Any], bytes]) -> Encoder:
    def encode_column(values: Sequence[Value]) -> list[bytes]:
        return [_NULL if value is None else clr(encode(value)) for value in values]

    return encode_column


def _encode_numbers(values: Sequence[Value]) -> list[bytes]:
    return list(map(_encoded_numbers.__getitem__, values))


def _encode_double(value: float) -> bytes:
    bits = int.from_bytes(_DOUBLE.pack(value), "big")
    return (bits ^ ((1 << 64) - 1 if bits >> 63 else 1 << 63)).to_bytes(8, "big")


def _encode_float(value: float) -> bytes:
    bits = int.from_bytes(_FLOAT.pack(value), "big")
    return (bits ^ ((1 << 32) - 1 if bits >> 31 else 1 << 31)).to_bytes(4, "big")


def _encode_wide(value: str) -> bytes:
    return value.encode("utf-16-be")


def _long(encode: Callable[[Any], bytes]) -> Encoder:
    """Encode as LONG: the value, a null indicator and a return code."""

    def encode_column(values: Sequence[Value]) -> list[bytes]:
        return [_LONG_NULL if value is None else clr(encode(value)) + b"\0\0" for value in values]

    return encode_column


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


_ENCODERS: dict[TypeName, Encoder] = {
    TypeName.VARCHAR2: _encode_texts,
    TypeName.CHAR: _encode_texts,
    TypeName.NVARCHAR2: _encode_each(_encode_wide),
    TypeName.NCHAR: _encode_each(_encode_wide),
    TypeName.NUMBER: _encode_numbers,
    TypeName.FLOAT: _encode_numbers,
    TypeName.BINARY_FLOAT: _encode_each(_encode_float),
    TypeName.BINARY_DOUBLE: _encode_each(_encode_double),
    TypeName.DATE: _encode_each(datetimes.encode_date),
    TypeName.TIMESTAMP: _encode_each(datetimes.encode_timestamp),
    TypeName.TIMESTAMP_LTZ: _encode_each(datetimes.encode_timestamp),
    TypeName.TIMESTAMP_TZ: _encode_each(datetimes.encode_zoned),
    TypeName.INTERVAL_DS: _encode_each(datetimes.encode_interval),
    TypeName.RAW: _encode_each(bytes),
    TypeName.ROWID: _encode_rowids,
    TypeName.BOOLEAN: _encode_each(lambda value: b"\x01\x01" if value else b"\0"),
    TypeName.LONG: _long(str.encode),
    TypeName.LONG_RAW: _long(bytes),
}

encode_long_text: Encoder = _long(str.encode)
encode_long_wide_text: Encoder = _long(_encode_wide)
encode_long_bytes: Encoder = _long(bytes)


def encoder(name: TypeName) -> Encoder:
    """Return the encoder of a column of type ``name`` (LOBs have none: they go by locator or as LONG)."""
    return _ENCODERS[name]
