"""JSON_SERIALIZE and FROM_VECTOR: documents and vectors as text.

The numbers in a vector are written as PostgreSQL does, without Oracle's exponents; a document's fields stand
in PostgreSQL's order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_types import Family, Typed, family, inconsistent, varchar2
from dlt_oracle.embedded.sql.emit_json import document

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.analyze_scope import Scope


def serialize(node: ast.Serialize, scope: Scope) -> Typed:
    """Return the text as the longest VARCHAR2, or as what RETURNING says."""
    if node.options:
        raise unsupported(f"{node.function} with {node.options[0]}", node.position)
    returned = node.returning.type if node.returning else varchar2(scope.dictionary.max_string_bytes)
    if family(returned) not in {Family.TEXT, Family.CLOB}:
        raise inconsistent("CHAR", returned, node.position)
    value = scope.expression(node.operand)
    if node.function == "JSON_SERIALIZE":
        found = document(value)
        return found.become(f"ora.json_text(ora.json({found.sql}))", returned)
    if value.family is not Family.VECTOR and not value.null:
        raise inconsistent("VECTOR", value)
    return value.become(f"ora.from_vector({value.sql})", returned)


HANDLERS: dict[type[ast.Expression], Callable[[Any, Scope], Typed]] = {ast.Serialize: serialize}
