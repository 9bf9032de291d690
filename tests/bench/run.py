"""What loads cost, as Markdown: absolute figures, and ratios beside them.

usage: run.py [load] [incumbent] [memory] [merge]   (by default all)

``BENCH_ROWS`` (default 1,000,000) is the size of the biggest load. The figures are CPU-seconds: of the
client for loads, of the embedded server for merges. They say what the client costs and whether a merge
depends on the size of its target, never how fast an Oracle Database is.
"""

from __future__ import annotations

import logging
import os
import platform
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import load
import merge
from server import BenchServer

if TYPE_CHECKING:
    from collections.abc import Callable

Line = tuple[str, str, str]  # what, figure, goal

ROWS = int(os.environ.get("BENCH_ROWS", "1_000_000"))
MILLION = 1_000_000
MAX_MERGE_TARGET = MILLION
PACKAGES = ("dlt", "oracledb", "pyarrow", "sqlalchemy")


def load_step(server: BenchServer) -> list[Line]:
    """Compare with a script by hand; count round trips."""
    fixed = load.least([load.ours(server, 1) for _ in range(load.RUNS)])
    pairs = [load.ours_and_by_hand(server, ROWS) for _ in range(load.RUNS)]
    ours, by_hand = (load.least(list(costs)) for costs in zip(*pairs, strict=True))
    round_trips = (ours.round_trips - fixed.round_trips) * MILLION / ROWS
    return [
        (f"client CPU of dlt's load step, {ROWS:,} rows", f"{ours.cpu:.2f} s", ""),
        ("… of it fixed (a load of one row)", f"{fixed.cpu:.2f} s", ""),
        ("client CPU of the script by hand, the same file", f"{by_hand.cpu:.2f} s", ""),
        ("load step ÷ script", f"{ours.cpu / by_hand.cpu:.2f}", "at most 1.15"),
        ("round trips of a million rows", f"{round_trips:.0f}", "at most 30"),
        ("round trips of a load, fixed (logons apart)", f"{fixed.round_trips}", "at most 20"),
        ("CPU of the embedded server, a row", f"{ours.server / ROWS * 1e6:.1f} µs", ""),
    ]


def incumbent(server: BenchServer) -> list[Line]:
    """Compare with dlt's sqlalchemy destination: what its rows cost beyond a load of one row."""
    rows = ROWS // 10
    formats = load.INCUMBENT_FORMATS
    makers: dict[str, Callable[[int], load.Cost]] = {
        "dlt-oracle, parquet": partial(load.ours, server),
        **{f"sqlalchemy, {name}": partial(load.incumbent, server, file_format=name) for name in formats},
    }
    costs: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(load.RUNS):
        for name, make in makers.items():
            costs[name].append(make(rows).cpu)
    fixed = {name: min(make(1).cpu for _ in range(load.RUNS)) for name, make in makers.items()}
    millions = {name: (min(found) - fixed[name]) * MILLION / rows for name, found in costs.items()}
    ours, *others = millions
    return [
        *((f"client CPU of a million rows, {name}", f"{cpu:.1f} s", "") for name, cpu in millions.items()),
        *(
            (f"{name} ÷ dlt-oracle", f"{millions[name] / millions[ours]:.1f}", f"at least {goal}")
            for name, goal in zip(others, (10, 15), strict=True)
        ),
    ]


def memory(server: BenchServer) -> list[Line]:
    """Compare the memory of a big load with that of one a tenth its size."""
    small, big = load.ours(server, ROWS // 10).memory, load.ours(server, ROWS).memory
    return [
        (f"highest memory of the client, {ROWS // 10:,} rows", f"{small:.0f} MB", ""),
        (f"highest memory of the client, {ROWS:,} rows", f"{big:.0f} MB", "at most 300 MB"),
        ("… ÷ a tenth of the rows", f"{big / small:.2f}", "at most 1.05"),
    ]


def merges(server: BenchServer) -> list[Line]:
    """Count the statements of an upsert, and see whether a merge depends on the size of its target."""
    lines = []
    for tables in (1, 2, 3):
        statements, of_root, round_trips = merge.statements_of_a_chain(server, tables)
        what = f"upsert of {tables} table{'s' if tables > 1 else ''}: statements, those that read the root"
        lines.append((what, f"{statements}, {of_root}", f"at most {2 * tables - 1}, 1"))
        lines.append(("… round trips of the whole load", f"{round_trips}", ""))
    biggest = min(ROWS, MAX_MERGE_TARGET)
    for indexed in (True, False):
        for size, strategy, cpu in merge.costs(server, (biggest // 10, biggest), indexed=indexed):
            what = f"{strategy} of {merge.MERGED:,} into {size:,} rows, {'' if indexed else 'no '}key index"
            lines.append((f"server CPU, {what}", f"{cpu:.2f} s", ""))
    return lines


SECTIONS: dict[str, Callable[[BenchServer], list[Line]]] = {
    "load": load_step,
    "incumbent": incumbent,
    "memory": memory,
    "merge": merges,
}


def machine() -> str:
    """Say on what the figures were measured."""
    cpu = Path("/proc/cpuinfo").read_text()
    model = next((line.partition(": ")[2] for line in cpu.splitlines() if "model name" in line), "?")
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{model}, {os.cpu_count()} cores; Python {platform.python_version()}, {packages}"


def main() -> None:
    """Print the figures as they come."""
    wanted = sys.argv[1:] or list(SECTIONS)
    logging.disable(logging.CRITICAL)
    print(machine(), "\n\n| | | goal |\n|---|---|---|", sep="")
    with BenchServer() as server:
        for name in wanted:
            for line in SECTIONS[name](server):
                print("|", " | ".join(line), "|", flush=True)


if __name__ == "__main__":
    main()
