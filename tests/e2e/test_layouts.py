"""A dataset as an Oracle schema of its own, and what it takes to load into a schema that is not one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import dlt
import pytest
from dlt.pipeline.exceptions import PipelineStepFailed
from target import POOR

from dlt_oracle import oracle
from dlt_oracle.destinations.error_codes import GRANTS_ELSEWHERE

if TYPE_CHECKING:
    import oracledb
    from target import User

Rows = Callable[..., list[tuple[Any, ...]]]
MakePipeline = Callable[..., dlt.Pipeline]
ELSEWHERE = (*POOR, *GRANTS_ELSEWHERE.split(", "))
ORDERS = [{"id": 1, "lines": [{"sku": "a"}, {"sku": "b"}]}, {"id": 2, "lines": [{"sku": "c"}]}]
MERGE = {"table_name": "orders", "write_disposition": "merge", "primary_key": "id"}


@pytest.fixture
def administrator(target: Any) -> Iterator[Rows]:
    """Run a statement as one who may do everything; rows of a query."""
    with target.connect_as_admin() as connection, connection.cursor() as cursor:

        def run(statement: str, *binds: Any) -> list[tuple[Any, ...]]:
            cursor.execute(statement, list(binds))
            return cursor.fetchall() if cursor.description else []

        yield run


@pytest.fixture
def load(tmp_path: Any) -> Callable[..., dlt.Pipeline]:
    """Make a pipeline of a user into a schema."""

    def make(user: User, dataset_name: str, **settings: Any) -> dlt.Pipeline:
        settings = {"dataset_layout": "schema", **settings}
        return dlt.pipeline(
            "orders",
            destination=oracle(user.credentials, **settings),
            dataset_name=dataset_name.lower(),
            pipelines_dir=str(tmp_path),
        )

    return make


def tables(administrator: Rows, owner: str) -> set[str]:
    return {name for (name,) in administrator("SELECT table_name FROM all_tables WHERE owner = :1", owner)}


def test_the_poorest_user_loads_into_tables_without_a_prefix(
    user: User, load: MakePipeline, rows: Rows, administrator: Rows, connection: oracledb.Connection
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE notes (id NUMBER)")
    loads = load(user, user.name)
    for _ in range(2):
        loads.run(ORDERS, **MERGE)
    assert rows("SELECT id FROM orders ORDER BY id") == [(1,), (2,)]
    assert rows("SELECT sku FROM orders__lines ORDER BY sku") == [("a",), ("b",), ("c",)]
    assert {"ORDERS", f"{user.name}_STAGING$ORDERS"} <= tables(administrator, user.name)
    loads.run(ORDERS[:1], table_name="orders", write_disposition="replace", refresh="drop_resources")
    assert loads.dataset().orders.select("id").fetchall() == [(1,)]
    with loads.destination_client() as client:
        client.drop_storage()
        assert not client.is_storage_initialized()
    assert tables(administrator, user.name) == {"NOTES"}


def test_a_schema_is_made_for_those_who_may(target: Any, load: MakePipeline, administrator: Rows) -> None:
    with target.new_user((*ELSEWHERE, "CREATE USER")) as loader:
        schema = f"{loader.name}_RAW"
        loads = load(loader, schema, create_schema=True)
        try:
            for disposition in ("merge", "append"):
                loads.run(ORDERS, **{**MERGE, "write_disposition": disposition})
            found = administrator(f'SELECT id FROM "{schema}".orders ORDER BY id')
            assert found == [(1,), (1,), (2,), (2,)]
            assert tables(administrator, loader.name) == set()
            # Bare names are those of the dataset, as elsewhere.
            with loads.sql_client() as client:
                assert client.execute_sql("SELECT COUNT(*) FROM orders") == [(4,)]
                assert client.make_qualified_table_name_path("orders", quote=False) == [schema, "ORDERS"]
                client.drop_dataset()
                assert not client.has_dataset()
            assert administrator("SELECT COUNT(*) FROM all_users WHERE username = :1", schema) == [(1,)]
        finally:
            administrator(f'DROP USER "{schema}" CASCADE')


@pytest.mark.parametrize(
    ("settings", "reason"),
    [({}, "set `create_schema = true`"), ({"create_schema": True}, "lacks the privilege CREATE USER")],
)
def test_a_schema_that_is_missing_is_an_error_with_the_statements_for_the_dba(
    user: User, load: MakePipeline, settings: dict[str, Any], reason: str
) -> None:
    with pytest.raises(PipelineStepFailed, match=reason) as failure:
        load(user, f"{user.name}_raw", **settings).run(ORDERS, **MERGE)
    text = str(failure.value)
    assert f'CREATE USER "{user.name}_RAW" NO AUTHENTICATION' in text
    assert "GRANT CREATE ANY TABLE, ALTER ANY TABLE" in text


def test_rights_that_are_missing_in_another_schema_are_named(target: Any, load: MakePipeline) -> None:
    with target.new_user() as owner, target.new_user() as loader:
        with pytest.raises(PipelineStepFailed, match="ORA-01031") as failure:
            load(loader, owner.name).run(ORDERS, **MERGE)
        assert f"GRANT {GRANTS_ELSEWHERE} TO" in str(failure.value)


def test_staging_goes_to_the_schema_named_for_it(
    target: Any, load: MakePipeline, administrator: Rows
) -> None:
    with target.new_user() as owner, target.new_user(ELSEWHERE) as loader:
        loads = load(loader, owner.name, staging_schema=loader.name.lower())
        for strategy in ("merge", "replace"):
            loads.run(ORDERS, **{**MERGE, "write_disposition": strategy})
        assert {"ORDERS", "ORDERS__LINES", "_DLT_LEDGER"} <= tables(administrator, owner.name)
        assert not any("STAGING" in name for name in tables(administrator, owner.name))
        assert f"{owner.name}_STAGING$ORDERS" in tables(administrator, loader.name)
        assert f"{owner.name}_STAGING$_DLT_LEDGER" in tables(administrator, loader.name)


def test_without_the_right_to_truncate_rows_are_deleted(
    target: Any, load: MakePipeline, administrator: Rows
) -> None:
    privileges = [name for name in ELSEWHERE if name != "DROP ANY TABLE"]
    with target.new_user() as owner, target.new_user(privileges) as loader:
        loads = load(loader, owner.name)
        for orders in (ORDERS, ORDERS[:1]):
            loads.run(orders, table_name="orders", write_disposition="replace")
        assert administrator(f'SELECT id FROM "{owner.name}".orders') == [(1,)]
