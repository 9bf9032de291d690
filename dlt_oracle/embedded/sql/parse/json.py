"""JSON functions (*JSON Developer's Guide 19c*, chapters on JSON_VALUE, JSON_QUERY, generation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import types
from dlt_oracle.embedded.sql.parse.sorting import order_by
from dlt_oracle.embedded.sql.scan import STRING

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor


def _path_call(c: Cursor, name: str, position: int) -> ast.Expression:
    """Parse JSON_VALUE, JSON_QUERY or JSON_EXISTS: ``(operand [FORMAT JSON], path clauses)``."""
    c.open()
    operand = c.rules.expression(c)
    _format_json(c)
    if not c.accept(","):
        raise c.error(907 if c.key != ")" else 909)
    path = _path(c)
    if c.key == "PASSING":
        raise c.unsupported("PASSING of a JSON path")
    returning = _returning(c) if name != "JSON_EXISTS" else None
    options = _options(c)
    wrapper = _wrapper(c) if name == "JSON_QUERY" else None
    outcomes: dict[str, str | ast.Expression] = {}
    while c.key != ")":
        outcome = _outcome(c)
        c.keyword("ON")
        outcomes[c.expect_any(("ERROR", "EMPTY", "MISMATCH"), 905)] = outcome
    if "MISMATCH" in outcomes:
        raise c.unsupported("ON MISMATCH")
    c.close()
    on_error, on_empty = outcomes.get("ERROR"), outcomes.get("EMPTY")
    if name == "JSON_EXISTS":
        return ast.JsonExists(
            operand,
            path,
            on_error if isinstance(on_error, str) else None,
            on_empty if isinstance(on_empty, str) else None,
            position=position,
        )
    return ast.JsonPathCall(
        name, operand, path, returning, wrapper, on_error, on_empty, options, position=position
    )


def _path(c: Cursor) -> str:
    position = c.start
    if c.token.kind != STRING:
        raise c.error(40454)
    path = c.literal().strip()
    if not path.removeprefix("lax ").removeprefix("strict ").startswith(("$", "@")):
        raise c.error(40442, path, position=position)
    return path


def _format_json(c: Cursor) -> bool:
    if not c.accept("FORMAT"):
        return False
    c.keyword("JSON")
    return True


def _returning(c: Cursor) -> ast.DataType | None:
    """Parse ``RETURNING type``; VARCHAR2 needs no length here."""
    if not c.accept("RETURNING"):
        return None
    start = c.start
    if c.key in ("VARCHAR2", "RAW") and c.peek() != "(":
        name = TypeName[c.advance().key]
        node = ast.DataType(OracleType(name, c.max_string_bytes), None, c.source(start), position=start)
    else:
        node = types.data_type(c)
    _format_json(c)
    return node


def _options(c: Cursor) -> tuple[str, ...]:
    options = []
    while word := c.accept_any("PRETTY", "ASCII", "TRUNCATE", "STRICT"):
        options.append(word)
    for first, second in (("ALLOW", "SCALARS"), ("DISALLOW", "SCALARS")):
        if c.accept(first, second):
            options.append(f"{first} {second}")
    return tuple(options)


def _wrapper(c: Cursor) -> str | None:
    if c.key not in ("WITH", "WITHOUT"):
        return None
    kind = c.advance().key
    if kind == "WITH" and c.accept_any("CONDITIONAL", "UNCONDITIONAL") == "CONDITIONAL":
        kind = "CONDITIONAL"
    c.accept("ARRAY")
    c.keyword("WRAPPER")
    return kind


def _outcome(c: Cursor) -> str | ast.Expression:
    """Parse what stands before ON ERROR or ON EMPTY."""
    if c.accept("DEFAULT"):
        return c.rules.expression(c)
    word = c.expect_any(("ERROR", "NULL", "TRUE", "FALSE", "EMPTY"), 907)
    if word == "EMPTY" and (kind := c.accept_any("ARRAY", "OBJECT")):
        return f"EMPTY {kind}"
    return word


def _serialize(c: Cursor, name: str, position: int) -> ast.Expression:
    """Parse JSON_SERIALIZE (19c)."""
    c.open()
    operand = c.rules.expression(c)
    returning = _returning(c)
    options = _options(c)
    c.close()
    return ast.Serialize(name, operand, returning, options, position=position)


# --- generation ---------------------------------------------------------------------------------


def _constructor(c: Cursor, name: str, position: int) -> ast.Expression:
    """Parse JSON_OBJECT, JSON_ARRAY, JSON_OBJECTAGG or JSON_ARRAYAGG."""
    c.open()
    with_keys = name.startswith("JSON_OBJECT")
    star = None
    members: list[ast.JsonMember] = []
    if c.key == "*" and name == "JSON_OBJECT":
        star = ast.Star(position=c.advance().start)
    elif c.key not in (")", "NULL", "ABSENT", "RETURNING") or (c.key == "NULL" and c.peek() != "ON"):
        for _ in c.comma_list():
            members.append(_member(c) if with_keys else _element(c))
            if name.endswith("AGG"):
                break
    items = order_by(c) if name == "JSON_ARRAYAGG" else ()
    absent = None
    if c.key in ("NULL", "ABSENT") and c.peek() == "ON":
        absent = c.advance().key == "ABSENT"
        c.keyword("ON", "NULL")
    returning = _returning(c)
    options = _options(c)
    if c.accept("WITH"):
        c.keyword("UNIQUE", "KEYS")
        options = (*options, "WITH UNIQUE KEYS")
    c.close()
    if c.key == "OVER":
        raise c.unsupported(f"{name} as an analytic function")
    return ast.JsonConstructor(
        name, tuple(members), star, absent, items, returning, options, position=position
    )


def _element(c: Cursor) -> ast.JsonMember:
    start = c.start
    value = c.rules.expression(c)
    return ast.JsonMember(None, value, _format_json(c), position=start)


def _member(c: Cursor) -> ast.JsonMember:
    """Parse ``[KEY] key VALUE | IS | , value``, ``key : value``, or a column named like its key."""
    start = c.start
    if c.key == "KEY" and c.peek() not in (",", ")", "VALUE", "IS", ".", ":"):
        c.advance()
    key = c.rules.value(c)
    if c.accept_any("VALUE", "IS", ":", ","):
        value = c.rules.expression(c)
    elif c.at_bind:
        raise c.unsupported("key : value in JSON_OBJECT")  # the scanner took the colon for a bind's
    elif isinstance(key, ast.ColumnRef):
        value, key = key, ast.StringLiteral(key.parts[-1], position=start)
    else:
        raise c.error(907)
    return ast.JsonMember(key, value, _format_json(c), position=start)


FORMS: dict[str, Callable[[Cursor, str, int], ast.Expression]] = {
    "JSON_ARRAY": _constructor,
    "JSON_ARRAYAGG": _constructor,
    "JSON_EXISTS": _path_call,
    "JSON_OBJECT": _constructor,
    "JSON_OBJECTAGG": _constructor,
    "JSON_QUERY": _path_call,
    "JSON_SERIALIZE": _serialize,
    "JSON_VALUE": _path_call,
}
