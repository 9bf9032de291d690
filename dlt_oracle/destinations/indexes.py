"""Indexes on the keys by which merges find rows, made together with their table.

Without one each merge reads the whole table, whatever it brings. They are made while the table is empty, and
never later unasked: on a filled table that takes long, and locks it. Staging tables have none, for they are
read as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from dlt.common import logger
from dlt.common.schema.utils import get_columns_names_with_prop, is_nested_table

from dlt_oracle.destinations.sql import dml, indexes
from dlt_oracle.destinations.sql.render import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dlt.common.destination.typing import PreparedTableSchema
    from dlt.common.schema.typing import TColumnSchema
    from sqlglot import exp

    from dlt_oracle.destinations.oracle_types import OracleType
    from dlt_oracle.destinations.sql_client import OracleSqlClient
    from dlt_oracle.destinations.type_mapper import OracleTypeMapper

_ROOT_HINTS = ("primary_key", "merge_key", "x-row-version")
_NESTED_HINTS = ("root_key", "parent_key")
# Far from the 1,000 of an IN list (ORA-01795).
_TABLES_PER_QUERY = 200


@dataclass(frozen=True)
class _KeyIndex:
    """An index that a merge wants: its name, its table, and stored names of columns."""

    name: exp.Table
    table: exp.Table
    columns: list[str]

    def create(self) -> exp.Create:
        return indexes.create(self.name.copy(), self.table.copy(), self.columns)

    def is_among(self, stored: Mapping[str, list[str]]) -> bool:
        """Say whether it stands among ``stored`` ones, or one that serves as well."""
        count, wanted = len(self.columns), set(self.columns)
        return self.name.name in stored or any(wanted == set(found[:count]) for found in stored.values())


def create_indexes(
    client: OracleSqlClient, table: PreparedTableSchema, mapper: OracleTypeMapper
) -> list[exp.Create]:
    """Return the statements that index the keys of a new table; none for one that is not merged.

    A key that no index takes is logged as a warning, once in a process.
    """
    return [index.create() for index in _wanted(client, table, mapper)]


def create_missing_indexes(
    client: OracleSqlClient, tables: Iterable[PreparedTableSchema], mapper: OracleTypeMapper
) -> list[exp.Create]:
    """Return the statements that index the keys of existing tables which have no rows.

    Such a table is one whose making was interrupted. Of one with rows, which was not merged when it was made,
    a warning tells what to run.
    """
    wanted = {str(table["name"]): found for table in tables if (found := _wanted(client, table, mapper))}
    stored = _stored_indexes(client, list(wanted))
    statements = []
    for name, found in wanted.items():
        missing = [index.create() for index in found if not index.is_among(stored[name])]
        if missing and client.ask(dml.any_row(client.table(name))):
            _warn_of_missing(name, missing)
        else:
            statements += missing
    return statements


def is_unique(column: TColumnSchema, table: PreparedTableSchema, mapper: OracleTypeMapper) -> bool:
    """Say whether ``column`` gets the unique constraint that a hint asks for.

    One whose type takes none is logged as a warning, once in a process.
    """
    if not column.get("unique"):
        return False
    type_ = mapper.oracle_type(column, table)
    if not type_.can_be_unique:
        _warn(
            f"Column {column['name']!r} of table {table['name']!r} gets no unique constraint: a {type_.ddl} "
            "takes none (ORA-02329)."
        )
    return type_.can_be_unique


def _warn_of_missing(table_name: str, statements: Iterable[exp.Create]) -> None:
    for statement in statements:
        _warn(
            f"Table {table_name!r} is merged and has no index on its key: each merge reads the whole table. "
            f"As it has rows, none is made unasked. To have one, run\n{render(statement)};\n"
            "`create_indexes = false` under [destination.oracle] ends this warning."
        )


def _wanted(client: OracleSqlClient, table: PreparedTableSchema, mapper: OracleTypeMapper) -> list[_KeyIndex]:
    target, found = client.table(str(table["name"])), []
    unique = [name for name, column in table["columns"].items() if is_unique(column, table, mapper)]
    for hint, columns in _keys(table, unique):
        problem = _problem([mapper.oracle_type(table["columns"][name], table) for name in columns])
        if problem:
            _warn(
                f"Table {table['name']!r} gets no index on its {hint} ({', '.join(columns)}): {problem}. "
                "Each merge reads the whole table. Use fewer key columns, or shorter ones (`precision`)."
            )
        else:
            name = indexes.on_key(target, hint)
            found.append(_KeyIndex(name, target, [client.column(column) for column in columns]))
    return found


def _stored_indexes(client: OracleSqlClient, table_names: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """Return the columns of the indexes that tables have, by table and by the index's name."""
    names = {client.table(name).name: name for name in table_names}
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    stored = list(names)
    for start in range(0, len(stored), _TABLES_PER_QUERY):
        part = stored[start : start + _TABLES_PER_QUERY]
        for table, index, column in client.ask(indexes.columns(len(part)), client.owner, *part):
            found[names[table]][index].append(column)
    return found


def _keys(table: Any, unique: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the hints and columns to index, without those that another index begins with.

    ``unique`` columns have one.
    """
    if table.get("write_disposition") != "merge":
        return
    hints = _NESTED_HINTS if is_nested_table(table) else _ROOT_HINTS
    keys = {hint: columns for hint in hints if (columns := get_columns_names_with_prop(table, hint))}
    if is_nested_table(table):
        keys = dict(list(keys.items())[:1])  # a nested row has its root's key, or that of its parent alone
    indexed = [[name] for name in unique]
    for hint, columns in sorted(keys.items(), key=lambda item: -len(item[1])):
        if not any(columns == other[: len(columns)] for other in indexed):
            indexed.append(columns)
            yield hint, columns


def _problem(types: Sequence[OracleType]) -> str | None:
    if len(types) > indexes.MAX_COLUMNS:
        return f"it has {len(types)} columns, and an index takes {indexes.MAX_COLUMNS} (ORA-01793)"
    size = indexes.ROWID_BYTES
    for type_ in types:
        if type_.key_bytes is None:
            return f"a {type_.ddl} cannot be indexed (ORA-02327)"
        size += type_.key_bytes + indexes.LENGTH_BYTES
    if size > indexes.MAX_KEY_BYTES:
        return f"it may have {size:,} bytes, and an index takes {indexes.MAX_KEY_BYTES:,} (ORA-01450)"
    return None


@cache
def _warn(message: str) -> None:
    logger.warning(message)
