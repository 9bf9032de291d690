"""The gate: Oracle SQL text to a syntax tree, or to the error Oracle answers.

A strict recursive-descent parser of the statements this server knows. What Oracle refuses is refused with
Oracle's code and the position; what Oracle knows and this server does not is ``errors.unsupported`` with its
name. Nothing is skipped. Grammar: *Oracle Database SQL Language Reference 19c*; where 21c and 23ai changed
it, ``version`` decides.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.model import StatementKind
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import dml, objects, sessions, users
from dlt_oracle.embedded.sql.parse.conditions import condition, expression
from dlt_oracle.embedded.sql.parse.create import alter, create, drop, explain
from dlt_oracle.embedded.sql.parse.cursor import Cursor, Rules
from dlt_oracle.embedded.sql.parse.plsql import block_statement
from dlt_oracle.embedded.sql.parse.queries import query, query_tail, select_statement
from dlt_oracle.embedded.sql.parse.values import value

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["parse"]

_RULES = Rules(value, expression, condition, query, query_tail)

_STATEMENTS: dict[str, Callable[[Cursor], ast.Statement]] = {
    "(": select_statement,
    "<<": block_statement,
    "ALTER": alter,
    "ANALYZE": objects.analyze,
    "BEGIN": block_statement,
    "CALL": sessions.call,
    "COMMENT": objects.comment,
    "COMMIT": sessions.commit,
    "CREATE": create,
    "DECLARE": block_statement,
    "DELETE": dml.delete,
    "DROP": drop,
    "EXPLAIN": explain,
    "GRANT": users.grant,
    "INSERT": dml.insert,
    "LOCK": sessions.lock_table,
    "MERGE": dml.merge,
    "PURGE": objects.purge,
    "RENAME": objects.rename,
    "REVOKE": users.revoke,
    "ROLLBACK": sessions.rollback,
    "SAVEPOINT": sessions.savepoint,
    "SELECT": select_statement,
    "SET": sessions.set_statement,
    "TRUNCATE": objects.truncate,
    "UPDATE": dml.update,
    "WITH": select_statement,
}

_UNSUPPORTED = frozenset(["ADMINISTER", "ASSOCIATE", "AUDIT", "DISASSOCIATE", "FLASHBACK", "NOAUDIT"])

# What stands behind the end of a statement is ORA-00933 but for these.
_TRAILING_CODES: dict[type[ast.Statement], int] = {ast.CreateTable: 922, ast.CreateIndex: 2158}


def parse(text: str, *, version: str = "19c", max_string_bytes: int = 4000) -> ast.Statement:
    """Parse one statement of Oracle SQL or one anonymous PL/SQL block.

    ``version`` is a release (``19c``, ``21c``, ``23ai``); ``max_string_bytes`` is 4000 or 32767
    (MAX_STRING_SIZE). Raises OracleError with Oracle's code and the offset in ``text``.
    """
    c = Cursor(text, version=_release(version), max_string_bytes=max_string_bytes, rules=_RULES)
    parse_statement = _STATEMENTS.get(c.key)
    if parse_statement is None:
        if c.key in _UNSUPPORTED:
            raise c.unsupported(f"the statement {c.key}")
        raise c.error(900)
    statement = parse_statement(c)
    if not c.at_end:
        as_query = isinstance(statement, ast.CreateTable) and statement.query is not None
        raise c.error(933 if as_query else _TRAILING_CODES.get(type(statement), 933))
    if c.binds and statement.kind is StatementKind.DDL:
        raise c.error(1027, position=statement.position)
    return replace(statement, binds=tuple(c.binds), out_binds=frozenset(c.out_binds))


def _release(version: str) -> int:
    match = re.match(r"\d+", version)
    if match is None:
        message = f"not a release of Oracle: {version!r}"
        raise ValueError(message)
    return int(match.group())
