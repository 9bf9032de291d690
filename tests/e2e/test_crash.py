"""Exactly once: the process dies between a commit and dlt's own note of it; the next run doubles nothing."""

from __future__ import annotations

import json
import multiprocessing
from typing import TYPE_CHECKING, Any

import pytest
from e2e.crash_pipeline import KILLED, STATEMENTS, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Processes forked from one that has imported everything: imports would take longer than the loads.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["e2e.crash_pipeline", "pandas", "pyarrow.parquet"])


def run_in_a_process(user: Any, directory: Path, strategy: str, die_after: str = "") -> int | None:
    process = CONTEXT.Process(target=run, args=(user.url, str(directory), strategy, die_after))
    process.start()
    process.join(100)
    return process.exitcode


@pytest.mark.parametrize(
    ("strategy", "die_after"),
    [
        pytest.param("append", "data", marks=pytest.mark.stress),
        ("append", "load"),
        pytest.param("truncate-and-insert", "data", marks=pytest.mark.stress),
        pytest.param("insert-from-staging", "data", marks=pytest.mark.stress),
        pytest.param("insert-from-staging", "replace", marks=pytest.mark.stress),
        pytest.param("insert-from-staging", "load", marks=pytest.mark.stress),
        ("staging-optimized", "replace"),
        pytest.param("delete-insert", "data", marks=pytest.mark.stress),
        ("delete-insert", "merge"),
        pytest.param("upsert", "merge", marks=pytest.mark.stress),
    ],
)
def test_a_process_killed_after_a_commit_doubles_nothing_when_it_runs_again(
    user: Any,
    rows: Callable[..., list[tuple[Any, ...]]],
    tmp_path: Path,
    recorder: Any,
    strategy: str,
    die_after: str,
) -> None:
    assert run_in_a_process(user, tmp_path, strategy, die_after) == KILLED
    assert run_in_a_process(user, tmp_path, strategy) == 0
    # The second process finishes the killed load, then runs once more.
    times = 2 if strategy == "append" else 1
    assert rows("SELECT COUNT(*), COUNT(DISTINCT id) FROM raw___items") == [(100 * times, 100)]
    assert rows("SELECT COUNT(*) FROM raw___items__tags") == [(200 * times,)]
    assert rows("SELECT COUNT(*), COUNT(DISTINCT load_id) FROM raw____dlt_loads") == [(2, 2)]
    for line in (tmp_path / STATEMENTS).read_text(encoding="utf-8").splitlines():
        recorder.client(json.loads(line))
