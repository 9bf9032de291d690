"""Columns: added, modified, dropped, renamed, with what must hold for the rows that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.engine.ddl import sequences
from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import Column, OracleType, TypeName
from dlt_oracle.embedded.sql import ast, storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.catalog.store import SchemaObject, StoredColumn, StoredTable
    from dlt_oracle.embedded.engine.ddl.context import DdlContext

_LOBS = frozenset({TypeName.CLOB, TypeName.NCLOB, TypeName.BLOB})
_TEXT = frozenset({TypeName.VARCHAR2, TypeName.CHAR, TypeName.NVARCHAR2, TypeName.NCHAR})
_WITH_FRACTION = frozenset({TypeName.TIMESTAMP, TypeName.TIMESTAMP_LTZ, TypeName.TIMESTAMP_TZ})
_ONE_LONG = frozenset({TypeName.LONG, TypeName.LONG_RAW})
MAX_COLUMNS = 1000


def add(context: DdlContext, found: SchemaObject, definitions: Sequence[ast.ColumnDefinition]) -> None:
    """Add columns as written (without their constraints, but NULL and NOT NULL decide the order of checks).

    Raises ORA-00957 for a name twice in one statement, ORA-01430 for one the table has.
    """
    seen: set[str] = set()
    for definition in definitions:
        if definition.name in seen:
            raise OracleError(957, position=definition.position)
        seen.add(definition.name)
        _add_one(context, found, definition)
    _check_longs(context, found)


def _add_one(context: DdlContext, found: SchemaObject, definition: ast.ColumnDefinition) -> None:
    existing = store.load_columns(context.connection, found.object_id)
    if any(column.name == definition.name for column in existing):
        raise OracleError(1430, position=definition.position)
    if definition.type is None:
        raise unsupported("a column without a type", definition.position)
    column_type = context.column_type(definition.type)
    internal_id = _next_internal_id(context, found)
    physical = f"c{internal_id}"
    clause = f"ADD COLUMN {physical} {storage.column_type(column_type)}"
    default_sql, default_text, sequence_id = None, None, None
    if definition.virtual is not None:
        default_text = definition.virtual.text
        expression = context.expression(definition.virtual.expression, found, column_type)
        clause += f" GENERATED ALWAYS AS ({expression}) STORED"
    elif definition.identity is not None:
        sequence_id = sequences.create_identity(context, found, definition.identity.options)
        default_sql = f"nextval('data.s{sequence_id}')::numeric"
        default_text = f'"{found.owner}"."ISEQ$$_{found.object_id}".nextval'
    elif definition.default is not None:
        default_text = definition.default.text
        default_sql = context.expression(definition.default.expression, None, column_type)
    if default_sql is not None:
        clause += f" DEFAULT {default_sql}"
    try:
        context.execute(f"ALTER TABLE data.t{found.object_id} {clause}")
    except psycopg.errors.InvalidObjectDefinition as error:
        raise unsupported("a virtual column whose expression depends on the session") from error
    _add_checks(context, found, column_type, physical)
    _insert_row(
        context, found, internal_id, Column(definition.name, column_type),
        default_text=default_text, default_sql=default_sql, sequence_id=sequence_id,
        identity=_identity_word(definition.identity),
        identity_options=sequences.options_text(definition.identity.options) if definition.identity else None,
        default_on_null=definition.default_on_null or _on_null(definition.identity),
        hidden=definition.visible is False, virtual=definition.virtual is not None,
    )  # fmt: skip


def add_described(context: DdlContext, found: SchemaObject, columns: Sequence[Column]) -> None:
    """Add the columns of a query (CREATE TABLE … AS SELECT), NOT NULL where the source is."""
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise OracleError(957)
        seen.add(column.name)
        internal_id = _next_internal_id(context, found)
        physical = f"c{internal_id}"
        context.execute(
            f"ALTER TABLE data.t{found.object_id} ADD COLUMN {physical} {storage.column_type(column.type)}"
        )
        _add_checks(context, found, column.type, physical)
        _insert_row(context, found, internal_id, column)


def _next_internal_id(context: DdlContext, found: SchemaObject) -> int:
    if len(store.load_columns(context.connection, found.object_id)) >= MAX_COLUMNS:
        raise OracleError(1792)
    return int(
        context.value(
            "UPDATE dict.tables SET next_column = next_column + 1 WHERE object_id = %s"
            " RETURNING next_column - 1",
            found.object_id,
        )
    )


def _insert_row(context: DdlContext, found: SchemaObject, internal_id: int, column: Column,
                **values: object) -> None:  # fmt: skip
    position = None
    if not values.get("hidden"):
        position = context.value(
            "SELECT coalesce(max(column_id), 0) + 1 FROM dict.columns WHERE object_id = %s", found.object_id
        )
    row = {
        "object_id": found.object_id,
        "internal_id": internal_id,
        "column_id": position,
        "name": column.name,
        "type_name": column.type.name.value,
        "length": column.type.length,
        "char_semantics": column.type.char_semantics,
        "precision": column.type.precision,
        "scale": column.type.scale,
        **values,
    }
    context.execute(
        f"INSERT INTO dict.columns ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", *row.values()
    )


def _add_checks(context: DdlContext, found: SchemaObject, column_type: OracleType, physical: str) -> None:
    for name, condition in storage.column_checks(column_type, physical, context.cache.max_string_bytes):
        context.execute(f"ALTER TABLE data.t{found.object_id} ADD CONSTRAINT {name} CHECK ({condition})")


def _drop_checks(context: DdlContext, found: SchemaObject, column: StoredColumn) -> None:
    for name, _ in storage.column_checks(column.type, column.sql, context.cache.max_string_bytes):
        context.execute(f"ALTER TABLE data.t{found.object_id} DROP CONSTRAINT IF EXISTS {name}")


def _check_longs(context: DdlContext, found: SchemaObject) -> None:
    columns = store.load_columns(context.connection, found.object_id)
    if sum(column.type.name in _ONE_LONG for column in columns) > 1:
        raise OracleError(1754)


def _identity_word(identity: ast.Identity | None) -> str | None:
    if identity is None:
        return None
    if identity.always:
        return "ALWAYS"
    return "BY DEFAULT ON NULL" if identity.on_null else "BY DEFAULT"


def _on_null(identity: ast.Identity | None) -> bool:
    return identity is not None and identity.on_null


# --- MODIFY -------------------------------------------------------------------------------------------


def modify(context: DdlContext, table: StoredTable, change: ast.ColumnChange) -> None:
    """MODIFY one column's type, default or visibility; its constraints are the caller's."""
    column = find(table, change.name, change.position)
    for what, asked in (
        ("MODIFY of an identity", change.identity is not None or change.drop_identity),
        ("MODIFY of a virtual column", change.virtual is not None or column.virtual),
    ):
        if asked:
            raise unsupported(what, change.position)
    if change.type is not None:
        _change_type(context, table, column, context.column_type(change.type))
    if change.default is not None:
        _change_default(context, table, column, change)
    if change.visible is not None:
        _change_visibility(context, table, column, visible=change.visible)


def find(table: StoredTable, name: str, position: int = 0) -> StoredColumn:
    """Return a column, or raise ORA-00904."""
    column = table.column(name)
    if column is None:
        raise OracleError(904, f'"{name}"', position=position)
    return column


def _change_type(context: DdlContext, table: StoredTable, column: StoredColumn, new: OracleType) -> None:
    old = column.type
    if new == old:
        return
    if (new.name in _LOBS) != (old.name in _LOBS):
        raise OracleError(22858)
    filled = bool(
        context.value(f"SELECT EXISTS (SELECT FROM {context.physical(table)} WHERE {column.sql} IS NOT NULL)")
    )
    if filled:
        _check_change(context, table, column, new)
    _drop_checks(context, table.object, column)
    using = _conversion(old, new, column.sql) if filled else f"NULL::{storage.column_type(new)}"
    for command in (
        f"ALTER COLUMN {column.sql} DROP DEFAULT",
        f"ALTER COLUMN {column.sql} TYPE {storage.column_type(new)} USING {using}",
        *([f"ALTER COLUMN {column.sql} SET DEFAULT {column.default_sql}"] if column.default_sql else []),
    ):
        context.execute(f"ALTER TABLE {context.physical(table)} {command}")
    _add_checks(context, table.object, new, column.sql)
    context.execute(
        "UPDATE dict.columns SET type_name = %s, length = %s, char_semantics = %s, precision = %s, scale = %s"
        " WHERE object_id = %s AND internal_id = %s",
        *(new.name.value, new.length, new.char_semantics, new.precision, new.scale),
        *(table.object.object_id, column.internal_id),
    )


def _check_change(context: DdlContext, table: StoredTable, column: StoredColumn, new: OracleType) -> None:
    """Raise what Oracle says when the rows that are there forbid the change."""
    old = column.type
    if old.name in _TEXT and new.name in _TEXT and (old.name in _NATIONAL) == (new.name in _NATIONAL):
        size = "char_length" if storage.counts_characters(new) else "octet_length"
        if context.value(
            f"SELECT EXISTS (SELECT FROM {context.physical(table)} WHERE {size}({column.sql}) > {new.length})"
        ):
            raise OracleError(1441)
        return
    if old.name is TypeName.RAW and new.name is TypeName.RAW:
        if (new.length or 0) < (old.length or 0) and context.value(
            f"SELECT max(octet_length({column.sql})) > {new.length} FROM {context.physical(table)}"
        ):
            raise OracleError(1441)
        return
    if old.name is TypeName.NUMBER and new.name is TypeName.NUMBER:
        if not _holds(old, new):
            raise OracleError(1440)
        return
    if old.name is new.name and old.name in _WITH_FRACTION:
        if storage.fraction_digits(new) < storage.fraction_digits(old):
            raise OracleError(30082)
        return
    if (old.name, new.name) not in _WIDENINGS:
        raise OracleError(1439)


_NATIONAL = frozenset({TypeName.NVARCHAR2, TypeName.NCHAR})
_WIDENINGS = frozenset(
    {
        (TypeName.DATE, TypeName.TIMESTAMP),
        (TypeName.NUMBER, TypeName.FLOAT),
        (TypeName.FLOAT, TypeName.NUMBER),
        (TypeName.FLOAT, TypeName.FLOAT),
    }
)


def _holds(old: OracleType, new: OracleType) -> bool:
    """Whether every value of NUMBER ``old`` is one of NUMBER ``new``."""
    if new.precision is None and new.scale is None:
        return True
    if old.precision is None and old.scale is None:
        return False
    old_scale, new_scale = old.scale or 0, new.scale or 0
    old_digits = (old.precision or storage.MAX_INTEGER_DIGITS) - old_scale
    new_digits = (new.precision or storage.MAX_INTEGER_DIGITS) - new_scale
    return new_scale >= old_scale and new_digits >= old_digits


def _conversion(old: OracleType, new: OracleType, physical: str) -> str:
    """Return the PostgreSQL expression that carries values over a change which was allowed."""
    before, after = storage.form(old), storage.form(new)
    if before is after or after is not storage.Form.TIMESTAMP9:
        return f"{physical}::{storage.column_type(new)}"
    return f"ROW({physical}, 0)::{after.value}"


def _change_default(
    context: DdlContext, table: StoredTable, column: StoredColumn, change: ast.ColumnChange
) -> None:
    default = change.default
    if default is None:
        return
    cleared = isinstance(default.expression, ast.Null)
    sql = None if cleared else context.expression(default.expression, None, column.type)
    action = "DROP DEFAULT" if sql is None else f"SET DEFAULT {sql}"
    context.execute(f"ALTER TABLE {context.physical(table)} ALTER COLUMN {column.sql} {action}")
    context.execute(
        "UPDATE dict.columns SET default_text = %s, default_sql = %s, default_on_null = %s"
        " WHERE object_id = %s AND internal_id = %s",
        *(default.text, sql, change.default_on_null, table.object.object_id, column.internal_id),
    )


def _change_visibility(
    context: DdlContext, table: StoredTable, column: StoredColumn, *, visible: bool
) -> None:
    if visible != column.hidden:
        return
    context.execute(
        "UPDATE dict.columns SET hidden = %s,"
        " column_id = CASE WHEN %s THEN (SELECT coalesce(max(column_id), 0) + 1"
        " FROM dict.columns WHERE object_id = %s) END WHERE object_id = %s AND internal_id = %s",
        *(not visible, visible, table.object.object_id, table.object.object_id, column.internal_id),
    )
    _renumber(context, table)


# --- DROP and RENAME ------------------------------------------------------------------------------------


def drop_column(context: DdlContext, table: StoredTable, column: StoredColumn, *, unused: bool) -> None:
    """Take one column out of PostgreSQL; the dictionary forgets it, or keeps it as unused."""
    context.execute(f"ALTER TABLE {context.physical(table)} DROP COLUMN {column.sql}")
    if column.sequence_id is not None:
        context.execute(f"DROP SEQUENCE IF EXISTS data.s{column.sequence_id}")
        context.execute("DELETE FROM dict.objects WHERE object_id = %s", column.sequence_id)
    key = (table.object.object_id, column.internal_id)
    if unused:
        context.execute(
            "UPDATE dict.columns SET unused = true, column_id = NULL, sequence_id = NULL, name = %s"
            " WHERE object_id = %s AND internal_id = %s",
            *(f"SYS_C{column.internal_id:05d}_UNUSED$", *key),
        )
    else:
        context.execute("DELETE FROM dict.columns WHERE object_id = %s AND internal_id = %s", *key)
    _renumber(context, table)


def _renumber(context: DdlContext, table: StoredTable) -> None:
    context.execute(
        "UPDATE dict.columns AS c SET column_id = n.position FROM ("
        "SELECT internal_id, row_number() OVER (ORDER BY column_id) AS position"
        " FROM dict.columns WHERE object_id = %s AND column_id IS NOT NULL"
        ") AS n WHERE c.object_id = %s AND c.internal_id = n.internal_id",
        *(table.object.object_id, table.object.object_id),
    )


def rename_column(context: DdlContext, table: StoredTable, action: ast.RenameColumn) -> None:
    """RENAME COLUMN: ORA-00957 when the new name is taken."""
    column = find(table, action.old.text, action.old.position)
    if table.column(action.new.text) is not None:
        raise OracleError(957, position=action.new.position)
    context.execute(
        "UPDATE dict.columns SET name = %s WHERE object_id = %s AND internal_id = %s",
        *(action.new.text, table.object.object_id, column.internal_id),
    )
    context.execute(
        "UPDATE dict.constraints AS k SET condition = %s FROM dict.constraint_columns AS c"
        " WHERE k.constraint_id = c.constraint_id AND k.object_id = %s AND c.internal_id = %s AND k.not_null",
        *(f'"{action.new.text}" IS NOT NULL', table.object.object_id, column.internal_id),
    )
