"""Users, roles, quotas; GRANT and REVOKE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.engine.ddl import tables
from dlt_oracle.embedded.engine.passwords import make_verifier
from dlt_oracle.embedded.errors import OracleError, unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.catalog.store import SchemaObject
    from dlt_oracle.embedded.engine.ddl.context import DdlContext
    from dlt_oracle.embedded.sql import ast

ALL_ON_TABLE = ("ALTER", "DELETE", "INDEX", "INSERT", "READ", "REFERENCES", "SELECT", "UPDATE")
ALL_ON_VIEW = ("DELETE", "INSERT", "READ", "REFERENCES", "SELECT", "UPDATE")
ALL_ON_SEQUENCE = ("ALTER", "SELECT")
_ALL = {"TABLE": ALL_ON_TABLE, "VIEW": ALL_ON_VIEW, "SEQUENCE": ALL_ON_SEQUENCE}


# --- users and roles ----------------------------------------------------------------------------------


def create_user(context: DdlContext, statement: ast.CreateUser) -> int:
    """CREATE USER: with a password, or NO AUTHENTICATION for a schema-only account."""
    context.privileges.require("CREATE USER")
    name = statement.name.text
    if _is_grantee(context, name):
        if statement.if_not_exists:
            return 0
        raise OracleError(1920, name)
    context.execute("INSERT INTO dict.users (user_id, username) VALUES (nextval('dict.user_ids'), %s)", name)
    _apply(context, name, statement.options)
    return 0


def alter_user(context: DdlContext, statement: ast.AlterUser) -> int:
    """ALTER USER: everybody may change the own password, nothing else."""
    name = statement.name.text
    options = statement.options
    only_password = options == type(options)(authentication=options.authentication, password=options.password)
    if name != context.user or not only_password:
        context.privileges.require("ALTER USER")
    _require_user(context, name)
    _apply(context, name, options)
    return 0


def _apply(context: DdlContext, name: str, options: ast.UserOptions) -> None:
    if options.authentication in {"EXTERNALLY", "GLOBALLY"}:
        raise unsupported(f"IDENTIFIED {options.authentication}", options.position)
    changes: dict[str, object] = {}
    if options.authentication == "PASSWORD" and options.password is not None:
        verifier = make_verifier(options.password)
        changes["salt"], changes["password_hash"] = verifier.salt, verifier.password_hash
    elif options.authentication == "NO AUTHENTICATION":
        changes["salt"], changes["password_hash"] = None, None
    if options.default_tablespace is not None:
        changes["default_tablespace"] = tables.check_tablespace(context, options.default_tablespace, name)
    if options.temporary_tablespace is not None:
        changes["temporary_tablespace"] = tables.check_tablespace(context, options.temporary_tablespace, name)
    if options.locked is not None:
        changes["locked"] = options.locked
    if options.password_expired:
        raise unsupported("PASSWORD EXPIRE", options.position)
    for column, value in changes.items():
        context.execute(f"UPDATE dict.users SET {column} = %s WHERE username = %s", value, name)
    for quota in options.quotas:
        _set_quota(context, name, quota)


def _set_quota(context: DdlContext, name: str, quota: ast.Quota) -> None:
    tables.check_tablespace(context, quota.tablespace, name)
    key = (name, quota.tablespace)
    context.execute("DELETE FROM dict.quotas WHERE username = %s AND tablespace = %s", *key)
    if quota.size != 0:
        size = -1 if quota.size is None else quota.size
        context.execute("INSERT INTO dict.quotas VALUES (%s, %s, %s)", *key, size)


def drop_user(context: DdlContext, statement: ast.DropUser) -> int:
    """DROP USER: objects need CASCADE (ORA-01922); a connected user stays (ORA-01940, by the session)."""
    context.privileges.require("DROP USER")
    name = statement.name.text
    if statement.if_exists and not _is_user(context, name):
        return 0
    _require_user(context, name)
    if context.value("SELECT oracle_maintained FROM dict.users WHERE username = %s", name):
        raise OracleError(28050)
    owned = context.execute("SELECT object_id FROM dict.objects WHERE owner = %s", name)
    if owned and not statement.cascade:
        raise OracleError(1922, name)
    _drop_objects(context, name)
    for relation in ("sys_privs", "role_privs", "tab_privs"):
        context.execute(f"DELETE FROM dict.{relation} WHERE grantee = %s", name)
    context.execute("DELETE FROM dict.users WHERE username = %s", name)
    return 0


def _drop_objects(context: DdlContext, owner: str) -> None:
    for object_id, kind in context.execute(
        "SELECT object_id, type FROM dict.objects WHERE owner = %s ORDER BY type = 'TABLE' DESC", owner
    ):
        found = store.object_of_id(context.connection, object_id)
        if found is None:
            continue  # went with its table
        if kind == "TABLE":
            table = context.reload(found)
            context.lock(table)
            tables.drop_stored_table(context, table, cascade_constraints=True)
            continue
        if kind == "SEQUENCE":
            context.execute(f"DROP SEQUENCE data.s{object_id}")
        elif kind == "INDEX":
            context.execute(f"DROP INDEX data.i{object_id}")
        context.execute("DELETE FROM dict.objects WHERE object_id = %s", object_id)


def create_role(context: DdlContext, statement: ast.CreateRole) -> int:
    """CREATE ROLE; its creator gets it WITH ADMIN OPTION."""
    context.privileges.require("CREATE ROLE")
    name = statement.name.text
    if _is_grantee(context, name):
        if statement.if_not_exists:
            return 0
        raise OracleError(1921, name)
    context.execute("INSERT INTO dict.roles VALUES (%s, nextval('dict.user_ids'))", name)
    context.execute("INSERT INTO dict.role_privs VALUES (%s, %s, true)", context.user, name)
    return 0


def drop_role(context: DdlContext, statement: ast.DropRole) -> int:
    """DROP ROLE."""
    name = statement.name.text
    if not _is_role(context, name):
        if statement.if_exists:
            return 0
        raise OracleError(1919, name)
    if not _administers(context, name):
        context.privileges.require("DROP ANY ROLE")
    for relation in ("sys_privs", "role_privs", "tab_privs"):
        context.execute(f"DELETE FROM dict.{relation} WHERE grantee = %s", name)
    context.execute("DELETE FROM dict.roles WHERE role = %s", name)
    return 0


def _is_user(context: DdlContext, name: str) -> bool:
    return context.value("SELECT 1 FROM dict.users WHERE username = %s", name) is not None


def _is_role(context: DdlContext, name: str) -> bool:
    return context.value("SELECT 1 FROM dict.roles WHERE role = %s", name) is not None


def _is_grantee(context: DdlContext, name: str) -> bool:
    return name == "PUBLIC" or _is_user(context, name) or _is_role(context, name)


def _require_user(context: DdlContext, name: str) -> None:
    if not _is_user(context, name):
        raise OracleError(1918, name)


# --- GRANT and REVOKE ------------------------------------------------------------------------------------


def grant(context: DdlContext, statement: ast.Grant) -> int:
    """GRANT system privileges and roles, or object privileges ON an object."""
    _refuse_rest(statement)
    for grantee in statement.grantees:
        if not _is_grantee(context, grantee.text):
            raise OracleError(1917, grantee.text)
    if statement.on is not None:
        _grant_on_object(context, statement, statement.on)
        return 0
    for privilege in statement.privileges:
        give = _grant_role if privilege.role else _grant_system
        for grantee in statement.grantees:
            give(context, privilege.name, grantee.text, admin=statement.with_option)
    return 0


def _refuse_rest(statement: ast.Grant | ast.Revoke) -> None:
    if statement.on_directory or statement.on_schema is not None:
        raise unsupported("privileges ON DIRECTORY and ON SCHEMA", statement.position)
    if any(privilege.columns for privilege in statement.privileges):
        raise unsupported("privileges on columns", statement.position)


def _grant_system(context: DdlContext, privilege: str, grantee: str, *, admin: bool) -> None:
    names = _system_privileges(context, privilege)
    if not context.privileges.has("GRANT ANY PRIVILEGE"):
        for name in names:
            if not context.value(
                "SELECT 1 FROM dict.sys_privs WHERE grantee = ANY(%s) AND privilege = %s AND admin_option",
                *(list(context.privileges.grantees), name),
            ):
                raise OracleError(1031)
    for name in names:
        context.execute(
            "INSERT INTO dict.sys_privs VALUES (%s, %s, %s) ON CONFLICT (grantee, privilege)"
            " DO UPDATE SET admin_option = dict.sys_privs.admin_option OR excluded.admin_option",
            *(grantee, name, admin),
        )


def _system_privileges(context: DdlContext, privilege: str) -> list[str]:
    if privilege not in {"ALL PRIVILEGES", "ALL"}:
        return [privilege]
    rows = context.execute(
        "SELECT privilege FROM dict.sys_privs WHERE grantee = 'DBA' AND privilege <> 'SELECT ANY DICTIONARY'"
    )
    return [name for (name,) in rows]


def _grant_role(context: DdlContext, role: str, grantee: str, *, admin: bool) -> None:
    if not _is_role(context, role):
        raise OracleError(1919, role)
    if not (context.privileges.has("GRANT ANY ROLE") or _administers(context, role)):
        raise OracleError(1932, role)
    if grantee == role or context.value(
        "WITH RECURSIVE held (name) AS (SELECT %s UNION SELECT g.role FROM dict.role_privs AS g"
        " JOIN held ON g.grantee = held.name) SELECT 1 FROM held WHERE name = %s",
        *(role, grantee),
    ):
        raise OracleError(1934)
    context.execute(
        "INSERT INTO dict.role_privs VALUES (%s, %s, %s) ON CONFLICT (grantee, role)"
        " DO UPDATE SET admin_option = dict.role_privs.admin_option OR excluded.admin_option",
        *(grantee, role, admin),
    )


def _administers(context: DdlContext, role: str) -> bool:
    return (
        context.value(
            "SELECT 1 FROM dict.role_privs WHERE grantee = ANY(%s) AND role = %s AND admin_option",
            *(list(context.privileges.grantees), role),
        )
        is not None
    )


def _grant_on_object(context: DdlContext, statement: ast.Grant, name: ast.QualifiedName) -> None:
    found = context.find(name, "TABLE", "VIEW", "SEQUENCE")
    _require_grantor(context, found, [privilege.name for privilege in statement.privileges])
    for privilege in _object_privileges(found, statement.privileges):
        for grantee in statement.grantees:
            context.execute(
                "INSERT INTO dict.tab_privs VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT (grantee, object_id, privilege)"
                " DO UPDATE SET grantable = dict.tab_privs.grantable OR excluded.grantable",
                *(grantee.text, found.object_id, privilege, context.user, statement.with_option),
            )


def _require_grantor(context: DdlContext, found: SchemaObject, privileges: Sequence[str]) -> None:
    if found.owner == context.user or context.privileges.has("GRANT ANY OBJECT PRIVILEGE"):
        return
    grantable = {
        privilege
        for (privilege,) in context.execute(
            "SELECT privilege FROM dict.tab_privs WHERE object_id = %s AND grantee = ANY(%s) AND grantable",
            *(found.object_id, list(context.privileges.grantees)),
        )
    }
    if not set(privileges) <= grantable:
        raise OracleError(1031)


def _object_privileges(found: SchemaObject, written: Sequence[ast.Privilege]) -> list[str]:
    possible = _ALL[found.type]
    names: list[str] = []
    for privilege in written:
        if privilege.name in {"ALL", "ALL PRIVILEGES"}:
            names += possible
        elif privilege.name in possible:
            names.append(privilege.name)
        else:
            raise OracleError(2224)
    return list(dict.fromkeys(names))


def revoke(context: DdlContext, statement: ast.Revoke) -> int:
    """REVOKE: what was not granted is ORA-01952, 01951 or 01927."""
    _refuse_rest(statement)
    if statement.on is not None:
        _revoke_on_object(context, statement, statement.on)
        return 0
    for privilege in statement.privileges:
        for grantee in statement.grantees:
            if not _is_grantee(context, grantee.text):
                raise OracleError(1917, grantee.text)
            take = _revoke_role if privilege.role else _revoke_system
            take(context, privilege.name, grantee.text)
    return 0


def _revoke_system(context: DdlContext, privilege: str, grantee: str) -> None:
    context.privileges.require("GRANT ANY PRIVILEGE")
    gone = context.execute(
        "DELETE FROM dict.sys_privs WHERE grantee = %s AND privilege = ANY(%s) RETURNING 1",
        *(grantee, _system_privileges(context, privilege)),
    )
    if not gone:
        raise OracleError(1952, grantee)


def _revoke_role(context: DdlContext, role: str, grantee: str) -> None:
    if not (context.privileges.has("GRANT ANY ROLE") or _administers(context, role)):
        raise OracleError(1932, role)
    if not context.execute(
        "DELETE FROM dict.role_privs WHERE grantee = %s AND role = %s RETURNING 1", grantee, role
    ):
        raise OracleError(1951, role, grantee)


def _revoke_on_object(context: DdlContext, statement: ast.Revoke, name: ast.QualifiedName) -> None:
    found = context.find(name, "TABLE", "VIEW", "SEQUENCE")
    names = _object_privileges(found, statement.privileges)
    any_object = found.owner == context.user or context.privileges.has("GRANT ANY OBJECT PRIVILEGE")
    for grantee in statement.grantees:
        gone = context.execute(
            "DELETE FROM dict.tab_privs WHERE grantee = %s AND object_id = %s AND privilege = ANY(%s)"
            " AND (%s OR grantor = %s) RETURNING 1",
            *(grantee.text, found.object_id, names, any_object, context.user),
        )
        if not gone:
            raise OracleError(1927)
