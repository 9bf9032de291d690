"""Columns that are added, by CREATE TABLE or ALTER TABLE: all of a statement's in one go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.engine.ddl import sequences
from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import LONGS, Column
from dlt_oracle.embedded.sql import storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dlt_oracle.embedded.catalog.store import SchemaObject
    from dlt_oracle.embedded.engine.ddl.context import DdlContext
    from dlt_oracle.embedded.sql import ast

MAX_COLUMNS = 1000


@dataclass(frozen=True)
class _NewColumn:
    """A column to add: what PostgreSQL is told behind its type, and more of its row in the dictionary."""

    column: Column
    clause: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def add(
    context: DdlContext,
    found: SchemaObject,
    definitions: Sequence[ast.ColumnDefinition],
    *,
    create: bool = False,
) -> None:
    """Add columns as written, but for their constraints; ``create`` makes the PostgreSQL table with them.

    Raises ORA-00957 for a name twice in the statement, ORA-01430 for one the table has, and ORA-01792 for
    too many.
    """
    _check_names(context, found, [(each.name, each.position) for each in definitions])
    stored = [_stored(context, found, each) for each in definitions if each.virtual is None]
    _write(context, found, stored, create=create)
    for each in definitions:
        if each.virtual is not None:
            _write(context, found, [_virtual(context, found, each, each.virtual)])
    if len(stored) < len(definitions):
        _restore_order(context, found, definitions)


def add_described(context: DdlContext, found: SchemaObject, columns: Sequence[Column]) -> None:
    """Make the PostgreSQL table with the columns of a query (CREATE TABLE … AS SELECT)."""
    _check_names(context, found, [(column.name, 0) for column in columns])
    _write(context, found, [_NewColumn(column) for column in columns], create=True)


def _check_names(context: DdlContext, found: SchemaObject, names: Sequence[tuple[str, int]]) -> None:
    existing = {column.name for column in store.load_columns(context.connection, found.object_id)}
    if len(existing) + len(names) > MAX_COLUMNS:
        raise OracleError(1792)
    seen: set[str] = set()
    for name, position in names:
        if name in seen:
            raise OracleError(957, position=position)
        if name in existing:
            raise OracleError(1430, position=position)
        seen.add(name)


def _stored(context: DdlContext, found: SchemaObject, definition: ast.ColumnDefinition) -> _NewColumn:
    if definition.type is None:
        raise unsupported("a column without a type", definition.position)
    column = Column(definition.name, context.column_type(definition.type))
    facts: dict[str, object] = {
        "default_on_null": definition.default_on_null,
        "hidden": definition.visible is False,
    }
    if definition.identity is not None:
        facts |= _identity(context, found, definition.identity)
    elif definition.default is not None:
        facts["default_text"] = definition.default.text
        facts["default_sql"] = context.expression(definition.default.expression, None, column.type)
    clause = f" DEFAULT {facts['default_sql']}" if "default_sql" in facts else ""
    return _NewColumn(column, clause, facts)


def _identity(context: DdlContext, found: SchemaObject, identity: ast.Identity) -> dict[str, object]:
    sequence_id = sequences.create_identity(context, found, identity.options)
    word = "ALWAYS" if identity.always else "BY DEFAULT"
    return {
        "identity": f"{word} ON NULL" if identity.on_null else word,
        "identity_options": sequences.options_text(identity.options),
        "sequence_id": sequence_id,
        "default_sql": f"nextval('data.s{sequence_id}')::numeric",
        "default_text": f'"{found.owner}"."ISEQ$$_{found.object_id}".nextval',
        "default_on_null": identity.on_null,
    }


def _virtual(
    context: DdlContext,
    found: SchemaObject,
    definition: ast.ColumnDefinition,
    virtual: ast.SourceExpression,
) -> _NewColumn:
    if definition.type is None:
        raise unsupported("a virtual column without a type", definition.position)
    column = Column(definition.name, context.column_type(definition.type))
    expression = context.expression(virtual.expression, found, column.type)
    facts = {"default_text": virtual.text, "virtual": True, "hidden": definition.visible is False}
    return _NewColumn(column, f" GENERATED ALWAYS AS ({expression}) STORED", facts)


def _write(
    context: DdlContext, found: SchemaObject, columns: Sequence[_NewColumn], *, create: bool = False
) -> None:
    """Add the columns to the PostgreSQL table by one command, and to the dictionary."""
    if not columns:
        if create:
            context.execute(f"CREATE TABLE data.t{found.object_id} ()")
        return
    first = int(
        context.value(
            "UPDATE dict.tables SET next_column = next_column + %s WHERE object_id = %s"
            " RETURNING next_column",
            *(len(columns), found.object_id),
        )
    ) - len(columns)  # fmt: skip
    numbered = list(enumerate(columns, first))
    elements = [
        element
        for internal_id, each in numbered
        for element in _elements(f"c{internal_id}", each, context.cache.max_string_bytes)
    ]
    if create:
        command = f"CREATE TABLE data.t{found.object_id} ({', '.join(elements)})"
    else:
        command = f"ALTER TABLE data.t{found.object_id} ADD {', ADD '.join(elements)}"
    try:
        context.execute(command)
    except psycopg.errors.InvalidObjectDefinition as error:
        raise unsupported("a virtual column whose expression depends on the session") from error
    position = context.value(
        "SELECT coalesce(max(column_id), 0) FROM dict.columns WHERE object_id = %s", found.object_id
    )
    rows: list[dict[str, object]] = []
    for internal_id, each in numbered:
        hidden = bool(each.facts.get("hidden"))
        position += not hidden
        rows.append(_row(found, internal_id, None if hidden else position, each))
    names = rows[0].keys()
    placeholders = ", ".join(f"%({name})s" for name in names)
    with context.connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO dict.columns ({', '.join(names)}) VALUES ({placeholders})", rows)
    _check_longs(context, found)


def _elements(physical: str, new: _NewColumn, max_string_bytes: int) -> Iterator[str]:
    """Yield the column, then its checks, as they stand in CREATE TABLE and behind ADD."""
    yield f"{physical} {storage.column_type(new.column.type)}{new.clause}"
    for name, condition in storage.column_checks(new.column.type, physical, max_string_bytes):
        yield f"CONSTRAINT {name} CHECK ({condition})"


def _row(found: SchemaObject, internal_id: int, position: int | None, new: _NewColumn) -> dict[str, object]:
    """Return a column's row in dict.columns."""
    described = new.column.type
    return {
        "object_id": found.object_id,
        "internal_id": internal_id,
        "column_id": position,
        "name": new.column.name,
        "type_name": described.name.value,
        "length": described.length,
        "char_semantics": described.char_semantics,
        "precision": described.precision,
        "scale": described.scale,
        "vector_format": described.vector_format and described.vector_format.value,
        **{name: new.facts.get(name) for name in _OPTIONAL},
        **{name: bool(new.facts.get(name)) for name in _FLAGS},
    }


_OPTIONAL = ("default_text", "default_sql", "identity", "identity_options", "sequence_id")
_FLAGS = ("default_on_null", "hidden", "virtual")


def _restore_order(
    context: DdlContext, found: SchemaObject, definitions: Sequence[ast.ColumnDefinition]
) -> None:
    """Give COLUMN_ID in the order written: virtual columns were added after those they read."""
    visible = [each.name for each in definitions if each.visible is not False]
    before = context.value(
        "SELECT count(*) FROM dict.columns"
        " WHERE object_id = %s AND column_id IS NOT NULL AND NOT name = ANY(%s)",
        *(found.object_id, visible),
    )
    for position, name in enumerate(visible, before + 1):
        context.execute(
            "UPDATE dict.columns SET column_id = %s WHERE object_id = %s AND name = %s",
            *(position, found.object_id, name),
        )


def _check_longs(context: DdlContext, found: SchemaObject) -> None:
    columns = store.load_columns(context.connection, found.object_id)
    if sum(column.type.name in LONGS for column in columns) > 1:
        raise OracleError(1754)
