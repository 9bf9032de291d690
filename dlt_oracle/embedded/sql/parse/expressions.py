"""Values and conditions.

Precedence (*SQL Language Reference 19c*, "About SQL Operators" and "About SQL Conditions"), strongest first:
unary ``+ -``, COLLATE and AT TIME ZONE; ``* /``; ``+ - ||``; comparisons; NOT; AND; OR.
On 19c a condition is no value: :func:`value` never returns a Condition then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks, literals, names
from dlt_oracle.embedded.sql.scan import BIND, NATIONAL, NUMBER, QUOTED, STRING, WORD
from dlt_oracle.embedded.sql.words import CONDITION_FUNCTIONS, RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_ADDITIVE = frozenset({"+", "-", "||"})
_MULTIPLICATIVE = frozenset({"*", "/", "**"})
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_QUANTIFIERS = {"ANY": "ANY", "SOME": "ANY", "ALL": "ALL"}
_LIKES = frozenset({"LIKE", "LIKEC", "LIKE2", "LIKE4"})
# Behind a query in parentheses these go on with the query, not with the expression.
_QUERY_TAIL = frozenset({"UNION", "INTERSECT", "MINUS", "EXCEPT", "ORDER", "OFFSET", "FETCH"})


def expression(c: Cursor) -> ast.Expression:
    """Parse a value, or whatever this release takes for one."""
    return _disjunction(c, strict=False) if c.boolean_values else value(c)


def condition(c: Cursor) -> ast.Expression:
    """Parse a condition; ORA-00920 for a value that is none (on 23ai a value may be one)."""
    return _disjunction(c, strict=True)


def expressions(c: Cursor) -> tuple[ast.Expression, ...]:
    """Parse one or more expressions between commas."""
    return tuple([expression(c) for _ in c.comma_list()])


# --- values -------------------------------------------------------------------------------------


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
    node = _subquery(c, start) if c.key in ("SELECT", "WITH") else expression(c)
    return _close(c, node, start)


def _close(c: Cursor, node: ast.Expression, start: int) -> ast.Expression:
    """Take the closing parenthesis, first what makes a query out of a query in parentheses."""
    if isinstance(node, ast.Subquery):
        if c.key in _QUERY_TAIL:
            node = ast.Subquery(c.rules.query_tail(c, node.query), position=start)
        _check_width(c, node, 1)
    c.close()
    if c.key in ("DAY", "YEAR") and "TO" in (c.peek(), c.peek(4)):
        raise c.unsupported("interval expressions")
    return node


def _subquery(c: Cursor, start: int) -> ast.Subquery:
    """Parse a query that stands for a value: an order without a limit is not allowed there."""
    query = c.rules.query(c)
    if query.order_by and query.fetch is None and query.offset is None:
        raise c.error(907, position=query.order_by[0].position)
    return ast.Subquery(query, position=start)


def _check_width(c: Cursor, node: ast.Subquery, expected: int) -> None:
    """ORA-00913 and ORA-00947: a query has as many columns as what it is compared with."""
    found = checks.width(node.query.body)
    if found is not None and found != expected:
        raise c.error(913 if found > expected else 947, position=node.position)


def subquery(c: Cursor) -> ast.Subquery:
    """Parse ``(query)``."""
    start = c.start
    c.open()
    node = _subquery(c, start)
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
    operand = None if c.key == "WHEN" else expression(c)
    branches = []
    while c.key == "WHEN":
        position = c.advance().start
        test = condition(c) if operand is None else expression(c)
        c.keyword("THEN")
        branches.append(ast.When(test, expression(c), position=position))
    if not branches:
        raise c.error(905)
    default = expression(c) if c.accept("ELSE") else None
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


# --- conditions ---------------------------------------------------------------------------------


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
        return _close(c, _subquery(c, start), start)
    node = _disjunction(c, strict=False)
    if c.key != "," or isinstance(node, ast.Condition):
        return _close(c, node, start)
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
        first: ast.Expression = _subquery(c, start)
    else:
        first = item(c)
    if isinstance(first, ast.Subquery) and c.key != ",":
        if c.key in _QUERY_TAIL:
            first = ast.Subquery(c.rules.query_tail(c, first.query), position=start)
        _check_width(c, first, width)
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
