"""INSERT, UPDATE, DELETE, MERGE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from dlt_oracle.embedded.model import StatementKind
from dlt_oracle.embedded.sql.ast.node import Hint, Node, QualifiedName, Statement

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.ast.expressions import ColumnRef, Expression
    from dlt_oracle.embedded.sql.ast.queries import FromItem, PartitionRef, Query


@dataclass(frozen=True, slots=True)
class DmlTarget(Node):
    """The table a DML changes. ``query`` is set, and ``name`` None, for an inline view."""

    name: QualifiedName | None
    alias: str | None = None
    partition: PartitionRef | None = None
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Returning(Node):
    """``RETURNING expressions INTO targets`` (RETURN is the same); as many of one as of the other.

    In SQL every target is a Bind, listed in ``Statement.out_binds``; in PL/SQL it may be a variable.
    """

    expressions: tuple[Expression, ...]
    into: tuple[Expression, ...]
    bulk: bool = False


@dataclass(frozen=True, slots=True)
class LogErrors(Node):
    """``LOG ERRORS [INTO table] [(tag)] [REJECT LIMIT n | UNLIMITED]``; ``limit`` None is UNLIMITED."""

    table: QualifiedName | None
    tag: Expression | None
    limit: Expression | None


@dataclass(frozen=True, slots=True)
class Insert(Statement):
    """``INSERT INTO target [(columns)] VALUES (…) | query``.

    ``columns`` is empty where no list is written; a column has one or more parts (``x.a`` is allowed).
    ``rows`` has one row before 23ai; it is empty when ``query`` is set. A value may be ``Default()``.
    """

    kind: ClassVar[StatementKind] = StatementKind.DML

    target: DmlTarget
    columns: tuple[ColumnRef, ...] = ()
    rows: tuple[tuple[Expression, ...], ...] = ()
    query: Query | None = None
    returning: Returning | None = None
    log_errors: LogErrors | None = None
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class InsertInto(Node):
    """One INTO of a multi-table insert; ``values`` is None for "the subquery's columns in order"."""

    target: DmlTarget
    columns: tuple[ColumnRef, ...] = ()
    values: tuple[Expression, ...] | None = None
    log_errors: LogErrors | None = None


@dataclass(frozen=True, slots=True)
class InsertWhen(Node):
    """``WHEN condition THEN INTO …``; ``condition`` is None for ELSE, and for the unconditional form."""

    condition: Expression | None
    into: tuple[InsertInto, ...]


@dataclass(frozen=True, slots=True)
class InsertAll(Statement):
    """``INSERT ALL | FIRST … query``. ``first`` stops at the first true WHEN."""

    kind: ClassVar[StatementKind] = StatementKind.DML

    branches: tuple[InsertWhen, ...]
    query: Query
    first: bool = False
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment(Node):
    """``column = value``, or ``(columns) = (query)`` when ``value`` is a Subquery and ``grouped`` is True."""

    columns: tuple[ColumnRef, ...]
    value: Expression
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class Update(Statement):
    """``UPDATE target SET … [FROM …] [WHERE …] [RETURNING …]``; ``from_`` only in 23ai."""

    kind: ClassVar[StatementKind] = StatementKind.DML

    target: DmlTarget
    assignments: tuple[Assignment, ...]
    where: Expression | None = None
    from_: tuple[FromItem, ...] = ()
    returning: Returning | None = None
    log_errors: LogErrors | None = None
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete(Statement):
    """``DELETE [FROM] target [WHERE …] [RETURNING …]``; ``from_`` only in 23ai."""

    kind: ClassVar[StatementKind] = StatementKind.DML

    target: DmlTarget
    where: Expression | None = None
    from_: tuple[FromItem, ...] = ()
    returning: Returning | None = None
    log_errors: LogErrors | None = None
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeUpdate(Node):
    """``WHEN MATCHED THEN UPDATE SET … [WHERE where] [DELETE WHERE delete_where]``.

    ``delete_where`` sees the new values, of rows that this update touched.
    """

    assignments: tuple[Assignment, ...]
    where: Expression | None = None
    delete_where: Expression | None = None


@dataclass(frozen=True, slots=True)
class MergeInsert(Node):
    """``WHEN NOT MATCHED THEN INSERT [(columns)] VALUES (…) [WHERE where]``."""

    columns: tuple[ColumnRef, ...]
    values: tuple[Expression, ...]
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class Merge(Statement):
    """``MERGE INTO target USING source ON (on) …``: an update, an insert, or both, in either order."""

    kind: ClassVar[StatementKind] = StatementKind.DML

    target: DmlTarget
    source: FromItem
    on: Expression
    update: MergeUpdate | None = None
    insert: MergeInsert | None = None
    returning: Returning | None = None
    log_errors: LogErrors | None = None
    hints: tuple[Hint, ...] = ()
