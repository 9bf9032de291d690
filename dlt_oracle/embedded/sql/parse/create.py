"""Which CREATE, ALTER, DROP or EXPLAIN it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql.parse import dml, objects, sessions, users
from dlt_oracle.embedded.sql.parse.alter import alter_table
from dlt_oracle.embedded.sql.parse.indexes import alter_index, create_index
from dlt_oracle.embedded.sql.parse.queries import select_statement
from dlt_oracle.embedded.sql.parse.tables import create_table
from dlt_oracle.embedded.sql.words import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql import ast
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

# Objects Oracle has and this server has not, by the first word of their kind.
_UNSUPPORTED = words(
    """
    ANALYTIC ATTRIBUTE AUDIT BLOCKCHAIN CLUSTER CONTEXT CONTROLFILE DATABASE DIMENSION DIRECTORY
    DISKGROUP EDITION FLASHBACK FUNCTION HIERARCHY IMMUTABLE INDEXTYPE INMEMORY JAVA LIBRARY LOCKDOWN
    MATERIALIZED MINING OPERATOR OUTLINE PACKAGE PFILE PLUGGABLE PROCEDURE PROFILE RESTORE ROLLBACK
    SEARCH SPFILE TABLESPACE TRIGGER TYPE
    """
)
_SINCE_21 = frozenset(["MULTIVALUE"])
_SINCE_23 = frozenset(["ASSERTION", "DOMAIN", "HYBRID", "MLE", "PROPERTY", "USECASE", "VECTOR", "JSON"])
_ALTER_ONLY = frozenset(["RESOURCE", "ROLE", "SYNONYM", "VIEW"])


def _refuse_known(c: Cursor, verb: str) -> None:
    """Refuse an object that this release of Oracle knows and this server does not."""
    known = (
        c.key in _UNSUPPORTED or (c.since_21 and c.key in _SINCE_21) or (c.since_23 and c.key in _SINCE_23)
    )
    if known:
        raise c.unsupported(f"{verb} {c.key}")


# --- CREATE -------------------------------------------------------------------------------------


def create(c: Cursor) -> ast.Statement:
    """Parse CREATE."""
    start = c.advance().start
    or_replace = c.accept("OR", "REPLACE")
    c.accept_any("EDITIONABLE", "NONEDITIONABLE")
    if c.at_keys("NO", "FORCE"):
        c.accept("NO", "FORCE")
        force = False
    else:
        force = c.accept("FORCE")
    if c.key == "EDITIONING":
        raise c.unsupported("editioning views")
    if c.accept("VIEW"):
        return objects.create_view(c, start, or_replace=or_replace, force=force)
    public = c.key == "PUBLIC" and c.peek() == "SYNONYM"
    if public or c.key == "SYNONYM":
        c.accept("PUBLIC")
        c.advance()
        return objects.create_synonym(c, start, or_replace=or_replace, public=public)
    _refuse_known(c, "CREATE")
    if c.at_keys("PUBLIC", "DATABASE") or c.at_keys("SHARED", "DATABASE"):
        raise c.unsupported("database links")
    parse = _CREATES.get(c.key)
    if force or parse is None:
        raise c.error(901)
    if or_replace:
        raise c.error(922)
    return parse(c, start)


def _table(c: Cursor, start: int) -> ast.Statement:
    c.advance()
    return create_table(c, start, None)


def _temporary_table(c: Cursor, start: int) -> ast.Statement:
    kind = c.advance().key
    c.expect("TEMPORARY", 901)
    c.expect("TABLE", 901)
    return create_table(c, start, kind)


def _index(c: Cursor, start: int) -> ast.Statement:
    kind = c.accept_any("UNIQUE", "BITMAP")
    c.expect("INDEX", 968)
    return create_index(c, start, kind)


def _sequence(c: Cursor, start: int) -> ast.Statement:
    c.advance()
    return objects.create_sequence(c, start)


def _user(c: Cursor, start: int) -> ast.Statement:
    c.advance()
    return users.create_user(c, start)


def _role(c: Cursor, start: int) -> ast.Statement:
    c.advance()
    return users.create_role(c, start)


def _schema(c: Cursor, _: int) -> ast.Statement:
    """Refuse CREATE SCHEMA: only the statement that groups DDL exists in Oracle."""
    c.advance()
    c.expect("AUTHORIZATION", 2420)
    raise c.unsupported("CREATE SCHEMA AUTHORIZATION")


def _distributed(c: Cursor, _: int) -> ast.Statement:
    if c.peek() != "TABLE":
        raise c.error(901)
    raise c.unsupported(f"CREATE {c.key} TABLE")


_CREATES: dict[str, Callable[[Cursor, int], ast.Statement]] = {
    "BITMAP": _index,
    "DUPLICATED": _distributed,
    "GLOBAL": _temporary_table,
    "INDEX": _index,
    "PRIVATE": _temporary_table,
    "ROLE": _role,
    "SCHEMA": _schema,
    "SEQUENCE": _sequence,
    "SHARDED": _distributed,
    "TABLE": _table,
    "UNIQUE": _index,
    "USER": _user,
}


# --- ALTER, DROP, EXPLAIN -----------------------------------------------------------------------

_ALTERS: dict[str, Callable[[Cursor, int], ast.Statement]] = {
    "INDEX": alter_index,
    "SEQUENCE": objects.alter_sequence,
    "SESSION": sessions.alter_session,
    "SYSTEM": sessions.alter_system,
    "TABLE": alter_table,
    "USER": users.alter_user,
}


def alter(c: Cursor) -> ast.Statement:
    """Parse ALTER."""
    start = c.advance().start
    parse = _ALTERS.get(c.key)
    if parse is not None:
        c.advance()
        return parse(c, start)
    _refuse_known(c, "ALTER")
    if c.key in _ALTER_ONLY:
        raise c.unsupported(f"ALTER {c.key}")
    raise c.error(940)


def drop(c: Cursor) -> ast.Statement:
    """Parse DROP."""
    start = c.advance().start
    parse = objects.DROPS.get(c.key)
    if parse is not None:
        c.advance()
        return parse(c, start)
    _refuse_known(c, "DROP")
    raise c.error(950)


_EXPLAINED: dict[str, Callable[[Cursor], ast.Statement]] = {
    "ALTER": alter,
    "CREATE": create,
    "DELETE": dml.delete,
    "INSERT": dml.insert,
    "MERGE": dml.merge,
    "SELECT": select_statement,
    "UPDATE": dml.update,
    "WITH": select_statement,
    "(": select_statement,
}


def explain(c: Cursor) -> ast.Statement:
    """Check EXPLAIN PLAN and the statement in it, then refuse it: there is no plan table here."""
    start = c.advance().start
    c.keyword("PLAN")
    if c.accept("SET"):
        c.keyword("STATEMENT_ID")
        c.expect("=", 927)
        c.string(1780)
    if c.accept("INTO"):
        c.qualified_name(903)
    c.keyword("FOR")
    parse = _EXPLAINED.get(c.key)
    if parse is None:
        raise c.error(905)
    parse(c)
    if not c.at_end:
        raise c.error(933)
    raise c.unsupported("EXPLAIN PLAN", start)
