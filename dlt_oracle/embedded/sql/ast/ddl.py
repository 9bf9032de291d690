"""CREATE, ALTER, DROP and the rest that commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from dlt_oracle.embedded.model import StatementKind
from dlt_oracle.embedded.sql.ast.node import Hint, Name, Node, QualifiedName, Statement
from dlt_oracle.embedded.sql.ast.tables import (
    ColumnChange,
    ColumnDefinition,
    Constraint,
    ConstraintState,
    PartitionDefinition,
    Partitioning,
    SequenceOptions,
    TableProperties,
)

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.ast.expressions import Expression
    from dlt_oracle.embedded.sql.ast.queries import PartitionRef, Query


@dataclass(frozen=True, slots=True)
class DdlStatement(Statement):
    """A statement that commits before and after itself, even when it fails."""

    kind: ClassVar[StatementKind] = StatementKind.DDL


# --- tables -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateTable(DdlStatement):
    """``CREATE [GLOBAL | PRIVATE TEMPORARY] TABLE``.

    ``temporary`` is GLOBAL, PRIVATE or None. ``on_commit`` is DELETE ROWS, PRESERVE ROWS, DROP DEFINITION,
    PRESERVE DEFINITION or None (not said). With ``query`` (AS SELECT) the columns have names at most, no
    types. ``exchange_with`` is FOR EXCHANGE WITH TABLE.
    """

    name: QualifiedName
    columns: tuple[ColumnDefinition, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    temporary: str | None = None
    on_commit: str | None = None
    properties: TableProperties = field(default_factory=TableProperties)
    partitioning: Partitioning | None = None
    query: Query | None = None
    index_organized: bool = False
    exchange_with: QualifiedName | None = None
    if_not_exists: bool = False
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class AlterAction(Node):
    """One clause of ALTER TABLE."""


@dataclass(frozen=True, slots=True)
class AddColumns(AlterAction):
    """``ADD column`` or ``ADD (column, …)``; out-of-line constraints may stand among the columns."""

    columns: tuple[ColumnDefinition, ...]
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class ModifyColumns(AlterAction):
    """``MODIFY column`` or ``MODIFY (column, …)``."""

    columns: tuple[ColumnChange, ...]


@dataclass(frozen=True, slots=True)
class DropColumns(AlterAction):
    """``DROP COLUMN c``, ``DROP (c, …)``, ``SET UNUSED (c, …)``."""

    columns: tuple[Name, ...]
    cascade_constraints: bool = False
    invalidate: bool = False
    set_unused: bool = False


@dataclass(frozen=True, slots=True)
class DropUnusedColumns(AlterAction):
    """``DROP UNUSED COLUMNS``."""


@dataclass(frozen=True, slots=True)
class RenameColumn(AlterAction):
    """``RENAME COLUMN a TO b``."""

    old: Name
    new: Name


@dataclass(frozen=True, slots=True)
class RenameTable(AlterAction):
    """``RENAME TO name``."""

    new: Name


@dataclass(frozen=True, slots=True)
class RenameConstraint(AlterAction):
    """``RENAME CONSTRAINT a TO b``."""

    old: Name
    new: Name


@dataclass(frozen=True, slots=True)
class RenamePartition(AlterAction):
    """``RENAME PARTITION a TO b``."""

    old: PartitionRef
    new: Name


@dataclass(frozen=True, slots=True)
class ConstraintTarget(Node):
    """Which constraint is meant: by name, PRIMARY KEY, or UNIQUE (columns)."""

    name: str | None = None
    primary_key: bool = False
    unique: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class DropConstraint(AlterAction):
    """``DROP CONSTRAINT c | PRIMARY KEY | UNIQUE (…) [CASCADE] [KEEP | DROP INDEX] [ONLINE]``."""

    target: ConstraintTarget
    cascade: bool = False
    keep_index: bool | None = None


@dataclass(frozen=True, slots=True)
class ModifyConstraint(AlterAction):
    """``MODIFY CONSTRAINT c state``, and ENABLE / DISABLE [NO]VALIDATE of one."""

    target: ConstraintTarget
    state: ConstraintState
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class ExchangePartition(AlterAction):
    """``EXCHANGE PARTITION p WITH TABLE t``; ``including_indexes`` and ``validation`` None where not said."""

    partition: PartitionRef
    table: QualifiedName
    including_indexes: bool | None = None
    validation: bool | None = None
    update_indexes: str | None = None


@dataclass(frozen=True, slots=True)
class AddPartition(AlterAction):
    """``ADD PARTITION …``: one definition after the other."""

    partitions: tuple[PartitionDefinition, ...]
    update_indexes: str | None = None


@dataclass(frozen=True, slots=True)
class DropPartitions(AlterAction):
    """``DROP PARTITION p [, …]``. ``update_indexes`` is UPDATE, UPDATE GLOBAL, INVALIDATE GLOBAL or None."""

    partitions: tuple[PartitionRef, ...]
    update_indexes: str | None = None


@dataclass(frozen=True, slots=True)
class TruncatePartitions(AlterAction):
    """``TRUNCATE PARTITION p [, …] [DROP | REUSE STORAGE]``."""

    partitions: tuple[PartitionRef, ...]
    storage: str | None = None
    cascade: bool = False
    update_indexes: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeProperties(AlterAction):
    """Physical properties of the table: NOLOGGING, PARALLEL 4, ENABLE ROW MOVEMENT and so on."""

    properties: TableProperties


@dataclass(frozen=True, slots=True)
class MoveTable(AlterAction):
    """``MOVE [PARTITION p] [ONLINE] [attributes]``: rewrites the segment, changes no row."""

    partition: PartitionRef | None = None
    online: bool = False
    properties: TableProperties = field(default_factory=TableProperties)


@dataclass(frozen=True, slots=True)
class ShrinkSpace(AlterAction):
    """``SHRINK SPACE [COMPACT] [CASCADE]``."""


@dataclass(frozen=True, slots=True)
class SetInterval(AlterAction):
    """``SET INTERVAL (expression)``; None for the empty parentheses that end interval partitioning."""

    interval: Expression | None


@dataclass(frozen=True, slots=True)
class ReadOnly(AlterAction):
    """``READ ONLY`` or ``READ WRITE``."""

    read_only: bool


@dataclass(frozen=True, slots=True)
class AlterTable(DdlStatement):
    """``ALTER TABLE name action …``, the actions in the order written."""

    name: QualifiedName
    actions: tuple[AlterAction, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropTable(DdlStatement):
    """``DROP TABLE name [CASCADE CONSTRAINTS] [PURGE]``."""

    name: QualifiedName
    cascade_constraints: bool = False
    purge: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class TruncateTable(DdlStatement):
    """``TRUNCATE TABLE name [storage STORAGE] [CASCADE]``; ``storage`` is DROP, DROP ALL, REUSE or None."""

    name: QualifiedName
    storage: str | None = None
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Rename(DdlStatement):
    """``RENAME old TO new``, in the own schema."""

    old: Name
    new: Name


@dataclass(frozen=True, slots=True)
class Comment(DdlStatement):
    """``COMMENT ON TABLE t | COLUMN t.c IS '…'``; ``column`` is None for a table. '' takes it away."""

    table: QualifiedName
    column: str | None
    text: str


@dataclass(frozen=True, slots=True)
class PurgeTable(DdlStatement):
    """``PURGE TABLE name``, ``PURGE INDEX name`` or ``PURGE RECYCLEBIN`` (``name`` None)."""

    what: str
    name: QualifiedName | None = None


@dataclass(frozen=True, slots=True)
class AnalyzeTable(DdlStatement):
    """``ANALYZE TABLE | INDEX name COMPUTE | ESTIMATE | DELETE STATISTICS``."""

    what: str
    name: QualifiedName
    action: str


# --- indexes, views, sequences, synonyms --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IndexColumn(Node):
    """One key of an index: a ColumnRef with one part, or any expression (function-based)."""

    expression: Expression
    text: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class CreateIndex(DdlStatement):
    """``CREATE [UNIQUE | BITMAP] INDEX name ON table (keys) …``.

    ``local`` is True for LOCAL, False for GLOBAL, None where not said.
    """

    name: QualifiedName
    table: QualifiedName
    columns: tuple[IndexColumn, ...]
    unique: bool = False
    bitmap: bool = False
    reverse: bool = False
    local: bool | None = None
    online: bool = False
    unusable: bool = False
    visible: bool | None = None
    properties: TableProperties = field(default_factory=TableProperties)
    partitioning: Partitioning | None = None
    partitions: tuple[PartitionDefinition, ...] = ()
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterIndex(DdlStatement):
    """``ALTER INDEX name REBUILD | UNUSABLE | RENAME TO | VISIBLE | INVISIBLE | …``.

    ``action`` is REBUILD, UNUSABLE, RENAME, VISIBLE, INVISIBLE, COMPILE, COALESCE, ENABLE, DISABLE or
    PROPERTIES.
    """

    name: QualifiedName
    action: str
    new: Name | None = None
    partition: PartitionRef | None = None
    online: bool = False
    properties: TableProperties = field(default_factory=TableProperties)
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropIndex(DdlStatement):
    """``DROP INDEX name [ONLINE] [FORCE]``."""

    name: QualifiedName
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateView(DdlStatement):
    """``CREATE [OR REPLACE] [[NO] FORCE] VIEW name [(columns)] AS query [WITH …]``.

    ``text`` is the query's source. ``restriction`` is READ ONLY, CHECK OPTION or None.
    """

    name: QualifiedName
    columns: tuple[Name, ...]
    query: Query
    text: str
    or_replace: bool = False
    force: bool = False
    restriction: str | None = None
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropView(DdlStatement):
    """``DROP VIEW name [CASCADE CONSTRAINTS]``."""

    name: QualifiedName
    cascade_constraints: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateSequence(DdlStatement):
    """``CREATE SEQUENCE name …``."""

    name: QualifiedName
    options: SequenceOptions = field(default_factory=SequenceOptions)
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterSequence(DdlStatement):
    """``ALTER SEQUENCE name …``."""

    name: QualifiedName
    options: SequenceOptions
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropSequence(DdlStatement):
    """``DROP SEQUENCE name``."""

    name: QualifiedName
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateSynonym(DdlStatement):
    """``CREATE [OR REPLACE] [PUBLIC] SYNONYM name FOR target``."""

    name: QualifiedName
    target: QualifiedName
    or_replace: bool = False
    public: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropSynonym(DdlStatement):
    """``DROP [PUBLIC] SYNONYM name [FORCE]``."""

    name: QualifiedName
    public: bool = False
    if_exists: bool = False
