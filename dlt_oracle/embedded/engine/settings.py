"""What ALTER SESSION changes, and what SYS_CONTEXT and the session's views show.

PostgreSQL sees the settings as ``ora.<name>``, lower case: schema ``ora`` and the dictionary's views read
them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError

if TYPE_CHECKING:
    from dlt_oracle.embedded.engine.connection import Connection
    from dlt_oracle.embedded.engine.database import EngineDatabase
    from dlt_oracle.embedded.model import SessionAttributes

_OFFSET = re.compile(r"([+-]?)(\d{1,2}):(\d{2})")
MAX_DDL_LOCK_SECONDS = 1_000_000


class SessionSettings:
    """The settings of one session."""

    def __init__(self, connection: Connection, user: str, sid: int, database: EngineDatabase) -> None:
        self._connection = connection
        self._database = database
        self._published: tuple[str, ...] = ()
        self.schema = user
        self.ddl_lock_seconds = 0
        self.char_semantics = False
        self.zone_minutes: int | None = 0  # the offset from UTC; None for a region
        account = database.cache.account(user)
        self._set(
            {
                "user": user,
                "session_user": user,
                "current_user": user,
                "current_schema": user,
                "sid": str(sid),
                "sessionid": str(sid),
                "service_name": database.service_name,
                "db_name": database.service_name.partition(".")[0],
                "instance_name": database.service_name.partition(".")[0].lower(),
                "user_id": str(account.user_id if account else 0),
                "is_dba": "TRUE" if "DBA" in database.cache.privileges(user).grantees else "FALSE",
            }
        )

    def _set(self, values: Mapping[str, str]) -> None:
        calls = ", ".join(["set_config(%s, %s, false)"] * len(values))
        parameters = [text for name, value in values.items() for text in (f"ora.{name}", value)]
        self._connection.execute(f"SELECT {calls}", parameters)

    def publish(self, attributes: SessionAttributes) -> None:
        """Hand over what the client says of itself, if it has changed."""
        present = (
            attributes.module,
            attributes.action,
            attributes.client_identifier,
            attributes.client_info,
        )
        if present != self._published:
            names = ("module", "action", "client_identifier", "client_info")
            self._set(dict(zip(names, present, strict=True)))
            self._published = present

    def alter(self, name: str, value: str) -> None:
        """ALTER SESSION SET name = value. Raises ORA-02248 for an unknown parameter."""
        change = _PARAMETERS.get(name)
        if change is None:
            raise OracleError(2248)
        change(self, name, value)

    # --- one function a kind of parameter ---------------------------------------------------------------

    def _keep(self, name: str, value: str) -> None:
        self._set({name.lower(): value})

    def _set_schema(self, _name: str, value: str) -> None:
        if self._database.cache.account(value) is None:
            raise OracleError(1435)
        self.schema = value
        self._set({"current_schema": value})

    def _set_length_semantics(self, name: str, value: str) -> None:
        if value.upper() not in {"BYTE", "CHAR"}:
            raise OracleError(12705)
        self.char_semantics = value.upper() == "CHAR"
        self._keep(name, value.upper())

    def _set_ddl_lock_timeout(self, _name: str, value: str) -> None:
        if not value.isdigit() or int(value) > MAX_DDL_LOCK_SECONDS:
            raise OracleError(68, value, "ddl_lock_timeout", 0, MAX_DDL_LOCK_SECONDS)
        self.ddl_lock_seconds = int(value)

    def _set_numeric_characters(self, name: str, value: str) -> None:
        if len(value) != 2 or value[0] == value[1] or set(value) & set("0123456789+-<>"):  # noqa: PLR2004
            raise OracleError(12705)
        self._keep(name, value)

    def _set_time_zone(self, name: str, value: str) -> None:
        zone = {"DBTIMEZONE": "+00:00", "LOCAL": "+00:00"}.get(value.upper(), value)
        # Asks PostgreSQL whether it knows the zone: schema ora raises ORA-01882.
        self._connection.execute("SELECT ora.zone_minutes_utc(%s, now() AT TIME ZONE 'UTC')", (zone,))
        self._keep(name, zone)
        offset = _OFFSET.fullmatch(zone.strip())
        self.zone_minutes = None
        if offset is not None:
            minutes = int(offset[2]) * 60 + int(offset[3])
            self.zone_minutes = -minutes if offset[1] == "-" else minutes

    def _only_binary(self, name: str, value: str) -> None:
        if value.upper() != "BINARY":
            raise OracleError(12705)
        self._keep(name, "BINARY")

    def _accept(self, _name: str, _value: str) -> None:
        """A parameter that changes plans or traces, and nothing a client could see."""


_Change = Callable[[SessionSettings, str, str], None]
_FORMATS = ("NLS_DATE_FORMAT", "NLS_TIMESTAMP_FORMAT", "NLS_TIMESTAMP_TZ_FORMAT", "NLS_TIME_FORMAT",
            "NLS_TIME_TZ_FORMAT", "NLS_LANGUAGE", "NLS_DATE_LANGUAGE", "NLS_TERRITORY", "NLS_CURRENCY",
            "NLS_ISO_CURRENCY", "NLS_DUAL_CURRENCY", "NLS_CALENDAR", "NLS_NCHAR_CONV_EXCP")  # fmt: skip
_PLANS = ("OPTIMIZER_MODE", "CURSOR_SHARING", "STATISTICS_LEVEL", "SQL_TRACE", "TRACEFILE_IDENTIFIER",
          "PARALLEL_DEGREE_POLICY", "OPTIMIZER_FEATURES_ENABLE", "OPTIMIZER_USE_SQL_PLAN_BASELINES",
          "WORKAREA_SIZE_POLICY", "SORT_AREA_SIZE", "HASH_AREA_SIZE", "SESSION_CACHED_CURSORS",
          "DB_FILE_MULTIBLOCK_READ_COUNT", "RESULT_CACHE_MODE", "PLSQL_OPTIMIZE_LEVEL",
          "COMMIT_LOGGING", "COMMIT_WAIT", "DEFERRED_SEGMENT_CREATION", "RECYCLEBIN")  # fmt: skip
_PARAMETERS: Mapping[str, _Change] = {
    **dict.fromkeys(_FORMATS, SessionSettings._keep),  # noqa: SLF001 - the table of its own methods
    **dict.fromkeys(_PLANS, SessionSettings._accept),  # noqa: SLF001
    "CURRENT_SCHEMA": SessionSettings._set_schema,  # noqa: SLF001
    "NLS_LENGTH_SEMANTICS": SessionSettings._set_length_semantics,  # noqa: SLF001
    "NLS_NUMERIC_CHARACTERS": SessionSettings._set_numeric_characters,  # noqa: SLF001
    "NLS_SORT": SessionSettings._only_binary,  # noqa: SLF001
    "NLS_COMP": SessionSettings._only_binary,  # noqa: SLF001
    "DDL_LOCK_TIMEOUT": SessionSettings._set_ddl_lock_timeout,  # noqa: SLF001
    "TIME_ZONE": SessionSettings._set_time_zone,  # noqa: SLF001
}
