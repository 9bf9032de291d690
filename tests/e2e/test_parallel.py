"""Many jobs at once: of one load into one table or many, and of two processes into one dataset."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = Path(__file__).parent / "parallel_pipeline.py"
JOBS = 8


def test_eight_files_are_loaded_into_one_table_at_once(
    pipeline: Callable[..., dlt.Pipeline],
    rows: Callable[..., list[tuple[Any, ...]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOAD__WORKERS", str(JOBS))
    monkeypatch.setenv("DATA_WRITER__FILE_MAX_ITEMS", "50")
    monkeypatch.setenv("DATA_WRITER__BUFFER_MAX_ITEMS", "50")
    info = pipeline().run([{"id": n, "text": "x" * n} for n in range(50 * JOBS)], table_name="items")
    jobs = info.load_packages[0].jobs["completed_jobs"]
    assert len([job for job in jobs if job.job_file_info.table_name == "items"]) == JOBS
    assert rows("SELECT COUNT(*), COUNT(DISTINCT id), SUM(LENGTH(text)) FROM raw___items") == [
        (50 * JOBS, 50 * JOBS, sum(range(50 * JOBS)))
    ]
    assert rows(
        "SELECT COUNT(*), SUM(row_count) FROM raw____dlt_ledger WHERE table_name = 'RAW___ITEMS'"
    ) == [(JOBS, 50 * JOBS)]


@pytest.mark.parametrize("disposition", ["append", "merge"])
def test_eight_tables_are_loaded_at_once(
    pipeline: Callable[..., dlt.Pipeline],
    rows: Callable[..., list[tuple[Any, ...]]],
    monkeypatch: pytest.MonkeyPatch,
    disposition: Any,
) -> None:
    monkeypatch.setenv("LOAD__WORKERS", str(JOBS))
    resources = [
        dlt.resource(
            [{"id": n, "tags": [table]} for n in range(20)],
            name=f"t{table}",
            primary_key="id",
            write_disposition=disposition,
        )
        for table in range(JOBS)
    ]
    pipeline().run(resources)
    union = " UNION ALL ".join(
        f"SELECT {table} AS t, COUNT(*) AS n FROM raw___t{table}__tags WHERE value = {table}"
        for table in range(JOBS)
    )
    assert rows(f"SELECT t, n FROM ({union}) ORDER BY t") == [(table, 20) for table in range(JOBS)]


def test_two_processes_that_make_one_dataset_at_once_both_complete(
    user: Any, rows: Callable[..., list[tuple[Any, ...]]], tmp_path: Path, recorder: Any
) -> None:
    environment = os.environ | {
        "DESTINATION__ORACLE__CREDENTIALS": user.url,
        "RUNTIME__LOG_LEVEL": "CRITICAL",
    }
    directories = [tmp_path / name for name in ("first", "second")]
    start = tmp_path / "start"
    processes = []
    try:
        for directory in directories:
            directory.mkdir()
            arguments = [sys.executable, str(SCRIPT), directory.name, str(directory), str(start)]
            processes.append(subprocess.Popen(arguments, env=environment))
        deadline = time.monotonic() + 60
        while not all((directory / "ready").exists() for directory in directories):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        start.touch()
        assert [process.wait(timeout=90) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
    found = rows('SELECT "BY", COUNT(*), COUNT(DISTINCT id) FROM raw___items GROUP BY "BY" ORDER BY 1')
    assert found == [("first", 50, 50), ("second", 50, 50)]
    assert rows("SELECT COUNT(*) FROM raw___items__tags") == [(200,)]
    assert rows("SELECT COUNT(*) FROM raw___items__deep__x") == [(100,)]
    assert rows("SELECT COUNT(*), COUNT(DISTINCT load_id) FROM raw____dlt_loads") == [(2, 2)]
    for directory in directories:
        for line in json.loads((directory / "statements.json").read_text(encoding="utf-8")):
            recorder.client(line)
