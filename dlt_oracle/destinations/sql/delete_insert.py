"""Merge by ``delete-insert``: rows whose keys are staged go, then all staged rows come in.

Without keys and without a destination scope nothing is deleted: the merge appends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from dlt_oracle.destinations.sql import dml
from dlt_oracle.destinations.sql.conditions import (
    D,
    S,
    aliased,
    distinct_columns,
    exists,
    first_rows,
    is_in,
    not_deleted,
    required,
    same_keys,
    user_condition,
    where,
)
from dlt_oracle.destinations.sql.names import column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.destinations.sql.chain import Chain, ChainTable


def delete_insert(chain: Chain) -> list[exp.Expression]:
    """Return the statements, in the order in which they have to run."""
    return [*_deletes(chain), _insert_root(chain), *(_insert_nested(chain, table) for table in chain.nested)]


def _deletes(chain: Chain) -> list[exp.Expression]:
    if chain.destination_scope:
        return _delete_chain(chain, chain.root.target.copy(), user_condition(chain.destination_scope))
    # One pass per kind of key: joined by OR, Oracle would probe the staging table once per stored row.
    statements: list[exp.Expression] = []
    for keys in dict.fromkeys(filter(None, (chain.primary_key, chain.merge_key))):
        staged = (
            exp.select(exp.Literal.number(1))
            .from_(aliased(chain.root.staging, S))
            .where(*same_keys(keys), *user_condition(chain.source_filter))
        )
        statements += _delete_chain(chain, aliased(chain.root.target, D), [exists(staged)])
    return statements


def _delete_chain(
    chain: Chain, root: exp.Expression, conditions: Sequence[exp.Expression]
) -> list[exp.Expression]:
    """Delete the root rows that meet ``conditions`` and what is nested in them: nested rows first.

    They are found through their root rows, which have to be there still.
    """
    statements: list[exp.Expression] = []
    for table in chain.nested:
        roots = exp.select(column(required(chain.root.row_key))).from_(root.copy()).where(*conditions)
        condition = is_in(column(required(table.root_key)), roots)
        statements.append(exp.Delete(this=table.target.copy(), where=exp.Where(this=condition)))
    return [*statements, exp.Delete(this=root, where=exp.Where(this=exp.and_(*conditions)))]


def _insert_root(chain: Chain) -> exp.Insert:
    columns = chain.root.columns
    return dml.insert_select(chain.root.target.copy(), columns, _kept_roots(chain, columns))


def _insert_nested(chain: Chain, table: ChainTable) -> exp.Insert:
    rows = _first_or_all(chain, table, [required(table.row_key)], table.columns)
    if (chain.primary_key and not chain.deduplicated) or chain.hard_delete or chain.source_filter:
        kept = _kept_roots(chain, [required(chain.root.row_key)])
        rows = rows.where(is_in(column(required(table.root_key)), kept))
    return dml.insert_select(table.target.copy(), table.columns, rows)


def _kept_roots(chain: Chain, columns: Sequence[str]) -> exp.Select:
    """Select the staged root rows that go in.

    As in dlt, the newest row of a key is found first: when it is a deleted one, or one that the source
    filter drops, no older one takes its place.
    """
    table = chain.root
    kept = [*not_deleted(chain.hard_delete), *user_condition(chain.source_filter)]
    if not chain.primary_key or chain.deduplicated:
        return where(exp.select(*map(column, columns)).from_(table.staging.copy()), kept)
    # Conditions may name any column of the table.
    visible = table.columns if chain.source_filter else distinct_columns(columns, _mark(chain))
    newest = first_rows(table.staging, visible, chain.primary_key, chain.dedup_sort)
    return where(newest.select(*map(column, columns), append=False), kept)


def _mark(chain: Chain) -> list[str]:
    return [chain.hard_delete.column] if chain.hard_delete else []


def _first_or_all(chain: Chain, table: ChainTable, keys: Sequence[str], columns: Sequence[str]) -> exp.Select:
    if chain.deduplicated:
        return exp.select(*map(column, columns)).from_(table.staging.copy())
    return first_rows(table.staging, columns, keys)
