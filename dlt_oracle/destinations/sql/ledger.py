"""The ledger: one row per thing that a load did, written in the transaction that did it.

dlt runs a load file again after a transient error or a crash, and may create a follow-up a second time
under a new file id. The ledger row goes in first; when its key is there already (ORA-00001) the work is
done and the job has nothing to do. The table is at the same time what marks a dataset as existing.
"""

from __future__ import annotations

from sqlglot import exp

from dlt_oracle.destinations.sql import ddl, dml
from dlt_oracle.destinations.sql.names import column, identifier
from dlt_oracle.destinations.sql.render import bind, binds

TABLE_NAME = "_dlt_ledger"
"""The ledger's name as dlt would write it, before the dataset's prefix and folding."""

DATA = "data"
"""KIND of a load file; its TABLE_NAME is the stored name of the table that it went into."""

NO_FILE = "-"
"""FILE_ID of work that belongs to a whole table chain or load: it may come back under another file id."""

NO_LOAD = "-"
"""LOAD_ID of what belongs to no load: locks, and promotions of columns. They are few, and stay."""

LOCK_WAIT_SECONDS = 600
"""How long one session waits for another that has locked a row of the ledger (ORA-30006 at the end)."""

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


def loaded(table: exp.Table) -> exp.Select:
    """The tables that one kind of work was done with. Binds: the kind."""
    return exp.select(column("TABLE_NAME")).distinct().from_(table).where(column("KIND").eq(bind(1)))


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
    """Delete what loads did before a time: dlt no longer repeats them. Binds: NO_LOAD, the time."""
    return _delete(table, exp.LT(this=column("INSERTED_AT"), expression=bind(2)))


def forget_table(table: exp.Table) -> exp.Delete:
    """Delete what loads did with a table. Binds: NO_LOAD, the table."""
    return _delete(table, column("TABLE_NAME").eq(bind(2)))


def lock(table: exp.Table) -> exp.Select:
    """Lock one row until the transaction ends; no row comes back when there is none. Binds: the key."""
    return _locking(
        exp.select(exp.Literal.number(1))
        .from_(table)
        .where(*(column(name).eq(bind(n)) for n, name in enumerate(KEY, start=1)))
    )


def lock_claims(table: exp.Table, tables: int) -> exp.Select:
    """Lock the claims of some tables: (table, load id, file id). Binds: the kind, ``tables`` names."""
    return _locking(
        exp.select(column("TABLE_NAME"), column("LOAD_ID"), column("FILE_ID"))
        .from_(table)
        .where(
            column("KIND").eq(bind(1)),
            exp.In(this=column("TABLE_NAME"), expressions=list[exp.Expression](binds(tables, start=2))),
        )
    )


def _delete(table: exp.Table, condition: exp.Expression) -> exp.Delete:
    of_a_load = column("LOAD_ID").neq(bind(1))
    return exp.Delete(this=table, where=exp.Where(this=exp.and_(of_a_load, condition)))


def _locking(query: exp.Select) -> exp.Select:
    query.set("locks", [exp.Lock(update=True, wait=exp.Literal.number(LOCK_WAIT_SECONDS))])
    return query
