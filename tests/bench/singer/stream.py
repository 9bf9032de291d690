"""Figures of the Singer room: records a CPU-second through extract and normalize, and memory.

Each figure comes from a process of its own, which reads a recorded stream made here; no database is asked.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
GOALS = {"flat": 150_000, "nested": 60_000, "five": None}
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


def load(file: Path, directory: Path) -> None:
    """Extract and normalize ``file``; print CPU-seconds and the most memory in MB."""
    import dlt

    from dlt_oracle import oracle
    from dlt_oracle.singer.source import singer_source

    pipeline = dlt.pipeline(
        "bench",
        destination=oracle("oracle://nobody:nothing@localhost/none"),
        dataset_name="bench",
        pipelines_dir=str(directory),
    )
    source = singer_source.from_file(file)
    before = time.process_time()
    pipeline.extract(source)
    pipeline.normalize()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(time.process_time() - before, usage.ru_maxrss / _KIBIBYTE)


def measure(kind: str, rows: int, directory: Path) -> tuple[float, float]:
    """Return CPU-seconds and MB of a run over ``rows`` records of this kind."""
    file = directory / f"{kind}.singer"
    streams = [f"orders{n}" for n in range(5)] if kind == "five" else ["orders"]
    columns, make = (NESTED, nested) if kind == "nested" else (COLUMNS, record)
    with file.open("w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in lines(rows, streams, columns, make))
    done = subprocess.run(
        [sys.executable, __file__, "--load", str(file), "--directory", str(directory / kind)],
        env=os.environ | {"NORMALIZE__WORKERS": "1"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    file.unlink()
    seconds, megabytes = map(float, done.stdout.split()[-2:])
    return seconds, megabytes


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
    for kind, goal in GOALS.items():
        rows = arguments.rows * (2 if kind == "five" else 1)
        with tempfile.TemporaryDirectory() as directory:
            seconds, megabytes = measure(kind, rows, Path(directory))
        aim = f"goal: at least {goal:,}" if goal else f"goal: at most {MAX_MEGABYTES} MB"
        speed = f"{rows / seconds:>9,.0f} a CPU-second"
        print(f"{kind:<7} {rows:>10,} records  {speed}  {megabytes:>5.0f} MB ({aim})")


if __name__ == "__main__":
    main()
