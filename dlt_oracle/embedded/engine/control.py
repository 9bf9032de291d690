"""COMMIT, ROLLBACK, SAVEPOINT, SET TRANSACTION, ALTER SESSION, LOCK TABLE and SET ROLE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.engine.errors import Context
from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dlt_oracle.embedded.engine.session import EngineSession

NOWAIT_MILLISECONDS = 300  # PostgreSQL needs a moment to call off an autovacuum that holds a weak lock
_LOCK_MODES = {
    "ROW SHARE": "ROW SHARE",
    "SHARE UPDATE": "ROW SHARE",
    "ROW EXCLUSIVE": "ROW EXCLUSIVE",
    "SHARE": "SHARE",
    "SHARE ROW EXCLUSIVE": "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE": "EXCLUSIVE",
}
_ACCEPTED_CLAUSES = ("PARALLEL", "COMMIT IN PROCEDURE", "GUARD", "RESUMABLE")


def execute(session: EngineSession, tree: Any) -> None:
    """Run one control statement. Raises OracleError and psycopg.Error."""
    perform = _STATEMENTS.get(type(tree))
    if perform is None:
        raise unsupported(type(tree).__name__, tree.position)
    perform(session, tree)


def _commit(session: EngineSession, _tree: ast.Commit) -> None:
    session.commit()


def _rollback(session: EngineSession, tree: ast.Rollback) -> None:
    if tree.savepoint is None:
        session.rollback()
    else:
        session.transaction.rollback_to(tree.savepoint)


def _savepoint(session: EngineSession, tree: ast.Savepoint) -> None:
    session.transaction.set_savepoint(tree.name)


def _set_transaction(session: EngineSession, tree: ast.SetTransaction) -> None:
    if tree.mode in {"SERIALIZABLE", "READ ONLY"}:
        session.transaction.set_isolation(
            serializable=tree.mode == "SERIALIZABLE", read_only=tree.mode == "READ ONLY"
        )
    elif session.transaction.open:
        raise OracleError(1453)


def _alter_session(session: EngineSession, tree: ast.AlterSession) -> None:
    if tree.clause is not None:
        if not any(word in tree.clause for word in _ACCEPTED_CLAUSES):
            raise unsupported(f"ALTER SESSION {tree.clause}", tree.position)
        return
    for parameter in tree.parameters:
        if parameter.name == "ISOLATION_LEVEL":
            session.transaction.set_session_isolation(serializable=parameter.value.upper() == "SERIALIZABLE")
        else:
            session.settings.alter(parameter.name, parameter.value)


def _lock_table(session: EngineSession, tree: ast.LockTable) -> None:
    mode = _LOCK_MODES[tree.mode]
    tables = []
    for target in tree.tables:
        found = session.dictionary.resolve(target.table.owner, target.table.name)
        if found is None or found.type != "TABLE":
            raise OracleError(942, position=target.position)
        session.privileges.require_on("LOCK", found, target.position)
        tables.append(session.cache.table(found))
    connection = session.connection
    with (
        session.errors(Context(session.cache, wait_seconds=tree.wait)),
        session.transaction.statement(),
    ):
        if tree.wait is not None:
            connection.execute(f"SET LOCAL lock_timeout = {tree.wait * 1000 or NOWAIT_MILLISECONDS}")
        for table in tables:
            if not table.object.temporary:
                connection.execute(f"LOCK TABLE {table.sql} IN {mode} MODE")
        if tree.wait is not None:
            connection.execute("SET LOCAL lock_timeout = 0")


def _set_role(session: EngineSession, tree: ast.SetRole) -> None:
    """Every role is enabled always; asking for the ones held, or for all, is true already."""
    missing = [role for role in tree.roles if role not in session.privileges.grantees]
    if missing and not tree.all:
        raise OracleError(1924, missing[0])
    if not tree.all and set(tree.roles) != set(session.privileges.grantees) - {session.user, "PUBLIC"}:
        raise unsupported("SET ROLE that disables roles", tree.position)


def _set_constraints(session: EngineSession, tree: ast.SetConstraints) -> None:
    """Only foreign keys can be deferred here, and PostgreSQL's names are numbers: ALL it is."""
    if tree.names:
        raise unsupported("SET CONSTRAINTS with names", tree.position)
    session.transaction.begin()
    session.connection.execute(f"SET CONSTRAINTS ALL {'DEFERRED' if tree.deferred else 'IMMEDIATE'}")


_STATEMENTS: Mapping[type, Callable[[EngineSession, Any], None]] = {
    ast.Commit: _commit,
    ast.Rollback: _rollback,
    ast.Savepoint: _savepoint,
    ast.SetTransaction: _set_transaction,
    ast.AlterSession: _alter_session,
    ast.LockTable: _lock_table,
    ast.SetRole: _set_role,
    ast.SetConstraints: _set_constraints,
}
