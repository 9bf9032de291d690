"""Data manipulation: what runs inside a data transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from dlt_oracle.destinations.sql.names import column, identifier
from dlt_oracle.destinations.sql.render import binds

if TYPE_CHECKING:
    from collections.abc import Sequence


# Text of a timestamp with nine fractional digits; the session's own formats do not matter.
_TIMESTAMP_FORMAT = "YYYY-MM-DD HH24:MI:SS.FF9"


def insert(
    table: exp.Table, columns: Sequence[str], values: Sequence[exp.Expression] | None = None
) -> exp.Insert:
    """``INSERT INTO t (…) VALUES (:1, …)``: one bind a column, in their order, or ``values`` made of them."""
    return exp.Insert(
        this=_target(table, columns),
        expression=exp.Values(expressions=[exp.Tuple(expressions=values or binds(len(columns)))]),
    )


def timestamp_of(text: exp.Expression) -> exp.Anonymous:
    """``TO_TIMESTAMP(…)`` of a text ``2024-01-31 23:59:59.123456789``."""
    return exp.Anonymous(this="TO_TIMESTAMP", expressions=[text, exp.Literal.string(_TIMESTAMP_FORMAT)])


def timestamp_tz_of(text: exp.Expression) -> exp.Anonymous:
    """``TO_TIMESTAMP_TZ(…)`` of a text ``2024-01-31 23:59:59.123456789 +00:00``."""
    return exp.Anonymous(
        this="TO_TIMESTAMP_TZ", expressions=[text, exp.Literal.string(f"{_TIMESTAMP_FORMAT} TZH:TZM")]
    )


def insert_from(table: exp.Table, source: exp.Table, columns: Sequence[str]) -> exp.Insert:
    """``INSERT INTO t (…) SELECT … FROM source``: the same columns on both sides."""
    return insert_select(table, columns, exp.select(*(column(name) for name in columns)).from_(source))


def insert_select(table: exp.Table, columns: Sequence[str], rows: exp.Select) -> exp.Insert:
    """``INSERT INTO t (…) SELECT …``: the columns of ``rows`` in the order of ``columns``."""
    return exp.Insert(this=_target(table, columns), expression=rows)


def insert_model(table: exp.Table, query: str, dialect: str) -> exp.Insert:
    """``INSERT INTO t (…) SELECT …`` for a model: the query of a user, normalized by dlt.

    dlt has given every selected value the stored name of its column as alias. ``dialect``: sqlglot's name
    of the query's dialect. Raises ValueError for anything but a query.
    """
    rows = parse_one(query, dialect=dialect)
    if not isinstance(rows, exp.Select):
        raise ValueError(f"A model has to be a SELECT, not a {rows.key.upper()} statement.")  # noqa: TRY004 - it is the text that is wrong
    return insert_select(table, rows.named_selects, rows)


def any_row(table: exp.Table) -> exp.Select:
    """``SELECT 1``: one row when the table has any."""
    return exp.select(exp.Literal.number(1)).from_(table).limit(1)


def delete_all(table: exp.Table) -> exp.Delete:
    """``DELETE FROM t``: slower than TRUNCATE, but part of the transaction: readers never see it empty."""
    return exp.Delete(this=table)


def _target(table: exp.Table, columns: Sequence[str]) -> exp.Schema:
    return exp.Schema(this=table, expressions=[identifier(name) for name in columns])
