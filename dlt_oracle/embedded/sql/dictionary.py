"""What the translator asks about a database: its relations and sequences, and who is asking.

The engine implements :class:`Dictionary` over its dictionary tables; tests implement it with a dict.
Names are as Oracle's dictionary stores them (folded, or as they were quoted).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from dlt_oracle.embedded.model import Column


class RelationKind(Enum):
    """What stands behind a name after FROM."""

    TABLE = "TABLE"
    VIEW = "VIEW"


class Identity(Enum):
    """How an identity column treats a given value (``GENERATED … AS IDENTITY``)."""

    ALWAYS = "ALWAYS"  # a given value is ORA-32795
    BY_DEFAULT = "BY DEFAULT"
    BY_DEFAULT_ON_NULL = "BY DEFAULT ON NULL"


@dataclass(frozen=True)
class RelationColumn:
    """One column of a relation.

    ``sql`` is the PostgreSQL column name (``c7``), needing no quotes. ``default`` is the PostgreSQL
    expression that the physical column carries as its DEFAULT too (``None``: NULL), so that a column
    missing from an INSERT and the keyword DEFAULT mean the same on every path; an identity column's
    is its ``nextval(…)``. ``default_on_null`` is Oracle's ``DEFAULT ON NULL``: a given NULL becomes
    the default as well (set it for ``BY DEFAULT ON NULL`` too).
    ``hidden`` columns are invisible: no ``*`` and no INSERT without column list sees them.
    ``virtual`` columns take no value (ORA-54013 on INSERT, ORA-54017 on UPDATE).
    """

    column: Column
    sql: str
    default: str | None = None
    default_on_null: bool = False
    identity: Identity | None = None
    hidden: bool = False
    virtual: bool = False

    @property
    def name(self) -> str:
        """The name in Oracle's dictionary."""
        return self.column.name


@dataclass(frozen=True)
class Relation:
    """A table or view as statements see it.

    ``source`` is PostgreSQL text that may stand after FROM: ``data.t17``, or for a view a
    parenthesised query (``compile_view`` makes it) with the columns named as in ``columns``. For a
    TABLE it is also the target of INSERT, UPDATE, DELETE, MERGE and has the system column ``ctid``.
    ``columns`` are in Oracle's COLUMN_ID order, without unused ones.
    """

    owner: str
    name: str
    kind: RelationKind
    source: str
    columns: tuple[RelationColumn, ...]

    def column(self, name: str) -> RelationColumn | None:
        """Return the column of that exact name, or None."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class SequenceObject:
    """A sequence: ``source`` is the PostgreSQL sequence's qualified name, for ``nextval('…')``."""

    owner: str
    name: str
    source: str


class Dictionary(Protocol):
    """The dictionary as one session sees it at the moment of compiling.

    Session settings that change the meaning of a conversion (NLS formats, the time zone) are not here:
    they are PostgreSQL settings ``ora.*`` read at run time, so that compiled text may be cached.
    """

    @property
    def version(self) -> str:
        """``19c``, ``21c`` or ``23ai``: decides which types and functions exist."""

    @property
    def max_string_bytes(self) -> int:
        """4000 or 32767: the longest VARCHAR2 and RAW."""

    def relation(self, owner: str | None, name: str, position: int = 0) -> Relation:
        """Resolve a table, view or synonym of any kind, ``None`` meaning the current schema first.

        Raises OracleError 942 (with ``position``) when there is none the user may know of, 4063 for
        an invalid view, 980 for a synonym that points nowhere. DUAL (``SYS.DUAL``) is a relation too.
        """

    def sequence(self, owner: str | None, name: str) -> SequenceObject | None:
        """Resolve a sequence (or a synonym of one), or None."""
