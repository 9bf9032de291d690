"""Hints: ``/*+ APPEND PARALLEL(t, 4) */`` behind the first word of a query block or a DML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.scan import HINT

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_HINT = re.compile(r"([A-Za-z]\w*)\s*(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\))?")


def hints(c: Cursor) -> tuple[ast.Hint, ...]:
    """Take the hints, if they are there. What is no hint is a comment: Oracle never complains."""
    found: list[ast.Hint] = []
    while c.token.kind == HINT:
        token = c.advance()
        found.extend(
            ast.Hint(match.group(1).upper(), (match.group(2) or "").strip(), position=token.start)
            for match in _HINT.finditer(token.value)
        )
    return tuple(found)
