"""Datasets are prefixes in one schema: they never touch one another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import dlt
import pytest
from dlt.destinations.exceptions import DatabaseTerminalException, DatabaseUndefinedRelation
from dlt.pipeline.helpers import pipeline_drop

from dlt_oracle import oracle

if TYPE_CHECKING:
    from pathlib import Path

    import oracledb

Rows = Callable[..., list[tuple[Any, ...]]]
MakePipeline = Callable[..., dlt.Pipeline]
Contents = dict[str, int]
OWN = ("RAW___", "RAW_STAGING$")


def tables(rows: Rows) -> set[str]:
    return {name for (name,) in rows("SELECT table_name FROM user_tables")}


@pytest.fixture
def neighbours(pipeline: MakePipeline, rows: Rows, connection: oracledb.Connection) -> Callable[[], Contents]:
    """Fill datasets with similar names and tables of other people's; say what all of them hold."""
    for dataset in ("raw_staging", "raw1", "raw_x"):
        pipeline(dataset_name=dataset, name=dataset).run([{"id": 1}], table_name="items")
    with connection.cursor() as cursor:
        for name in ("rawXXXnotes", '"RAW"', "items", "raw__items", '"raw___items"'):
            cursor.execute(f"CREATE TABLE {name} (id NUMBER)")  # in a LIKE an underscore would match them

    def contents() -> Contents:
        others = [name for name in tables(rows) if not name.startswith(OWN)]
        return {name: rows(f'SELECT COUNT(*) FROM "{name}"')[0][0] for name in others}

    return contents


def test_what_happens_to_a_dataset_touches_no_other(
    pipeline: MakePipeline, rows: Rows, neighbours: Callable[[], Contents]
) -> None:
    before = neighbours()
    loads = pipeline(name="raw")
    for refresh in (None, "drop_data", "drop_resources", "drop_sources"):
        loads.run([{"id": 1}], table_name="items", refresh=refresh)
        assert rows("SELECT id FROM raw___items") == [(1,)]
        assert neighbours() == before
    pipeline_drop(loads, drop_all=True)()
    assert "RAW___ITEMS" not in tables(rows)
    assert neighbours() == before
    with loads.destination_client() as client:
        client.drop_storage()
    assert tables(rows) == before.keys()
    assert neighbours() == before


def test_a_dataset_is_there_by_its_exact_name_only(pipeline: MakePipeline) -> None:
    loads = pipeline(dataset_name="raw_x")
    with loads.sql_client() as client:
        client.create_dataset()
        for name in ("raw_x", "raw", "raw_x1", "rawzx", "r%"):
            with client.with_alternative_dataset_name(name):
                assert client.has_dataset() == (name == "raw_x")


def test_a_development_run_has_a_dataset_of_its_own(user: Any, pipeline: MakePipeline, rows: Rows) -> None:
    pipeline().run([{"id": 1}], table_name="items")
    loads = dlt.pipeline("test", destination=oracle(user.credentials), dataset_name="raw", dev_mode=True)
    try:
        loads.run([{"id": 2}], table_name="items")
        assert loads.dataset_name != "raw"
        assert loads.dataset().items.select("id").fetchall() == [(2,)]
        assert rows("SELECT id FROM raw___items") == [(1,)]
    finally:
        loads.drop()


def test_a_table_named_like_a_ledger_hides_no_other(pipeline: MakePipeline, rows: Rows) -> None:
    loads = pipeline()
    for table in ("item_dlt_ledger", "items"):
        loads.run([{"id": 1}], table_name=table)
    with loads.sql_client() as client:
        client.drop_dataset()
    assert tables(rows) == set()


def test_a_drop_takes_what_loads_made_even_without_dlts_history_and_nothing_else(
    pipeline: MakePipeline, rows: Rows, connection: oracledb.Connection
) -> None:
    loads = pipeline()
    loads.run([{"id": 1, "tags": ["a"]}], table_name="items")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE raw___mine (id NUMBER)")
        cursor.execute("CREATE TABLE raw___items$old (id NUMBER)")  # what a swap leaves that dies halfway
        cursor.execute("DELETE FROM raw____dlt_version")
        connection.commit()
    with loads.sql_client() as client:
        client.drop_dataset()
    assert tables(rows) == {"RAW___MINE"}


def test_dlts_own_tables_are_dropped_under_the_names_that_a_naming_convention_gives_them(
    pipeline: MakePipeline, user: Any, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHEMA__NAMING", "plain_naming")
    loads = pipeline(dataset_name=user.name.lower(), dataset_layout="schema")
    loads.run([{"id": 1, "tags": ["a"]}], table_name="items")
    assert {"ITEMS", "ITEMS__TAGS", "DLT_VERSION", "DLT_LOADS", "DLT_PIPELINE_STATE"} <= tables(rows)
    with loads.sql_client() as client:
        client.drop_dataset()
    assert tables(rows) == set()


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
    one, two = pipeline(name="one"), pipeline(name="two")
    one.run([{"id": 1}], table_name="first")
    two.run([{"id": 2}], table_name="second")
    assert {"RAW___FIRST", "RAW___SECOND"} <= tables(rows)
    pipeline_drop(one, drop_all=True)()
    assert rows("SELECT id FROM raw___second") == [(2,)]
    assert "RAW___FIRST" not in tables(rows)
    two.run([{"id": 3}], table_name="second")
    pipeline(name="two").run([{"id": 4}], table_name="second")  # its state and schema are still there
    assert rows("SELECT id FROM raw___second ORDER BY id") == [(2,), (3,), (4,)]


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
