"""Partitions, as conditions on the rows of one PostgreSQL table.

Oracle allows unique keys without the partition key and moves bounds when a partition goes; PostgreSQL's own
partitions do neither. So a partition is a row of the dictionary with the condition that its rows fulfil,
and one CHECK constraint refuses rows that belong nowhere (ORA-14400). Not kept: the partitions that
INTERVAL makes by itself are not listed, and subpartitions are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from dlt_oracle.embedded.engine.ddl import columns as columns_ddl
from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dlt_oracle.embedded.catalog.store import SchemaObject, StoredColumn, StoredTable
    from dlt_oracle.embedded.engine.ddl.context import DdlContext

_CHECK = "part_key"
_METHODS = frozenset({"RANGE", "LIST", "HASH"})


def create(context: DdlContext, found: SchemaObject, partitioning: ast.Partitioning) -> None:
    """Keep PARTITION BY and its partitions."""
    if partitioning.method not in _METHODS or partitioning.automatic:
        raise unsupported(f"PARTITION BY {partitioning.method}", partitioning.position)
    if partitioning.subpartitioning is not None:
        raise unsupported("subpartitions", partitioning.position)
    table = context.reload(found)
    context.expect_permanent(table, "partitions")
    keys = [columns_ddl.find(table, name.text, name.position) for name in partitioning.columns]
    context.execute(
        "UPDATE dict.tables SET partitioning_type = %s, interval_text = %s WHERE object_id = %s",
        *(
            partitioning.method,
            partitioning.interval.text if partitioning.interval else None,
            found.object_id,
        ),
    )
    for position, key in enumerate(keys, 1):
        context.execute(
            "INSERT INTO dict.partition_keys VALUES (%s, %s, %s)", found.object_id, position, key.internal_id
        )
    definitions = partitioning.partitions
    if partitioning.count is not None:
        definitions = (ast.PartitionDefinition(),) * partitioning.count
    for definition in definitions:
        _append(context, table, definition)
    _refresh(context, table)


def _append(context: DdlContext, table: StoredTable, definition: ast.PartitionDefinition) -> None:
    object_id = table.object.object_id
    keys = _keys(context, table)
    name = definition.name or f"SYS_P{context.value('SELECT nextval(%s)', 'dict.constraint_ids')}"
    if context.value("SELECT 1 FROM dict.partitions WHERE object_id = %s AND name = %s", object_id, name):
        raise OracleError(14013)
    bounds = [_bound(context, item, key) for item, key in zip(definition.less_than, keys, strict=False)]
    values = [_listed(context, item, keys) for item in definition.values]
    text = ", ".join(_source(item) for item in (*definition.less_than, *definition.values)) or None
    context.execute(
        "INSERT INTO dict.partitions (object_id, position, name, high_value, bounds, tablespace, generated)"
        " VALUES (%s, (SELECT count(*) + 1 FROM dict.partitions WHERE object_id = %s), %s, %s, %s, %s, %s)",
        *(object_id, object_id, name, text, bounds or values, definition.properties.tablespace),
        definition.name is None,
    )


def _bound(context: DdlContext, item: ast.Expression, key: StoredColumn) -> str:
    return "MAXVALUE" if isinstance(item, ast.MaxValue) else context.expression(item, None, key.type)


def _listed(context: DdlContext, item: ast.Expression, keys: Sequence[StoredColumn]) -> str:
    if isinstance(item, ast.Default):
        return "DEFAULT"
    values = item.items if isinstance(item, ast.RowValue) else (item,)
    compiled = [context.expression(value, None, key.type) for value, key in zip(values, keys, strict=True)]
    return " AND ".join(
        f"{key.sql} IS NOT DISTINCT FROM {value}" for key, value in zip(keys, compiled, strict=True)
    )


def _source(item: ast.Expression) -> str:
    """Return HIGH_VALUE's text for a bound or a listed value."""
    write = _SOURCES.get(type(item))
    return write(item) if write is not None else "(expression)"


_SOURCES: Mapping[type[ast.Expression], Callable[[Any], str]] = {
    ast.Default: lambda _item: "DEFAULT",
    ast.MaxValue: lambda _item: "MAXVALUE",
    ast.Null: lambda _item: "NULL",
    ast.NumberLiteral: lambda item: item.text,
    ast.StringLiteral: lambda item: "'{}'".format(item.value.replace("'", "''")),
    ast.DateLiteral: lambda item: (
        f"TO_DATE(' {item.value}', 'SYYYY-MM-DD HH24:MI:SS', 'NLS_CALENDAR=GREGORIAN')"
    ),
    ast.TimestampLiteral: lambda item: f"TIMESTAMP' {item.value}'",
    ast.RowValue: lambda item: f"( {', '.join(_source(value) for value in item.items)} )",
    ast.Unary: lambda item: f"{item.operator}{_source(item.operand)}",
}


def _keys(context: DdlContext, table: StoredTable) -> list[StoredColumn]:
    by_id = {column.internal_id: column for column in table.columns}
    rows = context.execute(
        "SELECT internal_id FROM dict.partition_keys WHERE object_id = %s ORDER BY position",
        table.object.object_id,
    )
    if not rows:
        raise OracleError(14501)
    return [by_id[internal_id] for (internal_id,) in rows]


def _refresh(context: DdlContext, table: StoredTable) -> None:
    """Work out every partition's condition anew, and the CHECK that some partition takes the row."""
    object_id = table.object.object_id
    method, interval = context.execute(
        "SELECT partitioning_type, interval_text FROM dict.tables WHERE object_id = %s", object_id
    )[0]
    rows = context.execute(
        "SELECT name, bounds FROM dict.partitions WHERE object_id = %s ORDER BY position", object_id
    )
    keys = _keys(context, table)
    conditions = _CONDITIONS[method](keys, [bounds for _, bounds in rows])
    for position, ((name, _), condition) in enumerate(zip(rows, conditions, strict=True), 1):
        context.execute(
            "UPDATE dict.partitions SET condition_sql = %s, position = %s WHERE object_id = %s AND name = %s",
            *(condition, position, object_id, name),
        )
    context.execute(f"ALTER TABLE {context.physical(table)} DROP CONSTRAINT IF EXISTS {_CHECK}")
    if method != "HASH" and interval is None:
        anywhere = " OR ".join(f"({condition})" for condition in conditions)
        context.execute(
            f"ALTER TABLE {context.physical(table)} ADD CONSTRAINT {_CHECK} CHECK (({anywhere}) IS TRUE)"
        )


def _range_conditions(keys: Sequence[StoredColumn], bounds: Sequence[list[str]]) -> list[str]:
    """Each partition takes what is below its bound and not below the one before it; NULL sorts last."""
    found: list[str] = []
    before: str | None = None
    for bound in bounds:
        below = _below(keys, bound)
        if before is not None and below == before:
            raise OracleError(14074)
        parts = [] if before is None else [f"({before}) IS NOT TRUE"]
        parts.append(f"({below})")
        found.append(" AND ".join(parts))
        before = below
    return found


def _below(keys: Sequence[StoredColumn], bound: Sequence[str]) -> str:
    """Return (k1, k2, …) < (b1, b2, …), where MAXVALUE is above everything, NULL included."""
    if bound[0] == "MAXVALUE":
        return "true"
    less = f"{keys[0].sql} < {bound[0]}"
    if len(bound) == 1:
        return less
    return f"{less} OR ({keys[0].sql} = {bound[0]} AND ({_below(keys[1:], bound[1:])}))"


def _list_conditions(_keys: Sequence[StoredColumn], bounds: Sequence[list[str]]) -> list[str]:
    named = [" OR ".join(f"({value})" for value in each if value != "DEFAULT") for each in bounds]
    others = " OR ".join(f"({each})" for each in named if each)
    return [
        f"({others or 'false'}) IS NOT TRUE" if "DEFAULT" in each else condition
        for each, condition in zip(bounds, named, strict=True)
    ]


def _hash_conditions(keys: Sequence[StoredColumn], bounds: Sequence[list[str]]) -> list[str]:
    key = " || ',' || ".join(f"coalesce({column.sql}::text, '')" for column in keys)
    count = len(bounds)
    return [f"mod(mod(hashtext({key}), {count}) + {count}, {count}) = {number}" for number in range(count)]


_CONDITIONS = {"RANGE": _range_conditions, "LIST": _list_conditions, "HASH": _hash_conditions}


def _condition(context: DdlContext, table: StoredTable, reference: ast.PartitionRef) -> tuple[str, str]:
    """Return name and condition of a partition; ORA-02149 for an unknown one, 14501 for no partitions."""
    _keys(context, table)
    if reference.subpartition or reference.name is None:
        raise unsupported("a partition given by PARTITION FOR or as a subpartition", reference.position)
    rows = context.execute(
        "SELECT name, condition_sql FROM dict.partitions WHERE object_id = %s AND name = %s",
        *(table.object.object_id, reference.name),
    )
    if not rows:
        raise OracleError(2149, position=reference.position)
    return rows[0][0], rows[0][1]


def add(context: DdlContext, table: StoredTable, action: ast.AddPartition) -> None:
    """ADD PARTITION, at the end (RANGE) or anywhere (LIST)."""
    _keys(context, table)
    method = context.value(
        "SELECT partitioning_type FROM dict.tables WHERE object_id = %s", table.object.object_id
    )
    if method == "HASH":
        raise unsupported("ADD PARTITION of a hash-partitioned table", action.position)
    last = context.value(
        "SELECT bounds[1] FROM dict.partitions WHERE object_id = %s ORDER BY position DESC LIMIT 1",
        table.object.object_id,
    )
    if method == "RANGE" and last == "MAXVALUE":
        raise OracleError(14074)
    for definition in action.partitions:
        if method == "RANGE" and last is not None:
            _check_order(context, table, last, definition)
        _append(context, table, definition)
    _refresh(context, table)


def _check_order(
    context: DdlContext, table: StoredTable, last: str, definition: ast.PartitionDefinition
) -> None:
    key = _keys(context, table)[0]
    new = _bound(context, definition.less_than[0], key)
    if new != "MAXVALUE" and context.value(f"SELECT {new} < {last}"):
        raise OracleError(14074)


def drop(context: DdlContext, table: StoredTable, action: ast.DropPartitions) -> None:
    """DROP PARTITION with its rows; the last one is ORA-14083."""
    for reference in action.partitions:
        name, condition = _condition(context, table, reference)
        if (
            context.value("SELECT count(*) FROM dict.partitions WHERE object_id = %s", table.object.object_id)
            == 1
        ):
            raise OracleError(14083)
        context.execute(f"DELETE FROM {context.physical(table)} WHERE {condition}")
        context.execute(
            "DELETE FROM dict.partitions WHERE object_id = %s AND name = %s", table.object.object_id, name
        )
    _refresh(context, table)


def truncate(context: DdlContext, table: StoredTable, action: ast.TruncatePartitions) -> None:
    """TRUNCATE PARTITION: its rows go."""
    if action.cascade:
        raise unsupported("TRUNCATE PARTITION … CASCADE", action.position)
    for reference in action.partitions:
        _, condition = _condition(context, table, reference)
        context.execute(f"DELETE FROM {context.physical(table)} WHERE {condition}")


def rename(context: DdlContext, table: StoredTable, action: ast.RenamePartition) -> None:
    """RENAME PARTITION."""
    name, _ = _condition(context, table, action.old)
    if context.value(
        "SELECT 1 FROM dict.partitions WHERE object_id = %s AND name = %s",
        *(table.object.object_id, action.new.text),
    ):
        raise OracleError(14013)
    context.execute(
        "UPDATE dict.partitions SET name = %s WHERE object_id = %s AND name = %s",
        *(action.new.text, table.object.object_id, name),
    )


def exchange(context: DdlContext, table: StoredTable, action: ast.ExchangePartition) -> None:
    """EXCHANGE PARTITION: the rows change places.

    Columns must agree; rows that do not belong are ORA-14099.
    """
    _, condition = _condition(context, table, action.partition)
    other = context.table(action.table)
    context.privileges.require_on("ALTER", other.object, action.table.position)
    if len(other.columns) != len(table.columns):
        raise OracleError(14096)
    if any(a.type != b.type for a, b in zip(table.columns, other.columns, strict=True)):
        raise OracleError(14097)
    context.lock(other)
    if action.validation is not False:
        _require_fit(context, table, other, condition)
    own = ", ".join(column.sql for column in table.columns)
    theirs = ", ".join(column.sql for column in other.columns)
    mine, yours = context.physical(table), context.physical(other)
    context.execute(
        f"CREATE TEMP TABLE exchanged ON COMMIT DROP AS SELECT {own} FROM {mine} WHERE {condition}"
    )
    context.execute(f"DELETE FROM {mine} WHERE {condition}")
    try:
        context.execute(f"INSERT INTO {mine} ({own}) SELECT {theirs} FROM {yours}")
    except psycopg.errors.CheckViolation as error:
        raise OracleError(14099) from error
    context.execute(f"DELETE FROM {yours}")
    context.execute(f"INSERT INTO {yours} ({theirs}) SELECT * FROM exchanged")
    context.execute("DROP TABLE exchanged")
    context.changed(other)


def _require_fit(context: DdlContext, table: StoredTable, other: StoredTable, condition: str) -> None:
    """Raise ORA-14099 when a row of ``other`` does not fulfil the partition's condition."""
    names = ", ".join(
        f"{theirs.sql} AS {own.sql}" for own, theirs in zip(table.columns, other.columns, strict=True)
    )
    if context.value(
        f"SELECT EXISTS (SELECT FROM (SELECT {names} FROM {context.physical(other)}) AS o"
        f" WHERE ({condition}) IS NOT TRUE)"
    ):
        raise OracleError(14099)


def set_interval(context: DdlContext, table: StoredTable, action: ast.SetInterval) -> None:
    """SET INTERVAL () ends interval partitioning; giving one is refused."""
    if action.interval is not None:
        raise unsupported("SET INTERVAL (expression)", action.position)
    context.execute(
        "UPDATE dict.tables SET interval_text = NULL WHERE object_id = %s", table.object.object_id
    )
    _refresh(context, table)


def check_column_drop(context: DdlContext, table: StoredTable, columns: Sequence[StoredColumn]) -> None:
    """Raise ORA-12984 for a partition key."""
    keys = {
        internal_id
        for (internal_id,) in context.execute(
            "SELECT internal_id FROM dict.partition_keys WHERE object_id = %s", table.object.object_id
        )
    }
    if keys & {column.internal_id for column in columns}:
        raise OracleError(12984)
