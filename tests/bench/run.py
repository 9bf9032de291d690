"""Figures of the load step: client CPU against a hand-written script, and the server's time a row.

Both read the same parquet file and write into the same table, in processes of their own that alternate;
each figure is the least of three. The embedded server runs in a third process. The figures say what the
client costs and what the stand-in costs, never how fast an Oracle Database is.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import dlt
import numpy as np
import pyarrow as pa

from dlt_oracle import oracle
from dlt_oracle.embedded import launcher

HERE = Path(__file__).parent
RUNS = 3
GOAL = 1.15
NULLS = 0.1
TICKS = os.sysconf("SC_CLK_TCK")


def table(rows: int) -> pa.Table:
    """Ten columns of usual kinds, nulls in most; dlt adds _dlt_load_id and _dlt_id."""
    random = np.random.default_rng(7)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz     "))

    def some(values: Any) -> pa.Array:
        empty = random.random(rows) < NULLS
        empty[0] = False  # a column of nothing but nulls would have no type
        return pa.array(values, mask=empty)

    def texts() -> pa.Array:
        pool = ["".join(random.choice(letters, size)) for size in random.integers(20, 100, 5000)]
        return some([pool[index] for index in random.integers(0, len(pool), rows)])

    def decimals() -> pa.Array:
        return some(random.integers(-(10**11), 10**11, rows)).cast(pa.decimal128(38, 9))

    def moments() -> pa.Array:
        start = int(dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc).timestamp() * 1e6)
        return some(start + random.integers(0, 10**13, rows)).cast(pa.timestamp("us", tz="UTC"))

    return pa.table(
        {
            "id": pa.array(np.arange(rows)),
            "quantity": some(random.integers(0, 10_000, rows)),
            "price": decimals(),
            "total": decimals(),
            "title": texts(),
            "remark": texts(),
            "created_at": moments(),
            "changed_at": moments(),
            "active": some(random.random(rows) < 0.5),
            "document": some([json.dumps({"n": n, "tags": ["a", "b"]}) for n in range(rows)]),
        }
    )


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and of all below it (Linux)."""
    children: dict[int, list[int]] = {}
    times: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        process, parent = int(stat.parent.name), int(fields[1])
        children.setdefault(parent, []).append(process)
        times[process] = sum(int(field) for field in fields[11:15]) / TICKS
    total, todo = 0.0, [pid]
    while todo:
        process = todo.pop()
        total += times.get(process, 0.0)
        todo += children.get(process, [])
    return total


def child(script: str, *arguments: str, environment: dict[str, str]) -> float:
    """Run a script and return the CPU-seconds it prints."""
    command = [sys.executable, str(HERE / script), *arguments]
    done = subprocess.run(
        command, env=os.environ | environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return float(done.stdout.strip().splitlines()[-1])


def measure(rows: int, directory: Path) -> tuple[list[float], list[float], list[float]]:
    """Return CPU-seconds of the load step, of the hand-written script, and of the server in load steps."""
    endpoint = launcher.attach(directory / "oracle")
    server_process = json.loads((directory / "oracle" / "endpoint.json").read_text())["pid"]
    environment = {
        "DESTINATION__ORACLE__CREDENTIALS": f"oracle+embedded:///{directory}/oracle",
        "BENCH_USER": endpoint.username,
        "BENCH_PASSWORD": endpoint.password,
        "BENCH_DSN": endpoint.dsn,
        # As a user of one big file has it: the file is not cut, and dlt does not compress it.
        "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
        "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_ID": "true",
    }
    os.environ |= environment
    data, columns = table(rows), {"document": {"data_type": "json"}}
    ours, theirs, server = [], [], []
    for run in range(RUNS):
        pipelines = directory / f"pipelines{run}"
        pipeline = dlt.pipeline(
            "bench", destination=oracle(), dataset_name="bench", pipelines_dir=str(pipelines)
        )
        pipeline.extract([data], table_name="items", columns=columns, write_disposition="append")
        pipeline.normalize()
        (file,) = pipelines.rglob("new_jobs/items.*.parquet")
        shutil.copy(file, directory / "items.parquet")
        before = cpu_seconds(server_process)
        ours.append(child("load_step.py", str(pipelines), environment=environment))
        server.append(cpu_seconds(server_process) - before)
        names = [f'"{name.upper()}"' for name in (*data.column_names, "_dlt_load_id", "_dlt_id")]
        with pipeline.sql_client() as client:
            client.execute_sql("DELETE FROM bench___items")
        theirs.append(
            child(
                "handwritten.py",
                str(directory / "items.parquet"),
                "bench___items",
                *names,
                environment=environment,
            )
        )
        with pipeline.sql_client() as client:
            client.execute_sql("TRUNCATE TABLE bench___items")
    return ours, theirs, server


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    results = {}
    for size in (1, rows):  # one row: what a load costs however small it is
        with tempfile.TemporaryDirectory() as directory:
            results[size] = [min(figures) for figures in measure(size, Path(directory))]
    ours, theirs, server = results[rows]
    fixed, _, _ = results[1]
    print(f"rows                                   {rows:>12,}")
    print(f"client CPU, dlt-oracle's load step     {ours:>12.2f} s")
    print(f"  of it fixed (a load of one row)      {fixed:>12.2f} s")
    print(f"client CPU, hand-written script        {theirs:>12.2f} s")
    print(f"ratio (goal: at most {GOAL})              {ours / theirs:>12.2f}")
    print(f"embedded server, CPU a row             {server / rows * 1e6:>12.1f} µs")


if __name__ == "__main__":
    main()
