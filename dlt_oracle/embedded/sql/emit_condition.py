"""Conditions: comparisons, AND/OR/NOT, IN, LIKE, EXISTS and the IS tests, as PostgreSQL booleans."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_convert import comparable, convert, moment_parts, to_text
from dlt_oracle.embedded.sql.analyze_types import BOOLEAN, LOBS, Family, Typed, combine, inconsistent
from dlt_oracle.embedded.sql.storage import Form, form

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.analyze_scope import OutputColumn, QueryText, Scope


def truth(value: Typed) -> Typed:
    """Return ``value`` as a condition: a BOOLEAN (23ai) or a condition already."""
    if value.family is not Family.BOOLEAN and not value.null:
        raise OracleError(920, position=value.position)
    return convert(value, BOOLEAN)


def condition(node: ast.Expression, scope: Scope) -> Typed:
    """Translate the condition of WHERE, HAVING, ON or WHEN."""
    return truth(scope.expression(node))


def comparison(node: ast.Comparison, scope: Scope) -> Typed:
    """``left operator right``, also over rows and with ANY or ALL."""
    if node.quantifier is not None:
        return _quantified(node, scope)
    if isinstance(node.left, ast.RowValue) and len(node.left.items) > 1:
        return _row_comparison(node, scope)
    return compare(scope.expression(node.left), node.operator, scope.expression(node.right), scope)


def compare(left: Typed, operator: str, right: Typed, scope: Scope) -> Typed:
    """Return ``left operator right`` after the implicit conversions of a comparison."""
    if _is_fine(left) or _is_fine(right):
        return _compare_moments(left, operator, right)
    a, b = (once(side, scope) for side in comparable(left, right))
    return combine([a, b], f"({a.sql} {operator} {b.sql})", BOOLEAN)


def once(value: Typed, scope: Scope) -> Typed:
    """Return a constant that a function makes as a subquery: PostgreSQL evaluates that once, not per row.

    The functions that read session settings (TO_DATE, implicit conversions, SYSDATE) are stable, which
    spares PostgreSQL nothing where no index serves.
    """
    if not value.constant or scope.translation.stored or not value.sql.startswith("ora."):
        return value
    return replace(value, sql=f"(SELECT {value.sql})")


def _is_fine(value: Typed) -> bool:
    return form(value.type) is Form.TIMESTAMP9


def _compare_moments(left: Typed, operator: str, right: Typed) -> Typed:
    """Compare with nanoseconds, field by field: an index on a plain timestamp serves that way."""
    sides = []
    for side, other in ((left, right), (right, left)):
        plain = not side.null and side.family in {Family.DATE, Family.TIMESTAMP}
        sides.append(side if plain else comparable(side, other)[0])
    if any(side.family not in {Family.DATE, Family.TIMESTAMP} for side in sides):
        sides = list(comparable(left, right))
        return combine(sides, f"({sides[0].sql} {operator} {sides[1].sql})", BOOLEAN)
    a, b = (", ".join(moment_parts(side)) for side in sides)
    return combine(sides, f"(({a}) {operator} ({b}))", BOOLEAN)


def _row_comparison(node: ast.Comparison, scope: Scope) -> Typed:
    """``(a, b) = (c, d)`` and ``(a, b) = (subquery)``."""
    left = [scope.expression(item) for item in _items(node.left)]
    if isinstance(node.right, ast.Subquery):
        query = scope.subquery(node.right.query)
        rows, own = _adapt(query, left, scope, node.position)
        negation = "NOT " if node.operator == "<>" else ""
        sql = f"({negation}({', '.join(each.sql for each in own)}) = ({rows}))"
        return _used_by(combine(own, sql, BOOLEAN), query)
    right = [scope.expression(item) for item in _items(node.right)]
    if len(left) != len(right):
        raise OracleError(947 if len(right) < len(left) else 913, position=node.position)
    pairs = [compare(a, "=", b, scope) for a, b in zip(left, right, strict=True)]
    joined = " AND ".join(pair.sql for pair in pairs)
    return combine(pairs, f"(NOT ({joined}))" if node.operator == "<>" else f"({joined})", BOOLEAN)


def _items(node: ast.Expression) -> tuple[ast.Expression, ...]:
    return node.items if isinstance(node, ast.RowValue) else (node,)


def _quantified(node: ast.Comparison, scope: Scope) -> Typed:
    left = [scope.expression(item) for item in _items(node.left)]
    if isinstance(node.right, ast.Subquery):
        query = scope.subquery(node.right.query)
        rows, own = _adapt(query, left, scope, node.position)
        row = own[0].sql if len(own) == 1 else f"({', '.join(each.sql for each in own)})"
        return _used_by(combine(own, f"({row} {node.operator} {node.quantifier} ({rows}))", BOOLEAN), query)
    if len(left) != 1:
        raise unsupported("ANY or ALL over a list of rows", node.position)
    tests = [compare(left[0], node.operator, scope.expression(item), scope) for item in _items(node.right)]
    joiner = " AND " if node.quantifier == "ALL" else " OR "
    return combine(tests, f"({joiner.join(test.sql for test in tests)})", BOOLEAN)


def _adapt(query: QueryText, left: list[Typed], scope: Scope, position: int) -> tuple[str, list[Typed]]:
    """Return the subquery and the left side in common forms, column by column."""
    if len(query.columns) != len(left):
        raise OracleError(947 if len(query.columns) < len(left) else 913, position=position)
    alias = scope.translation.name("q")
    own: list[Typed] = []
    theirs: list[str] = []
    for number, (value, column) in enumerate(zip(left, query.columns, strict=True), 1):
        a, b = comparable(value, output_reference(column, f"{alias}.c{number}"))
        own.append(a)
        theirs.append(b.sql)
    if theirs == [f"{alias}.c{number}" for number in range(1, len(left) + 1)]:
        return query.sql, own
    return f"SELECT {', '.join(theirs)} FROM ({query.sql}) AS {alias}", own


def output_reference(column: OutputColumn, sql: str) -> Typed:
    """Return a column of a derived table as an expression."""
    return Typed(sql, column.type, nullable=column.nullable, null=column.null)


def _used_by(value: Typed, query: QueryText) -> Typed:
    return replace(value, uses=value.uses | query.uses)


def conjunction(node: ast.And, scope: Scope) -> Typed:
    """AND."""
    return _joined(node.operands, " AND ", scope)


def disjunction(node: ast.Or, scope: Scope) -> Typed:
    """OR."""
    return _joined(node.operands, " OR ", scope)


def _joined(operands: tuple[ast.Expression, ...], joiner: str, scope: Scope) -> Typed:
    parts = [condition(each, scope) for each in operands]
    return combine(parts, f"({joiner.join(part.sql for part in parts)})", BOOLEAN)


def negation(node: ast.Not, scope: Scope) -> Typed:
    """NOT."""
    operand = condition(node.operand, scope)
    return combine([operand], f"(NOT {operand.sql})", BOOLEAN)


def between(node: ast.Between, scope: Scope) -> Typed:
    """BETWEEN: two comparisons, each with its own conversions."""
    operand = scope.expression(node.operand)
    low = compare(operand, ">=", scope.expression(node.low), scope)
    high = compare(operand, "<=", scope.expression(node.high), scope)
    return combine([low, high], f"({'NOT ' if node.negated else ''}({low.sql} AND {high.sql}))", BOOLEAN)


def membership(node: ast.In, scope: Scope) -> Typed:
    """IN over values, rows or a subquery."""
    left = [scope.expression(item) for item in _items(node.operand)]
    no = "NOT " if node.negated else ""
    if len(node.items) == 1 and isinstance(node.items[0], ast.Subquery):
        query = scope.subquery(node.items[0].query)
        rows, own = _adapt(query, left, scope, node.position)
        row = own[0].sql if len(own) == 1 else f"({', '.join(each.sql for each in own)})"
        return _used_by(combine(own, f"({row} {no}IN ({rows}))", BOOLEAN), query)
    if len(left) == 1:
        return _in_list(left[0], [scope.expression(item) for item in node.items], no, scope)
    tests: list[Typed] = []
    for item in node.items:
        right = [scope.expression(each) for each in _items(item)]
        if len(right) != len(left):
            raise OracleError(947 if len(right) < len(left) else 913, position=item.position)
        pairs = [compare(a, "=", b, scope) for a, b in zip(left, right, strict=True)]
        tests.append(combine(pairs, f"({' AND '.join(pair.sql for pair in pairs)})", BOOLEAN))
    return combine(tests, f"({no}({' OR '.join(test.sql for test in tests)}))", BOOLEAN)


def _in_list(left: Typed, values: list[Typed], no: str, scope: Scope) -> Typed:
    pairs = [tuple(once(side, scope) for side in comparable(left, value)) for value in values]
    own = {a.sql for a, _ in pairs}
    if len(own) == 1 and form(pairs[0][0].type) is not Form.TIMESTAMP9:
        items = ", ".join(b.sql for _, b in pairs)
        parts = [pairs[0][0], *(b for _, b in pairs)]
        return combine(parts, f"({pairs[0][0].sql} {no}IN ({items}))", BOOLEAN)
    tests = [compare(left, "=", value, scope) for value in values]
    return combine(tests, f"({no}({' OR '.join(test.sql for test in tests)}))", BOOLEAN)


def like(node: ast.Like, scope: Scope) -> Typed:
    """LIKE: no escape character unless one is named."""
    operand = to_text(scope.expression(node.operand))
    pattern = to_text(scope.expression(node.pattern))
    parts, escape = [operand, pattern], "''"
    if node.escape is not None:
        given = to_text(scope.expression(node.escape))
        if given.text is not None and len(given.text) != 1:
            raise OracleError(1425, position=node.escape.position)
        parts.append(given)
        escape = given.sql
    no = "NOT " if node.negated else ""
    return combine(parts, f"({operand.sql} {no}LIKE {pattern.sql} ESCAPE {escape})", BOOLEAN)


def is_null(node: ast.IsNull, scope: Scope) -> Typed:
    """IS [NOT] NULL, of any type."""
    operand = scope.expression(node.operand)
    test = f"({operand.sql} IS {'NOT ' if node.negated else ''}NULL)"
    return combine([operand], test, BOOLEAN)


_FLOATING = {"NAN": "= 'NaN'", "INFINITE": "IN ('Infinity', '-Infinity')"}


def is_floating(node: ast.IsFloating, scope: Scope) -> Typed:
    """IS [NOT] NAN and IS [NOT] INFINITE."""
    operand = scope.expression(node.operand)
    if operand.family in LOBS:
        raise inconsistent("NUMBER", operand)
    test = f"({operand.sql} {_FLOATING[node.what]})"
    return combine([operand], f"(NOT {test})" if node.negated else test, BOOLEAN)


def is_boolean(node: ast.IsBoolean, scope: Scope) -> Typed:
    """IS [NOT] TRUE and IS [NOT] FALSE (23ai)."""
    operand = condition(node.operand, scope)
    word = f"{'NOT ' if node.negated else ''}{'TRUE' if node.value else 'FALSE'}"
    return combine([operand], f"({operand.sql} IS {word})", BOOLEAN)


def exists(node: ast.Exists, scope: Scope) -> Typed:
    """EXISTS."""
    query = scope.subquery(node.query)
    return Typed(f"EXISTS ({query.sql})", BOOLEAN, node.position, uses=query.uses)


def call_condition(node: ast.CallCondition, scope: Scope) -> Typed:
    """Return a call that is a condition: REGEXP_LIKE."""
    return truth(scope.expression(node.call))


HANDLERS: dict[type[ast.Expression], Callable[[Any, Scope], Typed]] = {
    ast.Comparison: comparison,
    ast.And: conjunction,
    ast.Or: disjunction,
    ast.Not: negation,
    ast.Between: between,
    ast.In: membership,
    ast.Like: like,
    ast.IsNull: is_null,
    ast.IsFloating: is_floating,
    ast.IsBoolean: is_boolean,
    ast.Exists: exists,
    ast.CallCondition: call_condition,
}
