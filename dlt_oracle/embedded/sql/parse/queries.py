"""SELECT: query blocks, set operators, FROM, WITH, row limits, FOR UPDATE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.calls import window
from dlt_oracle.embedded.sql.parse.hints import hints
from dlt_oracle.embedded.sql.parse.sorting import order_by
from dlt_oracle.embedded.sql.parse.sources import from_list
from dlt_oracle.embedded.sql.scan import QUOTED, WORD
from dlt_oracle.embedded.sql.words import words

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_SET_OPERATORS = {"UNION": "UNION", "INTERSECT": "INTERSECT", "MINUS": "MINUS", "EXCEPT": "MINUS"}
_GROUPINGS = ("ROLLUP", "CUBE")


def select_statement(c: Cursor) -> ast.SelectStatement:
    """Parse a SELECT as a statement: the only place of FOR UPDATE."""
    start = c.start
    into: list[ast.Expression] = []
    whole = _query(c, into if c.plsql else None)
    locking = _for_update(c)
    if locking is not None:
        checks.for_update(c, whole, locking)
        if not whole.order_by and (late := order_by(c)):
            whole = ast.Query(whole.body, whole.with_, late, position=whole.position)
    return ast.SelectStatement(whole, locking, tuple(into), position=start)


def query(c: Cursor) -> ast.Query:
    """Parse a query with its WITH, ORDER BY and row limit."""
    return _query(c, None)


def query_tail(c: Cursor, first: ast.Query) -> ast.Query:
    """Parse the rest of a query whose first part stood in parentheses, and is parsed."""
    return _ordered(c, _set_rest(c, first), (), first.position)


def _query(c: Cursor, into: list[ast.Expression] | None) -> ast.Query:
    c.descend()
    start = c.start
    sequences = len(c.sequence_marks)
    with_ = _with(c)
    node = _ordered(c, _set_rest(c, _operand(c, into)), with_, start)
    if len(c.sequence_marks) > sequences and (
        c.block_depth or node.order_by or isinstance(node.body, ast.SetQuery)
    ):
        raise c.error(2287, position=c.sequence_marks[sequences])
    c.ascend()
    return node


def _ordered(c: Cursor, body: ast.QueryBody, with_: tuple[ast.CommonTable, ...], start: int) -> ast.Query:
    items = order_by(c)
    checks.sort_items(c, body, items)
    offset, fetch = _row_limit(c)
    return ast.Query(body, with_, items, offset, fetch, position=start)


def _operand(c: Cursor, into: list[ast.Expression] | None = None) -> ast.QueryBody:
    if c.key == "(":
        c.advance()
        node = query(c)
        c.close()
        return node
    return _block(c, into)


def _set_rest(c: Cursor, first: ast.QueryBody) -> ast.QueryBody:
    start = first.position
    branches: list[ast.SetBranch] = []
    while (operator := _set_operator(c)) is not None:
        position = c.advance().start
        if not branches:
            _refuse_order(c, first)
        every = _all(c, operator)
        branches.append(ast.SetBranch(operator, every, _branch(c), position=position))
    if not branches:
        return first
    node = ast.SetQuery(first, tuple(branches), position=start)
    checks.set_branches(c, node)
    return node


def _set_operator(c: Cursor) -> str | None:
    operator = _SET_OPERATORS.get(c.key)
    if c.key == "EXCEPT" and not c.since_21:
        return None
    return operator


def _all(c: Cursor, operator: str) -> bool:
    """Take ALL: behind every operator from 21c on, behind UNION before."""
    if not c.since_21 and operator != "UNION":
        return False
    if c.since_21 and c.accept("DISTINCT"):
        return False
    return c.accept("ALL")


def _branch(c: Cursor) -> ast.QueryBody:
    if c.key not in ("SELECT", "("):
        raise c.error(928)
    node = _operand(c)
    _refuse_order(c, node)
    return node


def _refuse_order(c: Cursor, branch: ast.QueryBody) -> None:
    """Refuse an order without a row limit in a branch: it could have no meaning."""
    while isinstance(branch, ast.Query):
        if branch.order_by and branch.fetch is None and branch.offset is None:
            raise c.error(907, position=branch.order_by[0].position)
        branch = branch.body


# --- one block ----------------------------------------------------------------------------------


def _block(c: Cursor, into: list[ast.Expression] | None) -> ast.Select:
    start = c.start
    c.expect("SELECT", 928)
    outer_marks = c.level_marks, c.outer_join_marks
    c.level_marks, c.outer_join_marks = [], []
    c.block_depth += 1
    hint_list = hints(c)
    distinct = c.accept_any("DISTINCT", "UNIQUE", "ALL") in ("DISTINCT", "UNIQUE")
    sequences = len(c.sequence_marks)
    items = _select_list(c)
    if c.outer_join_marks:
        raise c.error(30563, position=c.outer_join_marks[0])
    selected_sequences = len(c.sequence_marks)
    if c.key in ("INTO", "BULK"):
        if into is None:
            raise c.error(905)
        _into(c, into)
    sources = _from(c)
    where = c.rules.condition(c) if c.accept("WHERE") else None
    if c.key == "CONNECT" or (c.key == "START" and c.peek() == "WITH"):
        raise c.unsupported("hierarchical queries (CONNECT BY)")
    group_by, having = _grouping(c)
    if c.key == "MODEL":
        raise c.unsupported("the MODEL clause")
    windows = _windows(c) if c.since_21 and c.key == "WINDOW" else ()
    node = ast.Select(items, sources, where, group_by, having, distinct, hint_list, windows, position=start)
    if c.level_marks:
        raise c.error(1788, position=c.level_marks[0])
    if c.outer_join_marks and any(isinstance(source, ast.Join) for source in sources):
        raise c.error(25156, position=c.outer_join_marks[0])
    misplaced = sequences if distinct or group_by else selected_sequences
    if len(c.sequence_marks) > misplaced:
        raise c.error(2287, position=c.sequence_marks[misplaced])
    checks.select(c, node)
    c.block_depth -= 1
    c.level_marks, c.outer_join_marks = outer_marks
    return node


def _from(c: Cursor) -> tuple[ast.FromItem, ...]:
    """Parse FROM, without which a query is one only from 23ai on."""
    if c.accept("FROM"):
        return from_list(c)
    if not c.since_23 or not (c.at_end or c.key in _AFTER_SELECT_LIST):
        raise c.error(923)
    return ()


_AFTER_SELECT_LIST = words(
    """
    WHERE GROUP HAVING ORDER UNION INTERSECT MINUS EXCEPT FETCH OFFSET FOR CONNECT START WINDOW ) ; WITH
    """
)


def _select_list(c: Cursor) -> tuple[ast.SelectItem, ...]:
    if c.key == "*":
        star = ast.Star(position=c.advance().start)
        return (ast.SelectItem(star, position=star.position),)
    items = tuple([_select_item(c) for _ in c.comma_list()])
    if len(items) > checks.MAX_COLUMNS:
        raise c.error(1792)
    return items


def _select_item(c: Cursor) -> ast.SelectItem:
    start = c.start
    if c.peek() == "." and c.token.kind in (WORD, QUOTED) and (star := _qualified_star(c)):
        return ast.SelectItem(star, position=start)
    mark = c.mark()
    expression = c.rules.expression(c)
    name = expression.parts[-1] if isinstance(expression, ast.ColumnRef) else c.spelled(mark)
    alias = None
    if c.accept("AS"):
        alias = c.name(923)
    elif c.at_name and not (c.key == "BULK" and c.plsql):
        alias = c.advance().value
    return ast.SelectItem(expression, alias, alias or name, position=start)


def _qualified_star(c: Cursor) -> ast.Star | None:
    """Take ``t.*`` or ``s.t.*`` if that is what comes."""
    width = 2
    while c.peek(width) != "*":
        if c.peek(width + 1) != ".":
            return None
        width += 2
    start = c.start
    qualifier = []
    for _ in range(width // 2):
        qualifier.append(c.name(1747))
        c.advance()
    c.advance()
    return ast.Star(tuple(qualifier), position=start)


def _into(c: Cursor, into: list[ast.Expression]) -> None:
    """Parse the INTO of PL/SQL."""
    if c.accept("BULK"):
        raise c.unsupported("BULK COLLECT")
    c.keyword("INTO")
    into.extend(c.rules.expression(c) for _ in c.comma_list())


def _grouping(
    c: Cursor,
) -> tuple[tuple[ast.Expression | ast.GroupingSets, ...], ast.Expression | None]:
    """Parse GROUP BY and HAVING, which may stand in either order."""
    having = c.rules.condition(c) if c.accept("HAVING") else None
    group_by: tuple[ast.Expression | ast.GroupingSets, ...] = ()
    if c.accept("GROUP"):
        c.expect("BY", 924)
        group_by = tuple([_group_item(c) for _ in c.comma_list()])
    if having is None and c.accept("HAVING"):
        having = c.rules.condition(c)
    return group_by, having


def _group_item(c: Cursor) -> ast.Expression | ast.GroupingSets:
    start = c.start
    kind = c.key
    if kind in _GROUPINGS and c.peek() == "(":
        c.advance()
    elif c.accept("GROUPING", "SETS"):
        kind = "GROUPING SETS"
    elif kind == "(":
        return _group_row(c)
    else:
        return c.rules.expression(c)
    c.descend()
    c.open()
    items = tuple([_group_item(c) for _ in c.comma_list()])
    c.close()
    c.ascend()
    return ast.GroupingSets(kind, items, position=start)


def _group_row(c: Cursor) -> ast.Expression:
    """Parse ``()``, ``(a, b)``, or an expression that starts with a parenthesis."""
    start = c.start
    depth, ahead = 0, 0
    top_comma = False
    while True:  # a row has a comma at its own level; look for it before deciding
        key = c.peek(ahead)
        depth += (key == "(") - (key == ")")
        top_comma = top_comma or (key == "," and depth == 1)
        ahead += 1
        if depth == 0 or key == "":
            break
    if not top_comma and c.peek() != ")":
        return c.rules.expression(c)
    c.advance()
    items = () if c.key == ")" else tuple([c.rules.expression(c) for _ in c.comma_list()])
    c.close()
    return ast.RowValue(items, position=start)


def _windows(c: Cursor) -> tuple[ast.NamedWindow, ...]:
    c.advance()
    windows = []
    for _ in c.comma_list():
        start = c.start
        name = c.name(923)
        c.keyword("AS")
        windows.append(ast.NamedWindow(name, window(c), position=start))
    return tuple(windows)


# --- WITH ---------------------------------------------------------------------------------------


def _with(c: Cursor) -> tuple[ast.CommonTable, ...]:
    if not c.accept("WITH"):
        return ()
    if c.key in ("FUNCTION", "PROCEDURE") and c.peek() not in ("AS", "("):
        raise c.unsupported(f"WITH {c.key}")
    tables: list[ast.CommonTable] = []
    for _ in c.comma_list():
        table = _common_table(c)
        if any(table.name == other.name for other in tables):
            raise c.error(32031, position=table.position)
        tables.append(table)
    if c.key not in ("SELECT", "("):
        raise c.error(928)
    return tuple(tables)


def _common_table(c: Cursor) -> ast.CommonTable:
    start = c.start
    name = c.name(903)
    columns = c.name_list() if c.key == "(" else ()
    c.keyword("AS")
    if c.key != "(":
        raise c.error(906)
    c.advance()
    body = query(c)
    c.close()
    if c.key in ("SEARCH", "CYCLE"):
        raise c.unsupported(f"the {c.key} clause of WITH")
    return checks.common_table(c, name, columns, body, start)


# --- behind the blocks --------------------------------------------------------------------------


def _row_limit(c: Cursor) -> tuple[ast.Expression | None, ast.Fetch | None]:
    offset = fetch = None
    if c.accept("OFFSET"):
        offset = c.rules.expression(c)
        c.expect_any(("ROW", "ROWS"), 905)
    start = c.start
    if c.accept("FETCH"):
        c.expect_any(("FIRST", "NEXT"), 905)
        count: ast.Expression = ast.NumberLiteral("1", position=start)
        percent = False
        if c.key not in ("ROW", "ROWS"):
            count = c.rules.expression(c)
            percent = c.accept("PERCENT")
        c.expect_any(("ROW", "ROWS"), 905)
        with_ties = c.accept("WITH", "TIES")
        if not with_ties:
            c.keyword("ONLY")
        fetch = ast.Fetch(count, percent, with_ties, position=start)
    return offset, fetch


def _for_update(c: Cursor) -> ast.ForUpdate | None:
    start = c.start
    if not c.accept("FOR"):
        return None
    c.keyword("UPDATE")
    of: list[tuple[str, ...]] = []
    if c.accept("OF"):
        for _ in c.comma_list():
            parts = [c.column_name().text]
            while c.accept("."):
                parts.append(c.column_name().text)
            of.append(tuple(parts))
    wait, skip = None, False
    if c.accept("NOWAIT"):
        wait = 0
    elif c.accept("WAIT"):
        wait = c.integer(30005)
    elif c.accept("SKIP"):
        c.keyword("LOCKED")
        skip = True
    return ast.ForUpdate(tuple(of), wait, skip, position=start)
