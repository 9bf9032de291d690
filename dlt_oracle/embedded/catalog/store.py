"""Read the dictionary's tables into plain records. Nothing here caches, checks rights or writes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.model import OracleType, TypeName, VectorFormat

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[Any]

TABLE_NAMESPACE = 1
INDEX_NAMESPACE = 4


@dataclass(frozen=True)
class SchemaObject:
    """A row of dict.objects. ``type`` is TABLE, VIEW, INDEX, SEQUENCE or SYNONYM."""

    object_id: int
    owner: str
    name: str
    type: str
    temporary: bool
    status: str


@dataclass(frozen=True)
class StoredColumn:
    """A row of dict.columns. ``sql`` is its name in PostgreSQL."""

    internal_id: int
    column_id: int | None
    name: str
    type: OracleType
    nullable: bool
    default_text: str | None
    default_sql: str | None
    default_on_null: bool
    identity: str | None
    sequence_id: int | None
    hidden: bool
    virtual: bool
    unused: bool

    @property
    def sql(self) -> str:
        """``c<n>``."""
        return f"c{self.internal_id}"


@dataclass(frozen=True)
class StoredTable:
    """A table: its row in dict.tables and its columns in order, unused ones left out."""

    object: SchemaObject
    tablespace: str | None
    duration: str | None
    segment_created: bool
    definition_version: int
    partitioned: bool
    columns: tuple[StoredColumn, ...]

    @property
    def sql(self) -> str:
        """The PostgreSQL table. A global temporary table's rows are in the session's own copy."""
        return f"{'pg_temp' if self.object.temporary else 'data'}.t{self.object.object_id}"

    def column(self, name: str) -> StoredColumn | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class StoredConstraint:
    """A row of dict.constraints with its columns' internal ids."""

    constraint_id: int
    owner: str
    name: str
    type: str
    object_id: int
    condition: str | None
    not_null: bool
    referenced_id: int | None
    delete_rule: str | None
    enabled: bool
    index_id: int | None
    generated: bool
    columns: tuple[int, ...]

    @property
    def sql(self) -> str:
        """The PostgreSQL constraint of a foreign key or a check."""
        return f"k{self.constraint_id}"


@dataclass(frozen=True)
class StoredIndex:
    """A row of dict.indexes; ``keys`` are internal column ids, None for an expression."""

    object: SchemaObject
    table_id: int
    unique: bool
    implicit: bool
    keys: tuple[tuple[int | None, str | None, bool], ...]

    @property
    def sql(self) -> str:
        """The PostgreSQL index."""
        return f"data.i{self.object.object_id}"


def find_object(
    connection: Connection, owner: str, name: str, namespace: int = TABLE_NAMESPACE
) -> SchemaObject | None:
    """Return the object of that name, or None."""
    row = connection.execute(
        f"{_OBJECT} WHERE owner = %s AND name = %s AND namespace = %s", (owner, name, namespace)
    ).fetchone()
    return SchemaObject(*row) if row else None


def object_of_id(connection: Connection, object_id: int) -> SchemaObject | None:
    """Return the object of that id, or None."""
    row = connection.execute(f"{_OBJECT} WHERE object_id = %s", (object_id,)).fetchone()
    return SchemaObject(*row) if row else None


def load_table(connection: Connection, found: SchemaObject) -> StoredTable:
    """Return a table with its columns in COLUMN_ID order, invisible ones last."""
    row = connection.execute(
        "SELECT tablespace, duration, segment_created, definition_version, partitioning_type IS NOT NULL"
        " FROM dict.tables WHERE object_id = %s",
        (found.object_id,),
    ).fetchone()
    if row is None:
        raise LookupError(f"table {found.object_id} has no row in dict.tables")
    columns = [column for column in load_columns(connection, found.object_id) if not column.unused]
    return StoredTable(*(found, *row, tuple(columns)))


def load_columns(connection: Connection, object_id: int) -> list[StoredColumn]:
    """Return all columns of a table or view, unused and invisible ones at the end."""
    rows = connection.execute(
        "SELECT internal_id, column_id, name, type_name, length, char_semantics, precision, scale,"
        " vector_format, nullable, default_text, default_sql, default_on_null, identity, sequence_id, hidden,"
        " virtual, unused"
        " FROM dict.columns WHERE object_id = %s ORDER BY column_id NULLS LAST, internal_id",
        (object_id,),
    ).fetchall()
    return [StoredColumn(*(*row[:3], _type(*row[3:9]), *row[9:])) for row in rows]


def _type(name: str, *lengths: Any) -> OracleType:
    found = OracleType(TypeName(name), *lengths[:-1])
    return replace(found, vector_format=VectorFormat(lengths[-1])) if lengths[-1] else found


def load_constraints(connection: Connection, object_id: int) -> list[StoredConstraint]:
    """Return the constraints of a table, oldest first."""
    return _constraints(connection, "k.object_id = %s", object_id)


def load_references(connection: Connection, object_id: int) -> list[StoredConstraint]:
    """Return the foreign keys, of any table, that reference a key of this table."""
    return _constraints(
        connection,
        "k.referenced_id IN (SELECT constraint_id FROM dict.constraints WHERE object_id = %s)",
        object_id,
    )


def constraint_of_id(connection: Connection, constraint_id: int) -> StoredConstraint | None:
    """Return one constraint, or None."""
    found = _constraints(connection, "k.constraint_id = %s", constraint_id)
    return found[0] if found else None


def load_indexes(connection: Connection, table_id: int) -> list[StoredIndex]:
    """Return the indexes of a table, oldest first."""
    rows = connection.execute(
        "SELECT o.object_id, o.owner, o.name, o.type, o.temporary, o.status,"
        " i.table_id, i.is_unique, i.implicit,"
        " (SELECT json_agg(json_build_array(c.internal_id, c.expression, c.descending) ORDER BY c.position)"
        "  FROM dict.index_columns AS c WHERE c.object_id = i.object_id)"
        " FROM dict.indexes AS i JOIN dict.objects AS o USING (object_id) WHERE i.table_id = %s"
        " ORDER BY o.object_id",
        (table_id,),
    ).fetchall()
    return [
        StoredIndex(*(SchemaObject(*row[:6]), *row[6:9], tuple((key[0], key[1], key[2]) for key in row[9])))
        for row in rows
    ]


_OBJECT = "SELECT object_id, owner, name, type, temporary, status FROM dict.objects"


def _constraints(connection: Connection, condition: str, parameter: int) -> list[StoredConstraint]:
    rows = connection.execute(
        "SELECT k.constraint_id, k.owner, k.name, k.type, k.object_id, k.condition, k.not_null,"
        " k.referenced_id, k.delete_rule, k.enabled, k.index_id, k.generated,"
        " ARRAY(SELECT c.internal_id FROM dict.constraint_columns AS c"
        "       WHERE c.constraint_id = k.constraint_id ORDER BY c.position)"
        f" FROM dict.constraints AS k WHERE {condition} ORDER BY k.constraint_id",
        (parameter,),
    ).fetchall()
    return [StoredConstraint(*(*row[:12], tuple(row[12]))) for row in rows]
