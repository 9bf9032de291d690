"""The ledger: one row per thing that a load did, written in the transaction that did it.

dlt runs a load file again after a transient error or a crash, and may create a follow-up a second time
under a new file id. The ledger row goes in first; when its key is there already (ORA-00001) the work is
done and the job has nothing to do. The table is at the same time what marks a dataset as existing.
"""

from __future__ import annotations

from sqlglot import exp

from dlt_oracle.destinations.sql import ddl, dml
from dlt_oracle.destinations.sql.names import column, identifier
from dlt_oracle.destinations.sql.render import bind

TABLE_NAME = "_dlt_ledger"
"""The ledger's name as dlt would write it, before the dataset's prefix and folding."""

NO_FILE = "-"
"""FILE_ID of work that belongs to a whole table chain or load: it may come back under another file id."""

KEY = ("LOAD_ID", "KIND", "TABLE_NAME", "FILE_ID")
_COLUMNS = (*KEY, "ROW_COUNT", "INSERTED_AT")
# Lengths in bytes; together with the rowid they fit an index block of 8 KiB.
_KEY_TYPES = ("VARCHAR2(128 BYTE)", "VARCHAR2(30 BYTE)", "VARCHAR2(512 BYTE)", "VARCHAR2(128 BYTE)")


def create(table: exp.Table) -> exp.Create:
    """``CREATE TABLE`` of the ledger."""
    return ddl.create_table(
        table,
        [
            *(
                ddl.ColumnDefinition(name, type_, nullable=False)
                for name, type_ in zip(KEY, _KEY_TYPES, strict=True)
            ),
            ddl.ColumnDefinition("ROW_COUNT", "NUMBER(19)"),
            ddl.ColumnDefinition("EMPTY_STRINGS", "NUMBER(19)"),
            ddl.ColumnDefinition("INSERTED_AT", "TIMESTAMP(6) WITH TIME ZONE", nullable=False),
        ],
        primary_key=KEY,
    )


def record(table: exp.Table) -> exp.Insert:
    """Write one key. Binds: load id, kind, table, file id, row count, time."""
    return dml.insert(table, _COLUMNS)


def recorded(table: exp.Table) -> exp.Select:
    """Tables and file ids of one kind of work of a load. Binds: load id, kind."""
    return (
        exp.select(column("TABLE_NAME"), column("FILE_ID"))
        .from_(table)
        .where(column("LOAD_ID").eq(bind(1)), column("KIND").eq(bind(2)))
    )


def note_counts(table: exp.Table) -> exp.Update:
    """Write what is known at the end only. Binds: rows, empty strings stored as NULL, then the key."""
    return exp.Update(
        this=table,
        expressions=[
            exp.EQ(this=identifier(name), expression=bind(n))
            for n, name in enumerate(("ROW_COUNT", "EMPTY_STRINGS"), start=1)
        ],
        where=exp.Where(this=exp.and_(*(column(name).eq(bind(n)) for n, name in enumerate(KEY, start=3)))),
    )


def forget(table: exp.Table) -> exp.Delete:
    """Delete what is older than the time bound: dlt no longer repeats those loads."""
    return exp.Delete(
        this=table, where=exp.Where(this=exp.LT(this=column("INSERTED_AT"), expression=bind(1)))
    )
