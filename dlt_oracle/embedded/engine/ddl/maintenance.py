"""PURGE and ANALYZE; what DBMS_STATS does too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported

if TYPE_CHECKING:
    from dlt_oracle.embedded.catalog.store import StoredTable
    from dlt_oracle.embedded.engine.ddl.context import DdlContext
    from dlt_oracle.embedded.sql import ast

BLOCK_BYTES = 8192


def purge(_context: DdlContext, statement: ast.PurgeTable) -> int:
    """PURGE: the recycle bin is off (V$PARAMETER says so), so it is empty: ORA-38307 for a name."""
    if statement.name is not None:
        raise OracleError(38307)
    return 0


def analyze(context: DdlContext, statement: ast.AnalyzeTable) -> int:
    """ANALYZE TABLE … COMPUTE STATISTICS."""
    if statement.what != "TABLE" or statement.action == "DELETE":
        raise unsupported(f"ANALYZE {statement.what} … {statement.action}", statement.position)
    table = context.table(statement.name)
    if table.object.owner != context.user:
        context.privileges.require("ANALYZE ANY")
    gather_statistics(context, table)
    return 0


def gather_statistics(context: DdlContext, table: StoredTable) -> None:
    """Count rows and blocks into ALL_TABLES, and let PostgreSQL look at the values."""
    physical = context.physical(table)
    context.execute(f"ANALYZE {physical}")
    rows = context.value(f"SELECT count(*) FROM {physical}")
    size = context.value("SELECT pg_relation_size(%s::regclass)", physical)
    context.execute(
        "UPDATE dict.tables SET num_rows = %s, blocks = %s, last_analyzed = now() AT TIME ZONE 'UTC'"
        " WHERE object_id = %s",
        *(rows, -(-size // BLOCK_BYTES), table.object.object_id),
    )
