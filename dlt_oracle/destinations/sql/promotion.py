"""The statements of a promotion: a VARCHAR2 column becomes a CLOB (see ``promotion.py``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp

from dlt_oracle.destinations.sql import ddl, names
from dlt_oracle.destinations.sql.names import column, identifier
from dlt_oracle.destinations.sql.render import UserCondition, bind

if TYPE_CHECKING:
    from collections.abc import Sequence

# Names in a condition; before them what may hold a name's letters without meaning it. A word before a
# parenthesis is a function.
_NAMES = re.compile(
    r"""
    [nN]?[qQ]'(?P<q>[^\s]).*?(?:(?<=[\]})>])|(?P=q))'   # q'[…]'
    | '(?:[^']|'')*'
    | --[^\n]*
    | /\*.*?\*/
    | "(?P<quoted>[^"]*)"
    | (?P<word>[^\W\d][\w$\#]*)(?!\s*\()\b
    """,
    re.VERBOSE | re.DOTALL,
)
_ADDRESS = ("OWNER", "TABLE_NAME", "COLUMN_NAME")
_OLD = "$DLT_OLD"
_NEW = "$DLT_NEW"


def old_name(name: str) -> str:
    """Return the name under which a column's VARCHAR2 is kept while it is copied."""
    return names.suffixed(name, _OLD)


def new_name(name: str) -> str:
    """Return the name under which a column's CLOB is filled."""
    return names.suffixed(name, _NEW)


def recorded(ledger_table: exp.Table, tables: int) -> exp.Select:
    """One row for each promotion of one of ``tables`` tables. Binds: the kind, then the tables."""
    return (
        exp.select(exp.Literal.number(1))
        .from_(ledger_table)
        .where(
            column("KIND").eq(bind(1)),
            exp.In(
                this=column("TABLE_NAME"), expressions=[bind(position) for position in range(2, tables + 2)]
            ),
        )
    )


# -- what forbids a promotion, and what has to be made again


class Tie(NamedTuple):
    """A view of the dictionary about columns: its owner, table and column, and what it names."""

    view: str
    owner: str
    table: str
    names: str


TIES: dict[str, Tie] = {
    "is part of the index": Tie("ALL_IND_COLUMNS", "TABLE_OWNER", "TABLE_NAME", "INDEX_NAME"),
    "is a partition key of": Tie("ALL_PART_KEY_COLUMNS", "OWNER", "NAME", "NAME"),
    "is a subpartition key of": Tie("ALL_SUBPART_KEY_COLUMNS", "OWNER", "NAME", "NAME"),
    "is encrypted with": Tie("ALL_ENCRYPTED_COLUMNS", "OWNER", "TABLE_NAME", "ENCRYPTION_ALG"),
    "has a grant of its own to": Tie("ALL_COL_PRIVS", "TABLE_SCHEMA", "TABLE_NAME", "GRANTEE"),
}
"""What a column may be or have that no CLOB can, or that would be gone with the old column."""


def ties() -> exp.Expression:
    """Which of ``TIES`` a column has, with the name of the other end.

    Binds the owner, the table's and the column's name once for each of ``TIES``.
    """
    found = [
        exp.select(exp.Literal.string(what), column(tie.names))
        .from_(tie.view)
        .where(
            *(
                column(name).eq(bind(3 * position + n))
                for n, name in enumerate((tie.owner, tie.table, "COLUMN_NAME"), start=1)
            )
        )
        for position, (what, tie) in enumerate(TIES.items())
    ]
    return exp.union(*found, distinct=False)


def index_expressions() -> exp.Select:
    """The expressions that a table's function-based indexes are on: (index, text). Binds: owner, table."""
    return (
        exp.select(column("INDEX_NAME"), column("COLUMN_EXPRESSION"))
        .from_("ALL_IND_EXPRESSIONS")
        .where(column("TABLE_OWNER").eq(bind(1)), column("TABLE_NAME").eq(bind(2)))
        .order_by(column("INDEX_NAME"))
    )


def virtual_columns() -> exp.Select:
    """A table's virtual columns: (name, text). Those of extended statistics too. Binds: owner, table."""
    return (
        exp.select(column("COLUMN_NAME"), column("DATA_DEFAULT"))
        .from_("ALL_TAB_COLS")
        .where(
            column("OWNER").eq(bind(1)),
            column("TABLE_NAME").eq(bind(2)),
            column("VIRTUAL_COLUMN").eq(exp.Literal.string("YES")),
        )
        .order_by(column("COLUMN_NAME"))
    )


def constraints() -> exp.Select:
    """The constraints on a column: name, type (P, U, R or C), and the condition of a check.

    Binds: owner, table, column. SEARCH_CONDITION_VC is there since 12.2.
    """
    c, k = "C", "K"
    same = [column(name, c).eq(column(name, k)) for name in ("OWNER", "CONSTRAINT_NAME")]
    return (
        exp.select(
            *(column(name, c) for name in ("CONSTRAINT_NAME", "CONSTRAINT_TYPE", "SEARCH_CONDITION_VC"))
        )
        .from_(exp.alias_(exp.to_table("ALL_CONSTRAINTS"), c, table=True))
        .join(exp.alias_(exp.to_table("ALL_CONS_COLUMNS"), k, table=True), on=exp.and_(*same))
        .where(
            column("OWNER", k).eq(bind(1)),
            column("TABLE_NAME", k).eq(bind(2)),
            column("COLUMN_NAME", k).eq(bind(3)),
        )
        .order_by(column("CONSTRAINT_NAME", c))
    )


def comment() -> exp.Select:
    """The comment on a column, if any. Binds: owner, table, column."""
    return (
        exp.select(column("COMMENTS"))
        .from_("ALL_COL_COMMENTS")
        .where(
            *(column(name).eq(bind(n)) for n, name in enumerate(_ADDRESS, start=1)),
            column("COMMENTS").is_(exp.null()).not_(),
        )
    )


def renamed(condition: str, old: Sequence[str], new: str) -> str:
    """Return a check's condition about column ``new`` instead of any of ``old``.

    So it does not matter whether the dictionary shows the column's name of today or the one it had when
    the check was made. Everything but names stays as it is.
    """

    def replace(match: re.Match[str]) -> str:
        return names.escape_identifier(new) if _name(match) in old else match[0]

    return _NAMES.sub(replace, condition)


def mentions(text: str, name: str) -> bool:
    """Say whether an expression is about column ``name``."""
    return any(_name(match) == name for match in _NAMES.finditer(text))


def _name(match: re.Match[str]) -> str:
    return match["quoted"] or (match["word"] or "").upper()


def try_condition(table: exp.Table, name: str, others: Sequence[str], condition: str) -> exp.Select:
    """Ask whether a CLOB may stand in ``condition``: ORA-00932 when not. Reads no row."""
    as_clob = exp.alias_(exp.Anonymous(this="TO_CLOB", expressions=[column(name)]), name, quoted=True)
    rows = exp.select(as_clob, *map(column, others)).from_(table)
    nothing = exp.Literal.number(1).eq(exp.Literal.number(0))
    return (
        exp.select(exp.Literal.number(1))
        .from_(exp.Subquery(this=rows))
        .where(nothing, UserCondition(this=condition))
    )


# -- steps


def by_hand(table: exp.Table, name: str, *, not_null: bool) -> list[exp.Expression]:
    """All of them for one who has the table alone. Checks and comments stay behind."""
    new = new_name(name)
    return [
        add_clob(table.copy(), new),
        copy_texts(table.copy(), name, new),
        *([ddl.modify_column(table.copy(), new, not_null=True)] if not_null else []),
        set_unused(table.copy(), name),
        rename_column(table.copy(), new, name),
    ]


def rename_column(table: exp.Table, name: str, to: str) -> exp.Alter:
    """``ALTER TABLE … RENAME COLUMN``. Checks, comments and NOT NULL stay with the column."""
    return exp.Alter(
        this=table, kind="TABLE", actions=[exp.RenameColumn(this=identifier(name), to=identifier(to))]
    )


def add_clob(table: exp.Table, name: str) -> exp.Alter:
    """``ALTER TABLE … ADD``: an empty CLOB column."""
    return ddl.add_columns(table, [ddl.ColumnDefinition(name, "CLOB")])


def copy_texts(table: exp.Table, old: str, new: str) -> exp.Update:
    """Copy what is not copied yet."""
    return exp.Update(
        this=table,
        expressions=[exp.EQ(this=identifier(new), expression=column(old))],
        where=exp.Where(this=exp.and_(column(old).is_(exp.null()).not_(), column(new).is_(exp.null()))),
    )


def set_unused(table: exp.Table, name: str) -> exp.Alter:
    """``ALTER TABLE … SET UNUSED``: the column is gone at once, its bytes when the table is rebuilt."""
    return ddl.alter(table, f"SET UNUSED ({names.escape_identifier(name)}) CASCADE CONSTRAINTS")


def add_check(table: exp.Table, condition: str) -> exp.Alter:
    """``ALTER TABLE … ADD CHECK (…)``."""
    return ddl.alter(table, f"ADD CHECK ({condition})")
