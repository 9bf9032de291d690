"""``+ - * /`` over numbers, datetimes and intervals: one table of what Oracle adds to what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_convert import convert, numeric_pair, to_number
from dlt_oracle.embedded.sql.analyze_types import (
    BINARY_DOUBLE,
    DATE,
    DATETIME,
    INTERVAL_DS,
    INTERVAL_YM,
    MAX_EXACT_DIGITS,
    NUMBER,
    NUMERIC,
    Family,
    Typed,
    combine,
    inconsistent,
)
from dlt_oracle.embedded.sql.storage import MICROSECOND_DIGITS, NANOSECOND_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.analyze_scope import Scope

    Arithmetic = Callable[[Typed, Typed], Typed]


def unary(node: ast.Unary, scope: Scope) -> Typed:
    """``-x`` and ``+x``."""
    operand = scope.expression(node.operand)
    if operand.family not in {Family.DAY_SECOND, Family.YEAR_MONTH}:
        operand = to_number(operand)
    if node.operator == "+":
        return operand
    result = NUMBER if operand.family is Family.NUMBER else operand.type
    negative = operand.become(f"(-{operand.sql})", result, operand.digits)
    return replace(negative, nullable=operand.nullable)


def binary(node: ast.Binary, scope: Scope) -> Typed:
    """``+ - * /`` over numbers, datetimes and intervals; a long chain is walked without recursion."""
    chain = [node]
    while isinstance(chain[-1].left, ast.Binary):
        chain.append(chain[-1].left)
    value = scope.expression(chain[-1].left)
    for each in reversed(chain):
        value = scope.regrouped(operation(value, each, scope.expression(each.right)))
    return value


def operation(left: Typed, node: ast.Binary, right: Typed) -> Typed:
    """Return ``left operator right``. Raises ORA-00932 for types that do not go together."""
    special = _DATETIME_ARITHMETIC.get((node.operator, _kind(left), _kind(right)))
    if special is not None:
        return special(left, right)
    for side in (left, right):
        if side.family in _NO_NUMBERS:
            raise inconsistent("NUMBER", side, node.position)
    arithmetic = _ARITHMETIC.get(node.operator)
    if arithmetic is None:
        raise unsupported(f"the operator {node.operator}", node.position)
    return arithmetic(*numeric_pair(left, right))


_NO_NUMBERS = frozenset(set(Family) - NUMERIC - {Family.TEXT, Family.CLOB, Family.BOOLEAN})


def _kind(value: Typed) -> Family:
    """The family in arithmetic: text counts as a number, a NULL as well."""
    return Family.NUMBER if value.family in NUMERIC or value.family is Family.TEXT else value.family


def _exact(left: Typed, right: Typed, operator: str, digits: tuple[int, int] | None) -> Typed:
    """Return a NUMBER result, rounded to the mantissa unless the operands are too short to need it."""
    sql = f"({left.sql} {operator} {right.sql})"
    if digits is None or sum(digits) > MAX_EXACT_DIGITS:
        return combine([left, right], f"ora.norm{sql}", NUMBER)
    return combine([left, right], sql, NUMBER, digits)


def _sum(operator: str) -> Arithmetic:
    def add(left: Typed, right: Typed) -> Typed:
        if left.family is not Family.NUMBER:
            return combine([left, right], f"({left.sql} {operator} {right.sql})", left.type)
        digits = None
        if left.digits and right.digits:
            before = max(left.digits[0], right.digits[0]) + 1
            digits = (before, max(left.digits[1], right.digits[1]))
        return _exact(left, right, operator, digits)

    return add


def _product(left: Typed, right: Typed) -> Typed:
    if left.family is not Family.NUMBER:
        return combine([left, right], f"({left.sql} * {right.sql})", left.type)
    digits = None
    if left.digits and right.digits:
        digits = (left.digits[0] + right.digits[0], left.digits[1] + right.digits[1])
    return _exact(left, right, "*", digits)


def _quotient(left: Typed, right: Typed) -> Typed:
    if left.family is Family.NUMBER:
        return combine([left, right], f"ora.div({left.sql}, {right.sql})", NUMBER)
    if left.family is Family.FLOAT4:
        return combine([left, right], f"ora.to_real(ora.fdiv({left.sql}, {right.sql}))", left.type)
    return combine([left, right], f"ora.fdiv({left.sql}, {right.sql})", BINARY_DOUBLE)


_ARITHMETIC: dict[str, Arithmetic] = {"+": _sum("+"), "-": _sum("-"), "*": _product, "/": _quotient}


def _add_days(sign: str) -> Arithmetic:
    def add(moment: Typed, days: Typed) -> Typed:
        """DATE or TIMESTAMP plus days is a DATE."""
        date = convert(moment, DATE)
        number = convert(to_number(days), NUMBER)
        return combine([date, number], f"ora.add_days({date.sql}, {sign}{number.sql})", DATE)

    return add


def _add_span(function: str, sign: str) -> Arithmetic:
    def add(moment: Typed, span: Typed) -> Typed:
        return combine([moment, span], f"ora.{function}({moment.sql}, {sign}{span.sql})", moment.type)

    return add


def _minus_dates(left: Typed, right: Typed) -> Typed:
    return combine([left, right], f"ora.days_between({left.sql}, {right.sql})", NUMBER)


def _minus_moments(left: Typed, right: Typed) -> Typed:
    """TIMESTAMP - TIMESTAMP (or DATE) is an interval; with a time zone on either side, between instants."""
    if Family.ZONED in {left.family, right.family}:
        zone = OracleType(TypeName.TIMESTAMP_TZ, scale=NANOSECOND_DIGITS)
        sides = [f"({convert(side, zone).sql}).utc" for side in (left, right)]
    else:
        plain = OracleType(TypeName.TIMESTAMP, scale=MICROSECOND_DIGITS)
        sides = [convert(side, plain).sql for side in (left, right)]
    return combine([left, right], f"({sides[0]} - {sides[1]})", INTERVAL_DS)


def _spans(operator: str) -> Arithmetic:
    def add(left: Typed, right: Typed) -> Typed:
        result = INTERVAL_DS if left.family is Family.DAY_SECOND else INTERVAL_YM
        return combine([left, right], f"({left.sql} {operator} {right.sql})", result)

    return add


def _scaled(operator: str) -> Arithmetic:
    def scale(span: Typed, number: Typed) -> Typed:
        factor = convert(to_number(number), NUMBER)
        if span.family is Family.YEAR_MONTH:
            return combine([span, factor], f"trunc({span.sql} {operator} {factor.sql})::integer", INTERVAL_YM)
        return combine([span, factor], f"({span.sql} {operator} {factor.sql}::float8)", INTERVAL_DS)

    return scale


def _swapped(arithmetic: Arithmetic) -> Arithmetic:
    return lambda left, right: arithmetic(right, left)


def _datetime_arithmetic() -> dict[tuple[str, Family, Family], Arithmetic]:
    table: dict[tuple[str, Family, Family], Arithmetic] = {
        ("-", Family.DATE, Family.DATE): _minus_dates,
    }
    number, span, months = Family.NUMBER, Family.DAY_SECOND, Family.YEAR_MONTH
    for moment in DATETIME:
        table["+", moment, number] = _add_days("")
        table["-", moment, number] = _add_days("-")
        table["+", number, moment] = _swapped(_add_days(""))
        table["+", moment, span] = _add_span("add_interval", "")
        table["-", moment, span] = _add_span("add_interval", "-")
        table["+", span, moment] = _swapped(_add_span("add_interval", ""))
        table["+", moment, months] = _add_span("add_year_month", "")
        table["-", moment, months] = _add_span("add_year_month", "-")
        table["+", months, moment] = _swapped(_add_span("add_year_month", ""))
        for other in DATETIME:
            table.setdefault(("-", moment, other), _minus_moments)
    for each in (span, months):
        table["+", each, each] = _spans("+")
        table["-", each, each] = _spans("-")
        table["*", each, number] = _scaled("*")
        table["*", number, each] = _swapped(_scaled("*"))
        table["/", each, number] = _scaled("/")
    return table


_DATETIME_ARITHMETIC = _datetime_arithmetic()


HANDLERS: dict[type[ast.Expression], Callable[[Any, Scope], Typed]] = {
    ast.Unary: unary,
    ast.Binary: binary,
}
