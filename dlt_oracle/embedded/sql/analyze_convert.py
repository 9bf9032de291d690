"""Implicit conversions: from the type an expression has to the type that its place wants.

One table, keyed by (from, to), after "Implicit Type Conversion Matrix" of Oracle's SQL Language Reference;
a pair that is missing there is ORA-00932 here. Conversions that depend on the session's NLS settings are
functions of schema ``ora`` that read the settings at run time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import OracleType, TypeName, VectorFormat
from dlt_oracle.embedded.sql.analyze_types import (
    BINARY_DOUBLE,
    LOBS,
    NUMBER,
    PADDED,
    Family,
    Typed,
    family,
    inconsistent,
    text_length,
    varchar2,
)
from dlt_oracle.embedded.sql.storage import (
    MICROSECOND_DIGITS,
    NANOSECOND_DIGITS,
    Form,
    counts_characters,
    float_digits,
    form,
    fraction_digits,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Conversion = Callable[[Typed, OracleType], str]


def convert(value: Typed, target: OracleType, *, lobs: bool = False) -> Typed:
    """Return ``value`` as an expression of ``target``'s form. Raises ORA-00932.

    ``lobs`` allows what only an assignment or a function's argument may do: CLOB to text, BLOB to RAW.
    """
    wanted, wanted_family = form(target), family(target)
    if value.null:
        return replace(value, sql=f"NULL::{wanted.value}", type=target)
    if value.family is wanted_family and form(value.type) is wanted:
        return value
    if value.family in _FROM_LOB and wanted_family in _TO_LOB and not lobs:
        raise inconsistent(wanted_family.value, value)
    conversion = _CONVERSIONS.get((value.family, wanted_family))
    if conversion is None:
        raise inconsistent(wanted_family.value, value)
    return replace(value, sql=conversion(value, target), type=target, text=None, number=None, digits=None)


def to_text(value: Typed) -> Typed:
    """Return ``value`` as text without a format (``||``, LENGTH, SUBSTR …); CLOB stays CLOB."""
    if value.family in {Family.TEXT, Family.CLOB}:
        return value
    return convert(value, varchar2(text_length(value.type)))


def to_number(value: Typed) -> Typed:
    """Return ``value`` as a number; binary numbers stay what they are."""
    if value.family in {Family.NUMBER, Family.FLOAT4, Family.FLOAT8}:
        return value
    return convert(value, NUMBER)


def assign(value: Typed, column: OracleType) -> str:
    """Return the PostgreSQL text that stores ``value`` in a column: converted, padded, rounded.

    Lengths and precision are the column's own business (its type and its checks).
    """
    if value.null:
        return f"NULL::{form(column).value}"
    converted = convert(value, _roomy(value, column), lobs=True)
    finish = _FINISHES.get(column.name)
    return converted.sql if finish is None else finish(converted, column, value.type)


def _roomy(value: Typed, column: OracleType) -> OracleType:
    """Keep all fraction digits until the column's rounding; a fraction cut twice could round twice."""
    if column.name is TypeName.TIMESTAMP and form(value.type) is Form.TIMESTAMP9:
        return OracleType(TypeName.TIMESTAMP, scale=NANOSECOND_DIGITS)
    if column.name is TypeName.TIMESTAMP and value.family in {Family.TEXT, Family.ZONED}:
        return OracleType(TypeName.TIMESTAMP, scale=NANOSECOND_DIGITS)
    return column


def _pad(value: Typed, column: OracleType, source: OracleType) -> str:
    if source == column:
        return value.sql
    function = "ora.pad_char" if counts_characters(column) else "ora.pad_bytes"
    return f"{function}({value.sql}, {column.length or 1})"


def _vector_elements(value: Typed, column: OracleType, source: OracleType) -> str:
    cast = _ELEMENTS.get(column.vector_format or VectorFormat.FLOAT64)
    return value.sql if source == column or cast is None else f"({value.sql})::{cast}[]::float8[]"


_ELEMENTS = {VectorFormat.FLOAT32: "float4", VectorFormat.INT8: "smallint"}


def _round_float(value: Typed, column: OracleType, source: OracleType) -> str:
    return value.sql if source == column else f"ora.float_digits({value.sql}, {float_digits(column)})"


def _round_timestamp(value: Typed, column: OracleType, _source: OracleType) -> str:
    digits = fraction_digits(column)
    if form(value.type) is not Form.TIMESTAMP9:
        return value.sql  # timestamp(n) rounds by itself
    if digits < NANOSECOND_DIGITS and fraction_digits(value.type) > digits:
        rounded = f"ora.round_ts9({value.sql}, {digits})"
    else:
        rounded = value.sql
    return rounded if digits > MICROSECOND_DIGITS else f"({rounded}).ts"


def _round_zoned(value: Typed, column: OracleType, source: OracleType) -> str:
    digits = fraction_digits(column)
    if source.name is TypeName.TIMESTAMP_TZ and fraction_digits(source) <= digits:
        return value.sql
    return value.sql if digits == NANOSECOND_DIGITS else f"ora.round_tstz({value.sql}, {digits})"


_FINISHES: dict[TypeName, Callable[[Typed, OracleType, OracleType], str]] = {
    TypeName.CHAR: _pad,
    TypeName.NCHAR: _pad,
    TypeName.FLOAT: _round_float,
    TypeName.TIMESTAMP: _round_timestamp,
    TypeName.TIMESTAMP_TZ: _round_zoned,
    TypeName.VECTOR: _vector_elements,
}


# --- the table ------------------------------------------------------------------------------------


def _call(template: str) -> Conversion:
    return lambda value, _target: template.format(value.sql)


def _to_timestamp(from_ts9: str, from_ts6: str) -> Conversion:
    """Choose by the target's form; each template gives that form."""
    return lambda value, target: (from_ts9 if form(target) is Form.TIMESTAMP9 else from_ts6).format(value.sql)


def _timestamp_form(value: Typed, target: OracleType) -> str:
    return f"ora.ts9({value.sql})" if form(target) is Form.TIMESTAMP9 else f"ora.ts6({value.sql})"


def moment_parts(value: Typed) -> tuple[str, str]:
    """Return the timestamp and the nanoseconds of a DATE or TIMESTAMP in either form."""
    if form(value.type) is Form.TIMESTAMP9:
        return f"({value.sql}).ts", f"({value.sql}).ns"
    return value.sql, "0"


def _timestamp_to_date(value: Typed, _target: OracleType) -> str:
    return f"ora.to_seconds({moment_parts(value)[0]})"


def _timestamp_to_zoned(value: Typed, _target: OracleType) -> str:
    return "ora.in_zone({}, {})".format(*moment_parts(value))


def _timestamp_to_local(value: Typed, _target: OracleType) -> str:
    return f"ora.to_utc({_to_microseconds(value)})"


def _to_microseconds(value: Typed) -> str:
    return f"ora.ts6({value.sql})" if form(value.type) is Form.TIMESTAMP9 else value.sql


def _datetime_to_text(function: str, argument: str = "{}") -> Conversion:
    def written(value: Typed, _target: OracleType) -> str:
        return f"{function}({argument.format(value.sql)}, {fraction_digits(value.type)})"

    return written


def _interval_to_text(value: Typed, _target: OracleType) -> str:
    days = 2 if value.type.precision is None else value.type.precision
    return f"ora.interval_to_char({value.sql}, {days}, {fraction_digits(value.type)})"


_FROM_LOB = frozenset({Family.CLOB, Family.BLOB})
_TO_LOB = frozenset({Family.TEXT, Family.RAW, Family.NUMBER, Family.FLOAT4, Family.FLOAT8})

_CONVERSIONS: dict[tuple[Family, Family], Conversion] = {
    (Family.TEXT, Family.CLOB): _call("{}"),
    (Family.TEXT, Family.NUMBER): _call("ora.to_number({})"),
    (Family.TEXT, Family.FLOAT4): _call("ora.to_real(ora.to_double({}))"),
    (Family.TEXT, Family.FLOAT8): _call("ora.to_double({})"),
    (Family.TEXT, Family.DATE): _call("ora.to_date({})"),
    (Family.TEXT, Family.TIMESTAMP): _to_timestamp("ora.to_timestamp({})", "ora.ts6(ora.to_timestamp({}))"),
    (Family.TEXT, Family.LOCAL): _call("ora.to_utc(ora.ts6(ora.to_timestamp({})))"),
    (Family.TEXT, Family.ZONED): _call("ora.to_timestamp_tz({})"),
    (Family.TEXT, Family.DAY_SECOND): _call("ora.to_dsinterval({})"),
    (Family.TEXT, Family.RAW): _call("ora.hextoraw({})"),
    (Family.TEXT, Family.BLOB): _call("ora.hextoraw({})"),
    (Family.TEXT, Family.ROWID): _call("ora.to_rowid({})"),
    (Family.TEXT, Family.BOOLEAN): _call("ora.to_boolean({})"),
    (Family.TEXT, Family.JSON): _call("({})::jsonb"),
    (Family.TEXT, Family.VECTOR): _call("ora.to_vector({})"),
    (Family.CLOB, Family.JSON): _call("({})::jsonb"),
    (Family.CLOB, Family.VECTOR): _call("ora.to_vector({})"),
    (Family.CLOB, Family.TEXT): _call("ora.nul({})"),
    (Family.CLOB, Family.NUMBER): _call("ora.to_number({})"),
    (Family.NUMBER, Family.TEXT): _call("ora.to_char({})"),
    (Family.NUMBER, Family.FLOAT4): _call("ora.to_real(ora.to_double({}))"),
    (Family.NUMBER, Family.FLOAT8): _call("ora.to_double({})"),
    (Family.NUMBER, Family.BOOLEAN): _call("(({}) <> 0)"),
    (Family.FLOAT4, Family.TEXT): _call("ora.to_char({})"),
    (Family.FLOAT4, Family.NUMBER): _call("ora.to_number({})"),
    (Family.FLOAT4, Family.FLOAT8): _call("({})::float8"),
    (Family.FLOAT8, Family.TEXT): _call("ora.to_char({})"),
    (Family.FLOAT8, Family.NUMBER): _call("ora.to_number({})"),
    (Family.FLOAT8, Family.FLOAT4): _call("ora.to_real({})"),
    (Family.DATE, Family.TEXT): _call("ora.date_to_char({})"),
    (Family.DATE, Family.TIMESTAMP): _to_timestamp("ora.ts9({})", "{}"),
    (Family.DATE, Family.LOCAL): _call("ora.to_utc({})"),
    (Family.DATE, Family.ZONED): _call("ora.in_zone({}, 0)"),
    (Family.TIMESTAMP, Family.TEXT): _datetime_to_text("ora.ts_to_char"),
    (Family.TIMESTAMP, Family.TIMESTAMP): _timestamp_form,
    (Family.TIMESTAMP, Family.DATE): _timestamp_to_date,
    (Family.TIMESTAMP, Family.LOCAL): _timestamp_to_local,
    (Family.TIMESTAMP, Family.ZONED): _timestamp_to_zoned,
    (Family.LOCAL, Family.TEXT): _datetime_to_text("ora.ltz_to_char", "ora.from_utc({})"),
    (Family.LOCAL, Family.DATE): _call("ora.to_seconds(ora.from_utc({}))"),
    (Family.LOCAL, Family.TIMESTAMP): _to_timestamp("ora.ts9(ora.from_utc({}))", "ora.from_utc({})"),
    (Family.LOCAL, Family.ZONED): _call("ora.at_zone(ora.utc({}))"),
    (Family.ZONED, Family.TEXT): _datetime_to_text("ora.tstz_to_char"),
    (Family.ZONED, Family.DATE): _call("ora.to_seconds(ora.local_ts({}))"),
    (Family.ZONED, Family.TIMESTAMP): _to_timestamp("ora.local_ts9({})", "ora.ts6(ora.local_ts9({}))"),
    (Family.ZONED, Family.LOCAL): _call("({}).utc"),
    (Family.DAY_SECOND, Family.TEXT): _interval_to_text,
    (Family.RAW, Family.TEXT): _call("ora.rawtohex({})"),
    (Family.RAW, Family.BLOB): _call("{}"),
    (Family.BLOB, Family.RAW): _call("nullif({}, ''::bytea)"),
    (Family.ROWID, Family.TEXT): _call("ora.rowid_text({})"),
    (Family.BOOLEAN, Family.TEXT): _call("ora.boolean_text({})"),
    (Family.BOOLEAN, Family.NUMBER): _call("({})::integer::numeric"),
}

# Between two families, comparison converts to the later one ("Data Conversion", precedence of types).
_PRECEDENCE = (
    Family.TEXT,
    Family.NUMBER,
    Family.FLOAT4,
    Family.FLOAT8,
    Family.DATE,
    Family.TIMESTAMP,
    Family.LOCAL,
    Family.ZONED,
    Family.DAY_SECOND,
    Family.YEAR_MONTH,
    Family.RAW,
    Family.ROWID,
    Family.BOOLEAN,
)


def comparable(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Return both sides in one form. Raises ORA-00932 for LOBs and for pairs without a conversion."""
    for side in (left, right):
        if side.family in LOBS:
            raise inconsistent("-", side)
    if left.null or right.null:
        return (convert(left, right.type), right) if left.null else (left, convert(right, left.type))
    if left.family is Family.TEXT and right.family is Family.TEXT:
        return _same_padding(left, right)
    target = max((left, right), key=lambda side: (_PRECEDENCE.index(side.family), form(side.type).name)).type
    if form(target) is Form.TIMESTAMP or family(target) is Family.TIMESTAMP:
        target = _finer(left.type, right.type, target)
    return convert(left, target), convert(right, target)


def _finer(left: OracleType, right: OracleType, target: OracleType) -> OracleType:
    """A TIMESTAMP of nine digits beside one of six: both are compared with nine."""
    if family(target) is not Family.TIMESTAMP:
        return target
    digits = max(fraction_digits(each) for each in (left, right, target) if family(each) is not Family.TEXT)
    if Family.TEXT in {family(left), family(right)}:
        digits = NANOSECOND_DIGITS
    return OracleType(TypeName.TIMESTAMP, scale=digits)


def _same_padding(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Blank-padded comparison, when both sides are CHAR (a literal is); as they are otherwise."""
    if left.type.name not in PADDED or right.type.name not in PADDED or left.type == right.type:
        return left, right
    if left.text is not None and right.text is None:
        padded = _padded_literal(left.text, right.type)
        return replace(left, sql=padded), right
    if right.text is not None and left.text is None:
        return left, replace(right, sql=_padded_literal(right.text, left.type))
    return replace(left, sql=f"rtrim({left.sql}, ' ')"), replace(right, sql=f"rtrim({right.sql}, ' ')")


def _padded_literal(text: str, column: OracleType) -> str:
    length = column.length or 1
    short = text.rstrip(" ")
    size = len(short) if counts_characters(column) else len(short.encode())
    return quote(short + " " * (length - size))


def quote(text: str) -> str:
    """Return a PostgreSQL string constant of type text."""
    if "\x00" in text:
        raise OracleError(3001, detail="the embedded server does not know the character NUL in text")
    return "'" + text.replace("'", "''") + "'::text"


def numeric_pair(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Return both operands of an arithmetic operator as NUMBER, or both as BINARY_DOUBLE or BINARY_FLOAT."""
    left, right = to_number(left), to_number(right)
    if left.family is right.family:
        return left, right
    if {left.family, right.family} == {Family.NUMBER, Family.FLOAT4}:
        target = OracleType(TypeName.BINARY_FLOAT)
    else:
        target = BINARY_DOUBLE
    return convert(left, target), convert(right, target)
