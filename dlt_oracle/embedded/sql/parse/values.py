"""Values: operators, literals, parentheses, CASE.

Precedence (*SQL Language Reference 19c*, "About SQL Operators"), strongest first: unary ``+ -``, COLLATE and
AT TIME ZONE; ``* /``; ``+ - ||``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks, literals, names
from dlt_oracle.embedded.sql.scan import BIND, NATIONAL, NUMBER, QUOTED, STRING, WORD
from dlt_oracle.embedded.sql.words import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor

# Behind a query in parentheses these go on with the query, not with the expression.
QUERY_TAIL = frozenset({"UNION", "INTERSECT", "MINUS", "EXCEPT", "ORDER", "OFFSET", "FETCH"})

_ADDITIVE = frozenset({"+", "-", "||"})
_MULTIPLICATIVE = frozenset({"*", "/", "**"})


def value(c: Cursor, first: ast.Expression | None = None) -> ast.Expression:
    """Parse a sum; ``first`` is its first operand where that is parsed already."""
    c.descend()
    left = _product(c, first)
    length = 0
    while (operator := c.key) in _ADDITIVE:
        if operator == "||":
            left = _concatenation(c, left)
        else:
            c.advance()
            left = ast.Binary(operator, left, _product(c), position=left.position)
        length += 1
        c.check_chain(length)
    c.ascend()
    return left


def _concatenation(c: Cursor, left: ast.Expression) -> ast.Expression:
    operands = [left]
    while c.accept("||"):
        operands.append(_product(c))
    return ast.Concat(tuple(operands), position=left.position)


def _product(c: Cursor, first: ast.Expression | None = None) -> ast.Expression:
    left = first or _primary(c)
    length = 0
    while (operator := c.key) in _MULTIPLICATIVE and (operator != "**" or c.plsql):
        c.advance()
        left = ast.Binary(operator, left, _primary(c), position=left.position)
        length += 1
        c.check_chain(length)
    return left


def _primary(c: Cursor) -> ast.Expression:
    parse = _PRIMARIES.get(c.key)
    if parse is not None:
        node = parse(c)
    elif c.token.kind == QUOTED or (c.token.kind == WORD and c.key not in RESERVED):
        node = names.name(c)
    else:
        raise c.error(936)
    while c.key in ("AT", "COLLATE"):
        if c.key == "AT" and c.peek() not in ("TIME", "LOCAL"):
            break
        node = _suffix(c, node)
    return node


def _suffix(c: Cursor, operand: ast.Expression) -> ast.Expression:
    if c.accept("COLLATE"):
        return ast.Collate(operand, c.name(905), position=operand.position)
    c.advance()
    if c.accept("LOCAL"):
        return ast.AtTimeZone(operand, None, position=operand.position)
    c.keyword("TIME", "ZONE")
    return ast.AtTimeZone(operand, _primary(c), position=operand.position)


def _sign(c: Cursor) -> ast.Expression:
    signs = []
    while c.key in ("-", "+"):
        signs.append(c.advance())
    c.check_chain(len(signs))
    node = _primary(c)
    for sign in reversed(signs):
        node = ast.Unary(sign.key, node, position=sign.start)
    return node


def _parenthesis(c: Cursor) -> ast.Expression:
    """Parse a value in parentheses, or a scalar subquery."""
    start = c.advance().start
    node = inner_query(c, start) if c.key in ("SELECT", "WITH") else c.rules.expression(c)
    return close(c, node, start)


def close(c: Cursor, node: ast.Expression, start: int) -> ast.Expression:
    """Take the closing parenthesis, first what makes a query out of a query in parentheses."""
    if isinstance(node, ast.Subquery):
        if c.key in QUERY_TAIL:
            node = ast.Subquery(c.rules.query_tail(c, node.query), position=start)
        check_width(c, node, 1)
    c.close()
    if c.key in ("DAY", "YEAR") and "TO" in (c.peek(), c.peek(4)):
        raise c.unsupported("interval expressions")
    return node


def inner_query(c: Cursor, start: int) -> ast.Subquery:
    """Parse a query behind its parenthesis: an order without a limit is not allowed in an expression."""
    query = c.rules.query(c)
    if query.order_by and query.fetch is None and query.offset is None:
        raise c.error(907, position=query.order_by[0].position)
    return ast.Subquery(query, position=start)


def check_width(c: Cursor, node: ast.Subquery, expected: int) -> None:
    """ORA-00913 and ORA-00947: a query has as many columns as what it is compared with."""
    found = checks.width(node.query.body)
    if found is not None and found != expected:
        raise c.error(913 if found > expected else 947, position=node.position)


def subquery(c: Cursor) -> ast.Subquery:
    """Parse ``(query)``."""
    start = c.start
    c.open()
    node = inner_query(c, start)
    c.close()
    return node


def _string(c: Cursor) -> ast.Expression:
    start, national = c.start, c.token.kind == NATIONAL
    return ast.StringLiteral(c.literal(), national, position=start)


def _null(c: Cursor) -> ast.Expression:
    return ast.Null(position=c.advance().start)


def _date(c: Cursor) -> ast.Expression:
    if c.peek_kind() != STRING:
        raise c.error(936)
    return literals.date(c)


def _timestamp(c: Cursor) -> ast.Expression:
    return literals.timestamp(c) if c.peek_kind() == STRING else names.name(c)


def _interval(c: Cursor) -> ast.Expression:
    if c.peek_kind() == STRING:
        return literals.interval(c)
    if c.peek_kind() in (NUMBER, BIND):
        raise c.error(30089)
    return names.name(c)


def _boolean(c: Cursor) -> ast.Expression:
    if not c.boolean_values:
        raise c.error(904, f'"{c.key}"')
    token = c.advance()
    return ast.BooleanLiteral(token.key == "TRUE", position=token.start)


def _case(c: Cursor) -> ast.Expression:
    """Parse ``CASE [operand] WHEN test THEN result … [ELSE default] END``."""
    if c.peek() in (",", ")", ".", "FROM", "=", ""):
        return names.name(c)
    start = c.advance().start
    operand = None if c.key == "WHEN" else c.rules.expression(c)
    branches = []
    while c.key == "WHEN":
        position = c.advance().start
        test = c.rules.condition(c) if operand is None else c.rules.expression(c)
        c.keyword("THEN")
        branches.append(ast.When(test, c.rules.expression(c), position=position))
    if not branches:
        raise c.error(905)
    default = c.rules.expression(c) if c.accept("ELSE") else None
    c.keyword("END")
    return ast.Case(operand, tuple(branches), default, position=start)


def _hierarchical(c: Cursor) -> ast.Expression:
    raise c.unsupported(f"hierarchical queries ({c.key})")


def _cursor(c: Cursor) -> ast.Expression:
    if c.peek() == "(" and c.peek(2) in ("SELECT", "WITH"):
        raise c.unsupported("CURSOR expressions")
    return names.name(c)


_PRIMARIES: dict[str, Callable[[Cursor], ast.Expression]] = {
    "(": _parenthesis,
    "+": _sign,
    "-": _sign,
    BIND: lambda c: c.bind(),
    "CASE": _case,
    "CURSOR": _cursor,
    "DATE": _date,
    "FALSE": _boolean,
    "INTERVAL": _interval,
    "LEVEL": names.name,
    NATIONAL: _string,
    "NULL": _null,
    NUMBER: literals.number,
    "PRIOR": _hierarchical,
    "ROWID": names.name,
    "ROWNUM": names.name,
    STRING: _string,
    "SYSDATE": names.name,
    "TIMESTAMP": _timestamp,
    "TRUE": _boolean,
    "UID": names.name,
    "USER": names.name,
}
