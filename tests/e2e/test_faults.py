"""Whatever goes wrong between client and server, in the end the tables hold each row once.

The embedded server misbehaves on demand; dlt tries again, or the next run of the pipeline goes on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from dlt.destinations.exceptions import DatabaseTransientException
from dlt.pipeline.exceptions import PipelineStepFailed

from dlt_oracle.destinations import sql_client
from dlt_oracle.embedded.session import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import dlt

Rows = list[tuple[Any, ...]]
Ask = Any  # the fixture `rows`


class Switches:
    """The server's faults, and a way to set one at a statement that the client is about to send."""

    def __init__(self, faults: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.faults = faults
        self._monkeypatch = monkeypatch

    def at(self, statement: str, set_fault: Callable[[], None]) -> None:
        pattern, before, armed = re.compile(statement), sql_client.on_statement, [True]

        def watch(text: str) -> None:
            if before is not None:
                before(text)
            if armed and pattern.search(text):
                armed.clear()
                set_fault()

        self._monkeypatch.setattr(sql_client, "on_statement", watch)

    def lose(self, kind: str, moment: Moment, statement: str) -> None:
        """Lose the connection at the first message of ``kind`` from ``statement`` on."""
        self.at(statement, lambda: self.faults.lose_connection(kind, moment=moment))

    def struck(self) -> bool:
        faults = self.faults
        every = [*faults._messages, *faults._statements, *faults._connects]
        return bool(every) and all(fault.seen >= fault.first for fault in every)


@pytest.fixture
def switches(target: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Switches]:
    if target.faults is None:
        pytest.skip("a real database does not fail on demand")
    # One job after the other, so that a fault strikes the same one in every run.
    monkeypatch.setenv("LOAD__WORKERS", "1")
    yield Switches(target.faults, monkeypatch)
    target.faults.clear()


ITEMS = r'RAW___ITEMS"'
STRATEGIES: dict[str, tuple[str, dict[str, Any], str]] = {
    # name: (a statement of its own, arguments of run, replace_strategy)
    "append": (f"^INSERT INTO .*{ITEMS}", {"write_disposition": "append"}, "truncate-and-insert"),
    "truncate-and-insert": (
        f"^INSERT INTO .*{ITEMS}",
        {"write_disposition": "replace"},
        "truncate-and-insert",
    ),
    "insert-from-staging": (
        f"^INSERT INTO .*{ITEMS}.* SELECT ",
        {"write_disposition": "replace"},
        "insert-from-staging",
    ),
    "staging-optimized": (
        r"^ALTER TABLE .*RAW_STAGING\$ITEMS\" RENAME TO",
        {"write_disposition": "replace"},
        "staging-optimized",
    ),
    "delete-insert": (
        f"^DELETE FROM .*{ITEMS}",
        {"write_disposition": {"disposition": "merge", "strategy": "delete-insert"}, "primary_key": "id"},
        "truncate-and-insert",
    ),
    "upsert": (
        "^MERGE ",
        {"write_disposition": {"disposition": "merge", "strategy": "upsert"}, "primary_key": "id"},
        "truncate-and-insert",
    ),
    "cdc": (
        "^MERGE ",
        {"write_disposition": {"disposition": "merge", "strategy": "cdc"}, "primary_key": "id"},
        "truncate-and-insert",
    ),
    "insert-only": (
        f"^(MERGE|INSERT) INTO .*{ITEMS}",
        {"write_disposition": {"disposition": "merge", "strategy": "insert-only"}, "primary_key": "id"},
        "truncate-and-insert",
    ),
    "scd2": (
        f"^UPDATE .*{ITEMS}",
        {"write_disposition": {"disposition": "merge", "strategy": "scd2"}},
        "truncate-and-insert",
    ),
}
# Rows of the two runs that are there at the end; by default those of the second alone.
KEPT = {
    "append": [(0, 20), (1, 20)],
    "scd2": [(0, 20), (1, 20)],
    "delete-insert": [(0, 10), (1, 20)],
    "upsert": [(0, 10), (1, 20)],
    "insert-only": [(0, 20), (1, 10)],
}
FAULTS: dict[str, Callable[[Switches, str], None]] = {
    "locked": lambda switches, statement: switches.faults.fail(54, statement),
    "deadlock": lambda switches, statement: switches.faults.fail(60, statement),
    "snapshot-too-old": lambda switches, statement: switches.faults.fail(1555, statement),
    "key-just-committed": lambda switches, statement: switches.faults.fail(1, statement),
    "session-killed": lambda switches, statement: switches.faults.fail(3113, statement),
    "lost-before-commit": lambda switches, statement: switches.lose("COMMIT", Moment.BEFORE, statement),
    "lost-after-commit": lambda switches, statement: switches.lose("COMMIT", Moment.AFTER, statement),
}
# An error of any code takes the same way: each once. A lost connection may leave work done or undone.
# Statements of several strategies are lost in the same way: two of them here, all under stress.
CASES = [
    ("append", "locked"),
    ("upsert", "key-just-committed"),
    ("staging-optimized", "session-killed"),
    ("scd2", "lost-after-commit"),
    *(
        pytest.param(*case, marks=pytest.mark.stress)
        for case in [
            ("insert-from-staging", "snapshot-too-old"),
            ("upsert", "deadlock"),
            ("append", "lost-before-commit"),
            ("delete-insert", "lost-before-commit"),
            *((name, "lost-after-commit") for name in STRATEGIES if name != "scd2"),
        ]
    ),
]


def data(run: int) -> list[dict[str, Any]]:
    return [{"id": n, "run": run, "tags": ["a", "b"]} for n in range(10 * run, 10 * run + 20)]


def load(pipeline: dlt.Pipeline, run: int, hints: dict[str, Any]) -> None:
    pipeline.run(data(run), table_name="items", **hints)


def finish(pipeline: dlt.Pipeline) -> None:
    """Run what is pending, as the next start of a program would."""
    assert pipeline.has_pending_data
    pipeline.run()
    assert not pipeline.has_pending_data


def check(rows: Ask, *by_run: tuple[int, int], loads: int = 2) -> None:
    """Compare the rows of each run, two tags a row, and the loads."""
    count = sum(count for _, count in by_run)
    grouped = "SELECT run, COUNT(DISTINCT id) FROM raw___items GROUP BY run ORDER BY run"
    assert rows(grouped) == list(by_run)
    assert rows("SELECT COUNT(*) FROM raw___items") == [(count,)]
    assert rows("SELECT COUNT(*) FROM raw___items__tags") == [(2 * count,)]
    assert rows("SELECT COUNT(*), COUNT(DISTINCT load_id) FROM raw____dlt_loads") == [(loads, loads)]


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_dlt_tries_again_and_each_row_is_there_once(
    pipeline: Callable[..., dlt.Pipeline], rows: Ask, switches: Switches, name: str, fault: str
) -> None:
    statement, hints, replace_strategy = STRATEGIES[name]
    loading = pipeline(replace_strategy=replace_strategy)
    load(loading, 0, hints)
    FAULTS[fault](switches, statement)
    load(loading, 1, hints)
    assert switches.struck()
    check(rows, *KEPT.get(name, [(1, 20)]))


@pytest.mark.parametrize("moment", Moment)
def test_a_connection_lost_at_the_end_of_a_load_is_made_good_by_the_next_run(
    pipeline: Callable[..., dlt.Pipeline], rows: Ask, switches: Switches, moment: Moment
) -> None:
    loading = pipeline()
    switches.lose("COMMIT", moment, '^INSERT INTO .*RAW____DLT_LOADS"')
    with pytest.raises(PipelineStepFailed, match="DPY-4011"):
        load(loading, 0, {})
    assert switches.struck()
    finish(loading)
    check(rows, (0, 20), loads=1)


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("statement", ["^ALTER TABLE .* ADD ", "^CREATE TABLE .*ITEMS__MORE"])
def test_a_migration_that_was_cut_between_two_statements_is_finished_by_the_next_run(
    pipeline: Callable[..., dlt.Pipeline], rows: Ask, switches: Switches, moment: Moment, statement: str
) -> None:
    loading = pipeline()
    load(loading, 0, {})
    switches.lose("EXECUTE", moment, statement)
    wider = [row | {"new": 1.5, "more": [{"x": 1}]} for row in data(2)]
    with pytest.raises(PipelineStepFailed, match="DPY-4011"):
        loading.run(wider, table_name="items")
    assert switches.struck()
    finish(loading)
    check(rows, (0, 20), (2, 20))
    assert rows("SELECT COUNT(new) FROM raw___items") == [(20,)]
    assert rows("SELECT SUM(x) FROM raw___items__more") == [(20,)]


def test_a_dataset_whose_first_tables_were_cut_off_is_finished_by_the_next_run(
    pipeline: Callable[..., dlt.Pipeline], rows: Ask, switches: Switches
) -> None:
    loading = pipeline()
    switches.lose("EXECUTE", Moment.AFTER, "^CREATE TABLE .*_DLT_LEDGER")
    with pytest.raises(PipelineStepFailed, match="DPY-4011"):
        load(loading, 0, {})
    switches.lose("EXECUTE", Moment.BEFORE, "^CREATE TABLE .*_DLT_LOADS")
    with pytest.raises(PipelineStepFailed, match="DPY-4011"):
        loading.run()
    assert switches.struck()
    finish(loading)
    check(rows, (0, 20), loads=1)


def test_a_job_whose_connection_is_refused_is_tried_again(
    pipeline: Callable[..., dlt.Pipeline], rows: Ask, switches: Switches
) -> None:
    loading = pipeline()
    load(loading, 0, {})
    # The first of two data jobs has its connection already.
    switches.at("^INSERT INTO .*RAW___ITEMS", lambda: switches.faults.refuse(12519, times=2))
    load(loading, 1, {})
    assert switches.struck()
    check(rows, (0, 20), (1, 20))


@pytest.mark.parametrize(("number", "advice"), [(12541, "`host` and `port`"), (12519, "`workers`")])
def test_a_refusal_at_the_first_connection_says_what_to_do_and_the_next_run_goes_on(
    pipeline: Callable[..., dlt.Pipeline], rows: Ask, switches: Switches, number: int, advice: str
) -> None:
    loading = pipeline()
    switches.faults.refuse(number)
    with pytest.raises(PipelineStepFailed, match=advice) as failure:
        load(loading, 0, {})
    assert f"ORA-{number}" in str(failure.value)
    load(loading, 0, {})
    check(rows, (0, 20), loads=1)


def test_what_stays_locked_ends_the_run_after_the_retries_and_the_next_run_goes_on(
    pipeline: Callable[..., dlt.Pipeline], rows: Ask, switches: Switches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOAD__RAISE_ON_MAX_RETRIES", "2")
    loading = pipeline()
    switches.faults.fail(54, f"^INSERT INTO .*{ITEMS}", times=2)
    with pytest.raises(PipelineStepFailed, match="Another session holds the table"):
        load(loading, 0, {})
    finish(loading)
    check(rows, (0, 20), loads=1)


def test_what_a_trigger_refuses_is_not_tried_again_and_the_next_run_goes_on(
    pipeline: Callable[..., dlt.Pipeline], rows: Ask, switches: Switches
) -> None:
    loading = pipeline()
    switches.faults.fail(20000, f"^INSERT INTO .*{ITEMS}", "not on a Sunday", times=9)
    with pytest.raises(PipelineStepFailed, match="not on a Sunday"):
        load(loading, 0, {})
    (fault,) = switches.faults._statements
    assert fault.seen == 1
    switches.faults.clear()
    finish(loading)
    check(rows, (0, 20), loads=1)


def test_a_client_that_lost_its_connection_in_a_transaction_can_be_opened_again(
    pipeline: Callable[..., dlt.Pipeline], rows: Ask, switches: Switches
) -> None:
    loading = pipeline()
    load(loading, 0, {})
    with loading.sql_client() as client:
        name = client.make_qualified_table_name("items")

        def delete_twice() -> None:
            with client.begin_transaction():
                client.execute_sql(f"DELETE FROM {name} WHERE run = 0")
                client.execute_sql(f"DELETE FROM {name}")

        switches.faults.lose_connection("EXECUTE", at=2)
        with pytest.raises(DatabaseTransientException, match="DPY-4011"):
            delete_twice()
        assert client.native_connection is None
        client.open_connection()
        assert client.execute_sql(f"SELECT COUNT(*) FROM {name}") == [(20,)]
    check(rows, (0, 20), loads=1)
