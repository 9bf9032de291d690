"""Three real taps, run by `make taps`, which installs them. What they sent once is in `make test`, recorded.

LOG_BASED takes PostgreSQL's plug-in wal2json, found with a PostgreSQL in /usr/lib, or in WAL2JSON_DIR.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from e2e.living_postgres import Postgres, running

from dlt_oracle.singer import SingerCommand, run, singer_source, singer_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    import dlt

ROOT = Path(__file__).parents[2]
TAPS = ROOT / "build" / "taps"

Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def postgres(tmp_path_factory: pytest.TempPathFactory, unused_port: int) -> Iterator[Postgres]:
    with running(tmp_path_factory.mktemp("postgres"), unused_port) as server:
        server.execute(
            "CREATE SCHEMA shop",
            """CREATE TABLE shop.orders (id int PRIMARY KEY, total numeric(30, 10), big numeric,
                placed timestamptz, tags jsonb, note text, changed int NOT NULL)""",
            """INSERT INTO shop.orders VALUES
                (1, 12345678901234567890.0123456789, 1e30, '2020-02-29 12:00:00.12+02', '{"a": [1]}', 'x', 1),
                (2, -0.5, -7, '0044-03-15 00:00:00+00 BC', NULL, '', 2),
                (3, NULL, NULL, NULL, '[]', NULL, 3)""",
            "CREATE TABLE shop.no_key (a int, b date)",
            "INSERT INTO shop.no_key VALUES (1, '2024-01-01'), (1, '2024-01-01')",
        )
        yield server


@pytest.fixture(scope="session")
def tap_postgres() -> SingerCommand:
    return SingerCommand.install("pipelinewise-tap-postgres==2.1.0", TAPS / "postgres", "tap-postgres")


def test_tap_csv_folder_runs_twice_as_the_example_does(tmp_path: Path) -> None:
    script = [sys.executable, "pipelines/tap_to_oracle.py", "--directory", tmp_path / "oracle"]
    output = subprocess.run(script, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    files = [line.split() for line in output.splitlines() if ".csv  " in line]
    loaded = [line for line in files if len(line) == 4]
    assert sum(int(rows) for _, rows, *_ in loaded) == sum(int(ids) for _, _, ids, _ in loaded) == 1707
    assert (len(loaded), len(files)) == (8, 16)


def test_tap_jsonl_goes_on_with_new_lines(
    pipeline: Callable[..., dlt.Pipeline], rows: Rows, tmp_path: Path
) -> None:
    tap = SingerCommand.install("tap-jsonl==0.3.1", TAPS / "jsonl")
    file = tmp_path / "events.jsonl"
    loading = pipeline()
    for last in (2, 3):
        events = [{"id": n, "at": "2024-01-01T00:00:00Z", "deep": {"n": n, "list": [n]}} for n in range(last)]
        file.write_text("\n".join(map(json.dumps, events)) + "\n", encoding="utf-8")
        config = {"path": str(file), "primary_keys": ["id"], "stream_name": "events"}
        loading.run(singer_source(tap, config=config))
    assert rows("SELECT id, deep FROM raw___events ORDER BY id") == [
        (n, json.dumps({"n": n, "list": [n]}, separators=(",", ":"))) for n in range(3)
    ]


def test_a_full_table_follows_its_source(
    postgres: Postgres, tap_postgres: SingerCommand, pipeline: Callable[..., dlt.Pipeline], rows: Rows
) -> None:
    loading = pipeline()
    for change in ("SELECT 1", "DELETE FROM shop.orders WHERE id = 3", "TRUNCATE shop.no_key"):
        postgres.execute(change)
        run(loading, singer_source(tap_postgres, config=postgres.config, replication={"*": "FULL_TABLE"}))
    assert rows("SELECT id, total, big FROM raw___shop_orders ORDER BY id") == [
        (1, Decimal("12345678901234567890.0123456789"), 10**30),
        (2, Decimal("-0.5"), -7),
    ]
    assert rows("SELECT COUNT(*) FROM raw___shop_no_key") == [(0,)]


def test_an_incremental_table_gets_what_has_changed(
    postgres: Postgres, tap_postgres: SingerCommand, pipeline: Callable[..., dlt.Pipeline], rows: Rows
) -> None:
    loading = pipeline()
    for change in (
        "SELECT 1",
        "INSERT INTO shop.orders (id, note, changed) VALUES (4, 'new', 9)",
        "UPDATE shop.orders SET note = 'changed', changed = 10 WHERE id = 1",
    ):
        postgres.execute(change)
        source = singer_source(
            tap_postgres,
            config=postgres.config,
            select=["*-orders.*", "!*.tags"],
            replication={"*-orders": ("INCREMENTAL", "changed")},
        )
        run(loading, source)
    assert rows("SELECT id, note FROM raw___shop_orders ORDER BY id") == [
        (1, "changed"),
        (2, None),
        (3, None),
        (4, "new"),
    ]
    (bookmark,) = singer_state(loading, "tap-postgres").value["bookmarks"].values()
    assert bookmark["replication_key_value"] == 10
    # This tap sends columns that are not selected.
    assert "tags" not in loading.default_schema.tables["shop_orders"]["columns"]


def test_a_log_based_table_gets_deletes(
    postgres: Postgres, tap_postgres: SingerCommand, pipeline: Callable[..., dlt.Pipeline], rows: Rows
) -> None:
    if not postgres.has_wal2json:
        pytest.skip("LOG_BASED WAS NOT TESTED: there is no wal2json for any PostgreSQL of this machine")
    postgres.execute("SELECT pg_create_logical_replication_slot('pipelinewise_postgres', 'wal2json')")
    loading = pipeline()
    for changes in (
        ["SELECT 1"],
        ["DELETE FROM shop.orders WHERE id = 1", "UPDATE shop.orders SET note = 'changed' WHERE id = 2"],
        [
            "INSERT INTO shop.orders (id, note, changed) VALUES (5, 'new', 1)",
            "DELETE FROM shop.orders WHERE id = 3",
        ],
    ):
        postgres.execute(*changes)
        source = singer_source(
            tap_postgres,
            config=postgres.config,
            select=["*-orders"],
            replication={"*": "LOG_BASED"},
            run_timeout=100,
        )
        run(loading, source)
    assert rows("SELECT id, note FROM raw___shop_orders ORDER BY id") == [(2, "changed"), (5, "new")]
