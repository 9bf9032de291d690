"""Queries: clauses and their order, conditions and values, lists, functions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from judge.conditions import is_condition, missing_condition, searched_cases
from judge.statement import SET_OPERATORS, Statement, aliased
from judge.tokens import Group, Nodes, find, sequences, split, triples

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_IN_LIST = 1_000
MAX_IN_LIST_23AI = 65_535
FIRST_WITH_BOOLEAN = 23


def _from(statement: Statement) -> str | None:
    if statement.version >= FIRST_WITH_BOOLEAN:
        return None
    if any("FROM" not in query.clauses for query in statement.queries):
        return "ORA-00923: SELECT without FROM"
    return None


def _into(statement: Statement) -> str | None:
    if statement.is_plsql:
        return None
    if any("INTO" in query.clauses or "BULK COLLECT INTO" in query.clauses for query in statement.queries):
        return "ORA-00905: SELECT … INTO belongs to PL/SQL"
    return None


def _select_items(statement: Statement) -> str | None:
    for query in statement.queries:
        items = query.items
        for item in items:
            if not item:
                return "ORA-00936: an empty item in the select list"
            if item[-1].is_op("*") and len(item) == 1 and len(items) > 1:
                return "ORA-00923: a plain * stands alone in its select list"
            if statement.version < FIRST_WITH_BOOLEAN and is_condition(aliased(item)[1]):
                return "ORA-00923: a condition in the select list"
    return None


def _conditions(statement: Statement) -> str | None:
    """What stands behind WHERE, HAVING, ON, CONNECT BY, START WITH has to be true or false."""
    if statement.version >= FIRST_WITH_BOOLEAN or statement.is_plsql:
        return None
    for condition in _all_conditions(statement):
        if (value := missing_condition(condition)) is not None:
            return f"ORA-00920: {value!r} is no condition"
    return None


_END_OF_ON = ("JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "OUTER")


def _all_conditions(statement: Statement) -> Iterator[Nodes]:
    for query in statement.queries:
        for clause in ("WHERE", "HAVING", "START WITH"):
            if clause in query.clauses:
                yield query.clauses[clause]
        if "CONNECT BY" in query.clauses:
            nodes = query.clauses["CONNECT BY"]
            yield nodes[1:] if nodes and nodes[0].word == "NOCYCLE" else nodes
        for sequence in sequences(query.clauses.get("FROM", ())):
            if sequence and sequence[0].word not in {"SELECT", "WITH"}:
                yield from _join_conditions(sequence)
    for sequence in sequences(statement.nodes):
        yield from searched_cases(sequence)
    if statement.verb in {"UPDATE", "DELETE"}:
        where = find(statement.nodes, "WHERE")
        if where > 0:
            yield _until(statement.nodes[where + 1 :], "RETURNING", "RETURN", "LOG")


def _join_conditions(sequence: Nodes) -> Iterator[Nodes]:
    for part in split(sequence, ","):
        start = find(part, "JOIN")
        while start >= 0:
            on = find(part, "ON", start=start)
            following = find(part, "JOIN", start=start + 1)
            if on > 0 and (following < 0 or on < following):
                yield _until(part[on + 1 :], *_END_OF_ON)
            start = following


def _until(nodes: Nodes, *words: str) -> Nodes:
    ends = [index for index, node in enumerate(nodes) if node.word in words]
    return nodes[: ends[0]] if ends else nodes


def _joins(statement: Statement) -> str | None:
    """Every JOIN but CROSS and NATURAL ones has its one ON or USING."""
    for query in statement.queries:
        for sequence in sequences(query.clauses.get("FROM", ())):
            if not sequence or sequence[0].word in {"SELECT", "WITH"} or find(sequence, "JOIN") < 0:
                continue
            joins = sum(node.word == "JOIN" for node in sequence)
            free = sum(node.word in {"CROSS", "NATURAL"} for node in sequence)
            free -= sum(a.word == "CROSS" and b.word == "APPLY" for a, b in pairwise(sequence))
            conditions = sum(node.word in {"ON", "USING"} for node in sequence)
            partitioned = find(sequence, "PARTITION", "BY") >= 0
            if joins - free != conditions and not partitioned:
                return "ORA-00905: a JOIN without its ON or USING, or with one too many"
    return None


def _order_before_set_operator(statement: Statement) -> str | None:
    for sequence in sequences(statement.nodes):
        for part in split(sequence, ";"):
            if not part or part[0].word == "PARTITION":
                continue
            ordered = max(find(part, "ORDER", "BY"), find(part, "FETCH"))
            if ordered >= 0 and any(node.word in SET_OPERATORS for node in part[ordered:]):
                return "ORA-00933: ORDER BY or FETCH in front of a set operator"
    return None


def _locking(statement: Statement) -> str | None:
    for sequence in sequences(statement.nodes):
        locked = find(sequence, "FOR", "UPDATE")
        if any(node.word in SET_OPERATORS for node in sequence[: max(locked, 0)]):
            return "ORA-02014: FOR UPDATE of a set operation"
    for query in statement.queries:
        if "FOR UPDATE" in query.clauses and query.clauses.keys() & {"FETCH", "OFFSET", "GROUP BY"}:
            return "ORA-02014: FOR UPDATE of rows that are limited or grouped"
        if (
            "FOR UPDATE" in query.clauses
            and query.clauses["SELECT"][:1]
            and (query.clauses["SELECT"][0].word in {"DISTINCT", "UNIQUE"})
        ):
            return "ORA-01786: FOR UPDATE of this query expression is not allowed"
    return None


def _recursive_columns(statement: Statement) -> str | None:
    """A common table expression that reads itself lists its columns."""
    for sequence in sequences(statement.nodes):
        for index, node in enumerate(sequence[:-2]):
            name, word, body = node.name, sequence[index + 1].word, sequence[index + 2]
            before = sequence[index - 1] if index else None
            opened = before is not None and (before.word == "WITH" or before.is_op(","))
            if not (name and word == "AS" and isinstance(body, Group) and body.is_query and opened):
                continue
            for inner in sequences(body.items):
                for first, second in pairwise(inner):
                    if first.word in {"FROM", "JOIN"} and second.name == name:
                        return "ORA-32039: a recursive WITH clause must have a column alias list"
    return None


def _in_lists(statement: Statement) -> str | None:
    limit = MAX_IN_LIST_23AI if statement.version >= FIRST_WITH_BOOLEAN else MAX_IN_LIST
    for sequence in sequences(statement.nodes):
        for first, second in pairwise(sequence):
            if first.word != "IN" or not isinstance(second, Group):
                continue
            if not second.items:
                return "ORA-00936: an empty IN list"
            if len(split(second.items, ",")) > limit:
                return f"ORA-01795: more than {limit} expressions in a list"
    return None


def _row_comparisons(statement: Statement) -> str | None:
    """`(a, b) = ((1, 2))` or `= (SELECT …)`: two pairs of parentheses, and no greater or less."""
    for sequence in sequences(statement.nodes):
        for index, (left, operator, right) in enumerate(triples(sequence)):
            before = sequence[index - 1].word if index else ""
            is_row = isinstance(left, Group) and not left.is_query and len(split(left.items, ",")) > 1
            if not is_row or (
                index and before not in {"WHERE", "AND", "OR", "NOT", "ON", "HAVING", "WHEN", "SET", "("}
            ):
                continue
            if operator.is_op("<", ">", "<=", ">="):
                return "ORA-01796: this operator cannot be used with lists"
            doubled = isinstance(right, Group) and len(right.items) == 1 and isinstance(right.items[0], Group)
            if (
                operator.is_op("=", "<>", "!=")
                and not doubled
                and not (isinstance(right, Group) and right.is_query)
            ):
                return "ORA-00920: a list is compared with a list in two pairs of parentheses, or a subquery"
    return None


def _truth(statement: Statement) -> str | None:
    if (
        statement.version >= FIRST_WITH_BOOLEAN
        or statement.is_plsql
        or statement.object_kind in {"SESSION", "SYSTEM"}
    ):
        return None
    tokens = statement.tokens
    for index, token in enumerate(tokens):
        if token.word not in {"TRUE", "FALSE"}:
            continue
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        qualified = index > 0 and tokens[index - 1].is_op(".")
        if not qualified and (after is None or not (after.word == "ON" or after.is_op(".", "("))):
            return f"ORA-00904: {token.word} is no value"
    return None


RULES = (
    _from,
    _into,
    _select_items,
    _conditions,
    _joins,
    _order_before_set_operator,
    _locking,
    _recursive_columns,
    _in_lists,
    _row_comparisons,
    _truth,
)
