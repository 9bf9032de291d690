"""Merge by ``scd2``: a row that is no longer staged ends, a row that is new begins; nothing is deleted.

A row is known by the hash of its content. The same hash may come back after its row ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from dlt_oracle.destinations.sql import dml
from dlt_oracle.destinations.sql.conditions import (
    D,
    S,
    absent,
    aliased,
    exists,
    in_partition,
    is_in,
    qualified,
    required,
    staged_row_keys,
    user_condition,
)
from dlt_oracle.destinations.sql.names import column, identifier

if TYPE_CHECKING:
    from dlt_oracle.destinations.sql.chain import Chain, ChainTable, Validity


def scd2(chain: Chain, validity: Validity) -> list[exp.Expression]:
    """Return the statements, in the order in which they have to run. Nested tables are insert-only."""
    return [
        _retire(chain, validity),
        _begin(chain, validity),
        *(_insert_nested(chain, table) for table in chain.nested),
    ]


def _is_active(column_: exp.Column, validity: Validity) -> exp.Expression:
    if isinstance(validity.active, exp.Null):
        return column_.is_(exp.null())
    return column_.eq(validity.active.copy())


def _retire(chain: Chain, validity: Validity) -> exp.Update:
    target = chain.root.target
    conditions = [
        absent(chain, [validity.version]),
        _is_active(qualified(target, validity.valid_to), validity),
        *in_partition(chain),
    ]
    return exp.Update(
        this=target.copy(),
        expressions=[exp.EQ(this=identifier(validity.valid_to), expression=validity.boundary.copy())],
        where=exp.Where(this=exp.and_(*conditions)),
    )


def _begin(chain: Chain, validity: Validity) -> exp.Insert:
    root = chain.root
    ends = (validity.valid_from, validity.valid_to)
    columns = [name for name in root.columns if name not in ends]
    active = (
        exp.select(exp.Literal.number(1))
        .from_(aliased(root.target, D))
        .where(
            column(validity.version, D).eq(column(validity.version, S)),
            _is_active(column(validity.valid_to, D), validity),
        )
    )
    rows = (
        exp.select(*(column(name, S) for name in columns), validity.boundary.copy(), validity.active.copy())
        .from_(aliased(root.staging, S))
        .where(exists(active).not_(), *user_condition(chain.source_filter))
    )
    return dml.insert_select(root.target.copy(), [*columns, *ends], rows)


def _insert_nested(chain: Chain, table: ChainTable) -> exp.Insert:
    key = required(table.row_key)
    stored = (
        exp.select(exp.Literal.number(1))
        .from_(aliased(table.target, D))
        .where(column(key, D).eq(column(key, S)))
    )
    rows = (
        exp.select(*(column(name, S) for name in table.columns))
        .from_(aliased(table.staging, S))
        .where(exists(stored).not_())
    )
    if chain.source_filter:
        rows = rows.where(_is_merged(chain, table, S))
    return dml.insert_select(table.target.copy(), table.columns, rows)


def _is_merged(chain: Chain, table: ChainTable, alias: str | None = None) -> exp.Expression:
    """Return the condition that a staged nested row belongs to a root row that the source filter lets in.

    Without a root key the way goes from parent to parent.
    """
    if table.root_key:
        roots = staged_row_keys(chain, user_condition(chain.source_filter))
        return is_in(column(table.root_key, alias), roots)
    parent = table.parent
    if parent is None or parent.parent is None:
        parent, condition = chain.root, user_condition(chain.source_filter)
    else:
        condition = [_is_merged(chain, parent)]
    parents = exp.select(column(required(parent.row_key))).from_(parent.staging.copy()).where(*condition)
    return is_in(column(required(table.parent_key), alias), parents)
