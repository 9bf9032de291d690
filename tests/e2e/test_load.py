"""Loading through dlt, read back with the plain driver."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import dlt
import oracledb
import pyarrow as pa
import pytest
from dlt.common import logger
from dlt.pipeline.exceptions import PipelineStepFailed

Rows = Callable[..., list[tuple[Any, ...]]]
MakePipeline = Callable[..., dlt.Pipeline]

ORDERS = [
    {
        "id": 1,
        "customer": "Åsa 😀",
        "total": Decimal("19.90"),
        "lines": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}],
    },
    {"id": 2, "customer": None, "total": Decimal("0.000000001"), "lines": []},
]


def test_the_second_run_adds_the_new_column_and_doubles_nothing(pipeline: MakePipeline, rows: Rows) -> None:
    loads = pipeline()
    loads.run(ORDERS, table_name="orders")
    loads.run([{"id": 3, "customer": "Bo", "note": "new"}], table_name="orders")

    assert rows("SELECT id, customer, total, note FROM raw___orders ORDER BY id") == [
        (1, "Åsa 😀", Decimal("19.90"), None),
        (2, None, Decimal("0.000000001"), None),
        (3, "Bo", None, "new"),
    ]
    assert rows("SELECT sku, n FROM raw___orders__lines ORDER BY sku") == [("a", 1), ("b", 2)]
    assert rows("SELECT COUNT(*) FROM raw____dlt_loads WHERE status = 0") == [(2,)]


def test_nested_rows_point_to_their_parent(pipeline: MakePipeline, rows: Rows) -> None:
    pipeline().run(ORDERS, table_name="orders")
    query = """
        SELECT o.id, l.sku FROM raw___orders o
        JOIN raw___orders__lines l ON l."_DLT_PARENT_ID" = o."_DLT_ID" ORDER BY l.sku"""
    assert rows(query) == [(1, "a"), (1, "b")]


def test_columns_may_be_called_by_reserved_words(pipeline: MakePipeline, rows: Rows) -> None:
    words = ["date", "number", "size", "from", "user", "table", "to", "level", "comment", "default", "public"]
    pipeline().run([{word: position for position, word in enumerate(words)}], table_name="order")
    quoted = ", ".join(f'"{word.upper()}"' for word in words)
    assert rows(f"SELECT {quoted} FROM raw___order") == [tuple(range(len(words)))]


def test_a_name_of_63_characters_and_one_of_128_bytes_survive(pipeline: MakePipeline, rows: Rows) -> None:
    long, longest = "c" * 63, "d" * 128
    pipeline().run([{long: 1, longest: 2}], table_name="t" * 63)
    assert rows(f"SELECT {long}, {longest} FROM raw___{'t' * 63}") == [(1, 2)]


def test_a_dataset_and_table_too_long_together_are_still_read_by_their_name(pipeline: MakePipeline) -> None:
    loads = pipeline(dataset_name="d" * 60)
    loads.run([{"id": 1}], table_name="t" * 100)
    loads.run([{"id": 2}], table_name="t" * 100)
    assert sorted(loads.dataset()["t" * 100].select("id").fetchall()) == [(1,), (2,)]


def test_a_table_may_have_362_columns(pipeline: MakePipeline, rows: Rows) -> None:
    record = {f"column_{n}": n if n % 2 else f"text {n}" for n in range(362)}
    loads = pipeline()
    loads.run([record], table_name="wide")
    loads.run([record], table_name="wide")
    assert rows("SELECT COUNT(*) FROM raw___wide WHERE column_361 = 361 AND column_360 = 'text 360'") == [
        (2,)
    ]


def test_an_empty_string_is_null_and_counted_in_the_ledger_and_said_once(
    pipeline: MakePipeline, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(logger, "warning", said.append)
    for _ in range(2):
        pipeline().run(
            [{"id": 1, "name": ""}, {"id": 2, "name": "x"}, {"id": 3, "name": ""}], table_name="with_empty"
        )
    assert rows("SELECT id FROM raw___with_empty WHERE name IS NULL ORDER BY id") == [(1,), (1,), (3,), (3,)]
    query = "SELECT row_count, empty_strings FROM raw____dlt_ledger WHERE table_name = 'RAW___WITH_EMPTY'"
    assert rows(query) == [(3, 2), (3, 2)]
    assert len([text for text in said if "'with_empty' gets empty strings (name)" in text]) == 1


def test_an_empty_string_in_a_not_null_column_is_refused_by_name(pipeline: MakePipeline, rows: Rows) -> None:
    hints = {"name": {"data_type": "text", "nullable": False}}
    with pytest.raises(PipelineStepFailed, match=r"column 'name', row 2 .*empty string.*NOT NULL"):
        pipeline().run([{"name": "x"}, {"name": ""}], table_name="people", columns=hints)
    assert rows("SELECT COUNT(*) FROM raw___people") == [(0,)]


def test_a_text_too_long_for_its_column_is_refused_by_name_and_leaves_no_rows(
    pipeline: MakePipeline, rows: Rows
) -> None:
    hints = {"name": {"data_type": "text", "precision": 5}}
    with pytest.raises(PipelineStepFailed, match=r"'people', column 'name', row 3 .*6 characters"):
        pipeline().run(
            [{"name": "12345"}, {"name": "ééééé"}, {"name": "123456"}], table_name="people", columns=hints
        )
    assert rows("SELECT COUNT(*) FROM raw___people") == [(0,)]


def test_a_text_for_a_column_of_numbers_is_refused_at_once_by_name_and_with_its_row(
    pipeline: MakePipeline,
) -> None:
    loads = pipeline()
    loads.run([{"id": 1, "size": 1}], table_name="items")
    with pytest.raises(
        PipelineStepFailed, match=r"terminally[\s\S]*'items', column 'size', row 2 .*ORA-01722.*`refresh`"
    ):
        loads.run(
            [{"id": 2, "size": "12"}, {"id": 3, "size": "12 pieces"}],
            table_name="items",
            columns={"size": {"data_type": "text"}},
        )


def test_the_character_nul_is_refused_at_once_by_the_server_that_cannot_store_it(
    pipeline: MakePipeline, target: Any
) -> None:
    if target.server is None:
        pytest.skip("a real database stores it")
    with pytest.raises(PipelineStepFailed, match=r"terminally[\s\S]*Table 'items', row 2 .*NUL in text"):
        pipeline().run([{"name": "ab"}, {"name": "a\0b"}], table_name="items")


def test_a_file_that_fails_half_way_leaves_no_rows_and_the_error_names_the_row(
    pipeline: MakePipeline, rows: Rows
) -> None:
    hints = {"amount": {"data_type": "decimal", "precision": 5, "scale": 2}}
    loads = pipeline()
    loads.run([{"amount": Decimal("1.5")}], table_name="sums", columns=hints)
    # The table narrows under the pipeline's feet: only the server can find out.
    with loads.sql_client() as client:
        client.execute_sql("DELETE FROM raw___sums")
        client.execute_sql("ALTER TABLE raw___sums MODIFY (amount NUMBER(3,2))")
    with pytest.raises(PipelineStepFailed, match=r"'sums', column 'amount', row 1,501 .*ORA-01438"):
        loads.run([{"amount": Decimal(20 if n == 1500 else 1)} for n in range(3000)], table_name="sums")
    assert rows("SELECT COUNT(*) FROM raw___sums") == [(0,)]


def test_a_failed_load_can_be_repeated_when_its_cause_is_gone(pipeline: MakePipeline, rows: Rows) -> None:
    loads = pipeline()
    loads.run([{"amount": 1}], table_name="sums")
    with loads.sql_client() as client:
        client.execute_sql("ALTER TABLE raw___sums ADD CONSTRAINT positive CHECK (amount > 0)")
    with pytest.raises(PipelineStepFailed, match=r"column 'amount', row 2 .*ORA-02290"):
        loads.run([{"amount": 2}, {"amount": -3}], table_name="sums")
    with loads.sql_client() as client:
        client.execute_sql("ALTER TABLE raw___sums DROP CONSTRAINT positive")
    loads.abort_packages()
    loads.run([{"amount": 2}, {"amount": -3}], table_name="sums")
    assert rows("SELECT amount FROM raw___sums ORDER BY amount") == [(-3,), (1,), (2,)]


@pytest.mark.parametrize("strategy", ["truncate-and-insert", "insert-from-staging"])
def test_replace_leaves_the_rows_of_the_last_run_only(
    pipeline: MakePipeline, rows: Rows, strategy: str
) -> None:
    loads = pipeline(replace_strategy=strategy)
    for size in (5, 3):
        data = [
            {"id": n, "created_at": dt.datetime.now(dt.timezone.utc), "tags": ["a;b", "c"]}
            for n in range(size)
        ]
        loads.run(data, table_name="items", write_disposition="replace")
    assert rows("SELECT COUNT(*) FROM raw___items") == [(3,)]
    assert rows("SELECT COUNT(*) FROM raw___items__tags") == [(6,)]


def test_a_table_that_a_foreign_key_points_at_is_emptied_before_it_is_loaded(
    pipeline: MakePipeline, rows: Rows
) -> None:
    loads = pipeline()
    hints: dict[str, Any] = {"write_disposition": "replace", "columns": {"id": {"unique": True}}}
    loads.run([{"id": 1}, {"id": 2}], table_name="items", **hints)
    with loads.sql_client() as client:
        client.execute_sql("CREATE TABLE orders (item NUMBER REFERENCES raw___items (id))")
    loads.run([{"id": 2}, {"id": 3}], table_name="items", **hints)
    assert rows("SELECT id FROM raw___items ORDER BY id") == [(2,), (3,)]


def test_a_json_column_takes_scalars_and_nothing_that_is_no_json(pipeline: MakePipeline, rows: Rows) -> None:
    texts = ['{"a":[1]}', "[1]", "5", "-0.5E+3", r'"x\"\\ é"', '""', "true", "null", " [] "]
    table = pa.table({"id": range(len(texts)), "document": texts})
    loads, hints = pipeline(), {"document": {"data_type": "json"}}
    loads.run(table, table_name="items", columns=hints)
    found = loads.dataset().items.order_by("id").select("document").fetchall()
    assert [json.loads(text) for (text,) in found] == [json.loads(text) for text in texts]
    for text in ("x", '"x', "01", '"a" "b"', "[1"):
        with pytest.raises(oracledb.DatabaseError, match="ORA-"):
            rows("INSERT INTO raw___items (document) VALUES (:1)", text)


def test_values_that_look_like_sql_are_data(pipeline: MakePipeline, rows: Rows) -> None:
    hostile = ["'; DROP TABLE raw___notes --", '" OR 1=1', "%s :1 {d} \\", "q'[x]'", "\n;\nCOMMIT;"]
    pipeline().run([{"id": n, "text": text} for n, text in enumerate(hostile)], table_name="notes")
    assert rows("SELECT text FROM raw___notes ORDER BY id") == [(text,) for text in hostile]


def test_names_that_look_like_sql_make_names(pipeline: MakePipeline, rows: Rows) -> None:
    loads = pipeline(dataset_name="raw'; DROP USER x --")
    loads.run([{'"; DROP TABLE y --': 1}], table_name="a\"b'; --")
    tables = [name for (name,) in rows("SELECT table_name FROM user_tables")]
    assert any("A_B" in name for name in tables)
    assert all('"' not in name and "'" not in name for name in tables)


def test_the_ledger_forgets_after_its_retention(pipeline: MakePipeline, rows: Rows) -> None:
    loads = pipeline(ledger_retention_days=0)
    loads.run([{"id": 1}], table_name="items")
    loads.run([{"id": 2}], table_name="items")
    # What is left was written by the completion that forgot the rest.
    assert rows("SELECT DISTINCT kind FROM raw____dlt_ledger") == [("load",)]
