"""One query block: select list, FROM, WHERE, GROUP BY, HAVING, and the ORDER BY that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_scope import OutputColumn, QueryText, Scope, matches
from dlt_oracle.embedded.sql.analyze_types import LOBS, Typed, inconsistent
from dlt_oracle.embedded.sql.dictionary import RelationKind
from dlt_oracle.embedded.sql.emit_condition import condition
from dlt_oracle.embedded.sql.emit_from import FromText, from_clause, join_outer, outer_marks, rebase
from dlt_oracle.embedded.sql.emit_rownum import mentions_rownum, row_limit
from dlt_oracle.embedded.sql.emit_sort import sort_term
from dlt_oracle.embedded.sql.functions_aggregate import AGGREGATES


@dataclass(frozen=True)
class _Item:
    """One column of the result."""

    name: str
    value: Typed
    alias: bool  # ORDER BY may name it
    named: bool = True
    column: bool = True  # a column itself: only such a result can be NOT NULL


def select(
    node: ast.Select,
    holder: Scope,
    order: tuple[ast.SortItem, ...] = (),
    lock: ast.ForUpdate | None = None,
    *,
    limited: bool = False,
) -> QueryText:
    """Translate a block and its ORDER BY.

    ``lock`` is the FOR UPDATE of a statement's only block; ``limited`` says that a row limit follows.
    """
    scope = holder.child()
    texts = from_clause(node.from_, scope)
    tests = _conjuncts(node.where)
    from_, where, limit = _source_and_where(node, texts, tests, scope, later=limited or bool(order))
    scope.clause = "group by"
    grouping = _group_by(_without_aliases(node, scope), scope)
    scope.clause = "select list"
    items = _items(node, scope)
    scope.clause = "having"
    having = None if node.having is None else condition(node.having, scope)
    scope.clause = "order by"
    _offer_aliases(items, scope)
    terms, sorted_by = _order_by(order, items, scope, distinct=node.distinct)
    _check_grouping(node, [item.value for item in items] + sorted_by + ([having] if having else []), scope)
    if node.distinct:
        for item in items:
            if item.value.family in LOBS:
                raise inconsistent("-", item.value)
    listed = ", ".join(f"{item.value.sql} AS c{number}" for number, item in enumerate(items, 1))
    sql = f"SELECT {'DISTINCT ' if node.distinct else ''}{listed}"
    sql += f" FROM {from_}" if from_ else ""
    sql += f" WHERE {where}" if where else ""
    sql += f" GROUP BY {grouping}" if grouping else ""
    sql += f" HAVING {having.sql}" if having is not None else ""
    sql += f" ORDER BY {', '.join(terms)}" if terms else ""
    sql += f" LIMIT {limit}" if limit else ""
    if lock is not None:
        if scope.rownum is not None:
            raise unsupported("FOR UPDATE of sorted rows that ROWNUM limits", lock.position)
        sql += _lock(node, lock, scope, grouped=bool(node.group_by) or node.distinct)
    columns = tuple(
        OutputColumn(
            item.name,
            item.value.type,
            nullable=item.value.nullable or not item.column,
            null=item.value.null,
            named=item.named,
        )
        for item in items
    )
    return QueryText(sql, columns)


def _conjuncts(where: ast.Expression | None) -> list[ast.Expression]:
    if where is None:
        return []
    return list(where.operands) if isinstance(where, ast.And) else [where]


def _source_and_where(
    node: ast.Select,
    texts: list[FromText],
    tests: list[ast.Expression],
    scope: Scope,
    *,
    later: bool,
) -> tuple[str, str, str | None]:
    """Return FROM, WHERE and the limit that ROWNUM sets, as texts.

    Where rows are grouped or made distinct after ROWNUM has counted them, or sorted or limited (``later``),
    FROM and WHERE become a derived table that carries the limit.
    """
    scope.clause = "where"
    counting = [test for test in tests if mentions_rownum(test)]
    limit = row_limit(counting, scope)
    marked = [test for test in tests if outer_marks(test)]
    from_ = join_outer(texts, marked, scope) if marked else ", ".join(text.sql for text in texts)
    plain = [test for test in tests if test not in counting and test not in marked]
    where = " AND ".join(condition(test, scope).sql for test in plain)
    grouped = bool(node.group_by) or node.having is not None or _has_aggregate(node)
    numbered = grouped and any(mentions_rownum(each) for each in _after_where(node))
    if not numbered and (limit is None or not (grouped or node.distinct or later)):
        return from_, where, limit
    alias = scope.translation.name("r")
    columns, scope.sources, scope.merged = rebase(scope.sources, scope.merged, alias)
    scope.rownum = f"{alias}.rn"
    listed = ", ".join([*([columns] if columns else []), "(row_number() OVER ())::numeric AS rn"])
    inner = f"SELECT {listed} FROM {from_}" + (f" WHERE {where}" if where else "")
    inner += f" LIMIT {limit}" if limit else ""
    return f"({inner}) AS {alias}", "", None


_INSIDE = (ast.Expression, ast.When, ast.SortItem, ast.Window, ast.SelectItem, ast.GroupingSets)


def _after_where(node: ast.Select) -> list[ast.Node]:
    return [*node.items, *node.group_by, *([node.having] if node.having is not None else [])]


def _has_aggregate(node: ast.Select) -> bool:
    return any(
        isinstance(each, ast.FunctionCall) and each.over is None and ".".join(each.name) in AGGREGATES
        for item in node.items
        for each in ast.walk(item, into=_INSIDE)
    )


# --- GROUP BY -------------------------------------------------------------------------------------


def _group_by(items: tuple[ast.Expression | ast.GroupingSets, ...], scope: Scope) -> str:
    """Return the text of GROUP BY and note its expressions in the scope."""
    keys: dict[str, Typed] = {}
    text = ", ".join(_grouping_item(item, scope, keys) for item in items)
    scope.group_keys = keys
    return text


def _without_aliases(node: ast.Select, scope: Scope) -> tuple[ast.Expression | ast.GroupingSets, ...]:
    """Return GROUP BY with the select list's aliases put out (23ai); a column goes before an alias."""
    if scope.dictionary.version != "23ai":
        return node.group_by
    aliases = {item.alias: item.expression for item in node.items if item.alias is not None}
    return tuple(
        aliases.get(item.parts[0], item)
        if isinstance(item, ast.ColumnRef) and len(item.parts) == 1 and scope.source_with(item.parts) is None
        else item
        for item in node.group_by
    )


def _grouping_item(item: ast.Expression | ast.GroupingSets, scope: Scope, keys: dict[str, Typed]) -> str:
    if isinstance(item, ast.GroupingSets):
        return f"{item.kind} ({', '.join(_grouping_item(each, scope, keys) for each in item.items)})"
    if isinstance(item, ast.RowValue):
        return f"({', '.join(_grouping_item(each, scope, keys) for each in item.items)})"
    key = scope.expression(item)
    if key.family in LOBS:
        raise inconsistent("-", key)
    if key.aggregates:
        raise OracleError(934, position=item.position)
    if not key.uses:  # a constant groups nothing; PostgreSQL would take a bare number for a position
        return f"({key.sql})"
    keys[key.sql] = key
    return key.sql


def _check_grouping(node: ast.Select, values: list[Typed], scope: Scope) -> None:
    """Raise ORA-00979 or ORA-00937 for a column outside aggregates that GROUP BY does not cover."""
    aggregated = any(scope.block in value.aggregates for value in values)
    keyed = bool(node.group_by) or node.having is not None
    if not keyed and not aggregated:
        return
    for value in values:
        for use in sorted(value.uses, key=lambda use: use.position):
            if use.block == scope.block:
                raise OracleError(979 if keyed else 937, position=use.position)


# --- the select list ------------------------------------------------------------------------------


def _items(node: ast.Select, scope: Scope) -> list[_Item]:
    items: list[_Item] = []
    for item in node.items:
        if isinstance(item.expression, ast.Star):
            items.extend(_star(item.expression, scope))
            continue
        value = scope.expression(item.expression)
        column = isinstance(item.expression, ast.ColumnRef)
        named = item.alias is not None or column
        items.append(_Item(item.alias or item.name or "", value, named, named, column))
    return items


def _star(star: ast.Star, scope: Scope) -> list[_Item]:
    """``*``: the merged columns of joins first, then every visible column of every source in order."""
    items: list[_Item] = []
    if not star.qualifier:
        for name in scope.merged:
            found = scope.own_column((name,), star.position)
            if found is not None:
                items.append(_Item(name, scope.regrouped(found), alias=False))
    sources = [source for source in scope.sources if matches(source, star.qualifier)]
    if star.qualifier and not sources:
        raise OracleError(904, ".".join(f'"{part}"' for part in star.qualifier), position=star.position)
    for source in sources:
        if len({column.name for column in source.columns}) < len(source.columns):
            raise OracleError(918, position=star.position)
        for column in source.columns:
            if column.hidden or (not star.qualifier and column.name in scope.merged):
                continue
            value = scope.column_of(column, star.position)
            items.append(_Item(column.name, scope.regrouped(value), alias=False))
    return items


# --- ORDER BY -------------------------------------------------------------------------------------


def _offer_aliases(items: list[_Item], scope: Scope) -> None:
    for item in items:
        if item.alias:
            scope.aliases.setdefault(item.name, []).append(item.value)


def _order_by(
    order: tuple[ast.SortItem, ...], items: list[_Item], scope: Scope, *, distinct: bool
) -> tuple[list[str], list[Typed]]:
    """Return the terms and what they use. A term that is a result column is written as its number."""
    from dlt_oracle.embedded.sql.emit_query import ordinal

    terms, values = [], []
    texts = [item.value.sql for item in items]
    for item in order:
        number = ordinal(item.expression, len(items))
        if number is None:
            value = _sort_value(item.expression, scope)
            if value.sql in texts:
                number = texts.index(value.sql) + 1
            elif distinct:
                raise OracleError(1791, position=item.position)
        else:
            value = items[number - 1].value
        values.append(value)
        terms.append(sort_term(value, item, None if number is None else str(number)))
    return terms, values


def _sort_value(node: ast.Expression, scope: Scope) -> Typed:
    """An alias of the select list goes before a column of the same name."""
    if isinstance(node, ast.ColumnRef):
        found = scope.alias(node.parts, node.position)
        if found is not None:
            return found
    value = scope.expression(node)
    # A bare constant is no position in Oracle, but PostgreSQL refuses it.
    return value if value.uses or value.aggregates or value.windowed else replace(value, sql=f"({value.sql})")


# --- FOR UPDATE -----------------------------------------------------------------------------------


def _lock(node: ast.Select, lock: ast.ForUpdate, scope: Scope, *, grouped: bool) -> str:
    """Return FOR UPDATE over the tables of the block, or over those that OF names. ORA-02014."""
    if grouped or _has_aggregate(node):
        raise OracleError(2014, position=lock.position)
    tables = [
        source
        for source in scope.sources
        if source.relation is not None and source.relation.kind is RelationKind.TABLE
    ]
    if len(tables) < len(scope.sources):
        raise unsupported("FOR UPDATE over a view or a derived table", lock.position)
    if lock.of:
        named = []
        for parts in lock.of:
            source = scope.source_with(parts)
            if source is None:
                raise OracleError(904, ".".join(f'"{part}"' for part in parts), position=lock.position)
            named.append(source)
        tables = [source for source in tables if source in named]
    wait = " SKIP LOCKED" if lock.skip_locked else " NOWAIT" if lock.wait == 0 else ""
    return f" FOR UPDATE OF {', '.join(source.alias for source in tables)}{wait}"
