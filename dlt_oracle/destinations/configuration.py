"""Credentials and settings of the destination, resolved by dlt from arguments, TOML or environment."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, TypeVar, get_args

from dlt.common.configuration import configspec
from dlt.common.configuration.exceptions import ConfigurationValueError
from dlt.common.configuration.specs import BaseConfiguration, ConnectionStringCredentials
from dlt.common.configuration.specs.exceptions import InvalidConnectionString
from dlt.common.destination.client import DestinationClientDwhWithStagingConfiguration
from dlt.common.destination.configuration import CsvFormatConfiguration
from dlt.common.typing import TSecretStrValue
from dlt.common.utils import digest128

from dlt_oracle.destinations.server_version import ServerVersion

DEFAULT_PORT = 1521
MAX_PORT = 65535
DEFAULT_EMBEDDED_DIRECTORY = ".oracle"
EMBEDDED_USER = "LOADER"
"""The user that a new embedded server has for loading: one schema, CREATE SESSION, CREATE TABLE, a quota."""

TDatasetLayout = Literal["prefix", "schema"]
TDdl = Literal["apply", "verify"]
TBindMode = Literal["arrow", "rows"]
_T = TypeVar("_T")

_CREDENTIALS_OF_DSN = re.compile(r"[^(@]*/[^@]*@")
"""``user/password@`` before an Easy Connect string or an alias."""
_URL_OPTIONS: dict[str, Callable[[Any], str | int | float]] = {
    "service_name": str,
    "sid": str,
    "dsn": str,
    "config_dir": str,
    "connect_timeout": float,
    "call_timeout": float,
    "expire_time": int,
}
_CHOICES = {"dataset_layout": TDatasetLayout, "ddl": TDdl, "bind_mode": TBindMode}
_EMBEDDED = "embedded"
_EMBEDDED_URL = "oracle+embedded://"
_URL = "oracle://"
_SQLALCHEMY_URLS = ("oracle+oracledb://", "oracle+cx_oracle://")
_NO_URL = (
    "The text given as Oracle credentials is none that is known here. It is a URL, "
    "oracle://username:password@host:port/service_name (?sid=… or ?dsn=… instead of the service name; "
    'characters such as @ and / in a password as %40 and %2F), or "embedded", or '
    "oracle+embedded:///directory. What else there is to say, an Easy Connect string for instance, are keys: "
    "dsn, username and password."
)


@configspec(init=False)
class OracleCredentials(ConnectionStringCredentials):
    """How to reach a database, in one of four ways.

    ``host`` with ``service_name`` or ``sid``; ``dsn`` (an Easy Connect string, a connect descriptor or an
    alias of tnsnames.ora); ``oracle://user:password@host:port/service_name``; or ``embedded``, a directory in
    which the embedded stand-in keeps its data (``"embedded"`` alone: ``.oracle``).
    """

    drivername: Final[str] = dataclasses.field(  # type: ignore[misc]
        default="oracle", init=False, repr=False, compare=False
    )
    username: str | None = None
    password: TSecretStrValue | None = None
    host: str | None = None
    port: int | None = DEFAULT_PORT
    service_name: str | None = None
    sid: str | None = None
    dsn: str | None = None
    """Easy Connect string, connect descriptor or alias. Without a user and password in it."""
    config_dir: str | None = None
    """Directory of tnsnames.ora, for ``dsn`` aliases."""
    connect_timeout: float = 20.0
    """Seconds to wait for the TCP connection. What the listener takes to answer behind it is not bounded."""
    call_timeout: float = 0
    """Seconds that a round trip to the database may take; 0: any time. It bounds waits for locks, too."""
    expire_time: int = 2
    """Minutes after which a silent connection is probed (TCP keep-alive), so that a dead one is noticed; 0:
    never."""
    embedded: str | None = None
    """Directory of the embedded server's data."""

    __config_gen_annotations__: ClassVar[list[str]] = ["host", "port", "service_name", "username", "password"]

    def parse_native_representation(self, native_value: Any) -> None:
        """Read ``embedded``, ``oracle+embedded:///directory`` or ``oracle://…``, SQLAlchemy's forms included.

        Raises ConfigurationValueError, which does not hold the value: there may be a password in it.
        """
        if native_value == _EMBEDDED:
            self.embedded = DEFAULT_EMBEDDED_DIRECTORY
            return
        if isinstance(native_value, str) and native_value.startswith(_EMBEDDED_URL):
            directory = native_value.removeprefix(_EMBEDDED_URL)
            # As in sqlite URLs: three slashes are a relative path, four an absolute one.
            self.embedded = directory.removeprefix("/") or DEFAULT_EMBEDDED_DIRECTORY
            return
        self._read_url(native_value)
        if self.database:
            self.service_name, self.database = self.database, None
        options, self.query = self.query or {}, None
        for key, value in options.items():
            if key not in _URL_OPTIONS:
                raise ConfigurationValueError(
                    f"{key!r} is no option of an Oracle URL: these are, {', '.join(_URL_OPTIONS)}."
                )
            setattr(self, key, _converted(key, value, _URL_OPTIONS[key]))

    def _read_url(self, value: Any) -> None:
        scheme = next((each for each in (_URL, *_SQLALCHEMY_URLS) if str(value).startswith(each)), None)
        if not isinstance(value, str) or scheme is None:
            raise ConfigurationValueError(_NO_URL)
        try:
            super().parse_native_representation(_URL + value.removeprefix(scheme))
        except InvalidConnectionString:
            # Not chained: dlt keeps the exceptions of a run in a file, and that one holds the URL.
            raise ConfigurationValueError(_NO_URL) from None

    def on_resolved(self) -> None:
        """Check the whole and report all problems at once. Raises ConfigurationValueError."""
        super().on_resolved()
        if self.embedded:
            self.embedded = str(Path(self.embedded).expanduser().absolute())
            self.username = self.username or EMBEDDED_USER
            return
        self.port = DEFAULT_PORT if self.port is None else _converted("port", self.port, int)
        problems = self._problems()
        if problems:
            raise ConfigurationValueError(
                "The Oracle credentials cannot be used as they are: "
                + "; ".join(problems)
                + ". Set them under [destination.oracle.credentials] in .dlt/secrets.toml, as arguments, or "
                "in the environment as DESTINATION__ORACLE__CREDENTIALS__<KEY>. To try things out with "
                'no database, use credentials="embedded".'
            )

    def _problems(self) -> list[str]:
        given = [key for key in ("dsn", "host", "service_name", "sid") if getattr(self, key)]
        problems = []
        if self.dsn and len(given) > 1:
            problems.append(f"dsn says all of where the database is: leave out {' and '.join(given[1:])}")
        elif self.service_name and self.sid:
            problems.append("only one of service_name and sid can be used")
        if not {*given} - {"host"}:
            problems.append("one of service_name, sid or dsn is missing")
        if not self.host and not self.dsn:
            problems.append("host is missing")
        if not 0 < (self.port or 0) <= MAX_PORT:
            problems.append(f"port is {self.port}, and ports are numbers from 1 to {MAX_PORT:,}")
        if self.dsn and _CREDENTIALS_OF_DSN.match(self.dsn):
            problems.append(
                "dsn holds a user and password, which would show in logs: give them as username and password"
            )
        problems += [f"{key} is missing" for key in ("username", "password") if not getattr(self, key)]
        return problems

    @property
    def address(self) -> str:
        """Where the database is, without user and password."""
        if self.embedded:
            return f"{_EMBEDDED}:{self.embedded}"
        if self.dsn:
            return _CREDENTIALS_OF_DSN.sub("", self.dsn)
        return f"{self.host}:{self.port}/{self.service_name or self.sid}"

    def to_native_representation(self) -> str:
        """Return the credentials as a URL."""
        if self.embedded:
            return f"{_EMBEDDED_URL}/{self.embedded}"
        return super().to_native_representation()

    def get_query(self) -> dict[str, Any]:
        """Return what stands behind the question mark of a URL: options that are not at their defaults."""
        fields = {field.name: field.default for field in dataclasses.fields(self)}
        return {
            key: value
            for key in _URL_OPTIONS
            if key != "service_name" and (value := getattr(self, key)) != fields[key]
        }

    def to_url(self) -> Any:
        """Return the credentials as a SQLAlchemy-like URL with the service name as database."""
        return super().to_url()._replace(database=self.service_name)

    def data_location(self) -> str:
        """Return a readable location, ``oracle://host:port/service``."""
        return f"oracle://{self.address}"

    def __str__(self) -> str:
        return f"oracle://{self.username}@{self.address}"

    def __repr__(self) -> str:
        return f"OracleCredentials({str(self)!r})"


@configspec
class VersionConfiguration(BaseConfiguration):
    """The one setting that capabilities depend on, to be looked up alone."""

    server_version: str | None = None


@configspec
class OracleClientConfiguration(DestinationClientDwhWithStagingConfiguration):
    """Settings under ``[destination.oracle]``."""

    destination_type: Final[str] = dataclasses.field(  # type: ignore[misc]
        default="oracle", init=False, repr=False, compare=False
    )
    credentials: OracleCredentials = None  # type: ignore[assignment]  # dlt fills it
    schema: str | None = None
    """Oracle schema that owns the tables in the layout `prefix`; by default the connected user's."""
    dataset_layout: TDatasetLayout = "prefix"
    """`prefix`: tables are `OWNER.<DATASET>___<TABLE>`. `schema`: the dataset is an Oracle schema."""
    staging_schema: str | None = None
    """Oracle schema that owns the staging tables; by default the one that owns the dataset's tables."""
    create_schema: bool = False
    """Make a schema that is missing, as a schema-only account. Takes 18c and the privilege CREATE USER."""
    ddl: TDdl = "apply"
    """`verify`: create and change nothing; what is missing is one error with the statements for the DBA."""
    create_indexes: bool = True
    """Make the unique constraints that hints ask for, and an index on each key by which merges find rows,
    when a table is created; never on a filled table."""
    bind_mode: TBindMode = "arrow"
    """`rows`: bind Python values, declared as long as they are, instead of Arrow columns. Slower; for servers
    that refuse the 16,000 bytes as which the driver declares every Arrow string."""
    csv_format: CsvFormatConfiguration | None = None
    """How CSV files are written and read: ``delimiter``, ``include_header``, ``quoting``, ``encoding``."""
    server_version: str | None = None
    """Release whose types and SQL are used, as ``19c`` or ``23ai``. By default the server's own."""
    ledger_retention_days: int = 90
    """Days for which the ledger remembers what was loaded. dlt repeats only loads that are pending."""

    def on_resolved(self) -> None:
        """Check what can be checked without a server. Raises ConfigurationValueError."""
        try:
            _ = self.version
        except ValueError as error:
            raise ConfigurationValueError(f"`server_version` under [destination.oracle]: {error}") from error
        for key, type_ in _CHOICES.items():
            allowed, value = get_args(type_), getattr(self, key)
            if value not in allowed:
                raise ConfigurationValueError(
                    f"`{key}` under [destination.oracle] is {value!r}: it is one of {', '.join(allowed)}."
                )
        if self.schema and self.dataset_layout == "schema":
            raise ConfigurationValueError(
                '`schema` cannot be set with `dataset_layout = "schema"` under [destination.oracle]: the '
                "name of the dataset is the schema's."
            )

    @property
    def version(self) -> ServerVersion | None:
        """``server_version``, or None. Raises ValueError when it is no release."""
        return ServerVersion.parse(self.server_version) if self.server_version else None

    @property
    def owner(self) -> str:
        """The schema that owns the tables, as the dictionary stores it. Raises ConfigurationValueError."""
        if self.schema:
            return _stored_name(self.schema)
        username = self.credentials.username if self.credentials else None
        if not username:
            raise ConfigurationValueError(
                "The schema that owns the tables is not known: set `schema` under [destination.oracle], "
                "or `username` in its credentials."
            )
        # proxy[client] opens the client's session.
        client = username.partition("[")[2].rstrip("]") or username
        return _stored_name(client)

    @property
    def takes_owner_from_user(self) -> bool:
        """Whether tables are looked for in a schema that only the name of the user says."""
        return self.dataset_layout == "prefix" and not self.schema

    @property
    def staging_owner(self) -> str | None:
        """``staging_schema`` as the dictionary stores it, or None."""
        return _stored_name(self.staging_schema) if self.staging_schema else None

    def data_location(self) -> str:
        """Return ``host:port/service``: what one query can reach."""
        if not self.credentials:
            self._no_data_location("the configuration has no credentials")
        return self.credentials.address

    def fingerprint(self) -> str:
        """Return a digest of the location."""
        return digest128(self.credentials.address) if self.credentials else ""


def _converted(key: str, value: Any, type_: Callable[[Any], _T]) -> _T:
    try:
        return type_(value)
    except ValueError:
        raise ConfigurationValueError(
            f"{key!r} among the Oracle credentials is {value!r}, which is no number."
        ) from None


def _stored_name(name: str) -> str:
    """Return what the dictionary stores for a name as it is written in SQL."""
    return name[1:-1] if name.startswith('"') else name.upper()
