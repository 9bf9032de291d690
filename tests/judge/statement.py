"""One statement as the rules see it: its tokens, its nesting, its kind, and the server it is for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from judge.tokens import OP, Group, Node, Nodes, Token, find, nest, scan, sequences, split

VERSIONS = {"12.2": 12, "18c": 18, "19c": 19, "21c": 21, "23ai": 23}

_UNITS = {"PROCEDURE", "FUNCTION", "PACKAGE", "TRIGGER"}
_CREATE_NOISE = {"OR", "REPLACE", "EDITIONABLE", "NONEDITIONABLE", "PUBLIC", "FORCE", "NOFORCE", "NO", "AND"}
_NO_QUERIES = {"GRANT", "REVOKE", "AUDIT", "NOAUDIT"}  # there, SELECT is a privilege
SET_OPERATORS = {"UNION", "MINUS", "INTERSECT", "EXCEPT"}


@dataclass(frozen=True)
class Statement:
    """A statement for a server: ``version`` is 12, 18, 19, 21 or 23; ``extended`` its MAX_STRING_SIZE."""

    sql: str
    version: int
    extended: bool = False

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens, comments left out."""
        return scan(self.sql)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The tokens, nested by parentheses."""
        return nest(self.tokens)

    @cached_property
    def verb(self) -> str:
        """The first word; for a statement in parentheses, that of what they hold."""
        nodes: Nodes = self.nodes
        while nodes and isinstance(nodes[0], Group):
            nodes = nodes[0].items
        return nodes[0].word if nodes else ""

    @cached_property
    def object_kind(self) -> str:
        """What a CREATE, ALTER or DROP is about: TABLE, INDEX, VIEW …"""
        for node in self.nodes[1:]:
            if node.word not in _CREATE_NOISE:
                return node.word
        return ""

    @cached_property
    def is_plsql(self) -> bool:
        """Tell whether this is an anonymous block or a stored unit, which semicolons belong to."""
        return (
            self.verb in {"BEGIN", "DECLARE"}
            or (self.verb == "CREATE" and self.object_kind in _UNITS)
            or (self.verb == "CREATE" and find(self.nodes, "TYPE", "BODY") > 0)
            or (
                self.verb == "WITH"
                and self.nodes[1:] != ()
                and self.nodes[1].word in {"FUNCTION", "PROCEDURE"}
            )
            or bool(self.tokens and self.tokens[0].is_op("<<"))
        )

    @cached_property
    def queries(self) -> list[Query]:
        """Every query block, at every level; in a PL/SQL unit those of each of its statements."""
        blocks: list[Query] = []
        for sequence in sequences(self.nodes) if self.verb not in _NO_QUERIES else ():
            for part in split(sequence, ";"):
                blocks.extend(_blocks(part))
        return blocks


@dataclass(frozen=True)
class Query:
    """A query block, cut into its clauses. ``clauses`` maps SELECT, FROM, WHERE … to what follows them."""

    clauses: dict[str, Nodes]

    @property
    def items(self) -> list[Nodes]:
        """The select list's items, DISTINCT left out."""
        nodes = self.clauses["SELECT"]
        while nodes and nodes[0].word in {"DISTINCT", "UNIQUE", "ALL"}:
            nodes = nodes[1:]
        return split(nodes, ",")

    def list(self, clause: str) -> list[Nodes]:
        """The comma-separated items of a clause; none if it is not there."""
        return split(self.clauses.get(clause, ()), ",")

    @property
    def width(self) -> int | None:
        """The number of columns, where the text tells it: not with a `*`."""
        return None if any(item and item[-1].is_op("*") for item in self.items) else len(self.items)


def aliased(item: Nodes) -> tuple[str, Nodes]:
    """Give the alias of a select item and what it names; no alias: an empty one."""
    if len(item) > 2 and item[-2].word == "AS":
        return item[-1].name, item[:-2]
    if len(item) > 1 and item[-1].name and item[-2].kind != OP and item[-1].word != "END":
        return item[-1].name, item[:-1]
    return "", item


def first_query(nodes: Nodes) -> Query | None:
    """Give the first query block of a sequence that is a query, in parentheses or behind WITH too."""
    while nodes and isinstance(nodes[0], Group):
        nodes = nodes[0].items
    blocks = _blocks(nodes) if nodes and nodes[0].word in {"SELECT", "WITH"} else []
    return blocks[0] if blocks else None


_HEAD: tuple[tuple[str, ...], ...] = (("BULK", "COLLECT", "INTO"), ("INTO",), ("FROM",))
# Looked for behind FROM only: none of these words is reserved, so they may name columns in front of it.
_TAIL: tuple[tuple[str, ...], ...] = (
    ("WHERE",),
    ("GROUP", "BY"),
    ("HAVING",),
    ("START", "WITH"),
    ("CONNECT", "BY"),
    ("ORDER", "BY"),
    ("ORDER", "SIBLINGS", "BY"),
    ("OFFSET",),
    ("FETCH",),
    ("FOR", "UPDATE"),
    ("MODEL",),
    ("WINDOW",),
    ("QUALIFY",),
    ("LOOP",),
    ("RETURNING",),
    ("LOG", "ERRORS"),
    ("WITH", "READ", "ONLY"),
    ("WITH", "CHECK", "OPTION"),
)


def _blocks(nodes: Nodes) -> list[Query]:
    blocks = []
    start = find(nodes, "SELECT")
    while start >= 0:
        following = [i for i in range(start + 1, len(nodes)) if nodes[i].word in SET_OPERATORS | {"SELECT"}]
        end = following[0] if following else len(nodes)
        clauses = cut("SELECT", nodes[start + 1 : end], _HEAD)
        if "FROM" in clauses:
            clauses |= cut("FROM", clauses["FROM"], _TAIL)
        blocks.append(Query(clauses))
        start = find(nodes, "SELECT", start=start + 1)
    return blocks


def cut(first: str, nodes: Nodes, clauses: tuple[tuple[str, ...], ...]) -> dict[str, Nodes]:
    """Cut a sequence at the first appearance of each clause; what stands in front is called ``first``."""
    marks = []
    for words in clauses:
        index = _clause(nodes, words)
        if index >= 0:
            marks.append((index, len(words), " ".join(words)))
    marks.sort(key=lambda mark: (mark[0], -mark[1]))
    found = {first: nodes[: marks[0][0]] if marks else nodes}
    ends = [index for index, _, _ in marks[1:]] + [len(nodes)]
    for (index, length, name), end in zip(marks, ends, strict=False):
        found[name] = nodes[index + length : end]
    return found


def _clause(nodes: Nodes, words: tuple[str, ...]) -> int:
    """Find a clause that is neither a qualified name (`t.offset`) nor directly given an alias."""
    start = 0
    while (index := find(nodes, *words, start=start)) >= 0:
        if index == 0 or not nodes[index - 1].is_op("."):
            return index
        start = index + 1
    return -1
