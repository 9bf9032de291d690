"""`ddl = "verify"`: DBAs own the tables. What is missing comes as one error, ready to run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import dlt
import pytest
from dlt.pipeline.exceptions import PipelineStepFailed

from dlt_oracle import oracle
from dlt_oracle.destinations.errors import DdlRefused

if TYPE_CHECKING:
    from target import User

MakePipeline = Callable[..., dlt.Pipeline]
Dba = Callable[[Exception], list[str]]
ORDERS = [{"id": 1, "name": "x", "lines": [{"sku": "a"}]}]
MERGE = {"table_name": "orders", "write_disposition": "merge", "primary_key": "id"}


@pytest.fixture
def dba(target: Any) -> Iterator[Dba]:
    """Run what an error asks the DBA to run, word by word, and return the statements."""
    with target.connect_as_admin() as connection, connection.cursor() as cursor:

        def run(failure: Exception) -> list[str]:
            refused = failure.exception if isinstance(failure, PipelineStepFailed) else failure
            assert isinstance(refused, DdlRefused)
            script = str(refused).partition("\n\n")[2].strip()
            statements = [text.removesuffix(";") for text in script.split(";\n")]
            assert tuple(statements) == refused.statements
            for statement in statements:
                cursor.execute(statement)
            return statements

        yield run


@pytest.fixture
def verified(tmp_path: Any) -> MakePipeline:
    """Make a pipeline of a user that changes no tables."""

    def make(user: User, dataset_name: str = "raw", **settings: Any) -> dlt.Pipeline:
        return dlt.pipeline(
            "orders",
            destination=oracle(user.credentials, ddl="verify", **settings),
            dataset_name=dataset_name,
            pipelines_dir=str(tmp_path),
        )

    return make


def test_a_user_who_may_create_nothing_loads_into_what_the_dba_made(
    target: Any, verified: MakePipeline, dba: Dba
) -> None:
    with target.new_user(["CREATE SESSION"]) as user:
        loads = verified(user)
        with pytest.raises(PipelineStepFailed) as failure:
            loads.run(ORDERS, **MERGE)
        made = dba(failure.value)
        assert sum("_DLT_LEDGER" in text for text in made) == 2  # the dataset's and its staging's
        assert sum("ORDERS__LINES" in text for text in made) == 2 + 1  # its staging table has no index
        assert {text.split('"')[3] for text in made if text.startswith("CREATE INDEX")} == {
            "RAW___ORDERS$PRIMARY_KEY",
            "RAW___ORDERS__LINES$ROOT_KEY",
        }
        assert not any(text.startswith("GRANT") for text in made)
        loads.load()  # what was extracted is waiting
        loads.run(ORDERS, **MERGE)
        assert loads.dataset().orders.select("id", "name").fetchall() == [(1, "x")]

        with pytest.raises(PipelineStepFailed) as failure:
            loads.run([{"id": 2, "size": 3}], **MERGE)
        assert [text.startswith("ALTER TABLE") for text in dba(failure.value)] == [True, True]
        loads.load()
        assert loads.dataset().orders.select("size").fetchall() == [(None,), (3,)]


def test_tables_of_another_schema_come_with_the_grants_that_a_load_needs(
    target: Any, verified: MakePipeline, dba: Dba
) -> None:
    with target.new_user() as owner, target.new_user(["CREATE SESSION"]) as loader:
        loads = verified(loader, owner.name.lower(), dataset_layout="schema")
        with pytest.raises(PipelineStepFailed) as failure:
            loads.run(ORDERS, table_name="orders", write_disposition="replace")
        made = dba(failure.value)
        grants = [text for text in made if text.startswith("GRANT")]
        assert len(grants) == sum(text.startswith("CREATE TABLE") for text in made)
        assert f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{owner.name}"."ORDERS" TO "{loader.name}"' in grants
        loads.load()
        loads.run(ORDERS, table_name="orders", write_disposition="replace")  # by DELETE: no right to TRUNCATE
        assert loads.dataset().orders.select("id").fetchall() == [(1,)]


def test_a_schema_that_is_missing_is_in_the_script(
    target: Any, user: User, verified: MakePipeline, dba: Dba
) -> None:
    schema = f"{user.name}_RAW"
    loads = verified(user, schema.lower(), dataset_layout="schema")
    with pytest.raises(PipelineStepFailed) as failure:
        loads.run(ORDERS, **MERGE)
    try:
        made = dba(failure.value)
        assert made[0].startswith(f'CREATE USER "{schema}" NO AUTHENTICATION')
        assert sum(text.startswith("CREATE USER") for text in made) == 1
        loads.load()
        assert loads.dataset().orders__lines.select("sku").fetchall() == [("a",)]
    finally:
        with target.connect_as_admin() as connection, connection.cursor() as cursor:
            cursor.execute(f'DROP USER "{schema}" CASCADE')


def test_the_first_run_may_make_the_tables_and_the_later_ones_change_none(
    user: User, pipeline: MakePipeline, verified: MakePipeline, rows: Callable[..., list[Any]]
) -> None:
    pipeline(name="orders").run(ORDERS, **MERGE)
    loads = verified(user)
    before = rows("SELECT table_name FROM user_tables ORDER BY 1")
    loads.run(ORDERS, **MERGE, refresh="drop_data")
    assert loads.dataset().orders.select("id").fetchall() == [(1,)]

    with pytest.raises(PipelineStepFailed) as failure:
        loads.run(ORDERS, **MERGE, refresh="drop_resources")
    refused = failure.value.exception
    assert isinstance(refused, DdlRefused)
    assert sorted(text.split()[2] for text in refused.statements) == [
        f'"{user.name}"."RAW___ORDERS"',
        f'"{user.name}"."RAW___ORDERS__LINES"',
    ]
    with loads.sql_client() as client, pytest.raises(DdlRefused, match="DROP TABLE"):
        client.drop_dataset()
    assert rows("SELECT table_name FROM user_tables ORDER BY 1") == before


def test_a_schema_is_synchronized_when_its_tables_are_there(
    user: User, verified: MakePipeline, dba: Dba
) -> None:
    loads = verified(user)
    loads.extract(ORDERS, **MERGE)
    loads.normalize()
    with pytest.raises(DdlRefused, match="ORDERS__LINES") as refused:
        loads.sync_schema()
    dba(refused.value)
    assert loads.sync_schema() == {}
    with loads.destination_client() as client:
        assert client.get_stored_schema("orders") is not None  # type: ignore[attr-defined]


def test_a_text_that_is_too_long_promotes_nothing_and_has_its_script(
    user: User, pipeline: MakePipeline, verified: MakePipeline, dba: Dba
) -> None:
    items: Any = {"table_name": "items", "columns": {"note": {"data_type": "text", "nullable": False}}}
    pipeline(name="orders").run([{"id": 1, "note": "short"}], **items)
    loads = verified(user)
    with pytest.raises(PipelineStepFailed) as failure:
        loads.run([{"id": 2, "note": "x" * 5000}], **items)
    dba(failure.value.exception.client_exception)  # type: ignore[attr-defined]
    loads.run()
    lengths = loads.dataset()("SELECT LENGTH(note) FROM items ORDER BY id").fetchall()
    assert lengths == [(5,), (5000,)]


def test_tables_are_not_swapped(
    user: User, pipeline: MakePipeline, verified: MakePipeline, rows: Callable[..., list[Any]]
) -> None:
    objects = "SELECT object_name, object_id FROM user_objects WHERE object_type = 'TABLE' ORDER BY 1"
    pipeline(name="orders").run(ORDERS, **MERGE)
    before = rows(objects)
    loads = verified(user, replace_strategy="staging-optimized")
    loads.run([{"id": 7}], table_name="orders", write_disposition="replace")
    assert loads.dataset().orders.select("id").fetchall() == [(7,)]
    assert rows(objects) == before
