"""The load job of a model: one query, whose rows the database itself puts into the table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import oracledb
from dlt.common.destination.client import HasFollowupJobs, RunnableLoadJob, SqlModel
from dlt.common.destination.exceptions import DestinationTerminalException
from dlt.common.storages.file_storage import FileStorage
from dlt.destinations.exceptions import DatabaseException

from dlt_oracle.destinations import errors, staged_rows
from dlt_oracle.destinations.constraints import explained
from dlt_oracle.destinations.ledger_rows import LedgerKey, once
from dlt_oracle.destinations.load_columns import LoadTable
from dlt_oracle.destinations.promotion import UNLIMITED, ColumnNotPromoted, room_of, tried_again
from dlt_oracle.destinations.sql import dml, ledger
from dlt_oracle.destinations.sql.render import render

if TYPE_CHECKING:
    from sqlglot import exp

    from dlt_oracle.destinations.job_client import OracleClient
    from dlt_oracle.destinations.sql_client import OracleSqlClient

_VALUE_TOO_LARGE = "ORA-12899"  # names the column, and how long its value is
_CLOB_TOO_LONG = "ORA-22835"  # names nothing
_TOO_LARGE = re.compile(r'"(?P<column>[^"]+)" \(\D*(?P<actual>\d+)')


class OracleModelLoadJob(RunnableLoadJob, HasFollowupJobs):
    """Runs one model file."""

    def run(self) -> None:
        """Insert what the query returns and the ledger row, and commit.

        A text that is too long makes its column longer, as one in a file does; only the database knows, when
        it runs the query, that there is one. Raises promotion.ColumnNotPromoted or a database exception.
        """
        job_client = cast("OracleClient", self._job_client)
        client = job_client.oracle
        with FileStorage.open_zipsafe_ro(self._file_path, "r", encoding="utf-8") as file:
            model = SqlModel.from_file(file, fallback_dialect=client.capabilities.sqlglot_dialect)
        if model.attach:
            raise DestinationTerminalException(
                f"The model of table {self.load_table_name!r} reads a dataset of another database. Oracle "
                "reads only its own: load that dataset into it first."
            )
        statement = dml.insert_model(client.table(self.load_table_name), model.to_sql(), model.query_dialect)
        with tried_again(client, [self.load_table_name]):
            while True:
                try:
                    return self._insert(client, statement)
                except DatabaseException as error:  # noqa: PERF203 - nothing beside a query
                    # Rolled back: now there is time for DDL. Each time round a column becomes longer.
                    self._make_room(job_client, statement, error)

    def _insert(self, client: OracleSqlClient, statement: exp.Insert) -> None:
        table = client.table(self.load_table_name)
        key = LedgerKey(self._load_id, ledger.DATA, table.name, self._parsed_file_name.file_id)
        try:
            with once(client, key) as first:
                if first:
                    rows = client.execute(statement)
                    counts = ledger.note_counts(client.table(ledger.TABLE_NAME))
                    client.execute(counts, rows, None, *key.values())
                    staged_rows.keep(client, self.load_table_name, self._load_id)
        except DatabaseException as error:
            raise explained(client, error, f"model of table {self.load_table_name!r}") from error

    def _make_room(self, job_client: OracleClient, statement: exp.Insert, error: DatabaseException) -> None:
        """Make the columns longer that ``error`` may be about; raise it when there are none."""
        client = job_client.oracle
        names = {client.column(name): name for name in self._load_table["columns"]}
        longest = _longest_texts(client, statement.expression, error)
        sizes = {names[name]: size for name, size in longest.items() if name in names}
        table = LoadTable(
            client, self._load_table, job_client.oracle_type_mapper, job_client.dataset_behind_staging
        )
        short = [column for column in table.columns(list(sizes)) if room_of(column.type) < sizes[column.name]]
        if not short:
            raise error
        if all(column.fixed for column in short):
            raise ColumnNotPromoted(self.load_table_name, short[0].name, str(short[0].fixed)) from error
        table.columns(list(sizes), sizes)


def _longest_texts(
    client: OracleSqlClient, query: exp.Expression, error: DatabaseException
) -> dict[str, int]:
    """Return the columns, by stored names, in which an error may have found a text too long, with its length.

    In bytes, or in the characters that the column counts in.
    """
    code = errors.code_of(error)
    if code == _VALUE_TOO_LARGE:
        found = _TOO_LARGE.search(str(error))
        return {found["column"]: int(found["actual"])} if found else {}
    if code == _CLOB_TOO_LONG:
        with client.execute_query(render(query)) as cursor:
            described = cursor.native_cursor.description or []
            return {item.name: UNLIMITED for item in described if item.type_code is oracledb.DB_TYPE_CLOB}
    return {}
