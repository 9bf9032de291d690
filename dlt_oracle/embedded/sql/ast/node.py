"""What every node of the syntax tree has, and how to walk the tree."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlt_oracle.embedded.model import StatementKind


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a parsed statement.

    ``position`` is the character offset of its first token, for error messages. It takes no part in
    comparison: two equal nodes say the same thing, which is what ``GROUP BY`` has to ask.
    """

    position: int = field(default=0, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Statement(Node):
    """A whole statement; satisfies ``model.Statement``.

    ``binds`` are the names, upper-cased unless quoted: one per occurrence in SQL, one per unique name
    in PL/SQL. ``out_binds`` are the positions in ``binds`` that RETURNING … INTO fills. Both are empty
    for a statement inside another one (a PL/SQL block, EXPLAIN …): the outermost has them all.
    """

    kind: ClassVar[StatementKind]

    binds: tuple[str, ...] = field(default=(), compare=False, repr=False, kw_only=True)
    out_binds: frozenset[int] = field(default=frozenset(), compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class QualifiedName(Node):
    """``[owner.]name`` of a schema object, folded as Oracle stores it."""

    owner: str | None
    name: str

    def __str__(self) -> str:
        return self.name if self.owner is None else f"{self.owner}.{self.name}"


@dataclass(frozen=True, slots=True)
class Name(Node):
    """One identifier where its place matters: a column in a list, an alias that is checked."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Hint(Node):
    """One hint of ``/*+ … */``: upper-case name, and the text between its parentheses."""

    name: str
    arguments: str = ""


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly below ``node``, in the order of its fields."""
    kind = type(node)
    names = _CHILD_FIELDS.get(kind)
    if names is None:
        names = _CHILD_FIELDS[kind] = tuple(each.name for each in fields(kind) if each.compare)
    for name in names:
        yield from _nodes_of(getattr(node, name))


_CHILD_FIELDS: dict[type[Node], tuple[str, ...]] = {}


def _nodes_of(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_of(item)


def walk(node: Node, *, into: tuple[type[Node], ...] = (Node,)) -> Iterator[Node]:
    """Yield ``node`` and everything below it, parents first, without using the Python stack.

    ``into`` limits the descent: a node that is no instance of these classes is yielded, but its
    children are not visited.
    """
    pending = [node]
    while pending:
        here = pending.pop()
        yield here
        if isinstance(here, into):
            pending.extend(reversed(list(children(here))))
