"""Function calls: casts, and what stands between a function's parentheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from judge.conditions import is_condition
from judge.datatypes import read_type
from judge.tokens import Group, Nodes, calls, find, split
from judge.words import (
    AGGREGATES,
    BARE_FUNCTIONS,
    EXTRACT_FIELDS,
    FOREIGN_FUNCTIONS,
    VALUE_FUNCTIONS,
    WINDOW_ONLY,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from judge.statement import Statement

FIRST_WITH_BOOLEAN = 23


def _casts(statement: Statement) -> str | None:
    for name, group, _ in calls(statement.nodes):
        if name not in {"CAST", "XMLCAST", "VALIDATE_CONVERSION"}:
            continue
        at = find(group.items, "AS")
        if at < 0:
            return f"ORA-00905: {name}(value AS type)"
        if group.items[0].word in {"MULTISET", "COLLECT"}:
            continue
        found = read_type(group.items[at + 1 :], version=statement.version, extended=statement.extended)
        if found.refusal:
            return found.refusal
    return None


def _foreign(name: str, group: Group, _: Nodes) -> str | None:
    if name in BARE_FUNCTIONS and not group.items:
        return f"ORA-00923: {name} takes no parentheses"
    if name in FOREIGN_FUNCTIONS or (name == "UUID" and not group.items):
        return f"ORA-00904: Oracle has no function {name}"
    return None


def _windows(name: str, _: Group, following: Nodes) -> str | None:
    # Between the function and OVER may stand FROM FIRST, IGNORE NULLS, WITHIN GROUP ( … ).
    if name in WINDOW_ONLY and not any(node.word == "OVER" for node in following[:4]):
        return f"ORA-30484: missing window specification for {name}"
    return None


def _distinct(name: str, group: Group, _: Nodes) -> str | None:
    if (
        name in AGGREGATES - {"LISTAGG"}
        and len(split(group.items, ",")) > 1
        and group.items[0].word == "DISTINCT"
    ):
        return f"ORA-00909: {name}(DISTINCT …) takes one argument"
    return None


def _extract(name: str, group: Group, _: Nodes) -> str | None:
    if name == "EXTRACT" and find(group.items, "FROM") == 1 and group.items[0].word not in EXTRACT_FIELDS:
        return f"ORA-00907: EXTRACT knows no field {group.items[0].text}"
    return None


def _trim(name: str, group: Group, _: Nodes) -> str | None:
    if name == "TRIM" and len(split(group.items, ",")) > 1:
        return "ORA-00907: TRIM takes what to trim with FROM"
    return None


def _convert(name: str, group: Group, _: Nodes) -> str | None:
    if name == "CONVERT" and any(node.word in {"USING", "CHAR"} for node in group.items):
        return "ORA-00907: CONVERT takes the names of character sets"
    return None


# What is wrong with `NAME ( … )`, given its name, its parentheses and what follows them.
CHECKS: tuple[Callable[[str, Group, Nodes], str | None], ...] = (
    _foreign,
    _windows,
    _distinct,
    _extract,
    _trim,
    _convert,
)


def _functions(statement: Statement) -> str | None:
    if statement.is_plsql:
        return None
    found = (check(*call) for call in calls(statement.nodes) for check in CHECKS)
    return next((reason for reason in found if reason is not None), None)


def _conditions_as_arguments(statement: Statement) -> str | None:
    if statement.is_plsql or statement.version >= FIRST_WITH_BOOLEAN:
        return None
    for name, group, _ in calls(statement.nodes):
        if name in VALUE_FUNCTIONS and any(is_condition(argument) for argument in split(group.items, ",")):
            return f"ORA-00907: a condition as an argument of {name}"
    return None


RULES = (_casts, _functions, _conditions_as_arguments)
