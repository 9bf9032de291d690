"""Runs the cases into a destination and brings what is there into one form, so that two can be compared."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import dlt
from differential.cases import CASES, Case

if TYPE_CHECKING:
    from collections.abc import Mapping

Tables = dict[str, list[dict[str, Any]]]
_LINKS = ("_dlt_id", "_dlt_parent_id", "_dlt_root_id")


def table_name(case: Case) -> str:
    return case.name.replace("-", "_")


def load(pipeline: dlt.Pipeline, group: str) -> dict[str, Tables]:
    """Load all cases of a group, run by run, and return what each left, in canonical form."""
    cases = [case for case in CASES.values() if case.group == group]
    for run in range(max(len(case.runs) for case in cases)):
        pipeline.run([_resource(case, run) for case in cases if run < len(case.runs)])
    return {case.name: _canonical(case, *_read(pipeline, case)) for case in cases}


def _resource(case: Case, run: int) -> Any:
    hints = dict(case.hints)
    if run < len(case.hints_by_run):
        hints |= case.hints_by_run[run]
    rows = case.runs[run]
    return dlt.resource([] if rows is None else rows, name=table_name(case), **hints)


def _read(pipeline: dlt.Pipeline, case: Case) -> tuple[dict[str, Any], Tables, list[str]]:
    root = table_name(case)
    schemas = {
        name: table
        for name, table in pipeline.default_schema.tables.items()
        if (name == root or name.startswith(f"{root}__")) and table["columns"]
    }
    found: Tables = {}
    with pipeline.dataset() as dataset:
        loads = sorted(row[0] for row in dataset["_dlt_loads"].select("load_id").fetchall())
        for name, table in schemas.items():
            columns = [column for column, hints in table["columns"].items() if "data_type" in hints]
            rows = dataset[name].select(*columns).fetchall()
            found[name] = [dict(zip(columns, row, strict=True)) for row in rows]
    return schemas, found, loads


def _canonical(case: Case, schemas: Mapping[str, Any], found: Tables, loads: list[str]) -> Tables:
    """Return comparable rows: values as text, loads by number, links between rows by what they link to."""
    owners: dict[tuple[str, Any], dict[str, Any]] = {
        (name, row["_dlt_id"]): row for name, rows in found.items() for row in rows
    }
    root = table_name(case)
    ranks = _validity_ranks(case, schemas[root], found[root]) if root in found else {}

    def content(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
        columns = schemas[name]["columns"]
        values = {key: _value(value, columns[key]) for key, value in row.items() if key not in _LINKS}
        if "_dlt_load_id" in values:
            values["_dlt_load_id"] = loads.index(row["_dlt_load_id"])
        for key in ranks:
            values[key] = ranks[key].get(row[key]) if key in row and name == root else values.get(key)
        return values

    def described(name: str, key: Any) -> Any:
        row = owners.get((name, key))
        if row is None:
            return "nothing"
        above = described(schemas[name]["parent"], row["_dlt_parent_id"]) if "_dlt_parent_id" in row else None
        return repr((sorted(content(name, row).items()), above))

    tables: Tables = {}
    for name, rows in found.items():
        described_rows = []
        for row in rows:
            item = content(name, row)
            if "_dlt_parent_id" in row:
                item["_dlt_parent_id"] = described(schemas[name]["parent"], row["_dlt_parent_id"])
            if "_dlt_root_id" in row:
                item["_dlt_root_id"] = described(root, row["_dlt_root_id"])
            if case.hashed_ids:
                item["_dlt_id"] = row["_dlt_id"]
            described_rows.append(item)
        tables[name] = sorted(described_rows, key=lambda item: repr(sorted(item.items())))
    return tables


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
