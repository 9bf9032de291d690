"""What each TTC function and piggyback does: one table, one line each.

Direct path load (functions 128 to 130) belongs here too once the engine can take it; until then it is
refused like every function without a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dlt_oracle.embedded.protocol import piggybacks, requests
from dlt_oracle.embedded.protocol.codes import Function
from dlt_oracle.embedded.protocol.lobs import LobRequest, read_lob_request
from dlt_oracle.embedded.protocol.replies import Ending
from dlt_oracle.embedded.session.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.protocol.buffers import Reader


class Handler(NamedTuple):
    """How a message is read, what is done with what was read, and what faults call it.

    ``act`` returns what the ERROR message at the end says, or None for a STATUS message.
    """

    read: Callable[[Statements, Reader], Any]
    act: Callable[[Statements, Any], Ending | None]
    kind: str


def _nothing_to_read(_: Statements, __: Reader) -> None:
    """Read nothing: the header says it all."""


def _read_execute(statements: Statements, reader: Reader) -> requests.ExecuteRequest:
    return requests.read_execute(
        reader, statements.field_version, statements.max_string_bytes, statements.shape_of
    )


def _read_reexecute(statements: Statements, reader: Reader) -> requests.ReexecuteRequest:
    return requests.read_reexecute(reader, statements.relayout_of, and_fetch=False)


def _read_reexecute_and_fetch(statements: Statements, reader: Reader) -> requests.ReexecuteRequest:
    return requests.read_reexecute(reader, statements.relayout_of, and_fetch=True)


def _read_fetch(_: Statements, reader: Reader) -> requests.FetchRequest:
    return requests.read_fetch(reader)


def _read_lob(_: Statements, reader: Reader) -> LobRequest:
    return read_lob_request(reader)


def _lob(statements: Statements, request: LobRequest) -> Ending:
    statements.answer(statements.lobs.operate(request))
    return Ending()


def _commit(statements: Statements, _: None) -> None:
    statements.guard(statements.engine.commit)


def _rollback(statements: Statements, _: None) -> None:
    statements.guard(statements.engine.rollback)


def _only_answer(_: Statements, __: None) -> None:
    """Do nothing: the answer is what the client wants."""


HANDLERS: dict[int, Handler] = {
    Function.EXECUTE: Handler(_read_execute, Statements.execute, "EXECUTE"),
    Function.REEXECUTE: Handler(_read_reexecute, Statements.reexecute, "EXECUTE"),
    Function.REEXECUTE_AND_FETCH: Handler(_read_reexecute_and_fetch, Statements.reexecute, "EXECUTE"),
    Function.FETCH: Handler(_read_fetch, Statements.fetch, "FETCH"),
    Function.LOB_OP: Handler(_read_lob, _lob, "LOB_OP"),
    Function.COMMIT: Handler(_nothing_to_read, _commit, "COMMIT"),
    Function.ROLLBACK: Handler(_nothing_to_read, _rollback, "ROLLBACK"),
    Function.PING: Handler(_nothing_to_read, _only_answer, "PING"),
    Function.LOGOFF: Handler(_nothing_to_read, _only_answer, "LOGOFF"),
}


def _close_cursors(statements: Statements, piggyback: piggybacks.CloseCursors) -> None:
    for cursor_id in piggyback.cursor_ids:
        statements.cursors.close(cursor_id)


def _set_schema(statements: Statements, piggyback: piggybacks.SetSchema) -> None:
    statements.set_schema(piggyback.name)


def _set_end_to_end(statements: Statements, piggyback: piggybacks.SetEndToEnd) -> None:
    for name, value in piggyback.values.items():
        setattr(statements.engine.attributes, name, value)


def _free_lobs(statements: Statements, piggyback: piggybacks.FreeLobs) -> None:
    statements.lobs.free(piggyback.locators)


_RIDERS: dict[type, Callable[[Statements, Any], None]] = {
    piggybacks.CloseCursors: _close_cursors,
    piggybacks.SetSchema: _set_schema,
    piggybacks.SetEndToEnd: _set_end_to_end,
    piggybacks.FreeLobs: _free_lobs,
}


def ride(statements: Statements, piggyback: piggybacks.Piggyback) -> None:
    """Do what a piggyback asks. Raises OracleError, which then answers the function it rides on."""
    _RIDERS[type(piggyback)](statements, piggyback)
