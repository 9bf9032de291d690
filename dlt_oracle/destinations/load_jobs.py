"""Load jobs: one file, one transaction, one commit."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, cast

from dlt.common import logger
from dlt.common.destination.client import HasFollowupJobs, RunnableLoadJob, SqlModel
from dlt.common.destination.exceptions import DestinationTerminalException
from dlt.common.storages.file_storage import FileStorage
from dlt.destinations.exceptions import DatabaseTerminalException

from dlt_oracle.destinations import errors, swap
from dlt_oracle.destinations.load_columns import LoadTable
from dlt_oracle.destinations.promotion import tried_again
from dlt_oracle.destinations.readers import READERS, LoadFile, Reader
from dlt_oracle.destinations.rows import Batches, LoadColumn, longest_texts
from dlt_oracle.destinations.sql import dml, ledger
from dlt_oracle.destinations.sql.render import render
from dlt_oracle.destinations.sql_client import BatchError, OracleSqlClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from dlt_oracle.destinations.job_client import OracleClient

_DATA = "data"
_NO_COLUMN = "ORA-00904"  # about the statement, not about a row


@dataclass(frozen=True)
class LedgerKey:
    """What identifies a piece of work, however often dlt asks for it."""

    load_id: str
    kind: str
    table: str
    file_id: str = ledger.NO_FILE

    def values(self) -> tuple[str, str, str, str]:
        """Return the key in the order of ``ledger.KEY``."""
        return self.load_id, self.kind, self.table, self.file_id


@contextmanager
def once(client: OracleSqlClient, table: str, key: LedgerKey, rows: int | None = None) -> Iterator[bool]:
    """Open the transaction in which ``key`` is done; yield False when it has been done before.

    ``table`` is the ledger's dlt name resolved in the dataset whose ledger counts.
    """
    with client.begin_transaction():
        try:
            client.execute(
                ledger.record(client.table(table)), *key.values(), rows, dt.datetime.now(dt.timezone.utc)
            )
            first = True
        except Exception as error:
            if errors.code_of(error) != "ORA-00001":
                raise
            logger.info(
                f"{key.kind} of {key.table} in load {key.load_id} was committed before: nothing to do"
            )
            first = False
        yield first


class OracleLoadJob(RunnableLoadJob, HasFollowupJobs):
    """Loads one file of rows: Arrow batches bound straight into array inserts."""

    def run(self) -> None:
        """Insert all rows and the ledger row, and commit. Raises RejectedValue or a database exception."""
        job_client = cast("OracleClient", self._job_client)
        client = job_client.oracle
        reader = READERS[self._parsed_file_name.file_format](self._load_file(job_client))
        table = LoadTable(
            client, self._load_table, job_client.oracle_type_mapper, job_client.dataset_behind_staging
        )
        columns = table.columns(reader.names)
        with tried_again(client, [self.load_table_name]):
            try:
                self._load(client, reader, columns)
            except errors.TextTooLong:
                # Rolled back: now there is time for DDL. It happens once in the life of a column.
                columns = table.columns(reader.names, longest_texts(reader, columns))
                self._load(client, reader, columns)

    def _load(self, client: OracleSqlClient, reader: Reader, columns: list[LoadColumn]) -> None:
        table = client.table(self.load_table_name)
        names = [client.column(column.name) for column in columns]
        values = [column.value(position) for position, column in enumerate(columns, start=1)]
        text = render(dml.insert(table, names, values))
        batches = Batches(reader, self.load_table_name, columns)
        key = LedgerKey(self._load_id, _DATA, table.name, self._parsed_file_name.file_id)
        with once(client, ledger.TABLE_NAME, key, reader.rows) as first:
            if not first:
                return
            for rows_before, batch in batches:
                self._insert(client, text, batch, rows_before, columns)
            if batches.empty_strings or reader.rows is None:
                client.execute(
                    ledger.note_counts(client.table(ledger.TABLE_NAME)),
                    batches.rows,
                    batches.empty_strings or None,
                    *key.values(),
                )
        if batches.empty_strings:
            logger.warning(
                f"{batches.empty_strings:,} empty strings of table {self.load_table_name!r} are NULL in "
                "Oracle, which does not tell the two apart."
            )

    def _load_file(self, job_client: OracleClient) -> LoadFile:
        columns = {
            name: column for name, column in self._load_table["columns"].items() if "data_type" in column
        }
        return LoadFile(
            self._file_path,
            self.load_table_name,
            columns,
            job_client.capabilities,
            job_client.config.csv_format,
        )

    def _insert(
        self, client: OracleSqlClient, text: str, batch: pa.Table, rows_before: int, columns: list[LoadColumn]
    ) -> None:
        try:
            client.execute_batch(text, batch, [column.type.bind for column in columns])
        except BatchError as failure:
            error = errors.database_exception(failure.error)
            if not isinstance(error, DatabaseTerminalException) or errors.code_of(error) == _NO_COLUMN:
                raise error from failure.error
            offset = max(failure.rows_before, 0)
            raise errors.RejectedValue(
                table=self.load_table_name,
                column=_culprit(batch, offset, columns, str(failure.error)),
                row=rows_before + offset + 1,
                reason=f"{error.dbapi_exception}.",
            ) from failure.error


def _culprit(batch: pa.Table, row: int, columns: list[LoadColumn], message: str) -> str:
    """Name the column that a server's error is about.

    Most texts name it; that of ORA-01438 does so from 23ai on only, so the row's numbers are looked at.
    """
    for column in columns:
        if f'"{column.name.upper()}"' in message:
            return column.name
    for column in columns:
        value = batch.column(column.name)[row].as_py() if row < batch.num_rows else None
        if value is not None and not _number_fits(value, column):
            return column.name
    return "?"


def _number_fits(value: Any, column: LoadColumn) -> bool:
    if column.type.precision is None:
        return True
    return bool(abs(value) < 10 ** (column.type.precision - (column.type.scale or 0)))


class OracleModelLoadJob(RunnableLoadJob, HasFollowupJobs):
    """Runs one model file: a query whose rows the database itself puts into the table."""

    def run(self) -> None:
        """Insert what the query returns and the ledger row, and commit."""
        client = cast("OracleClient", self._job_client).oracle
        with FileStorage.open_zipsafe_ro(self._file_path, "r", encoding="utf-8") as file:
            model = SqlModel.from_file(file, fallback_dialect=client.capabilities.sqlglot_dialect)
        if model.attach:
            raise DestinationTerminalException(
                f"The model of table {self.load_table_name!r} reads a dataset of another database. Oracle "
                "reads only its own: load that dataset into it first."
            )
        table = client.table(self.load_table_name)
        statement = dml.insert_model(table, model.to_sql(), model.query_dialect)
        key = LedgerKey(self._load_id, _DATA, table.name, self._parsed_file_name.file_id)
        with once(client, ledger.TABLE_NAME, key) as first:
            if first:
                rows = client.execute(statement)
                client.execute(ledger.note_counts(client.table(ledger.TABLE_NAME)), rows, None, *key.values())


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

    dlt's own job looks for the letters CREATE, ALTER or DROP to decide whether to open a transaction (a
    column ``created_at`` is enough to lose it) and splits at every semicolon.
    """

    def run(self) -> None:
        """Run the statements and write the ledger row, and commit."""
        client = cast("OracleClient", self._job_client).oracle
        with open(self._file_path, encoding="utf-8") as file:  # noqa: PTH123 - dlt gives a string
            followup = FollowupStatements.loads(file.read())
        key = LedgerKey(self._load_id, followup.kind, followup.root_table)
        swapped = bool(followup.swaps) and self._swap(
            client, key, [swap.Swap.of_names(*names) for names in followup.swaps]
        )
        with (
            tried_again(client, followup.tables),
            once(client, ledger.TABLE_NAME, key) as first,
        ):
            if first and not swapped:
                client.execute_many(followup.statements)

    def _swap(self, client: OracleSqlClient, key: LedgerKey, work: list[swap.Swap]) -> bool:
        if swap.recorded(client, key.load_id, key.kind, key.table):
            return True
        obstacle = swap.swap_tables(client, key.load_id, work)
        if obstacle is not None:
            logger.warning(
                f"{key.table} is replaced by DELETE and INSERT in one transaction, not by a swap with its "
                f"staging table: {obstacle}."
            )
        return obstacle is None
