"""Parse, execute and fetch: the calls that work on cursors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import (
    Column,
    EngineSession,
    OracleType,
    Outcome,
    Row,
    SessionAttributes,
    StatementKind,
    TypeName,
    Value,
)
from dlt_oracle.embedded.protocol.codes import ExecFlag, ExecOption
from dlt_oracle.embedded.protocol.metadata import describe_message, long_before_wide
from dlt_oracle.embedded.protocol.replies import (
    ARRAY_DML_ERRORS,
    DIRECTION_IN,
    DIRECTION_OUT,
    NO_DATA_FOUND,
    Ending,
    io_vector,
    out_row,
    row_counts,
)
from dlt_oracle.embedded.protocol.requests import BindLayout, ExecuteRequest, FetchRequest, ReexecuteRequest
from dlt_oracle.embedded.protocol.rows import Cells, row_header
from dlt_oracle.embedded.protocol.statement_text import StatementShape, statement_shape
from dlt_oracle.embedded.session.cursors import (
    Cursor,
    CursorTable,
    RowEncoder,
    bind_rows,
    lob_defines,
    out_encoder,
    waits_for_define,
)

if TYPE_CHECKING:
    from dlt_oracle.embedded.session.faults import Faults
    from dlt_oracle.embedded.session.lobstore import LobStore

OnStatement = Callable[[SessionAttributes, str], None]
Answer = Callable[[bytes], None]
P = ParamSpec("P")
T = TypeVar("T")

_FETCH_ROWS = 1000  # at a time from the engine, so that a large fetch streams
# What Oracle takes a bind for that it has to describe before it knows it.
_UNKNOWN_BIND = OracleType(TypeName.VARCHAR2, length=2000)


class Guard(Protocol):
    """Runs an engine call while the client is watched for a break."""

    def __call__(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what ``call`` returns. Raises Interrupted after a break."""


@dataclass
class Statements:
    """The cursors of a session and what can be done with them.

    Every call writes messages to ``answer`` and returns what the ERROR message at its end says; errors
    that belong to no cursor are raised.
    """

    engine: EngineSession
    field_version: int
    max_string_bytes: int
    cursors: CursorTable
    lobs: LobStore
    faults: Faults
    guard: Guard = field(repr=False)
    answer: Answer = field(repr=False)
    on_statement: OnStatement | None = None
    schema: str = ""  # as set_schema() left it; "" when a statement may have changed it

    def shape_of(self, cursor_id: int) -> StatementShape:
        """Return the shape of a cursor's statement, so that its binds can be read."""
        return self.cursors.get(cursor_id).shape

    def relayout_of(self, cursor_id: int) -> BindLayout:
        """Return the binds that a re-execution of a cursor carries."""
        return self.cursors.get(cursor_id).relayout

    def run_text(self, sql: str) -> None:
        """Run a statement without binds that the client asks for by other means than SQL."""
        cursor = self._parse(sql, statement_shape(sql))
        try:
            self.guard(self.engine.execute, cursor.statement, (), ((),))
        finally:
            self.cursors.close(cursor.id)

    def set_schema(self, name: str) -> None:
        """Make ``name`` (an identifier as in SQL) the current schema.

        The driver asks for it again with every call.
        """
        if name != self.schema:
            self.run_text(f"ALTER SESSION SET CURRENT_SCHEMA = {name}")
            self.schema = name

    def execute(self, request: ExecuteRequest) -> Ending:
        """Do what the options of an execute message say."""
        if request.flags & ExecFlag.SCROLLABLE:
            raise unsupported("scrollable cursors")
        if request.registration:
            raise unsupported("change notification")
        cursor = self._cursor_for(request)
        try:
            return self._execute(cursor, request)
        except OracleError as error:
            return _failed(error, cursor)

    def reexecute(self, request: ReexecuteRequest) -> Ending:
        """Run a cursor again."""
        cursor = self.cursors.get(request.cursor_id)
        try:
            if cursor.statement.kind is StatementKind.QUERY:
                return self._query(cursor, request.cells, request.fetch, parsed=False)
            return self._modify(cursor, request.cells, request.executions, commit=request.commit)
        except OracleError as error:
            return _failed(error, cursor)

    def fetch(self, request: FetchRequest) -> Ending:
        """Fetch more rows of an open query."""
        cursor = self.cursors.get(request.cursor_id)
        try:
            return self._fetch(cursor, request.rows)
        except OracleError as error:
            return _failed(error, cursor)

    def _cursor_for(self, request: ExecuteRequest) -> Cursor:
        """Parse the statement of a request, or find its cursor."""
        if not request.sql:
            return self.cursors.get(request.cursor_id)
        self.cursors.close(request.cursor_id)  # parsed anew
        return self._parse(request.sql, request.shape)

    def _parse(self, sql: str, shape: StatementShape) -> Cursor:
        if self.on_statement is not None:
            self.on_statement(replace(self.engine.attributes), sql)
        statement = self.guard(self.engine.prepare, sql)
        return self.cursors.open(sql, shape, statement)

    def _execute(self, cursor: Cursor, request: ExecuteRequest) -> Ending:
        kind, options = cursor.statement.kind, request.options
        if options & ExecOption.DEFINE:
            cursor.defines, cursor.encoder = request.defines, None
            wanted = request.fetch if options & ExecOption.FETCH else 0
            return self._fetch(cursor, wanted) if wanted else Ending(cursor_id=cursor.id)
        if not options & ExecOption.EXECUTE and kind is not StatementKind.DDL:
            if kind is StatementKind.QUERY:
                self._describe(cursor)
            return Ending(cursor_id=cursor.id)
        self._bind(cursor, request.layout)
        if kind is StatementKind.QUERY:
            wanted = request.fetch if options & ExecOption.FETCH else 0
            return self._query(cursor, request.cells, wanted, parsed=bool(request.sql))
        return self._modify(
            cursor,
            request.cells,
            request.executions,
            commit=bool(options & ExecOption.COMMIT),
            batch_errors=bool(options & ExecOption.BATCH_ERRORS),
            counts=bool(request.flags & ExecFlag.DML_ROWCOUNTS),
        )

    def _describe(self, cursor: Cursor) -> None:
        types = [_UNKNOWN_BIND] * len(cursor.statement.binds)
        columns = self.guard(self.engine.describe, cursor.statement, types)
        self._tell_columns(cursor, columns)

    def _tell_columns(self, cursor: Cursor, columns: tuple[Column, ...]) -> None:
        cursor.columns, cursor.encoder = columns, None
        self.answer(describe_message(columns, self.field_version, self.max_string_bytes))

    def _bind(self, cursor: Cursor, layout: BindLayout) -> None:
        """Keep how binds are declared. Raises ORA-01008 or ORA-01036 when they are not the statement's."""
        expected = len(cursor.statement.binds)
        if len(layout.definitions) != expected:
            raise OracleError(1008 if len(layout.definitions) < expected else 1036)
        if not cursor.shape.plsql and cursor.statement.out_binds != cursor.shape.returned:
            raise unsupported("returned binds that the client sends values for")
        if cursor.statement.kind is StatementKind.DML and long_before_wide(layout.definitions):
            raise OracleError(24816)
        cursor.layout = cursor.relayout = layout
        cursor.bind_types = tuple(
            definition.oracle_type(self.max_string_bytes) for definition in layout.definitions
        )

    def _query(self, cursor: Cursor, cells: dict[int, Cells], wanted: int, *, parsed: bool) -> Ending:
        """Run a query and fetch its first rows, unless its LOBs have to be defined first."""
        cursor.close_result()
        cursor.fetched = 0
        self.faults.on_statement(cursor.sql)
        row = bind_rows(cursor, cells, 1, self.lobs)[0]
        result = self.guard(self.engine.query, cursor.statement, cursor.bind_types, row)
        cursor.result = result
        columns = tuple(result.columns)
        if parsed or columns != cursor.columns:
            cursor.defines = () if parsed else lob_defines(columns, cursor.columns)
            self._tell_columns(cursor, columns)
        if wanted == 0 or waits_for_define(cursor):
            return Ending(cursor_id=cursor.id)
        return self._fetch(cursor, wanted)

    def _fetch(self, cursor: Cursor, wanted: int) -> Ending:
        result = cursor.result
        if result is None:
            raise OracleError(1002)
        if cursor.encoder is None:
            cursor.encoder = RowEncoder(cursor.columns, cursor.defines, self.lobs)
        self.answer(row_header(wanted))
        while wanted > 0:
            some = min(wanted, _FETCH_ROWS)
            rows = self.guard(result.fetch, some)
            if rows:
                self.answer(cursor.encoder.encode(rows))
            cursor.fetched += len(rows)
            wanted -= len(rows)
            if len(rows) < some:
                cursor.close_result()
                return Ending(
                    NO_DATA_FOUND, OracleError(NO_DATA_FOUND).text, rows=cursor.fetched, cursor_id=cursor.id
                )
        return Ending(rows=cursor.fetched, cursor_id=cursor.id)

    def _modify(
        self,
        cursor: Cursor,
        cells: dict[int, Cells],
        executions: int,
        *,
        commit: bool,
        batch_errors: bool = False,
        counts: bool = False,
    ) -> Ending:
        """Run anything but a query, once a row; commit afterwards if nothing failed and it is wanted."""
        self.faults.on_statement(cursor.sql)
        if cursor.statement.kind is StatementKind.CONTROL:
            self.schema = ""
        rows = bind_rows(cursor, cells, executions, self.lobs)
        if cursor.statement.out_binds or counts:
            outcome = self._one_by_one(cursor, rows, batch_errors=batch_errors, counts=counts)
        else:
            outcome = self._run(cursor, rows, batch_errors=batch_errors)
            if cursor.shape.plsql and cursor.layout.definitions:
                self.answer(io_vector([DIRECTION_IN] * len(cursor.layout.definitions)))
        if commit and not outcome.errors:
            self.guard(self.engine.commit)
        if outcome.errors:
            return Ending(
                ARRAY_DML_ERRORS,
                OracleError(ARRAY_DML_ERRORS).text,
                rows=outcome.row_count,
                cursor_id=cursor.id,
                batch=outcome.errors,
            )
        return Ending(rows=outcome.row_count, cursor_id=cursor.id)

    def _run(self, cursor: Cursor, rows: Sequence[Row], *, batch_errors: bool) -> Outcome:
        return self.guard(
            self.engine.execute, cursor.statement, cursor.bind_types, rows, batch_errors=batch_errors
        )

    def _one_by_one(
        self, cursor: Cursor, rows: Sequence[Row], *, batch_errors: bool, counts: bool
    ) -> Outcome:
        """Run row by row, because the client wants to know what each row did."""
        out = sorted(cursor.statement.out_binds)
        returned: list[list[list[Value]]] = []
        done: list[int] = []
        errors: list[tuple[int, OracleError]] = []
        try:
            for offset, row in enumerate(rows):
                try:
                    outcome = self._run(cursor, [row], batch_errors=batch_errors)
                except OracleError as error:
                    error.row = offset
                    raise
                done.append(outcome.row_count)
                errors += [(offset, error) for _, error in outcome.errors]
                returned.append(list(outcome.out_values) or [[] for _ in out])
        finally:
            if counts:
                self.answer(row_counts(done))
        if out:
            self._answer_out_binds(cursor, out, returned)
        return Outcome(row_count=sum(done), errors=tuple(errors))

    def _answer_out_binds(
        self, cursor: Cursor, out: Sequence[int], returned: list[list[list[Value]]]
    ) -> None:
        plsql = cursor.shape.plsql
        definitions = cursor.layout.definitions
        if plsql:
            self.answer(
                io_vector([DIRECTION_OUT if n in out else DIRECTION_IN for n in range(len(definitions))])
            )
            order = tuple(position for position in cursor.layout.order if position not in out)
            cursor.relayout = BindLayout(definitions, order)
        encoders = [out_encoder(definitions[n], cursor.bind_types[n], self.lobs) for n in out]
        for values in returned:
            encoded = [encode(column) for encode, column in zip(encoders, values, strict=True)]
            self.answer(out_row(encoded, counted=not plsql))


def _failed(error: OracleError, cursor: Cursor) -> Ending:
    """Return the ending of a failed call; the rows before the failing one were done."""
    rows = cursor.fetched if cursor.statement.kind is StatementKind.QUERY else error.row
    if cursor.statement.kind is StatementKind.QUERY:
        cursor.close_result()
    return Ending(error.code, error.text, error.position, rows, cursor.id)
