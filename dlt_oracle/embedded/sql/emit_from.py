"""FROM: tables, views, CTEs, derived tables and joins, the old ``(+)`` among them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_convert import comparable, convert, to_number
from dlt_oracle.embedded.sql.analyze_scope import CommonName, Scope, Source, SourceColumn, invalid_identifier
from dlt_oracle.embedded.sql.analyze_types import NUMBER, Typed, combine, number_digits, unify
from dlt_oracle.embedded.sql.dictionary import Relation, RelationKind
from dlt_oracle.embedded.sql.emit_condition import compare, condition

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class FromText:
    """A translated item of FROM; ``merged`` are the columns that USING or NATURAL made one."""

    sql: str
    sources: list[Source]
    merged: dict[str, Typed] = field(default_factory=dict)


def from_clause(items: tuple[ast.FromItem, ...], scope: Scope) -> list[FromText]:
    """Translate the comma list of FROM and put its sources into ``scope``."""
    texts: list[FromText] = []
    for item in items:
        text = from_item(item, scope)
        texts.append(text)
        scope.sources.extend(text.sources)
        scope.merged.update(text.merged)
    return texts


def from_item(item: ast.FromItem, scope: Scope) -> FromText:
    """Translate one item; ``scope`` holds what LATERAL may see."""
    handler = _HANDLERS.get(type(item))
    if handler is None:
        raise unsupported(type(item).__name__, item.position)
    return handler(item, scope)


def relation_source(relation: Relation, alias: str, name: str | None) -> Source:
    """Return a table or view under a PostgreSQL alias; ``name`` is the alias written, or None."""
    columns = tuple(
        SourceColumn(each.name, each.column.type, f"{alias}.{each.sql}", each.column.nullable, each.hidden)
        for each in relation.columns
    )
    rowid = f"{alias}.ctid" if relation.kind is RelationKind.TABLE else None
    owner = relation.owner if name is None else None
    return Source(alias, name or relation.name, columns, owner, rowid, relation)


def _table(node: ast.TableRef, scope: Scope) -> FromText:
    common = scope.common(node.name.name) if node.name.owner is None else None
    alias = scope.translation.name("a")
    if common is not None:
        return FromText(f"{common.sql} AS {alias}", [_common_source(common, alias, node)])
    relation = scope.dictionary.relation(node.name.owner, node.name.name, node.name.position)
    scope.translation.read(relation)
    if node.partition is not None:
        raise unsupported("a query of one partition", node.partition.position)
    source = relation_source(relation, alias, node.alias)
    if node.alias is None:
        source.name = node.name.name
    sample = "" if node.sample is None else _sample(node.sample, scope)
    return FromText(f"{relation.source} AS {alias}{sample}", [source])


def _sample(node: ast.Sample, scope: Scope) -> str:
    percent = convert(to_number(scope.expression(node.percent)), NUMBER)
    method = "SYSTEM" if node.block else "BERNOULLI"
    seed = ""
    if node.seed is not None:
        seed = f" REPEATABLE ({convert(to_number(scope.expression(node.seed)), NUMBER).sql}::float8)"
    return f" TABLESAMPLE {method} ({percent.sql}::real){seed}"


def _common_source(common: CommonName, alias: str, node: ast.TableRef) -> Source:
    columns = tuple(
        SourceColumn(each.name, each.type, f"{alias}.c{number}", each.nullable)
        for number, each in enumerate(common.columns, 1)
    )
    return Source(alias, node.alias or node.name.name, columns)


def _derived(node: ast.DerivedTable, scope: Scope) -> FromText:
    """Return a query in FROM: it sees its siblings only when LATERAL."""
    query = scope.subquery(node.query) if node.lateral else scope.outside().subquery(node.query)
    alias = scope.translation.name("a")
    columns = tuple(
        SourceColumn(each.name, each.type, f"{alias}.c{number}", each.nullable)
        for number, each in enumerate(query.columns, 1)
    )
    lateral = "LATERAL " if node.lateral else ""
    return FromText(f"{lateral}({query.sql}) AS {alias}", [Source(alias, node.alias, columns)])


_JOINS = {
    "INNER": "JOIN",
    "LEFT": "LEFT JOIN",
    "RIGHT": "RIGHT JOIN",
    "FULL": "FULL JOIN",
    "CROSS": "CROSS JOIN",
    "CROSS APPLY": "CROSS JOIN",
    "OUTER APPLY": "LEFT JOIN",
}


def _join(node: ast.Join, scope: Scope) -> FromText:
    left = from_item(node.left, scope)
    inner = scope.beside(left.sources, left.merged)
    right = from_item(node.right, inner if "APPLY" in node.kind or _is_lateral(node.right) else scope)
    both = scope.beside([*left.sources, *right.sources], {**left.merged, **right.merged})
    both.clause = "on"
    merged: dict[str, Typed] = {**left.merged, **right.merged}
    if node.natural or node.using:
        test, own = _using(node, left, right, scope)
        merged.update(own)
    elif node.on is not None:
        test = condition(node.on, both).sql
    else:
        test = "true" if node.kind == "OUTER APPLY" else ""
    scope.outer_uses |= both.outer_uses
    for optional in _optional(node.kind, left, right):
        optional.outer_joined()
    on = f" ON {test}" if test else ""
    sql = f"({left.sql} {_JOINS[node.kind]} {right.sql}{on})"
    return FromText(sql, [*left.sources, *right.sources], merged)


def _is_lateral(item: ast.FromItem) -> bool:
    return isinstance(item, ast.DerivedTable) and item.lateral


def _optional(kind: str, left: FromText, right: FromText) -> list[Source]:
    if kind in {"LEFT", "OUTER APPLY"}:
        return right.sources
    if kind == "RIGHT":
        return left.sources
    return [*left.sources, *right.sources] if kind == "FULL" else []


def _using(node: ast.Join, left: FromText, right: FromText, scope: Scope) -> tuple[str, dict[str, Typed]]:
    """Return the join condition of USING or NATURAL, and the columns it merges."""
    names = [name.text for name in node.using]
    if node.natural:
        there = {column.name for source in right.sources for column in source.columns}
        names = [column.name for source in left.sources for column in source.columns if column.name in there]
    tests, merged = [], {}
    for name in names:
        a, b = _column_of(left, name, node.position), _column_of(right, name, node.position)
        tests.append(compare(a, "=", b, scope).sql)
        merged[name] = _merge(node.kind, a, b)
    return " AND ".join(tests) or "true", merged


def _merge(kind: str, left: Typed, right: Typed) -> Typed:
    if kind == "RIGHT":
        return right
    if kind != "FULL":
        return left
    a, b = comparable(left, right)
    return combine([a, b], f"coalesce({a.sql}, {b.sql})", unify([a.type, b.type]) or a.type)


def _column_of(side: FromText, name: str, position: int) -> Typed:
    if name in side.merged:
        return side.merged[name]
    found = [column for source in side.sources for column in source.columns if column.name == name]
    if len(found) > 1:
        raise OracleError(918, position=position)
    if not found:
        raise invalid_identifier((name,), position)
    column = found[0]
    return Typed(column.sql, column.type, position, column.nullable, digits=number_digits(column.type))


_HANDLERS: dict[type[ast.FromItem], Callable[[Any, Scope], FromText]] = {
    ast.TableRef: _table,
    ast.DerivedTable: _derived,
    ast.Join: _join,
}


# --- WHERE a.id = b.id(+) -------------------------------------------------------------------------

_INSIDE = (ast.Expression, ast.When)


def outer_marks(test: ast.Expression) -> list[ast.ColumnRef]:
    """Return the columns marked with ``(+)`` in one condition."""
    return [node for node in ast.walk(test, into=_INSIDE) if isinstance(node, ast.ColumnRef) and node.outer]


def join_outer(texts: list[FromText], tests: list[ast.Expression], scope: Scope) -> str:
    """Return FROM for a comma list with ``(+)`` conditions: every marked source is LEFT JOINed last.

    Raises ORA-01468 for a condition over two marked tables, 01416 for a circle of them, 25156 beside JOIN.
    """
    optional: dict[str, list[str]] = {}
    needs: dict[str, set[str]] = {}
    for test in tests:
        marked = {_alias_of(node, scope) for node in outer_marks(test)}
        if len(marked) > 1:
            raise OracleError(1468, position=test.position)
        alias = marked.pop()
        optional.setdefault(alias, []).append(condition(test, scope).sql)
        others = {_alias_of(node, scope) for node in ast.walk(test, into=_INSIDE) if _is_column(node)}
        needs.setdefault(alias, set()).update(others - {alias})
    by_alias = {text.sources[0].alias: text for text in texts if len(text.sources) == 1}
    if not optional.keys() <= by_alias.keys():
        raise OracleError(25156, position=tests[0].position)
    base = [text for text in texts if len(text.sources) != 1 or text.sources[0].alias not in optional]
    if not base:
        raise OracleError(1416, position=tests[0].position)
    sql = " CROSS JOIN ".join(text.sql for text in base)
    present = {source.alias for text in base for source in text.sources}
    waiting = list(optional)
    while waiting:
        ready = next((alias for alias in waiting if needs[alias] <= present), None)
        if ready is None:
            raise OracleError(1416, position=tests[0].position)
        sql += f" LEFT JOIN {by_alias[ready].sql} ON {' AND '.join(optional[ready])}"
        by_alias[ready].sources[0].outer_joined()
        present.add(ready)
        waiting.remove(ready)
    return sql


def _is_column(node: ast.Node) -> bool:
    return isinstance(node, ast.ColumnRef)


def _alias_of(node: ast.Node, scope: Scope) -> str:
    source = scope.source_with(node.parts) if isinstance(node, ast.ColumnRef) else None
    if source is None:
        position = node.position
        raise invalid_identifier(node.parts if isinstance(node, ast.ColumnRef) else ("?",), position)
    return source.alias


def rebase(
    sources: list[Source], merged: dict[str, Typed], alias: str
) -> tuple[str, list[Source], dict[str, Typed]]:
    """Return a select list over all columns of ``sources``, and the sources as seen through it.

    ROWNUM limits rows before they are grouped or sorted: FROM and WHERE become a derived table then.
    """
    names: dict[str, str] = {}
    for source in sources:
        for sql in [*(column.sql for column in source.columns), *([source.rowid] if source.rowid else [])]:
            names.setdefault(sql, f"c{len(names) + 1}")
    for typed in merged.values():
        names.setdefault(typed.sql, f"c{len(names) + 1}")
    items = ", ".join(f"{sql} AS {name}" for sql, name in names.items())
    moved = [source.moved(alias, names) for source in sources]
    seen = {name: replace(typed, sql=f"{alias}.{names[typed.sql]}") for name, typed in merged.items()}
    return items, moved, seen
