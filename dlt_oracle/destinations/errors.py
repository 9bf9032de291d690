"""Oracle's errors as dlt's exceptions: one table, keyed by code, grouped by what the caller should do.

Codes, never driver classes: python-oracledb raises plain DatabaseError for nearly all of them. Sources:
Database Error Messages 19c, and python-oracledb's own table of lost-connection codes.
"""

from __future__ import annotations

import re
from enum import Enum

from dlt.common.destination.exceptions import DestinationTerminalException
from dlt.destinations.exceptions import (
    DatabaseException,
    DatabaseTerminalException,
    DatabaseTransientException,
    DatabaseUndefinedRelation,
)


class Action(Enum):
    """What the caller should do about an error."""

    CREATE = "create what is missing"
    RETRY = "try again"
    STOP = "stop: the same statement will fail again"


_EXCEPTIONS: dict[Action, type[DatabaseException]] = {
    Action.CREATE: DatabaseUndefinedRelation,
    Action.RETRY: DatabaseTransientException,
    Action.STOP: DatabaseTerminalException,
}

_ACTIONS: dict[str, Action] = {
    **dict.fromkeys(
        (
            "ORA-00942",  # table or view does not exist (or may not be seen)
            "ORA-01435",  # user does not exist (SET CURRENT_SCHEMA)
            "ORA-01918",  # user does not exist (DROP USER)
            "ORA-04043",  # object does not exist
        ),
        Action.CREATE,
    ),
    **dict.fromkeys(
        (
            "ORA-00001",  # unique constraint violated
            "ORA-00904",  # invalid identifier
            "ORA-00910",  # specified length too long for its datatype
            "ORA-00932",  # inconsistent datatypes
            "ORA-00955",  # name is already used by an existing object
            "ORA-00972",  # identifier is too long
            "ORA-01017",  # invalid username/password
            "ORA-01031",  # insufficient privileges
            "ORA-01045",  # user lacks CREATE SESSION privilege
            "ORA-01400",  # cannot insert NULL
            "ORA-01407",  # cannot update to NULL
            "ORA-01426",  # numeric overflow
            "ORA-01438",  # value larger than specified precision
            "ORA-01461",  # can bind a LONG value only for insert into a LONG column
            "ORA-01536",  # space quota exceeded
            "ORA-01704",  # string literal too long
            "ORA-01722",  # invalid number
            "ORA-01758",  # table must be empty to add mandatory (NOT NULL) column
            "ORA-01795",  # maximum number of expressions in a list is 1000
            "ORA-01830",  # date format picture ends before converting entire input string
            "ORA-01839",  # date not valid for month specified
            "ORA-01840",  # input value not long enough for date format
            "ORA-01841",  # year must be between -4713 and +9999
            "ORA-01843",  # not a valid month
            "ORA-01847",  # day of month must be between 1 and last day of month
            "ORA-01858",  # a non-numeric character was found where a numeric was expected
            "ORA-01861",  # literal does not match format string
            "ORA-01950",  # no privileges on tablespace
            "ORA-02290",  # check constraint violated
            "ORA-02291",  # integrity constraint violated: parent key not found
            "ORA-02292",  # integrity constraint violated: child record found
            "ORA-02449",  # unique/primary keys in table referenced by foreign keys
            "ORA-12899",  # value too large for column
            "ORA-28000",  # the account is locked
            "ORA-28001",  # the password has expired
            "ORA-38104",  # columns referenced in the ON clause cannot be updated
            "ORA-40441",  # JSON syntax error
            "DPY-3010",  # server older than 12.1
            "DPY-3012",  # national character set not supported in thin mode
            "DPY-3015",  # password verifier not supported in thin mode
            "DPY-4000",  # no entry for the alias in tnsnames.ora
            "DPY-4026",  # no tnsnames.ora
        ),
        Action.STOP,
    ),
}
# Raised by triggers and packages through RAISE_APPLICATION_ERROR: whoever wrote them meant to stop.
_APPLICATION_ERRORS = range(20000, 21000)

_GRANT_QUOTA = (
    "Ask the DBA for space: ALTER USER <user> QUOTA UNLIMITED ON <tablespace>; the user's own "
    "tablespaces and "
    "quotas are in USER_TS_QUOTAS."
)
_ADVICE = {
    "ORA-00054": "Another session holds the table: a load, a user's open transaction, or a DDL.",
    "ORA-01017": "Check `username` and `password`; passwords are case-sensitive.",
    "ORA-01031": "A loader needs CREATE SESSION, CREATE TABLE and a quota in its own schema: "
    "GRANT CREATE TABLE TO <user>.",
    "ORA-01045": "Ask the DBA: GRANT CREATE SESSION TO <user>.",
    "ORA-01536": _GRANT_QUOTA,
    "ORA-01950": _GRANT_QUOTA,
    "ORA-01758": "The new column is NOT NULL and the table has rows: make it nullable, or reload the table "
    "with `refresh`.",
    "ORA-28000": "Ask the DBA: ALTER USER <user> ACCOUNT UNLOCK.",
    "ORA-28001": "Set a new password for the user.",
    "DPY-4000": "The alias given as `dsn` is not in tnsnames.ora: set `config_dir` to its directory.",
    "DPY-4026": "The alias given as `dsn` needs a tnsnames.ora: set `config_dir` to its directory, or "
    "use host, port "
    "and service_name.",
    "DPY-6001": "The listener does not know the service: check `service_name` (lsnrctl services lists them).",
    "DPY-6003": "The listener does not know the SID: check `sid`; a pluggable database is reached by "
    "`service_name`.",
    "DPY-6005": "No listener answers there: check `host` and `port`, that the database is up, and the "
    "firewall.",
}
_CODE = re.compile(r"\b((?:ORA|DPY|DPI)-\d{4,5})\b")


def code_of(error: BaseException) -> str:
    """Return the error's full code (``ORA-00942``, ``DPY-6005``), or an empty string."""
    first = error.args[0] if error.args else None
    code = getattr(first, "full_code", None)
    if not code:
        match = _CODE.search(str(error))
        code = match[1] if match else ""
    return str(code)


def action_for(code: str) -> Action:
    """Say what to do about ``code``. Unknown codes and syntax errors are tried again, as dlt does."""
    if code in _ACTIONS:
        return _ACTIONS[code]
    prefix, _, number = code.partition("-")
    if prefix == "ORA" and int(number) in _APPLICATION_ERRORS:
        return Action.STOP
    return Action.RETRY


def advice_for(code: str) -> str:
    """Return a sentence on the likely cause and the way out, or an empty string."""
    return _ADVICE.get(code, "")


class OracleError(Exception):
    """A driver's error with what it was about and what to do; the driver's own is its ``__cause__``."""

    def __init__(self, error: BaseException, purpose: str = "") -> None:
        self.code = code_of(error)
        self.purpose = purpose
        # The driver appends a link to its help: noise in a log line.
        text = str(error).split("\nHelp: ", maxsplit=1)[0].strip()
        super().__init__(
            " ".join(part for part in (purpose and f"{purpose}:", text, advice_for(self.code)) if part)
        )
        self.__cause__ = error


def database_exception(error: BaseException, purpose: str = "") -> DatabaseException:
    """Return dlt's exception for a driver's ``error``."""
    return _EXCEPTIONS[action_for(code_of(error))](OracleError(error, purpose))


class RejectedValue(DestinationTerminalException):
    """A value that its column cannot hold. Nothing of the file was loaded."""

    def __init__(self, *, table: str, column: str, row: int, reason: str) -> None:
        self.table = table
        self.column = column
        self.row = row
        super().__init__(
            f"Table {table!r}, column {column!r}, row {row:,} of the load file: {reason} Nothing of this "
            "file was loaded."
        )


class TextTooLong(RejectedValue):
    """A text that its column cannot hold, and the column may be made longer."""
