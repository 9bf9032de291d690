"""Constructs for which Oracle 19c has other words, put into those words in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable


def simplify(tree: Any) -> Any:
    """Return ``tree``, changed in place."""
    for kind, rewrite in _REWRITES.items():
        for node in list(tree.find_all(kind)):
            new = rewrite(node)
            if node is tree:
                tree = new
            elif new is not node:
                node.replace(new)
    return tree


def _concat(node: Any) -> Any:
    """CONCAT takes two arguments, and ``||`` takes a NULL for an empty string as well."""
    parts = [
        part.this if isinstance(part, exp.Coalesce) and part.expressions == [exp.Literal.string("")] else part
        for part in node.expressions
    ]
    joined = parts[0].copy()
    for part in parts[1:]:
        joined = exp.DPipe(
            this=joined, expression=exp.paren(part) if isinstance(part, exp.Binary) else part.copy()
        )
    return joined


def _count_if(node: Any) -> Any:
    return exp.Count(this=exp.Case().when(node.this.copy(), exp.Literal.number(1)))


def _filter(node: Any) -> Any:
    """``agg(x) FILTER (WHERE c)`` is ``agg(CASE WHEN c THEN x END)``: aggregates skip NULL."""
    aggregate = node.this.copy()
    value = exp.Literal.number(1) if isinstance(aggregate.this, exp.Star) else aggregate.this
    aggregate.set("this", exp.Case().when(node.expression.this.copy(), value.copy()))
    return aggregate


def _values(node: Any) -> Any:
    """A table of constants is a UNION ALL of queries."""
    if not isinstance(node.parent, (exp.From, exp.Join)):
        return node
    names = node.alias_column_names
    queries = [
        exp.select(
            *(
                exp.alias_(value.copy(), name) if name else value.copy()
                for value, name in zip(row.expressions, names or [""] * len(row.expressions), strict=True)
            )
        )
        for row in node.expressions
    ]
    query: Any = queries[0]
    for more in queries[1:]:
        query = query.union(more, distinct=False, copy=False)
    return query.subquery(node.alias or None, copy=False)


def _group(node: Any) -> Any:
    """A number in GROUP BY means a column of the result elsewhere, a constant in Oracle."""
    selects = node.parent.selects
    for item in node.expressions:
        if isinstance(item, exp.Literal) and item.is_int:
            item.replace(selects[int(item.name) - 1].unalias().copy())
    return node


def _contains(node: Any) -> Any:
    position = exp.StrPosition(this=node.this.copy(), substr=node.expression.copy())
    return exp.GT(this=position, expression=exp.Literal.number(0))


def _date_of_parts(node: Any) -> Any:
    parts = [node.args.get(name) for name in ("year", "month", "day")]
    if not all(isinstance(part, exp.Literal) for part in parts):
        return node
    year, month, day = (int(part.name) for part in parts)
    return exp.cast(exp.Literal.string(f"{year:04}-{month:02}-{day:02}"), "date")


def _moment_of_parts(node: Any) -> Any:
    """DuckDB's constants of timestamps, which ibis writes through dlt."""
    to = _MOMENTS_OF_PARTS.get(str(node.this).upper())
    if to is None or not all(isinstance(part, exp.Literal) for part in node.expressions):
        return node
    year, month, day, hour, minute = (int(part.name) for part in node.expressions[:5])
    second = float(node.expressions[5].name)
    zone = node.expressions[6].name if len(node.expressions) > _PARTS_OF_A_MOMENT else "UTC"
    if zone != "UTC":
        return node
    text = f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:09.6f}"
    return exp.cast(exp.Literal.string(text), to)


_PARTS_OF_A_MOMENT = 6
_MOMENTS_OF_PARTS = {"MAKE_TIMESTAMP": "timestamp", "MAKE_TIMESTAMPTZ": "timestamptz"}


def _select(node: Any) -> Any:
    if not node.args.get("from_"):
        node.set("from_", exp.From(this=exp.to_table("DUAL")))
    return node


# In this order: later ones see what earlier ones made.
_REWRITES: dict[type[exp.Expression], Callable[[Any], Any]] = {
    exp.Concat: _concat,
    exp.CountIf: _count_if,
    exp.Filter: _filter,
    exp.Contains: _contains,
    exp.DateFromParts: _date_of_parts,
    exp.Anonymous: _moment_of_parts,
    exp.Values: _values,
    exp.Group: _group,
    exp.Select: _select,
}
