"""Tell conditions from values: before 23ai Oracle's SQL has no boolean expressions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from judge.tokens import QUOTED, WORD, Group, Node, Nodes
from judge.words import CONDITION_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARISONS = ("=", "<>", "!=", "^=", "~=", "<", ">", "<=", ">=")
_OPERATOR_WORDS = {"IN", "LIKE", "LIKEC", "LIKE2", "LIKE4", "BETWEEN", "IS", "EXISTS", "AND", "OR", "NOT"}


def without_cases(nodes: Nodes) -> Nodes:
    """Replace each CASE … END by its END: whatever stands in it, it gives a value."""
    kept, depth = [], 0
    for node in nodes:
        depth += node.word == "CASE"
        depth -= node.word == "END" and depth > 0
        if not depth:
            kept.append(node)
    return kept


def is_condition(nodes: Nodes) -> bool:
    """Tell whether this expression gives true or false rather than a value."""
    plain = without_cases(nodes)
    if any(node.is_op(*_COMPARISONS) or node.word in _OPERATOR_WORDS for node in plain):
        return True
    for first, second in pairwise(plain):
        if first.word in CONDITION_FUNCTIONS and isinstance(second, Group):
            return True
        if first.word in {"MEMBER", "SUBMULTISET"} and (second.word == "OF" or second.name):
            return True
    only = plain[0] if len(plain) == 1 else None
    return isinstance(only, Group) and not only.is_query and is_condition(only.items)


def missing_condition(nodes: Nodes) -> str | None:
    """Give the part of an AND/OR/NOT expression that is a value where a condition has to stand."""
    for part in _operands(without_cases(nodes)):
        operand = part
        while operand and operand[0].word == "NOT":
            operand = operand[1:]
        if not operand:
            return "nothing"
        only = operand[0] if len(operand) == 1 else None
        if isinstance(only, Group) and not only.is_query:
            if (inner := missing_condition(only.items)) is not None:
                return inner
        elif operand[0].word == "CURRENT" and len(operand) > 1 and operand[1].word == "OF":
            continue
        elif not is_condition(operand) or sum(node.is_op(*_COMPARISONS) for node in operand) > 1:
            return " ".join(node.text or "( … )" for node in operand)
    return None


def _operands(nodes: Nodes) -> list[Nodes]:
    """Cut at AND and OR; the AND of a BETWEEN is no cut."""
    parts: list[list[Node]] = [[]]
    between = 0
    for node in nodes:
        if node.word == "BETWEEN":
            between += 1
        if node.word == "OR" or (node.word == "AND" and not between):
            parts.append([])
            continue
        if node.word == "AND":
            between -= 1
        parts[-1].append(node)
    return [*parts]


def searched_cases(nodes: Nodes) -> Iterator[Nodes]:
    """Give what stands between WHEN and THEN of each CASE WHEN of this level."""
    stack: list[bool] = []
    start = -1
    for index, node in enumerate(nodes):
        if node.word == "CASE":
            stack.append(index + 1 < len(nodes) and nodes[index + 1].word == "WHEN")
        elif node.word == "END" and stack:
            stack.pop()
        elif node.word == "WHEN" and stack and stack[-1]:
            start = index + 1
        elif node.word == "THEN" and start >= 0:
            yield nodes[start:index]
            start = -1


def is_name(nodes: Nodes) -> bool:
    """Tell whether this is a name of one or more parts: `a`, `t.a`, `"T"."A"`."""
    return len(nodes) % 2 == 1 and all(
        node.kind in {WORD, QUOTED} if index % 2 == 0 else node.is_op(".") for index, node in enumerate(nodes)
    )
