"""The supplied packages that loaders call: DBMS_STATS, DBMS_SESSION, DBMS_APPLICATION_INFO, a few more.

One function a procedure; it gets its arguments by Oracle's parameter names. A procedure that is not in the
table is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.engine.ddl.maintenance import gather_statistics
from dlt_oracle.embedded.errors import OracleError

if TYPE_CHECKING:
    from dlt_oracle.embedded.engine.session import EngineSession

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Procedure:
    """A procedure: its parameters in Oracle's order, and what it does."""

    parameters: tuple[str, ...]
    run: Callable[[EngineSession, Arguments], None]


def _gather_table(session: EngineSession, given: Arguments) -> None:
    owner = (given.get("OWNNAME") or session.user).strip('"')
    name = str(given.get("TABNAME") or "").strip('"')
    found = session.dictionary.resolve(owner, name) or session.dictionary.resolve(owner.upper(), name.upper())
    if found is None or found.type != "TABLE" or not session.privileges.knows(found):
        raise OracleError(
            20000, f"Unable to analyze TABLE {owner}.{name}, insufficient privileges or does not exist"
        )
    if found.owner != session.user:
        session.privileges.require("ANALYZE ANY")
    session.commit()  # DBMS_STATS commits
    with session.errors(), session.transaction.statement():
        gather_statistics(session.ddl_context(), session.cache.table(found))
    session.commit()


def _gather_schema(session: EngineSession, given: Arguments) -> None:
    owner = (given.get("OWNNAME") or session.user).strip('"')
    for name in session.cache.table_names(owner):
        _gather_table(session, {"OWNNAME": owner, "TABNAME": name})


def _set_module(session: EngineSession, given: Arguments) -> None:
    session.attributes.module = given.get("MODULE_NAME") or ""
    session.attributes.action = given.get("ACTION_NAME") or ""


def _set_action(session: EngineSession, given: Arguments) -> None:
    session.attributes.action = given.get("ACTION_NAME") or ""


def _set_client_info(session: EngineSession, given: Arguments) -> None:
    session.attributes.client_info = given.get("CLIENT_INFO") or ""


def _set_identifier(session: EngineSession, given: Arguments) -> None:
    session.attributes.client_identifier = given.get("CLIENT_ID") or ""


def _clear_identifier(session: EngineSession, _given: Arguments) -> None:
    session.attributes.client_identifier = ""


def _set_nls(session: EngineSession, given: Arguments) -> None:
    session.settings.alter(str(given["PARAM"]).upper(), str(given["VALUE"]).strip("'"))


def _sleep(session: EngineSession, given: Arguments) -> None:
    seconds = given.get("SECONDS") or "0"
    with session.errors():
        session.connection.execute("SELECT pg_sleep(%s)", (seconds,))


def _discard(_session: EngineSession, _given: Arguments) -> None:
    """DBMS_OUTPUT.PUT_LINE while the buffer is off, as it is unless a client turns it on."""


PROCEDURES: Mapping[str, Procedure] = {
    "DBMS_STATS.GATHER_TABLE_STATS": Procedure(("OWNNAME", "TABNAME"), _gather_table),
    "DBMS_STATS.GATHER_SCHEMA_STATS": Procedure(("OWNNAME",), _gather_schema),
    "DBMS_APPLICATION_INFO.SET_MODULE": Procedure(("MODULE_NAME", "ACTION_NAME"), _set_module),
    "DBMS_APPLICATION_INFO.SET_ACTION": Procedure(("ACTION_NAME",), _set_action),
    "DBMS_APPLICATION_INFO.SET_CLIENT_INFO": Procedure(("CLIENT_INFO",), _set_client_info),
    "DBMS_SESSION.SET_IDENTIFIER": Procedure(("CLIENT_ID",), _set_identifier),
    "DBMS_SESSION.CLEAR_IDENTIFIER": Procedure((), _clear_identifier),
    "DBMS_SESSION.SET_NLS": Procedure(("PARAM", "VALUE"), _set_nls),
    "DBMS_SESSION.SLEEP": Procedure(("SECONDS",), _sleep),
    "DBMS_LOCK.SLEEP": Procedure(("SECONDS",), _sleep),
    "DBMS_OUTPUT.PUT_LINE": Procedure(("A",), _discard),
}
