"""Collect every SQL text that the package sends, at its client and at the embedded server, and judge them.

Two places see each text: the client's hook, called once for each text sent, and the embedded server, which
knows the sessions of the package by their module, ``dlt:<pipeline>``. What one place saw and the other did
not would be a text that escapes the judge.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from judge import Judge, shape
from judge.statement import Statement
from judge.tokens import ScanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DEFAULT_VERSION = "19c"
MODULE_PREFIX = "dlt:"
# The grammar needs about 11 ms a list item.
MAX_WHOLE_CHARACTERS = 10_000


class Attributes(Protocol):
    """What the embedded server says of a session."""

    module: str


@dataclass(frozen=True)
class Server:
    """What a server presents: a version that the judge knows, and MAX_STRING_SIZE=EXTENDED or not."""

    version: str = DEFAULT_VERSION
    extended: bool = False


@dataclass
class Recorder:
    """The distinct texts: those the client sent, and those that servers got, with the servers that did.

    ``database`` is what a real database presents, which tells nobody what it gets.
    """

    database: Server = Server()
    sent: set[str] = field(default_factory=set)
    got: defaultdict[str, set[Server]] = field(default_factory=lambda: defaultdict(set))

    def client(self, sql: str) -> None:
        """Note a text that the client sends: fits ``sql_client.on_statement``."""
        self.sent.add(sql)

    def server(
        self, version: str = DEFAULT_VERSION, *, extended: bool = False
    ) -> Callable[[Attributes, str], None]:
        """Give what notes the texts of one embedded server: fits ``EmbeddedOracle(on_statement=…)``."""
        server = Server(version, extended)

        def note(attributes: Attributes, sql: str) -> None:
            if attributes.module.startswith(MODULE_PREFIX):
                self.got[sql].add(server)

        return note

    def findings(self, judge: Judge) -> list[str]:
        """Say what is wrong: texts that only one side saw, and texts that Oracle would refuse."""
        return [*self._escaped(), *self._refused(judge)]

    def _escaped(self) -> list[str]:
        """Compare shapes: a pipeline in a process of its own has no hook, and names of its own."""
        if not self.got or not self.sent:
            return []
        sent, got = _by_shape(self.sent), _by_shape(self.got)
        return [
            *(f"sent, yet no server got it: {sent[form]}" for form in sorted(sent.keys() - got.keys())),
            *(
                f"a server got it past the client's hook: {got[form]}"
                for form in sorted(got.keys() - sent.keys())
            ),
        ]

    def _refused(self, judge: Judge) -> list[str]:
        found = []
        widest: dict[str, str] = {}
        for sql in sorted(self.sent | self.got.keys()):
            for server in sorted(self.got.get(sql, {self.database}), key=repr):
                verdict = judge.verdict(sql, server.version, extended=server.extended)
                if not verdict.ok:
                    found.append(f"refused by Oracle {server.version} ({verdict.reason}): {sql}")
                elif server == Server() and len(sql) <= MAX_WHOLE_CHARACTERS:
                    kind = _kind(sql)
                    widest[kind] = max(widest.get(kind, ""), sql, key=len)
        for sql in widest.values():
            verdict = judge.verdict(sql, whole=True)
            if not verdict.ok:
                found.append(f"refused at full width ({verdict.reason}): {sql}")
        return found

    def summary(self) -> str:
        """Say how much was judged."""
        texts = self.sent | self.got.keys()
        return f"{len(texts)} SQL texts of {len(_by_shape(texts))} shapes"


def _by_shape(texts: Iterable[str]) -> dict[str, str]:
    """Give one example for each shape."""
    return {_shape(sql): sql for sql in sorted(texts, reverse=True)}


def _shape(sql: str) -> str:
    try:
        return shape(sql)
    except ScanError:  # no sequence of tokens: the judge will say so
        return sql


def _kind(sql: str) -> str:
    statement = Statement(sql, 19)
    return (
        f"{statement.verb} {statement.object_kind if statement.verb in {'CREATE', 'ALTER', 'DROP'} else ''}"
    )
