"""Constraints: keys over unique indexes, foreign keys, checks, NOT NULL; their names and states.

A key is a unique index in PostgreSQL and no constraint of its own, because Oracle's index outlives or
precedes the constraint. Foreign keys and checks are PostgreSQL constraints ``k<id>``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.engine.ddl import columns as columns_ddl
from dlt_oracle.embedded.engine.ddl import indexes
from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import LOBS, LONGS, TypeName
from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dlt_oracle.embedded.catalog.store import SchemaObject, StoredColumn, StoredConstraint, StoredTable
    from dlt_oracle.embedded.engine.ddl.context import DdlContext

_TYPE_LETTERS = {"PRIMARY KEY": "P", "UNIQUE": "U", "REFERENCES": "R", "CHECK": "C", "NOT NULL": "C"}
_NO_KEY = LOBS | LONGS | {TypeName.TIMESTAMP_TZ}
_COMPARABLE = {  # foreign key and key must be of one of these groups
    **dict.fromkeys((TypeName.VARCHAR2, TypeName.CHAR), "text"),
    **dict.fromkeys((TypeName.NVARCHAR2, TypeName.NCHAR), "national text"),
    **dict.fromkeys((TypeName.NUMBER, TypeName.FLOAT), "number"),
}
MAX_KEY_COLUMNS = 32


def add_all(
    context: DdlContext,
    found: SchemaObject,
    definitions: Sequence[ast.ColumnDefinition],
    constraints: Sequence[ast.Constraint],
) -> None:
    """Add the in-line constraints of columns, then those out of line; foreign keys after every key."""
    inline = [constraint for definition in definitions for constraint in definition.constraints]
    everything = [constraint for constraint in (*inline, *constraints) if constraint.kind != "NULL"]
    plain = [constraint for constraint in everything if _is_plain_not_null(constraint)]
    if plain:
        _add_not_nulls(context, context.reload(found), plain)
    others = [constraint for constraint in everything if not _is_plain_not_null(constraint)]
    for constraint in sorted(others, key=lambda each: each.kind == "REFERENCES"):
        add(context, found, constraint)
    for definition in definitions:
        if definition.identity is not None or definition.default_on_null:
            _imply_not_null(context, found, definition.name)


def _is_plain_not_null(constraint: ast.Constraint) -> bool:
    """Whether it is a NOT NULL that says nothing else: tables have many of them."""
    return (
        constraint.kind == "NOT NULL"
        and constraint.name is None
        and constraint.state == ast.ConstraintState()
    )


def _add_not_nulls(context: DdlContext, table: StoredTable, constraints: Sequence[ast.Constraint]) -> None:
    """Add many NOT NULLs at once."""
    keys = [columns_ddl.find(table, each.columns[0].text, each.position) for each in constraints]
    set_not_null(context, table, keys)
    context.execute(
        "WITH numbered AS (SELECT nextval('dict.constraint_ids') AS id, c.internal_id, c.name"
        " FROM unnest(%s::integer[]) WITH ORDINALITY AS k (internal_id, position)"
        " JOIN dict.columns AS c ON c.object_id = %s AND c.internal_id = k.internal_id ORDER BY k.position),"
        " made AS (INSERT INTO dict.constraints"
        " (constraint_id, owner, name, type, object_id, condition, not_null, generated)"
        " SELECT id, %s, 'SYS_C' || lpad(id::text, 6, '0'), 'C', %s, '\"' || name || '\" IS NOT NULL',"
        " true, true FROM numbered)"
        " INSERT INTO dict.constraint_columns SELECT id, 1, internal_id FROM numbered",
        *([key.internal_id for key in keys], table.object.object_id, table.object.owner),
        table.object.object_id,
    )


def _imply_not_null(context: DdlContext, found: SchemaObject, column: str) -> None:
    """An identity column, and one with DEFAULT ON NULL, is NOT NULL without saying so."""
    if columns_ddl.find(context.reload(found), column).nullable:
        add(context, found, ast.Constraint("NOT NULL", columns=(ast.Name(column),)))


def add(context: DdlContext, found: SchemaObject, constraint: ast.Constraint) -> None:
    """Add one constraint and, where it needs one, its index."""
    table = context.reload(found)
    if constraint.state.deferrable and constraint.kind != "REFERENCES":
        raise unsupported("a deferrable constraint other than a foreign key", constraint.position)
    keys = tuple(columns_ddl.find(table, name.text, name.position) for name in constraint.columns)
    if len({key.name for key in keys}) < len(keys):
        raise OracleError(957, position=constraint.position)
    _ADDERS[constraint.kind](context, table, constraint, keys)


def _insert(
    context: DdlContext,
    table: StoredTable,
    constraint: ast.Constraint,
    keys: Sequence[StoredColumn],
    **values: object,
) -> int:
    """Write the dictionary's rows; choose SYS_C… for a constraint without a name. Returns the id."""
    constraint_id = int(context.value("SELECT nextval('dict.constraint_ids')"))
    name = constraint.name or f"SYS_C{constraint_id:06d}"
    if context.value(
        "SELECT 1 FROM dict.constraints WHERE owner = %s AND name = %s", table.object.owner, name
    ):
        raise OracleError(2264, position=constraint.position)
    state = constraint.state
    enabled = state.enabled is not False
    row = {
        "constraint_id": constraint_id,
        "owner": table.object.owner,
        "name": name,
        "type": _TYPE_LETTERS[constraint.kind],
        "object_id": table.object.object_id,
        "enabled": enabled,
        "validated": enabled if state.validated is None else state.validated,
        "can_defer": bool(state.deferrable),
        "starts_deferred": bool(state.initially_deferred),
        "rely": bool(state.rely),
        "generated": constraint.name is None,
        **values,
    }
    context.execute(
        f"INSERT INTO dict.constraints ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
        *row.values(),
    )
    for position, key in enumerate(keys, 1):
        context.execute(
            "INSERT INTO dict.constraint_columns VALUES (%s, %s, %s)",
            constraint_id,
            position,
            key.internal_id,
        )
    return constraint_id


def _full_name(context: DdlContext, constraint_id: int) -> str:
    return str(
        context.value(
            "SELECT owner || '.' || name FROM dict.constraints WHERE constraint_id = %s", constraint_id
        )
    )


# --- NOT NULL ---------------------------------------------------------------------------------------------


def _add_not_null(
    context: DdlContext, table: StoredTable, constraint: ast.Constraint, keys: Sequence[StoredColumn]
) -> None:
    (column,) = keys
    _insert(context, table, constraint, keys, condition=f'"{column.name}" IS NOT NULL', not_null=True)
    if constraint.state.enabled is not False:
        set_not_null(context, table, [column])


def set_not_null(context: DdlContext, table: StoredTable, keys: Sequence[StoredColumn]) -> None:
    """Make columns NOT NULL; rows that have none are ORA-02296."""
    commands = ", ".join(f"ALTER COLUMN {key.sql} SET NOT NULL" for key in keys)
    try:
        context.execute(f"ALTER TABLE {context.physical(table)} {commands}")
    except psycopg.errors.NotNullViolation as error:
        raise OracleError(2296, f"{table.object.owner}.") from error  # Oracle leaves the name out too
    context.execute(
        "UPDATE dict.columns SET nullable = false WHERE object_id = %s AND internal_id = ANY(%s)",
        *(table.object.object_id, [key.internal_id for key in keys]),
    )


def drop_not_null(context: DdlContext, table: StoredTable, column: StoredColumn) -> None:
    """Let a column be NULL again."""
    context.execute(f"ALTER TABLE {context.physical(table)} ALTER COLUMN {column.sql} DROP NOT NULL")
    context.execute(
        "UPDATE dict.columns SET nullable = true WHERE object_id = %s AND internal_id = %s",
        *(table.object.object_id, column.internal_id),
    )


def not_null_of(context: DdlContext, table: StoredTable, column: StoredColumn) -> StoredConstraint | None:
    """Return the NOT NULL constraint of a column, or None (a primary key's column may have none)."""
    return next(
        (
            each
            for each in store.load_constraints(context.connection, table.object.object_id)
            if each.not_null and each.columns == (column.internal_id,)
        ),
        None,
    )


# --- PRIMARY KEY and UNIQUE
# -----------------------------------------------------------------------------------


def _add_key(
    context: DdlContext, table: StoredTable, constraint: ast.Constraint, keys: Sequence[StoredColumn]
) -> None:
    primary = constraint.kind == "PRIMARY KEY"
    if len(keys) > MAX_KEY_COLUMNS:
        raise OracleError(2257)
    for key in keys:
        if key.type.name in _NO_KEY:
            raise OracleError(2329, key.type.name.value)
    existing = store.load_constraints(context.connection, table.object.object_id)
    if primary and any(each.type == "P" for each in existing):
        raise OracleError(2260, position=constraint.position)
    columns = tuple(key.internal_id for key in keys)
    if any(each.type in "PU" and each.columns == columns for each in existing):
        raise OracleError(2261, position=constraint.position)
    constraint_id = _insert(context, table, constraint, keys)
    if constraint.state.enabled is False:
        return
    enforce_key(context, table, constraint_id, constraint.state.using_index, primary=primary)


def enforce_key(
    context: DdlContext,
    table: StoredTable,
    constraint_id: int,
    using: ast.UsingIndex | None,
    *,
    primary: bool,
) -> None:
    """Make the key's columns NOT NULL (a primary key's) and find or make its unique index."""
    stored = store.constraint_of_id(context.connection, constraint_id)
    if stored is None:
        raise LookupError(f"constraint {constraint_id} was written a moment ago")
    by_id = {column.internal_id: column for column in table.columns}
    keys = [by_id[internal_id] for internal_id in stored.columns]
    if primary:
        nullable = [key for key in keys if key.nullable]
        if nullable:
            set_not_null(context, table, nullable)
    index_id = _usable_index(context, table, stored, using)
    if index_id is None:
        try:
            index_id = indexes.create_for_key(context, context.reload(table.object), stored.name, keys, using)
        except psycopg.errors.UniqueViolation as error:
            raise OracleError(2437 if primary else 2299, f"{stored.owner}.{stored.name}") from error
    context.execute(
        "UPDATE dict.constraints SET index_id = %s WHERE constraint_id = %s", index_id, constraint_id
    )


def _usable_index(
    context: DdlContext, table: StoredTable, stored: StoredConstraint, using: ast.UsingIndex | None
) -> int | None:
    """Return a unique index that is there on exactly these columns (or the one USING INDEX names)."""
    for index in store.load_indexes(context.connection, table.object.object_id):
        named = using is not None and using.name is not None and using.name.name == index.object.name
        if index.unique and tuple(key[0] for key in index.keys) == stored.columns:
            return index.object.object_id
        if named:
            raise unsupported("USING INDEX of an index that is not unique on the key's columns")
    if using is not None and using.name is not None:
        raise OracleError(1418)
    return None


# --- FOREIGN KEY
# ------------------------------------------------------------------------------------------------


def _add_foreign_key(
    context: DdlContext, table: StoredTable, constraint: ast.Constraint, keys: Sequence[StoredColumn]
) -> None:
    context.expect_permanent(table, "a foreign key")
    if constraint.table is None:
        raise LookupError("a foreign key without a table")
    parent = context.table(constraint.table)
    context.privileges.require_on("REFERENCES", parent.object, constraint.position)
    referenced = _referenced_key(context, parent, constraint)
    by_id = {column.internal_id: column for column in parent.columns}
    targets = [by_id[internal_id] for internal_id in referenced.columns]
    if constraint.references:
        order = {column.name: column for column in targets}
        targets = [order[name.text] for name in constraint.references]
    if len(targets) != len(keys):
        raise OracleError(2256, position=constraint.position)
    for key, target in zip(keys, targets, strict=True):
        if _group(key) != _group(target):
            raise OracleError(2267, position=constraint.position)
    rule = constraint.on_delete or "NO ACTION"
    constraint_id = _insert(
        context, table, constraint, keys, referenced_id=referenced.constraint_id, delete_rule=rule
    )
    if constraint.state.enabled is not False:
        validate = constraint.state.validated is not False
        enforce_foreign_key(context, table, constraint_id, parent, (keys, targets), validate=validate)


def _group(column: StoredColumn) -> object:
    return _COMPARABLE.get(column.type.name, column.type.name)


def _referenced_key(context: DdlContext, parent: StoredTable, constraint: ast.Constraint) -> StoredConstraint:
    """Return the parent's key that is meant, or raise ORA-02270 (ORA-02268: it has no primary key)."""
    candidates = [
        each
        for each in store.load_constraints(context.connection, parent.object.object_id)
        if each.type in "PU" and each.enabled
    ]
    if not constraint.references:
        primary = next((each for each in candidates if each.type == "P"), None)
        if primary is None:
            raise OracleError(2268, position=constraint.position)
        return primary
    wanted = {
        columns_ddl.find(parent, name.text, name.position).internal_id for name in constraint.references
    }
    for candidate in candidates:
        if set(candidate.columns) == wanted:
            return candidate
    raise OracleError(2270, position=constraint.position)


def enforce_foreign_key(
    context: DdlContext,
    table: StoredTable,
    constraint_id: int,
    parent: StoredTable,
    pairs: tuple[Sequence[StoredColumn], Sequence[StoredColumn]],
    *,
    validate: bool,
) -> None:
    """Make PostgreSQL enforce a foreign key; rows without a parent are ORA-02298."""
    rule, deferrable, deferred = context.execute(
        "SELECT delete_rule, can_defer, starts_deferred FROM dict.constraints WHERE constraint_id = %s",
        constraint_id,
    )[0]
    own = ", ".join(key.sql for key in pairs[0])
    theirs = ", ".join(key.sql for key in pairs[1])
    clauses = "" if rule == "NO ACTION" else f" ON DELETE {rule}"
    if deferrable:
        clauses += f" DEFERRABLE INITIALLY {'DEFERRED' if deferred else 'IMMEDIATE'}"
    if not validate:
        clauses += " NOT VALID"
    name = _full_name(context, constraint_id)
    try:
        context.execute(
            f"ALTER TABLE {context.physical(table)} ADD CONSTRAINT k{constraint_id} FOREIGN KEY ({own})"
            f" REFERENCES {context.physical(parent)} ({theirs}){clauses}"
        )
    except psycopg.errors.ForeignKeyViolation as error:
        raise OracleError(2298, name) from error
    except psycopg.errors.InvalidForeignKey as error:
        raise unsupported("a foreign key to a unique key of several columns that may be NULL") from error


# --- CHECK
# ----------------------------------------------------------------------------------------------------


def _add_check(
    context: DdlContext, table: StoredTable, constraint: ast.Constraint, _keys: Sequence[StoredColumn]
) -> None:
    if constraint.check is None:
        raise LookupError("a check constraint without a condition")
    used = _columns_in(table, constraint.check.expression)
    constraint_id = _insert(context, table, constraint, used, condition=constraint.check.text)
    if constraint.state.enabled is not False:
        condition = context.expression(constraint.check.expression, table.object)
        enforce_check(
            context, table, constraint_id, condition, validate=constraint.state.validated is not False
        )


def _columns_in(table: StoredTable, expression: ast.Expression) -> list[StoredColumn]:
    names = {node.parts[-1] for node in ast.walk(expression) if isinstance(node, ast.ColumnRef)}
    return [column for column in table.columns if column.name in names]


def enforce_check(
    context: DdlContext, table: StoredTable, constraint_id: int, condition: str, *, validate: bool
) -> None:
    """Make PostgreSQL enforce a check; rows that violate it are ORA-02293."""
    name = _full_name(context, constraint_id)
    try:
        context.execute(
            f"ALTER TABLE {context.physical(table)} ADD CONSTRAINT k{constraint_id} CHECK ({condition})"
            + ("" if validate else " NOT VALID")
        )
    except psycopg.errors.CheckViolation as error:
        raise OracleError(2293, name) from error


_ADDERS: dict[str, Callable[[DdlContext, StoredTable, ast.Constraint, Sequence[StoredColumn]], None]] = {
    "NOT NULL": _add_not_null,
    "PRIMARY KEY": _add_key,
    "UNIQUE": _add_key,
    "REFERENCES": _add_foreign_key,
    "CHECK": _add_check,
}
