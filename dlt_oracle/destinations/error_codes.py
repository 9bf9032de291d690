"""What to do about an Oracle error, by its code: two tables, grouped by cause.

Codes, never driver classes: python-oracledb raises plain DatabaseError for nearly all of them. Sources:
Database Error Messages 19c, and python-oracledb's own tables of lost-connection and recoverable codes.
"""

from __future__ import annotations

from enum import Enum


class Action(Enum):
    """What the caller should do about an error."""

    CREATE = "create what is missing"
    RETRY = "try again"
    STOP = "stop: the same statement will fail again"


MISSING = (
    "ORA-00942",  # table or view does not exist (or may not be seen)
    "ORA-01418",  # index does not exist
    "ORA-01432",  # public synonym does not exist
    "ORA-01435",  # user does not exist (SET CURRENT_SCHEMA)
    "ORA-01918",  # user does not exist (DROP USER)
    "ORA-02149",  # partition does not exist
    "ORA-02289",  # sequence does not exist
    "ORA-02443",  # constraint does not exist
    "ORA-04043",  # object does not exist
    "ORA-12003",  # materialized view does not exist
)
LOST = (
    "ORA-00022",  # invalid session ID
    "ORA-00028",  # the session has been killed
    "ORA-00031",  # the session is marked for kill
    "ORA-00045",  # the session has been terminated with no replay
    "ORA-00378",  # buffer pools cannot be created as specified
    "ORA-00600",  # internal error: the driver treats the session as dead
    "ORA-00602",  # internal programming exception
    "ORA-00603",  # server session terminated by fatal error
    "ORA-00609",  # could not attach to incoming connection
    "ORA-01012",  # not logged on
    "ORA-01041",  # internal error: hostdef extension does not exist
    "ORA-01043",  # user side memory corruption
    "ORA-01089",  # immediate shutdown in progress
    "ORA-01092",  # instance terminated
    "ORA-02396",  # exceeded maximum idle time
    "ORA-03113",  # end-of-file on communication channel
    "ORA-03114",  # not connected
    "ORA-03122",  # attempt to close a window while another is open
    "ORA-03135",  # connection lost contact
    "ORA-12153",  # not connected
    "ORA-12537",  # connection closed
    "ORA-12547",  # lost contact
    "ORA-12570",  # unexpected packet read error
    "ORA-12583",  # no reader
    "ORA-27146",  # post/wait initialization failed
    "ORA-28511",  # lost connection to a heterogeneous remote agent
    "ORA-56600",  # illegal OCI function call
    "DPY-1001",  # not connected
    "DPY-3008",  # the server ends the session, for a reason that the driver does not know
    "DPY-4011",  # the database or network closed the connection: all of the above, in the driver's words
    "DPY-4024",  # call timeout exceeded
    "DPY-6005",  # cannot connect
)
RESTARTING = (
    "ORA-00376",  # a data file cannot be read at this time
    "ORA-01033",  # initialization or shutdown in progress
    "ORA-01034",  # not available
    "ORA-01090",  # shutdown in progress
    "ORA-01115",  # IO error reading a block
    "ORA-12514",  # the listener does not know the service (yet: services move)
    "ORA-12571",  # packet writer failure
    "ORA-12757",  # the instance does not know the requested service
    "ORA-16456",  # switchover in progress
)
CAPACITY = (
    "ORA-00018",  # maximum number of sessions exceeded
    "ORA-00020",  # maximum number of processes exceeded
    "ORA-12170",  # connect timeout
    "ORA-12516",  # no handler with a matching protocol stack
    "ORA-12518",  # the listener could not hand off the client
    "ORA-12519",  # no appropriate service handler found
    "ORA-12520",  # no handler for the requested type of server
    "ORA-12528",  # all appropriate instances are blocking new connections
    "ORA-12535",  # operation timed out
    "ORA-12541",  # no listener
    "DPY-6000",  # the listener refused the connection
    "DPY-6001",  # ORA-12514
    "DPY-6003",  # ORA-12505
)
CONTENTION = (
    "ORA-00051",  # timeout waiting for a resource
    "ORA-00054",  # resource busy, or a timeout waiting for it
    "ORA-00060",  # deadlock
    "ORA-01013",  # the call was cancelled
    "ORA-01555",  # snapshot too old
    "ORA-04020",  # deadlock on a library object
    "ORA-04021",  # timeout waiting to lock a library object
    "ORA-04061",  # the state of a package has been invalidated
    "ORA-04068",  # the state of packages has been discarded
    "ORA-08177",  # can't serialize access
    "ORA-12860",  # sibling deadlock of parallel servers
    "ORA-25402",  # failover: the transaction must roll back
    "ORA-25408",  # failover: the call cannot safely be replayed
    "ORA-30006",  # resource busy; WAIT timed out
)
SPACE_COMES_BACK = (  # when other sessions end, or the archiver gets on
    "ORA-00257",  # archiver error
    "ORA-01652",  # no temporary space
    "ORA-04031",  # no shared memory
    "ORA-19809",  # limit of the recovery area exceeded
    "ORA-30036",  # no undo space
)
SPACE_IS_GONE = (  # until somebody gives more
    "ORA-01536",  # space quota exceeded
    "ORA-01653",  # unable to extend table
    "ORA-01654",  # unable to extend index
    "ORA-01658",  # unable to create INITIAL extent
    "ORA-01691",  # unable to extend LOB segment
    "ORA-01950",  # no privileges on tablespace (no quota)
    "ORA-12954",  # the 12 GB of Free and XE exceeded
    "ORA-65114",  # space usage of the container too high
)
RIGHTS = (
    "ORA-01017",  # invalid username/password
    "ORA-01031",  # insufficient privileges
    "ORA-01045",  # user lacks CREATE SESSION privilege
    "ORA-28000",  # the account is locked
    "ORA-28001",  # the password has expired
    "ORA-28040",  # no matching authentication protocol
    "DPY-3010",  # server older than 12.1
    "DPY-3012",  # national character set not supported in thin mode
    "DPY-3015",  # password verifier not supported in thin mode
    "DPY-4000",  # no entry for the alias in tnsnames.ora
    "DPY-4026",  # no tnsnames.ora
)
STATEMENT = (  # syntax errors are not among them: they are tried again, as dlt's own destinations do
    "ORA-00406",  # COMPATIBLE parameter needs to be … or greater
    "ORA-00904",  # invalid identifier
    "ORA-00910",  # specified length too long for its datatype
    "ORA-00932",  # inconsistent datatypes
    "ORA-00955",  # name is already used by an existing object
    "ORA-00972",  # identifier is too long
    "ORA-01430",  # column being added already exists in table
    "ORA-01450",  # maximum key length exceeded
    "ORA-01461",  # can bind a LONG value only for insert into a LONG column
    "ORA-01704",  # string literal too long
    "ORA-01758",  # table must be empty to add mandatory (NOT NULL) column
    "ORA-01792",  # maximum number of columns in a table or view is 1000
    "ORA-01795",  # maximum number of expressions in a list is 1000
    "ORA-01920",  # user name conflicts with another user or role name
    "ORA-02266",  # unique/primary keys in table referenced by enabled foreign keys
    "ORA-02299",  # cannot validate: duplicate keys found
    "ORA-02329",  # column of datatype cannot be unique or a primary key
    "ORA-02449",  # unique/primary keys in table referenced by foreign keys
    "ORA-03001",  # unimplemented feature
    "ORA-12984",  # cannot drop partitioning column
    "ORA-22858",  # invalid alteration of datatype
    "ORA-24816",  # expanded non LONG bind data supplied after actual LONG or LOB column
    "ORA-26563",  # renaming this table is not allowed
    "ORA-38104",  # columns referenced in the ON clause cannot be updated
    "ORA-54031",  # column to be dropped is used in a virtual column expression
    "ORA-54032",  # column to be renamed is used in a virtual column expression
)
DATA = (
    "ORA-00001",  # unique constraint violated
    "ORA-01400",  # cannot insert NULL
    "ORA-01407",  # cannot update to NULL
    "ORA-01426",  # numeric overflow
    "ORA-01438",  # value larger than specified precision
    "ORA-01722",  # invalid number
    "ORA-01830",  # date format picture ends before converting entire input string
    "ORA-01839",  # date not valid for month specified
    *(f"ORA-{number:05}" for number in range(1840, 1850)),  # a part of a date is out of its range
    "ORA-01858",  # a non-numeric character was found where a numeric was expected
    "ORA-01861",  # literal does not match format string
    "ORA-02290",  # check constraint violated
    "ORA-02291",  # integrity constraint violated: parent key not found
    "ORA-02292",  # integrity constraint violated: child record found
    "ORA-12899",  # value too large for column
    "ORA-14400",  # the row belongs to no partition
    "ORA-22835",  # buffer too small for CLOB to CHAR conversion
    "ORA-40441",  # JSON syntax error
    "ORA-51803",  # vector dimension count must match the dimension count of the column
    "ORA-51805",  # vector is not properly formatted
    "DPY-4003",  # value cannot be represented as an Oracle number
)
_ACTIONS = {
    code: action
    for action, groups in (
        (Action.CREATE, (MISSING,)),
        (Action.RETRY, (LOST, RESTARTING, CAPACITY, CONTENTION, SPACE_COMES_BACK)),
        (Action.STOP, (SPACE_IS_GONE, RIGHTS, STATEMENT, DATA)),
    )
    for group in groups
    for code in group
}
# Whole ranges of numbers that stop, with their advice; single codes come first.
_RANGES = {
    # Raised by triggers and packages through RAISE_APPLICATION_ERROR: whoever wrote them meant to stop.
    "ORA": (
        range(20000, 21000),
        "A trigger or a package of the database refused it: its owner can say why.",
    ),
    # The driver was called in a way that is wrong, or asked for what it cannot do.
    "DPY": (
        range(2000, 4000),
        "The driver refused it, and will again: if no setting is wrong, please report it with this text.",
    ),
}

GRANTS_ELSEWHERE = (
    "CREATE ANY TABLE, ALTER ANY TABLE, DROP ANY TABLE, SELECT ANY TABLE, INSERT ANY TABLE, "
    "UPDATE ANY TABLE, DELETE ANY TABLE, CREATE ANY INDEX, COMMENT ANY TABLE"
)
"""What a loader needs to own the tables of another schema (SQL Language Reference 19c, "GRANT")."""

_QUOTA = (
    "Ask the DBA for space: ALTER USER <user> QUOTA UNLIMITED ON <tablespace>; the user's own tablespaces "
    "and quotas are in USER_TS_QUOTAS."
)
_TABLESPACE = "The tablespace is full: ask the DBA to add or to extend a data file."
_ARCHIVE = "The database waits for room for its archived redo log: ask the DBA to free some."
_EDITION = "This edition or container allows no more data: drop what is not needed, or have the limit raised."
_BUSY = "The database takes no more sessions: set `workers` under [load] lower, or have PROCESSES raised."
_LISTENER = "No listener answers there: check `host` and `port`, that the database is up, and the firewall."
_SERVICE = "The listener does not know the service: check `service_name` (lsnrctl services lists them)."
_STARTING = "The database starts or stops just now: run the pipeline again when it is open."
_LOCKED = "Another session holds the table: a load, a user's open transaction, or a DDL."
_CUT = (
    "Nothing is half done: the next try opens a new connection. If it comes back, the database's alert log "
    "or a firewall's idle timeout has the reason."
)
_DEADLOCK = (
    "Two sessions waited for each other, and the next try usually gets through. If it does not, do not load "
    "the same tables from two pipelines at once."
)
_VIRTUAL = "A virtual column or an index on an expression is made of it: drop that first."
_TOO_LONG = "The server has no longer the undo to read what it began with: ask for a longer UNDO_RETENTION."
_VERIFIER = (
    "The password is stored in a form that is too old: set it anew with SQLNET.ALLOWED_LOGON_VERSION_SERVER "
    "at 12."
)
_ADVICE = {
    **dict.fromkeys(("ORA-00054", "ORA-30006", "ORA-04021"), _LOCKED),
    **dict.fromkeys(("ORA-00060", "ORA-12860", "ORA-04020"), _DEADLOCK),
    **dict.fromkeys(("ORA-01536", "ORA-01950"), _QUOTA),
    **dict.fromkeys(("ORA-01653", "ORA-01654", "ORA-01658", "ORA-01691"), _TABLESPACE),
    **dict.fromkeys(("ORA-00257", "ORA-19809"), _ARCHIVE),
    **dict.fromkeys(("ORA-12954", "ORA-65114"), _EDITION),
    **dict.fromkeys(("ORA-00018", "ORA-00020", "ORA-12516", "ORA-12518", "ORA-12519", "ORA-12520"), _BUSY),
    **dict.fromkeys(("ORA-12170", "ORA-12535", "ORA-12541", "DPY-6005"), _LISTENER),
    **dict.fromkeys(("ORA-12514", "DPY-6001"), _SERVICE),
    **dict.fromkeys(("ORA-01033", "ORA-01034", "ORA-01089", "ORA-01090", "ORA-12528"), _STARTING),
    **dict.fromkeys(("ORA-03113", "ORA-03135", "DPY-4011"), _CUT),
    **dict.fromkeys(("ORA-28040", "DPY-3015"), _VERIFIER),
    **dict.fromkeys(("ORA-54031", "ORA-54032"), _VIRTUAL),
    "ORA-00406": "The database runs in the mode of an older release: name that one as `server_version` under "
    "[destination.oracle].",
    "ORA-01017": "Check `username` and `password`; passwords are case-sensitive.",
    "ORA-00904": "No column has that name. In quotes a name is taken as it is, and columns are stored in "
    'upper case: "_DLT_ID".',
    "ORA-00911": "A name that begins with an underscore wants quotes, and is stored in upper case: "
    '"_DLT_ID".',
    "ORA-01031": "In its own schema a loader needs CREATE SESSION, CREATE TABLE and a quota: ask the DBA to "
    "GRANT CREATE TABLE TO <user>.",
    "ORA-01045": "Ask the DBA: GRANT CREATE SESSION TO <user>.",
    "ORA-01450": "The key is too long for an index in blocks of this size: give its text columns a smaller "
    "`precision`, or leave indexes out (`create_indexes = false` under [destination.oracle]).",
    "ORA-01555": _TOO_LONG,
    "ORA-01652": "Other sessions use up the temporary tablespace: wait for them, or have it extended.",
    "ORA-01722": "A text stands where a number is wanted. If a hint was changed: it changes no column that "
    "is there. Give the texts a column of their own, or load the table anew with `refresh`.",
    "ORA-01758": "The new column is NOT NULL and the table has rows: make it nullable, or reload the table "
    "with `refresh`.",
    "ORA-01792": "A table has 1,000 columns at most (from 23ai on 4,096, with MAX_COLUMNS = EXTENDED): "
    "select fewer, or nest them in one json column.",
    "ORA-02266": "A foreign key points at the table: drop or disable it, or use another replace strategy.",
    "ORA-02291": "A foreign key wants a row that is not there, and dlt promises no order among tables: drop "
    "or disable it, or load the table that it points at in a run before.",
    "ORA-02292": "Rows of another table point at it: make that foreign key DEFERRABLE INITIALLY DEFERRED, so "
    "that it is checked at the commit, or drop it.",
    "ORA-02299": "There are rows with the same key: delete the double ones, or take the hint `unique` away.",
    "ORA-02329": "A LOB, json or zoned timestamp column cannot be unique: take the hint `unique` away.",
    "ORA-04031": "The server's shared pool is full: try again later, or have SHARED_POOL_SIZE raised.",
    "ORA-12984": "The table is partitioned by the column, which so has to stay as it is.",
    "ORA-14400": "No partition takes the row: add one, or make the table with INTERVAL partitions.",
    "ORA-24816": 'The server refuses how the values are bound: set `bind_mode = "rows"` under '
    "[destination.oracle].",
    "ORA-26563": "Replication or a materialized view log needs the table's name: use another replace "
    "strategy than `staging-optimized`.",
    "ORA-28000": "Ask the DBA: ALTER USER <user> ACCOUNT UNLOCK.",
    "ORA-28001": "Set a new password for the user.",
    "ORA-30036": "Other transactions use up the undo tablespace: wait for them, or have it extended.",
    "DPY-3010": "The driver's thin mode needs Oracle Database 12.1 or newer.",
    "DPY-4000": "The alias given as `dsn` is not in tnsnames.ora: set `config_dir` to its directory.",
    "DPY-4027": "The text given as `dsn` is an alias: set `config_dir` to the directory of its tnsnames.ora, "
    "or use host, port and service_name.",
    "DPY-4026": "The alias given as `dsn` needs a tnsnames.ora: set `config_dir` to its directory, or "
    "use host, port and service_name.",
    "DPY-6003": "The listener does not know the SID: check `sid`; a pluggable database is reached by "
    "`service_name`.",
}

_ADVICE_ELSEWHERE = {
    "ORA-01031": f"For tables in another schema a loader needs much: GRANT {GRANTS_ELSEWHERE} TO <user>. "
    'Without it the DBA makes the tables (`ddl = "verify"`), or they go into its own schema.',
}


def action_for(code: str) -> Action:
    """Say what to do about ``code``. Unknown codes and syntax errors are tried again, as dlt does."""
    return _ACTIONS.get(code, Action.STOP if _advice_of_range(code) else Action.RETRY)


def advice_for(code: str, *, elsewhere: bool = False) -> str:
    """Return a sentence on the likely cause and the way out, or an empty string.

    ``<user>`` and ``<tablespace>`` stand for names. ``elsewhere``: the tables are in another schema than the
    user's own.
    """
    if elsewhere and code in _ADVICE_ELSEWHERE:
        return _ADVICE_ELSEWHERE[code]
    return _ADVICE.get(code) or _advice_of_range(code)


def _advice_of_range(code: str) -> str:
    prefix, _, number = code.partition("-")
    if prefix not in _RANGES:
        return ""
    numbers, advice = _RANGES[prefix]
    return advice if int(number) in numbers else ""
