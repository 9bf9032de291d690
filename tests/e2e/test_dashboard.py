"""dlt's dashboard over a dataset in Oracle: the app answers, and its queries return rows."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import dlt

_START_SECONDS = 60


def test_the_dashboards_queries_return_rows(pipeline: Callable[..., dlt.Pipeline]) -> None:
    from dlt._workspace.helpers.dashboard.utils import queries

    loads = pipeline()
    loads.run([{"id": n} for n in range(3)], table_name="orders")
    query, error, _ = queries.get_default_query_for_table(
        loads, loads.default_schema_name, "orders", limit=True
    )
    assert not error
    table, error, _ = queries.get_query_result(loads, query)
    assert (table.num_rows, error) == (3, None)
    assert queries.get_row_counts(loads)["orders"] == 3


def test_the_dashboard_answers(tmp_path: Path, unused_port: int) -> None:
    from dlt._workspace.helpers.dashboard.runner import run_dashboard_command

    _, *arguments = run_dashboard_command(
        pipelines_dir=str(tmp_path), port=unused_port, host="127.0.0.1", headless=True
    )
    command = [sys.executable, "-m", "marimo", *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert _status(f"http://127.0.0.1:{unused_port}") == 200
        finally:
            process.terminate()


def _status(url: str) -> int:
    deadline = time.monotonic() + _START_SECONDS
    while not (status := _answer(url)) and time.monotonic() < deadline:
        time.sleep(0.5)
    return status


def _answer(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return int(answer.status)
    except urllib.error.URLError:
        return 0
