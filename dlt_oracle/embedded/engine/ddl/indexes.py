"""Indexes: made, changed, dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import LOBS, LONGS
from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.catalog.store import SchemaObject, StoredColumn, StoredTable
    from dlt_oracle.embedded.engine.ddl.context import DdlContext

Key = tuple["StoredColumn | None", "str | None", "str | None", bool]  # column, source, PostgreSQL, descending

_NO_INDEX = LOBS | LONGS


def create_index(context: DdlContext, statement: ast.CreateIndex) -> int:
    """CREATE INDEX: ORA-01408 for a column list that has one, ORA-01452 for duplicates under UNIQUE."""
    owner = context.owner(statement.name)
    table = context.table(statement.table)
    if owner != context.user:
        context.privileges.require("CREATE ANY INDEX")
    context.privileges.require_on("INDEX", table.object, statement.table.position)
    try:
        context.require_free(owner, statement.name.name, store.INDEX_NAMESPACE)
    except OracleError as error:
        if statement.if_not_exists and error.code == 955:  # noqa: PLR2004 - ORA codes are their own names
            return 0
        raise
    keys = [_key(context, table, column) for column in statement.columns]
    _require_new(context, table, keys)
    context.lock(table)
    index_id = _insert(context, table, owner, statement.name.name, unique=statement.unique, generated=False)
    _keep(context, index_id, statement, keys)
    try:
        _create(context, table, index_id, keys, unique=statement.unique)
    except psycopg.errors.UniqueViolation as error:
        raise OracleError(1452) from error
    except psycopg.errors.InvalidObjectDefinition as error:
        raise unsupported("an index on an expression that depends on the session") from error
    context.changed(table)
    return 0


def _key(context: DdlContext, table: StoredTable, written: ast.IndexColumn) -> Key:
    expression = written.expression
    if isinstance(expression, ast.ColumnRef) and len(expression.parts) == 1:
        column = table.column(expression.parts[0])
        if column is None:
            raise OracleError(904, f'"{expression.parts[0]}"', position=written.position)
        if column.type.name in _NO_INDEX:
            raise OracleError(2327, column.type.name.value)
        return column, None, None, written.descending
    return None, written.text, context.expression(expression, table.object), written.descending


def _require_new(context: DdlContext, table: StoredTable, keys: Sequence[Key]) -> None:
    wanted = [(key[0].internal_id if key[0] else None, key[1], key[3]) for key in keys]
    for index in store.load_indexes(context.connection, table.object.object_id):
        if list(index.keys) == wanted:
            raise OracleError(1408)


def _insert(
    context: DdlContext, table: StoredTable, owner: str, name: str, *, unique: bool, generated: bool,
    implicit: bool = False,
) -> int:  # fmt: skip
    index_id = context.create_object(
        owner, name, "INDEX", temporary=table.object.temporary, generated=generated
    )
    context.execute(
        "INSERT INTO dict.indexes (object_id, table_id, is_unique, implicit, tablespace)"
        " VALUES (%s, %s, %s, %s, %s)",
        *(index_id, table.object.object_id, unique, implicit, table.tablespace),
    )
    return index_id


def _keep(context: DdlContext, index_id: int, statement: ast.CreateIndex, keys: Sequence[Key]) -> None:
    """Write what the statement says of the index and PostgreSQL does not need to know."""
    properties = statement.properties
    index_type = "BITMAP" if statement.bitmap else "NORMAL/REV" if statement.reverse else "NORMAL"
    if any(key[1] is not None for key in keys):
        index_type = f"FUNCTION-BASED {index_type}"
    compression = "DISABLED"
    if properties.compression or properties.prefix_length is not None:
        compression = properties.compression or "ENABLED"
    parallel = properties.parallel
    context.execute(
        "UPDATE dict.indexes SET index_type = %s, compression = %s, prefix_length = %s, logging = %s,"
        " degree = %s, visible = %s, local = %s, tablespace = coalesce(%s, tablespace) WHERE object_id = %s",
        *(index_type, compression, properties.prefix_length, properties.logging is not False),
        *("1" if parallel is None else "DEFAULT" if parallel == 0 else str(parallel)),
        *(statement.visible is not False, bool(statement.local), properties.tablespace, index_id),
    )


def _create(
    context: DdlContext, table: StoredTable, index_id: int, keys: Sequence[Key], *, unique: bool
) -> None:
    """Create the PostgreSQL index.

    Oracle's unique index lets rows pass whose keys are *all* NULL and compares the others as if NULL were
    a value; with one column, or none that may be NULL, that is PostgreSQL's rule already.
    """
    for position, (column, source, _, descending) in enumerate(keys, 1):
        context.execute(
            "INSERT INTO dict.index_columns VALUES (%s, %s, %s, %s, %s)",
            *(index_id, position, column.internal_id if column else None, source, descending),
        )
    parts = [
        (column.sql if column else f"({sql})") + (" DESC" if descending else "")
        for column, _, sql, descending in keys
    ]
    text = f"CREATE {'UNIQUE ' if unique else ''}INDEX i{index_id} ON {context.physical(table)}"
    text += f" ({', '.join(parts)})"
    nullable = any(column is None or column.nullable for column, _, _, _ in keys)
    if unique and len(keys) > 1 and nullable:
        every = " AND ".join(f"{column.sql if column else f'({sql})'} IS NULL" for column, _, sql, _ in keys)
        text += f" NULLS NOT DISTINCT WHERE NOT ({every})"
    context.execute(text)


def create_for_key(
    context: DdlContext,
    table: StoredTable,
    name: str,
    columns: Sequence[StoredColumn],
    using: ast.UsingIndex | None,
) -> int:
    """Create the unique index of a key, named like the constraint. Returns its id."""
    context.require_free(table.object.owner, name, store.INDEX_NAMESPACE)
    index_id = _insert(
        context,
        table,
        table.object.owner,
        name,
        unique=True,
        generated=name.startswith("SYS_C"),
        implicit=True,
    )
    if using is not None and using.properties is not None and using.properties.tablespace is not None:
        context.execute(
            "UPDATE dict.indexes SET tablespace = %s WHERE object_id = %s",
            using.properties.tablespace,
            index_id,
        )
    fresh = {column.internal_id: column for column in table.columns}
    keys: list[Key] = [(fresh[column.internal_id], None, None, False) for column in columns]
    _create(context, table, index_id, keys, unique=True)
    return index_id


def drop_index(context: DdlContext, statement: ast.DropIndex) -> int:
    """DROP INDEX: ORA-01418 for an unknown one, ORA-02429 for one that enforces a key."""
    found = _find(context, statement.name)
    if found is None:
        if statement.if_exists:
            return 0
        raise OracleError(1418)
    if found.owner != context.user:
        context.privileges.require("DROP ANY INDEX")
    if context.value("SELECT 1 FROM dict.constraints WHERE index_id = %s", found.object_id):
        raise OracleError(2429)
    _drop(context, found.object_id)
    return 0


def drop_implicit(context: DdlContext, index_id: int) -> None:
    """Drop an index together with its constraint, if the constraint had made it."""
    if context.value("SELECT implicit FROM dict.indexes WHERE object_id = %s", index_id):
        _drop(context, index_id)


def drop_over(context: DdlContext, table: StoredTable, columns: Sequence[StoredColumn]) -> None:
    """Drop the indexes that a dropped column was part of."""
    going = {column.internal_id for column in columns}
    for index in store.load_indexes(context.connection, table.object.object_id):
        if going & {key[0] for key in index.keys}:
            _drop(context, index.object.object_id)


def _drop(context: DdlContext, index_id: int) -> None:
    context.execute(f"DROP INDEX data.i{index_id}")
    context.execute("DELETE FROM dict.objects WHERE object_id = %s", index_id)


def _find(context: DdlContext, name: ast.QualifiedName) -> SchemaObject | None:
    found = store.find_object(context.connection, context.owner(name), name.name, store.INDEX_NAMESPACE)
    if found is not None and found.owner != context.user:
        table_id = context.value("SELECT table_id FROM dict.indexes WHERE object_id = %s", found.object_id)
        table = store.object_of_id(context.connection, table_id)
        if table is None or not context.privileges.knows(table):
            return None
    return found


def alter_index(context: DdlContext, statement: ast.AlterIndex) -> int:
    """ALTER INDEX: RENAME, VISIBLE, INVISIBLE, REBUILD, COALESCE and changed properties."""
    found = _find(context, statement.name)
    if found is None:
        if statement.if_exists:
            return 0
        raise OracleError(1418)
    if found.owner != context.user:
        context.privileges.require("ALTER ANY INDEX")
    change = _ALTERATIONS.get(statement.action)
    if change is None:
        raise unsupported(f"ALTER INDEX … {statement.action}", statement.position)
    change(context, found, statement)
    context.touch(found.object_id)
    return 0


def _rename(context: DdlContext, found: SchemaObject, statement: ast.AlterIndex) -> None:
    if statement.new is None:
        raise LookupError("RENAME without a name")
    context.require_free(found.owner, statement.new.text, store.INDEX_NAMESPACE)
    context.execute(
        "UPDATE dict.objects SET name = %s WHERE object_id = %s", statement.new.text, found.object_id
    )


def _set_visible(context: DdlContext, found: SchemaObject, statement: ast.AlterIndex) -> None:
    context.execute(
        "UPDATE dict.indexes SET visible = %s WHERE object_id = %s",
        *(statement.action == "VISIBLE", found.object_id),
    )


def _rebuild(context: DdlContext, found: SchemaObject, statement: ast.AlterIndex) -> None:
    context.execute(f"REINDEX INDEX data.i{found.object_id}")
    _change_properties(context, found, statement)


def _change_properties(context: DdlContext, found: SchemaObject, statement: ast.AlterIndex) -> None:
    properties = statement.properties
    context.execute(
        "UPDATE dict.indexes SET logging = coalesce(%s, logging), tablespace = coalesce(%s, tablespace)"
        " WHERE object_id = %s",
        *(properties.logging, properties.tablespace, found.object_id),
    )


_ALTERATIONS = {
    "RENAME": _rename,
    "VISIBLE": _set_visible,
    "INVISIBLE": _set_visible,
    "REBUILD": _rebuild,
    "COALESCE": _change_properties,
    "PROPERTIES": _change_properties,
}
