"""Replace by swap: everything on the table but its rows stays, at whichever rename a process dies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dlt
import oracledb
import pytest
from dlt.pipeline.exceptions import PipelineStepFailed

from dlt_oracle.destinations import swap

Rows = Callable[..., list[tuple[Any, ...]]]
MakePipeline = Callable[..., dlt.Pipeline]
UNIQUE = {"id": {"unique": True, "data_type": "bigint"}}


class ProcessDiedError(Exception):
    """Stands for the end of the process: from here on nothing works."""


@pytest.fixture
def loads(pipeline: MakePipeline) -> dlt.Pipeline:
    return pipeline(replace_strategy="staging-optimized")


def replace(loads: dlt.Pipeline, value: int, **hints: Any) -> None:
    data = [{"id": n, "v": value, "tags": [value, n]} for n in range(3)]
    settings = {"write_disposition": "replace", "columns": UNIQUE}
    loads.run(data, table_name="items", **(settings | hints))


def merge(loads: dlt.Pipeline, value: int) -> None:
    replace(loads, value, write_disposition="merge", primary_key=("id", "v"))


def key_indexes(rows: Rows) -> list[Any]:
    """The indexes with a dollar sign in their names, with what they stand on."""
    return rows(
        "SELECT index_name, table_name, LISTAGG(column_name, ' ') WITHIN GROUP (ORDER BY column_position) "
        "FROM user_ind_columns WHERE index_name LIKE '%$%KEY' GROUP BY index_name, table_name ORDER BY 1"
    )


def object_id(rows: Rows, table: str) -> Any:
    return rows("SELECT object_id FROM user_objects WHERE object_name = :1", table)[0][0]


def assert_replaced(rows: Rows, value: int) -> None:
    assert rows("SELECT id, v FROM raw___items ORDER BY id") == [(n, value) for n in range(3)]
    assert rows("SELECT COUNT(*), COUNT(DISTINCT value) FROM raw___items__tags") == [
        (6, len({value, 0, 1, 2}))
    ]
    assert rows("SELECT table_name FROM user_tables WHERE table_name LIKE '%$OLD'") == []


def test_the_staging_table_becomes_the_target_and_is_empty_afterwards(
    loads: dlt.Pipeline, rows: Rows
) -> None:
    replace(loads, 1)
    before = object_id(rows, "RAW___ITEMS")
    replace(loads, 2)
    assert object_id(rows, "RAW_STAGING$ITEMS") == before
    assert rows("SELECT COUNT(*) FROM raw_staging$items") == [(0,)]
    assert_replaced(rows, 2)
    replace(loads, 3)
    assert object_id(rows, "RAW___ITEMS") == before
    assert_replaced(rows, 3)


def test_everything_on_the_table_stays_and_a_second_user_reads_the_new_rows(
    loads: dlt.Pipeline, rows: Rows, target: Any, user: Any
) -> None:
    merge(loads, 1)
    tables = object_id(rows, "RAW___ITEMS"), object_id(rows, "RAW_STAGING$ITEMS")
    indexed = key_indexes(rows)
    assert [name for name, _, _ in indexed] == ["RAW___ITEMS$PRIMARY_KEY", "RAW___ITEMS__TAGS$ROOT_KEY"]
    with target.new_user(["CREATE SESSION"], quota=None) as reader:
        with loads.sql_client() as client:
            client.execute_sql(f'GRANT SELECT, UPDATE ON raw___items TO "{reader.name}" WITH GRANT OPTION')
            client.execute_sql("COMMENT ON TABLE raw___items IS 'it''s ours'")
            client.execute_sql("COMMENT ON COLUMN raw___items.v IS 'a value'")
        privileges = (
            "SELECT grantee, privilege, grantable FROM user_tab_privs WHERE table_name = 'RAW___ITEMS'"
        )
        unique = (
            "SELECT c.column_name FROM user_constraints k JOIN user_cons_columns c USING (constraint_name) "
            "WHERE k.table_name = 'RAW___ITEMS' AND k.constraint_type = 'U' ORDER BY 1"
        )
        before = sorted(rows(privileges)), rows(unique)
        assert before[1]
        replace(loads, 2)
        assert (object_id(rows, "RAW_STAGING$ITEMS"), object_id(rows, "RAW___ITEMS")) == tables
        assert (sorted(rows(privileges)), rows(unique)) == before
        assert key_indexes(rows) == indexed
        assert rows("SELECT comments FROM user_tab_comments WHERE table_name = 'RAW___ITEMS'") == [
            ("it's ours",)
        ]
        comments = (
            "SELECT comments FROM user_col_comments WHERE table_name = 'RAW___ITEMS' AND column_name = 'V'"
        )
        assert rows(comments) == [("a value",)]
        with (
            oracledb.connect(user=reader.name, password=reader.password, dsn=reader.dsn) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(f'SELECT DISTINCT v FROM "{user.name}".raw___items')
            assert cursor.fetchall() == [(2,)]


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the process die at the n-th rename."""
    monkeypatch.setenv("LOAD__RAISE_ON_MAX_RETRIES", "1")
    run = swap._run

    def die_at(rename: int) -> None:
        count = 0

        def dying_run(client: Any, statement: Any) -> None:
            nonlocal count
            count += "RENAME" in statement.sql("oracle")
            if count >= rename:
                raise ProcessDiedError
            run(client, statement)

        monkeypatch.setattr(swap, "_run", dying_run)

    return die_at


@pytest.mark.parametrize(
    ("rename", "pending"),
    [
        (3, False),
        (4, True),  # the fourth is that of an index
        *(
            pytest.param(*case, marks=pytest.mark.stress)
            for case in [(1, True), (2, True), (3, True), (1, False), (2, False), (4, False)]
        ),
    ],
)
def test_the_next_run_repairs_what_a_crash_between_renames_left(
    loads: dlt.Pipeline,
    rows: Rows,
    dying: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
    rename: int,
    pending: bool,  # noqa: FBT001 - a parameter
) -> None:
    merge(loads, 1)
    indexed = key_indexes(rows)
    dying(rename)
    with pytest.raises(PipelineStepFailed):
        replace(loads, 2)
    monkeypatch.undo()
    if pending:
        loads.run()
        assert_replaced(rows, 2)
    else:
        loads.abort_packages()
    replace(loads, 3)
    assert_replaced(rows, 3)
    assert key_indexes(rows) == indexed


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("CREATE INDEX mine ON raw___items (v)", "indexes of its own"),
        ("ALTER TABLE raw___items ADD (mine NUMBER)", "the columns of"),
        *(
            pytest.param(*case, marks=pytest.mark.stress)
            for case in [
                ("ALTER TABLE raw___items ADD CONSTRAINT mine CHECK (v < 100)", "named constraints"),
                ("ALTER TABLE raw___items MODIFY (v NUMBER(38))", "the columns of"),
            ]
        ),
    ],
)
def test_what_a_swap_would_lose_makes_it_a_delete_and_insert_that_says_why(
    loads: dlt.Pipeline, rows: Rows, statement: str, reason: str
) -> None:
    replace(loads, 1)
    before = object_id(rows, "RAW___ITEMS")
    with loads.sql_client() as client:
        client.execute_sql(statement)
    assert reason in str(swap_obstacle(loads, "items"))
    replace(loads, 2)
    assert object_id(rows, "RAW___ITEMS") == before
    assert_replaced(rows, 2)


@pytest.mark.parametrize(
    "table", [pytest.param("RAW___ITEMS", marks=pytest.mark.stress), "RAW___ITEMS__TAGS"]
)
def test_a_rename_that_the_server_refuses_makes_it_a_delete_and_insert_of_the_whole_chain(
    loads: dlt.Pipeline, rows: Rows, target: Any, table: str
) -> None:
    if target.faults is None:
        pytest.skip("a real database does not fail on demand")
    replace(loads, 1)
    before = [object_id(rows, name) for name in ("RAW___ITEMS", "RAW___ITEMS__TAGS")]
    target.faults.fail(26563, f'"{table}" RENAME TO')
    try:
        replace(loads, 2)
    finally:
        target.faults.clear()
    assert [object_id(rows, name) for name in ("RAW___ITEMS", "RAW___ITEMS__TAGS")] == before
    assert_replaced(rows, 2)
    unique = "SELECT table_name FROM user_constraints WHERE constraint_type = 'U' ORDER BY 1"
    assert {name for (name,) in rows(unique) if name.endswith(("ITEMS", "TAGS"))} == {
        "RAW___ITEMS",
        "RAW___ITEMS__TAGS",
    }
    replace(loads, 3)
    assert [object_id(rows, name) for name in ("RAW___ITEMS", "RAW___ITEMS__TAGS")] != before
    assert_replaced(rows, 3)


def swap_obstacle(loads: dlt.Pipeline, table: str) -> str | None:
    with loads.destination_client() as client:
        oracle = client.oracle  # type: ignore[attr-defined]
        return swap._obstacle(oracle, swap.swaps(oracle, [table])[0])


def test_a_swap_that_the_ledger_knows_is_not_made_again(loads: dlt.Pipeline, rows: Rows) -> None:
    replace(loads, 1)
    replace(loads, 2)
    load_id = rows("SELECT MAX(load_id) FROM raw____dlt_loads")[0][0]
    with loads.destination_client() as client:
        oracle = client.oracle  # type: ignore[attr-defined]
        work = swap.swaps(oracle, ["items", "items__tags"])
        assert swap.swap_tables(oracle, load_id, work) is None
    assert_replaced(rows, 2)
