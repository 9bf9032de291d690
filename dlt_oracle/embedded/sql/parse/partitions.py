"""PARTITION BY, and definitions of single partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.columns import source_expression
from dlt_oracle.embedded.sql.parse.properties import segment_properties

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_KEYED = ("RANGE", "LIST", "HASH")
_MAX_PARTITIONS = 1048575


def partitioning(c: Cursor) -> ast.Partitioning:
    """Parse ``PARTITION BY …``, the word PARTITION being next."""
    start = c.advance().start
    c.expect("BY", 922)
    if c.key in _KEYED:
        return _keyed(c, start)
    if c.accept("REFERENCE"):
        c.open()
        reference = c.name(2250)
        c.close()
        partitions = _list(c, "REFERENCE", 0) if c.key == "(" else ()
        return ast.Partitioning("REFERENCE", reference=reference, partitions=partitions, position=start)
    if c.accept("SYSTEM"):
        count = _count(c, "PARTITIONS")
        partitions = _list(c, "SYSTEM", 0) if c.key == "(" else ()
        return ast.Partitioning("SYSTEM", count=count, partitions=partitions, position=start)
    if c.key == "CONSISTENT":
        raise c.unsupported("sharded tables")
    raise c.error(922)


def _keyed(c: Cursor, start: int) -> ast.Partitioning:
    method = c.advance().key
    columns = c.name_list()
    checks.duplicate_names(c, columns)
    interval, automatic = None, False
    store_in: tuple[str, ...] = ()
    if method == "RANGE" and c.accept("INTERVAL"):
        c.open()
        interval = source_expression(c)
        c.close()
        store_in = _store_in(c)
    if method == "LIST" and c.accept("AUTOMATIC"):
        automatic = True
        store_in = _store_in(c)
    sub = _subpartitioning(c) if c.key == "SUBPARTITION" else None
    count = None
    partitions: tuple[ast.PartitionDefinition, ...] = ()
    if method == "HASH" and c.key == "PARTITIONS":
        count = _count(c, "PARTITIONS")
        store_in = _store_in(c)
        segment_properties(c)
    else:
        if c.key != "(" or c.peek() != "PARTITION":
            raise c.error(14004)
        partitions = _list(c, method, len(columns))
    return ast.Partitioning(
        method, columns, interval, automatic, None, count, store_in, partitions, sub, position=start
    )


def _subpartitioning(c: Cursor) -> ast.Partitioning:
    start = c.advance().start
    c.expect("BY", 922)
    method = c.expect_any(_KEYED, 14151)
    columns = c.name_list()
    template: tuple[ast.PartitionDefinition, ...] = ()
    count = None
    if c.accept("SUBPARTITION", "TEMPLATE"):
        if c.key != "(":
            count = c.integer(2017)
        else:
            template = _list(c, method, len(columns), word="SUBPARTITION")
    elif c.key == "SUBPARTITIONS":
        count = _count(c, "SUBPARTITIONS")
        _store_in(c)
    return ast.Partitioning(method, columns, count=count, partitions=template, position=start)


def _count(c: Cursor, word: str) -> int | None:
    if not c.accept(word):
        return None
    position = c.start
    count = c.integer(2017)
    if not 1 <= count <= _MAX_PARTITIONS:
        raise c.error(2017 if count < 1 else 14299, position=position)
    return count


def _store_in(c: Cursor) -> tuple[str, ...]:
    if not c.accept("STORE", "IN"):
        return ()
    c.open()
    names = tuple([c.name(2216) for _ in c.comma_list()])
    c.close()
    return names


def _list(c: Cursor, method: str, width: int, word: str = "PARTITION") -> tuple[ast.PartitionDefinition, ...]:
    c.open()
    partitions = tuple([definition(c, method, width, word) for _ in c.comma_list()])
    c.expect(")", 14020 if c.at_name else 907)
    names = [ast.Name(each.name, position=each.position) for each in partitions if each.name]
    checks.duplicate_names(c, names, 14013)
    return partitions


def definition(c: Cursor, method: str | None, width: int, word: str = "PARTITION") -> ast.PartitionDefinition:
    """Parse ``PARTITION [name] [VALUES …] [properties] [subpartitions]``.

    ``method`` is None where the table's method is not known (ALTER TABLE); ``width`` is the number of key
    columns, or 0 where it is not known.
    """
    start = c.start
    c.expect(word, 14004)
    name = None
    if c.at_name and (c.key != "VALUES"):
        name = c.name(14006)
    elif c.token.key not in ("VALUES", ",", ")", "TABLESPACE", "(", "") and not c.at_end:
        raise c.error(14006)
    less_than: tuple[ast.Expression, ...] = ()
    values: tuple[ast.Expression, ...] = ()
    if c.accept("VALUES"):
        if method in ("HASH", "SYSTEM", "REFERENCE"):
            raise c.error(922)
        if c.accept("LESS"):
            c.expect("THAN", 14008)
            if method == "LIST":
                raise c.error(922)
            less_than = _bounds(c, width)
        elif method == "RANGE":
            raise c.error(14007)
        else:
            values = _values(c)
    elif method == "RANGE":
        raise c.error(14007)
    elif method == "LIST":
        raise c.error(922)
    properties = segment_properties(c)
    subpartitions, count = _subpartitions(c)
    return ast.PartitionDefinition(name, less_than, values, properties, subpartitions, count, position=start)


def _bounds(c: Cursor, width: int) -> tuple[ast.Expression, ...]:
    c.open()
    bounds = []
    for _ in c.comma_list():
        start = c.start
        bounds.append(ast.MaxValue(position=start) if c.accept("MAXVALUE") else c.rules.expression(c))
        _check_constant(c, bounds[-1])
    if width and len(bounds) != width:
        raise c.error(14018 if len(bounds) < width else 14017)
    c.close()
    return tuple(bounds)


def _values(c: Cursor) -> tuple[ast.Expression, ...]:
    """Parse the values of a list partition: constants, rows of constants, NULL, or DEFAULT alone."""
    c.open()
    start = c.start
    if c.accept("DEFAULT"):
        c.close()
        return (ast.Default(position=start),)
    values: list[ast.Expression] = []
    for _ in c.comma_list():
        start = c.start
        if c.accept("("):
            row = tuple([c.rules.expression(c) for _ in c.comma_list()])
            c.close()
            values.append(ast.RowValue(row, position=start))
        else:
            values.append(c.rules.expression(c))
        _check_constant(c, values[-1])
    c.close()
    return tuple(values)


def _check_constant(c: Cursor, value: ast.Expression) -> None:
    for node in checks.within(value):
        if isinstance(node, (ast.ColumnRef, ast.Subquery, ast.PseudoColumn, ast.SequenceValue)):
            raise c.error(14019, position=node.position)


def _subpartitions(c: Cursor) -> tuple[tuple[ast.PartitionDefinition, ...], int | None]:
    if c.key == "SUBPARTITIONS":
        count = _count(c, "SUBPARTITIONS")
        _store_in(c)
        return (), count
    if c.key == "(" and c.peek() == "SUBPARTITION":
        c.advance()
        found = tuple([definition(c, None, 0, "SUBPARTITION") for _ in c.comma_list()])
        c.close()
        return found, None
    return (), None
