"""The statements of an activation, in Oracle's names and quotes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from dlt.common.schema import Schema

from dlt_oracle import oracle
from dlt_oracle.singer import activation

GOLDEN = Path(__file__).parent / "golden"
VERSION = 1700000000000


def _schema() -> Schema:
    schema = Schema("tap")
    version = {"name": "_sdc_table_version", "data_type": "bigint"}
    row = {"name": "_dlt_id", "data_type": "text"}
    parent = {"name": "_dlt_parent_id", "data_type": "text"}
    schema.update_table({"name": "orders", "columns": {"_sdc_table_version": version, "_dlt_id": row}})
    child: dict[str, Any] = {"_dlt_id": row, "_dlt_parent_id": parent}
    schema.update_table({"name": "orders__lines", "parent": "orders", "columns": child})
    return schema


@pytest.mark.parametrize("mode", ["deleting", "marking"])
def test_statements_are_those_in_the_golden_file(mode: str) -> None:
    schema = _schema()
    destination = oracle("oracle://scott:tiger@localhost/none")
    configuration = destination.spec()._bind_dataset_name("raw")
    client = destination.client(schema, configuration).sql_client
    made = getattr(activation, f"_{mode}")(client, schema, "orders", VERSION)
    text = "".join(f"{statement}\n-- binds: {binds}\n" for statement, binds in made)
    file = GOLDEN / f"activation_{mode}.sql"
    if os.environ.get("GOLDEN_UPDATE"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
