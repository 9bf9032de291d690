"""Data types of DDL and CAST, with their limits.

Limits: *SQL Language Reference 19c*, "Data Types" and "Data Type Comparison Rules"; the string types follow
MAX_STRING_SIZE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.model import OracleType, TypeName, VectorFormat
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.scan import QUOTED, WORD
from dlt_oracle.embedded.sql.words import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_STANDARD_BYTES = 4000
_MAX_DIMENSIONS = 65_535

# Types Oracle has and this server has not, by the release they came with.
_UNSUPPORTED = {
    "ANYDATA": 9,
    "ANYDATASET": 9,
    "ANYTYPE": 9,
    "BFILE": 8,
    "DBURITYPE": 9,
    "HTTPURITYPE": 9,
    "SDO_GEOMETRY": 10,
    "SDO_TOPO_GEOMETRY": 10,
    "UROWID": 8,
    "URITYPE": 9,
    "XDBURITYPE": 9,
    "XMLTYPE": 9,
}

# Supported types younger than the oldest release.
_SINCE = {"BOOL": 23, "BOOLEAN": 23, "JSON": 21, "VECTOR": 23}

# Unsupported types that take parameters: skipped, so that the refusal names the type.
_WITH_PARAMETERS = frozenset({"UROWID"})


def data_type(c: Cursor) -> ast.DataType:
    """Parse a data type. ORA-00902 for a name that is none."""
    start = c.start
    if c.token.kind == QUOTED or c.peek() == ".":
        return _object_type(c)
    if c.token.kind != WORD:
        raise c.error(902)
    word = c.key
    parse = _TYPES.get(word)
    if parse is not None and c.version >= _SINCE.get(word, 0):
        c.advance()
        node = parse(c)
        if isinstance(node, OracleType):
            node = ast.DataType(node)
        return ast.DataType(node.type, node.semantics, c.source(start), position=start)
    if c.version >= _UNSUPPORTED.get(word, 99):
        c.advance()
        if word in _WITH_PARAMETERS and c.accept("("):
            while not c.accept(")"):
                if c.at_end:
                    raise c.error(907)
                c.advance()
        raise c.unsupported(f"the data type {word}", start)
    if c.peek() == "(":
        c.advance()
        raise c.error(907)
    raise c.error(902)


def at_type(c: Cursor) -> bool:
    """Whether a data type can start here: any word but those that start something else in a column."""
    return c.token.kind in (WORD, QUOTED) and c.key not in _NO_TYPE


_NO_TYPE = words(
    """
    DEFAULT CONSTRAINT NOT NULL UNIQUE PRIMARY REFERENCES CHECK GENERATED AS VISIBLE INVISIBLE ENCRYPT DECRYPT
    COLLATE DROP SORT ENABLE DISABLE
    """
)


def _object_type(c: Cursor) -> ast.DataType:
    """Refuse a type by a quoted or qualified name: it cannot be a built-in one."""
    start = c.start
    quoted = c.token.kind == QUOTED
    name = c.advance().value
    if c.accept("."):
        name = c.name(902)
    elif quoted and name not in _UNSUPPORTED:
        raise c.error(902, position=start)
    raise c.unsupported(f"the data type {name}", start)


# --- character types ----------------------------------------------------------------------------


def _length(c: Cursor, limit: int) -> tuple[int, str | None]:
    """Take ``(n [BYTE | CHAR])``."""
    c.open()
    position = c.start
    length = c.integer(910)
    semantics = c.accept_any("BYTE", "CHAR")
    if length == 0:
        raise c.error(1723, position=position)
    if length > limit:
        raise c.error(910, position=position)
    c.close()
    return length, semantics


def _character(name: TypeName, length: int, semantics: str | None) -> ast.DataType:
    return ast.DataType(OracleType(name, length, semantics == "CHAR"), semantics)


def _varchar2(c: Cursor) -> ast.DataType:
    return _character(TypeName.VARCHAR2, *_length(c, c.max_string_bytes))


def _char(c: Cursor) -> ast.DataType:
    if c.accept("VARYING"):
        return _varchar2(c)
    if c.key != "(":
        return _character(TypeName.CHAR, 1, None)
    return _character(TypeName.CHAR, *_length(c, 2000))


def _national(c: Cursor, name: TypeName, limit: int) -> OracleType:
    length, semantics = _length(c, limit)
    if semantics is not None:
        raise c.error(907)
    return OracleType(name, length, char_semantics=True)


def _nvarchar2(c: Cursor) -> OracleType:
    # AL16UTF16: two bytes a character.
    limit = 2000 if c.max_string_bytes == _STANDARD_BYTES else c.max_string_bytes // 2
    return _national(c, TypeName.NVARCHAR2, limit)


def _nchar(c: Cursor) -> OracleType:
    if c.accept("VARYING"):
        return _nvarchar2(c)
    if c.key != "(":
        return OracleType(TypeName.NCHAR, 1, char_semantics=True)
    return _national(c, TypeName.NCHAR, 1000)


def _national_words(c: Cursor) -> OracleType:
    if not (c.accept("CHAR") or c.accept("CHARACTER")):
        raise c.error(902)
    return _nchar(c)


def _raw(c: Cursor) -> OracleType:
    length, semantics = _length(c, 2000 if c.max_string_bytes == _STANDARD_BYTES else c.max_string_bytes)
    if semantics is not None:
        raise c.error(907)
    return OracleType(TypeName.RAW, length)


def _long(c: Cursor) -> OracleType:
    if c.accept("RAW"):
        return OracleType(TypeName.LONG_RAW)
    c.accept("VARCHAR")
    return OracleType(TypeName.LONG)


# --- numbers ------------------------------------------------------------------------------------


def _precision_and_scale(c: Cursor) -> tuple[int | None, int | None]:
    """Take ``(p | * [, s])``: precision 1 to 38, scale -84 to 127."""
    c.open()
    position = c.start
    precision = None if c.accept("*") else c.integer(2017)
    if precision is not None and not 1 <= precision <= 38:  # noqa: PLR2004 - Oracle's range
        raise c.error(1727, position=position)
    scale = None
    if c.accept(","):
        position = c.start
        scale = c.signed_integer(2017)
        if not -84 <= scale <= 127:  # noqa: PLR2004 - Oracle's range
            raise c.error(1728, position=position)
    c.close()
    return precision, scale


def _number(c: Cursor) -> OracleType:
    if c.key != "(":
        return OracleType(TypeName.NUMBER)
    precision, scale = _precision_and_scale(c)
    if scale is None and precision is not None:
        scale = 0
    return OracleType(TypeName.NUMBER, precision=precision, scale=scale)


def _decimal(c: Cursor) -> OracleType:
    """Parse DECIMAL and its kind: whole numbers where no scale is given."""
    number = _number(c)
    return OracleType(TypeName.NUMBER, precision=number.precision, scale=number.scale or 0)


def _integer(_: Cursor) -> OracleType:
    return OracleType(TypeName.NUMBER, scale=0)


def _float(c: Cursor) -> OracleType:
    """Parse FLOAT [(binary precision)]: 1 to 126."""
    precision = 126
    if c.accept("("):
        position = c.start
        precision = 126 if c.accept("*") else c.integer(2017)
        if not 1 <= precision <= 126:  # noqa: PLR2004 - Oracle's range
            raise c.error(1727, position=position)
        c.close()
    return OracleType(TypeName.FLOAT, precision=precision)


def _double(c: Cursor) -> OracleType:
    c.keyword("PRECISION")
    return OracleType(TypeName.FLOAT, precision=126)


# --- times --------------------------------------------------------------------------------------


def _digits(c: Cursor, default: int, code: int = 30088) -> int:
    """Take ``(0 … 9)`` if it is there."""
    if not c.accept("("):
        return default
    position = c.start
    digits = c.integer(code)
    if digits > 9:  # noqa: PLR2004 - Oracle's range
        raise c.error(code, position=position)
    c.close()
    return digits


def _timestamp(c: Cursor) -> OracleType:
    scale = _digits(c, 6)
    name = TypeName.TIMESTAMP
    if c.key == "WITH" and c.peek() in ("TIME", "LOCAL"):
        c.advance()
        name = TypeName.TIMESTAMP_LTZ if c.accept("LOCAL") else TypeName.TIMESTAMP_TZ
        c.keyword("TIME", "ZONE")
    return OracleType(name, scale=scale)


def _interval(c: Cursor) -> OracleType:
    start = c.start
    if c.accept("YEAR"):
        _digits(c, 2, 1866)
        c.keyword("TO", "MONTH")
        raise c.unsupported("the data type INTERVAL YEAR TO MONTH", start)
    c.expect("DAY", 905)
    precision = _digits(c, 2)
    c.keyword("TO", "SECOND")
    return OracleType(TypeName.INTERVAL_DS, precision=precision, scale=_digits(c, 6))


# --- documents and vectors ------------------------------------------------------------------------


def _json(c: Cursor) -> OracleType:
    if c.key == "(":
        raise c.unsupported("JSON with a modifier")
    return OracleType(TypeName.JSON)


def _vector(c: Cursor) -> OracleType:
    """Parse VECTOR [(dimensions | * [, format | *])]: 1 to 65,535 dimensions."""
    if not c.accept("("):
        return OracleType(TypeName.VECTOR)
    position = c.start
    dimensions = None if c.accept("*") else c.integer(907)
    if dimensions is not None and not 1 <= dimensions <= _MAX_DIMENSIONS:
        raise c.unsupported(f"a VECTOR with {dimensions} dimensions", position)
    vector_format = None
    if c.accept(",") and not c.accept("*"):
        if c.key in ("BINARY", "SPARSE"):
            raise c.unsupported(f"{c.key} vectors")
        vector_format = VectorFormat(c.expect_any(tuple(each.value for each in VectorFormat), 907))
    c.close()
    return OracleType(TypeName.VECTOR, dimensions, vector_format=vector_format)


def _plain(name: TypeName) -> Callable[[Cursor], OracleType]:
    return lambda _: OracleType(name)


_TYPES: dict[str, Callable[[Cursor], OracleType | ast.DataType]] = {
    "BINARY_DOUBLE": _plain(TypeName.BINARY_DOUBLE),
    "BINARY_FLOAT": _plain(TypeName.BINARY_FLOAT),
    "BLOB": _plain(TypeName.BLOB),
    "BOOL": _plain(TypeName.BOOLEAN),
    "BOOLEAN": _plain(TypeName.BOOLEAN),
    "CHAR": _char,
    "CHARACTER": _char,
    "CLOB": _plain(TypeName.CLOB),
    "DATE": _plain(TypeName.DATE),
    "DEC": _decimal,
    "DECIMAL": _decimal,
    "DOUBLE": _double,
    "FLOAT": _float,
    "INT": _integer,
    "INTEGER": _integer,
    "INTERVAL": _interval,
    "JSON": _json,
    "LONG": _long,
    "NATIONAL": _national_words,
    "NCHAR": _nchar,
    "NCLOB": _plain(TypeName.NCLOB),
    "NUMBER": _number,
    "NUMERIC": _decimal,
    "NVARCHAR2": _nvarchar2,
    "RAW": _raw,
    "REAL": lambda _: OracleType(TypeName.FLOAT, precision=63),
    "ROWID": _plain(TypeName.ROWID),
    "SMALLINT": _integer,
    "TIMESTAMP": _timestamp,
    "VARCHAR": _varchar2,
    "VARCHAR2": _varchar2,
    "VECTOR": _vector,
}
