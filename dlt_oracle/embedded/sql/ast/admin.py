"""Users and privileges, transactions and sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from dlt_oracle.embedded.model import StatementKind
from dlt_oracle.embedded.sql.ast.ddl import DdlStatement
from dlt_oracle.embedded.sql.ast.node import Name, Node, QualifiedName, Statement

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.ast.expressions import Expression
    from dlt_oracle.embedded.sql.ast.queries import PartitionRef

# --- users, roles, privileges -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quota(Node):
    """``QUOTA size ON tablespace``; ``size`` in bytes, None for UNLIMITED."""

    tablespace: str
    size: int | None


@dataclass(frozen=True, slots=True)
class UserOptions(Node):
    """What CREATE USER and ALTER USER may say; None is "not said".

    ``authentication`` is PASSWORD, EXTERNALLY, GLOBALLY or NO AUTHENTICATION. ``default_roles`` is the
    words of ALTER USER … DEFAULT ROLE.
    """

    authentication: str | None = None
    password: str | None = field(default=None, repr=False)
    default_tablespace: str | None = None
    temporary_tablespace: str | None = None
    quotas: tuple[Quota, ...] = ()
    profile: str | None = None
    locked: bool | None = None
    password_expired: bool = False
    default_roles: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CreateUser(DdlStatement):
    """``CREATE USER name …``."""

    name: Name
    options: UserOptions
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterUser(DdlStatement):
    """``ALTER USER name …``."""

    name: Name
    options: UserOptions
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropUser(DdlStatement):
    """``DROP USER name [CASCADE]``."""

    name: Name
    cascade: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateRole(DdlStatement):
    """``CREATE ROLE name [NOT IDENTIFIED]``."""

    name: Name
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropRole(DdlStatement):
    """``DROP ROLE name``."""

    name: Name
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class Privilege(Node):
    """A system privilege (``CREATE ANY TABLE``, ``ALL PRIVILEGES``), a role's name, or an object privilege.

    ``role`` is True when the words are no privilege Oracle knows, thus the name of a role. ``columns`` only
    with an object privilege.
    """

    name: str
    columns: tuple[Name, ...] = ()
    role: bool = False


@dataclass(frozen=True, slots=True)
class Grant(DdlStatement):
    """``GRANT privileges [ON object] TO grantees [WITH ADMIN | GRANT OPTION]``.

    ``on`` is None for system privileges and roles, which stand in ``privileges`` together. ``on_directory``
    for ON DIRECTORY name. A grantee PUBLIC is the name ``PUBLIC``.
    """

    privileges: tuple[Privilege, ...]
    grantees: tuple[Name, ...]
    on: QualifiedName | None = None
    on_directory: bool = False
    on_schema: Name | None = None
    with_option: bool = False
    passwords: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Revoke(DdlStatement):
    """``REVOKE privileges [ON object] FROM grantees [CASCADE CONSTRAINTS] [FORCE]``."""

    privileges: tuple[Privilege, ...]
    grantees: tuple[Name, ...]
    on: QualifiedName | None = None
    on_directory: bool = False
    on_schema: Name | None = None
    cascade_constraints: bool = False


# --- transactions and sessions ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ControlStatement(Statement):
    """A statement about the transaction or the session. Does not commit (but COMMIT)."""

    kind: ClassVar[StatementKind] = StatementKind.CONTROL


@dataclass(frozen=True, slots=True)
class Commit(ControlStatement):
    """``COMMIT [WORK] [COMMENT '…'] [WRITE …]``."""


@dataclass(frozen=True, slots=True)
class Rollback(ControlStatement):
    """``ROLLBACK [WORK] [TO [SAVEPOINT] name]``."""

    savepoint: str | None = None


@dataclass(frozen=True, slots=True)
class Savepoint(ControlStatement):
    """``SAVEPOINT name``."""

    name: str


@dataclass(frozen=True, slots=True)
class SetTransaction(ControlStatement):
    """``SET TRANSACTION …``.

    ``mode`` is READ ONLY, READ WRITE, SERIALIZABLE, READ COMMITTED, or None (only a NAME).
    """

    mode: str | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class SetConstraints(ControlStatement):
    """``SET CONSTRAINT[S] ALL | names IMMEDIATE | DEFERRED``; no names is ALL."""

    names: tuple[QualifiedName, ...]
    deferred: bool


@dataclass(frozen=True, slots=True)
class SetRole(ControlStatement):
    """``SET ROLE ALL [EXCEPT …] | NONE | names``."""

    roles: tuple[str, ...]
    all: bool = False


@dataclass(frozen=True, slots=True)
class SessionParameter(Node):
    """``name = value`` of ALTER SESSION SET; the name upper-case, the value as a string.

    ``value`` is the text of the literal, or the folded identifier or number; ``quoted`` for a literal.
    """

    name: str
    value: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class AlterSession(ControlStatement):
    """``ALTER SESSION SET name = value …``, or an ENABLE / DISABLE / FORCE clause as its words.

    ``clause`` is e.g. ``ENABLE PARALLEL DML``, ``DISABLE COMMIT IN PROCEDURE``.
    """

    parameters: tuple[SessionParameter, ...] = ()
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class AlterSystem(DdlStatement):
    """``ALTER SYSTEM …`` as its words; KILL / DISCONNECT SESSION carry ``session`` (``sid,serial#``)."""

    words: str
    session: str | None = None
    immediate: bool = False
    parameters: tuple[SessionParameter, ...] = ()


@dataclass(frozen=True, slots=True)
class LockTarget(Node):
    """A table, perhaps one partition of it, in LOCK TABLE."""

    table: QualifiedName
    partition: PartitionRef | None = None


@dataclass(frozen=True, slots=True)
class LockTable(ControlStatement):
    """``LOCK TABLE tables IN mode MODE [NOWAIT | WAIT n]``; ``wait`` as in ForUpdate.

    ``mode`` is ROW SHARE, SHARE UPDATE, ROW EXCLUSIVE, SHARE, SHARE ROW EXCLUSIVE or EXCLUSIVE.
    """

    tables: tuple[LockTarget, ...]
    mode: str
    wait: int | None = None


@dataclass(frozen=True, slots=True)
class Call(Statement):
    """``CALL procedure(arguments) [INTO :bind]``."""

    kind: ClassVar[StatementKind] = StatementKind.PLSQL

    call: Expression
    into: Expression | None = None
