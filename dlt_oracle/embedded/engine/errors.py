"""From PostgreSQL's SQLSTATE to Oracle's error, with Oracle's names put back in.

PostgreSQL knows numbers only (``t17``, ``c3``, ``i21``, ``k8004``); the dictionary has the names. A
SQLSTATE that is in no table here becomes ORA-03001 with PostgreSQL's text: visible, and never a code that
makes a driver drop its connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.sql.storage import RAISED, raised

if TYPE_CHECKING:
    from dlt_oracle.embedded.catalog.store import SchemaObject
    from dlt_oracle.embedded.engine.dictionary import DictionaryCache


@dataclass(frozen=True)
class Context:
    """What a statement was about, for errors whose text depends on it."""

    cache: DictionaryCache
    action: str = ""  # INSERT, UPDATE, DELETE, MERGE, or "" for anything else
    target: SchemaObject | None = None
    wait_seconds: int | None = None  # a lock was asked for with WAIT n


class StaleStatementError(Exception):
    """The dictionary changed between compiling and running: compile again, once."""


# Undefined table, column, function or index; a cached plan whose result type changed; a wrong object type.
_STALE = frozenset({"42P01", "42703", "0A000", "42704", "42P07"})

Translator = Callable[[psycopg.Error, Context], OracleError]


def is_stale(error: psycopg.Error) -> bool:
    """Whether the error may come from a DDL of another session since the statement was compiled."""
    return error.sqlstate in _STALE


def oracle_error(error: psycopg.Error, context: Context) -> OracleError:
    """Return the Oracle error for one of PostgreSQL's."""
    if error.sqlstate is None:
        return OracleError(3113)
    translate = _BY_STATE.get(error.sqlstate)
    if translate is not None:
        return translate(error, context)
    if error.sqlstate[:2] in _CONNECTION_CLASSES:
        return OracleError(3113)
    return OracleError(3001, detail=f"PostgreSQL answered {error.sqlstate}: {error.diag.message_primary}")


def object_id_of(physical: str | None) -> int | None:
    """Return the number in ``t17``, ``i17`` or ``k17``; None for another name."""
    match = re.fullmatch(r"[tik](\d+)", physical or "")
    return int(match.group(1)) if match else None


def _plain(code: int) -> Translator:
    return lambda _error, _context: OracleError(code)


def _raised(error: psycopg.Error, context: Context) -> OracleError:
    """An error that schema ``ora`` raised: ORA-12899 carries a column's PostgreSQL name."""
    code, arguments = raised(error.diag.message_primary or "", error.diag.message_detail)
    if code == 12899:  # noqa: PLR2004 - ORA codes are their own names
        return OracleError(12899, _column_name(error, context, arguments[0]), *arguments[1:])
    return OracleError(code, *arguments)


def _not_null(error: psycopg.Error, context: Context) -> OracleError:
    code = 1407 if context.action == "UPDATE" else 1400
    return OracleError(code, _column_name(error, context, error.diag.column_name))


def _unique(error: psycopg.Error, context: Context) -> OracleError:
    raced = _MADE_MEANWHILE.get(error.diag.table_name or "")
    if raced is not None and error.diag.schema_name == "dict":
        return OracleError(raced)
    index_id = object_id_of(error.diag.constraint_name)
    name = context.cache.constraint_of_index(index_id) if index_id is not None else None
    return OracleError(1, name or "?")


def _foreign_key(error: psycopg.Error, context: Context) -> OracleError:
    """The same SQLSTATE for both ends; the text says which: the row "is still referenced" at the parent's."""
    code = 2292 if "still referenced" in (error.diag.message_detail or "") else 2291
    return OracleError(code, _constraint_name(error, context))


def _check(error: psycopg.Error, context: Context) -> OracleError:
    if (error.diag.constraint_name or "").startswith("part_"):
        return OracleError(14400)
    return OracleError(2290, _constraint_name(error, context))


def _cardinality(error: psycopg.Error, context: Context) -> OracleError:
    if context.action == "MERGE" and "subquery" not in (error.diag.message_primary or ""):
        return OracleError(30926)
    return OracleError(1427)


def _overflow(error: psycopg.Error, _context: Context) -> OracleError:
    """A value that does not fit its column (it has a detail about precision), or one beyond NUMBER itself."""
    return OracleError(1438 if "precision" in (error.diag.message_detail or "") else 1426)


def _unreadable(error: psycopg.Error, _context: Context) -> OracleError:
    """Text that is no JSON, or no number: PostgreSQL reads nothing else from text."""
    return OracleError(40441 if "type json" in (error.diag.message_primary or "") else 1722)


def _locked(_error: psycopg.Error, context: Context) -> OracleError:
    return OracleError(30006 if context.wait_seconds else 54)


def _column_name(error: psycopg.Error, context: Context, physical: str | None) -> str:
    table_id = object_id_of(error.diag.table_name)
    found = context.cache.object_of_id(table_id) if table_id is not None else context.target
    if found is None or found.type != "TABLE":
        return "?"
    columns = context.cache.table(found).columns
    name = next((column.name for column in columns if column.sql == physical), "?")
    return f'"{found.owner}"."{found.name}"."{name}"'


def _constraint_name(error: psycopg.Error, context: Context) -> str:
    constraint_id = object_id_of(error.diag.constraint_name)
    found = context.cache.constraint(constraint_id) if constraint_id is not None else None
    return f"{found.owner}.{found.name}" if found is not None else "?"


# Another session's DDL was faster: it entered the same name into this table of the dictionary.
_MADE_MEANWHILE: Mapping[str, int] = {"objects": 955, "columns": 1430, "constraints": 2264}
_CONNECTION_CLASSES = frozenset({"08", "57"})

_BY_STATE: Mapping[str, Translator] = {
    RAISED: _raised,
    "23502": _not_null,
    "23503": _foreign_key,
    "23505": _unique,
    "23514": _check,
    "21000": _cardinality,
    "22003": _overflow,
    "22P02": _unreadable,
    "22012": _plain(1476),
    "22008": _plain(1841),  # datetime field overflow
    "22007": _plain(1841),  # invalid datetime format: a year PostgreSQL does not read
    "22015": _plain(1873),  # interval field overflow
    "2200H": _plain(8004),  # sequence limit reached: nextval exceeds its bound
    "55000": _plain(8002),  # currval not yet defined
    "25006": _plain(1456),  # write in a read-only transaction
    "40001": _plain(8177),
    "40P01": _plain(60),
    "42P01": _plain(942),
    "54000": _plain(1450),  # index row too large
    "55P03": _locked,
    "57014": _plain(1013),
    "3B001": _plain(1086),  # invalid savepoint
}
