"""JSON documents: IS JSON, JSON_VALUE, JSON_EXISTS and JSON_EQUAL, by PostgreSQL's own SQL/JSON.

The other JSON functions are refused: PostgreSQL spaces the documents it makes in another way than Oracle.
IS JSON is always the strict one; what only Oracle's LAX syntax allows (single quotes) is no JSON here. Before
21c it takes objects and arrays only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_convert import convert, quote, to_text
from dlt_oracle.embedded.sql.analyze_types import (
    BOOLEAN,
    Family,
    Typed,
    combine,
    family,
    inconsistent,
    varchar2,
)
from dlt_oracle.embedded.sql.functions import Call, Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.analyze_scope import Scope

_RETURNED = frozenset({Family.TEXT, Family.NUMBER})
_DEFAULT_LENGTH = 4000
_WITH_SCALARS = frozenset({"21c", "23ai"})  # releases in which a number or a string alone is JSON


def _document(node: ast.Expression, scope: Scope) -> Typed:
    """Return the document in an operand: the JSON type, or text; a BLOB holds it in UTF-8."""
    return document(scope.expression(node))


def document(value: Typed) -> Typed:
    """Return the document in a value."""
    if value.family is Family.JSON:
        return value
    if value.family in {Family.BLOB, Family.RAW}:
        return value.become(f"ora.utf8({value.sql})", varchar2(_DEFAULT_LENGTH))
    if value.family not in {Family.TEXT, Family.CLOB} and not value.null:
        raise inconsistent("CHAR", value)
    return to_text(value)


def is_json(node: ast.IsJson, scope: Scope) -> Typed:
    """IS [NOT] JSON."""
    value = _document(node.operand, scope)
    unique = " WITH UNIQUE KEYS" if node.unique_keys else ""
    kinds = [""] if scope.dictionary.version in _WITH_SCALARS else [" OBJECT", " ARRAY"]
    tests = " OR ".join(f"{value.sql} IS JSON{kind}{unique}" for kind in kinds)
    return combine([value], f"(NOT ({tests}))" if node.negated else f"({tests})", BOOLEAN)


def path_call(node: ast.JsonPathCall, scope: Scope) -> Typed:
    """JSON_VALUE: a scalar as text or NUMBER; NULL for anything that is none, or the DEFAULT."""
    if node.function != "JSON_VALUE" or node.options or node.wrapper:
        raise unsupported(node.function, node.position)
    value = _document(node.operand, scope)
    returned = node.returning.type if node.returning is not None else varchar2(_DEFAULT_LENGTH)
    if family(returned) not in _RETURNED:
        raise unsupported(f"JSON_VALUE RETURNING {returned.name.value}", node.position)
    sql = f"JSON_VALUE(ora.json({value.sql}), {_path(node.path)} RETURNING text)"
    if family(returned) is Family.NUMBER:
        sql = f"ora.to_number_or({sql}, NULL)"
    default, parts = _default(node, returned, scope)
    text = f"coalesce({sql}, {default})" if default else f"nullif({sql}, '')" if _is_text(returned) else sql
    return combine([value, *parts], text, returned)


def _is_text(oracle_type: OracleType) -> bool:
    return oracle_type.name is not TypeName.NUMBER


def _default(node: ast.JsonPathCall, returned: OracleType, scope: Scope) -> tuple[str, list[Typed]]:
    """Return the one value for errors and absence; two that differ, or ERROR, are refused."""
    outcomes = [each for each in (node.on_error, node.on_empty) if each not in {None, "NULL"}]
    if not outcomes:
        return "", []
    expressions = [each for each in outcomes if isinstance(each, ast.Expression)]
    if len(expressions) != len(outcomes) or any(each != expressions[0] for each in expressions):
        raise unsupported("this ON ERROR or ON EMPTY clause", node.position)
    value = convert(scope.expression(expressions[0]), returned)
    return value.sql, [value]


def json_exists(node: ast.JsonExists, scope: Scope) -> Typed:
    """JSON_EXISTS: false for what is no JSON."""
    if node.on_error not in {None, "FALSE"} or node.on_empty not in {None, "FALSE"}:
        raise unsupported("JSON_EXISTS … ON ERROR", node.position)
    value = _document(node.operand, scope)
    return combine([value], f"JSON_EXISTS(ora.json({value.sql}), {_path(node.path)})", BOOLEAN)


def json_equal(call: Call) -> Typed:
    """JSON_EQUAL: the same documents, whatever the order of their fields."""
    left, right = (document(value) for value in call.arguments)
    return call.result(f"(ora.json({left.sql}) = ora.json({right.sql}))", BOOLEAN, left, right)


def _path(path: str) -> str:
    if not path.startswith("$"):
        raise OracleError(40442, position=0)
    return quote(path).removesuffix("::text")


FUNCTIONS: dict[str, Function] = {"JSON_EQUAL": Function(2, 2, json_equal)}

HANDLERS: dict[type[ast.Expression], Callable[[Any, Scope], Typed]] = {
    ast.IsJson: is_json,
    ast.JsonPathCall: path_call,
    ast.JsonExists: json_exists,
}
