"""Two pipelines that merge or replace one table: nothing is lost without a word, whoever comes when."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from dlt.pipeline.exceptions import PipelineStepFailed

from dlt_oracle.destinations import ledger_rows, sql_client, swap
from dlt_oracle.destinations.load_jobs import OracleLoadJob
from dlt_oracle.destinations.sql import twins
from dlt_oracle.destinations.sql_job import OracleSqlJob

if TYPE_CHECKING:
    from collections.abc import Callable

    import dlt

MakePipeline = Any  # the fixture `pipeline`
Ask = Any  # the fixture `rows`
UPSERT = {"write_disposition": {"disposition": "merge", "strategy": "upsert"}, "primary_key": "id"}
DELETE_INSERT = {"write_disposition": "merge", "primary_key": "id"}
REPLACE = {"write_disposition": "replace"}
WAIT = 60  # seconds until a test gives up
LOCK = 'RAW____DLT_LEDGER".* FOR UPDATE'


def load(loading: dlt.Pipeline, ids: range, **hints: Any) -> None:
    name = loading.pipeline_name
    loading.run([{"id": n, "by": name, "tags": ["a", "b"]} for n in ids], table_name="items", **hints)


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Load with a process that dies before one kind of job does anything."""

    def load_and_die(job: Any, loading: dlt.Pipeline, ids: range, **hints: Any) -> None:
        class ProcessDiedError(Exception):
            pass

        def die(_self: Any) -> None:
            raise ProcessDiedError

        with monkeypatch.context() as patch:
            patch.setenv("LOAD__RAISE_ON_MAX_RETRIES", "1")
            patch.setattr(job, "run", die)
            with pytest.raises(PipelineStepFailed, match=r"ProcessDied|max_retries"):
                load(loading, ids, **hints)

    return load_and_die


def by_pipeline(rows: Ask) -> list[tuple[Any, ...]]:
    return list(rows('SELECT "BY", COUNT(*), MIN(id) FROM raw___items GROUP BY "BY" ORDER BY "BY"'))


@pytest.mark.parametrize(
    ("job", "hints"),
    [
        pytest.param(OracleSqlJob, UPSERT, id="staged-merge"),
        pytest.param(OracleLoadJob, UPSERT, id="unstaged-merge", marks=pytest.mark.stress),
        pytest.param(OracleSqlJob, REPLACE, id="staged-swap", marks=pytest.mark.stress),
    ],
)
def test_a_killed_load_whose_staging_table_another_pipeline_took_says_so_and_changes_nothing(
    pipeline: MakePipeline, rows: Ask, killed: Callable[..., None], job: Any, hints: dict[str, Any]
) -> None:
    first, second = (
        pipeline(name=name, replace_strategy="staging-optimized") for name in ("first", "second")
    )
    load(first, range(1), **hints)
    killed(job, first, range(10, 15), **hints)
    load(second, range(20, 23), **hints)
    after_second = by_pipeline(rows)
    with pytest.raises(PipelineStepFailed, match=r"may be gone \(load \S+ of pipeline 'second'") as failure:
        first.run()
    assert "Load " in str(failure.value)
    assert "of pipeline 'first' can no longer finish table 'items" in str(failure.value)
    assert by_pipeline(rows) == after_second
    assert rows("SELECT COUNT(*) FROM raw____dlt_loads") == [(2,)]
    assert first.has_pending_data
    first.abort_packages()
    load(first, range(10, 15), **hints)
    assert ("first", 5, 10) in by_pipeline(rows) or ("first", 6, 0) in by_pipeline(rows)


@pytest.mark.stress
def test_a_killed_load_whose_staging_table_was_dropped_says_so(
    pipeline: MakePipeline, rows: Ask, killed: Callable[..., None]
) -> None:
    first = pipeline(name="first")
    load(first, range(1), **UPSERT)
    killed(OracleSqlJob, first, range(10, 15), **UPSERT)
    with first.destination_client() as client, client.with_staging_dataset():  # type: ignore[attr-defined]
        client.drop_tables("items", delete_schema=False)  # type: ignore[attr-defined]
    with pytest.raises(PipelineStepFailed, match=r"may be gone \(the table was made anew\)"):
        first.run()
    assert by_pipeline(rows) == [("first", 1, 0)]


def test_two_pipelines_with_staging_of_their_own_merge_the_same_new_keys_one_after_the_other(
    pipeline: MakePipeline, rows: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [
        pipeline(name=name, staging_dataset_name_layout=f"%s_{name}_staging") for name in ("first", "second")
    ]
    load(both[0], range(1), **DELETE_INSERT)
    load(both[1], range(1), **DELETE_INSERT)
    # The first pipeline stops behind its statements until the second waits for it.
    merged, waiting = threading.Event(), threading.Event()
    before, execute_many = sql_client.on_statement, sql_client.OracleSqlClient.execute_many

    def watch(text: str) -> None:
        if before is not None:
            before(text)
        if merged.is_set() and re.search(f'{LOCK}|^INSERT INTO .*RAW___ITEMS"', text):
            waiting.set()

    def execute(self: Any, statements: Any) -> Any:
        result = execute_many(self, statements)
        if not merged.is_set():
            merged.set()
            assert waiting.wait(WAIT)
        return result

    monkeypatch.setattr(sql_client, "on_statement", watch)
    monkeypatch.setattr(sql_client.OracleSqlClient, "execute_many", execute)
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(load, both[0], range(10, 15), **DELETE_INSERT)
        assert merged.wait(WAIT)
        other = threads.submit(load, both[1], range(10, 15), **DELETE_INSERT)
        one.result(WAIT)
        other.result(WAIT)
    assert by_pipeline(rows) == [("second", 6, 0)]
    assert rows("SELECT COUNT(*) FROM raw___items__tags") == [(12,)]


def test_a_staging_ledger_knows_only_the_last_load_and_follow_ups_stand_in_that_of_their_tables(
    pipeline: MakePipeline, rows: Ask
) -> None:
    loading = pipeline()
    for n in range(3):
        load(loading, range(n + 1), **UPSERT)
    (last,) = rows("SELECT MAX(load_id) FROM raw____dlt_loads")
    assert rows(
        "SELECT kind, table_name FROM raw_staging$_dlt_ledger WHERE load_id = :1 ORDER BY 1, 2", *last
    ) == rows("SELECT kind, table_name FROM raw_staging$_dlt_ledger ORDER BY 1, 2")
    assert rows("SELECT COUNT(*) FROM raw____dlt_ledger WHERE kind = 'merge'") == [(3,)]


def test_a_repair_waits_for_a_swap_that_another_session_is_making(
    pipeline: MakePipeline, rows: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading = pipeline(replace_strategy="staging-optimized")
    load(loading, range(3), **REPLACE)
    load(loading, range(4), **REPLACE)
    tables = {"items": "items"}
    waiting, before = threading.Event(), sql_client.on_statement

    def watch(text: str) -> None:
        if before is not None:
            before(text)
        if re.search(f"{LOCK}|RENAME", text):
            waiting.set()

    with (
        loading.destination_client() as swapping,
        loading.destination_client() as repairing,
        ThreadPoolExecutor(1) as thread,
    ):
        mine, theirs = swapping.oracle, repairing.oracle  # type: ignore[attr-defined]
        (item,) = swap.swaps(mine, tables)
        (new,) = rows("SELECT object_id FROM user_objects WHERE object_name = 'RAW_STAGING$ITEMS'")
        with ledger_rows.alone(mine, ledger_rows.chain_lock("items")):
            mine.run(twins.rename(item.target, item.aside.name))
            monkeypatch.setattr(sql_client, "on_statement", watch)
            repair = thread.submit(swap.repair, theirs, tables)
            assert waiting.wait(WAIT)
            mine.run(twins.rename(item.staging, item.target.name))
            mine.run(twins.rename(item.aside, item.staging.name))
        repair.result(WAIT)
    assert rows("SELECT object_id FROM user_objects WHERE object_name = 'RAW___ITEMS'") == [new]
    assert rows("SELECT COUNT(*) FROM user_tables WHERE table_name LIKE 'RAW%ITEMS'") == [(2,)]
