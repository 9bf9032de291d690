"""INSERT, UPDATE, DELETE, MERGE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.hints import hints
from dlt_oracle.embedded.sql.parse.sources import dml_target, from_list, source
from dlt_oracle.embedded.sql.scan import BIND, QUOTED, WORD
from dlt_oracle.embedded.sql.words import RESERVED

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

# No column can be below these: the value of an INSERT is mostly one of them.
_LEAVES = (ast.Bind, ast.StringLiteral, ast.NumberLiteral, ast.Null, ast.Default)
_MAX_MULTI_TABLE_COLUMNS = 999


# --- pieces -------------------------------------------------------------------------------------


def _column(c: Cursor) -> ast.ColumnRef:
    """Take the name of a column that is given a value: ORA-01747 where there is none."""
    token = c.token
    if token.kind != QUOTED and (token.kind != WORD or token.key in RESERVED):
        raise c.error(1747)
    c.advance()
    parts = [token.value]
    while c.key == ".":
        c.advance()
        parts.append(c.name(1747))
    return ast.ColumnRef(tuple(parts), position=token.start)


def _check_duplicates(c: Cursor, columns: tuple[ast.ColumnRef, ...]) -> None:
    if len({column.parts[-1] for column in columns}) < len(columns):
        checks.duplicate_names(c, [ast.Name(col.parts[-1], position=col.position) for col in columns])


def _insert_columns(c: Cursor) -> tuple[ast.ColumnRef, ...]:
    """Parse ``(column, …)``; what cannot be a column there reads as a query without its SELECT."""
    if c.key != "(" or c.peek() in ("SELECT", "WITH", "("):
        return ()
    c.advance()
    if c.key == ")":
        raise c.error(936)
    if not c.at_name:
        raise c.error(928)
    columns = tuple([_column(c) for _ in c.comma_list()])
    c.expect(")", 917)
    _check_duplicates(c, columns)
    if len(columns) > checks.MAX_COLUMNS:
        raise c.error(913)
    return columns


def _value(c: Cursor) -> ast.Expression:
    """Parse one value of VALUES or SET: an expression or DEFAULT."""
    if c.key == "DEFAULT":
        return ast.Default(position=c.advance().start)
    return c.rules.expression(c)


def _values(c: Cursor, columns: tuple[ast.ColumnRef, ...], *, of_source: bool) -> tuple[ast.Expression, ...]:
    """Parse ``(value, …)``; ``of_source`` where they may name columns of a source."""
    start = c.start
    c.open()
    values = tuple([_value(c) for _ in c.comma_list()])
    c.expect(")", 917)
    if columns and len(values) != len(columns):
        raise c.error(947 if len(values) < len(columns) else 913, position=start)
    if not of_source and not c.plsql:
        for value in values:
            if not isinstance(value, _LEAVES):
                _refuse_columns(c, value)
    return values


def _refuse_columns(c: Cursor, value: ast.Expression) -> None:
    for node in checks.within(value):
        if isinstance(node, ast.ColumnRef):
            raise c.error(984, position=node.position)
        if checks.is_aggregate(node):
            raise c.error(934, position=node.position)


def _returning(c: Cursor) -> ast.Returning | None:
    """Parse ``RETURNING expressions INTO targets`` if it is there."""
    start = c.start
    if c.accept_any("RETURNING", "RETURN") is None:
        return None
    expressions = tuple([c.rules.expression(c) for _ in c.comma_list()])
    if c.key == "BULK" and c.plsql:
        raise c.unsupported("BULK COLLECT")
    c.expect("INTO", 925)
    into = tuple([_into_target(c) for _ in c.comma_list()])
    if len(into) != len(expressions):
        raise c.error(947 if len(into) < len(expressions) else 913, position=start)
    if any(checks.is_aggregate(node) for each in expressions for node in checks.within(each)):
        raise c.unsupported("group functions in RETURNING", start)
    return ast.Returning(expressions, into, position=start)


def _into_target(c: Cursor) -> ast.Expression:
    if c.token.kind == BIND:
        bind = c.bind()
        if not c.plsql:
            c.out_binds.add(bind.index)
        return bind
    if not c.plsql:
        raise c.error(1008 if c.token.kind == WORD else 936)
    return c.rules.expression(c)


def _log_errors(c: Cursor) -> ast.LogErrors | None:
    start = c.start
    if not c.accept("LOG", "ERRORS"):
        return None
    table = c.qualified_name(903) if c.accept("INTO") else None
    tag = limit = None
    if c.accept("("):
        tag = c.rules.expression(c)
        c.close()
    if c.accept("REJECT"):
        c.keyword("LIMIT")
        if not c.accept("UNLIMITED"):
            limit = c.rules.expression(c)
    else:
        limit = ast.NumberLiteral("0", position=start)
    return ast.LogErrors(table, tag, limit, position=start)


def _where(c: Cursor) -> ast.Expression | None:
    """Parse ``WHERE condition`` if it is there."""
    if not c.accept("WHERE"):
        return None
    sequences = len(c.sequence_marks)
    condition = c.rules.condition(c)
    if len(c.sequence_marks) > sequences:
        raise c.error(2287, position=c.sequence_marks[sequences])
    checks.refuse_aggregates(c, condition)
    return condition


# --- INSERT -------------------------------------------------------------------------------------


def insert(c: Cursor) -> ast.Insert | ast.InsertAll:
    """Parse INSERT."""
    start = c.advance().start
    hint_list = hints(c)
    if c.key in ("ALL", "FIRST"):
        return _insert_all(c, start, hint_list)
    c.expect("INTO", 925)
    target = dml_target(c)
    columns = _insert_columns(c)
    rows: list[tuple[ast.Expression, ...]] = []
    query = None
    if c.accept("VALUES"):
        if c.key != "(" and c.plsql:
            raise c.unsupported("INSERT of a record")
        rows.append(_values(c, columns, of_source=False))
        while c.since_23 and c.accept(","):
            rows.append(_values(c, columns, of_source=False))
    else:
        if c.key not in ("SELECT", "WITH", "("):
            raise c.error(926)
        query = c.rules.query(c)
        _check_width(c, columns, query)
    returning = _returning(c) if query is None else None
    return ast.Insert(
        target, columns, tuple(rows), query, returning, _log_errors(c), hint_list, position=start
    )


def _check_width(c: Cursor, columns: tuple[ast.ColumnRef, ...], query: ast.Query) -> None:
    count = checks.width(query.body)
    if columns and count is not None and count != len(columns):
        raise c.error(947 if count < len(columns) else 913, position=query.position)


def _insert_all(c: Cursor, start: int, hint_list: tuple[ast.Hint, ...]) -> ast.InsertAll:
    """Parse INSERT ALL or FIRST behind its first word."""
    first = c.advance().key == "FIRST"
    branches: list[ast.InsertWhen] = []
    if c.key == "INTO" and not first:
        position = c.start
        branches.append(ast.InsertWhen(None, _intos(c), position=position))
    else:
        while c.key == "WHEN":
            position = c.advance().start
            condition = c.rules.condition(c)
            c.keyword("THEN")
            branches.append(ast.InsertWhen(condition, _intos(c), position=position))
        if not branches:
            raise c.error(905 if first else 925)
        position = c.start
        if c.accept("ELSE"):
            branches.append(ast.InsertWhen(None, _intos(c), position=position))
    if c.key not in ("SELECT", "WITH", "("):
        raise c.error(928)
    if sum(len(into.columns) for branch in branches for into in branch.into) > _MAX_MULTI_TABLE_COLUMNS:
        raise c.error(24335, position=start)
    return ast.InsertAll(tuple(branches), c.rules.query(c), first, hint_list, position=start)


def _intos(c: Cursor) -> tuple[ast.InsertInto, ...]:
    intos = []
    while c.key == "INTO":
        start = c.advance().start
        target = dml_target(c)
        if target.query is not None:
            raise c.error(903, position=target.position)
        columns = _insert_columns(c)
        values = _values(c, columns, of_source=True) if c.accept("VALUES") else None
        intos.append(ast.InsertInto(target, columns, values, _log_errors(c), position=start))
    if not intos:
        raise c.error(925)
    return tuple(intos)


# --- UPDATE and DELETE --------------------------------------------------------------------------


def update(c: Cursor) -> ast.Update:
    """Parse UPDATE."""
    start = c.advance().start
    hint_list = hints(c)
    target = dml_target(c)
    c.expect("SET", 971)
    if c.plsql and c.key == "ROW":
        raise c.unsupported("UPDATE … SET ROW")
    assignments = _assignments(c)
    sources = from_list(c) if c.since_23 and c.accept("FROM") else ()
    if c.plsql and c.at_keys("WHERE", "CURRENT"):
        raise c.unsupported("WHERE CURRENT OF")
    where = _where(c)
    return ast.Update(
        target, assignments, where, sources, _returning(c), _log_errors(c), hint_list, position=start
    )


def _assignments(c: Cursor) -> tuple[ast.Assignment, ...]:
    assignments = tuple([_assignment(c) for _ in c.comma_list()])
    _check_duplicates(c, tuple(column for each in assignments for column in each.columns))
    for each in assignments:
        checks.refuse_aggregates(c, each.value)
    return assignments


def _assignment(c: Cursor) -> ast.Assignment:
    start = c.start
    if c.key != "(":
        column = _column(c)
        c.expect("=", 927)
        return ast.Assignment((column,), _value(c), position=start)
    c.advance()
    columns = tuple([_column(c) for _ in c.comma_list()])
    c.close()
    c.expect("=", 927)
    if c.key != "(" or c.peek() not in ("SELECT", "WITH", "("):
        raise c.error(1767)
    value_start = c.start
    value = ast.Subquery(c.rules.query(c), position=value_start)
    count = checks.width(value.query.body)
    if count is not None and count != len(columns):
        raise c.error(947 if count < len(columns) else 913, position=value.position)
    return ast.Assignment(columns, value, grouped=True, position=start)


def delete(c: Cursor) -> ast.Delete:
    """Parse DELETE."""
    start = c.advance().start
    hint_list = hints(c)
    c.accept("FROM")
    target = dml_target(c)
    sources = from_list(c) if c.since_23 and c.accept("FROM") else ()
    if c.plsql and c.at_keys("WHERE", "CURRENT"):
        raise c.unsupported("WHERE CURRENT OF")
    where = _where(c)
    return ast.Delete(target, where, sources, _returning(c), _log_errors(c), hint_list, position=start)


# --- MERGE --------------------------------------------------------------------------------------


def merge(c: Cursor) -> ast.Merge:
    """Parse MERGE: ON in parentheses; one update and one insert at most, in either order."""
    start = c.advance().start
    hint_list = hints(c)
    c.expect("INTO", 925)
    target = dml_target(c)
    c.expect("USING", 2012)
    origin = source(c)
    if not c.at_keys("ON", "("):
        raise c.error(969)
    c.advance()
    c.advance()
    on = c.rules.condition(c)
    c.close()
    changed: ast.MergeUpdate | None = None
    added: ast.MergeInsert | None = None
    while c.key == "WHEN":
        if c.peek() == "NOT":
            if added is not None:
                raise c.error(933)
            added = _merge_insert(c)
        else:
            if changed is not None:
                raise c.error(933)
            changed = _merge_update(c)
    if changed is None and added is None:
        raise c.error(905)
    if changed is not None:
        _check_on_columns(c, target, on, changed)
    returning = _returning(c) if c.since_23 else None
    return ast.Merge(target, origin, on, changed, added, returning, _log_errors(c), hint_list, position=start)


def _merge_update(c: Cursor) -> ast.MergeUpdate:
    start = c.start
    c.keyword("WHEN", "MATCHED", "THEN", "UPDATE", "SET")
    assignments = _assignments(c)
    where = _where(c)
    delete_where = None
    if c.accept("DELETE"):
        if c.key != "WHERE":
            raise c.error(905)
        delete_where = _where(c)
    return ast.MergeUpdate(assignments, where, delete_where, position=start)


def _merge_insert(c: Cursor) -> ast.MergeInsert:
    start = c.start
    c.keyword("WHEN", "NOT", "MATCHED", "THEN", "INSERT")
    columns = _insert_columns(c)
    c.expect("VALUES", 926)
    values = _values(c, columns, of_source=True)
    return ast.MergeInsert(columns, values, _where(c), position=start)


def _check_on_columns(c: Cursor, target: ast.DmlTarget, on: ast.Expression, changed: ast.MergeUpdate) -> None:
    """ORA-38104: a column of the target that ON names cannot be updated.

    Known for sure only of columns that are written with the target's alias (or name); a column without a
    qualifier, which the source may have too, is left to the analyzer.
    """
    name = target.alias or (target.name.name if target.name else None)
    referenced = {
        node.parts[-1]
        for node in checks.within(on)
        if isinstance(node, ast.ColumnRef) and len(node.parts) > 1 and node.parts[-2] == name
    }
    for assignment in changed.assignments:
        for column in assignment.columns:
            if column.parts[-1] in referenced:
                raise c.error(38104, f'"{name}"."{column.parts[-1]}"', position=column.position)
