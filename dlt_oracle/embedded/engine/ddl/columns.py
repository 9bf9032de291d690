"""Columns: modified, dropped, renamed, with what must hold for the rows that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import LOBS, OracleType, TypeName
from dlt_oracle.embedded.sql import ast, storage

if TYPE_CHECKING:
    from dlt_oracle.embedded.catalog.store import SchemaObject, StoredColumn, StoredTable
    from dlt_oracle.embedded.engine.ddl.context import DdlContext

_TEXT = frozenset({TypeName.VARCHAR2, TypeName.CHAR, TypeName.NVARCHAR2, TypeName.NCHAR})
_WITH_FRACTION = frozenset({TypeName.TIMESTAMP, TypeName.TIMESTAMP_LTZ, TypeName.TIMESTAMP_TZ})


def add_checks(context: DdlContext, found: SchemaObject, column_type: OracleType, physical: str) -> None:
    """Add the CHECKs that a column of this type needs."""
    for name, condition in storage.column_checks(column_type, physical, context.cache.max_string_bytes):
        context.execute(f"ALTER TABLE data.t{found.object_id} ADD CONSTRAINT {name} CHECK ({condition})")


def _drop_checks(context: DdlContext, found: SchemaObject, column: StoredColumn) -> None:
    for name, _ in storage.column_checks(column.type, column.sql, context.cache.max_string_bytes):
        context.execute(f"ALTER TABLE data.t{found.object_id} DROP CONSTRAINT IF EXISTS {name}")


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


def check_virtual(context: DdlContext, table: StoredTable, column: StoredColumn, code: int) -> None:
    """Raise ``code`` where another column's expression is about ``column``."""
    if context.value(
        "SELECT EXISTS (SELECT FROM pg_depend AS d JOIN pg_attribute AS a ON a.attrelid = d.refobjid"
        " AND a.attnum = d.refobjsubid JOIN pg_attrdef AS e ON e.oid = d.objid AND e.adnum <> a.attnum"
        " WHERE d.classid = 'pg_attrdef'::regclass AND a.attrelid = %s::regclass AND a.attname = %s)",
        *(context.physical(table), column.sql),
    ):
        raise OracleError(code)


def _change_type(context: DdlContext, table: StoredTable, column: StoredColumn, new: OracleType) -> None:
    old = column.type
    if new == old:
        return
    if context.value(
        "SELECT EXISTS (SELECT FROM dict.partition_keys WHERE object_id = %s AND internal_id = %s)",
        *(table.object.object_id, column.internal_id),
    ):
        raise OracleError(14060)
    check_virtual(context, table, column, 54033)
    if (new.name in LOBS) != (old.name in LOBS):
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
    add_checks(context, table.object, new, column.sql)
    context.execute(
        "UPDATE dict.columns SET type_name = %s, length = %s, char_semantics = %s, precision = %s,"
        " scale = %s, vector_format = %s WHERE object_id = %s AND internal_id = %s",
        *(new.name.value, new.length, new.char_semantics, new.precision, new.scale),
        new.vector_format and new.vector_format.value,
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
    check_virtual(context, table, column, 54032)
    context.execute(
        "UPDATE dict.columns SET name = %s WHERE object_id = %s AND internal_id = %s",
        *(action.new.text, table.object.object_id, column.internal_id),
    )
    context.execute(
        "UPDATE dict.constraints AS k SET condition = %s FROM dict.constraint_columns AS c"
        " WHERE k.constraint_id = c.constraint_id AND k.object_id = %s AND c.internal_id = %s AND k.not_null",
        *(f'"{action.new.text}" IS NOT NULL', table.object.object_id, column.internal_id),
    )
