"""Follow-up jobs: a table chain as the statements that bring staged rows into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt.common.storages.load_package import ParsedLoadJobFileName
from dlt.destinations.job_impl import FollowupJobRequestImpl

from dlt_oracle.destinations.load_jobs import FollowupStatements
from dlt_oracle.destinations.sql import dml
from dlt_oracle.destinations.sql.render import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt.common.destination.typing import PreparedTableSchema
    from sqlglot import exp

    from dlt_oracle.destinations.sql_client import OracleSqlClient

REPLACE = "replace"


def replace_from_staging(
    table_chain: Sequence[PreparedTableSchema], client: OracleSqlClient
) -> FollowupJobRequestImpl:
    """Replace the rows of a chain by those of its staging tables, in one transaction: never seen empty."""
    statements: list[exp.Expression] = []
    for table in table_chain:
        target = client.table(str(table["name"]))
        with client.with_staging_dataset():
            source = client.table(str(table["name"]))
        columns = [client.column(name) for name in table["columns"]]
        statements += [dml.delete_all(target), dml.insert_from(target.copy(), source, columns)]
    return _request(REPLACE, table_chain, statements)


def _request(
    kind: str, table_chain: Sequence[PreparedTableSchema], statements: Sequence[exp.Expression]
) -> FollowupJobRequestImpl:
    root = str(table_chain[0]["name"])
    name = ParsedLoadJobFileName(root, ParsedLoadJobFileName.new_file_id(), 0, "sql")
    job = FollowupJobRequestImpl(name.file_name())
    job._save_text_file(FollowupStatements(kind, root, [render(item) for item in statements]).dumps())  # noqa: SLF001 - dlt's way to write a follow-up's file
    return job
