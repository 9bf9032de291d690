"""Load jobs: one file, one transaction, one commit."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from dlt.common import logger
from dlt.common.destination.client import HasFollowupJobs, RunnableLoadJob
from dlt.destinations.exceptions import DatabaseTerminalException

from dlt_oracle.destinations import errors, staged_rows
from dlt_oracle.destinations.constraints import violated
from dlt_oracle.destinations.ledger_rows import LedgerKey, once
from dlt_oracle.destinations.load_columns import LoadTable
from dlt_oracle.destinations.oracle_types import Bind
from dlt_oracle.destinations.promotion import tried_again
from dlt_oracle.destinations.readers import READERS, LoadFile, Reader
from dlt_oracle.destinations.rows import Batches, LoadColumn, longest_texts
from dlt_oracle.destinations.sql import dml, ledger
from dlt_oracle.destinations.sql.render import render
from dlt_oracle.destinations.sql_client import BatchError, OracleSqlClient

if TYPE_CHECKING:
    import pyarrow as pa

    from dlt_oracle.destinations.job_client import OracleClient

_NO_COLUMN = "ORA-00904"  # about the statement, not about a row


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
        key = LedgerKey(self._load_id, ledger.DATA, table.name, self._parsed_file_name.file_id)
        with once(client, key, reader.rows) as first:
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
            staged_rows.keep(client, self.load_table_name, self._load_id)
        if batches.empty_strings:
            _warn_of_empty_strings(self.load_table_name, *batches.columns_with_empty_strings)

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
            error = errors.database_exception(failure.error, session=client.session)
            if not isinstance(error, DatabaseTerminalException) or errors.code_of(error) == _NO_COLUMN:
                raise error from failure.error
            offset = max(failure.rows_before, 0)
            raise errors.RejectedValue(
                table=self.load_table_name,
                column=_constrained(client, failure.error, columns)
                or _culprit(batch, offset, columns, str(failure.error)),
                row=rows_before + offset + 1,
                reason=f"{error.dbapi_exception}.",
            ) from failure.error


def _constrained(client: OracleSqlClient, error: BaseException, columns: list[LoadColumn]) -> str:
    """Name the columns of the constraint that a server's error is about, if it is about one."""
    found = violated(client, error)
    names = {client.column(column.name): column.name for column in columns}
    return ", ".join(names.get(name, name) for name in found.columns) if found else ""


@cache
def _warn_of_empty_strings(table_name: str, *columns: str) -> None:
    """Say it once in a process: how many there are in each file is in the ledger."""
    logger.warning(
        f"Table {table_name!r} gets empty strings ({', '.join(columns)}), which are NULL in Oracle: it does "
        "not tell the two apart."
    )


def _culprit(batch: pa.Table, row: int, columns: list[LoadColumn], message: str) -> str:
    """Name the column that a server's error is about, or return an empty string.

    Most texts name it; those of ORA-01438 and ORA-01722 do so from 23ai on only, so what the row has for
    columns of numbers is looked at.
    """
    for column in columns:
        if f'"{column.name.upper()}"' in message:
            return column.name
    for column in columns:
        value = batch.column(column.name)[row].as_py() if row < batch.num_rows else None
        if value not in (None, "") and not _number_fits(value, column):
            return column.name
    return ""


def _number_fits(value: Any, column: LoadColumn) -> bool:
    if column.type.bind is not Bind.NUMBER:
        return True
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    if column.type.precision is None:
        return number.is_finite()
    return number.is_finite() and abs(number) < 10 ** (column.type.precision - (column.type.scale or 0))
