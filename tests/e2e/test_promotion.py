"""Texts that are longer than their column: the column becomes longer, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dlt
import pytest
from dlt.destinations.exceptions import DatabaseTerminalException, DatabaseTransientException
from dlt.pipeline.exceptions import PipelineStepFailed

from dlt_oracle import oracle
from dlt_oracle.destinations import promotion
from dlt_oracle.destinations.sql_client import OracleSqlClient

if TYPE_CHECKING:
    from collections.abc import Callable

    import oracledb

LONG = "größer " * 6_500  # 52,000 bytes
SHORT = [{"id": 1, "note": "short"}, {"id": 2, "note": None}]


def type_of(rows: Any, table: str, column: str) -> str:
    query = "SELECT data_type FROM user_tab_columns WHERE table_name = :1 AND column_name = :2"
    return str(rows(query, table, column)[0][0])


def comment_on_note(rows: Any) -> str | None:
    query = "SELECT comments FROM user_col_comments WHERE table_name = 'RAW___ITEMS' AND column_name = 'NOTE'"
    return rows(query)[0][0]  # type: ignore[no-any-return]


def checks(rows: Any) -> list[str]:
    query = (
        "SELECT search_condition_vc FROM user_constraints "
        "WHERE table_name = 'RAW___ITEMS' AND constraint_type = 'C'"
    )
    return [condition for (condition,) in rows(query)]


def notes(rows: Any, table: str = "RAW___ITEMS") -> list[tuple[Any, ...]]:
    return list(rows(f"SELECT id, note FROM {table} ORDER BY id"))


def test_a_long_text_makes_its_column_a_clob_and_keeps_the_old_rows(pipeline: Any, rows: Any) -> None:
    loads = pipeline()
    loads.run(SHORT, table_name="items")
    loads.run([{"id": 3, "note": LONG}], table_name="items")
    loads.run([{"id": 4, "note": "after"}], table_name="items")
    assert notes(rows) == [(1, "short"), (2, None), (3, LONG), (4, "after")]
    assert type_of(rows, "RAW___ITEMS", "NOTE") == "CLOB"


def test_a_long_text_in_the_first_file_needs_no_second_run(pipeline: Any, rows: Any) -> None:
    pipeline().run([*SHORT, {"id": 3, "note": LONG, "other": LONG}], table_name="items")
    assert notes(rows) == [(1, "short"), (2, None), (3, LONG)]
    assert type_of(rows, "RAW___ITEMS", "OTHER") == "CLOB"


@pytest.mark.parametrize(
    "strategy",
    [
        "upsert",
        "scd2",
        pytest.param("delete-insert", marks=pytest.mark.stress),
        pytest.param("insert-only", marks=pytest.mark.stress),
    ],
)
def test_a_long_text_goes_through_a_merge(pipeline: Any, rows: Any, strategy: str) -> None:
    loads, merge = pipeline(), {"disposition": "merge", "strategy": strategy}
    hints = {} if strategy == "scd2" else {"primary_key": "id"}
    loads.run(SHORT, table_name="items", write_disposition=merge, **hints)
    loads.run([*SHORT, {"id": 3, "note": LONG}], table_name="items", write_disposition=merge, **hints)
    assert notes(rows) == [(1, "short"), (2, None), (3, LONG)]


def test_a_long_text_goes_through_a_merge_that_skips_unchanged_rows(pipeline: Any, rows: Any) -> None:
    loads = pipeline()

    def run(*data: dict[str, Any]) -> None:
        items = dlt.resource(
            list(data),
            name="items",
            primary_key="id",
            write_disposition={"disposition": "merge", "strategy": "upsert"},
        )
        items.apply_hints(additional_table_hints={"x-merge-skip-unchanged-rows": True})
        loads.run(items)

    run(*SHORT)
    run(*SHORT, {"id": 3, "note": LONG})
    before = rows('SELECT id, "_DLT_LOAD_ID" FROM raw___items ORDER BY id')
    run({"id": 2, "note": "now"}, {"id": 3, "note": LONG})
    run({"id": 3, "note": LONG + "!"})
    assert notes(rows) == [(1, "short"), (2, "now"), (3, LONG + "!")]
    assert rows('SELECT id, "_DLT_LOAD_ID" FROM raw___items ORDER BY id')[0] == before[0]


@pytest.mark.parametrize(
    "strategy",
    [
        "staging-optimized",
        pytest.param("truncate-and-insert", marks=pytest.mark.stress),
        pytest.param("insert-from-staging", marks=pytest.mark.stress),
    ],
)
def test_a_long_text_goes_through_a_replace(pipeline: Any, rows: Any, strategy: str) -> None:
    loads = pipeline(replace_strategy=strategy)
    loads.run(SHORT, table_name="items", write_disposition="replace")
    loads.run([{"id": 3, "note": LONG}], table_name="items", write_disposition="replace")
    loads.run([{"id": 4, "note": "x"}], table_name="items", write_disposition="replace")
    assert notes(rows) == [(4, "x")]


def test_a_long_text_of_a_nested_table_is_merged(pipeline: Any, rows: Any) -> None:
    loads = pipeline()
    hints: dict[str, Any] = {"write_disposition": "merge", "primary_key": "id"}
    loads.run([{"id": 1, "tags": ["a", "b"]}], table_name="items", **hints)
    loads.run([{"id": 1, "tags": [LONG]}, {"id": 2, "tags": ["c"]}], table_name="items", **hints)
    assert sorted(rows("SELECT value FROM raw___items__tags")) == [("c",), (LONG,)]


def test_a_target_that_lost_its_clob_is_promoted_before_the_merge(
    pipeline: Any, rows: Any, connection: oracledb.Connection
) -> None:
    loads = pipeline()
    hints: dict[str, Any] = {"write_disposition": "merge", "primary_key": "id"}
    loads.run([{"id": 1, "note": LONG}], table_name="items", **hints)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE raw___items DROP (note)")
        cursor.execute("ALTER TABLE raw___items ADD (note VARCHAR2(10))")
    loads.run([{"id": 1, "note": LONG}, {"id": 2, "note": "b"}], table_name="items", **hints)
    assert notes(rows) == [(1, LONG), (2, "b")]


def test_long_pipeline_state_and_schema_are_no_special_case(pipeline: Any) -> None:
    loads = pipeline()

    @dlt.resource
    def items() -> Any:
        dlt.current.resource_state()["memory"] = LONG
        yield SHORT

    loads.run(items())
    other = pipeline()
    other.sync_destination()
    assert other.state["sources"]["test"]["resources"]["items"]["memory"] == LONG


# -- what stays as it is


@pytest.mark.parametrize(
    ("hints", "reason"),
    [
        ({"note": {"precision": 10}}, r"the hint precision \(10\) says how long"),
        ({"note": {"x-oracle-type": "VARCHAR2(10 BYTE)"}}, "asked for by the hint x-oracle-type"),
        ({"note": {"primary_key": True, "nullable": False}}, "it is a key"),
    ],
)
def test_a_column_whose_length_was_asked_for_is_not_promoted(
    pipeline: Any, rows: Any, hints: Any, reason: str
) -> None:
    loads = pipeline()
    loads.run([{"id": 1, "note": "a"}], table_name="items", columns=hints)
    with pytest.raises(PipelineStepFailed, match=f"'note', row 1.*{reason}"):
        loads.run([{"id": 2, "note": LONG}], table_name="items")
    assert notes(rows) == [(1, "a")]


def test_an_indexed_column_is_not_promoted_and_the_index_is_named(
    pipeline: Any, rows: Any, connection: oracledb.Connection
) -> None:
    loads = pipeline()
    loads.run(SHORT, table_name="items")
    connection.cursor().execute("CREATE INDEX items_by_note ON raw___items (note)")
    with pytest.raises(PipelineStepFailed, match="the index ITEMS_BY_NOTE"):
        loads.run([{"id": 3, "note": LONG}], table_name="items")
    assert notes(rows) == [(1, "short"), (2, None)]


@pytest.mark.parametrize(
    ("table", "then", "reason"),
    [
        (
            "PARTITION BY LIST (note) (PARTITION rest VALUES (DEFAULT))",
            None,
            "a partition key of RAW___ITEMS",
        ),
        ("", "CREATE INDEX items_by_upper ON raw___items (UPPER(note))", "the index ITEMS_BY_UPPER"),
        (
            "",
            "ALTER TABLE raw___items ADD (upper VARCHAR2(4000) AS (UPPER(note)))",
            "the virtual column UPPER",
        ),
    ],
)
def test_what_would_break_in_the_middle_is_known_before_a_promotion_begins(
    pipeline: Any, rows: Any, connection: oracledb.Connection, table: str, then: str | None, reason: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE raw___items (id NUMBER(19), note VARCHAR2(4000), "
            f'"_DLT_LOAD_ID" VARCHAR2(128), "_DLT_ID" VARCHAR2(128)) {table}'
        )
        if then:
            cursor.execute(then)
    loads = pipeline()
    loads.run(SHORT, table_name="items")
    with pytest.raises(PipelineStepFailed, match=f"'NOTE': a text is longer.*{reason}"):
        loads.run([{"id": 3, "note": LONG}], table_name="items")
    assert notes(rows) == [(1, "short"), (2, None)]


def test_where_ddl_is_a_dbas_nothing_is_promoted(pipeline: Any, rows: Any) -> None:
    pipeline().run(SHORT, table_name="items")
    verified = pipeline(ddl="verify")
    with pytest.raises(PipelineStepFailed, match="may change no tables"):
        verified.run([{"id": 3, "note": LONG}], table_name="items")
    assert notes(rows) == [(1, "short"), (2, None)]


# -- what the column brings along


def test_not_null_comment_and_checks_are_made_again(
    pipeline: Any, rows: Any, connection: oracledb.Connection
) -> None:
    loads = pipeline()
    loads.run([{"id": 1, "note": "a"}], table_name="items", columns={"note": {"nullable": False}})
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON COLUMN raw___items.note IS 'it''s the customer''s'")
        cursor.execute("ALTER TABLE raw___items ADD CHECK (LENGTH(note) < 100000)")
    loads.run([{"id": 2, "note": LONG}], table_name="items")
    assert notes(rows) == [(1, "a"), (2, LONG)]
    nullable = (
        "SELECT nullable FROM user_tab_columns WHERE table_name = 'RAW___ITEMS' AND column_name = 'NOTE'"
    )
    assert rows(nullable) == [("N",)]
    assert comment_on_note(rows) == "it's the customer's"
    assert any("LENGTH" in condition for condition in checks(rows))


def test_a_check_that_no_clob_can_have_forbids_the_promotion_before_it_begins(
    pipeline: Any, rows: Any, connection: oracledb.Connection
) -> None:
    loads = pipeline()
    loads.run(SHORT, table_name="items")
    connection.cursor().execute("ALTER TABLE raw___items ADD CHECK (note <> 'forbidden')")
    with pytest.raises(PipelineStepFailed, match=r"its check .* cannot be made for a CLOB"):
        loads.run([{"id": 3, "note": LONG}], table_name="items")
    assert notes(rows) == [(1, "short"), (2, None)]


# -- crashes


class Crash(BaseException):
    """What a killed process looks like from inside."""


@pytest.fixture
def client(user: Any) -> Callable[[], OracleSqlClient]:
    """Make clients of a dataset with a table whose column has all that a promotion has to keep."""

    def make() -> OracleSqlClient:
        destination = oracle(user.credentials)
        job_client: Any = destination.client(dlt.Schema("shop"), destination.spec()._bind_dataset_name("raw"))
        return job_client.oracle  # type: ignore[no-any-return]

    with make() as first:
        first.create_dataset()
        for statement in (
            "CREATE TABLE raw___items (id NUMBER, note VARCHAR2(100) NOT NULL CHECK (LENGTH(note) < 100000))",
            "COMMENT ON COLUMN raw___items.note IS 'it''s kept'",
            "INSERT INTO raw___items VALUES (1, 'a')",
        ):
            first.execute_sql(statement)
    return make


def die_after(patched: pytest.MonkeyPatch, statements: int) -> None:
    """Raise Crash once that many statements have changed the table."""
    left = statements

    def counting(method: Any) -> Any:
        def run(self: OracleSqlClient, statement: Any, *values: Any) -> Any:
            nonlocal left
            result = method(self, statement, *values)
            if "DLT_LEDGER" not in str(statement):
                left -= 1
                if left == 0:
                    raise Crash
            return result

        return run

    patched.setattr(OracleSqlClient, "run", counting(OracleSqlClient.run))
    patched.setattr(OracleSqlClient, "execute", counting(OracleSqlClient.execute))


def crash(client: OracleSqlClient, monkeypatch: pytest.MonkeyPatch, statement: int) -> None:
    with client, monkeypatch.context() as patched:
        die_after(patched, statement)
        with pytest.raises(Crash):
            promotion.columns_with_room(client, "items", {"NOTE": promotion.UNLIMITED})


@pytest.mark.parametrize(
    "statement",
    [
        number if number in (2, 4, 7) else pytest.param(number, marks=pytest.mark.stress)
        for number in range(1, 9)
    ],
)
def test_a_promotion_that_dies_after_any_statement_is_finished_by_the_next_session(
    client: Any, rows: Any, monkeypatch: pytest.MonkeyPatch, statement: int
) -> None:
    crash(client(), monkeypatch, statement)
    with client() as other:
        columns = promotion.columns_with_room(other, "items", {"NOTE": promotion.UNLIMITED})
        other.execute_sql("INSERT INTO raw___items (id, note) VALUES (2, TO_CLOB('b'))")
    assert list(columns) == ["ID", "NOTE"]
    assert promotion.room_of(columns["NOTE"].type) == promotion.UNLIMITED
    assert not columns["NOTE"].nullable
    assert notes(rows) == [(1, "a"), (2, "b")]
    assert comment_on_note(rows) == "it's kept"
    assert len([condition for condition in checks(rows) if "LENGTH" in condition]) == 1


@pytest.mark.parametrize(
    ("code", "step", "error"),
    [
        (1031, r"ADD \(.*DLT_NEW", promotion.ColumnNotPromoted),
        (1031, "SET UNUSED .*DLT_OLD", promotion.ColumnNotPromoted),
        (60, "^UPDATE .*DLT_NEW", DatabaseTransientException),
    ],
)
def test_a_promotion_that_the_server_refuses_halfway_gives_the_column_back(
    client: Any, target: Any, rows: Any, code: int, step: str, error: type[Exception]
) -> None:
    if target.faults is None:
        pytest.skip("a real database does not fail on demand")
    target.faults.fail(code, step)
    try:
        with client() as first, pytest.raises(error, match=f"ORA-{code:05}"):
            promotion.columns_with_room(first, "items", {"NOTE": promotion.UNLIMITED})
    finally:
        target.faults.clear()
    assert notes(rows) == [(1, "a")]
    assert type_of(rows, "RAW___ITEMS", "NOTE") == "VARCHAR2"
    assert comment_on_note(rows) == "it's kept"
    with client() as other:
        columns = promotion.columns_with_room(other, "items", {"NOTE": promotion.UNLIMITED})
    assert list(columns) == ["ID", "NOTE"]
    assert promotion.room_of(columns["NOTE"].type) == promotion.UNLIMITED
    assert notes(rows) == [(1, "a")]


def test_a_schema_change_does_not_add_a_column_that_is_being_promoted(
    pipeline: Any, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = pipeline()
    loads.run(SHORT, table_name="items")
    crash(loads.sql_client(), monkeypatch, 1)
    loads.run([{"id": 3, "note": "c", "more": 1}], table_name="items")
    assert notes(rows) == [(1, "short"), (2, None), (3, "c")]


def test_a_statement_that_misses_the_column_meanwhile_is_tried_again(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash(client(), monkeypatch, 1)
    with client() as other:
        with pytest.raises(DatabaseTransientException), promotion.tried_again(other, ["items"]):
            other.execute_sql("INSERT INTO raw___items (id, note) VALUES (2, 'b')")
        with pytest.raises(DatabaseTerminalException), promotion.tried_again(other, ["other"]):
            other.execute_sql("INSERT INTO raw___items (id, note) VALUES (2, 'b')")


# -- many at once


def test_eight_jobs_on_one_table_promote_it_once(
    pipeline: Any, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS", "5")
    monkeypatch.setenv("NORMALIZE__DATA_WRITER__BUFFER_MAX_ITEMS", "5")
    monkeypatch.setenv("LOAD__WORKERS", "8")
    loads = pipeline()
    loads.run([{"id": 0, "note": "old"}], table_name="items")
    data = [{"id": n, "note": LONG if n % 3 == 0 else f"note {n}"} for n in range(1, 41)]
    loads.run(data, table_name="items")
    assert notes(rows) == [(0, "old"), *((row["id"], row["note"]) for row in data)]
    files = "SELECT COUNT(*) FROM raw____dlt_ledger WHERE kind = 'data' AND table_name = 'RAW___ITEMS'"
    assert rows(files) == [(1 + 8,)]
