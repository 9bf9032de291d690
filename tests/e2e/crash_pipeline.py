"""A pipeline that, if asked to, dies after the commit of one kind of work: data, merge, replace or load."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt

from dlt_oracle import oracle
from dlt_oracle.destinations import job_client, ledger_rows, load_jobs, sql_client, sql_job

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLED = 9
STATEMENTS = "statements.jsonl"

_once = ledger_rows.once


def run(url: str, directory: str, strategy: str, die_after: str) -> None:
    """Finish what is pending, then load; to be called in a process of its own."""
    # Line by line: the process may die at any moment, and the judge wants to see what it sent.
    statements = (Path(directory) / STATEMENTS).open("a", buffering=1, encoding="utf-8")
    sql_client.on_statement = lambda text: print(json.dumps(text), file=statements)
    _die_after(die_after)
    pipeline = dlt.pipeline("crash", destination=oracle(url), dataset_name="raw", pipelines_dir=directory)
    data = [{"id": n, "tags": ["a", "b"]} for n in range(100)]
    if pipeline.has_pending_data:
        pipeline.run()
    if strategy == "append":
        pipeline.run(data, table_name="items")
    elif strategy in ("delete-insert", "upsert"):
        disposition = {"disposition": "merge", "strategy": strategy}
        pipeline.run(data, table_name="items", write_disposition=disposition, primary_key="id")
    else:
        pipeline.destination.config_params["replace_strategy"] = strategy
        pipeline.run(data, table_name="items", write_disposition="replace")


def _die_after(kind: str) -> None:
    @contextmanager
    def dying_once(client: Any, key: Any, rows: int | None = None) -> Iterator[bool]:
        with _once(client, key, rows) as first:
            yield first
        if key.kind == kind:  # committed, and dlt does not know yet
            os._exit(KILLED)

    for module in (load_jobs, sql_job, job_client):
        vars(module)["once"] = dying_once
