"""Column definitions, and their changes: what CREATE and ALTER TABLE share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.model import TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.constraints import INLINE, check_keys, check_kinds, inline_constraint
from dlt_oracle.embedded.sql.parse.sequences import sequence_options
from dlt_oracle.embedded.sql.parse.types import at_type, data_type

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor


def column_definition(c: Cursor) -> ast.ColumnDefinition:
    """Parse ``name type [SORT] [visibility] [default | identity | virtual] [constraints]``.

    DEFAULT comes before constraints: behind one, it is an error.
    """
    name = c.column_name()
    kind = data_type(c) if at_type(c) else None
    parts = _column_parts(c, name)
    if parts.get("identity") is not None and kind is not None and kind.type.name is not TypeName.NUMBER:
        raise c.error(30675, position=kind.position)
    check_keys(c, kind, parts["constraints"])
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
    check_keys(c, kind, parts["constraints"])
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
    if c.key == "ANNOTATIONS" and c.since_23:
        raise c.unsupported("ANNOTATIONS")
    constraints: list[ast.Constraint] = []
    while c.key in INLINE:
        constraints.append(inline_constraint(c, name))
    check_kinds(c, constraints)
    parts["constraints"] = tuple(constraints)
    return parts


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
        in_parentheses = c.accept("(")
        options = sequence_options(c)
        if in_parentheses:
            c.close()
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
