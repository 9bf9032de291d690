"""The job client: datasets, schema migration, dlt's own tables, and the choice of a job for a file."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

from dlt.common.destination.client import StateInfo
from dlt.common.destination.exceptions import DestinationInvalidFileFormat
from dlt.common.schema.typing import C_DLT_LOAD_ID, C_DLT_LOADS_TABLE_LOAD_ID
from dlt.common.schema.utils import get_root_table
from dlt.common.storages.exceptions import CurrentLoadPackageStateNotAvailable
from dlt.common.storages.load_package import ParsedLoadJobFileName, load_package_state
from dlt.destinations.exceptions import DatabaseTerminalException
from dlt.destinations.job_client_impl import SqlJobClientWithStagingDataset
from sqlglot import exp

from dlt_oracle.destinations import (
    ddl_plan,
    errors,
    followup_jobs,
    indexes,
    promotion,
    staged_rows,
    swap,
    widening,
)
from dlt_oracle.destinations.datasets import OwnTables
from dlt_oracle.destinations.ledger_rows import LedgerKey, once
from dlt_oracle.destinations.load_jobs import OracleLoadJob
from dlt_oracle.destinations.model_job import OracleModelLoadJob
from dlt_oracle.destinations.oracle_types import Bind
from dlt_oracle.destinations.readers import READERS
from dlt_oracle.destinations.sql import catalog, ddl, dml, ledger
from dlt_oracle.destinations.sql.names import column
from dlt_oracle.destinations.sql.render import bind, render
from dlt_oracle.destinations.sql_client import OracleSqlClient
from dlt_oracle.destinations.sql_job import OracleSqlJob
from dlt_oracle.destinations.table_chain import check_compared_columns
from dlt_oracle.destinations.type_mapper import TYPE_HINT, OracleTypeMapper

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dlt.common.destination import DestinationCapabilitiesContext
    from dlt.common.destination.client import FollowupJobRequest, LoadJob
    from dlt.common.destination.typing import PreparedTableSchema
    from dlt.common.schema import Schema
    from dlt.common.schema.typing import TColumnSchema, TColumnType, TSchemaTables, TTableSchemaColumns

    from dlt_oracle.destinations.configuration import OracleClientConfiguration

_LOAD = "load"
_MADE_BY_ANOTHER = ("ORA-00955", "ORA-01430")  # a table, a column
_VERIFY = "verify"
_SWAP_STRATEGY = "staging-optimized"
_JOBS: dict[str, type[OracleLoadJob | OracleModelLoadJob | OracleSqlJob]] = {
    **dict.fromkeys(READERS, OracleLoadJob),
    "model": OracleModelLoadJob,
    "sql": OracleSqlJob,
}
_REASONS = defaultdict(
    lambda: f"use one of {', '.join(_JOBS)}.",
    insert_values="before 23ai Oracle takes one row per VALUES, and it parses each as SQL. Use parquet.",
    reference="loading from a bucket is not supported.",
)
# Columns of dlt's own tables whose texts have no bound, by dlt's name for the column.
_LONG_DLT_COLUMNS = ("schema", "state")


class OracleClient(SqlJobClientWithStagingDataset):
    """Loads one schema into one dataset."""

    def __init__(
        self, schema: Schema, config: OracleClientConfiguration, capabilities: DestinationCapabilitiesContext
    ) -> None:
        sql_client = OracleSqlClient(
            config.normalize_dataset_name(schema),
            config.normalize_staging_dataset_name(schema),
            config,
            capabilities,
        )
        sql_client.own_tables = OwnTables.of(schema)
        super().__init__(schema, config, sql_client)
        self.config: OracleClientConfiguration = config
        self.type_mapper = self.oracle_type_mapper = OracleTypeMapper(
            capabilities, lambda: sql_client.version
        )
        self._long_dlt_columns = {schema.naming.normalize_identifier(name) for name in _LONG_DLT_COLUMNS}

    @property
    def oracle(self) -> OracleSqlClient:
        """The ``sql_client``, as what it is."""
        return cast("OracleSqlClient", self.sql_client)

    @property
    def dataset_behind_staging(self) -> str | None:
        """The dataset that rows go to in the end, while the client is in the staging dataset; else None."""
        return self.config.normalize_dataset_name(self.schema) if self.in_staging_dataset_mode else None

    # -- datasets and schema migration

    def initialize_storage(self, truncate_tables: Iterable[str] | None = None) -> None:
        """Create the dataset when it is missing, else empty the tables named."""
        if self.config.ddl == _VERIFY:
            if not self.is_storage_initialized():
                ddl_plan.verify(self)
        elif self.config.replace_strategy == _SWAP_STRATEGY and not self.in_staging_dataset_mode:
            names, tables = self.schema.data_table_names(), self.schema.tables
            swap.repair(self.oracle, {name: str(get_root_table(tables, name)["name"]) for name in names})
        if truncate_tables and self.in_staging_dataset_mode:
            # dlt has made the dataset before it truncates.
            staged_rows.claim(self.oracle, truncate_tables, _current_load())
        try:
            super().initialize_storage(truncate_tables)  # type: ignore[arg-type]
        except DatabaseTerminalException:
            # Another pipeline made the same dataset between our look and our CREATE.
            if truncate_tables or not self.is_storage_initialized():
                raise

    def drop_tables(self, *tables: str, delete_schema: bool = True) -> None:
        """Drop tables; what a load has staged in them is gone."""
        if self.in_staging_dataset_mode:
            staged_rows.claim(self.oracle, tables, None)
        super().drop_tables(*tables, delete_schema=delete_schema)

    def prepare_load_table(self, table_name: str) -> PreparedTableSchema:
        """Fill the hints of a table, and give dlt's own unbounded texts their type."""
        table = super().prepare_load_table(table_name)
        if table_name in (self.schema.version_table_name, self.schema.state_table_name):
            for name in self._long_dlt_columns & table["columns"].keys():
                table["columns"][name][TYPE_HINT] = "CLOB"  # type: ignore[literal-required]
        return table

    def get_storage_tables(self, table_names: Iterable[str]) -> Iterable[tuple[str, TTableSchemaColumns]]:
        """Return the tables' columns; a column that is being promoted counts as there: it comes back."""
        for table_name, columns in super().get_storage_tables(table_names):
            names = map(self.oracle.column, self.schema.tables[table_name]["columns"])
            missing = [name for name in names if promotion.is_unfinished(name, columns.keys())]
            yield table_name, {**columns, **{name: {"name": name, "data_type": "text"} for name in missing}}

    def schema_updates(
        self, stored: Iterable[tuple[str, TTableSchemaColumns]]
    ) -> tuple[list[str], TSchemaTables]:
        """Return the statements that make tables, as ``get_storage_tables`` has them, those of the schema.

        And what they create: tables with their new columns.
        """
        return self._build_schema_update_sql(stored)

    def _build_schema_update_sql(
        self, storage_tables: Iterable[tuple[str, TTableSchemaColumns]]
    ) -> tuple[list[str], TSchemaTables]:
        tables = list(storage_tables)
        statements, update = super()._build_schema_update_sql(tables)
        existing = [self.prepare_load_table(name) for name, columns in tables if columns]
        wider = widening.widenings(self.oracle, existing, self.oracle_type_mapper)
        missing = (
            indexes.create_missing_indexes(self.oracle, existing, self.oracle_type_mapper)
            if self._makes_indexes
            else []
        )
        return [*map(render, wider), *statements, *map(render, missing)], update

    def _get_table_update_sql(
        self,
        table_name: str,
        new_columns: Sequence[TColumnSchema],
        generate_alter: bool,  # noqa: FBT001 - dlt's signature
    ) -> list[str]:
        table = self.prepare_load_table(table_name)
        definitions = [self._definition(table["columns"][str(item["name"])], table) for item in new_columns]
        target = self.oracle.table(table_name)
        if generate_alter:
            return [render(ddl.add_columns(target, definitions))]
        statements = [ddl.create_table(target, definitions)]
        if self._makes_indexes:
            statements += indexes.create_indexes(self.oracle, table, self.oracle_type_mapper)
        return [render(statement) for statement in statements]

    def _definition(self, item: TColumnSchema, table: PreparedTableSchema) -> ddl.ColumnDefinition:
        name = self.oracle.column(str(item["name"]))
        type_ = self.oracle_type_mapper.oracle_type(item, table)
        check: exp.Expression | None = None
        if item["data_type"] == "bool" and type_.bind is Bind.NUMBER:
            check = ddl.one_of(name, (0, 1))
        elif item["data_type"] == "json" and type_.bind is Bind.LONG_STRING:
            check = ddl.is_json(name)
        return ddl.ColumnDefinition(
            name,
            type_.ddl,
            nullable=bool(item.get("nullable", True)),
            unique=self._makes_indexes and indexes.is_unique(item, table, self.oracle_type_mapper),
            check=check,
        )

    @property
    def _makes_indexes(self) -> bool:
        # Staged rows may repeat before they are merged, and are read as a whole.
        return self.config.create_indexes and not self.in_staging_dataset_mode

    def _execute_schema_update_sql(
        self,
        only_tables: Iterable[str],
        store_schema: bool = True,  # noqa: FBT001, FBT002 - dlt's signature
    ) -> Any:
        """Apply DDL; when another load was faster with a table, look again what is left to do."""
        tables = list(only_tables or self.schema.tables)
        if self.config.ddl == _VERIFY:
            ddl_plan.verify(self, tables)
        for _ in tables:  # two loads that began together may meet at each of them
            try:
                return super()._execute_schema_update_sql(tables, store_schema)
            except DatabaseTerminalException as error:  # noqa: PERF203 - nothing beside a round of DDL
                if errors.code_of(error) not in _MADE_BY_ANOTHER:
                    raise
        return super()._execute_schema_update_sql(tables, store_schema)

    def _get_info_schema_columns_query(
        self, _catalog_name: str | None, schema_name: str, folded_table_names: list[str]
    ) -> tuple[str, list[Any]]:
        return render(catalog.storage_columns(len(folded_table_names))), [schema_name, *folded_table_names]

    def _from_db_type(self, db_type: str, precision: int | None, scale: int | None) -> TColumnType:
        return self.oracle_type_mapper.from_destination_type(db_type, precision, scale)

    # -- dlt's own tables

    def get_stored_state(self, pipeline_name: str) -> StateInfo | None:  # type: ignore[override]
        """Return the newest state of a pipeline whose load completed, or None."""
        self._set_query_tags(operation="get_stored_state")
        client, s, loads = self.oracle, "S", "L"
        name = {
            key: client.column(self.schema.naming.normalize_path(key))
            for key in (*_STATE_COLUMNS, C_DLT_LOADS_TABLE_LOAD_ID, "status")
        }
        query = (
            exp.select(*(column(name[key], s) for key in _STATE_COLUMNS))
            .from_(exp.alias_(client.table(self.schema.state_table_name), s, table=True))
            .join(
                exp.alias_(client.table(self.schema.loads_table_name), loads, table=True),
                on=column(name[C_DLT_LOADS_TABLE_LOAD_ID], loads).eq(column(name[C_DLT_LOAD_ID], s)),
            )
            .where(
                column(name["pipeline_name"], s).eq(bind(1)),
                column(name["status"], loads).eq(exp.Literal.number(0)),
            )
            .order_by(exp.Ordered(this=column(name[C_DLT_LOADS_TABLE_LOAD_ID], loads), desc=True))
            .limit(1)
        )
        rows = client.ask(query, pipeline_name)
        return StateInfo(**dict(zip(_STATE_COLUMNS, rows[0], strict=True))) if rows else None

    def complete_load(self, load_id: str) -> None:
        """Write the load's row, once, and forget ledger rows past their time."""
        self._set_query_tags(operation="complete_load", load_id=load_id)
        client, now = self.oracle, dt.datetime.now(dt.timezone.utc)
        columns = [
            client.column(name) for name in self.schema.tables[self.schema.loads_table_name]["columns"]
        ]
        with once(client, LedgerKey(load_id, _LOAD, self.schema.name)) as first:
            if first:
                client.execute(
                    dml.insert(client.table(self.schema.loads_table_name), columns),
                    load_id,
                    self.schema.name,
                    0,
                    now,
                    self.schema.version_hash,
                )
                client.execute(
                    ledger.forget(client.table(ledger.TABLE_NAME)),
                    ledger.NO_LOAD,
                    now - dt.timedelta(days=self.config.ledger_retention_days),
                )

    # -- jobs

    def verify_schema(
        self,
        only_tables: Iterable[str] | None = None,
        new_jobs: Iterable[ParsedLoadJobFileName] | None = None,
    ) -> list[PreparedTableSchema]:
        """Check the tables of a load before anything is loaded."""
        tables = super().verify_schema(only_tables, new_jobs)  # type: ignore[arg-type]
        check_compared_columns(self.schema.name, tables, self.oracle_type_mapper)
        if self.config.ddl == _VERIFY:
            ddl_plan.verify(self, only_tables)
        return tables

    def create_load_job(
        self,
        table: PreparedTableSchema,  # noqa: ARG002 - dlt's signature
        file_path: str,
        load_id: str,  # noqa: ARG002
        restore: bool = False,  # noqa: ARG002, FBT001, FBT002 - dlt's signature
    ) -> LoadJob:
        """Choose the job for a file by its format. No input or output happens here.

        Raises DestinationInvalidFileFormat for a format that cannot be loaded.
        """
        file_format = ParsedLoadJobFileName.parse(file_path).file_format
        if file_format not in _JOBS:
            raise DestinationInvalidFileFormat("oracle", file_format, file_path, _REASONS[file_format])
        return _JOBS[file_format](file_path)

    def _create_merge_followup_jobs(
        self, table_chain: Sequence[PreparedTableSchema]
    ) -> list[FollowupJobRequest]:
        return [followup_jobs.merge_from_staging(table_chain, self.oracle, self.oracle_type_mapper)]

    def _create_replace_followup_jobs(
        self, table_chain: Sequence[PreparedTableSchema]
    ) -> list[FollowupJobRequest]:
        strategy = table_chain[0]["x-replace-strategy"]  # type: ignore[typeddict-item]
        if strategy == "truncate-and-insert":
            return []
        swapped = strategy == _SWAP_STRATEGY
        return [followup_jobs.replace_from_staging(table_chain, self.oracle, swap=swapped)]


def _current_load() -> str | None:
    try:
        return str(load_package_state()["load_id"])
    except CurrentLoadPackageStateNotAvailable:
        return None


_STATE_COLUMNS = ("version", "engine_version", "pipeline_name", "state", "created_at", C_DLT_LOAD_ID)
