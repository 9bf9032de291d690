"""The embedded server in a process of its own, which counts what clients say and what it costs."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg
from target import Target, User

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from typing_extensions import Self

TICKS = os.sysconf("SC_CLK_TCK")


class BenchServer:
    """A context manager; ``target`` makes users."""

    target: Target

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,))
        self._process.start()
        self.target = Target(User(**self._pipe.recv()))
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.send(None)
        self._process.join()

    def said(self) -> tuple[list[str], list[str]]:
        """Return the kinds of the messages (round trips, logon apart) and the statements since last time."""
        self._pipe.send("said")
        answer: tuple[list[str], list[str]] = self._pipe.recv()
        return answer

    def gather_statistics(self) -> None:
        """Let PostgreSQL look at its tables, which it would do by itself some minutes later."""
        self._pipe.send("analyze")
        self._pipe.recv()

    def cpu(self) -> float:
        """Return the CPU-seconds of the server and its PostgreSQL so far."""
        return cpu_seconds(self._process.pid or 0)


def serve(pipe: Connection) -> None:
    """Serve until None arrives."""
    from dlt_oracle.embedded import EmbeddedOracle
    from dlt_oracle.embedded.session.faults import Faults, Moment

    messages: list[str] = []
    statements: list[str] = []

    class Counter(Faults):
        def on_message(self, kind: str, moment: Moment) -> None:
            if moment is Moment.BEFORE:
                messages.append(kind)

    with EmbeddedOracle(faults=Counter(), on_statement=lambda _, text: statements.append(text)) as server:
        password = server.password("SYSTEM")
        address: dict[str, Any] = {"host": server.host, "port": server.port}
        pipe.send({"name": "SYSTEM", "password": password, "service_name": server.service_name, **address})
        while question := pipe.recv():
            if question == "analyze":
                with psycopg.connect(server._cluster.conninfo, autocommit=True) as connection:
                    connection.execute("ANALYZE")
            pipe.send((list(messages), list(statements)))
            messages.clear()
            statements.clear()


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and of all below it (Linux)."""
    children: dict[int, list[int]] = {}
    times: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        process, parent = int(stat.parent.name), int(fields[1])
        children.setdefault(parent, []).append(process)
        times[process] = sum(int(field) for field in fields[11:15]) / TICKS
    total, todo = 0.0, [pid]
    while todo:
        process = todo.pop()
        total += times.get(process, 0.0)
        todo += children.get(process, [])
    return total
