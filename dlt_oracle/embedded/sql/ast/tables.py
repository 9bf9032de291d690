"""What a table's definition is made of: columns, constraints, physical properties, partitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql.ast.node import Name, Node, QualifiedName

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.ast.expressions import DataType, Expression


@dataclass(frozen=True, slots=True)
class SourceExpression(Node):
    """An expression together with its source text, as the dictionary shows it (DATA_DEFAULT …)."""

    expression: Expression
    text: str


@dataclass(frozen=True, slots=True)
class SequenceOptions(Node):
    """What CREATE SEQUENCE, ALTER SEQUENCE and an identity column may say; None is "not said".

    ``max_value`` and ``min_value`` are also None for NOMAXVALUE / NOMINVALUE, which say the default.
    ``cache`` is 0 for NOCACHE. ``restart`` belongs to ALTER; ``start_with_limit`` to MODIFY of an identity.
    """

    start_with: int | None = None
    increment_by: int | None = None
    min_value: int | None = None
    max_value: int | None = None
    cycle: bool | None = None
    cache: int | None = None
    order: bool | None = None
    keep: bool | None = None
    session: bool | None = None
    restart: bool = False
    start_with_limit: bool = False


@dataclass(frozen=True, slots=True)
class Identity(Node):
    """``GENERATED [ALWAYS | BY DEFAULT [ON NULL]] AS IDENTITY [(options)]``."""

    always: bool
    on_null: bool = False
    options: SequenceOptions = SequenceOptions()


@dataclass(frozen=True, slots=True)
class ConstraintState(Node):
    """ENABLE, VALIDATE, RELY, DEFERRABLE and USING INDEX of a constraint; None is "not said"."""

    enabled: bool | None = None
    validated: bool | None = None
    rely: bool | None = None
    deferrable: bool | None = None
    initially_deferred: bool | None = None
    using_index: UsingIndex | None = None


@dataclass(frozen=True, slots=True)
class UsingIndex(Node):
    """``USING INDEX [name | attributes]``; a CREATE INDEX in parentheses is refused."""

    name: QualifiedName | None = None
    properties: TableProperties | None = None


@dataclass(frozen=True, slots=True)
class Constraint(Node):
    """An in-line or out-of-line constraint.

    ``kind`` is PRIMARY KEY, UNIQUE, CHECK, REFERENCES, NOT NULL or NULL; ``name`` is None for the system to
    choose. ``columns`` of an in-line constraint hold that column. ``check`` is set for CHECK;
    ``on_delete`` is CASCADE, SET NULL or None.
    """

    kind: str
    name: str | None = None
    columns: tuple[Name, ...] = ()
    check: SourceExpression | None = None
    table: QualifiedName | None = None
    references: tuple[Name, ...] = ()
    on_delete: str | None = None
    state: ConstraintState = ConstraintState()


@dataclass(frozen=True, slots=True)
class ColumnDefinition(Node):
    """One column of CREATE TABLE or ALTER TABLE … ADD.

    ``type`` is None in a CTAS column list and for a virtual column that takes its expression's type.
    ``default_on_null`` marks DEFAULT ON NULL; ``visible`` is None where nothing is said.
    """

    name: str
    type: DataType | None = None
    default: SourceExpression | None = None
    default_on_null: bool = False
    identity: Identity | None = None
    virtual: SourceExpression | None = None
    visible: bool | None = None
    collation: str | None = None
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnChange(Node):
    """One column of ALTER TABLE … MODIFY: like a definition, but anything may be missing.

    ``drop_identity`` for DROP IDENTITY. A ``default`` of literal NULL takes the default away.
    """

    name: str
    type: DataType | None = None
    default: SourceExpression | None = None
    default_on_null: bool = False
    identity: Identity | None = None
    drop_identity: bool = False
    virtual: SourceExpression | None = None
    visible: bool | None = None
    collation: str | None = None
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class TableProperties(Node):
    """Physical properties of a table, partition or index; None is "not said".

    ``compression`` is NONE, BASIC, ADVANCED, QUERY LOW, QUERY HIGH, ARCHIVE LOW or ARCHIVE HIGH (for an index
    ADVANCED LOW / ADVANCED HIGH, or the prefix length in ``prefix_length``). ``parallel`` is 0 for PARALLEL
    without a degree and 1 for NOPARALLEL. ``storage`` holds the STORAGE clause as (name, value as written).
    ``others`` holds the clauses that change nothing here but are legal: (clause, its words).
    """

    tablespace: str | None = None
    pct_free: int | None = None
    pct_used: int | None = None
    ini_trans: int | None = None
    max_trans: int | None = None
    storage: tuple[tuple[str, str], ...] = ()
    logging: bool | None = None
    compression: str | None = None
    prefix_length: int | None = None
    parallel: int | None = None
    cache: bool | None = None
    row_movement: bool | None = None
    segment_creation_immediate: bool | None = None
    inmemory: bool | None = None
    monitoring: bool | None = None
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PartitionDefinition(Node):
    """One partition or subpartition.

    ``less_than`` for RANGE (an item is an expression, or MaxValue), ``values`` for LIST (an item is a value,
    a RowValue, or the one Default). ``name`` is None for the system to choose.
    """

    name: str | None = None
    less_than: tuple[Expression, ...] = ()
    values: tuple[Expression, ...] = ()
    properties: TableProperties = TableProperties()
    subpartitions: tuple[PartitionDefinition, ...] = ()
    subpartition_count: int | None = None


@dataclass(frozen=True, slots=True)
class Partitioning(Node):
    """``PARTITION BY method (columns) …`` or the same for SUBPARTITION.

    ``method`` is RANGE, LIST, HASH, REFERENCE (``reference`` names the constraint) or SYSTEM. ``count`` is
    the number of PARTITIONS of HASH. ``partitions`` of a ``subpartitioning`` are its template.
    """

    method: str
    columns: tuple[Name, ...] = ()
    interval: SourceExpression | None = None
    automatic: bool = False
    reference: str | None = None
    count: int | None = None
    store_in: tuple[str, ...] = ()
    partitions: tuple[PartitionDefinition, ...] = ()
    subpartitioning: Partitioning | None = None
