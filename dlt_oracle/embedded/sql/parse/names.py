"""Names in expressions: columns, pseudocolumns, sequences, and what turns out to be a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import calls
from dlt_oracle.embedded.sql.scan import QUOTED, WORD
from dlt_oracle.embedded.sql.words import (
    BARE_FUNCTIONS,
    CONDITION_FUNCTIONS,
    RESERVED,
    ROW_PSEUDOCOLUMNS,
)

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_SEQUENCE_PSEUDOCOLUMNS = {"NEXTVAL": True, "CURRVAL": False}


def name(c: Cursor, *, as_condition: bool = False) -> ast.Expression:
    """Parse ``a[.b[.c …]]`` and what follows a name: arguments, ``(+)``, a cursor's attribute.

    ``as_condition`` where a function that is a condition (REGEXP_LIKE …) may stand.
    """
    first = last = c.advance()
    parts = [first.value]
    while c.key == ".":
        c.advance()
        if c.token.kind != QUOTED and (c.token.kind != WORD or _not_after_dot(c.key)):
            raise c.error(1747)
        last = c.advance()
        parts.append(last.value)
    position = first.start
    if c.key == "(" and not c.at_keys("(", "+", ")"):
        if last.key in CONDITION_FUNCTIONS and not (as_condition or c.boolean_values):
            raise c.error(904, f'"{last.key}"', position=position)
        return _call(c, tuple(parts), last.kind, position)
    special = _special(c, parts, position) if last.kind == WORD else None
    return special or _column(c, parts, position)


def _column(c: Cursor, parts: list[str], position: int) -> ast.Expression:
    if c.key == "@":
        raise c.unsupported("database links")
    if c.key == "[" and len(parts) > 1:
        raise c.unsupported("array steps behind a JSON column")
    if c.key == "%" and c.plsql:
        c.advance()
        return ast.CursorAttribute(".".join(parts), c.name(911), position=position)
    return ast.ColumnRef(tuple(parts), _outer_join(c), position=position)


def _not_after_dot(key: str) -> bool:
    return key in RESERVED and key not in ROW_PSEUDOCOLUMNS


def _outer_join(c: Cursor) -> bool:
    start = c.start
    if not c.accept("(", "+", ")"):
        return False
    c.outer_join_marks.append(start)
    return True


def _call(c: Cursor, parts: tuple[str, ...], kind: str, position: int) -> ast.Expression:
    name = parts[0]
    if len(parts) == 1 and kind == WORD:
        if name in BARE_FUNCTIONS:
            return _bare(c, name, position)
        special = calls.FORMS.get(name)
        if special is not None:
            return special(c, name, position)
    return calls.call(c, parts, position)


def _bare(c: Cursor, name: str, position: int) -> ast.Expression:
    """Make the call of a function written without parentheses, or with a precision in them.

    Where no precision is allowed the parenthesis is left alone: it is an error of whatever follows.
    """
    if not BARE_FUNCTIONS[name] or c.key != "(":
        return ast.FunctionCall((name,), bare=True, position=position)
    c.advance()
    digits = ast.NumberLiteral(str(c.integer(30088)), position=c.start)
    if len(digits.text) > 1:
        raise c.error(30088)
    c.close()
    return ast.FunctionCall((name,), (digits,), position=position)


def _special(c: Cursor, parts: list[str], position: int) -> ast.Expression | None:
    """Return the node of an unquoted name that is no column, or None."""
    last = parts[-1]
    if len(parts) == 1:
        if last in BARE_FUNCTIONS:
            return ast.FunctionCall((last,), bare=True, position=position)
        if last == "LEVEL":
            c.level_marks.append(position)
            return ast.PseudoColumn(last, position=position)
        if last == "ROWNUM":
            return ast.PseudoColumn(last, position=position)
    elif last in _SEQUENCE_PSEUDOCOLUMNS:
        owner = parts[-3] if len(parts) > 2 else None  # noqa: PLR2004 - owner.sequence.NEXTVAL
        c.sequence_marks.append(position)
        sequence = ast.QualifiedName(owner, parts[-2], position=position)
        return ast.SequenceValue(sequence, _SEQUENCE_PSEUDOCOLUMNS[last], position=position)
    if last in ROW_PSEUDOCOLUMNS:
        return ast.PseudoColumn(last, tuple(parts[:-1]), _outer_join(c), position=position)
    return None
