"""Conditions and sub-selects that the merge strategies share.

No temporary tables: creating one commits. Sub-selects read the same rows again instead, so whatever they
pick must be the same each time: hence ROWID behind every sort.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from dlt_oracle.destinations.sql.names import column
from dlt_oracle.destinations.sql.render import TextOf, UserCondition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dlt_oracle.destinations.sql.chain import Chain, ChainTable, DedupSort, HardDelete

D = "D"
"""Alias of the table that is changed."""
S = "S"
"""Alias of staged rows."""
_ROW_NUMBER = "_DLT_DEDUP_RN"
_ROW_ID = "_DLT_DEDUP_ROWID"
MAX_COLUMNS = 1000
"""Of a table and of an inline view (ORA-01792)."""


def aliased(table: exp.Table, alias: str) -> exp.Table:
    """Return ``table alias``."""
    named = table.copy()
    named.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return named


def qualified(table: exp.Table, name: str) -> exp.Column:
    """Return ``"OWNER"."TABLE"."COLUMN"``.

    Where a user's condition may name the changed table, the table has no alias: it would hide the name.
    """
    return exp.Column(this=column(name).this, table=table.this.copy(), db=table.args["db"].copy())


def user_condition(text: str | None) -> list[exp.Expression]:
    """Return a user's condition, or nothing."""
    return [UserCondition(this=text)] if text else []


def where(query: exp.Select, conditions: Iterable[exp.Expression]) -> exp.Select:
    """Add conditions, if any."""
    found = list(conditions)
    return query.where(*found) if found else query


def same_keys(keys: Sequence[str]) -> list[exp.Expression]:
    """Return ``s.k = d.k`` for each key: NULL keys match nothing, as in every SQL database."""
    return [column(key, S).eq(column(key, D)) for key in keys]


def exists(query: exp.Select) -> exp.Exists:
    """Return ``EXISTS (query)``."""
    return exp.Exists(this=query)


def is_in(expression: exp.Expression, query: exp.Select) -> exp.In:
    """Return ``expression IN (query)``."""
    return exp.In(this=expression, query=exp.Subquery(this=query))


def deleted(mark: HardDelete, alias: str | None = None) -> exp.Expression:
    """Return the condition that a row is marked as deleted."""
    name = column(mark.column, alias)
    return name.eq(exp.Literal.number(1)) if mark.boolean else name.is_(exp.null()).not_()


def not_deleted(mark: HardDelete | None, alias: str | None = None) -> list[exp.Expression]:
    """Return the condition that a row is not marked as deleted, or nothing where no column marks them."""
    if mark is None:
        return []
    name = column(mark.column, alias)
    unmarked = name.is_(exp.null())
    if not mark.boolean:
        return [unmarked]
    return [exp.Paren(this=exp.or_(unmarked, name.copy().eq(exp.Literal.number(0))))]


def first_rows(
    table: exp.Table,
    columns: Sequence[str],
    keys: Sequence[str],
    sort: DedupSort | None = None,
    conditions: Sequence[exp.Expression] = (),
) -> exp.Select:
    """Select from ``table`` one row for each value of ``keys``: the first by ``sort``, then as stored.

    ``conditions`` apply before rows are chosen; those that the caller adds, after. LOB columns may pass:
    they are neither partitioned nor sorted by. A NULL sorts as in PostgreSQL, before everything when
    descending.
    """
    order = [exp.Ordered(this=_rowid())]
    if sort is not None:
        value: exp.Expression = column(sort.column)
        if sort.as_number:
            value = exp.Anonymous(this="TO_NUMBER", expressions=[value])
        # Oracle's own default for NULLs in either direction: nothing is rendered for it.
        order.insert(0, exp.Ordered(this=value, desc=sort.descending, nulls_first=sort.descending))
    number = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column(key) for key in keys],
        order=exp.Order(expressions=order),
    )

    def first(*names: exp.Expr) -> exp.Select:
        numbered = exp.select(*names, exp.alias_(number, _ROW_NUMBER, quoted=True)).from_(table.copy())
        return (
            exp.select(*(column(name.alias_or_name) for name in names))
            .from_(exp.Subquery(this=where(numbered, conditions)))
            .where(column(_ROW_NUMBER).eq(exp.Literal.number(1)))
        )

    selected = [column(name) for name in columns]
    if len(columns) < MAX_COLUMNS:
        return first(*selected)
    # No room for the number beside so many columns.
    chosen = first(exp.alias_(_rowid(), _ROW_ID, quoted=True))
    return exp.select(*selected).from_(table.copy()).where(is_in(_rowid(), chosen))


def _rowid() -> exp.Column:
    return exp.Column(this=exp.to_identifier("ROWID"))


def distinct_columns(*groups: Sequence[str]) -> list[str]:
    """Return all names once, in order."""
    return list(dict.fromkeys(name for group in groups for name in group))


def staged_row_keys(chain: Chain, conditions: Sequence[exp.Expression]) -> exp.Select:
    """Select the row keys of the staged root rows that meet ``conditions``."""
    return where(
        exp.select(column(required(chain.root.row_key))).from_(chain.root.staging.copy()), conditions
    )


def absent(chain: Chain, keys: Sequence[str]) -> exp.Expression:
    """Return the condition that a row of the root's target has no counterpart among the staged rows."""
    return exists(_counterparts(chain, keys)).not_()


def in_partition(chain: Chain) -> list[exp.Expression]:
    """Return which rows of the root's target a merge may delete or retire; nothing means all of them.

    ``destination_scope`` wins over ``merge_key``.
    """
    if chain.destination_scope:
        return user_condition(chain.destination_scope)
    return [exists(_counterparts(chain, chain.merge_key))] if chain.merge_key else []


def _counterparts(chain: Chain, keys: Sequence[str]) -> exp.Select:
    table = chain.root
    same = [column(key, S).eq(qualified(table.target, key)) for key in keys]
    query = exp.select(exp.Literal.number(1)).from_(aliased(table.staging, S))
    return query.where(*same, *user_condition(chain.source_filter))


def changed(table: ChainTable) -> exp.Condition | None:
    """Return the condition that staged row ``S`` differs from stored row ``D``; None: always update.

    A NULL equals a NULL here: DECODE compares so, and it is the only way before 23ai. LOBs have to be
    compared by DBMS_LOB, which returns NULL when either is NULL, documents of type JSON by JSON_EQUAL, and
    vectors, which may differ in their dimensions too, as texts.
    """
    if not table.compared:
        return None
    special = {
        **dict.fromkeys(table.lobs, _lob_differs),
        **dict.fromkeys(table.documents, _document_differs),
        **dict.fromkeys(table.vectors, _vector_differs),
    }
    return exp.or_(*(special.get(name, _value_differs)(name) for name in table.compared))


def _value_differs(name: str) -> exp.Condition:
    values = [column(name, S), column(name, D), exp.Literal.number(0), exp.Literal.number(1)]
    return exp.Anonymous(this="DECODE", expressions=values).eq(exp.Literal.number(1))


def _lob_differs(name: str) -> exp.Condition:
    return exp.or_(_texts_differ(column(name, S), column(name, D)), _one_is_null(name))


def _vector_differs(name: str) -> exp.Condition:
    staged, stored = (TextOf(this=column(name, alias), function="FROM_VECTOR") for alias in (S, D))
    return exp.or_(_texts_differ(staged, stored), _one_is_null(name))


def _texts_differ(staged: exp.Expression, stored: exp.Expression) -> exp.Condition:
    compare = exp.Dot(
        this=exp.to_identifier("DBMS_LOB"),
        expression=exp.Anonymous(this="COMPARE", expressions=[staged, stored]),
    )
    return compare.neq(exp.Literal.number(0))


def _document_differs(name: str) -> exp.Condition:
    staged, stored = column(name, S), column(name, D)
    # Nothing is said of NULLs in JSON_EQUAL: they are kept away from it.
    both = [each.copy().is_(exp.null()).not_() for each in (staged, stored)]
    equal = exp.Anonymous(this="JSON_EQUAL", expressions=[staged, stored])
    return exp.or_(exp.and_(*both, exp.Not(this=equal)), _one_is_null(name))


def _one_is_null(name: str) -> exp.Condition:
    staged, stored = (
        exp.Anonymous(
            this="NVL2", expressions=[column(name, alias), exp.Literal.number(1), exp.Literal.number(0)]
        )
        for alias in (S, D)
    )
    return staged.neq(stored)


def required(name: str | None) -> str:
    """Return a key column that the reading of the hints has made sure of."""
    if name is None:
        raise AssertionError("a key column is missing that the strategy needs")
    return name
