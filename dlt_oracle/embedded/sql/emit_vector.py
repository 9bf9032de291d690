"""FROM_VECTOR: a vector as text, its numbers as PostgreSQL writes them, without Oracle's exponents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_types import Family, Typed, family, inconsistent, varchar2

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.analyze_scope import Scope


def vector_text(node: ast.VectorText, scope: Scope) -> Typed:
    """FROM_VECTOR: as the longest VARCHAR2, or as what RETURNING says."""
    value = scope.expression(node.operand)
    if value.family is not Family.VECTOR and not value.null:
        raise inconsistent("VECTOR", value)
    returned = node.returning.type if node.returning else varchar2(scope.dictionary.max_string_bytes)
    if family(returned) not in {Family.TEXT, Family.CLOB}:
        raise inconsistent("CHAR", returned, node.position)
    return value.become(f"ora.from_vector({value.sql})", returned)


HANDLERS: dict[type[ast.Expression], Callable[[Any, Scope], Typed]] = {ast.VectorText: vector_text}
