"""Conditions: AND, OR, NOT, comparisons, IN, LIKE, IS; and expressions that may be either.

On 19c a condition is no value and a value no condition; from 23ai on, and in PL/SQL, either may stand for the
other. Precedence (*SQL Language Reference 19c*, "About SQL Conditions"): comparisons, NOT, AND, OR.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import names
from dlt_oracle.embedded.sql.parse.values import QUERY_TAIL, check_width, close, inner_query, subquery, value
from dlt_oracle.embedded.sql.words import CONDITION_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_QUANTIFIERS = {"ANY": "ANY", "SOME": "ANY", "ALL": "ALL"}
_LIKES = frozenset({"LIKE", "LIKEC", "LIKE2", "LIKE4"})


def expression(c: Cursor) -> ast.Expression:
    """Parse a value, or whatever this release takes for one."""
    return _disjunction(c, strict=False) if c.boolean_values else value(c)


def condition(c: Cursor) -> ast.Expression:
    """Parse a condition; ORA-00920 for a value that is none (on 23ai a value may be one)."""
    return _disjunction(c, strict=True)


def _disjunction(c: Cursor, *, strict: bool) -> ast.Expression:
    """Parse OR and AND. Not ``strict``, a single value comes back as it is."""
    c.descend()
    start = c.start
    alternatives = []
    while True:
        factors = [_negation(c, strict=strict)]
        while c.key == "AND":
            _check_condition(c, factors[-1])
            c.advance()
            factors.append(_negation(c, strict=True))
        alternatives.append(factors[0] if len(factors) == 1 else ast.And(tuple(factors), position=start))
        if c.key != "OR":
            break
        _check_condition(c, alternatives[-1])
        c.advance()
        strict = True
    c.ascend()
    return alternatives[0] if len(alternatives) == 1 else ast.Or(tuple(alternatives), position=start)


def _check_condition(c: Cursor, node: ast.Expression) -> None:
    if not c.boolean_values and not isinstance(node, ast.Condition):
        raise c.error(920)


def _negation(c: Cursor, *, strict: bool) -> ast.Expression:
    if c.key != "NOT":
        return _predicate(c, strict=strict)
    positions = []
    while c.key == "NOT":
        positions.append(c.advance().start)
    c.check_chain(len(positions))
    node = _predicate(c, strict=True)
    for position in reversed(positions):
        node = ast.Not(node, position=position)
    return node


def _predicate(c: Cursor, *, strict: bool) -> ast.Expression:
    key = c.key
    if key == "EXISTS":
        start = c.advance().start
        return ast.Exists(subquery(c).query, position=start)
    if key in CONDITION_FUNCTIONS and c.peek() == "(":
        start = c.start
        call = names.name(c, as_condition=True)
        return call if isinstance(call, ast.Condition) else ast.CallCondition(call, position=start)
    if key != "(":
        return _comparison(c, value(c), strict=strict)
    left = _group(c)
    if isinstance(left, ast.RowValue):
        return _row_comparison(c, left)
    if isinstance(left, ast.Condition) and not (c.boolean_values and c.key in _COMPARISONS | {"IS"}):
        return left
    return _comparison(c, value(c, left), strict=strict)


def _group(c: Cursor) -> ast.Expression:
    """Parse parentheses where a condition may stand: around one, a value, a row or a query."""
    start = c.advance().start
    if c.key in ("SELECT", "WITH"):
        return close(c, inner_query(c, start), start)
    node = _disjunction(c, strict=False)
    if c.key != "," or isinstance(node, ast.Condition):
        return close(c, node, start)
    items = [node]
    while c.accept(","):
        items.append(value(c))
    c.close()
    return ast.RowValue(tuple(items), position=start)


def _comparison(c: Cursor, left: ast.Expression, *, strict: bool) -> ast.Expression:
    key = c.key
    if key in _COMPARISONS:
        c.advance()
        return _compare(c, key, left)
    parse = _PREDICATES.get(key)
    if parse is not None:
        return parse(c, left, negated=False)
    if key == "NOT":
        parse = _PREDICATES.get(c.peek())
        if parse is not None and c.peek() != "IS":
            c.advance()
            return parse(c, left, negated=True)
        if strict:
            raise c.error(920)
    if key in ("MEMBER", "SUBMULTISET") and c.peek() == "OF":
        raise c.unsupported(f"the condition {key} OF")
    if strict:
        _check_condition(c, left)
    return left


def _compare(c: Cursor, operator: str, left: ast.Expression) -> ast.Expression:
    quantifier = _QUANTIFIERS.get(c.key) if c.peek() == "(" else None
    if quantifier is None:
        return ast.Comparison(operator, left, value(c), position=left.position)
    c.advance()
    right = _list(c)
    node = right[0] if isinstance(right[0], ast.Subquery) else ast.RowValue(right, position=right[0].position)
    return ast.Comparison(operator, left, node, quantifier, position=left.position)


def _list(
    c: Cursor, item: Callable[[Cursor], ast.Expression] = value, width: int = 1
) -> tuple[ast.Expression, ...]:
    """Parse ``(query)`` or ``(item, …)``: at most 1,000 items, 65,535 from 23ai on.

    ``width`` is the number of columns a query must have.
    """
    start = c.start
    c.open()
    if c.key in ("SELECT", "WITH"):
        first: ast.Expression = inner_query(c, start)
    else:
        first = item(c)
    if isinstance(first, ast.Subquery) and c.key != ",":
        if c.key in QUERY_TAIL:
            first = ast.Subquery(c.rules.query_tail(c, first.query), position=start)
        check_width(c, first, width)
        c.close()
        return (first,)
    items = [first]
    limit = 65535 if c.boolean_values else 1000
    while c.accept(","):
        items.append(item(c))
        if len(items) > limit:
            raise c.error(1795)
    c.close()
    return tuple(items)


def _in(c: Cursor, operand: ast.Expression, *, negated: bool) -> ast.Expression:
    c.advance()
    return ast.In(operand, _list(c), negated, position=operand.position)


def _between(c: Cursor, operand: ast.Expression, *, negated: bool) -> ast.Expression:
    c.advance()
    low = value(c)
    c.keyword("AND")
    return ast.Between(operand, low, value(c), negated, position=operand.position)


def _like(c: Cursor, operand: ast.Expression, *, negated: bool) -> ast.Expression:
    operator = c.advance().key
    pattern = value(c)
    escape = value(c) if c.accept("ESCAPE") else None
    return ast.Like(operand, pattern, escape, negated, operator, position=operand.position)


def _is(c: Cursor, operand: ast.Expression, *, negated: bool) -> ast.Expression:
    c.advance()
    negated = c.accept("NOT")
    position = operand.position
    word = c.key
    if c.accept("NULL"):
        return ast.IsNull(operand, negated, position=position)
    if c.accept_any("NAN", "INFINITE"):
        return ast.IsFloating(operand, word, negated, position=position)
    if c.accept("JSON"):
        return _is_json(c, operand, negated=negated)
    if c.boolean_values and c.accept_any("TRUE", "FALSE"):
        return ast.IsBoolean(operand, word == "TRUE", negated, position=position)
    if word in ("A", "EMPTY", "OF", "DANGLING", "PRESENT", "ANY"):
        raise c.unsupported(f"the condition IS {word}")
    raise c.error(908)


def _is_json(c: Cursor, operand: ast.Expression, *, negated: bool) -> ast.Expression:
    if c.accept("FORMAT"):
        if c.key == "OSON":
            raise c.unsupported("FORMAT OSON")
        c.keyword("JSON")
    in_list = c.accept("(")
    strict = c.accept_any("STRICT", "LAX") == "STRICT"
    unique = False
    if c.key in ("WITH", "WITHOUT") and c.peek() == "UNIQUE":
        unique = c.advance().key == "WITH"
        c.keyword("UNIQUE")
        c.accept("KEYS")
    if in_list:
        c.close()
    return ast.IsJson(operand, negated, strict, unique, position=operand.position)


_PREDICATES = {
    "BETWEEN": _between,
    "IN": _in,
    "IS": _is,
    **dict.fromkeys(_LIKES, _like),
}


# --- rows ---------------------------------------------------------------------------------------


def _row_comparison(c: Cursor, left: ast.RowValue) -> ast.Expression:
    """Parse what may follow ``(a, b)``: ``=`` or ``<>`` one row, IN rows; both also with a query."""

    def row(c: Cursor) -> ast.Expression:
        return _row(c, width)

    width = len(left.items)
    if c.key in ("IN", "NOT"):
        negated = c.accept("NOT")
        c.expect("IN", 920)
        return ast.In(left, _list(c, row, width), negated, position=left.position)
    if c.key not in _COMPARISONS:
        raise c.error(920)
    operator = c.advance().key
    if operator not in ("=", "<>"):
        raise c.error(1796)
    quantifier = _QUANTIFIERS.get(c.accept_any(*_QUANTIFIERS) or "")
    right = _list(c, row, width)
    if len(right) > 1 and quantifier is None:
        raise c.error(920)
    node = right[0]
    if quantifier is not None and not isinstance(node, ast.Subquery):
        node = ast.RowValue(right, position=node.position)
    return ast.Comparison(operator, left, node, quantifier, position=left.position)


def _row(c: Cursor, width: int) -> ast.Expression:
    """Parse a row of ``width`` values, or a query in parentheses."""
    if c.key != "(":
        raise c.error(920)
    if c.peek() in ("SELECT", "WITH"):
        return subquery(c)
    start = c.start
    node = _row_items(c)
    if len(node.items) != width:
        raise c.error(947 if len(node.items) < width else 913, position=start)
    return node


def _row_items(c: Cursor) -> ast.RowValue:
    start = c.start
    c.open()
    items = tuple([value(c) for _ in c.comma_list()])
    c.close()
    return ast.RowValue(items, position=start)
