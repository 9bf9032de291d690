"""What a client reads out of SQL text before it sends binds.

The client, not the server, decides from the text which binds have a value in a row and in which order
they stand; this is its rule (python-oracledb's ``thin/statement.pyx``, node-oracledb alike): the first
word tells the kind of statement, and binds after RETURNING … INTO carry no value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<skip>    --[^\n]* | /\*.*?\*/ | "[^"]*" )
    | (?P<string>  [qQ]'(?:\[.*?\]|\{.*?\}|<.*?>|\(.*?\)|(?P<mark>[^\[{<(\s]).*?(?P=mark))' | '(?:[^']|'')*' )
    | (?P<bind>    :\s*(?P<name>"[^"]*"|\d+|[^\W\d_][\w$\#]*) )
    | (?P<word>    [^\W\d_]+ )
    | (?P<other>   \S )
    """,
    re.VERBOSE | re.DOTALL,
)
_PLSQL = frozenset({"DECLARE", "BEGIN", "CALL"})
_DML = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})


@dataclass(frozen=True)
class StatementShape:
    """How a statement's binds stand on the wire; ``returned`` are the positions without a value."""

    plsql: bool
    returned: frozenset[int]


def statement_shape(sql: str) -> StatementShape:
    """Scan ``sql`` as the client does."""
    kind = ""
    returning = into = after_string = False
    returned: list[int] = []
    count = 0
    for token in _TOKEN.finditer(sql):
        if token["skip"]:
            continue
        word = (token["word"] or "").upper()
        kind = kind or word
        if kind in _DML:
            into = into or (returning and word == "INTO")
            returning = returning or word == "RETURNING"
        elif kind and kind not in _PLSQL and kind not in ("SELECT", "WITH"):
            break  # DDL: nothing in it is a bind
        if token["bind"] and not after_string:  # 'key' : value is JSON
            if into:
                returned.append(count)
            count += 1
        after_string = bool(token["string"])
    return StatementShape(kind in _PLSQL, frozenset(returned))
