"""Whole statements: verbs, versions, privileges, transactions, PL/SQL."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from judge.datatypes import TYPES
from judge.shape import canonical
from judge.tokens import Group, Nodes, find, split
from judge.words import DDL_VERBS, OBJECT_PRIVILEGES, SYSTEM_PRIVILEGE_VERBS, VERBS, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from judge.statement import Statement

# A construct as it reads in canonical text, the first version that knows it, and how older ones answer.
FEATURES: tuple[tuple[re.Pattern[str], int, str], ...] = tuple(
    (re.compile(pattern), since, reason)
    for pattern, since, reason in (
        (r"^(?:CREATE|ALTER|DROP|TRUNCATE)\b.*? IF (?:NOT )?EXISTS\b", 23, "ORA-00933: IF [NOT] EXISTS"),
        (
            r"(?<!MULTISET )\b(?:EXCEPT|MINUS ALL|INTERSECT ALL)\b(?! \()",
            21,
            "ORA-00933: EXCEPT, MINUS ALL, INTERSECT ALL",
        ),
        (r"\bWINDOW \w+ AS \(", 21, "ORA-00933: the WINDOW clause"),
        (r"^CREATE (?:BLOCKCHAIN|IMMUTABLE) TABLE\b", 19, "ORA-00901: blockchain and immutable tables"),
        (r"^CREATE PRIVATE TEMPORARY\b", 18, "ORA-00901: private temporary tables"),
        (r"^CREATE USER .* NO AUTHENTICATION\b", 18, "ORA-00922: schema-only accounts"),
        (r"^ALTER SEQUENCE .* RESTART\b", 18, "ORA-00933: ALTER SEQUENCE RESTART"),
        (r"\bJSON_OBJECT \( \* \)", 19, "ORA-00936: JSON_OBJECT(*)"),
        (r"\bLISTAGG \( DISTINCT\b", 19, "ORA-30482: LISTAGG(DISTINCT)"),
        (r"\bJSON_(?:TRANSFORM|SCALAR) \(", 21, "ORA-00904: JSON_TRANSFORM, JSON_SCALAR"),
        (r"\bANNOTATIONS \(", 23, "ORA-00907: ANNOTATIONS"),
        (r"^GRANT .* ON SCHEMA\b", 23, "ORA-00905: GRANT … ON SCHEMA"),
        (r"^(?:CREATE|DROP|ALTER) DOMAIN\b", 23, "ORA-00901: domains"),
        (r"\bIS (?:NOT )?(?:TRUE|FALSE)\b", 23, "ORA-00908: IS TRUE"),
    )
)
# Refused in every version that this judge knows.
NEVER: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (r"^SET (?!TRANSACTION |CONSTRAINTS? |ROLE )", "ORA-00922: SET TRANSACTION, CONSTRAINTS or ROLE"),
        (r"^SAVEPOINT(?! \S+$)", "ORA-03001: SAVEPOINT takes a name"),
        (r"^ROLLBACK TO(?: SAVEPOINT)?$", "ORA-02181: ROLLBACK TO takes a name"),
        (r"^CALL (?!.*\()", "ORA-06576: CALL takes a procedure and parentheses"),
        (r"^ALTER DATABASE \S+ SET \S+ =", "ORA-01735: ALTER DATABASE … SET"),
        (r"^ALTER SESSION SET .*=.*,", "ORA-00922: settings are separated by blanks"),
        (r"^ALTER SESSION SET \S+ = [A-Z]+ - ", "ORA-00922: a format is a string"),
        (r"\bMATERIALIZED \(", "ORA-00905: WITH … AS MATERIALIZED"),
        (r"^ANALYZE (?!TABLE |INDEX |CLUSTER )|^ANALYZE$", "ORA-03290: ANALYZE TABLE, INDEX or CLUSTER"),
        (r"\bLIKE (?:ANY|ALL|SOME) \(", "ORA-00936: LIKE takes one pattern"),
        (r"/$", "ORA-00933: the slash is SQL*Plus's"),
    )
)


def _verb(statement: Statement) -> str | None:
    if statement.verb in VERBS or statement.is_plsql:
        return None
    return f"ORA-00900: invalid SQL statement {statement.verb}"


def _versions(statement: Statement) -> str | None:
    if statement.is_plsql:
        return None
    text = canonical(statement.tokens)
    for pattern, since, reason in FEATURES:
        if statement.version < since and pattern.search(text):
            return reason
    return next((reason for pattern, reason in NEVER if pattern.search(text)), None)


def _privileges(statement: Statement) -> str | None:
    if statement.verb not in {"GRANT", "REVOKE"}:
        return None
    end = find(statement.nodes, "TO" if statement.verb == "GRANT" else "FROM")
    on = find(statement.nodes, "ON")
    if end < 0:
        return "ORA-00987: a grant without somebody"
    if not 0 < on < end:
        return _first_reason(_system_privilege, split(statement.nodes[1:end], ","))
    if statement.nodes[on + 1].word == "SCHEMA":
        return None
    return _first_reason(_object_privilege, split(statement.nodes[1:on], ","))


def _first_reason(check: Callable[[Nodes], str | None], items: list[Nodes]) -> str | None:
    return next((reason for item in items if item and (reason := check(item)) is not None), None)


def _object_privilege(item: Nodes) -> str | None:
    return (
        None
        if item[0].word in OBJECT_PRIVILEGES
        else f"ORA-00990: {item[0].text} is no privilege on an object"
    )


# Begin system privileges as well: ALTER SESSION, EXECUTE ANY PROCEDURE, …
_BOTH = {"ALL", "ALTER", "DEBUG", "FLASHBACK", "EXECUTE", "INHERIT"}


def _system_privilege(item: Nodes) -> str | None:
    words = [node.word for node in item]
    if len(words) > 1 and words[0] not in SYSTEM_PRIVILEGE_VERBS and not item[1].is_op("."):
        return f"ORA-00990: {words[0]} {words[1]} is no privilege"
    if words[0] in OBJECT_PRIVILEGES - _BOTH and words[1:2] not in (["ANY"], ["REWRITE"], ["VIEW"]):
        return f"ORA-00905: {words[0]} is granted ON an object"
    return None


def _block(statement: Statement) -> str | None:
    """An anonymous block or a stored unit: its end, and no DDL in it."""
    if not statement.is_plsql:
        return None
    tokens = statement.tokens
    query = statement.verb == "WITH"
    if not query and not (tokens[-1].is_op(";") and _ends(statement)):
        return "ORA-06550: the block does not end with END;"
    openers = {"BEGIN", "THEN", "ELSE", "LOOP"}
    for index, (before, token) in enumerate(pairwise(tokens)):
        if not (before.is_op(";") or before.word in openers):
            continue
        if token.is_op(";") and before.word != "LOOP":
            return "ORA-06550: nothing in front of a semicolon"
        end = next((i for i in range(index, len(tokens)) if i > index and tokens[i].is_op(";")), len(tokens))
        if token.word == "SELECT" and not query and not any(t.word == "INTO" for t in tokens[index:end]):
            return "ORA-06550: a SELECT in a block goes INTO something"
        if token.word in DDL_VERBS | {"CALL"} and before.word != "ELSE":
            return f"ORA-06550: {token.word} is no statement of PL/SQL; EXECUTE IMMEDIATE takes it"
    return _declarations(statement)


def _ends(statement: Statement) -> bool:
    tokens = statement.tokens
    if tokens[-2].word == "END":
        return True
    return len(tokens) > 2 and tokens[-3].word == "END" and bool(tokens[-2].name)


_PLSQL_TYPES = words("""
    PLS_INTEGER BINARY_INTEGER SIMPLE_INTEGER NATURAL POSITIVE BOOLEAN STRING SIGNTYPE SYS_REFCURSOR
    EXCEPTION CONSTANT TABLE RECORD CURSOR
""")
_FOREIGN_TYPES = words("""
    TEXT BIGINT TINYINT DATETIME BYTEA SERIAL UUID JSONB TIMESTAMPTZ DOUBLE INT8
""")


def _declarations(statement: Statement) -> str | None:
    known = _PLSQL_TYPES | {pattern[0] for pattern, _, _ in TYPES}
    for part in (
        split(statement.nodes[1 : find(statement.nodes, "BEGIN")], ";") if statement.verb == "DECLARE" else ()
    ):
        if len(part) > 1 and part[1].word in _FOREIGN_TYPES - known and not isinstance(part[1], Group):
            return f"ORA-06550: {part[1].word} is no type"
    return None


RULES = (_verb, _versions, _privileges, _block)
