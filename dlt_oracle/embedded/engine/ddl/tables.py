"""CREATE, DROP, TRUNCATE, RENAME of tables, and COMMENT."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.engine import quota
from dlt_oracle.embedded.engine.ddl import constraint_states, constraints, new_columns, partitions
from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.compile import compile_create_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.catalog.store import SchemaObject, StoredTable
    from dlt_oracle.embedded.engine.ddl.context import DdlContext
    from dlt_oracle.embedded.model import Column

_COMPRESSIONS = {  # clause -> (COMPRESSION, COMPRESS_FOR)
    "NONE": ("DISABLED", None),
    "BASIC": ("ENABLED", "BASIC"),
    "ADVANCED": ("ENABLED", "ADVANCED"),
}


def create_table(context: DdlContext, statement: ast.CreateTable) -> int:
    """CREATE TABLE; returns the rows of AS SELECT."""
    if statement.temporary == "PRIVATE":
        raise unsupported("private temporary tables")
    if statement.exchange_with is not None:
        raise unsupported("CREATE TABLE … FOR EXCHANGE")
    owner = context.owner(statement.name)
    context.privileges.require_in(owner, "CREATE TABLE", "CREATE ANY TABLE")
    try:
        context.require_free(owner, statement.name.name)
    except OracleError as error:
        if statement.if_not_exists and error.code == 955:  # noqa: PLR2004 - ORA codes are their own names
            return 0
        raise
    temporary = statement.temporary == "GLOBAL"
    object_id = context.create_object(owner, statement.name.name, "TABLE", temporary=temporary)
    _insert_table(context, object_id, owner, statement)
    found = store.object_of_id(context.connection, object_id)
    assert found is not None  # noqa: S101 - written two lines above
    rows = 0
    if statement.query is not None:
        rows = _fill_from_query(context, found, statement)
    else:
        new_columns.add(context, found, statement.columns, create=True)
    constraints.add_all(context, found, statement.columns, statement.constraints)
    if statement.partitioning is not None:
        partitions.create(context, found, statement.partitioning)
    return rows


def _insert_table(context: DdlContext, object_id: int, owner: str, statement: ast.CreateTable) -> None:
    properties = statement.properties
    temporary = statement.temporary == "GLOBAL"
    duration = None
    if temporary:
        preserve = statement.on_commit == "PRESERVE ROWS"
        duration = "SYS$SESSION" if preserve else "SYS$TRANSACTION"
    tablespace = None if temporary else check_tablespace(context, properties.tablespace, owner)
    compression, compress_for = compression_of(properties.compression)
    context.execute(
        "INSERT INTO dict.tables (object_id, tablespace, duration, logging, compression, compress_for,"
        " degree, cache, pct_free, row_movement, index_organized)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        object_id,
        tablespace,
        duration,
        properties.logging is not False and not temporary,
        compression,
        compress_for,
        degree_of(properties.parallel),
        bool(properties.cache),
        10 if properties.pct_free is None else properties.pct_free,
        bool(properties.row_movement),
        statement.index_organized,
    )
    if properties.segment_creation_immediate and not temporary:
        quota.create_segment(context.connection, context.cache, object_id, owner, tablespace or "USERS")


def check_tablespace(context: DdlContext, name: str | None, owner: str) -> str:
    """Return the tablespace meant; raises ORA-00959 for an unknown one."""
    if name is None:
        return str(
            context.value("SELECT default_tablespace FROM dict.users WHERE username = %s", owner) or "USERS"
        )
    if context.value("SELECT 1 FROM dict.tablespaces WHERE name = %s", name) is None:
        raise OracleError(959, name)
    return name


def compression_of(clause: str | None) -> tuple[str, str | None]:
    """Return COMPRESSION and COMPRESS_FOR for a clause."""
    return _COMPRESSIONS.get(clause or "NONE", ("ENABLED", clause))


def degree_of(parallel: int | None) -> str:
    """Return DEGREE: 1 for NOPARALLEL, DEFAULT for PARALLEL without a number."""
    if parallel is None:
        return "1"
    return "DEFAULT" if parallel == 0 else str(parallel)


def _fill_from_query(context: DdlContext, found: SchemaObject, statement: ast.CreateTable) -> int:
    """AS SELECT: the columns of the query, then its rows (none stay in a transaction's temporary table)."""
    if statement.query is None:
        return 0
    names = [column.name for column in statement.columns] or None
    dictionary = context.dictionary
    compiled = compile_create_as(statement.query, dictionary, names)
    for used in dictionary.used.values():
        context.privileges.require_on("SELECT", used)
    for used in dictionary.tables():
        if used.temporary:
            context.temporary.prepare(context.cache.table(used))
    new_columns.add_described(context, found, compiled.columns)
    for column in _kept_not_null(statement.query, compiled.columns):
        constraints.add(context, found, ast.Constraint("NOT NULL", columns=(ast.Name(column),)))
    table = context.reload(found)
    if found.temporary:
        context.temporary.prepare(table)
        context.temporary.wrote(table)
    else:
        quota.create_segment(
            context.connection, context.cache, found.object_id, found.owner, table.tablespace or "USERS"
        )
    targets = ", ".join(column.sql for column in table.columns)
    return context.connection.execute(f"INSERT INTO {table.sql} ({targets}) {compiled.text}").rowcount


def _kept_not_null(query: ast.Query, described: Sequence[Column]) -> list[str]:
    """Return the columns that are NOT NULL because the query's column is; an expression never is."""
    if not isinstance(query.body, ast.Select):
        return []
    items = [item.expression for item in query.body.items]
    if any(isinstance(item, ast.Star) for item in items):
        kept = [all(isinstance(item, (ast.Star, ast.ColumnRef)) for item in items)] * len(described)
    else:
        kept = [isinstance(item, ast.ColumnRef) for item in items]
    return [column.name for column, keep in zip(described, kept, strict=True) if keep and not column.nullable]


def drop_table(context: DdlContext, statement: ast.DropTable) -> int:
    """DROP TABLE. Without CASCADE CONSTRAINTS a referenced key is ORA-02449."""
    try:
        table = context.table(statement.name)
    except OracleError:
        if statement.if_exists:
            return 0
        raise
    require_own_or(context, table.object, "DROP ANY TABLE")
    context.lock(table)
    drop_stored_table(context, table, cascade_constraints=statement.cascade_constraints)
    return 0


def require_own_or(context: DdlContext, found: SchemaObject, privilege: str) -> None:
    """Raise ORA-01031 unless the object is the user's own, or the system privilege is held."""
    if found.owner != context.user:
        context.privileges.require(privilege)


def drop_stored_table(context: DdlContext, table: StoredTable, *, cascade_constraints: bool) -> None:
    """Drop a table that is locked."""
    object_id = table.object.object_id
    references = [
        key for key in store.load_references(context.connection, object_id) if key.object_id != object_id
    ]
    if references and not cascade_constraints:
        raise OracleError(2449)
    for reference in references:
        constraint_states.drop_stored(context, reference)
    context.execute(f"DROP TABLE data.t{object_id}")
    for column in store.load_columns(context.connection, object_id):
        if column.sequence_id is not None:
            context.execute(f"DROP SEQUENCE data.s{column.sequence_id}")
            context.execute("DELETE FROM dict.objects WHERE object_id = %s", column.sequence_id)
    for index in store.load_indexes(context.connection, object_id):
        context.execute("DELETE FROM dict.objects WHERE object_id = %s", index.object.object_id)
    context.execute("UPDATE dict.constraints SET referenced_id = NULL WHERE object_id = %s", object_id)
    context.execute("DELETE FROM dict.objects WHERE object_id = %s", object_id)


def truncate_table(context: DdlContext, statement: ast.TruncateTable) -> int:
    """TRUNCATE TABLE. In another schema it needs DROP ANY TABLE; a referenced key is ORA-02266."""
    table = context.table(statement.name)
    require_own_or(context, table.object, "DROP ANY TABLE")
    if statement.cascade:
        raise unsupported("TRUNCATE … CASCADE")
    object_id = table.object.object_id
    for key in store.load_references(context.connection, object_id):
        if key.object_id != object_id and key.enabled:
            raise OracleError(2266)
    if table.object.temporary:
        context.temporary.truncate(table)
        return 0
    context.lock(table)
    context.execute(f"TRUNCATE {context.physical(table)}")
    context.touch(object_id)
    return 0


def rename(context: DdlContext, statement: ast.Rename) -> int:
    """RENAME a TO b, in the own schema only."""
    found = context.dictionary.resolve(context.user, statement.old.text)
    if found is None or found.owner != context.user:
        raise OracleError(4043, statement.old.text)
    rename_object(context, found, statement.new.text)
    return 0


def rename_object(context: DdlContext, found: SchemaObject, new: str) -> None:
    """Give an object another name; its grants, indexes, comments and constraints stay."""
    context.require_free(found.owner, new)
    if found.type == "TABLE":
        context.lock(context.reload(found))
    context.execute("UPDATE dict.objects SET name = %s WHERE object_id = %s", new, found.object_id)
    context.touch(found.object_id)


def comment(context: DdlContext, statement: ast.Comment) -> int:
    """COMMENT ON TABLE or COLUMN; the empty text takes it away."""
    found = context.find(statement.table, "TABLE", "VIEW")
    require_own_or(context, found, "COMMENT ANY TABLE")
    text = statement.text or None
    if statement.column is None:
        _comment_on_object(context, found, text)
        return 0
    done = context.execute(
        "UPDATE dict.columns SET comments = %s WHERE object_id = %s AND name = %s AND NOT unused RETURNING 1",
        *(text, found.object_id, statement.column),
    )
    if not done:
        raise OracleError(904, f'"{statement.column}"', position=statement.position)
    return 0


def _comment_on_object(context: DdlContext, found: SchemaObject, text: str | None) -> None:
    relation = "dict.views" if found.type == "VIEW" else "dict.tables"
    context.execute(f"UPDATE {relation} SET comments = %s WHERE object_id = %s", text, found.object_id)


def change_properties(context: DdlContext, table: StoredTable, properties: ast.TableProperties) -> None:
    """Keep changed physical properties in the dictionary."""
    changes: dict[str, object] = {}
    if properties.logging is not None:
        changes["logging"] = properties.logging
    if properties.compression is not None:
        changes["compression"], changes["compress_for"] = compression_of(properties.compression)
    if properties.parallel is not None:
        changes["degree"] = degree_of(properties.parallel)
    if properties.cache is not None:
        changes["cache"] = properties.cache
    if properties.pct_free is not None:
        changes["pct_free"] = properties.pct_free
    if properties.row_movement is not None:
        changes["row_movement"] = properties.row_movement
    if properties.tablespace is not None:
        changes["tablespace"] = check_tablespace(context, properties.tablespace, table.object.owner)
    for name, value in changes.items():
        context.execute(
            f"UPDATE dict.tables SET {name} = %s WHERE object_id = %s", value, table.object.object_id
        )


def move_table(context: DdlContext, table: StoredTable, action: ast.MoveTable) -> None:
    """MOVE: the rows stay as they are; indexes become unusable in Oracle unless ONLINE, here never."""
    context.lock(table)
    change_properties(context, table, replace(action.properties))


__all__ = [
    "change_properties",
    "comment",
    "create_table",
    "drop_table",
    "move_table",
    "rename",
    "rename_object",
    "truncate_table",
]
