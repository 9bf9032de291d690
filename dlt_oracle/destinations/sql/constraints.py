"""What the dictionary knows of a constraint that an error names.

CREATE SESSION is enough for it. Views and columns: Database Reference 19c, part II.
"""

from __future__ import annotations

from sqlglot import exp

from dlt_oracle.destinations.sql.names import column
from dlt_oracle.destinations.sql.render import bind

_C, _K = "C", "K"


def columns() -> exp.Select:
    """The columns of a constraint, in their order: (table, column). Binds: owner, name."""
    same = [column(name, _K).eq(column(name, _C)) for name in ("OWNER", "CONSTRAINT_NAME")]
    return (
        exp.select(column("TABLE_NAME", _C), column("COLUMN_NAME", _K))
        .from_(exp.alias_(exp.to_table("ALL_CONSTRAINTS"), _C, table=True))
        .join(exp.alias_(exp.to_table("ALL_CONS_COLUMNS"), _K, table=True), on=exp.and_(*same))
        .where(column("OWNER", _C).eq(bind(1)), column("CONSTRAINT_NAME", _C).eq(bind(2)))
        .order_by(column("POSITION", _K), column("COLUMN_NAME", _K))
    )


def index_columns() -> exp.Select:
    """The columns of an index, in their order: (table, column). Binds: owner, name."""
    return (
        exp.select(column("TABLE_NAME"), column("COLUMN_NAME"))
        .from_("ALL_IND_COLUMNS")
        .where(column("INDEX_OWNER").eq(bind(1)), column("INDEX_NAME").eq(bind(2)))
        .order_by(column("COLUMN_POSITION"))
    )
