"""What the dictionary knows of a table: questions to find out whether another can take its place.

All of them bind the owner and the table's name, and need CREATE SESSION alone. Views and columns: Database
Reference 19c, part II.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from dlt_oracle.destinations.sql.names import column, identifier
from dlt_oracle.destinations.sql.render import bind, binds

if TYPE_CHECKING:
    from collections.abc import Sequence

_C = "C"
_GENERATED = "GENERATED NAME"


def object_ids(count: int) -> exp.Select:
    """Names and OBJECT_IDs of tables: an id stays with a table through renames. Binds ``count`` names."""
    query = _select("ALL_OBJECTS", ("OBJECT_NAME", "OBJECT_ID"), owner="OWNER", table=None)
    names = exp.In(this=column("OBJECT_NAME", _C), expressions=list[exp.Expression](binds(count, start=2)))
    return query.where(column("OBJECT_TYPE", _C).eq(exp.Literal.string("TABLE")), names)


def columns() -> exp.Select:
    """Everything about the columns that makes an INSERT or a SELECT behave."""
    names = (
        "COLUMN_ID",
        "COLUMN_NAME",
        "DATA_TYPE",
        "DATA_LENGTH",
        "CHAR_USED",
        "DATA_PRECISION",
        "DATA_SCALE",
        "NULLABLE",
        "DATA_DEFAULT",
        "VIRTUAL_COLUMN",
        "HIDDEN_COLUMN",
        "IDENTITY_COLUMN",
    )
    return _select("ALL_TAB_COLS", names).order_by(column("INTERNAL_COLUMN_ID", _C))


def properties() -> exp.Select:
    """How the table is stored."""
    names = (
        "TABLESPACE_NAME",
        "COMPRESSION",
        "COMPRESS_FOR",
        "LOGGING",
        "PARTITIONED",
        "TEMPORARY",
        "IOT_TYPE",
        "ROW_MOVEMENT",
        "DEGREE",
        "CACHE",
    )
    return _select("ALL_TABLES", names)


def checks() -> exp.Select:
    """The conditions of the checks without names, NOT NULL among them."""
    query = _select("ALL_CONSTRAINTS", ("SEARCH_CONDITION_VC",))
    kind, generated = column("CONSTRAINT_TYPE", _C), column("GENERATED", _C)
    return query.where(
        kind.eq(exp.Literal.string("C")), generated.eq(exp.Literal.string(_GENERATED))
    ).order_by(column("SEARCH_CONDITION_VC", _C))


def partitions() -> exp.Select:
    """The table's name, if it has partitions."""
    return _select("ALL_TABLES", ("TABLE_NAME",)).where(
        column("PARTITIONED", _C).eq(exp.Literal.string("YES"))
    )


def triggers() -> exp.Select:
    """The triggers on the table."""
    return _select("ALL_TRIGGERS", ("TRIGGER_NAME",), owner="TABLE_OWNER")


def column_grants() -> exp.Select:
    """Who may do something with some of the columns."""
    return _select("ALL_COL_PRIVS", ("GRANTEE",), owner="TABLE_SCHEMA")


def passed_on_grants() -> exp.Select:
    """Who was given rights on the table by others than its owner."""
    return _select("ALL_TAB_PRIVS", ("GRANTEE",), owner="TABLE_SCHEMA").where(
        column("GRANTOR", _C).neq(column("TABLE_SCHEMA", _C))
    )


def own_indexes() -> exp.Select:
    """The indexes that were created as such: not those of LOBs, not those of constraints."""
    k = "K"
    same = [
        column(key, k).eq(column(other, _C))
        for key, other in (
            ("OWNER", "TABLE_OWNER"),
            ("TABLE_NAME", "TABLE_NAME"),
            ("INDEX_NAME", "INDEX_NAME"),
        )
    ]
    backed = exp.select(exp.Literal.number(1)).from_(_view("ALL_CONSTRAINTS", k)).where(*same)
    return _select("ALL_INDEXES", ("INDEX_NAME",), owner="TABLE_OWNER").where(
        column("INDEX_TYPE", _C).neq(exp.Literal.string("LOB")), exp.Exists(this=backed).not_()
    )


def own_constraints() -> exp.Select:
    """The constraints that have names, and all primary and foreign keys."""
    keys = exp.In(
        this=column("CONSTRAINT_TYPE", _C), expressions=[exp.Literal.string("P"), exp.Literal.string("R")]
    )
    named = column("GENERATED", _C).neq(exp.Literal.string(_GENERATED))
    return _select("ALL_CONSTRAINTS", ("CONSTRAINT_NAME",)).where(exp.or_(named, keys))


def references() -> exp.Select:
    """The foreign keys of other tables that point at the table."""
    r = "R"
    return (
        exp.select(column("CONSTRAINT_NAME", r))
        .from_(_view("ALL_CONSTRAINTS", r))
        .join(
            _view("ALL_CONSTRAINTS", _C),
            on=exp.and_(
                column("R_OWNER", r).eq(column("OWNER", _C)),
                column("R_CONSTRAINT_NAME", r).eq(column("CONSTRAINT_NAME", _C)),
            ),
        )
        .where(column("OWNER", _C).eq(bind(1)), column("TABLE_NAME", _C).eq(bind(2)))
    )


def unique_columns() -> exp.Select:
    """The unique constraints without names: (name, column), in the order of the columns."""
    k = "K"
    same = [column(key, k).eq(column(key, _C)) for key in ("OWNER", "CONSTRAINT_NAME")]
    return (
        _select("ALL_CONSTRAINTS", ("CONSTRAINT_NAME",))
        .select(column("COLUMN_NAME", k))
        .join(_view("ALL_CONS_COLUMNS", k), on=exp.and_(*same))
        .where(
            column("CONSTRAINT_TYPE", _C).eq(exp.Literal.string("U")),
            column("GENERATED", _C).eq(exp.Literal.string(_GENERATED)),
        )
        .order_by(column("CONSTRAINT_NAME", _C), column("POSITION", k))
    )


def grants() -> exp.Select:
    """Who may do what with the table, and may pass it on (YES or NO)."""
    return _select("ALL_TAB_PRIVS", ("GRANTEE", "PRIVILEGE", "GRANTABLE"), owner="TABLE_SCHEMA")


def table_comment() -> exp.Select:
    """The table's comment."""
    return _select("ALL_TAB_COMMENTS", ("COMMENTS",))


def column_comments() -> exp.Select:
    """The comments of the columns."""
    return _select("ALL_COL_COMMENTS", ("COLUMN_NAME", "COMMENTS"))


def rename(table: exp.Table, name: str) -> exp.Alter:
    """``ALTER TABLE … RENAME TO …``, within the schema."""
    return _alter(table, exp.AlterRename(this=exp.Table(this=identifier(name))))


def add_unique(table: exp.Table, names: Sequence[str]) -> exp.Alter:
    """``ALTER TABLE … ADD UNIQUE (…)``."""
    kind = exp.UniqueColumnConstraint(this=exp.Schema(expressions=[identifier(name) for name in names]))
    return _alter(table, exp.AddConstraint(expressions=[kind]))


def drop_constraint(table: exp.Table, name: str) -> exp.Alter:
    """``ALTER TABLE … DROP CONSTRAINT …``."""
    return _alter(table, exp.Drop(tables=[identifier(name)], kind="CONSTRAINT"))


def grant(table: exp.Table, privilege: str, grantee: str, *, grantable: bool) -> exp.Grant:
    """``GRANT … ON … TO …``."""
    return exp.Grant(
        privileges=[exp.GrantPrivilege(this=exp.Var(this=privilege))],
        securable=table.copy(),
        principals=[exp.GrantPrincipal(this=identifier(grantee))],
        grant_option=grantable,
    )


def comment(table: exp.Table, text: str, name: str | None = None) -> exp.Comment:
    """``COMMENT ON TABLE … IS …``, or ``ON COLUMN`` with a column's name. Comments take no binds."""
    this: exp.Expression = table.copy()
    if name is not None:
        this = exp.Column(this=identifier(name), table=table.this.copy(), db=table.args["db"].copy())
    kind = "TABLE" if name is None else "COLUMN"
    return exp.Comment(this=this, kind=kind, expression=exp.Literal.string(text))


def _alter(table: exp.Table, action: exp.Expression) -> exp.Alter:
    return exp.Alter(this=table.copy(), kind="TABLE", actions=[action])


def _view(name: str, alias: str) -> exp.Table:
    view = exp.to_table(name)
    view.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return view


def _select(
    view: str, names: Sequence[str], owner: str = "OWNER", table: str | None = "TABLE_NAME"
) -> exp.Select:
    query = exp.select(*(column(name, _C) for name in names)).from_(_view(view, _C))
    query = query.where(column(owner, _C).eq(bind(1)))
    return query.where(column(table, _C).eq(bind(2))) if table else query
