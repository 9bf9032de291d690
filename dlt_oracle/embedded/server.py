"""The listener: a socket on the loopback interface and one thread a connection."""

from __future__ import annotations

import contextlib
import itertools
import logging
import socket
import threading
import time
import traceback
from typing import TYPE_CHECKING

from dlt_oracle.embedded.protocol.packets import Packet, PacketDecoder, ProtocolError, interrupts
from dlt_oracle.embedded.session import ConnectionClosed, Faults, Interrupted, Surroundings, converse

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.model import Database, SessionAttributes

_log = logging.getLogger(__name__)

_RECEIVE_BYTES = 256 * 1024
_WATCH_SECONDS = 0.05  # how late a break may be noticed
_CANCEL_AGAIN_SECONDS = 1.0
_BACKLOG = 128
_JOIN_SECONDS = 10.0


class Connection:
    """A client's socket as a session's channel.

    While the engine works for it, the server's watcher looks for a break or the client's end; the lock
    makes sure that only a call still running is cancelled.
    """

    def __init__(self, client: socket.socket) -> None:
        self._socket = client
        self._decoder = PacketDecoder()
        self._lock = threading.Lock()
        self._cancel: Callable[[], None] | None = None
        self._seen: Exception | None = None
        self._cancelled_at = 0.0

    def receive(self) -> Packet:
        """Return the next packet. Raises ConnectionClosed at the end of the stream."""
        while True:
            packet = self._decoder.next()
            if packet is not None:
                return packet
            try:
                data = self._socket.recv(_RECEIVE_BYTES)
            except OSError:
                raise ConnectionClosed from None
            if not data:
                raise ConnectionClosed
            self._decoder.feed(data)

    def send(self, data: bytes) -> None:
        """Send bytes as they are. Raises ConnectionClosed when nobody receives them."""
        try:
            self._socket.sendall(data)
        except OSError:
            raise ConnectionClosed from None

    def use_large_packets(self) -> None:
        """Read 32-bit packet lengths from now on."""
        self._decoder.large = True

    def watch(self, cancel: Callable[[], None]) -> None:
        """Begin to watch the client."""
        self._seen = None
        self._cancelled_at = 0.0
        self._cancel = cancel

    def unwatch(self) -> None:
        """End it. Raises what was seen: Interrupted or ConnectionClosed."""
        with self._lock:
            self._cancel = None
        if self._seen is not None:
            raise self._seen

    def look(self) -> None:
        """Cancel the running call when the client sent a break or is gone (the watcher's thread).

        A cancel that came between two statements of the call is lost, so it is repeated.
        """
        with self._lock:
            if self._cancel is None:
                return
            if self._seen is None:
                self._seen = self._peek()
            now = time.monotonic()
            if self._seen is not None and now - self._cancelled_at >= _CANCEL_AGAIN_SECONDS:
                self._cancelled_at = now
                try:
                    self._cancel()
                except Exception as error:  # noqa: BLE001 - the watcher serves every session
                    _log.warning("a running call could not be cancelled: %s", type(error).__name__)

    def _peek(self) -> Exception | None:
        """Return how a session has to end its call, by what the client sent meanwhile."""
        received = self._decoder.buffered()
        try:
            data = self._socket.recv(_RECEIVE_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            gone = not data
            received += data
        except BlockingIOError:
            gone = False
        except OSError:
            gone = True
        if gone:
            return ConnectionClosed()
        return Interrupted() if interrupts(received) else None

    def cut(self) -> None:
        """End the stream in both directions, from any thread."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()


class Server:
    """An Oracle Net listener for ``database`` on ``host``:``port`` (0 takes any free port).

    ``faults`` are the faults it shows on demand; ``on_statement`` is called with a copy of the session's
    attributes and the text of each statement parsed, in the thread of its connection.
    """

    def __init__(
        self,
        database: Database,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Faults | None = None,
        on_statement: Callable[[SessionAttributes, str], None] | None = None,
    ) -> None:
        self.faults = Faults() if faults is None else faults
        self._surroundings = Surroundings(database, self.faults, on_statement)
        self._address = (host, port)
        self._listener: socket.socket | None = None
        self._threads: dict[Connection, threading.Thread] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._session_ids = itertools.count(1)
        self._own_threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        """The TCP port listened on. Raises RuntimeError before start()."""
        if self._listener is None:
            raise RuntimeError("the server is not started")
        port: int = self._listener.getsockname()[1]
        return port

    def start(self) -> None:
        """Listen and serve in the background. Raises OSError when the port is taken."""
        self._listener = socket.create_server(self._address, backlog=_BACKLOG)
        self._stopping.clear()
        self._own_threads = [
            threading.Thread(
                target=self._accept, args=(self._listener,), name="oracle-listener", daemon=True
            ),
            threading.Thread(target=self._watch, name="oracle-watcher", daemon=True),
        ]
        for thread in self._own_threads:
            thread.start()

    def stop(self) -> None:
        """Close every connection, cancelling what runs in it, and wait for the sessions to end."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes the accepting thread
        listener.close()
        with self._lock:
            running = dict(self._threads)
        for connection in running:
            connection.cut()
        deadline = time.monotonic() + _JOIN_SECONDS
        for thread in running.values():
            thread.join(max(0.0, deadline - time.monotonic()))
        self._stopping.set()
        for thread in self._own_threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def __enter__(self) -> Server:  # noqa: PYI034 - typing.Self needs Python 3.11
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return  # stopped
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(client)
            session_id = next(self._session_ids)
            thread = threading.Thread(
                target=self._serve, args=(connection, session_id), name=f"oracle-{session_id}", daemon=True
            )
            with self._lock:
                self._threads[connection] = thread
            thread.start()

    def _serve(self, connection: Connection, session_id: int) -> None:
        """Run one session; whatever happens in it stays in it."""
        try:
            converse(connection, self._surroundings, session_id)
        except ConnectionClosed:
            pass
        except ProtocolError as error:
            _log.warning("closed a connection that does not speak Oracle Net: %s", error)
        except Exception as error:  # noqa: BLE001 - as the docstring says
            trace = "".join(traceback.format_tb(error.__traceback__))  # without the text: it may hold a value
            _log.error("a session ended with %s\n%s", type(error).__name__, trace)
        finally:
            with self._lock:
                self._threads.pop(connection, None)
            connection.close()

    def _watch(self) -> None:
        while not self._stopping.wait(_WATCH_SECONDS):
            with self._lock:
                connections = list(self._threads)
            for connection in connections:
                connection.look()
