"""Constraints, in line and out of line, and their states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.model import LOBS, LONGS, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.properties import index_properties

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

INLINE = ("NOT", "NULL", "UNIQUE", "PRIMARY", "REFERENCES", "CHECK", "CONSTRAINT")
MAX_KEY_COLUMNS = 32

# No key may hold them.
_NO_KEY = LOBS | LONGS | {TypeName.TIMESTAMP_TZ}


def at_constraint(c: Cursor) -> bool:
    """Whether an out-of-line constraint is next: PRIMARY, FOREIGN and the like may also name columns."""
    if c.key in ("CONSTRAINT", "UNIQUE", "CHECK"):
        return True
    return (c.key in ("PRIMARY", "FOREIGN") and c.peek() == "KEY") or c.at_keys("SUPPLEMENTAL", "LOG")


def _constraint_name(c: Cursor) -> str | None:
    if not c.accept("CONSTRAINT"):
        return None
    return c.name(2250)


def inline_constraint(c: Cursor, column: ast.Name) -> ast.Constraint:
    """Parse one constraint behind a column's definition."""
    start = c.start
    name = _constraint_name(c)
    if c.accept("NOT"):
        c.expect("NULL", 908)
        return _finish(c, "NOT NULL", name, (column,), start)
    if c.accept("NULL"):
        return _finish(c, "NULL", name, (column,), start)
    if c.accept("PRIMARY"):
        c.keyword("KEY")
        return _finish(c, "PRIMARY KEY", name, (column,), start)
    if c.accept("UNIQUE"):
        return _finish(c, "UNIQUE", name, (column,), start)
    if c.key == "CHECK":
        return _check(c, name, (column,), start)
    if c.key == "REFERENCES":
        return _references(c, name, (column,), start)
    raise c.error(2253)


def out_of_line_constraint(c: Cursor) -> ast.Constraint:
    """Parse ``[CONSTRAINT name] PRIMARY KEY | UNIQUE | FOREIGN KEY | CHECK …``."""
    start = c.start
    if c.key == "SUPPLEMENTAL":
        raise c.unsupported("supplemental logging")
    name = _constraint_name(c)
    if c.accept("PRIMARY"):
        c.keyword("KEY")
        return _finish(c, "PRIMARY KEY", name, _key_columns(c), start)
    if c.accept("UNIQUE"):
        return _finish(c, "UNIQUE", name, _key_columns(c), start)
    if c.accept("FOREIGN"):
        c.keyword("KEY")
        columns = _key_columns(c)
        if c.key != "REFERENCES":
            raise c.error(905)
        return _references(c, name, columns, start)
    if c.key == "CHECK":
        return _check(c, name, (), start)
    raise c.error(904, "" if name is None else f'"{name}"')


def _key_columns(c: Cursor) -> tuple[ast.Name, ...]:
    start = c.start
    columns = c.name_list()
    checks.duplicate_names(c, columns)
    if len(columns) > MAX_KEY_COLUMNS:
        raise c.error(2257, position=start)
    return columns


def _check(c: Cursor, name: str | None, columns: tuple[ast.Name, ...], start: int) -> ast.Constraint:
    c.advance()
    c.open()
    text_start = c.start
    condition = c.rules.condition(c)
    text = c.source(text_start)
    for node in checks.within(condition):
        if isinstance(node, (ast.Subquery, ast.Exists)):
            raise c.error(2251, position=node.position)
        if isinstance(node, (ast.PseudoColumn, ast.SequenceValue)) or _is_unstable(node):
            raise c.error(2436, position=node.position)
        if checks.is_aggregate(node):
            raise c.error(934, position=node.position)
    c.close()
    check = ast.SourceExpression(condition, text, position=text_start)
    return ast.Constraint("CHECK", name, columns, check, state=constraint_state(c), position=start)


def _is_unstable(node: ast.Node) -> bool:
    """Whether a CHECK may not hold this: what changes by itself (SYSDATE, USER …)."""
    return isinstance(node, ast.FunctionCall) and node.bare


def _references(c: Cursor, name: str | None, columns: tuple[ast.Name, ...], start: int) -> ast.Constraint:
    c.advance()
    table = c.qualified_name(903)
    referenced = c.name_list() if c.key == "(" else ()
    if referenced and len(referenced) != len(columns):
        raise c.error(2256, position=start)
    on_delete = None
    if c.accept("ON"):
        c.keyword("DELETE")
        if c.accept("CASCADE"):
            on_delete = "CASCADE"
        else:
            c.keyword("SET", "NULL")
            on_delete = "SET NULL"
    return ast.Constraint(
        "REFERENCES",
        name,
        columns,
        table=table,
        references=referenced,
        on_delete=on_delete,
        state=constraint_state(c),
        position=start,
    )


def _finish(
    c: Cursor, kind: str, name: str | None, columns: tuple[ast.Name, ...], start: int
) -> ast.Constraint:
    return ast.Constraint(kind, name, columns, state=constraint_state(c), position=start)


def constraint_state(c: Cursor) -> ast.ConstraintState:
    """Parse DEFERRABLE, INITIALLY, RELY, USING INDEX, ENABLE, VALIDATE … in any order, each once."""
    start = c.start
    state: dict[str, Any] = {}
    while True:
        word = c.key
        if word == "NOT" and c.peek() == "DEFERRABLE":
            c.advance()
            found = ("deferrable", False)
        elif word in _STATES:
            found = _STATES[word]
        elif word == "INITIALLY":
            if c.peek() not in ("IMMEDIATE", "DEFERRED"):
                raise c.error(905)
            c.advance()
            found = ("initially_deferred", c.key == "DEFERRED")
        elif word == "USING" and c.peek() == "INDEX":
            c.advance()
            c.advance()
            state["using_index"] = using_index(c)
            continue
        elif word == "EXCEPTIONS" and c.peek() == "INTO":
            raise c.unsupported("EXCEPTIONS INTO")
        else:
            return ast.ConstraintState(**state, position=start)
        if found[0] in state:
            return ast.ConstraintState(**state, position=start)
        c.advance()
        state[found[0]] = found[1]


_STATES = {
    "DEFERRABLE": ("deferrable", True),
    "RELY": ("rely", True),
    "NORELY": ("rely", False),
    "ENABLE": ("enabled", True),
    "DISABLE": ("enabled", False),
    "VALIDATE": ("validated", True),
    "NOVALIDATE": ("validated", False),
}


def using_index(c: Cursor) -> ast.UsingIndex:
    """Parse what follows USING INDEX: a name, physical properties, or nothing."""
    start = c.start
    if c.key == "(":
        raise c.unsupported("USING INDEX (CREATE INDEX …)")
    properties = index_properties(c)
    if properties == ast.TableProperties() and c.at_name and c.key not in _STATES and c.key != "INITIALLY":
        return ast.UsingIndex(c.qualified_name(953), position=start)
    return ast.UsingIndex(properties=properties, position=start)


# --- checks -------------------------------------------------------------------------------------


def check_kinds(c: Cursor, constraints: list[ast.Constraint]) -> None:
    """ORA-02258, ORA-02259, ORA-02260: kinds that a column cannot have together."""
    kinds = [each.kind for each in constraints]
    for first, second, code in _EXCLUSIVE:
        if first in kinds and second in kinds and (first != second or kinds.count(first) > 1):
            raise c.error(code, position=constraints[-1].position)


_EXCLUSIVE = (
    ("NULL", "NOT NULL", 2258),
    ("NULL", "NULL", 2258),
    ("NOT NULL", "NOT NULL", 2258),
    ("UNIQUE", "PRIMARY KEY", 2259),
    ("UNIQUE", "UNIQUE", 2259),
    ("PRIMARY KEY", "PRIMARY KEY", 2260),
)


def check_constraints(
    c: Cursor, columns: tuple[ast.ColumnDefinition, ...], constraints: tuple[ast.Constraint, ...]
) -> None:
    """Check a new table's constraints against its columns."""
    types = {column.name: column.type for column in columns}
    every = [each for column in columns for each in column.constraints] + list(constraints)
    primary = [each for each in every if each.kind == "PRIMARY KEY"]
    if len(primary) > 1:
        raise c.error(2260, position=primary[1].position)
    names = [ast.Name(each.name, position=each.position) for each in every if each.name]
    checks.duplicate_names(c, names, 2264)
    for each in constraints:
        for name in each.columns:
            if name.text not in types:
                raise c.error(904, f'"{name.text}"', position=name.position)
            if each.kind in ("PRIMARY KEY", "UNIQUE"):
                _check_key_type(c, types[name.text], name.position)


def check_keys(c: Cursor, kind: ast.DataType | None, constraints: tuple[ast.Constraint, ...]) -> None:
    """Check the in-line keys of a column of type ``kind``."""
    for each in constraints:
        if each.kind in ("PRIMARY KEY", "UNIQUE"):
            _check_key_type(c, kind, each.position)


def _check_key_type(c: Cursor, kind: ast.DataType | None, position: int) -> None:
    """ORA-02329: no LOB, LONG or TIMESTAMP WITH TIME ZONE in a key."""
    if kind is not None and kind.type.name in _NO_KEY:
        raise c.error(2329, kind.type.name.value, position=position)
