"""Faults on demand, for tests: switches of the server, not patches of the driver."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from enum import Enum

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.session.channel import ConnectionClosed


class Moment(Enum):
    """When a fault strikes: before the call is done, or after it, before its answer is sent."""

    BEFORE = "before"
    AFTER = "after"


@dataclass
class _Fault:
    """Strikes at matches ``first`` … ``first + times - 1``, counted from 1 since it was set."""

    first: int
    times: int
    seen: int = 0

    def strikes(self) -> bool:
        self.seen += 1
        return self.first <= self.seen < self.first + self.times


@dataclass
class _MessageFault(_Fault):
    kind: str = ""
    moment: Moment = Moment.BEFORE
    delay: float | None = None  # seconds; None loses the connection


@dataclass
class _StatementFault(_Fault):
    pattern: re.Pattern[str] = field(default_factory=lambda: re.compile(""))
    code: int = 0
    arguments: tuple[object, ...] = ()


@dataclass
class _ConnectFault(_Fault):
    code: int = 0


class Faults:
    """The faults a server is to show. Thread-safe; without any it costs one test a message.

    Kinds of messages are the names of TTC functions (``EXECUTE``, ``FETCH``, ``COMMIT``, …); the
    re-executions of a cursor count as ``EXECUTE``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: list[_MessageFault] = []
        self._statements: list[_StatementFault] = []
        self._connects: list[_ConnectFault] = []

    def lose_connection(self, kind: str, *, at: int = 1, moment: Moment = Moment.BEFORE) -> None:
        """Cut the client's connection at the ``at``-th message of ``kind``."""
        with self._lock:
            self._messages.append(_MessageFault(at, 1, kind=kind, moment=moment))

    def delay(self, kind: str, seconds: float, *, at: int = 1, times: int = 1) -> None:
        """Wait ``seconds`` before ``times`` messages of ``kind``, beginning with the ``at``-th."""
        with self._lock:
            self._messages.append(_MessageFault(at, times, kind=kind, delay=seconds))

    def fail(self, code: int, statement: str, *arguments: object, at: int = 1, times: int = 1) -> None:
        """Answer ``code`` instead of running statements that match the regular expression ``statement``.

        ``arguments`` fill the error's text.
        """
        pattern = re.compile(statement, re.IGNORECASE | re.DOTALL)
        with self._lock:
            self._statements.append(
                _StatementFault(at, times, pattern=pattern, code=code, arguments=arguments)
            )

    def refuse(self, code: int, *, at: int = 1, times: int = 1) -> None:
        """Refuse connections as a listener does, with a TNS error number such as 12514 or 12519."""
        with self._lock:
            self._connects.append(_ConnectFault(at, times, code=code))

    def clear(self) -> None:
        """Forget every fault."""
        with self._lock:
            self._messages.clear()
            self._statements.clear()
            self._connects.clear()

    def on_connect(self) -> int | None:
        """Return the number a connection is to be refused with, or None."""
        with self._lock:
            return next((fault.code for fault in self._connects if fault.strikes()), None)

    def on_message(self, kind: str, moment: Moment) -> None:
        """Wait or raise ConnectionClosed as a fault demands."""
        if not self._messages:
            return
        with self._lock:
            struck = [
                fault
                for fault in self._messages
                if fault.kind == kind and fault.moment is moment and fault.strikes()
            ]
        for fault in struck:
            if fault.delay is None:
                raise ConnectionClosed
            time.sleep(fault.delay)

    def on_statement(self, sql: str) -> None:
        """Raise the OracleError a fault demands of ``sql``."""
        if not self._statements:
            return
        with self._lock:
            struck = [f for f in self._statements if f.pattern.search(sql) and f.strikes()]
        for fault in struck:
            raise OracleError(fault.code, *fault.arguments)
