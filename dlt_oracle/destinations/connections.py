"""Connections to a database, and what a process learns from its first one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import oracledb
from dlt.common import logger

from dlt_oracle.destinations import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.destinations.configuration import OracleCredentials

UNICODE_CHARSETS = ("AL32UTF8", "UTF8")
_MILLISECONDS = 1000


@dataclass(frozen=True)
class ServerFacts:
    """What is known of a database: release, session's user, bytes of the longest VARCHAR2, character set."""

    version: tuple[int, ...]
    user: str
    max_varchar2_bytes: int
    charset: str


_facts: dict[tuple[str, str], ServerFacts] = {}
_facts_lock = threading.Lock()


def connect(credentials: OracleCredentials) -> oracledb.Connection:
    """Open a connection. Starts the embedded server when that is asked for. Raises errors.OracleError."""
    try:
        connection = oracledb.connect(**_parameters(credentials))
    except (oracledb.Error, OSError) as error:
        # The driver lets a name that cannot be resolved through as an OSError.
        purpose = f"Connecting to {credentials.address} as {credentials.username}"
        session = errors.Session(credentials.username or "")
        raise errors.OracleError(error, purpose, session=session) from error
    connection.call_timeout = int(credentials.call_timeout * _MILLISECONDS)
    return connection


def _parameters(credentials: OracleCredentials) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "user": credentials.username,
        "password": credentials.password,
        "tcp_connect_timeout": credentials.connect_timeout,
        "expire_time": credentials.expire_time,
    }
    if credentials.embedded:
        from dlt_oracle.embedded import launcher

        endpoint = launcher.attach(credentials.embedded)
        if not credentials.password:
            parameters |= {"user": endpoint.username, "password": endpoint.password}
        return parameters | {"dsn": endpoint.dsn}
    if credentials.dsn:
        return parameters | {"dsn": credentials.dsn, "config_dir": credentials.config_dir}
    return parameters | {
        "host": credentials.host,
        "port": credentials.port,
        "service_name": credentials.service_name,
        "sid": credentials.sid,
    }


def known_facts(credentials: OracleCredentials) -> ServerFacts | None:
    """Return what an earlier connection of this process learned, or None."""
    return _facts.get(_key(credentials))


def server_facts(credentials: OracleCredentials, ask: Callable[[], ServerFacts]) -> ServerFacts:
    """Return what is known of the server; ``ask`` is called once in a process."""
    with _facts_lock:
        key = _key(credentials)
        if key not in _facts:
            _facts[key] = found = ask()
            if found.charset not in UNICODE_CHARSETS:
                logger.warning(
                    f"The database stores text in {found.charset}: characters that it does not have become "
                    "others, and Oracle reports no error. AL32UTF8 has all."
                )
        return _facts[key]


def _key(credentials: OracleCredentials) -> tuple[str, str]:
    return credentials.address, credentials.username or ""
