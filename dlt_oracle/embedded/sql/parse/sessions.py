"""Transactions and sessions: COMMIT, SAVEPOINT, SET …, LOCK TABLE, ALTER SESSION, ALTER SYSTEM, CALL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse.sources import partition_ref
from dlt_oracle.embedded.sql.scan import BIND, NUMBER, QUOTED, STRING, WORD
from dlt_oracle.embedded.sql.words import RESERVED, words

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

# --- transactions -------------------------------------------------------------------------------


def commit(c: Cursor) -> ast.Commit:
    """Parse COMMIT."""
    start = c.advance().start
    c.accept("WORK")
    if c.key == "FORCE":
        raise c.unsupported("COMMIT FORCE")
    if c.accept("COMMENT"):
        c.string(2185)
    if c.accept("WRITE"):
        c.accept_any("IMMEDIATE", "BATCH")
        c.accept_any("WAIT", "NOWAIT")
        c.accept_any("IMMEDIATE", "BATCH")
    _end(c, 2185)
    return ast.Commit(position=start)


def rollback(c: Cursor) -> ast.Rollback:
    """Parse ROLLBACK."""
    start = c.advance().start
    c.accept("WORK")
    if c.key == "FORCE":
        raise c.unsupported("ROLLBACK FORCE")
    savepoint = None
    if c.accept("TO"):
        c.accept("SAVEPOINT")
        savepoint = c.name(2181)
    _end(c, 2181)
    return ast.Rollback(savepoint, position=start)


def _end(c: Cursor, code: int) -> None:
    if not c.at_end and c.key != ";":
        raise c.error(code)


def savepoint(c: Cursor) -> ast.Savepoint:
    """Parse SAVEPOINT."""
    start = c.advance().start
    return ast.Savepoint(c.name(933), position=start)


_MODES = {
    ("READ", "ONLY"): "READ ONLY",
    ("READ", "WRITE"): "READ WRITE",
    ("ISOLATION", "LEVEL", "SERIALIZABLE"): "SERIALIZABLE",
    ("ISOLATION", "LEVEL", "READ", "COMMITTED"): "READ COMMITTED",
}


def set_statement(c: Cursor) -> ast.Statement:
    """Parse SET TRANSACTION, SET CONSTRAINTS or SET ROLE."""
    start = c.advance().start
    if c.accept("TRANSACTION"):
        return _set_transaction(c, start)
    if c.accept_any("CONSTRAINT", "CONSTRAINTS"):
        names = () if c.accept("ALL") else tuple([c.qualified_name(2250) for _ in c.comma_list()])
        deferred = c.expect_any(("IMMEDIATE", "DEFERRED"), 905) == "DEFERRED"
        return ast.SetConstraints(names, deferred, position=start)
    if c.accept("ROLE"):
        return _set_role(c, start)
    raise c.error(922)


def _set_transaction(c: Cursor, start: int) -> ast.SetTransaction:
    mode = next((mode for spelling, mode in _MODES.items() if c.accept(*spelling)), None)
    if mode is None and c.key == "ISOLATION":
        raise c.error(2179)
    if c.key == "USE":
        raise c.unsupported("USE ROLLBACK SEGMENT")
    name = c.string(1780) if c.accept("NAME") else None
    if mode is None and name is None:
        raise c.error(900 if c.at_end else 922)
    return ast.SetTransaction(mode, name, position=start)


def _set_role(c: Cursor, start: int) -> ast.SetRole:
    if c.accept("NONE"):
        return ast.SetRole((), position=start)
    every = c.accept("ALL")
    if every and not c.accept("EXCEPT"):
        return ast.SetRole((), all=True, position=start)
    roles = tuple([c.name(1937) for _ in c.comma_list()])
    if c.key == "IDENTIFIED":
        raise c.unsupported("roles with a password")
    return ast.SetRole(roles, every, position=start)


_LOCK_MODES = (
    ("ROW", "SHARE"),
    ("ROW", "EXCLUSIVE"),
    ("SHARE", "UPDATE"),
    ("SHARE", "ROW", "EXCLUSIVE"),
    ("SHARE",),
    ("EXCLUSIVE",),
)


def lock_table(c: Cursor) -> ast.LockTable:
    """Parse LOCK TABLE."""
    start = c.advance().start
    c.keyword("TABLE")
    tables = []
    for _ in c.comma_list():
        position = c.start
        name = c.qualified_name(903)
        tables.append(ast.LockTarget(name, partition_ref(c), position=position))
    c.keyword("IN")
    mode = next((mode for mode in _LOCK_MODES if c.accept(*mode)), None)
    if mode is None:
        raise c.error(1737)
    c.keyword("MODE")
    wait = None
    if c.accept("NOWAIT"):
        wait = 0
    elif c.accept("WAIT"):
        wait = c.integer(30005)
    return ast.LockTable(tuple(tables), " ".join(mode), wait, position=start)


# --- the session --------------------------------------------------------------------------------

# What ALTER SESSION SET knows: *SQL Language Reference 19c*, ALTER SESSION, and the parameters that
# *Database Reference 19c* calls modifiable by it.
SESSION_PARAMETERS = words(
    """
    APPROX_FOR_AGGREGATION APPROX_FOR_COUNT_DISTINCT APPROX_FOR_PERCENTILE ASM_POWER_LIMIT
    COMMIT_LOGGING COMMIT_WAIT COMMIT_WRITE CONSTRAINT CONSTRAINTS CONTAINER CONTAINERS_PARALLEL_DEGREE
    CREATE_STORED_OUTLINES CURRENT_SCHEMA CURSOR_BIND_CAPTURE_DESTINATION CURSOR_INVALIDATION
    CURSOR_SHARING DB_BLOCK_CHECKING DB_CREATE_FILE_DEST DB_FILE_MULTIBLOCK_READ_COUNT
    DB_INDEX_COMPRESSION_INHERITANCE DB_SECUREFILE DDL_LOCK_TIMEOUT DEFAULT_COLLATION DEFAULT_SHARING
    DEFERRED_SEGMENT_CREATION EDITION ENABLE_DDL_LOGGING ERROR_ON_OVERLAP_TIME EVENTS FLAGGER
    GLOBAL_NAMES HASH_AREA_SIZE HEAT_MAP INMEMORY_CLAUSE_DEFAULT INMEMORY_QUERY INSTANCE ISOLATION_LEVEL
    JAVA_JIT_ENABLED LOG_ARCHIVE_MIN_SUCCEED_DEST MAX_DUMP_FILE_SIZE NLS_CALENDAR NLS_COMP NLS_CURRENCY
    NLS_DATE_FORMAT NLS_DATE_LANGUAGE NLS_DUAL_CURRENCY NLS_ISO_CURRENCY NLS_LANGUAGE
    NLS_LENGTH_SEMANTICS NLS_NCHAR_CONV_EXCP NLS_NUMERIC_CHARACTERS NLS_SORT NLS_TERRITORY
    NLS_TIMESTAMP_FORMAT NLS_TIMESTAMP_TZ_FORMAT NLS_TIME_FORMAT NLS_TIME_TZ_FORMAT
    OBJECT_CACHE_MAX_SIZE_PERCENT OBJECT_CACHE_OPTIMAL_SIZE OLAP_PAGE_POOL_SIZE OPTIMIZER_ADAPTIVE_PLANS
    OPTIMIZER_ADAPTIVE_REPORTING_ONLY OPTIMIZER_ADAPTIVE_STATISTICS OPTIMIZER_CAPTURE_SQL_PLAN_BASELINES
    OPTIMIZER_DYNAMIC_SAMPLING OPTIMIZER_FEATURES_ENABLE OPTIMIZER_IGNORE_HINTS
    OPTIMIZER_IGNORE_PARALLEL_HINTS OPTIMIZER_INDEX_CACHING OPTIMIZER_INDEX_COST_ADJ
    OPTIMIZER_INMEMORY_AWARE OPTIMIZER_MODE OPTIMIZER_USE_INVISIBLE_INDEXES
    OPTIMIZER_USE_PENDING_STATISTICS OPTIMIZER_USE_SQL_PLAN_BASELINES PARALLEL_DEGREE_LIMIT
    PARALLEL_DEGREE_POLICY PARALLEL_FORCE_LOCAL PARALLEL_INSTANCE_GROUP PARALLEL_MIN_DEGREE
    PARALLEL_MIN_PERCENT PARALLEL_MIN_TIME_THRESHOLD PDB_LOCKDOWN PLSCOPE_SETTINGS PLSQL_CCFLAGS
    PLSQL_CODE_TYPE PLSQL_DEBUG PLSQL_OPTIMIZE_LEVEL PLSQL_V2_COMPATIBILITY PLSQL_WARNINGS
    PRIVATE_TEMP_TABLE_PREFIX QUERY_REWRITE_ENABLED QUERY_REWRITE_INTEGRITY READ_ONLY RECYCLEBIN
    REMOTE_DEPENDENCIES_MODE RESULT_CACHE_MODE RESULT_CACHE_REMOTE_EXPIRATION RESUMABLE_TIMEOUT
    SESSION_CACHED_CURSORS SKIP_UNUSABLE_INDEXES SMTP_OUT_SERVER SORT_AREA_RETAINED_SIZE SORT_AREA_SIZE
    SPATIAL_VECTOR_ACCELERATION SQLTUNE_CATEGORY SQL_TRACE
    SQL_TRANSLATION_PROFILE STANDBY_MAX_DATA_DELAY
    STAR_TRANSFORMATION_ENABLED STATISTICS_LEVEL SYNC_WITH_PRIMARY TEMP_UNDO_ENABLED TIMED_OS_STATISTICS
    TIMED_STATISTICS TIME_ZONE TRACEFILE_IDENTIFIER USE_PRIVATE_OUTLINES USE_STORED_OUTLINES
    WORKAREA_SIZE_POLICY XML_DB_EVENTS
    """
)

# Reserved words that are values of parameters: NLS_LENGTH_SEMANTICS, RECYCLEBIN, CONSTRAINTS …
_RESERVED_VALUES = frozenset({"ALL", "CHAR", "DEFAULT", "IMMEDIATE", "ON"})

_SWITCHES = ("ENABLE", "DISABLE", "FORCE")
_SWITCHED = (
    ("PARALLEL", "DML"),
    ("PARALLEL", "DDL"),
    ("PARALLEL", "QUERY"),
    ("COMMIT", "IN", "PROCEDURE"),
    ("GUARD",),
    ("RESUMABLE",),
    ("SHARD", "DDL"),
)


def alter_session(c: Cursor, start: int) -> ast.AlterSession:
    """Parse ALTER SESSION behind its word SESSION."""
    if c.accept("SET"):
        return ast.AlterSession(_parameters(c, SESSION_PARAMETERS), position=start)
    switch = c.accept_any(*_SWITCHES)
    if switch is None:
        if c.key in ("ADVISE", "CLOSE", "SYNC"):
            raise c.unsupported(f"ALTER SESSION {c.key}")
        raise c.error(2248)
    switched = next((each for each in _SWITCHED if c.accept(*each)), None)
    if switched is None:
        raise c.error(2248)
    clause = " ".join((switch, *switched))
    if switched[0] == "PARALLEL" and c.accept("PARALLEL"):
        clause += f" PARALLEL {c.integer(2248)}"
    if switched[0] == "RESUMABLE":
        if c.accept("TIMEOUT"):
            c.integer(2248)
        if c.accept("NAME"):
            c.string(2248)
    return ast.AlterSession((), clause, position=start)


def _parameters(c: Cursor, known: frozenset[str] | None) -> tuple[ast.SessionParameter, ...]:
    parameters = []
    while not c.at_end and c.key != "SCOPE":
        start = c.start
        if c.token.kind not in (WORD, QUOTED):
            raise c.error(2248)
        token = c.advance()
        hidden = token.kind == QUOTED and token.value.startswith("_")
        if token.key == "SERVICE" or (token.key in ("EVENTS", "ROW") and c.key != "="):
            raise c.unsupported(f"ALTER SESSION SET {token.key}")
        if known is not None and token.value not in known and not hidden:
            raise c.error(2248, position=start)
        c.expect("=", 927)
        value, quoted = _parameter_value(c)
        parameters.append(ast.SessionParameter(token.value, value, quoted, position=start))
    if not parameters:
        raise c.error(2248)
    return tuple(parameters)


def _parameter_value(c: Cursor) -> tuple[str, bool]:
    """Take a string, a number, or names joined by dots; return it, and whether it was quoted."""
    if c.token.kind == STRING:
        return c.literal(), True
    sign = c.accept_any("-", "+") or ""
    if c.token.kind == NUMBER:
        text = c.advance().value
        if c.token.kind == WORD and c.key in ("K", "M", "G") and c.start == c.last_end:
            text += c.advance().value
        return sign + text, False
    if c.token.kind not in (WORD, QUOTED) or (c.key in RESERVED and c.key not in _RESERVED_VALUES):
        raise c.error(2248)
    if c.accept("READ", "COMMITTED"):
        return "READ COMMITTED", False
    parts = [c.advance().value]
    while c.accept("."):
        parts.append(c.name(922))
    return ".".join(parts), False


def alter_system(c: Cursor, start: int) -> ast.AlterSystem:
    """Parse ALTER SYSTEM behind its word SYSTEM."""
    verb = c.accept_any("KILL", "DISCONNECT")
    if verb is not None:
        c.keyword("SESSION")
        session = c.string(26)
        c.accept("POST_TRANSACTION")
        immediate = c.accept("IMMEDIATE")
        if not immediate:
            c.accept("NOREPLAY")
        return ast.AlterSystem(f"{verb} SESSION", session, immediate, position=start)
    if c.accept("SET"):
        parameters = _parameters(c, None)
        if c.accept("SCOPE"):
            c.expect("=", 927)
            c.expect_any(("BOTH", "MEMORY", "SPFILE"), 2095)
        return ast.AlterSystem("SET", parameters=parameters, position=start)
    if c.accept("FLUSH"):
        what = c.expect_any(("SHARED_POOL", "BUFFER_CACHE"), 2065)
        return ast.AlterSystem(f"FLUSH {what}", position=start)
    if c.accept("CHECKPOINT"):
        c.accept_any("LOCAL", "GLOBAL")
        return ast.AlterSystem("CHECKPOINT", position=start)
    if c.at_name:
        raise c.unsupported(f"ALTER SYSTEM {c.key}")
    raise c.error(2065)


def call(c: Cursor) -> ast.Call:
    """Parse CALL."""
    start = c.advance().start
    if not c.at_name:
        raise c.error(6576)
    node = c.rules.expression(c)
    if not isinstance(node, ast.FunctionCall) or node.bare:
        raise c.error(6576, position=start)
    into = None
    if c.accept("INTO"):
        if c.token.kind != BIND:
            raise c.error(1008)
        into = c.bind()
        c.out_binds.add(into.index)
    return ast.Call(node, into, position=start)
