"""Constraints that are there: dropped, renamed, enabled, disabled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.engine.ddl import columns as columns_ddl
from dlt_oracle.embedded.engine.ddl import constraints, indexes
from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.catalog.store import StoredColumn, StoredConstraint, StoredTable
    from dlt_oracle.embedded.engine.ddl.context import DdlContext


def modify_nullability(
    context: DdlContext, table: StoredTable, column: StoredColumn, constraint: ast.Constraint
) -> None:
    """MODIFY … NULL | NOT NULL: saying what holds already is ORA-01451 or ORA-01442."""
    if constraint.kind == "NOT NULL":
        if not column.nullable and constraints.not_null_of(context, table, column) is not None:
            raise OracleError(1442, position=constraint.position)
        constraints.add(context, table.object, replace(constraint, columns=(ast.Name(column.name),)))
        return
    existing = constraints.not_null_of(context, table, column)
    if existing is None:
        raise OracleError(1451, position=constraint.position)
    drop_stored(context, existing)


# -------------------------------------------------------------------------------


def named(
    context: DdlContext, table: StoredTable, target: ast.ConstraintTarget, code: int
) -> StoredConstraint:
    """Return the constraint meant, or raise ``code`` (2441 and 2442 for a missing key)."""
    wanted: tuple[int, ...] = ()
    if target.unique:
        wanted = tuple(columns_ddl.find(table, name.text).internal_id for name in target.unique)
    for each in store.load_constraints(context.connection, table.object.object_id):
        if (
            (target.name is not None and each.name == target.name)
            or (target.primary_key and each.type == "P")
            or (wanted and each.type == "U" and each.columns == wanted)
        ):
            return each
    if target.primary_key:
        raise OracleError(2441)
    if target.unique:
        raise OracleError(2442)
    if code in {2430, 2431}:
        raise OracleError(code, target.name or "")
    raise OracleError(code)


def drop(context: DdlContext, table: StoredTable, action: ast.DropConstraint) -> None:
    """DROP CONSTRAINT, PRIMARY KEY or UNIQUE: a referenced key needs CASCADE (ORA-02273)."""
    constraint = named(context, table, action.target, 2443)
    references = [
        key
        for key in store.load_references(context.connection, table.object.object_id)
        if key.referenced_id == constraint.constraint_id
    ]
    if references and not action.cascade:
        raise OracleError(2273)
    for reference in references:
        drop_stored(context, reference)
    drop_stored(context, constraint, keep_index=bool(action.keep_index))


def drop_stored(context: DdlContext, constraint: StoredConstraint, *, keep_index: bool = False) -> None:
    """Drop a constraint nothing depends on, with the index it had made."""
    _release(context, constraint, keep_index=keep_index)
    context.execute("DELETE FROM dict.constraints WHERE constraint_id = %s", constraint.constraint_id)


def _release(context: DdlContext, constraint: StoredConstraint, *, keep_index: bool = False) -> None:
    """Take away what enforces a constraint in PostgreSQL."""
    found = store.object_of_id(context.connection, constraint.object_id)
    if found is None:
        raise LookupError(f"table {constraint.object_id} of a constraint is gone")
    table = context.reload(found)
    by_id = {column.internal_id: column for column in table.columns}
    if constraint.not_null:
        if not _in_primary_key(context, constraint):
            constraints.drop_not_null(context, table, by_id[constraint.columns[0]])
        return
    if constraint.type == "P":
        for internal_id in constraint.columns:
            if constraints.not_null_of(context, table, by_id[internal_id]) is None:
                constraints.drop_not_null(context, table, by_id[internal_id])
    context.execute(f"ALTER TABLE {context.physical(table)} DROP CONSTRAINT IF EXISTS {constraint.sql}")
    if constraint.index_id is not None:
        context.execute(
            "UPDATE dict.constraints SET index_id = NULL WHERE constraint_id = %s", constraint.constraint_id
        )
        if not keep_index:
            indexes.drop_implicit(context, constraint.index_id)


def _in_primary_key(context: DdlContext, constraint: StoredConstraint) -> bool:
    return any(
        each.type == "P" and each.enabled and constraint.columns[0] in each.columns
        for each in store.load_constraints(context.connection, constraint.object_id)
    )


def rename(context: DdlContext, table: StoredTable, action: ast.RenameConstraint) -> None:
    """RENAME CONSTRAINT: ORA-23292 for an unknown one, ORA-02264 for a taken name."""
    constraint = named(context, table, ast.ConstraintTarget(name=action.old.text), 23292)
    owner = table.object.owner
    if context.value("SELECT 1 FROM dict.constraints WHERE owner = %s AND name = %s", owner, action.new.text):
        raise OracleError(2264)
    context.execute(
        "UPDATE dict.constraints SET name = %s, generated = false WHERE constraint_id = %s",
        *(action.new.text, constraint.constraint_id),
    )


def modify(context: DdlContext, table: StoredTable, action: ast.ModifyConstraint) -> None:
    """ENABLE or DISABLE a constraint, keep RELY."""
    wanted = action.state.enabled
    constraint = named(context, table, action.target, 2431 if wanted is False else 2430)
    if action.state.rely is not None:
        context.execute(
            "UPDATE dict.constraints SET rely = %s WHERE constraint_id = %s",
            *(action.state.rely, constraint.constraint_id),
        )
    if wanted is False and constraint.enabled:
        _disable(context, table, constraint, cascade=action.cascade)
    elif wanted is True and not constraint.enabled:
        _enable(context, table, constraint, validate=action.state.validated is not False)


def _disable(context: DdlContext, table: StoredTable, constraint: StoredConstraint, *, cascade: bool) -> None:
    for reference in store.load_references(context.connection, table.object.object_id):
        if reference.referenced_id == constraint.constraint_id and reference.enabled:
            if not cascade:
                raise OracleError(2297, f"{constraint.owner}.{constraint.name}")
            _disable(context, table, reference, cascade=False)
    _release(context, constraint)
    context.execute(
        "UPDATE dict.constraints SET enabled = false, validated = false WHERE constraint_id = %s",
        constraint.constraint_id,
    )


def _enable(context: DdlContext, table: StoredTable, constraint: StoredConstraint, *, validate: bool) -> None:
    by_id = {column.internal_id: column for column in table.columns}
    keys = [by_id[internal_id] for internal_id in constraint.columns]
    if constraint.not_null:
        constraints.set_not_null(context, table, keys[:1])
    elif constraint.type in "PU":
        constraints.enforce_key(
            context, table, constraint.constraint_id, None, primary=constraint.type == "P"
        )
    elif constraint.type == "R":
        _enable_foreign_key(context, table, constraint, keys, validate=validate)
    else:
        condition = context.condition(constraint.condition or "", table.object)
        constraints.enforce_check(context, table, constraint.constraint_id, condition, validate=validate)
    context.execute(
        "UPDATE dict.constraints SET enabled = true, validated = %s WHERE constraint_id = %s",
        *(validate, constraint.constraint_id),
    )


def _enable_foreign_key(
    context: DdlContext,
    table: StoredTable,
    constraint: StoredConstraint,
    keys: Sequence[StoredColumn],
    *,
    validate: bool,
) -> None:
    referenced = store.constraint_of_id(context.connection, constraint.referenced_id or 0)
    found = store.object_of_id(context.connection, referenced.object_id) if referenced else None
    if referenced is None or found is None:
        raise OracleError(2270)
    parent = context.reload(found)
    by_id = {column.internal_id: column for column in parent.columns}
    targets = [by_id[internal_id] for internal_id in referenced.columns]
    constraints.enforce_foreign_key(
        context, table, constraint.constraint_id, parent, (keys, targets), validate=validate
    )


def check_column_drop(
    context: DdlContext, table: StoredTable, dropped: Sequence[StoredColumn], *, cascade: bool
) -> None:
    """Drop the constraints of columns that go; one shared with a column that stays needs CASCADE."""
    going = {column.internal_id for column in dropped}
    references = store.load_references(context.connection, table.object.object_id)
    for constraint in store.load_constraints(context.connection, table.object.object_id):
        if not going & set(constraint.columns):
            continue
        depending = [key for key in references if key.referenced_id == constraint.constraint_id]
        if depending and not cascade:
            raise OracleError(12992)
        if not set(constraint.columns) <= going and not cascade:
            raise OracleError(12991)
        for reference in depending:
            drop_stored(context, reference)
        drop_stored(context, constraint)
