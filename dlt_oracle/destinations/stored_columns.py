"""The columns that tables really have: an earlier load, another release or a person may have made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.destinations.oracle_types import OracleType
from dlt_oracle.destinations.sql import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlt_oracle.destinations.sql_client import OracleSqlClient

# Far from the 1,000 of an IN list (ORA-01795).
_TABLES_PER_QUERY = 200


@dataclass(frozen=True)
class StoredColumn:
    """A column as the dictionary has it. ``type`` is None for one that values cannot be loaded into."""

    name: str
    type: OracleType | None
    nullable: bool


StoredColumns = dict[str, StoredColumn]
"""Columns by their stored names, in the table's order."""


def read_columns(client: OracleSqlClient, table_names: Iterable[str]) -> dict[str, StoredColumns]:
    """Return the columns of tables of the client's dataset; none for a table that is not there."""
    names = {client.table(name).name: name for name in table_names}
    found: dict[str, StoredColumns] = {name: {} for name in names.values()}
    stored = list(names)
    for start in range(0, len(stored), _TABLES_PER_QUERY):
        part = stored[start : start + _TABLES_PER_QUERY]
        for table, column, *facts, nullable in client.ask(
            catalog.column_types(len(part)), client.owner, *part
        ):
            found[names[table]][column] = StoredColumn(column, _type(facts), nullable == "Y")
    return found


def _type(facts: list[object]) -> OracleType | None:
    data_type, char_used, char_length, data_length, precision, scale = facts
    try:
        return OracleType.from_dictionary(
            str(data_type),
            None if char_used is None else str(char_used),
            _number(char_length) or 0,
            _number(data_length) or 0,
            _number(precision),
            _number(scale),
        )
    except ValueError:
        return None


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))
