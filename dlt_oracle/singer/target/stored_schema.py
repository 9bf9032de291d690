"""The schema as all processes that load into a dataset have stored it.

dlt goes on from the newest version alone. Of processes that load at the same time each stores what it found
when it began, and its own tables: the newest may know nothing of the others', whose columns then get other
types in the schema than they have in the database. No version is ever deleted: together they know all tables.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any

from dlt.common.schema import Schema
from dlt.destinations.exceptions import DatabaseUndefinedRelation

if TYPE_CHECKING:
    from dlt.pipeline.pipeline import Pipeline


def stored_schema(pipeline: Pipeline, name: str) -> Schema:
    """Return the newest schema ``name`` in the dataset, with tables and columns that only older ones have.

    A schema without tables if none is stored. Raises what the destination raises.
    """
    versions = [Schema.from_dict(json.loads(_plain(text))) for text in _texts(pipeline, name)]
    if not versions:
        return Schema(name)
    newest, *older = versions
    stored: dict[str, Any] = {**newest.to_dict()}
    for version in older:
        for table_name, table in version.tables.items():
            known = stored["tables"].setdefault(table_name, table)["columns"]
            for column_name, column in table["columns"].items():
                if "data_type" not in known.get(column_name, {}):
                    known[column_name] = column
    return Schema.from_dict(stored)


def _texts(pipeline: Pipeline, name: str) -> list[str]:
    """Return the versions as they are stored, the newest first."""
    schema = Schema(name)
    with pipeline.sql_client() as client:
        text, schema_name, inserted_at = (
            client.escape_column_name(schema.naming.normalize_identifier(column))
            for column in ("schema", "schema_name", "inserted_at")
        )
        table = client.make_qualified_table_name(schema.version_table_name)
        query = f"SELECT {text} FROM {table} WHERE {schema_name} = %s ORDER BY {inserted_at} DESC"
        try:
            return [row[0] for row in client.execute_sql(query, name) or ()]
        except DatabaseUndefinedRelation:
            return []  # nothing was ever loaded here


def _plain(text: str) -> str:
    """Return the JSON: dlt packs what is long."""
    return text if text.startswith("{") else zlib.decompress(base64.b64decode(text)).decode()
