"""Names in a statement: what FROM offers, which column a name means, what a block collects on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql.analyze_types import TIMESTAMP9, Typed, Use, number_digits
from dlt_oracle.embedded.sql.storage import form

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dlt_oracle.embedded.sql import ast
    from dlt_oracle.embedded.sql.dictionary import Dictionary, Relation


# A bind's place in emitted text, until ``compile`` writes the placeholders: NUL occurs in no other text.
PARAMETER = "\x00{}\x00"


@dataclass(frozen=True)
class SourceColumn:
    """A column that FROM offers; ``sql`` is the full reference (``a1.c3``)."""

    name: str
    type: OracleType
    sql: str
    nullable: bool = True
    hidden: bool = False


@dataclass
class Source:
    """One table, view, CTE or derived table of FROM under its PostgreSQL alias.

    ``name`` qualifies its columns (the alias, or the table's name); ``owner`` does only without an alias.
    ``rowid`` is the expression of its ROWID, None where there is none.
    """

    alias: str
    name: str | None
    columns: tuple[SourceColumn, ...]
    owner: str | None = None
    rowid: str | None = None
    relation: Relation | None = None

    def moved(self, alias: str, names: dict[str, str]) -> Source:
        """Return the source as seen through a derived table, whose column for each text is in ``names``."""
        columns = tuple(replace(each, sql=f"{alias}.{names[each.sql]}") for each in self.columns)
        rowid = None if self.rowid is None else f"{alias}.{names[self.rowid]}"
        return replace(self, columns=columns, rowid=rowid)

    def outer_joined(self) -> None:
        """Make every column nullable: the source is on the optional side of a join."""
        self.columns = tuple(replace(each, nullable=True) for each in self.columns)


@dataclass(frozen=True)
class CommonName:
    """A CTE: its PostgreSQL name and its columns (named c1 … cn there)."""

    sql: str
    columns: tuple[OutputColumn, ...]


@dataclass(frozen=True)
class OutputColumn:
    """A column of a translated query.

    ``null`` where every row has the literal NULL; ``named`` is False for an expression without alias, which
    CREATE … AS refuses (ORA-00998).
    """

    name: str
    type: OracleType
    nullable: bool = True
    null: bool = False
    named: bool = True


@dataclass(frozen=True)
class QueryText:
    """A translated query: its result columns are named ``c1`` … ``cn`` in PostgreSQL.

    ``uses`` are the columns of blocks around it, for their GROUP BY.
    """

    sql: str
    columns: tuple[OutputColumn, ...]
    uses: frozenset[Use] = frozenset()


class Translation:
    """What one statement collects while it is translated.

    ``expression`` and ``query`` translate one of these: expressions hold queries, queries hold expressions,
    and this is where the circle of modules is closed.
    """

    def __init__(
        self,
        dictionary: Dictionary,
        bind_types: Sequence[OracleType],
        expression: Callable[[ast.Expression, Scope], Typed],
        query: Callable[[ast.Query, Scope], QueryText],
    ) -> None:
        self.dictionary = dictionary
        self.expression = expression
        self.query = query
        self.bind_types = bind_types
        self.reads: dict[tuple[str, str], Relation] = {}
        self.stored = False  # True for an expression that the table keeps: PostgreSQL wants no subquery in it
        self.sequences: dict[str, str] = {}  # a sequence's NEXTVAL of this row, once it was taken
        self._names = 0

    def name(self, letter: str) -> str:
        """Return a PostgreSQL name that nothing else in the statement has."""
        self._names += 1
        return f"{letter}{self._names}"

    def read(self, relation: Relation) -> Relation:
        """Note that the statement reads ``relation``."""
        self.reads.setdefault((relation.owner, relation.name), relation)
        return relation

    def bind(self, node: ast.Bind) -> Typed:
        """Return the parameter of a bind variable, in the form of its type."""
        declared = self.bind_types[node.index] if node.index < len(self.bind_types) else None
        oracle_type = declared or OracleType(TypeName.VARCHAR2)
        if oracle_type.name is TypeName.ROWID:  # a ROWID arrives as its text
            oracle_type = OracleType(TypeName.VARCHAR2, length=18)
        parameter = PARAMETER.format(node.index)
        if oracle_type.name is TypeName.INTERVAL_DS:  # PostgreSQL reads a leading sign as the days' alone
            sql = f"ora.to_dsinterval({parameter}::text)"
            return Typed(sql, oracle_type, node.position, constant=True)
        if oracle_type.name is TypeName.TIMESTAMP and oracle_type.scale is None:  # it may have nanoseconds
            sql = f"ora.read_ts9({parameter}::text)"
            return Typed(sql, TIMESTAMP9, node.position, constant=True)
        sql = f"{parameter}::{form(oracle_type).value}"
        return Typed(sql, oracle_type, node.position, constant=True)


@dataclass
class Scope:
    """One query block: its FROM, its parent block, and what it allows.

    ``clause`` names the clause being translated (for ORA-00934 and 30483). ``group_keys`` are the GROUP
    BY expressions by their texts; ``aliases`` the select list's names, seen by ORDER BY; ``outer_uses`` the
    columns of blocks around it that it uses; ``rownum`` is what ROWNUM means once rows were counted.
    """

    translation: Translation
    parent: Scope | None = None
    sources: list[Source] = field(default_factory=list)
    merged: dict[str, Typed] = field(default_factory=dict)
    commons: dict[str, CommonName] = field(default_factory=dict)
    block: int = 0
    clause: str = "select list"
    group_keys: dict[str, Typed] = field(default_factory=dict)
    aliases: dict[str, list[Typed]] = field(default_factory=dict)
    outer_uses: set[Use] = field(default_factory=set)
    rownum: str | None = None

    @property
    def dictionary(self) -> Dictionary:
        """The dictionary of the statement."""
        return self.translation.dictionary

    def expression(self, node: ast.Expression) -> Typed:
        """Translate a value or a condition in this block."""
        return self.translation.expression(node, self)

    def subquery(self, node: ast.Query) -> QueryText:
        """Translate a query inside this block."""
        return self.translation.query(node, self)

    def child(self) -> Scope:
        """Return the scope of a subquery of this block."""
        return Scope(self.translation, parent=self, block=int(self.translation.name("")))

    def outside(self) -> Scope:
        """Return the scope around this block: what a derived table without LATERAL sees."""
        return self.parent if self.parent is not None else Scope(self.translation)

    def beside(self, sources: list[Source], merged: dict[str, Typed]) -> Scope:
        """Return this block as a JOIN sees it: with the sources of its own two sides only."""
        return Scope(self.translation, self.parent, sources, merged, block=self.block, clause=self.clause)

    def common(self, name: str) -> CommonName | None:
        """Return the CTE of that name, the innermost one."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.commons:
                return scope.commons[name]
            scope = scope.parent
        return None

    def column(self, parts: tuple[str, ...], position: int) -> Typed:
        """Resolve a column name. Raises ORA-00904 and ORA-00918."""
        scope: Scope | None = self
        passed: list[Scope] = []
        while scope is not None:
            resolved = scope.own_column(parts, position) or scope.alias(parts, position)
            if resolved is not None:
                if passed and resolved.sql in scope.group_keys:
                    return replace(resolved, uses=frozenset())
                for inner in passed:
                    inner.outer_uses.update(resolved.uses)
                return resolved
            passed.append(scope)
            scope = scope.parent
        raise invalid_identifier(parts, position)

    def alias(self, parts: tuple[str, ...], position: int) -> Typed | None:
        """Return what a name of the select list stands for (in ORDER BY). Raises ORA-00960."""
        found = self.aliases.get(parts[0], []) if len(parts) == 1 else []
        if len({each.sql for each in found}) > 1:
            raise OracleError(960, position=position)
        return found[0] if found else None

    def source_with(self, parts: tuple[str, ...]) -> Source | None:
        """Return the source of this block that a column name belongs to, None where it is not its."""
        *qualifier, name = parts
        for source in self.sources:
            if matches(source, tuple(qualifier)) and any(each.name == name for each in source.columns):
                return source
        return None

    def own_column(self, parts: tuple[str, ...], position: int) -> Typed | None:
        """Resolve a name in this block only; None where it is not one of its columns."""
        *qualifier, name = parts
        if not qualifier and name in self.merged:
            return self._used(self.merged[name], position)
        sources = [each for each in self.sources if matches(each, tuple(qualifier))]
        found = [column for source in sources for column in source.columns if column.name == name]
        if len(found) > 1:
            raise OracleError(918, position=position)
        if found and qualifier and name in self.merged:
            raise OracleError(25154, position=position)
        if not found:
            return None
        return self.column_of(found[0], position)

    def column_of(self, column: SourceColumn, position: int) -> Typed:
        """Return a column of this block as an expression."""
        digits = number_digits(column.type)
        typed = Typed(column.sql, column.type, position, column.nullable, digits=digits)
        return self._used(typed, position)

    def _used(self, typed: Typed, position: int) -> Typed:
        return replace(typed, position=position, uses=frozenset({Use(self.block, position)}))

    def source_of(self, qualifier: tuple[str, ...], position: int) -> Source:
        """Return the source that ROWID or ``t.*`` means. Raises ORA-00904 and ORA-00918."""
        scope: Scope | None = self
        while scope is not None:
            found = [each for each in scope.sources if matches(each, qualifier)]
            if len(found) > 1:
                raise OracleError(918, position=position)
            if found:
                return found[0]
            scope = scope.parent
        raise invalid_identifier(qualifier, position)

    def regrouped(self, typed: Typed) -> Typed:
        """Take an expression that is a GROUP BY key of a block around it for grouped there."""
        scope: Scope | None = self
        while scope is not None:
            if typed.sql in scope.group_keys and typed.uses:
                block = scope.block
                uses = frozenset(use for use in typed.uses if use.block != block)
                return replace(typed, uses=uses)
            scope = scope.parent
        return typed


def matches(source: Source, qualifier: tuple[str, ...]) -> bool:
    """Whether ``qualifier`` (no parts, ``alias`` or ``owner.table``) means ``source``."""
    if not qualifier:
        return True
    *owner, name = qualifier
    if source.name != name:
        return False
    return not owner or (len(owner) == 1 and source.owner == owner[0])


def invalid_identifier(parts: tuple[str, ...], position: int) -> OracleError:
    """Return ORA-00904 with the name as Oracle quotes it."""
    return OracleError(904, ".".join(f'"{part}"' for part in parts), position=position)
