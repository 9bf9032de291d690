"""DDL: one function a statement, found by the statement's class.

A function gets a :class:`~.context.DdlContext` inside a PostgreSQL transaction of its own, writes
dictionary and tables in it, and returns the row count (AS SELECT) or 0. The session commits before and
after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.engine.ddl import alter, indexes, maintenance, objects, sequences, tables, users
from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dlt_oracle.embedded.engine.ddl.context import DdlContext

_STATEMENTS: Mapping[type[ast.DdlStatement], Callable[[DdlContext, Any], int]] = {
    ast.CreateTable: tables.create_table,
    ast.AlterTable: alter.alter_table,
    ast.DropTable: tables.drop_table,
    ast.TruncateTable: tables.truncate_table,
    ast.Rename: tables.rename,
    ast.Comment: tables.comment,
    ast.PurgeTable: maintenance.purge,
    ast.AnalyzeTable: maintenance.analyze,
    ast.CreateIndex: indexes.create_index,
    ast.AlterIndex: indexes.alter_index,
    ast.DropIndex: indexes.drop_index,
    ast.CreateView: objects.create_view,
    ast.DropView: objects.drop_view,
    ast.CreateSequence: sequences.create_sequence,
    ast.AlterSequence: sequences.alter_sequence,
    ast.DropSequence: sequences.drop_sequence,
    ast.CreateSynonym: objects.create_synonym,
    ast.DropSynonym: objects.drop_synonym,
    ast.CreateUser: users.create_user,
    ast.AlterUser: users.alter_user,
    ast.DropUser: users.drop_user,
    ast.CreateRole: users.create_role,
    ast.DropRole: users.drop_role,
    ast.Grant: users.grant,
    ast.Revoke: users.revoke,
}


def execute(context: DdlContext, statement: ast.DdlStatement) -> int:
    """Run one DDL statement; returns its row count. Raises OracleError and psycopg.Error."""
    perform = _STATEMENTS.get(type(statement))
    if perform is None:
        raise unsupported(type(statement).__name__, statement.position)
    return perform(context, statement)
