"""Bind and define metadata from the client, column descriptions to it (``thin/messages/base.pyx``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.model import Column, OracleType, TypeName
from dlt_oracle.embedded.protocol import codes
from dlt_oracle.embedded.protocol.buffers import Reader, clr, sized, ub
from dlt_oracle.embedded.protocol.codes import FORM_IMPLICIT, FORM_NCHAR, MessageType, OraType
from dlt_oracle.embedded.protocol.vectors import WIRE_FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence

_FLAG_ARRAY = 0x40


@dataclass(frozen=True)
class Definition:
    """One bind or define as the client declares it; ``size`` counts bytes."""

    type: int
    size: int = 0
    is_array: bool = False
    form: int = 0

    def oracle_type(self, max_string_bytes: int) -> OracleType:
        """Return the type the engine is told. Raises ORA-03001 for types this server lacks.

        ``max_string_bytes`` cuts the declared size of strings: the driver declares four bytes for
        every character.
        """
        if self.is_array:
            raise unsupported("array binds of PL/SQL")
        name = _TYPE_NAMES.get((self.type, self.form)) or _TYPE_NAMES.get((self.type, 0))
        if name is None:
            raise unsupported(f"binds of type {_type_name(self.type)}")
        if name in _SIZED:
            return OracleType(name, length=min(self.size, max_string_bytes))
        return OracleType(name)


def _type_name(number: int) -> str:
    return OraType(number).name if number in set(OraType) else str(number)


_TYPE_NAMES: dict[tuple[int, int], TypeName] = {
    (OraType.VARCHAR, FORM_IMPLICIT): TypeName.VARCHAR2,
    (OraType.VARCHAR, FORM_NCHAR): TypeName.NVARCHAR2,
    (OraType.CHAR, FORM_IMPLICIT): TypeName.CHAR,
    (OraType.CHAR, FORM_NCHAR): TypeName.NCHAR,
    (OraType.LONG, FORM_IMPLICIT): TypeName.LONG,
    (OraType.LONG, FORM_NCHAR): TypeName.LONG,
    (OraType.CLOB, FORM_IMPLICIT): TypeName.CLOB,
    (OraType.CLOB, FORM_NCHAR): TypeName.NCLOB,
    (OraType.NUMBER, 0): TypeName.NUMBER,
    (OraType.BINARY_INTEGER, 0): TypeName.NUMBER,
    (OraType.BINARY_FLOAT, 0): TypeName.BINARY_FLOAT,
    (OraType.BINARY_DOUBLE, 0): TypeName.BINARY_DOUBLE,
    (OraType.DATE, 0): TypeName.DATE,
    (OraType.TIMESTAMP, 0): TypeName.TIMESTAMP,
    (OraType.TIMESTAMP_TZ, 0): TypeName.TIMESTAMP_TZ,
    (OraType.TIMESTAMP_LTZ, 0): TypeName.TIMESTAMP_LTZ,
    (OraType.INTERVAL_DS, 0): TypeName.INTERVAL_DS,
    (OraType.RAW, 0): TypeName.RAW,
    (OraType.LONG_RAW, 0): TypeName.LONG_RAW,
    (OraType.BLOB, 0): TypeName.BLOB,
    (OraType.BOOLEAN, 0): TypeName.BOOLEAN,
    (OraType.JSON, 0): TypeName.JSON,
    (OraType.VECTOR, 0): TypeName.VECTOR,
}
_SIZED = frozenset({TypeName.VARCHAR2, TypeName.NVARCHAR2, TypeName.CHAR, TypeName.NCHAR, TypeName.RAW})


def read_definitions(reader: Reader, count: int, field_version: int) -> tuple[Definition, ...]:
    """Read the metadata of ``count`` binds or defines."""
    return tuple(_read_definition(reader, field_version) for _ in range(count))


def _read_definition(reader: Reader, field_version: int) -> Definition:
    kind = reader.u8()
    flag = reader.u8()
    reader.skip_u8(2)  # precision and scale: always 0
    size = reader.ub4()
    reader.ub4()  # maximum number of elements
    reader.ub8()  # continue flags
    reader.sized()  # type's object identifier
    reader.ub4()  # version, character set
    reader.ub2()
    form = reader.u8()
    reader.ub4()  # LOB prefetch length
    if field_version >= codes.FIELD_12_2:
        reader.ub4()
    return Definition(kind, size, bool(flag & _FLAG_ARRAY), form)


@dataclass(frozen=True)
class WireType:
    """How a column's type is described: type number, character set form, fixed size in bytes."""

    type: OraType
    form: int = 0
    size: int = 0


_NUMBER_BYTES = 22
_LOB_BYTES = 4000
_IMAGE_BYTES = 8200
_ROWID_BYTES = 10

WIRE_TYPES: dict[TypeName, WireType] = {
    TypeName.VARCHAR2: WireType(OraType.VARCHAR, FORM_IMPLICIT),
    TypeName.NVARCHAR2: WireType(OraType.VARCHAR, FORM_NCHAR),
    TypeName.CHAR: WireType(OraType.CHAR, FORM_IMPLICIT),
    TypeName.NCHAR: WireType(OraType.CHAR, FORM_NCHAR),
    TypeName.LONG: WireType(OraType.LONG, FORM_IMPLICIT),
    TypeName.CLOB: WireType(OraType.CLOB, FORM_IMPLICIT, _LOB_BYTES),
    TypeName.NCLOB: WireType(OraType.CLOB, FORM_NCHAR, _LOB_BYTES),
    TypeName.NUMBER: WireType(OraType.NUMBER, size=_NUMBER_BYTES),
    TypeName.FLOAT: WireType(OraType.NUMBER, size=_NUMBER_BYTES),
    TypeName.BINARY_FLOAT: WireType(OraType.BINARY_FLOAT, size=4),
    TypeName.BINARY_DOUBLE: WireType(OraType.BINARY_DOUBLE, size=8),
    TypeName.DATE: WireType(OraType.DATE, size=7),
    TypeName.TIMESTAMP: WireType(OraType.TIMESTAMP, size=11),
    TypeName.TIMESTAMP_TZ: WireType(OraType.TIMESTAMP_TZ, size=13),
    TypeName.TIMESTAMP_LTZ: WireType(OraType.TIMESTAMP_LTZ, size=11),
    TypeName.INTERVAL_DS: WireType(OraType.INTERVAL_DS, size=11),
    TypeName.RAW: WireType(OraType.RAW),
    TypeName.LONG_RAW: WireType(OraType.LONG_RAW),
    TypeName.BLOB: WireType(OraType.BLOB, size=_LOB_BYTES),
    TypeName.ROWID: WireType(OraType.ROWID, size=_ROWID_BYTES),
    TypeName.BOOLEAN: WireType(OraType.BOOLEAN, size=1),
    TypeName.JSON: WireType(OraType.JSON, size=_IMAGE_BYTES),
    TypeName.VECTOR: WireType(OraType.VECTOR, size=_IMAGE_BYTES),
}

LOB_TYPES = frozenset({OraType.CLOB, OraType.BLOB})
IMAGE_TYPES = frozenset({OraType.JSON, OraType.VECTOR})
"""Types whose values cross whole, as binary images behind a locator that serves nothing."""
LONG_TYPES = frozenset({OraType.LONG, OraType.LONG_RAW})
_LONG_OR_LOB = LOB_TYPES | IMAGE_TYPES | LONG_TYPES
_WIDE_TYPES = frozenset({OraType.VARCHAR, OraType.CHAR, OraType.RAW})
_WIDE_BYTES = 4000


def long_before_wide(definitions: Sequence[Definition]) -> bool:
    """Tell whether a string that may have more than 4,000 bytes is bound behind a LONG or a LOB (ORA-24816).

    The declared sizes count, whatever the values are. The 4,000 is that of the error's text: whether it
    grows with MAX_STRING_SIZE=EXTENDED is not said.
    """
    kinds = [each.type in _LONG_OR_LOB for each in definitions]
    first = kinds.index(True) if True in kinds else len(kinds)
    return any(each.type in _WIDE_TYPES and each.size > _WIDE_BYTES for each in definitions[first:])


_UTF8_BYTES = 4
_UTF16_BYTES = 2
_FRACTION_DIGITS = 6
_DAY_DIGITS = 2
_NO_SCALE = -127
_FLOAT_BITS = 126
_MAX_PRECISION = 38
_TIMES = frozenset({TypeName.TIMESTAMP, TypeName.TIMESTAMP_TZ, TypeName.TIMESTAMP_LTZ})


def always_null(column: Column) -> bool:
    """Tell whether a column is described with size 0 (``SELECT NULL``): its values are not sent."""
    return column.type.name in _SIZED and column.type.length == 0


def describe_message(columns: tuple[Column, ...], field_version: int, max_string_bytes: int) -> bytes:
    """Return the description of a query's select list."""
    sizes = [_sizes(column.type, max_string_bytes) for column in columns]
    parts = [
        bytes((MessageType.DESCRIBE_INFO,)),
        clr(None),
        ub(sum(size for size, _ in sizes)),
        ub(len(columns)),
    ]
    if columns:
        parts.append(b"\x01")
    for position, (column, (size, characters)) in enumerate(zip(columns, sizes, strict=True), start=1):
        parts.append(_describe(column, size, characters, position, field_version))
    parts.append(bytes(6))  # date, three flags words and a maximum, cached query key: none
    return b"".join(parts)


def _sizes(type_: OracleType, max_string_bytes: int) -> tuple[int, int]:
    """Return the size in bytes and in characters (0 for types that are no strings)."""
    wire = WIRE_TYPES[type_.name]
    if type_.name not in _SIZED:
        return wire.size, 0
    if type_.name is TypeName.RAW:
        return (max_string_bytes if type_.length is None else type_.length), 0
    unit = _UTF16_BYTES if wire.form == FORM_NCHAR else _UTF8_BYTES if type_.char_semantics else 1
    length = max_string_bytes // unit if type_.length is None else type_.length
    return length * unit, length


def _precision_and_scale(type_: OracleType) -> tuple[int, int]:
    if type_.name is TypeName.NUMBER:
        if type_.precision is None:
            return (0, _NO_SCALE) if type_.scale is None else (_MAX_PRECISION, type_.scale)
        return type_.precision, type_.scale or 0
    if type_.name is TypeName.FLOAT:
        return type_.precision or _FLOAT_BITS, _NO_SCALE
    if type_.name in _TIMES:
        return 0, _FRACTION_DIGITS if type_.scale is None else type_.scale
    if type_.name is TypeName.INTERVAL_DS:
        precision = _DAY_DIGITS if type_.precision is None else type_.precision
        return precision, _FRACTION_DIGITS if type_.scale is None else type_.scale
    return 0, 0


_IS_JSON = 0x100  # in the flags of a described column
_ANY_DIMENSIONS = 0x01  # in the flags of a described vector


def _vector(type_: OracleType) -> bytes:
    """Return dimensions, format (0: any) and flags of a VECTOR; zeros for other types."""
    if type_.name is not TypeName.VECTOR:
        return b"\0\0\0"
    kind = WIRE_FORMATS[type_.vector_format] if type_.vector_format else 0
    return ub(type_.length or 0) + bytes((kind, 0 if type_.length else _ANY_DIMENSIONS))


_CHARSETS = {0: 0, FORM_IMPLICIT: codes.AL32UTF8, FORM_NCHAR: codes.AL16UTF16}


def _describe(column: Column, size: int, characters: int, position: int, field_version: int) -> bytes:
    wire = WIRE_TYPES[column.type.name]
    precision, scale = _precision_and_scale(column.type)
    name = column.name.encode()
    parts = [
        bytes((wire.type, 0, precision, scale & 0xFF)),
        ub(size),
        b"\0\0\0\0",  # array elements, continue flags, object identifier, version
        ub(_CHARSETS[wire.form]),
        bytes((wire.form,)),
        ub(characters),
    ]
    if field_version >= codes.FIELD_12_2:
        parts.append(b"\0")
    parts += (
        bytes((column.nullable, min(len(name), 255))),
        sized(name),
        b"\0\0",  # schema and name of an object type
        ub(position),
        ub(_IS_JSON if column.type.name is TypeName.JSON else 0),
    )
    if field_version >= codes.FIELD_23_1:
        parts.append(b"\0\0")  # domain
    if field_version >= codes.FIELD_23_1_EXT3:
        parts.append(b"\0")  # annotations
    if field_version >= codes.FIELD_23_4:
        parts.append(_vector(column.type))
    return b"".join(parts)
