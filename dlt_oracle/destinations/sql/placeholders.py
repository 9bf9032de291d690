"""dlt's ``%s`` placeholders as Oracle's numbered binds."""

from __future__ import annotations

import re

# What may hold the letters %s without meaning a placeholder: literals, q-literals, names, comments.
_TOKENS = re.compile(
    r"""
    [nN]?[qQ]'(?P<q>[^\s]).*?(?:(?<=[\]})>])|(?P=q))'   # q'[…]'
    | '(?:[^']|'')*'
    | "[^"]*"
    | --[^\n]*
    | /\*.*?\*/
    | (?P<placeholder>%s)
    """,
    re.VERBOSE | re.DOTALL,
)


def number_placeholders(sql: str) -> tuple[str, int]:
    """Return ``sql`` with ``:1``, ``:2`` … for each ``%s`` that is code, and their count."""
    count = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal count
        if match["placeholder"] is None:
            return match[0]
        count += 1
        return f":{count}"

    return _TOKENS.sub(replace, sql), count
