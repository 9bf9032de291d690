"""The numbers of Oracle Net (TNS) and TTC, under the names python-oracledb's ``constants.pxi`` gives them."""

from __future__ import annotations

from enum import IntEnum, IntFlag


class PacketType(IntEnum):
    """Type byte of a TNS packet."""

    CONNECT = 1
    ACCEPT = 2
    REFUSE = 4
    REDIRECT = 5
    DATA = 6
    RESEND = 11
    MARKER = 12
    CONTROL = 14


class DataFlag(IntFlag):
    """Flags of a DATA packet."""

    EOF = 0x0040
    END_OF_REQUEST = 0x0800
    BEGIN_PIPELINE = 0x1000
    END_OF_RESPONSE = 0x2000


class Marker(IntEnum):
    """Third byte of a MARKER packet."""

    BREAK = 1
    RESET = 2
    INTERRUPT = 3


class MessageType(IntEnum):
    """First byte of a TTC message."""

    PROTOCOL = 1
    DATA_TYPES = 2
    FUNCTION = 3
    ERROR = 4
    ROW_HEADER = 6
    ROW_DATA = 7
    PARAMETER = 8
    STATUS = 9
    IO_VECTOR = 11
    LOB_DATA = 14
    DESCRIBE_INFO = 16
    PIGGYBACK = 17
    FAST_AUTH = 34


class Function(IntEnum):
    """Second byte of a function message or a piggyback."""

    REEXECUTE = 4
    FETCH = 5
    LOGOFF = 9
    COMMIT = 14
    ROLLBACK = 15
    REEXECUTE_AND_FETCH = 78
    EXECUTE = 94
    LOB_OP = 96
    TPC_TXN_SWITCH = 103
    TPC_TXN_CHANGE_STATE = 104
    CLOSE_CURSORS = 105
    AUTH_PHASE_TWO = 115
    AUTH_PHASE_ONE = 118
    AQ_ENQ = 121
    AQ_DEQ = 122
    SUBSCRIBE = 125
    DIRECT_PATH_PREPARE = 128
    DIRECT_PATH_LOAD_STREAM = 129
    DIRECT_PATH_OP = 130
    SET_END_TO_END_ATTR = 135
    ARRAY_AQ = 145
    PING = 147
    SET_SCHEMA = 152
    APP_CONTEXT = 154
    SESSION_GET = 162
    SESSION_RELEASE = 163
    SESSION_STATE = 176
    NOTIFY = 187
    PIPELINE_BEGIN = 199
    PIPELINE_END = 200
    ALTER_SESSION = 204
    END_USER_SECURITY_CTX = 205


def function_name(function: int) -> str:
    """Return a function code for people: its number and, if known, its name."""
    return f"{function} ({Function(function).name})" if function in set(Function) else str(function)


class OraType(IntEnum):
    """Type number of a bind, a define or a described column."""

    VARCHAR = 1
    NUMBER = 2
    BINARY_INTEGER = 3
    LONG = 8
    ROWID = 11
    DATE = 12
    RAW = 23
    LONG_RAW = 24
    CHAR = 96
    BINARY_FLOAT = 100
    BINARY_DOUBLE = 101
    CURSOR = 102
    OBJECT = 109
    CLOB = 112
    BLOB = 113
    BFILE = 114
    JSON = 119
    VECTOR = 127
    TIMESTAMP = 180
    TIMESTAMP_TZ = 181
    INTERVAL_YM = 182
    INTERVAL_DS = 183
    UROWID = 208
    TIMESTAMP_LTZ = 231
    BOOLEAN = 252


class ExecOption(IntFlag):
    """Options of an execute message."""

    PARSE = 0x01
    BIND = 0x08
    DEFINE = 0x10
    EXECUTE = 0x20
    FETCH = 0x40
    COMMIT = 0x100
    PLSQL_BIND = 0x400
    NOT_PLSQL = 0x8000
    DESCRIBE = 0x20000
    BATCH_ERRORS = 0x80000


class ExecFlag(IntFlag):
    """Execute flags (``al8i4[9]``)."""

    SCROLLABLE = 0x02
    NO_CANCEL_ON_EOF = 0x80
    DML_ROWCOUNTS = 0x4000
    IMPLICIT_RESULTSET = 0x8000


COMMIT_REEXECUTE = 0x01  # second option word of a re-execute


class LobOp(IntEnum):
    """Operation of a LOB message."""

    GET_LENGTH = 0x0001
    READ = 0x0002
    TRIM = 0x0020
    WRITE = 0x0040
    CREATE_TEMP = 0x0110
    FREE_TEMP = 0x0111
    GET_CHUNK_SIZE = 0x4000
    OPEN = 0x8000
    CLOSE = 0x10000
    IS_OPEN = 0x11000


LOB_ARRAY = 0x80000  # with FREE_TEMP: the piggyback that frees several


class CallStatus(IntFlag):
    """End-of-call status; the transaction bit makes the driver roll back when it closes."""

    TRANSACTION_IN_PROGRESS = 0x02


# Character sets and forms.
AL32UTF8 = 873
AL16UTF16 = 2000
FORM_IMPLICIT = 1
FORM_NCHAR = 2

# Compile-time field versions that change a message's layout.
FIELD_12_2 = 8
FIELD_12_2_EXT1 = 9
FIELD_20_1 = 14
FIELD_23_1 = 17
FIELD_23_1_EXT1 = 18
FIELD_23_1_EXT3 = 20
FIELD_23_4 = 24

# Lengths of the CLR form (``base/buffer.pyx``).
MAX_SHORT_LENGTH = 252
ESCAPE = 253
LONG_LENGTH = 254
NULL_LENGTH = 255
CHUNK_BYTES = 32767
