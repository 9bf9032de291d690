"""Function calls: which function a name means, and where aggregates and analytic functions may stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_scope import invalid_identifier
from dlt_oracle.embedded.sql.emit_json import FUNCTIONS as JSON_FUNCTIONS
from dlt_oracle.embedded.sql.emit_sort import window
from dlt_oracle.embedded.sql.functions import Call, Function
from dlt_oracle.embedded.sql.functions_aggregate import AGGREGATES, ANALYTIC, GROUPING, NEED_ORDER, Aggregate
from dlt_oracle.embedded.sql.functions_datetime import FUNCTIONS as DATETIME_FUNCTIONS
from dlt_oracle.embedded.sql.functions_general import FUNCTIONS as GENERAL_FUNCTIONS
from dlt_oracle.embedded.sql.functions_missing import MISSING, PACKAGES
from dlt_oracle.embedded.sql.functions_text import FUNCTIONS as TEXT_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.analyze_scope import Scope
    from dlt_oracle.embedded.sql.analyze_types import Typed

FUNCTIONS: dict[str, Function] = {
    **TEXT_FUNCTIONS,
    **DATETIME_FUNCTIONS,
    **GENERAL_FUNCTIONS,
    **JSON_FUNCTIONS,
}

_NO_AGGREGATES = frozenset({"where", "group by", "on", "values", "set", "default"})


def call(node: ast.FunctionCall, scope: Scope) -> Typed:
    """Translate a call. Raises ORA-00904 for a function that Oracle does not have, 03001 for one we lack."""
    name = ".".join(node.name).removeprefix("SYS.")
    if node.over is not None:
        return _analytic(name, node, scope)
    if name in AGGREGATES:
        return _aggregate(name, AGGREGATES[name], node, scope)
    if name in GROUPING:
        return _grouping(name, node, scope)
    if name in ANALYTIC:
        raise OracleError(30484, position=node.position)
    function = FUNCTIONS.get(name)
    if function is None:
        if name in MISSING or node.name[0] in PACKAGES:
            raise unsupported(f"the function {name}", node.position)
        raise invalid_identifier(node.name, node.position)
    function.check(len(node.arguments), node.position)
    arguments = [scope.expression(argument) for argument in node.arguments]
    return function.build(Call(node, scope, arguments))


def _arguments(node: ast.FunctionCall, scope: Scope) -> list[Typed]:
    return [scope.expression(each) for each in node.arguments if not isinstance(each, ast.Star)]


def _check(name: str, aggregate: Aggregate, node: ast.FunctionCall) -> None:
    Function(aggregate.minimum, aggregate.maximum, lambda given: given.arguments[0]).check(
        len(node.arguments), node.position
    )
    if any(isinstance(each, ast.Star) for each in node.arguments) and name != "COUNT":
        raise OracleError(936, position=node.position)


def _aggregate(name: str, aggregate: Aggregate, node: ast.FunctionCall, scope: Scope) -> Typed:
    """Return a plain aggregate: it covers the columns of its block that it uses."""
    if scope.clause in _NO_AGGREGATES:
        raise OracleError(934, position=node.position)
    _check(name, aggregate, node)
    arguments = _arguments(node, scope)
    if any(scope.block in each.aggregates for each in arguments):
        raise unsupported("an aggregate of an aggregate", node.position)
    if any(each.windowed for each in arguments):
        raise OracleError(30483, position=node.position)
    value = aggregate.build(Call(node, scope, arguments), "")
    covered = frozenset(use for use in value.uses if use.block != scope.block)
    return replace(value, uses=covered, aggregates=value.aggregates | {scope.block})


def _grouping(name: str, node: ast.FunctionCall, scope: Scope) -> Typed:
    _check(name, GROUPING[name], node)
    value = GROUPING[name].build(Call(node, scope, _arguments(node, scope)), "")
    if any(use.block == scope.block for use in value.uses):
        raise OracleError(979, position=node.position)
    return replace(value, aggregates=value.aggregates | {scope.block})


def _analytic(name: str, node: ast.FunctionCall, scope: Scope) -> Typed:
    aggregate = ANALYTIC.get(name) or AGGREGATES.get(name)
    if aggregate is None:
        if name in MISSING:
            raise unsupported(f"the analytic function {name}", node.position)
        raise OracleError(30485 if name in FUNCTIONS else 904, f'"{name}"', position=node.position)
    if scope.clause not in {"select list", "order by"} or node.over is None:
        raise OracleError(30483, position=node.position)
    _check(name, aggregate, node)
    if name in NEED_ORDER and not node.over.order_by and node.over.base is None:
        raise OracleError(30485, position=node.position)
    if node.distinct and node.over.order_by:
        raise OracleError(30487, position=node.position)
    if node.distinct:
        raise unsupported(f"{name}(DISTINCT …) OVER", node.position)
    arguments = _arguments(node, scope)
    if any(each.windowed for each in arguments):
        raise OracleError(30483, position=node.position)
    over, used = window(node.over, scope)
    value = aggregate.build(Call(node, scope, arguments), over)
    return replace(
        value,
        uses=value.uses.union(*(each.uses for each in used)),
        aggregates=value.aggregates.union(*(each.aggregates for each in used)),
        windowed=True,
    )


def column(node: ast.ColumnRef, scope: Scope) -> Typed:
    """Return a column, or a package's function written without parentheses (DBMS_RANDOM.VALUE)."""
    try:
        return scope.column(node.parts, node.position)
    except OracleError:
        function = FUNCTIONS.get(".".join(node.parts)) if len(node.parts) > 1 else None
        if function is None or function.minimum:
            raise
    return function.build(Call(ast.FunctionCall(node.parts, position=node.position), scope, []))


def named_argument(node: ast.NamedArgument, _scope: Scope) -> Typed:
    """``name => value``: no built-in function takes it."""
    raise unsupported("named arguments in SQL", node.position)


HANDLERS: dict[type[ast.Expression], Callable[[Any, Scope], Typed]] = {
    ast.FunctionCall: call,
    ast.ColumnRef: column,
    ast.NamedArgument: named_argument,
}
