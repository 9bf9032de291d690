"""ORDER BY inside functions and windows, and the window itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.sql.analyze_convert import convert, to_number
from dlt_oracle.embedded.sql.analyze_types import LOBS, NUMBER, Family, Typed, inconsistent

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql import ast
    from dlt_oracle.embedded.sql.analyze_scope import Scope


def order_by(items: tuple[ast.SortItem, ...], scope: Scope) -> str:
    """Return the terms of ORDER BY. Ascending puts NULLs last in both databases, descending first."""
    return ", ".join(sort_term(scope.expression(item.expression), item) for item in items)


def sort_term(value: Typed, item: ast.SortItem, sql: str | None = None) -> str:
    """Return one term; ``sql`` replaces the expression's text. LOBs do not sort (ORA-00932)."""
    if value.family in LOBS:
        raise inconsistent("-", value)
    direction = " DESC" if item.descending else ""
    nulls = "" if item.nulls_first is None else f" NULLS {'FIRST' if item.nulls_first else 'LAST'}"
    return f"{value.sql if sql is None else sql}{direction}{nulls}"


def window(node: ast.Window, scope: Scope) -> tuple[str, list[Typed]]:
    """Return `` OVER (…)`` and the expressions it uses."""
    if node.base is not None:
        raise unsupported("named windows", node.position)
    parts = [scope.expression(each) for each in node.partition_by]
    for part in parts:
        if part.family in LOBS:
            raise inconsistent("-", part)
    clauses = []
    if parts:
        clauses.append(f"PARTITION BY {', '.join(part.sql for part in parts)}")
    keys = [scope.expression(item.expression) for item in node.order_by]
    if keys:
        terms = [sort_term(key, item) for key, item in zip(keys, node.order_by, strict=True)]
        clauses.append(f"ORDER BY {', '.join(terms)}")
    if node.frame is not None:
        clauses.append(_frame(node.frame, keys, scope))
    return f" OVER ({' '.join(clauses)})", [*parts, *keys]


def _frame(node: ast.Frame, keys: list[Typed], scope: Scope) -> str:
    start = _bound(node.start, node, keys, scope)
    end = "CURRENT ROW" if node.end is None else _bound(node.end, node, keys, scope)
    exclude = f" EXCLUDE {node.exclude}" if node.exclude else ""
    return f"{node.unit} BETWEEN {start} AND {end}{exclude}"


def _bound(bound: ast.FrameBound, frame: ast.Frame, keys: list[Typed], scope: Scope) -> str:
    if bound.kind == "CURRENT":
        return "CURRENT ROW"
    if bound.offset is None:
        return f"UNBOUNDED {bound.kind}"
    offset = scope.expression(bound.offset)
    if frame.unit == "ROWS":
        return f"trunc({convert(to_number(offset), NUMBER).sql})::bigint {bound.kind}"
    if keys and keys[0].family is Family.DATE and offset.family is Family.NUMBER:
        return f"({offset.sql} * interval '1 day') {bound.kind}"
    return f"{offset.sql} {bound.kind}"
