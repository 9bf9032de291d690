"""The statements of a promotion, of widening, and of tables on each release, against their golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dlt
import pytest
from dlt.common.schema.utils import new_table

from dlt_oracle import oracle
from dlt_oracle.destinations.sql import catalog, ddl, dml, names, promotion
from dlt_oracle.destinations.sql.render import bind, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

TABLE = names.table("LOADER", "RAW___ORDERS")
LEDGER = names.table("LOADER", "RAW____DLT_LEDGER")
OLD, NEW = promotion.old_name("NOTE"), promotion.new_name("NOTE")
STATEMENTS: dict[str, exp.Expression] = {
    "promotion_recorded": promotion.recorded(LEDGER.copy(), 2),
    "promotion_ties": promotion.ties(),
    "promotion_index_expressions": promotion.index_expressions(),
    "promotion_virtual_columns": promotion.virtual_columns(),
    "promotion_constraints": promotion.constraints(),
    "promotion_comment": promotion.comment(),
    "promotion_try_condition": promotion.try_condition(TABLE.copy(), "NOTE", ["ID"], 'LENGTH("NOTE") > "ID"'),
    "promotion_1_rename_old": promotion.rename_column(TABLE.copy(), "NOTE", OLD),
    "promotion_2_add": promotion.add_clob(TABLE.copy(), NEW),
    "promotion_3_copy": promotion.copy_texts(TABLE.copy(), OLD, NEW),
    "promotion_4_check": promotion.add_check(TABLE.copy(), f'LENGTH("{NEW}") > 3'),
    "promotion_5_not_null": ddl.modify_column(TABLE.copy(), NEW, not_null=True),
    "promotion_6_set_unused": promotion.set_unused(TABLE.copy(), OLD),
    "promotion_7_rename_new": promotion.rename_column(TABLE.copy(), NEW, "NOTE"),
    "ddl_modify_column_extended": ddl.modify_column(TABLE.copy(), "NOTE", "VARCHAR2(32767 BYTE)"),
    "catalog_column_types": catalog.column_types(2),
    "dml_insert_nanoseconds": dml.insert(
        TABLE.copy(),
        ["ID", "AT", "LOCAL"],
        [bind(1), dml.timestamp_tz_of(bind(2)), dml.timestamp_of(bind(3))],
    ),
}
VERSIONS = ["12.2", "18c", "19c", "21c", "23ai"]
COLUMNS: list[Any] = [
    {"name": "id", "data_type": "bigint", "nullable": False, "unique": True},
    {"name": "customer", "data_type": "text"},
    {"name": "code", "data_type": "text", "precision": 30},
    {"name": "open", "data_type": "bool", "nullable": False},
    {"name": "document", "data_type": "json"},
    {"name": "total", "data_type": "decimal", "precision": 12, "scale": 2},
    {"name": "wei", "data_type": "wei"},
    {"name": "ratio", "data_type": "double"},
    {"name": "day", "data_type": "date"},
    {"name": "clock", "data_type": "time"},
    {"name": "at", "data_type": "timestamp", "precision": 9},
    {"name": "local", "data_type": "timestamp", "timezone": False},
    {"name": "hash", "data_type": "binary", "precision": 16},
    {"name": "image", "data_type": "binary"},
]
VECTOR = {"name": "embedding", "data_type": "json", "x-oracle-type": "VECTOR(3, FLOAT32)"}


@pytest.mark.parametrize("name", STATEMENTS)
def test_golden_statement(name: str, golden: Callable[[str, str], None]) -> None:
    golden(name, render(STATEMENTS[name], pretty=True))


@pytest.mark.parametrize("version", VERSIONS)
def test_golden_table_of_each_release(version: str, golden: Callable[[str, str], None]) -> None:
    columns = [*COLUMNS, VECTOR] if version == "23ai" else COLUMNS
    golden(f"ddl_create_table_{version}", create_table(version, columns))


def create_table(version: str, columns: list[Any]) -> str:
    credentials = {"host": "db", "service_name": "x", "username": "loader", "password": "-"}
    destination = oracle(credentials, server_version=version)
    schema = dlt.Schema("shop")
    schema.update_table(new_table("orders", columns=columns))
    job_client: Any = destination.client(schema, destination.spec()._bind_dataset_name("raw"))
    prepared = job_client.prepare_load_table("orders")
    definitions = [job_client._definition(column, prepared) for column in prepared["columns"].values()]
    return render(ddl.create_table(TABLE.copy(), definitions), pretty=True)


@pytest.mark.parametrize(
    ("condition", "renamed"),
    [
        ('"NOTE" IS NOT NULL', '"X" IS NOT NULL'),
        ("note IN ('note', 'it''s note')", "\"X\" IN ('note', 'it''s note')"),
        ('LENGTH(note)<10 AND "OTHER" > 1', 'LENGTH("X")<10 AND "OTHER" > 1'),
        ("note LIKE q'[note]' -- note\n", "\"X\" LIKE q'[note]' -- note\n"),
        ("note2 = notes.a", "note2 = notes.a"),
        ("NOTE(note) = 1", 'NOTE("X") = 1'),
        ('"note" = 1', '"note" = 1'),
        ("NOTE$DLT_OLD > 'a'", "\"X\" > 'a'"),
    ],
)
def test_a_condition_is_renamed_where_it_means_the_column(condition: str, renamed: str) -> None:
    assert promotion.renamed(condition, ["NOTE", OLD], "X") == renamed


def test_an_expression_mentions_a_column_by_its_name_alone() -> None:
    expressions = ["UPPER(note)", '"NOTE"', "'x' || Note"]
    assert all(promotion.mentions(text, "NOTE") for text in expressions)
    assert not any(promotion.mentions(text, "NOTE") for text in ["'note'", "note2", '"note"', "NOTE(id)"])


def test_the_reserved_names_of_a_column_are_short_enough_and_its_own() -> None:
    one, other = "A" * 128, "A" * 127 + "B"
    reserved = {promotion.old_name(one), promotion.new_name(one), promotion.old_name(other)}
    assert len(reserved) == 3
    assert all(len(name.encode()) <= 128 for name in reserved)
