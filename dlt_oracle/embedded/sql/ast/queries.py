"""SELECT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from dlt_oracle.embedded.model import StatementKind
from dlt_oracle.embedded.sql.ast.node import Hint, Name, Node, QualifiedName, Statement

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.ast.expressions import Expression, SortItem, Window


@dataclass(frozen=True, slots=True)
class SelectItem(Node):
    """One item of a select list; the expression may be a Star (then without alias).

    ``name`` is what the result column is called: the alias, the column's name, or Oracle's spelling of
    the expression (its text in upper case without blanks). None for a Star.
    """

    expression: Expression
    alias: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class PartitionRef(Node):
    """``[SUB]PARTITION (name)`` or ``[SUB]PARTITION FOR (values)`` after a table's name."""

    name: str | None
    values: tuple[Expression, ...] = ()
    subpartition: bool = False


@dataclass(frozen=True, slots=True)
class Sample(Node):
    """``SAMPLE [BLOCK] (percent) [SEED (n)]``."""

    percent: Expression
    block: bool = False
    seed: Expression | None = None


@dataclass(frozen=True, slots=True)
class FromItem(Node):
    """Anything in FROM."""


@dataclass(frozen=True, slots=True)
class TableRef(FromItem):
    """A table, view, CTE or synonym by name; ``alias`` is None where none is written."""

    name: QualifiedName
    alias: str | None = None
    partition: PartitionRef | None = None
    sample: Sample | None = None


@dataclass(frozen=True, slots=True)
class DerivedTable(FromItem):
    """A query in FROM. ``lateral`` for LATERAL and for the right side of APPLY."""

    query: Query
    alias: str | None = None
    lateral: bool = False


@dataclass(frozen=True, slots=True)
class Join(FromItem):
    """``left … JOIN right``.

    ``kind`` is INNER, LEFT, RIGHT, FULL, CROSS, CROSS APPLY or OUTER APPLY. ``using`` and ``natural`` leave
    ``on`` None.
    """

    kind: str
    left: FromItem
    right: FromItem
    on: Expression | None = None
    using: tuple[Name, ...] = ()
    natural: bool = False


@dataclass(frozen=True, slots=True)
class GroupingSets(Node):
    """``ROLLUP``, ``CUBE`` or ``GROUPING SETS`` (``kind``); an item is an expression, a row, or nested."""

    kind: str
    items: tuple[Expression | GroupingSets, ...]


@dataclass(frozen=True, slots=True)
class NamedWindow(Node):
    """One definition of the WINDOW clause (21c)."""

    name: str
    window: Window


@dataclass(frozen=True, slots=True)
class Select(Node):
    """One query block. ``from_`` items are the comma list; empty only in 23ai (no FROM at all)."""

    items: tuple[SelectItem, ...]
    from_: tuple[FromItem, ...]
    where: Expression | None = None
    group_by: tuple[Expression | GroupingSets, ...] = ()
    having: Expression | None = None
    distinct: bool = False
    hints: tuple[Hint, ...] = ()
    windows: tuple[NamedWindow, ...] = ()


@dataclass(frozen=True, slots=True)
class SetBranch(Node):
    """``operator [ALL] query``; the operator is UNION, INTERSECT or MINUS (EXCEPT folded into it)."""

    operator: str
    all: bool
    query: QueryBody


@dataclass(frozen=True, slots=True)
class SetQuery(Node):
    """Query blocks joined by set operators, flat: evaluated strictly from left to right."""

    first: QueryBody
    rest: tuple[SetBranch, ...]


@dataclass(frozen=True, slots=True)
class CommonTable(Node):
    """``name [(columns)] AS (query)`` of WITH.

    ``recursive`` is True when the query names itself: then it is ``anchor UNION ALL recursive`` and
    ``columns`` is not empty.
    """

    name: str
    columns: tuple[Name, ...]
    query: Query
    recursive: bool = False


@dataclass(frozen=True, slots=True)
class Fetch(Node):
    """``FETCH FIRST count [PERCENT] ROWS ONLY | WITH TIES``; the default count is 1."""

    count: Expression
    percent: bool = False
    with_ties: bool = False


@dataclass(frozen=True, slots=True)
class ForUpdate(Node):
    """``FOR UPDATE [OF columns] [NOWAIT | WAIT n | SKIP LOCKED]``.

    ``wait`` is None for an endless wait and 0 for NOWAIT, else whole seconds.
    """

    of: tuple[tuple[str, ...], ...] = ()
    wait: int | None = None
    skip_locked: bool = False


@dataclass(frozen=True, slots=True)
class Query(Node):
    """A subquery with everything around its blocks. A nested Query as ``body`` stood in parentheses."""

    body: QueryBody
    with_: tuple[CommonTable, ...] = ()
    order_by: tuple[SortItem, ...] = ()
    offset: Expression | None = None
    fetch: Fetch | None = None


QueryBody = Select | SetQuery | Query


@dataclass(frozen=True, slots=True)
class SelectStatement(Statement):
    """A SELECT sent by a client. ``into`` has targets only in PL/SQL (SELECT … INTO)."""

    kind: ClassVar[StatementKind] = StatementKind.QUERY

    query: Query
    for_update: ForUpdate | None = None
    into: tuple[Expression, ...] = ()
    bulk: bool = False
