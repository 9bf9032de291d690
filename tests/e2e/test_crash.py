"""Exactly once: the process dies between a commit and dlt's own note of it; the next run doubles nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = Path(__file__).parent / "crash_pipeline.py"
KILLED = 9


def run(user: Any, directory: Path, strategy: str, die_after: str = "") -> int:
    environment = os.environ | {
        "DESTINATION__ORACLE__CREDENTIALS": user.url,
        "RUNTIME__LOG_LEVEL": "CRITICAL",
    }
    arguments = [sys.executable, str(SCRIPT), str(directory), strategy, die_after]
    return subprocess.run(arguments, env=environment, check=False, timeout=100).returncode


@pytest.mark.parametrize(
    ("strategy", "die_after"),
    [
        ("append", "data"),
        ("append", "load"),
        ("truncate-and-insert", "data"),
        ("insert-from-staging", "data"),
        ("insert-from-staging", "replace"),
        ("insert-from-staging", "load"),
        ("staging-optimized", "replace"),
        ("delete-insert", "data"),
        ("delete-insert", "merge"),
        ("upsert", "merge"),
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
    assert run(user, tmp_path, strategy, die_after) == KILLED
    assert run(user, tmp_path, strategy) == 0
    # The second process finishes the killed load, then runs once more.
    times = 2 if strategy == "append" else 1
    assert rows("SELECT COUNT(*), COUNT(DISTINCT id) FROM raw___items") == [(100 * times, 100)]
    assert rows("SELECT COUNT(*) FROM raw___items__tags") == [(200 * times,)]
    assert rows("SELECT COUNT(*), COUNT(DISTINCT load_id) FROM raw____dlt_loads") == [(2, 2)]
    for line in (tmp_path / "statements.jsonl").read_text(encoding="utf-8").splitlines():
        recorder.client(json.loads(line))
