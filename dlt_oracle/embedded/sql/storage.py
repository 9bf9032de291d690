"""How Oracle values live in PostgreSQL: column types, checks, COPY text, parameters, results.

Three faces of one table. A *column type* is what CREATE TABLE says (:func:`column_type`, with the
named checks of :func:`column_checks`); a *form* is the PostgreSQL type an expression of an Oracle type
has (:func:`form`), always without a length; the *text* of a value is what COPY, a parameter and a result
carry, and equals ``model``'s form but for the composites.

The engine's connections must hand over ``text``, ``numeric``, ``timestamp``, ``interval``, ``tid``, ``jsonb``
and the types of schema ``ora`` as ``str``, ``bytea`` as ``bytes``, ``float4``/``float8`` as ``float``, arrays
of them as ``list``, ``bool`` as ``bool``; must run with ``search_path = ora``, ``DateStyle = ISO``,
``bytea_output = hex``; and in a database whose default collation sorts by code point (the built-in
``C.UTF-8``), as NLS_SORT=BINARY does.

Limits, refused with ORA-03001: NUL in text (PostgreSQL has none); fractions beyond microseconds in columns of
TIMESTAMP WITH LOCAL TIME ZONE and INTERVAL DAY TO SECOND.
"""

from __future__ import annotations

import re
import struct
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.model import OracleType, TypeName, VectorFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    Encoder = Callable[[Any], str]
    Decoder = Callable[[Any], Any]

NANOSECOND_DIGITS = 9
MICROSECOND_DIGITS = 6  # what PostgreSQL's timestamp keeps; Oracle keeps up to nine
MAX_INTEGER_DIGITS = 38
NULL_FIELD = "\\N"  # how COPY's text format writes NULL
RAISED = "ORA00"  # the SQLSTATE with which schema ``ora`` raises Oracle errors
_CHECK_PREFIX = "len_"


class Form(Enum):
    """The PostgreSQL type of an expression; the value is its name in a cast."""

    TEXT = "text"
    NUMERIC = "numeric"
    FLOAT4 = "float4"
    FLOAT8 = "float8"
    TIMESTAMP = "timestamp"
    TIMESTAMP9 = "ora.ts9"  # (timestamp, nanoseconds 0-999)
    TIMESTAMP_TZ = "ora.tstz"  # (UTC timestamp, nanoseconds 0-999, offset in minutes)
    INTERVAL = "interval"
    BYTEA = "bytea"
    TID = "tid"
    BOOLEAN = "boolean"
    JSON = "jsonb"
    VECTOR = "float8[]"
    MONTHS = "integer"  # INTERVAL YEAR TO MONTH, inside expressions only


_FORMS = {
    TypeName.VARCHAR2: Form.TEXT,
    TypeName.NVARCHAR2: Form.TEXT,
    TypeName.CHAR: Form.TEXT,
    TypeName.NCHAR: Form.TEXT,
    TypeName.LONG: Form.TEXT,
    TypeName.CLOB: Form.TEXT,
    TypeName.NCLOB: Form.TEXT,
    TypeName.NUMBER: Form.NUMERIC,
    TypeName.FLOAT: Form.NUMERIC,
    TypeName.BINARY_FLOAT: Form.FLOAT4,
    TypeName.BINARY_DOUBLE: Form.FLOAT8,
    TypeName.DATE: Form.TIMESTAMP,
    TypeName.TIMESTAMP: Form.TIMESTAMP,
    TypeName.TIMESTAMP_LTZ: Form.TIMESTAMP,
    TypeName.TIMESTAMP_TZ: Form.TIMESTAMP_TZ,
    TypeName.INTERVAL_DS: Form.INTERVAL,
    TypeName.INTERVAL_YM: Form.MONTHS,
    TypeName.RAW: Form.BYTEA,
    TypeName.LONG_RAW: Form.BYTEA,
    TypeName.BLOB: Form.BYTEA,
    TypeName.ROWID: Form.TID,
    TypeName.BOOLEAN: Form.BOOLEAN,
    TypeName.JSON: Form.JSON,
    TypeName.VECTOR: Form.VECTOR,
}
_CHARACTER = frozenset({TypeName.VARCHAR2, TypeName.NVARCHAR2, TypeName.CHAR, TypeName.NCHAR})
_NATIONAL = frozenset({TypeName.NVARCHAR2, TypeName.NCHAR})
_MICROSECONDS_ONLY = frozenset({TypeName.TIMESTAMP_LTZ, TypeName.INTERVAL_DS})


def form(oracle_type: OracleType) -> Form:
    """Return the PostgreSQL type that expressions of ``oracle_type`` have."""
    if oracle_type.name is TypeName.TIMESTAMP and fraction_digits(oracle_type) > MICROSECOND_DIGITS:
        return Form.TIMESTAMP9
    return _FORMS[oracle_type.name]


def fraction_digits(oracle_type: OracleType) -> int:
    """Return the digits of a fraction of a second that the type keeps, 0 to 9."""
    if oracle_type.name is TypeName.DATE:
        return 0
    return MICROSECOND_DIGITS if oracle_type.scale is None else oracle_type.scale


def float_digits(oracle_type: OracleType) -> int:
    """Return the significant decimal digits of FLOAT(b): b x 0.30103, rounded up."""
    binary = 126 if oracle_type.precision is None else oracle_type.precision
    return min(MAX_INTEGER_DIGITS, -(-binary * 30103 // 100000))


def column_type(oracle_type: OracleType) -> str:
    """Return the PostgreSQL type of a stored column, for CREATE and ALTER TABLE."""
    name, precision, scale = oracle_type.name, oracle_type.precision, oracle_type.scale
    target = form(oracle_type)
    if name is TypeName.INTERVAL_YM:
        raise unsupported("columns of type INTERVAL YEAR TO MONTH")
    if name in _MICROSECONDS_ONLY and fraction_digits(oracle_type) > MICROSECOND_DIGITS:
        raise unsupported(f"{name.value} with more than six fractional digits")
    if target is Form.INTERVAL:
        return f"interval({fraction_digits(oracle_type)})"
    if target is Form.TIMESTAMP:
        return f"timestamp({fraction_digits(oracle_type)})"
    if name is TypeName.NUMBER and (precision, scale) != (None, None):
        return f"numeric({precision or MAX_INTEGER_DIGITS},{scale or 0})"
    return str(target.value)


def column_checks(
    oracle_type: OracleType, column: str, max_string_bytes: int = 4000
) -> tuple[tuple[str, str], ...]:
    """Return the (name, condition) of the CHECK constraints that a column of this type needs.

    A violation raises SQLSTATE ``ORA00`` (see :func:`raised`), not 23514, so that ORA-12899 can say how
    long the value was. On a change of length drop the constraint by its name and add the new one.
    """
    length = oracle_type.length
    if length is not None and oracle_type.name is TypeName.VECTOR:
        return ((f"{_CHECK_PREFIX}{column}", f"ora.has_dimensions({column}, {length})"),)
    if length is None or not (oracle_type.name in _CHARACTER or oracle_type.name is TypeName.RAW):
        return ()
    size = f"octet_length({column})"
    condition = f"{size} <= {length} OR ora.too_long({size}, {length}, '{column}')"
    if counts_characters(oracle_type):
        size = f"char_length({column})"
        condition = f"{size} <= {length} OR ora.too_long({size}, {length}, '{column}')"
        if length * 4 > max_string_bytes and oracle_type.name not in _NATIONAL:
            size = f"octet_length({column})"
            limit = f"({size} <= {max_string_bytes} OR ora.too_long({size}, {max_string_bytes}, '{column}'))"
            condition = f"({condition}) AND {limit}"
    return ((f"{_CHECK_PREFIX}{column}", condition),)


def counts_characters(oracle_type: OracleType) -> bool:
    """Whether the type's length counts characters rather than bytes."""
    return oracle_type.char_semantics or oracle_type.name in _NATIONAL


def raised(message: str, detail: str | None) -> tuple[int, tuple[str, ...]]:
    """Read what schema ``ora`` raised under SQLSTATE ``ORA00``: the ORA code and its arguments.

    For ORA-12899 the arguments are the PostgreSQL column, the actual and the maximum length: the engine
    puts owner, table and column in the column's place (the target is known to it).
    """
    return int(message.removeprefix("ORA-")), tuple(detail.split("\t")) if detail else ()


# --- values to COPY text and parameters -----------------------------------------------------------

_SPECIAL = re.compile(r"[\\\t\n\r\x00]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def copy_encoder(oracle_type: OracleType) -> Encoder:
    """Return the function that writes one value of a column as a field of COPY's text format.

    The value is in ``model``'s form for the same family of types: text for text (CLOB or RAW-as-hex are
    other families), NUMBER for NUMBER and FLOAT, DATE or TIMESTAMP for both. What the column would do to
    it (blank padding, rounding a fraction or a FLOAT, cutting a DATE to seconds) is done here.
    """
    encode = parameter_encoder(oracle_type)
    adapt = _ADAPTERS.get(oracle_type.name)
    if adapt is not None:
        encode = _then(adapt(oracle_type), encode)
    if form(oracle_type) in {Form.TEXT, Form.JSON}:
        encode = _then(encode, _escaped)
    elif form(oracle_type) is Form.BYTEA:
        encode = _copy_bytes

    def field(value: Any) -> str:
        return NULL_FIELD if value is None or value == "" else encode(value)

    return field


def parameter_encoder(oracle_type: OracleType) -> Encoder:
    """Return the function that writes a value (not None) as the text of a parameter of its form."""
    return _PARAMETERS.get(form(oracle_type), str)


def _then(first: Encoder, second: Encoder) -> Encoder:
    if second is str:
        return first

    def both(value: Any) -> str:
        return second(first(value))

    return both


def _escaped(value: str) -> str:
    return _SPECIAL.sub(_escape, value) if _SPECIAL.search(value) else value


def _escape(match: re.Match[str]) -> str:
    escape = _ESCAPES.get(match.group())
    if escape is None:
        raise unsupported("the character NUL in text")
    return escape


def _copy_bytes(value: bytes) -> str:
    return "\\\\x" + value.hex()


def _parameter_text(value: str) -> str:
    if "\x00" in value:
        raise unsupported("the character NUL in text")
    return value


def _parameter_bytes(value: bytes) -> str:
    return "\\x" + value.hex()


def _parameter_ts9(value: str) -> str:
    return '("{}",{})'.format(*_split_nanoseconds(value))


def _parameter_tstz(value: tuple[str, int]) -> str:
    return '("{}",{},{})'.format(*_split_nanoseconds(value[0]), value[1])


def _split_nanoseconds(value: str) -> tuple[str, int]:
    """Split a timestamp's text into what PostgreSQL keeps and the nanoseconds below a microsecond."""
    whole, dot, fraction = value.partition(".")
    if not dot:
        return value, 0
    digits, _, era = fraction.partition(" ")
    kept = f"{whole}.{digits[:MICROSECOND_DIGITS]}" + (f" {era}" if era else "")
    return kept, int((digits[MICROSECOND_DIGITS:] + "000")[:3])


_PARAMETERS: dict[Form, Encoder] = {
    Form.TEXT: _parameter_text,
    Form.BYTEA: _parameter_bytes,
    Form.FLOAT4: repr,
    Form.FLOAT8: repr,
    Form.TIMESTAMP9: _parameter_ts9,
    Form.TIMESTAMP_TZ: _parameter_tstz,
    Form.JSON: _parameter_text,
    Form.VECTOR: lambda value: f"{{{','.join(map(repr, value))}}}",
}


def _pad(oracle_type: OracleType) -> Encoder:
    length = oracle_type.length or 1
    if counts_characters(oracle_type):
        return lambda value: value.ljust(length)
    return lambda value: value + " " * (length - len(value.encode()))


def _cut_to_seconds(_oracle_type: OracleType) -> Encoder:
    def cut(value: str) -> str:
        return (
            value if "." not in value else value.partition(".")[0] + (" BC" if value.endswith("BC") else "")
        )

    return cut


def _round_float(oracle_type: OracleType) -> Encoder:
    context = Context(prec=float_digits(oracle_type), rounding=ROUND_HALF_UP)

    def rounded(value: str) -> str:
        return f"{context.create_decimal(Decimal(value)):f}"

    return rounded


def _round_timestamp(oracle_type: OracleType) -> Encoder:
    """Round where PostgreSQL does not: timestamp(0..6) does, the composites keep what they are given."""
    digits = fraction_digits(oracle_type)
    target = form(oracle_type)
    if target is Form.TIMESTAMP or digits == NANOSECOND_DIGITS:
        return _unchanged
    if target is Form.TIMESTAMP9:
        return lambda value: _rounded(value, digits)
    return lambda value: (_rounded(value[0], digits), value[1])  # type: ignore[return-value]


def _unchanged(value: Any) -> Any:
    return value


def _rounded(value: str, digits: int) -> str:
    text = value.removesuffix(" BC")
    whole, _, fraction = text.partition(".")
    if len(fraction) <= digits:
        return value
    unit = 10 ** (NANOSECOND_DIGITS - digits)
    nanoseconds = (int(f"{fraction:0<{NANOSECOND_DIGITS}}") + unit // 2) // unit * unit
    carried, nanoseconds = divmod(nanoseconds, 10**NANOSECOND_DIGITS)
    if carried:
        if text != value:
            raise unsupported("rounding a fraction of a second up to a whole one before year 1")
        whole = str(datetime.fromisoformat(whole) + timedelta(seconds=1))
    return f"{whole}.{nanoseconds:0{NANOSECOND_DIGITS}d}{value[len(text) :]}"


def _signed_interval(_oracle_type: OracleType) -> Encoder:
    """PostgreSQL reads a leading sign as that of the days alone."""
    return lambda value: "-{} days -{}".format(*value[1:].split(" ")) if value.startswith("-") else value


def _vector_elements(oracle_type: OracleType) -> Encoder:
    """Bring elements into the format of the column."""
    return _ELEMENTS.get(oracle_type.vector_format or VectorFormat.FLOAT64, _unchanged)


def _to_float32(values: list[float]) -> Any:
    return struct.unpack(f"{len(values)}f", struct.pack(f"{len(values)}f", *values))


def _to_int8(values: list[float]) -> Any:
    if any(not -128 <= round(value) <= 127 for value in values):  # noqa: PLR2004 - the range of eight bits
        raise unsupported("elements beyond INT8 in a VECTOR")
    return [float(round(value)) for value in values]


_ELEMENTS = {VectorFormat.FLOAT32: _to_float32, VectorFormat.INT8: _to_int8}
_ADAPTERS: dict[TypeName, Callable[[OracleType], Encoder]] = {
    TypeName.CHAR: _pad,
    TypeName.NCHAR: _pad,
    TypeName.DATE: _cut_to_seconds,
    TypeName.FLOAT: _round_float,
    TypeName.INTERVAL_DS: _signed_interval,
    TypeName.TIMESTAMP: _round_timestamp,
    TypeName.TIMESTAMP_TZ: _round_timestamp,
    TypeName.VECTOR: _vector_elements,
}


# --- results to values ----------------------------------------------------------------------------


def decoder(oracle_type: OracleType) -> Decoder | None:
    """Return the function from a result's value (not None) to ``model``'s form; None where they are one."""
    return _DECODERS.get(form(oracle_type))


def _decode_ts9(value: str) -> str:
    timestamp, nanoseconds = value[1:-1].rsplit(",", 1)
    return _join_nanoseconds(timestamp.strip('"'), int(nanoseconds))


def _decode_tstz(value: str) -> tuple[str, int]:
    timestamp, nanoseconds, offset = value[1:-1].rsplit(",", 2)
    return _join_nanoseconds(timestamp.strip('"'), int(nanoseconds)), int(offset)


def _join_nanoseconds(value: str, nanoseconds: int) -> str:
    if not nanoseconds:
        return value
    era = " BC" if value.endswith(" BC") else ""
    whole, _, fraction = value.removesuffix(era).partition(".")
    return f"{whole}.{fraction:0<{MICROSECOND_DIGITS}}{nanoseconds:03d}{era}"


_DECODERS: dict[Form, Decoder] = {Form.TIMESTAMP9: _decode_ts9, Form.TIMESTAMP_TZ: _decode_tstz}
