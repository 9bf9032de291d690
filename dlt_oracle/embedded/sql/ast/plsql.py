"""Anonymous PL/SQL blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from dlt_oracle.embedded.model import StatementKind
from dlt_oracle.embedded.sql.ast.expressions import Expression
from dlt_oracle.embedded.sql.ast.node import Node, Statement

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.ast.expressions import DataType, FunctionCall
    from dlt_oracle.embedded.sql.ast.queries import Query


@dataclass(frozen=True, slots=True)
class CursorAttribute(Expression):
    """``SQL%ROWCOUNT``, ``c%NOTFOUND`` …; ``cursor`` is SQL for the implicit one."""

    cursor: str
    attribute: str


@dataclass(frozen=True, slots=True)
class PlStatement(Node):
    """A statement between BEGIN and END."""


@dataclass(frozen=True, slots=True)
class PlType(Node):
    """A PL/SQL data type: an SQL one, one only PL/SQL has (``name``: BOOLEAN, PLS_INTEGER …), or ``x%TYPE``.

    ``anchor`` holds the parts before %TYPE or %ROWTYPE (``rowtype``).
    """

    type: DataType | None = None
    name: str | None = None
    anchor: tuple[str, ...] = ()
    rowtype: bool = False


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """``name [CONSTANT] type [NOT NULL] [:= | DEFAULT expression]``."""

    name: str
    type: PlType
    constant: bool = False
    not_null: bool = False
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class ExceptionDeclaration(Node):
    """``name EXCEPTION``; ``code`` from PRAGMA EXCEPTION_INIT (name, code), else None."""

    name: str
    code: int | None = None


@dataclass(frozen=True, slots=True)
class CursorDeclaration(Node):
    """``CURSOR name IS query``."""

    name: str
    query: Query


@dataclass(frozen=True, slots=True)
class Handler(Node):
    """``WHEN names THEN statements``; the names are upper-case parts joined by a dot, OTHERS alone."""

    names: tuple[str, ...]
    body: tuple[PlStatement, ...]


@dataclass(frozen=True, slots=True)
class Block(PlStatement):
    """``[DECLARE …] BEGIN … [EXCEPTION …] END``. ``autonomous`` for PRAGMA AUTONOMOUS_TRANSACTION."""

    declarations: tuple[Variable | ExceptionDeclaration | CursorDeclaration, ...]
    body: tuple[PlStatement, ...]
    handlers: tuple[Handler, ...] = ()
    autonomous: bool = False


@dataclass(frozen=True, slots=True)
class NullStatement(PlStatement):
    """``NULL;``."""


@dataclass(frozen=True, slots=True)
class SetVariable(PlStatement):
    """``target := value``; the target is a ColumnRef (variable) or a Bind."""

    target: Expression
    value: Expression


@dataclass(frozen=True, slots=True)
class CallProcedure(PlStatement):
    """``[owner.][package.]procedure[(arguments)];``."""

    call: FunctionCall


@dataclass(frozen=True, slots=True)
class UsingArgument(Node):
    """One argument of USING; ``mode`` is IN, OUT or IN OUT."""

    expression: Expression
    mode: str = "IN"


@dataclass(frozen=True, slots=True)
class ExecuteImmediate(PlStatement):
    """``EXECUTE IMMEDIATE text [[BULK COLLECT] INTO …] [USING …] [RETURNING INTO …]``."""

    text: Expression
    into: tuple[Expression, ...] = ()
    bulk: bool = False
    using: tuple[UsingArgument, ...] = ()
    returning: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class SqlStatement(PlStatement):
    """A SELECT … INTO, DML, COMMIT, ROLLBACK, SAVEPOINT, LOCK TABLE or SET TRANSACTION inside a block."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class IfBranch(Node):
    """``IF condition THEN body`` or ``ELSIF …``."""

    condition: Expression
    body: tuple[PlStatement, ...]


@dataclass(frozen=True, slots=True)
class If(PlStatement):
    """``IF … ELSIF … ELSE … END IF``."""

    branches: tuple[IfBranch, ...]
    otherwise: tuple[PlStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop(PlStatement):
    """``LOOP``, ``WHILE condition LOOP``."""

    body: tuple[PlStatement, ...]
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class ForRange(PlStatement):
    """``FOR variable IN [REVERSE] low .. high LOOP``."""

    variable: str
    low: Expression
    high: Expression
    body: tuple[PlStatement, ...]
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class ForQuery(PlStatement):
    """``FOR variable IN (query) LOOP``, or over a declared cursor (``cursor``)."""

    variable: str
    query: Query | None
    cursor: str | None
    body: tuple[PlStatement, ...]


@dataclass(frozen=True, slots=True)
class Exit(PlStatement):
    """``EXIT [WHEN condition]`` or ``CONTINUE [WHEN condition]`` (``resume``)."""

    condition: Expression | None = None
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Raise(PlStatement):
    """``RAISE [exception]``."""

    exception: str | None = None


@dataclass(frozen=True, slots=True)
class Return(PlStatement):
    """``RETURN`` out of the block."""


@dataclass(frozen=True, slots=True)
class PlSqlBlock(Statement):
    """An anonymous block sent by a client."""

    kind: ClassVar[StatementKind] = StatementKind.PLSQL

    block: Block
