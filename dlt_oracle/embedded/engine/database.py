"""The database as the listener sees it: accounts, service names, sessions."""

from __future__ import annotations

import itertools
import threading
import time

from dlt_oracle.embedded.catalog.bootstrap import bootstrap, describe_instance
from dlt_oracle.embedded.engine.connection import connect, connect_for_dictionary
from dlt_oracle.embedded.engine.dictionary import DictionaryCache
from dlt_oracle.embedded.engine.passwords import make_verifier
from dlt_oracle.embedded.engine.session import EngineSession
from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import Verifier
from dlt_oracle.embedded.sql import runtime

STANDARD_STRING_BYTES = 4000
EXTENDED_STRING_BYTES = 32767
STRING_BYTES = {"STANDARD": STANDARD_STRING_BYTES, "EXTENDED": EXTENDED_STRING_BYTES}
VERSIONS = ("19c", "21c", "23ai")
_ENDING_SECONDS = 1.0
_POLL_SECONDS = 0.02
_FIRST_SESSION_ID = 20  # as in Oracle, the small ones are background processes


class EngineDatabase:
    """One Oracle database on one PostgreSQL database; implements ``model.Database``."""

    def __init__(self, conninfo: str, version: str, max_string_size: str, service_name: str) -> None:
        if version not in VERSIONS:
            raise ValueError(f"version must be one of {', '.join(VERSIONS)}, not {version!r}")
        if max_string_size not in STRING_BYTES:
            raise ValueError(f"max_string_size must be STANDARD or EXTENDED, not {max_string_size!r}")
        self._conninfo = conninfo
        self._version = version
        self._max_string_bytes = STRING_BYTES[max_string_size]
        self._service_name = service_name.upper()
        self._lock = threading.Lock()
        self._sessions: dict[int, EngineSession] = {}
        self._session_ids = itertools.count(_FIRST_SESSION_ID)
        with connect_for_dictionary(conninfo) as connection:
            self.is_new = bootstrap(connection, runtime.script())
            describe_instance(connection, version, self._service_name, self._max_string_bytes)
        self.cache = DictionaryCache(connect_for_dictionary(conninfo), version, self._max_string_bytes)

    @property
    def version(self) -> str:
        """``19c``, ``21c`` or ``23ai``."""
        return self._version

    @property
    def service_names(self) -> frozenset[str]:
        """The service's name, and the same without its domain (as SID)."""
        return frozenset({self._service_name, self._service_name.partition(".")[0]})

    @property
    def max_string_bytes(self) -> int:
        """4000 or 32767."""
        return self._max_string_bytes

    def verifier(self, username: str) -> Verifier | None:
        """Return the verifier of an account that may log in by password, or None."""
        account = self.cache.account(username)
        if account is None or account.salt is None or account.password_hash is None:
            return None
        return Verifier(account.salt, account.password_hash)

    def set_password(self, username: str, password: str) -> None:
        """Give an account a password without asking for rights: how a new directory gets its first one."""
        verifier = make_verifier(password)
        with connect_for_dictionary(self._conninfo) as connection:
            connection.execute(
                "UPDATE dict.users SET salt = %s, password_hash = %s WHERE username = %s",
                (verifier.salt, verifier.password_hash, username),
            )

    def open_session(self, username: str) -> EngineSession:
        """Open a session. Raises ORA-28000 for a locked account, ORA-01045 without CREATE SESSION."""
        account = self.cache.account(username)
        if account is None:
            raise OracleError(1017)
        if account.locked:
            raise OracleError(28000)
        if not self.cache.privileges(username).has("CREATE SESSION"):
            raise OracleError(1045, username)
        session = EngineSession(self, connect(self._conninfo), username, next(self._session_ids))
        with self._lock:
            self._sessions[session.sid] = session
        return session

    def sessions(self) -> list[EngineSession]:
        """Return the open sessions."""
        with self._lock:
            return list(self._sessions.values())

    def forget(self, session: EngineSession) -> None:
        """Take a closed session off the list."""
        with self._lock:
            self._sessions.pop(session.sid, None)

    def temporary_in_use(self, object_id: int) -> bool:
        """Whether any session has rows of a global temporary table (ORA-14452)."""
        return any(session.temporary.has_rows(object_id) for session in self.sessions())

    def wait_until_gone(self, username: str) -> None:
        """Raise ORA-01940 when a user stays connected; a session that is just ending gets a moment."""
        deadline = time.monotonic() + _ENDING_SECONDS
        while any(session.user == username for session in self.sessions()):
            if time.monotonic() > deadline:
                raise OracleError(1940)
            time.sleep(_POLL_SECONDS)

    @property
    def service_name(self) -> str:
        """The name of the service."""
        return self._service_name

    def publish_sessions(self) -> None:
        """Write what V$SESSION shows, for a statement that is about to read it."""
        rows = [
            (
                session.sid,
                1,
                session.user,
                session.settings.schema,
                "ACTIVE" if session.in_transaction else "INACTIVE",
                session.attributes.module or None,
                session.attributes.action or None,
                session.attributes.client_identifier or None,
                session.attributes.client_info or None,
                session.logon_time,
                session.sid,
            )
            for session in self.sessions()
        ]
        self.cache.write_sessions(rows)

    def close(self) -> None:
        """Close every session and the dictionary."""
        for session in self.sessions():
            session.close()
        self.cache.close()
