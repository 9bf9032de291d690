"""Follow-up jobs: a table chain as the statements that bring staged rows into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt.common.destination.utils import resolve_merge_strategy
from dlt.common.storages.load_package import ParsedLoadJobFileName
from dlt.destinations.job_impl import FollowupJobRequestImpl

from dlt_oracle.destinations.sql import dml, merge
from dlt_oracle.destinations.sql.delete_insert import delete_insert
from dlt_oracle.destinations.sql.render import render
from dlt_oracle.destinations.sql.scd2 import scd2
from dlt_oracle.destinations.sql_job import FollowupStatements
from dlt_oracle.destinations.stored_columns import read_columns
from dlt_oracle.destinations.swap import swaps
from dlt_oracle.destinations.table_chain import ChainReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dlt.common.destination.typing import PreparedTableSchema
    from sqlglot import exp

    from dlt_oracle.destinations.sql_client import OracleSqlClient
    from dlt_oracle.destinations.stored_columns import StoredColumns
    from dlt_oracle.destinations.swap import Swap
    from dlt_oracle.destinations.type_mapper import OracleTypeMapper

REPLACE = "replace"
MERGE = "merge"
_STRATEGIES: dict[str, Callable[[ChainReader], list[exp.Expression]]] = {
    "delete-insert": lambda reader: delete_insert(reader.chain()),
    "upsert": lambda reader: merge.upsert(reader.chain()),
    "insert-only": lambda reader: merge.insert_only(reader.chain()),
    "scd2": lambda reader: scd2(reader.chain(), reader.validity()),
    "cdc": lambda reader: merge.cdc(reader.chain()),
}


def replace_from_staging(
    table_chain: Sequence[PreparedTableSchema], client: OracleSqlClient, *, swap: bool = False
) -> FollowupJobRequestImpl:
    """Replace the rows of a chain by those of its staging tables, in one transaction: never seen empty.

    With ``swap`` the tables are swapped instead, where nothing is in the way of that.
    """
    statements: list[exp.Expression] = []
    for table in table_chain:
        target = client.table(str(table["name"]))
        with client.with_staging_dataset():
            source = client.table(str(table["name"]))
        columns = [client.column(name) for name in table["columns"]]
        statements += [dml.delete_all(target), dml.insert_from(target.copy(), source, columns)]
    swapped = swaps(client, [str(table["name"]) for table in table_chain]) if swap else []
    return _request(REPLACE, table_chain, statements, swapped)


def merge_statements(
    table_chain: Sequence[PreparedTableSchema],
    client: OracleSqlClient,
    mapper: OracleTypeMapper,
    stored: Mapping[str, StoredColumns] | None = None,
) -> list[exp.Expression]:
    """Return the statements that merge a chain's staged rows, in order.

    ``stored``: the columns that the target tables really have, if they matter. Raises
    MergeDispositionException when a column is missing that the strategy needs.
    """
    root: Any = table_chain[0]
    strategy = resolve_merge_strategy({root["name"]: root}, root, client.capabilities)
    return _STRATEGIES[str(strategy)](ChainReader(table_chain, str(strategy), client, mapper, stored or {}))


def merge_from_staging(
    table_chain: Sequence[PreparedTableSchema], client: OracleSqlClient, mapper: OracleTypeMapper
) -> FollowupJobRequestImpl:
    """Merge the staged rows of a chain, in one transaction."""
    stored: dict[str, StoredColumns] = {}
    root: Any = table_chain[0]
    if root.get("x-merge-skip-unchanged-rows"):
        # Values are compared: how depends on what an earlier load made of the columns.
        with client:
            stored = read_columns(client, [str(table["name"]) for table in table_chain])
    return _request(MERGE, table_chain, merge_statements(table_chain, client, mapper, stored))


def _request(
    kind: str,
    table_chain: Sequence[PreparedTableSchema],
    statements: Sequence[exp.Expression],
    swapped: Sequence[Swap] = (),
) -> FollowupJobRequestImpl:
    names = [str(table["name"]) for table in table_chain]
    file = ParsedLoadJobFileName(names[0], ParsedLoadJobFileName.new_file_id(), 0, "sql").file_name()
    job = FollowupJobRequestImpl(file)
    followup = FollowupStatements(
        kind,
        names[0],
        [render(item) for item in statements],
        swaps=[item.names() for item in swapped],
        tables=names,
    )
    job._save_text_file(followup.dumps())  # noqa: SLF001 - dlt's way to write a follow-up's file
    return job
