"""Column definitions, constraints, identity and sequence options: what CREATE and ALTER TABLE share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.model import TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.properties import index_properties
from dlt_oracle.embedded.sql.parse.types import at_type, data_type

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_LOB_LIKE = frozenset(
    {TypeName.CLOB, TypeName.NCLOB, TypeName.BLOB, TypeName.LONG, TypeName.LONG_RAW, TypeName.TIMESTAMP_TZ}
)
_INLINE = ("NOT", "NULL", "UNIQUE", "PRIMARY", "REFERENCES", "CHECK", "CONSTRAINT")
OUT_OF_LINE = ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK")
MAX_KEY_COLUMNS = 32


# --- columns ------------------------------------------------------------------------------------


def at_constraint(c: Cursor) -> bool:
    """Whether an out-of-line constraint is next: PRIMARY, FOREIGN and the like may also name columns."""
    if c.key in ("CONSTRAINT", "UNIQUE", "CHECK"):
        return True
    return (c.key in ("PRIMARY", "FOREIGN") and c.peek() == "KEY") or c.at_keys("SUPPLEMENTAL", "LOG")


def column_definition(c: Cursor) -> ast.ColumnDefinition:
    """Parse ``name type [SORT] [visibility] [default | identity | virtual] [constraints]``.

    DEFAULT comes before constraints: behind one, it is an error.
    """
    name = c.column_name()
    kind = data_type(c) if at_type(c) else None
    parts = _column_parts(c, name)
    if parts.get("identity") is not None and kind is not None and kind.type.name is not TypeName.NUMBER:
        raise c.error(30675, position=kind.position)
    _check_keys(c, kind, parts["constraints"])
    return ast.ColumnDefinition(name.text, kind, **parts, position=name.position)


def column_change(c: Cursor) -> ast.ColumnChange:
    """Parse one column of MODIFY: every part but the name may be missing."""
    name = c.column_name()
    if c.accept("DROP"):
        if not c.accept("IDENTITY"):
            raise c.error(1735)
        return ast.ColumnChange(name.text, drop_identity=True, position=name.position)
    kind = data_type(c) if at_type(c) else None
    parts = _column_parts(c, name)
    if kind is None and not any(parts.values()) and parts.get("visible") is None:
        raise c.error(905)
    _check_keys(c, kind, parts["constraints"])
    return ast.ColumnChange(name.text, kind, **parts, position=name.position)


def _column_parts(c: Cursor, name: ast.Name) -> dict[str, Any]:
    """Parse what stands behind a column's type; return the fields of its node."""
    parts: dict[str, Any] = {}
    if c.key == "SORT":
        raise c.unsupported("SORT of a cluster key")
    if c.accept("COLLATE"):
        parts["collation"] = c.name(905)
    visible = c.accept_any("VISIBLE", "INVISIBLE")
    if visible is not None:
        parts["visible"] = visible == "VISIBLE"
    if c.accept("DEFAULT"):
        _default(c, parts)
    elif c.key in ("GENERATED", "AS"):
        _generated(c, parts)
    if c.key in ("ENCRYPT", "DECRYPT"):
        raise c.unsupported("transparent column encryption")
    if c.key == "ANNOTATIONS" and c.version >= 23:  # noqa: PLR2004 - the release
        raise c.unsupported("ANNOTATIONS")
    constraints: list[ast.Constraint] = []
    while c.key in _INLINE or (c.key in ("ENABLE", "DISABLE") and constraints):
        constraints.append(_inline_constraint(c, name))
    _check_kinds(c, constraints)
    parts["constraints"] = tuple(constraints)
    return parts


def _check_kinds(c: Cursor, constraints: list[ast.Constraint]) -> None:
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


def _default(c: Cursor, parts: dict[str, Any]) -> None:
    """Parse ``DEFAULT [ON NULL] expression``."""
    if c.accept("ON"):
        c.keyword("NULL")
        parts["default_on_null"] = True
    expression = source_expression(c)
    for node in checks.within(expression.expression):
        if isinstance(node, ast.ColumnRef):
            raise c.error(984, position=node.position)
        if isinstance(node, (ast.Subquery, ast.Exists)):
            raise c.error(2251, position=node.position)
        if isinstance(node, ast.PseudoColumn):
            raise c.error(976, position=node.position)
        if checks.is_aggregate(node):
            raise c.error(934, position=node.position)
    parts["default"] = expression


def source_expression(c: Cursor) -> ast.SourceExpression:
    """Parse an expression, and keep its text."""
    start = c.start
    expression = c.rules.expression(c)
    return ast.SourceExpression(expression, c.source(start), position=start)


def _generated(c: Cursor, parts: dict[str, Any]) -> None:
    """Parse ``[GENERATED ALWAYS] AS (expression) [VIRTUAL]`` or GENERATED … AS IDENTITY."""
    start = c.start
    always = on_null = False
    if c.accept("GENERATED"):
        always = c.accept("ALWAYS") or c.key == "AS"
        if not always:
            c.keyword("BY", "DEFAULT")
            if c.accept("ON"):
                c.keyword("NULL")
                on_null = True
    else:
        always = True
    c.keyword("AS")
    if c.accept("IDENTITY"):
        options = ast.SequenceOptions(position=c.start)
        if c.accept("("):
            options = sequence_options(c)
            c.close()
        elif c.key in _SEQUENCE_WORDS:
            options = sequence_options(c)
        parts["identity"] = ast.Identity(always, on_null, options, position=start)
        return
    if not always:
        raise c.error(905)
    c.open()
    virtual = source_expression(c)
    for node in checks.within(virtual.expression):
        if isinstance(node, (ast.Subquery, ast.Exists)):
            raise c.error(2251, position=node.position)
    c.close()
    c.accept("VIRTUAL")
    parts["virtual"] = virtual


def check_columns(c: Cursor, columns: tuple[ast.ColumnDefinition, ...], *, typed: bool = True) -> None:
    """Check what concerns all columns of a statement: their number, names and types.

    ``typed`` where each needs a type of its own; the columns of CREATE TABLE … AS SELECT may not have one.
    """
    for column in columns:
        if typed and column.type is None and column.virtual is None:
            raise c.error(2263, position=column.position)
        if not typed and column.type is not None:
            raise c.error(1773, position=column.position)
    if len(columns) > checks.MAX_COLUMNS:
        raise c.error(1792, position=columns[checks.MAX_COLUMNS].position)
    checks.duplicate_names(c, [ast.Name(column.name, position=column.position) for column in columns])
    longs = [
        each for each in columns if each.type and each.type.type.name in (TypeName.LONG, TypeName.LONG_RAW)
    ]
    if len(longs) > 1:
        raise c.error(1754, position=longs[1].position)
    identities = [each for each in columns if each.identity is not None]
    if len(identities) > 1:
        raise c.error(30669, position=identities[1].position)


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


def _check_keys(c: Cursor, kind: ast.DataType | None, constraints: tuple[ast.Constraint, ...]) -> None:
    for each in constraints:
        if each.kind in ("PRIMARY KEY", "UNIQUE"):
            _check_key_type(c, kind, each.position)


def _check_key_type(c: Cursor, kind: ast.DataType | None, position: int) -> None:
    """ORA-02329: no LOB, LONG or TIMESTAMP WITH TIME ZONE in a key."""
    if kind is not None and kind.type.name in _LOB_LIKE:
        raise c.error(2329, kind.type.name.value, position=position)


# --- constraints --------------------------------------------------------------------------------


def _constraint_name(c: Cursor) -> str | None:
    if not c.accept("CONSTRAINT"):
        return None
    return c.name(2250)


def _inline_constraint(c: Cursor, column: ast.Name) -> ast.Constraint:
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


# --- sequences ----------------------------------------------------------------------------------

_SWITCHES: dict[str, tuple[str, Any]] = {
    "CYCLE": ("cycle", True),
    "NOCYCLE": ("cycle", False),
    "NOCACHE": ("cache", 0),
    "ORDER": ("order", True),
    "NOORDER": ("order", False),
    "NOMAXVALUE": ("max_value", None),
    "NOMINVALUE": ("min_value", None),
    "KEEP": ("keep", True),
    "NOKEEP": ("keep", False),
    "SESSION": ("session", True),
    "GLOBAL": ("session", False),
    "RESTART": ("restart", True),
}
_NUMBERS = {"MAXVALUE": "max_value", "MINVALUE": "min_value", "CACHE": "cache"}
_SEQUENCE_WORDS = frozenset({"START", "INCREMENT", *_SWITCHES, *_NUMBERS}) - {"RESTART", "KEEP", "SESSION"}
_SCALABLE = ("SCALE", "NOSCALE", "SHARD", "NOSHARD")


def sequence_options(c: Cursor) -> ast.SequenceOptions:
    """Parse the options of a sequence, each at most once."""
    start = c.start
    options: dict[str, Any] = {}
    value: Any
    while True:
        word = c.key
        if word == "START":
            c.advance()
            c.keyword("WITH")
            if c.accept("LIMIT"):
                c.expect("VALUE", 905)
                field, value = "start_with_limit", True
            else:
                field, value = "start_with", c.signed_integer(1722)
        elif word == "INCREMENT":
            c.advance()
            c.keyword("BY")
            field, value = "increment_by", c.signed_integer(1722)
            if value == 0:
                raise c.error(4002)
        elif word in _NUMBERS:
            c.advance()
            field, value = _NUMBERS[word], c.signed_integer(1722)
        elif word in _SWITCHES:
            c.advance()
            field, value = _SWITCHES[word]
        elif word in _SCALABLE:
            raise c.unsupported(f"{word} sequences")
        else:
            break
        if field in options:
            raise c.error(933)
        options[field] = value
    _check_sequence(c, options, start)
    return ast.SequenceOptions(**options, position=start)


def _check_sequence(c: Cursor, options: dict[str, Any], start: int) -> None:
    low, high, first = (options.get(field) for field in ("min_value", "max_value", "start_with"))
    if low is not None and high is not None and low >= high:
        raise c.error(4004, position=start)
    if first is not None and low is not None and first < low:
        raise c.error(4006, position=start)
    if first is not None and high is not None and first > high:
        raise c.error(4008, position=start)
    if options.get("cache") == 1:
        raise c.error(4010, position=start)


def using_index(c: Cursor) -> ast.UsingIndex:
    """Parse what follows USING INDEX: a name, physical properties, or nothing."""
    start = c.start
    if c.key == "(":
        raise c.unsupported("USING INDEX (CREATE INDEX …)")
    properties = index_properties(c)
    if properties == ast.TableProperties() and c.at_name and c.key not in _STATES and c.key != "INITIALLY":
        return ast.UsingIndex(c.qualified_name(953), position=start)
    return ast.UsingIndex(properties=properties, position=start)
