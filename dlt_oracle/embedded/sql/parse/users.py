"""Users, roles, GRANT and REVOKE."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse.properties import size
from dlt_oracle.embedded.sql.parse.tables import if_exists, if_not_exists
from dlt_oracle.embedded.sql.privileges import COLUMN_PRIVILEGES, OBJECT_PRIVILEGES, SYSTEM_PRIVILEGES
from dlt_oracle.embedded.sql.scan import QUOTED, WORD
from dlt_oracle.embedded.sql.words import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor


# --- users and roles ----------------------------------------------------------------------------


def create_user(c: Cursor, start: int) -> ast.CreateUser:
    """Parse CREATE USER behind its word USER: how the user is known comes first."""
    optional = if_not_exists(c)
    name = c.name_node(1935)
    if c.key not in ("IDENTIFIED", "NO"):
        raise c.error(922)
    return ast.CreateUser(name, _options(c, altering=False), optional, position=start)


def alter_user(c: Cursor, start: int) -> ast.AlterUser:
    """Parse ALTER USER behind its word USER."""
    optional = if_exists(c)
    name = c.name_node(1935)
    if c.key in ("GRANT", "REVOKE") and c.peek() == "CONNECT":
        raise c.unsupported("proxy users")
    options = _options(c, altering=True)
    if options == ast.UserOptions():
        raise c.error(922)
    return ast.AlterUser(name, options, optional, position=start)


def _options(c: Cursor, *, altering: bool) -> ast.UserOptions:
    start = c.start
    options: dict[str, Any] = {}
    quotas: list[ast.Quota] = []
    while not c.at_end:
        position = c.start
        if c.accept("QUOTA"):
            quotas.append(_quota(c, position))
            continue
        for field, value in _option(c, altering=altering).items():
            if field in options:
                raise c.error(922, position=position)
            options[field] = value
    return ast.UserOptions(quotas=tuple(quotas), **options, position=start)


def _option(c: Cursor, *, altering: bool) -> dict[str, Any]:
    if c.accept("IDENTIFIED"):
        return _identified(c, altering=altering)
    if c.accept("CONTAINER"):
        _container_value(c)
        return {}
    if altering and c.accept("DEFAULT", "ROLE"):
        return {"default_roles": _role_list(c)}
    for spelling, parse in _OPTIONS.items():
        if c.accept(*spelling):
            return parse(c)
    if c.key in ("ENABLE", "LOCAL") or c.at_keys("DEFAULT", "COLLATION"):
        raise c.unsupported(f"the {c.key} clause of a user")
    raise c.error(922)


def _expire(c: Cursor) -> dict[str, Any]:
    c.expect("EXPIRE", 922)
    return {"password_expired": True}


_OPTIONS: dict[tuple[str, ...], Callable[[Cursor], dict[str, Any]]] = {
    ("ACCOUNT",): lambda c: {"locked": c.expect_any(("LOCK", "UNLOCK"), 922) == "LOCK"},
    ("DEFAULT", "TABLESPACE"): lambda c: {"default_tablespace": c.name(2155)},
    ("NO", "AUTHENTICATION"): lambda _: {"authentication": "NO AUTHENTICATION"},
    ("PASSWORD",): _expire,
    ("PROFILE",): lambda c: {"profile": "DEFAULT" if c.accept("DEFAULT") else c.name(922)},
    ("TEMPORARY", "TABLESPACE"): lambda c: {"temporary_tablespace": c.name(2155)},
}


def _identified(c: Cursor, *, altering: bool) -> dict[str, Any]:
    if c.accept_any("EXTERNALLY", "GLOBALLY"):
        raise c.unsupported("users known by something else than a password")
    c.expect("BY", 1935 if c.at_end else 924)
    if c.key == "VALUES":
        raise c.unsupported("IDENTIFIED BY VALUES")
    found = {"authentication": "PASSWORD", "password": _password(c)}
    if altering and c.accept("REPLACE"):
        _password(c)
    return found


def _password(c: Cursor) -> str:
    """Take a password: a name, in the case it is written in, and never in a message."""
    token = c.token
    if token.kind not in (WORD, QUOTED) or token.key in RESERVED:
        raise c.error(988)
    c.advance()
    return token.value if token.kind == QUOTED else c.text[token.start : token.end]


def _quota(c: Cursor, start: int) -> ast.Quota:
    limit = None if c.accept("UNLIMITED") else size(c, 2187)
    c.expect("ON", 969)
    return ast.Quota(c.name(2155), limit, position=start)


def _role_list(c: Cursor) -> tuple[str, ...]:
    if c.accept("NONE"):
        return ("NONE",)
    words: list[str] = []
    if c.accept("ALL"):
        words.append("ALL")
        if not c.accept("EXCEPT"):
            return ("ALL",)
        words.append("EXCEPT")
    words.extend(_role(c) for _ in c.comma_list())
    return tuple(words)


def _role(c: Cursor) -> str:
    """Take the name of a role; RESOURCE is one although the word is reserved."""
    return c.advance().value if c.key == "RESOURCE" else c.name(1937)


def create_role(c: Cursor, start: int) -> ast.CreateRole:
    """Parse CREATE ROLE behind its word ROLE."""
    optional = if_not_exists(c)
    name = c.name_node(1935)
    if c.accept("NOT"):
        c.keyword("IDENTIFIED")
    elif c.key == "IDENTIFIED":
        raise c.unsupported("roles with a password")
    _container(c)
    return ast.CreateRole(name, optional, position=start)


# --- GRANT and REVOKE ---------------------------------------------------------------------------


def grant(c: Cursor) -> ast.Grant:
    """Parse GRANT."""
    start = c.advance().start
    spelled = _privilege_list(c)
    on, directory, schema = _object(c)
    privileges = _classify(c, spelled, on_object=on is not None, on_schema=schema is not None)
    c.keyword("TO")
    grantees = tuple([_grantee(c) for _ in c.comma_list()])
    passwords = []
    if c.accept("IDENTIFIED"):
        c.keyword("BY")
        passwords = [_password(c) for _ in c.comma_list()]
    option = False
    if c.accept("WITH"):
        words = ("GRANT",) if on is not None else ("ADMIN", "DELEGATE")
        if c.key == "HIERARCHY":
            raise c.unsupported("WITH HIERARCHY OPTION")
        c.expect_any(words, 905)
        c.keyword("OPTION")
        option = True
    _container(c)
    return ast.Grant(privileges, grantees, on, directory, schema, option, tuple(passwords), position=start)


def revoke(c: Cursor) -> ast.Revoke:
    """Parse REVOKE."""
    start = c.advance().start
    spelled = _privilege_list(c)
    on, directory, schema = _object(c)
    privileges = _classify(c, spelled, on_object=on is not None, on_schema=schema is not None)
    c.keyword("FROM")
    grantees = tuple([_grantee(c) for _ in c.comma_list()])
    cascade = False
    if on is not None:
        if c.accept("CASCADE"):
            c.keyword("CONSTRAINTS")
            cascade = True
        c.accept("FORCE")
    _container(c)
    return ast.Revoke(privileges, grantees, on, directory, schema, cascade, position=start)


def _container(c: Cursor) -> None:
    if c.accept("CONTAINER"):
        _container_value(c)


def _container_value(c: Cursor) -> None:
    c.expect("=", 922)
    if c.expect_any(("CURRENT", "ALL"), 922) == "ALL":
        raise c.unsupported("CONTAINER = ALL")


def _privilege_list(c: Cursor) -> list[ast.Privilege]:
    return [_privilege(c) for _ in c.comma_list()]


def _privilege(c: Cursor) -> ast.Privilege:
    """Take the words of a privilege or the name of a role, not yet told apart."""
    start = c.start
    if c.token.kind == QUOTED:
        return ast.Privilege(c.advance().value, role=True, position=start)
    words = []
    if c.at_keys("ON", "COMMIT", "REFRESH"):
        words = [c.advance().key for _ in range(3)]
    while c.token.kind == WORD and c.key not in ("ON", "TO", "FROM"):
        words.append(c.advance().key)
    if not words:
        raise c.error(990)
    columns: tuple[ast.Name, ...] = ()
    if c.key == "(":
        if words[0] not in COLUMN_PRIVILEGES:
            raise c.error(969)
        columns = c.name_list()
    return ast.Privilege(" ".join(words), columns, position=start)


def _object(c: Cursor) -> tuple[ast.QualifiedName | None, bool, ast.Name | None]:
    """Parse ``ON object`` if it is there: the object, whether it is a directory, the schema."""
    if not c.accept("ON"):
        return None, False, None
    if c.key in ("USER", "EDITION", "JAVA", "MINING", "SQL") and c.peek() != "TO":
        raise c.unsupported(f"privileges on {c.key}")
    if c.key == "DIRECTORY" and c.peek_kind() in (WORD, QUOTED):
        c.advance()
        return c.qualified_name(903), True, None
    if c.key == "SCHEMA" and c.since_23 and c.peek() not in ("TO", "FROM"):
        c.advance()
        return None, False, c.name_node(1935)
    return c.qualified_name(903), False, None


def _classify(
    c: Cursor, spelled: list[ast.Privilege], *, on_object: bool, on_schema: bool
) -> tuple[ast.Privilege, ...]:
    """Tell privileges and roles apart; ORA-00990 for what is neither."""
    return tuple([_classified(c, each, on_object=on_object, on_schema=on_schema) for each in spelled])


def _classified(c: Cursor, each: ast.Privilege, *, on_object: bool, on_schema: bool) -> ast.Privilege:
    if each.name == "ALL PRIVILEGES" or (each.name == "ALL" and on_object):
        return replace(each, name="ALL PRIVILEGES")
    if each.name in (OBJECT_PRIVILEGES if on_object else SYSTEM_PRIVILEGES):
        return each
    if on_object and each.name in SYSTEM_PRIVILEGES and c.key not in ("TO", "FROM"):
        raise c.error(905)  # ON SCHEMA name, before 23ai
    if on_object or on_schema or not (each.role or _is_role_name(each.name)):
        raise c.error(990, position=each.position)
    return replace(each, role=True)


def _is_role_name(words: str) -> bool:
    """Whether unquoted words can name a role: one word, no privilege, not reserved but for two."""
    if " " in words or words in OBJECT_PRIVILEGES:
        return False
    return words not in RESERVED or words in ("CONNECT", "RESOURCE")


def _grantee(c: Cursor) -> ast.Name:
    if c.key == "PUBLIC":
        token = c.advance()
        return ast.Name("PUBLIC", position=token.start)
    return c.name_node(987)
