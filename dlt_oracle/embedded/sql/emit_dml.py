"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_convert import assign
from dlt_oracle.embedded.sql.dictionary import Identity, Relation, RelationColumn, RelationKind
from dlt_oracle.embedded.sql.emit_condition import condition
from dlt_oracle.embedded.sql.emit_from import from_clause, relation_source
from dlt_oracle.embedded.sql.emit_query import typed_columns
from dlt_oracle.embedded.sql.emit_rownum import mentions_rownum, row_limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.sql.analyze_scope import QueryText, Scope, Source
    from dlt_oracle.embedded.sql.analyze_types import Typed


@dataclass(frozen=True)
class DmlText:
    """A translated DML; ``returned`` are the expressions of RETURNING, appended by ``compile``."""

    sql: str
    target: Relation
    returned: tuple[Typed, ...] = ()


def target_of(node: ast.DmlTarget, scope: Scope) -> Source:
    """Return the table that a DML changes, under a fresh alias. Views and partitions are refused."""
    if node.name is None:
        raise unsupported("DML on an inline view", node.position)
    relation = scope.dictionary.relation(node.name.owner, node.name.name, node.name.position)
    if node.partition is not None:
        raise unsupported("DML on one partition", node.partition.position)
    if relation.kind is not RelationKind.TABLE:
        if relation.owner == "SYS":
            raise OracleError(1031, position=node.position)
        raise unsupported("DML on a view", node.position)
    source = relation_source(relation, scope.translation.name("a"), node.alias)
    if node.alias is None:
        source.name = node.name.name
    return source


def table_of(source: Source) -> Relation:
    """Return the relation behind a target."""
    if source.relation is None:
        raise LookupError("a DML target without a relation")
    return source.relation


def refuse_log_errors(node: ast.LogErrors | None) -> None:
    """LOG ERRORS is not kept here."""
    if node is not None:
        raise unsupported("LOG ERRORS", node.position)


# --- INSERT ---------------------------------------------------------------------------------------


def insert(node: ast.Insert, scope: Scope) -> DmlText:
    """``INSERT INTO … VALUES`` or ``… SELECT``. Raises ORA-00913, 00947, 00904, 00957, 32795, 54013."""
    refuse_log_errors(node.log_errors)
    source = target_of(node.target, scope)
    relation = table_of(source)
    columns = insert_columns(relation, node.columns)
    names = ", ".join(column.sql for column in columns)
    head = f"INSERT INTO {relation.source} AS {source.alias} ({names})"
    if node.query is not None:
        return DmlText(f"{head} {stored_rows(scope.subquery(node.query), columns, scope)}", relation)
    scope.clause = "values"
    rows = [f"({', '.join(stored_values(row, columns, scope))})" for row in node.rows]
    returned = returning(node.returning, source, scope)
    return DmlText(f"{head} VALUES {', '.join(rows)}", relation, returned)


def insert_columns(relation: Relation, written: Sequence[ast.ColumnRef]) -> list[RelationColumn]:
    """Return the columns that an INSERT fills: those written, or every visible one."""
    if not written:
        return [column for column in relation.columns if not column.hidden]
    return target_columns(relation, written)


def target_columns(relation: Relation, written: Sequence[ast.ColumnRef]) -> list[RelationColumn]:
    """Return the columns a list names. Raises ORA-00904 and ORA-00957."""
    columns: list[RelationColumn] = []
    for each in written:
        column = relation.column(each.parts[-1])
        if column is None:
            raise OracleError(904, ".".join(f'"{part}"' for part in each.parts), position=each.position)
        if column in columns:
            raise OracleError(957, position=each.position)
        columns.append(column)
    return columns


def stored_values(
    values: Sequence[ast.Expression], columns: Sequence[RelationColumn], scope: Scope
) -> list[str]:
    """Return one row of VALUES, each value as its column stores it."""
    if len(values) != len(columns):
        position = values[0].position if values else 0
        raise OracleError(947 if len(values) < len(columns) else 913, position=position)
    return [stored_value(value, column, scope) for value, column in zip(values, columns, strict=True)]


def stored_value(value: ast.Expression, column: RelationColumn, scope: Scope) -> str:
    """Return a value of an INSERT as its column stores it; DEFAULT stays DEFAULT."""
    if isinstance(value, ast.Default):
        return "DEFAULT"
    return stored(scope.expression(value), column)


def stored(value: Typed, column: RelationColumn) -> str:
    """Return an expression as a column takes it in an INSERT. Raises ORA-32795 and ORA-54013."""
    if column.virtual:
        raise OracleError(54013, position=value.position)
    if column.identity is Identity.ALWAYS:
        raise OracleError(32795, position=value.position)
    sql = assign(value, column.column.type)
    if column.default_on_null and column.default is not None:
        return f"coalesce({sql}, {column.default})"
    return sql


def stored_rows(query: QueryText, columns: Sequence[RelationColumn], scope: Scope) -> str:
    """Return a query whose columns are as the table's columns store them."""
    if len(query.columns) != len(columns):
        raise OracleError(947 if len(query.columns) < len(columns) else 913)
    alias = scope.translation.name("q")
    values = typed_columns(query, alias)
    items = [stored(value, column) for value, column in zip(values, columns, strict=True)]
    if items == [value.sql for value in values]:
        return query.sql
    return f"SELECT {', '.join(items)} FROM ({query.sql}) AS {alias}"


# --- UPDATE and DELETE ----------------------------------------------------------------------------


def update(node: ast.Update, scope: Scope) -> DmlText:
    """``UPDATE … SET …``. Raises ORA-00904, 00957, 32796, 54017."""
    refuse_log_errors(node.log_errors)
    source = target_of(node.target, scope)
    relation = table_of(source)
    scope.sources.append(source)
    others = ", ".join(text.sql for text in from_clause(node.from_, scope))
    scope.clause = "set"
    changes = assignments(node.assignments, relation, scope)
    sql = f"UPDATE {relation.source} AS {source.alias} SET {changes}"
    sql += f" FROM {others}" if others else ""
    sql += _where(node.where, source, scope, others)
    return DmlText(sql, relation, returning(node.returning, source, scope))


def delete(node: ast.Delete, scope: Scope) -> DmlText:
    """``DELETE FROM …``."""
    refuse_log_errors(node.log_errors)
    source = target_of(node.target, scope)
    relation = table_of(source)
    scope.sources.append(source)
    others = ", ".join(text.sql for text in from_clause(node.from_, scope))
    sql = f"DELETE FROM {relation.source} AS {source.alias}"
    sql += f" USING {others}" if others else ""
    sql += _where(node.where, source, scope, others)
    return DmlText(sql, relation, returning(node.returning, source, scope))


def _where(where: ast.Expression | None, source: Source, scope: Scope, others: str) -> str:
    if where is None:
        return ""
    scope.clause = "where"
    tests = list(where.operands) if isinstance(where, ast.And) else [where]
    counting = [test for test in tests if mentions_rownum(test)]
    limit = row_limit(counting, scope)
    plain = " AND ".join(condition(test, scope).sql for test in tests if test not in counting)
    if limit is None:
        return f" WHERE {plain}"
    if others:
        raise unsupported("ROWNUM in a DML with a join", where.position)
    alias, relation = source.alias, table_of(source)
    inner = f"SELECT {alias}.ctid FROM {relation.source} AS {alias}" + (f" WHERE {plain}" if plain else "")
    return f" WHERE {alias}.ctid IN ({inner} LIMIT {limit})"


def assignments(items: Sequence[ast.Assignment], relation: Relation, scope: Scope) -> str:
    """Return the text of SET."""
    columns = target_columns(relation, [column for item in items for column in item.columns])
    for column in columns:
        if column.virtual:
            raise OracleError(54017, position=items[0].position)
        if column.identity is Identity.ALWAYS:
            raise OracleError(32796, position=items[0].position)
    texts, start = [], 0
    for item in items:
        own = columns[start : start + len(item.columns)]
        start += len(own)
        texts.append(_assignment(item, own, scope))
    return ", ".join(texts)


def _assignment(item: ast.Assignment, columns: list[RelationColumn], scope: Scope) -> str:
    if not item.grouped:
        return f"{columns[0].sql} = {updated_value(item.value, columns[0], scope)}"
    if not isinstance(item.value, ast.Subquery):
        raise OracleError(1767, position=item.position)
    query = scope.subquery(item.value.query)
    if len(query.columns) != len(columns):
        raise OracleError(947 if len(query.columns) < len(columns) else 913, position=item.position)
    alias = scope.translation.name("q")
    pairs = zip(typed_columns(query, alias), columns, strict=True)
    values = ", ".join(assign(value, column.column.type) for value, column in pairs)
    names = ", ".join(column.sql for column in columns)
    return f"({names}) = (SELECT {values} FROM ({query.sql}) AS {alias})"


def updated_value(value: ast.Expression, column: RelationColumn, scope: Scope) -> str:
    """Return the right side of ``column = value``."""
    if isinstance(value, ast.Default):
        return "DEFAULT"
    return assign(scope.expression(value), column.column.type)


# --- RETURNING ------------------------------------------------------------------------------------


def returning(node: ast.Returning | None, source: Source, scope: Scope) -> tuple[Typed, ...]:
    """Return the expressions of RETURNING … INTO, over the changed row."""
    if node is None:
        return ()
    inner = scope.child()
    inner.parent = None
    inner.sources = [source]
    inner.clause = "returning"
    values = tuple(inner.expression(each) for each in node.expressions)
    for value in values:
        if value.aggregates:
            raise unsupported("aggregates in RETURNING", node.position)
    return values
