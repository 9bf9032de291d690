"""Aggregates, GROUP BY, window functions, pseudo-columns: what may stand in which clause."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from judge.conditions import is_name
from judge.statement import aliased
from judge.tokens import NUMBER, Group, Nodes, calls, sequences
from judge.words import AGGREGATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from judge.statement import Query, Statement

FIRST_WITH_ALIASES = 23


def _own(nodes: Nodes) -> Iterator[Nodes]:
    """Give this sequence and those of its groups, but of no subquery."""
    yield nodes
    for node in nodes:
        if isinstance(node, Group) and not node.is_query:
            yield from _own(node.items)


def _aggregates(nodes: Nodes) -> bool:
    """Tell whether an aggregate function stands here that is no window function."""
    for sequence in _own(nodes):
        for index, node in enumerate(sequence[:-1]):
            qualified = index > 0 and sequence[index - 1].is_op(".")
            if node.word in AGGREGATES and isinstance(sequence[index + 1], Group) and not qualified:
                following = sequence[index + 2 : index + 6]
                if not any(after.word == "OVER" for after in following):
                    return True
    return False


def _grouped_names(query: Query) -> set[str] | None:
    """The last parts of the names in GROUP BY, or None if there is anything but names."""
    groups = query.list("GROUP BY")
    return {group[-1].name for group in groups} if all(is_name(group) for group in groups) else None


def _group_by(statement: Statement) -> str | None:
    if statement.version >= FIRST_WITH_ALIASES:
        return None
    reasons = (_ungrouped(query) or _grouped_alias(query) for query in statement.queries)
    return next((reason for reason in reasons if reason is not None), None)


# Names that are no columns: they may stand beside aggregates.
_CONSTANT = {
    "NULL",
    "SYSDATE",
    "SYSTIMESTAMP",
    "USER",
    "UID",
    "CURRENT_DATE",
    "CURRENT_TIMESTAMP",
    "LOCALTIMESTAMP",
}


def _ungrouped(query: Query) -> str | None:
    columns = [
        value for _, value in map(aliased, query.items) if is_name(value) and value[0].word not in _CONSTANT
    ]
    if "GROUP BY" not in query.clauses:
        mixed = columns and any(_aggregates(item) for item in query.items)
        return "ORA-00937: not a single-group group function" if mixed else None
    if any(len(group) == 1 and group[0].kind == NUMBER for group in query.list("GROUP BY")) and columns:
        return "ORA-00979: GROUP BY knows no column positions"
    grouped = _grouped_names(query)
    if grouped is not None and any(column[-1].name not in grouped for column in columns):
        return "ORA-00979: not a GROUP BY expression"
    return None


def _grouped_alias(query: Query) -> str | None:
    names = {group[0].name for group in query.list("GROUP BY") if len(group) == 1 and group[0].name}
    for alias, value in map(aliased, query.items):
        mentioned = {node.name for sequence in sequences(value) for node in sequence}
        if alias in names - {""} - mentioned and not any(name in AGGREGATES for name, _, _ in calls(value)):
            return f"ORA-00904: the alias {alias} is unknown to GROUP BY"
    return None


def _where(statement: Statement) -> str | None:
    for query in statement.queries:
        where = query.clauses.get("WHERE", ())
        if _aggregates(where):
            return "ORA-00934: group function is not allowed in WHERE"
        for sequence in _own(where):
            if any(
                node.word == "OVER" and isinstance(after, Group)
                for node, after in itertools.pairwise(sequence)
            ):
                return "ORA-30483: window functions are not allowed in WHERE"
    return None


_NO_SEQUENCE = {"WHERE", "GROUP BY", "HAVING", "ORDER BY", "CONNECT BY"}


def _sequence_values(statement: Statement) -> str | None:
    for query in statement.queries:
        for clause, nodes in query.clauses.items():
            used = any(node.word in {"NEXTVAL", "CURRVAL"} for sequence in _own(nodes) for node in sequence)
            distinct = query.clauses["SELECT"][:1] and query.clauses["SELECT"][0].word in {
                "DISTINCT",
                "UNIQUE",
            }
            if used and (
                clause in _NO_SEQUENCE or distinct or query.clauses.keys() & {"GROUP BY", "ORDER BY"}
            ):
                return "ORA-02287: sequence number not allowed here"
    return None


def _level(statement: Statement) -> str | None:
    for query in statement.queries:
        for sequence in _own(query.clauses["SELECT"]):
            if "CONNECT BY" not in query.clauses and any(node.word == "LEVEL" for node in sequence):
                return "ORA-01788: LEVEL without CONNECT BY"
    return None


def _distinct_order(statement: Statement) -> str | None:
    for query in statement.queries:
        first, order = query.clauses["SELECT"][:1], query.list("ORDER BY")
        if not (first and first[0].word in {"DISTINCT", "UNIQUE"}) or query.width is None:
            continue
        listed = {name for item in query.items for name in (aliased(item)[0], item[-1].name)}
        if any(is_name(item) and item[-1].name not in listed for item in order):
            return "ORA-01791: not a SELECTed expression"
    return None


RULES = (_distinct_order, _group_by, _where, _sequence_values, _level)
