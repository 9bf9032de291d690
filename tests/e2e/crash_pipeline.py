"""Run a pipeline; die after the commit of one kind of work (`data`, `merge`, `replace`, `load`), if asked to.

usage: crash_pipeline.py DIRECTORY STRATEGY [KIND]
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dlt

from dlt_oracle.destinations import job_client, load_jobs, sql_client

directory, strategy, die_after = sys.argv[1:4]
# Line by line: the process may die at any moment, and the judge wants to see what it sent.
statements = (Path(directory) / "statements.jsonl").open("a", buffering=1, encoding="utf-8")
sql_client.on_statement = lambda text: print(json.dumps(text), file=statements)
once = load_jobs.once


@contextmanager
def dying_once(client: Any, table: str, key: Any, rows: int | None = None) -> Iterator[bool]:
    with once(client, table, key, rows) as first:
        yield first
    if key.kind == die_after:  # committed, and dlt does not know yet
        os._exit(9)


load_jobs.once = dying_once
job_client.once = dying_once

pipeline = dlt.pipeline("crash", destination="oracle", dataset_name="raw", pipelines_dir=directory)
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
