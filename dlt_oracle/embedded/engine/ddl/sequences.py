"""Sequences, and the ones behind identity columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported

if TYPE_CHECKING:
    from dlt_oracle.embedded.catalog.store import SchemaObject
    from dlt_oracle.embedded.engine.ddl.context import DdlContext
    from dlt_oracle.embedded.sql import ast

MAX_VALUE = 10**28 - 1  # NOMAXVALUE of an ascending sequence
MIN_VALUE = -(10**27 - 1)  # NOMINVALUE of a descending one
_POSTGRES_MAX = 2**63 - 1
_DEFAULT_CACHE = 20


def create_sequence(context: DdlContext, statement: ast.CreateSequence) -> int:
    """CREATE SEQUENCE."""
    owner = context.owner(statement.name)
    context.privileges.require_in(owner, "CREATE SEQUENCE", "CREATE ANY SEQUENCE")
    try:
        context.require_free(owner, statement.name.name)
    except OracleError as error:
        if statement.if_not_exists and error.code == 955:  # noqa: PLR2004 - ORA codes are their own names
            return 0
        raise
    object_id = context.create_object(owner, statement.name.name, "SEQUENCE")
    _create(context, object_id, statement.options)
    return 0


def create_identity(context: DdlContext, table: SchemaObject, options: ast.SequenceOptions) -> int:
    """Create the sequence of an identity column (``ISEQ$$_<table>``) and return its id."""
    object_id = context.create_object(table.owner, f"ISEQ$$_{table.object_id}", "SEQUENCE", generated=True)
    _create(context, object_id, options)
    return object_id


def _create(context: DdlContext, object_id: int, options: ast.SequenceOptions) -> None:
    increment = 1 if options.increment_by is None else options.increment_by
    if increment == 0:
        raise OracleError(4002)
    ascending = increment > 0
    low = options.min_value if options.min_value is not None else (1 if ascending else MIN_VALUE)
    high = options.max_value if options.max_value is not None else (MAX_VALUE if ascending else -1)
    start = options.start_with if options.start_with is not None else (low if ascending else high)
    if low >= high:
        raise OracleError(4004)
    if start < low:
        raise OracleError(4006)
    if start > high:
        raise OracleError(4008)
    cycle = " CYCLE" if options.cycle else ""
    # CACHE 1: PostgreSQL caches per session, Oracle per instance; numbers out of order would surprise.
    context.execute(
        f"CREATE SEQUENCE data.s{object_id} AS bigint INCREMENT {_fit(increment)} MINVALUE {_fit(low)}"
        f" MAXVALUE {_fit(high)} START {_fit(start)}{cycle}"
    )
    context.execute(
        "INSERT INTO dict.sequences"
        " (object_id, min_value, max_value, increment_by, cycle, ordered, cache_size)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        *(object_id, low, high, increment, bool(options.cycle), bool(options.order)),
        _DEFAULT_CACHE if options.cache is None else options.cache,
    )


def _fit(value: int) -> int:
    return max(-_POSTGRES_MAX, min(_POSTGRES_MAX, value))


def alter_sequence(context: DdlContext, statement: ast.AlterSequence) -> int:
    """ALTER SEQUENCE: increment, bounds, cycle, cache, RESTART."""
    found = _find(context, statement.name, statement_if=statement.if_exists)
    if found is None:
        return 0
    if found.owner != context.user and not context.privileges.may("ALTER", found):
        raise OracleError(1031)
    options = statement.options
    if options.start_with is not None and not options.restart:
        raise OracleError(2283)
    clauses = _alter_clauses(options)
    if clauses:
        context.execute(f"ALTER SEQUENCE data.s{found.object_id} {' '.join(clauses)}")
    changes = {
        "increment_by": options.increment_by,
        "min_value": options.min_value,
        "max_value": options.max_value,
        "cycle": options.cycle,
        "ordered": options.order,
        "cache_size": options.cache,
    }
    for column, value in changes.items():
        if value is not None:
            context.execute(
                f"UPDATE dict.sequences SET {column} = %s WHERE object_id = %s", value, found.object_id
            )
    context.touch(found.object_id)
    return 0


def _alter_clauses(options: ast.SequenceOptions) -> list[str]:
    """Return the clauses of PostgreSQL's ALTER SEQUENCE."""
    numbers = {
        "INCREMENT": options.increment_by,
        "MINVALUE": options.min_value,
        "MAXVALUE": options.max_value,
    }
    clauses = [f"{clause} {_fit(value)}" for clause, value in numbers.items() if value is not None]
    if options.cycle is not None:
        clauses.append("CYCLE" if options.cycle else "NO CYCLE")
    if options.restart:
        clauses.append("RESTART" if options.start_with is None else f"RESTART WITH {options.start_with}")
    return clauses


def drop_sequence(context: DdlContext, statement: ast.DropSequence) -> int:
    """DROP SEQUENCE; one behind an identity column is ORA-32794."""
    found = _find(context, statement.name, statement_if=statement.if_exists)
    if found is None:
        return 0
    if found.owner != context.user:
        context.privileges.require("DROP ANY SEQUENCE")
    if context.value("SELECT 1 FROM dict.columns WHERE sequence_id = %s", found.object_id):
        raise OracleError(32794)
    context.execute(f"DROP SEQUENCE data.s{found.object_id}")
    context.execute("DELETE FROM dict.objects WHERE object_id = %s", found.object_id)
    return 0


def _find(context: DdlContext, name: ast.QualifiedName, *, statement_if: bool) -> SchemaObject | None:
    try:
        return context.find(name, "SEQUENCE", code=2289)
    except OracleError:
        if statement_if:
            return None
        raise


def options_text(options: ast.SequenceOptions) -> str:
    """Return IDENTITY_OPTIONS as ALL_TAB_IDENTITY_COLS shows them."""
    if options.session or options.keep:
        raise unsupported("KEEP and SESSION sequences")
    start = 1 if options.start_with is None else options.start_with
    increment = 1 if options.increment_by is None else options.increment_by
    low = 1 if options.min_value is None else options.min_value
    high = MAX_VALUE if options.max_value is None else options.max_value
    cache = _DEFAULT_CACHE if options.cache is None else options.cache
    cycle, order = "Y" if options.cycle else "N", "Y" if options.order else "N"
    return (
        f"START WITH: {start}, INCREMENT BY: {increment}, MAX_VALUE: {high}, MIN_VALUE: {low},"
        f" CYCLE_FLAG: {cycle}, CACHE_SIZE: {cache}, ORDER_FLAG: {order}, SCALE_FLAG: N, EXTEND_FLAG: N,"
        " SESSION_FLAG: N, KEEP_VALUE: N"
    )
