"""Function messages that work on cursors: execute, re-execute, fetch (``thin/messages/execute.pyx``).

Reading is separate from acting, because a request must be read to its end before it can be answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dlt_oracle.embedded.protocol import codes
from dlt_oracle.embedded.protocol.codes import COMMIT_REEXECUTE, ExecFlag, ExecOption
from dlt_oracle.embedded.protocol.metadata import Definition, read_definitions
from dlt_oracle.embedded.protocol.rows import Cells, order_on_wire, read_rows
from dlt_oracle.embedded.protocol.statement_text import StatementShape, statement_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.protocol.buffers import Reader

_AL8I4_WORDS = 13
_EXECUTIONS = 1
_IS_QUERY = 7
_EXECUTE_FLAGS = 9


@dataclass(frozen=True)
class BindLayout:
    """The binds of a cursor on the wire, kept for re-executions, which send values only."""

    definitions: tuple[Definition, ...] = ()
    order: tuple[int, ...] = ()


NO_BINDS = BindLayout()


@dataclass
class ExecuteRequest:
    """Parse, bind, define, execute and fetch, as ``options`` say.

    ``sql`` is empty when the cursor is known; ``executions`` counts how often to run and, when there
    are binds, their rows; ``fetch`` is the number of rows wanted of a query.
    """

    options: ExecOption
    cursor_id: int
    sql: str
    shape: StatementShape
    executions: int
    fetch: int
    flags: ExecFlag
    registration: int
    layout: BindLayout
    defines: tuple[Definition, ...]
    cells: dict[int, Cells] = field(repr=False)


@dataclass
class ReexecuteRequest:
    """Run a known cursor again; ``cells`` hold ``executions`` rows of binds."""

    cursor_id: int
    executions: int
    fetch: int
    commit: bool
    cells: dict[int, Cells] = field(repr=False)


@dataclass(frozen=True)
class FetchRequest:
    """Fetch up to ``rows`` rows of an open cursor."""

    cursor_id: int
    rows: int


def read_header(reader: Reader, field_version: int) -> int:
    """Read the header of a function message or piggyback after its type; return the function code."""
    function = reader.u8()
    reader.u8()  # sequence number
    if field_version >= codes.FIELD_23_1_EXT1:
        reader.ub8()  # token, for pipelines
    return function


def read_execute(
    reader: Reader,
    field_version: int,
    max_string_bytes: int,
    known: Callable[[int], StatementShape],
) -> ExecuteRequest:
    """Read an execute message after its function header.

    ``known`` returns the shape of a cursor whose text the client does not send again.
    """
    options = ExecOption(reader.ub4())
    cursor_id = reader.ub4()
    has_sql = reader.u8()
    reader.ub4()  # length of the text
    reader.u8()
    reader.ub4()  # number of al8i4 words
    reader.skip_u8(2)
    reader.ub4()  # prefetch buffer size
    fetch = reader.ub4()
    reader.ub4()  # maximum long size
    reader.u8()
    binds = reader.ub4()
    reader.skip_u8(5)
    reader.u8()
    defines = reader.ub4()
    registration = reader.ub4()
    reader.skip_u8(3)
    reader.ub4()
    reader.u8()
    reader.ub4()
    registration += reader.ub4()
    reader.u8()
    reader.ub4()  # rows whose counts are wanted
    reader.u8()
    if field_version >= codes.FIELD_12_2:
        reader.u8()
        reader.ub4()
        reader.u8()
        reader.ub4()
        reader.u8()
    if field_version >= codes.FIELD_12_2_EXT1:
        reader.u8()
        reader.ub4()
    sql = reader.text() if has_sql else ""
    words = [reader.ub4() for _ in range(_AL8I4_WORDS)]
    request = ExecuteRequest(
        options=options,
        cursor_id=cursor_id,
        sql=sql,
        shape=statement_shape(sql) if has_sql else known(cursor_id),
        executions=1 if words[_IS_QUERY] else words[_EXECUTIONS],
        fetch=fetch,
        flags=ExecFlag(words[_EXECUTE_FLAGS]),
        registration=registration,
        layout=NO_BINDS,
        defines=read_definitions(reader, defines, field_version),
        cells={},
    )
    if binds and not defines:
        definitions = read_definitions(reader, binds, field_version)
        shape = request.shape
        order = order_on_wire(definitions, shape.returned, max_string_bytes, plsql=shape.plsql)
        request.layout = BindLayout(definitions, tuple(order))
        request.cells = read_rows(reader, definitions, order, request.executions)
    return request


def read_reexecute(
    reader: Reader, layout_of: Callable[[int], BindLayout], *, and_fetch: bool
) -> ReexecuteRequest:
    """Read a re-execute message after its function header; ``layout_of`` returns a cursor's binds."""
    cursor_id = reader.ub4()
    iterations = reader.ub4()
    reader.ub4()  # execute option
    options = reader.ub4()
    layout = layout_of(cursor_id)
    executions = 1 if and_fetch else iterations
    return ReexecuteRequest(
        cursor_id=cursor_id,
        executions=executions,
        fetch=iterations if and_fetch else 0,
        commit=bool(options & COMMIT_REEXECUTE),
        cells=read_rows(reader, layout.definitions, layout.order, executions),
    )


def read_fetch(reader: Reader) -> FetchRequest:
    """Read a fetch message after its function header."""
    return FetchRequest(reader.ub4(), reader.ub4())
