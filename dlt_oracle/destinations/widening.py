"""Columns whose hints ask for more than the table has are made wider when the schema is migrated.

More characters, bytes, digits or fractional digits; never fewer, never another scale. Texts without a
``precision`` are not widened here but when a text arrives that is too long (``promotion.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt.common import logger

from dlt_oracle.destinations.sql import ddl
from dlt_oracle.destinations.stored_columns import read_columns
from dlt_oracle.destinations.type_mapper import TYPE_HINT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt.common.destination.typing import PreparedTableSchema
    from sqlglot import exp

    from dlt_oracle.destinations.oracle_types import OracleType
    from dlt_oracle.destinations.sql_client import OracleSqlClient
    from dlt_oracle.destinations.stored_columns import StoredColumns
    from dlt_oracle.destinations.type_mapper import OracleTypeMapper


def widenings(
    client: OracleSqlClient, tables: Sequence[PreparedTableSchema], mapper: OracleTypeMapper
) -> list[exp.Alter]:
    """Return the statements that make the columns of existing tables as wide as their hints ask for.

    What Oracle cannot do to a filled column is logged as a warning.
    """
    stored = read_columns(client, [str(table["name"]) for table in tables])
    return [
        ddl.modify_column(client.table(str(table["name"])), name, type_.ddl)
        for table in tables
        for name, type_ in _wider(client, table, stored[str(table["name"])], mapper).items()
    ]


def _wider(
    client: OracleSqlClient, table: PreparedTableSchema, stored: StoredColumns, mapper: OracleTypeMapper
) -> dict[str, OracleType]:
    found: dict[str, OracleType] = {}
    for name, column in table["columns"].items():
        real = stored.get(client.column(name))
        asked = column.get("precision") is not None or TYPE_HINT in column
        if real is None or real.type is None or not asked or "data_type" not in column:
            continue
        try:
            wider = real.type.widened(mapper.oracle_type(column, table))
        except ValueError as error:
            logger.warning(
                f"Table {table['name']!r}, column {name!r}: the hints ask for more than the table has, and "
                f"{error} while it has rows. It stays as it is, and values that do not fit are refused or "
                "rounded by Oracle. Load the table anew (`refresh`) to have it as asked."
            )
            continue
        if wider is not None:
            found[real.name] = wider
    return found
