"""ORDER BY, in queries and in windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor


def order_by(c: Cursor) -> tuple[ast.SortItem, ...]:
    """Parse ``ORDER [SIBLINGS] BY items`` if it is there."""
    if not c.accept("ORDER"):
        return ()
    if c.key == "SIBLINGS":
        raise c.unsupported("ORDER SIBLINGS BY")
    c.expect("BY", 924)
    return sort_items(c)


def sort_items(c: Cursor) -> tuple[ast.SortItem, ...]:
    """Parse one or more ``expression [ASC | DESC] [NULLS FIRST | LAST]``."""
    return tuple([_sort_item(c) for _ in c.comma_list()])


def _sort_item(c: Cursor) -> ast.SortItem:
    start = c.start
    expression = c.rules.expression(c)
    descending = c.accept_any("ASC", "DESC") == "DESC"
    nulls_first = None
    if c.accept("NULLS"):
        nulls_first = c.expect_any(("FIRST", "LAST"), 905) == "FIRST"
    return ast.SortItem(expression, descending, nulls_first, position=start)
