"""Literals, binds, pseudo-columns and sequences as PostgreSQL text."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_convert import quote
from dlt_oracle.embedded.sql.analyze_types import (
    BOOLEAN,
    DATE,
    INTERVAL_YM,
    NUMBER,
    ROWID,
    Typed,
    Use,
    varchar2,
)
from dlt_oracle.embedded.sql.storage import MICROSECOND_DIGITS, NANOSECOND_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.analyze_scope import Scope

_MAX_EXPONENT = 126  # |NUMBER| < 1E126
_MIN_EXPONENT = -130
_MANTISSA_DIGITS = 38


def null(position: int = 0) -> Typed:
    """Return the literal NULL: a VARCHAR2 until its place wants another type."""
    return Typed("NULL::text", varchar2(0), position=position, null=True, constant=True)


def null_literal(node: ast.Null, _scope: Scope) -> Typed:
    """NULL."""
    return null(node.position)


def string_literal(node: ast.StringLiteral, _scope: Scope) -> Typed:
    """Text is CHAR of its own length; the empty text is NULL."""
    if not node.value:
        return null(node.position)
    if node.national:
        oracle_type = OracleType(TypeName.NCHAR, len(node.value), char_semantics=True)
    else:
        oracle_type = OracleType(TypeName.CHAR, len(node.value.encode()))
    return Typed(
        quote(node.value), oracle_type, node.position, nullable=False, text=node.value, constant=True
    )


def number_literal(node: ast.NumberLiteral, _scope: Scope) -> Typed:
    """Return a NUMBER within its range (ORA-01426 beyond), or a binary number."""
    if node.type is not TypeName.NUMBER:
        target = "float4" if node.type is TypeName.BINARY_FLOAT else "float8"
        text = {"nan": "NaN", "inf": "Infinity"}.get(node.text, node.text)
        return Typed(
            f"'{text}'::{target}", OracleType(node.type), node.position, nullable=False, constant=True
        )
    value = Decimal(node.text)
    if value and value.adjusted() >= _MAX_EXPONENT:
        raise OracleError(1426, position=node.position)
    if value.adjusted() < _MIN_EXPONENT:
        value = Decimal(0)
    _, digits, exponent = value.as_tuple()
    scale = -exponent if isinstance(exponent, int) else 0
    sql = f"{node.text}::numeric"
    if len(digits) > _MANTISSA_DIGITS:
        return Typed(
            f"ora.norm({sql})", NUMBER, node.position, nullable=False, number=node.text, constant=True
        )
    bounds = (max(len(digits) - scale, 1), max(scale, 0))
    return Typed(sql, NUMBER, node.position, nullable=False, number=node.text, digits=bounds, constant=True)


def date_literal(node: ast.DateLiteral, _scope: Scope) -> Typed:
    """DATE '…'."""
    return Typed(f"timestamp '{node.value}'", DATE, node.position, nullable=False, constant=True)


def timestamp_literal(node: ast.TimestampLiteral, _scope: Scope) -> Typed:
    """TIMESTAMP '…', with a time zone or without."""
    whole, _, rest = node.value.partition(".")
    fraction, _, era = rest.partition(" ")
    fine = len(fraction) > MICROSECOND_DIGITS
    microseconds = f"{whole}.{fraction[:MICROSECOND_DIGITS]}{' ' + era if era else ''}" if rest else whole
    nanoseconds = f"{fraction:0<{NANOSECOND_DIGITS}}"[MICROSECOND_DIGITS:].lstrip("0") or "0"
    scale = NANOSECOND_DIGITS if fine else MICROSECOND_DIGITS
    if node.zone is not None:
        sql = f"ora.in_zone(timestamp '{microseconds}', {nanoseconds}, {quote(node.zone)})"
        name = TypeName.TIMESTAMP_TZ
    elif fine:
        sql, name = f"ROW(timestamp '{microseconds}', {nanoseconds})::ora.ts9", TypeName.TIMESTAMP
    else:
        sql, name = f"timestamp '{microseconds}'", TypeName.TIMESTAMP
    return Typed(sql, OracleType(name, scale=scale), node.position, nullable=False, constant=True)


def day_to_second_literal(node: ast.DayToSecondLiteral, _scope: Scope) -> Typed:
    """INTERVAL '…' DAY TO SECOND."""
    oracle_type = OracleType(TypeName.INTERVAL_DS, precision=node.precision, scale=node.scale)
    return Typed(
        f"ora.to_dsinterval({quote(node.value)})", oracle_type, node.position, nullable=False, constant=True
    )


def year_to_month_literal(node: ast.YearToMonthLiteral, _scope: Scope) -> Typed:
    """INTERVAL '…' YEAR TO MONTH, as a number of months."""
    return Typed(f"({node.months})", INTERVAL_YM, node.position, nullable=False, constant=True)


def boolean_literal(node: ast.BooleanLiteral, _scope: Scope) -> Typed:
    """TRUE or FALSE."""
    return Typed("true" if node.value else "false", BOOLEAN, node.position, nullable=False, constant=True)


def bind(node: ast.Bind, scope: Scope) -> Typed:
    """Return the parameter of a bind variable."""
    return scope.translation.bind(node)


def pseudo_column(node: ast.PseudoColumn, scope: Scope) -> Typed:
    """ROWNUM and ROWID; LEVEL belongs to CONNECT BY."""
    if node.name == "ROWNUM":
        if scope.rownum is None and scope.clause != "select list":
            raise unsupported("ROWNUM here", node.position)
        sql = scope.rownum or "(row_number() OVER ())::numeric"
        return Typed(sql, NUMBER, node.position, uses=frozenset({Use(scope.block, node.position)}))
    if node.name == "LEVEL":
        raise OracleError(1788, position=node.position)
    if node.name != "ROWID":
        raise unsupported(node.name, node.position)
    source = scope.source_of(node.qualifier, node.position)
    if source.rowid is None:
        raise OracleError(1446, position=node.position)
    return Typed(source.rowid, ROWID, node.position, uses=frozenset({Use(scope.block, node.position)}))


def sequence_value(node: ast.SequenceValue, scope: Scope) -> Typed:
    """NEXTVAL, once per row however often it is written, and CURRVAL."""
    if scope.clause not in {"select list", "values"}:
        raise OracleError(2287, position=node.position)
    found = scope.dictionary.sequence(node.sequence.owner, node.sequence.name)
    if found is None:
        raise OracleError(2289, position=node.position)
    source = quote(found.source).removesuffix("::text")
    current = f"ora.currval({source}, {quote(found.name)})"
    if not node.next:
        return Typed(current, NUMBER, node.position)
    taken = scope.translation.sequences.get(found.source)
    scope.translation.sequences.setdefault(found.source, current)
    return Typed(taken or f"nextval({source})::numeric", NUMBER, node.position)


HANDLERS: dict[type[ast.Expression], Callable[[Any, Scope], Typed]] = {
    ast.Null: null_literal,
    ast.StringLiteral: string_literal,
    ast.NumberLiteral: number_literal,
    ast.DateLiteral: date_literal,
    ast.TimestampLiteral: timestamp_literal,
    ast.DayToSecondLiteral: day_to_second_literal,
    ast.YearToMonthLiteral: year_to_month_literal,
    ast.BooleanLiteral: boolean_literal,
    ast.Bind: bind,
    ast.PseudoColumn: pseudo_column,
    ast.SequenceValue: sequence_value,
}
