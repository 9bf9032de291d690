"""Keys by which merges find rows are indexed, on target tables, while these are empty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from dlt.common import logger

if TYPE_CHECKING:
    import dlt

Rows = Callable[..., list[tuple[Any, ...]]]
MERGE: Any = {"write_disposition": "merge", "primary_key": ("id", "line")}
ORDERS = [{"id": 1, "line": "a", "lines": [{"n": 1}]}, {"id": 2, "line": "b", "lines": []}]
INDEXED = """
SELECT i.table_name, i.index_name, c.column_name
FROM user_indexes i JOIN user_ind_columns c ON c.index_name = i.index_name
WHERE i.uniqueness = 'NONUNIQUE' AND i.index_type <> 'LOB'
ORDER BY i.table_name, c.column_position"""

UNIQUE = """
SELECT c.column_name
FROM user_constraints k JOIN user_cons_columns c ON c.constraint_name = k.constraint_name
WHERE k.constraint_type = 'U' AND k.table_name = :1
ORDER BY c.column_name"""


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is logged about indexes."""
    said: list[str] = []
    monkeypatch.setattr(logger, "warning", lambda text: "index" in text and said.append(text))
    return said


def test_a_new_target_table_is_indexed_once_and_its_staging_table_never(
    pipeline: Callable[..., dlt.Pipeline], rows: Rows, warnings: list[str]
) -> None:
    loads = pipeline()
    loads.run(ORDERS, table_name="orders", **MERGE)
    expected = [
        ("RAW___ORDERS", "RAW___ORDERS$PRIMARY_KEY", "ID"),
        ("RAW___ORDERS", "RAW___ORDERS$PRIMARY_KEY", "LINE"),
        ("RAW___ORDERS__LINES", "RAW___ORDERS__LINES$ROOT_KEY", "_DLT_ROOT_ID"),
    ]
    assert rows("SELECT COUNT(*) FROM raw_staging$orders") == [(2,)]
    assert rows(INDEXED) == expected
    loads.run([row | {"more": 1} for row in ORDERS], table_name="orders", **MERGE)
    assert rows("SELECT id, more FROM raw___orders ORDER BY id") == [(1, 1), (2, 1)]
    assert rows(INDEXED) == expected
    assert warnings == []


def test_a_table_with_rows_is_not_indexed_and_a_warning_holds_the_statement_that_does_it(
    pipeline: Callable[..., dlt.Pipeline], rows: Rows, warnings: list[str]
) -> None:
    loads = pipeline()
    data = [{"id": 1, "line": "a"}]
    loads.run(data, table_name="orders")
    loads.run(data, table_name="orders", **MERGE)
    assert rows(INDEXED) == []
    (warning,) = warnings
    (statement,) = [text for text in warning.split("\n") if text.startswith("CREATE INDEX")]
    warnings.clear()
    with loads.sql_client() as client:
        client.execute_sql(statement.removesuffix(";"))
    loads.run([row | {"more": 1} for row in data], table_name="orders", **MERGE)
    assert warnings == []


def test_an_index_whose_making_was_interrupted_is_made_by_the_next_migration(
    pipeline: Callable[..., dlt.Pipeline], rows: Rows
) -> None:
    loads = pipeline()
    loads.extract(ORDERS, table_name="orders", **MERGE)
    loads.normalize()
    loads.sync_schema()
    made = rows(INDEXED)
    with loads.sql_client() as client:  # as if the process had died there
        client.execute_sql('DROP INDEX "RAW___ORDERS$PRIMARY_KEY"')
        client.execute_sql("DELETE FROM raw____dlt_version")
    loads.load()
    assert rows(INDEXED) == made


def test_a_type_that_takes_no_unique_constraint_is_warned_of_and_a_key_of_it_is_indexed_all_the_same(
    pipeline: Callable[..., dlt.Pipeline], rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(logger, "warning", said.append)
    columns: Any = {
        "at": {"data_type": "timestamp", "unique": True, "primary_key": True},
        "document": {"data_type": "json", "unique": True},
        "local": {"data_type": "timestamp", "timezone": False, "unique": True},
    }
    record = {"at": dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc), "document": {}, "local": None}
    pipeline().run([record], table_name="moments", columns=columns, write_disposition="merge")
    assert [text.split(":")[0] for text in said if "unique constraint" in text] == [
        "Column 'at' of table 'moments' gets no unique constraint",
        "Column 'document' of table 'moments' gets no unique constraint",
    ]
    assert [row[:2] for row in rows(INDEXED)] == [("RAW___MOMENTS", "RAW___MOMENTS$PRIMARY_KEY")]
    assert rows(UNIQUE, "RAW___MOMENTS") == [("LOCAL",), ("_DLT_ID",)]
