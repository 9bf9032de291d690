"""What the dictionary knows of two tables: questions to find out whether one can take the other's place.

The questions bind the owner and the names of both tables, and each row says first which table it is about.
CREATE SESSION is enough for all of them. Views and columns: Database Reference 19c, part II.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp

from dlt_oracle.destinations.sql import indexes
from dlt_oracle.destinations.sql.names import column, identifier, shorten
from dlt_oracle.destinations.sql.render import bind, binds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_C, _K, _R = "C", "K", "R"
_GENERATED = "GENERATED NAME"
_ASIDE = "$OLD"


def object_ids(count: int) -> exp.Select:
    """Names and OBJECT_IDs of tables: an id stays with a table through renames. Binds ``count`` names."""
    names = exp.In(this=column("OBJECT_NAME", _C), expressions=list[exp.Expression](binds(count, start=2)))
    return (
        exp.select(column("OBJECT_NAME", _C), column("OBJECT_ID", _C))
        .from_(_view("ALL_OBJECTS", _C))
        .where(column("OWNER", _C).eq(bind(1)), names, _is("OBJECT_TYPE", "TABLE"))
    )


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
    return _of_both("ALL_TAB_COLS", names).order_by(column("INTERNAL_COLUMN_ID", _C))


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
    return _of_both("ALL_TABLES", names)


def checks() -> exp.Select:
    """The conditions of the checks without names, NOT NULL among them."""
    query = _of_both("ALL_CONSTRAINTS", ("SEARCH_CONDITION_VC",))
    return query.where(_is("CONSTRAINT_TYPE", "C"), _is("GENERATED", _GENERATED)).order_by(
        column("SEARCH_CONDITION_VC", _C)
    )


def unique_columns() -> exp.Select:
    """The unique constraints without names: (name, column), in the order of the columns."""
    same = [column(key, _K).eq(column(key, _C)) for key in ("OWNER", "CONSTRAINT_NAME")]
    return (
        _of_both("ALL_CONSTRAINTS", ("CONSTRAINT_NAME",))
        .select(column("COLUMN_NAME", _K))
        .join(_view("ALL_CONS_COLUMNS", _K), on=exp.and_(*same))
        .where(_is("CONSTRAINT_TYPE", "U"), _is("GENERATED", _GENERATED))
        .order_by(column("CONSTRAINT_NAME", _C), column("POSITION", _K))
    )


def key_indexes() -> exp.Select:
    """The indexes on the keys of merges: (name, column), in the order of the columns."""
    return indexes.columns(2).where(indexes.is_on_key(column("INDEX_NAME")))


def grants() -> exp.Select:
    """Who may do what with the table, and may pass it on (YES or NO)."""
    return _of_both("ALL_TAB_PRIVS", ("GRANTEE", "PRIVILEGE", "GRANTABLE"), owner="TABLE_SCHEMA")


def table_comments() -> exp.Select:
    """The table's comment."""
    return _of_both("ALL_TAB_COMMENTS", ("COMMENTS",))


def column_comments() -> exp.Select:
    """The comments of the columns."""
    return _of_both("ALL_COL_COMMENTS", ("COLUMN_NAME", "COMMENTS"))


def burdens() -> exp.Expression:
    """What a table has that does not move with its name: one row for each kind of thing found.

    Binds the owner and the table's name once for each of ``BURDENS``.
    """
    found = [
        burden.add(
            exp.select(exp.Literal.string(what)),
            exp.and_(
                column(burden.owner, _C).eq(bind(2 * position + 1)),
                column(burden.table, _C).eq(bind(2 * position + 2)),
            ),
        )
        for position, (what, burden) in enumerate(BURDENS.items())
    ]
    return exp.union(*found, distinct=False)


def _any_of(view: str) -> Callable[[exp.Select, exp.Condition], exp.Select]:
    return lambda query, about: query.from_(_view(view, _C)).where(about)


def _partitions(query: exp.Select, about: exp.Condition) -> exp.Select:
    return query.from_(_view("ALL_TABLES", _C)).where(about, _is("PARTITIONED", "YES"))


def _indexes(query: exp.Select, about: exp.Condition) -> exp.Select:
    same = [
        column(key, _K).eq(column(other, _C))
        for key, other in (
            ("OWNER", "TABLE_OWNER"),
            ("TABLE_NAME", "TABLE_NAME"),
            ("INDEX_NAME", "INDEX_NAME"),
        )
    ]
    carried = exp.and_(_is("INDEX_TYPE", "NORMAL"), indexes.is_on_key(column("INDEX_NAME", _C)))
    of_constraint = exp.select(exp.Literal.number(1)).from_(_view("ALL_CONSTRAINTS", _K)).where(*same)
    return query.from_(_view("ALL_INDEXES", _C)).where(
        about,
        column("INDEX_TYPE", _C).neq(exp.Literal.string("LOB")),
        carried.not_(),
        exp.Exists(this=of_constraint).not_(),
    )


def _constraints(query: exp.Select, about: exp.Condition) -> exp.Select:
    named = column("GENERATED", _C).neq(exp.Literal.string(_GENERATED))
    keys = exp.In(
        this=column("CONSTRAINT_TYPE", _C), expressions=[exp.Literal.string("P"), exp.Literal.string("R")]
    )
    return query.from_(_view("ALL_CONSTRAINTS", _C)).where(about, exp.or_(named, keys))


def _references(query: exp.Select, about: exp.Condition) -> exp.Select:
    referenced = exp.and_(
        column("R_OWNER", _R).eq(column("OWNER", _C)),
        column("R_CONSTRAINT_NAME", _R).eq(column("CONSTRAINT_NAME", _C)),
    )
    return (
        query.from_(_view("ALL_CONSTRAINTS", _C))
        .join(_view("ALL_CONSTRAINTS", _R), on=referenced)
        .where(about)
    )


def _passed_on_grants(query: exp.Select, about: exp.Condition) -> exp.Select:
    return query.from_(_view("ALL_TAB_PRIVS", _C)).where(
        about, column("GRANTOR", _C).neq(column("TABLE_SCHEMA", _C))
    )


class Burden(NamedTuple):
    """How to ask for one: the view's columns with the table's owner and name, and the rest of the query."""

    owner: str
    table: str
    add: Callable[[exp.Select, exp.Condition], exp.Select]


BURDENS: dict[str, Burden] = {
    "partitions": Burden("OWNER", "TABLE_NAME", _partitions),
    "triggers": Burden("TABLE_OWNER", "TABLE_NAME", _any_of("ALL_TRIGGERS")),
    "indexes of its own": Burden("TABLE_OWNER", "TABLE_NAME", _indexes),
    "named constraints or keys": Burden("OWNER", "TABLE_NAME", _constraints),
    "foreign keys that point at it": Burden("OWNER", "TABLE_NAME", _references),
    "grants on columns": Burden("TABLE_SCHEMA", "TABLE_NAME", _any_of("ALL_COL_PRIVS")),
    "grants given by others than its owner": Burden("TABLE_SCHEMA", "TABLE_NAME", _passed_on_grants),
    "row-level security policies": Burden("OBJECT_OWNER", "OBJECT_NAME", _any_of("ALL_POLICIES")),
    "a materialized view log": Burden("LOG_OWNER", "MASTER", _any_of("ALL_MVIEW_LOGS")),
    "encrypted columns": Burden("OWNER", "TABLE_NAME", _any_of("ALL_ENCRYPTED_COLUMNS")),
}
"""What stands in the way of a swap."""


def aside_name(name: str) -> str:
    """Return the name at which a table stands between the renames of a swap."""
    return shorten(name + _ASIDE)


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


def _is(name: str, value: str) -> exp.Condition:
    return column(name, _C).eq(exp.Literal.string(value))


def _of_both(view: str, names: Sequence[str], owner: str = "OWNER") -> exp.Select:
    about = exp.In(this=column("TABLE_NAME", _C), expressions=list[exp.Expression](binds(2, start=2)))
    return (
        exp.select(*(column(name, _C) for name in ("TABLE_NAME", *names)))
        .from_(_view(view, _C))
        .where(column(owner, _C).eq(bind(1)), about)
    )
