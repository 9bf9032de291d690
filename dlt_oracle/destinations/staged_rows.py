"""Whose rows a staging table holds: those of the load that has claimed it last.

Staging tables belong to a dataset, not to a pipeline: two pipelines that merge or replace one table stage its
rows in one place, and the later of two loads empties what the earlier one may still need, above all when
that one was killed and goes on another day. The staging dataset's ledger says whose a table is:

* Who empties or drops a staging table **claims** it first: deletes the claim that is there, writes its own,
  and commits.
* Whoever adds rows to it, as the last thing, and whoever reads them for a follow-up, as the first thing,
  **holds** the claim: locks its row until the commit. With a claim that is not its load's it stops.

So all that is committed in a staging table was staged by the load whose claim it is, and a follow-up finds
all that its own load staged: a claim waits for those who hold, and the table is emptied only afterwards. Two
loads that claim at the same moment may both leave a row; then neither holds the table.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from dlt.common.pipeline import current_pipeline

from dlt_oracle.destinations.errors import StagingTaken
from dlt_oracle.destinations.sql import ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dlt_oracle.destinations.sql_client import OracleSqlClient

KIND = "staging"
"""Of a claim. Its FILE_ID is the name of the pipeline that made it, for those who come too late."""

_MAX_PIPELINE_BYTES = 128


def claim(client: OracleSqlClient, tables: Iterable[str], load_id: str | None) -> None:
    """Take tables of the staging dataset for a load, and commit; for nobody, without ``load_id``.

    ``tables`` are dlt's names. Forgets what was loaded into them, too. For use in the staging dataset,
    just before they are emptied or dropped.
    """
    ledger_table, now = client.table(ledger.TABLE_NAME), dt.datetime.now(dt.timezone.utc)
    with client.begin_transaction():
        for table in sorted(client.table(name).name for name in tables):
            client.execute(ledger.forget_table(ledger_table.copy()), ledger.NO_LOAD, table)
            if load_id is not None:
                key = (load_id, KIND, table, _pipeline_name() or ledger.NO_FILE)
                client.execute(ledger.record(ledger_table.copy()), *key, None, now)


def hold(client: OracleSqlClient, tables: Sequence[str], load_id: str) -> None:
    """Keep others from claiming the staging tables of ``tables`` (dlt's names) until the transaction ends.

    Raises StagingTaken for the first that is not the load's own.
    """
    with client.with_staging_dataset():
        stored = {client.table(name).name: name for name in tables}
        query = ledger.lock_claims(client.table(ledger.TABLE_NAME), len(stored))
        claims: dict[str, list[tuple[str, str]]] = {table: [] for table in stored}
        for table, owner, pipeline in client.ask(query, KIND, *stored):
            claims[table].append((owner, pipeline))
    for table, found in claims.items():
        others = [claim for claim in found if claim[0] != load_id]
        if others or not found:
            raise StagingTaken(
                table=stored[table],
                staging_table=table,
                load_id=load_id,
                pipeline=_pipeline_name(),
                others=others,
            )


def keep(client: OracleSqlClient, table_name: str, load_id: str) -> None:
    """Hold the claim of the table just loaded, if it is a staging table."""
    if client.is_staging_dataset_active:
        hold(client, [table_name], load_id)


def _pipeline_name() -> str:
    pipeline = current_pipeline()
    name = pipeline.pipeline_name if pipeline else ""
    return name.encode()[:_MAX_PIPELINE_BYTES].decode(errors="ignore")
