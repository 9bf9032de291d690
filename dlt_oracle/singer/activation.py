"""ACTIVATE_VERSION: once a version's rows are committed, those of earlier versions go, or are marked.

The version is committed with the data, as pending; the rest comes after, in one transaction that may be
repeated. A crash in between is repaired by the next run.

The statements are text, for they go to the client of any destination: names are quoted by that client, and
versions are binds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt.common import logger
from dlt.common.schema.utils import get_nested_tables
from dlt.destinations.exceptions import DatabaseUndefinedRelation

from dlt_oracle.singer.dispositions import DELETED_AT, TABLE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dlt.common.schema import Schema
    from dlt.destinations.sql_client import SqlClientBase
    from dlt.pipeline.pipeline import Pipeline


def activate(pipeline: Pipeline, schema: Schema, versions: Mapping[str, int], *, mark: bool) -> None:
    """Delete the rows of versions before ``versions``, by stream, from the tables in ``schema``.

    ``mark``: set their ``_sdc_deleted_at`` instead. Tables without the columns for it are told in a warning.
    """
    needed = {TABLE_VERSION, DELETED_AT} if mark else {TABLE_VERSION}
    make = _marking if mark else _deleting
    tables = {
        schema.naming.normalize_table_identifier(stream): version for stream, version in versions.items()
    }
    known = {table: version for table, version in tables.items() if table in schema.tables}
    if not known:
        return
    with pipeline.sql_client(schema.name) as client:
        for table, version in known.items():
            if missing := needed - schema.tables[table]["columns"].keys():
                logger.warning(
                    f"Version {version} of the table {table} is not activated, for the table has no column "
                    f"{' and '.join(sorted(missing))}: no row with a version has come since it was asked for"
                )
                continue
            try:
                with client.begin_transaction():
                    for statement, binds in make(client, schema, table, version):
                        client.execute_sql(statement, *binds)
            except DatabaseUndefinedRelation:
                continue  # no row has ever been loaded into it


def _marking(
    client: SqlClientBase[object], _schema: Schema, table: str, version: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield an UPDATE with its binds."""
    name, deleted_at = client.make_qualified_table_name(table), client.escape_column_name(DELETED_AT)
    mark = f"UPDATE {name} SET {deleted_at} = CURRENT_TIMESTAMP WHERE {deleted_at} IS NULL"
    yield f"{mark} AND ({_is_earlier(client)})", (version,)


def _deleting(
    client: SqlClientBase[object], schema: Schema, table: str, version: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield DELETEs, parents first, with their binds."""
    yield f"DELETE FROM {client.make_qualified_table_name(table)} WHERE {_is_earlier(client)}", (version,)
    row, parent_row = (
        client.escape_column_name(schema.naming.normalize_identifier(name))
        for name in ("_dlt_id", "_dlt_parent_id")
    )
    for nested in get_nested_tables(schema.tables, table)[1:]:
        child = client.make_qualified_table_name(str(nested["name"]))
        parent = client.make_qualified_table_name(str(nested["parent"]))
        yield f"DELETE FROM {child} WHERE {parent_row} NOT IN (SELECT {row} FROM {parent})", ()


def _is_earlier(client: SqlClientBase[object]) -> str:
    column = client.escape_column_name(TABLE_VERSION)
    # Before, never up to: rows of the version itself may have come by another way.
    return f"{column} < %s OR {column} IS NULL"
