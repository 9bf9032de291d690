"""Merge by ``upsert``, ``insert-only`` and ``cdc``: one MERGE per table, sources without duplicates.

Oracle's MERGE (SQL Language Reference 19c): ON stands in parentheses, ON columns cannot be set
(ORA-38104), a source row that comes twice for one target row is ORA-30926, and DELETE WHERE sees only rows
that the UPDATE has touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from dlt_oracle.destinations.sql.conditions import (
    D,
    S,
    absent,
    aliased,
    changed,
    deleted,
    exists,
    first_rows,
    in_partition,
    is_in,
    not_deleted,
    required,
    staged_row_keys,
    user_condition,
)
from dlt_oracle.destinations.sql.names import column, identifier
from dlt_oracle.destinations.sql.render import MergeUpdate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.destinations.sql.chain import Chain, ChainTable


def upsert(chain: Chain) -> list[exp.Expression]:
    """Update rows whose key is there, insert the others: 2k - 1 statements for k tables.

    Nested rows are matched by row key; those that are no longer in their root's lists are deleted. As in
    dlt, a root row that arrives marked as deleted and is not there is inserted, without nested rows.
    """
    return [_merge_root(chain), *_merge_nested(chain)]


def cdc(chain: Chain) -> list[exp.Expression]:
    """Upsert, and before it delete what is not staged, in the whole table or in the chain's partition."""
    conditions = [absent(chain, chain.primary_key), *in_partition(chain)]
    root = chain.root
    deletes: list[exp.Expression] = []
    for table in chain.nested:
        # Before the root rows go: these are found through them.
        roots = exp.select(column(required(root.row_key))).from_(root.target.copy()).where(*conditions)
        condition = is_in(column(required(table.root_key)), roots)
        deletes.append(exp.Delete(this=table.target.copy(), where=exp.Where(this=condition)))
    deletes.append(exp.Delete(this=root.target.copy(), where=exp.Where(this=exp.and_(*conditions))))
    return [
        *deletes,
        _merge_root(chain, insert_where=not_deleted(chain.hard_delete, S)),
        *_merge_nested(chain),
    ]


def insert_only(chain: Chain) -> list[exp.Expression]:
    """Insert the rows whose key is not there, and leave the others as they are."""
    root = chain.root
    source = first_rows(
        root.staging, root.columns, chain.primary_key, chain.dedup_sort, not_deleted(chain.hard_delete)
    )
    return [
        _merge(root, source, chain.primary_key, []),
        *(_merge(table, _distinct(table), [required(table.row_key)], []) for table in chain.nested),
    ]


def _merge_root(chain: Chain, insert_where: Sequence[exp.Expression] = ()) -> exp.Merge:
    root, mark = chain.root, chain.hard_delete
    source = first_rows(
        root.staging,
        root.columns,
        chain.primary_key,
        chain.dedup_sort,
        user_condition(chain.source_filter),
    )
    delete = deleted(mark, S) if mark else None
    update = _update(root, chain.primary_key, delete)
    return _merge(root, source, chain.primary_key, update, insert_where)


def _merge_nested(chain: Chain) -> list[exp.Expression]:
    statements: list[exp.Expression] = []
    for table in chain.nested:
        key = [required(table.row_key)]
        statements += [
            _merge(table, _distinct(table, _kept(chain, table)), key, _update(table, key)),
            _delete_removed(chain, table),
        ]
    return statements


def _delete_removed(chain: Chain, table: ChainTable) -> exp.Delete:
    """Delete the nested rows of staged roots that are not staged themselves, or not kept."""
    key = required(table.row_key)
    staged = exp.select(exp.Literal.number(1)).from_(aliased(table.staging, S))
    staged = staged.where(column(key, S).eq(column(key, D)), *_marked(chain, table))
    conditions = [
        is_in(
            column(required(table.root_key), D), staged_row_keys(chain, user_condition(chain.source_filter))
        ),
        exists(staged).not_(),
    ]
    return exp.Delete(this=aliased(table.target, D), where=exp.Where(this=exp.and_(*conditions)))


def _kept(chain: Chain, table: ChainTable) -> list[exp.Expression]:
    """Return which nested rows belong to root rows that are merged and not marked as deleted."""
    if chain.hard_delete:
        return _marked(chain, table)
    if chain.source_filter:
        roots = staged_row_keys(chain, user_condition(chain.source_filter))
        return [is_in(column(required(table.root_key)), roots)]
    return []


def _marked(chain: Chain, table: ChainTable) -> list[exp.Expression]:
    mark = chain.hard_delete
    if mark is None:
        return []
    row_key = required(chain.root.row_key)
    newest = first_rows(
        chain.root.staging,
        [row_key, mark.column],
        chain.primary_key,
        chain.dedup_sort,
        user_condition(chain.source_filter),
    ).select(column(row_key), append=False)
    return [is_in(column(required(table.root_key)), newest.where(*not_deleted(mark)))]


def _distinct(table: ChainTable, conditions: Sequence[exp.Expression] = ()) -> exp.Select:
    return first_rows(table.staging, table.columns, [required(table.row_key)], conditions=conditions)


def _update(table: ChainTable, keys: Sequence[str], delete: exp.Expression | None = None) -> list[exp.When]:
    assignments: list[exp.Expression] = [
        column(name, D).eq(column(name, S)) for name in table.columns if name not in keys
    ]
    if not assignments:
        return []
    condition = changed(table)
    if condition is not None and delete is not None:
        condition = exp.or_(condition, delete.copy())
    update = MergeUpdate(
        expressions=assignments,
        where=exp.Where(this=condition) if condition is not None else None,
        delete=exp.Where(this=delete) if delete is not None else None,
    )
    return [exp.When(matched=True, then=update)]


def _merge(
    table: ChainTable,
    source: exp.Select,
    keys: Sequence[str],
    update: list[exp.When],
    insert_where: Sequence[exp.Expression] = (),
) -> exp.Merge:
    insert = exp.Insert(
        this=exp.Tuple(expressions=[identifier(name) for name in table.columns]),
        expression=exp.Tuple(expressions=[column(name, S) for name in table.columns]),
        where=exp.Where(this=exp.and_(*insert_where)) if insert_where else None,
    )
    matches = [column(key, D).eq(column(key, S)) for key in keys]
    return exp.Merge(
        this=aliased(table.target, D),
        using=exp.alias_(exp.Subquery(this=source), S, table=True),
        on=exp.Paren(this=exp.and_(*matches)),
        whens=exp.Whens(expressions=[*update, exp.When(matched=False, then=insert)]),
    )
