"""ALTER TABLE: clauses that may stand together, and those that stand alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.columns import check_columns, column_change, column_definition
from dlt_oracle.embedded.sql.parse.constraints import (
    at_constraint,
    constraint_state,
    out_of_line_constraint,
    using_index,
)
from dlt_oracle.embedded.sql.parse.partitions import definition
from dlt_oracle.embedded.sql.parse.properties import altered_properties, segment_properties
from dlt_oracle.embedded.sql.parse.tables import if_exists, relational_properties
from dlt_oracle.embedded.sql.scan import NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_PARTITION_WORDS = ("PARTITION", "SUBPARTITION")


def alter_table(c: Cursor, start: int) -> ast.AlterTable:
    """Parse ALTER TABLE behind its word TABLE."""
    optional = if_exists(c)
    if c.at_keys("IF", "EXISTS"):
        raise c.error(903)
    name = c.qualified_name(903)
    actions: list[ast.AlterAction] = []
    while not c.at_end:
        parse = _ACTIONS.get(c.key)
        position = c.start
        action = _properties(c, position) if parse is None else parse(c)
        if actions and not _combines(actions[-1], action):
            raise c.error(14047 if isinstance(action, ast.RenameTable) else 1735, position=position)
        actions.append(action)
    if not actions:
        raise c.error(1735)
    _check_together(c, actions)
    return ast.AlterTable(name, tuple(actions), optional, position=start)


# These may be repeated and mixed; every other clause stands alone.
_COMBINABLE = (
    ast.AddColumns,
    ast.ModifyColumns,
    ast.ModifyConstraint,
    ast.DropConstraint,
    ast.ChangeProperties,
)


def _combines(before: ast.AlterAction, after: ast.AlterAction) -> bool:
    return isinstance(before, _COMBINABLE) and isinstance(after, _COMBINABLE)


def _check_together(c: Cursor, actions: list[ast.AlterAction]) -> None:
    added = tuple(col for action in actions if isinstance(action, ast.AddColumns) for col in action.columns)
    check_columns(c, added)
    changed = [
        ast.Name(column.name, position=column.position)
        for action in actions
        if isinstance(action, ast.ModifyColumns)
        for column in action.columns
    ]
    checks.duplicate_names(c, changed)


def _properties(c: Cursor, start: int) -> ast.AlterAction:
    found = altered_properties(c)
    if c.start == start:
        raise c.error(1735)
    return ast.ChangeProperties(found, position=start)


# --- ADD ----------------------------------------------------------------------------------------


def _add(c: Cursor) -> ast.AlterAction:
    start = c.advance().start
    if c.key == "PARTITION" and c.peek() != "(":
        return _add_partition(c, start)
    if c.key == "SUPPLEMENTAL" or (c.key == "PERIOD" and c.peek() == "FOR"):
        raise c.unsupported(f"ALTER TABLE … ADD {c.key}")
    if at_constraint(c):
        constraints = [out_of_line_constraint(c)]
        while at_constraint(c):
            constraints.append(out_of_line_constraint(c))
        return ast.AddColumns((), tuple(constraints), position=start)
    if not c.accept("("):
        return ast.AddColumns((column_definition(c),), position=start)
    columns, constraint_list = relational_properties(c)
    return ast.AddColumns(columns, constraint_list, position=start)


def _add_partition(c: Cursor, start: int) -> ast.AlterAction:
    partitions = [definition(c, None, 0)]
    while c.accept(","):
        partitions.append(definition(c, None, 0))
    return ast.AddPartition(tuple(partitions), _update_indexes(c), position=start)


# --- MODIFY -------------------------------------------------------------------------------------


def _modify(c: Cursor) -> ast.AlterAction:
    start = c.advance().start
    if c.key == "COLUMN":
        raise c.error(905)
    if c.key in _PARTITION_WORDS and c.peek_kind() in ("word", '"') and c.peek() != "(":
        raise c.unsupported(f"ALTER TABLE … MODIFY {c.key}")
    if c.key in ("DEFAULT", "NESTED", "LOB", "VARRAY", "OPAQUE"):
        raise c.unsupported(f"ALTER TABLE … MODIFY {c.key}")
    if c.key == "CONSTRAINT" or (c.key == "PRIMARY" and c.peek() == "KEY") or c.at_keys("UNIQUE", "("):
        target = _constraint_target(c)
        state = constraint_state(c)
        if state == ast.ConstraintState():
            raise c.error(905)
        return ast.ModifyConstraint(target, state, c.accept("CASCADE"), position=start)
    if not c.accept("("):
        return ast.ModifyColumns((column_change(c),), position=start)
    columns = tuple([column_change(c) for _ in c.comma_list()])
    c.close()
    return ast.ModifyColumns(columns, position=start)


def _constraint_target(c: Cursor) -> ast.ConstraintTarget:
    start = c.start
    if c.accept("CONSTRAINT"):
        return ast.ConstraintTarget(c.name(2250), position=start)
    if c.accept("PRIMARY"):
        c.keyword("KEY")
        return ast.ConstraintTarget(primary_key=True, position=start)
    if c.accept("UNIQUE"):
        return ast.ConstraintTarget(unique=c.name_list(), position=start)
    raise c.error(905)


def _switch(c: Cursor) -> ast.AlterAction:
    """Parse ENABLE or DISABLE: a constraint, ROW MOVEMENT, or what is refused."""
    if c.peek() == "ROW":
        return _properties(c, c.start)
    if c.peek() in ("TABLE", "ALL", "CONTAINER_MAP", "CONTAINERS_DEFAULT"):
        raise c.unsupported(f"ALTER TABLE … {c.key} {c.peek()}")
    token = c.advance()
    validated = None
    if c.key in ("VALIDATE", "NOVALIDATE"):
        validated = c.advance().key == "VALIDATE"
    target = _constraint_target(c)
    index = using_index(c) if c.accept("USING", "INDEX") else None
    if c.key == "EXCEPTIONS":
        raise c.unsupported("EXCEPTIONS INTO")
    state = ast.ConstraintState(token.key == "ENABLE", validated, using_index=index)
    cascade = c.accept("CASCADE")
    if c.key in ("KEEP", "DROP") and c.peek() == "INDEX":
        c.advance()
        c.advance()
    return ast.ModifyConstraint(target, state, cascade, position=token.start)


# --- DROP ---------------------------------------------------------------------------------------


def _drop(c: Cursor) -> ast.AlterAction:
    start = c.advance().start
    if c.accept("UNUSED", "COLUMNS") or c.accept("COLUMNS", "CONTINUE"):
        _checkpoint(c)
        return ast.DropUnusedColumns(position=start)
    if c.key in ("COLUMN", "("):
        in_list = not c.accept("COLUMN")
        columns = c.name_list() if in_list else (c.column_name(),)
        return _dropped(c, columns, start)
    if c.key in ("CONSTRAINT", "PRIMARY", "UNIQUE"):
        return _drop_constraint(c, start)
    if c.key in (*_PARTITION_WORDS, "PARTITIONS", "SUBPARTITIONS"):
        partitions = _partition_list(c)
        return ast.DropPartitions(partitions, _update_indexes(c), position=start)
    if c.key == "SUPPLEMENTAL":
        raise c.unsupported("supplemental logging")
    raise c.error(905)


def _dropped(
    c: Cursor, columns: tuple[ast.Name, ...], start: int, *, unused: bool = False
) -> ast.DropColumns:
    """Parse the options behind dropped columns."""
    checks.duplicate_names(c, columns)
    cascade = invalidate = False
    while True:
        if c.accept("CASCADE"):
            c.keyword("CONSTRAINTS")
            cascade = True
        elif c.accept("INVALIDATE"):
            invalidate = True
        elif not (unused and c.accept("ONLINE")):
            break
    _checkpoint(c)
    if not c.at_end:
        raise c.error(933)
    return ast.DropColumns(columns, cascade, invalidate, unused, position=start)


def _checkpoint(c: Cursor) -> None:
    if c.accept("CHECKPOINT"):
        c.integer(905)


def _drop_constraint(c: Cursor, start: int) -> ast.AlterAction:
    target = _constraint_target(c)
    cascade = c.accept("CASCADE")
    keep = None
    if c.key in ("KEEP", "DROP") and c.peek() == "INDEX":
        keep = c.advance().key == "KEEP"
        c.advance()
    c.accept("ONLINE")
    return ast.DropConstraint(target, cascade, keep, position=start)


# --- partitions ---------------------------------------------------------------------------------


def partition_target(c: Cursor) -> ast.PartitionRef:
    """Parse ``[SUB]PARTITION name`` or ``[SUB]PARTITION FOR (values)``."""
    start = c.start
    sub = c.expect_any(_PARTITION_WORDS, 905) == "SUBPARTITION"
    return _one_partition(c, start, sub=sub)


def _one_partition(c: Cursor, start: int, *, sub: bool) -> ast.PartitionRef:
    if c.accept("FOR"):
        c.open()
        values = tuple([c.rules.expression(c) for _ in c.comma_list()])
        c.close()
        return ast.PartitionRef(None, values, sub, position=start)
    return ast.PartitionRef(c.name(14006), (), sub, position=start)


def _partition_list(c: Cursor) -> tuple[ast.PartitionRef, ...]:
    sub = c.advance().key.startswith("SUB")
    return tuple([_one_partition(c, c.start, sub=sub) for _ in c.comma_list()])


def _update_indexes(c: Cursor) -> str | None:
    """Parse ``UPDATE [GLOBAL] INDEXES`` or ``INVALIDATE GLOBAL INDEXES``, with PARALLEL behind it."""
    kind = None
    if c.accept("UPDATE"):
        kind = "UPDATE GLOBAL" if c.accept("GLOBAL") else "UPDATE"
        c.keyword("INDEXES")
        if c.key == "(":
            raise c.unsupported("UPDATE INDEXES of single indexes")
    elif c.accept("INVALIDATE"):
        c.keyword("GLOBAL", "INDEXES")
        kind = "INVALIDATE GLOBAL"
    if kind is not None and not c.accept("NOPARALLEL") and c.accept("PARALLEL") and c.token.kind == NUMBER:
        c.integer(12813)
    return kind


def _exchange(c: Cursor) -> ast.AlterAction:
    start = c.advance().start
    partition = partition_target(c)
    c.keyword("WITH", "TABLE")
    table = c.qualified_name(903)
    indexes = validation = None
    if c.key in ("INCLUDING", "EXCLUDING"):
        indexes = c.advance().key == "INCLUDING"
        c.keyword("INDEXES")
    if c.key in ("WITH", "WITHOUT"):
        validation = c.advance().key == "WITH"
        c.keyword("VALIDATION")
    if c.key == "EXCEPTIONS":
        raise c.unsupported("EXCEPTIONS INTO")
    update = _update_indexes(c)
    c.accept("CASCADE")
    return ast.ExchangePartition(partition, table, indexes, validation, update, position=start)


def _truncate(c: Cursor) -> ast.AlterAction:
    start = c.advance().start
    if c.key not in (*_PARTITION_WORDS, "PARTITIONS", "SUBPARTITIONS"):
        raise c.error(905)
    partitions = _partition_list(c)
    storage = None
    if c.key in ("DROP", "REUSE"):
        storage = c.advance().key
        if storage == "DROP" and c.accept("ALL"):
            storage = "DROP ALL"
        c.keyword("STORAGE")
    cascade = c.accept("CASCADE")
    update = _update_indexes(c)
    cascade = c.accept("CASCADE") or cascade
    return ast.TruncatePartitions(partitions, storage, cascade, update, position=start)


def _unsupported_partition(c: Cursor) -> ast.AlterAction:
    if c.peek() in (*_PARTITION_WORDS, "PARTITIONS", "SUBPARTITIONS"):
        raise c.unsupported(f"ALTER TABLE … {c.key} {c.peek()}")
    raise c.error(1735)


# --- the rest -----------------------------------------------------------------------------------


def _rename(c: Cursor) -> ast.AlterAction:
    start = c.advance().start
    if c.accept("TO"):
        new = c.name_node(903)
        if c.key == "." or not c.at_end:
            raise c.error(14047)
        return ast.RenameTable(new, position=start)
    if c.accept("COLUMN"):
        old = c.column_name()
        c.keyword("TO")
        return ast.RenameColumn(old, c.column_name(), position=start)
    if c.accept("CONSTRAINT"):
        old = c.name_node(2250)
        c.keyword("TO")
        return ast.RenameConstraint(old, c.name_node(2250), position=start)
    if c.key in _PARTITION_WORDS:
        target = partition_target(c)
        c.keyword("TO")
        return ast.RenamePartition(target, c.name_node(14006), position=start)
    raise c.error(14155 if c.at_name and c.peek() == "TO" else 14047)


def _set(c: Cursor) -> ast.AlterAction:
    start = c.advance().start
    if c.accept("UNUSED"):
        columns = c.name_list() if c.key == "(" else None
        if columns is None:
            c.keyword("COLUMN")
            columns = (c.column_name(),)
        return _dropped(c, columns, start, unused=True)
    if c.accept("INTERVAL"):
        c.open()
        interval = None if c.key == ")" else c.rules.expression(c)
        c.close()
        return ast.SetInterval(interval, position=start)
    if c.key in ("PARTITIONING", "SUBPARTITION", "STORE"):
        raise c.unsupported(f"ALTER TABLE … SET {c.key}")
    raise c.error(1735)


def _move(c: Cursor) -> ast.AlterAction:
    start = c.advance().start
    partition = partition_target(c) if c.key in _PARTITION_WORDS else None
    online = c.accept("ONLINE")
    properties = segment_properties(c)
    online = c.accept("ONLINE") or online
    if _update_indexes(c) is None:
        c.accept("INCLUDING", "ROWS")
    return ast.MoveTable(partition, online, properties, position=start)


def _shrink(c: Cursor) -> ast.AlterAction:
    start = c.advance().start
    c.expect("SPACE", 10630)
    while c.accept_any("COMPACT", "CASCADE", "CHECK"):
        pass
    return ast.ShrinkSpace(position=start)


def _read(c: Cursor) -> ast.AlterAction:
    start = c.advance().start
    word = c.expect_any(("ONLY", "WRITE"), 905)
    return ast.ReadOnly(word == "ONLY", position=start)


def _unsupported(c: Cursor) -> ast.AlterAction:
    raise c.unsupported(f"ALTER TABLE … {c.key}")


_ACTIONS: dict[str, Callable[[Cursor], ast.AlterAction]] = {
    "ADD": _add,
    "ALLOCATE": _unsupported,
    "COALESCE": _unsupported_partition,
    "DEALLOCATE": _unsupported,
    "DISABLE": _switch,
    "DROP": _drop,
    "ENABLE": _switch,
    "EXCHANGE": _exchange,
    "MERGE": _unsupported_partition,
    "MINIMIZE": _unsupported,
    "MODIFY": _modify,
    "MOVE": _move,
    "READ": _read,
    "RENAME": _rename,
    "SET": _set,
    "SHRINK": _shrink,
    "SPLIT": _unsupported_partition,
    "TRUNCATE": _truncate,
    "UPGRADE": _unsupported,
}
