"""dlt's hints of a table chain, read into what the merge statements need.

Which key columns a strategy needs, and the errors for those that are missing, are dlt's own: its
``SqlMergeFollowupJob`` is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timezone
from typing import TYPE_CHECKING, Any, TypeAlias

from dlt.common.destination.utils import get_merge_compare_columns
from dlt.common.schema.exceptions import SchemaCorruptedException
from dlt.common.schema.utils import (
    get_active_record_timestamp,
    get_columns_names_with_prop,
    get_dedup_sort_tuple,
    get_first_column_name_with_prop,
    get_validity_column_names,
    is_nested_table,
)
from dlt.common.storages.load_package import load_package_state
from dlt.common.time import ensure_datetime_in_tz
from dlt.destinations.exceptions import MergeDispositionException
from dlt.destinations.sql_jobs import SqlMergeFollowupJob
from sqlglot import exp

from dlt_oracle.destinations.oracle_types import LOBS, Bind
from dlt_oracle.destinations.sql.chain import Chain, ChainTable, DedupSort, HardDelete, Validity
from dlt_oracle.destinations.sql.literals import format_datetime_literal
from dlt_oracle.destinations.type_mapper import COMPARED_HINTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dlt_oracle.destinations.sql_client import OracleSqlClient
    from dlt_oracle.destinations.stored_columns import StoredColumns
    from dlt_oracle.destinations.type_mapper import OracleTypeMapper

# A prepared table's schema: dlt's functions disagree on whether that is a TTableSchema.
Table: TypeAlias = Any

_NUMBERS = ("decimal", "wei")  # those with more than 38 digits are stored as text

UPSERTS = ("upsert", "cdc")
"""Strategies that match by primary key and may skip unchanged rows."""


@dataclass(frozen=True)
class ChainReader:
    """Reads the hints of one chain, prepared by the job client, for one merge strategy.

    ``stored``: the columns that the tables really have, where that is known: a text may have become a CLOB.
    """

    tables: Sequence[Table]
    strategy: str
    client: OracleSqlClient
    mapper: OracleTypeMapper
    stored: Mapping[str, StoredColumns] = field(default_factory=dict)

    def chain(self) -> Chain:
        """Return the chain. Raises MergeDispositionException when the strategy misses a key column."""
        root = self.tables[0]
        primary_key = self._names(root, "primary_key")
        mark = get_first_column_name_with_prop(root, "hard_delete")
        sort = get_dedup_sort_tuple(root)
        # dlt doubles braces in conditions: they may hold placeholders.
        source_filter = str(root.get("x-merge-source-filter") or "").format() or None
        merge_key = self._names(root, "merge_key")
        scope = self._scope(str(root.get("x-merge-destination-scope") or ""))
        if mark and self.strategy in UPSERTS and self.client.column(mark) in primary_key:
            raise self._refused(
                f"The `hard_delete` column `{mark}` of table `{root['name']}` is part of its primary key."
            )
        # Appending needs no way from nested rows to their roots.
        linked = self.strategy in UPSERTS or (
            self.strategy == "delete-insert"
            and bool(primary_key or merge_key or scope or mark or source_filter)
        )
        read = self._root(linked=linked)
        return Chain(
            root=read,
            nested=self._nested(read, linked=linked),
            primary_key=primary_key,
            merge_key=merge_key,
            dedup_sort=self._sort(root, *sort) if sort else None,
            hard_delete=self._hard_delete(root, mark) if mark else None,
            deduplicated=bool(root.get("x-stage-data-deduplicated")),
            source_filter=source_filter,
            destination_scope=scope,
        )

    def validity(self) -> Validity:
        """Return the columns and times of scd2."""
        root = self.tables[0]
        boundary = root.get("x-boundary-timestamp")
        if boundary is None:
            boundary = load_package_state()["state"]["created_at"]
        active = get_active_record_timestamp(root)
        valid_from, valid_to = (self.client.column(str(name)) for name in get_validity_column_names(root))
        return Validity(
            version=self.client.column(str(get_first_column_name_with_prop(root, "x-row-version"))),
            valid_from=valid_from,
            valid_to=valid_to,
            boundary=_timestamp(boundary),
            active=exp.null() if active is None else _timestamp(active),
        )

    def _root(self, *, linked: bool) -> ChainTable:
        root = self.tables[0]
        row_key: str | None = None
        if self.strategy == "scd2":
            # The hash is the row key, unless the user brings a row version.
            row_key = get_first_column_name_with_prop(root, "row_key") or get_first_column_name_with_prop(
                root, "x-row-version"
            )
        elif linked and len(self.tables) > 1:
            row_key = SqlMergeFollowupJob.get_row_key_col(self.tables, root, *self._datasets())
        return self._table(root, row_key=row_key)

    def _nested(self, root: ChainTable, *, linked: bool) -> tuple[ChainTable, ...]:
        read = {str(self.tables[0]["name"]): root}
        for table in self.tables[1:]:
            root_key = get_first_column_name_with_prop(table, "root_key")
            if linked:
                root_key = SqlMergeFollowupJob.get_root_key_col(self.tables, table, *self._datasets())
            read[str(table["name"])] = self._table(
                table,
                row_key=SqlMergeFollowupJob.get_row_key_col(self.tables, table, *self._datasets()),
                root_key=root_key,
                parent_key=get_first_column_name_with_prop(table, "parent_key"),
                parent=read[str(table["parent"])],
            )
        return tuple(read.values())[1:]

    def _table(
        self,
        table: Table,
        *,
        row_key: str | None,
        root_key: str | None = None,
        parent_key: str | None = None,
        parent: ChainTable | None = None,
    ) -> ChainTable:
        name = str(table["name"])
        with self.client.with_staging_dataset():
            staging = self.client.table(name)
        skip = self.strategy in UPSERTS and self.tables[0].get("x-merge-skip-unchanged-rows")
        column = self.client.column
        return ChainTable(
            target=self.client.table(name),
            staging=staging,
            columns=tuple(column(item) for item in get_columns_names_with_prop(table, "name")),
            lobs=self._bound(table, Bind.LONG_STRING, Bind.LONG_BINARY),
            documents=self._bound(table, Bind.JSON),
            vectors=self._bound(table, Bind.VECTOR),
            compared=tuple(map(column, get_merge_compare_columns(table))) if skip else None,
            row_key=row_key and column(row_key),
            root_key=root_key and column(root_key),
            parent_key=parent_key and column(parent_key),
            parent=parent,
        )

    def _bound(self, table: Table, *binds: Bind) -> frozenset[str]:
        """Return the columns whose values travel in one of ``binds``."""
        stored = self.stored.get(str(table["name"]), {})
        found = set()
        for name, hints in table["columns"].items():
            real = stored.get(self.client.column(name))
            type_ = (real and real.type) or self.mapper.oracle_type(hints, table)
            if type_.bind in binds:
                found.add(self.client.column(name))
        return frozenset(found)

    def _sort(self, table: Table, name: str, order: str) -> DedupSort:
        column = table["columns"][name]
        as_text = self.mapper.oracle_type(column, table).bind is Bind.STRING
        return DedupSort(
            self.client.column(name), order == "desc", as_text and column["data_type"] in _NUMBERS
        )

    def _hard_delete(self, table: Table, name: str) -> HardDelete:
        return HardDelete(self.client.column(name), table["columns"][name]["data_type"] == "bool")

    def _names(self, table: Table, prop: str) -> tuple[str, ...]:
        return tuple(self.client.column(name) for name in get_columns_names_with_prop(table, prop))

    def _scope(self, text: str) -> str | None:
        if not text:
            return None
        table, staging_table = self.client.get_qualified_table_names(str(self.tables[0]["name"]))
        return text.format(table=table, staging_table=staging_table)

    def _datasets(self) -> tuple[str, str]:
        client = self.client
        return client.fully_qualified_dataset_name(), client.fully_qualified_dataset_name(staging=True)

    def _refused(self, reason: str) -> MergeDispositionException:
        return MergeDispositionException(
            *self._datasets(), [str(table["name"]) for table in self.tables], reason
        )


def check_compared_columns(schema_name: str, tables: Sequence[Table], mapper: OracleTypeMapper) -> None:
    """Refuse, before anything is loaded, keys that Oracle cannot compare.

    Raises SchemaCorruptedException for a merged table with a LOB (a json or long text or binary column)
    as key, row version or ``dedup_sort`` column.
    """
    for table in tables:
        if table["write_disposition"] != "merge":
            continue
        for name, column in table["columns"].items():
            hints = [hint for hint in COMPARED_HINTS if column.get(hint) and "data_type" in column]
            if hints and mapper.oracle_type(column, table).bind in LOBS:
                kind = "nested table" if is_nested_table(table) else "table"
                raise SchemaCorruptedException(
                    schema_name,
                    f"Column `{name}` of {kind} `{table['name']}` has the hint `{hints[0]}` and is a "
                    f"{mapper.oracle_type(column, table).ddl} in Oracle, which can neither be compared "
                    "nor sorted. Give it a `precision` of at most 1000 (text) or 2000 (binary), or take "
                    "another column.",
                )


def _timestamp(value: Any) -> exp.Var:
    # As text of its own: sqlglot would write a CAST, which depends on the session's formats.
    return exp.Var(this=format_datetime_literal(ensure_datetime_in_tz(value, timezone.utc)))
