"""What rows of a dataset's ledger are good for: to do things once, and one after the other."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt.common import logger

from dlt_oracle.destinations import errors
from dlt_oracle.destinations.sql import ledger
from dlt_oracle.destinations.sql_client import OracleSqlClient

if TYPE_CHECKING:
    from collections.abc import Iterator

_THERE_ALREADY = "ORA-00001"


@dataclass(frozen=True)
class LedgerKey:
    """What identifies a piece of work, however often dlt asks for it, or a lock."""

    load_id: str
    kind: str
    table: str
    file_id: str = ledger.NO_FILE

    def values(self) -> tuple[str, str, str, str]:
        """Return the key in the order of ``ledger.KEY``."""
        return self.load_id, self.kind, self.table, self.file_id


def chain_lock(root_table: str) -> LedgerKey:
    """Return what is locked by whoever brings rows into the tables of a chain, or repairs them."""
    return LedgerKey(ledger.NO_LOAD, "chain", root_table)


@contextmanager
def once(client: OracleSqlClient, key: LedgerKey, rows: int | None = None) -> Iterator[bool]:
    """Open the transaction in which ``key`` is done; yield False when it has been done before.

    The ledger is that of the dataset which the client is in. ``rows``: how many it is about, if known.
    """
    with client.begin_transaction():
        first = _record(client, key, rows)
        if not first:
            logger.info(
                f"{key.kind} of {key.table} in load {key.load_id} was committed before: nothing to do"
            )
        yield first


def lock(client: OracleSqlClient, key: LedgerKey) -> None:
    """Lock the row of ``key`` until the transaction ends; it is made when it is missing.

    Waits for others, see ``ledger.LOCK_WAIT_SECONDS``; then ORA-30006, which is tried again.
    """
    while not client.ask(ledger.lock(client.table(ledger.TABLE_NAME)), *key.values()):
        if _record(client, key):
            return


@contextmanager
def alone(client: OracleSqlClient, key: LedgerKey) -> Iterator[OracleSqlClient]:
    """Hold the lock of ``key`` in a second session, and yield that one: DDL in the first does not end it.

    A process that dies lets go of it.
    """
    other = OracleSqlClient(
        client.dataset_name, client.staging_dataset_name, client.config, client.capabilities
    )
    with other, other.begin_transaction():
        lock(other, key)
        yield other


def _record(client: OracleSqlClient, key: LedgerKey, rows: int | None = None) -> bool:
    """Write a key, and say whether it was not there."""
    table, now = client.table(ledger.TABLE_NAME), dt.datetime.now(dt.timezone.utc)
    try:
        client.execute(ledger.record(table), *key.values(), rows, now)
    except Exception as error:
        if errors.code_of(error) != _THERE_ALREADY:
            raise
        return False
    return True
