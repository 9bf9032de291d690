"""A table chain as the merge statements see it: staged rows, where they go, and the columns that matter.

All names are stored names, as the dictionary has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp


@dataclass(frozen=True)
class ChainTable:
    """One table of a chain.

    ``row_key`` identifies a row; ``root_key`` (nested tables) holds the row key of the row's root. Either
    is None where the strategy can do without. ``lobs``, ``documents`` (of type JSON) and ``vectors`` are the
    columns that Oracle cannot compare with operators. ``compared`` are the columns that decide whether a row
    has changed, or None when every matched row is to be updated.
    """

    target: exp.Table
    staging: exp.Table
    columns: tuple[str, ...]
    lobs: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    vectors: frozenset[str] = frozenset()
    compared: tuple[str, ...] | None = None
    row_key: str | None = None
    root_key: str | None = None
    parent_key: str | None = None
    parent: ChainTable | None = None


@dataclass(frozen=True)
class HardDelete:
    """The column that marks deleted rows: by being true where it is a boolean, else by not being NULL."""

    column: str
    boolean: bool


@dataclass(frozen=True)
class DedupSort:
    """The column by which the first of several rows with one key is taken.

    ``as_number``: it holds numbers as text, which would sort 9 behind 10.
    """

    column: str
    descending: bool
    as_number: bool = False


@dataclass(frozen=True)
class Chain:
    """A root table and its nested tables, parents before children, with the root's merge hints.

    ``deduplicated``: the user vouches that no key comes twice. ``source_filter`` and
    ``destination_scope`` are conditions in the user's own SQL.
    """

    root: ChainTable
    nested: tuple[ChainTable, ...] = ()
    primary_key: tuple[str, ...] = ()
    merge_key: tuple[str, ...] = ()
    dedup_sort: DedupSort | None = None
    hard_delete: HardDelete | None = None
    deduplicated: bool = False
    source_filter: str | None = None
    destination_scope: str | None = None


@dataclass(frozen=True)
class Validity:
    """The columns of scd2 and their values.

    ``version`` holds the row's hash. ``boundary`` is when rows begin and end; ``active`` is the end of rows
    that have none, a literal or NULL.
    """

    version: str
    valid_from: str
    valid_to: str
    boundary: exp.Expression
    active: exp.Expression
