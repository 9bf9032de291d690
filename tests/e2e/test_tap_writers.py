"""The streams of one tap, split over two processes that load into one dataset."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = Path(__file__).parent / "tap_pipeline.py"


def test_two_processes_with_different_selections_load_everything_once_and_each_keeps_its_state(
    user: Any, rows: Callable[..., list[tuple[Any, ...]]], tmp_path: Path, recorder: Any
) -> None:
    environment = os.environ | {
        "DESTINATION__ORACLE__CREDENTIALS": user.url,
        "RUNTIME__LOG_LEVEL": "CRITICAL",
        "DLT_DATA_DIR": str(tmp_path),
    }
    streams, start = ("users", "orders"), tmp_path / "start"
    processes = []
    try:
        for stream in streams:
            directory = tmp_path / stream
            directory.mkdir()
            arguments = [sys.executable, str(SCRIPT), stream, str(directory), str(start), stream]
            processes.append(subprocess.Popen(arguments, env=environment))
        deadline = time.monotonic() + 60
        while not all((tmp_path / stream / "ready").exists() for stream in streams):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        start.touch()
        assert [process.wait(timeout=90) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
    for stream in streams:
        assert rows(f"SELECT COUNT(*), COUNT(DISTINCT id), MAX(id) FROM raw___{stream}") == [(2, 2, 2)]
        assert json.loads((tmp_path / stream / "state.json").read_text(encoding="utf-8")) == {"seen": 2}
        for line in json.loads((tmp_path / stream / "statements.json").read_text(encoding="utf-8")):
            recorder.client(line)
    assert rows("SELECT COUNT(*), COUNT(DISTINCT load_id) FROM raw____dlt_loads") == [(4, 4)]
