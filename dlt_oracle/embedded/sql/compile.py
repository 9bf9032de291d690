"""The translator's public face: Oracle trees in, PostgreSQL text, parameters and description out.

Pure: everything known about the database comes through a :class:`~.dictionary.Dictionary`. A compiled
statement may be cached as long as the dictionary does not change; session settings do not touch it.

``text`` of a statement that takes binds has psycopg's ``%s`` placeholders (and ``%%``): execute it with
``parameters``, even when they are empty. The texts of :func:`compile_create_as`, :func:`compile_view` and
:func:`compile_expression` are plain PostgreSQL without parameters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import Column, OracleType
from dlt_oracle.embedded.sql import (
    ast,
    emit_arithmetic,
    emit_call,
    emit_condition,
    emit_json,
    emit_literal,
    emit_operator,
    emit_serialize,
)
from dlt_oracle.embedded.sql.analyze_convert import assign
from dlt_oracle.embedded.sql.analyze_scope import QueryText, Scope, Source, Translation
from dlt_oracle.embedded.sql.analyze_types import Family, Typed
from dlt_oracle.embedded.sql.dictionary import Dictionary, Relation, RelationColumn, RelationKind
from dlt_oracle.embedded.sql.emit_dml import DmlText, delete, insert, update
from dlt_oracle.embedded.sql.emit_from import relation_source
from dlt_oracle.embedded.sql.emit_merge import insert_all, merge
from dlt_oracle.embedded.sql.emit_plain import PlainInsert, plain_insert
from dlt_oracle.embedded.sql.emit_query import query as translate_query
from dlt_oracle.embedded.sql.emit_query import typed_columns
from dlt_oracle.embedded.sql.storage import decoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dlt_oracle.embedded.sql.storage import Decoder

__all__ = [
    "CompiledDml",
    "CompiledQuery",
    "PlainInsert",
    "compile_create_as",
    "compile_dml",
    "compile_expression",
    "compile_query",
    "compile_view",
    "plain_insert",
]


@dataclass(frozen=True)
class CompiledQuery:
    """A query. ``parameters`` has the bind position of each ``%s``; ``columns`` describe the result.

    ``decoders[i]`` turns the i-th PostgreSQL value (not None) into ``model``'s form; None where it is that.
    """

    text: str
    parameters: tuple[int, ...]
    columns: tuple[Column, ...]
    decoders: tuple[Decoder | None, ...]
    reads: tuple[Relation, ...]


@dataclass(frozen=True)
class CompiledDml:
    """A DML. The cursor's row count is Oracle's; RETURNING gives a row of ``out_columns`` per changed row."""

    text: str
    parameters: tuple[int, ...]
    target: Relation
    out_columns: tuple[Column, ...]
    decoders: tuple[Decoder | None, ...]
    reads: tuple[Relation, ...]


_HANDLERS: dict[type[ast.Expression], Callable[[Any, Scope], Typed]] = {
    **emit_literal.HANDLERS,
    **emit_arithmetic.HANDLERS,
    **emit_operator.HANDLERS,
    **emit_condition.HANDLERS,
    **emit_call.HANDLERS,
    **emit_json.HANDLERS,
    **emit_serialize.HANDLERS,
}


def _expression(node: ast.Expression, scope: Scope) -> Typed:
    """Translate any expression; one that is a GROUP BY key of a block around it is grouped there."""
    handler = _HANDLERS.get(type(node))
    if handler is None:
        raise unsupported(type(node).__name__, node.position)
    return scope.regrouped(handler(node, scope))


def _translation(dictionary: Dictionary, bind_types: Sequence[OracleType]) -> Translation:
    return Translation(dictionary, bind_types, _expression, translate_query)


# --- queries --------------------------------------------------------------------------------------


def compile_query(
    statement: ast.SelectStatement, dictionary: Dictionary, bind_types: Sequence[OracleType] = ()
) -> CompiledQuery:
    """Compile a SELECT. Raises OracleError with the position of what is wrong."""
    if statement.into:
        raise unsupported("SELECT … INTO", statement.position)
    translation = _translation(dictionary, bind_types)
    text = translate_query(statement.query, Scope(translation), statement.for_update)
    sql, parameters = _render(_handed_over(text, translation))
    columns = tuple(Column(each.name, each.type, each.nullable) for each in text.columns)
    decoders = tuple(decoder(column.type) for column in columns)
    return CompiledQuery(sql, parameters, columns, decoders, tuple(translation.reads.values()))


# What leaves the server in another form than it has inside (``model``).
_OUTPUT = {
    Family.LOCAL: "ora.from_utc({})",
    Family.DAY_SECOND: "ora.interval_text({})",
    Family.ROWID: "ora.rowid_text({})",
}


def _handed_over(text: QueryText, translation: Translation) -> str:
    alias = translation.name("q")
    values = typed_columns(text, alias)
    items = [_output(value) for value in values]
    if items == [value.sql for value in values]:
        return text.sql
    return f"SELECT {', '.join(items)} FROM ({text.sql}) AS {alias}"


def _output(value: Typed) -> str:
    if value.family is Family.YEAR_MONTH:
        raise unsupported("INTERVAL YEAR TO MONTH in a result", value.position)
    return _OUTPUT.get(value.family, "{}").format(value.sql)


_PARAMETER = re.compile("\x00(\\d+)\x00|%")


def _render(sql: str) -> tuple[str, tuple[int, ...]]:
    """Return the text with psycopg's placeholders, and the bind position of each."""
    parameters: list[int] = []

    def place(match: re.Match[str]) -> str:
        if match.group(1) is None:
            return "%%"
        parameters.append(int(match.group(1)))
        return "%s"

    return _PARAMETER.sub(place, sql), tuple(parameters)


def _without_binds(sql: str) -> str:
    if "\x00" in sql:
        raise OracleError(1027)
    return sql


def compile_create_as(
    node: ast.Query, dictionary: Dictionary, names: Sequence[str] | None = None
) -> CompiledQuery:
    """Compile the query of CREATE TABLE or VIEW … AS: values stay as the table stores them.

    Raises ORA-00998 for an expression without a name, 01723 for a NULL without a type, 01730 for a list of
    names of another length, 01027 for binds.
    """
    translation = _translation(dictionary, ())
    text = translate_query(node, Scope(translation))
    if names is None and not all(each.named for each in text.columns):
        raise OracleError(998, position=node.position)
    if names is not None and len(names) != len(text.columns):
        raise OracleError(1730, position=node.position)
    columns = tuple(
        Column(names[number] if names else each.name, each.type, each.nullable)
        for number, each in enumerate(text.columns)
    )
    sql = _without_binds(text.sql)
    return CompiledQuery(sql, (), columns, (None,) * len(columns), tuple(translation.reads.values()))


def compile_view(
    node: ast.Query, dictionary: Dictionary, owner: str, name: str, names: Sequence[str] | None = None
) -> Relation:
    """Compile a view's query to a relation: a derived table wherever the view is named."""
    compiled = compile_create_as(node, dictionary, names)
    columns = tuple(RelationColumn(column, f"c{number}") for number, column in enumerate(compiled.columns, 1))
    return Relation(owner, name, RelationKind.VIEW, f"({compiled.text})", columns)


def compile_expression(
    node: ast.Expression,
    relation: Relation | None,
    dictionary: Dictionary,
    target: OracleType | None = None,
) -> str:
    """Compile a DEFAULT, a CHECK, a virtual column or an index expression.

    Columns are written by their PostgreSQL names alone. With ``target`` the value is converted as by an
    assignment to a column of that type.
    """
    translation = _translation(dictionary, ())
    translation.stored = True
    scope = Scope(translation, clause="default" if relation is not None else "values")
    if relation is not None:
        scope.sources.append(_bare(relation_source(relation, "a0", None)))
    value = scope.expression(node)
    return _without_binds(value.sql if target is None else assign(value, target))


def _bare(source: Source) -> Source:
    source.columns = tuple(replace(each, sql=each.sql.partition(".")[2]) for each in source.columns)
    source.rowid = None
    return source


# --- DML ------------------------------------------------------------------------------------------

_DML: dict[type[ast.Statement], Callable[[Any, Scope], DmlText]] = {
    ast.Insert: insert,
    ast.InsertAll: insert_all,
    ast.Update: update,
    ast.Delete: delete,
    ast.Merge: merge,
}


def compile_dml(
    statement: ast.Statement, dictionary: Dictionary, bind_types: Sequence[OracleType] = ()
) -> CompiledDml:
    """Compile INSERT, UPDATE, DELETE or MERGE. Raises OracleError with the position of what is wrong."""
    translate = _DML.get(type(statement))
    if translate is None:
        raise unsupported(type(statement).__name__, statement.position)
    translation = _translation(dictionary, bind_types)
    text = translate(statement, Scope(translation))
    sql = text.sql
    if text.returned:
        sql += f" RETURNING {', '.join(_output(value) for value in text.returned)}"
    rendered, parameters = _render(sql)
    columns = tuple(Column(f"C{number}", value.type) for number, value in enumerate(text.returned, 1))
    decoders = tuple(decoder(column.type) for column in columns)
    reads = tuple(translation.reads.values())
    return CompiledDml(rendered, parameters, text.target, columns, decoders, reads)
