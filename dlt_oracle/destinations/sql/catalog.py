"""Questions to the dictionary, and the preparation of a session. All of it with CREATE SESSION alone.

Views and columns: Database Reference 19c, part II. No V$ or DBA_ view: they need rights that the owner
of one schema does not have.
"""

from __future__ import annotations

from sqlglot import exp

from dlt_oracle.destinations.sql.names import column, escape_identifier
from dlt_oracle.destinations.sql.render import bind, binds

# What a session needs so that binds and conversions mean the same on every server, whatever its NLS
# settings are. python-oracledb binds aware Arrow timestamps as UTC without a zone: hence TIME_ZONE.
_SESSION = {
    "TIME_ZONE": "+00:00",
    "NLS_NUMERIC_CHARACTERS": ".,",
    "NLS_DATE_FORMAT": "YYYY-MM-DD HH24:MI:SS",
    "NLS_TIMESTAMP_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF",
    "NLS_TIMESTAMP_TZ_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF TZH:TZM",
    "NLS_COMP": "BINARY",
    "NLS_SORT": "BINARY",
    "NLS_LENGTH_SEMANTICS": "BYTE",
}
_DDL_LOCK_TIMEOUT_SECONDS = 30


def prepare_session() -> exp.Command:
    """``ALTER SESSION SET …``, all settings in one round trip."""
    settings = [f"{name} = '{value}'" for name, value in _SESSION.items()]
    return exp.Command(
        this="ALTER",
        expression=exp.Literal.string(
            f"SESSION SET DDL_LOCK_TIMEOUT = {_DDL_LOCK_TIMEOUT_SECONDS} " + " ".join(settings)
        ),
    )


def server_facts() -> exp.Select:
    """The session's user, the bytes a VARCHAR2 may have (4,000 or 32,767), and the character set."""
    charset = (
        exp.select(column("VALUE"))
        .from_("NLS_DATABASE_PARAMETERS")
        .where(column("PARAMETER").eq(exp.Literal.string("NLS_CHARACTERSET")))
    )
    padded = exp.Anonymous(
        this="RPAD", expressions=[exp.Literal.string("x"), exp.Literal.number(32767), exp.Literal.string("x")]
    )
    return exp.select(
        exp.Anonymous(
            this="SYS_CONTEXT",
            expressions=[exp.Literal.string("USERENV"), exp.Literal.string("SESSION_USER")],
        ),
        exp.Anonymous(this="LENGTHB", expressions=[padded]),
        exp.Subquery(this=charset),
    ).from_("DUAL")


def table_exists() -> exp.Select:
    """One row when the table is there and visible. Binds: owner, table."""
    return (
        exp.select(exp.Literal.number(1))
        .from_("ALL_TABLES")
        .where(column("OWNER").eq(bind(1)), column("TABLE_NAME").eq(bind(2)))
    )


def schema_exists() -> exp.Select:
    """One row when there is a user of that name: in Oracle that is a schema. Binds: the name."""
    return exp.select(exp.Literal.number(1)).from_("ALL_USERS").where(column("USERNAME").eq(bind(1)))


def default_tablespace() -> exp.Select:
    """The tablespace that the session's user puts its tables into."""
    return exp.select(column("DEFAULT_TABLESPACE")).from_("USER_USERS")


def tables() -> exp.Select:
    """The names of an owner's tables that the user may see. Binds: owner."""
    return exp.select(column("TABLE_NAME")).from_("ALL_TABLES").where(column("OWNER").eq(bind(1)))


def set_current_schema(name: str) -> exp.Command:
    """``ALTER SESSION SET CURRENT_SCHEMA``: where bare names are looked up. ORA-01435 without the schema."""
    return exp.Command(
        this="ALTER",
        expression=exp.Literal.string(f"SESSION SET CURRENT_SCHEMA = {escape_identifier(name)}"),
    )


def storage_columns(tables: int) -> exp.Select:
    """The columns of ``tables`` tables of an owner (0: of all), as OracleTypeMapper reads them.

    Binds: owner, then the table names. Columns: table, column, type, YES or NO for nullable, length or
    precision, scale. A VARCHAR2 carries the unit of its length; a column checked IS JSON is called JSON.
    """
    c, j = "C", "J"
    unit = exp.Anonymous(
        this="DECODE",
        expressions=[
            column("CHAR_USED", c),
            exp.Literal.string("C"),
            exp.Literal.string("VARCHAR2 CHAR"),
            exp.Literal.string("VARCHAR2 BYTE"),
        ],
    )
    data_type = (
        exp.Case()
        .when(exp.Is(this=column("COLUMN_NAME", j), expression=exp.Null()).not_(), exp.Literal.string("JSON"))
        .when(column("DATA_TYPE", c).eq(exp.Literal.string("VARCHAR2")), unit)
        .else_(column("DATA_TYPE", c))
    )
    nullable = exp.Anonymous(
        this="DECODE",
        expressions=[
            column("NULLABLE", c),
            exp.Literal.string("Y"),
            exp.Literal.string("YES"),
            exp.Literal.string("NO"),
        ],
    )
    precision = (
        exp.Case()
        .when(column("DATA_TYPE", c).eq(exp.Literal.string("RAW")), column("DATA_LENGTH", c))
        .when(
            exp.GT(this=column("CHAR_LENGTH", c), expression=exp.Literal.number(0)), column("CHAR_LENGTH", c)
        )
        .else_(column("DATA_PRECISION", c))
    )
    same_column = [column(name, j).eq(column(name, c)) for name in ("OWNER", "TABLE_NAME", "COLUMN_NAME")]
    query = (
        exp.select(
            column("TABLE_NAME", c),
            column("COLUMN_NAME", c),
            data_type,
            nullable,
            precision,
            column("DATA_SCALE", c),
        )
        .from_(exp.alias_(exp.to_table("ALL_TAB_COLUMNS"), c, table=True))
        .join(
            exp.alias_(exp.to_table("ALL_JSON_COLUMNS"), j, table=True),
            on=exp.and_(*same_column),
            join_type="left",
        )
        .where(column("OWNER", c).eq(bind(1)))
        .order_by(column("TABLE_NAME", c), column("COLUMN_ID", c))
    )
    if not tables:
        return query
    return query.where(
        exp.In(this=column("TABLE_NAME", c), expressions=list[exp.Expression](binds(tables, start=2)))
    )


def column_types(tables: int) -> exp.Select:
    """The columns of ``tables`` tables with what OracleType.from_dictionary reads.

    Binds: owner, then the table names. Columns: table, column, DATA_TYPE, CHAR_USED, CHAR_LENGTH,
    DATA_LENGTH, DATA_PRECISION, DATA_SCALE, NULLABLE (Y or N). Hidden and unused columns are not among
    them.
    """
    names = ("TABLE_NAME", "COLUMN_NAME", "DATA_TYPE", "CHAR_USED", "CHAR_LENGTH", "DATA_LENGTH")
    return (
        exp.select(*map(column, (*names, "DATA_PRECISION", "DATA_SCALE", "NULLABLE")))
        .from_("ALL_TAB_COLUMNS")
        .where(
            column("OWNER").eq(bind(1)),
            exp.In(this=column("TABLE_NAME"), expressions=list[exp.Expression](binds(tables, start=2))),
        )
        .order_by(column("TABLE_NAME"), column("COLUMN_ID"))
    )
