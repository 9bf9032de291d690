"""Queries: blocks, set operations, WITH, ORDER BY, the row limit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_convert import convert, to_number
from dlt_oracle.embedded.sql.analyze_scope import CommonName, OutputColumn, QueryText, Scope
from dlt_oracle.embedded.sql.analyze_types import LOBS, NUMBER, Typed, family, inconsistent, unify, varchar2
from dlt_oracle.embedded.sql.emit_condition import output_reference
from dlt_oracle.embedded.sql.emit_operator import refuse_character_sets
from dlt_oracle.embedded.sql.emit_select import select
from dlt_oracle.embedded.sql.emit_sort import sort_term
from dlt_oracle.embedded.sql.storage import Form, form

if TYPE_CHECKING:
    from dlt_oracle.embedded.model import OracleType


def query(node: ast.Query, scope: Scope, lock: ast.ForUpdate | None = None) -> QueryText:
    """Translate a query with everything around its blocks. ``lock`` is FOR UPDATE of the statement."""
    holder = scope.child()
    with_ = _with(node.with_, holder)
    limited = node.fetch is not None or node.offset is not None
    if lock is not None and (limited or not isinstance(node.body, ast.Select)):
        raise OracleError(2014, position=lock.position)
    if isinstance(node.body, ast.Select):
        text = select(node.body, holder, node.order_by, lock, limited=limited)
    else:
        text = _sorted_set(_body(node.body, holder), node.order_by, holder)
    if limited:
        text = _limited(node, text, holder)
    return QueryText(with_ + text.sql, text.columns, frozenset(holder.outer_uses))


def _body(node: ast.QueryBody, holder: Scope) -> QueryText:
    """Translate what stands between set operators."""
    if isinstance(node, ast.Select):
        return select(node, holder)
    if isinstance(node, ast.Query):
        return query(node, holder)
    return _set_query(node, holder)


# --- WITH -----------------------------------------------------------------------------------------


def _with(commons: tuple[ast.CommonTable, ...], holder: Scope) -> str:
    if not commons:
        return ""
    recursive = any(common.recursive for common in commons)
    items = []
    for common in commons:
        name = holder.translation.name("w")
        text = _recursive(common, name, holder) if common.recursive else holder.subquery(common.query)
        columns = _renamed(text.columns, common)
        holder.commons[common.name] = CommonName(name, columns)
        items.append(f"{name} ({_names(columns)}) AS ({text.sql})")
    return f"WITH {'RECURSIVE ' if recursive else ''}{', '.join(items)} "


def _names(columns: tuple[OutputColumn, ...]) -> str:
    return ", ".join(f"c{number}" for number in range(1, len(columns) + 1))


def _renamed(columns: tuple[OutputColumn, ...], common: ast.CommonTable) -> tuple[OutputColumn, ...]:
    if not common.columns:
        return columns
    if len(common.columns) != len(columns):
        raise OracleError(32038, position=common.position)
    return tuple(replace(each, name=name.text) for each, name in zip(columns, common.columns, strict=True))


def _recursive(common: ast.CommonTable, name: str, holder: Scope) -> QueryText:
    """Return ``anchor UNION ALL recursive``: the anchor's types are the table's."""
    body = common.query.body
    if not isinstance(body, ast.SetQuery) or common.query.with_ or common.query.order_by:
        raise OracleError(32040, position=common.position)
    if any(branch.operator != "UNION" or not branch.all for branch in body.rest):
        raise OracleError(32040, position=common.position)
    *others, last = body.rest
    anchor = _body(ast.SetQuery(body.first, tuple(others)) if others else body.first, holder)
    columns = tuple(replace(each, nullable=True, null=False) for each in _renamed(anchor.columns, common))
    holder.commons[common.name] = CommonName(name, columns)
    step = _body(last.query, holder)
    if len(step.columns) != len(columns):
        raise OracleError(1789, position=last.position)
    types = [each.type for each in columns]
    halves = [f"({_retyped(half, types, holder, plain=True)})" for half in (anchor, step)]
    return QueryText(" UNION ALL ".join(halves), anchor.columns)


# --- set operations -------------------------------------------------------------------------------


def _set_query(node: ast.SetQuery, holder: Scope) -> QueryText:
    """Return the branches joined strictly from left to right, in common types (ORA-01789, 01790, 12704)."""
    branches = [_body(node.first, holder), *(_body(branch.query, holder) for branch in node.rest)]
    positions = [node.position, *(branch.position for branch in node.rest)]
    width = len(branches[0].columns)
    for text, position in zip(branches, positions, strict=True):
        if len(text.columns) != width:
            raise OracleError(1789, position=position)
    only_all = all(branch.operator == "UNION" and branch.all for branch in node.rest)
    columns = tuple(
        _common_column([text.columns[number] for text in branches], node, only_all=only_all)
        for number in range(width)
    )
    types = [column.type for column in columns]
    sql = _retyped(branches[0], types, holder)
    for branch, text in zip(node.rest, branches[1:], strict=True):
        operator = "EXCEPT" if branch.operator == "MINUS" else branch.operator
        every = " ALL" if branch.all else ""
        sql = f"({sql}) {operator}{every} ({_retyped(text, types, holder)})"
    return QueryText(sql, columns)


def _common_column(columns: list[OutputColumn], node: ast.SetQuery, *, only_all: bool) -> OutputColumn:
    types = [column.type for column in columns if not column.null] or [varchar2(0)]
    shared = unify(types)
    if shared is None:
        raise OracleError(1790, position=node.position)
    refuse_character_sets(types, node.position)
    if family(shared) in LOBS and not only_all:
        raise inconsistent("-", shared, node.position)
    null = all(column.null for column in columns)
    return OutputColumn(columns[0].name, shared, null=null, named=columns[0].named)


_PLAIN_FORMS = frozenset({Form.NUMERIC, Form.TIMESTAMP, Form.INTERVAL})


def _retyped(text: QueryText, types: list[OracleType], holder: Scope, *, plain: bool = False) -> str:
    """Return a query with its columns converted to ``types``.

    ``plain`` strips numeric(p,s) and timestamp(n) to their bare types: the two halves of a recursive query
    must agree to the letter in PostgreSQL.
    """
    alias = holder.translation.name("q")
    items = []
    changed = False
    for number, (column, wanted) in enumerate(zip(text.columns, types, strict=True), 1):
        reference = f"{alias}.c{number}"
        if not column.null and unify([column.type, wanted]) is None:
            raise OracleError(1790)
        converted = convert(output_reference(column, reference), wanted)
        sql = reference if converted.null and form(column.type) is form(wanted) else converted.sql
        if converted.null and form(column.type) is not form(wanted):
            sql = f"NULL::{form(wanted).value}"
        if plain and form(wanted) in _PLAIN_FORMS:
            sql = f"ora.plain({sql})"
        changed = changed or sql != reference
        items.append(f"{sql} AS c{number}")
    return f"SELECT {', '.join(items)} FROM ({text.sql}) AS {alias}" if changed else text.sql


def _sorted_set(text: QueryText, items: tuple[ast.SortItem, ...], holder: Scope) -> QueryText:
    """ORDER BY after a set operation: by number, or by a name of the first select list."""
    if not items:
        return text
    names = [column.name for column in text.columns]
    terms = []
    for item in items:
        number = ordinal(item.expression, len(names))
        if number is None and isinstance(item.expression, ast.ColumnRef) and len(item.expression.parts) == 1:
            name = item.expression.parts[0]
            if name not in names:
                raise OracleError(904, f'"{name}"', position=item.position)
            number = names.index(name) + 1
        if number is None:
            raise OracleError(1785, position=item.position)
        column = output_reference(text.columns[number - 1], f"c{number}")
        terms.append(sort_term(column, item))
    alias = holder.translation.name("q")
    listed = ", ".join(f"{alias}.c{number}" for number in range(1, len(names) + 1))
    sql = f"SELECT {listed} FROM ({text.sql}) AS {alias} ORDER BY {', '.join(terms)}"
    return QueryText(sql, text.columns)


def ordinal(node: ast.Expression, width: int) -> int | None:
    """Return the number of a select-list column that ORDER BY names by position. Raises ORA-01785."""
    if not isinstance(node, ast.NumberLiteral) or not node.text.isdigit():
        return None
    if not 1 <= int(node.text) <= width:
        raise OracleError(1785, position=node.position)
    return int(node.text)


# --- the row limit --------------------------------------------------------------------------------


def _limited(node: ast.Query, text: QueryText, holder: Scope) -> QueryText:
    offset = "" if node.offset is None else f" OFFSET {_whole(node.offset, holder)}"
    if node.fetch is None:
        return QueryText(text.sql + offset, text.columns)
    if node.fetch.percent:
        return _percent(node, text, holder)
    count = _whole(node.fetch.count, holder)
    if node.fetch.with_ties and node.order_by:
        return QueryText(f"{text.sql}{offset} FETCH FIRST ({count}) ROWS WITH TIES", text.columns)
    return QueryText(f"{text.sql}{offset} LIMIT {count}", text.columns)


def _whole(node: ast.Expression, holder: Scope) -> str:
    """A number of rows: cut to a whole one; negative and NULL are no rows."""
    number = convert(to_number(holder.expression(node)), NUMBER)
    return f"greatest(trunc(coalesce({number.sql}, 0)), 0)::bigint"


def _percent(node: ast.Query, text: QueryText, holder: Scope) -> QueryText:
    """FETCH FIRST n PERCENT: of all rows of the query, before OFFSET, rounded up."""
    fetch = node.fetch
    if fetch is None or fetch.with_ties:
        raise OracleError(3001, detail="the embedded server does not know FETCH … PERCENT ROWS WITH TIES")
    number = convert(to_number(holder.expression(fetch.count)), NUMBER)
    start = "0" if node.offset is None else _whole(node.offset, holder)
    alias = holder.translation.name("q")
    listed = ", ".join(f"{alias}.c{each}" for each in range(1, len(text.columns) + 1))
    share = f"ceil(greatest(coalesce({number.sql}, 0), 0) * {alias}.total / 100)"
    sql = (
        f"SELECT {listed} FROM (SELECT {alias}.*, row_number() OVER () AS place, count(*) OVER () AS total"
        f" FROM ({text.sql}) AS {alias}) AS {alias}"
        f" WHERE {alias}.place > {start} AND {alias}.place <= {start} + {share} ORDER BY {alias}.place"
    )
    return QueryText(sql, text.columns)


def typed_columns(text: QueryText, alias: str) -> list[Typed]:
    """Return the columns of a translated query as expressions over ``alias``."""
    return [output_reference(column, f"{alias}.c{number}") for number, column in enumerate(text.columns, 1)]
