"""Rules about a query that hold whatever its tables are.

They are checked on the tree, right after the block or the query is parsed. Where the answer depends on the
dictionary nothing is said: the analyzer will.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.words import AGGREGATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dlt_oracle.embedded.sql.parse.cursor import Cursor

MAX_COLUMNS = 1000


# --- looking into trees -------------------------------------------------------------------------


def is_aggregate(node: ast.Node) -> bool:
    """Whether ``node`` makes one value of many rows (and is no analytic function)."""
    if isinstance(node, ast.FunctionCall):
        if len(node.name) > 1 or node.over is not None:
            return False
        return node.name[0] in AGGREGATES or bool(node.within_group)
    return isinstance(node, ast.JsonConstructor) and node.function.endswith("AGG")


def within(node: ast.Node | None) -> Iterator[ast.Node]:
    """Yield ``node`` and what is below it, but nothing of the queries in it."""
    pending = [] if node is None else [node]
    while pending:
        here = pending.pop()
        yield here
        if not isinstance(here, ast.Query):
            pending.extend(reversed(list(ast.children(here))))


def refuse_aggregates(c: Cursor, node: ast.Node | None) -> None:
    """ORA-00934 for a group function, ORA-30483 for an analytic one, where neither may stand."""
    for each in within(node):
        if is_aggregate(each):
            raise c.error(934, position=each.position)
        if isinstance(each, ast.FunctionCall) and each.over is not None:
            raise c.error(30483, position=each.position)


def blocks(body: ast.QueryBody) -> Iterator[ast.Select]:
    """Yield the blocks that a query's rows come from, left to right."""
    pending: list[ast.QueryBody] = [body]
    while pending:
        here = pending.pop()
        if isinstance(here, ast.Select):
            yield here
        elif isinstance(here, ast.Query):
            pending.append(here.body)
        else:
            pending.extend(branch.query for branch in reversed(here.rest))
            pending.append(here.first)


def width(body: ast.QueryBody) -> int | None:
    """Return the number of columns of a query, or None where a ``*`` hides it."""
    items = next(blocks(body)).items
    return None if any(isinstance(item.expression, ast.Star) for item in items) else len(items)


# --- a block ------------------------------------------------------------------------------------


def select(c: Cursor, node: ast.Select) -> None:
    """Check where group functions stand, and that what is selected is grouped."""
    refuse_aggregates(c, node.where)
    for source in node.from_:
        _join_conditions(c, source)
    for group in node.group_by:
        refuse_aggregates(c, group)
    for each in within(node.having):
        if isinstance(each, ast.FunctionCall) and each.over is not None:
            raise c.error(30483, position=each.position)
    aggregated = _check_nesting(c, node)
    if not c.plsql and (node.group_by or aggregated or node.having is not None):
        _check_grouped(c, node)


def _join_conditions(c: Cursor, source: ast.FromItem) -> None:
    while isinstance(source, ast.Join):
        refuse_aggregates(c, source.on)
        _join_conditions(c, source.right)
        source = source.left


def _check_nesting(c: Cursor, node: ast.Select) -> bool:
    """Check how deep group functions stand in each other; return whether there are any."""
    aggregated = False
    roots: list[ast.Node] = [item.expression for item in node.items]
    if node.having is not None:
        roots.append(node.having)
    pending = [(root, 0) for root in roots]
    while pending:
        here, depth = pending.pop()
        if isinstance(here, ast.Query):
            continue
        if is_aggregate(here):
            aggregated = True
            depth += 1
            if depth == 2 and not node.group_by:  # noqa: PLR2004 - one function in another
                raise c.error(978, position=here.position)
            if depth > 2:  # noqa: PLR2004 - as above
                raise c.error(935, position=here.position)
        pending.extend((child, depth) for child in ast.children(here))
    return aggregated


def _check_grouped(c: Cursor, node: ast.Select) -> None:
    """ORA-00979 or ORA-00937 for a selected column that is surely neither grouped nor aggregated.

    Surely: it belongs to a table of this block (by its qualifier, or because no block is around this one),
    and no grouping expression mentions a column of that name.
    """
    if any(isinstance(each, ast.GroupingSets) for each in node.group_by) and not node.items:
        return
    grouped = {each for group in node.group_by for each in within(group) if isinstance(each, ast.Expression)}
    names = {each.parts[-1] for each in grouped if isinstance(each, ast.ColumnRef)}
    aliases = {item.alias for item in node.items if item.alias is not None}
    positions = any(isinstance(each, ast.NumberLiteral) for each in node.group_by)
    if c.since_23 and (names & aliases or positions):  # an alias or a position may be meant
        return
    own = {name for source in node.from_ for name in _qualifiers(source)}
    nested = c.block_depth > 1
    roots: list[ast.Node] = [item.expression for item in node.items]
    if node.having is not None:
        roots.append(node.having)
    pending = roots[::-1]
    while pending:
        here = pending.pop()
        if here in grouped or is_aggregate(here) or isinstance(here, ast.Query):
            continue
        if isinstance(here, ast.ColumnRef) and here.parts[-1] not in names:
            mine = not nested if len(here.parts) == 1 else not own.isdisjoint(here.parts[:-1])
            if mine:
                _refuse_ungrouped(c, node, here, names & aliases)
        if isinstance(here, ast.Star) and not node.group_by and here.qualifier:
            raise c.error(937, position=here.position)
        pending.extend(reversed(list(ast.children(here))))


def _refuse_ungrouped(c: Cursor, node: ast.Select, column: ast.ColumnRef, aliases: set[str]) -> None:
    if aliases:  # an alias in GROUP BY: no column of that name, says Oracle before 23ai
        raise c.error(904, f'"{min(aliases)}"', position=column.position)
    raise c.error(979 if node.group_by or node.having is not None else 937, position=column.position)


def _qualifiers(source: ast.FromItem) -> Iterator[str]:
    if isinstance(source, ast.TableRef):
        yield source.alias or source.name.name
    elif isinstance(source, ast.DerivedTable) and source.alias is not None:
        yield source.alias
    elif isinstance(source, ast.Join):
        yield from _qualifiers(source.left)
        yield from _qualifiers(source.right)


# --- a query ------------------------------------------------------------------------------------


def sort_items(c: Cursor, body: ast.QueryBody, items: Sequence[ast.SortItem]) -> None:
    """Check positions in ORDER BY, and what a set query or DISTINCT may be sorted by."""
    if not items:
        return
    first = next(blocks(body))
    count = width(body)
    names = {item.name for item in first.items}
    for item in items:
        expression = item.expression
        if isinstance(expression, ast.NumberLiteral):
            if count is not None and expression.text.isdigit() and not 1 <= int(expression.text) <= count:
                raise c.error(1785, position=item.position)
        elif isinstance(body, ast.SetQuery):
            if not isinstance(expression, ast.ColumnRef):
                raise c.error(1785, position=item.position)
            if count is not None and len(expression.parts) == 1 and expression.parts[0] not in names:
                raise c.error(904, f'"{expression.parts[0]}"', position=item.position)
        elif isinstance(body, ast.Select) and body.distinct and isinstance(expression, ast.ColumnRef):
            selected = names | {
                each.expression.parts[-1] for each in body.items if isinstance(each.expression, ast.ColumnRef)
            }
            if count is not None and expression.parts[-1] not in selected:
                raise c.error(1791, position=item.position)


def set_branches(c: Cursor, node: ast.SetQuery) -> None:
    """ORA-01789: all branches have as many columns as the first."""
    expected = width(node.first)
    for branch in node.rest:
        found = width(branch.query)
        if expected is not None and found is not None and expected != found:
            raise c.error(1789, position=branch.query.position)
        if expected is None:
            expected = found


def for_update(c: Cursor, query: ast.Query, locking: ast.ForUpdate) -> None:
    """Refuse FOR UPDATE of rows that are not a table's rows."""
    if query.fetch is not None or query.offset is not None:
        raise c.error(2014, position=locking.position)
    body = query.body
    while isinstance(body, ast.Query):
        body = body.body
    if isinstance(body, ast.SetQuery) or _is_merged(body):
        raise c.error(1786, position=locking.position)
    for source in body.from_:
        if isinstance(source, ast.DerivedTable) and any(map(_is_merged, blocks(source.query))):
            raise c.error(2014, position=locking.position)


def _is_merged(block: ast.Select) -> bool:
    """Whether a block makes other rows out of its tables' rows."""
    if block.distinct or block.group_by:
        return True
    return any(is_aggregate(each) for item in block.items for each in within(item.expression))


def common_table(
    c: Cursor, name: str, columns: tuple[ast.Name, ...], query: ast.Query, position: int
) -> ast.CommonTable:
    """Make one table of WITH; check its columns, and the shape of a recursive one."""
    recursive = _names_itself(query.body, name)
    if recursive:
        if not columns:
            raise c.error(32039, position=position)
        if not isinstance(query.body, ast.SetQuery) or any(
            branch.operator != "UNION" or not branch.all for branch in query.body.rest
        ):
            raise c.error(32040, position=position)
        if _names_itself(query.body.first, name):
            raise c.error(32043, position=position)
    count = width(query.body)
    if columns and count is not None and count != len(columns):
        raise c.error(32038, position=position)
    duplicate_names(c, columns)
    return ast.CommonTable(name, columns, query, recursive, position=position)


def _names_itself(body: ast.QueryBody, name: str) -> bool:
    return any(
        isinstance(node, ast.TableRef) and node.name.owner is None and node.name.name == name
        for node in ast.walk(body)
    )


def duplicate_names(c: Cursor, names: Sequence[ast.Name], code: int = 957) -> None:
    """ORA-00957 where a name stands twice in a list."""
    seen: set[str] = set()
    for name in names:
        if name.text in seen:
            raise c.error(code, position=name.position)
        seen.add(name.text)
