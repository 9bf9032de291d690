"""What the translator knows of an expression, and the families of types that Oracle's rules speak of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql.storage import fraction_digits

MAX_EXACT_DIGITS = 38  # a result of so many digits needs no rounding to NUMBER's mantissa


class Family(Enum):
    """Types that convert alike. The value is the name that ORA-00932 gives them."""

    TEXT = "CHAR"
    CLOB = "CLOB"
    NUMBER = "NUMBER"
    FLOAT4 = "BINARY_FLOAT"
    FLOAT8 = "BINARY_DOUBLE"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    LOCAL = "TIMESTAMP WITH LOCAL TIME ZONE"
    ZONED = "TIMESTAMP WITH TIME ZONE"
    DAY_SECOND = "INTERVAL DAY TO SECOND"
    YEAR_MONTH = "INTERVAL YEAR TO MONTH"
    RAW = "BINARY"
    BLOB = "BLOB"
    ROWID = "ROWID"
    BOOLEAN = "BOOLEAN"
    JSON = "JSON"
    VECTOR = "VECTOR"


_FAMILIES = {
    TypeName.VARCHAR2: Family.TEXT,
    TypeName.NVARCHAR2: Family.TEXT,
    TypeName.CHAR: Family.TEXT,
    TypeName.NCHAR: Family.TEXT,
    TypeName.LONG: Family.TEXT,
    TypeName.CLOB: Family.CLOB,
    TypeName.NCLOB: Family.CLOB,
    TypeName.NUMBER: Family.NUMBER,
    TypeName.FLOAT: Family.NUMBER,
    TypeName.BINARY_FLOAT: Family.FLOAT4,
    TypeName.BINARY_DOUBLE: Family.FLOAT8,
    TypeName.DATE: Family.DATE,
    TypeName.TIMESTAMP: Family.TIMESTAMP,
    TypeName.TIMESTAMP_LTZ: Family.LOCAL,
    TypeName.TIMESTAMP_TZ: Family.ZONED,
    TypeName.INTERVAL_DS: Family.DAY_SECOND,
    TypeName.INTERVAL_YM: Family.YEAR_MONTH,
    TypeName.RAW: Family.RAW,
    TypeName.LONG_RAW: Family.RAW,
    TypeName.BLOB: Family.BLOB,
    TypeName.ROWID: Family.ROWID,
    TypeName.BOOLEAN: Family.BOOLEAN,
    TypeName.JSON: Family.JSON,
    TypeName.VECTOR: Family.VECTOR,
}

NUMERIC = frozenset({Family.NUMBER, Family.FLOAT4, Family.FLOAT8})
DATETIME = frozenset({Family.DATE, Family.TIMESTAMP, Family.LOCAL, Family.ZONED})
LOBS = frozenset({Family.CLOB, Family.BLOB, Family.JSON, Family.VECTOR})
NATIONAL = frozenset({TypeName.NVARCHAR2, TypeName.NCHAR, TypeName.NCLOB})
PADDED = frozenset({TypeName.CHAR, TypeName.NCHAR})

NUMBER = OracleType(TypeName.NUMBER)
BINARY_FLOAT = OracleType(TypeName.BINARY_FLOAT)
BINARY_DOUBLE = OracleType(TypeName.BINARY_DOUBLE)
DATE = OracleType(TypeName.DATE)
TIMESTAMP = OracleType(TypeName.TIMESTAMP, scale=6)
TIMESTAMP9 = OracleType(TypeName.TIMESTAMP, scale=9)
TIMESTAMP_TZ = OracleType(TypeName.TIMESTAMP_TZ, scale=6)
TIMESTAMP_TZ9 = OracleType(TypeName.TIMESTAMP_TZ, scale=9)
INTERVAL_DS = OracleType(TypeName.INTERVAL_DS, precision=9, scale=9)
INTERVAL_YM = OracleType(TypeName.INTERVAL_YM, precision=9)
CLOB = OracleType(TypeName.CLOB)
BLOB = OracleType(TypeName.BLOB)
ROWID = OracleType(TypeName.ROWID)
BOOLEAN = OracleType(TypeName.BOOLEAN)
JSON = OracleType(TypeName.JSON)


def varchar2(length: int) -> OracleType:
    """Return VARCHAR2 of so many bytes."""
    return OracleType(TypeName.VARCHAR2, length=length)


def raw(length: int) -> OracleType:
    """Return RAW of so many bytes."""
    return OracleType(TypeName.RAW, length=length)


def family(oracle_type: OracleType) -> Family:
    """Return the family of a type."""
    return _FAMILIES[oracle_type.name]


@dataclass(frozen=True)
class Use:
    """A column of a query block used outside its aggregates: what GROUP BY must cover."""

    block: int
    position: int


@dataclass(frozen=True)
class Typed:
    """An expression after analysis: PostgreSQL text whose type is ``storage.form(type)``.

    ``null`` marks the literal NULL (and ''), which takes any type; ``text`` and ``number`` are a literal's
    value; ``digits`` bounds a NUMBER by (digits before, digits after the decimal mark); ``uses`` are
    the columns that a GROUP BY of their block has to cover; ``aggregates`` the blocks whose aggregate
    functions it holds; ``windowed`` is True for an analytic function inside; ``constant`` for what is the
    same in every row of a statement.
    """

    sql: str
    type: OracleType
    position: int = 0
    nullable: bool = True
    null: bool = False
    text: str | None = None
    number: str | None = None
    digits: tuple[int, int] | None = None
    uses: frozenset[Use] = frozenset()
    aggregates: frozenset[int] = frozenset()
    windowed: bool = False
    constant: bool = False

    @property
    def family(self) -> Family:
        """The family of its type."""
        return family(self.type)

    def become(self, sql: str, oracle_type: OracleType, digits: tuple[int, int] | None = None) -> Typed:
        """Return the result of a function of this expression: the same columns, another text and type."""
        return replace(
            self,
            sql=sql,
            type=oracle_type,
            nullable=True,
            null=False,
            text=None,
            number=None,
            digits=digits,
        )


def combine(
    parts: list[Typed], sql: str, oracle_type: OracleType, digits: tuple[int, int] | None = None
) -> Typed:
    """Return an expression made of ``parts``, using what they use."""
    return Typed(
        sql,
        oracle_type,
        position=parts[0].position if parts else 0,
        digits=digits,
        uses=frozenset().union(*(part.uses for part in parts)),
        aggregates=frozenset().union(*(part.aggregates for part in parts)),
        windowed=any(part.windowed for part in parts),
        constant=bool(parts) and all(part.constant for part in parts),
    )


def inconsistent(expected: str, got: Typed | OracleType, position: int = 0) -> OracleError:
    """Return ORA-00932 for a value of the wrong type; ORA-22848 for comparing (``-``) JSON or VECTOR."""
    oracle_type = got.type if isinstance(got, Typed) else got
    found = oracle_type.name.value if family(oracle_type) is Family.CLOB else family(oracle_type).value
    at = got.position if isinstance(got, Typed) and not position else position
    if expected == "-" and oracle_type.name in {TypeName.JSON, TypeName.VECTOR}:
        return OracleError(22848, found, position=at)
    return OracleError(932, expected, found, position=at)


_VARYING = {
    TypeName.CHAR: TypeName.VARCHAR2,
    TypeName.NCHAR: TypeName.NVARCHAR2,
    TypeName.LONG: TypeName.VARCHAR2,
}


def unpadded(oracle_type: OracleType) -> OracleType:
    """Return the varying type of a fixed one: what most functions of CHAR return."""
    return replace(oracle_type, name=_VARYING.get(oracle_type.name, oracle_type.name))


def byte_length(oracle_type: OracleType) -> int:
    """Return the longest a value of a character or RAW type is, in bytes (4000 where no length is known)."""
    if oracle_type.length is None:
        return 4000
    if oracle_type.name in {TypeName.NVARCHAR2, TypeName.NCHAR}:
        return oracle_type.length * 2
    return oracle_type.length * 4 if oracle_type.char_semantics else oracle_type.length


# The longest text that a value of a type becomes without a format; 0 where the value itself is text.
_TEXT_LENGTHS = {
    Family.NUMBER: 40,
    Family.FLOAT4: 40,
    Family.FLOAT8: 40,
    Family.DATE: 75,
    Family.TIMESTAMP: 75,
    Family.LOCAL: 75,
    Family.ZONED: 75,
    Family.DAY_SECOND: 30,
    Family.YEAR_MONTH: 30,
    Family.ROWID: 18,
    Family.BOOLEAN: 5,
}


def text_length(oracle_type: OracleType) -> int:
    """Return how many bytes the type needs as VARCHAR2."""
    kind = family(oracle_type)
    if kind is Family.RAW:
        return 2 * byte_length(oracle_type)
    if kind in LOBS:
        return 4000
    return _TEXT_LENGTHS.get(kind) or byte_length(oracle_type)


def number_digits(oracle_type: OracleType) -> tuple[int, int] | None:
    """Return the bounds of a NUMBER(p, s) column, None for a NUMBER without precision."""
    if oracle_type.name is not TypeName.NUMBER or (oracle_type.precision, oracle_type.scale) == (None, None):
        return None
    precision, scale = oracle_type.precision or MAX_EXACT_DIGITS, oracle_type.scale or 0
    return max(precision - scale, 0), max(scale, 0)


# In ascending order of precedence.
_NUMERIC_TYPES = {Family.NUMBER: NUMBER, Family.FLOAT4: BINARY_FLOAT, Family.FLOAT8: BINARY_DOUBLE}
_DATETIME_TYPES = {
    Family.DATE: TypeName.DATE,
    Family.TIMESTAMP: TypeName.TIMESTAMP,
    Family.LOCAL: TypeName.TIMESTAMP_LTZ,
    Family.ZONED: TypeName.TIMESTAMP_TZ,
}


def unify(types: list[OracleType]) -> OracleType | None:
    """Return the type that values of all ``types`` share in CASE, COALESCE or a set operation.

    None when Oracle does not mix them (text with numbers, LOBs with text). A type that is the same in
    all of them is kept with its lengths.
    """
    first = types[0]
    if all(each == first for each in types):
        return first
    families = {family(each) for each in types}
    if families == {Family.TEXT}:
        return _unify_text(types)
    if families <= NUMERIC:
        return _NUMERIC_TYPES[max(families, key=list(_NUMERIC_TYPES).index)]
    if families <= DATETIME:
        name = _DATETIME_TYPES[max(families, key=list(_DATETIME_TYPES).index)]
        digits = max(fraction_digits(each) for each in types)
        return OracleType(name, scale=None if name is TypeName.DATE else digits)
    return _unify_lengths(types) if len(families) == 1 else None


def _unify_lengths(types: list[OracleType]) -> OracleType:
    if family(types[0]) is Family.RAW:
        return raw(max(byte_length(each) for each in types))
    if family(types[0]) is Family.VECTOR:
        return OracleType(TypeName.VECTOR)
    return INTERVAL_DS if family(types[0]) is Family.DAY_SECOND else types[0]


def _unify_text(types: list[OracleType]) -> OracleType:
    national = any(each.name in NATIONAL for each in types)
    if any(each.length is None for each in types):
        length, characters = None, False
    elif national or all(each.char_semantics for each in types):
        length, characters = max(each.length or 0 for each in types), not national
    else:
        length, characters = max(byte_length(each) for each in types), False
    same_length = len({(each.length, each.char_semantics) for each in types}) == 1
    padded = same_length and all(each.name in PADDED for each in types)
    if national:
        return OracleType(TypeName.NCHAR if padded else TypeName.NVARCHAR2, length, char_semantics=True)
    return OracleType(TypeName.CHAR if padded else TypeName.VARCHAR2, length, char_semantics=characters)
