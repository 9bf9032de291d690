"""Indexes on the keys by which merges find rows: their names, their DDL, and how to know them again.

Indexes have a namespace of their own in a schema: the name is that of the table and, behind a dollar sign,
the hint that asked for the index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from dlt_oracle.destinations.sql import ddl, names
from dlt_oracle.destinations.sql.names import column
from dlt_oracle.destinations.sql.render import bind, binds

if TYPE_CHECKING:
    from collections.abc import Sequence

_SUFFIXES = {
    "primary_key": "$PRIMARY_KEY",
    "merge_key": "$MERGE_KEY",
    "x-row-version": "$ROW_VERSION",
    "root_key": "$ROOT_KEY",
    "parent_key": "$PARENT_KEY",
}
MAX_COLUMNS = 32
"""Columns of an index (ORA-01793)."""

MAX_KEY_BYTES = 6398
"""Bytes of a key with all that stands beside it, in a block of 8 KiB, the usual size (ORA-01450)."""

ROWID_BYTES = 10
"""What an index keeps behind each key."""

LENGTH_BYTES = 3
"""What an index keeps before each column, at most."""


def on_key(table: exp.Table, hint: str) -> exp.Table:
    """Return the index of ``table`` for the columns with ``hint``, in the schema of the table."""
    return names.table(table.db, names.suffixed(table.name, _SUFFIXES[hint]))


def on_same_key(table: exp.Table, index: str) -> exp.Table:
    """Return the index of ``table`` that is to its own key what ``index`` is to another table's."""
    return names.table(table.db, names.suffixed(table.name, _suffix(index)))


def is_on_key(index: exp.Column) -> exp.Condition:
    """Return the condition that a column of the dictionary holds a name that ``on_key`` makes."""
    dollar = exp.Anonymous(
        this="INSTR", expressions=[index.copy(), exp.Literal.string("$"), exp.Literal.number(-1)]
    )
    suffix = exp.Anonymous(this="SUBSTR", expressions=[index, dollar])
    return exp.In(this=suffix, expressions=[exp.Literal.string(text) for text in _SUFFIXES.values()])


def columns(tables: int) -> exp.Select:
    """The columns of the indexes of ``tables`` tables: table, index, column, in the order of the index.

    Binds: owner, then the table names. An expression, such as UTC of a zoned timestamp, shows as ``SYS_NC…``.
    """
    keys = ("TABLE_NAME", "INDEX_NAME", "COLUMN_NAME")
    return (
        exp.select(*map(column, keys))
        .from_("ALL_IND_COLUMNS")
        .where(
            column("TABLE_OWNER").eq(bind(1)),
            exp.In(this=column("TABLE_NAME"), expressions=list[exp.Expression](binds(tables, start=2))),
        )
        .order_by(column("TABLE_NAME"), column("INDEX_NAME"), column("COLUMN_POSITION"))
    )


def create(index: exp.Table, table: exp.Table, columns: Sequence[str]) -> exp.Create:
    """``CREATE INDEX``. Keys may repeat in it: a load that appends puts any row into the table."""
    keys = exp.IndexParameters(columns=[column(name) for name in columns])
    return exp.Create(this=exp.Index(this=index, table=table, params=keys), kind="INDEX")


def drop(index: exp.Table) -> exp.Drop:
    """``DROP INDEX``."""
    return exp.Drop(tables=[index], kind="INDEX")


def rename(index: exp.Table, name: str) -> exp.Alter:
    """``ALTER INDEX … RENAME TO …``, within the schema."""
    return ddl.alter(index, f"RENAME TO {names.escape_identifier(name)}", kind="INDEX")


def _suffix(index: str) -> str:
    return index[index.rindex("$") :]
