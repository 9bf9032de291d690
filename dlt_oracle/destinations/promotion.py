"""Promotion: a text that is longer than its VARCHAR2 column makes the column wider instead of failing.

Where the database's VARCHAR2 still has room (4,000 bytes, or 32,767 with MAX_STRING_SIZE=EXTENDED) one
``MODIFY`` does it, which copies nothing. Beyond that the column becomes a CLOB. Oracle cannot modify one into
the other (ORA-22858), every DDL commits, and a lock taken by LOCK TABLE dies with the first of them. So the
column is taken away from writers by its name, copied, and given back. Which of three columns are there says
how far it got:

====== ============= ============= =====================================================================
``C``  ``C$DLT_OLD`` ``C$DLT_NEW`` next
====== ============= ============= =====================================================================
yes    -             -             ``C`` is too short: rename it to ``C$DLT_OLD``. It has room: done.
-      yes           -             add the CLOB ``C$DLT_NEW``
-      yes           yes           copy the texts; comment, checks and NOT NULL; set ``C$DLT_OLD`` unused
-      -             yes           rename ``C$DLT_NEW`` to ``C``
====== ============= ============= =====================================================================

Each state is told from the dictionary alone, so whoever comes next goes on from there, after a crash at any
step; the third one's parts can all be done twice. No row is lost: from the first rename to the last, whoever
writes ``C`` fails with ORA-00904 (and is tried again, see ``tried_again``), so nothing can be written that is
not copied. ``C$DLT_NEW`` stands apart from ``C`` for that reason, and because of NOT NULL: ``C`` comes back
only when the old column no longer wants a value.

Where the server refuses a step before that, ``C$DLT_NEW`` is given up and ``C$DLT_OLD`` is ``C`` again.

One promotion at a time: a row of the ledger is locked by a second session for as long as the first one works.
The row stays, which is how an ORA-00904 is known to be about a promotion.

Keys, partition keys and columns in indexes or virtual columns are never promoted: a CLOB can be none of them.
Nor are columns that are encrypted or have grants of their own, which would be lost, or whose length was asked
for.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from dlt.common import logger
from dlt.common.destination.exceptions import DestinationTerminalException
from dlt.destinations.exceptions import (
    DatabaseException,
    DatabaseTerminalException,
    DatabaseTransientException,
)

from dlt_oracle.destinations import errors
from dlt_oracle.destinations.ledger_rows import LedgerKey, alone, lock
from dlt_oracle.destinations.oracle_types import MAX_VARCHAR2_BYTES, Bind, OracleType
from dlt_oracle.destinations.sql import ddl, ledger, twins
from dlt_oracle.destinations.sql import promotion as sql
from dlt_oracle.destinations.sql.render import render
from dlt_oracle.destinations.stored_columns import StoredColumns, read_columns
from dlt_oracle.destinations.type_mapper import COMPARED_HINTS, TYPE_HINT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from dlt.common.schema.typing import TColumnSchema
    from sqlglot import exp

    from dlt_oracle.destinations.sql_client import OracleSqlClient

KIND = "promotion"
UNLIMITED = sys.maxsize
"""Bytes of a text that only a CLOB holds."""

_KEY_TYPES = {"P": "the primary key", "U": "the unique constraint", "R": "the foreign key"}
_CHECK = "C"
_DLT_PREFIX = "_dlt"


class ColumnNotPromoted(DestinationTerminalException):
    """A text is longer than its column, and the column cannot be made longer."""

    def __init__(self, table: str, column: str, reason: str) -> None:
        self.table = table
        self.column = column
        super().__init__(
            f"Table {table!r}, column {column!r}: a text is longer than the column takes, and the column "
            f"cannot be promoted to a CLOB: {reason}."
        )


def obstacle(column: TColumnSchema, wanted: OracleType) -> str | None:
    """Say why dlt's hints keep ``column``, mapped to ``wanted``, as short as it is; None: they do not."""
    hints = [hint for hint in (*COMPARED_HINTS, "unique") if column.get(hint)]
    if hints or str(column["name"]).startswith(_DLT_PREFIX):
        return f"it is a key ({hints[0] if hints else 'of dlt itself'}), and a CLOB cannot be compared"
    if column.get("data_type") != "text":
        return f"its data type is {column.get('data_type')}"
    if TYPE_HINT in column:
        return f"its type was asked for by the hint {TYPE_HINT}"
    if column.get("precision") is not None and wanted.bind is not Bind.LONG_STRING:
        return f"the hint precision ({column['precision']:,}) says how long its texts may be"
    return None


def is_unfinished(name: str, stored: Collection[str]) -> bool:
    """Say whether column ``name`` is missing among the ``stored`` ones because it is being promoted."""
    return name not in stored and (sql.old_name(name) in stored or sql.new_name(name) in stored)


def room_of(type_: OracleType | None) -> int:
    """Return how many bytes of text a type surely takes; 0 for a type that is no text."""
    if type_ is None or type_.bind not in (Bind.STRING, Bind.LONG_STRING):
        return 0
    # n characters may be as few as n bytes.
    limits = [limit for limit in (type_.max_bytes, type_.max_characters) if limit is not None]
    return min(limits, default=UNLIMITED)


def columns_with_room(client: OracleSqlClient, table_name: str, longest: Mapping[str, int]) -> StoredColumns:
    """Make room for texts of ``longest`` bytes in columns (by stored name); return all the table's columns.

    With 0 bytes a column is left as it is, but for a promotion of it that was interrupted: that is finished.
    Waits for promotions by other sessions. Columns that are not there are passed over. Every statement
    commits: not for use in a transaction. Raises ColumnNotPromoted, or a database exception.
    """
    stored = read_columns(client, [table_name])[table_name]
    short = [
        name
        for name, size in longest.items()
        if is_unfinished(name, stored) or (name in stored and not _has_room(stored, name, size))
    ]
    for name in short:
        _Promotion(client, table_name, client.table(table_name), name, longest[name]).run()
    return read_columns(client, [table_name])[table_name] if short else stored


@contextmanager
def tried_again(client: OracleSqlClient, table_names: Sequence[str]) -> Iterator[None]:
    """Make ORA-00904 transient for tables one of whose columns was or is being promoted.

    The tables are those of the client's dataset and its staging dataset.
    """
    try:
        yield
    except DatabaseTerminalException as error:
        if errors.code_of(error) != "ORA-00904" or not _recorded(client, table_names):
            raise
        raise DatabaseTransientException(error.dbapi_exception) from error


def _recorded(client: OracleSqlClient, table_names: Sequence[str]) -> bool:
    for dataset in {client.dataset_name, client.staging_dataset_name}:
        with client.with_alternative_dataset_name(dataset):
            tables = [client.table(name).name for name in table_names]
            recorded = sql.recorded(client.table(ledger.TABLE_NAME), len(tables))
            if tables and client.has_dataset() and client.ask(recorded, KIND, *tables):
                return True
    return False


class _Present(NamedTuple):
    column: bool
    old: bool
    new: bool


@dataclass(frozen=True)
class _Promotion:
    """One column, by its stored name, that has to take texts of ``size`` bytes."""

    client: OracleSqlClient
    table_name: str
    table: exp.Table
    name: str
    size: int

    def run(self) -> None:
        """Take every step that is left."""
        if self.client.config.ddl == "verify":
            raise errors.DdlRefused(self.script())
        with self._alone():
            for _ in range(len(_STEPS) + 1):
                stored = self.read()
                if _has_room(stored, self.name, self.size):
                    return
                present = _Present(*(name in stored for name in (self.name, self.old, self.new)))
                if present not in _STEPS:
                    break
                self.take(_STEPS[present], stored)
            raise self.refused(
                f"{self.old} or {self.new} stands beside it, or it is still too short: somebody else changed "
                f"the table. Its columns are {', '.join(stored)}"
            )

    def script(self) -> list[str]:
        """Return the statements that make room, for somebody else to run while nobody loads."""
        _check_ties(self)
        limit = self.client.facts.max_varchar2_bytes
        if self.size <= limit:
            return [render(ddl.modify_column(self.table, self.name, f"VARCHAR2({limit} BYTE)"))]
        return [
            render(step)
            for step in sql.by_hand(self.table, self.name, not_null=not self.read()[self.name].nullable)
        ]

    @property
    def old(self) -> str:
        return sql.old_name(self.name)

    @property
    def new(self) -> str:
        return sql.new_name(self.name)

    @property
    def address(self) -> tuple[str, str]:
        return self.table.db, self.table.name

    def read(self) -> StoredColumns:
        return read_columns(self.client, [self.table_name])[self.table_name]

    def do(self, build: Callable[..., exp.Expression], *arguments: str) -> None:
        self.client.run(build(self.table.copy(), *arguments))

    def take(self, step: Callable[[_Promotion, StoredColumns], None], stored: StoredColumns) -> None:
        """Take a step, and where the server refuses it, give the column back."""
        try:
            step(self, stored)
        except DatabaseException as error:
            self.give_back()
            if isinstance(error, DatabaseTerminalException):
                raise self.refused(str(error.dbapi_exception).rstrip(".")) from error
            raise

    def give_back(self) -> None:
        """Give the old column its name back, whatever the error was: others wait for that name.

        It has all texts until it is set unused. Where that fails too, as on a lost connection, whoever comes
        next goes on.
        """
        try:
            stored = self.read()
            if self.name in stored or self.old not in stored:
                return
            if self.new in stored:
                self.do(sql.set_unused, self.new)
            self.do(sql.rename_column, self.old, self.name)
        except DatabaseException as error:
            logger.warning(
                f"{self.table.name}.{self.name} is called {self.old} until a load goes on with it: {error}"
            )

    def refused(self, reason: str) -> ColumnNotPromoted:
        return ColumnNotPromoted(self.table_name, self.name, reason)

    def checks(self, name: str) -> set[str]:
        """Return the conditions on column ``name``, as if it were called ``new``; NOT NULL is none."""
        mine = (self.name, self.old, self.new)
        conditions = {
            sql.renamed(str(condition), mine, self.new)
            for _, kind, condition in self.client.ask(sql.constraints(), *self.address, name)
            if kind == _CHECK and condition
        }
        return conditions - {sql.renamed(f'"{self.new}" IS NOT NULL', mine, self.new)}

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Lock the promotion's ledger row, which stays, in a second session."""
        key = LedgerKey(ledger.NO_LOAD, KIND, self.table.name, self.name)
        with self.client.begin_transaction():
            lock(self.client, key)
        with alone(self.client, key):
            yield


def _has_room(stored: StoredColumns, name: str, size: int) -> bool:
    return name in stored and (size == 0 or room_of(stored[name].type) >= size)


def _begin(promotion: _Promotion, stored: StoredColumns) -> None:
    _check_ties(promotion)
    limit = promotion.client.facts.max_varchar2_bytes
    type_ = stored[promotion.name].type
    if type_ is None or type_.bind is not Bind.STRING:
        raise promotion.refused(f"it is no VARCHAR2 but {type_.ddl if type_ else 'of a type of its own'}")
    for length in (MAX_VARCHAR2_BYTES, limit):
        if promotion.size <= length and _modify(promotion, f"VARCHAR2({length} BYTE)"):
            return
    _try_checks(promotion, stored)
    logger.info(f"{promotion.table.name}.{promotion.name} is promoted to CLOB")
    promotion.do(sql.rename_column, promotion.name, promotion.old)


def _modify(promotion: _Promotion, ddl_type: str) -> bool:
    """Give the column a longer type; False where the database's VARCHAR2 is shorter than was thought."""
    try:
        promotion.do(ddl.modify_column, promotion.name, ddl_type)
    except DatabaseTerminalException as error:
        if errors.code_of(error) != "ORA-00910":
            raise
        return False
    logger.info(f"{promotion.table.name}.{promotion.name} is now {ddl_type}")
    return True


def _check_ties(promotion: _Promotion) -> None:
    for tie in _ties(promotion):
        raise promotion.refused(
            f"it {tie}. Drop that, shorten the texts, or load them into a column without it"
        )


def _ties(promotion: _Promotion) -> Iterator[str]:
    """Say what ties a column to its type, or would be gone with it."""
    client, name = promotion.client, promotion.name
    table, address = promotion.address, (*promotion.address, name)
    for constraint, kind, _ in client.ask(sql.constraints(), *address):
        if kind in _KEY_TYPES:
            yield f"is part of {_KEY_TYPES[kind]} {constraint}"
    for what, other in client.ask(sql.ties(), *(address * len(sql.TIES))):
        yield f"{what} {other}"
    for index, text in client.ask(sql.index_expressions(), *table):
        if sql.mentions(text, name):
            yield f"is part of an expression of the index {index}"
    for virtual, text in client.ask(sql.virtual_columns(), *table):
        if sql.mentions(text, name):
            yield f"is part of the expression of the virtual column {virtual}"


def _try_checks(promotion: _Promotion, stored: StoredColumns) -> None:
    others = [name for name in stored if name != promotion.name]
    for condition in sorted(promotion.checks(promotion.name)):
        here = sql.renamed(condition, (promotion.new,), promotion.name)
        try:
            promotion.client.ask(sql.try_condition(promotion.table.copy(), promotion.name, others, here))
        except DatabaseTerminalException as error:
            raise promotion.refused(
                f"its check ({here}) cannot be made for a CLOB: {error.dbapi_exception}. Drop the check"
            ) from error


def _add(promotion: _Promotion, _stored: StoredColumns) -> None:
    promotion.do(sql.add_clob, promotion.new)


def _copy(promotion: _Promotion, stored: StoredColumns) -> None:
    client, old, new = promotion.client, promotion.old, promotion.new
    with client.begin_transaction():
        client.execute(sql.copy_texts(promotion.table.copy(), old, new))
    for (text,) in client.ask(sql.comment(), *promotion.address, old):
        client.run(twins.comment(promotion.table, text, new))
    for condition in sorted(promotion.checks(old) - promotion.checks(new)):
        promotion.do(sql.add_check, condition)
    if not stored[old].nullable and stored[new].nullable:
        client.run(ddl.modify_column(promotion.table.copy(), new, not_null=True))
    promotion.do(sql.set_unused, old)


def _finish(promotion: _Promotion, _stored: StoredColumns) -> None:
    promotion.do(sql.rename_column, promotion.new, promotion.name)


_STEPS: dict[_Present, Callable[[_Promotion, StoredColumns], None]] = {
    _Present(column=True, old=False, new=False): _begin,
    _Present(column=False, old=True, new=False): _add,
    _Present(column=False, old=True, new=True): _copy,
    _Present(column=False, old=False, new=True): _finish,
}
