"""Plain inserts: one row of binds and constants, which COPY loads without compiling anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_types import Family, family
from dlt_oracle.embedded.sql.dictionary import Identity, Relation, RelationColumn, RelationKind
from dlt_oracle.embedded.sql.emit_dml import insert_columns
from dlt_oracle.embedded.sql.storage import NULL_FIELD, copy_encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.model import OracleType
    from dlt_oracle.embedded.sql.dictionary import Dictionary


@dataclass(frozen=True)
class PlainInsert:
    """An INSERT … VALUES that COPY can do.

    ``columns`` has, per target column, its PostgreSQL name, its type (``storage.copy_encoder`` writes
    the values) and where the value comes from: a bind's position, or a constant as a finished COPY field.
    Columns that are missing get their defaults from the table.
    """

    relation: Relation
    columns: tuple[tuple[str, OracleType, int | str], ...]


# Which families of binds COPY may write into a column of which family, without a conversion of SQL. A
# NUMBER's text is a float's too; a value without zone gets the session's, which is the loader's business.
_SAME = {
    Family.TEXT: {Family.TEXT, Family.CLOB},
    Family.CLOB: {Family.TEXT, Family.CLOB},
    Family.NUMBER: {Family.NUMBER},
    Family.FLOAT4: {Family.FLOAT4, Family.FLOAT8, Family.NUMBER},
    Family.FLOAT8: {Family.FLOAT4, Family.FLOAT8, Family.NUMBER},
    Family.DATE: {Family.DATE, Family.TIMESTAMP},
    Family.TIMESTAMP: {Family.DATE, Family.TIMESTAMP},
    Family.ZONED: {Family.ZONED, Family.DATE, Family.TIMESTAMP},
    Family.DAY_SECOND: {Family.DAY_SECOND},
    Family.RAW: {Family.RAW, Family.BLOB},
    Family.BLOB: {Family.RAW, Family.BLOB},
    Family.JSON: {Family.JSON, Family.TEXT, Family.CLOB},
    Family.VECTOR: {Family.VECTOR},
}


_PLAIN_NUMBER = 38


def plain_insert(
    node: ast.Insert, dictionary: Dictionary, bind_types: Sequence[OracleType]
) -> PlainInsert | None:
    """Return the COPY form of an INSERT, None where it needs ``compile_dml`` (which raises its errors)."""
    if node.target.name is None or node.target.partition is not None or not _simple(node):
        return None
    relation = dictionary.relation(node.target.name.owner, node.target.name.name, node.target.position)
    try:
        columns = insert_columns(relation, node.columns)
    except OracleError:
        return None
    fields: list[tuple[str, OracleType, int | str]] = []
    if len(columns) != len(node.rows[0]) or relation.kind is not RelationKind.TABLE:
        return None
    for value, column in zip(node.rows[0], columns, strict=True):
        if isinstance(value, ast.Default) and not column.virtual:
            continue
        source = _source(value, column, bind_types)
        if source is None:
            return None
        fields.append((column.sql, column.column.type, source))
    return PlainInsert(relation, tuple(fields)) if fields else None


def _simple(node: ast.Insert) -> bool:
    return len(node.rows) == 1 and node.returning is None and node.log_errors is None


def _source(
    value: ast.Expression, column: RelationColumn, bind_types: Sequence[OracleType]
) -> int | str | None:
    """Return where a field comes from, None where SQL has to work on it."""
    if column.virtual or column.identity is Identity.ALWAYS or column.default_on_null:
        return None
    wanted = column.column.type
    if isinstance(value, ast.Bind):
        given = bind_types[value.index] if value.index < len(bind_types) else None
        fits = given is not None and family(given) in _SAME.get(family(wanted), set())
        return value.index if fits else None
    if isinstance(value, ast.Null):
        return NULL_FIELD
    if isinstance(value, ast.StringLiteral) and family(wanted) in {Family.TEXT, Family.CLOB}:
        return copy_encoder(wanted)(value.value)
    if isinstance(value, ast.NumberLiteral) and value.type is TypeName.NUMBER:
        # A long or scientific one may be out of NUMBER's range, or need rounding.
        plain = family(wanted) is Family.NUMBER and len(value.text) < _PLAIN_NUMBER and value.text.isdecimal()
        return copy_encoder(wanted)(value.text) if plain else None
    return None
