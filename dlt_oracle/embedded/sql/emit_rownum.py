"""ROWNUM in WHERE: a limit on the rows of a block, counted before they are grouped or sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_convert import convert, to_number
from dlt_oracle.embedded.sql.analyze_types import NUMBER

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.analyze_scope import Scope

_INSIDE = (ast.Expression, ast.When, ast.SortItem, ast.Window, ast.SelectItem, ast.GroupingSets)
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}

# ROWNUM counts the rows that pass: the first row is 1, so a test that row 1 fails lets none pass.
_LIMITS = {
    "<=": "floor({0})",
    "<": "(ceil({0}) - 1)",
    "=": "CASE WHEN {0} = 1 THEN 1 ELSE 0 END",
    ">": "CASE WHEN {0} < 1 THEN NULL ELSE 0 END",
    ">=": "CASE WHEN {0} <= 1 THEN NULL ELSE 0 END",
}
_NEVER_BINDING = frozenset({">", ">="})


def mentions_rownum(node: ast.Node) -> bool:
    """Whether a node uses the ROWNUM of its own block."""
    return any(
        isinstance(each, ast.PseudoColumn) and each.name == "ROWNUM" for each in ast.walk(node, into=_INSIDE)
    )


def row_limit(tests: list[ast.Expression], scope: Scope) -> str | None:
    """Return the LIMIT that the tests on ROWNUM mean together, None when there are none.

    Raises ORA-03001 for a use of ROWNUM in WHERE that is no simple bound.
    """
    limits: list[str] = []
    for test in tests:
        for operator, bound in _bounds(test):
            value = convert(to_number(scope.expression(bound)), NUMBER)
            if any(use.block == scope.block for use in value.uses):
                raise unsupported("ROWNUM compared with a column", test.position)
            limits.append(_limit(operator, value.sql))
    if not limits:
        return None
    least = f"least({', '.join(limits)})"
    return f"(CASE WHEN {least} < 0 THEN 0 ELSE {least} END)::bigint"  # NULL is no limit


def _limit(operator: str, value: str) -> str:
    limit = _LIMITS[operator].format(value)
    return limit if operator in _NEVER_BINDING else f"coalesce({limit}, 0)"


def _bounds(test: ast.Expression) -> list[tuple[str, ast.Expression]]:
    if isinstance(test, ast.Between) and not test.negated and _is_rownum(test.operand):
        return [(">=", test.low), ("<=", test.high)]
    if isinstance(test, ast.Comparison) and test.quantifier is None and test.operator in _LIMITS:
        if _is_rownum(test.left) and not mentions_rownum(test.right):
            return [(test.operator, test.right)]
        if _is_rownum(test.right) and not mentions_rownum(test.left):
            return [(_MIRRORED[test.operator], test.left)]
    raise unsupported("this use of ROWNUM in a condition", test.position)


def _is_rownum(node: ast.Expression) -> bool:
    return isinstance(node, ast.PseudoColumn) and node.name == "ROWNUM"
