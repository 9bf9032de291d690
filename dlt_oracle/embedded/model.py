"""What the rooms of the embedded server say to each other: types, columns, values, results.

The wire side (``protocol``, ``session``) and the engine side (``sql``, ``catalog``, ``engine``)
share these names and nothing else. A value crosses the border in one form per Oracle type:

==============================  ====================================================================
Oracle type                     Python value (``None`` is NULL for every type)
==============================  ====================================================================
VARCHAR2 CHAR NVARCHAR2 NCHAR   ``str``, never empty: Oracle's empty string *is* NULL
CLOB NCLOB LONG ROWID           ``str``, never empty
NUMBER                          ``str``, its decimal text: exact, and what both sides read and write
BINARY_FLOAT BINARY_DOUBLE      ``float`` (NaN and infinities included)
DATE                            ``str``, ``YYYY-MM-DD HH:MM:SS`` (`` BC`` appended before year 1)
TIMESTAMP, … LOCAL TIME ZONE    ``str``, as DATE with up to nine fractional digits
TIMESTAMP WITH TIME ZONE        ``tuple[str, int]``: the UTC fields as TIMESTAMP, the offset in minutes
RAW BLOB LONG_RAW               ``bytes``
INTERVAL_DS                     ``str``, ``[-]D HH:MM:SS[.fffffffff]``
BOOLEAN (23ai)                  ``bool``
JSON (21c)                      ``str``, the document's text
VECTOR (23ai)                   ``list[float]``
==============================  ====================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from dlt_oracle.embedded.errors import OracleError

Value = Any
Row = Sequence[Value]


class TypeName(Enum):
    """The built-in Oracle types this server speaks, by their name in DDL."""

    VARCHAR2 = "VARCHAR2"
    NVARCHAR2 = "NVARCHAR2"
    CHAR = "CHAR"
    NCHAR = "NCHAR"
    LONG = "LONG"
    CLOB = "CLOB"
    NCLOB = "NCLOB"
    NUMBER = "NUMBER"
    FLOAT = "FLOAT"
    BINARY_FLOAT = "BINARY_FLOAT"
    BINARY_DOUBLE = "BINARY_DOUBLE"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    TIMESTAMP_TZ = "TIMESTAMP WITH TIME ZONE"
    TIMESTAMP_LTZ = "TIMESTAMP WITH LOCAL TIME ZONE"
    INTERVAL_DS = "INTERVAL DAY TO SECOND"
    INTERVAL_YM = "INTERVAL YEAR TO MONTH"  # inside expressions only: no column has it, no value crosses
    RAW = "RAW"
    LONG_RAW = "LONG RAW"
    BLOB = "BLOB"
    ROWID = "ROWID"
    BOOLEAN = "BOOLEAN"
    JSON = "JSON"
    VECTOR = "VECTOR"


LOBS = frozenset({TypeName.CLOB, TypeName.NCLOB, TypeName.BLOB, TypeName.JSON, TypeName.VECTOR})
"""Types that are kept as LOBs: neither compared nor sorted, and in no index."""
LONGS = frozenset({TypeName.LONG, TypeName.LONG_RAW})


class VectorFormat(Enum):
    """How the elements of a VECTOR are kept."""

    FLOAT32 = "FLOAT32"
    FLOAT64 = "FLOAT64"
    INT8 = "INT8"


@dataclass(frozen=True)
class OracleType:
    """One Oracle data type with its lengths.

    ``length`` counts characters when ``char_semantics`` is true, bytes otherwise; ``precision`` and
    ``scale`` are ``None`` where Oracle's dictionary shows NULL (an unconstrained NUMBER has neither).
    For TIMESTAMP types ``scale`` is the number of fractional digits (0 to 9). For VECTOR ``length`` is the
    number of dimensions and ``vector_format`` their format, ``None`` where each value may have its own.
    """

    name: TypeName
    length: int | None = None
    char_semantics: bool = False
    precision: int | None = None
    scale: int | None = None
    vector_format: VectorFormat | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table or of a query's result; ``name`` is as the dictionary stores it."""

    name: str
    type: OracleType
    nullable: bool = True


class StatementKind(Enum):
    """What the wire has to know about a statement: how to execute it and what to answer."""

    QUERY = "query"
    DML = "dml"
    DDL = "ddl"
    PLSQL = "plsql"
    CONTROL = "control"  # COMMIT, ROLLBACK, SAVEPOINT, ALTER SESSION, LOCK TABLE, SET TRANSACTION


class Statement(Protocol):
    """A statement that passed the gate. Parsed once, executed many times."""

    @property
    def kind(self) -> StatementKind:
        """Query, DML, DDL, PL/SQL or control."""

    @property
    def binds(self) -> tuple[str, ...]:
        """Bind names, one per *occurrence* in SQL, one per unique name in PL/SQL."""

    @property
    def out_binds(self) -> frozenset[int]:
        """Positions in ``binds`` that RETURNING … INTO fills: they carry no value in the row."""


class ResultSet(Protocol):
    """An open query. Fetching streams: memory holds one batch."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The select list, described."""

    def fetch(self, rows: int) -> list[Row]:
        """Return up to ``rows`` rows; fewer means the end."""

    def close(self) -> None:
        """Free the cursor. Never raises."""


@dataclass(frozen=True)
class Outcome:
    """What executing anything but a query did.

    ``errors`` holds (row offset, error) for ``batch_errors=True``; ``out_values`` one list of values
    per position of ``out_binds``, in order.
    """

    row_count: int = 0
    errors: tuple[tuple[int, OracleError], ...] = ()
    out_values: tuple[list[Value], ...] = ()


@dataclass
class SessionAttributes:
    """What V$SESSION shows of a client (set by the end-to-end piggyback)."""

    module: str = ""
    action: str = ""
    client_identifier: str = ""
    client_info: str = ""


@dataclass(frozen=True)
class Verifier:
    """A 12c password verifier (``wire-protocol``: AUTH_VFR_DATA and the derived hash), never the password."""

    salt: bytes = field(repr=False)
    password_hash: bytes = field(repr=False)


class EngineSession(Protocol):
    """One client's session in the engine. Not thread-safe, but for :meth:`cancel`."""

    attributes: SessionAttributes

    @property
    def in_transaction(self) -> bool:
        """True while uncommitted changes exist."""

    def prepare(self, sql: str) -> Statement:
        """Parse ``sql`` through the gate. Raises OracleError."""

    def describe(self, statement: Statement, bind_types: Sequence[OracleType]) -> tuple[Column, ...]:
        """Describe a query without running it."""

    def query(self, statement: Statement, bind_types: Sequence[OracleType], row: Row) -> ResultSet:
        """Run a query with one row of binds. Raises OracleError."""

    def execute(
        self,
        statement: Statement,
        bind_types: Sequence[OracleType],
        rows: Sequence[Row],
        *,
        batch_errors: bool = False,
    ) -> Outcome:
        """Run anything but a query, once per row of ``rows`` (one empty row when there are no binds).

        As in Oracle's array DML, a failing row undoes itself only: rows before it stay. Raises
        OracleError with ``row`` set to the offset of the failing row, unless ``batch_errors``.
        """

    def commit(self) -> None:
        """Commit. Raises OracleError."""

    def rollback(self) -> None:
        """Roll back. Raises OracleError."""

    def cancel(self) -> None:
        """Interrupt the running statement (ORA-01013 in it). Callable from another thread."""

    def close(self) -> None:
        """Roll back and release everything. Never raises."""


class Database(Protocol):
    """What the listener needs: who may enter, and a session for those who may."""

    @property
    def version(self) -> str:
        """``19c``, ``21c`` or ``23ai``: what the wire presents."""

    @property
    def service_names(self) -> frozenset[str]:
        """Upper-case service names and SIDs that connect here; others get ORA-12514 (12505 for SID)."""

    @property
    def max_string_bytes(self) -> int:
        """4000 (MAX_STRING_SIZE=STANDARD) or 32767 (EXTENDED)."""

    def verifier(self, username: str) -> Verifier | None:
        """The stored verifier of an upper-case user name, or None for an unknown one."""

    def open_session(self, username: str) -> EngineSession:
        """Open a session. Raises OracleError (ORA-01045 without CREATE SESSION)."""
