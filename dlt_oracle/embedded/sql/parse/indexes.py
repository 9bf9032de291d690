"""CREATE INDEX and ALTER INDEX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.alter import partition_target
from dlt_oracle.embedded.sql.parse.constraints import MAX_KEY_COLUMNS
from dlt_oracle.embedded.sql.parse.partitions import definition, partitioning
from dlt_oracle.embedded.sql.parse.properties import index_properties
from dlt_oracle.embedded.sql.parse.tables import if_exists, if_not_exists, merged

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor


def create_index(c: Cursor, start: int, kind: str | None) -> ast.CreateIndex:
    """Parse CREATE INDEX behind its word INDEX; ``kind`` is UNIQUE, BITMAP or None."""
    optional = if_not_exists(c)
    name = c.qualified_name(953)
    c.expect("ON", 969)
    if c.key == "CLUSTER":
        raise c.unsupported("cluster indexes")
    table = c.qualified_name(903)
    if c.at_name and c.peek() == "(":
        raise c.unsupported("an alias of an index's table")
    c.open()
    columns = tuple([_index_column(c) for _ in c.comma_list()])
    c.close()
    if len(columns) > MAX_KEY_COLUMNS:
        raise c.error(1793, position=columns[MAX_KEY_COLUMNS].position)
    _check_index_columns(c, columns)
    if c.key in ("FROM", "WHERE") and kind == "BITMAP":
        raise c.unsupported("bitmap join indexes")
    if c.key == "INDEXTYPE":
        raise c.unsupported("domain indexes")
    options = _index_options(c)
    if options.get("reverse") and kind == "BITMAP":
        raise c.error(2158, position=start)
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
            raise c.error(2251, position=node.position)
        if isinstance(node, (ast.PseudoColumn, ast.SequenceValue)):
            raise c.error(976, position=node.position)
        if isinstance(node, ast.FunctionCall) and node.bare:
            raise c.error(1743, position=node.position)
        if checks.is_aggregate(node):
            raise c.error(934, position=node.position)
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
        parse = _OPTIONS.get(c.key)
        if parse is not None:
            options.update(parse(c, c.advance().key))
            continue
        found = index_properties(c)
        if c.start == found.position:
            raise c.error(2158)
        properties = merged(c, properties, found)
    options["properties"] = properties
    return options


def _local(c: Cursor, _: str) -> dict[str, Any]:
    return {"local": True, "partitions": _local_partitions(c)}


def _global(c: Cursor, _: str) -> dict[str, Any]:
    if c.key != "PARTITION":
        return {"local": False}
    return {"local": False, "partitioning": partitioning(c)}


def _flag(_: Cursor, word: str) -> dict[str, Any]:
    return {word.lower(): True}


def _visibility(_: Cursor, word: str) -> dict[str, Any]:
    return {"visible": word == "VISIBLE"}


def _nothing(_: Cursor, __: str) -> dict[str, Any]:
    """Take a word that changes nothing here: how the rows arrive, that the index is usable."""
    return {}


def _indexing(c: Cursor, _: str) -> dict[str, Any]:
    if c.key == "PARTIAL":
        raise c.unsupported("partial indexes (INDEXING PARTIAL)")
    c.expect("FULL", 2158)
    return {}


def _invalidation(c: Cursor, _: str) -> dict[str, Any]:
    c.expect("INVALIDATION", 2158)
    return {}


_OPTIONS: dict[str, Callable[[Cursor, str], dict[str, Any]]] = {
    "DEFERRED": _invalidation,
    "GLOBAL": _global,
    "IMMEDIATE": _invalidation,
    "INDEXING": _indexing,
    "INVISIBLE": _visibility,
    "LOCAL": _local,
    "NOSORT": _nothing,
    "ONLINE": _flag,
    "REVERSE": _flag,
    "SORT": _nothing,
    "UNUSABLE": _flag,
    "USABLE": _nothing,
    "VISIBLE": _visibility,
}


def _local_partitions(c: Cursor) -> tuple[ast.PartitionDefinition, ...]:
    if c.key == "STORE":
        raise c.unsupported("STORE IN of a local index")
    if not (c.key == "(" and c.peek() == "PARTITION"):
        return ()
    c.advance()
    partitions = tuple([definition(c, "HASH", 0) for _ in c.comma_list()])
    c.close()
    return partitions


# --- ALTER INDEX --------------------------------------------------------------------------------

_UNSUPPORTED_CHANGES = frozenset(
    ["MODIFY", "SPLIT", "DROP", "ADD", "SHRINK", "ALLOCATE", "DEALLOCATE", "MONITORING", "NOMONITORING"]
)


def alter_index(c: Cursor, start: int) -> ast.AlterIndex:
    """Parse ALTER INDEX behind its word INDEX."""
    optional = if_exists(c)
    name = c.qualified_name(953)
    if c.key in _UNSUPPORTED_CHANGES:
        raise c.unsupported(f"ALTER INDEX … {c.key}")
    parse = _CHANGES.get(c.key)
    if parse is not None:
        action = c.advance().key
        fields = parse(c)
    else:
        action = "PROPERTIES"
        fields = {"properties": index_properties(c)}
        if c.start == fields["properties"].position:
            raise c.error(2243)
    if not c.at_end:
        raise c.error(2243)
    return ast.AlterIndex(name, action, **fields, if_exists=optional, position=start)


def _rebuild(c: Cursor) -> dict[str, Any]:
    partition = partition_target(c) if c.key in ("PARTITION", "SUBPARTITION") else None
    online = False
    properties = ast.TableProperties(position=c.start)
    while not c.at_end:
        if c.accept("ONLINE"):
            online = True
        elif not c.accept_any("REVERSE", "NOREVERSE"):
            found = index_properties(c)
            if c.start == found.position:
                raise c.error(2243)
            properties = merged(c, properties, found)
    return {"partition": partition, "online": online, "properties": properties}


def _rename(c: Cursor) -> dict[str, Any]:
    if c.key == "PARTITION":
        raise c.unsupported("ALTER INDEX … RENAME PARTITION")
    c.keyword("TO")
    return {"new": c.name_node(953)}


def _unusable(c: Cursor) -> dict[str, Any]:
    return {"online": c.accept("ONLINE")}


def _coalesce(c: Cursor) -> dict[str, Any]:
    c.accept("CLEANUP")
    return {}


def _plain(_: Cursor) -> dict[str, Any]:
    return {}


_CHANGES: dict[str, Callable[[Cursor], dict[str, Any]]] = {
    "COALESCE": _coalesce,
    "COMPILE": _plain,
    "DISABLE": _plain,
    "ENABLE": _plain,
    "INVISIBLE": _plain,
    "REBUILD": _rebuild,
    "RENAME": _rename,
    "UNUSABLE": _unusable,
    "VISIBLE": _plain,
}
