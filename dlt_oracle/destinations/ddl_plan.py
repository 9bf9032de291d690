"""``ddl = "verify"``: all the statements that a load needs somebody else to run, found before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.destinations import datasets, errors
from dlt_oracle.destinations.sql import ddl, ledger
from dlt_oracle.destinations.sql.render import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlt_oracle.destinations.job_client import OracleClient


def verify(client: OracleClient, table_names: Iterable[str] | None = None) -> None:
    """Check that the tables, by default all that dlt makes, and their staging tables are as they have to be.

    In staging mode only the staging tables are looked at. Raises DdlRefused with all that is missing.
    """
    in_staging = client.in_staging_dataset_mode
    everything = _staged_tables(client) if in_staging else client.schema.tables
    statements = _missing(client, table_names or everything)
    if not in_staging and (staged := _staged_tables(client)):
        with client.with_staging_dataset():
            statements += [item for item in _missing(client, staged) if item not in statements]
    if statements:
        raise errors.DdlRefused(statements)


def _staged_tables(client: OracleClient) -> list[str]:
    """Return the tables that dlt creates in the staging dataset, whatever this load has rows for."""
    tables = [
        name
        for name in client.schema.data_table_names(seen_data_only=True)
        if client.should_load_data_to_staging_dataset(name)
    ]
    return [*tables, client.schema.version_table_name] if tables else []


def _missing(client: OracleClient, table_names: Iterable[str]) -> list[str]:
    sql_client = client.oracle
    dataset = datasets.missing(sql_client)
    created = [] if sql_client.has_dataset() else [ledger.TABLE_NAME]
    stored = list(client.get_storage_tables(table_names))
    updates, tables = client.schema_updates(stored)
    created += [name for name, columns in stored if not columns and name in tables]
    user = sql_client.facts.user
    grants = (
        [] if sql_client.owner == user else [ddl.grant_rows(sql_client.table(name), user) for name in created]
    )
    return [*map(render, dataset), *updates, *map(render, grants)]
