"""Datasets are prefixes in one schema: they never touch one another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import dlt
import pytest
from dlt.destinations.exceptions import DatabaseTerminalException, DatabaseUndefinedRelation

from dlt_oracle import oracle

if TYPE_CHECKING:
    from pathlib import Path

    import oracledb

Rows = Callable[..., list[tuple[Any, ...]]]
MakePipeline = Callable[..., dlt.Pipeline]


def tables(rows: Rows) -> set[str]:
    return {name for (name,) in rows("SELECT table_name FROM user_tables")}


def test_dropping_a_dataset_leaves_those_with_similar_names_alone(
    pipeline: MakePipeline, rows: Rows, connection: oracledb.Connection
) -> None:
    datasets = ["raw", "raw_staging", "raw1", "raw_x", "rawzz"]
    for dataset in datasets:
        pipeline(dataset_name=dataset, name=dataset).run([{"id": 1}], table_name="items")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE rawXXXnotes (id NUMBER)")  # the underscores of a LIKE would match it
    before = tables(rows)
    with pipeline(dataset_name="raw", name="raw").sql_client() as client:
        client.drop_dataset()
    assert {name for name in before if name.startswith("RAW___")} == before - tables(rows)


def test_a_dataset_exists_from_its_creation_to_its_drop(pipeline: MakePipeline) -> None:
    loads = pipeline()
    with loads.sql_client() as client:
        assert not client.has_dataset()
        client.create_dataset()
        assert client.has_dataset()
        with pytest.raises(DatabaseTerminalException, match="ORA-00955"):
            client.create_dataset()
        client.drop_dataset()
        assert not client.has_dataset()
        with pytest.raises(DatabaseUndefinedRelation):
            client.drop_dataset()


def test_state_and_schema_are_restored_into_a_fresh_working_directory(
    pipeline: MakePipeline, rows: Rows
) -> None:
    @dlt.resource
    def numbers(last: Any = dlt.sources.incremental("id", initial_value=0)) -> Any:  # noqa: B008
        yield [{"id": n} for n in range(last.last_value, last.last_value + 3)]

    pipeline().run(numbers())
    pipeline().run(numbers())  # another working directory: state comes from the database
    assert rows("SELECT id FROM raw___numbers ORDER BY id") == [(0,), (1,), (2,), (3,), (4,)]


def test_a_dataset_is_read_as_tuples_arrow_and_pandas(pipeline: MakePipeline) -> None:
    loads = pipeline()
    loads.run([{"id": n, "name": f"n{n}"} for n in range(5)], table_name="items")
    items = loads.dataset().items.select("id", "name")
    assert sorted(items.fetchall()) == [(n, f"n{n}") for n in range(5)]
    assert sorted(items.arrow()["id"].to_pylist()) == [0, 1, 2, 3, 4]
    assert sorted(items.df()["name"]) == ["n0", "n1", "n2", "n3", "n4"]
    assert dict(loads.dataset().row_counts().fetchall())["items"] == 5


def test_two_pipelines_share_a_dataset(pipeline: MakePipeline, rows: Rows) -> None:
    pipeline(name="one").run([{"id": 1}], table_name="first")
    pipeline(name="two").run([{"id": 2}], table_name="second")
    assert {"RAW___FIRST", "RAW___SECOND"} <= tables(rows)


def test_refresh_drops_the_tables_of_the_source_and_loads_again(pipeline: MakePipeline, rows: Rows) -> None:
    loads = pipeline()
    loads.run([{"id": 1, "old": 1}], table_name="items")
    loads.run([{"id": 2}], table_name="items", refresh="drop_sources")
    assert rows("SELECT id FROM raw___items") == [(2,)]
    columns = rows("SELECT column_name FROM user_tab_columns WHERE table_name = 'RAW___ITEMS'")
    assert ("OLD",) not in columns


def test_the_embedded_directory_keeps_the_data(tmp_path: Path) -> None:
    for _ in range(2):
        loads = dlt.pipeline(
            "kept",
            destination=oracle(f"oracle+embedded:///{tmp_path}/oracle"),
            dataset_name="raw",
            pipelines_dir=str(tmp_path / "pipelines"),
        )
        loads.run([{"id": 1}], table_name="items")
    assert loads.dataset().items.select("id").fetchall() == [(1,), (1,)]
