"""INSERT, UPDATE, DELETE and MERGE: rights, space, locks, and the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.engine.array import run_array
from dlt_oracle.embedded.engine.copying import CopyLoader, failing_row, gets_zone
from dlt_oracle.embedded.engine.errors import Context, oracle_error
from dlt_oracle.embedded.engine.results import decode_rows
from dlt_oracle.embedded.model import OracleType, Outcome, Row, Value
from dlt_oracle.embedded.sql import ast, storage
from dlt_oracle.embedded.sql.compile import CompiledDml, PlainInsert, compile_dml, plain_insert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import psycopg

    from dlt_oracle.embedded.catalog.store import SchemaObject
    from dlt_oracle.embedded.engine.dictionary import DictionaryCache, SessionDictionary
    from dlt_oracle.embedded.engine.privileges import Privileges
    from dlt_oracle.embedded.engine.statements import EngineStatement
    from dlt_oracle.embedded.engine.transaction import Transaction
    from dlt_oracle.embedded.errors import OracleError

_DIRECT_PATH_HINTS = frozenset({"APPEND", "APPEND_VALUES"})


@dataclass(frozen=True)
class DmlPlan:
    """A compiled DML: either ``plain`` (rows by COPY) or ``compiled``, and what it touches."""

    action: str
    targets: tuple[tuple[SchemaObject, tuple[str, ...]], ...]  # with the privileges needed on each
    used: tuple[SchemaObject, ...]
    tables: tuple[SchemaObject, ...]  # those under views too
    plain: PlainInsert | None
    compiled: CompiledDml | None
    bind_types: tuple[OracleType, ...]
    zone_minutes: int
    direct_path: bool

    @property
    def inserts(self) -> bool:
        """Whether rows may be added, so that the table needs a segment."""
        return any("INSERT" in privileges for _, privileges in self.targets)


def compile_plan(
    statement: EngineStatement,
    dictionary: SessionDictionary,
    bind_types: Sequence[OracleType],
    zone_minutes: int | None,
) -> DmlPlan:
    """Compile a DML statement. Raises OracleError.

    ``zone_minutes`` is the session's offset from UTC, or None for a region, whose offset changes: values that
    need it are then SQL's business.
    """
    tree = statement.tree
    plain = plain_insert(tree, dictionary, bind_types) if isinstance(tree, ast.Insert) else None
    if plain is not None and zone_minutes is None and _needs_zone(plain, bind_types):
        plain = None
    compiled = None if plain is not None else compile_dml(tree, dictionary, bind_types)
    targets = tuple(
        (found, privileges)
        for name, privileges in _targets(tree)
        if (found := dictionary.resolve(name.owner, name.name)) is not None
    )
    hints = {hint.name for hint in getattr(tree, "hints", ())}
    return DmlPlan(
        action=type(tree).__name__.upper().removesuffix("ALL"),
        targets=targets,
        used=tuple(dictionary.used.values()),
        tables=dictionary.tables(),
        plain=plain,
        compiled=compiled,
        bind_types=tuple(bind_types),
        zone_minutes=zone_minutes or 0,
        direct_path=bool(hints & _DIRECT_PATH_HINTS) and isinstance(tree, ast.Insert),
    )


def _needs_zone(plain: PlainInsert, bind_types: Sequence[OracleType]) -> bool:
    return any(
        isinstance(source, int) and gets_zone(column_type, bind_types[source : source + 1])
        for _, column_type, source in plain.columns
    )


def _targets(tree: ast.Statement) -> list[tuple[ast.QualifiedName, tuple[str, ...]]]:
    """Return the tables a statement changes, each with the object privileges that needs."""
    if isinstance(tree, ast.InsertAll):
        return [
            (into.target.name, ("INSERT",))
            for branch in tree.branches
            for into in branch.into
            if into.target.name is not None
        ]
    if isinstance(tree, ast.Merge):
        needed = [*(["UPDATE"] if tree.update else []), *(["INSERT"] if tree.insert else [])]
        if tree.update is not None and tree.update.delete_where is not None:
            needed.append("DELETE")
        return [(tree.target.name, tuple(needed))] if tree.target.name is not None else []
    if isinstance(tree, (ast.Insert, ast.Update, ast.Delete)) and tree.target.name is not None:
        return [(tree.target.name, (type(tree).__name__.upper(),))]
    return []


def require_rights(plan: DmlPlan, privileges: Privileges) -> None:
    """Raise ORA-00942 or ORA-01031 for what the user may not do."""
    targets = {found.object_id for found, _ in plan.targets}
    for found, needed in plan.targets:
        for privilege in needed:
            privileges.require_on(privilege, found)
    for found in plan.used:
        if found.object_id not in targets:
            privileges.require_on("SELECT", found)


class DmlRunner:
    """Runs one plan over rows in a session's transaction."""

    def __init__(self, plan: DmlPlan, transaction: Transaction, cache: DictionaryCache) -> None:
        self._plan = plan
        self._transaction = transaction
        self._connection = transaction.connection
        target = plan.targets[0][0] if plan.targets else None
        self._context = Context(cache, plan.action, target)
        self._out: tuple[list[Value], ...] = ()
        if plan.compiled is not None:
            self._out = tuple([] for _ in plan.compiled.out_columns)
            self._encode = row_encoder(plan.compiled.parameters, plan.bind_types)
            self._decode = [
                (index, decode) for index, decode in enumerate(plan.compiled.decoders) if decode is not None
            ]

    def run(self, rows: Sequence[Row], *, batch_errors: bool) -> Outcome:
        """Run the statement once per row."""
        if len(rows) == 1 and not batch_errors:
            return Outcome(self._run_single(rows), (), self._out)
        run, locate = self._group_runner()
        result = run_array(
            self._transaction, rows, run, self._translate, locate=locate, batch_errors=batch_errors
        )
        return Outcome(result.row_count, tuple(result.errors), self._out)

    def _run_single(self, rows: Sequence[Row]) -> int:
        run, _ = self._group_runner()
        with self._transaction.statement():
            return run(rows)

    def _group_runner(self) -> tuple[Callable[[Sequence[Row]], int], Any]:
        plan = self._plan
        if plan.plain is not None and plan.compiled is None:
            loader = CopyLoader(
                self._connection,
                plan.plain.relation.source,
                plan.plain.columns,
                plan.bind_types,
                plan.zone_minutes,
            )
            return loader.run, failing_row
        return self._run_each, _anywhere

    def _run_each(self, rows: Sequence[Row]) -> int:
        """Run the compiled statement for each row, pipelined; RETURNING's values are collected."""
        compiled = self._plan.compiled
        if compiled is None:
            raise LookupError("neither a plain insert nor a compiled statement")
        collected: list[list[tuple[Any, ...]]] = []
        count = 0
        with self._connection.cursor() as cursor:
            if len(rows) == 1:
                cursor.execute(compiled.text, self._encode(rows[0]))
                count = max(0, cursor.rowcount)
                if compiled.out_columns:
                    collected.append(cursor.fetchall())
            elif compiled.out_columns:
                for row in rows:
                    cursor.execute(compiled.text, self._encode(row))
                    count += max(0, cursor.rowcount)
                    collected.append(cursor.fetchall())
            else:
                cursor.executemany(compiled.text, [self._encode(row) for row in rows])
                count = max(0, cursor.rowcount)
        for returned in collected:
            for values in decode_rows(returned, self._decode):
                for position, value in enumerate(values):
                    self._out[position].append(value)
        return count

    def _translate(self, error: psycopg.Error) -> OracleError:
        return oracle_error(error, self._context)


def _anywhere(_error: psycopg.Error, _rows: Sequence[Row]) -> int | None:
    """PostgreSQL does not say which of several statements failed."""
    return None


def row_encoder(parameters: Sequence[int], bind_types: Sequence[OracleType]) -> Callable[[Row], list[Any]]:
    """Return the function from a row of binds to the statement's parameters."""
    encoders = [(index, storage.parameter_encoder(bind_types[index])) for index in parameters]

    def encode(row: Row) -> list[Any]:
        return [None if row[index] is None else to_text(row[index]) for index, to_text in encoders]

    return encode
