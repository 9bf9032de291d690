"""The types of newer releases: BOOLEAN, JSON and VECTOR on a 23ai with MAX_STRING_SIZE=EXTENDED."""

from __future__ import annotations

import array
import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import dlt
import pyarrow as pa
import pytest
from dlt.pipeline.exceptions import PipelineStepFailed

if TYPE_CHECKING:
    from target import Target

Rows = Callable[..., list[tuple[Any, ...]]]
MakePipeline = Callable[..., dlt.Pipeline]

UTC = dt.timezone.utc
DOCUMENT = {"name": "é", "list": [1, 2.5, None, {"a": True}], "long": "x" * 40_000}
HINTS: dict[str, Any] = {
    "flag": {"data_type": "bool"},
    "document": {"data_type": "json"},
    "embedding": {"data_type": "json", "x-oracle-type": "VECTOR(2, FLOAT32)"},
}
ITEM = {"id": 1, "flag": True, "document": DOCUMENT, "embedding": [1.5, -2.0]}
EMPTY = {"id": 2, "flag": None, "document": None, "embedding": None}
TYPES = "SELECT column_name, data_type FROM user_tab_columns WHERE table_name = :1 AND column_name LIKE :2"


@pytest.fixture
def target(newest: Target) -> Target:
    return newest


def test_bools_documents_and_vectors_have_their_own_types_and_come_back(
    pipeline: MakePipeline, rows: Rows
) -> None:
    loads = pipeline()
    loads.run([ITEM, EMPTY], table_name="items", columns=HINTS)
    assert sorted(rows(TYPES, "RAW___ITEMS", "%")) == [
        ("DOCUMENT", "JSON"),
        ("EMBEDDING", "VECTOR"),
        ("FLAG", "BOOLEAN"),
        ("ID", "NUMBER"),
        ("_DLT_ID", "VARCHAR2"),
        ("_DLT_LOAD_ID", "VARCHAR2"),
    ]
    stored = rows("SELECT flag, document, embedding FROM raw___items ORDER BY id")
    assert stored == [(True, DOCUMENT, array.array("f", [1.5, -2.0])), (None, None, None)]
    with loads.destination_client() as client:
        _, columns = client.get_storage_table("items")
    assert {name: columns[name.upper()]["data_type"] for name in HINTS} == {
        "flag": "bool",
        "document": "json",
        "embedding": "json",
    }


def test_documents_and_vectors_are_read_as_text_whatever_the_way(pipeline: MakePipeline) -> None:
    loads = pipeline()
    loads.run([ITEM, EMPTY, {**EMPTY, "id": 3, "document": [1, [2]]}], table_name="items", columns=HINTS)
    selected = loads.dataset().items.select("id", "flag", "document", "embedding").order_by("id")
    as_rows, as_arrow = selected.fetchall(), selected.arrow()
    with loads.sql_client() as client:
        as_sql = client.execute_sql("SELECT id, flag, document, embedding FROM raw___items ORDER BY id")
    assert as_arrow.schema.field("document").type == pa.string()
    for found in (as_rows, as_sql, [tuple(row.values()) for row in as_arrow.to_pylist()]):
        (number, flag, document, embedding), empty, listed = found
        assert (number, flag, json.loads(document), json.loads(embedding)) == (1, True, DOCUMENT, [1.5, -2])
        assert empty == (2, None, None, None)
        assert listed == (3, None, "[1,[2]]", None)


def test_rows_with_a_document_keep_the_values_of_every_other_type(pipeline: MakePipeline) -> None:
    """Such rows are bound as Python values, all others as Arrow."""
    columns: dict[str, tuple[dict[str, Any], Any]] = {
        "document": ({"data_type": "json"}, "{}"),
        "text": ({"data_type": "text"}, "é" * 2000),
        "promoted": ({"data_type": "text"}, "x" * 50_000),
        "integer": ({"data_type": "bigint"}, -(2**63)),
        "amount": ({"data_type": "decimal", "precision": 38, "scale": 9}, Decimal("-0.000000001")),
        "wei": ({"data_type": "wei"}, Decimal(10**76 - 1)),
        "real": ({"data_type": "double"}, 5e-324),
        "flag": ({"data_type": "bool"}, False),
        "day": ({"data_type": "date"}, dt.date(9999, 12, 31)),
        "clock": ({"data_type": "time"}, dt.time(23, 59, 59, 999999)),
        "moment": ({"data_type": "timestamp"}, dt.datetime(2024, 3, 31, 2, 30, 0, 1, UTC)),
        "fine": ({"data_type": "timestamp", "precision": 9}, dt.datetime(2262, 4, 11, 0, 0, 0, 1, UTC)),
        "local": ({"data_type": "timestamp", "timezone": False}, dt.datetime(2024, 3, 31, 2, 30, 0, 999999)),  # noqa: DTZ001 - has none
        "bytes": ({"data_type": "binary"}, bytes(range(256)) * 200),
        "uuid": ({"data_type": "binary", "precision": 16}, bytes(range(16))),
    }
    hints = {name: hint for name, (hint, _) in columns.items()}
    values = {name: value for name, (_, value) in columns.items()}
    loads = pipeline()
    nothing = dict.fromkeys(values)
    loads.run([{"n": 0, **nothing}, {"n": 1, **values, "document": {}}], table_name="items", columns=hints)
    found = loads.dataset().items.select("n", *columns).order_by("n").fetchall()
    assert [dict(zip(columns, row[1:], strict=True)) for row in found] == [nothing, values]


def test_every_strategy_carries_documents_and_vectors(pipeline: MakePipeline, rows: Rows) -> None:
    loads = pipeline(replace_strategy="insert-from-staging")
    strategies = ("delete-insert", "upsert", "insert-only", "cdc", "scd2")
    other = {**ITEM, "document": {"new": 1}, "embedding": [3.0, 4.0]}

    def tables(data: list[dict[str, Any]]) -> Any:
        for strategy in strategies:
            yield dlt.resource(
                data,
                name=strategy.replace("-", "_"),
                primary_key=None if strategy == "scd2" else "id",
                columns=HINTS,
                write_disposition={"disposition": "merge", "strategy": strategy},
            )
        yield dlt.resource(data, name="replaced", columns=HINTS, write_disposition="replace")

    loads.run(list(tables([ITEM, EMPTY])))
    loads.run(list(tables([other, EMPTY])))
    query = "SELECT id, document, embedding FROM raw___{} {} ORDER BY id"
    new = [(1, {"new": 1}, array.array("f", [3, 4])), (2, None, None)]
    kept = {name: rows(query.format(name, "")) for name in ("delete_insert", "upsert", "cdc", "replaced")}
    assert kept == dict.fromkeys(kept, new)
    assert rows(query.format("insert_only", ""))[0] == (1, DOCUMENT, array.array("f", [1.5, -2]))
    assert rows(query.format("scd2", 'WHERE "_DLT_VALID_TO" IS NULL')) == new


def test_unchanged_documents_and_vectors_are_skipped_and_changed_ones_are_not(
    pipeline: MakePipeline, rows: Rows
) -> None:
    loads = pipeline()

    def run(*data: dict[str, Any]) -> dict[int, str]:
        items = dlt.resource(
            list(data),
            name="items",
            primary_key="id",
            columns={**HINTS, "gone": {"data_type": "bool", "hard_delete": True}},
            write_disposition={"disposition": "merge", "strategy": "upsert"},
        )
        items.apply_hints(additional_table_hints={"x-merge-skip-unchanged-rows": True})
        loads.run(items)
        return dict(rows('SELECT id, "_DLT_LOAD_ID" FROM raw___items'))

    third = {**ITEM, "id": 3}
    before = run(ITEM, EMPTY, third)
    turned = dict(reversed(DOCUMENT.items()))
    assert run({**ITEM, "document": turned}, EMPTY, third) == before
    after = run({**ITEM, "document": {}}, {**EMPTY, "embedding": [0.0, 0.0]}, {**third, "flag": False})
    assert [after[n] != before[n] for n in (1, 2, 3)] == [True, True, True]
    assert run({**third, "gone": True}, {**ITEM, "document": {}, "gone": False}).keys() == {1, 2}


def test_a_long_text_widens_its_column_before_it_makes_it_a_clob(pipeline: MakePipeline, rows: Rows) -> None:
    loads, hints = pipeline(), {"write_disposition": "merge", "primary_key": "id", "columns": HINTS}
    seen = []
    for number, length in enumerate((10, 30_000, 50_000)):
        loads.run([{**ITEM, "id": number, "note": "é" * (length // 2)}], table_name="items", **hints)
        seen += rows(
            "SELECT data_type, data_length FROM user_tab_columns"
            " WHERE table_name = 'RAW___ITEMS' AND column_name = 'NOTE'"
        )
    assert seen[:2] == [("VARCHAR2", 4000), ("VARCHAR2", 32767)]
    assert seen[2][0] == "CLOB"
    assert [len(note) for (note,) in rows("SELECT note FROM raw___items ORDER BY id")] == [5, 15_000, 25_000]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"document": '{"a": 1'}, r"column 'document', row 2"),
        ({"document": '{"a": 1e300}'}, r"column 'document', row 2.*1e300 is beyond"),
        ({"embedding": "[1.0]"}, r"row 2.*ORA-51803"),
    ],
)
def test_what_a_column_does_not_take_is_named_and_nothing_is_loaded(
    pipeline: MakePipeline, rows: Rows, value: dict[str, str], message: str
) -> None:
    good = {"document": "{}", "embedding": "[1.0, 2.0]"}
    wrong = pa.Table.from_pylist([{"id": 3, **good}, {"id": 4, **good, **value}])
    with pytest.raises(PipelineStepFailed, match=message):
        pipeline().run(wrong, table_name="items", columns=HINTS)
    assert rows("SELECT COUNT(*) FROM raw___items") == [(0,)]


def test_tables_with_the_types_of_an_older_release_are_loaded_as_they_are(
    pipeline: MakePipeline, rows: Rows
) -> None:
    older, item = pipeline(server_version="19c"), {key: ITEM[key] for key in ("id", "flag", "document")}
    older.run([item], table_name="items", columns={key: HINTS[key] for key in ("flag", "document")})
    pipeline().run([item], table_name="items", columns=HINTS)
    assert sorted(rows(TYPES, "RAW___ITEMS", "_L%") + rows(TYPES, "RAW___ITEMS", "DOC%")) == [
        ("DOCUMENT", "CLOB"),
        ("FLAG", "NUMBER"),
    ]
    stored = rows("SELECT flag, document FROM raw___items")
    assert [(flag, json.loads(document)) for flag, document in stored] == [(1, DOCUMENT)] * 2
