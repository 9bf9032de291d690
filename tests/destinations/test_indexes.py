"""Which keys get an index, and what is said of one that cannot have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dlt
import pytest
from dlt.common import logger
from dlt.common.schema.utils import new_table

from dlt_oracle import oracle

if TYPE_CHECKING:
    from dlt_oracle.destinations.job_client import OracleClient

CREDENTIALS = {"host": "db", "service_name": "x", "username": "loader", "password": "-"}


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(logger, "warning", said.append)
    return said


def client(*tables: Any, **settings: Any) -> OracleClient:
    destination = oracle(CREDENTIALS, **settings)
    schema = dlt.Schema("shop")
    for table in tables:
        schema.update_table(table)
    configuration = destination.spec(**settings)._bind_dataset_name("raw")
    return destination.client(schema, configuration)  # type: ignore[return-value]


def column(name: str, *hints: str, data_type: str = "text", **more: Any) -> Any:
    return {"name": name, "data_type": data_type, "nullable": False, **dict.fromkeys(hints, True), **more}


def indexes(*tables: Any, **settings: Any) -> list[str]:
    """Return the indexes as ``TABLE$KEY: COLUMN COLUMN``."""
    statements, _ = client(*tables, **settings).schema_updates([(table["name"], {}) for table in tables])
    found = [text.split('"') for text in statements if text.startswith("CREATE INDEX")]
    assert [parts[1] for parts in found] == ["LOADER"] * len(found)
    return [f"{parts[3].removeprefix('RAW___')}: {' '.join(parts[9::2])}" for parts in found]


def orders(*columns: Any, disposition: Any = "merge", **hints: Any) -> Any:
    ids = [column("_dlt_id", "row_key", "unique")]
    return {**new_table("orders", write_disposition=disposition, columns=[*columns, *ids]), **hints}


ID = column("id", "primary_key", data_type="bigint")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([ID], ["ORDERS$PRIMARY_KEY: ID"]),
        ([ID, column("line", "primary_key")], ["ORDERS$PRIMARY_KEY: ID LINE"]),
        ([column("day", "merge_key")], ["ORDERS$MERGE_KEY: DAY"]),
        ([ID, column("day", "merge_key")], ["ORDERS$PRIMARY_KEY: ID", "ORDERS$MERGE_KEY: DAY"]),
        ([column("id", "primary_key", "merge_key")], ["ORDERS$PRIMARY_KEY: ID"]),
        (
            [column("day", "merge_key", "primary_key"), column("id", "primary_key")],
            ["ORDERS$PRIMARY_KEY: DAY ID"],
        ),
        ([column("id", "primary_key", "unique")], []),
        ([column("hash", "x-row-version")], ["ORDERS$ROW_VERSION: HASH"]),
    ],
    ids=["one", "composite", "merge key", "both", "the same", "one begins the other", "unique", "scd2"],
)
def test_a_merged_table_has_an_index_for_each_key_that_no_other_serves(
    columns: Any, expected: list[str]
) -> None:
    assert indexes(orders(*columns)) == expected


@pytest.mark.parametrize("keys", [("root_key", "parent_key"), ("parent_key",)])
def test_nested_tables_are_found_by_their_root(keys: tuple[str, ...]) -> None:
    nested = [column(f"_dlt_{key}", key) for key in keys]
    lines = new_table(
        "orders__lines", parent_table_name="orders", columns=[*nested, column("_dlt_id", "row_key", "unique")]
    )
    key = keys[0].upper()
    assert indexes(orders(ID), lines) == [
        "ORDERS$PRIMARY_KEY: ID",
        f"ORDERS__LINES${key}: _DLT_{key}",
    ]


@pytest.mark.parametrize("disposition", ["append", "replace"])
def test_a_table_that_is_not_merged_has_none(disposition: str) -> None:
    assert indexes(orders(ID, disposition=disposition)) == []


def test_a_setting_leaves_them_out() -> None:
    assert indexes(orders(ID), create_indexes=False) == []


def test_staging_tables_have_none() -> None:
    job_client = client(orders(ID))
    with job_client.with_staging_dataset():
        statements, _ = job_client.schema_updates([("orders", {})])
    assert [text.split()[:2] for text in statements] == [["CREATE", "TABLE"]]


def test_the_names_of_indexes_differ_however_long_the_name_of_the_table(warnings: list[str]) -> None:
    table = {**orders(ID, column("day", "merge_key")), "name": "o" * 300}
    names = [name.partition(":")[0] for name in indexes(table)]
    assert [name.rpartition("$")[2] for name in names] == ["PRIMARY_KEY", "MERGE_KEY"]
    assert max(map(len, names)) <= 128
    assert warnings == []


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ([column(f"k{n}", "primary_key", data_type="bigint") for n in range(33)], "33 columns"),
        (
            [column(f"k{n}", "primary_key", **{"x-oracle-type": "VARCHAR2(4000 BYTE)"}) for n in range(2)],
            "8,016 bytes, and an index takes 6,398",
        ),
        ([column("k", "primary_key", **{"x-oracle-type": "CLOB"})], "a CLOB cannot be indexed"),
    ],
)
def test_a_key_that_no_index_takes_is_said_once(warnings: list[str], columns: list[Any], reason: str) -> None:
    assert indexes(orders(*columns)) == indexes(orders(*columns)) == []
    (warning,) = warnings
    assert reason in warning
    assert "'orders'" in warning
    assert "primary_key" in warning


def test_text_keys_are_short_enough_for_the_widest_index() -> None:
    keys = [column(f"k{n:02}", "primary_key") for n in range(32)]
    assert len(indexes(orders(*keys))) == 1
