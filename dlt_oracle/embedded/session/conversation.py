"""One client from CONNECT to its end: read a request, do it, answer it."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.protocol.buffers import Reader
from dlt_oracle.embedded.protocol.codes import CallStatus, Function, MessageType, function_name
from dlt_oracle.embedded.protocol.packets import ProtocolError
from dlt_oracle.embedded.protocol.piggybacks import Piggyback, read_piggyback
from dlt_oracle.embedded.protocol.replies import Ending, ending, status
from dlt_oracle.embedded.protocol.requests import read_header
from dlt_oracle.embedded.session.channel import Channel, ConnectionClosed, Interrupted
from dlt_oracle.embedded.session.cursors import CursorTable
from dlt_oracle.embedded.session.faults import Faults, Moment
from dlt_oracle.embedded.session.functions import HANDLERS, Handler, ride
from dlt_oracle.embedded.session.lobstore import LobStore
from dlt_oracle.embedded.session.login import MAX_OPEN_CURSORS, Entrance, accept, authenticate, welcome
from dlt_oracle.embedded.session.statements import OnStatement, Statements

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.model import Database, EngineSession

_log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

_FLUSH_BYTES = 256 * 1024


@dataclass(frozen=True)
class Surroundings:
    """What every session of a server shares.

    ``on_statement`` is given the session's attributes and the text of each statement parsed.
    """

    database: Database
    faults: Faults
    on_statement: OnStatement | None = None


def converse(channel: Channel, surroundings: Surroundings, session_id: int) -> None:
    """Serve one client until it leaves.

    Raises ConnectionClosed when it just goes away, ProtocolError for what is no Oracle client.
    """
    entrance = accept(channel, surroundings.database, surroundings.faults)
    engine: EngineSession | None = None
    try:
        try:
            authenticate(entrance, surroundings.database)
            engine = surroundings.database.open_session(entrance.user)
            session = Session(channel, entrance, engine, surroundings)
            session.begin()
        except OracleError as error:
            _log.info("a login failed with ORA-%05d", error.code)
            entrance.wire.send(ending(_ending_of(error), entrance.field_version))
            return
        entrance.wire.send(welcome(entrance, session_id))
        session.serve()
    finally:
        if engine is not None:
            engine.close()


@dataclass
class _Call:
    """One request, read to its end."""

    function: int
    handler: Handler
    riders: list[Piggyback]
    body: Any


class Session:
    """A logged-in client.

    Reading a request and acting on it are separate: only a request that was read to its end can be
    answered in the ordinary way. One that cannot be read is answered by a break.
    """

    def __init__(
        self, channel: Channel, entrance: Entrance, engine: EngineSession, surroundings: Surroundings
    ) -> None:
        self._channel = channel
        self._wire = entrance.wire
        self._entrance = entrance
        self._engine = engine
        self._faults = surroundings.faults
        self._unsent = bytearray()
        self._over = False
        self._statements = Statements(
            engine=engine,
            field_version=entrance.field_version,
            max_string_bytes=surroundings.database.max_string_bytes,
            cursors=CursorTable(MAX_OPEN_CURSORS),
            lobs=LobStore(),
            faults=surroundings.faults,
            guard=self._guard,
            answer=self._answer,
            on_statement=surroundings.on_statement,
        )

    def begin(self) -> None:
        """Do what the client asked for at login (its time zone). Raises OracleError."""
        if self._entrance.alter_session:
            self._statements.run_text(self._entrance.alter_session)

    def serve(self) -> None:
        """Answer requests until the client logs off. Raises ConnectionClosed when it just leaves."""
        try:
            while not self._over:
                self._serve_one()
        finally:
            self._statements.cursors.close_all()

    def _serve_one(self) -> None:
        """Answer one request, or the break that came instead or meanwhile."""
        try:
            self._answer_request()
        except Interrupted:
            self._unsent.clear()
            self._wire.break_in()
            self._finish(_ending_of(OracleError(1013)))

    def _answer_request(self) -> None:
        reader = Reader(self._wire.pull(), self._wire.pull)
        try:
            call = self._read(reader)
        except (ConnectionClosed, Interrupted):
            raise
        except Exception as error:  # noqa: BLE001 - nothing ends a session but its end
            refusal = _oracle_error(error)
            _log.warning("refused a request: %s", refusal.text)
            self._wire.break_in()
            self._finish(_ending_of(refusal))
            return
        try:
            end = self._act(call)
        except (ConnectionClosed, Interrupted):
            raise
        except Exception as error:  # noqa: BLE001 - as above
            self._unsent.clear()
            end = _ending_of(_oracle_error(error))
        self._over = call.function == Function.LOGOFF
        self._finish(end)

    def _read(self, reader: Reader) -> _Call:
        riders: list[Piggyback] = []
        while True:
            kind = reader.u8()
            if kind not in (MessageType.FUNCTION, MessageType.PIGGYBACK):
                raise ProtocolError(f"message {kind} where a function belongs")
            function = read_header(reader, self._entrance.field_version)
            if kind == MessageType.FUNCTION:
                break
            riders.append(read_piggyback(reader, function))
        handler = HANDLERS.get(function)
        if handler is None:
            raise unsupported(f"the function {function_name(function)}")
        body = handler.read(self._statements, reader)
        if reader.left:
            raise ProtocolError(f"{reader.left} bytes after the function {function_name(function)}")
        return _Call(function, handler, riders, body)

    def _act(self, call: _Call) -> Ending | None:
        self._faults.on_message(call.handler.kind, Moment.BEFORE)
        for piggyback in call.riders:
            ride(self._statements, piggyback)
        end = call.handler.act(self._statements, call.body)
        self._faults.on_message(call.handler.kind, Moment.AFTER)
        return end

    def _guard(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._channel.watch(self._engine.cancel)
        try:
            return call(*args, **kwargs)
        finally:
            self._channel.unwatch()

    def _answer(self, message: bytes) -> None:
        self._unsent += message
        if len(self._unsent) >= _FLUSH_BYTES:
            self._flush()

    def _flush(self) -> None:
        self._wire.send(bytes(self._unsent))
        self._unsent.clear()

    def _finish(self, end: Ending | None) -> None:
        """Send what is left of the answer and its end: ERROR for ``end``, else STATUS."""
        busy = self._engine.in_transaction
        call_status = CallStatus.TRANSACTION_IN_PROGRESS if busy else 0
        if end is None:
            self._unsent += status(call_status)
        else:
            self._unsent += ending(replace(end, call_status=call_status), self._entrance.field_version)
        self._flush()


def _ending_of(error: OracleError) -> Ending:
    return Ending(error.code, error.text, error.position)


def _oracle_error(error: Exception) -> OracleError:
    """Return what the client is told of ``error``.

    The log gets the place of an unexpected one and never its text, which may hold a value.
    """
    if isinstance(error, OracleError):
        return error
    if isinstance(error, ProtocolError):
        _log.error("a message this server cannot read: %s", error)
        return OracleError(3106)
    name = type(error).__name__
    _log.error("unexpected %s\n%s", name, "".join(traceback.format_tb(error.__traceback__)))
    return OracleError(604, 1, detail=f"{name} in the embedded server, see its log")
