"""Cut Oracle SQL text into tokens and nest them by parentheses.

Made for the judge alone: it shares nothing with the scanners of the package, so that a misreading there
is not repeated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

WORD, QUOTED, NUMBER, STRING, BIND, OP = "word", "quoted", "number", "string", "bind", "op"

_Q_CLOSERS = {"[": "]", "{": "}", "(": ")", "<": ">"}
_PATTERNS = (
    (None, re.compile(r"\s+|--[^\n]*|/\*.*?\*/", re.DOTALL)),
    (STRING, re.compile(r"[nN]?'(?:[^']|'')*'")),
    (QUOTED, re.compile(r'"(?:[^"\x00]|"")*"')),
    (NUMBER, re.compile(r"(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:[fFdD](?![\w$#]))?")),
    (BIND, re.compile(r':\s*(?:[^\W\d_][\w$#]*|\d+|"[^"\x00]+")')),
    (WORD, re.compile(r"[^\W\d_][\w$#]*")),
    (
        OP,
        re.compile(r"\(\s*\+\s*\)|\|\||<=|>=|<>|[!^~]=|:=|=>|\.\.|\*\*|<<|>>|[-+*/(),.;=<>@%&|^!~\[\]{}?:]"),
    ),
)
_Q_STRING = re.compile(r"[nN]?[qQ]'([^\s])", re.DOTALL)


class ScanError(ValueError):
    """Text that is no sequence of Oracle tokens; the message begins with an ORA code."""


@dataclass(frozen=True)
class Token:
    """One token: its kind, its text as written, and where it stands (offsets in characters)."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset just behind the token."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The upper-case word, or nothing if this is no unquoted word."""
        return self.text.upper() if self.kind == WORD else ""

    @property
    def name(self) -> str:
        """The name as Oracle stores it, or nothing if this is no name."""
        return self.text[1:-1] if self.kind == QUOTED else self.word

    def is_op(self, *texts: str) -> bool:
        """Tell whether this is one of these operators."""
        return self.kind == OP and self.text in texts


@dataclass(frozen=True)
class Group:
    """What stands between a pair of parentheses."""

    items: tuple[Node, ...]

    kind = "group"
    word = name = text = ""

    def is_op(self, *_: str) -> bool:
        """A group is never an operator."""
        return False

    @property
    def is_query(self) -> bool:
        """Tell whether a subquery stands in the parentheses, however many of them."""
        first = self.items[0] if self.items else None
        return first is not None and (
            first.word in {"SELECT", "WITH"} or (isinstance(first, Group) and first.is_query)
        )


Node = Token | Group
Nodes = Sequence[Node]


def scan(sql: str) -> list[Token]:
    """Cut the text into tokens; comments, hints among them, are left out."""
    tokens, position = [], 0
    while position < len(sql):
        if (quote := _Q_STRING.match(sql, position)) is not None:
            closer = _Q_CLOSERS.get(quote[1], quote[1]) + "'"
            end = sql.find(closer, quote.end())
            if end < 0:
                raise ScanError("ORA-01756: quoted string not properly terminated")
            tokens.append(Token(STRING, sql[position : end + 2], position))
            position = end + 2
            continue
        for kind, pattern in _PATTERNS:
            if (found := pattern.match(sql, position)) is not None:
                if kind is not None:
                    tokens.append(Token(kind, found[0], position))
                position = found.end()
                break
        else:
            raise ScanError(_why_not(sql, position))
        if tokens and tokens[-1].is_op("/") and sql.startswith("*", position):
            raise ScanError("ORA-01742: comment not terminated properly")
    return tokens


def _why_not(sql: str, position: int) -> str:
    match sql[position]:
        case "'":
            return "ORA-01756: quoted string not properly terminated"
        case '"':
            return "ORA-01740: missing double quote in identifier"
        case char:
            return f"ORA-00911: invalid character {char!r}"


def nest(tokens: Sequence[Token]) -> tuple[Node, ...]:
    """Nest the tokens by parentheses; brackets and braces stay plain tokens."""
    stack: list[list[Node]] = [[]]
    for token in tokens:
        if token.is_op("("):
            stack.append([])
        elif token.is_op(")"):
            if len(stack) == 1:
                raise ScanError("ORA-00933: a closing parenthesis too many")
            group = Group(tuple(stack.pop()))
            stack[-1].append(group)
        else:
            stack[-1].append(token)
    if len(stack) > 1:
        raise ScanError("ORA-00907: missing right parenthesis")
    return tuple(stack[0])


def split(nodes: Nodes, *separators: str) -> list[Nodes]:
    """Cut a sequence at operators or words of its own level; an empty sequence has no parts."""
    parts: list[list[Node]] = [[]]
    for node in nodes:
        if node.is_op(*separators) or (node.word and node.word in separators):
            parts.append([])
        else:
            parts[-1].append(node)
    return [*parts] if nodes else []


def find(nodes: Nodes, *words: str, start: int = 0) -> int:
    """Give the index at which these words stand one behind the other, or -1."""
    last = len(nodes) - len(words)
    for index in range(start, last + 1):
        if all(nodes[index + offset].word == word for offset, word in enumerate(words)):
            return index
    return -1


def sequences(nodes: Nodes) -> Iterator[Nodes]:
    """Give this sequence and that of every group in it, outer ones first."""
    yield nodes
    for node in nodes:
        if isinstance(node, Group):
            yield from sequences(node.items)


def calls(nodes: Nodes) -> Iterator[tuple[str, Group, Nodes]]:
    """Give each `NAME ( … )` with what follows it, at every level; NAME may be a keyword."""
    for sequence in sequences(nodes):
        for index, (first, second) in enumerate(pairwise(sequence)):
            if first.word and isinstance(second, Group):
                yield first.word, second, sequence[index + 2 :]


def triples(nodes: Nodes) -> Iterator[tuple[Node, Node, Node]]:
    """Give each three neighbours."""
    return zip(nodes, nodes[1:], nodes[2:], strict=False)
