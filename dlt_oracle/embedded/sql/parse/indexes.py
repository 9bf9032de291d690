"""CREATE INDEX and ALTER INDEX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.alter import partition_target
from dlt_oracle.embedded.sql.parse.columns import MAX_KEY_COLUMNS
from dlt_oracle.embedded.sql.parse.partitions import definition, partitioning
from dlt_oracle.embedded.sql.parse.properties import index_properties
from dlt_oracle.embedded.sql.parse.tables import if_exists, if_not_exists, merged

if TYPE_CHECKING:
    from typing import Any

    from dlt_oracle.embedded.sql.parse.cursor import Cursor


def create_index(c: Cursor, start: int, kind: str | None) -> ast.CreateIndex:
    """Parse CREATE INDEX behind its word INDEX; ``kind`` is UNIQUE, BITMAP or None."""
    optional = if_not_exists(c)
    name = c.qualified_name(953)
    c.expect("ON", 969)
    if c.key == "CLUSTER":
        c.unsupported("cluster indexes")
    table = c.qualified_name(903)
    if c.at_name and c.peek() == "(":
        c.unsupported("an alias of an index's table")
    c.open()
    columns = tuple([_index_column(c) for _ in c.comma_list()])
    c.close()
    if len(columns) > MAX_KEY_COLUMNS:
        c.fail(1793, position=columns[MAX_KEY_COLUMNS].position)
    _check_index_columns(c, columns)
    if c.key in ("FROM", "WHERE") and kind == "BITMAP":
        c.unsupported("bitmap join indexes")
    if c.key == "INDEXTYPE":
        c.unsupported("domain indexes")
    options = _index_options(c)
    if options.get("reverse") and kind == "BITMAP":
        c.fail(2158, position=start)
    return ast.CreateIndex(
        name,
        table,
        columns,
        unique=kind == "UNIQUE",
        bitmap=kind == "BITMAP",
        if_not_exists=optional,
        **options,
        position=start,
    )


def _index_column(c: Cursor) -> ast.IndexColumn:
    start = c.start
    expression = c.rules.expression(c)
    text = c.source(start)
    for node in checks.within(expression):
        if isinstance(node, (ast.Subquery, ast.Exists)):
            c.fail(2251, position=node.position)
        if isinstance(node, (ast.PseudoColumn, ast.SequenceValue)):
            c.fail(976, position=node.position)
        if isinstance(node, ast.FunctionCall) and node.bare:
            c.fail(1743, position=node.position)
        if checks.is_aggregate(node):
            c.fail(934, position=node.position)
    descending = c.accept_any("ASC", "DESC") == "DESC"
    return ast.IndexColumn(expression, text, descending, position=start)


def _check_index_columns(c: Cursor, columns: tuple[ast.IndexColumn, ...]) -> None:
    plain = [
        ast.Name(each.expression.parts[-1], position=each.position)
        for each in columns
        if isinstance(each.expression, ast.ColumnRef)
    ]
    checks.duplicate_names(c, plain)


def _index_options(c: Cursor) -> dict[str, Any]:
    """Parse what follows the columns of an index; ORA-02158 for what is no option."""
    options: dict[str, Any] = {}
    properties = ast.TableProperties(position=c.start)
    while not c.at_end:
        key = c.key
        if c.accept_any("LOCAL"):
            options["local"] = True
            options["partitions"] = _local_partitions(c)
        elif c.accept("GLOBAL"):
            options["local"] = False
            if c.key == "PARTITION":
                options["partitioning"] = partitioning(c)
        elif c.accept_any("REVERSE", "ONLINE", "UNUSABLE"):
            options[key.lower()] = True
        elif c.accept_any("VISIBLE", "INVISIBLE"):
            options["visible"] = key == "VISIBLE"
        elif c.accept_any("NOSORT", "SORT", "USABLE") or c.accept("INDEXING", "FULL"):
            pass
        elif c.at_keys("INDEXING", "PARTIAL") or c.at_keys("NOPARALLEL", "("):
            c.unsupported(f"{key} indexes")
        elif c.at_keys("IMMEDIATE", "INVALIDATION") or c.at_keys("DEFERRED", "INVALIDATION"):
            c.advance()
            c.advance()
        else:
            found = index_properties(c)
            if c.start == found.position:
                c.fail(2158)
            properties = merged(c, properties, found)
    options["properties"] = properties
    return options


def _local_partitions(c: Cursor) -> tuple[ast.PartitionDefinition, ...]:
    if c.key == "STORE":
        c.unsupported("STORE IN of a local index")
    if not (c.key == "(" and c.peek() == "PARTITION"):
        return ()
    c.advance()
    partitions = tuple([definition(c, "HASH", 0) for _ in c.comma_list()])
    c.close()
    return partitions


_UNSUPPORTED_CHANGES = frozenset(
    ["MODIFY", "SPLIT", "DROP", "ADD", "SHRINK", "ALLOCATE", "DEALLOCATE", "MONITORING", "NOMONITORING"]
)


def alter_index(c: Cursor, start: int) -> ast.AlterIndex:
    """Parse ALTER INDEX behind its word INDEX."""
    optional = if_exists(c)
    name = c.qualified_name(953)
    action = c.key
    new, partition, online = None, None, False
    properties = ast.TableProperties(position=c.start)
    if c.accept("REBUILD"):
        if c.key in ("PARTITION", "SUBPARTITION"):
            partition = partition_target(c)
        while not c.at_end:
            if c.accept("ONLINE"):
                online = True
            elif not c.accept_any("REVERSE", "NOREVERSE"):
                found = index_properties(c)
                if c.start == found.position:
                    c.fail(2243)
                properties = merged(c, properties, found)
    elif c.accept("RENAME"):
        if c.key == "PARTITION":
            c.unsupported("ALTER INDEX … RENAME PARTITION")
        c.keyword("TO")
        new = c.name_node(953)
    elif c.accept("UNUSABLE"):
        online = c.accept("ONLINE")
    elif c.accept("COALESCE"):
        c.accept("CLEANUP")
    elif c.accept_any("VISIBLE", "INVISIBLE", "COMPILE", "ENABLE", "DISABLE"):
        pass
    elif c.key in _UNSUPPORTED_CHANGES:
        c.unsupported(f"ALTER INDEX … {c.key}")
    else:
        properties = index_properties(c)
        if c.start == properties.position:
            c.fail(2243)
        action = "PROPERTIES"
    if not c.at_end:
        c.fail(2243)
    return ast.AlterIndex(name, action, new, partition, online, properties, optional, position=start)
