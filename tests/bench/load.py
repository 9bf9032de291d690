"""What the load step costs the client, beside a script by hand and dlt's sqlalchemy destination.

Each load is a process of its own; who is compared alternates, and each figure is the least of the runs. All
load the same rows. The server runs in a third process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt
from sample import COLUMNS, table

if TYPE_CHECKING:
    from server import BenchServer
    from target import User

HERE = Path(__file__).parent
RUNS = 3
DATASET = "bench"
INCUMBENT_FORMATS = ("parquet", "typed-jsonl")  # ours, and the one it prefers


@dataclass(frozen=True)
class Cost:
    """CPU-seconds and highest memory (MB) of the client, round trips, and CPU-seconds of the server."""

    cpu: float
    memory: float = 0.0
    round_trips: int = 0
    server: float = 0.0


def least(costs: list[Cost]) -> Cost:
    """Return the run that cost the client least."""
    return min(costs, key=lambda cost: cost.cpu)


def ours(server: BenchServer, rows: int) -> Cost:
    """Load the rows into a table that exists."""
    return _ours(server, rows, by_hand=False)[0]


def ours_and_by_hand(server: BenchServer, rows: int) -> tuple[Cost, Cost]:
    """Load the rows into a table that exists, once with dlt and once more with the script."""
    cost, by_hand = _ours(server, rows, by_hand=True)
    return cost, by_hand


def _ours(server: BenchServer, rows: int, *, by_hand: bool) -> list[Cost]:
    with server.target.new_user() as user, tempfile.TemporaryDirectory() as directory:
        credentials = {"DESTINATION__ORACLE__CREDENTIALS": user.url}
        pipeline = _package(1, "oracle", DATASET, directory, credentials)
        pipeline.load()
        pipeline = _package(rows, "oracle", DATASET, directory, credentials)
        (file,) = Path(directory).rglob("new_jobs/items.*.parquet")
        kept = Path(directory) / "items.parquet"
        os.link(file, kept)
        costs = [_cost(server, "load_step.py", directory, "oracle", DATASET, environment=credentials)]
        if by_hand:
            with pipeline.sql_client() as client:
                client.execute_sql("TRUNCATE TABLE bench___items")
            names = [f'"{name.upper()}"' for name in pipeline.default_schema.get_table_columns("items")]
            environment = {"BENCH_USER": user.name, "BENCH_PASSWORD": user.password, "BENCH_DSN": user.dsn}
            arguments = (str(kept), "bench___items", *names)
            costs.append(_cost(server, "handwritten.py", *arguments, environment=environment))
        return costs


def incumbent(server: BenchServer, rows: int, file_format: str) -> Cost:
    """Load the rows with dlt's sqlalchemy destination, into a new user's schema (it cannot make one)."""
    with server.target.new_user() as user, tempfile.TemporaryDirectory() as directory:
        credentials = {"DESTINATION__SQLALCHEMY__CREDENTIALS": _by_sid(user)}
        dataset = user.name.lower()
        _package(rows, "sqlalchemy", dataset, directory, credentials, file_format)
        return _cost(server, "load_step.py", directory, "sqlalchemy", dataset, environment=credentials)


def _by_sid(user: User) -> str:
    # dlt 1.31 refuses a URL with ?service_name= ("identifies no database").
    return f"oracle+oracledb://{user.name}:{user.password}@{user.host}:{user.port}/{user.service_name}"


def _package(
    rows: int,
    destination: str,
    dataset: str,
    directory: str,
    credentials: dict[str, str],
    file_format: Any = "parquet",
) -> dlt.Pipeline:
    """Extract and normalize the rows into one file, with dlt's own columns in it."""
    os.environ |= credentials | {
        "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
        "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_ID": "true",
    }
    pipeline = dlt.pipeline("bench", destination=destination, dataset_name=dataset, pipelines_dir=directory)
    data = table(rows)
    # An Arrow table stays parquet all the way; for another format dlt gets the rows.
    items = [data] if file_format == "parquet" else data.to_pylist()
    pipeline.extract(items, table_name="items", columns=COLUMNS, loader_file_format=file_format)
    pipeline.normalize()
    return pipeline


def _cost(server: BenchServer, script: str, *arguments: str, environment: dict[str, str]) -> Cost:
    command = [sys.executable, str(HERE / script), *arguments]
    server.said()
    before = server.cpu()
    done = subprocess.run(
        command, env=os.environ | environment, check=True, stdout=subprocess.PIPE, text=True
    )
    used = server.cpu() - before
    messages, _ = server.said()
    # The first session is not the load's: load_step.py warms up in it.
    round_trips = len(messages) - messages.index("LOGOFF") - 1
    printed = json.loads(done.stdout.strip().splitlines()[-1])
    return Cost(**printed, round_trips=round_trips, server=used)
