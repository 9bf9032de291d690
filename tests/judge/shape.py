"""Reduce a statement to its shape, so that a grammar reads each kind of statement once.

Two texts of one shape differ in nothing a grammar looks at: quoted names, numbers, strings, bind names, and
how often one kind of list item repeats. Unquoted words stay: any of them may be a keyword.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from judge.tokens import BIND, NUMBER, QUOTED, STRING, Group, Node, Nodes, Token, nest, scan, split

if TYPE_CHECKING:
    from collections.abc import Sequence

_REPEATS = 2


def _plain(token: Token) -> str:
    if token.kind == QUOTED:
        return '"Q"'
    if token.kind == STRING:
        return "N'S'" if token.text[0] in "nN" else "'S'"
    if token.kind == NUMBER:
        return "1" if token.text.isdigit() else "1.5"
    if token.kind == BIND:
        return ":1" if token.text[1:].strip().isdigit() else ":B"
    return "(+)" if token.text.startswith("(") and len(token.text) > 1 else token.text.upper()


def canonical(tokens: Sequence[Token]) -> str:
    """Write tokens one blank apart, words in upper case, names and literals as stand-ins."""
    return " ".join(_plain(token) for token in tokens)


def shape(sql: str) -> str:
    """Give the statement's shape: canonical text in which repeated list items stand at most twice."""
    return " ".join(_shape(nest(scan(sql))))


def _shape(nodes: Nodes) -> list[str]:
    parts = split(nodes, ",")
    if len(parts) <= _REPEATS:
        return [text for node in nodes for text in _node(node)]
    texts = [" ".join(text for node in part for text in _node(node)) for part in parts]
    kept = [text for index, text in enumerate(texts) if texts[:index].count(text) < _REPEATS]
    return [" , ".join(kept)]


def _node(node: Node) -> list[str]:
    if isinstance(node, Group):
        return ["(", *_shape(node.items), ")"]
    return [_plain(node)]
