"""Run a Singer tap into Oracle, twice: the second run goes on where the first one stopped.

    python pipelines/tap_to_oracle.py                 # the embedded server, data kept in .oracle
    python pipelines/tap_to_oracle.py --real          # the Oracle your dlt credentials name

The tap is tap-csv-folder, which is installed into an environment of its own. It reads a folder in which there
is one CSV file a day, of earthquakes; the second run finds more of them. How far it has come (its STATE) is
kept in the pipeline's state, committed together with the rows. As most taps it sends once more what is as new
as its STATE: the rows have keys and are merged, so that nothing is doubled.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import logging
from collections import defaultdict
from datetime import datetime, timezone
from pathlib import Path

import dlt

from dlt_oracle import oracle
from dlt_oracle.singer import SingerCommand, singer_source, singer_state

DATA = Path(__file__).parent / "data" / "earthquakes.jsonl.gz"
TAP = "tap-csv-folder"
COLUMNS = ("id", "time", "place", "mag", "tsunami")

# Plain Oracle SQL. This tap types nothing: all columns are text.
QUERIES = {
    "Earthquakes a file, each once": """
        SELECT SUBSTR("_SDC_PATH", -14) csv_file, COUNT(*) n, COUNT(DISTINCT id) different,
               MAX(TO_NUMBER(mag)) strongest
        FROM tap___earthquakes GROUP BY "_SDC_PATH" ORDER BY csv_file""",
}


def write_csv_files(folder: Path, days: slice) -> None:
    """Write some days of the recorded week, a file each; files that are there stay as they are."""
    by_day = defaultdict(list)
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        for line in lines:
            quake = json.loads(line)
            happened = datetime.fromtimestamp(quake["properties"]["time"] / 1000, timezone.utc)
            row = {**quake["properties"], "id": quake["id"], "time": happened.isoformat()}
            by_day[happened.date().isoformat()].append([row[column] for column in COLUMNS])
    folder.mkdir(parents=True, exist_ok=True)
    for day in sorted(by_day)[days]:
        path = folder / f"{day}.csv"
        if not path.exists():
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([COLUMNS, *by_day[day]])


def show(pipeline: dlt.Pipeline) -> None:
    """Print what is in the table, and how far the tap has come."""
    with pipeline.sql_client() as client:
        for title, query in QUERIES.items():
            with client.execute_query(query) as cursor:
                names = [column[0] for column in cursor.description]
                rows = [names, *([str(value) for value in row] for row in cursor.fetchall())]
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            print(f"\n== {title}")
            for row in rows:
                print("  " + "  ".join(map(str.ljust, row, widths)))
    print("\n== STATE: how far the tap has come in each file")
    partitions = singer_state(pipeline, TAP).value["bookmarks"]["earthquakes"]["partitions"]
    for line in sorted(
        f"{Path(partition['context']['_sdc_path']).name}  {partition['replication_key_value']}"
        for partition in partitions
    ):
        print(f"  {line}")


def main() -> None:
    """Load, load again, and show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--real", action="store_true", help="load the Oracle that dlt's credentials name")
    parser.add_argument("--directory", type=Path, default=Path(".oracle"), help="data of the embedded server")
    arguments = parser.parse_args()
    directory = arguments.directory.absolute()
    folder = directory / "earthquakes"

    # What a tap writes to its standard error goes to this logger. This one warns of each file.
    logging.getLogger(f"singer.{TAP}").setLevel(logging.ERROR)
    tap = SingerCommand.install(f"{TAP}==0.0.1a1", directory / "taps" / TAP)
    pipeline = dlt.pipeline(
        "tap_to_oracle",
        destination=oracle() if arguments.real else oracle({"embedded": str(directory)}),
        dataset_name="tap",
        pipelines_dir=None if arguments.real else str(directory / "pipelines"),
    )
    for title, days in (
        ("First run: five days", slice(5)),
        ("Second run: the rest of the week", slice(5, None)),
    ):
        write_csv_files(folder, days)
        config = {"path": str(folder), "read_mode": "merge", "stream_name": "earthquakes"}
        print(f"\n== {title}", flush=True)
        pipeline.run(singer_source(tap, config=config))
        print(pipeline.last_trace.last_normalize_info.row_counts, flush=True)
    show(pipeline)


if __name__ == "__main__":
    main()
