"""ALTER TABLE: its actions, in the order written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.engine.ddl import (
    columns,
    constraint_states,
    constraints,
    indexes,
    new_columns,
    partitions,
    tables,
)
from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.catalog.store import StoredTable
    from dlt_oracle.embedded.engine.ddl.context import DdlContext


def alter_table(context: DdlContext, statement: ast.AlterTable) -> int:
    """ALTER TABLE: needs ownership, ALTER on the table or ALTER ANY TABLE."""
    try:
        table = context.table(statement.name)
    except OracleError:
        if statement.if_exists:
            return 0
        raise
    context.privileges.require_on("ALTER", table.object, statement.name.position)
    context.lock(table)
    for action in statement.actions:
        perform = _ACTIONS.get(type(action))
        if perform is None:
            raise unsupported(f"ALTER TABLE … {type(action).__name__}", action.position)
        perform(context, context.reload(table.object), action)
    context.changed(table)
    return 0


def _add(context: DdlContext, table: StoredTable, action: ast.AddColumns) -> None:
    for definition in action.columns:
        required = any(each.kind in {"NOT NULL", "PRIMARY KEY"} for each in definition.constraints)
        has_value = definition.default is not None or definition.identity is not None
        if required and not has_value and definition.virtual is None and context.has_rows(table):
            raise OracleError(1758, position=definition.position)
    new_columns.add(context, table.object, action.columns)
    constraints.add_all(context, table.object, action.columns, action.constraints)


def _modify(context: DdlContext, table: StoredTable, action: ast.ModifyColumns) -> None:
    for change in action.columns:
        columns.modify(context, context.reload(table.object), change)
        for constraint in change.constraints:
            current = context.reload(table.object)
            column = columns.find(current, change.name)
            if constraint.kind in {"NULL", "NOT NULL"}:
                constraint_states.modify_nullability(context, current, column, constraint)
            else:
                constraints.add(context, table.object, constraint)


def _drop_columns(context: DdlContext, table: StoredTable, action: ast.DropColumns) -> None:
    going = [columns.find(table, name.text, name.position) for name in action.columns]
    if len(going) >= len(table.columns):
        raise OracleError(12983)
    partitions.check_column_drop(context, table, going)
    for column in going:
        columns.check_virtual(context, table, column, 54031)
    constraint_states.check_column_drop(context, table, going, cascade=action.cascade_constraints)
    indexes.drop_over(context, table, going)
    for column in going:
        columns.drop_column(context, table, column, unused=action.set_unused)


def _drop_unused(context: DdlContext, table: StoredTable, _action: ast.DropUnusedColumns) -> None:
    context.execute("DELETE FROM dict.columns WHERE object_id = %s AND unused", table.object.object_id)


def _rename_table(context: DdlContext, table: StoredTable, action: ast.RenameTable) -> None:
    tables.rename_object(context, table.object, action.new.text)


def _change_properties(context: DdlContext, table: StoredTable, action: ast.ChangeProperties) -> None:
    tables.change_properties(context, table, action.properties)


def _shrink(context: DdlContext, table: StoredTable, _action: ast.ShrinkSpace) -> None:
    if (
        context.value("SELECT row_movement FROM dict.tables WHERE object_id = %s", table.object.object_id)
        is not True
    ):
        raise OracleError(10636)


_ACTIONS: dict[type[ast.AlterAction], Callable[[DdlContext, StoredTable, Any], None]] = {
    ast.AddColumns: _add,
    ast.ModifyColumns: _modify,
    ast.DropColumns: _drop_columns,
    ast.DropUnusedColumns: _drop_unused,
    ast.RenameColumn: columns.rename_column,
    ast.RenameTable: _rename_table,
    ast.RenameConstraint: constraint_states.rename,
    ast.DropConstraint: constraint_states.drop,
    ast.ModifyConstraint: constraint_states.modify,
    ast.ChangeProperties: _change_properties,
    ast.MoveTable: tables.move_table,
    ast.ShrinkSpace: _shrink,
    ast.AddPartition: partitions.add,
    ast.DropPartitions: partitions.drop,
    ast.TruncatePartitions: partitions.truncate,
    ast.RenamePartition: partitions.rename,
    ast.ExchangePartition: partitions.exchange,
    ast.SetInterval: partitions.set_interval,
}
