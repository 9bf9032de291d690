"""Runs the cases into a destination and brings what is there into one form, so that two can be compared."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import dlt
import duckdb
from differential.cases import CASES, REPLACE_STRATEGIES, Case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dlt.destinations.sql_client import SqlClientBase

Tables = dict[str, list[dict[str, Any]]]
_LINKS = ("_dlt_id", "_dlt_parent_id", "_dlt_root_id")


def table_name(case: Case) -> str:
    return case.name.replace("-", "_")


def load(group: str, destination: Any, directory: str) -> dict[str, Tables]:
    """Load all cases of a group, run by run, and return what each left, in a form that can be compared."""
    if group in REPLACE_STRATEGIES:
        # DuckDB has no staging-optimized, which has to leave what insert-from-staging leaves.
        known = destination.capabilities().supported_replace_strategies
        destination.config_params["replace_strategy"] = group if group in known else "insert-from-staging"
    pipeline = dlt.pipeline(
        f"differential_{group}",
        destination=destination,
        dataset_name=group.replace("-", "_"),
        pipelines_dir=directory,
    )
    return load_cases([case for case in CASES.values() if case.group == group], pipeline)


def load_cases(cases: Sequence[Case], pipeline: dlt.Pipeline, reader: Any = None) -> dict[str, Tables]:
    """Load cases, all of them in each run, and return what each left.

    ``reader`` is what to read with, by default the pipeline's own client.
    """
    for run in range(max(len(case.runs) for case in cases)):
        pipeline.run([_resource(case, run) for case in cases if run < len(case.runs)])
    with reader or pipeline.sql_client() as client:
        query = f"SELECT {client.escape_column_name('load_id')} FROM " + client.make_qualified_table_name(
            "_dlt_loads"
        )
        loads = sorted(row[0] for row in client.execute_sql(query) or ())
        return {
            case.name: _Reading(case, *_read(pipeline.default_schema.tables, client, case), loads).tables()
            for case in cases
        }


def load_reference(group: str, directory: str) -> dict[str, Tables]:
    """Load a group into dlt's own DuckDB destination."""
    with duckdb.connect(":memory:") as connection:
        return load(group, dlt.destinations.duckdb(connection), directory)


def _resource(case: Case, run: int) -> Any:
    hints = dict(case.hints)
    if run < len(case.hints_by_run):
        hints |= case.hints_by_run[run]
    rows = case.runs[run]
    return dlt.resource([] if rows is None else rows, name=table_name(case), **hints)


def _read(tables: Mapping[str, Any], client: SqlClientBase[Any], case: Case) -> tuple[dict[str, Any], Tables]:
    root = table_name(case)
    schemas = {
        name: table
        for name, table in tables.items()
        if (name == root or name.startswith(f"{root}__")) and table["columns"]
    }
    found: Tables = {}
    for name, table in schemas.items():
        columns = {name: column for name, column in table["columns"].items() if "data_type" in column}
        selected = ", ".join(client.escape_column_name(column) for column in columns)
        with client.execute_query(
            f"SELECT {selected} FROM {client.make_qualified_table_name(name)}"
        ) as cursor:
            cursor.columns_schema = columns
            found[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return schemas, found


class _Reading:
    """The tables of one case as they were read; described so that they can be compared.

    Values become text, loads numbers, and links between rows what they link to.
    """

    def __init__(self, case: Case, schemas: Mapping[str, Any], found: Tables, loads: list[str]) -> None:
        self.case, self.schemas, self.found, self.loads = case, schemas, found, loads
        self.root = table_name(case)
        self.owners = {(name, row["_dlt_id"]): row for name, rows in found.items() for row in rows}
        self.ranks = _validity_ranks(case, schemas[self.root], found[self.root]) if self.root in found else {}

    def tables(self) -> Tables:
        return {
            name: sorted((self._row(name, row) for row in rows), key=lambda row: repr(sorted(row.items())))
            for name, rows in self.found.items()
        }

    def _row(self, name: str, row: dict[str, Any]) -> dict[str, Any]:
        described = self._values(name, row)
        if "_dlt_parent_id" in row:
            described["_dlt_parent_id"] = self._content(self.schemas[name]["parent"], row["_dlt_parent_id"])
        if "_dlt_root_id" in row:
            described["_dlt_root_id"] = self._content(self.root, row["_dlt_root_id"])
        if self.case.hashed_ids:
            described["_dlt_id"] = row["_dlt_id"]
        return described

    def _values(self, name: str, row: dict[str, Any]) -> dict[str, Any]:
        columns = self.schemas[name]["columns"]
        values = {key: _value(value, columns[key]) for key, value in row.items() if key not in _LINKS}
        if "_dlt_load_id" in row:
            values["_dlt_load_id"] = self.loads.index(row["_dlt_load_id"])
        if name == self.root:
            values |= {key: ranks.get(row[key]) for key, ranks in self.ranks.items()}
        return values

    def _content(self, name: str, row_id: Any) -> str:
        """Describe the row to which a link leads, by its values and those above it."""
        row = self.owners.get((name, row_id))
        if row is None:
            return "nothing"
        parent = self.schemas[name].get("parent")
        above = self._content(parent, row["_dlt_parent_id"]) if parent else ""
        return f"{above} > {sorted(self._values(name, row).items())}"


def _validity_ranks(case: Case, schema: Mapping[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Number the times at which rows begin and end, where they are those of the loads."""
    if case.hints_by_run:
        return {}
    hints = ("x-valid-from", "x-valid-to")
    names = [name for name, column in schema["columns"].items() if any(column.get(hint) for hint in hints)]
    times = sorted({row[name] for row in rows for name in names if row[name] is not None})
    return {name: {time: f"time {number}" for number, time in enumerate(times)} for name in names}


def _value(value: Any, column: Mapping[str, Any]) -> Any:
    if column["data_type"] == "json" and isinstance(value, str):
        return json.dumps(json.loads(value), sort_keys=True)
    for type_, form in _FORMS:
        if isinstance(value, type_):
            return form(value)
    return value


_FORMS: tuple[tuple[type, Any], ...] = (
    (bool, lambda value: value),
    (Decimal, lambda value: f"{value.normalize():f}"),
    (int, str),
    (float, repr),
    (dt.datetime, lambda value: value.astimezone(dt.timezone.utc).isoformat()),
    ((dt.date, dt.time), lambda value: value.isoformat()),  # type: ignore[arg-type]
    ((bytes, bytearray, memoryview), lambda value: bytes(value).hex()),  # type: ignore[arg-type]
)
