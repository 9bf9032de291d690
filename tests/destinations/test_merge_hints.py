"""dlt's hints become the right statements; what Oracle could not do is refused before anything is loaded."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import dlt
import pytest
from dlt.common.schema.exceptions import SchemaCorruptedException
from dlt.common.schema.utils import new_table
from dlt.destinations.exceptions import MergeDispositionException

from dlt_oracle import oracle
from dlt_oracle.destinations.followup_jobs import merge_statements
from dlt_oracle.destinations.sql.render import render

if TYPE_CHECKING:
    from dlt_oracle.destinations.job_client import OracleClient

CREDENTIALS = {"host": "db", "service_name": "x", "username": "loader", "password": "-"}
IDS = [
    {"name": "_dlt_id", "data_type": "text", "nullable": False, "row_key": True},
    {"name": "_dlt_load_id", "data_type": "text", "nullable": False},
]
NESTED_IDS = [
    {"name": "_dlt_id", "data_type": "text", "nullable": False, "row_key": True},
    {"name": "_dlt_parent_id", "data_type": "text", "nullable": False, "parent_key": True},
]
ROOT_KEY = {"name": "_dlt_root_id", "data_type": "text", "nullable": False, "root_key": True}
ID = {"name": "id", "data_type": "bigint", "nullable": False, "primary_key": True}


def client(*tables: Any) -> OracleClient:
    destination = oracle(CREDENTIALS)
    schema = dlt.Schema("shop")
    for table in tables:
        schema.update_table(table)
    configuration = destination.spec()._bind_dataset_name("raw")
    return destination.client(schema, configuration)  # type: ignore[return-value]


def orders(*columns: Any, strategy: str = "delete-insert", ids: Any = IDS, **hints: Any) -> Any:
    table = new_table("orders", write_disposition="merge", columns=[*columns, *ids])
    return {**table, "x-merge-strategy": strategy, **hints}


def lines(*columns: Any, ids: Any = NESTED_IDS, parent: str = "orders", name: str = "orders__lines") -> Any:
    return new_table(name, parent_table_name=parent, columns=[*columns, *ids])


def statements(*tables: Any) -> list[str]:
    job_client = client(*tables)
    chain = [job_client.prepare_load_table(table["name"]) for table in tables]
    built = merge_statements(chain, job_client.oracle, job_client.oracle_type_mapper)
    return [render(item) for item in built]


def test_the_default_strategy_is_delete_insert() -> None:
    table = orders(ID)
    del table["x-merge-strategy"]
    assert [item.split()[0] for item in statements(table)] == ["DELETE", "INSERT"]


@pytest.mark.parametrize("strategy", ["delete-insert", "upsert", "cdc"])
def test_a_nested_table_two_levels_down_needs_a_root_key(strategy: str) -> None:
    taxes = lines(parent="orders__lines", name="orders__lines__taxes")
    with pytest.raises(MergeDispositionException, match="No `root_key` column"):
        statements(orders(ID, strategy=strategy), lines(), taxes)


@pytest.mark.parametrize("strategy", ["delete-insert", "upsert", "cdc"])
def test_directly_below_the_root_the_parent_key_is_the_root_key(strategy: str) -> None:
    assert any('"_DLT_PARENT_ID" IN' in item for item in statements(orders(ID, strategy=strategy), lines()))


def test_appending_and_insert_only_need_no_root_key() -> None:
    taxes = lines(parent="orders__lines", name="orders__lines__taxes")
    append = statements(orders({"name": "id", "data_type": "bigint"}), lines(), taxes)
    assert [item.split()[0] for item in append] == ["INSERT"] * 3
    once = statements(orders(ID, strategy="insert-only"), lines(), taxes)
    assert [item.split()[0] for item in once] == ["MERGE"] * 3


def test_a_root_without_a_row_key_is_refused_when_something_is_nested_in_it() -> None:
    two_keys = {"name": "part", "data_type": "bigint", "primary_key": True}
    with pytest.raises(MergeDispositionException, match="Cannot use as `row_key`"):
        statements(orders(ID, two_keys, ids=[]), lines())


def test_a_key_that_marks_deletion_cannot_be_merged() -> None:
    marked_key = {**ID, "hard_delete": True}
    with pytest.raises(MergeDispositionException, match="part of its primary key"):
        statements(orders(marked_key, strategy="upsert"))


@pytest.mark.parametrize(
    ("column", "hint"),
    [
        ({"data_type": "json"}, "primary_key"),
        ({"data_type": "binary"}, "merge_key"),
        ({"data_type": "text", "precision": 5000}, "dedup_sort"),
        ({"data_type": "text", "x-oracle-type": "CLOB"}, "primary_key"),
        ({"data_type": "json"}, "x-row-version"),
    ],
)
def test_a_lob_cannot_be_a_key(column: dict[str, Any], hint: str) -> None:
    value = "desc" if hint == "dedup_sort" else True
    table = orders(ID, {"name": "big", **column, hint: value})
    with pytest.raises(SchemaCorruptedException, match=f"`big` of table `orders` has the hint `{hint}`"):
        client(table).verify_schema(["orders"])


def test_a_lob_that_is_no_key_is_no_obstacle() -> None:
    client(orders(ID, {"name": "big", "data_type": "json"})).verify_schema(["orders"])


def test_conditions_of_the_user_pass_through_with_their_braces_and_placeholders_resolved() -> None:
    table = orders(
        ID,
        **{
            "x-merge-source-filter": "note <> '{{x}}; --'",
            "x-merge-destination-scope": "{table}.id IN (SELECT id FROM {staging_table})",
        },
    )
    delete, insert = statements(table)
    assert delete == (
        'DELETE FROM "LOADER"."RAW___ORDERS" WHERE ("LOADER"."RAW___ORDERS".id IN '
        '(SELECT id FROM "LOADER"."RAW_STAGING$ORDERS"))'
    )
    assert insert.endswith("AND (note <> '{x}; --')")


def test_insert_only_ignores_a_source_filter_as_dlt_does() -> None:
    (statement,) = statements(orders(ID, strategy="insert-only", **{"x-merge-source-filter": "id > 0"}))
    assert "id > 0" not in statement


def test_keys_ids_and_load_ids_do_not_make_a_row_changed() -> None:
    value = {"name": "value", "data_type": "text"}
    table = orders(ID, value, strategy="upsert", **{"x-merge-skip-unchanged-rows": True})
    (statement,) = statements(table)
    assert ' WHERE DECODE("S"."VALUE", "D"."VALUE", 0, 1) = 1 WHEN NOT' in statement


def test_a_row_version_alone_decides_whether_a_row_is_changed() -> None:
    version = {"name": "version", "data_type": "bigint", "nullable": False, "x-row-version": True}
    table = orders(ID, version, strategy="upsert", **{"x-merge-skip-unchanged-rows": True})
    assert statements(table)[0].count("DECODE") == 1


def test_skipping_unchanged_rows_is_an_option_of_upsert_and_cdc_alone() -> None:
    table = orders(ID, strategy="insert-only", **{"x-merge-skip-unchanged-rows": True})
    assert "DECODE" not in statements(table)[0]


def history(**hints: Any) -> Any:
    active = hints.pop("active", None)
    begins = {"name": "begins", "data_type": "timestamp", "x-valid-from": True}
    ends = {"name": "ends", "data_type": "timestamp", "x-valid-to": True, "x-active-record-timestamp": active}
    hash_ = {"name": "_dlt_id", "data_type": "text", "nullable": False, "x-row-version": True}
    return orders(begins, ends, hash_, strategy="scd2", ids=[], **hints)


@pytest.mark.parametrize(
    ("boundary", "literal"),
    [
        ("2024-05-06T07:08:09.123456+02:00", "2024-05-06 05:08:09.123456"),
        ("2024-05-06", "2024-05-06 00:00:00.000000"),
        (dt.datetime(1, 1, 1, tzinfo=dt.timezone.utc), "0001-01-01 00:00:00.000000"),
    ],
)
def test_boundaries_are_literals_in_utc(boundary: Any, literal: str) -> None:
    retire, begin = statements(history(**{"x-boundary-timestamp": boundary}))
    assert f"SET \"ENDS\" = TIMESTAMP '{literal} +00:00' WHERE" in retire
    assert f"TIMESTAMP '{literal} +00:00', NULL FROM" in begin


def test_active_rows_end_at_the_time_that_the_user_chose() -> None:
    retire, begin = statements(history(active="9999-12-31", **{"x-boundary-timestamp": "2024-05-06"}))
    end = "\"ENDS\" = TIMESTAMP '9999-12-31 00:00:00.000000 +00:00'"
    assert retire.endswith(end)
    assert f"{end})" in begin
