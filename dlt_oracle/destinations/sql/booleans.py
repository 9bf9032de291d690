"""Conditions and values kept apart: before 23ai Oracle has no BOOLEAN in SQL, a bool is a NUMBER(1).

A value where a condition has to stand is compared with 1; a condition where a value has to stand becomes
1, 0 or NULL.
"""

from __future__ import annotations

from typing import Any

from sqlglot import exp

_CONNECTORS = (exp.And, exp.Or, exp.Xor, exp.Not)
# Conditions that sqlglot takes for functions.
_CONDITION_FUNCTIONS = {"REGEXP_LIKE", "JSON_EXISTS", "JSON_EQUAL", "JSON_TEXTCONTAINS", "XMLEXISTS", "LNNVL"}
# Where a condition has to stand: the argument ``this`` (or ``on``) of these.
_CONDITION_PLACES = (exp.Where, exp.Having, exp.Qualify, exp.CheckColumnConstraint, exp.If)
# Where a value has to stand, whatever the argument.
_VALUE_PLACES = (exp.Select, exp.Alias, exp.Func, exp.Ordered, exp.Group, exp.Window, exp.Tuple, exp.In)


def separate(tree: Any) -> Any:
    """Return ``tree`` (changed in place) with every bool in the form that its place needs."""
    for test in list(tree.find_all(exp.Is)):
        if isinstance(test.expression, exp.Boolean):
            test.replace(_compared_with_truth(test))
    # Innermost first: what is wrapped then is finished.
    for node in reversed(list(tree.walk(bfs=False))):
        if not isinstance(node, exp.Expression) or node.parent is None:
            continue
        if _is_condition(node):
            if _is_value_place(node):
                node.replace(_as_value(node))
        elif _is_condition_place(node) and _may_be_bool(node):
            node.replace(exp.EQ(this=_operand(node), expression=exp.Literal.number(1)))
    return tree


def _is_condition(node: exp.Expression) -> bool:
    if isinstance(node, exp.Paren):
        return isinstance(node.this, exp.Expression) and _is_condition(node.this)
    if isinstance(node, exp.Anonymous):
        return str(node.this).upper() in _CONDITION_FUNCTIONS
    return isinstance(node, (exp.Predicate, *_CONNECTORS))


def _is_condition_place(node: exp.Expression) -> bool:
    parent, key = node.parent, node.arg_key
    if isinstance(parent, exp.Paren):
        return _is_condition_place(parent)
    if isinstance(parent, exp.Not) and isinstance(parent.parent, exp.Is):
        return False  # IS NOT NULL
    if isinstance(parent, exp.If):
        # CASE x WHEN 1 compares; CASE WHEN x tests.
        simple = isinstance(parent.parent, exp.Case) and parent.parent.this is not None
        return key == "this" and not simple
    if isinstance(parent, (exp.Join, exp.Merge)):
        return key == "on"
    return isinstance(parent, _CONNECTORS) or (isinstance(parent, _CONDITION_PLACES) and key == "this")


def _is_value_place(node: exp.Expression) -> bool:
    parent = node.parent
    if isinstance(parent, exp.Paren) or _is_condition_place(node):
        return False
    if isinstance(parent, exp.Predicate):
        # (a > 1) = b; but EXISTS (…) and the like hold queries, and IS holds its own words.
        return isinstance(parent, exp.Binary) and not isinstance(parent, exp.Is)
    if isinstance(parent, (exp.If, exp.Case)):
        return True
    return isinstance(parent, _VALUE_PLACES)


def _may_be_bool(node: exp.Expression) -> bool:
    known = (exp.Column, exp.Boolean, exp.Null, exp.Func, exp.Case, exp.Cast, exp.Subquery, exp.Placeholder)
    return isinstance(node, known) and not isinstance(node, exp.Paren)


def _operand(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Boolean):
        return exp.Literal.number(int(bool(node.this)))
    return node.copy()


def _as_value(condition: exp.Expression) -> exp.Case:
    """Return 1, 0, or NULL where the condition is unknown."""
    case = exp.Case().when(condition.copy(), exp.Literal.number(1))
    if isinstance(condition, exp.Exists) or (
        isinstance(condition, exp.Is) and isinstance(condition.expression, exp.Null)
    ):
        return case.else_(exp.Literal.number(0))
    return case.when(exp.Not(this=exp.Paren(this=condition.copy())), exp.Literal.number(0))


def _compared_with_truth(test: exp.Is) -> exp.EQ:
    """``x IS TRUE`` is false for NULL, as ``NVL(x, 0) = 1`` is."""
    wanted = int(bool(test.expression.this))
    known = exp.Coalesce(this=test.this.copy(), expressions=[exp.Literal.number(1 - wanted)], is_nvl=True)
    return exp.EQ(this=known, expression=exp.Literal.number(wanted))
