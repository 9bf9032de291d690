"""The destination as dlt sees it: its capabilities, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt.common.configuration import known_sections, resolve_configuration
from dlt.common.destination import Destination, DestinationCapabilitiesContext
from dlt.common.destination.configuration import ParquetFormatConfiguration

from dlt_oracle.destinations.configuration import (
    OracleClientConfiguration,
    OracleCredentials,
    VersionConfiguration,
)
from dlt_oracle.destinations.server_version import DEFAULT
from dlt_oracle.destinations.sql import dialect
from dlt_oracle.destinations.sql.literals import escape_literal, format_datetime_literal
from dlt_oracle.destinations.sql.names import MAX_IDENTIFIER_BYTES, escape_identifier
from dlt_oracle.destinations.type_mapper import MAX_NUMBER_DIGITS, OracleTypeMapper

if TYPE_CHECKING:
    from dlt.common.destination.configuration import CsvFormatConfiguration
    from dlt.common.normalizers.naming import NamingConvention

    from dlt_oracle.destinations.job_client import OracleClient

_BIG_INTEGER_DIGITS = 76  # what an Arrow decimal holds
_MAX_QUERY_BYTES = 1024 * 1024
_MAX_CLOB_BYTES = 2**30


class oracle(Destination[OracleClientConfiguration, "OracleClient"]):  # noqa: N801 - the class's name is the destination's
    """Oracle Database, 12.2 and later, for the owner of one schema."""

    spec = OracleClientConfiguration

    def __init__(
        self,
        credentials: OracleCredentials | dict[str, Any] | str | None = None,
        *,
        schema: str | None = None,
        create_indexes: bool = True,
        csv_format: CsvFormatConfiguration | dict[str, Any] | None = None,
        destination_name: str | None = None,
        environment: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Configure the destination; what is given here wins over TOML and the environment.

        ``credentials``: OracleCredentials, a dict of its fields, a URL
        ``oracle://user:password@host:port/service``, or ``"embedded"``. ``schema``: the schema that owns
        the tables, by default the user's. ``create_indexes``: when a table is created, make the unique
        constraints that hints ask for, and indexes on the keys of merges. ``csv_format``: how CSV files are
        written and read. Other keywords are fields of OracleClientConfiguration.
        """
        super().__init__(
            credentials=credentials,
            schema=schema,
            create_indexes=create_indexes,
            csv_format=csv_format,
            destination_name=destination_name,
            environment=environment,
            **kwargs,
        )

    @property
    def client_class(self) -> type[OracleClient]:
        """The job client; imports the driver."""
        from dlt_oracle.destinations.job_client import OracleClient

        return OracleClient

    def create_ibis_backend(self, client: Any, read_only: bool = False, schemas: Any = ()) -> Any:  # noqa: FBT001, FBT002 - dlt's signature
        """Raise NotImplementedError: ibis's own Oracle backend creates views and knows no datasets."""
        raise NotImplementedError(
            "ibis's own backend for Oracle needs the right to create views and would not find a dataset's "
            "tables. Use `dataset.table(…).to_ibis()`: its expressions are run by dlt."
        )

    def capabilities(
        self, config: OracleClientConfiguration | None = None, naming: NamingConvention | None = None
    ) -> DestinationCapabilitiesContext:
        """Give the capabilities; without ``config`` only the setting that they depend on is looked up.

        dlt asks some twenty times a run, and would resolve every setting and credential each time: a third of
        a small run's CPU.
        """
        return super().capabilities(config or self._declared_version(), naming)

    def _declared_version(self) -> OracleClientConfiguration:
        declared = resolve_configuration(
            VersionConfiguration(),
            sections=(known_sections.DESTINATION, self.destination_name),
            explicit_value=self.config_params,
        )
        config = OracleClientConfiguration(server_version=declared.server_version)
        config.on_resolved()
        return config

    def _raw_capabilities(self) -> DestinationCapabilitiesContext:
        caps = DestinationCapabilitiesContext()
        # Arrow goes straight into array binds; literals in SQL text would be parsed row by row.
        caps.preferred_loader_file_format = "parquet"
        caps.supported_loader_file_formats = ["parquet", "typed-jsonl", "jsonl", "csv", "model"]
        # dlt's own default, 2.4, ends at microseconds.
        caps.parquet_format = ParquetFormatConfiguration(version="2.6")
        caps.preferred_staging_file_format = None
        caps.supported_staging_file_formats = []
        caps.type_mapper = OracleTypeMapper
        # dlt renders queries and models by this name; sqlglot's own Oracle writes what 19c refuses.
        caps.sqlglot_dialect = dialect.NAME  # type: ignore[assignment]  # dlt lists sqlglot's own names
        # Unquoted names fold to upper case: so people may write SELECT * FROM raw___orders.
        caps.casefold_identifier = str.upper
        caps.has_case_sensitive_identifiers = True  # names are always quoted
        caps.escape_identifier = escape_identifier
        caps.escape_literal = escape_literal
        caps.format_datetime_literal = format_datetime_literal
        caps.max_identifier_length = MAX_IDENTIFIER_BYTES
        caps.max_column_identifier_length = MAX_IDENTIFIER_BYTES
        caps.decimal_precision = (MAX_NUMBER_DIGITS, 9)
        caps.wei_precision = (_BIG_INTEGER_DIGITS, 0)  # stored as text: NUMBER would round
        caps.timestamp_precision = 6
        caps.max_timestamp_precision = 9
        caps.schema_supports_numeric_precision = True
        caps.max_query_length = _MAX_QUERY_BYTES
        caps.is_max_query_length_in_bytes = True
        caps.max_query_parameters = 65535
        caps.max_text_data_type_length = _MAX_CLOB_BYTES  # dlt's schema and state go to CLOBs
        caps.is_max_text_data_type_length_in_bytes = True
        caps.supports_transactions = True
        caps.supports_ddl_transactions = False  # every DDL commits
        caps.supports_multiple_statements = False  # ORA-00911 at the semicolon
        caps.supports_create_table_if_not_exists = False  # 23ai only
        caps.supports_truncate_command = True
        caps.alter_add_multi_column = True  # ADD (a …, b …)
        caps.enforces_nulls_on_alter = True  # ORA-01758
        caps.supports_clone_table = False
        caps.supports_native_boolean = False  # 23ai only: see adjust_capabilities
        caps.supports_nested_types = False
        caps.supports_tz_aware_datetime = True
        caps.supports_naive_datetime = True
        caps.supports_tz_aware_datetime_in_cast = True  # the session's formats are fixed
        caps.supports_session_timezone = False  # UTC: the driver binds aware timestamps as UTC without a zone
        caps.supported_replace_strategies = [
            "truncate-and-insert",
            "insert-from-staging",
            "staging-optimized",
        ]
        caps.supported_merge_strategies = ["delete-insert", "upsert", "scd2", "insert-only", "cdc"]
        return caps

    @classmethod
    def adjust_capabilities(
        cls,
        caps: DestinationCapabilitiesContext,
        config: OracleClientConfiguration,
        naming: NamingConvention | None,
    ) -> DestinationCapabilitiesContext:
        """Follow the naming convention and, where it is set, ``server_version``: no server is asked here."""
        version = config.version or DEFAULT
        caps.supports_native_boolean = version.has_boolean
        return super().adjust_capabilities(caps, config, naming)


# dlt writes this path into pipeline state: it has to stay importable for ever.
oracle.__module__ = "dlt_oracle.destinations"
oracle.register()
