"""Data definition: tables and columns. Every one of these statements commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from dlt_oracle.destinations.sql.names import column, escape_identifier, identifier, new_column

if TYPE_CHECKING:
    from collections.abc import Sequence


# In brackets a backslash is no escape in Oracle: there it stands twice, which does no harm.
_JSON_STRING = r'"([^"\\]|\\.)*"'
_JSON_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?"
_JSON_SCALAR = f"^[[:space:]]*({_JSON_STRING}|{_JSON_NUMBER}|true|false|null)[[:space:]]*$"
_ROW_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class ColumnDefinition:
    """A column to create. ``type`` is Oracle's own text for it and goes into the DDL verbatim."""

    name: str
    type: str
    nullable: bool = True
    unique: bool = False
    check: exp.Expression | None = None
    default: exp.Expression | None = None


def create_table(
    table: exp.Table, columns: Sequence[ColumnDefinition], primary_key: Sequence[str] = ()
) -> exp.Create:
    """``CREATE TABLE``. A table that exists is ORA-00955: 19c knows no IF NOT EXISTS."""
    items: list[exp.Expression] = [_definition(item) for item in columns]
    if primary_key:
        items.append(exp.PrimaryKey(expressions=[identifier(name) for name in primary_key]))
    return exp.Create(this=exp.Schema(this=table, expressions=items), kind="TABLE")


def add_columns(table: exp.Table, columns: Sequence[ColumnDefinition]) -> exp.Alter:
    """``ALTER TABLE … ADD (…)``: all columns in one statement, so in one commit."""
    return exp.Alter(
        this=table, kind="TABLE", actions=[exp.Schema(expressions=[_definition(item) for item in columns])]
    )


def modify_column(table: exp.Table, name: str, type_: str = "", *, not_null: bool = False) -> exp.Alter:
    """``ALTER TABLE … MODIFY (…)``: give a column a longer type, or forbid NULL in it."""
    words = [identifier(name).sql("oracle"), type_, "NOT NULL" if not_null else ""]
    return alter(table, f"MODIFY ({' '.join(filter(None, words))})")


def alter(this: exp.Table, action: str, kind: str = "TABLE") -> exp.Alter:
    """``ALTER TABLE … action``, or INDEX, for the actions that sqlglot has no expressions for."""
    return exp.Alter(this=this, kind=kind, actions=[exp.Var(this=action)])


def drop_table(table: exp.Table) -> exp.Drop:
    """``DROP TABLE … PURGE``: without PURGE the table stays in the recycle bin, and in ALL_TABLES."""
    return exp.Drop(tables=[table], kind="TABLE", cascade=True, constraints=True, purge=True)


def truncate_table(table: exp.Table) -> exp.TruncateTable:
    """``TRUNCATE TABLE``: quick, and commits."""
    return exp.TruncateTable(expressions=[table])


def create_schema(name: str, tablespace: str) -> exp.Command:
    """``CREATE USER … NO AUTHENTICATION``: a schema without a login. 18c and later, with CREATE USER."""
    place = escape_identifier(tablespace)
    return exp.Command(
        this="CREATE",
        expression=exp.Literal.string(
            f"USER {escape_identifier(name)} NO AUTHENTICATION "
            f"DEFAULT TABLESPACE {place} QUOTA UNLIMITED ON {place}"
        ),
    )


def grant_rows(table: exp.Table, grantee: str) -> exp.Grant:
    """``GRANT …``: what it takes to load into another schema's table."""
    return exp.Grant(
        privileges=[exp.GrantPrivilege(this=exp.Var(this=name)) for name in _ROW_PRIVILEGES],
        securable=table,
        principals=[exp.GrantPrincipal(this=identifier(grantee))],
    )


def one_of(name: str, values: Sequence[int]) -> exp.In:
    """Return the check that column ``name`` holds one of ``values``."""
    return exp.In(this=column(name), expressions=[exp.Literal.number(value) for value in values])


def is_json(name: str) -> exp.Or:
    """Return the check that column ``name`` holds JSON.

    Before 21c IS JSON takes objects and arrays only (JSON Developer's Guide 19c, "Overview of JSON"), and a
    column may hold a number or a string alone.
    """
    scalar = exp.Anonymous(this="REGEXP_LIKE", expressions=[column(name), exp.Literal.string(_JSON_SCALAR)])
    return exp.Or(this=exp.Is(this=column(name), expression=exp.JSON()), expression=scalar)


def _definition(item: ColumnDefinition) -> exp.ColumnDef:
    kinds: list[exp.Expression] = []
    if item.default is not None:  # Oracle wants it before every constraint (ORA-00907)
        kinds.append(exp.DefaultColumnConstraint(this=item.default))
    if item.check is not None:
        kinds.append(exp.CheckColumnConstraint(this=item.check))
    if item.unique:
        kinds.append(exp.UniqueColumnConstraint())
    if not item.nullable:
        kinds.append(exp.NotNullColumnConstraint())
    return exp.ColumnDef(
        this=new_column(item.name),
        kind=exp.DataType(this=exp.DataType.Type.USERDEFINED, kind=item.type),
        constraints=[exp.ColumnConstraint(kind=kind) for kind in kinds],
    )
