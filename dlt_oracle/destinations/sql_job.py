"""The follow-up job: the statements of a table chain in one transaction, once per load."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, cast

from dlt.common import logger
from dlt.common.destination.client import RunnableLoadJob
from dlt.destinations.exceptions import DatabaseException, DatabaseTransientException

from dlt_oracle.destinations import errors, staged_rows, swap
from dlt_oracle.destinations.constraints import explained
from dlt_oracle.destinations.ledger_rows import LedgerKey, alone, chain_lock, lock, once
from dlt_oracle.destinations.promotion import tried_again

if TYPE_CHECKING:
    from dlt_oracle.destinations.job_client import OracleClient
    from dlt_oracle.destinations.sql_client import OracleSqlClient

_NOT_UNIQUE = "ORA-00001"


@dataclass(frozen=True)
class FollowupStatements:
    """What a follow-up file holds: a kind, the chain's root table, and statements, kept as data.

    ``swaps`` are the tables (``swap.Swap.names``) that are to be swapped with their staging tables; the
    statements are then for the case that this cannot be. ``tables`` are all of the chain, by dlt's names.
    """

    kind: str
    root_table: str
    statements: list[str]
    swaps: list[tuple[str, str, str, str]] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def dumps(self) -> str:
        """Return the file's text: one JSON object."""
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> FollowupStatements:
        """Read a file's text."""
        return cls(**json.loads(text))


class OracleSqlJob(RunnableLoadJob):
    """Runs the statements of a follow-up in one transaction, once per load.

    Its ledger row is in the dataset whose tables it changes. Follow-ups of one chain wait for each other,
    those that read different staging datasets too: two that bring the same new key would both insert it.

    dlt's own job looks for the letters CREATE, ALTER or DROP to decide whether to open a transaction (a
    column ``created_at`` is enough to lose it) and splits at every semicolon.
    """

    def run(self) -> None:
        """Run the statements and write the ledger row, and commit.

        Raises StagingTaken when the rows it is to bring are no longer its load's, or a database exception.
        """
        job_client = cast("OracleClient", self._job_client)
        client = job_client.oracle
        with open(self._file_path, encoding="utf-8") as file:  # noqa: PTH123 - dlt gives a string
            followup = FollowupStatements.loads(file.read())
        # dlt runs it in the staging dataset.
        target = job_client.dataset_behind_staging or client.dataset_name
        with client.with_alternative_dataset_name(target):
            try:
                self._run(client, followup)
            except DatabaseException as error:
                told = explained(client, error, f"{followup.kind} of table {followup.root_table!r}")
                raise self._tried_once_more(told) from error

    def _run(self, client: OracleSqlClient, followup: FollowupStatements) -> None:
        key = LedgerKey(self._load_id, followup.kind, followup.root_table)
        swapped = bool(followup.swaps) and self._swap(client, key, followup)
        with tried_again(client, followup.tables), once(client, key) as first:
            if first and not swapped:
                lock(client, chain_lock(followup.root_table))
                staged_rows.hold(client, followup.tables, self._load_id)
                client.execute_many(followup.statements)

    def _swap(self, client: OracleSqlClient, key: LedgerKey, followup: FollowupStatements) -> bool:
        with alone(client, chain_lock(followup.root_table)) as other:
            if swap.recorded(client, key.load_id, key.kind, key.table):
                return True
            staged_rows.hold(other, followup.tables, self._load_id)
            work = [swap.Swap.of_names(*names) for names in followup.swaps]
            obstacle = swap.swap_tables(client, key.load_id, work)
        if obstacle is not None:
            logger.warning(
                f"{key.table} is replaced by DELETE and INSERT in one transaction, not by a swap with its "
                f"staging table: {obstacle}."
            )
        return obstacle is None

    def _tried_once_more(self, error: DatabaseException) -> DatabaseException:
        """Make ORA-00001 transient once.

        Somebody outside of the chain's lock (an append, a user) may have committed the same new key just
        now; the next time it is there to be matched.
        """
        if errors.code_of(error) == _NOT_UNIQUE and self._parsed_file_name.retry_count == 0:
            return DatabaseTransientException(error.dbapi_exception)
        return error
