"""MERGE and the multi-table INSERT: one PostgreSQL statement each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_scope import Scope, Source, SourceColumn
from dlt_oracle.embedded.sql.emit_condition import condition
from dlt_oracle.embedded.sql.emit_dml import (
    DmlText,
    assignments,
    insert_columns,
    refuse_log_errors,
    returning,
    stored,
    stored_values,
    table_of,
    target_columns,
    target_of,
    updated_value,
)
from dlt_oracle.embedded.sql.emit_from import from_item
from dlt_oracle.embedded.sql.storage import column_type

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.dictionary import Relation

_MAX_TARGET_COLUMNS = 999


def merge(node: ast.Merge, scope: Scope) -> DmlText:
    """MERGE: PostgreSQL's own, whose branches come in Oracle's order.

    A second change of one row is SQLSTATE 21000 there, ORA-30926 in Oracle. ``DELETE WHERE`` is a branch of
    its own before the update, its condition read over the values that the update would have set.
    """
    refuse_log_errors(node.log_errors)
    source = target_of(node.target, scope)
    relation = table_of(source)
    using = from_item(node.source, scope)
    scope.sources = [source, *using.sources]
    scope.merged = using.merged
    scope.clause = "on"
    sql = (
        f"MERGE INTO {relation.source} AS {source.alias} USING {using.sql} ON {condition(node.on, scope).sql}"
    )
    if node.update is not None:
        _refuse_on_columns(node, source, scope)
        sql += _matched(node.update, source, relation, scope)
    if node.insert is not None:
        scope.sources = using.sources
        sql += _not_matched(node.insert, relation, scope)
        scope.sources = [source, *using.sources]
    return DmlText(sql, relation, returning(node.returning, source, scope))


def _refuse_on_columns(node: ast.Merge, target: Source, scope: Scope) -> None:
    """Raise ORA-38104 for a change of a column that ON compares: it decides what is matched."""
    compared = {
        each.parts[-1]
        for each in ast.walk(node.on)
        if isinstance(each, ast.ColumnRef) and scope.source_with(each.parts) is target
    }
    for item in node.update.assignments if node.update is not None else ():
        for column in item.columns:
            if column.parts[-1] in compared:
                name = f'"{target.name}"."{column.parts[-1]}"'
                raise OracleError(38104, name, position=column.position)


def _matched(node: ast.MergeUpdate, target: Source, relation: Relation, scope: Scope) -> str:
    scope.clause = "where"
    where = "" if node.where is None else f" AND {condition(node.where, scope).sql}"
    scope.clause = "set"
    changes = assignments(node.assignments, relation, scope)
    sql = f" WHEN MATCHED{where} THEN UPDATE SET {changes}"
    if node.delete_where is None:
        return sql
    new_values = _updated(node.assignments, target, relation, scope)
    after = scope.beside([new_values, *scope.sources[1:]], scope.merged)
    after.clause = "where"
    return f" WHEN MATCHED{where} AND {condition(node.delete_where, after).sql} THEN DELETE{sql}"


def _updated(items: tuple[ast.Assignment, ...], target: Source, relation: Relation, scope: Scope) -> Source:
    """Return the target with the new value in the place of every column that SET changes."""
    texts: dict[str, str] = {}
    for item in items:
        if item.grouped:
            raise unsupported("DELETE WHERE after SET (…) = (subquery)", item.position)
        column = target_columns(relation, item.columns)[0]
        value = updated_value(item.value, column, scope)
        if value == "DEFAULT":
            value = column.default or "NULL"
        texts[column.name] = f"({value})::{column_type(column.column.type)}"
    columns = tuple(_over(each, texts.get(each.name)) for each in target.columns)
    return replace(target, columns=columns)


def _over(column: SourceColumn, text: str | None) -> SourceColumn:
    return column if text is None else replace(column, sql=text, nullable=True)


def _not_matched(node: ast.MergeInsert, relation: Relation, scope: Scope) -> str:
    scope.clause = "where"
    where = "" if node.where is None else f" AND {condition(node.where, scope).sql}"
    scope.clause = "values"
    columns = insert_columns(relation, node.columns)
    values = ", ".join(stored_values(node.values, columns, scope))
    names = ", ".join(column.sql for column in columns)
    return f" WHEN NOT MATCHED{where} THEN INSERT ({names}) VALUES ({values})"


# --- INSERT ALL -----------------------------------------------------------------------------------


def insert_all(node: ast.InsertAll, scope: Scope) -> DmlText:
    """INSERT ALL and INSERT FIRST: every INTO is a CTE over one materialized source.

    The statement ends as a query with one row for each row inserted, so that its row count is Oracle's.
    NEXTVAL is taken once per row of the source, whatever number of INTOs name it.
    """
    query = scope.subquery(node.query)
    alias = scope.translation.name("w")
    columns = tuple(
        SourceColumn(value.name, value.type, f"{alias}.c{number}", value.nullable)
        for number, value in enumerate(query.columns, 1)
    )
    scope.sources = [Source(alias, None, columns)]
    taken = _take_sequences(node, alias, scope)
    rows = f"SELECT q.*{taken} FROM ({query.sql}) AS q" if taken else query.sql
    texts: list[str] = []
    names: list[str] = []
    passed: list[str] = []
    target: Relation | None = None
    total = 0
    for branch in node.branches:
        where = _branch_condition(branch, passed, scope, first=node.first)
        for into in branch.into:
            refuse_log_errors(into.log_errors)
            target = target or table_of(target_of(into.target, scope))
            text, width = _into(into, alias, where, scope)
            total += width
            names.append(scope.translation.name("i"))
            texts.append(f"{names[-1]} AS ({text} RETURNING 1)")
    if total > _MAX_TARGET_COLUMNS:
        raise OracleError(24335, position=node.position)
    if target is None:
        raise LookupError("INSERT ALL without INTO")
    counted = " UNION ALL ".join(f"SELECT 1 FROM {name}" for name in names)
    return DmlText(f"WITH {alias} AS MATERIALIZED ({rows}), {', '.join(texts)} {counted}", target)


def _take_sequences(node: ast.InsertAll, alias: str, scope: Scope) -> str:
    """Return the select items that take one NEXTVAL of each sequence used, and note where they are."""
    items = ""
    for branch in node.branches:
        for each in ast.walk(branch):
            if not isinstance(each, ast.SequenceValue) or not each.next:
                continue
            found = scope.dictionary.sequence(each.sequence.owner, each.sequence.name)
            if found is None:
                raise OracleError(2289, position=each.position)
            if found.source not in scope.translation.sequences:
                name = f"s{len(scope.translation.sequences) + 1}"
                scope.translation.sequences[found.source] = f"{alias}.{name}"
                items += f", nextval('{found.source}')::numeric AS {name}"
    return items


def _branch_condition(branch: ast.InsertWhen, passed: list[str], scope: Scope, *, first: bool) -> str:
    """Return the WHERE of a WHEN; ELSE is "none of those before", FIRST adds that to every WHEN."""
    none_before = [f"({test}) IS NOT TRUE" for test in passed]
    if branch.condition is None:
        return " AND ".join(none_before)
    scope.clause = "where"
    test = condition(branch.condition, scope).sql
    passed.append(test)
    return " AND ".join([*none_before, test]) if first else test


def _into(into: ast.InsertInto, alias: str, where: str, scope: Scope) -> tuple[str, int]:
    relation = table_of(target_of(into.target, scope))
    columns = insert_columns(relation, into.columns)
    scope.clause = "values"
    if into.values is None:
        given = scope.sources[0].columns
        if len(given) != len(columns):
            raise OracleError(947 if len(given) < len(columns) else 913, position=into.position)
        pairs = zip((scope.column_of(each, into.position) for each in given), columns, strict=True)
        values = [stored(value, column) for value, column in pairs]
    else:
        kept = [
            (value, column)
            for value, column in zip(into.values, columns, strict=False)
            if not isinstance(value, ast.Default)
        ]
        if len(into.values) != len(columns):
            raise OracleError(947 if len(into.values) < len(columns) else 913, position=into.position)
        values = [stored(scope.expression(value), column) for value, column in kept]
        columns = [column for _, column in kept]
    names = ", ".join(column.sql for column in columns)
    sql = f"INSERT INTO {relation.source} ({names}) SELECT {', '.join(values)} FROM {alias}"
    return sql + (f" WHERE {where}" if where else ""), len(columns)
