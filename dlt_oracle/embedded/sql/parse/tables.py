"""CREATE TABLE."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.model import LOBS, LONGS, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.columns import check_columns, column_definition
from dlt_oracle.embedded.sql.parse.constraints import at_constraint, check_constraints, out_of_line_constraint
from dlt_oracle.embedded.sql.parse.partitions import partitioning
from dlt_oracle.embedded.sql.parse.properties import table_properties

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_PRIVATE_PREFIX = "ORA$PTT_"
_NO_PARTITION_KEY = LOBS | LONGS

# Selected expressions that give a column of CREATE TABLE … AS its name.
_NAMED = (ast.ColumnRef, ast.PseudoColumn, ast.SequenceValue, ast.Star)


def if_not_exists(c: Cursor) -> bool:
    """Take IF NOT EXISTS where the release knows it."""
    return c.since_23 and c.accept("IF", "NOT", "EXISTS")


def if_exists(c: Cursor) -> bool:
    """Take IF EXISTS where the release knows it."""
    return c.since_23 and c.accept("IF", "EXISTS")


def create_table(c: Cursor, start: int, temporary: str | None) -> ast.CreateTable:
    """Parse CREATE TABLE behind its word TABLE. ``temporary`` is GLOBAL, PRIVATE or None."""
    optional = if_not_exists(c)
    name = c.qualified_name(903)
    if (temporary == "PRIVATE") is not name.name.startswith(_PRIVATE_PREFIX):
        raise c.error(903, position=name.position)
    if c.key == "OF":
        raise c.unsupported("object tables")
    columns: tuple[ast.ColumnDefinition, ...] = ()
    constraints: tuple[ast.Constraint, ...] = ()
    if c.accept("("):
        columns, constraints = relational_properties(c)
    node = ast.CreateTable(name, columns, constraints, temporary, if_not_exists=optional, position=start)
    node = _tail(c, node)
    check_columns(c, columns, typed=node.query is None)
    if columns:
        check_constraints(c, columns, constraints)
    if node.query is not None:
        _check_query(c, columns, node.query)
    elif not columns and node.exchange_with is None:
        raise c.error(906 if c.at_end else 922)
    _check_partitioning(c, node)
    if temporary is not None:
        _check_temporary(c, node)
    return node


def relational_properties(
    c: Cursor,
) -> tuple[tuple[ast.ColumnDefinition, ...], tuple[ast.Constraint, ...]]:
    """Parse columns and out-of-line constraints up to the closing parenthesis."""
    columns: list[ast.ColumnDefinition] = []
    constraints: list[ast.Constraint] = []
    for _ in c.comma_list():
        if at_constraint(c):
            constraints.append(out_of_line_constraint(c))
        else:
            columns.append(column_definition(c))
    c.close()
    return tuple(columns), tuple(constraints)


def _tail(c: Cursor, node: ast.CreateTable) -> ast.CreateTable:
    """Parse what follows the columns: properties, partitions, the query."""
    while not c.at_end:
        key = c.key
        if key == "ON" and c.peek() == "COMMIT" and node.on_commit is None:
            node = replace(node, on_commit=_on_commit(c, node.temporary))
        elif key == "PARTITION" and node.partitioning is None:
            node = replace(node, partitioning=partitioning(c))
        elif key == "ORGANIZATION":
            node = _organization(c, node)
        elif key in ("ENABLE", "DISABLE") and c.peek() != "ROW":
            raise c.unsupported(f"{key} of a constraint behind the columns")
        elif key == "DEFAULT" and c.peek() == "COLLATION":
            raise c.unsupported("DEFAULT COLLATION of a table")
        elif key == "AS":
            c.advance()
            return replace(node, query=_as_query(c))
        elif key == "FOR" and c.peek() == "EXCHANGE" and not node.columns:
            c.accept("FOR", "EXCHANGE")
            c.keyword("WITH", "TABLE")
            node = replace(node, exchange_with=c.qualified_name(903))
        else:
            found = table_properties(c)
            if c.start == found.position:
                return node
            node = replace(node, properties=merged(c, node.properties, found))
    return node


def merged(c: Cursor, first: ast.TableProperties, second: ast.TableProperties) -> ast.TableProperties:
    """Join two runs of properties that another clause stood between; ORA-00922 for one given twice."""
    values = {}
    for each in fields(ast.TableProperties):
        one, two = getattr(first, each.name), getattr(second, each.name)
        if each.name == "others":
            values[each.name] = one + two
        elif each.name == "storage":
            values[each.name] = one or two
        elif each.name != "position":
            if one is not None and two is not None:
                raise c.error(922, position=second.position)
            values[each.name] = two if one is None else one
    return ast.TableProperties(**values, position=first.position)


def _on_commit(c: Cursor, temporary: str | None) -> str:
    start = c.start
    c.accept("ON", "COMMIT")
    word = c.expect_any(("DELETE", "PRESERVE", "DROP"), 922)
    what = c.expect_any(("ROWS", "DEFINITION"), 922)
    if temporary is None:
        raise c.error(14459, position=start)
    if (what == "DEFINITION") is not (temporary == "PRIVATE") or (word, what) == ("DROP", "ROWS"):
        raise c.error(922, position=start)
    return f"{word} {what}"


def _organization(c: Cursor, node: ast.CreateTable) -> ast.CreateTable:
    c.advance()
    if c.accept("HEAP"):
        return node
    if c.key == "EXTERNAL":
        raise c.unsupported("external tables")
    if not c.accept("INDEX"):
        raise c.error(922)
    if not _has_primary_key(node):
        raise c.error(25175, position=node.position)
    if c.key in ("OVERFLOW", "INCLUDING", "PCTTHRESHOLD", "MAPPING"):
        raise c.unsupported(f"{c.key} of an index-organized table")
    return replace(node, index_organized=True)


def _has_primary_key(node: ast.CreateTable) -> bool:
    inline = (each for column in node.columns for each in column.constraints)
    return any(each.kind == "PRIMARY KEY" for each in (*inline, *node.constraints))


# --- AS SELECT ----------------------------------------------------------------------------------


def _as_query(c: Cursor) -> ast.Query:
    if c.key not in ("SELECT", "WITH", "("):
        raise c.error(928)
    return c.rules.query(c)


def check_names(c: Cursor, query: ast.Query) -> None:
    """ORA-00998 and ORA-00957: the selected columns must have names, and different ones."""
    names = []
    for item in next(checks.blocks(query.body)).items:
        expression = item.expression
        bare = isinstance(expression, ast.FunctionCall) and expression.bare
        if item.alias is None and not bare and not isinstance(expression, _NAMED):
            raise c.error(998, position=item.position)
        if item.name is not None:
            names.append(ast.Name(item.name, position=item.position))
    checks.duplicate_names(c, names)


def _check_query(c: Cursor, columns: tuple[ast.ColumnDefinition, ...], query: ast.Query) -> None:
    if not columns:
        check_names(c, query)
        return
    count = checks.width(query.body)
    if count is not None and count != len(columns):
        raise c.error(1730, position=query.position)


def _check_partitioning(c: Cursor, node: ast.CreateTable) -> None:
    """Check the key columns of PARTITION BY and SUBPARTITION BY against the table's."""
    types = {column.name: column.type for column in node.columns}
    schemes = [node.partitioning, node.partitioning.subpartitioning] if node.partitioning else []
    for scheme in schemes:
        for column in scheme.columns if scheme is not None and types else ():
            if column.text not in types:
                raise c.error(904, f'"{column.text}"', position=column.position)
            kind = types[column.text]
            if kind is not None and kind.type.name in _NO_PARTITION_KEY:
                raise c.error(14135, position=column.position)
            if kind is not None and kind.type.name is TypeName.TIMESTAMP_TZ:
                raise c.error(3001, position=column.position)


def _check_temporary(c: Cursor, node: ast.CreateTable) -> None:
    """ORA-14451, ORA-14455: what a temporary table cannot have."""
    if node.partitioning is not None or node.index_organized:
        raise c.error(14451, position=node.position)
    every = [each for column in node.columns for each in column.constraints] + list(node.constraints)
    for each in every:
        if each.kind == "REFERENCES":
            raise c.error(14455, position=each.position)
        if node.temporary == "PRIVATE" and each.kind != "NULL":
            raise c.error(14451, position=each.position)
    if node.temporary == "PRIVATE":
        for column in node.columns:
            if column.default is not None or column.identity is not None:
                raise c.error(14451, position=column.position)
