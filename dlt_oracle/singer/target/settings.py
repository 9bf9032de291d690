"""The settings of `target-oracle` as one table: the SDK's names, and those of other Oracle targets.

Nothing is read here: ``config`` reads, ``about`` prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from dlt_oracle.singer import options

Kind = Literal["string", "integer", "number", "boolean"]

ENV_PREFIX = "TARGET_ORACLE_"
"""Of environment variables, as Meltano and the SDK name them: ``TARGET_ORACLE_HOST``."""


@dataclass(frozen=True)
class Setting:
    """One setting. ``aliases``: names of the same thing in other targets.

    ``minimum``, ``maximum``: of a number. ``spellings``: other words for one of ``choices``, in lower
    case. ``pattern``: of the whole text; ``misfit``: what is said of one that does not match, which is not
    repeated.
    """

    name: str
    kind: Kind
    description: str
    default: Any = None
    aliases: tuple[str, ...] = ()
    secret: bool = False
    choices: tuple[str, ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    misfit: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a configuration may use."""
        return (self.name, *self.aliases)

    @property
    def variable(self) -> str:
        """The environment variable for ``--config ENV``."""
        return variable(self.name)


def variable(name: str) -> str:
    """Return the environment variable of a setting's name or alias."""
    return ENV_PREFIX + name.upper().replace("-", "_")


SETTINGS: tuple[Setting, ...] = (
    Setting("host", "string", "Host of the listener.", aliases=("oracle_host", "hostname", "server")),
    Setting(
        "port",
        "integer",
        "Port of the listener.",
        default=1521,
        aliases=("oracle_port",),
        minimum=1,
        maximum=65535,
    ),
    Setting(
        "service_name",
        "string",
        "Name of the service.",
        aliases=("service", "oracle_service", "oracle_service_name"),
    ),
    Setting(
        "sid",
        "string",
        "SID, for databases without a service name. `database` means this because SQLAlchemy takes it so.",
        aliases=("oracle_sid", "database"),
    ),
    Setting(
        "dsn",
        "string",
        "Easy Connect string, descriptor or alias of tnsnames.ora, instead of host, port and service.",
        aliases=("oracle_dsn", "tns_name"),
        pattern=r"(?![^(@]*/[^@]*@).*",
        misfit="holds a user and password, which would show in logs: give them as username and password",
    ),
    Setting(
        "sqlalchemy_url",
        "string",
        "The connection as `oracle+oracledb://user:password@host:port/?service_name=…`; single settings win "
        "over its parts.",
        aliases=("url",),
        secret=True,
    ),
    Setting(
        "username",
        "string",
        "User who loads.",
        aliases=("user", "oracle_user", "oracle_username"),
    ),
    Setting("password", "string", "The user's password.", aliases=("oracle_password",), secret=True),
    Setting(
        "password_file",
        "string",
        "File whose first line is the password, such as a mounted secret.",
        aliases=("oracle_password_file",),
    ),
    Setting(
        "proxy_user",
        "string",
        "User who connects on behalf of `username`: its password is asked, the tables are `username`'s.",
    ),
    Setting(
        "tns_admin",
        "string",
        "Directory of tnsnames.ora, for aliases in `dsn`.",
        aliases=("config_dir", "oracle_tns_admin"),
    ),
    Setting(
        "connect_timeout",
        "number",
        "Seconds to wait for the listener.",
        default=20.0,
        aliases=("connection_timeout", "timeout"),
        minimum=0.001,
    ),
    Setting(
        "embedded",
        "string",
        "Directory of an embedded stand-in that is started, instead of a database: to try things out.",
    ),
    Setting(
        "default_target_schema",
        "string",
        "Dataset for all streams: the prefix of the tables, or the Oracle schema (`dataset_layout`).",
        default="singer",
        aliases=("target_schema", "dataset_name", "schema", "oracle_schema"),
    ),
    Setting(
        "dataset_layout",
        "string",
        "`prefix`: tables are `<DATASET>___<STREAM>` in the user's own schema. `schema`: the dataset is an "
        "Oracle schema of that name.",
        default="prefix",
        choices=("prefix", "schema"),
    ),
    Setting(
        "staging_schema",
        "string",
        "Oracle schema for staging tables; by default that of the tables.",
    ),
    Setting(
        "create_schema",
        "boolean",
        "Make an Oracle schema that is missing (`dataset_layout` `schema`).",
        default=False,
    ),
    Setting(
        "ddl",
        "string",
        "`verify`: create and change nothing; what is missing is one error with the statements for the DBA.",
        default="apply",
        choices=("apply", "verify"),
    ),
    Setting(
        "freeze_schema",
        "boolean",
        "Fail when a property needs another type than its column has, instead of adding a column beside it.",
        default=False,
    ),
    Setting(
        "server_version",
        "string",
        "Release whose types and SQL are used, as `19c` or `23ai`; by default the server's own.",
        pattern=r"(12\.[2-9]|1[3-9]|[2-9]\d)[\d.]*(c|ai)?",
        misfit="is no release that can be loaded: write 12.2, 18c, 19c, 21c, 23ai or later",
    ),
    Setting(
        "pipeline_name",
        "string",
        "dlt's name for this load: under it the schema and the STATE are kept in the database.",
        default="target_oracle",
        pattern=r"""[^/\\:*?"<>|.%{}\x00-\x1f]*[^/\\:*?"<>|.%{}\x00-\x20]""",
        misfit="is no name of a pipeline: it is a file's name, too, with none of / \\ : * ? \" < > | . % { }",
    ),
    Setting(
        "load_method",
        "string",
        "`upsert`: streams with keys are merged, others appended. `append-only`: always appended. "
        "`overwrite`: what a stream's table held is replaced by what this run sends.",
        default="upsert",
        choices=("upsert", "append-only", "overwrite"),
        spellings=(
            ("insert", "append-only"),
            ("bulk_insert", "append-only"),
            ("append_only", "append-only"),
            ("merge", "upsert"),
            ("bulk_merge", "upsert"),
        ),
    ),
    Setting(
        "hard_delete",
        "boolean",
        "Delete rows that the tap reports as deleted, or that an ACTIVATE_VERSION left behind; otherwise "
        "their `_sdc_deleted_at` is set.",
        default=False,
    ),
    Setting(
        "process_activate_version_messages",
        "boolean",
        "Obey ACTIVATE_VERSION messages.",
        default=True,
    ),
    Setting(
        "add_record_metadata",
        "boolean",
        "Add the `_sdc_*` columns that say when and by what a row came.",
        default=True,
    ),
    Setting(
        "batch_size_rows",
        "integer",
        "Lines after which what was read is loaded and committed. Each package has a fixed cost of about a "
        "second: keep it high.",
        default=250_000,
        aliases=("batch_size", "max_batch_rows"),
        minimum=1,
    ),
    Setting(
        "batch_size_bytes",
        "integer",
        "Bytes after which the same happens.",
        default=128 << 20,
        minimum=1,
    ),
    Setting(
        "batch_wait_limit_seconds",
        "number",
        "Seconds after a package's first line when the same happens, whether the tap sends more or not.",
        default=60.0,
        minimum=0.001,
    ),
    Setting(
        "termination_grace_seconds",
        "number",
        "Seconds in which the package at hand is still loaded after SIGTERM or Ctrl-C. A second signal ends "
        "the process at once.",
        default=30.0,
        minimum=0.0,
    ),
    Setting(
        "nested",
        "string",
        "Objects and arrays: `json` text in one column, or child `tables`.",
        default="json",
        choices=get_args(options.Nested),
    ),
    Setting(
        "numbers",
        "string",
        "JSON numbers without a stated scale: `auto` and `decimal` let the database's unscaled NUMBER hold "
        "them, which keeps up to 38 digits; `double` is a float.",
        default="auto",
        choices=get_args(options.Numbers),
    ),
    Setting(
        "prefer_float_over_numeric",
        "boolean",
        "The same as `numbers` = `double`.",
        default=False,
    ),
    Setting(
        "lengths",
        "string",
        "The `maxLength` of a text: `ignore` it, or `trust` it and give its column no more. Where it is too "
        "small, the load fails at the first longer value.",
        default="ignore",
        choices=get_args(options.Lengths),
    ),
    Setting(
        "dates",
        "string",
        "Dates that no column holds (year 0, year 10000): `null`, `clamp` to the nearest, `text`, `error`.",
        default="null",
        choices=get_args(options.Dates),
    ),
    Setting(
        "noise",
        "string",
        "Lines on stdin that are no Singer message: `error`, or `warn` and go on.",
        default="error",
        choices=get_args(options.Noise),
    ),
    Setting(
        "extra",
        "string",
        "Values of properties that the SCHEMA does not declare: `keep` or `drop`.",
        default="keep",
        choices=get_args(options.Extra),
    ),
    Setting(
        "collisions",
        "string",
        "Two properties that get one name in the database: `error`, or a `suffix` for the second.",
        default="error",
        choices=get_args(options.Collisions),
    ),
)

_MAPPER = "put a mapper such as meltano-map-transform between tap and target"
_TLS = "say tcps in dsn, as dsn = tcps://host:port/service"
_POOL = "connections are made as the load needs them"

REFUSED: dict[str, str] = {
    "stream_maps": _MAPPER,
    "stream_map_config": _MAPPER,
    "faker_config": _MAPPER,
    "flattening_enabled": "nested values are json columns or child tables, see nested",
    "table_prefix": "every table begins with default_target_schema already",
    "table_suffix": "every table begins with default_target_schema already",
    "ssl_enabled": _TLS,
    "use_ssl": _TLS,
    "autocommit": "STATE is printed for what is committed, which takes transactions",
    "wallet_location": "wallets are not supported yet",
    "wallet_password": "wallets are not supported yet",
}
"""Settings of other targets that mean something which is not done here, with the way out.

They are accepted while they are empty, ``0`` or false, which is how they ask for nothing.
"""

IGNORED: dict[str, str] = {
    "validate_records": "the columns' types are what records are checked against",
    "driver_name": "python-oracledb is the driver",
    "flattening_max_depth": "nothing is flattened",
    "flattening_max_key_length": "nothing is flattened",
    "flattening_separator": "nothing is flattened",
    "batch_config": "it is the tap that writes BATCH files",
    "use_bulk_operations": "rows are always sent in bulk",
    "commit_interval": "a package is committed as a whole",
    "transaction_timeout": "the server decides how long a statement may run",
    "parallel_degree": "dlt loads a package's tables in parallel",
    "max_parallelism": "dlt loads a package's tables in parallel",
    "pool_min": _POOL,
    "pool_max": _POOL,
    "pool_increment": _POOL,
    "pool_size": _POOL,
    "encoding": "the driver speaks UTF-8",
}
"""Settings of other targets that need nothing here, with the reason."""
