"""Figures of the Singer room: records a CPU-second through extract and normalize, memory, a tap beside it.

Each figure comes from processes of their own, which read a recorded stream made here, or a real tap that
reads a file made here; no database is asked. The fixed cost of a run is that of one record, and the rest is
what a record more costs; each the least of some runs.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUILD = Path(__file__).parents[3] / "build"
COLUMNS: dict[str, dict[str, Any]] = {
    "id": {"type": ["integer"]},
    "customer": {"type": ["null", "integer"]},
    "name": {"type": ["null", "string"]},
    "email": {"type": ["null", "string"], "maxLength": 100},
    "note": {"type": ["null", "string"]},
    "price": {"type": ["null", "number"], "multipleOf": 0.01},
    "score": {"type": ["null", "number"]},
    "active": {"type": ["null", "boolean"]},
    "created_at": {"type": ["null", "string"], "format": "date-time"},
    "day": {"type": ["null", "string"], "format": "date"},
}
NESTED = COLUMNS | {
    "address": {"type": ["null", "object"], "properties": {"city": {"type": "string"}}},
    "tags": {"type": ["null", "array"], "items": {"type": "string"}},
}
TAP = "tap-csv-folder==0.0.1a1"
RUNS = 3
MAX_MEGABYTES = 300
_KIBIBYTE = 1024


def record(number: int) -> dict[str, Any]:
    """Make a record of usual kinds."""
    return {
        "id": number,
        "customer": number % 5000,
        "name": f"Name of customer {number}",
        "email": f"customer{number}@example.com",
        "note": "a note that somebody wrote about this order" if number % 3 else None,
        "price": number % 100_000 / 100,
        "score": number / 7,
        "active": number % 2 == 0,
        "created_at": f"2026-11-{number % 28 + 1:02d}T01:{number % 60:02d}:03.123456+00:00",
        "day": f"2026-11-{number % 28 + 1:02d}",
    }


def nested(number: int) -> dict[str, Any]:
    """Make a record with an object and an array."""
    address = {"city": "Springfield", "zip": str(number), "geo": {"lat": number / 3, "lon": number / 11}}
    return record(number) | {"address": address, "tags": ["a", f"b{number}", "c"]}


def lines(
    rows: int, streams: list[str], columns: dict[str, Any], make: Callable[[int], Any]
) -> Iterator[str]:
    """Yield a stream's lines; those of several streams take turns."""
    for stream in streams:
        schema = {"type": "object", "properties": columns}
        yield json.dumps({"type": "SCHEMA", "stream": stream, "schema": schema, "key_properties": ["id"]})
    for number in range(rows):
        message = {"type": "RECORD", "stream": streams[number % len(streams)], "record": make(number)}
        yield json.dumps(message | {"time_extracted": "2026-11-23T01:58:48.402265Z"})
    yield json.dumps({"type": "STATE", "value": {"bookmarks": {"all": rows}}})


def write_recorded(file: Path, rows: int, kind: str) -> None:
    """Write a recorded stream, or five."""
    streams = [f"orders{n}" for n in range(5)] if kind == "five" else ["orders"]
    columns, make = (NESTED, nested) if kind == "nested" else (COLUMNS, record)
    with file.open("w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines(rows, streams, columns, make))


def write_csv(file: Path, rows: int) -> None:
    """Write what a tap is to read."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(COLUMNS))
        writer.writeheader()
        writer.writerows(map(record, range(rows)))


def load(file: Path, directory: Path) -> None:
    """Extract and normalize ``file``; print our CPU-seconds, the most memory in MB, the tap's CPU-seconds."""
    import dlt

    from dlt_oracle import oracle
    from dlt_oracle.singer import SingerCommand, singer_source

    pipeline = dlt.pipeline(
        "bench",
        destination=oracle("oracle://nobody:nothing@localhost/none"),
        dataset_name="bench",
        pipelines_dir=str(directory),
    )
    before = time.process_time()
    if file.suffix == ".csv":
        command = SingerCommand.install(TAP, BUILD / "taps" / "csv-folder")
        config = {"path": str(file.parent), "read_mode": "merge", "stream_name": "orders"}
        source = singer_source(command, config=config)
    else:
        source = singer_source.from_file(file)
    pipeline.extract(source)
    pipeline.normalize()
    seconds = time.process_time() - before
    tap = resource.getrusage(resource.RUSAGE_CHILDREN)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIBIBYTE
    print(seconds, megabytes, tap.ru_utime + tap.ru_stime)


@dataclass
class Figures:
    """The least of some runs. ``rate``: records a CPU-second. ``tap``: CPU-seconds of one, 0 without."""

    seconds: float
    fixed: float
    rate: float
    megabytes: float
    tap: float


def measure(kind: str, rows: int) -> Figures:
    """Run over one record and over ``rows`` of this kind, in turns."""
    with tempfile.TemporaryDirectory() as name:
        files = {
            size: Path(name) / str(size) / f"orders.{'csv' if kind == 'tap' else kind}" for size in (1, rows)
        }
        for size, file in files.items():
            file.parent.mkdir()
            if kind == "tap":
                write_csv(file, size)
            else:
                write_recorded(file, size, kind)
        runs = [[_run(files[size], Path(name) / f"{size}-{n}") for size in files] for n in range(RUNS)]
    (fixed, _, no_tap), (whole, megabytes, tap) = (
        map(min, zip(*each, strict=True)) for each in zip(*runs, strict=True)
    )
    return Figures(whole - fixed, fixed, (rows - 1) / (whole - fixed), megabytes, tap - no_tap)


def _run(file: Path, directory: Path) -> list[float]:
    done = subprocess.run(
        [sys.executable, __file__, "--load", str(file), "--directory", str(directory)],
        env=os.environ | {"NORMALIZE__WORKERS": "1"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return list(map(float, done.stdout.split()[-3:]))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--directory", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.load:
        load(arguments.load, arguments.directory)
        return
    rows = arguments.rows
    for kind, of_kind, goal in (
        ("flat", rows, "goal: 150,000 a CPU-second"),
        ("nested", rows, "goal: 60,000 a CPU-second"),
        ("five", rows * 2, f"goal: {MAX_MEGABYTES} MB at most"),
        ("tap", rows // 5, "goal: 25 % of the tap's CPU at most"),
    ):
        found = measure(kind, of_kind)
        beside = f", {found.seconds / found.tap:.0%} of {TAP}'s" if kind == "tap" else ""
        print(
            f"{kind:<7}{of_kind:>10,} records, {found.rate:>8,.0f} a CPU-second beside {found.fixed:.2f} s "
            f"fixed, {found.megabytes:.0f} MB{beside}; {goal}"
        )


if __name__ == "__main__":
    main()
